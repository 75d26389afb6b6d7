//! The uncertainty of sums of random effects given the parameters, by a solve for each, and how their modes move with the parameters: what
//! `joint` has of a factor.

use std::cell::RefCell;

use super::directions::At;
use super::evaluation::Problem;
use super::modes::solve_columns;
use crate::error::{Error, Result, try_vec};
use crate::glmm::joint::EffectRow;
use crate::glmm::model::Model;
use crate::iterative::columns::Row;
use crate::iterative::conjugate::Limits;
use crate::iterative::schur::{Schur, WORK};
use crate::iterative::search::STEPS;
use crate::iterative::split::Split;
use crate::linalg::dense;
use crate::random::{Gram, Roots, factor_derivatives};
use crate::watch::Watch;

/// Variances are of second order in the residuals, slopes of first order.
const VARIANCE: Limits = Limits { tolerance: 1e-7, steps: STEPS };
const SLOPES: Limits = Limits { tolerance: 1e-9, steps: STEPS };

/// A model at its estimates: Z'WZ of the modes, and what moves them.
pub struct Estimated<'a> {
    problem: Problem<'a>,
    roots: Roots,
    working: Vec<f64>,
    watch: Watch<'a>,
}

impl<'a> Estimated<'a> {
    /// At parameters of covariances, with the fixed part of the linear predictor as the model's offset.
    pub fn new(model: &'a Model, working: &[f64], threads: usize, watch: &Watch<'a>) -> Result<Self> {
        let mut problem = Problem::new(model, (0, threads), watch)?;
        let roots = problem.go_to(working, STEPS)?;
        Ok(Estimated { problem, roots, working: working.to_vec(), watch: *watch })
    }

    pub fn gram(&self) -> &Gram {
        &self.problem.modes.gram.gram
    }
}

pub struct Conditional<'e> {
    model: &'e Model,
    schur: Schur<'e>,
    /// db/dparameter `[q, m]`: of the fixed effects, then of theta.
    slopes: Vec<f64>,
    /// Takes what makes a variance NaN.
    failure: &'e RefCell<Option<Error>>,
    watch: Watch<'e>,
}

impl<'e> Conditional<'e> {
    /// `columns`: those of the fixed effects `[n, p]`.
    pub fn new(
        own: &'e Estimated<'_>,
        split: &'e Split<'e>,
        columns: &[f64],
        failure: &'e RefCell<Option<Error>>,
        watch: &Watch<'e>,
    ) -> Result<Self> {
        let (modes, model) = (&own.problem.modes, own.problem.modes.model);
        let schur = Schur::new(split, &own.roots)?;
        let derivatives = factor_derivatives(&model.structures, &own.working);
        let at = At { modes, roots: &own.roots, schur: &schur, columns, limits: SLOPES, threads: 1 };
        let found = at.directions(&derivatives, &own.watch)?;
        if !found.settled {
            return Err(unsolved());
        }
        let mut slopes = found.effects;
        slopes.rotate_left(derivatives.len() * model.layout.q());
        Ok(Conditional { model, schur, slopes, failure, watch: *watch })
    }

    /// The variance of a sum of effects; `c`, which holds x, gets what the modes add.
    pub fn variance<'z>(&mut self, rows: impl Iterator<Item = EffectRow<'z>>, c: &mut [f64]) -> f64 {
        self.solve(rows, c).unwrap_or_else(|error| {
            self.failure.borrow_mut().get_or_insert(error);
            f64::NAN
        })
    }

    fn solve<'z>(&self, rows: impl Iterator<Item = EffectRow<'z>>, c: &mut [f64]) -> Result<f64> {
        let q = self.model.layout.q();
        let mut z = try_vec(WORK, 0.0, q)?;
        for row in rows {
            let first = self.model.layout.offset(row.term) + row.level * row.z.len();
            let values = self.model.units(row.term).values(row.z);
            z[first..].iter_mut().zip(values).for_each(|(sum, v)| *sum += v);
        }
        for (c, slopes) in c.iter_mut().zip(self.slopes.chunks_exact(q.max(1))) {
            *c += dense::dot(&z, slopes);
        }
        let own = solve_columns(&self.schur, &z, 0, VARIANCE, &self.watch)?;
        if !own.settled {
            return Err(unsolved());
        }
        let first = |rows: &[Row], other: &[Row]| rows.iter().zip(other).map(|(a, b)| a[0] * b[0]).sum::<f64>();
        Ok(first(&own.w.first, &own.u.first) + first(&own.w.others, &own.u.others) + first(&own.u.others, &own.residual))
    }
}

fn unsolved() -> Error {
    Error::numeric("engine: conjugate gradients did not solve for the variance of a prediction")
}
