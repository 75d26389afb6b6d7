//! The information of all effects, as a dense matrix or, of very many nested effects, by what is sparse of it.

use super::effects::{Covariances, Derivatives};
use super::model::Model;
use super::nested::Nested;
use super::partial::Partial;
use super::whole::Whole;
use crate::error::Result;
use crate::random::Roots;
use crate::watch::Watch;

#[derive(Debug)]
pub enum System<'a> {
    Whole(Whole),
    Nested(Box<Nested<'a>>),
}

impl<'a> System<'a> {
    pub fn new(model: &'a Model) -> Result<Self> {
        Ok(match &model.forest {
            None => System::Whole(Whole::new(model)?),
            Some(forest) => System::Nested(Box::new(Nested::new(model, forest)?)),
        })
    }

    /// The information at the partial likelihood's predictor.
    pub fn assemble(&mut self, model: &Model, partial: &Partial<'_>, t: &Roots) -> Result<()> {
        match self {
            System::Whole(own) => own.assemble(model, partial, t),
            System::Nested(own) => own.assemble(model, partial, t),
        }
    }

    /// v <- H^-1 v; for a step of Newton's method as exactly as it is worth it.
    pub fn solve(&self, model: &Model, partial: &Partial<'_>, v: &mut [f64], newton: bool) -> Result<()> {
        match self {
            System::Whole(own) => {
                own.factor.solve(v);
                Ok(())
            }
            System::Nested(own) => own.solve(model, partial, v, newton),
        }
    }

    /// v_u <- A^-1 v_u, and v_beta zero.
    pub fn solve_random(&self, model: &Model, partial: &Partial<'_>, v: &mut [f64], newton: bool) -> Result<()> {
        v[model.q()..].fill(0.0);
        match self {
            System::Whole(own) => {
                own.factor.solve_leading(model.q(), v);
                Ok(())
            }
            System::Nested(own) => own.solve(model, partial, &mut v[..model.q()], newton),
        }
    }

    /// log|A|; `scale` is the size of the likelihood.
    pub fn log_determinant(&mut self, model: &Model, partial: &Partial<'_>, scale: f64) -> Result<f64> {
        match self {
            System::Whole(own) => Ok(own.factor.log_determinant(model.q())),
            System::Nested(own) => own.log_determinant(model, partial, scale),
        }
    }

    /// Of log|A|, after `log_determinant`.
    pub fn derivatives(&self, model: &Model, partial: &Partial<'_>, t: &Roots, watch: &Watch<'_>) -> Result<Derivatives> {
        match self {
            System::Whole(own) => own.derivatives(model, partial, t, watch),
            System::Nested(own) => own.derivatives(model, partial),
        }
    }

    /// After `log_determinant`.
    pub fn covariances(&self, model: &Model, partial: &Partial<'_>) -> Result<Covariances> {
        match self {
            System::Whole(own) => own.covariances(model),
            System::Nested(own) => own.covariances(model, partial),
        }
    }

    /// The trace of Z'WZ over an effect of a term, and the sum of its squared elements; where these are many, of the diagonal ones only.
    pub fn size_of(&self, model: &Model, partial: &Partial<'_>, term: usize, effect: usize) -> Result<(f64, f64)> {
        match self {
            System::Whole(own) => Ok(own.size_of(model, term, effect)),
            System::Nested(own) => own.size_of(model, partial, term, effect),
        }
    }
}
