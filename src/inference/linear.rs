//! Tests of linear combinations of coefficients: all that they need are estimates, their covariance, and degrees of freedom.

use crate::error::{Error, Result, try_vec};
use crate::fit::{Fit, Robust};
use crate::frame::Frame;
use crate::linalg::dense::dot_in_order as dot;
use crate::linalg::orthogonal::take_off;
use crate::tails::{chi_square_upper, f_upper, t_two_sided, t_two_sided_quantile};

/// Coefficients as tests see them.
#[derive(Clone, Copy)]
pub struct Coefficients<'a> {
    /// `[p]`
    pub estimate: &'a [f64],
    /// R with the covariance R R', `[p, k]`.
    pub root: &'a [f64],
    /// The degrees of freedom of a linear combination `[p]`; infinite for the normal distribution.
    pub df: &'a dyn Fn(&[f64]) -> f64,
    /// Whose the root is, if it is a robust one.
    pub robust: Option<&'a Robust>,
}

/// Degrees of freedom that don't depend on the combination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SimpleDf {
    /// Infinite.
    Normal,
    /// Rows used less fixed effects, and less the parameters of thresholds and the nominal effects.
    Residual,
}

impl SimpleDf {
    pub fn of(self, fit: &Fit) -> f64 {
        match self {
            SimpleDf::Normal => f64::INFINITY,
            SimpleDf::Residual => {
                let thresholds = if fit.ordinal().is_some() { fit.generalised().map_or(0, |own| own.psi.len()) } else { 0 };
                fit.n_obs.saturating_sub(fit.fixed.names.len() + thresholds) as f64
            }
        }
    }
}

/// Sizes of coefficients of a linear combination.
const WITHIN: (f64, f64) = (1e-100, 1e100);

/// A linear combination of coefficients.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Combination {
    pub estimate: f64,
    pub std_error: f64,
    pub df: f64,
}

impl Combination {
    /// What is said of a combination that can't be estimated.
    pub const NONE: Combination = Combination { estimate: f64::NAN, std_error: f64::NAN, df: f64::NAN };

    /// t (z, if the degrees of freedom are infinite) of the hypothesis that it is `null`.
    pub fn statistic(&self, null: f64) -> f64 {
        (self.estimate - null) / self.std_error
    }

    /// Two-sided.
    pub fn p_value(&self, null: f64) -> f64 {
        t_two_sided(self.statistic(null), self.df)
    }

    /// Lower and upper limit at `reach` standard errors.
    pub fn interval(&self, reach: f64) -> (f64, f64) {
        (self.estimate - reach * self.std_error, self.estimate + reach * self.std_error)
    }

    /// The standard errors that an interval of this level reaches to either side.
    pub fn reach(&self, level: f64) -> f64 {
        t_two_sided_quantile(1.0 - level, self.df)
    }
}

/// A test that several linear combinations have given values at once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct JointTest {
    /// Wald's chi-square, `df1` times F.
    pub chi_square: f64,
    /// The number of independent combinations.
    pub df1: usize,
    /// Infinite for the chi-square test.
    pub df2: f64,
    /// What Wald's statistic was multiplied by.
    pub scaling: f64,
    pub p_value: f64,
}

