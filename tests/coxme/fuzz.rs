//! Small random data of all kinds: every fit is right or says what is wrong, and what holds of every Cox model holds of each.

use crate::common::{Data, Rng};
use interlace::coxme::laplace::Laplace;
use interlace::coxme::model::Model;
use interlace::design::{ModelProgram, NaPolicy};
use interlace::error::Error;
use interlace::fit::Fit;
use interlace::options::Options;
use interlace::spec::{FormulaSpec, ModelKind, Source, Spec, Ties};
use interlace::watch::Watch;

const ROUNDS: usize = 500;

/// What is wrong with the data on purpose.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Trap {
    Nothing,
    /// A group without events.
    CensoredGroup,
    /// A covariate that is 1 for those with an event.
    Separation,
    /// The first, or the last, level of a factor has no events.
    CensoredLevel,
    /// The difference of two covariates separates.
    Combination,
    /// A covariate that falls with time: each event has the largest of those at risk.
    Clock,
}

const TRAPS: [Trap; 6] =
    [Trap::Nothing, Trap::CensoredGroup, Trap::Separation, Trap::CensoredLevel, Trap::Combination, Trap::Clock];

const RANDOM: [&str; 4] = ["(1 | g)", "(1 | g) + (1 | h)", "(1 + z | g)", "(1 + z || g) + (1 | h)"];

#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools)] // Each is drawn by itself.
struct Case {
    trap: Trap,
    ties: Ties,
    entry: bool,
    strata: bool,
    weighted: bool,
    distinct: bool,
    random: &'static str,
}

impl Case {
    fn formula(&self) -> String {
        let response = if self.entry { "Surv(start, time, status)" } else { "Surv(time, status)" };
        let strata = if self.strata { " + strata(s)" } else { "" };
        let factor = if self.trap == Trap::CensoredLevel { " + f" } else { "" };
        format!("{response} ~ x + z{factor}{strata} + {}", self.random)
    }

    fn spec(&self, formula: String) -> Spec {
        let weights = self.weighted.then(|| "w".to_string());
        let source = Source::Formula(FormulaSpec { formula, weights, ..FormulaSpec::default() });
        Spec { ties: self.ties, ..Spec::new(ModelKind::Coxme, source) }
    }

    fn fit(&self, data: &Data) -> Result<Fit, Error> {
        Fit::new(&self.spec(self.formula()), Some(&data.frame()), &Options::default(), &Watch::unwatched())
    }

    /// -2 times the integrated likelihood at fixed variances.
    fn criterion(&self, data: &Data, theta: &[f64]) -> f64 {
        let spec = self.spec(self.formula());
        Fit::objective(&spec, Some(&data.frame()), &Options::default(), theta, &Watch::unwatched()).unwrap()[0]
    }
}

fn case(round: usize, rng: &mut Rng) -> (Case, Data) {
    let mut coin = || rng.uniform() < 0.5;
    let (ties, entry, strata, weighted) = (if coin() { Ties::Efron } else { Ties::Breslow }, coin(), coin(), coin());
    let (trap, random) = (TRAPS[round % TRAPS.len()], RANDOM[rng.below(RANDOM.len())]);
    let grid = [0.0, 8.0, 1.5][rng.below(3)];
    let case = Case { trap, ties, entry, strata, weighted, distinct: grid == 0.0, random };
    let n = 10 + rng.below(51);
    let groups = 2 + rng.below(n / 4);
    let (g, h): (Vec<usize>, Vec<usize>) = (0..n).map(|_| (rng.below(groups), rng.below(3))).unzip();
    let (x, z, effects) = (rng.normals(n), rng.normals(n), rng.normals(groups));
    let (mut start, mut time, mut status) = (vec![], vec![], vec![]);
    for i in 0..n {
        let death = -rng.uniform().ln() / (0.6 * x[i] - 0.3 * z[i] + effects[g[i]]).exp();
        let censored = -rng.uniform().ln() / 0.5;
        let round = |t: f64| if grid > 0.0 { (grid * t).ceil() } else { t };
        start.push(if entry { round(0.5 * rng.uniform()) } else { 0.0 });
        time.push(start[i] + round(death.min(censored)));
        status.push(f64::from(u8::from(death <= censored)));
    }
    let f: Vec<usize> = (0..n).map(|_| rng.below(3)).collect();
    let weights = (0..n).map(|_| 1.0 + rng.below(3) as f64).collect();
    let data = Data::default().real("start", start).real("time", time).real("status", status).real("x", x).real("z", z);
    let strata: Vec<usize> = (0..n).map(|_| rng.below(2)).collect();
    let data = data.real("w", weights).group("g", &g).group("h", &h).group("s", &strata).group("f", &f);
    (case, sprung(data, trap, (&g, &f), round))
}

