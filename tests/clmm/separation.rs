//! Separation in ordinal models: directions of coefficients, thresholds and nominal effects without a finite estimate are named, have a huge
//! standard error, and leave everything else as it is without the rows that separate.

use crate::common::{Data, Rng};
use interlace::fit::Fit;
use interlace::options::Options;
use interlace::predict::{NewData, Quantity, Request};
use interlace::spec::{FormulaSpec, ModelKind, PredictorSpec, Source, Spec};
use interlace::watch::Watch;

const LINKS: [&str; 5] = ["logit", "probit", "cloglog", "loglog", "cauchit"];

fn spec(formula: &str, link: &str) -> Spec {
    let formula = FormulaSpec { formula: formula.into(), ..Default::default() };
    let mut spec = Spec::new(ModelKind::Clmm, Source::Formula(formula));
    spec.ordinal.link = Some(link.into());
    spec
}

fn fit(spec: &Spec, data: &Data) -> Fit {
    let fit = Fit::new(spec, Some(&data.frame()), &Options::default(), &Watch::unwatched()).unwrap();
    assert!(fit.outcome.converged, "{:?}", fit.outcome);
    fit
}

fn separated(fit: &Fit) -> &[String] {
    &fit.generalised().unwrap().separated
}

/// Four levels of 30 rows in six groups; the first shows nothing but `extreme`.
fn levels(extreme: f64) -> Data {
    let mut rng = Rng(5);
    let n = 120;
    let (f, g): (Vec<usize>, Vec<usize>) = ((0..n).map(|i| i / 30).collect(), (0..n).map(|i| i % 6).collect());
    let b = rng.normals(6);
    let latent = |i: usize, rng: &mut Rng| {
        let u = rng.uniform();
        0.3 * f[i] as f64 + 0.8 * b[g[i]] + (u / (1.0 - u)).ln()
    };
    let y = (0..n)
        .map(|i| {
            let value = latent(i, &mut rng);
            if f[i] == 0 { extreme } else { 1.0 + f64::from(u8::from(value > -0.5)) + f64::from(u8::from(value > 1.0)) }
        })
        .collect();
    Data::default().real("y", y).group("f", &f).group("g", &g)
}

fn without_first(data: &Data) -> Data {
    data.rows(&(30..120).collect::<Vec<_>>())
}

/// The standard error of a contrast of fixed effects.
fn error(fit: &Fit, weights: &[f64]) -> f64 {
    let columns = fit.fixed.root.chunks_exact(weights.len());
    columns.map(|c| c.iter().zip(weights).map(|(c, w)| c * w).sum::<f64>().powi(2)).sum::<f64>().sqrt()
}

/// Standard errors of the probabilities of the training rows, the first `skip` left out, one category after the other.
fn errors(fit: &Fit, skip: usize) -> Vec<f64> {
    let request = Request { level: Some(0.95), quantity: Quantity::Probabilities, ..Request::default() };
    let all = fit.predictions(NewData::Training, &request, &Watch::unwatched()).unwrap().std_errors;
    all.chunks_exact(fit.n_obs).flat_map(|column| column[skip..].to_vec()).collect()
}

fn assert_close(got: &[f64], want: &[f64], tolerance: f64, what: &str) {
    assert_eq!(got.len(), want.len(), "{what}");
    for (g, w) in got.iter().zip(want) {
        assert!((g - w).abs() <= tolerance * w.abs(), "{what}: {g} for {w}");
    }
}

