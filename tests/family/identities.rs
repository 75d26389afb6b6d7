//! Densities sum or integrate to one, scores have mean zero and the expected information as variance; limits of one family are another.

use interlace::family::{Family, Observations, Order, Psi, by_name, derivatives};

/// How the responses are laid out for a sum over them.
enum Support {
    /// Counts from the first up to a number.
    Counts(u32, u32),
    /// Proportions k/m.
    Proportions(u32),
    /// e^v, v over a grid; with an atom at zero or not.
    Positive { atom: bool },
    /// expit(v); with atoms at zero and one or not.
    Unit { atoms: bool },
    /// sinh v.
    Line,
}

impl Support {
    /// Responses and the weights of a sum over them that stands for the integral.
    fn points(&self, trials: &mut f64) -> Vec<(f64, f64)> {
        let grid = |reach: i32, f: fn(f64) -> (f64, f64)| -> Vec<(f64, f64)> {
            let step = 1.0 / 128.0;
            (-reach * 128..=reach * 128).map(|i| f(f64::from(i) * step)).map(|(y, jacobian)| (y, jacobian * step)).collect()
        };
        match *self {
            Support::Counts(from, to) => (from..=to).map(|k| (f64::from(k), 1.0)).collect(),
            Support::Proportions(m) => {
                *trials = f64::from(m);
                (0..=m).map(|k| (f64::from(k) / f64::from(m), 1.0)).collect()
            }
            Support::Positive { atom } => {
                let mut points = grid(120, |v| (v.exp(), v.exp()));
                points.extend(atom.then_some((0.0, 1.0)));
                points
            }
            Support::Unit { atoms } => {
                let mut points = grid(36, |v| {
                    let y = 1.0 / (1.0 + (-v).exp());
                    (y, y * (1.0 / (1.0 + v.exp())))
                });
                points.retain(|(y, _)| *y > 0.0 && *y < 1.0);
                if atoms {
                    points.extend([(0.0, 1.0), (1.0, 1.0)]);
                }
                points
            }
            Support::Line => grid(40, |v| (v.sinh(), v.cosh())),
        }
    }
}

fn moments(family: &dyn Family, support: &Support, eta: f64, psi: &[f64]) {
    let place = format!("{} {} eta={eta} psi={psi:?}", family.name(), family.link().name());
    let mut trials = 1.0;
    let points = support.points(&mut trials);
    let n = points.len();
    let (y, weights): (Vec<f64>, Vec<f64>) = (points.iter().map(|p| p.0).collect(), vec![trials; n]);
    let data = Observations { y: &y, weights: &weights };
    let shared: Vec<Psi> = psi.iter().map(|&p| Psi::Shared(p)).collect();
    let d = derivatives(family, &data, &vec![eta; n], &shared, Order::Gradient).unwrap();
    let mean = |f: &dyn Fn(usize) -> f64| -> f64 {
        (0..n).map(|i| d.l[i].exp() * points[i].1).zip(0..n).filter(|(p, _)| *p > 0.0).map(|(p, i)| p * f(i)).sum()
    };
    let near = |what: &str, seen: f64, wanted: f64, size: f64| {
        assert!((seen - wanted).abs() <= 1e-9 * size.max(1.0), "{place}: {what} is {seen:e}, expected {wanted:e}");
    };
    near("total", mean(&|_| 1.0), 1.0, 1.0);
    let spread = mean(&|i| d.s[i] * d.s[i]);
    near("mean of s", mean(&|i| d.s[i]), 0.0, spread.sqrt());
    near("mean of w", mean(&|i| d.w[i]), spread, spread);
    for p in &d.psi {
        let size = mean(&|i| p.l[i] * p.l[i]).sqrt();
        near("mean of l_psi", mean(&|i| p.l[i]), 0.0, size);
        near("mean of s_psi", mean(&|i| p.s[i]), -mean(&|i| d.s[i] * p.l[i]), size * spread.sqrt());
    }
    let (mut w, mut t) = (vec![0.0; n], vec![0.0; n]);
    if family.expected_weight(&data, &vec![eta; n], &shared, &mut w, &mut t).unwrap() {
        near("expected weight", w[0], spread, spread);
        // d/deta of E[w] = E[t] + E[w s].
        near("its derivative", t[0], mean(&|i| d.t[i] + d.w[i] * d.s[i]), spread.max(mean(&|i| (d.w[i] * d.s[i]).abs())));
    }
    // Heavy tails have no variance, or one that a grid does not reach.
    let heavy = family.name() == "student_t";
    if !heavy {
        let average = family.response_mean(eta, psi);
        near("mean of y", mean(&|i| y[i]), average, average.abs());
        let variance = family.variance(family.link().linkinv(eta), trials, psi);
        near("variance", mean(&|i| (y[i] - average).powi(2)), variance, variance + average * average);
    }
}