/// The data with the trap.
fn sprung(data: Data, trap: Trap, (g, f): (&[usize], &[usize]), round: usize) -> Data {
    let status = data.values("status").to_vec();
    let silent = |of: &[usize], level: usize| {
        let status = status.iter().zip(of).map(|(s, own)| if *own == level { 0.0 } else { *s }).collect();
        data.clone().real("status", status)
    };
    let with = |name: &str, value: &dyn Fn(usize) -> f64| data.clone().real(name, (0..data.n()).map(value).collect());
    match trap {
        Trap::Nothing => data,
        Trap::CensoredGroup => silent(g, g[0]),
        Trap::Separation => with("x", &|i| status[i]),
        Trap::CensoredLevel => silent(f, if round % 4 < 2 { 0 } else { 2 }),
        Trap::Combination => with("x", &|i| data.values("z")[i] + status[i]),
        Trap::Clock => with("x", &|i| -data.values("time")[i]),
    }
}

/// The rows at risk at the death of a row.
fn at_risk(data: &Data, strata: bool, dead: usize) -> impl Iterator<Item = usize> + '_ {
    let (start, time) = (data.values("start"), data.values("time"));
    let stratum = &data.labels.iter().find(|(name, _)| name == "s").unwrap().1;
    let same = move |j: usize| !strata || stratum[j] == stratum[dead];
    (0..data.n()).filter(move |&j| same(j) && start[j] < time[dead] && time[dead] <= time[j])
}

fn dead(data: &Data) -> impl Iterator<Item = usize> + '_ {
    (0..data.n()).filter(|&i| data.values("status")[i] == 1.0)
}

/// Whether the likelihood rises towards a bound along v, by its definition.
fn rises(data: &Data, strata: bool, v: &[f64]) -> bool {
    let pairs = || dead(data).flat_map(|i| at_risk(data, strata, i).map(move |j| (i, j)));
    pairs().all(|(i, j)| v[i] >= v[j] - 1e-9) && pairs().any(|(i, j)| v[i] > v[j] + 1e-9)
}

/// The log partial likelihood at a predictor, by its definition.
fn partial(case: &Case, data: &Data, eta: &[f64]) -> f64 {
    let weight = |i: usize| if case.weighted { data.values("w")[i] } else { 1.0 };
    let risk = |i: usize| weight(i) * eta[i].exp();
    let mut l = 0.0;
    for i in dead(data) {
        l += weight(i) * eta[i];
        let own: Vec<usize> = at_risk(data, case.strata, i).collect();
        let tied: Vec<usize> = own
            .iter()
            .copied()
            .filter(|&j| data.values("status")[j] == 1.0 && data.values("time")[j] == data.values("time")[i])
            .collect();
        let all: f64 = own.iter().map(|&j| risk(j)).sum();
        let (d, dying) = (tied.len() as f64, tied.iter().map(|&j| risk(j)).sum::<f64>());
        if case.ties == Ties::Breslow {
            l -= weight(i) * all.ln();
        } else {
            // The terms of a time are divided among its deaths.
            let mean = tied.iter().map(|&j| weight(j)).sum::<f64>() / d;
            l -= (0..tied.len()).map(|k| mean * (all - k as f64 / d * dying).ln()).sum::<f64>() / d;
        }
    }
    l
}

fn sd(v: &[f64]) -> f64 {
    let mean = v.iter().sum::<f64>() / v.len() as f64;
    (v.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / v.len() as f64).sqrt()
}

/// Coefficients without a maximum by construction.
fn trapped(case: &Case, data: &Data) -> Vec<&'static str> {
    let level = |wanted: &str| -> Vec<f64> {
        let f = &data.labels.iter().find(|(name, _)| name == "f").unwrap().1;
        f.iter().map(|own| -f64::from(u8::from(own == wanted))).collect()
    };
    let goes = |v: &[f64]| rises(data, case.strata, v);
    match case.trap {
        Trap::Separation | Trap::Clock if goes(data.values("x")) => vec!["x"],
        Trap::Combination => vec!["x", "z"].into_iter().filter(|_| goes(data.values("status"))).collect(),
        Trap::CensoredLevel if goes(&level("f00")) => vec!["ff01", "ff02"],
        Trap::CensoredLevel if goes(&level("f02")) => vec!["ff02"],
        _ => vec![],
    }
}

