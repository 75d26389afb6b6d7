//! Cox models against R's packages coxme and survival (see tests/reference/README.md).

use crate::common::close::{close, close_by, near};
use crate::common::entries::{entries, model, numbers, strings, text};
use interlace::fit::Fit;
use interlace::spec::ModelKind;
use interlace::watch::Watch;

/// Relative.
const LOG_LIKELIHOOD: f64 = 1e-11;
/// In standard errors: the references' variances are good to 1e-7, and the rest follows from them.
const ESTIMATE: f64 = 1e-6;
const VARIANCE: f64 = 1e-5;

#[test]
fn estimates_equal_the_reference() {
    for entry in entries("coxme") {
        let id = text(&entry["id"]);
        let (spec, frame, options) = model(ModelKind::Coxme, &entry);
        let fit = Fit::new(&spec, Some(&frame), &options, &Watch::unwatched()).unwrap_or_else(|error| panic!("{id}: {error}"));
        assert!(fit.outcome.converged && !fit.singular, "{id}: {:?}", fit.outcome);
        let cox = fit.cox().unwrap();
        assert_eq!((fit.n_obs, cox.n_events, fit.npar).0, entry["nobs"].as_u64().unwrap() as usize, "{id}");
        assert_eq!(cox.n_events, entry["nevents"].as_u64().unwrap() as usize, "{id}");
        assert_eq!(fit.npar, entry["npar"].as_u64().unwrap() as usize, "{id}");
        for (key, got) in
            [("loglik_null", cox.loglik_null), ("loglik_integrated", fit.log_likelihood), ("AIC", fit.aic), ("BIC", fit.bic)]
        {
            near(&format!("{id} {key}"), got / entry[key].as_f64().unwrap(), 1.0, LOG_LIKELIHOOD);
        }
        // These move with the variances in first order.
        for (key, got) in [
            ("loglik_penalised", cox.loglik_penalised),
            ("loglik_fitted_partial", cox.loglik_fitted),
            ("df_penalised", cox.df_penalised),
        ] {
            near(&format!("{id} {key}"), got, entry[key].as_f64().unwrap(), 1e-6);
        }
        assert_eq!(fit.fixed.names, strings(&entry["fixed"]["names"]), "{id}");
        let se = numbers(&entry["fixed"]["std_error"]);
        close_by(&format!("{id} estimate"), &fit.fixed.estimate, &numbers(&entry["fixed"]["estimate"]), ESTIMATE, |i| se[i]);
        close_by(&format!("{id} std_error"), &fit.fixed.std_error, &se, ESTIMATE, |i| se[i]);
        for (term, want) in fit.terms.iter().zip(entry["varcorr"].as_array().unwrap()) {
            let cov = numbers(&want["cov"]);
            let r = term.sd.len();
            let scale = |e: usize| (cov[e % r * (r + 1)] * cov[e / r * (r + 1)]).sqrt();
            close_by(&format!("{id} cov"), &term.cov, &cov, VARIANCE, scale);
            let own = &entry["ranef"][term.design.group.as_str()];
            assert_eq!(term.design.levels[..5], strings(&own["levels"]), "{id}");
            close_by(&format!("{id} modes"), &term.modes[..5 * r], &numbers(&own["values"]), VARIANCE, |e| term.sd[e % r]);
            let diagonal: Vec<f64> = (0..5 * r).map(|e| term.condvar[e / r * r * r + e % r * (r + 1)]).collect();
            close_by(&format!("{id} condvar"), &diagonal, &numbers(&own["condvar"]), VARIANCE, |e| term.sd[e % r].powi(2));
        }
        close(&format!("{id} lp"), &cox.eta[..20], &numbers(&entry["linear_predictor"]), 1e-6);
    }
}

#[test]
fn the_criterion_at_fixed_variances_equals_the_reference() {
    for entry in entries("coxme") {
        let id = text(&entry["id"]);
        let (spec, frame, options) = model(ModelKind::Coxme, &entry);
        let points = &entry["points"];
        let got = Fit::objective(&spec, Some(&frame), &options, &numbers(&points["theta"]), &Watch::unwatched()).unwrap();
        let want = numbers(&points["value"]);
        close_by(&format!("{id} criterion"), &got, &want, 1e-12, |i| want[i]);
    }
}

#[test]
fn without_random_effects_it_is_survivals_model_with_weights_strata_entry_offset_and_ties() {
    for entry in entries("coxph") {
        let id = text(&entry["id"]);
        let (spec, frame, options) = model(ModelKind::Coxme, &entry);
        let fit = Fit::new(&spec, Some(&frame), &options, &Watch::unwatched()).unwrap();
        let cox = fit.cox().unwrap();
        assert_eq!((fit.n_obs, cox.n_events), (160, entry["nevents"].as_u64().unwrap() as usize), "{id}");
        assert_eq!(cox.survival.strata, ["n", "s"]);
        near(&format!("{id} null"), cox.loglik_null, entry["loglik_null"].as_f64().unwrap(), 1e-12);
        near(&format!("{id} logLik"), fit.log_likelihood, entry["loglik_fitted"].as_f64().unwrap(), 1e-12);
        close(&format!("{id} estimate"), &fit.fixed.estimate, &numbers(&entry["fixed"]["estimate"]), 1e-9);
        close(&format!("{id} std_error"), &fit.fixed.std_error, &numbers(&entry["fixed"]["std_error"]), 1e-9);
        close(&format!("{id} martingale"), &fit.residuals[..20], &numbers(&entry["martingale"]), 1e-9);
        assert!((cox.df_penalised - 3.0).abs() < 1e-12 && cox.loglik_penalised == cox.loglik_fitted);
    }
}
