//! Fits for the tests. The linear one: the numbers of lme4's fit of `Reaction ~ Days + (Days | Subject)` to sleepstudy, with few rows and
//! two levels.

use std::sync::Arc;

use crate::clmm::family::Cumulative;
use crate::covariance::Structure;
use crate::design::{ModelProgram, RowLedger, TermDesign};
use crate::family::Link;
use crate::family::by_name;
use crate::fit::estimable::Estimable;
use crate::fit::{FamilyParameter, Fit, FixedEffects, Generalised, Kind, Nominal, Ordinal, Outcome, PredictorFit, TermFit};
use crate::formula::StructureKind;
use crate::linalg::dense::semidefinite_cholesky;
use crate::optimize::Reason;
use crate::options::{Information, Nodes};
use crate::spec::Threshold;

pub const SIGMA: f64 = 25.591_795_721_675_3;

const VCOV: [f64; 4] = [46.575_120_048_79, -1.451_088_416_63, -1.451_088_416_63, 2.389_465_623_21];

pub fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

fn term(group: &str, effects: &[&str], levels: Vec<String>, cov: &[f64], kind: StructureKind) -> TermFit {
    let r = effects.len();
    let sd: Vec<f64> = (0..r).map(|i| cov[i + r * i].sqrt()).collect();
    let corr = (0..r * r).map(|k| cov[k] / (sd[k % r] * sd[k / r])).collect();
    TermFit {
        root: semidefinite_cholesky(r, cov),
        cov: cov.to_vec(),
        sd,
        corr,
        modes: (0..r * levels.len()).map(|k| k as f64).collect(),
        condvar: (0..r * r * levels.len()).map(|k| (k * k) as f64).collect(),
        condvar_full: None,
        boundary: Vec::new(),
        design: TermDesign {
            group: group.to_string(),
            effects: strings(effects),
            structure: Structure { kind, homogeneous: false, size: r },
            levels: Arc::new(levels),
            index: Vec::new(),
            z: None,
        },
    }
}

/// One term with variances only, as many as effects.
pub fn diagonal_term(group: &str, effects: &[&str], levels: usize, variances: &[f64]) -> TermFit {
    let r = effects.len();
    let mut cov = vec![0.0; r * r];
    for (i, v) in variances.iter().enumerate() {
        cov[i + r * i] = *v;
    }
    term(group, effects, (0..levels).map(|l| format!("l{l}")).collect(), &cov, StructureKind::Diagonal)
}

/// The restricted fit. The residuals are such that their quartiles are lme4's.
pub fn sleepstudy() -> Fit {
    let levels = (308..326).map(|s: i32| s.to_string()).collect();
    let cov = [612.100_158_024_77, 9.604_408_951_16, 9.604_408_951_16, 35.071_714_450_94];
    let scaled = [-3.953_567_345_367, -0.463_397_683_127_1, 0.023_117_664_779_4, 0.463_402_078_150_3, 5.179_260_373_411_2];
    let residuals: Vec<f64> = scaled.iter().map(|r| r * SIGMA).collect();
    Fit {
        has_rows: true,
        penalty: 0.0,
        priors: vec![],
        robust: None,
        reduced: None,
        estimable: Estimable::default(),
        kind: Kind::Linear(None, None),
        formula: "Reaction ~ Days + (Days | Subject)".to_string(),
        reml: true,
        fixed: FixedEffects {
            names: strings(&["(Intercept)", "Days"]),
            estimate: vec![251.405_104_848_5, 10.467_285_959_6],
            std_error: vec![46.575_120_048_79_f64.sqrt(), 2.389_465_623_21_f64.sqrt()],
            vcov: VCOV.to_vec(),
            root: semidefinite_cholesky(2, &VCOV),
            dropped: Vec::new(),
        },
        theta: vec![0.966_741_773_967, 0.015_169_058_896, 0.230_909_953_208],
        theta_names: strings(&["Subject.(Intercept)", "Subject.Days.(Intercept)", "Subject.Days"]),
        terms: vec![term("Subject", &["(Intercept)", "Days"], levels, &cov, StructureKind::Unstructured)],
        sigma: SIGMA,
        log_likelihood: -871.814_135_98,
        criterion: 1_743.628_271_96,
        aic: 1_755.628_271_96,
        bic: 1_774.786_013_07,
        npar: 6,
        df_residual: 174,
        n_obs: 5,
        y: vec![250.0; 5],
        fitted: (0..5).map(|i| 250.0 + f64::from(i)).collect(),
        residuals_pearson: residuals.clone(),
        residuals,
        weights: None,
        offset: None,
        x: Vec::new(),
        singular: false,
        outcome: Outcome {
            converged: true,
            reason: Reason::Converged,
            evaluations: 11,
            scaled_gradient: 1.234e-9,
            boundary: Vec::new(),
        },
        design_warnings: Vec::new(),
        rows: RowLedger { n_data: 5, ..RowLedger::default() },
        timing: (0.0, 0.0),
        program: ModelProgram::default(),
        kept: vec![0, 1],
    }
}

