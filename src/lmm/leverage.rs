//! What each row has in the estimates of a linear model: its leverages, and what leaving it out at the same parameters takes.
//!
//! Of rows times the square roots of their weights, with V = R + Z D Z', S = X'V^-1 X and P = V^-1 - V^-1 X S^-1 X'V^-1, the fitted values
//! are H y with H = I - R P. Its diagonal is a_i'A^-1 a~_i + d_i'S^-1 c_i, where a = Lambda'z, a~ and c are rows of R^-1 Z Lambda and V^-1 X,
//! and d_i = x_i - (Z Lambda U)_i; the part of the fixed effects is x_i'S^-1 c_i (Demidenko & Stukel 2005). If residuals are independent, a~
//! is a, c is d, and all pairs of effects in a row are on the pattern of Z'Z, so that the selected inverse has all that is needed.

use super::correlation::matrix::ResidualCorrelation;
use super::correlation::products::CorrelatedRows;
use super::deviance::Deviance;
use crate::error::{Result, try_vec};
use crate::linalg::dense::dot_in_order as dot;
use crate::random::{TermRows, WeightedGram};
use crate::watch::{Phase, Watch};

/// What memory is for.
const ROWS: &str = "leverages of the rows";

/// A linear model's rows at its estimates, in working units.
pub struct RowShares<'r> {
    rows: &'r CorrelatedRows,
    /// Lower factor of [Q e]'V^-1[Q e].
    factor: Vec<f64>,
    pub n: usize,
    /// The residual variance.
    pub sigma2: f64,
    /// C with C C' the covariance of the user's fixed effects, whose columns belong to the scores, `[p, p]`.
    pub root: Vec<f64>,
    /// `[Q e] - Z Lambda U` of each row `[n, m]`, the last column the conditional residuals.
    left: Vec<f64>,
    /// R^-1 times these; empty where R is the identity.
    turned: Vec<f64>,
    /// a'A^-1 a~ of each row.
    random: Vec<f64>,
    /// The diagonal of V^-1.
    precision: Vec<f64>,
    /// The diagonal of Z D Z', in units of the residual variance.
    pub variance: Vec<f64>,
}

/// One row.
pub struct RowShare<'s> {
    /// R^-1 c_i with S = R R', so that its square is c_i'S^-1 c_i.
    pub score: &'s [f64],
    /// (V^-1)_ii, P_ii and (P y)_i.
    pub precision: f64,
    pub projected: f64,
    pub residual: f64,
    /// The diagonals of H and of its part of the fixed effects.
    pub overall: f64,
    pub fixed: f64,
}

impl<'r> RowShares<'r> {
    /// At working parameters.
    pub fn new(deviance: &mut Deviance<'_>, working: &[f64], rows: &'r CorrelatedRows, watch: &Watch<'_>) -> Result<Self> {
        deviance.evaluate(working)?;
        deviance.solve();
        let system = deviance.system;
        let (m, n) = (system.m(), rows.fixed.len() / system.m());
        let correlation = match &system.correlation {
            Some(products) => Some(ResidualCorrelation::new(products, working[system.n_theta()])?),
            None => None,
        };
        let mut own = RowShares {
            rows,
            n,
            factor: deviance.state.gram.clone(),
            sigma2: deviance.state.sigma2,
            root: deviance.vcov_factor(deviance.sigma()),
            left: deviance.left_of_rows(rows, watch)?,
            turned: vec![],
            random: try_vec(ROWS, 0.0, n)?,
            precision: vec![],
            variance: deviance.variances_of_rows(rows)?,
        };
        match &correlation {
            None => {
                deviance.add_random_leverages(rows, &mut own.random, watch)?;
                own.precision = try_vec(ROWS, 0.0, n)?;
                own.precision.iter_mut().zip(&own.random).for_each(|(v, h)| *v = 1.0 - h);
            }
            Some(r) => {
                own.turned = try_vec(ROWS, 0.0, n * m)?;
                let mut column = try_vec(ROWS, 0.0, n)?;
                for j in 0..m {
                    column.iter_mut().zip(own.left.iter().skip(j).step_by(m)).for_each(|(to, v)| *to = *v);
                    r.solve(&mut column);
                    own.turned.iter_mut().skip(j).step_by(m).zip(&column).for_each(|(to, v)| *to = *v);
                }
                own.precision = try_vec(ROWS, 0.0, n)?;
                deviance.solve_rows(rows, r, (&mut own.random, &mut own.precision), watch)?;
            }
        }
        Ok(own)
    }

    /// The number of fixed effects.
    fn p(&self) -> usize {
        self.rows.m - 1
    }

    /// Row `i`; `score` is room for as many numbers as there are fixed effects.
    pub fn row<'s>(&self, i: usize, score: &'s mut [f64]) -> RowShare<'s> {
        let (m, p) = (self.rows.m, self.p());
        let of = |values: &'_ [f64]| -> Vec<f64> { values[i * m..(i + 1) * m].to_vec() };
        let (mut left, mut fixed) = (of(&self.left), of(&self.rows.fixed));
        let turned = if self.turned.is_empty() { &self.left } else { &self.turned };
        let turned = &turned[i * m..(i + 1) * m];
        score.copy_from_slice(&turned[..p]);
        self.half_solve(score);
        self.half_solve(&mut left[..p]);
        self.half_solve(&mut fixed[..p]);
        let precision = self.precision[i];
        RowShare {
            precision,
            projected: precision - dot(score, score),
            residual: turned[p],
            overall: self.random[i] + dot(&left[..p], score),
            fixed: dot(&fixed[..p], score),
            score,
        }
    }

    /// v <- R^-1 v with S = R R', the leading part of the factor.
    fn half_solve(&self, v: &mut [f64]) {
        let m = self.rows.m;
        for j in 0..v.len() {
            v[j] /= self.factor[j * m + j];
            for i in j + 1..v.len() {
                v[i] -= v[j] * self.factor[j * m + i];
            }
        }
    }
}

