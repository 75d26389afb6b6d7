//! Random effects against reference figures.

use std::collections::HashMap;

use super::close::close_by;
use super::entries::{numbers, strings, text};
use interlace::fit::Fit;
use serde_json::Value;

/// Covariances of random effects, to a tolerance relative to the product of the standard deviations.
pub fn check_varcorr(id: &str, fit: &Fit, want: &Value, tolerance: f64) {
    let blocks = want.as_array().unwrap();
    assert_eq!(fit.terms.len(), blocks.len(), "{id}: terms");
    for block in blocks {
        let (group, effects) = (text(&block["group"]), strings(&block["terms"]));
        let term = fit.terms.iter().find(|t| t.design.group == group && t.design.effects == effects).unwrap();
        let r = effects.len();
        let want = numbers(&block["cov"]);
        let sd = |a: usize| want[a * (r + 1)].sqrt().max(1e-3);
        close_by(&format!("{id} varcorr {group}"), &term.cov, &want, tolerance, |e| sd(e % r) * sd(e / r));
    }
}

/// Modes of the first levels of each group, and their variances at the estimates, without the uncertainty of these, to a tolerance relative
/// to the effects' standard deviation. How many of each were compared.
pub fn check_ranef(id: &str, fit: &Fit, want: &Value, tolerance: f64) -> (usize, usize) {
    let (mut modes, mut variances) = (0, 0);
    for (group, block) in want.as_object().unwrap() {
        for (c, effect) in strings(&block["terms"]).iter().enumerate() {
            let term = fit.terms.iter().find(|t| t.design.group == *group && t.design.effects.contains(effect)).unwrap();
            let (r, e) = (term.design.effects.len(), term.design.effects.iter().position(|x| x == effect).unwrap());
            let place: HashMap<&str, usize> = term.design.levels.iter().enumerate().map(|(i, l)| (l.as_str(), i)).collect();
            let sd = term.sd[e].max(1e-6);
            for (i, level) in strings(&block["levels"]).iter().enumerate() {
                let at = place[level.as_str()];
                modes += 1;
                let mode = block["values"][i][c].as_f64().unwrap();
                close_by(&format!("{id} ranef {level}"), &[term.modes[at * r + e]], &[mode], tolerance, |_| sd);
                if let Some(variance) = block["condvar_diagonal"][i][c].as_f64() {
                    variances += 1;
                    let got = term.condvar[at * r * r + e * r + e];
                    close_by(&format!("{id} condvar {level}"), &[got], &[variance], tolerance, |_| sd * sd);
                }
            }
        }
    }
    (modes, variances)
}