impl Coefficients<'_> {
    /// A combination with weights `l` `[p]`.
    pub fn combination(&self, l: &[f64]) -> Combination {
        let estimate = dot_of_used(l, self.estimate);
        let (image, floor) = (image(self.root, l), self.floor(l));
        let (variance, least) = (dot(&image, &image), dot(&floor, &floor));
        let is_rounding = self.robust.is_some() && variance <= least;
        Combination { estimate, std_error: if is_rounding { f64::NAN } else { variance.sqrt() }, df: (self.df)(l) }
    }

    /// What is rounding of R'l.
    fn floor(&self, l: &[f64]) -> Vec<f64> {
        self.robust.map_or(vec![], |own| image(&own.floor, l))
    }

    /// Each row of `l` `[k, p]` (column-major) as a combination.
    pub fn combinations(&self, l: &[f64], k: usize) -> Result<Vec<Combination>> {
        self.check(l, k)?;
        Ok((0..k).map(|i| self.combination(&row(l, k, i))).collect())
    }

    /// Wald's test that L beta = rhs, for `l` `[k, p]` (column-major) and `rhs` `[k]`; with finite `df2` the F test. Rows of L that depend
    /// on those before them add nothing, and must not contradict them.
    pub fn joint_test(&self, l: &[f64], k: usize, rhs: &[f64], df2: f64) -> Result<JointTest> {
        self.check(l, k)?;
        if rhs.len() != k {
            return Err(Error::argument(format!("rhs has {} numbers, L has {k} rows", rhs.len())));
        }
        let rows: Vec<Vec<f64>> = (0..k).map(|i| row(l, k, i)).collect();
        let basis = independent_rows(&rows, rhs)?;
        let m = basis.len();
        if m == 0 {
            return Err(Error::argument("L is zero: there is nothing to test"));
        }
        let mut images = try_vec("covariance of L beta", Vec::new(), m)?;
        images.iter_mut().zip(&basis).for_each(|(own, (l, _))| *own = image(self.root, l));
        let mut distance: Vec<f64> = basis.iter().map(|(l, rhs)| dot_of_used(l, self.estimate) - rhs).collect();
        let mut floors: Vec<Vec<f64>> = basis.iter().filter(|_| self.robust.is_some()).map(|(l, _)| self.floor(l)).collect();
        whiten_above(&mut images, &mut floors, &mut distance).map_err(|rank| self.no_rank(rank, m))?;
        let chi_square = dot(&distance, &distance);
        let p_value = match df2 {
            f64::INFINITY => chi_square_upper(chi_square, m as f64),
            _ => f_upper(chi_square / m as f64, m as f64, df2),
        };
        Ok(JointTest { chi_square, df1: m, df2, scaling: 1.0, p_value })
    }

    /// Why combinations have no joint test, of which so many before the first that depends on them have a covariance.
    fn no_rank(&self, rank: usize, m: usize) -> Error {
        let Some(own) = self.robust else { return Error::numeric("the covariance of L beta is not positive definite") };
        Error::numeric(format!(
            "a joint test of {m} combinations of coefficients needs a robust covariance of as many dimensions: that of {} clusters has only {rank} \
             there",
            own.n_clusters
        ))
    }

    fn check(&self, l: &[f64], k: usize) -> Result<()> {
        let p = self.estimate.len();
        if k == 0 || l.len() != k.saturating_mul(p) {
            return Err(Error::argument(format!("L has {} numbers in {k} rows, wanted {p} columns, one a fixed effect", l.len())));
        }
        // Squares of a row's largest coefficient are numbers.
        for i in 0..k {
            let largest = (0..p).fold(0.0_f64, |most, j| most.max(l[i + j * k].abs()));
            if largest > WITHIN.1 || (largest > 0.0 && largest < WITHIN.0) {
                return Err(Error::argument(format!(
                    "row {} of L (counting from 1) has the largest coefficient {largest:e}, wanted one from {:e} to {:e}",
                    i + 1,
                    WITHIN.0,
                    WITHIN.1
                )));
            }
        }
        match l.iter().position(|v| !v.is_finite()) {
            None => Ok(()),
            Some(at) => {
                Err(Error::argument(format!("L has {} in row {} and column {} (counting from 1)", l[at], at % k + 1, at / k + 1)))
            }
        }
    }
}

/// A row a combination: `estimate`, `std_error`, `df`, `statistic` (t, or z where the degrees of freedom are infinite) and `p_value` of the
/// hypothesis that it is `rhs`.
pub fn combinations_table(combinations: &[Combination], rhs: &[f64]) -> Result<Frame> {
    let pairs = || combinations.iter().zip(rhs);
    let mut frame = Frame::new(combinations.len());
    frame.add_real("estimate", combinations.iter().map(|c| c.estimate).collect())?;
    frame.add_real("std_error", combinations.iter().map(|c| c.std_error).collect())?;
    frame.add_real("df", combinations.iter().map(|c| c.df).collect())?;
    frame.add_real("statistic", pairs().map(|(c, null)| c.statistic(*null)).collect())?;
    frame.add_real("p_value", pairs().map(|(c, null)| c.p_value(*null)).collect())?;
    Ok(frame)
}

/// One row: `statistic` (F, or chi-square where `df2` is infinite), `num_df`, `den_df`, `p_value`.
pub fn joint_table(test: &JointTest) -> Result<Frame> {
    let mut frame = Frame::new(1);
    let divisor = if test.df2 == f64::INFINITY { 1.0 } else { test.df1 as f64 };
    frame.add_real("statistic", vec![test.chi_square / divisor])?;
    frame.add_integers("num_df", vec![test.df1 as i64])?;
    frame.add_real("den_df", vec![test.df2])?;
    frame.add_real("p_value", vec![test.p_value])?;
    Ok(frame)
}

