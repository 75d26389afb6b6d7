//! Linear mixed models against lme4's estimates (see tests/reference/README.md), to the tolerances of the reference.

use std::collections::HashMap;

use crate::common::close::close_by;
use crate::common::entries::{entries, model, numbers, strings, text};
use crate::common::frames::new_data;
use interlace::fit::Fit;
use interlace::options::Options;
use interlace::predict::{NewData, PredictOptions};
use interlace::spec::ModelKind;
use interlace::watch::Watch;
use serde_json::Value;

/// Groups of interactions are the same whatever the order of their factors.
fn group_key(name: &str) -> String {
    let mut parts: Vec<&str> = name.split(':').collect();
    parts.sort_unstable();
    parts.join(":")
}

/// The permutation that brings this library's parameters to the reference's order.
fn theta_order(fit_names: &[String], names: &[String]) -> Vec<usize> {
    let key = |name: &String| {
        let (group, rest) = name.split_once('.').unwrap();
        (group_key(group), rest.to_owned())
    };
    names.iter().map(|n| fit_names.iter().position(|m| key(m) == key(n)).unwrap_or_else(|| panic!("no theta {n}"))).collect()
}

#[test]
fn estimates_equal_the_reference() {
    let mut modes = 0;
    for entry in entries("lmm") {
        let id = text(&entry["id"]);
        let (spec, frame, options) = model(ModelKind::Lmm, &entry);
        let fit = Fit::new(&spec, Some(&frame), &options, &Watch::unwatched()).unwrap();
        let log_likelihood = entry["logLik"].as_f64().unwrap();
        close_by(&format!("{id} logLik"), &[fit.log_likelihood], &[log_likelihood], 1e-9, |_| log_likelihood.abs().max(1.0));
        assert!(fit.outcome.converged, "{id}: {:?} {:?}", fit.outcome, fit.theta);
        assert_eq!(fit.n_obs as u64, entry["nobs"].as_u64().unwrap(), "{id}");
        assert_eq!(fit.npar as u64, entry["npar"].as_u64().unwrap(), "{id}");
        assert_eq!(fit.singular, entry["singular"].as_bool().unwrap(), "{id}: singular");
        let fixed = &entry["fixed"];
        assert_eq!(fit.fixed.names, strings(&fixed["names"]), "{id}");
        let se = numbers(&fixed["std_error"]);
        close_by(&format!("{id} estimate"), &fit.fixed.estimate, &numbers(&fixed["estimate"]), 1e-6, |i| se[i]);
        close_by(&format!("{id} std_error"), &fit.fixed.std_error, &se, 1e-6, |i| se[i]);
        let p = se.len();
        close_by(&format!("{id} vcov"), &fit.fixed.vcov, &numbers(&fixed["vcov"]), 3e-6, |e| se[e % p] * se[e / p]);
        close_by(&format!("{id} sigma"), &[fit.sigma], &numbers(&entry["sigma"]), 1e-6, |_| fit.sigma);
        let order = theta_order(&fit.theta_names, &strings(&entry["theta_names"]));
        let theta: Vec<f64> = order.iter().map(|&i| fit.theta[i]).collect();
        close_by(&format!("{id} theta"), &theta, &numbers(&entry["theta"]), 2e-6, |i| theta[i].abs().max(1.0));
        for block in entry["varcorr"].as_array().unwrap() {
            let (group, effects) = (group_key(&text(&block["group"])), strings(&block["terms"]));
            let term = fit.terms.iter().find(|t| group_key(&t.design.group) == group && t.design.effects == effects).unwrap();
            let r = effects.len();
            let sd = |a: usize| term.sd[a].max(1e-3 * fit.sigma);
            close_by(&format!("{id} varcorr {group}"), &term.cov, &numbers(&block["cov"]), 1e-5, |e| sd(e % r) * sd(e / r));
        }
        close_by(&format!("{id} fitted"), &fit.fitted[..20.min(fit.n_obs)], &numbers(&entry["fitted"]), 1e-5, |_| fit.sigma);
        close_by(&format!("{id} residuals"), &fit.residuals[..20.min(fit.n_obs)], &numbers(&entry["residuals"]), 1e-5, |_| {
            fit.sigma
        });
        modes += check_ranef(&id, &fit, &entry["ranef"]);
    }
    assert_eq!(modes, 723);
}

