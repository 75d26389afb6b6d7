//! Contrast matrices of the caller's. Figures are those of lme4 1.1-31 with R 4.2.2.

use crate::common::close::{close, near};
use crate::common::frames::frame;
use crate::common::generalised::{Generalised, linear};
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::inference::anova::{AnovaType, anova_table};
use interlace::inference::degrees_of_freedom::DegreesOfFreedom;
use interlace::watch::Watch;

const OWN: &str = "ac: 1,0,-1; bc: 0,2,1";

fn cake(formula: &str, contrasts: &str) -> Generalised {
    let own = [("recipe".to_owned(), contrasts.to_owned())];
    linear(formula, frame("cake.csv", &["replicate"])).formula(|spec| spec.contrasts = own.to_vec())
}

fn tests(fit: &Fit, kind: AnovaType) -> Vec<f64> {
    let normal = DegreesOfFreedom::Same(f64::INFINITY);
    let table: Frame = anova_table(fit, None, kind, normal, &Watch::unwatched()).unwrap();
    table.column("statistic").unwrap().as_real().unwrap().unwrap().to_vec()
}

/// lmer(angle ~ recipe + temp + (1 | recipe:replicate), contrasts = list(recipe = cbind(ac = c(1, 0, -1), bc = c(0, 2, 1))))
#[test]
fn coefficients_are_those_of_r() {
    let fit = cake("angle ~ recipe + temp + (1 | recipe:replicate)", OWN).fit();
    assert_eq!(fit.fixed.names, ["(Intercept)", "recipeac", "recipebc", "temp"]);
    let estimates = [0.993_650_793_648_25, 0.522_222_222_222_13, -0.477_777_777_777_80, 0.158_031_746_031_76];
    let errors = [3.678_946_008_177_241, 1.418_118_531_218_936, 1.418_118_531_218_914, 0.016_215_774_324_869];
    close("estimate", &fit.fixed.estimate, &estimates, 1e-7);
    close("std_error", &fit.fixed.std_error, &errors, 1e-5);
    // In the formula the same.
    let text = format!("angle ~ C(recipe, \"{OWN}\") + temp + (1 | recipe:replicate)");
    close("C()", &linear(&text, frame("cake.csv", &["replicate"])).fit().fixed.estimate, &fit.fixed.estimate, 1e-9);
}

/// The space of the columns is that of other contrasts, and so are hypotheses and likelihoods.
#[test]
fn tests_of_terms_do_not_depend_on_them() {
    let formula = "angle ~ recipe * temperature + (1 | recipe:replicate)";
    let (own, usual) = (cake(formula, OWN).fit(), cake(formula, "contr.treatment").fit());
    for kind in [AnovaType::I, AnovaType::II, AnovaType::III] {
        close("F", &tests(&own, kind), &tests(&usual, kind), 1e-6);
    }
    let ml = |contrasts| cake(formula, contrasts).options(|own| own.reml = false).fit().log_likelihood;
    near("log-likelihood", ml(OWN), ml("contr.treatment"), 1e-9);
}

#[test]
fn what_is_no_contrast_matrix() {
    let message = |contrasts| cake("angle ~ recipe + (1 | replicate)", contrasts).try_fit().unwrap_err().message;
    assert!(message("1,0,-1").contains("contrasts have 1 columns, wanted one less than the 3 levels"));
    assert!(message("1,0; 0,1").contains("column 1 of the contrasts has 2 weights"));
    assert!(message("1,0,-1; 2,0,-2").contains("column 2 of the contrasts is a combination"));
    assert!(message("1,0,x; 2,0,-2").contains("unknown contrasts"));
}
