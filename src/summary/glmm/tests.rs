use super::*;
use crate::fit::FamilyParameter;
use crate::summary::fixture::{strings, tweedie};

fn own(fit: &mut Fit) -> &mut Generalised {
    fit.kind.generalised_mut().unwrap()
}

#[test]
fn each_predictor_has_its_sections() {
    let expected = "\
Generalized linear mixed model fit by maximum likelihood (Laplace approximation)
Family: tweedie (log)
Formula: y ~ x + (1 | g)

     AIC      BIC   logLik deviance df.resid
   110.0    116.0    -50.0    100.0       14

Scaled residuals:
   Min     1Q Median     3Q    Max
 -1.00  -0.25   0.50   1.25   2.00

Random effects:
 Groups Name        Variance Std.Dev.
 g      (Intercept) 0.25     0.5

Random effects, zero-inflation model:
 Groups Name        Variance Std.Dev.
 h      (Intercept) 4        2
Number of obs: 20, groups:  g, 4; h, 3

Family parameters:
      Estimate Std. Error
phi       0.77       0.07
power     1.64       0.03

Fixed effects, conditional model:
            Estimate Std. Error z value Pr(>|z|)
(Intercept)    1.000      0.250       4 6.33e-05
x             -0.500      0.125      -4 6.33e-05

Fixed effects, zero-inflation model:
  Estimate Std. Error z value Pr(>|z|)
z     0.50       0.25       2   0.0455

Correlation of Fixed Effects:
  (Intr)
x  0.000
";
    assert_eq!(tweedie().summary().unwrap(), expected);
}

#[test]
fn the_approximation_is_named() {
    let mut fit = tweedie();
    own(&mut fit).quadrature = 0;
    assert!(fit.summary().unwrap().contains("(Laplace approximation, fixed effects at their conditional mode)\n"));
    own(&mut fit).quadrature = 9;
    own(&mut fit).nodes = Nodes::Fixed;
    assert!(fit.summary().unwrap().contains("(non-adaptive Gauss-Hermite quadrature with 9 points)\n"));
    own(&mut fit).nodes = Nodes::Adaptive;
    own(&mut fit).information = Information::Expected;
    fit.reml = true;
    let heading = "by restricted maximum likelihood (adaptive Gauss-Hermite quadrature with 9 points, expected information)\n";
    assert!(fit.summary().unwrap().contains(heading), "{}", fit.summary().unwrap());
}

#[test]
fn parameters_that_were_given_or_depend_on_the_row_have_no_error() {
    let mut fit = tweedie();
    own(&mut fit).parameters[1] = FamilyParameter { name: "power".to_owned(), estimate: 1.5, std_error: f64::NAN, fixed: true };
    assert!(fit.summary().unwrap().contains("power     1.50      given\n"), "{}", fit.summary().unwrap());
    let dispersion = own(&mut fit).zero_inflation.take();
    own(&mut fit).dispersion = dispersion;
    own(&mut fit).parameters[0].estimate = f64::NAN;
    let text = fit.summary().unwrap();
    assert!(!text.contains("phi") && text.contains("Fixed effects, dispersion model:\n"), "{text}");
}

#[test]
fn columns_left_out_say_of_which_predictor() {
    let mut fit = tweedie();
    fit.fixed.dropped = strings(&["a"]);
    own(&mut fit).zero_inflation.as_mut().unwrap().fixed.dropped = strings(&["b"]);
    let text = fit.summary().unwrap();
    assert!(text.contains("column a left out: a linear combination"), "{text}");
    assert!(text.contains("column b of the zero inflation left out: a linear combination"), "{text}");
}

#[test]
fn without_random_effects_there_is_no_table_of_them() {
    let mut fit = tweedie();
    fit.terms.clear();
    own(&mut fit).zero_inflation = None;
    let text = fit.summary().unwrap();
    assert!(!text.contains("Random effects") && text.contains("\n\nNumber of obs: 20\n\n"), "{text}");
    assert!(text.contains("Fixed effects:\n"), "{text}");
}