/// The sum of weights times values where the weight is not zero: a coefficient without a standard error is no matter to what leaves it out.
fn dot_of_used(weights: &[f64], values: &[f64]) -> f64 {
    weights.iter().zip(values).filter(|(weight, _)| **weight != 0.0).map(|(weight, value)| weight * value).sum()
}

/// R'l, of the coefficients that have a weight: others may have no covariance.
fn image(root: &[f64], l: &[f64]) -> Vec<f64> {
    root.chunks_exact(l.len().max(1)).map(|column| dot_of_used(l, column)).collect()
}

/// distance <- T^-1 distance with T T' the Gram matrix of the rows, which become orthonormal (Gram-Schmidt, twice); `None` where a row
/// depends on those before it.
pub(super) fn whiten(rows: &mut [Vec<f64>], distance: &mut [f64]) -> Option<()> {
    whiten_above(rows, &mut [], distance).ok()
}

/// The same where what is left of a row must be longer than what is left of its floor, if there are floors; otherwise the rank of the rows.
fn whiten_above(rows: &mut [Vec<f64>], floors: &mut [Vec<f64>], distance: &mut [f64]) -> std::result::Result<(), usize> {
    let mut rank = 0;
    for i in 0..rows.len() {
        let (before, from) = rows.split_at_mut(i);
        let row = &mut from[0];
        let size = dot(row, row).sqrt();
        for _ in 0..2 {
            take_off(before.iter().map(Vec::as_slice), row, dot, |j, share| {
                distance[i] -= share * distance[j];
                let known = (i + 1).min(floors.len());
                if let [earlier @ .., own] = &mut floors[..known] {
                    own.iter_mut().zip(&earlier[j]).for_each(|(own, x)| *own -= share * x);
                }
            });
        }
        let left = dot(row, row).sqrt();
        let least = floors.get(i).map_or(0.0, |own| dot(own, own).sqrt());
        if left.is_nan() || left <= (f64::EPSILON * size).max(least) {
            if floors.is_empty() || left.is_nan() {
                return Err(rank);
            }
            // Of a robust covariance the rank is told: this row adds nothing to it.
            row.fill(0.0);
            continue;
        }
        rank += 1;
        row.iter_mut().for_each(|r| *r /= left);
        if let Some(own) = floors.get_mut(i) {
            own.iter_mut().for_each(|r| *r /= left);
        }
        distance[i] /= left;
    }
    if rank == rows.len() { Ok(()) } else { Err(rank) }
}

fn row(l: &[f64], k: usize, i: usize) -> Vec<f64> {
    l.iter().skip(i).step_by(k).copied().collect()
}

/// How small the rest of a row is, relative to the row, that depends on others.
const DEPENDENT: f64 = 1e-10;

