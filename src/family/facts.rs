//! What the rest of the library asks of a family beside its density. A family of the caller's has the neutral answers, whatever its name.

/// What the probability pi of a zero part is that of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum ZeroPart {
    /// A structural zero, beside the zeros of the family.
    Inflation,
    /// A zero; the family, which has none (a truncated count, a positive response), has the rest.
    Hurdle,
}

/// What is true of a family.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Facts {
    /// What a zero part is to it: inflation where it has zeros itself, a hurdle where it has none, nothing where its zeros can't be told apart.
    pub zero_part: Option<ZeroPart>,
    /// How R's `sigma()` follows from the first parameter.
    pub sigma: Sigma,
    /// What the first parameter of a continuous response is like where the model fits the response exactly.
    pub exact: Exact,
    /// Counts and proportions: a linear predictor at infinity is an extreme mean.
    pub can_separate: bool,
    /// What responses lie in: outside it the distribution function is not made to be called.
    pub support: (f64, f64),
    /// The variance follows from the mean, or from a parameter that is no scale, so that it can be compared with the data's.
    pub tests_overdispersion: bool,
    /// The variance about the linear predictor, for R2.
    pub residual: Residual,
    /// Whether responses can be drawn, and their distribution function is known.
    pub has_distribution: bool,
}

/// R's `sigma()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sigma {
    /// The first parameter itself.
    First,
    /// 1 / sqrt of it.
    InverseRoot,
}

/// What an exact fit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exact {
    /// The response is not continuous: nothing.
    Never,
    /// `sigma()` is zero, in units of the response.
    OfResponse,
    /// `sigma()` is zero, relative to the response.
    Relative,
    /// `sigma()` is zero, in units of one over the root of the response: the variance is sigma^2 times its mean's cube.
    OverRoot,
    /// The response is continuous, but `sigma()` is a precision.
    Precision,
}

/// What R2 takes for the variance about the linear predictor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Residual {
    /// Not defined.
    Undefined,
    /// That of the latent variable of the link, otherwise as `OfMean`.
    Latent,
    /// sigma^2 of the logarithm of the response.
    OfLogarithm,
    /// The variance of the response, which does not depend on the mean.
    Constant,
    /// The variance of the response at the mean of the model without fixed effects.
    OfMean,
}

impl Facts {
    /// Of a family of which nothing is known.
    pub const NEUTRAL: Facts = Facts {
        zero_part: None,
        sigma: Sigma::First,
        exact: Exact::Never,
        can_separate: false,
        support: (f64::NEG_INFINITY, f64::INFINITY),
        tests_overdispersion: false,
        residual: Residual::Undefined,
        has_distribution: false,
    };

    // Presets of kinds of responses. They are complete, so that a new fact is settled for each kind.

    /// Of counts from 0 up.
    pub(super) const COUNTS: Facts = Facts {
        zero_part: Some(ZeroPart::Inflation),
        sigma: Sigma::First,
        exact: Exact::Never,
        can_separate: true,
        support: (0.0, f64::INFINITY),
        tests_overdispersion: true,
        residual: Residual::OfMean,
        has_distribution: true,
    };

    /// Of counts from 1 up.
    pub(super) const TRUNCATED: Facts = Facts { zero_part: Some(ZeroPart::Hurdle), residual: Residual::Undefined, ..Facts::COUNTS };

    /// Of proportions of trials.
    pub(super) const PROPORTIONS: Facts = Facts { support: (0.0, 1.0), ..Facts::COUNTS };

    /// Of positive responses.
    pub(super) const POSITIVE: Facts = Facts {
        zero_part: Some(ZeroPart::Hurdle),
        sigma: Sigma::First,
        exact: Exact::Relative,
        can_separate: false,
        support: (0.0, f64::INFINITY),
        tests_overdispersion: false,
        residual: Residual::OfMean,
        has_distribution: true,
    };

    /// Of responses on the whole line.
    pub(super) const REAL: Facts = Facts {
        zero_part: None,
        sigma: Sigma::First,
        exact: Exact::OfResponse,
        can_separate: false,
        support: (f64::NEG_INFINITY, f64::INFINITY),
        tests_overdispersion: false,
        residual: Residual::Constant,
        has_distribution: true,
    };

    /// Of responses between 0 and 1.
    pub(super) const UNIT: Facts = Facts {
        zero_part: None,
        sigma: Sigma::First,
        exact: Exact::Never,
        can_separate: false,
        support: (0.0, 1.0),
        tests_overdispersion: false,
        residual: Residual::Undefined,
        has_distribution: true,
    };
}
