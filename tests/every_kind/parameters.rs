//! Ids of all parameters, and their covariance in both forms.

use std::collections::{BTreeMap, BTreeSet};

use crate::common::close::{close_by, near};
use crate::common::designs::{data, designs};
use crate::common::frames::frame;
use crate::common::generalised::{Generalised, cbpp, generalised, linear, salamanders};
use crate::common::{Data, Rng, model};
use interlace::fit::{Fit, ParameterForm};
use interlace::frame::Frame;
use interlace::resample::BootstrapOptions;
use interlace::spec::{CorrelationSpec, ModelKind, OrdinalSpec, PredictorSpec, Threshold};
use interlace::watch::Watch;

use ParameterForm::{Log, Reported, Variance, Working};

/// Estimates and covariance by id.
struct Known {
    values: BTreeMap<String, f64>,
    vcov: BTreeMap<(String, String), f64>,
}

impl Known {
    fn of(fit: &Fit, form: ParameterForm) -> Known {
        let (ids, values, vcov) =
            (fit.parameter_ids(form), fit.parameter_values(form), fit.parameters_vcov(form, &Watch::unwatched()).unwrap());
        let n = ids.len();
        assert_eq!((n, n * n), (values.len(), vcov.len()));
        assert_eq!(n, fit.npar);
        let pair = |e: usize| ((ids[e % n].clone(), ids[e / n].clone()), vcov[e]);
        Known { vcov: (0..n * n).map(pair).collect(), values: ids.iter().cloned().zip(values).collect() }
    }

    fn variance(&self, id: &str) -> f64 {
        self.covariance(id, id)
    }

    fn covariance(&self, a: &str, b: &str) -> f64 {
        self.vcov[&(a.to_owned(), b.to_owned())]
    }

    /// Against another's, where a parameter of that is called `name` and is a number of the unit `unit` here; in standard errors.
    #[track_caller]
    fn assert_close(&self, other: &Known, tolerance: f64, name: &dyn Fn(&str) -> String, unit: &dyn Fn(&str) -> f64) {
        for (id, value) in &self.values {
            let own = name(id);
            let (sd, want) = (self.variance(id).sqrt(), unit(id) * other.values[&own]);
            if sd.is_finite() {
                assert!((value - want).abs() < tolerance * sd, "{id}: {value} for {want}");
            }
        }
        for ((a, b), value) in &self.vcov {
            let want = unit(a) * unit(b) * other.covariance(&name(a), &name(b));
            let scale = (self.variance(a) * self.variance(b)).sqrt();
            let close = (value - want).abs() < tolerance * scale || value.is_nan() && want.is_nan();
            assert!(close, "{a}, {b}: {value} for {want}, {:.1e} of standard errors", (value - want).abs() / scale);
        }
    }
}

fn same(id: &str) -> String {
    id.to_owned()
}

fn texts(frame: &Frame, name: &str) -> Vec<String> {
    let own = frame.column(name).unwrap().to_category().unwrap();
    own.codes.iter().map(|code| own.levels[*code as usize].clone()).collect()
}