/// An orthonormal basis of the rows of [L, rhs], with the right-hand sides that belong to it (Gram-Schmidt, twice).
pub(super) fn independent_rows(rows: &[Vec<f64>], rhs: &[f64]) -> Result<Vec<(Vec<f64>, f64)>> {
    let mut basis: Vec<(Vec<f64>, f64)> = Vec::new();
    for (i, (row, &value)) in rows.iter().zip(rhs).enumerate() {
        let norm = dot(row, row).sqrt();
        let (mut rest, mut value) = (row.clone(), value);
        let size = value.abs() + norm;
        for _ in 0..2 {
            take_off(basis.iter().map(|(unit, _)| unit.as_slice()), &mut rest, dot, |k, share| value -= share * basis[k].1);
        }
        let left = dot(&rest, &rest).sqrt();
        if left > DEPENDENT * norm {
            for r in &mut rest {
                *r /= left;
            }
            basis.push((rest, value / left));
        } else if value.abs() > 1e-8 * size {
            return Err(Error::argument(format!(
                "rhs: row {} (counting from 1) of L depends on those before it, but wants another value",
                i + 1
            )));
        }
    }
    Ok(basis)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VCOV: [f64; 9] = [4.0, 1.0, 0.5, 1.0, 3.0, -0.5, 0.5, -0.5, 2.0];

    fn root() -> Vec<f64> {
        crate::linalg::dense::semidefinite_cholesky(3, &VCOV)
    }

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() <= 1e-13 * b.abs().max(1e-3), "{a} {b}");
    }

    #[test]
    fn one_combination() {
        let c = Coefficients { estimate: &[1.0, 2.0, -1.0], root: &root(), df: &|_| 7.0, robust: None };
        let d = c.combination(&[0.0, 1.0, -1.0]);
        close(d.estimate, 3.0);
        close(d.std_error, 6.0_f64.sqrt());
        close(d.statistic(1.0), 2.0 / 6.0_f64.sqrt());
        // R: 2 * pt(3 / sqrt(6), 7, lower.tail = FALSE), qt(.975, 7)
        assert!((d.p_value(0.0) - 0.260_282_711_955_788).abs() < 1e-12, "{}", d.p_value(0.0));
        assert!((d.reach(0.95) - 2.364_624_251_592_784).abs() < 1e-12);
        let (low, high) = d.interval(2.0);
        close(high - low, 4.0 * 6.0_f64.sqrt());
    }

    #[test]
    fn a_coefficient_without_a_standard_error_spoils_what_it_is_in_and_nothing_else() {
        // A root of (4, 1; 1, 3).
        let root = [2.0, 0.5, f64::NAN, 0.0, 2.75_f64.sqrt(), f64::NAN];
        let c = Coefficients { estimate: &[1.0, 2.0, -1.0], root: &root, df: &|_| f64::INFINITY, robust: None };
        close(c.combination(&[1.0, 1.0, 0.0]).std_error, 3.0);
        close(c.joint_test(&[0.0, 1.0, 0.0], 1, &[0.0], f64::INFINITY).unwrap().chi_square, 4.0 / 3.0);
        for spoilt in [[0.0, 0.0, 1.0], [1.0, 0.0, -1.0]] {
            let d = c.combination(&spoilt);
            assert!(d.std_error.is_nan() && d.statistic(0.0).is_nan() && d.p_value(0.0).is_nan(), "{d:?}");
        }
        assert!(c.joint_test(&[0.0, 0.0, 1.0], 1, &[0.0], f64::INFINITY).is_err());
    }

    #[test]
    fn joint_tests_do_not_depend_on_how_the_hypothesis_is_written() {
        let c = Coefficients { estimate: &[1.0, 2.0, -1.0], root: &root(), df: &|_| 7.0, robust: None };
        let rows = |l: &[[f64; 3]], rhs: &[f64], df2| {
            let k = l.len();
            let flat: Vec<f64> = (0..3).flat_map(|j| l.iter().map(move |row| row[j])).collect();
            c.joint_test(&flat, k, rhs, df2)
        };
        let direct = rows(&[[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], &[0.0, 0.0], f64::INFINITY).unwrap();
        // (2, -1) [3, -.5; -.5, 2]^-1 (2, -1)' = (4 * 2 - 2 * 2 * .5 + 3) / 5.75
        close(direct.chi_square, 9.0 / 5.75);
        assert_eq!(direct.df1, 2);
        close(direct.p_value, (-4.5_f64 / 5.75).exp());
        let other = rows(&[[0.0, 1.0, 1.0], [0.0, 1.0, -1.0], [0.0, 5.0, 0.0]], &[0.0; 3], f64::INFINITY).unwrap();
        close(other.chi_square, direct.chi_square);
        assert_eq!(other.df1, 2);
        let f = rows(&[[0.0, 1.0, 0.0]], &[1.0], 9.0).unwrap();
        close(f.chi_square, 1.0 / 3.0);
        close(f.p_value, t_two_sided((1.0_f64 / 3.0).sqrt(), 9.0));
        let contradiction = rows(&[[0.0, 1.0, 0.0], [0.0, 2.0, 0.0]], &[1.0, 3.0], 9.0).unwrap_err();
        assert!(contradiction.message.contains("row 2"), "{contradiction}");
        assert!(rows(&[[0.0; 3]], &[0.0], 9.0).unwrap_err().message.contains("zero"));
        assert!(rows(&[[0.0, f64::NAN, 0.0]], &[0.0], 9.0).unwrap_err().message.contains("row 1 and column 2"));
        assert!(c.joint_test(&[1.0; 4], 2, &[0.0; 2], 9.0).unwrap_err().message.contains("3 columns"));
    }
}
