//! Separation, constant responses, exact fits: said by name, never a number that isn't one.

use crate::common::{Data, Rng};
use interlace::fit::{Fit, Generalised};
use interlace::options::Options;
use interlace::predict::{NewData, Quantity, Request};
use interlace::spec::{FormulaSpec, ModelKind, PredictorSpec, Source, Spec};
use interlace::watch::Watch;

/// 200 rows: x, z, f (4 levels), g (20 groups), h (10 groups), eta.
fn data() -> Data {
    let mut rng = Rng(11);
    let n = 200;
    let (x, z, b) = (rng.normals(n), rng.normals(n), rng.normals(20));
    let g: Vec<usize> = (0..n).map(|i| i % 20).collect();
    let h: Vec<usize> = (0..n).map(|i| if i < 10 { i } else { rng.below(10) }).collect();
    let f: Vec<usize> = (0..n).map(|i| (i / 20) % 4).collect();
    let eta = (0..n).map(|i| 0.5 * x[i] + 0.8 * b[g[i]]).collect();
    Data::default().real("x", x).real("z", z).real("eta", eta).group("f", &f).group("g", &g).group("h", &h)
}

fn spec(family: &str, formula: &str) -> Spec {
    let mut spec = Spec::new(ModelKind::Glmm, Source::Formula(FormulaSpec { formula: formula.into(), ..Default::default() }));
    spec.family.name = family.into();
    spec
}

/// The fit, of which all numbers are such and the search has ended.
#[track_caller]
fn fitted(spec: &Spec, data: &Data, options: &Options) -> Fit {
    let fit = Fit::new(spec, Some(&data.frame()), options, &Watch::unwatched()).unwrap();
    assert!(fit.outcome.converged && fit.outcome.evaluations < 500, "{:?}", fit.outcome);
    let finite = |v: &[f64]| v.iter().all(|v| v.is_finite());
    assert!(finite(&fit.fixed.estimate) && finite(&fit.theta) && finite(&fit.fitted) && fit.log_likelihood.is_finite());
    assert!(finite(&fit.fixed.std_error), "{:?}", fit.fixed);
    fit
}

fn own(fit: &Fit) -> &Generalised {
    fit.generalised().unwrap()
}

#[track_caller]
fn separated(family: &str, formula: &str, data: &Data, names: &[&str]) -> Fit {
    let fit = fitted(&spec(family, formula), data, &Options::default());
    assert_eq!(own(&fit).separated, names, "{family}: {formula}");
    let warning = fit.warnings().into_iter().find(|w| w.starts_with("separation"));
    assert_eq!(warning.is_some(), !names.is_empty(), "{:?}", fit.warnings());
    assert!(names.iter().all(|name| warning.as_ref().unwrap().contains(&format!("'{name}'"))), "{warning:?}");
    fit
}

fn bernoulli(data: &Data) -> Vec<f64> {
    let mut rng = Rng(4);
    data.values("eta").iter().map(|eta| f64::from(rng.uniform() < 1.0 / (1.0 + (-eta).exp()))).collect()
}

/// By inversion.
fn poisson(rng: &mut Rng, mean: f64) -> f64 {
    let (mut k, mut p, u) = (0.0, (-mean).exp(), rng.uniform());
    let mut sum = p;
    while u > sum && k < 1000.0 {
        k += 1.0;
        p *= mean / k;
        sum += p;
    }
    k
}

#[test]
fn a_covariate_that_tells_all_successes_from_all_failures() {
    let data = data();
    let y = data.values("x").iter().map(|x| f64::from(*x > 0.0)).collect();
    separated("binomial", "y ~ x + z + (1 | g)", &data.clone().real("y", y), &["x"]);
    let (x, z) = (data.values("x"), data.values("z"));
    let y = (0..200).map(|i| f64::from(x[i] - z[i] > 0.1)).collect();
    separated("binomial", "y ~ x + z + (1 | g) + (1 | h)", &data.clone().real("y", y), &["x", "z"]);
}

