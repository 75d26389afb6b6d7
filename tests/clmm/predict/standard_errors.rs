//! Standard errors against differences of predictions whose modes are sought anew; intervals.

use super::*;
use interlace::watch::Watch;

fn expit(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// A fit with the logit link and random intercepts of one group, worked out from its definition. Parameters are in the order of the fit's
/// covariance: fixed effects, scale effects, parameters of the thresholds, nominal effects, the random intercepts' standard deviation.
struct Model<'a> {
    fit: &'a Fit,
    at: Vec<f64>,
}

/// Location without random effects, scale, thresholds.
type Row = (f64, f64, Vec<f64>);

impl<'a> Model<'a> {
    fn new(fit: &'a Fit) -> Self {
        let at = fit.parameter_values(interlace::fit::ParameterForm::Working);
        assert!(at[at.len() - 1] == fit.theta[0] && fit.theta.len() == 1);
        Model { fit, at }
    }

    fn row(&self, at: &[f64], i: usize) -> Row {
        let (fit, n) = (self.fit, self.fit.n_obs);
        let own = fit.generalised().unwrap();
        let ordinal = fit.ordinal().unwrap();
        let product = |x: &[f64], beta: &[f64]| x.chunks_exact(n).zip(beta).map(|(column, b)| column[i] * b).sum::<f64>();
        let (beta, rest) = at[..at.len() - 1].split_at(fit.fixed.names.len());
        let (zeta, psi) = rest.split_at(own.dispersion.as_ref().map_or(0, |scale| scale.fixed.names.len()));
        let (count, m) = (ordinal.categories.len() - 1, ordinal.alpha_names.len());
        let mut alpha = psi[..m].to_vec();
        for (c, column) in psi[m..].chunks_exact(m).enumerate() {
            let x = ordinal.nominal.as_ref().unwrap().x[c * n + i];
            alpha.iter_mut().zip(column).for_each(|(a, g)| *a += x * g);
        }
        let thresholds = (0..count).map(|r| (0..m).map(|k| ordinal.jacobian[k * count + r] * alpha[k]).sum()).collect();
        (product(&fit.x, beta), own.dispersion.as_ref().map_or(1.0, |scale| product(&scale.x, zeta).exp()), thresholds)
    }

    fn cumulative((location, scale, thresholds): &Row, b: f64, k: usize) -> f64 {
        match k {
            0 => 0.0,
            k if k > thresholds.len() => 1.0,
            k => expit((thresholds[k - 1] - location - b) / scale),
        }
    }

    fn probability(row: &Row, b: f64, k: usize) -> f64 {
        Self::cumulative(row, b, k) - Self::cumulative(row, b, k - 1)
    }

    /// The mode of a level by Newton's method, and the curvature there. Of p = F(u) - F(l): d log p / db = (1 - F(u) - F(l)) (-1) / scale ..
    fn mode(&self, at: &[f64], level: u32) -> (f64, f64) {
        let (term, weights) = (&self.fit.terms[0], &self.fit.weights);
        let rows: Vec<(Row, usize, f64)> = (0..self.fit.n_obs)
            .filter(|&i| term.design.index[i] == level)
            .map(|i| (self.row(at, i), self.fit.y[i] as usize, weights.as_ref().map_or(1.0, |w| w[i])))
            .collect();
        let (mut b, mut curvature, variance) = (0.0, 1.0, at[at.len() - 1].powi(2));
        for _ in 0..60 {
            let mut slope = -b / variance;
            curvature = 1.0 / variance;
            for (row, y, weight) in &rows {
                let (below, above) = (Self::cumulative(row, b, y - 1), Self::cumulative(row, b, *y));
                slope += weight * (above + below - 1.0) / row.1;
                curvature += weight * (above * (1.0 - above) + below * (1.0 - below)) / row.1.powi(2);
            }
            b += slope / curvature;
        }
        (b, curvature)
    }