#[test]
fn discrete_distributions() {
    let of = |family: &str, link: &str, support: Support, etas: &[f64], psis: &[&[f64]]| {
        let family = by_name(family, Some(link)).unwrap();
        for &eta in etas {
            for psi in psis {
                moments(family.as_ref(), &support, eta, psi);
            }
        }
    };
    let none: &[&[f64]] = &[&[]];
    for link in ["logit", "probit", "cloglog", "loglog", "cauchit"] {
        of("binomial", link, Support::Proportions(12), &[-2.5, -0.3, 0.0, 0.9], none);
        of("betabinomial", link, Support::Proportions(12), &[-2.0, 0.4], &[&[-1.0], &[2.0]]);
    }
    of("betabinomial", "logit", Support::Proportions(500), &[-2.0, 0.4], &[&[-1.0], &[2.0], &[20.0]]);
    of("poisson", "log", Support::Counts(0, 700), &[-3.0, 0.5, 5.7], none);
    of("poisson", "sqrt", Support::Counts(0, 700), &[0.5, 15.0], none);
    of("nbinom2", "log", Support::Counts(0, 4000), &[-3.0, 0.5, 4.0], &[&[0.7], &[2.0], &[13.8]]);
    of("nbinom1", "log", Support::Counts(0, 4000), &[-3.0, 0.5, 4.0], &[&[-13.8], &[0.7], &[2.0]]);
    of("truncated_poisson", "log", Support::Counts(1, 700), &[-8.0, -3.0, 0.5, 5.7], none);
    of("truncated_nbinom2", "log", Support::Counts(1, 4000), &[-3.0, 0.5, 4.0], &[&[0.7], &[13.8]]);
    of("truncated_nbinom1", "log", Support::Counts(1, 4000), &[-3.0, 0.5, 4.0], &[&[-13.8], &[0.7]]);
    of("genpois", "log", Support::Counts(0, 4000), &[-3.0, 0.5, 4.0], &[&[0.0], &[0.4], &[1.7]]);
    of("truncated_genpois", "log", Support::Counts(1, 4000), &[-3.0, 0.5, 4.0], &[&[0.0], &[1.7]]);
    of("compois", "log", Support::Counts(0, 4000), &[-3.0, 0.5, 4.0], &[&[0.0], &[0.4], &[1.7], &[-2.0]]);
    of("compois", "log", Support::Counts(0, 4000), &[6.5], &[&[0.3], &[-3.0]]);
    of("truncated_compois", "log", Support::Counts(1, 4000), &[-3.0, 0.5, 4.0], &[&[0.0], &[1.7], &[-1.0]]);
    of("bell", "log", Support::Counts(0, 2000), &[-30.0, -3.0, 0.5, 4.0, 5.5], none);
    of("bell", "sqrt", Support::Counts(0, 2000), &[0.5, 6.0], none);
    of("nbinom12", "log", Support::Counts(0, 4000), &[-3.0, 0.5, 4.0], &[&[0.7, 1.2], &[-13.8, 0.7], &[0.7, 13.8]]);
}

