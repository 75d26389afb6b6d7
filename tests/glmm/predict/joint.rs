//! Standard errors of predictions with random effects against their definition: the modes are sought anew where all parameters are moved,
//! with derivatives of the densities by differences.

use super::standard_errors::{Henderson, inverse, with_errors};
use super::*;
use interlace::fit::{PredictorFit, TermFit};
use interlace::watch::Watch;

/// The log-density of a response at the linear predictors of the mean and the zero part and the family's parameters (working scale).
type Density = fn(f64, [f64; 2], &[f64]) -> f64;

/// A fit whose random terms all have the same groups.
struct Brute<'a> {
    fit: &'a Fit,
    zero: Option<&'a PredictorFit>,
    density: Density,
    /// Of a family without parameters nothing.
    n_shared: usize,
}

/// Fixed parts of both predictors of the rows of a group, and the effects' columns.
struct Group {
    rows: Vec<usize>,
    fixed: Vec<[f64; 2]>,
    precision: Vec<f64>,
}

/// Weights of differences at -2h, -h, h, 2h.
const FIRST: [(f64, f64); 4] = [(-2.0, 1.0 / 12.0), (-1.0, -8.0 / 12.0), (1.0, 8.0 / 12.0), (2.0, -1.0 / 12.0)];

fn slope(step: f64, f: impl Fn(f64) -> f64) -> f64 {
    FIRST.iter().map(|(at, weight)| weight * f(at * step)).sum::<f64>() / step
}

impl<'a> Brute<'a> {
    fn new(fit: &'a Fit, density: Density, n_shared: usize) -> Self {
        Brute { fit, zero: fit.generalised().unwrap().zero_inflation.as_ref(), density, n_shared }
    }

    fn parameters(&self) -> Vec<f64> {
        let own = self.fit.generalised().unwrap();
        let shared = &own.psi[..self.n_shared];
        let zero = self.zero.map_or(&[][..], |part| &part.fixed.estimate);
        [&self.fit.fixed.estimate, zero, shared, &self.fit.theta].concat()
    }

