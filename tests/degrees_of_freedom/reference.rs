use super::*;
use interlace::inference::degrees_of_freedom::{DegreesOfFreedom, Satterthwaite};

#[test]
fn satterthwaite_of_coefficients() {
    let mut compared = 0;
    for (fit, _, entry) in references().iter().filter(|r| r.2["satterthwaite"].is_object()) {
        let (id, want) = (text(&entry["id"]), &entry["satterthwaite"]);
        let own = Satterthwaite::of(fit).unwrap();
        assert!(!own.indefinite, "{id}");
        let all = DegreesOfFreedom::Satterthwaite(&own).coefficients(fit);
        let df: Vec<f64> = all.iter().map(|c| c.df).collect();
        let p: Vec<f64> = all.iter().map(|c| c.p_value(0.0)).collect();
        // lmerTest's derivatives are finite differences.
        close(&format!("{id} df"), &df, &numbers(&want["df"]), 1e-6);
        close(&format!("{id} p"), &p, &numbers(&want["p_value"]), 2e-5);
        compared += 1;
    }
    assert!(compared >= 22, "{compared}");
}