fn parameter(name: &str, estimate: f64, std_error: f64) -> FamilyParameter {
    FamilyParameter { name: name.to_owned(), estimate, std_error, fixed: false }
}

fn fixed(names: &[&str], estimate: &[f64], std_error: &[f64]) -> FixedEffects {
    let p = names.len();
    let vcov = (0..p * p).map(|e| if e % (p + 1) == 0 { std_error[e % p].powi(2) } else { 0.0 }).collect();
    let root = (0..p * p).map(|e| if e % (p + 1) == 0 { std_error[e % p] } else { 0.0 }).collect();
    FixedEffects {
        names: strings(names),
        estimate: estimate.to_vec(),
        std_error: std_error.to_vec(),
        vcov,
        root,
        dropped: Vec::new(),
    }
}

/// A zero-inflated generalised fit, of numbers that print well.
pub fn tweedie() -> Fit {
    let mut fit = sleepstudy();
    fit.reml = false;
    fit.formula = "y ~ x + (1 | g)".to_owned();
    fit.n_obs = 20;
    fit.fixed = fixed(&["(Intercept)", "x"], &[1.0, -0.5], &[0.25, 0.125]);
    fit.terms = vec![diagonal_term("g", &["(Intercept)"], 4, &[0.25])];
    fit.residuals_pearson = vec![-1.0, 0.5, f64::NAN, 2.0];
    (fit.aic, fit.bic, fit.log_likelihood, fit.criterion, fit.df_residual) = (110.0, 116.0, -50.0, 100.0, 14);
    let zero = PredictorFit {
        estimable: Estimable::default(),
        fixed: fixed(&["z"], &[0.5], &[0.25]),
        terms: vec![diagonal_term("h", &["(Intercept)"], 3, &[4.0])],
        x: Vec::new(),
        offset: None,
        log_unit: 0.0,
        eta: Vec::new(),
        kept: vec![0],
    };
    fit.kind = Kind::Generalised(Box::new(Generalised {
        engine: None,
        family: by_name("tweedie", None).unwrap(),
        zero: None,
        information: Information::Observed,
        quadrature: 1,
        nodes: Nodes::Adaptive,
        mode_steps: 0,
        separated: vec![],
        at_edge: vec![],
        psi: vec![0.0, 0.0],
        parameters: vec![parameter("phi", 0.77, 0.07), parameter("power", 1.64, 0.03)],
        zero_inflation: Some(zero),
        dispersion: None,
        eta: Vec::new(),
        ends: None,
        vcov_names: Vec::new(),
        vcov: Vec::new(),
        root: Vec::new(),
        working_theta: Vec::new(),
    }));
    fit
}

/// An ordinal fit of three categories with a scale and nominal effects.
pub fn ordered() -> Fit {
    let mut fit = tweedie();
    (fit.sigma, fit.fixed) = (1.0, fixed(&["x"], &[-0.5], &[0.125]));
    let mut own = fit.generalised().unwrap().clone();
    own.dispersion = own.zero_inflation.take();
    own.dispersion.as_mut().unwrap().terms.clear();
    own.family = Box::new(Cumulative::new(Link::Logit, 3).unwrap());
    own.parameters = vec![
        parameter("lo|mid", -1.0, 0.5),
        parameter("mid|hi", 2.0, 0.5),
        parameter("lo|mid.w", 0.25, 0.25),
        parameter("mid|hi.w", 0.75, 0.25),
    ];
    let ordinal = Ordinal {
        categories: strings(&["lo", "mid", "hi"]),
        threshold: Threshold::Flexible,
        thresholds: fixed(&["lo|mid", "mid|hi"], &[-1.0, 2.0], &[0.5, 0.5]),
        alpha_names: strings(&["lo|mid", "mid|hi"]),
        jacobian: vec![1.0, 0.0, 0.0, 1.0],
        nominal: Some(Nominal { names: strings(&["w"]), dropped: vec![], x: vec![], kept: vec![0] }),
    };
    fit.kind = Kind::Ordinal(Box::new(own), Box::new(ordinal));
    fit
}

/// What only an ordinal fit has.
pub fn own_of(fit: &mut Fit) -> (&mut Generalised, &mut Ordinal) {
    let Kind::Ordinal(own, ordinal) = &mut fit.kind else { panic!("the fit is not ordinal") };
    (own, ordinal)
}