#[test]
fn continuous_distributions() {
    let of = |family: &str, link: &str, support: Support, etas: &[f64], psis: &[&[f64]]| {
        let family = by_name(family, Some(link)).unwrap();
        for &eta in etas {
            for psi in psis {
                moments(family.as_ref(), &support, eta, psi);
            }
        }
    };
    of("gaussian", "identity", Support::Line, &[-1.0, 0.7], &[&[-1.0], &[1.2]]);
    of("gaussian", "log", Support::Line, &[-1.0, 0.7], &[&[0.3]]);
    of("student_t", "identity", Support::Line, &[-1.0, 0.7], &[&[-0.5, 0.5], &[0.4, 5.0]]);
    of("skewnormal", "identity", Support::Line, &[-1.0, 0.7], &[&[-0.5, 0.0], &[0.4, 2.0], &[0.1, -5.0]]);
    of("gamma", "log", Support::Positive { atom: false }, &[-1.0, 0.7], &[&[-0.5], &[3.0]]);
    of("gamma", "inverse", Support::Positive { atom: false }, &[0.4, 3.0], &[&[0.7]]);
    of("inverse_gaussian", "log", Support::Positive { atom: false }, &[-1.0, 0.7], &[&[-0.5], &[2.0]]);
    of("inverse_gaussian", "1/mu^2", Support::Positive { atom: false }, &[0.4, 3.0], &[&[0.5]]);
    of("lognormal", "identity", Support::Positive { atom: false }, &[-1.0, 0.7], &[&[-0.5]]);
    of("tweedie", "log", Support::Positive { atom: true }, &[-1.0, 0.7], &[&[-0.5, 0.0], &[0.3, 1.0]]);
    of("beta", "logit", Support::Unit { atoms: false }, &[-1.0, 0.7], &[&[1.5], &[3.0]]);
    of("beta", "probit", Support::Unit { atoms: false }, &[-1.0, 0.7], &[&[2.0]]);
    of("zero_one_inflated_beta", "logit", Support::Unit { atoms: true }, &[0.7], &[&[2.0, -1.0, 0.4]]);
    of("ordered_beta", "logit", Support::Unit { atoms: true }, &[-1.0, 0.7], &[&[2.0, -1.0, 0.4]]);
}

fn one(family: &str, link: &str, y: f64, weight: f64, eta: f64, psi: &[f64]) -> [f64; 4] {
    let family = by_name(family, Some(link)).unwrap();
    let psi: Vec<Psi> = psi.iter().map(|&p| Psi::Shared(p)).collect();
    let (y, weights) = ([y], [weight]);
    let d = derivatives(family.as_ref(), &Observations { y: &y, weights: &weights }, &[eta], &psi, Order::Gradient).unwrap();
    [d.l[0], d.s[0], d.w[0], d.t[0]]
}

/// Successive probabilities of a Conway-Maxwell-Poisson count are lambda/y^nu of the one before, for large means, too.
#[test]
fn compois_has_its_form() {
    for (eta, psi) in [(-2.0, 0.4), (1.0, -1.5), (3.0, 1.2), (6.0, 0.3), (9.0, -0.7), (13.8, 0.5)] {
        let l = |y: f64| one("compois", "log", y, 1.0, eta, &[psi])[0];
        let middle = f64::exp(eta).round().max(1.0);
        for y in [middle, middle + 3.0, (0.9 * middle).round().max(1.0)] {
            let bend = l(y + 1.0) - 2.0 * l(y) + l(y - 1.0);
            let wanted = -(-psi).exp() * (1.0 / y).ln_1p();
            assert!(
                (bend - wanted).abs() <= 1e-9 * wanted.abs() + 1e-13 * l(y).abs().max(1.0),
                "{eta} {psi} {y}: {bend:e} {wanted:e}"
            );
        }
    }
}

