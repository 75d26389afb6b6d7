//! Standard errors and intervals against formulas worked out here.

use super::*;
use interlace::watch::Watch;

pub fn with_errors(quantity: Quantity, random: RandomTerms) -> Request {
    Request { level: Some(0.95), ..request(quantity, random) }
}

/// The inverse of a symmetric matrix by elimination.
pub fn inverse(n: usize, a: &[f64]) -> Vec<f64> {
    let mut work: Vec<Vec<f64>> =
        (0..n).map(|i| (0..n).map(|j| a[j * n + i]).chain((0..n).map(|j| f64::from(i == j))).collect()).collect();
    for k in 0..n {
        let pivot = work[k][k];
        work[k].iter_mut().for_each(|v| *v /= pivot);
        let row = work[k].clone();
        for (i, other) in work.iter_mut().enumerate().filter(|(i, _)| *i != k) {
            let factor = other[k];
            assert!(i < n);
            other.iter_mut().zip(&row).for_each(|(v, r)| *v -= factor * r);
        }
    }
    (0..n * n).map(|e| work[e % n][n + e / n]).collect()
}

/// The standard errors of x'beta + z'b by Henderson's equations: the precision of (beta, b) is `[X Z]'[X Z] / sigma^2` plus that of b.
pub struct Henderson<'a> {
    fit: &'a Fit,
    covariance: Vec<f64>,
    size: usize,
}

impl<'a> Henderson<'a> {
    pub fn new(fit: &'a Fit) -> Self {
        let size = fit.fixed.names.len() + fit.terms.iter().map(|t| t.design.levels.len() * t.design.effects.len()).sum::<usize>();
        let mut own = Henderson { fit, covariance: vec![0.0; size * size], size };
        let mut precision = vec![0.0; size * size];
        for i in 0..fit.n_obs {
            let levels: Vec<u32> = fit.terms.iter().map(|t| t.design.index[i]).collect();
            let row = own.row(i, &levels);
            (0..size * size).for_each(|e| precision[e] += row[e % size] * row[e / size] / fit.sigma.powi(2));
        }
        let mut first = fit.fixed.names.len();
        for term in &fit.terms {
            let r = term.design.effects.len();
            let inverse = inverse(r, &term.cov);
            for _ in 0..term.design.levels.len() {
                (0..r * r).for_each(|e| precision[(first + e / r) * size + first + e % r] += inverse[e]);
                first += r;
            }
        }
        own.covariance = inverse(size, &precision);
        own
    }

    /// (x, z) with the values of row i and these levels.
    fn row(&self, i: usize, levels: &[u32]) -> Vec<f64> {
        let (n, p) = (self.fit.n_obs, self.fit.fixed.names.len());
        let mut row = vec![0.0; self.size];
        (0..p).for_each(|j| row[j] = self.fit.x[j * n + i]);
        let mut first = p;
        for (term, level) in self.fit.terms.iter().zip(levels) {
            let r = term.design.effects.len();
            for e in 0..r {
                row[first + *level as usize * r + e] = term.design.z.as_ref().map_or(1.0, |z| z[e * n + i]);
            }
            first += r * term.design.levels.len();
        }
        row
    }

    pub fn std_error(&self, i: usize, levels: &[u32]) -> f64 {
        let row = self.row(i, levels);
        (0..self.size * self.size).map(|e| row[e % self.size] * row[e / self.size] * self.covariance[e]).sum::<f64>().sqrt()
    }

    pub fn all(&self) -> Vec<f64> {
        let levels = |i: usize| -> Vec<u32> { self.fit.terms.iter().map(|t| t.design.index[i]).collect() };
        (0..self.fit.n_obs).map(|i| self.std_error(i, &levels(i))).collect()
    }
}

/// Their variances are taken as known.
#[test]
fn linear_models_have_hendersons_variances() {
    let frame = data("sleepstudy.csv", &["Subject"]);
    let source = FormulaSpec { formula: "Reaction ~ Days + (Days | Subject)".into(), ..FormulaSpec::default() };
    let fit = fitted(&Spec::new(ModelKind::Lmm, Source::Formula(source)), &frame);
    let n = fit.n_obs;
    let got = fit.predictions(NewData::Training, &with_errors(Quantity::Response, RandomTerms::All), &Watch::unwatched()).unwrap();
    close("modes", &got.std_errors, &Henderson::new(&fit).all(), 1e-8);
    let without =
        fit.predictions(NewData::Training, &with_errors(Quantity::Response, RandomTerms::None), &Watch::unwatched()).unwrap();
    let vcov = &fit.fixed.vcov;
    let day = fit.x[n + 3];
    let by_hand = (vcov[0] + 2.0 * day * vcov[1] + day * day * vcov[3]).sqrt();
    close("without random effects", &[without.std_errors[3]], &[by_hand], 1e-12);
    let reach = 1.959_963_984_540_054 * by_hand;
    close("limits", &[without.lower[3], without.upper[3]], &[without.values[3] - reach, without.values[3] + reach], 1e-12);
}

