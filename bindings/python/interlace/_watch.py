"""Long calls: progress that is shown, and Ctrl-C.

While a call of the library runs, no Python code does, so that Ctrl-C would wait for its end. Therefore every call has a progress function. In the
main thread SIGINT sets a flag meanwhile, which that function passes on; after the call the handler that was there before has its turn."""

from __future__ import annotations

import ctypes
import signal
import sys
import threading
import time
from typing import Callable, NamedTuple, Optional, Union

from . import _c
from ._library import lib


class Progress(NamedTuple):
    """How far a call is: `step` of `total` (None if that is not known) of a phase; `objective` is the criterion at the last evaluation, or NaN."""

    phase: str
    step: int
    total: Optional[int]
    objective: float


Told = Union[bool, Callable[[Progress], object], None]


class Interrupt:
    """Whether SIGINT came during a call in the main thread."""

    def __init__(self):
        self.came = False

    def __call__(self, number, frame):
        self.came = True


_interrupt = Interrupt()
_quiet = _c.ProgressFn(lambda record, data: 1 if _interrupt.came else 0)


class Watch:
    """A context in which calls may take long, whose `function` is their progress function. Leaving it raises what happened inside: an interrupt, or
    what a function of the user raised, one of progress or of a `family`."""

    def __init__(self, told: Told = None, family=None):
        self.family = family
        self.told = Bar() if told is True else told or None
        self.failure: BaseException | None = None
        self.function = _c.ProgressFn(self._step) if self.told else _quiet

    def _step(self, record, data):
        try:
            own = ctypes.cast(record, ctypes.POINTER(_c.Progress)).contents
            name = lib.interlace_phase_name(own.phase)
            stop = self.told(Progress(name.decode() if name else "", own.step, own.total if own.total >= 0 else None, own.objective))
            return 1 if stop is False or _interrupt.came else 0
        except BaseException as failure:  # it must not cross the library; `__exit__` raises it
            self.failure = failure
            return 1

    def __enter__(self):
        self.previous = None
        if threading.current_thread() is threading.main_thread():
            previous = signal.getsignal(signal.SIGINT)
            if callable(previous) and previous is not _interrupt:
                _interrupt.came = False
                try:
                    signal.signal(signal.SIGINT, _interrupt)
                except ValueError:  # the main thread of another interpreter, which gets no signals
                    return self
                self.previous = previous
        return self

    def __exit__(self, kind, failure, trace):
        if isinstance(self.told, Bar):
            self.told.end()
        if self.previous is not None:
            signal.signal(signal.SIGINT, self.previous)
            if _interrupt.came:
                _interrupt.came = False
                self.previous(signal.SIGINT, sys._getframe(1))
        inside = self.failure or (self.family.failure if self.family is not None else None)
        if inside is not None:
            if self.family is not None:
                self.family.failure = None
            raise inside from None


class Bar:
    """One line on the terminal (standard error), drawn at most ten times a second."""

    WIDTH = 28

    def __init__(self, out=None):
        self.out = out or sys.stderr
        self.drawn, self.length = -1.0, 0

    def __call__(self, progress: Progress):
        now = time.monotonic()
        if now - self.drawn < 0.1:
            return
        self.drawn = now
        name = progress.phase.replace("_", " ")
        if progress.total:
            done = min(self.WIDTH, self.WIDTH * progress.step // progress.total)
            line = f"{name} [{'#' * done}{'.' * (self.WIDTH - done)}] {progress.step}/{progress.total}"
        else:
            line = f"{name} {progress.step}" + (f"  criterion {progress.objective:.6g}" if progress.objective == progress.objective else "")
        self.out.write("\r" + line.ljust(self.length))
        self.out.flush()
        self.length = len(line)

    def end(self):
        if self.length:
            self.out.write("\r" + " " * self.length + "\r")
            self.out.flush()
