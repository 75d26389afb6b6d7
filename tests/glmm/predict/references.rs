//! Against lme4 and glmmTMB.

use super::*;
use interlace::watch::Watch;

#[test]
fn predictions_for_new_data_equal_the_reference() {
    let mut compared = 0;
    for entry in entries("glmm").iter().filter(|e| e["predictions"].is_object()) {
        let id = entry["id"].as_str().unwrap();
        let fit = fit_entry(ModelKind::Glmm, entry);
        let new = new_data(&entry["predictions"]["newdata"]);
        for (scale, quantity) in [("link", Quantity::Link), ("response", Quantity::Response)] {
            for (which, random) in [("null", RandomTerms::All), ("NA", RandomTerms::None)] {
                let want = numbers(&entry["predictions"][format!("{scale}_{which}")]);
                let own = Request { new_levels: NewLevels::Zero, ..request(quantity, random) };
                let got = fit.predictions(NewData::Frame(&new), &own, &Watch::unwatched()).unwrap().values;
                close(&format!("{id} {scale} {which}"), &got, &want, 2e-5);
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 20);
}

#[test]
fn residuals_equal_the_reference() {
    let reference = document("diagnostics");
    let own = reference["residuals"].as_object().unwrap();
    assert_eq!(own.len(), 8);
    for (id, want) in own {
        let entry = entry("glmm", id);
        let fit = fit_entry(ModelKind::Glmm, &entry);
        for (name, kind) in [("deviance", ResidualKind::Deviance), ("pearson", ResidualKind::Pearson)] {
            let got = fit.residuals_of(kind, &Watch::unwatched()).unwrap();
            let head = numbers(&want[name]["head"]);
            close(&format!("{id} {name}"), &got[..head.len()], &head, 1e-6);
            let sum: f64 = got.iter().map(|r| r * r).sum();
            close(&format!("{id} {name}, sum of squares"), &[sum], &[want[name]["sum_sq"].as_f64().unwrap()], 1e-6);
        }
    }
}

#[test]
fn r2_equals_the_reference() {
    let reference = document("diagnostics");
    for (file, kind, count) in [("glmm", ModelKind::Glmm, 4), ("lmm", ModelKind::Lmm, 21)] {
        let own = reference["r2"][file].as_object().unwrap();
        assert_eq!(own.len(), count, "{file}");
        for (id, want) in own {
            let entry = entry(file, id);
            let r2 = fit_entry(kind, &entry).r2(&Watch::unwatched()).unwrap();
            let got = [r2.marginal(), r2.conditional(), r2.icc_adjusted(), r2.icc_unadjusted()];
            let want = ["marginal", "conditional", "icc_adjusted", "icc_unadjusted"].map(|key| want[key].as_f64().unwrap());
            close(id, &got, &want, 1e-6);
        }
    }
}
