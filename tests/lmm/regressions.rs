//! Models beyond the reference data sets, on one small simulated one, against values computed with lme4 1.1-31 (bobyqa to 1e-10 from
//! several starts, polished by Newton steps where the fit is not singular): the constants below.

#![allow(clippy::unreadable_literal)] // Numbers as lme4 printed them.

use crate::common::{Data, Model, model};
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::options::{Options, Unidentified};
use interlace::predict::{NewData, PredictOptions};
use interlace::spec::CorrelationSpec;
use interlace::watch::Watch;

/// A small generator whose numbers are the same in any language.
struct Noise(u64);

impl Noise {
    /// In [-1, 1).
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }

    fn below(&mut self, n: usize) -> usize {
        (f64::midpoint(self.next(), 1.0) * n as f64) as usize
    }
}

/// 240 rows: groups g (12) and h (7), factors f (3) and e (2), a number k that can group (6), and y with random slopes of x by g.
fn simulated() -> Data {
    let mut noise = Noise(7);
    let mut effects = |n: usize| (0..n).map(|_| noise.next()).collect::<Vec<f64>>();
    let (b, c, a) = (effects(12), effects(12), effects(7));
    let mut columns: [Vec<f64>; 6] = Default::default();
    let mut labels: [Vec<String>; 4] = Default::default();
    for _ in 0..240 {
        let (g, h, f, e, k) = (noise.below(12), noise.below(7), noise.below(3), noise.below(2), noise.below(6));
        let (x, z, w, off) = (3.0 * noise.next(), noise.next(), 1.5 + noise.next(), noise.next());
        let y = 2.0 + 0.5 * x + 1.5 * b[g] + 0.8 * c[g] * x + a[h] + if f == 1 { 0.7 } else { 0.0 } + noise.next();
        for (column, value) in columns.iter_mut().zip([y, x, z, w, off, k as f64]) {
            column.push(value);
        }
        let row = [format!("g{g:02}"), format!("h{h}"), ["a", "b", "c"][f].into(), ["u", "v"][e].into()];
        for (column, value) in labels.iter_mut().zip(row) {
            column.push(value);
        }
    }
    let mut data = Data::default();
    for (name, values) in ["y", "x", "z", "w", "off", "k"].into_iter().zip(columns) {
        data = data.real(name, values);
    }
    for (name, values) in ["g", "h", "f", "e"].into_iter().zip(labels) {
        data = data.label(name, values);
    }
    data
}

/// What lme4 says.
#[derive(Default)]
struct Lme4 {
    criterion: f64,
    sigma: f64,
    /// Name, estimate, standard error.
    fixed: &'static [(&'static str, f64, f64)],
    /// Standard deviations of the random effects, in the order of the formula.
    sd: &'static [f64],
    singular: bool,
}

impl Lme4 {
    /// Compares to 1e-6, each number relative to what it is measured against.
    fn check(&self, fit: &Fit) {
        let near = |what: &str, got: f64, want: f64, scale: f64| {
            assert!((got - want).abs() <= 1e-6 * scale, "{}: {what}: {got} for {want}", fit.formula);
        };
        assert!(fit.outcome.converged, "{}: {:?}", fit.formula, fit.outcome);
        assert_eq!(fit.singular, self.singular, "{}: {:?}", fit.formula, fit.outcome.boundary);
        // A thousandth of the usual tolerance: the criterion is flat at its minimum.
        near("criterion", fit.criterion, self.criterion, 1e-3 * self.criterion.abs());
        near("sigma", fit.sigma, self.sigma, self.sigma);
        assert_eq!(fit.fixed.names, self.fixed.iter().map(|f| f.0).collect::<Vec<_>>(), "{}", fit.formula);
        for (i, (name, estimate, se)) in self.fixed.iter().enumerate() {
            near(name, fit.fixed.estimate[i], *estimate, *se);
            near(name, fit.fixed.std_error[i], *se, *se);
        }
        let sd: Vec<f64> = fit.terms.iter().flat_map(|t| t.sd.iter().copied()).collect();
        assert_eq!(sd.len(), self.sd.len(), "{}", fit.formula);
        for (got, want) in sd.iter().zip(self.sd) {
            near("standard deviation", *got, *want, 3.0 * self.sigma.max(*want));
        }
    }
}

