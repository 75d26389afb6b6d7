//! Conjugate gradients with S, preconditioned by its diagonal blocks P, for eight right-hand sides at a time (Hestenes and Stiefel 1952).

use super::columns::{Row, WIDTH, advance, dots, turn, zeros};
use super::schur::{Schur, WORK};
use crate::error::{Error, Result, try_copy};
use crate::watch::Watch;

/// How far a solve goes.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Residuals relative to right-hand sides, in the norm of P^-1.
    pub tolerance: f64,
    pub steps: usize,
}

/// Solutions of S x = w.
pub struct Solved {
    pub x: Vec<Row>,
    /// w - S x.
    pub residual: Vec<Row>,
    /// S P^-1 w, which is the first product.
    pub image: Vec<Row>,
    /// The steps' lengths and conjugation factors, which are those of a Lanczos process; a column that is done has zeros.
    pub alpha: Vec<Row>,
    pub beta: Vec<Row>,
    /// Steps of the column that took the most.
    pub steps: usize,
    /// Whether every column reached the tolerance.
    pub settled: bool,
}

impl Solved {
    /// The same without vectors.
    pub fn without_columns(&self) -> Self {
        Solved {
            x: vec![],
            residual: vec![],
            image: vec![],
            alpha: self.alpha.clone(),
            beta: self.beta.clone(),
            steps: self.steps,
            settled: self.settled,
        }
    }
}

/// Solves from zero.
pub fn solve(schur: &Schur<'_>, w: Vec<Row>, limits: Limits, watch: &Watch<'_>) -> Result<Solved> {
    solve_each(schur, w, (&[limits.tolerance; WIDTH], limits.steps), watch)
}

/// The same with a tolerance for each column. One that is done stands still: its rounding would grow while others go on.
pub fn solve_each(schur: &Schur<'_>, w: Vec<Row>, (tolerances, steps): (&Row, usize), watch: &Watch<'_>) -> Result<Solved> {
    let q = w.len();
    let mut own = Solved { x: zeros(WORK, q)?, residual: w, image: vec![], alpha: vec![], beta: vec![], steps: 0, settled: true };
    let mut y = try_copy(WORK, &own.residual)?;
    schur.divide_by_p(&mut y);
    let mut direction = try_copy(WORK, &y)?;
    let mut product = zeros(WORK, q)?;
    let mut work = schur.work()?;
    let start = dots(&own.residual, &y);
    let (mut now, mut active) = (start, start.map(|s| s > 0.0));
    if start.iter().any(|s| !s.is_finite()) {
        return Err(not_finite());
    }
    while active.contains(&true) {
        if own.steps == steps {
            own.settled = false;
            break;
        }
        watch.pulse()?;
        schur.apply(&direction, &mut work, &mut product);
        let curvature = dots(&direction, &product);
        let mut alpha = [0.0; WIDTH];
        for c in (0..WIDTH).filter(|c| active[*c]) {
            if !curvature[c].is_finite() || curvature[c] <= 0.0 {
                return Err(not_finite());
            }
            alpha[c] = now[c] / curvature[c];
        }
        if own.steps == 0 {
            own.image = try_copy(WORK, &product)?;
        }
        advance(&alpha, (&mut own.x, &direction), (&mut own.residual, &product));
        y.copy_from_slice(&own.residual);
        schur.divide_by_p(&mut y);
        let next = dots(&own.residual, &y);
        let mut beta = [0.0; WIDTH];
        for c in 0..WIDTH {
            if !active[c] {
                continue;
            }
            active[c] = next[c] > tolerances[c] * tolerances[c] * start[c];
            beta[c] = next[c] / now[c];
        }
        turn(&beta, &y, &mut direction);
        now = next;
        own.alpha.push(alpha);
        own.beta.push(beta);
        own.steps += 1;
    }
    if own.image.is_empty() {
        own.image = zeros(WORK, q)?;
    }
    Ok(own)
}

fn not_finite() -> Error {
    Error::numeric("the random-effects system is not positive definite to within rounding")
}
