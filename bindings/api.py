"""What include/interlace.json says of the C API, in terms that a writer of a host's low-level file needs."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

SCALARS = ("void", "char", "double", "size_t", "bool", "int32_t", "int64_t", "uint64_t", "uint8_t")


@dataclass(frozen=True)
class Type:
    """A type of C. `kind` is "scalar", "code" (of a list of codes), "text" (const char *), "callback" or "pointer"; `name` is that of the scalar,
    list, callback, or of what the pointer points to; `text` is the type as C writes it."""

    kind: str
    name: str
    text: str = ""


@dataclass(frozen=True)
class Value:
    """A parameter of a function or callback, or a member of a structure; `length` is that of an array in the structure, otherwise None."""

    name: str
    type: Type
    doc: str
    length: int | None = None


@dataclass(frozen=True)
class Function:
    name: str
    returns: Type
    parameters: tuple
    doc: str


@dataclass(frozen=True)
class Codes:
    """A list of codes. The names of `values` are without the prefix that they share."""

    name: str
    values: tuple  # of (name, number)
    doc: str


@dataclass(frozen=True)
class Structure:
    name: str
    members: tuple
    doc: str


@dataclass(frozen=True)
class Api:
    version: str
    codes: tuple
    callbacks: tuple
    structures: tuple
    functions: tuple
    objects: tuple

    @classmethod
    def read(cls, path):
        document = json.loads(path.read_text(encoding="utf-8"))
        lists = {own["name"] for own in document["enums"]}

        def function(own):
            parameters = tuple(Value(each["name"], type_of(each["type"], lists), each["doc"]) for each in own["parameters"])
            return Function(own["name"], type_of(own["returns"]["type"], lists), parameters, own["doc"])

        def structure(own):
            members = tuple(Value(each["name"], type_of(each["type"], lists), each["doc"], each.get("length")) for each in own["members"])
            return Structure(own["name"], members, own["doc"])

        return cls(
            document["version"],
            tuple(Codes(own["name"], short_names(own), own["doc"]) for own in document["enums"]),
            tuple(map(function, document["callbacks"])),
            tuple(map(structure, document["structs"])),
            tuple(map(function, document["functions"])),
            tuple((own["name"], own["free"]) for own in document["objects"]),
        )


def type_of(text, lists):
    bare = text.replace("const ", "").strip()
    if text == "const char *":
        return Type("text", "char", text)
    if "*" in bare:
        return Type("pointer", re.sub(r"\s*\*.*", "", bare), text)
    if bare in lists:
        return Type("code", bare, text)
    if bare.endswith("_fn"):
        return Type("callback", bare, text)
    if bare not in SCALARS:
        raise ValueError(f"include/interlace.json has a type that bindings/api.py does not know: {text!r}")
    return Type("scalar", bare, text)


def short_names(own):
    prefix = own["name"].upper() + "_"
    return tuple((each["name"].removeprefix(prefix).removeprefix("INTERLACE_"), each["value"]) for each in own["values"])


def noun(name):
    """interlace_predict_request -> PredictRequest"""
    return "".join(part.capitalize() for part in name.removeprefix("interlace_").split("_"))
