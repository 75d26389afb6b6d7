//! What a Cox fit does not answer says so.

use crate::common::frames::frame;
use interlace::diagnostics::ResidualKind;
use interlace::error::{Code, Result};
use interlace::fit::{Fit, ParameterForm, Role};
use interlace::inference::degrees_of_freedom::{DfMethod, KenwardRoger, Satterthwaite};
use interlace::options::Options;
use interlace::resample::BootstrapOptions;
use interlace::spec::{FormulaSpec, ModelKind, Source, Spec};
use interlace::watch::Watch;

fn kidney() -> Fit {
    let source = FormulaSpec { formula: "Surv(time, status) ~ age + sex + (1 | id)".into(), ..Default::default() };
    let spec = Spec::new(ModelKind::Coxme, Source::Formula(source));
    Fit::new(&spec, Some(&frame("kidney.csv", &["id"])), &Options::default(), &Watch::unwatched()).unwrap()
}

fn refused<T>(what: &str, result: Result<T>) {
    match result {
        Ok(_) => panic!("{what} was answered"),
        Err(error) => assert!(error.code == Code::Unsupported && error.message.contains("Cox"), "{what}: {error}"),
    }
}

#[test]
fn what_is_not_carried_over_is_unsupported() {
    let (fit, watch) = (kidney(), Watch::unwatched());
    refused("R2", fit.r2(&watch));
    refused("overdispersion", fit.overdispersion());
    refused("quantile residuals", fit.quantile_residuals(1, &watch));
    for kind in [ResidualKind::Pearson, ResidualKind::Working, ResidualKind::Normalized] {
        refused("residuals", fit.residuals_of(kind, &Watch::unwatched()));
    }
    let drawn = BootstrapOptions { replicates: 2, ..BootstrapOptions::default() };
    refused("standard error of the response's median", fit.bootstrap_std_error(&drawn, |y| Ok(y[0]), &watch));
    refused("Satterthwaite's degrees of freedom", Satterthwaite::of(&fit, &watch).map(drop));
    refused("Kenward and Roger's degrees of freedom", KenwardRoger::of(&fit, &watch).map(drop));
    refused("residual degrees of freedom", DfMethod::Residual.check(&fit));
}

#[test]
fn what_is_answered_has_the_right_sizes() {
    let fit = kidney();
    assert_eq!(fit.residuals_of(ResidualKind::Response, &Watch::unwatched()).unwrap(), fit.residuals);
    for form in [ParameterForm::Working, ParameterForm::Reported] {
        let (names, values) = (fit.parameter_names(form), fit.parameter_values(form));
        assert_eq!((names.len(), values.len(), fit.parameter_ids(form).len()), (3, 3, 3), "{names:?}");
        assert_eq!(fit.parameters_vcov(form, &Watch::unwatched()).unwrap().len(), 9);
        assert_eq!(values[2], fit.theta[0]);
    }
    assert_eq!(fit.linear_predictor_of(Role::Mean).unwrap().unwrap(), fit.cox().unwrap().eta);
    assert!(fit.linear_predictor_of(Role::Dispersion).is_none() && fit.dispersion_of_rows().is_none());
    for name in fit.table_names() {
        let table = fit.table(name).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(*name != "ranef" || table.n_rows() == 38);
    }
    let summary = fit.summary().unwrap();
    assert!(summary.contains("Integrated loglik") && summary.contains("exp(coef)") && summary.contains("Events: 58"), "{summary}");
}