    fn shared<'p>(&self, at: &'p [f64]) -> &'p [f64] {
        let first = at.len() - self.fit.theta.len();
        &at[first - self.n_shared..first]
    }

    fn terms(&self) -> Vec<(usize, &'a TermFit)> {
        let zero = self.zero.iter().flat_map(|part| &part.terms).map(|term| (1, term));
        self.fit.terms.iter().map(|term| (0, term)).chain(zero).collect()
    }

    /// The values of all effects of row i, each with its predictor.
    fn z(&self, i: usize) -> Vec<(usize, f64)> {
        let own = |(a, term): (usize, &TermFit)| -> Vec<(usize, f64)> {
            (0..term.design.effects.len()).map(|e| (a, term.design.z.as_ref().map_or(1.0, |z| z[e * self.fit.n_obs + i]))).collect()
        };
        self.terms().into_iter().flat_map(own).collect()
    }

    fn fixed(&self, at: &[f64], i: usize) -> [f64; 2] {
        let n = self.fit.n_obs;
        let product = |x: &[f64], beta: &[f64]| x.chunks_exact(n).zip(beta).map(|(column, b)| column[i] * b).sum::<f64>();
        let p = self.fit.fixed.names.len();
        [product(&self.fit.x, &at[..p]), self.zero.map_or(0.0, |part| product(&part.x, &at[p..p + part.fixed.names.len()]))]
    }

    /// Of row i's group; theta has the Cholesky factors of the terms' covariances.
    fn group(&self, at: &[f64], i: usize) -> Group {
        let terms = self.terms();
        let index = &terms[0].1.design.index;
        let rows: Vec<usize> = (0..self.fit.n_obs).filter(|&k| index[k] == index[i]).collect();
        let all: usize = terms.iter().map(|(_, term)| term.design.effects.len()).sum();
        let mut covariance = vec![0.0; all * all];
        let (mut first, mut theta) = (0, &at[at.len() - self.fit.theta.len()..]);
        for (_, term) in terms {
            let r = term.design.effects.len();
            let mut t = vec![0.0; r * r];
            for c in 0..r {
                for row in c..r {
                    (t[c * r + row], theta) = (theta[0], &theta[1..]);
                }
            }
            for e in 0..r * r {
                covariance[(first + e / r) * all + first + e % r] = (0..r).map(|c| t[c * r + e % r] * t[c * r + e / r]).sum();
            }
            first += r;
        }
        Group { fixed: rows.iter().map(|&k| self.fixed(at, k)).collect(), rows, precision: inverse(all, &covariance) }
    }

    /// The modes of a group by Newton's method, and the inverse of the curvature there.
    fn modes(&self, at: &[f64], group: &Group) -> (Vec<f64>, Vec<f64>) {
        let q = group.precision.len().isqrt();
        let psi = self.shared(at);
        let h = 5e-3;
        let level = self.fit.terms[0].design.index[group.rows[0]] as usize;
        let known = |(_, term): (usize, &'a TermFit)| &term.modes[level * term.design.effects.len()..][..term.design.effects.len()];
        let (mut b, mut covariance) = (self.terms().into_iter().flat_map(known).copied().collect::<Vec<f64>>(), vec![]);
        for _ in 0..12 {
            let mut gradient: Vec<f64> = (0..q).map(|e| -(0..q).map(|f| group.precision[f * q + e] * b[f]).sum::<f64>()).collect();
            let mut curvature = group.precision.clone();
            for (&k, fixed) in group.rows.iter().zip(&group.fixed) {
                let z = self.z(k);
                let mut eta = *fixed;
                z.iter().zip(&b).for_each(|((a, z), b)| eta[*a] += z * b);
                let y = self.fit.y[k];
                let value = |first: f64, second: f64| (self.density)(y, [eta[0] + first, eta[1] + second], psi);
                let s = [slope(h, |d| value(d, 0.0)), slope(h, |d| value(0.0, d))];
                let square =
                    |f: &dyn Fn(f64) -> f64| (-(f(2.0 * h) + f(-2.0 * h)) + 16.0 * (f(h) + f(-h)) - 30.0 * f(0.0)) / (12.0 * h * h);
                let mixed = slope(h, |first| slope(h, |second| value(first, second)));
                let w = [[-square(&|d| value(d, 0.0)), -mixed], [-mixed, -square(&|d| value(0.0, d))]];
                for (e, (a, ze)) in z.iter().enumerate() {
                    gradient[e] += ze * s[*a];
                    z.iter().enumerate().for_each(|(f, (c, zf))| curvature[f * q + e] += ze * zf * w[*a][*c]);
                }
            }
            covariance = inverse(q, &curvature);
            (0..q).for_each(|e| b[e] += (0..q).map(|f| covariance[f * q + e] * gradient[f]).sum::<f64>());
        }
        (b, covariance)
    }

    /// Standard errors of a function of both predictors of row i.
    fn std_error(&self, i: usize, f: impl Fn([f64; 2]) -> f64) -> f64 {
        let own = self.fit.generalised().unwrap();
        let (at, m) = (self.parameters(), own.vcov_names.len());
        assert_eq!(at.len(), m);
        let z = self.z(i);
        let value = |at: &[f64], b: &[f64]| {
            let mut eta = self.fixed(at, i);
            z.iter().zip(b).for_each(|((a, z), b)| eta[*a] += z * b);
            f(eta)
        };
        let moved = |j: usize, by: f64| {
            let mut there = at.clone();
            there[j] += by;
            value(&there, &self.modes(&there, &self.group(&there, i)).0)
        };
        // What has no covariance is known, and for lme4's `nAGQ = 0` theta.
        let outer = if own.quadrature == 0 { m - self.fit.theta.len() } else { m };
        let known = |j: usize| own.vcov[j * (m + 1)].is_nan() || j >= outer;
        let gradient: Vec<f64> = (0..m).map(|j| if known(j) { 0.0 } else { slope(1e-3, |by| moved(j, by)) }).collect();
        let used = |e: &usize| !known(e / m) && !known(e % m);
        let mut variance: f64 = (0..m * m).filter(used).map(|e| gradient[e / m] * gradient[e % m] * own.vcov[e]).sum();
        let (b, covariance) = self.modes(&at, &self.group(&at, i));
        let a: Vec<f64> = (0..b.len())
            .map(|e| {
                slope(1e-3, |by| {
                    let mut there = b.clone();
                    there[e] += by;
                    value(&at, &there)
                })
            })
            .collect();
        variance += (0..a.len() * a.len()).map(|e| a[e / a.len()] * a[e % a.len()] * covariance[e]).sum::<f64>();
        variance.sqrt()
    }
}