/// A cumulative model; one with equidistant thresholds has nominal effects.
fn ordinal(threshold: Threshold) -> Generalised {
    let mut rng = Rng(4);
    let d = data(6, 240);
    let codes: Vec<usize> = d.values("x").iter().map(|x| ((0.8 * x + rng.normal() + 2.0).clamp(0.0, 3.9)) as usize).collect();
    let mut own =
        generalised(r#"ordered(c, levels = c("c00", "c01", "c02", "c03")) ~ x + (1 + x | g)"#, "", d.group("c", &codes).frame());
    own.spec.kind = ModelKind::Clmm;
    own.spec.ordinal = OrdinalSpec { threshold, ..OrdinalSpec::default() };
    own.spec.ordinal.nominal = (threshold == Threshold::Equidistant).then(|| PredictorSpec::Formula("~ z".into()));
    own
}

fn kinds() -> Vec<(&'static str, Fit)> {
    let mut correlated = linear("y ~ x + ar1(0 + t | g)", data(3, 240).frame());
    correlated.spec.correlation = Some(CorrelationSpec::Formula("ar1(1 | h)".into()));
    vec![
        ("binomial", cbpp().fit()),
        ("zero-inflated", salamanders("nbinom2").zero_inflation("~ mined + (1 | spp)").fit()),
        ("dispersion", salamanders("nbinom2").dispersion("~ mined").fit()),
        ("flexible", ordinal(Threshold::Flexible).fit()),
        ("symmetric", ordinal(Threshold::Symmetric).fit()),
        ("equidistant", ordinal(Threshold::Equidistant).fit()),
        ("correlated residuals", correlated.fit()),
    ]
}

#[test]
fn ids_are_unique_in_all_designs_and_the_same_in_all_tables() {
    let fits = designs(11).into_iter().map(|design| (design.name, design.model.fit(&design.data))).chain(kinds());
    let mut seen = 0;
    for (name, fit) in fits {
        for form in [Working, Reported, Variance, Log] {
            let ids = fit.parameter_ids(form);
            assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), fit.npar, "{name}: {ids:?}");
            assert_eq!(fit.parameter_names(form).len(), fit.npar, "{name}");
        }
        let all: BTreeSet<String> = [Working, Reported].into_iter().flat_map(|form| fit.parameter_ids(form)).collect();
        let options = BootstrapOptions { replicates: 2, ..BootstrapOptions::default() };
        let replicates = fit.bootstrap(&options, &Watch::unwatched()).unwrap().frame().unwrap();
        let intervals =
            fit.bootstrap_intervals(&replicates, 0.95, interlace::resample::IntervalKind::Basic, &Watch::unwatched()).unwrap();
        let (terms, ids) = (texts(&intervals, "term"), texts(&intervals, "id"));
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{name}: {ids:?}");
        for id in fit.parameter_ids(Working) {
            assert!(ids.contains(&id), "{name}: {id}");
        }
        for (term, id) in terms.iter().zip(&ids).filter(|(_, id)| id.contains("fixef[") || id.starts_with("theta[")) {
            let bare = id.split_once('[').unwrap().1.replace(", ", ".");
            assert!(
                bare.trim_end_matches(']')
                    .ends_with(term.trim_start_matches("zi.").trim_start_matches("disp.").trim_start_matches("theta.")),
                "{term}, {id}"
            );
        }
        // Standard deviations that are not shared are parameters.
        for id in ids.iter().filter(|id| id.starts_with("sd[")) {
            let group = format!("{}]", id.split_once(", ").unwrap().0);
            assert!(all.contains(id) || all.contains(&group), "{name}: {id}");
        }
        seen += 1;
    }
    assert_eq!(seen, 19 + 7);
}

#[test]
fn ids_of_every_kind() {
    let ids = |name: &str, form| kinds().into_iter().find(|(own, _)| *own == name).unwrap().1.parameter_ids(form);
    assert_eq!(
        ids("zero-inflated", Reported),
        [
            "fixef[(Intercept)]",
            "fixef[minedyes]",
            "zi.fixef[(Intercept)]",
            "zi.fixef[minedyes]",
            "family[size]",
            "sd[site, (Intercept)]",
            "zi.sd[spp, (Intercept)]"
        ]
    );
    assert_eq!(
        ids("flexible", Working),
        [
            "fixef[x]",
            "threshold[c00|c01]",
            "threshold[c01|c02]",
            "threshold[c02|c03]",
            "theta[g, (Intercept)]",
            "theta[g, x, (Intercept)]",
            "theta[g, x]"
        ]
    );
    assert_eq!(
        ids("equidistant", Working)[1..5],
        ["alpha[threshold.1]", "alpha[spacing]", "nominal[threshold.1, z]", "nominal[spacing, z]"]
    );
    assert_eq!(ids("correlated residuals", Reported), ["fixef[(Intercept)]", "fixef[x]", "sigma", "rho[h]", "sd[g]", "cor[g]"]);
    assert_eq!(ids("dispersion", Working)[2..4], ["disp.fixef[(Intercept)]", "disp.fixef[minedyes]"]);
}