fn check_ranef(id: &str, fit: &Fit, reference: &Value) -> usize {
    let mut compared = 0;
    for (group, block) in reference.as_object().unwrap() {
        let parts: Vec<&str> = group.split(':').collect();
        for (c, effect) in strings(&block["terms"]).iter().enumerate() {
            let term = fit
                .terms
                .iter()
                .find(|t| group_key(&t.design.group) == group_key(group) && t.design.effects.contains(effect))
                .unwrap();
            let (r, e) = (term.design.effects.len(), term.design.effects.iter().position(|x| x == effect).unwrap());
            let own: Vec<&str> = term.design.group.split(':').collect();
            let place: HashMap<&str, usize> = term.design.levels.iter().enumerate().map(|(i, l)| (l.as_str(), i)).collect();
            for (i, level) in strings(&block["levels"]).iter().enumerate() {
                let values: Vec<&str> = level.split(':').collect();
                let label: Vec<&str> = own.iter().map(|g| values[parts.iter().position(|p| p == g).unwrap()]).collect();
                let at = place[label.join(":").as_str()];
                let sd = term.sd[e].max(1e-6);
                compared += 1;
                close_by(
                    &format!("{id} ranef {level}"),
                    &[term.modes[at * r + e]],
                    &[block["values"][i][c].as_f64().unwrap()],
                    1e-5,
                    |_| sd,
                );
                if block["condvar"][i].is_array() && block["condvar"][i].as_array().unwrap().len() == r && own == parts {
                    let want = block["condvar"][i][e][e].as_f64().unwrap();
                    close_by(&format!("{id} condvar {level}"), &[term.condvar[at * r * r + e * r + e]], &[want], 1e-5, |_| sd * sd);
                }
            }
        }
    }
    compared
}

#[test]
fn the_criterion_at_fixed_theta_equals_the_reference() {
    let mut compared = 0;
    for entry in entries("lmm") {
        let id = text(&entry["id"]);
        let (spec, frame, options) = model(ModelKind::Lmm, &entry);
        let fit = Fit::new(&spec, Some(&frame), &Options { max_evaluations: 1, ..options.clone() }, &Watch::unwatched()).unwrap();
        let order = theta_order(&fit.theta_names, &strings(&entry["theta_names"]));
        let mut thetas = vec![];
        for point in entry["devfun"]["theta"].as_array().unwrap() {
            let point = numbers(point);
            let mut own = vec![0.0; point.len()];
            order.iter().zip(&point).for_each(|(&i, v)| own[i] = *v);
            thetas.extend(own);
        }
        let got = Fit::objective(&spec, Some(&frame), &options, &thetas, &Watch::unwatched()).unwrap();
        let want = numbers(&entry["devfun"]["value"]);
        close_by(&format!("{id} objective"), &got, &want, 1e-11, |i| want[i].abs().max(1.0));
        compared += want.len();
    }
    assert_eq!(compared, 210);
}

#[test]
fn predictions_for_new_data_equal_the_reference() {
    let mut compared = 0;
    for entry in entries("lmm").iter().filter(|e| e["predictions"].is_object()) {
        let id = text(&entry["id"]);
        let (spec, frame, options) = model(ModelKind::Lmm, entry);
        let fit = Fit::new(&spec, Some(&frame), &options, &Watch::unwatched()).unwrap();
        let new = new_data(&entry["predictions"]["newdata"]);
        for (key, random) in [("re_form_null", true), ("re_form_NA", false)] {
            let got =
                fit.predict(NewData::Frame(&new), PredictOptions { random, new_levels_zero: true }, &Watch::unwatched()).unwrap();
            close_by(&format!("{id} {key}"), &got, &numbers(&entry["predictions"][key]), 1e-5, |_| fit.sigma);
            compared += 1;
        }
    }
    assert_eq!(compared, 18);
}
