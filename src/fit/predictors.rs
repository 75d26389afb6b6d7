//! The linear predictors of a fit, and its parameters as R reports them.

use super::common::Fit;
use super::kind::Generalised;
use super::parts::{FixedEffects, PredictorFit, TermFit};
use crate::choice::Choice;
use crate::error::{Result, try_collect, try_copy};
use crate::family::Sigma;
use crate::options::Nodes;
use std::ffi::CStr;

/// What a linear predictor is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Mean,
    ZeroInflation,
    Dispersion,
}

impl Choice for Role {
    const LIST: &'static str = "predictor";
    const ALL: &'static [(Self, &'static CStr)] =
        &[(Role::Mean, c"mean"), (Role::ZeroInflation, c"zero_inflation"), (Role::Dispersion, c"dispersion")];
}

impl Role {
    /// In the order of their random terms.
    pub const ORDER: [Role; 3] = [Role::Mean, Role::ZeroInflation, Role::Dispersion];

    /// What messages call it.
    pub fn words(self) -> &'static str {
        match self {
            Role::Mean => "mean",
            Role::ZeroInflation => "zero inflation",
            Role::Dispersion => "dispersion",
        }
    }
}

impl Fit {
    /// The unit of an ordinal model's latent variable in which it is searched, as a number of the one that is reported: the geometric mean of
    /// the rows' scales. Starts are numbers of it.
    pub(crate) fn searched_unit(&self) -> f64 {
        match self.dispersion() {
            Some(scale) if self.ordinal().is_some() && self.offset.is_none() => {
                (scale.eta.iter().sum::<f64>() / self.n_obs as f64).exp()
            }
            _ => 1.0,
        }
    }

    fn further(&self, role: Role) -> Option<&PredictorFit> {
        let own = self.generalised()?;
        match role {
            Role::Mean => None,
            Role::ZeroInflation => own.zero_inflation.as_ref(),
            Role::Dispersion => own.dispersion.as_ref(),
        }
    }

    /// The fixed effects of a predictor that the fit has.
    pub fn fixed_of(&self, role: Role) -> Option<&FixedEffects> {
        if role == Role::Mean { Some(&self.fixed) } else { self.further(role).map(|p| &p.fixed) }
    }

    /// The random terms of a predictor; none for one that the fit doesn't have.
    pub fn terms_of(&self, role: Role) -> &[TermFit] {
        if role == Role::Mean { &self.terms } else { self.further(role).map_or(&[], |p| &p.terms) }
    }

    /// The random terms of all predictors: the mean's, those of the zero inflation, those of the dispersion.
    pub fn all_terms(&self) -> impl Iterator<Item = (Role, &TermFit)> {
        Role::ORDER.into_iter().flat_map(|role| self.terms_of(role).iter().map(move |term| (role, term)))
    }

    /// The values of a predictor that the fit has, per row as `fitted`.
    pub fn linear_predictor_of(&self, role: Role) -> Option<Result<Vec<f64>>> {
        let eta = match (role, self.generalised()) {
            (Role::Mean, None) if let Some(cox) = self.cox() => &cox.eta,
            (Role::Mean, None) => return Some(try_copy("values of the rows", &self.fitted)),
            (Role::Mean, Some(own)) => &own.eta,
            _ => &self.further(role)?.eta,
        };
        Some(self.per_row(eta.iter().copied()))
    }

    /// The family's first parameter, on the scale on which it is reported, per row as `fitted`; of an ordinal model the scale.
    pub fn dispersion_of_rows(&self) -> Option<Result<Vec<f64>>> {
        let own = self.generalised()?;
        if self.ordinal().is_some() {
            return Some(self.per_row((0..self.n_obs).map(|i| self.psi_of_row(i)[0].exp())));
        }
        let scale = own.family.parameters().first()?.scale;
        Some(self.per_row((0..self.n_obs).map(|i| scale.reported(self.psi_of_row(i)[0]))))
    }

    /// The probability of a zero from the zero part, per row as `fitted`; zero without such a part.
    pub fn zero_probabilities(&self) -> Option<Result<Vec<f64>>> {
        let own = self.generalised()?;
        Some(self.per_row((0..self.n_obs).map(|i| own.zero_probability(i))))
    }

    /// Values per row used, padded if so asked.
    fn per_row(&self, values: impl ExactSizeIterator<Item = f64>) -> Result<Vec<f64>> {
        self.need_rows("values of the rows")?;
        let values = try_collect("values of the rows", values)?;
        if self.rows.pad && !self.rows.dropped.is_empty() { self.rows.padded(&values) } else { Ok(values) }
    }
}

impl Generalised {
    /// The number of quadrature points; negative for nodes that are not adaptive.
    pub fn nagq(&self) -> i64 {
        let points = i64::try_from(self.quadrature).unwrap_or(i64::MAX);
        if self.nodes == Nodes::Fixed { -points } else { points }
    }

    /// The dispersion as R reports it: the family's first parameter, but for Gamma and inverse Gaussian the square root of the factor
    /// of the variance function; 1 without a parameter, not a number where each row has its own.
    pub fn sigma(&self) -> f64 {
        let Some(first) = self.parameters.first() else { return 1.0 };
        match self.family.facts().sigma {
            Sigma::InverseRoot => first.estimate.sqrt().recip(),
            Sigma::First => first.estimate,
        }
    }
}
