//! Kenward and Roger's adjusted covariance and F tests (Kenward & Roger 1997; Halekoh & Hojsgaard 2014), of fits by REML.
//!
//! The covariance of the rows is `sigma^2 V`, with V of the parameters of the random effects (`parameters`) and of the residuals' correlation
//! (`lmm::correlation::matrix`); index 0 is the first factor, which is one at the estimates, and the last the residuals'
//! correlation. Weights are in the rows. All is in units in which sigma is one, and in the basis in which the fixed effects have the
//! identity for covariance, X~; there, with `V_i` and `V_ij` the derivatives of V,
//!
//! ```text
//! -P_i = B_i = X~'V^-1 V_i V^-1 X~,   Q_ij = C_ij = X~'V^-1 V_i V^-1 V_j V^-1 X~,   R_ij = X~'V^-1 V_ij V^-1 X~,
//! I_ij = 1/2 [tr(V^-1 V_i V^-1 V_j) - 2 tr C_ij + tr(B_i B_j)],   W = I^-1,
//! Phi_A = I + 2 sum W_ij (C_ij - B_i B_j - R_ij / 4).
//! ```
//!
//! Compound symmetry of the residuals is linear together with sigma^2, so that all its `R_ij` are zero. `R_ij` depends on the choice of
//! parameters, degrees of freedom do not.

use super::method::DfMethod;
use super::parameters::Parameters;
use super::system::{pseudo_inverse, system_at, whitened, with_variances};
use crate::error::{Error, Result, try_vec};
use crate::fit::{Fit, Instead};
use crate::inference::linear::{Coefficients, JointTest, independent_rows};
use crate::linalg::dense;
use crate::linalg::dense::{dot_in_order as dot, quadratic};
use crate::lmm::variance::{Direction, FixedDerivatives, Variances};
use crate::tails::f_upper;
use crate::watch::Watch;

/// Kenward and Roger's quantities of a fit.
#[derive(Clone, Debug)]
pub struct KenwardRoger {
    /// The adjusted covariance of the user's fixed effects, `[p, p]`.
    pub vcov: Vec<f64>,
    /// R with the adjusted covariance R R', `[p, p]`.
    pub root: Vec<f64>,
    /// Cov(beta) = C C', `[p, p]`.
    map: Vec<f64>,
    /// `B_i`, `[p, p]` each, index 0 first.
    derivatives: Vec<Vec<f64>>,
    /// W, the covariance of the covariance parameters.
    covariance: Vec<f64>,
    /// A residual correlation at the end of its range was taken as known.
    pub given_correlation: bool,
}

/// The share of a parameter's information that fixed effects leave, below which there is none.
const NOTHING_LEFT: f64 = 1e-9;

// Where the denominators of Kenward and Roger's moments (1997, section 3) are taken for zero: pbkrtest's limits (Halekoh and Hojsgaard 2014),
// so that borderline tests are the same. All are numbers without units.

/// V0 that is none.
const NO_V0: f64 = 1e-10;

/// A numerator and a denominator that are both smaller have the ratio one.
const ZERO_BY_ZERO: f64 = 1e-14;

/// Denominator degrees of freedom so close to 2 give F no mean, and the statistic no scaling.
const CLOSE_TO_TWO: f64 = 1e-2;

