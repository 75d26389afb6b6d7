"""What fits of all kinds of model have."""

from __future__ import annotations

import ctypes
import functools
import warnings
from ctypes import byref, c_char_p, c_double, c_void_p

from . import _c, _effects
from ._arrays import filled
from ._frames import add_numbers, frame_of, kind_in, library_of, numbers_of
from ._index import aligned, index_of
from ._library import FitHandle, FrameHandle, OptionsHandle, SpecHandle, call, code, lib, string, strings, text
from ._model import options_of, request, variables
from ._named import frame, pandas, series
from ._tables import Table, native
from ._watch import Watch
from .errors import ArgumentError, InterlaceWarning

MEAN = _c.Predictor.MEAN


def shown(name: str) -> str:
    """The name of a fixed effect as users of pandas know it."""
    return "Intercept" if name == "(Intercept)" else name


class Result:
    """A fitted model. It never changes, can be pickled, and saved for other hosts with `save`."""

    DF = _c.Df.DEFAULT

    def __init__(self, fit, spec=None, frame=None, data=None, made=None, arguments=None):
        self._fit, self._spec, self._frame, self._data = fit, spec, frame, data
        self._made, self._call = made or {}, arguments or {}
        self._family = None  # one of the user's own, whose functions live as long as the fits with it
        self._native = library_of(data) if data is not None else "pandas" if pandas() else "dict"

    # How it was fitted

    @property
    def formula(self) -> str:
        return string(lib.interlace_fit_formula, self._fit)

    @property
    def converged(self) -> bool:
        return lib.interlace_fit_converged(self._fit)

    @property
    def warnings(self) -> list[str]:
        """What the user of the fit should know, a line each."""
        return strings(lib.interlace_fit_n_warnings(self._fit), lib.interlace_fit_warning, self._fit)

    def warn(self, stacklevel):
        for line in self.warnings:
            warnings.warn(line, InterlaceWarning, stacklevel=stacklevel + 1)

    @property
    def nobs(self) -> int:
        """Rows used."""
        return lib.interlace_fit_n_obs(self._fit)

    @property
    def nparams(self) -> int:
        return lib.interlace_fit_n_parameters(self._fit)

    @property
    def df_resid(self) -> int:
        return lib.interlace_fit_df_residual(self._fit)

    @property
    def llf(self) -> float:
        """Log-likelihood with all constants; restricted for a fit by REML."""
        return lib.interlace_fit_log_likelihood(self._fit)

    @property
    def aic(self) -> float:
        return lib.interlace_fit_aic(self._fit)

    @property
    def bic(self) -> float:
        return lib.interlace_fit_bic(self._fit)

    @property
    def n_evaluations(self) -> int:
        """Of the criterion."""
        return lib.interlace_fit_n_evaluations(self._fit)

    @property
    def scaled_gradient(self) -> float:
        """Distance to the optimum in standard errors of the parameters."""
        return lib.interlace_fit_scaled_gradient(self._fit)

    # Fixed effects

    def _names(self, predictor=MEAN):
        return [shown(name) for name in strings(lib.interlace_fit_n_fixef(self._fit, predictor), lib.interlace_fit_fixef_name, self._fit, predictor)]

    def _fixed(self, function, *arguments, predictor=MEAN):
        names = self._names(predictor)
        return series(names, filled((len(names),), function, self._fit, predictor, *arguments))

    @functools.cached_property
    def fe_params(self):
        """Estimates of the fixed effects [p]."""
        return self._fixed(lib.interlace_fit_fixef)

    @functools.cached_property
    def fe_bse(self):
        """Standard errors of the fixed effects [p]."""
        return self._fixed(lib.interlace_fit_fixef_std_error)

    @functools.cached_property
    def fe_cov(self):
        """Covariance matrix of the fixed effects [p,p]."""
        p = len(self._names())
        return filled((p, p), lib.interlace_fit_fixef_vcov, self._fit, MEAN)

    @functools.cached_property
    def _tests(self) -> dict[str, list]:
        with self._watch() as watch:
            own = FrameHandle.made(lib.interlace_fit_coefficients, self._fit, self.DF, 0.95, self._options(watch))
        return Table(own).to_dict()

    def _tested(self, column):
        return series(self._names(), self._tests[column])

    @property
    def fe_df(self):
        """Degrees of freedom of the tests of the fixed effects [p]; infinite for the normal distribution."""
        return self._tested("df")

    @property
    def fe_tvalues(self):
        """Estimates over standard errors [p]."""
        return self._tested("statistic")

    @property
    def fe_pvalues(self):
        """Two-sided p-values of the fixed effects [p]."""
        return self._tested("p_value")

    @property
    def fe_conf_int(self):
        """Limits of 95 % of the fixed effects: lower, upper [p,2]."""
        return frame(self._names(), ["lower", "upper"], [list(row) for row in zip(self._tests["lower"], self._tests["upper"])])

    params = property(lambda self: self.fe_params, doc="The same as fe_params.")
    bse = property(lambda self: self.fe_bse, doc="The same as fe_bse.")
    pvalues = property(lambda self: self.fe_pvalues, doc="The same as fe_pvalues.")
    tvalues = property(lambda self: self.fe_tvalues, doc="The same as fe_tvalues.")

    # Random effects

    @functools.cached_property
    def _groups(self):
        return _effects.by_group(_effects.terms_of(self._fit))

    @functools.cached_property
    def _numbers(self):
        """For each grouping factor that is a column of numbers the type of these."""
        kinds = {group: kind_in(self._frame, group) for group in self._groups} if self._frame is not None else {}
        return {group: {"integer": int, "real": float}[kind] for group, kind in kinds.items() if kind in ("integer", "real")}

    def _by_group(self, values):
        return {group: _effects.table(self._fit, terms, self._numbers, values) for group, terms in self._groups.items()}

    @functools.cached_property
    def random_effects(self) -> dict:
        """Conditional modes by grouping factor: a Series [levels] for one effect, otherwise a frame [levels,effects] of all terms of the factor."""
        return self._by_group(_effects.modes)

    @functools.cached_property
    def random_effects_se(self) -> dict:
        """Conditional standard deviations of the random effects, given the parameters, in the shapes of random_effects."""
        return self._by_group(_effects.std_errors)

    def random_effects_ci(self, level: float = 0.95) -> dict:
        """Normal limits of the random effects by grouping factor: lower, upper [levels,2]; for several effects pairs (effect, bound)."""
        return {group: _effects.limits_table(self._fit, terms, self._numbers, level) for group, terms in self._groups.items()}

    @functools.cached_property
    def variance_components(self) -> dict:
        """By grouping factor the variance of one effect, or the covariance matrix of several, in squared units of the linear predictor."""
        return {group: _effects.covariance(self._fit, terms) for group, terms in self._groups.items()}

    @property
    def varcov(self):
        """The covariance matrix of all random effects: a row and a column for each "effect|group"."""
        terms = [term for own in self._groups.values() for term in own]
        return _effects.covariance(self._fit, terms, [f"{effect}|{term.group}" for term in terms for effect in term.effects])

    @property
    def theta(self):
        """Covariance parameters: the lower triangles of the Cholesky factors, by columns."""
        return filled((lib.interlace_fit_n_theta(self._fit),), lib.interlace_fit_theta, self._fit)

    @property
    def ngroups(self) -> dict[str, int]:
        """Levels of each grouping factor."""
        return {group: terms[0].levels for group, terms in self._groups.items()}

    @property
    def is_singular(self) -> bool:
        """Whether some combination of random effects has a variance of exactly zero."""
        return lib.interlace_fit_is_singular(self._fit)

    @property
    def boundary_flags(self) -> dict[str, bool]:
        """For each grouping factor, whether some combination of its random effects has no variance."""
        return {group: any(lib.interlace_fit_term_n_boundary(self._fit, term.place) > 0 for term in terms) for group, terms in self._groups.items()}

    # Rows

    def _rows(self, function, *arguments):
        return filled((lib.interlace_fit_n_rows(self._fit),), function, self._fit, *arguments)

    @property
    def fittedvalues(self):
        """Means of the response, with random effects, of the rows used."""
        return self._rows(lib.interlace_fit_fitted)

    def _used_rows(self) -> list[int]:
        """The rows of the data that have a place in results per row, from 0."""
        rows = range(lib.interlace_fit_n_data_rows(self._fit))
        if lib.interlace_fit_n_rows(self._fit) == len(rows):
            return list(rows)
        left_out = set(self._frame_table(lib.interlace_fit_table, b"dropped_rows", self.DF).column("row"))
        return [row for row in rows if row not in left_out]

    def _index(self, rows=None):
        """The index of results for these rows of the data of the fit, or for all that it used; None without pandas."""
        own = index_of(self._data) if self._native == "pandas" and self._data is not None else None
        return None if own is None else own[self._used_rows() if rows is None else rows]

    def residuals(self, type: str = "response"):
        """Residuals of the rows used: response, pearson, working, deviance, normalized and others (docs/residuals.md), as far as the model has them."""
        with self._watch() as watch:
            return self._rows(lib.interlace_fit_residuals, code(_c.Residuals, type, "type"), self._options(watch))

    @property
    def dropped_rows(self):
        """Rows that were left out, with the column that is missing there: a frame."""
        return self.table("dropped_rows")

    # Tables and text

    def _watch(self, progress=None) -> Watch:
        return Watch(progress, self._family)

    def _options(self, watch, **named) -> OptionsHandle:
        return options_of(watch, {"threads": self._call.get("threads"), **named})

    def _frame_table(self, function, *arguments, progress=None, rename=None) -> Table:
        """What a function makes whose last input is options."""
        with self._watch(progress) as watch:
            return Table(FrameHandle.made(function, self._fit, *arguments, self._options(watch)), rename)

    def table(self, name: str):
        """A table of results by its name in docs/tables.md, such as "coefficients", "varcorr", "ranef" or "observations", as a frame of the library
        that the data came from."""
        return self._frame_table(lib.interlace_fit_table, text(name), self.DF).to(self._native)

    def summary(self) -> Summary:
        """The summary as lme4 prints it."""
        own = c_char_p()
        with self._watch() as watch:
            call(lib.interlace_fit_summary, self._fit, self.DF, self._options(watch), byref(own))
        return Summary((own.value or b"").decode())

    def __repr__(self):
        return f"<{type(self).__name__} {self.formula!r}: {self.nobs} rows, log-likelihood {self.llf:.6g}>"

    # Predictions

    def _new(self, newdata, offset, include_re, weighted=False) -> FrameHandle | None:
        """New data, with the weights of their rows if these are a column that predictions depend on."""
        if newdata is None:
            if offset is not None:
                raise ArgumentError("offset is only for newdata: the fit has that of its own rows", 1, "argument")
            return None
        unused = {"response"} | (set() if weighted else {"weights"}) | (set() if include_re else {"group", "random"})
        roles = variables(self._spec) if self._spec is not None else None
        made = self._made.get("offset")
        columns = None if roles is None else [name for name, role in roles if role not in unused and name != made]
        own = frame_of(newdata, columns)  # with all columns if one of them is not there
        if made is not None:
            if offset is None:
                raise ArgumentError("the fit has an offset that was given as values: give offset= for the rows of newdata, too", 1, "argument")
            add_numbers(own, made, aligned(offset, index_of(newdata), "offset"), "offset")
        elif offset is not None:
            raise ArgumentError("offset is given, but the fit has none that was given as values", 1, "argument")
        return own

    def _predict(self, quantity, newdata, include_re, new_levels, offset, interval=None, level=0.95, progress=None):
        own = self._new(newdata, offset, include_re, interval == "prediction")
        rows = lib.interlace_fit_n_rows(self._fit) if own is None else lib.interlace_frame_n_rows(own)
        width = lib.interlace_fit_predict_width(self._fit, quantity)
        asked = request(
            _c.PredictRequest, quantity=quantity, random=_c.Random.ALL if include_re else _c.Random.NONE, new_levels=code(_c.NewLevels, new_levels, "new_levels"),
            interval=None if interval is None else code(_c.Interval, interval, "interval"), level=level,
        )  # fmt: skip
        weights = self._weights_of(own) if interval == "prediction" and own is not None else None
        asked.weights = weights if weights is None else ctypes.addressof(weights)
        shape = (rows,) if width == 1 else (rows, width)
        with self._watch(progress) as watch:
            options = self._options(watch)
            if interval is None:
                return filled(shape, _wide(lib.interlace_fit_predict, options), self._fit, own, byref(asked))
            parts = intervals(rows * width, self._fit, own, asked, options)
        return native(dict(zip(("fit", "std_error", "lower", "upper"), parts)), self._native, self._index() if newdata is None else index_of(newdata))

    def _weights_of(self, frame):
        """The column of weights of new data, if the fit has one and so do they."""
        roles = variables(self._spec) if self._spec is not None else None
        name = next((name for name, role in roles or [] if role == "weights" and name not in self._made.values()), None)
        return None if name is None or kind_in(frame, name) not in ("real", "integer") else numbers_of(frame, name)

    # Saved

    def to_bytes(self, with_rows: bool = True) -> bytes:
        """The fit as bytes, which `interlace.from_bytes` and the other hosts of the library read. Without rows they are fewer, and the fit has no values
        per row."""
        return self._fit.to_bytes(self._spec, with_rows)

    def save(self, path, with_rows: bool = True) -> None:
        """The bytes in a file."""
        with open(path, "wb") as file:
            file.write(self.to_bytes(with_rows))

    def __getstate__(self):
        data = self._data
        if library_of(data) == "duckdb":
            data = data.to_arrow_table()
        return {"bytes": self.to_bytes(), "data": data, "made": self._made, "call": self._call, "native": self._native, "numbers": self._numbers}

    def __setstate__(self, state):
        fit, spec = opened(state["bytes"])
        self.__init__(fit, spec, None, None, state["made"], state["call"])
        self._data, self._native, self._numbers = state["data"], state["native"], state["numbers"]

    def _frame_of_fit(self) -> FrameHandle | None:
        """The data of the fit: what the library has of them or, after unpickling, from the user's."""
        if self._frame is None and self._data is not None:
            roles = variables(self._spec)
            self._frame = frame_of(self._data, None if roles is None else [name for name, _ in roles if name not in self._made.values()])
            for what, name in self._made.items():
                add_numbers(self._frame, name, aligned(self._call[what], index_of(self._data), what), what)
        return self._frame


class Summary(str):
    """Text that shows as it is."""

    def __repr__(self):
        return str(self)


def _wide(function, options):
    """A function whose options come before its outputs."""
    return lambda *arguments: function(*arguments[:-3], options, *arguments[-3:])


def intervals(length, fit, data, asked, options):
    parts = [(c_double * length)() for _ in range(4)]
    call(lib.interlace_fit_predict_interval, fit, data, byref(asked), options, *parts, length)
    return parts


def opened(own: bytes):
    """The fit and the spec (or None) of saved bytes."""
    fit, spec = c_void_p(), c_void_p()
    call(lib.interlace_fit_from_bytes, own, len(own), byref(fit), byref(spec), None)
    return FitHandle(fit.value), SpecHandle(spec.value) if spec.value else None