/// A Gaussian generalised model by maximum likelihood is the linear model.
#[test]
fn the_gaussian_generalised_model_has_the_covariance_of_the_linear_one() {
    let mut compared = 0;
    for formula in [
        "y ~ x + (1 | g)",
        "y ~ x + z + (1 + x | g)",
        "y ~ x + (1 | g) + (1 | h)",
        "y ~ x + cs(0 + t | g)",
        "y ~ x + diag(1 + x | g)",
    ] {
        let frame = || data(5, 240).frame();
        let lmm = linear(formula, frame()).options(|o| o.reml = false).fit();
        let glmm = generalised(formula, "gaussian", frame()).fit();
        let name = |id: &str| if id == "sigma" { "family[sigma]".to_owned() } else { id.to_owned() };
        assert_eq!(lmm.parameter_ids(Reported).iter().map(|id| name(id)).collect::<Vec<_>>(), glmm.parameter_ids(Reported));
        for form in [Reported, Variance, Log] {
            Known::of(&lmm, form).assert_close(&Known::of(&glmm, form), 1e-5, &name, &|_| 1.0);
        }
        compared += 1;
    }
    assert_eq!(compared, 5);
}

/// The criterion's curvature in theta where sigma and the fixed effects are at their best, by differences.
#[test]
fn the_covariance_of_theta_is_that_of_the_curvature() {
    let mut compared = 0;
    for design in designs(11) {
        let fit = design.model.fit(&design.data);
        let (n, k) = (fit.npar, fit.theta.len());
        let vcov = fit.parameters_vcov(Working, &Watch::unwatched()).unwrap();
        if fit.singular {
            assert!(vcov.iter().any(|v| v.is_nan()), "{}", design.name);
            continue;
        }
        let v = |i: usize, j: usize| vcov[(n - k + j) * n + n - k + i];
        let h: Vec<f64> = (0..k).map(|i| 0.02 * v(i, i).sqrt()).collect();
        let frame = design.data.frame();
        let at = |i: usize, a: f64, j: usize, b: f64| {
            let mut theta = fit.theta.clone();
            theta[i] += a * h[i];
            theta[j] += b * h[j];
            theta
        };
        for i in 0..k {
            for j in 0..=i {
                let points = [at(i, 1.0, j, 1.0), at(i, 1.0, j, -1.0), at(i, -1.0, j, 1.0), at(i, -1.0, j, -1.0)].concat();
                let d = design.model.objective(&frame, &points).unwrap();
                let half = 0.5 * (d[0] - d[1] - d[2] + d[3]) / (4.0 * h[i] * h[j]);
                // The information of theta by itself, times its covariance, is the identity.
                assert!(half.is_finite());
                compared += usize::from(check_inverse(&v, k, i, j, half));
            }
        }
    }
    assert!(compared > 60, "{compared}");
}

/// Whether entry (i, j) of the inverse of V is as wanted.
fn check_inverse(v: &dyn Fn(usize, usize) -> f64, k: usize, i: usize, j: usize, want: f64) -> bool {
    let inverse = inverse(k, &(0..k * k).map(|e| v(e % k, e / k)).collect::<Vec<_>>());
    let scale = (inverse[i * k + i] * inverse[j * k + j]).sqrt();
    assert!((inverse[j * k + i] - want).abs() < 2e-3 * scale, "{i}, {j}: {} for {want}", inverse[j * k + i]);
    true
}

/// By Gauss and Jordan; the matrices are positive definite.
fn inverse(n: usize, a: &[f64]) -> Vec<f64> {
    let mut a = a.to_vec();
    for p in 0..n {
        let pivot = a[p * n + p];
        for j in 0..n {
            a[p * n + j] /= pivot;
        }
        for i in (0..n).filter(|i| *i != p) {
            let factor = a[i * n + p];
            for j in (0..n).filter(|j| *j != p) {
                a[i * n + j] -= factor * a[p * n + j];
            }
            a[i * n + p] = -factor / pivot;
        }
        a[p * n + p] = 1.0 / pivot;
    }
    a
}

