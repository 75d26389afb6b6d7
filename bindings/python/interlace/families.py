"""Families of responses: by name, with parameters that are fixed, and your own."""

from __future__ import annotations

import ctypes
from ctypes import byref, c_double, sizeof
from typing import Any, Protocol, Union, runtime_checkable

from . import _c
from ._arrays import numpy
from ._library import FamilyHandle, call, lib, text


class Family:
    """A family of the library by its name, with a link (None: the family's default) and parameters that are fixed instead of estimated, such as
    Family("student_t", df=5). docs/families.md lists names, links and parameters."""

    zero_inflation: str | None = None

    def __init__(self, name: str, link: str | None = None, **fixed: float):
        self.name, self.link_name, self.fixed = name, link, fixed

    def give(self, spec) -> None:
        """Makes it the family of a spec."""
        call(lib.interlace_spec_set_family, spec, text(self.name), text(self.link_name))
        for name, value in self.fixed.items():
            call(lib.interlace_spec_fix_parameter, spec, text(name), float(value))
        if self.zero_inflation is not None:
            call(lib.interlace_spec_set_zero_inflation, spec, text(self.zero_inflation))

    def __repr__(self):
        link = f", link={self.link_name!r}" if self.link_name else ""
        return f"{type(self).__name__}({self.name!r}{link}{''.join(f', {name}={value!r}' for name, value in self.fixed.items())})"


def given(**parameters):
    return {name: value for name, value in parameters.items() if value is not None}


class NegativeBinomial2Family(Family):
    """Counts with the variance mu + mu^2 / theta. `theta` fixes it; None estimates it."""

    def __init__(self, theta: float | None = None, link: str | None = None):
        super().__init__("nbinom2", link, **given(size=theta))


class NegativeBinomial1Family(Family):
    """Counts with the variance mu (1 + alpha). `alpha` fixes it; None estimates it."""

    def __init__(self, alpha: float | None = None, link: str | None = None):
        super().__init__("nbinom1", link, **given(alpha=alpha))


class GammaFamily(Family):
    """Positive responses with the variance mu^2 / shape. `shape` fixes it; None estimates it."""

    def __init__(self, link: str = "log", shape: float | None = None):
        super().__init__("gamma", link, **given(shape=shape))


class BetaFamily(Family):
    """Proportions between 0 and 1 with the variance mu (1 - mu) / (1 + phi). `phi` fixes it; None estimates it."""

    def __init__(self, phi: float | None = None, link: str | None = None):
        super().__init__("beta", link, **given(phi=phi))


class ZeroInflated(Family):
    def __init__(self, name, pi, link, **fixed):
        super().__init__(name, link, **fixed)
        if pi is not None:
            raise ValueError(f"pi is {pi!r}, but the probability of extra zeros is estimated: leave pi out, or use ziformula for a model of it")
        self.zero_inflation = "~ 1"


class ZeroInflatedPoissonFamily(ZeroInflated):
    """Poisson counts with extra zeros, whose probability is estimated; `ziformula` of `glmer` makes it depend on the data."""

    def __init__(self, pi: None = None, link: str | None = None):
        super().__init__("poisson", pi, link)


class ZeroInflatedNB2Family(ZeroInflated):
    """Negative binomial counts with extra zeros. `theta` fixes the size; None estimates it."""

    def __init__(self, theta: float | None = None, pi: None = None, link: str | None = None):
        super().__init__("nbinom2", pi, link, **given(size=theta))


class HurdlePoissonFamily(ZeroInflated):
    """Zeros with a probability that is estimated, otherwise Poisson counts from 1 up."""

    def __init__(self, pi: None = None, link: str | None = None):
        super().__init__("truncated_poisson", pi, link)