/// Crossed factors: pairs of levels of the data, and pairs that the data don't have.
#[test]
fn crossed_linear_models_have_hendersons_variances() {
    let mut frame = Frame::new(60);
    let y = |i: usize| 3.0 + (i % 7) as f64 * 0.8 + (i / 4 * 29 % 13) as f64 * 0.3 + ((i * 37 % 11) as f64 - 5.0) * 0.2;
    frame.add_real("y", (0..60).map(y).collect()).unwrap();
    frame.add_real("x", (0..60).map(|i| f64::from(i * 13 % 17) / 5.0).collect()).unwrap();
    let strings = |of: &str, k: usize| -> Vec<String> { (0..60).map(|i| format!("{of}{}", i * k / 60)).collect() };
    let g: Vec<String> = (0..60).map(|i| format!("g{}", i % 7)).collect();
    // Block j of the rows has few of the groups.
    let h = strings("h", 15);
    frame.add_strings("g", &g.iter().map(|l| Some(l.as_str())).collect::<Vec<_>>()).unwrap();
    frame.add_strings("h", &h.iter().map(|l| Some(l.as_str())).collect::<Vec<_>>()).unwrap();
    let formula = FormulaSpec { formula: "y ~ x + (1 | g) + (1 | h)".into(), ..FormulaSpec::default() };
    let fit =
        Fit::new(&Spec::new(ModelKind::Lmm, Source::Formula(formula)), Some(&frame), &Options::default(), &Watch::unwatched())
            .unwrap();
    assert!(!fit.singular, "{:?}", fit.theta);
    let henderson = Henderson::new(&fit);
    let asked = with_errors(Quantity::Response, RandomTerms::All);
    let got = fit.predictions(NewData::Training, &asked, &Watch::unwatched()).unwrap();
    close("pairs of the data", &got.std_errors, &henderson.all(), 1e-8);
    let mut new = Frame::new(7);
    let x = fit.x[fit.n_obs];
    new.add_real("x", vec![x; 7]).unwrap();
    let groups: Vec<String> = (0..7).map(|i| format!("g{i}")).collect();
    new.add_strings("g", &groups.iter().map(|l| Some(l.as_str())).collect::<Vec<_>>()).unwrap();
    new.add_strings("h", &[Some("h0"); 7]).unwrap();
    let got = fit.predictions(NewData::Frame(&new), &asked, &Watch::unwatched()).unwrap();
    let mut levels = vec![0u32; fit.terms.len()];
    let want: Vec<f64> = (0..7)
        .map(|level| {
            levels[0] = level;
            henderson.std_error(0, &levels)
        })
        .collect();
    close("other pairs", &got.std_errors, &want, 1e-8);
}

/// With random intercepts alone all is known in closed form: of a group with information s and precision p of its effect b, the mode has the
/// variance 1/(s + p) given the parameters, moves by -sum(w x)/(s + p) with beta, and by -b dp/(s + p) with the precision.
#[test]
fn a_poisson_model_with_random_intercepts() {
    let fit = fit_entry(ModelKind::Glmm, &entry("glmm", "epil_poisson"));
    let (n, p, term) = (fit.n_obs, fit.fixed.names.len(), &fit.terms[0]);
    let (precision, vcov) = (1.0 / term.cov[0], &fit.generalised().unwrap().vcov);
    let got = fit.predictions(NewData::Training, &with_errors(Quantity::Link, RandomTerms::All), &Watch::unwatched()).unwrap();
    let response =
        fit.predictions(NewData::Training, &with_errors(Quantity::Response, RandomTerms::All), &Watch::unwatched()).unwrap();
    for i in 0..n {
        let group: Vec<usize> = (0..n).filter(|&k| term.design.index[k] == term.design.index[i]).collect();
        let variance = 1.0 / (group.iter().map(|&k| fit.fitted[k]).sum::<f64>() + precision);
        let mut c: Vec<f64> = (0..p)
            .map(|j| fit.x[j * n + i] - variance * group.iter().map(|&k| fit.fitted[k] * fit.x[j * n + k]).sum::<f64>())
            .collect();
        // d(theta^-2) = -2 theta^-3.
        c.push(2.0 * variance * term.modes[term.design.index[i] as usize] * precision / fit.theta[0]);
        let m = p + 1;
        let form: f64 = (0..m * m).map(|e| c[e % m] * c[e / m] * vcov[e]).sum();
        let want = (variance + form).sqrt();
        close("link", &[got.std_errors[i]], &[want], 1e-7);
        close("response", &[response.std_errors[i]], &[want * fit.fitted[i]], 1e-7 * fit.fitted[i]);
        close("limits", &[response.lower[i].ln(), response.upper[i].ln()], &[got.lower[i], got.upper[i]], 1e-9);
    }
}

