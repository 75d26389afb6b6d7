"""Intervals of all parameters, simulated responses, refits and bootstraps: what fits of all kinds have that is computed by fitting again."""

from __future__ import annotations

import random
from ctypes import POINTER, byref, c_double, cast

from . import _c
from ._arrays import doubles, filled, numpy
from ._index import aligned
from ._library import BootstrapHandle, FitHandle, FrameHandle, call, code, lib
from ._model import request
from ._named import frame
from ._result import MEAN, Result, shown
from ._tables import Table
from .errors import InterlaceError


def seed_of(seed) -> int:
    """A seed of 64 bits: of an integer, of a generator of numpy (which goes on), or by chance."""
    if seed is None:
        return random.SystemRandom().getrandbits(64)
    if hasattr(seed, "integers"):
        return int(seed.integers(0, 2**63))
    if not hasattr(seed, "__index__"):
        raise TypeError(f"seed is {seed!r}, but it must be an integer, a generator of numpy, or None")
    return int(seed) % 2**64


def names_of_limits(level) -> list[str]:
    return [f"{round(100 * end, 10):g} %" for end in ((1 - level) / 2, (1 + level) / 2)]


class Resampled(Result):
    def _like(self, handle, arguments=None):
        """A result of the same class for another fit of the same model."""
        own = type(self)(handle, self._spec, self._frame, self._data, self._made, arguments or self._call)
        own._native, own._numbers, own._family = self._native, self._numbers, self._family
        return own

    def update(self, formula: str | None = None, data=None, **changes):
        """Fits the model anew with another formula, in which "." stands for the old left or right side, other data, or other arguments of the function that
        fitted it."""
        from .fitting import update  # it makes results, and so stands above them

        return update(self, formula, data, **changes)

    def _wald(self, level):
        p = len(self._names())
        lower, upper = (c_double * p)(), (c_double * p)()
        with self._watch() as watch:
            call(lib.interlace_fit_fixef_confint_wald, self._fit, MEAN, self.DF, level, self._options(watch), lower, upper, p)
        return frame(self._names(), ["estimate", *names_of_limits(level)], [list(row) for row in zip(self.fe_params.values, lower, upper)])

    def _intervals(self, method, level, B, seed, progress):
        """Of all parameters by the likelihood or by the bootstrap, of fixed effects by Wald's method."""
        if method == "wald":
            return self._wald(level)
        if method == "profile":
            asked = request(_c.ProfileRequest, level=level)
            own = self._frame_table(lib.interlace_fit_parameters_confint_profile, byref(asked), progress=progress)
        elif method == "boot":
            own = self._boot(B, seed, progress).table_of_limits("percentile", level)
        else:
            raise ValueError(f"method is {method!r}, but it must be 'profile', 'wald' or 'boot'")
        columns = own.to_dict()
        rows = [list(row) for row in zip(columns["estimate"], columns["lower"], columns["upper"])]
        return frame(list(map(shown, columns["term"])), ["estimate", *names_of_limits(level)], rows)

    def simulate(self, nsim: int = 1, seed=None, *, conditional: bool = False):
        """Simulated responses [nobs,nsim], with random effects drawn anew, or as estimated with `conditional`."""
        rows, columns = lib.interlace_fit_n_rows(self._fit), lib.interlace_fit_n_response_columns(self._fit)
        shape = (rows, nsim) if columns == 1 else (rows, columns, nsim)
        kind = _c.Simulation.CONDITIONAL if conditional else _c.Simulation.NEW
        with self._watch() as watch:
            return filled(shape, lib.interlace_fit_simulate, self._fit, nsim, seed_of(seed), kind, self._options(watch))

    def refit(self, y):
        """The model fitted to another response [nobs] on the same rows."""
        own, pointer, length = doubles(aligned(y, self._index(), "y"), "y")
        with self._watch() as watch:
            handle = FitHandle.made(lib.interlace_fit_refit, self._fit, pointer, length, self._options(watch))
        del own
        return self._like(handle)

    def _boot(self, B, seed, progress):
        handle = BootstrapHandle.made(lib.interlace_bootstrap_new)
        call(lib.interlace_bootstrap_set_replicates, handle, 0, B)
        call(lib.interlace_bootstrap_set_seed, handle, seed_of(seed))
        with self._watch(progress) as watch:
            replicates = FrameHandle.made(lib.interlace_bootstrap_run, handle, self._fit, self._options(watch))
        return Boot(self, handle, replicates)

    def bootMer(self, statistic=None, B: int = 500, seed=None, show_progress: bool = False):
        """The parametric bootstrap: B responses are simulated, and the model is fitted to each. Without `statistic` the replicates have all estimates;
        otherwise what it makes of each refitted result: a number, or an array of numbers."""
        if statistic is None:
            return self._boot(B, seed, show_progress or None).result()
        rows: list[list[float] | None] = []
        first = seed_of(seed)
        for replicate in range(B):
            try:
                rows.append(listed(statistic(self.refit(column_of(self.simulate(1, first + replicate))))))
            except InterlaceError:
                rows.append(None)  # a replicate that cannot be fitted counts as failed
        return BootResult(None, listed(statistic(self)), rows)

    def bootstrap_se(self, statistic="median", n_bootstrap: int = 1000, resample_level: str = "group", seed=None) -> float:
        """The standard error of a statistic of only the response: the median, or a function of a list of numbers. Levels of the first grouping factor are
        drawn with all their rows ("group"), or single rows ("observation")."""
        handle = BootstrapHandle.made(lib.interlace_bootstrap_new)
        call(lib.interlace_bootstrap_set_replicates, handle, 0, n_bootstrap)
        call(lib.interlace_bootstrap_set_seed, handle, seed_of(seed))
        if resample_level == "group":
            call(lib.interlace_bootstrap_set_groups, handle, None)
        elif resample_level == "observation":
            call(lib.interlace_bootstrap_set_rows, handle)
        else:
            raise ValueError(f"resample_level is {resample_level!r}, but it must be 'group' or 'observation'")
        if statistic != "median" and not callable(statistic):
            raise ValueError(f"statistic is {statistic!r}, but it must be 'median' or a function of the response")
        failures, out = [], c_double()

        def run(y, n, data):
            try:
                return float(statistic(cast(y, POINTER(c_double))[:n]))
            except BaseException as failure:  # it must not cross the library
                failures.append(failure)
                return float("nan")

        function = None if statistic == "median" else _c.ResponseStatisticFn(run)
        with self._watch() as watch:
            call(lib.interlace_bootstrap_response_std_error, handle, self._fit, function, None, self._options(watch), byref(out))
        if failures:
            raise failures[0]
        return out.value

    def profile(self, level: float = 0.95, *, progress=None):
        """Profiles of the likelihood as a frame of points: term, id, value, zeta, and a column for each parameter with its value there."""
        asked = request(_c.ProfileRequest, level=level)
        return self._frame_table(lib.interlace_fit_profile, byref(asked), progress=progress).to(self._native)