/// A model whose random effects are among the fixed ones, which is an error unless it is asked for.
fn contained(formula: &str) -> Model {
    model(formula).with(|own| own.unidentified = Unidentified::Warning)
}

/// The REML criterion does not depend on effects that the fixed effects take up. lme4's values are those of y ~ x * f + (1 | h).
#[test]
fn random_effects_within_the_span_of_the_fixed_effects_have_no_variance() {
    let fit = contained("y ~ x * f + (x | f) + (1 | h)").fit(&simulated());
    assert_eq!(fit.outcome.boundary, ["f: (Intercept)", "f: x"]);
    Lme4 {
        criterion: 850.347654014,
        sigma: 1.36129249681,
        fixed: &[
            ("(Intercept)", 2.23582817511, 0.283163953927),
            ("x", 0.566095238464, 0.0878676902463),
            ("fb", 0.450221358998, 0.215461106183),
            ("fc", -0.017160836315, 0.222270025097),
            ("x:fb", -0.102623754451, 0.12542391407),
            ("x:fc", 0.0823040180391, 0.130436480111),
        ],
        sd: &[0.0, 0.0, 0.6233198675],
        singular: true,
    }
    .check(&fit);
    // Nothing but such effects: the criterion is constant.
    let fit = contained("y ~ x * f + (x | f)").fit(&simulated());
    assert!(fit.outcome.converged && fit.terms[0].sd == [0.0, 0.0], "{:?} {:?}", fit.outcome, fit.terms[0].sd);
    // One effect of two: the other keeps its variance.
    let fit = contained("y ~ x + g + (x | g)").fit(&simulated());
    assert!(fit.terms[0].sd[0] == 0.0 && fit.terms[0].sd[1] > 0.3, "{:?}", fit.terms[0].sd);
}

#[test]
fn columns_of_empty_cells_are_left_out_as_lme4_does() {
    let data = simulated();
    let label = |name: &str, i: usize| data.labels.iter().find(|(n, _)| n == name).unwrap().1[i].as_str();
    let kept: Vec<usize> = (0..240).filter(|&i| !(label("f", i) == "b" && label("e", i) == "v")).collect();
    let fit = model("y ~ f * e * x + (1 | g)").fit(&data.rows(&kept));
    assert_eq!((fit.n_obs, fit.fixed.dropped.join(" ")), (199, "fb:ev fb:ev:x".into()));
    Lme4 {
        criterion: 685.51387996,
        sigma: 1.24334871807,
        fixed: &[
            ("(Intercept)", 2.29120019808, 0.336236316988),
            ("fb", 0.409277381378, 0.2832854334),
            ("fc", -0.268211024012, 0.287634648857),
            ("ev", 0.215081306978, 0.296596133624),
            ("x", 0.61853031422, 0.113853126396),
            ("fc:ev", -0.16629596432, 0.418075841278),
            ("fb:x", -0.241189807215, 0.154889800079),
            ("fc:x", -0.0468011107413, 0.166566558124),
            ("ev:x", -0.354775289355, 0.165488796592),
            ("fc:ev:x", 0.323756114689, 0.246629977006),
        ],
        sd: &[0.9166340476],
        ..Lme4::default()
    }
    .check(&fit);
}

#[test]
fn slopes_of_a_factor_end_at_the_boundary() {
    Lme4 {
        criterion: 818.675607327,
        sigma: 1.2414064005,
        fixed: &[("(Intercept)", 2.25749732243, 0.241116996844), ("x", 0.482086268441, 0.0477073271739)],
        sd: &[0.8897842866, 0.9222017082, 0.7010114335],
        singular: true,
    }
    .check(&model("y ~ x + (0 + f | g)").fit(&simulated()));
    Lme4 {
        criterion: 887.561249333,
        sigma: 1.46257546375,
        fixed: &[
            ("fa:eu", 2.42084436303, 0.238801847268),
            ("fb:eu", 2.55847503632, 0.224895095012),
            ("fc:eu", 2.1047475698, 0.235264816748),
            ("fa:ev", 2.19115988963, 0.235792484136),
            ("fb:ev", 2.84411123605, 0.235743432896),
            ("fc:ev", 2.35807895452, 0.25015918418),
        ],
        sd: &[0.5396451966, 0.4953382638, 0.6313629875],
        singular: true,
    }
    .check(&model("y ~ 0 + f:e + (0 + x:f | h)").fit(&simulated()));
}