#[test]
fn quasi_separation_leaves_the_other_coefficients_as_they_are() {
    let data = data();
    let q: Vec<f64> = (0..200).map(|i| f64::from(i % 9 == 0)).collect();
    let y: Vec<f64> = bernoulli(&data).iter().zip(&q).map(|(y, q)| y.max(*q)).collect();
    let data = data.real("y", y).real("q", q.clone());
    let all = separated("binomial", "y ~ x + z + q + (1 | g)", &data, &["q"]);
    // The rows that the separating column takes out of the likelihood say nothing of the other coefficients.
    let rows: Vec<usize> = (0..200).filter(|&i| q[i] == 0.0).collect();
    let rest = separated("binomial", "y ~ x + z + (1 | g)", &data.rows(&rows), &[]);
    for j in 0..3 {
        assert!((all.fixed.estimate[j] - rest.fixed.estimate[j]).abs() < 1e-4, "{:?} {:?}", all.fixed, rest.fixed);
        assert!((all.fixed.std_error[j] - rest.fixed.std_error[j]).abs() < 1e-4, "{:?} {:?}", all.fixed, rest.fixed);
    }
    assert!(all.fixed.estimate[3] > 15.0 && all.fixed.std_error[3] > 1e3, "{:?}", all.fixed);
    assert!((all.log_likelihood - rest.log_likelihood).abs() < 1e-5);
    for link in ["probit", "cloglog", "cauchit"] {
        let mut spec = spec("binomial", "y ~ x + z + q + (1 | g)");
        spec.family.link = Some(link.into());
        let fit = fitted(&spec, &data, &Options::default());
        assert_eq!(own(&fit).separated, ["q"], "{link}");
        assert!(fit.fixed.statistics()[3].abs() < 0.0101, "{link}: {:?}", fit.fixed);
        assert!(fit.fixed.std_error[..3].iter().all(|e| *e < 1.0), "{link}: {:?}", fit.fixed);
    }
    for quadrature in [0, 5] {
        let options = Options { quadrature, ..Options::default() };
        assert_eq!(own(&fitted(&spec("binomial", "y ~ x + z + q + (1 | g)"), &data, &options)).separated, ["q"], "{quadrature}");
    }
}

#[test]
fn a_level_without_counts() {
    let data = data();
    let mut rng = Rng(8);
    let level = |i: usize| (i / 20) % 4;
    let y: Vec<f64> = data
        .values("eta")
        .iter()
        .enumerate()
        .map(|(i, eta)| if level(i) == 2 { 0.0 } else { poisson(&mut rng, (1.0 + eta).exp()) })
        .collect();
    let data = data.real("y", y.clone());
    for family in ["poisson", "nbinom1", "nbinom2"] {
        let fit = separated(family, "y ~ x + f + (1 | g)", &data, &["ff02"]);
        assert!(fit.fixed.estimate[3] < -15.0 && fit.fixed.std_error[1] < 0.2, "{:?}", fit.fixed);
    }
    separated("poisson", "y ~ x + (1 | g)", &data, &[]);
    // No zeros beside those of the level: those of a zero part are all there.
    let positive = y.iter().enumerate().map(|(i, y)| if level(i) == 2 { 0.0 } else { y + 1.0 }).collect();
    let mut hurdle = spec("truncated_poisson", "p ~ x + (1 | g)");
    hurdle.zero_inflation = Some(PredictorSpec::Formula("~ f".into()));
    let fit = Fit::new(&hurdle, Some(&data.real("p", positive).frame()), &Options::default(), &Watch::unwatched()).unwrap();
    assert!(own(&fit).separated.contains(&"zi.ff02".to_owned()), "{:?}", own(&fit).separated);
}

#[test]
fn data_without_separation_have_none() {
    let data = data();
    let y = bernoulli(&data);
    separated("binomial", "y ~ x + z + f + (1 | g)", &data.clone().real("y", y), &[]);
    // A rare event, and a column of large numbers.
    let mut rare = vec![0.0; 200];
    (rare[17], rare[118]) = (1.0, 1.0);
    let large = data.values("x").iter().map(|x| 1e6 * x).collect();
    separated("binomial", "y ~ large + (1 | g)", &data.real("y", rare).real("large", large), &[]);
}

#[test]
fn constant_responses() {
    let data = data();
    let constant = |value: f64| data.clone().real("y", vec![value; 200]);
    for (family, value) in [("binomial", 0.0), ("binomial", 1.0), ("poisson", 0.0)] {
        let fit = separated(family, "y ~ x + (1 | g)", &constant(value), &["(Intercept)"]);
        assert!(fit.warnings().contains(&format!("the response is {value} in all rows")), "{:?}", fit.warnings());
    }
    let counts = separated("poisson", "y ~ x + (1 | g)", &constant(7.0), &[]);
    assert!((counts.fixed.estimate[0] - 7.0_f64.ln()).abs() < 1e-8 && counts.singular);
    let wide =
        Fit::new(&spec("nbinom2", "y ~ x + (1 | g)"), Some(&constant(7.0).frame()), &Options::default(), &Watch::unwatched())
            .unwrap();
    assert!(wide.warnings().iter().any(|w| w.contains("where the family is its limit, poisson: ")), "{:?}", wide.warnings());
    for (family, value) in
        [("gaussian", 7.0), ("gamma", 7.0), ("inverse_gaussian", 7.0), ("lognormal", 7.0), ("beta", 0.5), ("student_t", 7.0)]
    {
        let error =
            Fit::new(&spec(family, "y ~ x + (1 | g)"), Some(&constant(value).frame()), &Options::default(), &Watch::unwatched())
                .unwrap_err();
        assert!(error.message.contains(&format!("the response is {value} in all rows")), "{family}: {error}");
    }
}

