use super::*;
use crate::summary::fixture::{ordered, own_of, strings};

#[test]
fn thresholds_follow_the_coefficients() {
    let expected = "\
Cumulative link mixed model fit by maximum likelihood (Laplace approximation)
Formula: y ~ x + (1 | g)

 link  threshold nobs logLik AIC    BIC    evaluations gradient
 logit flexible  20   -50.00 110.00 116.00 11          <1e-4

Random effects:
 Groups Name        Variance Std.Dev.
 g      (Intercept) 0.25     0.5
Number of obs: 20, groups:  g, 4

Coefficients:
  Estimate Std. Error z value Pr(>|z|)
x   -0.500      0.125      -4 6.33e-05

Log-scale coefficients:
  Estimate Std. Error z value Pr(>|z|)
z     0.50       0.25       2   0.0455

Threshold coefficients:
       Estimate Std. Error z value
lo|mid     -1.0        0.5      -2
mid|hi      2.0        0.5       4

Nominal effects:
         Estimate Std. Error z value Pr(>|z|)
lo|mid.w     0.25       0.25       1   0.3173
mid|hi.w     0.75       0.25       3   0.0027
";
    assert_eq!(ordered().summary().unwrap(), expected);
}

#[test]
fn thresholds_that_are_tied_are_listed_beside_their_parameters() {
    let mut fit = ordered();
    let (own, ordinal) = own_of(&mut fit);
    ordinal.threshold = Threshold::Equidistant;
    ordinal.nominal = None;
    own.parameters.truncate(2);
    own.parameters[0].name = "threshold.1".to_owned();
    own.parameters[1].name = "spacing".to_owned();
    fit.fixed = FixedEffects { names: vec![], estimate: vec![], std_error: vec![], vcov: vec![], root: vec![], dropped: vec![] };
    let text = fit.summary().unwrap();
    for part in [" logit equidistant ", "\nthreshold.1     -1.0 ", "\nThresholds:\n", "\nlo|mid     -1.0 "] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert!(!text.contains("Nominal effects") && !text.contains("\nCoefficients"), "{text}");
}

#[test]
fn columns_left_out_are_those_of_scale_or_nominal_effects() {
    let mut fit = ordered();
    let (own, ordinal) = own_of(&mut fit);
    own.dispersion.as_mut().unwrap().fixed.dropped = strings(&["a"]);
    ordinal.nominal.as_mut().unwrap().dropped = strings(&["b"]);
    let text = fit.summary().unwrap();
    assert!(text.contains("column a of the scale left out: a linear combination"), "{text}");
    assert!(text.contains("column b of the nominal effects left out: a linear combination"), "{text}");
    fit.outcome.scaled_gradient = 0.25;
    assert!(fit.summary().unwrap().contains(" 0.25\n"), "{}", fit.summary().unwrap());
}