#[test]
fn numbers_group_and_labels_are_reused_within_them() {
    let fit = model("y ~ z + (1 | k/h) + (x || g)").fit(&simulated());
    Lme4 {
        criterion: 637.37208733,
        sigma: 0.669814081927,
        fixed: &[("(Intercept)", 2.3578582913, 0.25203190101), ("z", 0.178494683913, 0.0878112756033)],
        sd: &[0.0, 0.5438895808, 0.8049099255, 0.6599758516],
        singular: true,
    }
    .check(&fit);
    assert_eq!(*fit.terms[0].design.levels, ["0", "1", "2", "3", "4", "5"]);
}

/// Weights from 2e3 to 1.5e9.
#[test]
fn weights_may_differ_by_orders_of_magnitude() {
    let data = simulated();
    let weights = data.values("w").iter().map(|w| 1e6 * w * w * w * w * w * w * w * w).collect();
    Lme4 {
        criterion: 1308.5915508,
        sigma: 10770.1784215,
        fixed: &[("(Intercept)", 2.18015583626, 0.287368823931), ("x", 0.461712890502, 0.186926397822)],
        sd: &[0.9689629149, 0.6326465906],
        ..Lme4::default()
    }
    .check(&model("y ~ x + (x | g)").ml().weights("weight").fit(&data.real("weight", weights)));
}

#[test]
fn offsets_of_the_formula_and_of_the_spec_add_up() {
    Lme4 {
        criterion: 788.310003165,
        sigma: 1.11511762134,
        fixed: &[("(Intercept)", 2.34161033219, 0.231766343), ("x", 0.428472195576, 0.141773368683)],
        sd: &[0.759889896, 0.4666374646],
        ..Lme4::default()
    }
    .check(&model("y ~ x + offset(off) + (x | g)").offset("z").fit(&simulated()));
}

/// The criterion does not depend on where x and y have their zeros; lme4's values are those of the centred data (with x around 2000 it
/// stops 140 above them).
#[test]
fn far_from_zero_the_fit_is_the_same() {
    let fit = model("y ~ x + (x | g)").ml().fit(&simulated().map("x", |x| x + 2000.0));
    assert!(fit.outcome.converged && (fit.criterion - 674.486454977).abs() < 1e-6, "{} {:?}", fit.criterion, fit.outcome);
    assert!((fit.fixed.estimate[1] - 0.445488060532).abs() < 1e-6, "{}", fit.fixed.estimate[1]);
    assert!((fit.terms[0].sd[1] - 0.5281461904).abs() < 1e-6, "{}", fit.terms[0].sd[1]);

    let fit = model("y ~ x + (x | g)").fit(&simulated().map("y", |y| y + 1e9));
    assert!((fit.criterion - 677.439045368).abs() < 1e-6, "{}", fit.criterion);
    assert!((fit.fixed.estimate[0] - 1e9 - 2.34192229535).abs() < 1e-6, "{}", fit.fixed.estimate[0]);
    assert!((fit.fixed.std_error[1] - 0.16310319057).abs() < 1e-6, "{}", fit.fixed.std_error[1]);
}