def listed(values) -> list[float]:
    return [float(value) for value in (values if hasattr(values, "__len__") else [values])]


def column_of(simulated):
    """The only replicate of simulated responses."""
    return simulated[:, 0] if numpy() is not None else [row[0] for row in simulated]


class Boot:
    """Replicates in the library, with what made them."""

    def __init__(self, result, handle, replicates):
        self.fit, self.handle, self.replicates = result._fit, handle, replicates

    def table_of_limits(self, interval, level) -> Table:
        kind = code(_c.BootstrapInterval, interval, "type")
        jackknife = FrameHandle.made(lib.interlace_bootstrap_jackknife, self.handle, self.fit, None) if kind == _c.BootstrapInterval.BCA else None
        return Table(FrameHandle.made(lib.interlace_bootstrap_confint, self.handle, self.fit, self.replicates, jackknife, level, kind))

    def result(self) -> BootResult:
        own = Table(self.replicates)
        names = own.columns[3:]
        columns = [own.column(name) for name in names]
        t0 = self.table_of_limits("percentile", 0.95).column("estimate")
        statuses = own.column("status")
        rows = [None if status == "failed" else list(row) for status, row in zip(statuses, zip(*columns))]
        return BootResult(list(map(shown, names)), t0, rows, self)


class BootResult:
    """Replicates of a bootstrap: `estimates` [B,k] (NaN where a replicate failed), `t0` [k] of the fit, `names` [k], the number that `failed`."""

    KINDS = {"perc": "percentile", "percentile": "percentile", "basic": "basic", "norm": "normal", "normal": "normal", "bca": "bca"}

    def __init__(self, names, t0, rows, boot=None):
        k = len(t0)
        self.names = names or [f"t{i + 1}" for i in range(k)]
        self.t0, self.failed, self._boot = t0, sum(row is None for row in rows), boot
        full = [row if row is not None else [float("nan")] * k for row in rows]
        np = numpy()
        self.estimates = full if np is None else np.array(full, dtype=float).reshape(len(full), k)
        self._good = [row for row in rows if row is not None]

    def std_error(self) -> list[float]:
        """Standard deviations of the replicates."""
        n = len(self._good)
        means = [sum(column) / n for column in zip(*self._good)]
        return [(sum((value - mean) ** 2 for value in column) / (n - 1)) ** 0.5 for column, mean in zip(zip(*self._good), means)]

    def bias(self) -> list[float]:
        """Means of the replicates minus t0."""
        return [sum(column) / len(column) - value for column, value in zip(zip(*self._good), self.t0)]

    def ci(self, type: str = "perc", level: float = 0.95):
        """Limits as a frame: lower, upper [k,2]. perc, basic, norm, or bca (only without a statistic of your own)."""
        if type not in self.KINDS:
            raise ValueError(f"type is {type!r}, but it must be 'perc', 'basic', 'norm' or 'bca'")
        if self._boot is not None:
            own = self._boot.table_of_limits(self.KINDS[type], level)
            return frame(self.names, ["lower", "upper"], [list(row) for row in zip(own.column("lower"), own.column("upper"))])
        if self.KINDS[type] != "percentile":
            raise ValueError(f"type is {type!r}, but a bootstrap of a statistic of your own has only 'perc'")
        ends = ((1 - level) / 2, (1 + level) / 2)
        return frame(self.names, ["lower", "upper"], [[quantile(sorted(column), end) for end in ends] for column in zip(*self._good)])


def quantile(ascending, p: float) -> float:
    """The quantile that interpolates between order statistics (R's type 7)."""
    place = p * (len(ascending) - 1)
    low = int(place)
    high = min(low + 1, len(ascending) - 1)
    return ascending[low] + (place - low) * (ascending[high] - ascending[low])
