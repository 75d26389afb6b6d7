"""The shared library: where it is, calls that can fail, objects that are freed."""

from __future__ import annotations

import ctypes
import os
import sys
import weakref
from ctypes import byref, c_char_p, c_size_t, c_void_p
from pathlib import Path

from . import _c
from .errors import CLASSES, InterlaceError

FILES = {"darwin": "libinterlace.dylib", "win32": "interlace.dll"}


def load() -> ctypes.CDLL:
    """The library that INTERLACE_LIBRARY names, otherwise the one inside the package."""
    path = os.environ.get("INTERLACE_LIBRARY") or Path(__file__).with_name(FILES.get(sys.platform, "libinterlace.so"))
    try:
        library = ctypes.CDLL(str(path))
        _c.declare(library)
        version = library.interlace_version().decode()
    except (OSError, AttributeError) as failure:
        raise ImportError(f"the library of interlace {_c.VERSION} cannot be loaded from {path}: {failure}") from failure
    if version.split(".")[:2] != _c.VERSION.split(".")[:2]:
        raise ImportError(f"{path} is interlace {version}, but this package was written for {_c.VERSION}")
    return library


lib = load()


def call(function, *arguments) -> None:
    """A call of a function that returns a status, without its last argument."""
    error = _c.Error()
    if function(*arguments, byref(error)) != 0:
        raise failure(error)


def failure(error) -> InterlaceError:
    position = None if error.position < 0 else error.position
    name = lib.interlace_status_name(error.code)
    return CLASSES.get(error.code, InterlaceError)(error.message.decode(), error.code, name.decode() if name else "", position)


class Handle:
    """An object of the library. It is freed with this one, and is passed to functions as it is. NOUN is that of its functions."""

    NOUN = ""
    __slots__ = ("__weakref__", "_as_parameter_")

    def __init__(self, pointer: int | None):
        self._as_parameter_ = c_void_p(pointer)
        weakref.finalize(self, getattr(lib, _c.FREE[self.NOUN]), pointer)

    @classmethod
    def made(cls, function, *arguments):
        """What a call makes: its last output."""
        out = c_void_p()
        call(function, *arguments, byref(out))
        return cls(out.value)

    def to_bytes(self, *arguments) -> bytes:
        start, length = c_void_p(), c_size_t()
        call(getattr(lib, f"interlace_{self.NOUN}_to_bytes"), self, *arguments, byref(start), byref(length))
        try:
            return ctypes.string_at(start, length.value)
        finally:
            lib.interlace_bytes_free(start)


class FrameHandle(Handle):
    NOUN = "frame"
    __slots__ = ()


class SpecHandle(Handle):
    NOUN = "spec"
    __slots__ = ()


class OptionsHandle(Handle):
    NOUN = "options"
    __slots__ = ()


class FamilyHandle(Handle):
    NOUN = "family"
    __slots__ = ()


class FitHandle(Handle):
    NOUN = "fit"
    __slots__ = ()


class BootstrapHandle(Handle):
    NOUN = "bootstrap"
    __slots__ = ()


def text(value: str | None) -> bytes | None:
    """As the library takes text: UTF-8, without a NUL inside."""
    if value is None:
        return None
    own = str(value).encode()
    if b"\0" in own:
        raise ValueError(f"a text with a NUL inside: {value!r}")
    return own


def texts(values):
    """An array of texts, None for a missing one. It lives as long as it is referred to."""
    return (c_char_p * len(values))(*[text(value) for value in values])


def string(function, *arguments) -> str:
    """The text of a function that has one for these arguments."""
    return function(*arguments).decode()


def strings(count: int, function, *arguments) -> list[str]:
    """The texts of a function that takes an index from 0 as its last argument."""
    return [function(*arguments, i).decode() for i in range(count)]


def code(codes, value: str, what: str):
    """The code of a list that has a name; hyphens, points and capitals are understood."""
    own = str(value).upper().replace("-", "_").replace(".", "_").replace(" ", "_")
    if own not in codes.__members__ or codes[own] < 0:
        names = ", ".join(repr(member.name.lower()) for member in codes if member.value >= 0)
        raise ValueError(f"{what} is {value!r}, but it must be one of {names}")
    return codes[own]