fn check(what: &str, own: &Brute<'_>, quantity: Quantity, f: impl Fn([f64; 2]) -> f64) {
    let got = own.fit.predictions(NewData::Training, &with_errors(quantity, RandomTerms::All), &Watch::unwatched()).unwrap();
    for i in (0..own.fit.n_obs).step_by(own.fit.n_obs / 12) {
        let want = own.std_error(i, &f);
        let se = got.std_errors[i];
        assert!((se - want).abs() < 2e-6 * want, "{what}, {quantity:?}, row {i}: {se} for {want}");
    }
}

fn poisson(y: f64, eta: [f64; 2], _: &[f64]) -> f64 {
    y * eta[0] - eta[0].exp()
}

fn gaussian(y: f64, eta: [f64; 2], psi: &[f64]) -> f64 {
    -0.5 * (y - eta[0]).powi(2) * (-psi[0]).exp() - 0.5 * psi[0]
}

fn nbinom2(y: f64, eta: f64, log_size: f64) -> f64 {
    let (mu, size) = (eta.exp(), log_size.exp());
    let rising: f64 = (0..y as usize).map(|k| (size + k as f64).ln()).sum();
    rising + size * (size / (size + mu)).ln() + y * (mu / (size + mu)).ln()
}

fn zero_inflated(y: f64, eta: [f64; 2], psi: &[f64]) -> f64 {
    let p = 1.0 / (1.0 + (-eta[1]).exp());
    let own = nbinom2(y, eta[0], psi[0]);
    if y == 0.0 { (p + (1.0 - p) * own.exp()).ln() } else { (1.0 - p).ln() + own }
}

#[test]
fn counts_with_slopes() {
    let fit = fitted(&spec("poisson", "y_nb2 ~ x + (1 + x | g)"), &data("sim_families.csv", &["g"]));
    assert!(!fit.singular && fit.outcome.converged);
    let own = Brute::new(&fit, poisson, 0);
    check("slopes", &own, Quantity::Link, |eta| eta[0]);
    check("slopes", &own, Quantity::Response, |eta| eta[0].exp());
    // Independent slopes; a structure whose parameters are not those of a Cholesky factor is as good as another one.
    let fit = fitted(&spec("poisson", "y_nb2 ~ x + (1 | g) + (0 + x | g)"), &data("sim_families.csv", &["g"]));
    check("independent slopes", &Brute::new(&fit, poisson, 0), Quantity::Link, |eta| eta[0]);
    let whole = fitted(&spec("poisson", "y_nb2 ~ x + cs(1 + x | g)"), &data("sim_families.csv", &["g"]));
    let us = fitted(&spec("poisson", "y_nb2 ~ x + (1 + x | g)"), &data("sim_families.csv", &["g"]));
    let asked = with_errors(Quantity::Link, RandomTerms::All);
    let of = |fit: &Fit| fit.predictions(NewData::Training, &asked, &Watch::unwatched()).unwrap().std_errors;
    close("cs of two effects", &of(&whole), &of(&us), 1e-4);
}

/// A variance of zero, and a family's parameter at its edge, are taken as known: what is left is the smaller model.
#[test]
fn edges_have_no_part_in_it() {
    let frame = data("sim_families.csv", &["g"]);
    let of = |model: &Spec| {
        fitted(model, &frame)
            .predictions(NewData::Training, &with_errors(Quantity::Link, RandomTerms::All), &Watch::unwatched())
            .unwrap()
    };
    let small = of(&spec("poisson", "y_pois ~ x + (1 | g)"));
    let term = spec("poisson", "y_pois ~ x + (1 | g) + (0 + x | g)");
    assert!(fitted(&term, &frame).singular);
    close("variance of zero", &of(&term).std_errors, &small.std_errors, 1e-6);
    let family = spec("nbinom2", "y_pois ~ x + (1 | g)");
    assert!(!fitted(&family, &frame).generalised().unwrap().at_edge.is_empty());
    close("poisson as negative binomial", &of(&family).std_errors, &small.std_errors, 1e-6);
}