/// A slope's variable may be as far from zero as it likes: intercepts are then extrapolations, and all else stays.
#[test]
fn far_slopes_keep_their_digits() {
    let near_zero = model("y ~ x + (x | g)").fit(&simulated());
    for far in [50.0, 2e3, 1e5, 1e6] {
        let fit = model("y ~ x + (x | g)").fit(&simulated().map("x", |x| x + far));
        assert!(fit.outcome.converged && fit.outcome.evaluations < 60, "{far}: {:?}", fit.outcome);
        let tolerance = 1e-9 + 1e-13 * far;
        assert!((fit.criterion - near_zero.criterion).abs() < 1e-6, "{far}: {} for {}", fit.criterion, near_zero.criterion);
        assert!((fit.terms[0].sd[1] / near_zero.terms[0].sd[1] - 1.0).abs() < 1e-6, "{far}: {:?}", fit.terms[0].sd);
        for (a, b) in fit.fitted.iter().zip(&near_zero.fitted) {
            assert!((a - b).abs() < 1e-6 + tolerance, "{far}: {a} for {b}");
        }
        let again = model("y ~ x + (x | g)").objective(&simulated().map("x", |x| x + far).frame(), &fit.theta).unwrap()[0];
        assert!((again - fit.criterion).abs() < 1e-5, "{far}: {again} for {}", fit.criterion);
    }
}

/// Without an intercept the random ones carry the mean, of which the criterion keeps few digits after the point: the search ends at what
/// rounding leaves of it. With a variance this large the groups are as good as fixed effects.
#[test]
fn random_intercepts_may_carry_a_large_mean() {
    let data = simulated().map("y", |y| 1000.0 + 0.01 * y);
    let fit = model("y ~ 0 + x + (1 | g)").fit(&data);
    assert!(fit.outcome.converged && fit.outcome.evaluations < 80, "{:?}", fit.outcome);
    let groups = contained("y ~ 0 + g + x + (1 | g)").fit(&data);
    let se = *groups.fixed.std_error.last().unwrap();
    assert!((fit.fixed.estimate[0] - groups.fixed.estimate.last().unwrap()).abs() < 1e-5 * se, "{:?}", fit.fixed.estimate);
    assert!((fit.fixed.std_error[0] / se - 1.0).abs() < 1e-5, "{:?} {se}", fit.fixed.std_error);
    assert!((fit.terms[0].sd[0] - 1000.0).abs() < 1.0, "{:?}", fit.terms[0].sd);
}

/// x, g, h and y of each row.
const TWO_MEANS: &str = "\
    0 1 10 8.1; 11 2 6 7.8; 102 3 1 15.2; 63 4 1 14.3; 11 5 9 11.6; -153 6 4 8.3; -187 7 1 3.1; -100 8 6 6.9; \
    25 9 6 11.7; 28 10 2 11.8; 48 11 8 11.6; -157 12 2 10.0; -106 1 6 7.6; -87 2 3 7.5; 19 3 9 14.1; -120 4 4 8.7; \
    83 5 8 11.5; 64 6 9 10.6; -4 7 4 13.3; -99 8 10 8.4; 106 9 10 15.1; -104 10 6 10.6; -162 11 6 3.4; 119 12 9 14.1; \
    -112 1 6 8.1; -131 2 5 9.4; 83 3 9 13.7; -271 4 10 7.4; 20 5 10 8.4; 2 6 5 9.6; -74 7 1 11.4; 44 8 9 9.5; \
    -47 9 5 9.5; -172 10 10 12.6; -20 11 5 7.2; -110 12 4 6.8; 81 1 10 11.1; 1 2 2 12.4; 119 3 9 16.0; -203 4 6 9.3; \
    -10 5 10 12.6; 224 6 4 14.5; 140 7 8 15.5; 73 8 6 10.2; 1 9 8 7.3; -165 10 8 11.2; 37 11 10 6.1; -195 12 4 7.9; \
    34 1 6 9.5; 161 2 7 13.2; -87 3 10 12.0; -28 4 10 9.0; 9 5 2 12.2; 99 6 8 13.9; 65 7 8 10.4; 66 8 9 9.4; 58 9 3 13.3; \
    -160 10 4 8.0";

