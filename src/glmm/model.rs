//! The data of a generalised model, in working units.

use super::fixed::FixedPart;
use super::jet::Response;
use super::prior::GeneralisedPrior;
use crate::covariance::Structure;
use crate::design::TermDesign;
use crate::error::{Result, try_copies, try_copy, try_vec};
use crate::random::{EffectUnits, Entries, Layout, Runs, Shift, TermRows, TermSize, centred, shifts};

/// Response, linear predictors and random terms of one model. Columns of Z far from zero are centred, and each effect is scaled to a mean
/// square of one, or of the square of its predictor's unit.
///
/// Working parameters are, one after the other: those of the covariance structures, the fixed effects of each predictor in its
/// orthonormal basis, the parameters that all rows share.
#[derive(Debug)]
pub struct Model {
    pub response: Box<dyn Response>,
    pub n: usize,
    /// The fixed effects of each predictor.
    pub fixed: Vec<FixedPart>,
    pub layout: Layout,
    pub structures: Vec<Structure>,
    /// The predictor of each random term.
    pub predictor: Vec<usize>,
    pub(super) index: Vec<Vec<u32>>,
    pub(super) z: Vec<Option<Vec<f64>>>,
    /// What of z is not zero.
    pub(super) entries: Vec<Option<Entries>>,
    /// Neighbouring rows of the same level.
    pub(super) runs: Vec<Option<Runs>>,
    /// The root mean square by which each effect was divided.
    pub scales: Vec<Vec<f64>>,
    /// What was taken off the effects' columns before.
    pub(super) shifts: Vec<Shift>,
    /// By what the effects of each term were turned then, [`EffectUnits::turn`].
    pub(super) turns: Vec<Vec<f64>>,
    pub prior: Option<Box<GeneralisedPrior>>,
}

impl Model {
    /// `terms`: random terms with their predictors.
    pub fn new(response: Box<dyn Response>, n: usize, fixed: Vec<FixedPart>, terms: &[(usize, &TermDesign)]) -> Result<Self> {
        let size = |t: &TermDesign| TermSize { levels: t.levels.len(), effects: t.effects.len() };
        let index = terms.iter().map(|(_, t)| try_copy("group index", &t.index));
        let z = terms.iter().map(|(_, t)| t.z.as_deref().map(|z| try_copy("random-effects model matrix", z)).transpose());
        let mut model = Model {
            response,
            n,
            layout: Layout { p: 0, terms: terms.iter().map(|(_, t)| size(t)).collect() },
            structures: terms.iter().map(|(_, t)| t.structure).collect(),
            predictor: terms.iter().map(|(a, _)| *a).collect(),
            index: index.collect::<Result<_>>()?,
            z: z.collect::<Result<_>>()?,
            entries: vec![None; terms.len()],
            runs: terms.iter().map(|(_, t)| Runs::new(&t.index)).collect::<Result<_>>()?,
            scales: vec![],
            shifts: vec![],
            turns: vec![vec![]; terms.len()],
            prior: None,
            fixed,
        };
        model.centre_effects()?;
        model.scale_effects();
        model.find_entries()?;
        Ok(model)
    }

    fn centre_effects(&mut self) -> Result<()> {
        self.shifts = shifts(self.n, &self.terms(), &self.structures);
        let centred = centred(self.n, &self.terms(), &self.shifts)?;
        for (z, own) in self.z.iter_mut().zip(centred).filter(|(_, own)| own.is_some()) {
            *z = own;
        }
        Ok(())
    }

    /// The same data with another response.
    pub fn with_response(&self, response: Box<dyn Response>) -> Result<Self> {
        let z = self.z.iter().map(|z| z.as_deref().map(|z| try_copy("random-effects model matrix", z)).transpose());
        Ok(Model {
            response,
            n: self.n,
            fixed: self.fixed.iter().map(FixedPart::try_clone).collect::<Result<_>>()?,
            layout: self.layout.clone(),
            structures: self.structures.clone(),
            predictor: self.predictor.clone(),
            index: try_copies("group index", &self.index)?,
            z: z.collect::<Result<_>>()?,
            entries: self.entries.clone(),
            runs: self.runs.clone(),
            scales: self.scales.clone(),
            shifts: self.shifts.clone(),
            turns: self.turns.clone(),
            prior: self.prior.clone(),
        })
    }

    pub(super) fn find_entries(&mut self) -> Result<()> {
        for (z, entries) in self.z.iter().zip(&mut self.entries) {
            *entries = z.as_ref().map_or(Ok(None), |z| Entries::new(self.n, z))?;
        }
        Ok(())
    }

    fn scale_effects(&mut self) {
        for (k, z) in self.z.iter_mut().enumerate() {
            let r = self.layout.terms[k].effects;
            let mut scales = vec![1.0; r];
            if let Some(z) = z {
                for (scale, column) in scales.iter_mut().zip(z.chunks_exact(self.n)) {
                    let square = column.iter().map(|v| v * v).sum::<f64>() / self.n as f64;
                    *scale = if square > 0.0 { square.sqrt() } else { 1.0 };
                }
                if self.structures[k].homogeneous {
                    let mean = (scales.iter().map(|s| s * s).sum::<f64>() / r as f64).sqrt();
                    scales.fill(mean);
                }
                for (scale, column) in scales.iter().zip(z.chunks_exact_mut(self.n)) {
                    for v in column {
                        *v /= scale;
                    }
                }
            }
            self.scales.push(scales);
        }
    }