impl KenwardRoger {
    pub fn of(fit: &Fit, watch: &Watch<'_>) -> Result<Self> {
        fit.without_cox("Kenward and Roger's degrees of freedom")?;
        DfMethod::KenwardRoger.check(fit)?;
        fit.with_factor("Kenward and Roger's degrees of freedom")?;
        if fit.correlation().is_some() {
            let what = "Kenward and Roger's degrees of freedom of a model with correlated residuals";
            fit.need_rows_or(what, Instead::Satterthwaite)?;
        }
        let work = |variances: &mut Variances<'_>| {
            let p = variances.p();
            let parameters = Parameters::of(variances);
            let pieces = Pieces::of(variances, &parameters)?;
            let covariance = pseudo_inverse(pieces.first.len(), &pieces.information)?.matrix;
            let mut adjusted = pieces.adjusted(&covariance, p);
            if pieces.subtract_curvature(variances, &parameters, &covariance, &mut adjusted)? {
                check_positive(p, &adjusted)?;
            }
            let mut root = try_vec("adjusted covariance", 0.0, p * p)?;
            let mut vcov = try_vec("adjusted covariance", 0.0, p * p)?;
            dense::multiply_add(p, p, p, 1.0, &variances.map, &dense::semidefinite_cholesky(p, &adjusted), &mut root);
            for j in 0..p {
                for i in 0..=j {
                    let value = root.chunks_exact(p).map(|column| column[i] * column[j]).sum();
                    (vcov[j * p + i], vcov[i * p + j]) = (value, value);
                }
            }
            let given_correlation = fit.correlation().is_some() && !pieces.correlated;
            Ok(KenwardRoger { vcov, root, map: variances.map.clone(), derivatives: pieces.first, covariance, given_correlation })
        };
        with_variances(fit, work, watch)
    }

    /// The degrees of freedom of l'beta.
    pub fn df(&self, l: &[f64]) -> f64 {
        let w = whitened(&self.map, l);
        let v = dot(&w, &w);
        let gradient: Vec<f64> = self.derivatives.iter().map(|b| quadratic(b, &w) / v).collect();
        let variance = quadratic(&self.covariance, &gradient);
        if variance > 0.0 { 2.0 / variance } else { f64::INFINITY }
    }

    /// The scaled F test that L beta = rhs.
    pub fn joint_test(&self, estimate: &[f64], l: &[f64], k: usize, rhs: &[f64]) -> Result<JointTest> {
        let own = Coefficients { estimate, root: &self.root, df: &|_| f64::INFINITY, robust: None };
        let wald = own.joint_test(l, k, rhs, f64::INFINITY)?;
        let rows: Vec<Vec<f64>> = (0..k).map(|i| l.iter().skip(i).step_by(k).copied().collect()).collect();
        let white: Vec<Vec<f64>> = independent_rows(&rows, rhs)?.iter().map(|(row, _)| whitened(&self.map, row)).collect();
        let (mut df2, mut scaling) = self.approximate(&orthonormal(white)?);
        // The matched moments are those of no F distribution.
        if !(df2 > 0.0 && scaling > 0.0) {
            (df2, scaling) = (f64::NAN, f64::NAN);
        }
        let df1 = wald.df1 as f64;
        let chi_square = scaling * wald.chi_square;
        Ok(JointTest { chi_square, df1: wald.df1, df2, scaling, p_value: f_upper(chi_square / df1, df1, df2) })
    }

    /// Denominator degrees of freedom and the scaling of F, for an orthonormal basis of the whitened rows of L (Kenward & Roger 1997,
    /// section 3).
    fn approximate(&self, basis: &[Vec<f64>]) -> (f64, f64) {
        let k = basis.len();
        let projected: Vec<Vec<f64>> = self.derivatives.iter().map(|b| projection(b, basis)).collect();
        let trace = |g: &[f64]| (0..k).map(|a| g[a * k + a]).sum::<f64>();
        let (n, w) = (projected.len(), &self.covariance);
        let (mut a1, mut a2) = (0.0, 0.0);
        for j in 0..n {
            for i in 0..n {
                a1 += w[j * n + i] * trace(&projected[i]) * trace(&projected[j]);
                a2 += w[j * n + i] * dot(&projected[i], &projected[j]);
            }
        }
        let q = k as f64;
        if a2 <= 0.0 {
            return (f64::INFINITY, 1.0);
        }
        if k == 1 {
            return (2.0 / a2, 1.0);
        }
        let b = (a1 + 6.0 * a2) / (2.0 * q);
        let g = ((q + 1.0) * a1 - (q + 4.0) * a2) / ((q + 2.0) * a2);
        let divisor = 3.0 * q + 2.0 * (1.0 - g);
        let (c1, c2, c3) = (g / divisor, (q - g) / divisor, (q + 2.0 - g) / divisor);
        let v0 = 1.0 + c1 * b;
        let (v0, v1, v2) = (if v0.abs() < NO_V0 { 0.0 } else { v0 }, 1.0 - c2 * b, 1.0 - c3 * b);
        let ratio = |a: f64, b: f64| if a.abs() < ZERO_BY_ZERO && b.abs() < ZERO_BY_ZERO { 1.0 } else { a / b };
        let rho = ratio(1.0 - a2 / q, v1).powi(2) * ratio(v0, v2) / q;
        let df2 = 4.0 + (q + 2.0) / (q * rho - 1.0);
        let scaling = if (df2 - 2.0).abs() < CLOSE_TO_TWO { 1.0 } else { df2 * (1.0 - a2 / q) / (df2 - 2.0) };
        (df2, scaling)
    }
}