fn two_means() -> Data {
    let rows: Vec<Vec<f64>> = TWO_MEANS.split("; ").map(|row| row.split(' ').map(|v| v.parse().unwrap()).collect()).collect();
    let column = |j: usize| rows.iter().map(move |row| row[j]).collect::<Vec<f64>>();
    let labels = |j: usize| rows.iter().map(move |row| row[j].to_string()).collect::<Vec<String>>();
    Data::default().real("x", column(0)).label("g", labels(1)).label("h", labels(2)).real("y", column(3))
}

/// Without an intercept either of two random ones can carry the mean. There is a minimum for each; that of h, at 312.84, is the nearer
/// one to where the search starts, as it is for lme4.
#[test]
fn the_better_of_two_random_intercepts_carries_the_mean() {
    for formula in ["y ~ 0 + x + (1 | g) + (1 | h)", "y ~ 0 + x + (1 | h) + (1 | g)"] {
        let fit = model(formula).fit(&two_means());
        assert!((fit.criterion - 304.457595394).abs() < 1e-6, "{} {:?}", fit.criterion, fit.theta);
        assert!(fit.outcome.converged && fit.outcome.evaluations < 80, "{:?}", fit.outcome);
    }
}

/// g, time, f, x and y of each row.
const TWO_CORRELATIONS: &str = "\
    1 3 1 -2.73 3.15; 1 7 2 -0.66 3.49; 1 9 0 0.01 4.85; 1 10 2 -0.12 2.91; 2 1 1 1.19 7.65; 2 2 1 0.17 4.86; \
    2 3 2 -0.42 4.18; 2 4 1 2.36 6.00; 3 1 2 2.34 5.41; 3 2 0 1.14 5.44; 3 4 2 0.13 1.72; 3 5 0 -2.35 2.02; \
    4 1 0 -0.96 3.47; 4 3 2 -0.55 2.26; 4 5 0 -0.34 0.80; 4 8 1 1.47 -0.30";

/// The likelihood has a maximum at a residual correlation of 0.6, to which the search comes first, and a higher one at -0.6 with larger
/// variances (nlme: -0.5874 and -27.0717, short of a singular covariance).
#[test]
fn residual_correlations_of_either_sign_are_looked_at() {
    let rows: Vec<Vec<f64>> =
        TWO_CORRELATIONS.split("; ").map(|row| row.split(' ').map(|v| v.parse().unwrap()).collect()).collect();
    let column = |j: usize| rows.iter().map(move |row| row[j]).collect::<Vec<f64>>();
    let labels = |j: usize| rows.iter().map(move |row| row[j].to_string()).collect::<Vec<String>>();
    let data = Data::default()
        .label("g", labels(0))
        .real("time", column(1))
        .label("f", labels(2))
        .real("x", column(3))
        .real("y", column(4));
    let mut spec = model("y ~ f + x + (1 + x | g)").spec();
    spec.correlation = Some(CorrelationSpec::Formula("ar1(time | g)".into()));
    let fits = [None, Some(vec![1.0, 0.5, 0.1, 0.6])].map(|theta0| {
        let options = Options { reml: false, theta0, ..Options::default() };
        Fit::new(&spec, Some(&data.frame()), &options, &Watch::unwatched()).unwrap()
    });
    assert!(fits.iter().all(|fit| fit.outcome.converged));
    let rho = fits.each_ref().map(|fit| fit.correlation().unwrap().estimate);
    assert!((rho[0] + 0.5874165501).abs() < 1e-6 && (rho[1] - 0.5984227789).abs() < 1e-6, "{rho:?}");
    assert!((fits[0].log_likelihood + 27.070434214795).abs() < 1e-6, "{}", fits[0].log_likelihood);
    assert!((fits[1].log_likelihood + 27.407305045687).abs() < 1e-6, "{}", fits[1].log_likelihood);
}

#[test]
fn effects_that_nearly_depend_on_each_other_are_warned_of() {
    let warned = |fit: &Fit| fit.design_warnings.iter().any(|w| w.contains("nearly dependent"));
    let data = simulated();
    // The distance of a variable from zero costs nothing.
    assert!(!warned(&model("y ~ x + (x | g)").fit(&data.map("x", |x| x + 1e6))));
    assert!(warned(&model("y ~ x + (x + I(2 * x + 3e-5 * z) | g)").fit(&data)));
    // Without correlations nothing is lost.
    assert!(!warned(&model("y ~ x + (x || g)").fit(&data.map("x", |x| x + 1e7))));
}