    /// Standard errors of a function of a row and its random effect, by differences in all parameters.
    fn std_error(&self, i: usize, modes: bool, f: impl Fn(&Row, f64) -> f64) -> f64 {
        let own = self.fit.generalised().unwrap();
        let all = own.vcov.len().isqrt();
        let level = self.fit.terms[0].design.index[i];
        let value = |at: &[f64]| f(&self.row(at, i), if modes { self.mode(at, level).0 } else { 0.0 });
        let moved = |j: usize, by: f64| {
            let mut at = self.at.clone();
            at[j] += by;
            value(&at)
        };
        let step = 1e-3;
        let slope = |j| (8.0 * (moved(j, step) - moved(j, -step)) - (moved(j, 2.0 * step) - moved(j, -2.0 * step))) / (12.0 * step);
        let gradient: Vec<f64> = (0..self.at.len()).map(slope).collect();
        let p = gradient.len();
        let mut variance: f64 = (0..p * p).map(|e| gradient[e / p] * gradient[e % p] * own.vcov[e / p * all + e % p]).sum();
        if modes {
            let ((b, curvature), row) = (self.mode(&self.at, level), self.row(&self.at, i));
            let slope = (f(&row, b + step) - f(&row, b - step)) / (2.0 * step);
            variance += slope * slope / curvature;
        }
        variance.sqrt()
    }
}

fn wine() -> Frame {
    frame("wine.csv", &["temp", "contact", "bottle", "judge"], Some(("rating", &["1", "2", "3", "4", "5"])))
}

fn six() -> Frame {
    frame("sim_ordinal_six.csv", &[], Some(("y6", &["1", "2", "3", "4", "5", "6"])))
}

fn models() -> Vec<(&'static str, Fit)> {
    let mut symmetric = spec("y6 ~ x + (1 | g)", "~ z", "~ trt");
    symmetric.ordinal.threshold = Threshold::Symmetric;
    let mut weighted = spec("y6 ~ x + (1 | g)", "", "");
    if let Source::Formula(source) = &mut weighted.source {
        source.weights = Some("w".into());
    }
    vec![
        ("plain", fitted(&spec("rating ~ temp + contact + (1 | judge)", "", ""), &wine())),
        ("scale and nominal effects", fitted(&spec("rating ~ temp + (1 | judge)", "~ contact", "~ temp"), &wine())),
        ("symmetric thresholds", fitted(&symmetric, &six())),
        ("weights", fitted(&weighted, &six())),
    ]
}

#[test]
fn are_those_of_differences_with_modes_that_move() {
    for (what, fit) in models() {
        let (own, n) = (Model::new(&fit), fit.n_obs);
        let categories = fit.ordinal().unwrap().categories.len();
        for (random, modes) in [(RandomTerms::All, true), (RandomTerms::None, false)] {
            let of =
                |quantity| fit.predictions(NewData::Training, &with_errors(quantity, random.clone()), &Watch::unwatched()).unwrap();
            let (p, cumulative) = (of(Quantity::Probabilities), of(Quantity::Cumulative));
            let (link, scale) = (of(Quantity::Link), of(Quantity::Dispersion));
            for i in (0..n).step_by(7) {
                let check = |name: &str, got: f64, want: f64| {
                    assert!((got - want).abs() < 1e-6 * want + 1e-10, "{what}, {name} of row {i}: {got} for {want}");
                };
                for k in 1..=categories {
                    check(
                        "probability",
                        p.std_errors[(k - 1) * n + i],
                        own.std_error(i, modes, |row, b| Model::probability(row, b, k)),
                    );
                    if k < categories {
                        let want = own.std_error(i, modes, |row, b| Model::cumulative(row, b, k));
                        check("cumulative probability", cumulative.std_errors[(k - 1) * n + i], want);
                    }
                }
                check("location", link.std_errors[i], own.std_error(i, modes, |row, b| row.0 + b));
                check("scale", scale.std_errors[i], own.std_error(i, false, |row, _| row.1));
            }
        }
    }
}

