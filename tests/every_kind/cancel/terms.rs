//! Tests of terms are stopped at any of their calls.

use super::*;
use interlace::inference::drop1::drop1_f_table;
use interlace::inference::ordinal_terms::{Beyond, ordinal_terms_table};
use interlace::inference::step::{StepOptions, step_table};

#[test]
fn terms_left_out_by_f_tests() {
    let fit = fitted(&spec(ModelKind::Lmm, "y ~ x * f + (1 | g)"), &Options::default());
    let (frame, freedom) = (data(), DegreesOfFreedom::Same(f64::INFINITY));
    check("drop1", &[Phase::Test], &|watch| drop1_f_table(&fit, Some(&frame), freedom, watch).map(|own| text(&own)));
}

#[test]
fn terms_of_generalised_and_ordinal_models() {
    let (frame, freedom) = (data(), DegreesOfFreedom::Same(f64::INFINITY));
    for (kind, formula) in [(ModelKind::Glmm, "count ~ x * f + (1 | g)"), (ModelKind::Clmm, "grade ~ x + f + (1 | g)")] {
        let fit = fitted(&spec(kind, formula), &Options::default());
        let table = |watch: &Watch<'_>| anova_table(&fit, Some(&frame), AnovaType::II, freedom, watch).map(|own| text(&own));
        check("anova", &[Phase::Test], &table);
        check("drop1", &[Phase::Model], &|watch| drop1_table(&fit, Some(&frame), watch).map(|own| text(&own)));
        for beyond in [Beyond::Nominal, Beyond::Scale].into_iter().filter(|_| kind == ModelKind::Clmm) {
            let table = |watch: &Watch<'_>| ordinal_terms_table(&fit, Some(&frame), beyond, watch).map(|own| text(&own));
            check("terms beyond the location", &[Phase::Model], &table);
        }
    }
}

#[test]
fn eliminations_and_conditional_aics() {
    let linear = [Phase::Model, Phase::DegreesOfFreedom, Phase::Model];
    let all = [(ModelKind::Lmm, "y ~ x + f + (1 | g)", &linear[..]), (ModelKind::Clmm, "grade ~ x + (1 | g)", &linear[..1])];
    for (kind, formula, phases) in all {
        let fit = fitted(&spec(kind, formula), &Options::default());
        let table = |watch: &Watch<'_>| step_table(&fit, StepOptions::default(), watch).map(|own| text(&own));
        check("step", phases, &table);
    }
    let fit = fitted(&spec(ModelKind::Lmm, "y ~ x + (1 | g)"), &Options::default());
    let work = |watch: &Watch<'_>| fit.conditional_aic(watch).map(|own| format!("{own:?}"));
    cancelled_everywhere("conditional AIC", &work);
    assert_eq!(late("conditional AIC", &work).unwrap_err().code, Code::Deadline);
}
