//! A fit that says it has converged has finite estimates, whatever the data are: models of every kind, with every family, for awkward data.

use interlace::error::{Code, Result};
use interlace::family::names;
use interlace::fit::{Fit, Kind};
use interlace::spec::ModelKind;

use crate::common::generalised::{Generalised, generalised};
use crate::common::{Data, Rng};

const ROWS: usize = 30;
/// Of one family with data spoilt in one way, by default; `INTERLACE_CASES` asks for more in all.
const SEEDS: usize = 1;

/// What is wrong with the data.
const SPOILT: [&str; 12] = [
    "nothing",
    "constant responses",
    "separated",
    "outlier",
    "almost collinear",
    "a group for each row",
    "a group of zeros",
    "hardly any variation",
    "weights",
    "large units",
    "few rows",
    "one group",
];

/// Responses of every range; a family takes those that suit it.
const RESPONSES: [&str; 8] =
    ["y", "count", "cbind(count, 9 - count)", "binary", "positive", "semicontinuous", "share", "closed_share"];

fn data(spoilt: usize, rng: &mut Rng) -> Data {
    let n = if spoilt == 10 { 7 } else { ROWS };
    let g: Vec<usize> = (0..n)
        .map(|i| {
            if spoilt == 5 {
                i
            } else if spoilt == 11 {
                0
            } else {
                i % 6
            }
        })
        .collect();
    let x: Vec<f64> = rng.normals(n).iter().map(|x| if spoilt == 9 { x * 1e60 } else { *x }).collect();
    let z: Vec<f64> = x.iter().map(|x| if spoilt == 4 { x + 1e-9 * rng.normal() } else { rng.normal() }).collect();
    let of_g = rng.normals(n);
    let eta: Vec<f64> = (0..n)
        .map(|i| match spoilt {
            1 => 0.5,
            2 => {
                if x[i] > 0.0 {
                    4.0
                } else {
                    -40.0
                }
            }
            3 if i == 4 => 12.0,
            6 if g[i] == 2 => -40.0,
            7 => 1.0 + 1e-12 * rng.normal(),
            _ => 0.3 + 0.4 * (x[i] / if spoilt == 9 { 1e60 } else { 1.0 }) + 0.6 * of_g[g[i]],
        })
        .collect();
    let noise: Vec<f64> = (0..n).map(|_| if matches!(spoilt, 1 | 7) { 0.5 } else { rng.uniform() }).collect();
    let each = |f: &dyn Fn(f64, f64) -> f64| -> Vec<f64> { eta.iter().zip(&noise).map(|(eta, u)| f(*eta, *u)).collect() };
    let share = |eta: f64, u: f64| ((-(-eta).exp()).exp() * 0.5 + 0.5 * u).clamp(1e-9, 1.0 - 1e-9);
    let weights = (0..n).map(|i| if spoilt == 8 { [1e-6, 1.0, 1e6][i % 3] } else { 1.0 }).collect();
    Data::default()
        .real("y", each(&|eta, u| eta.max(-1e3) + u - 0.5))
        .real("count", each(&|eta, u| (eta.exp() * 2.0 * u).floor().min(9.0)))
        .real("binary", each(&|eta, u| f64::from(u8::from(u < 1.0 / (1.0 + (-eta).exp())))))
        .real("positive", each(&|eta, u| (eta.min(30.0).exp() * (0.1 + u)).max(1e-12)))
        .real("semicontinuous", each(&|eta, u| if u < 0.3 { 0.0 } else { eta.exp() * u }))
        .real("share", each(&share))
        .real(
            "closed_share",
            each(&|eta, u| {
                if u < 0.2 {
                    0.0
                } else if u > 0.9 {
                    1.0
                } else {
                    share(eta, u)
                }
            }),
        )
        .real("rating", each(&|eta, u| (1.0 + (eta + 3.0 * u).clamp(0.0, 3.0)).floor()))
        .real("stop", each(&|eta, u| 0.01 + u / (0.1 + eta.min(30.0).exp())))
        .real("event", each(&|_, u| f64::from(u8::from(u < 0.8))))
        .real("x", x)
        .real("z", z)
        .real("w", weights)
        .group("g", &g)
}