#[test]
fn the_delta_method_has_all_predictors() {
    let frame = data("Salamanders.csv", &["site", "mined", "spp"]);
    let mut model = spec("poisson", "count ~ mined + (1 | site)");
    model.zero_inflation = Some(PredictorSpec::Formula("~ mined".into()));
    let fit = fitted(&model, &frame);
    let own = fit.generalised().unwrap();
    let asked =
        |quantity| fit.predictions(NewData::Training, &with_errors(quantity, RandomTerms::None), &Watch::unwatched()).unwrap();
    let (response, link, zero) = (asked(Quantity::Response), asked(Quantity::Link), asked(Quantity::ZeroProbability));
    let (n, m) = (fit.n_obs, own.vcov_names.len());
    for i in (0..n).step_by(37) {
        let (mean, pi) = (link.values[i].exp(), zero.values[i]);
        let x = [fit.x[i], fit.x[n + i]];
        let l =
            [mean * (1.0 - pi) * x[0], mean * (1.0 - pi) * x[1], -mean * pi * (1.0 - pi) * x[0], -mean * pi * (1.0 - pi) * x[1]];
        let form: f64 = (0..16).map(|e| l[e % 4] * l[e / 4] * own.vcov[(e / 4) * m + e % 4]).sum();
        close("response", &[response.values[i], response.std_errors[i]], &[mean * (1.0 - pi), form.sqrt()], 1e-9);
        let logit = |p: f64| (p / (1.0 - p)).ln();
        let (a, b) = (logit(zero.lower[i]), logit(zero.upper[i]));
        close("middle", &[0.5 * (a + b)], &[logit(pi)], 1e-9);
        close("zero", &[zero.std_errors[i]], &[(b - a) / 2.0 / 1.959_963_984_540_054 * pi * (1.0 - pi)], 1e-9);
    }
    // The dispersion by its own parameter.
    let fit = fitted(&spec("nbinom2", "count ~ mined + (1 | site)"), &frame);
    let got =
        fit.predictions(NewData::Training, &with_errors(Quantity::Dispersion, RandomTerms::None), &Watch::unwatched()).unwrap();
    let parameter = &fit.generalised().unwrap().parameters[0];
    close("dispersion", &[got.values[0], got.std_errors[0]], &[parameter.estimate, parameter.std_error], 1e-9);
    // A mean of the family's parameters has their uncertainty: exp(eta + sigma^2/2).
    let fit = fitted(&spec("lognormal", "y_lognormal ~ 1 + (1 | g)"), &data("sim_families.csv", &["g"]));
    let asked = with_errors(Quantity::Response, RandomTerms::None);
    let got = fit.predictions(NewData::Training, &asked, &Watch::unwatched()).unwrap();
    let own = fit.generalised().unwrap();
    let (mean, sigma2, m) = (got.values[0], fit.sigma.powi(2), own.vcov_names.len());
    let l = [mean, 0.5 * mean * sigma2];
    let form: f64 = (0..4).map(|e| l[e % 2] * l[e / 2] * own.vcov[(e / 2) * m + e % 2]).sum();
    close("lognormal", &[got.std_errors[0]], &[form.sqrt()], 1e-9);
}

#[test]
fn means_over_the_random_effects() {
    let frame = data("epil.csv", &["trt", "subject"]);
    let fit = fitted(&spec("poisson", "y ~ trt + (1 + V4 | subject)"), &frame);
    let (n, term) = (fit.n_obs, &fit.terms[0]);
    let got = fit.predictions(NewData::Training, &with_errors(Quantity::Marginal, RandomTerms::All), &Watch::unwatched()).unwrap();
    let link = fit.predictions(NewData::Training, &with_errors(Quantity::Link, RandomTerms::None), &Watch::unwatched()).unwrap();
    for i in 0..n {
        let z = term.design.z.as_ref().unwrap()[n + i];
        let variance = term.cov[0] + 2.0 * z * term.cov[1] + z * z * term.cov[3];
        let want = (link.values[i] + 0.5 * variance).exp();
        close("log link", &[got.values[i], got.std_errors[i] / want], &[want, link.std_errors[i]], 1e-9);
    }
    // Probit: the variance of the random effects adds to that of the latent variable.
    let cbpp = data("cbpp.csv", &["herd", "period"]);
    let mut model = spec("binomial", "cbind(incidence, size - incidence) ~ period + (1 | herd)");
    model.family.link = Some("probit".into());
    let fit = fitted(&model, &cbpp);
    let got = fit.predictions(NewData::Training, &request(Quantity::Marginal, RandomTerms::All), &Watch::unwatched()).unwrap();
    let link = fit.predictions(NewData::Training, &request(Quantity::Link, RandomTerms::None), &Watch::unwatched()).unwrap();
    let scale = (1.0 + fit.terms[0].cov[0]).sqrt();
    let probit = interlace::family::Link::Probit;
    let want: Vec<f64> = link.values.iter().map(|eta| probit.linkinv(eta / scale)).collect();
    close("probit link", &got.values, &want, 1e-12);
}

#[test]
fn levels_are_probabilities() {
    let fit = fitted(&spec("poisson", "y ~ trt + (1 | subject)"), &data("epil.csv", &["trt", "subject"]));
    for level in [0.0, 1.0, -0.5, f64::NAN] {
        let asked = Request { level: Some(level), ..request(Quantity::Link, RandomTerms::None) };
        let error = fit.predictions(NewData::Training, &asked, &Watch::unwatched()).unwrap_err();
        assert!(error.code == Code::Argument && error.message.contains("level"), "{error:?}");
    }
}