/// The covariance of the restricted estimates of the covariance parameters at `theta`, the residual correlation behind it, up to factors of
/// each: `[n, n]`, that of the residuals first.
pub(in crate::inference) fn covariance_of_variances(fit: &Fit, theta: &[f64], watch: &Watch<'_>) -> Result<Vec<f64>> {
    let (system, working) = system_at(fit, theta, watch)?;
    let mut variances = Variances::new(&system, &working, true, watch)?;
    let parameters = Parameters::of(&variances);
    let pieces = Pieces::of(&mut variances, &parameters)?;
    Ok(pseudo_inverse(pieces.first.len(), &pieces.information)?.matrix)
}

/// Fails where what the second derivatives take off leaves no covariance.
fn check_positive(p: usize, adjusted: &[f64]) -> Result<()> {
    dense::cholesky(p, &mut adjusted.to_vec()).map_err(|_| {
        Error::numeric(
            "df: Kenward and Roger's adjusted covariance of the fixed effects is not positive definite: the covariance parameters are too uncertain for it; Satterthwaite's method does without",
        )
    })
}

/// What the information and the adjustment are made of, index 0 first.
struct Pieces {
    /// `B_i`.
    first: Vec<Vec<f64>>,
    /// `C_ij`, i <= j, at j (j + 1) / 2 + i.
    second: Vec<Vec<f64>>,
    /// I `[n, n]`.
    information: Vec<f64>,
    /// Whether the last parameter is the residuals' correlation.
    correlated: bool,
    /// Its own `R_ij`.
    curvature: Option<Vec<f64>>,
}

impl Pieces {
    fn of(variances: &mut Variances<'_>, parameters: &Parameters) -> Result<Self> {
        let directions = &parameters.directions;
        let traces = variances.traces(directions)?;
        let mut fixed = variances.fixed_derivatives(directions)?;
        let mut single: Vec<f64> = directions.iter().map(|d| traces.single(d)).collect();
        let mut along = traces.along;
        let mut gamma = parameters.values.clone();
        let residual = variances.residual_derivatives(directions)?;
        let correlated = residual.is_some();
        let curvature = residual.and_then(|own| {
            // The correlation's own gamma is zero: V is R and the random effects' covariance.
            along = bordered(&along, &own.traces, own.own);
            single.push(own.single);
            gamma.push(0.0);
            fixed.first.push(own.first);
            fixed.second.extend(own.mixed);
            fixed.second.push(own.second);
            own.curvature
        });
        let (p, m) = (variances.p(), gamma.len());
        let t = with_residual(&gamma, &along, &single, variances.system.n);
        let (first, second) = with_residual_fixed(&gamma, fixed, p);
        let n = m + 1;
        let mut information = vec![0.0; n * n];
        for j in 0..n {
            for i in 0..=j {
                let trace: f64 = (0..p).map(|a| second[j * (j + 1) / 2 + i][a * p + a]).sum();
                let own = 0.5 * (t[j * n + i] - 2.0 * trace + dot(&first[i], &first[j]));
                (information[j * n + i], information[i * n + j]) = (own, own);
            }
        }
        // What the fixed effects take up has no information but rounding.
        for i in 0..n {
            if information[i * n + i] <= NOTHING_LEFT * 0.5 * t[i * n + i] {
                (0..n).for_each(|j| (information[i * n + j], information[j * n + i]) = (0.0, 0.0));
            }
        }
        Ok(Pieces { first, second, information, correlated, curvature })
    }

