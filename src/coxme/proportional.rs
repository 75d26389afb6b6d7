//! Whether hazards are proportional: score and information of gamma in beta(t) = beta + gamma g(t) at gamma = 0 (Grambsch and Therneau 1994).
//!
//! With W_e the part of the information W that term e of an event time has, and g its time's value,
//!
//! ```text
//! U = X'sum_e g (w delta - E)_e,   I1 = (Z Lambda, X)'(sum_e g W_e) X,   I2 = X'(sum_e g^2 W_e) X
//! information of gamma, u and beta being estimated:   I2 - I1'H^-1 I1
//! ```
//!
//! The sums over e are scores and informations of a likelihood in which each event time counts g or g^2 times, which take sweeps as ever: no
//! covariance of the covariates at each time is formed.

use super::laplace::Laplace;
use crate::error::{Result, try_collect, try_copy, try_vec};
use crate::linalg::dense::dot;

const PROPORTIONAL: &str = "test of proportional hazards";

/// Of gamma, for the model's own columns.
pub struct TimeVarying {
    /// `[p]`.
    pub score: Vec<f64>,
    /// `[p, p]`, given that u and beta are estimated.
    pub information: Vec<f64>,
    /// Its diagonal if they were known.
    pub known: Vec<f64>,
}

impl Laplace<'_> {
    /// At the joint mode, with g at each event time.
    pub fn time_varying(&self, g: &[f64]) -> Result<TimeVarying> {
        let (model, p) = (self.model, self.model.p());
        let squares = try_collect(PROPORTIONAL, g.iter().map(|g| g * g))?;
        let (first, second) = (self.joint.partial.times(g)?, self.joint.partial.times(&squares)?);
        let mut product = try_vec(PROPORTIONAL, 0.0, model.n)?;
        let (mut cross, mut solved) = (vec![], vec![]);
        let mut out = TimeVarying { score: vec![], information: vec![0.0; p * p], known: vec![] };
        for j in 0..p {
            self.watch.pulse()?;
            out.score.push(dot(model.column(j), &first.score));
            second.information_product(model.column(j), &mut product)?;
            (0..p).for_each(|i| out.information[j * p + i] = dot(model.column(i), &product));
            out.known.push(out.information[j * (p + 1)]);
            first.information_product(model.column(j), &mut product)?;
            let mut own = self.across(&product)?;
            cross.push(try_copy(PROPORTIONAL, &own)?);
            self.joint.solve_information(&mut own)?;
            solved.push(own);
        }
        for (j, solved) in solved.iter().enumerate() {
            for (i, cross) in cross.iter().enumerate() {
                out.information[j * p + i] -= dot(cross, solved);
            }
        }
        Ok(out)
    }
}
