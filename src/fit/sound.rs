//! Whether the parts of a fit that was read from bytes go together. Bytes with a checksum may still be made by hand: what is used as an
//! index, or to size something, has to be what it is used as.

use super::common::Fit;
use super::correlation::CorrelationFit;
use super::kind::{Cox, Generalised, Kind, Ordinal};
use super::parts::{FixedEffects, PredictorFit, TermFit};
use crate::clmm::family::Cumulative;
use crate::clmm::thresholds::Thresholds;
use crate::design::PredictorSizes;
use crate::envelope::{fits, is_choice};
use crate::error::Result;
use crate::family::{Ends, Observations};

/// The most quadrature points.
const POINTS: usize = 100;

/// The number of elements of an array with these extents.
fn size<const K: usize>(extents: [usize; K]) -> usize {
    extents.into_iter().fold(1, usize::saturating_mul)
}

fn finite(values: &[f64]) -> bool {
    values.iter().all(|v| v.is_finite())
}

impl Fit {
    /// Fails for a fit whose parts are not those of one fit.
    pub(crate) fn check(&self) -> Result<()> {
        fits(self.n_obs > 0, "the number of rows")?;
        self.rows.check(self.n_obs)?;
        self.check_rows()?;
        let n = self.n_rows();
        self.fixed.check()?;
        self.program.check()?;
        let sizes = self.program.sizes();
        check_predictor(&sizes.mean, &self.kept, &self.fixed, &self.terms, (n, &self.x))?;
        let theta: usize = self.named_terms().map(|(_, term)| term.design.structure.n_theta()).sum();
        fits(self.theta.len() == theta && self.theta_names.len() == theta && finite(&self.theta), "theta")?;
        // Thresholds are in the place of an intercept.
        let constant = usize::from(self.ordinal().is_some());
        let further = [(self.zero_inflation(), sizes.zero_inflation), (self.dispersion(), sizes.dispersion)];
        for (own, sizes) in further {
            fits(own.is_some() == sizes.is_some(), "a further predictor")?;
            own.zip(sizes).map_or(Ok(()), |(own, sizes)| own.check(&sizes, constant, n))?;
        }
        fits(self.nominal().is_some() == sizes.nominal.is_some(), "the nominal effects")?;
        let (mut all, mut kept) = (sizes.mean.columns, self.kept.len());
        if let (Some(own), Some(sizes)) = (self.nominal(), &sizes.nominal) {
            let columns = is_choice(&own.kept, sizes.columns) && own.names.len() == own.kept.len();
            fits(columns && own.x.len() == size([n, own.kept.len()]) && finite(&own.x), "the nominal effects")?;
            (all, kept) = (all + sizes.columns, kept + own.kept.len());
        }
        self.estimable.check(all + constant, kept + constant)?;
        if let Some(reduced) = &self.reduced {
            fits(self.is_linear() && !self.has_rows, "a sum")?;
            let terms = self.terms.iter().map(|term| (term.design.levels.len(), term.design.effects.len()));
            reduced.check(sizes.mean.columns, terms)?;
        }
        fits(self.cox().map_or(0, |own| own.survival.strata.len()) == sizes.strata, "a stratum")?;
        self.check_kind()
    }

    /// Rows of which there are values.
    fn n_rows(&self) -> usize {
        if self.has_rows { self.n_obs } else { 0 }
    }

    /// Values per row, which may be padded.
    fn check_rows(&self) -> Result<()> {
        let rows = if self.rows.pad && self.has_rows { self.rows.n_data } else { self.n_rows() };
        let all = [&self.y, &self.fitted, &self.residuals, &self.residuals_pearson];
        let given = [&self.weights, &self.offset];
        let lengths = all.into_iter().chain(given.into_iter().flatten()).all(|values| values.len() == rows);
        fits(lengths, "the number of values per row")?;
        if !self.has_rows {
            return Ok(());
        }
        fits(finite(&self.used(&self.y)?), "the response")?;
        let weights = self.weights.as_deref().map(|weights| self.used(weights)).transpose()?;
        fits(weights.is_none_or(|weights| weights.iter().all(|w| *w > 0.0 && w.is_finite())), "a weight")?;
        let offset = self.offset.as_deref().map(|offset| self.used(offset)).transpose()?;
        fits(offset.is_none_or(|offset| finite(&offset)), "the offset")
    }

    fn check_kind(&self) -> Result<()> {
        match &self.kind {
            Kind::Linear(correlation, engine) => {
                engine.iter().try_for_each(|own| own.check(true, self.theta.len(), self.fixed.names.len()))?;
                fits(self.sigma >= 0.0 && self.sigma.is_finite(), "sigma")?;
                correlation.iter().try_for_each(|own| own.check(self.n_rows()))
            }
            Kind::Generalised(own) => {
                own.check(self)?;
                let count = own.family.parameters().len();
                let known = own.family.name() != Cumulative::NAME;
                fits(known && count == own.parameters.len() && count == own.psi.len(), "a parameter of the family")?;
                fits(own.zero.is_some() == own.zero_inflation.is_some(), "the zero part")?;
                self.check_response(own)
            }
            Kind::Ordinal(own, ordinal) => {
                own.check(self)?;
                fits(own.zero.is_none() && own.zero_inflation.is_none(), "the zero part")?;
                ordinal.check(own)?;
                self.check_response(own)
            }
            Kind::Cox(own) => own.check(self.n_rows()),
        }
    }

