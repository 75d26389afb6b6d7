//! Marginal means and likelihood-ratio tests of generalised models. Expected values: lme4 1.1-31 and glmmTMB 1.1.5, or figures worked
//! out here from coefficients.

use crate::common::frames::{frame, reals};
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::inference::adjust::Adjustment;
use interlace::inference::contrast::Contrasts;
use interlace::inference::linear::Coefficients;
use interlace::inference::lrt::{Null, likelihood_ratio};
use interlace::inference::marginal_means::{MarginalMeans, MeansSpec, ResponseScale, Weighting};
use interlace::options::{Information, Nodes, Options, StdErrors};
use interlace::spec::{FormulaSpec, ModelKind, PredictorSpec, Source, Spec};
use interlace::watch::Watch;

fn spec(family: &str, formula: &str) -> Spec {
    let source = Source::Formula(FormulaSpec { formula: formula.into(), ..Default::default() });
    let mut spec = Spec::new(ModelKind::Glmm, source);
    spec.family.name = family.into();
    spec
}

fn fit_spec(spec: &Spec, frame: &Frame, options: &Options) -> Fit {
    Fit::new(spec, Some(frame), options, &Watch::unwatched()).unwrap()
}

fn fit(family: &str, formula: &str, frame: &Frame) -> Fit {
    fit_spec(&spec(family, formula), frame, &Options::default())
}

const FULL: &str = "cbind(incidence, size - incidence) ~ period + (1 | herd)";
const REDUCED: &str = "cbind(incidence, size - incidence) ~ 1 + (1 | herd)";

#[test]
fn means_of_a_binomial_model_on_both_scales() {
    let frame = frame("cbpp.csv", &[]);
    let fit = fit("binomial", FULL, &frame);
    let means =
        MarginalMeans::of_fit(&fit, Some(&frame), &MeansSpec::parse("~ period").unwrap(), Weighting::Equal, &Watch::unwatched())
            .unwrap();
    let own = Coefficients { estimate: &fit.fixed.estimate, root: &fit.fixed.root, df: &|_| f64::INFINITY, robust: None };
    // lme4's coefficients: of period 1, and what the others differ by.
    let first = -1.398_532_1_f64;
    let link: [f64; 4] = [first, first - 0.992_332_8, first - 1.128_671_6, first - 1.580_313_8];
    let scale = ResponseScale::of_family(&*fit.generalised().unwrap().family);
    let (on_link, response) = (
        means.table(&own, None, 0.95, &Watch::unwatched()).unwrap(),
        means.table(&own, scale.as_ref(), 0.95, &Watch::unwatched()).unwrap(),
    );
    for (k, eta) in link.into_iter().enumerate() {
        let p = 1.0 / (1.0 + (-eta).exp());
        assert!((reals(&on_link, "estimate")[k] - eta).abs() < 1e-5, "{k}: {:?}", reals(&on_link, "estimate"));
        assert!((reals(&response, "response")[k] - p).abs() < 1e-5);
        let error = reals(&on_link, "std_error")[k] * p * (1.0 - p);
        assert!((reals(&response, "std_error")[k] - error).abs() < 1e-6);
        let limit = reals(&on_link, "upper")[k];
        assert!((reals(&response, "upper")[k] - 1.0 / (1.0 + (-limit).exp())).abs() < 1e-12);
    }
    let pairs = means.contrasts(&own, &Contrasts::Pairwise, Adjustment::None, scale.as_ref(), 0.95, &Watch::unwatched()).unwrap();
    // Period 1 over period 2, and period 3 over period 4.
    let odds = reals(&pairs, "odds_ratio");
    assert!((odds[0] - 0.992_332_8_f64.exp()).abs() < 1e-4, "{odds:?}");
    assert!((odds[5] - (1.580_313_8_f64 - 1.128_671_6).exp()).abs() < 1e-4, "{odds:?}");
    // A difference from the first period is a coefficient: its test is the coefficient's.
    let z = fit.fixed.estimate[1] / fit.fixed.std_error[1];
    assert!((reals(&pairs, "statistic")[0] + z).abs() < 1e-10);
}

#[test]
fn scales_of_links() {
    let frame = frame("sim_families.csv", &[]);
    let scale = |family: &str, link: &str, response: &str| {
        let mut spec = spec(family, &format!("{response} ~ x + (1 | g)"));
        spec.family.link = Some(link.into());
        let fit = fit_spec(&spec, &frame, &Options::default());
        ResponseScale::of_family(&*fit.generalised().unwrap().family)
    };
    let root = scale("poisson", "sqrt", "y_pois").unwrap();
    assert_eq!(((root.linkinv)(3.0), (root.mu_eta)(3.0), root.ratio), (9.0, 6.0, None));
    assert!(scale("gaussian", "identity", "y_pois").is_none());
}

#[test]
fn a_likelihood_ratio_of_lme4() {
    let frame = frame("cbpp.csv", &[]);
    let (full, reduced) = (fit("binomial", FULL, &frame), fit("binomial", REDUCED, &frame));
    let tests = likelihood_ratio(&[&full, &reduced], true, &Watch::unwatched()).unwrap();
    let test = tests[1].1.as_ref().unwrap();
    assert_eq!((tests[0].0, test.df, test.null, &test.warning), (1, 3, Null::ChiSquare, &None));
    assert!((reduced.log_likelihood + 104.831_313_594).abs() < 1e-6);
    assert!((test.chi_square - 25.610_063_445).abs() < 1e-6, "{}", test.chi_square);
    assert!((test.p_value / 1.150_936_694e-5 - 1.0).abs() < 1e-5, "{}", test.p_value);
}

