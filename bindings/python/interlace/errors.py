"""What calls raise. Each exception has `code` (a number of the C API), `name` (of the code), `position` and `message`."""

from __future__ import annotations


class InterlaceError(Exception):
    """A call failed. `position` is the byte of the formula or the row of the data, from 0, that the message is about; None if it is about neither."""

    def __init__(self, message: str, code: int = 0, name: str = "", position: int | None = None):
        super().__init__(message)
        self.message, self.code, self.name, self.position = message, code, name, position

    def __reduce__(self):
        return type(self), (self.message, self.code, self.name, self.position)


class ArgumentError(InterlaceError, ValueError):
    """An argument is out of range, of the wrong length, or unknown."""


class FormulaError(InterlaceError, ValueError):
    """A formula cannot be read. `position` is the byte in it."""


class DataError(InterlaceError, ValueError):
    """The data do not suit the model: a column is absent or of the wrong kind, a level is unknown. `position` is the row."""


class NumericError(InterlaceError, ArithmeticError):
    """A numerical failure: a matrix is not positive definite, the objective is not finite."""


class OutOfMemoryError(InterlaceError, MemoryError):
    """There is not enough memory for the data."""


class CancelledError(InterlaceError):
    """A progress function asked to stop. After Ctrl-C it is a KeyboardInterrupt instead."""


class UnsupportedError(InterlaceError, NotImplementedError):
    """A valid request that this version does not support."""


class StreamError(InterlaceError, OSError):
    """A file cannot be read or written, or a stream of Arrow data failed."""

    def __str__(self):
        return self.message


class DeadlineError(InterlaceError, TimeoutError):
    """The deadline passed before there was a result."""

    def __str__(self):
        return self.message


class InternalError(InterlaceError, RuntimeError):
    """A bug in the library; please report it."""


class InterlaceWarning(UserWarning):
    """What a fit has to say: rows or columns left out, a singular fit, a search that did not converge."""


CLASSES = {
    1: ArgumentError,
    2: FormulaError,
    3: DataError,
    4: NumericError,
    5: OutOfMemoryError,
    6: CancelledError,
    7: UnsupportedError,
    8: StreamError,
    9: DeadlineError,
    99: InternalError,
}