    /// I + 2 sum `W_ij` (`C_ij` - `B_i B_j`).
    fn adjusted(&self, w: &[f64], p: usize) -> Vec<f64> {
        let n = self.first.len();
        let mut out = vec![0.0; p * p];
        for j in 0..n {
            // sum over i of W_ij B_i, for one product a parameter.
            let mut sum = vec![0.0; p * p];
            for (i, own) in self.first.iter().enumerate() {
                sum.iter_mut().zip(own).for_each(|(s, b)| *s += w[j * n + i] * b);
            }
            dense::multiply_add(p, p, p, -2.0, &sum, &self.first[j], &mut out);
            for i in 0..=j {
                let (own, factor) = (&self.second[j * (j + 1) / 2 + i], 2.0 * w[j * n + i]);
                for b in 0..p {
                    for a in 0..p {
                        let both = if i == j { own[b * p + a] } else { own[b * p + a] + own[a * p + b] };
                        out[b * p + a] += factor * both;
                    }
                }
            }
        }
        (0..p).for_each(|a| out[a * p + a] += 1.0);
        out
    }

    /// Takes sum `W_ij R_ij` / 2 off; false if there is none.
    fn subtract_curvature(
        &self,
        variances: &Variances<'_>,
        parameters: &Parameters,
        w: &[f64],
        adjusted: &mut [f64],
    ) -> Result<bool> {
        let n = self.first.len();
        let mut take = |factor: f64, own: &[f64]| adjusted.iter_mut().zip(own).for_each(|(a, v)| *a -= 0.5 * factor * v);
        // One weighted sum of second derivatives a term.
        let mut sums: Vec<Direction> = vec![];
        for (i, j, direction) in &parameters.second {
            let factor = w[(j + 1) * n + i + 1] * if i == j { 1.0 } else { 2.0 };
            if sums.last().is_none_or(|last| last.term != direction.term) {
                sums.push(Direction { term: direction.term, k: vec![0.0; direction.k.len()] });
            }
            if let Some(sum) = sums.last_mut() {
                sum.k.iter_mut().zip(&direction.k).for_each(|(s, k)| *s += factor * k);
            }
        }
        variances.first_derivatives(&sums)?.iter().for_each(|own| take(1.0, own));
        if let Some(curvature) = &self.curvature {
            // sigma^2 and rho, and rho twice.
            take(2.0 * w[n - 1], &self.first[n - 1]);
            take(w[n * n - 1], curvature);
        }
        Ok(!sums.is_empty() || self.curvature.is_some())
    }
}

/// A symmetric matrix with one more row and column.
fn bordered(a: &[f64], border: &[f64], corner: f64) -> Vec<f64> {
    let n = border.len();
    let entry = |i: usize, j: usize| match (i == n, j == n) {
        (true, true) => corner,
        (true, false) => border[j],
        (false, true) => border[i],
        (false, false) => a[j * n + i],
    };
    (0..(n + 1) * (n + 1)).map(|e| entry(e % (n + 1), e / (n + 1))).collect()
}

/// The traces with index 0, by homogeneity: of residuals, I or R = V - sum `gamma_i V_i`.
fn with_residual(gamma: &[f64], t: &[f64], single: &[f64], rows: usize) -> Vec<f64> {
    let (m, n) = (gamma.len(), gamma.len() + 1);
    let mut out = vec![0.0; n * n];
    let mut left = rows as f64;
    for j in 0..m {
        let own = single[j];
        // tr V^-1 = n - sum gamma_i tr(V^-1 V_i).
        left -= gamma[j] * own;
        let with = own - (0..m).map(|i| gamma[i] * t[j * m + i]).sum::<f64>();
        (out[(j + 1) * n], out[j + 1]) = (with, with);
        for i in 0..m {
            out[(j + 1) * n + i + 1] = t[j * m + i];
        }
    }
    out[0] = left - (0..m).map(|j| gamma[j] * out[j + 1]).sum::<f64>();
    out
}