fn zip(zero: Option<&str>, frame: &Frame) -> Fit {
    let mut spec = spec("poisson", "y_zip ~ x + (1 | g)");
    spec.zero_inflation = zero.map(|formula| PredictorSpec::Formula(formula.into()));
    fit_spec(&spec, frame, &Options::default())
}

#[test]
fn a_likelihood_ratio_of_the_zero_inflation() {
    let frame = frame("sim_families.csv", &[]);
    let (none, constant, slope) = (zip(None, &frame), zip(Some("~ 1"), &frame), zip(Some("~ z"), &frame));
    let tests = likelihood_ratio(&[&slope, &none, &constant], false, &Watch::unwatched()).unwrap();
    assert_eq!(tests.iter().map(|(i, _)| *i).collect::<Vec<_>>(), [1, 2, 0]);
    assert!((slope.log_likelihood + 668.265_917_645).abs() < 1e-6);
    for (_, test) in &tests[1..] {
        let test = test.as_ref().unwrap();
        assert!(test.df == 1 && test.chi_square > 1.0 && test.warning.is_none(), "{test:?}");
    }
    let test = tests[2].1.as_ref().unwrap();
    assert!((test.chi_square - 2.0 * (slope.log_likelihood - constant.log_likelihood)).abs() < 1e-9);
    // Another predictor of the zeros, and more parameters: not nested.
    let other = zip(Some("~ x"), &frame);
    let warning = |a: &Fit, b: &Fit| {
        likelihood_ratio(&[a, b], false, &Watch::unwatched()).unwrap()[1].1.clone().unwrap().warning.unwrap_or_default()
    };
    assert!(warning(&slope, &other).contains("'z' of the zero inflation"), "{}", warning(&slope, &other));
    let both = fit("poisson", "y_zip ~ x + z + I(x^2) + (1 | g)", &frame);
    assert!(warning(&constant, &both).contains("lacks the model of the zero inflation"), "{}", warning(&constant, &both));
}

#[test]
fn fits_that_can_not_be_compared() {
    let frame = frame("cbpp.csv", &[]);
    let full = fit("binomial", FULL, &frame);
    let failure = |other: &Fit| likelihood_ratio(&[&full, other], false, &Watch::unwatched()).unwrap_err().message;
    assert!(failure(&fit("betabinomial", REDUCED, &frame)).contains("their families are binomial and betabinomial"));
    let mut probit = spec("binomial", REDUCED);
    probit.family.link = Some("probit".into());
    assert!(failure(&fit_spec(&probit, &frame, &Options::default())).contains("their links are logit and probit"));
    let with = |change: fn(&mut Options)| {
        let mut options = Options::default();
        change(&mut options);
        failure(&fit_spec(&spec("binomial", REDUCED), &frame, &options))
    };
    assert!(with(|o| o.quadrature = 5).contains("by 1 and 5 quadrature points"));
    assert!(with(|o| (o.quadrature, o.nodes) = (5, Nodes::Fixed)).contains("by 1 and -5 quadrature points"));
    assert!(with(|o| o.information = Information::Expected).contains("observed"));
    let mut offset = spec("binomial", REDUCED);
    if let Source::Formula(formula) = &mut offset.source {
        formula.offset = Some("prop".into());
    }
    assert!(failure(&fit_spec(&offset, &frame, &Options::default())).contains("offsets differ"));
}

#[test]
fn residual_variances_by_group_are_a_dispersion_formula() {
    // nlme 3.1-162, lme(distance ~ age + Sex, random = ~ 1 | Subject, weights = varIdent(form = ~ 1 | Sex)).
    // Its standard errors are those given the variances.
    let frame = frame("Orthodont.csv", &[]);
    let mut spec = spec("gaussian", "distance ~ age + Sex + (1 | Subject)");
    spec.dispersion = Some(PredictorSpec::Formula("~ 0 + Sex".into()));
    for (reml, log_likelihood, sigma, estimate, sd) in [
        (true, -210.178_371_367_44, [0.800_071_18, 1.761_757_69], 0.549_887_11, 1.839_463_9),
        (false, -208.600_484_826_73, [0.790_146_74, 1.757_390_43], 0.548_810_75, 1.762_629_3),
    ] {
        let options = Options { reml_generalised: reml, std_errors: StdErrors::Conditional, ..Options::default() };
        let fit = fit_spec(&spec, &frame, &options);
        let close = |got: f64, want: f64| assert!((got / want - 1.0).abs() < 2e-6, "{got} for {want}");
        assert!((fit.log_likelihood - log_likelihood).abs() < 1e-9, "{}", fit.log_likelihood);
        let dispersion = fit.generalised().unwrap().dispersion.as_ref().unwrap();
        for (log_variance, want) in dispersion.fixed.estimate.iter().zip(sigma) {
            close((0.5 * log_variance).exp(), want);
        }
        close(fit.fixed.estimate[1], estimate);
        close(fit.theta[0], sd);
        if reml {
            let std_error = [0.770_046_8, 0.047_309_57, 0.762_970_5];
            fit.fixed.std_error.iter().zip(std_error).for_each(|(got, want)| close(*got, want));
        }
    }
}