impl Deviance<'_> {
    /// [Q e] - Z Lambda U of each row, with the conditional residual in the last column, after `solve`.
    fn left_of_rows(&self, rows: &CorrelatedRows, watch: &Watch<'_>) -> Result<Vec<f64>> {
        let (q, m) = (self.system.gram.layout.q(), self.system.m());
        let n = rows.fixed.len() / m;
        let mut left = try_vec(ROWS, 0.0, n * m)?;
        left.copy_from_slice(&rows.fixed);
        for row in left.chunks_exact_mut(m) {
            let fitted = dot(&row[..m - 1], &self.state.gamma);
            row[m - 1] -= fitted;
        }
        let mut effects = try_vec(ROWS, 0.0, q * m)?;
        effects.copy_from_slice(&self.u[..q * m]);
        self.system.gram.apply_factors(&self.t, false, &mut effects);
        for (k, size) in rows.layout.terms.iter().enumerate() {
            let (r, first) = (size.effects, rows.layout.offset(k));
            for (i, row) in left.chunks_exact_mut(m).enumerate() {
                watch.round(Phase::Residuals, i, n)?;
                let (z, at) = (&rows.z[k][i * r..(i + 1) * r], first + rows.index[k][i] as usize * r);
                for (value, effects) in row.iter_mut().zip(effects.chunks_exact(q)) {
                    *value -= dot(z, &effects[at..at + r]);
                }
            }
        }
        Ok(left)
    }

    /// z_i'D z_i of each row.
    fn variances_of_rows(&self, rows: &CorrelatedRows) -> Result<Vec<f64>> {
        let n = rows.fixed.len() / rows.m;
        let mut all = try_vec(ROWS, 0.0, n)?;
        for (k, size) in rows.layout.terms.iter().enumerate() {
            let (r, t) = (size.effects, &self.t[k]);
            for (sum, z) in all.iter_mut().zip(rows.z[k].chunks_exact(r)) {
                *sum += (0..r).map(|c| dot(&t[c * r + c..(c + 1) * r], &z[c..]).powi(2)).sum::<f64>();
            }
        }
        Ok(all)
    }

    /// a_i'A^-1 a_i of each row, by the selected inverse.
    fn add_random_leverages(&mut self, rows: &CorrelatedRows, out: &mut Vec<f64>, watch: &Watch<'_>) -> Result<()> {
        if rows.layout.terms.is_empty() {
            return Ok(());
        }
        let n = out.len();
        let mut columns = vec![];
        for (z, size) in rows.z.iter().zip(&rows.layout.terms) {
            let r = size.effects;
            let mut own = try_vec(ROWS, 0.0, z.len())?;
            for (e, column) in own.chunks_exact_mut(n.max(1)).enumerate() {
                column.iter_mut().zip(z.iter().skip(e).step_by(r)).for_each(|(to, v)| *to = *v);
            }
            columns.push(own);
        }
        let terms: Vec<TermRows<'_>> = rows.index.iter().zip(&columns).map(|(index, z)| TermRows::plain(index, Some(z))).collect();
        watch.pulse()?;
        self.random.select_inverse()?;
        let mut inverse = WeightedGram::new(&rows.layout, &terms)?;
        watch.pulse()?;
        self.random.covariance(&self.system.gram, &self.t, &mut inverse.gram);
        let mut all = [std::mem::take(out)];
        WeightedGram::leverages(&inverse, &terms, &vec![0; terms.len()], &mut all, self.watch.threads());
        let [values] = all;
        *out = values;
        Ok(())
    }

    /// a_i'A^-1 a~_i and (V^-1)_ii of each row where residuals are correlated, by two solves a row.
    fn solve_rows(
        &mut self,
        rows: &CorrelatedRows,
        correlation: &ResidualCorrelation<'_>,
        (random, precision): (&mut [f64], &mut [f64]),
        watch: &Watch<'_>,
    ) -> Result<()> {
        let (q, n) = (rows.layout.q(), random.len());
        let (mut own, mut turned) = (try_vec(ROWS, 0.0, q)?, try_vec(ROWS, 0.0, q)?);
        let mut solved = [try_vec(ROWS, 0.0, q)?, try_vec(ROWS, 0.0, q)?];
        let mut done = 0;
        correlation.inverse_rows(|i, entries| {
            watch.round(Phase::Residuals, done, n)?;
            done += 1;
            let diagonal = entries.iter().find(|(j, _)| *j == i).map_or(0.0, |(_, v)| *v);
            if q == 0 {
                (random[i as usize], precision[i as usize]) = (0.0, diagonal);
                return Ok(());
            }
            own.fill(0.0);
            turned.fill(0.0);
            rows.add_effects(i, 1.0, &mut own);
            entries.iter().for_each(|&(j, v)| rows.add_effects(j, v, &mut turned));
            for (effects, solved) in [&mut own, &mut turned].into_iter().zip(&mut solved) {
                self.system.gram.apply_factors(&self.t, true, effects);
                self.random.permute_into(&self.t, effects, solved);
                self.random.half_solve(solved);
            }
            random[i as usize] = dot(&solved[0], &solved[1]);
            precision[i as usize] = diagonal - dot(&solved[1], &solved[1]);
            Ok(())
        })
    }
}
