use super::*;
use crate::optimize::Reason;
use crate::summary::fixture::{diagonal_term, sleepstudy, strings};

fn normal(fit: &Fit) -> String {
    text(fit, DegreesOfFreedom::Same(f64::INFINITY)).unwrap()
}

#[test]
fn reads_as_lme4_prints_it() {
    let mut fit = sleepstudy();
    fit.n_obs = 180;
    let expected = "\
Linear mixed model fit by REML
Formula: Reaction ~ Days + (Days | Subject)

REML criterion at convergence: 1743.6

Scaled residuals:
    Min      1Q  Median      3Q     Max
-3.9536 -0.4634  0.0231  0.4634  5.1793

Random effects:
 Groups   Name        Variance Std.Dev. Corr
 Subject  (Intercept) 612.10   24.741
          Days         35.07    5.922   0.07
 Residual             654.94   25.592
Number of obs: 180, groups:  Subject, 18

Fixed effects:
            Estimate Std. Error t value Pr(>|z|)
(Intercept)  251.405      6.825  36.838   <2e-16
Days          10.467      1.546   6.771 1.27e-11
Pr(>|z|): normal approximation

Correlation of Fixed Effects:
     (Intr)
Days -0.138
";
    assert_eq!(normal(&fit), expected);
}

#[test]
fn maximum_likelihood_has_the_information_criteria() {
    let mut fit = sleepstudy();
    fit.reml = false;
    (fit.aic, fit.bic, fit.log_likelihood, fit.criterion) = (1763.94, 1783.1, -875.97, 1751.94);
    let text = normal(&fit);
    assert!(text.starts_with("Linear mixed model fit by maximum likelihood\n"), "{text}");
    let table = "
     AIC      BIC   logLik deviance df.resid
  1763.9   1783.1   -876.0   1751.9      174
";
    assert!(text.contains(table), "{text}");
    assert!(!text.contains("REML"));
}

#[test]
fn what_went_wrong_is_below() {
    let mut fit = sleepstudy();
    fit.singular = true;
    fit.outcome.boundary = strings(&["Subject: 0.98 (Intercept) - 0.20 Days"]);
    fit.outcome.converged = false;
    fit.outcome.reason = Reason::MaxEvaluations;
    fit.outcome.scaled_gradient = 0.25;
    fit.fixed.dropped = strings(&["x2"]);
    fit.rows.n_data = 8;
    fit.rows.dropped = vec![(1, "Days".into()), (3, "Subject".into()), (7, "Days".into())];
    fit.design_warnings = strings(&["predictors are on\nvery different scales"]);
    let text = normal(&fit);
    let notes = "
Days -0.138

not converged: the limit of evaluations was reached: a larger one, or another optimizer, may go further (11 evaluations, scaled gradient 0.25)
boundary (singular) fit: no variance in Subject: 0.98 (Intercept) - 0.20 Days
3 of 8 rows left out, by the first column missing there (Days: 2, Subject: 1)
column x2 left out: a linear combination of those before it
predictors are on very different scales
";
    assert!(text.ends_with(notes), "{text}");
}

#[test]
fn several_terms_of_a_group_are_numbered_and_have_no_correlations() {
    let mut fit = sleepstudy();
    fit.terms = vec![
        diagonal_term("Subject", &["(Intercept)"], 18, &[627.569]),
        diagonal_term("Subject", &["Days"], 18, &[35.858]),
        diagonal_term("Item", &["(Intercept)", "x"], 4, &[0.0, 1.0]),
    ];
    let text = normal(&fit);
    let table = "
 Groups    Name        Variance Std.Dev.
 Subject   (Intercept) 627.57   25.051
 Subject.1 Days         35.86    5.988
 Item      (Intercept)   0.00    0.000
           x             1.00    1.000
 Residual              654.94   25.592
Number of obs: 5, groups:  Subject, 18; Item, 4
";
    assert!(text.contains(table), "{text}");
}

#[test]
fn one_coefficient_has_no_correlations_and_many_are_not_shown() {
    let mut fit = sleepstudy();
    let p = 13;
    fit.fixed.names = (0..p).map(|i| format!("x{i}")).collect();
    fit.fixed.estimate = vec![1.0; p];
    fit.fixed.std_error = vec![0.5; p];
    fit.fixed.vcov = vec![0.25; p * p];
    assert!(normal(&fit).contains("not shown for 13 coefficients"));
    fit.fixed.names.truncate(1);
    fit.fixed.estimate.truncate(1);
    fit.fixed.std_error.truncate(1);
    fit.fixed.vcov.truncate(1);
    assert!(!normal(&fit).contains("Correlation of"));
    fit.fixed.names.clear();
    fit.fixed.estimate.clear();
    fit.fixed.std_error.clear();
    assert!(!normal(&fit).contains("Fixed effects:"));
}

#[test]
fn correlations_of_three_effects_and_coefficients() {
    let mut fit = sleepstudy();
    let term = &mut fit.terms[0];
    term.design.effects = strings(&["(Intercept)", "x", "z"]);
    term.design.structure.size = 3;
    term.cov = vec![0.0, 0.0, 0.0, 0.0, 4.0, -1.0, 0.0, -1.0, 1.0];
    term.sd = vec![0.0, 2.0, 1.0];
    let nan = f64::NAN;
    term.corr = vec![nan, nan, nan, nan, 1.0, -0.5, nan, -0.5, 1.0];
    fit.fixed.names = strings(&["(Intercept)", "temperature.L", "temperature.Q"]);
    fit.fixed.estimate = vec![1e-9, -20.0, 0.0];
    fit.fixed.std_error = vec![1e-10, 3.0, 1.0];
    fit.fixed.vcov = vec![1.0, -0.25, 0.5, -0.25, 1.0, 0.125, 0.5, 0.125, 1.0];
    fit.terms[0].modes.clear();
    let text = normal(&fit);
    let random = "
 Groups   Name        Variance Std.Dev. Corr
 Subject  (Intercept)   0.0     0.00
          x             4.0     2.00    NaN
          z             1.0     1.00    NaN  -0.50
 Residual             654.9    25.59
";
    assert!(text.contains(random), "{text}");
    let coefficients = "
              Estimate Std. Error t value Pr(>|z|)
(Intercept)      1e-09      1e-10  10.000   <2e-16
temperature.L   -2e+01      3e+00  -6.667 2.62e-11
temperature.Q    0e+00      1e+00   0.000        1
";
    assert!(text.contains(coefficients), "{text}");
    let correlations = "
            (Intr) tmpr.L
temperatr.L -0.250
temperatr.Q  0.500  0.125
";
    assert!(text.contains(correlations), "{text}");
}

#[test]
fn empty_and_padded_residuals() {
    let mut fit = sleepstudy();
    fit.residuals_pearson = vec![f64::NAN, 2.0 * fit.sigma, f64::NAN];
    assert!(normal(&fit).contains("Min     1Q Median     3Q    Max\n     2      2      2      2      2\n"), "{}", normal(&fit));
    fit.residuals_pearson.clear();
    assert!(!normal(&fit).contains("Scaled residuals"));
    fit.residuals_pearson = vec![0.0; 4];
    assert!(normal(&fit).contains("     0      0      0      0      0\n"));
}