    /// The model with a unit for one predictor, of which fixed and random effects are then numbers. It is a power of two, so that
    /// nothing is rounded.
    pub fn in_unit(mut self, predictor: usize, unit: f64) -> Result<Self> {
        if unit == 1.0 {
            return Ok(self);
        }
        self.fixed[predictor] = std::mem::take(&mut self.fixed[predictor]).in_unit(unit);
        for k in (0..self.z.len()).filter(|&k| self.predictor[k] == predictor) {
            match &mut self.z[k] {
                Some(z) => z.iter_mut().for_each(|z| *z *= unit),
                none => *none = Some(try_vec("random-effects model matrix", unit, self.n)?),
            }
            self.scales[k].iter_mut().for_each(|scale| *scale /= unit);
        }
        self.find_entries()?;
        Ok(self)
    }

    /// What brings the effects of term k to the user's units.
    pub fn units(&self, k: usize) -> EffectUnits<'_> {
        EffectUnits { structure: self.structures[k], scales: &self.scales[k], shift: &self.shifts[k], turn: &self.turns[k] }
    }

    /// Turns the effects of an unstructured term, which were not before: they become G times themselves.
    pub fn turn(&mut self, k: usize, g: Vec<f64>) {
        let r = self.structures[k].size;
        if let Some(z) = &mut self.z[k] {
            let mut row = vec![0.0; r];
            for i in 0..self.n {
                (0..r).for_each(|e| row[e] = z[e * self.n + i]);
                (0..r).for_each(|a| z[a * self.n + i] = (0..r).map(|b| g[b * r + a] * row[b]).sum());
            }
        }
        self.entries[k] = None;
        self.turns[k] = g;
    }

    pub fn terms(&self) -> Vec<TermRows<'_>> {
        let rows = self.index.iter().zip(&self.z).zip(self.entries.iter().zip(&self.runs));
        rows.map(|((index, z), (entries, runs))| TermRows {
            index,
            z: z.as_deref(),
            entries: entries.as_ref(),
            runs: runs.as_ref(),
        })
        .collect()
    }

    /// The number of working parameters of the covariance structures.
    pub fn n_theta(&self) -> usize {
        self.structures.iter().map(Structure::n_theta).sum()
    }

    /// The user's theta (all terms, one after the other) as working parameters.
    pub fn working_from_theta(&self, theta: &[f64]) -> Result<Vec<f64>> {
        let mut theta = theta.to_vec();
        let mut working = vec![0.0; theta.len()];
        let mut first = 0;
        for (k, structure) in self.structures.iter().enumerate() {
            let range = first..first + structure.n_theta();
            first = range.end;
            self.units(k).working(&mut theta[range.clone()], &mut working[range])?;
        }
        Ok(working)
    }

    /// The user's theta of working parameters.
    pub fn theta_from_working(&self, working: &[f64]) -> Vec<f64> {
        let mut theta = vec![0.0; self.n_theta()];
        let mut first = 0;
        for (k, structure) in self.structures.iter().enumerate() {
            let range = first..first + structure.n_theta();
            first = range.end;
            self.units(k).theta(&working[range.clone()], &mut theta[range]);
        }
        theta
    }

    /// Working parameters with standard deviations that depend on the predictor, in its unit, and without correlations.
    pub fn with_deviations(&self, working: &[f64], sd: &dyn Fn(usize) -> f64) -> Vec<f64> {
        let mut other = working.to_vec();
        let mut first = 0;
        for (structure, &predictor) in self.structures.iter().zip(&self.predictor) {
            let r = structure.size;
            let cov: Vec<f64> = (0..r * r).map(|e| if e % (r + 1) == 0 { sd(predictor).powi(2) } else { 0.0 }).collect();
            let n = structure.n_theta();
            structure.from_covariance(&cov, &mut other[first..first + n]);
            first += n;
        }
        other
    }

    /// The variance of the mean's predictor from random effects as a multiple of the latent variable's, where there is one.
    pub fn latent_ratio(&self, x: &[f64]) -> Option<f64> {
        self.response.latent_variance().map(|v| self.variance(x) / v)
    }

    /// The variance of the mean's predictor from random effects.
    fn variance(&self, x: &[f64]) -> f64 {
        let mut first = 0;
        let mut sum = 0.0;
        for (structure, predictor) in self.structures.iter().zip(&self.predictor) {
            let mut t = vec![0.0; structure.size * structure.size];
            structure.factor(&x[first..first + structure.n_theta()], &mut t);
            first += structure.n_theta();
            // Effects have a mean square of one.
            sum += if *predictor == 0 { t.iter().map(|v| v * v).sum() } else { 0.0 };
        }
        sum
    }
}