/// Of a coded baseline, coefficients and thresholds run off together: their differences are estimable.
#[test]
fn a_baseline_at_an_end_leaves_contrasts_and_predictions_of_the_others() {
    for extreme in [1.0, 3.0] {
        for link in LINKS {
            let what = format!("{link} {extreme}");
            let data = levels(extreme);
            let (whole, rest) =
                (fit(&spec("y ~ f + (1 | g)", link), &data), fit(&spec("y ~ f + (1 | g)", link), &without_first(&data)));
            assert_eq!(separated(&whole), ["ff01", "ff02", "ff03", "1|2", "2|3"], "{what}");
            assert!(separated(&rest).is_empty(), "{what}");
            assert!((whole.log_likelihood - rest.log_likelihood).abs() < 1e-4, "{what}");
            let warnings = whole.warnings();
            assert!(warnings.iter().any(|w| w.starts_with("separation") && w.contains("'1|2'")), "{warnings:?}");
            assert!(!warnings.iter().any(|w| w.contains("no curvature")), "{warnings:?}");
            assert_close(&[error(&whole, &[-1.0, 1.0, 0.0])], &[error(&rest, &[1.0, 0.0])], 1e-4, &what);
            assert_close(&[error(&whole, &[0.0, -1.0, 1.0])], &[error(&rest, &[-1.0, 1.0])], 1e-4, &what);
            assert_close(&errors(&whole, 30), &errors(&rest, 0), 1e-3, &what);
            let thresholds = &whole.ordinal().unwrap().thresholds;
            let all = whole.fixed.estimate.iter().chain(&thresholds.estimate);
            for (estimate, error) in all.zip(whole.fixed.std_error.iter().chain(&thresholds.std_error)) {
                assert!(*error >= 99.9 * estimate.abs(), "{what}: {estimate} {error}");
            }
        }
    }
}

/// A level that is not the baseline takes no threshold with it.
#[test]
fn a_level_at_an_end_leaves_the_thresholds() {
    let data = levels(3.0);
    let (whole, rest) = (fit(&spec("y ~ relevel(f, ref = \"f01\") + (1 | g)", "logit"), &data), without_first(&data));
    let rest = fit(&spec("y ~ f + (1 | g)", "logit"), &rest);
    assert_eq!(separated(&whole).len(), 1, "{:?}", separated(&whole));
    let [a, b] = [&whole, &rest].map(|fit| &fit.ordinal().unwrap().thresholds);
    assert_close(&a.std_error, &b.std_error, 1e-4, "thresholds");
    assert_close(&a.estimate, &b.estimate, 1e-4, "thresholds");
    assert_close(&whole.fixed.std_error[1..], &rest.fixed.std_error, 1e-4, "coefficients");
}

/// Counts of three categories at three levels, in groups that are alike: without a variance, probabilities are shares.
fn counts(of: [[usize; 3]; 3]) -> Data {
    let (mut t, mut y) = (vec![], vec![]);
    for (level, own) in of.iter().enumerate() {
        for (category, times) in own.iter().enumerate() {
            (0..*times).for_each(|_| (t.push(level), y.push(1.0 + category as f64)).0);
        }
    }
    let g: Vec<usize> = (0..y.len()).map(|i| i % 6).collect();
    Data::default().real("y", y).group("t", &t).group("g", &g)
}

#[test]
fn nominal_effects_of_a_level_that_never_shows_an_outer_category() {
    let shown = [[20, 10, 10], [0, 15, 12], [8, 14, 0]];
    let baseline = [[20, 10, 0], [10, 15, 12], [8, 14, 9]];
    for link in LINKS {
        for (of, names) in [(shown, vec!["1|2.tt01", "2|3.tt02"]), (baseline, vec!["2|3", "2|3.tt01", "2|3.tt02"])] {
            let mut model = spec("y ~ 1 + (1 | g)", link);
            model.ordinal.nominal = Some(PredictorSpec::Formula("~ t".into()));
            let data = counts(of);
            let fit = fit(&model, &data);
            assert_eq!(separated(&fit), names, "{link}");
            let got = errors(&fit, 0);
            let mut row = 0;
            for own in of {
                let n = own.iter().sum::<usize>();
                for (category, count) in own.into_iter().enumerate() {
                    let share = count as f64 / n as f64;
                    let want = (share * (1.0 - share) / n as f64).sqrt();
                    let got = got[category * fit.n_obs + row];
                    assert!((got - want).abs() < 1e-3 * want + 1e-4, "{link}: {got} for {want}");
                }
                row += n;
            }
            let own = fit.generalised().unwrap();
            for parameter in &own.parameters {
                let wide = parameter.std_error > 50.0;
                assert_eq!(names.contains(&parameter.name.as_str()), wide, "{link}: {parameter:?}");
            }
        }
    }
}
