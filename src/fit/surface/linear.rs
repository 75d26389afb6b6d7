//! Linear models: the deviance of cross-products with sigma in it. Of maximum likelihood the fixed effects are an offset, so that none is at
//! its best; the slopes in them follow from the best ones b at the other parameters,
//!
//! ```text
//! d(beta) = d(b) + (beta - b)' S (beta - b),   S^-1 = sigma^2 (X'V^-1 X)^-1
//! ```
//!
//! The working parameters are those of [`UnprofiledDeviance`], then the fixed effects.

use super::Surface;
use super::point::Point;
use crate::design::Design;
use crate::error::{Error, Result, try_vec};
use crate::fit::common::Fit;
use crate::fit::linear::assemble;
use crate::linalg::dense;
use crate::lmm::parameters::working_from_theta;
use crate::lmm::system::LinearSystem;
use crate::lmm::unprofiled::UnprofiledDeviance;
use crate::watch::Watch;

const WHAT: &str = "fixed effects at given parameters";

struct LinearSurface<'f> {
    fit: &'f Fit,
    system: &'f LinearSystem,
    /// Of maximum likelihood: the rows.
    design: Option<Design>,
    watch: &'f Watch<'f>,
}

pub(super) fn with<T>(fit: &Fit, watch: &Watch<'_>, work: impl FnOnce(&mut dyn Surface) -> Result<T>) -> Result<T> {
    let system = fit.linear_system(watch)?;
    let design = if fit.reml { None } else { Some(fit.design()?) };
    if system.kept.len() != fit.fixed.names.len() {
        return Err(Error::numeric("other columns of the model are collinear to within rounding than in the fit"));
    }
    work(&mut LinearSurface { fit, system: &system, design, watch })
}

impl LinearSurface<'_> {
    /// Working parameters of covariances, the residual correlation and sigma.
    fn count(&self) -> usize {
        self.system.n_working() + 1
    }

    /// The model of what the fixed effects leave.
    fn without(&self, design: &Design, beta: &[f64]) -> Result<LinearSystem> {
        let mut offset = match &design.offset {
            Some(offset) => crate::error::try_copy(WHAT, offset)?,
            None => try_vec(WHAT, 0.0, design.n)?,
        };
        for (column, b) in design.x.chunks_exact(design.n.max(1)).zip(beta) {
            offset.iter_mut().zip(column).for_each(|(o, x)| *o += b * x);
        }
        let own = Design { offset: Some(offset), ..design.with_columns(vec![], vec![])? };
        assemble(&own, self.watch)
    }

    /// S, and how far the fixed effects are from their best.
    fn information(&self, phi: &[f64], beta: &[f64]) -> Result<(Vec<f64>, Vec<f64>)> {
        let mut deviance = UnprofiledDeviance::new(self.system, self.fit.sigma, None, false, self.watch)?;
        deviance.evaluate(phi)?;
        let (_, best) = deviance.estimates();
        let p = best.len();
        let mut factor = deviance.vcov();
        dense::cholesky(p, &mut factor).map_err(|_| Error::numeric("the information of the fixed effects is singular there"))?;
        let mut inverse = vec![0.0; p * p];
        for (j, column) in inverse.chunks_exact_mut(p.max(1)).enumerate() {
            column[j] = 1.0;
            dense::solve_lower(p, &factor, column);
            dense::solve_lower_transpose(p, &factor, column);
        }
        Ok((inverse, beta.iter().zip(&best).map(|(b, best)| b - best).collect()))
    }
}

impl Surface for LinearSurface<'_> {
    fn working(&self, point: &Point) -> Result<Vec<f64>> {
        let (sigma, reference) = (point.shared[0], self.fit.sigma);
        let mut theta = point.theta.clone();
        let mut first = 0;
        for structure in &self.system.structures {
            let range = first..first + structure.n_theta();
            first = range.end;
            structure.rescale(&mut theta[range], &vec![1.0 / reference; structure.size]);
        }
        theta.extend(&point.shared[1..]);
        let mut x = working_from_theta(self.system, &theta)?;
        x.push((sigma / reference).ln());
        if !self.fit.reml {
            x.extend(&point.fixed[0]);
        }
        Ok(x)
    }

    fn gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        let (phi, beta) = x.split_at(self.count());
        let (of_phi, of_beta) = gradient.split_at_mut(phi.len());
        let Some(design) = &self.design else {
            let mut deviance = UnprofiledDeviance::new(self.system, self.fit.sigma, None, true, self.watch)?;
            return deviance.evaluate_gradient(phi, of_phi);
        };
        let system = self.without(design, beta)?;
        let value = UnprofiledDeviance::new(&system, self.fit.sigma, None, false, self.watch)?.evaluate_gradient(phi, of_phi)?;
        let (s, off) = self.information(phi, beta)?;
        let p = beta.len();
        of_beta.iter_mut().enumerate().for_each(|(i, out)| *out = 2.0 * (0..p).map(|j| s[j * p + i] * off[j]).sum::<f64>());
        Ok(value)
    }

    fn average(&mut self, x: &[f64]) -> Result<Vec<f64>> {
        let (phi, beta) = x.split_at(self.count());
        let (n, m) = (phi.len(), x.len());
        let own;
        let (system, reml) = match &self.design {
            None => (self.system, true),
            Some(design) => {
                own = self.without(design, beta)?;
                (&own, false)
            }
        };
        let information = UnprofiledDeviance::new(system, self.fit.sigma, None, reml, self.watch)?.average(phi)?;
        let mut out = try_vec(WHAT, 0.0, m * m)?;
        (0..n).for_each(|j| out[j * m..j * m + n].copy_from_slice(&information[j * n..(j + 1) * n]));
        if self.system.correlation.is_some() {
            // The residual correlation is before sigma.
            (0..m).for_each(|i| (out[(n - 2) * m + i], out[i * m + n - 2]) = (f64::NAN, f64::NAN));
        }
        if !beta.is_empty() {
            let (s, _) = self.information(phi, beta)?;
            let p = beta.len();
            (0..p).for_each(|j| (0..p).for_each(|i| out[(n + j) * m + n + i] = 2.0 * s[j * p + i]));
        }
        Ok(out)
    }
}
