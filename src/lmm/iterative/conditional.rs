//! The uncertainty of sums of random effects given theta, by a solve for each: with a = Lambda'z and x = A^-1 a,
//! `var(z'(b^ - b) | beta) = sigma^2 a'x` and `db^/dbeta = -Lambda U`, so that `z'Lambda U = (Z'[X])'Lambda x`.

use std::cell::RefCell;

use crate::error::{Error, Result, try_vec};
use crate::iterative::columns::Row;
use crate::iterative::conjugate::Limits;
use crate::iterative::schur::{Schur, WORK};
use crate::iterative::solve::{apply_factors, block, solved};
use crate::iterative::split::Split;
use crate::linalg::dense;
use crate::lmm::parameters::working_from_theta;
use crate::lmm::system::LinearSystem;
use crate::random::Roots;
use crate::watch::Watch;

/// Variances are of second order in the residuals.
const LIMITS: Limits = Limits { tolerance: 1e-7, steps: 2000 };

/// A linear model at its estimates.
pub struct Conditional<'a> {
    system: &'a LinearSystem,
    schur: Schur<'a>,
    sigma: f64,
    /// Takes what makes a variance NaN.
    failure: &'a RefCell<Option<Error>>,
    watch: Watch<'a>,
}

impl<'a> Conditional<'a> {
    pub fn new(
        system: &'a LinearSystem,
        split: &'a Split<'a>,
        (theta, sigma): (&[f64], f64),
        failure: &'a RefCell<Option<Error>>,
        watch: &Watch<'a>,
    ) -> Result<Self> {
        let mut roots = Roots::zeros(&system.structures);
        roots.set(&system.structures, &working_from_theta(system, theta)?);
        Ok(Conditional { system, schur: Schur::new(split, &roots)?, sigma, failure, watch: *watch })
    }

    /// The variance of a sum of effects, each given by term, level and values; `c`, which holds x, becomes x - (z'Lambda U)'.
    pub fn variance<'z>(&mut self, effects: impl Iterator<Item = (usize, usize, &'z [f64])>, c: &mut [f64]) -> f64 {
        self.solve(effects, c).unwrap_or_else(|error| {
            self.failure.borrow_mut().get_or_insert(error);
            f64::NAN
        })
    }

    fn solve<'z>(&self, effects: impl Iterator<Item = (usize, usize, &'z [f64])>, c: &mut [f64]) -> Result<f64> {
        let (schur, layout) = (&self.schur, &self.system.gram.layout);
        let mut z = try_vec(WORK, 0.0, layout.q())?;
        for (term, level, values) in effects {
            let first = layout.offset(term) + level * values.len();
            for (sum, v) in z[first..].iter_mut().zip(self.system.units(term).values(values)) {
                *sum += v;
            }
        }
        let mut a = block(schur, &z, 0)?;
        apply_factors(schur, true, &mut a);
        let mut own = solved(schur, a, LIMITS, &self.watch)?;
        if !own.settled {
            return Err(Error::numeric("engine: conjugate gradients did not solve for the variance of a prediction"));
        }
        let first = |rows: &[Row], other: &[Row]| rows.iter().zip(other).map(|(a, b)| a[0] * b[0]).sum::<f64>();
        let variance =
            first(&own.w.first, &own.u.first) + first(&own.w.others, &own.u.others) + first(&own.u.others, &own.residual);
        apply_factors(schur, false, &mut own.u);
        let mut b = z;
        schur.split.take_column(&own.u, 0, &mut b);
        let columns = self.system.zc.chunks_exact(layout.q().max(1)).take(self.system.kept.len());
        let mut moved: Vec<f64> = columns.map(|column| dense::dot(column, &b)).collect();
        self.system.map.columns(&mut moved);
        c.iter_mut().zip(&moved).for_each(|(c, v)| *c -= v);
        Ok(self.sigma * self.sigma * variance)
    }
}