/// B and C with index 0.
fn with_residual_fixed(gamma: &[f64], fixed: FixedDerivatives, p: usize) -> (Vec<Vec<f64>>, Vec<Vec<f64>>) {
    let m = gamma.len();
    let mut zero = vec![0.0; p * p];
    (0..p).for_each(|a| zero[a * p + a] = 1.0);
    for (g, own) in gamma.iter().zip(&fixed.first) {
        zero.iter_mut().zip(own).for_each(|(z, b)| *z -= g * b);
    }
    // C_0j = B_j - sum gamma_i C_ij.
    let mut with: Vec<Vec<f64>> = fixed.first.clone();
    for (j, own) in with.iter_mut().enumerate() {
        for (i, g) in gamma.iter().enumerate() {
            let pair = fixed.pair(i.min(j), i.max(j));
            for b in 0..p {
                for a in 0..p {
                    own[b * p + a] -= g * if i <= j { pair[b * p + a] } else { pair[a * p + b] };
                }
            }
        }
    }
    let mut corner = zero.clone();
    for (g, own) in gamma.iter().zip(&with) {
        for b in 0..p {
            (0..p).for_each(|a| corner[b * p + a] -= g * own[a * p + b]);
        }
    }
    let mut second = vec![corner];
    for (j, own) in with.into_iter().enumerate() {
        second.push(own);
        second.extend((0..=j).map(|i| fixed.pair(i, j).to_vec()));
    }
    debug_assert_eq!(second.len(), (m + 1) * (m + 2) / 2);
    let mut first = vec![zero];
    first.extend(fixed.first);
    (first, second)
}

/// An orthonormal basis of the space of independent vectors.
fn orthonormal(mut rows: Vec<Vec<f64>>) -> Result<Vec<Vec<f64>>> {
    for j in 0..rows.len() {
        let (before, rest) = rows.split_at_mut(j);
        let own = &mut rest[0];
        for _ in 0..2 {
            for unit in &*before {
                let share = dot(unit, own);
                own.iter_mut().zip(unit).for_each(|(x, u)| *x -= share * u);
            }
        }
        let norm = dot(own, own).sqrt();
        if !(norm > 0.0 && norm.is_finite()) {
            return Err(Error::numeric("the covariance of L beta is not positive definite"));
        }
        for x in own.iter_mut() {
            *x /= norm;
        }
    }
    Ok(rows)
}

/// U'B U, for a basis given by its rows.
fn projection(b: &[f64], basis: &[Vec<f64>]) -> Vec<f64> {
    let p = b.len().isqrt();
    let image = |u: &[f64]| -> Vec<f64> { (0..p).map(|j| dot(&b[j * p..(j + 1) * p], u)).collect() };
    let images: Vec<Vec<f64>> = basis.iter().map(|u| image(u)).collect();
    images.iter().flat_map(|image| basis.iter().map(move |u| dot(u, image))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of two combinations, each with a variance that is a parameter known as badly as `variance` says.
    fn test_of_both(variance: f64) -> JointTest {
        let identity = vec![1.0, 0.0, 0.0, 1.0];
        let own = KenwardRoger {
            vcov: identity.clone(),
            root: identity.clone(),
            map: identity.clone(),
            derivatives: vec![vec![1.0, 0.0, 0.0, 0.0], vec![0.0, 0.0, 0.0, 1.0]],
            covariance: vec![variance, 0.0, 0.0, variance],
            given_correlation: false,
        };
        own.joint_test(&[1.0, 2.0], &identity, 2, &[0.0, 0.0]).unwrap()
    }

    #[test]
    fn moments_of_no_f_distribution_have_no_numbers() {
        let usual = test_of_both(0.1);
        assert!(usual.df2 > 0.0 && usual.scaling > 0.0 && (0.0..1.0).contains(&usual.p_value), "{usual:?}");
        let none = test_of_both(10.0);
        assert!(none.df2.is_nan() && none.scaling.is_nan() && none.chi_square.is_nan() && none.p_value.is_nan(), "{none:?}");
    }
}