#[test]
fn families_reach_their_limits() {
    let same = |what: &str, a: [f64; 4], b: [f64; 4], tolerance: f64| {
        for (a, b) in a.iter().zip(b) {
            assert!((a - b).abs() <= tolerance * b.abs().max(1.0), "{what}: {a:e} and {b:e}");
        }
    };
    for y in [0.0, 3.0, 150.0, 4000.0] {
        for eta in [-20.0, 0.5, 4.0] {
            // At a size of e^34 the difference from the limit is below rounding.
            let poisson = one("poisson", "log", y, 1.0, eta, &[]);
            same("nbinom2", one("nbinom2", "log", y, 1.0, eta, &[34.0 + 0.5 * y.ln().max(0.0)]), poisson, 1e-12);
            same("nbinom1", one("nbinom1", "log", y, 1.0, eta, &[-70.0]), poisson, 1e-12);
            same("genpois", one("genpois", "log", y, 1.0, eta, &[0.0]), poisson, 1e-12);
            // Rounding of a count far above its mean.
            same("compois", one("compois", "log", y, 1.0, eta, &[0.0]), poisson, 1e-10);
            if eta < 1.0 && y < 200.0 {
                // The geometric distribution.
                let geometric = one("nbinom2", "log", y, 1.0, eta, &[0.0]);
                same("compois", one("compois", "log", y, 1.0, eta, &[60.0]), geometric, 1e-10);
            }
            // To rounding of a count of 4000.
            same("nbinom12", one("nbinom12", "log", y, 1.0, eta, &[-70.0, 70.0]), poisson, 4e-12);
            let first = one("nbinom1", "log", y, 1.0, eta, &[0.4]);
            same("nbinom12", one("nbinom12", "log", y, 1.0, eta, &[0.4, 70.0]), first, 4e-12);
            let second = one("nbinom2", "log", y, 1.0, eta, &[0.4]);
            same("nbinom12", one("nbinom12", "log", y, 1.0, eta, &[-70.0, 0.4]), second, 1e-11);
        }
    }
    for eta in [-20.0, 0.5, 4.0] {
        same(
            "betabinomial",
            one("betabinomial", "logit", 0.25, 12.0, eta, &[80.0]),
            one("binomial", "logit", 0.25, 12.0, eta, &[]),
            1e-12,
        );
    }
    same(
        "student_t",
        one("student_t", "identity", 1.3, 1.0, 0.4, &[0.2, 36.0]),
        one("gaussian", "identity", 1.3, 1.0, 0.4, &[0.4]),
        1e-13,
    );
    same(
        "skewnormal",
        one("skewnormal", "identity", 1.3, 1.0, 0.4, &[0.2, 0.0]),
        one("gaussian", "identity", 1.3, 1.0, 0.4, &[0.4]),
        1e-13,
    );
}

#[test]
fn the_far_tails_are_exact() {
    // P(y = 0) and its complement far out: the log-density is the dominating term, not a clamped constant.
    assert_eq!(one("binomial", "logit", 1.0, 1.0, -800.0, &[])[0], -800.0);
    assert_eq!(one("binomial", "logit", 1.0, 1.0, 800.0, &[])[0], 0.0);
    assert_eq!(one("binomial", "cloglog", 1.0, 1.0, 720.0, &[]), [0.0, 0.0, 0.0, 0.0]);
    let [l, s, w, _] = one("binomial", "probit", 0.0, 1.0, 40.0, &[]);
    assert!(
        (l / -804.608_442_013_753_8 - 1.0).abs() < 1e-15
            && (s / -40.024_968_847_207_26 - 1.0).abs() < 1e-15
            && (w - 0.999_377_331_621_408_6).abs() < 1e-15
    );
    let [l, s, w, t] = one("nbinom2", "log", 3.0, 1.0, 900.0, &[0.0]);
    assert!(l.is_finite() && s == -1.0 && w == 0.0 && t == 0.0, "{l} {s} {w} {t}");
}