/// What is not as it must be in a fit that says it has converged.
fn unsound(fit: &Fit) -> Option<String> {
    let parts = |what: &'static str, values: &[f64]| values.iter().any(|v| !v.is_finite()).then(|| format!("{what}: {values:?}"));
    let mut all = vec![
        parts("fixed effects", &fit.fixed.estimate),
        parts("theta", &fit.theta),
        parts("criterion, log-likelihood", &[fit.criterion, fit.log_likelihood, fit.aic]),
    ];
    all.extend(fit.terms.iter().flat_map(|term| [parts("modes", &term.modes), parts("covariance", &term.cov)]));
    match &fit.kind {
        Kind::Linear(..) => all.push(parts("sigma", &[fit.sigma])),
        Kind::Generalised(own) | Kind::Ordinal(own, _) => {
            all.push(parts("parameters of the family", &own.psi));
            let further = [&own.zero_inflation, &own.dispersion].into_iter().flatten();
            all.extend(further.map(|predictor| parts("further fixed effects", &predictor.fixed.estimate)));
        }
        Kind::Cox(_) => {}
    }
    if let Kind::Ordinal(_, own) = &fit.kind {
        all.push(parts("thresholds", &own.thresholds.estimate));
    }
    let warns = |of: &str| fit.warnings().iter().any(|warning| warning.contains(of));
    if fit.fitted.iter().any(|v| !v.is_finite()) && !warns("no fitted value") {
        all.push(Some(format!("fitted values {:?} without a warning", fit.fitted)));
    }
    // A standard error that is none has a reason.
    if fit.fixed.std_error.iter().any(|s| !s.is_finite()) && fit.warnings().is_empty() {
        all.push(Some(format!("standard errors {:?} without a warning", fit.fixed.std_error)));
    }
    all.into_iter().flatten().next()
}

#[derive(Default)]
struct Seen {
    fits: usize,
    converged: usize,
    refused: usize,
}

impl Seen {
    fn take(&mut self, what: &str, fit: Result<Fit>) {
        match fit {
            Ok(fit) => {
                self.fits += 1;
                self.converged += usize::from(fit.outcome.converged);
                if let Some(why) = unsound(&fit).filter(|_| fit.outcome.converged) {
                    panic!("{what} has converged, {why}; it warns: {:?}", fit.warnings());
                }
            }
            Err(error) => {
                self.refused += 1;
                assert!(error.code != Code::Internal && !error.message.contains('\n'), "{what}: {error}");
            }
        }
    }
}

fn models(data: &Data) -> Vec<(String, Generalised)> {
    let frame = data.frame();
    let of_kind = |kind: ModelKind, formula: &str| {
        let mut model = generalised(formula, "", frame.clone());
        model.spec.kind = kind;
        (format!("{kind:?} {formula}"), model)
    };
    let mut all = vec![
        of_kind(ModelKind::Lmm, "y ~ x + z + (1 | g)"),
        of_kind(ModelKind::Lmm, "y ~ x + (x | g)"),
        of_kind(ModelKind::Clmm, "rating ~ x + z + (1 | g)"),
        of_kind(ModelKind::Coxme, "Surv(stop, event) ~ x + z + (1 | g)"),
    ];
    for family in names() {
        let plain = |response: &str| generalised(&format!("{response} ~ x + z + (1 | g)"), family, frame.clone());
        all.extend(RESPONSES.iter().map(|response| (format!("{family} {response}"), plain(response))));
        all.push((format!("{family} REML"), plain("count").options(|o| o.reml_generalised = true)));
        all.push((format!("{family} with zeros"), plain("count").zero_inflation("~ 1")));
    }
    all
}

#[test]
fn converged_fits_have_finite_estimates() {
    let cases: usize = std::env::var("INTERLACE_CASES").ok().map_or(0, |cases| cases.parse().unwrap());
    let seeds = SEEDS.max(cases / (SPOILT.len() * 170));
    let mut seen = Seen::default();
    for seed in 0..seeds {
        for (spoilt, what) in SPOILT.iter().enumerate() {
            for (name, model) in models(&data(spoilt, &mut Rng(97 * seed as u64 + spoilt as u64))) {
                let mut model = model.formula(|formula| formula.weights = (spoilt == 8).then(|| "w".to_owned()));
                model.options.max_evaluations = 400;
                seen.take(&format!("{name}, {what}, seed {seed}"), model.try_fit());
            }
        }
    }
    let Seen { fits, converged, refused } = seen;
    assert!(
        fits > 600 * seeds && converged > 500 * seeds && refused > 1000 * seeds,
        "{fits} fits, {converged} converged, {refused} refused"
    );
}