/// The mean over a normal variable by Simpson's rule.
fn over_normal(sd: f64, f: impl Fn(f64) -> f64) -> f64 {
    let (points, reach) = (4000, 10.0);
    let step = 2.0 * reach / f64::from(points);
    let sum: f64 = (0..=points)
        .map(|k| {
            let z = step * f64::from(k) - reach;
            let times = if k == 0 || k == points { 1.0 } else { 2.0 + 2.0 * f64::from(k % 2) };
            times * (-0.5 * z * z).exp() * f(sd * z)
        })
        .sum();
    sum * step / 3.0 / (2.0 * std::f64::consts::PI).sqrt()
}

#[test]
fn marginal_probabilities_are_integrals() {
    for (what, fit) in models() {
        let (own, n, sd) = (Model::new(&fit), fit.n_obs, fit.terms[0].cov[0].sqrt());
        let got =
            fit.predictions(NewData::Training, &with_errors(Quantity::Marginal, RandomTerms::All), &Watch::unwatched()).unwrap();
        for i in (0..n).step_by(17) {
            for k in 1..=got.values.len() / n {
                let mean = |row: &Row, _: f64| over_normal(sd, |b| Model::probability(row, b, k));
                let (value, se) = (mean(&own.row(&own.at, i), 0.0), own.std_error(i, false, mean));
                let at = (k - 1) * n + i;
                close(what, &[got.values[at]], &[value], 1e-10);
                assert!((got.std_errors[at] - se).abs() < 1e-6 * se, "{what}, row {i}: {} for {se}", got.std_errors[at]);
                assert!(got.lower[at] < value && value < got.upper[at]);
            }
        }
    }
}

#[test]
fn intervals_are_symmetric_on_their_scales() {
    let fit = fitted(&spec("rating ~ temp + (1 | judge)", "~ contact", "~ temp"), &wine());
    let z = 1.959_963_984_540_054;
    let logit = |p: &f64| (p / (1.0 - p)).ln();
    let check = |quantity, to: &dyn Fn(&f64) -> f64, slope: &dyn Fn(f64) -> f64| {
        let got = fit.predictions(NewData::Training, &with_errors(quantity, RandomTerms::All), &Watch::unwatched()).unwrap();
        for (i, value) in got.values.iter().enumerate() {
            let reach = z * got.std_errors[i] * slope(*value);
            close(&format!("{quantity:?}"), &[to(&got.lower[i]), to(&got.upper[i])], &[to(value) - reach, to(value) + reach], 1e-9);
        }
    };
    let of_logit = |p: f64| 1.0 / (p * (1.0 - p));
    check(Quantity::Probabilities, &logit, &of_logit);
    check(Quantity::Marginal, &logit, &of_logit);
    check(Quantity::Cumulative, &logit, &of_logit);
    check(Quantity::Dispersion, &|s| s.ln(), &|s| 1.0 / s);
    check(Quantity::Link, &|eta| *eta, &|_| 1.0);
}

#[test]
fn a_level_that_the_fit_does_not_know_varies_as_a_new_one() {
    let fit = fitted(&spec("rating ~ temp + contact + (1 | judge)", "", ""), &wine());
    let mut new = Frame::new(1);
    new.add_strings("temp", &[Some("cold")]).unwrap();
    new.add_strings("contact", &[Some("no")]).unwrap();
    new.add_strings("judge", &[Some("j99")]).unwrap();
    let ask = |random| Request { new_levels: NewLevels::Zero, ..with_errors(Quantity::Link, random) };
    let with = fit.predictions(NewData::Frame(&new), &ask(RandomTerms::All), &Watch::unwatched()).unwrap();
    let without = fit.predictions(NewData::Frame(&new), &ask(RandomTerms::None), &Watch::unwatched()).unwrap();
    close("value", &with.values, &without.values, 1e-15);
    close("variance", &[with.std_errors[0].powi(2)], &[without.std_errors[0].powi(2) + fit.terms[0].cov[0]], 1e-12);
    let strict = fit
        .predictions(NewData::Frame(&new), &request(Quantity::Probabilities, RandomTerms::All), &Watch::unwatched())
        .unwrap_err();
    assert_eq!((strict.code, strict.position), (Code::Data, 0));
    assert!(strict.message.contains("judge"));
}
