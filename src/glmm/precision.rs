//! A = Lambda'Z'WZ Lambda + I: the parts that it is made of, and its factor L L' = P A P'.

use super::model::Model;
use crate::error::{Code, Result, try_vec};
use crate::random::{RandomSystem, Roots, WeightedGram};

/// What memory is for.
const PERMUTED: &str = "vectors in the order of the factor";

/// The precision of the spherical random effects given the response, up to second order at their mode.
pub struct Precision {
    /// T of each term, of which Lambda is made.
    pub t: Roots,
    /// Z'WZ of the weights that were given last.
    pub gram: WeightedGram,
    /// A, as it was factorised last.
    pub system: RandomSystem,
    /// How many its sums may use.
    pub threads: usize,
    /// P v of the vector that is solved for.
    permuted: Vec<f64>,
}

impl Precision {
    pub fn new(model: &Model) -> Result<Self> {
        let gram = WeightedGram::new(&model.layout, &model.terms())?;
        let columns = model.n_theta() + model.fixed.iter().map(|f| f.p).sum::<usize>();
        let system = gram.system(&model.terms(), &model.structures, columns.max(1))?;
        let permuted = try_vec(PERMUTED, 0.0, model.layout.q())?;
        Ok(Precision { t: Roots::zeros(&model.structures), gram, system, permuted, threads: 1 })
    }

    /// Another of the same model, which has not been factorised yet.
    pub fn beside(&self, model: &Model) -> Result<Self> {
        let Some(system) = self.system.beside()? else { return Self::new(model) };
        let permuted = try_vec(PERMUTED, 0.0, model.layout.q())?;
        let t = Roots::zeros(&model.structures);
        Ok(Precision { t, gram: self.gram.try_clone()?, system, permuted, threads: 1 })
    }

    /// v <- Lambda v, column by column.
    pub fn apply_lambda(&self, v: &mut [f64]) {
        self.gram.gram.apply_factors(&self.t, false, v);
    }

    /// v <- Lambda'v, column by column.
    pub fn apply_lambda_transpose(&self, v: &mut [f64]) {
        self.gram.gram.apply_factors(&self.t, true, v);
    }

    /// Whether the factor goes with Lambda as it is now.
    pub fn goes_with_lambda(&self) -> bool {
        self.system.goes_with(&self.t)
    }

    /// Sums Z'WZ anew.
    pub fn reweight(&mut self, model: &Model, weights: &[Vec<f64>]) {
        self.gram.reweight(&model.terms(), &model.predictor, weights, self.threads);
    }

    /// Factorises A.
    pub fn factorize(&mut self) -> Result<()> {
        self.system.gather(&self.gram.gram);
        self.system.factorize(&self.gram.gram, &self.t)
    }

    /// Factorises A with these weights; false where it is not positive.
    pub fn factorize_with(&mut self, model: &Model, weights: &[Vec<f64>]) -> Result<bool> {
        self.reweight(model, weights);
        match self.factorize() {
            Err(error) if error.code != Code::Numeric => Err(error),
            other => Ok(other.is_ok()),
        }
    }

    /// v <- L'^-1 f(L^-1 v) in the order of the factor, which is A^-1 v where f does nothing; the quadratic form v'A^-1 v, and what f adds.
    pub fn solve_around(&mut self, v: &mut [f64], f: impl FnOnce(&mut [f64]) -> f64) -> f64 {
        self.system.permute_into(&self.t, v, &mut self.permuted);
        self.system.half_solve(&mut self.permuted);
        let mut form: f64 = self.permuted.iter().map(|v| v * v).sum();
        form += f(&mut self.permuted);
        self.system.half_solve_transpose(&mut self.permuted);
        self.system.unpermute_into(&self.t, &self.permuted, v);
        form
    }

    /// v <- A^-1 v.
    pub fn solve(&mut self, v: &mut [f64]) {
        self.solve_around(v, |_| 0.0);
    }

    /// L^-1 P Lambda'v, column by column.
    pub fn half_solved(&mut self, mut v: Vec<f64>) -> Result<Vec<f64>> {
        self.apply_lambda_transpose(&mut v);
        let mut half = try_vec(PERMUTED, 0.0, v.len())?;
        self.system.permute_into(&self.t, &v, &mut half);
        self.system.half_solve(&mut half);
        Ok(half)
    }
}