/// Of k groups of m rows: with the mean squares MSE and MSA of k (m - 1) and k - 1 degrees of freedom the REML criterion is
/// nu1 (log s2 + MSE / s2) + nu2 (log phi + MSA / phi), phi = s2 + m tau2, so that Var(s2) = 2 s2^2 / nu1 and Var(phi) = 2 phi^2 / nu2; those
/// of tau2 = (phi - s2) / m and of the roots follow. By maximum likelihood nu2 is k, and nothing correlates with the intercept.
#[test]
fn a_balanced_one_way_layout_has_closed_forms() {
    let (k, m) = (12, 5);
    let mut rng = Rng(77);
    let effects: Vec<f64> = (0..k).map(|_| 2.0 * rng.normal()).collect();
    let index: Vec<usize> = (0..k * m).map(|i| i / m).collect();
    let y = index.iter().map(|g| 10.0 + effects[*g] + rng.normal()).collect();
    let data = Data::default().real("y", y).group("g", &index);
    for (reml, nu2) in [(true, k - 1), (false, k)] {
        let fit = model("y ~ 1 + (1 | g)").with(|o| o.reml = reml).fit(&data);
        let known = Known::of(&fit, Reported);
        let (s2, tau, sd) = (fit.sigma.powi(2), fit.terms[0].sd[0], "sd[g, (Intercept)]");
        let (phi, m) = (s2 + m as f64 * tau * tau, m as f64);
        let (of_s2, of_phi) = (2.0 * s2 * s2 / (k as f64 * (m - 1.0)), 2.0 * phi * phi / nu2 as f64);
        let close = |what: &str, got: f64, want: f64| near(what, got / want, 1.0, 1e-7);
        close("sigma", known.variance("sigma"), of_s2 / (4.0 * s2));
        close("sd", known.variance(sd), (of_phi + of_s2) / (m * m) / (4.0 * tau * tau));
        close("both", known.covariance(sd, "sigma"), -of_s2 / m / (4.0 * fit.sigma * tau));
        close("intercept", known.variance("fixef[(Intercept)]"), phi / (k as f64 * m));
        assert!(known.covariance(sd, "fixef[(Intercept)]").abs() < 1e-9);
        // theta = tau / sigma.
        let working = Known::of(&fit, Working);
        close("log sigma", working.variance("sigma"), of_s2 / (4.0 * s2 * s2));
    }
}

#[test]
fn units_and_the_order_of_terms_change_nothing_but_units() {
    let compare = |formula: &str, other: &str, reml: bool| {
        let d = data(5, 240);
        let scaled = d.map("x", |x| 40.0 * x).map("y", |y| 300.0 * y);
        let fit = |formula: &str, data: &Data| model(formula).with(|o| o.reml = reml).fit(data);
        let (a, b) = (fit(formula, &d), fit(other, &scaled));
        let unit = |id: &str| {
            let of_x = if id.ends_with("[x]") || id.ends_with(", x]") && !id.starts_with("cor") { 40.0 } else { 1.0 };
            let of_y = if id.starts_with("cor") || id.starts_with("rho") { 1.0 } else { 1.0 / 300.0 };
            of_x * of_y
        };
        Known::of(&a, Reported).assert_close(&Known::of(&b, Reported), 1e-5, &same, &unit);
    };
    for reml in [true, false] {
        compare("y ~ x + z + (1 + x | g) + (1 | h)", "y ~ z + x + (1 | h) + (1 + x | g)", reml);
        compare("y ~ x + (1 | g) + (0 + x | g)", "y ~ x + (0 + x | g) + (1 | g)", reml);
        compare("y ~ x + (0 + x + z | g)", "y ~ x + (0 + z + x | g)", reml);
    }
}

/// Columns far from zero: those of the working model are centred.
#[test]
fn slopes_and_sigma_do_not_depend_on_the_origin_of_a_covariate() {
    let d = data(5, 240);
    let fit = |by: f64| Known::of(&model("y ~ x + (1 + x | g)").ml().fit(&d.map("x", |x| x + by)), Reported);
    let (near, far) = (fit(0.0), fit(1e3));
    for id in ["fixef[x]", "sigma", "sd[g, x]"] {
        close_by(id, &[far.variance(id)], &[near.variance(id)], 1e-5, |_| near.variance(id));
    }
}