fn check_fit(round: usize, case: &Case, data: &Data, fit: &Fit) {
    let at = || format!("{round} {case:?}");
    let modes: Vec<f64> = fit.terms.iter().flat_map(|t| t.modes.iter().chain(&t.condvar).copied()).collect();
    let numbers = [&fit.fixed.estimate[..], &fit.fixed.std_error, &fit.theta, &modes, &fit.residuals, &fit.fitted].concat();
    assert!(numbers.iter().all(|v| v.is_finite()) && fit.criterion.is_finite(), "{}: {numbers:?}", at());
    let cox = fit.cox().unwrap();
    for name in trapped(case, data).into_iter().filter(|name| fit.fixed.names.iter().any(|own| own == name)) {
        assert!(cox.monotone.iter().any(|own| own == name), "{}: {name} of {:?} {:?}", at(), cox.monotone, fit.fixed);
    }
    for (j, name) in fit.fixed.names.iter().enumerate() {
        let size = sd(&fit.x[j * fit.n_obs..(j + 1) * fit.n_obs]);
        // Where the frailties differ by orders, so may the hazards of rows.
        let orders = 1.0 + fit.theta.iter().fold(0.0f64, |most, t| most.max(t.abs())) / 3.0;
        let (moves, error) = (fit.fixed.estimate[j].abs() * size / orders, fit.fixed.std_error[j] * size / orders);
        assert!(
            cox.monotone.contains(name) || !fit.outcome.converged || (moves < 15.0 && error < 30.0),
            "{}: {name} {moves} {error}",
            at()
        );
    }
    for name in &cox.monotone {
        assert!(fit.warnings().iter().any(|w| w.contains(name.as_str()) && w.contains("monotone")), "{}", at());
    }
    if cox.monotone.is_empty() {
        let own = partial(case, data, &cox.eta);
        assert!((own - cox.loglik_fitted).abs() < 1e-10 * (1.0 + own.abs()), "{}: {own} {}", at(), cox.loglik_fitted);
    }
}

/// What may be wrong with small data, and is said.
fn is_explained(error: &Error) -> bool {
    let texts = [
        "no events",
        "does not vary within the rows at risk",
        "do not vary within the rows at risk",
        "must not have more",
        "one level",
        // Variances that go to infinity.
        "may have no finite estimates",
    ];
    texts.iter().any(|text| error.message.contains(text))
}

fn same(what: &str, round: usize, case: &Case, a: f64, b: f64, tolerance: f64) {
    assert!((a - b).abs() <= tolerance * (1.0 + a.abs()), "{what} of {round} {case:?}: {a} {b}");
}

/// Invariances of the criterion at fixed variances.
fn check_invariance(round: usize, case: &Case, data: &Data, theta: &[f64], rng: &mut Rng) {
    let own = case.criterion(data, theta);
    same("order", round, case, own, case.criterion(&data.rows(&rng.order(data.n())), theta), 1e-10);
    let clock = data.map("time", |t| 1e-3 * t).map("start", |t| 1e-3 * t);
    same("unit of time", round, case, own, case.criterion(&clock, theta), 1e-10);
    same("unit of x", round, case, own, case.criterion(&data.map("x", |x| 1000.0 * x + 5.0), theta), 1e-9);
    let n = data.n();
    let both = data.rows(&(0..n).chain(0..n).collect::<Vec<_>>());
    let (start, time) = (data.values("start"), data.values("time"));
    let middle: Vec<f64> = (0..n).map(|i| start[i] + (time[i] - start[i]) * (0.1 + 0.8 * rng.uniform())).collect();
    let split = both.clone().real("start", [start, &middle].concat()).real("time", [&middle[..], time].concat());
    let split = split.real("status", [&vec![0.0; n][..], data.values("status")].concat());
    same("split", round, case, own, Case { entry: true, ..case.clone() }.criterion(&split, theta), 1e-10);
    let breslow = Case { ties: Ties::Breslow, weighted: true, ..case.clone() };
    let twice = data.map("w", |w| 2.0 * w);
    let doubled = breslow.criterion(&both, theta);
    same("twice", round, case, breslow.criterion(&twice, theta), doubled, 1e-9);
}

