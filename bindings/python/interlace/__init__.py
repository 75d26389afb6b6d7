"""Mixed-effects models: linear, generalised, ordinal and Cox models with random effects.

    import interlace

    result = interlace.fit("Reaction ~ Days", data, random=["(1 + Days | Subject)"])
    print(result.summary())

`fit`, `glmer`, `clmm` and `coxme` fit models to frames of pandas, polars, pyarrow or duckdb, or to dicts of columns. Neither of these packages is needed,
nor numpy: what is not installed is not used."""

from . import _c
from ._resampled import BootResult
from ._watch import Progress
from .correlation import AR1, CompoundSymmetry
from .cox import CoxmeResult
from .diagnostics import SimulatedResiduals, diagnose, hlm_resid, simulated_residuals
from .drawings import dotplot_diag, plot_influence, plot_resid
from .errors import (
    ArgumentError,
    CancelledError,
    DataError,
    DeadlineError,
    FormulaError,
    InterlaceError,
    InterlaceWarning,
    InternalError,
    NumericError,
    OutOfMemoryError,
    StreamError,
    UnsupportedError,
)
from .families import (
    BetaFamily,
    Family,
    GammaFamily,
    GLMMFamily,
    HurdlePoissonFamily,
    NegativeBinomial1Family,
    NegativeBinomial2Family,
    ZeroInflatedNB2Family,
    ZeroInflatedPoissonFamily,
    ZeroOneInflatedBetaFamily,
)
from .fitting import clmm, coxme, fit, from_bytes, glmer, load, update
from .generalised import GLMMResult
from .inference import (
    Anova,
    EmmResult,
    VarCorr,
    anova,
    anova_type2,
    anova_type3,
    contrast,
    drop1,
    emmeans,
    isSingular,
    pairs,
    profile_confint,
    variance_parameters,
    wald_test,
)
from .influence import cooks_distance, hlm_augment, hlm_influence, hlm_leverage, leverage, mdffits, n_influential, tau_gap
from .linear import CrossedLMEResult, ModelInfo
from .ordinal import CLMMResult
from .parts import Accumulator, Plan
from .pictures import Picture, kinds_of_pictures, plot
from .resampling import bootMer, simulate
from .validation import CVResult, allFit, cross_val

__version__ = _c.VERSION
__all__ = [
    "Accumulator", "allFit", "Anova", "anova", "anova_type2", "anova_type3", "AR1", "ArgumentError", "BetaFamily", "bootMer", "BootResult",
    "CancelledError", "clmm", "CLMMResult", "CompoundSymmetry", "contrast", "cooks_distance", "coxme", "CoxmeResult", "cross_val", "CrossedLMEResult",
    "CVResult", "DataError", "DeadlineError", "diagnose", "dotplot_diag", "drop1", "emmeans", "EmmResult", "Family", "fit", "FormulaError", "from_bytes",
    "GammaFamily", "glmer", "GLMMFamily", "GLMMResult", "hlm_augment", "hlm_influence", "hlm_leverage", "hlm_resid", "HurdlePoissonFamily", "InterlaceError",
    "InterlaceWarning", "InternalError", "isSingular", "kinds_of_pictures", "leverage", "load", "mdffits", "ModelInfo", "n_influential",
    "NegativeBinomial1Family", "NegativeBinomial2Family", "NumericError", "OutOfMemoryError", "pairs", "Picture", "Plan", "plot", "plot_influence", "plot_resid",
    "profile_confint", "Progress", "simulate", "simulated_residuals", "SimulatedResiduals", "StreamError", "tau_gap", "UnsupportedError", "update",
    "VarCorr", "variance_parameters", "wald_test", "ZeroInflatedNB2Family", "ZeroInflatedPoissonFamily", "ZeroOneInflatedBetaFamily",
]  # fmt: skip