class ZeroOneInflatedBetaFamily(Family):
    """Proportions with ends: 0 with probability p0, 1 with probability p1, otherwise a beta distribution. All are estimated unless given; p0 and p1
    go together."""

    def __init__(self, phi: float | None = None, p0: float | None = None, p1: float | None = None, link: str | None = None):
        if (p0 is None) != (p1 is None):
            raise ValueError("p0 and p1 go together: give both or neither")
        fixed = given(phi=phi)
        if p0 is not None and p1 is not None:
            fixed.update(zoi=p0 + p1, coi=p1 / (p0 + p1))
        super().__init__("zero_one_inflated_beta", link, **fixed)


@runtime_checkable
class GLMMFamily(Protocol):
    """A family of your own: functions of arrays [n] of numpy (lists without numpy), one value for each row. `dev_resids` are squared deviance
    residuals, times the weights. With `log_density(y, eta, weights)`, which it may have besides, the fit maximises a likelihood, otherwise the
    quasi-likelihood minus half of the deviance."""

    name: str

    def link(self, mu: Any) -> Any: ...

    def linkinv(self, eta: Any) -> Any: ...

    def mu_eta(self, eta: Any) -> Any: ...

    def variance(self, mu: Any) -> Any: ...

    def dev_resids(self, y: Any, mu: Any, wt: Any) -> Any: ...


class CustomFamily:
    """A family of the user's as one of the library. What its functions raise is in `failure`, for the Watch around the call that ran them."""

    def __init__(self, own):
        self.own, self.name, self.failure = own, str(getattr(own, "name", type(own).__name__)), None
        missing = [name for name in ("link", "linkinv", "mu_eta", "variance", "dev_resids") if not callable(getattr(own, name, None))]
        if missing:
            raise TypeError(f"family is a {type(own).__name__} without {', '.join(missing)}: it must be a name, a family, or have the methods of GLMMFamily")
        self._name = text(self.name)
        record = _c.FamilyCallbacks(struct_size=sizeof(_c.FamilyCallbacks), name=self._name)
        maps = {"linkfun": own.link, "linkinv": own.linkinv, "mu_eta": own.mu_eta, "variance": own.variance}
        self._functions = {member: _c.FamilyMapFn(self._map(function)) for member, function in maps.items()}
        self._functions["dev_resids"] = _c.FamilyDevianceFn(
            lambda y, mu, weights, n, out, data: self._run(own.dev_resids, out, n, y, mu, weights)
        )
        if callable(getattr(own, "log_density", None)):
            self._functions["log_density"] = _c.FamilyLogDensityFn(
                lambda y, eta, weights, psi, n, n_parameters, out, data: self._run(own.log_density, out, n, y, eta, weights)
            )
        for member, function in self._functions.items():
            setattr(record, member, ctypes.cast(function, ctypes.c_void_p))
        self._handle = FamilyHandle.made(lib.interlace_family_new, byref(record))

    def _map(self, function):
        return lambda x, n, out, data: self._run(function, out, n, x)

    def _run(self, function, out, n, *columns):
        try:
            np = numpy()
            results = (c_double * n).from_address(out)
            arrays = [(c_double * n).from_address(column) for column in columns]
            if np is None:
                results[:] = [float(value) for value in function(*map(list, arrays))]
            else:
                with np.errstate(all="ignore"):  # the library asks for means at the ends of their range, too
                    np.frombuffer(results)[:] = function(*[np.frombuffer(own).copy() for own in arrays])
            return 0
        except BaseException as failure:  # it must not cross the library
            self.failure = failure
            return 1

    def give(self, spec) -> None:
        call(lib.interlace_spec_set_custom_family, spec, self._handle)


AnyFamily = Union[str, Family, GLMMFamily]


def family_of(own: Any):
    """What can be given to a spec: from a name, a family, or an object with the methods of GLMMFamily."""
    if isinstance(own, str):
        return Family(own)
    if isinstance(own, type):
        raise TypeError(f"family is the class {own.__name__}: write {own.__name__}()")
    return own if isinstance(own, Family) else CustomFamily(own)