/// Standard errors that fits have by themselves.
#[test]
fn standard_errors_are_those_of_the_fit() {
    for (name, fit) in kinds() {
        let (vcov, n) = (fit.parameters_vcov(Reported, &Watch::unwatched()).unwrap(), fit.npar);
        let (ids, sd) = (fit.parameter_ids(Reported), |j: usize| vcov[j * (n + 1)].sqrt());
        for (j, want) in fit.fixed.std_error.iter().enumerate() {
            near(name, sd(j) / want, 1.0, 1e-6);
        }
        let own = fit.family_ids().into_iter().zip(fit.generalised().into_iter().flat_map(|own| &own.parameters));
        for (id, parameter) in own.filter(|(_, p)| p.std_error.is_finite()) {
            let j = ids.iter().position(|own| *own == id).unwrap();
            near(&id, sd(j) / parameter.std_error, 1.0, 1e-6);
        }
        if let Some(rho) = fit.correlation() {
            let j = ids.iter().position(|id| id == "rho[h]").unwrap();
            near("rho", sd(j) / rho.std_error, 1.0, 1e-4);
        }
    }
}

/// By maximum likelihood the estimates of fixed effects depend on those of variances; the restricted likelihood has two blocks.
#[test]
fn fixed_effects_have_the_covariance_of_their_method() {
    let d = data(9, 240);
    let [reml, ml] = [true, false].map(|reml| model("y ~ x + (1 + x | g)").with(|o| o.reml = reml).fit(&d));
    for (fit, is_block) in [(&reml, true), (&ml, false)] {
        let (vcov, n, p) = (fit.parameters_vcov(Working, &Watch::unwatched()).unwrap(), fit.npar, 2);
        for j in 0..p {
            let more = vcov[j * (n + 1)] / fit.fixed.vcov[j * (p + 1)] - 1.0;
            assert!(if is_block { more.abs() < 1e-14 } else { more > 1e-6 && more < 0.2 }, "{more}");
        }
        assert_eq!((0..p).all(|j| (p..n).all(|i| vcov[j * n + i] == 0.0)), is_block);
    }
}

#[test]
fn what_is_at_a_boundary_is_not_known() {
    // No variance at all.
    let fit = linear("Yield ~ 1 + (1 | Batch)", frame("Dyestuff2.csv", &["Batch"])).fit();
    assert!(fit.singular);
    for form in [Working, Reported, Variance, Log] {
        let (vcov, n) = (fit.parameters_vcov(form, &Watch::unwatched()).unwrap(), fit.npar);
        assert_eq!(vcov.iter().map(|v| v.is_nan()).collect::<Vec<_>>(), [false, false, true, false, false, true, true, true, true]);
        // As without the term.
        let slope = match form {
            Working | Log => 1.0,
            Reported => fit.sigma,
            Variance => 2.0 * fit.sigma * fit.sigma,
        };
        near("sigma", vcov[n + 1] / (slope * slope / (2.0 * (fit.n_obs as f64 - 1.0))), 1.0, 1e-9);
    }
    // One direction: a correlation of one.
    let mut rng = Rng(5);
    let index: Vec<usize> = (0..160).map(|i| i % 16).collect();
    let (x, b): (Vec<f64>, Vec<f64>) = (rng.normals(160), rng.normals(16));
    let y: Vec<f64> = index.iter().zip(&x).map(|(g, x)| 1.0 + b[*g] * (1.0 + 0.8 * x)).collect();
    let y = y.iter().map(|y| y + 0.5 * rng.normal()).collect();
    let d = Data::default().real("x", x).real("y", y).group("g", &index);
    for fit in [model("y ~ x + (1 + x | g)").ml().fit(&d), generalised("y ~ x + (1 + x | g)", "gaussian", d.frame()).fit()] {
        assert!(fit.singular && (fit.terms[0].corr[1].abs() - 1.0).abs() < 1e-9, "{:?}", fit.terms[0].corr);
        for (form, boundary) in [(Reported, "cor[g, (Intercept), x]"), (Working, "theta[g, x]")] {
            let known = Known::of(&fit, form);
            for id in known.values.keys() {
                assert_eq!(known.variance(id).is_nan(), id == boundary, "{id}");
            }
        }
    }
}
