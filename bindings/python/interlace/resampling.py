"""Simulation and bootstrap as functions of a result."""

from __future__ import annotations


def simulate(result, nsim: int = 1, seed=None):
    """Simulated responses [nobs,nsim]: see the method of results."""
    return result.simulate(nsim, seed)


def bootMer(result, statistic=None, B: int = 500, seed=None, show_progress: bool = False):
    """The parametric bootstrap: see the method of results."""
    return result.bootMer(statistic, B, seed, show_progress)