/// The gradient in the working parameters against differences of fourth order.
fn check_gradient(round: usize, case: &Case, data: &Data, theta: &[f64]) {
    let watch = Watch::unwatched();
    let (_, design) = ModelProgram::learn(&case.spec(case.formula()), Some(&data.frame()), NaPolicy::Omit, &watch).unwrap();
    let model = Model::new(&design, design.survival.as_ref().unwrap(), case.ties).unwrap();
    let mut laplace = Laplace::new(&model, &watch).unwrap();
    let working = model.working_from_theta(theta).unwrap();
    let mut gradient = vec![0.0; working.len()];
    laplace.evaluate_gradient(&working, &mut gradient).unwrap();
    for (k, slope) in gradient.iter().enumerate() {
        let mut at = |step: f64| {
            let mut moved = working.clone();
            moved[k] += step;
            laplace.evaluate(&moved).unwrap()
        };
        let h = 1e-3;
        let difference = (8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h);
        same("gradient", round, case, *slope, difference, 1e-7);
    }
}

#[test]
fn small_random_data_end_with_a_right_fit_or_an_explanation() {
    let (mut rng, mut fitted, mut regular, mut trapped_fits, mut unfinished) = (Rng(14), 0, 0, 0, 0);
    for round in 0..ROUNDS {
        let (case, data) = case(round, &mut rng);
        let fit = match case.fit(&data) {
            Ok(fit) => fit,
            Err(error) => {
                assert!(is_explained(&error), "{round} {case:?}: {error}");
                continue;
            }
        };
        fitted += 1;
        check_fit(round, &case, &data, &fit);
        unfinished += usize::from(!fit.outcome.converged);
        if fit.cox().unwrap().monotone.is_empty() {
            regular += 1;
            let theta = &[0.7, 0.2, 0.5, 0.6][..fit.theta.len()];
            check_invariance(round, &case, &data, theta, &mut rng);
            check_gradient(round, &case, &data, theta);
        } else {
            trapped_fits += 1;
        }
    }
    assert!(fitted > 440 && regular > 150 && trapped_fits > 200, "{fitted} {regular} {trapped_fits}");
    // Some have variances that go to infinity.
    assert!(unfinished <= 10, "{unfinished}");
}

/// With a parameter for each event time, a Poisson model of the rows at risk at each has the same coefficients and standard errors where
/// all times are distinct.
#[test]
fn a_poisson_model_of_risk_sets_is_the_same_model() {
    let (mut rng, mut compared) = (Rng(15), 0);
    let options = Options { null_model: true, ..Options::default() };
    for round in (0..240).step_by(6) {
        let (case, data) = case(round, &mut rng);
        if !case.distinct || case.weighted {
            continue;
        }
        let response = if case.entry { "Surv(start, time, status)" } else { "Surv(time, status)" };
        let strata = if case.strata { " + strata(s)" } else { "" };
        let spec = case.spec(format!("{response} ~ x + z{strata}"));
        let cox = Fit::new(&spec, Some(&data.frame()), &options, &Watch::unwatched()).unwrap();
        if !cox.cox().unwrap().monotone.is_empty() {
            continue;
        }
        let pairs: Vec<(usize, usize)> = dead(&data).flat_map(|i| at_risk(&data, case.strata, i).map(move |j| (i, j))).collect();
        let (times, rows): (Vec<usize>, Vec<usize>) = pairs.iter().copied().unzip();
        let died = pairs.iter().map(|(i, j)| f64::from(u8::from(i == j))).collect();
        let expanded = data.rows(&rows).real("died", died).group("t", &times);
        let source = Source::Formula(FormulaSpec { formula: "died ~ 0 + t + x + z".into(), ..FormulaSpec::default() });
        let mut poisson = Spec::new(ModelKind::Glmm, source);
        poisson.family.name = "poisson".into();
        let poisson = Fit::new(&poisson, Some(&expanded.frame()), &options, &Watch::unwatched()).unwrap();
        let first = poisson.fixed.names.len() - 2;
        for j in 0..2 {
            same("beta", round, &case, cox.fixed.estimate[j], poisson.fixed.estimate[first + j], 1e-6);
            same("se", round, &case, cox.fixed.std_error[j], poisson.fixed.std_error[first + j], 1e-5);
        }
        compared += 1;
    }
    assert!(compared >= 5, "{compared}");
}