#[test]
fn gaussian_models_have_the_uncertainty_of_variances_beside_hendersons() {
    let frame = data("sleepstudy.csv", &["Subject"]);
    let formula = "Reaction ~ Days + (Days | Subject)";
    let fit = fitted(&spec("gaussian", formula), &frame);
    check("gaussian", &Brute::new(&fit, gaussian, 1), Quantity::Link, |eta| eta[0]);
    let got = fit.predictions(NewData::Training, &with_errors(Quantity::Link, RandomTerms::All), &Watch::unwatched()).unwrap();
    let source = FormulaSpec { formula: formula.into(), ..FormulaSpec::default() };
    let options = Options { reml: false, ..Options::default() };
    let linear =
        Fit::new(&Spec::new(ModelKind::Lmm, Source::Formula(source)), Some(&frame), &options, &Watch::unwatched()).unwrap();
    let known = linear.predictions(NewData::Training, &with_errors(Quantity::Link, RandomTerms::All), &Watch::unwatched()).unwrap();
    close("with variances known", &known.std_errors, &Henderson::new(&linear).all(), 1e-8);
    let ratios: Vec<f64> = got.std_errors.iter().zip(&known.std_errors).map(|(a, b)| a / b).collect();
    let (least, most) = ratios.iter().fold((f64::INFINITY, 0.0_f64), |(a, b), r| (a.min(*r), b.max(*r)));
    assert!(least > 0.999 && most > 1.01 && most < 1.5, "{least} to {most}");
}

/// Counts of 30 groups of 20 rows, drawn by inversion.
fn counts_with_zeros() -> Frame {
    let mut state = 20_u64;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    };
    let mut normal = || (-2.0 * uniform().ln()).sqrt() * (std::f64::consts::TAU * uniform()).cos();
    let effects: Vec<[f64; 2]> = (0..30).map(|_| [0.5 * normal(), 1.0 * normal()]).collect();
    let (mut x, mut y, mut g) = (vec![], vec![], vec![]);
    for i in 0..600 {
        let [b, c] = effects[i / 20];
        x.push((i * 7 % 20) as f64 / 10.0 - 1.0);
        let eta = [1.2 + 0.4 * x[i] + b, -0.8 + 0.5 * x[i] + c];
        let (mut left, mut count) = (uniform(), 0.0);
        while count < 200.0 {
            let log_factorial: f64 = (1..=count as usize).map(|k| (k as f64).ln()).sum();
            left -= (zero_inflated(count, eta, &[3.0_f64.ln()]) - log_factorial).exp();
            if left < 0.0 {
                break;
            }
            count += 1.0;
        }
        y.push(count);
        g.push(format!("g{:02}", i / 20));
    }
    let mut frame = Frame::new(600);
    frame.add_real("x", x).unwrap();
    frame.add_real("y", y).unwrap();
    frame.add_strings("g", &g.iter().map(|level| Some(level.as_str())).collect::<Vec<_>>()).unwrap();
    frame
}

#[test]
fn counts_with_a_zero_part_that_varies_between_groups() {
    let mut model = spec("nbinom2", "y ~ x + (1 | g)");
    model.zero_inflation = Some(PredictorSpec::Formula("~ x + (1 | g)".into()));
    let fit = fitted(&model, &counts_with_zeros());
    assert!(!fit.singular && fit.outcome.converged, "{:?} {:?}", fit.theta, fit.outcome);
    let own = Brute::new(&fit, zero_inflated, 1);
    check("zero part", &own, Quantity::Link, |eta| eta[0]);
    check("zero part", &own, Quantity::ZeroProbability, |eta| 1.0 / (1.0 + (-eta[1]).exp()));
    check("zero part", &own, Quantity::Response, |eta| eta[0].exp() / (1.0 + eta[1].exp()));
}

/// Standard errors given the covariance parameters have no uncertainty of these.
#[test]
fn conditional_standard_errors_are_smaller() {
    let (model, frame) = (spec("poisson", "y_nb2 ~ x + (1 + x | g)"), data("sim_families.csv", &["g"]));
    let options = Options { std_errors: interlace::options::StdErrors::Conditional, ..Options::default() };
    let conditional = Fit::new(&model, Some(&frame), &options, &Watch::unwatched()).unwrap();
    let asked = with_errors(Quantity::Link, RandomTerms::All);
    let given = conditional.predictions(NewData::Training, &asked, &Watch::unwatched()).unwrap();
    let with = fitted(&model, &frame).predictions(NewData::Training, &asked, &Watch::unwatched()).unwrap();
    assert!(given.std_errors.iter().zip(&with.std_errors).all(|(a, b)| *a > 0.0 && a < b));
    check("given", &Brute::new(&conditional, poisson, 0), Quantity::Link, |eta| eta[0]);
    let options = Options { quadrature: 0, ..Options::default() };
    let fast = Fit::new(&model, Some(&frame), &options, &Watch::unwatched()).unwrap();
    check("nagq = 0", &Brute::new(&fast, poisson, 0), Quantity::Link, |eta| eta[0]);
}