/// As lme4's argument, `contrasts` is for the fixed effects alone.
#[test]
fn contrasts_of_the_spec() {
    let mut wanted = model("y ~ f * e + (e | h)");
    wanted.formula.contrasts = vec![("f".into(), "contr.sum".into()), ("e".into(), "contr.helmert".into())];
    let fit = wanted.fit(&simulated());
    assert_eq!(fit.terms[0].design.effects, ["(Intercept)", "ev"]);
    Lme4 {
        criterion: 941.423389047,
        sigma: 1.65612537013,
        fixed: &[
            ("(Intercept)", 2.49765024167, 0.262232837062),
            ("f1", -0.123834296451, 0.152899407975),
            ("f2", 0.196091834125, 0.149754134004),
            ("e1", 0.10582854609, 0.10798001285),
            ("f1:e1", -0.287223550452, 0.154823859708),
            ("f2:e1", 0.0870939727029, 0.150739963368),
        ],
        sd: &[0.6126090641, 0.03870042327],
        singular: true,
    }
    .check(&fit);
}

#[test]
fn splines_and_polynomials_are_kept_for_new_data() {
    let fit = model("y ~ ns(x, 3) + poly(z, 2) + bs(w, df = 4) + (1 | g)").fit(&simulated());
    Lme4 {
        criterion: 785.931934814,
        sigma: 1.21566661126,
        fixed: &[
            ("(Intercept)", 0.984566187813, 0.519494219337),
            ("ns(x, 3)1", 1.10943629796, 0.346819998069),
            ("ns(x, 3)2", 2.88247921489, 0.711302101408),
            ("ns(x, 3)3", 2.79667112189, 0.292374670006),
            ("poly(z, 2)1", 3.84599181745, 1.2800260364),
            ("poly(z, 2)2", 2.84446808816, 1.29301459169),
            ("bs(w, df = 4)1", 0.529738912917, 0.758181175208),
            ("bs(w, df = 4)2", 0.401429042255, 0.647720818088),
            ("bs(w, df = 4)3", 0.381865534843, 0.706290990506),
            ("bs(w, df = 4)4", 0.350481153963, 0.495910279286),
        ],
        sd: &[0.7757368448],
        ..Lme4::default()
    }
    .check(&fit);
    let mut new = Frame::new(3);
    new.add_real("x", vec![-1.0, 0.0, 2.5]).unwrap();
    new.add_real("z", vec![0.5, -0.5, 0.0]).unwrap();
    new.add_real("w", vec![1.0, 1.5, 2.0]).unwrap();
    new.add_strings("g", &[Some("g00"), Some("g11"), Some("g11")]).unwrap();
    for (random, want) in
        [(true, [1.96317495838, 2.14269922002, 3.93506475596]), (false, [2.07818567361, 1.96005554628, 3.75242108221])]
    {
        let got =
            fit.predict(NewData::Frame(&new), PredictOptions { random, new_levels_zero: false }, &Watch::unwatched()).unwrap();
        for (g, w) in got.iter().zip(want) {
            assert!((g - w).abs() < 1e-6, "{got:?} for {want:?}");
        }
    }
}