    fn check_response(&self, own: &Generalised) -> Result<()> {
        let ends_of = |ends: &Ends| ends.lower.len() == self.n_obs && ends.upper.len() == self.n_obs && ends.check(|i| i).is_ok();
        fits(!self.has_rows || own.ends.as_ref().is_none_or(ends_of), "an end of the response")?;
        // A zero part has the zeros that its family may not have.
        if own.zero.is_some() || !self.has_rows {
            return Ok(());
        }
        let y = self.used(&self.y)?;
        let weights = self.weights.as_deref().map_or(Ok(vec![]), |weights| self.used(weights))?;
        fits(own.family.check_response(&Observations { y: &y, weights: &weights }).is_ok(), "the response")
    }
}

/// Of a predictor the columns that are kept, and its random terms, against those of the program.
fn check_predictor(
    sizes: &PredictorSizes,
    kept: &[usize],
    fixed: &FixedEffects,
    terms: &[TermFit],
    (n, x): (usize, &[f64]),
) -> Result<()> {
    let columns = is_choice(kept, sizes.columns) && kept.len() == fixed.names.len();
    fits(columns && x.len() == size([n, kept.len()]) && finite(x), "a column of the model matrix")?;
    terms.iter().try_for_each(|term| term.check(n))?;
    let own = terms.iter().map(|term| (term.design.levels.len(), term.design.effects.len()));
    fits(own.eq(sizes.terms.iter().copied()), "a random term")
}

impl FixedEffects {
    fn check(&self) -> Result<()> {
        let p = self.names.len();
        let root = self.root.len().checked_rem(p).unwrap_or(self.root.len());
        let sizes = self.estimate.len() == p && self.std_error.len() == p && self.vcov.len() == size([p, p]) && root == 0;
        fits(sizes && finite(&self.estimate), "a fixed effect")
    }
}

impl TermFit {
    fn check(&self, n: usize) -> Result<()> {
        self.design.check(n)?;
        let (r, l) = (self.design.effects.len(), self.design.levels.len());
        fits(
            [&self.cov, &self.root, &self.corr].into_iter().all(|own| own.len() == size([r, r]))
                && self.sd.len() == r
                && self.modes.len() == size([r, l])
                && [Some(&self.condvar), self.condvar_full.as_ref()].into_iter().flatten().all(|own| own.len() == size([r, r, l]))
                && self.boundary.iter().all(|direction| direction.len() == r),
            "what is known of a random term",
        )
    }
}

impl PredictorFit {
    fn check(&self, sizes: &PredictorSizes, constant: usize, n: usize) -> Result<()> {
        self.fixed.check()?;
        check_predictor(sizes, &self.kept, &self.fixed, &self.terms, (n, &self.x))?;
        self.estimable.check(sizes.columns + constant, self.kept.len() + constant)?;
        let offset = self.offset.as_ref().is_none_or(|offset| offset.len() == n && finite(offset));
        fits(self.eta.len() == n && offset && self.log_unit.is_finite(), "a further predictor")
    }
}

impl CorrelationFit {
    fn check(&self, n: usize) -> Result<()> {
        self.design.check_rows(n)?;
        let within = self.lower >= -1.0 && self.lower <= self.estimate && self.estimate <= 1.0;
        fits(within, "the residual correlation")
    }
}

impl Generalised {
    fn check(&self, fit: &Fit) -> Result<()> {
        let k = self.vcov_names.len();
        let root = self.root.len().checked_rem(k).unwrap_or(self.root.len());
        self.engine.iter().try_for_each(|own| own.check(false, fit.theta.len(), fit.fixed.names.len()))?;
        fits(self.quadrature <= POINTS, "the number of quadrature points")?;
        fits(self.eta.len() == fit.n_rows(), "the linear predictor")?;
        fits(self.working_theta.len() == fit.theta.len() && finite(&self.working_theta), "theta")?;
        let places = self.at_edge.iter().all(|edge| edge.place < k);
        fits(self.vcov.len() == size([k, k]) && root == 0 && places, "the covariance of all parameters")
    }
}

impl Ordinal {
    fn check(&self, own: &Generalised) -> Result<()> {
        let categories = self.categories.len();
        let known = own.family.name() == Cumulative::NAME && own.family.parameters().len() == categories;
        fits(categories > 1 && known, "a category")?;
        self.thresholds.check()?;
        let m = Thresholds::new(self.threshold, categories).n_alpha();
        let nominal = self.nominal.as_ref().map_or(0, |nominal| nominal.kept.len());
        fits(
            self.thresholds.names.len() == categories - 1
                && self.alpha_names.len() == m
                && self.jacobian.len() == size([categories - 1, m])
                && own.psi.len() == size([m, nominal + 1])
                && own.parameters.len() == own.psi.len(),
            "a threshold",
        )
    }
}

impl Cox {
    fn check(&self, n: usize) -> Result<()> {
        self.survival.check(n)?;
        let events = self.survival.event.iter().filter(|event| **event).count();
        fits((events == self.n_events || n == 0) && self.eta.len() == n && finite(&self.eta), "the number of events")
    }
}
