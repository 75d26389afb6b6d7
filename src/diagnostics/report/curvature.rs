//! The Hessian of the criterion at the estimates: directions in which it is flat.

use super::findings::{Finding, Status, combination};
use crate::error::{Code, Result};
use crate::fit::{Fit, ParameterForm};
use crate::linalg::dense::{inverse, symmetric_eigen};
use crate::watch::Watch;

/// Eigenvalues of the Hessian, scaled to a unit diagonal, that are small, and that are next to nothing.
const SMALL: f64 = 0.05;
const NOTHING: f64 = 1e-3;

/// Correlations of two estimates that are nearly one number.
const ALIKE: f64 = 0.95;

/// Of all parameters but the fixed effects, over which the criterion is at its best. Standard deviations and correlations are those of effects
/// whose columns are orthogonal, so that the origin and the unit of a covariate have no part in it.
pub fn findings(fit: &Fit, watch: &Watch<'_>) -> Result<Vec<Finding>> {
    let vcov = match fit.whitened_vcov(watch) {
        Ok(vcov) => vcov,
        Err(error) if error.ends_all() || error.code == Code::Memory => return Err(error),
        Err(error) => return Ok(vec![unknown(&error.message)]),
    };
    Ok(of_covariance(&fit.parameter_names(ParameterForm::Reported), fit.fixed.names.len(), &vcov, fit.singular))
}

/// From the covariance of all estimates, of which the first p are fixed effects.
fn of_covariance(names: &[String], p: usize, vcov: &[f64], singular: bool) -> Vec<Finding> {
    let n = names.len();
    let known: Vec<usize> = (p..n).filter(|j| vcov[j * (n + 1)] > 0.0).collect();
    let mut all: Vec<Finding> = (p..n).filter(|j| !known.contains(j)).map(|j| undetermined(&names[j])).collect();
    if singular {
        // The boundary says it.
        all.iter_mut().for_each(|own| own.status = Status::Note);
    }
    let m = known.len();
    if m == 0 {
        return all;
    }
    let scaled = |of: &dyn Fn(usize, usize) -> f64| -> Vec<f64> {
        (0..m * m).map(|at| of(at % m, at / m) / (of(at % m, at % m) * of(at / m, at / m)).sqrt()).collect()
    };
    let correlation = scaled(&|i, j| vcov[known[j] * n + known[i]]);
    let hessian = inverse(m, &correlation);
    let hessian = scaled(&|i, j| hessian[j * m + i]);
    let Some((values, vectors)) = symmetric_eigen(m, &hessian) else {
        all.push(unknown("the covariance of the estimates is not a matrix of numbers"));
        return all;
    };
    let own_names = || known.iter().map(|j| &names[*j]);
    for (value, vector) in values.iter().zip(vectors.chunks_exact(m)) {
        all.push(eigenvalue(*value, combination(own_names(), vector)));
    }
    for (i, j) in (0..m).flat_map(|i| (0..i).map(move |j| (i, j))) {
        let own = correlation[j * m + i];
        if own.abs() > ALIKE {
            all.push(alike(own, format!("{}, {}", names[known[j]], names[known[i]])));
        }
    }
    all
}

fn eigenvalue(value: f64, subject: String) -> Finding {
    let status = match value {
        v if v > SMALL => Status::Ok,
        v if v > NOTHING => Status::Note,
        _ => Status::Warning,
    };
    let meaning = match status {
        Status::Ok => "The criterion curves upwards along this combination of parameters: the data determine it.",
        Status::Note => {
            "The criterion is nearly flat along this combination of parameters: the data determine each better than all together."
        }
        Status::Warning => {
            "The criterion does not curve upwards along this combination of parameters: the data do not determine it."
        }
    };
    let advice = "Two variances, or a variance and a correlation, describe the same variation. Look at profiles of these parameters, and leave \
                  one out if the model does not need it.";
    let advice = (status != Status::Ok).then(|| advice.to_owned());
    Finding { check: "curvature", status, subject, value, meaning: meaning.to_owned(), advice }
}

fn alike(value: f64, subject: String) -> Finding {
    let meaning = if value < 0.0 {
        "The data tell the sum of these two parameters, but hardly which of them has it: one estimate goes up as the other goes down."
    } else {
        "The data tell the difference of these two parameters, but hardly their size: the estimates go up and down together."
    };
    Finding {
        check: "confounded_pair",
        status: Status::Note,
        subject,
        value,
        meaning: meaning.to_owned(),
        advice: Some("Give intervals by profiles, and do not read either of them without the other.".to_owned()),
    }
}

fn undetermined(name: &str) -> Finding {
    Finding {
        check: "no_standard_error",
        status: Status::Warning,
        subject: name.to_owned(),
        value: f64::NAN,
        meaning: "The parameter has no standard error: it is at the edge of its range, or the data do not determine it.".to_owned(),
        advice: Some("Look at its profile. At an edge the other parameters take it as known.".to_owned()),
    }
}

fn unknown(why: &str) -> Finding {
    Finding {
        check: "curvature",
        status: Status::Note,
        subject: String::new(),
        value: f64::NAN,
        meaning: format!("The curvature of the criterion is not known: {why}"),
        advice: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statuses(vcov: &[f64]) -> Vec<(&'static str, Status, String, f64)> {
        let names = ["x", "a", "b"].map(String::from);
        let found = of_covariance(&names, 1, vcov, false);
        found.into_iter().map(|own| (own.check, own.status, own.subject, own.value)).collect()
    }

    /// Two estimates with the correlation r have the eigenvalues 1 - |r| and 1 + |r|, whatever their units.
    #[test]
    fn flat_directions_and_pairs_by_hand() {
        let of = |r: f64| statuses(&[1.0, 0.3, 0.0, 0.3, 4.0, 200.0 * r, 0.0, 200.0 * r, 1e4]);
        let well = of(-0.5);
        assert!((well[0].3 - 0.5).abs() < 1e-12 && (well[1].3 - 1.5).abs() < 1e-12 && well.len() == 2);
        assert!(well.iter().all(|own| own.1 == Status::Ok));
        let flat = of(-0.98);
        assert_eq!(
            (flat[0].1, flat[0].2.as_str(), flat[2].0, flat[2].2.as_str()),
            (Status::Note, "0.71 a - 0.71 b", "confounded_pair", "a, b")
        );
        assert!((flat[2].3 + 0.98).abs() < 1e-12 && flat.len() == 3);
        assert_eq!(of(0.9999)[0].1, Status::Warning);
        let nan = f64::NAN;
        let missing = statuses(&[1.0, nan, 0.0, nan, nan, nan, 0.0, nan, 1.0]);
        assert_eq!((missing[0].0, missing[0].2.as_str(), missing[1].0, missing[1].3), ("no_standard_error", "a", "curvature", 1.0));
    }
}