#[test]
fn an_exact_fit_is_an_error() {
    let data = data();
    let line: Vec<f64> = data.values("x").iter().map(|x| 3.0 + 0.5 * x).collect();
    let exponential = line.iter().map(|eta| eta.exp()).collect();
    let data = data.real("line", line).real("exponential", exponential);
    for (family, link, response) in [
        ("gaussian", "identity", "line"),
        ("student_t", "identity", "line"),
        ("lognormal", "identity", "exponential"),
        ("gamma", "log", "exponential"),
        ("inverse_gaussian", "log", "exponential"),
    ] {
        let mut spec = spec(family, &format!("{response} ~ x + (1 | g)"));
        spec.family.link = Some(link.into());
        let error = Fit::new(&spec, Some(&data.frame()), &Options::default(), &Watch::unwatched()).unwrap_err();
        assert!(error.message.contains("fits the response exactly"), "{family} {response}: {error}");
    }
    // Small and large units are not exact fits.
    for factor in [1e-9, 1e9] {
        let mut rng = Rng(5);
        let y = data.values("x").iter().map(|x| factor * (3.0 + x + rng.normal())).collect();
        separated("gaussian", "y ~ x + (1 | g)", &data.clone().real("y", y), &[]);
    }
}

/// Four levels of 30 rows: the first has no successes, and is the baseline.
#[test]
fn a_separated_baseline_leaves_contrasts_of_the_other_levels() {
    let mut rng = Rng(21);
    let n = 120;
    let (f, g): (Vec<usize>, Vec<usize>) = ((0..n).map(|i| i / 30).collect(), (0..n).map(|i| i % 8).collect());
    let y = (0..n).map(|i| if f[i] == 0 { 0.0 } else { f64::from(u8::from(rng.uniform() < 0.3 + 0.1 * f[i] as f64)) }).collect();
    let data = Data::default().real("y", y).group("f", &f).group("g", &g);
    let rest = data.rows(&(30..n).collect::<Vec<_>>());
    // The standard error of the difference of two fixed effects.
    let error = |fit: &Fit, a: usize, b: usize| {
        let columns = fit.fixed.root.chunks_exact(fit.fixed.names.len());
        columns.map(|c| (c[a] - c[b]).powi(2)).sum::<f64>().sqrt()
    };
    for link in ["logit", "probit", "cloglog", "cauchit"] {
        let mut model = spec("binomial", "y ~ f + (1 | g)");
        model.family.link = Some(link.into());
        let [whole, rest] = [&data, &rest].map(|data| fitted(&model, data, &Options::default()));
        assert_eq!(own(&whole).separated, ["(Intercept)", "ff01", "ff02", "ff03"], "{link}");
        let (got, want) = (error(&whole, 2, 3), error(&rest, 1, 2));
        assert!((got - want).abs() < 1e-4 * want, "{link}: {got} for {want}");
        assert!(whole.fixed.statistics().iter().all(|z| z.abs() < 0.0101), "{link}: {:?}", whole.fixed);
    }
    // Of a zero part, shares of zeros have the binomial standard error.
    let counts = (0..n).map(|i| if f[i] == 0 { 1.0 + rng.below(3) as f64 } else { rng.below(3) as f64 }).collect();
    let data = data.real("k", counts);
    let mut hurdle = spec("truncated_poisson", "k ~ 1 + (1 | g)");
    hurdle.zero_inflation = Some(PredictorSpec::Formula("~ f".into()));
    let fit = Fit::new(&hurdle, Some(&data.frame()), &Options::default(), &Watch::unwatched()).unwrap();
    let request = Request { level: Some(0.95), quantity: Quantity::ZeroProbability, ..Request::default() };
    let errors = fit.predictions(NewData::Training, &request, &Watch::unwatched()).unwrap().std_errors;
    for level in 1..4 {
        let share = data.values("k")[30 * level..][..30].iter().filter(|k| **k == 0.0).count() as f64 / 30.0;
        let want = (share * (1.0 - share) / 30.0).sqrt();
        assert!((errors[30 * level] - want).abs() < 1e-5 * want, "{} for {want}", errors[30 * level]);
    }
}