#[test]
fn rows_with_missing_values_are_left_out_whatever_the_column() {
    let mut data = simulated();
    let missing = |i: usize, step: usize| (i + 1).is_multiple_of(step);
    for (name, step) in [("y", 17), ("x", 19)] {
        let values = data.values(name).iter().enumerate().map(|(i, v)| if missing(i, step) { f64::NAN } else { *v }).collect();
        data = data.real(name, values);
    }
    for (name, step) in [("g", 23), ("h", 29)] {
        let labels = data.labels.iter().find(|(n, _)| n == name).unwrap().1.clone();
        data = data.label(name, labels.into_iter().enumerate().map(|(i, v)| if missing(i, step) { String::new() } else { v }));
    }
    let fit = model("y ~ x + I(x^2) + scale(z) + (1 | g) + (1 | h)").fit(&data);
    assert_eq!((fit.n_obs, fit.rows.dropped.len()), (196, 44));
    Lme4 {
        criterion: 642.52191121,
        sigma: 1.10345484355,
        fixed: &[
            ("(Intercept)", 2.19585049492, 0.332137035215),
            ("x", 0.46457047636, 0.0479739227433),
            ("I(x^2)", 0.0795400185876, 0.0310836173662),
            ("scale(z)", 0.232731541736, 0.0819799597032),
        ],
        sd: &[0.7394607981, 0.5891944004],
        ..Lme4::default()
    }
    .check(&fit);
}

#[test]
fn nearly_as_many_fixed_effects_as_rows() {
    let first: Vec<usize> = (0..12).collect();
    Lme4 {
        criterion: 22.4076674908,
        sigma: 1.21107742183,
        fixed: &[
            ("(Intercept)", 2.64128237287, 6.05329888431),
            ("x", -0.324064783495, 0.751409672775),
            ("z", 1.90046713825, 1.26389586861),
            ("w", 0.757056152074, 6.16304205376),
            ("off", 0.654529242343, 1.16878721017),
            ("I(x^2)", -0.250602433802, 0.502379653037),
            ("I(z^2)", 0.960390802753, 3.02687736897),
            ("I(w^2)", -0.637236595363, 2.11781369488),
        ],
        sd: &[0.0],
        singular: true,
    }
    .check(&model("y ~ x + z + w + off + I(x^2) + I(z^2) + I(w^2) + (1 | e)").fit(&simulated().rows(&first)));
}

#[test]
fn a_response_without_residual_is_an_error_that_says_so() {
    let group = |i: i32| f64::from(i / 4);
    let data = Data::default()
        .real("x", (0..20).map(f64::from).collect())
        .real("g", (0..20).map(group).collect())
        .real("y", (0..20).map(|i| 2.0 * f64::from(i) + f64::from([1, 5, 2, 8, 3][i as usize / 4])).collect());
    let error = model("y ~ x + (1 | g)").failure(&data.frame());
    assert!(error.to_string().contains("fits the response exactly"), "{error}");
    // Residuals of 1e-7 of the groups' are some, but too few of their digits are left in cross-products.
    let y: Vec<f64> = data.values("y").iter().enumerate().map(|(i, y)| y + 1e-7 * f64::from((i as i32 * 7) % 5 - 2)).collect();
    let error = model("y ~ x + (1 | g)").failure(&data.real("y", y).frame());
    assert!(error.to_string().contains("or all but") && error.to_string().contains("1e-6"), "{error}");
}

/// Many more columns than rows are refused at the cost of as many as rows; dependent ones are left out at that cost, too.
#[test]
fn more_fixed_effects_than_rows() {
    let data = simulated().rows(&(0..40).collect::<Vec<_>>());
    let error = model("y ~ poly(x, 12) * poly(z, 12) * poly(w, 4) + (1 | g)").failure(&data.frame());
    assert!(error.message.contains("40 rows can't determine 845 fixed effects") && error.message.contains("more fixed"), "{error}");
    let powers: Vec<String> = (0..60).map(|k| format!("I(x + {k} * z)")).collect();
    let wide = model(&format!("y ~ x + {} + z + w + (1 | g)", powers.join(" + "))).fit(&data);
    let narrow = model("y ~ x + I(x + z) + w + (1 | g)").fit(&data);
    assert!((wide.criterion - narrow.criterion).abs() < 1e-8);
    assert_eq!((wide.fixed.names.join(" "), wide.fixed.dropped.len()), ("(Intercept) x I(x + 1 * z) w".into(), 60));
    let fitted = wide
        .predict(NewData::Frame(&data.frame()), PredictOptions { random: true, new_levels_zero: false }, &Watch::unwatched())
        .unwrap();
    assert!(fitted.iter().zip(&narrow.fitted).all(|(a, b)| (a - b).abs() < 1e-8));
}
