//! Columns of X that nearly depend on each other: condition indices and variance proportions (Belsley, Kuh and Welsch 1980), and variance
//! inflation factors.

use super::findings::{Finding, Status};
use crate::error::{Result, try_vec};
use crate::fit::Fit;
use crate::linalg::dense::{dot, matrix, multiply, symmetric_eigen};

/// Condition indices from which columns depend on each other so much that it matters, and from which coefficients lose digits.
const STRONG: f64 = 30.0;
const EXTREME: f64 = 1000.0;

/// A coefficient with a larger share of its variance in a direction belongs to it.
const OWN_SHARE: f64 = 0.5;

/// Inflation factors from which they are worth a note.
const INFLATED: f64 = 10.0;

/// Of the columns of the mean that the fit has kept.
pub fn findings(fit: &Fit) -> Result<Vec<Finding>> {
    let (n, names) = (fit.n_obs, &fit.fixed.names);
    if names.len() < 2 {
        return Ok(vec![]);
    }
    if fit.x.is_empty() {
        return Ok(vec![Finding {
            check: "condition_index",
            status: Status::Note,
            subject: String::new(),
            value: f64::NAN,
            meaning: "Whether columns of X nearly depend on each other is not known: the fit has no rows.".to_owned(),
            advice: None,
        }]);
    }
    let constant = fit.x.chunks_exact(n).position(|column| column.iter().all(|v| *v == column[0]));
    let mut all = vec![];
    let mut columns = try_vec("scaled columns of X", 0.0, fit.x.len())?;
    // The intercept of these is elsewhere: in the baseline hazard, in the thresholds.
    let implied = fit.cox().is_some() || fit.ordinal().is_some();
    scale(&fit.x, n, implied, &mut columns);
    if let Some((values, vectors)) = symmetric_eigen(names.len(), &gram(&columns, n)?) {
        all.extend(indices(names, constant, &values, &vectors));
    }
    if constant.is_some() {
        scale(&fit.x, n, true, &mut columns);
    }
    let varying: Vec<usize> = (0..names.len()).filter(|j| Some(*j) != constant).collect();
    let mut own = try_vec("scaled columns of X", 0.0, varying.len() * n)?;
    own.chunks_exact_mut(n).zip(&varying).for_each(|(to, j)| to.copy_from_slice(&columns[j * n..(j + 1) * n]));
    if let Some((values, vectors)) = symmetric_eigen(varying.len(), &gram(&own, n)?) {
        let factor = |k: usize| values.iter().zip(vectors.chunks_exact(varying.len())).map(|(value, v)| v[k] * v[k] / value).sum();
        all.extend(varying.iter().enumerate().map(|(k, j)| inflation(&names[*j], factor(k))));
    }
    Ok(all)
}

/// Columns of length one, about their means if so asked.
fn scale(x: &[f64], n: usize, centre: bool, out: &mut [f64]) {
    for (column, out) in x.chunks_exact(n).zip(out.chunks_exact_mut(n)) {
        let largest = column.iter().fold(0.0f64, |most, v| most.max(v.abs())).max(f64::MIN_POSITIVE);
        out.iter_mut().zip(column).for_each(|(to, v)| *to = v / largest);
        let mean = if centre { out.iter().sum::<f64>() / n as f64 } else { 0.0 };
        out.iter_mut().for_each(|v| *v -= mean);
        let length = dot(out, out).sqrt();
        if length > 0.0 {
            out.iter_mut().for_each(|v| *v /= length);
        }
    }
}

fn gram(columns: &[f64], n: usize) -> Result<Vec<f64>> {
    let p = columns.len() / n;
    let mut out = try_vec("cross-products of the columns of X", 0.0, p * p)?;
    let own = matrix(n, p, columns);
    multiply(false, own.transpose(), own, &mut out);
    Ok(out)
}

/// Those that tell of dependence, and the largest in any case; values ascend.
fn indices(names: &[String], constant: Option<usize>, values: &[f64], vectors: &[f64]) -> Vec<Finding> {
    let p = names.len();
    // A value that rounding has taken below zero stands for the least that there can be.
    let largest = values[p - 1];
    let value = |j: usize| values[j].max(f64::EPSILON * f64::EPSILON * largest);
    let share = |k: usize, j: usize| vectors[j * p + k].powi(2) / value(j);
    let total: Vec<f64> = (0..p).map(|k| (0..p).map(|j| share(k, j)).sum()).collect();
    let mut all = vec![];
    for j in 0..p {
        let index = (largest / value(j)).sqrt();
        if j > 0 && index < STRONG {
            break;
        }
        let involved: Vec<usize> = (0..p).filter(|k| share(*k, j) > OWN_SHARE * total[*k]).collect();
        let text =
            involved.iter().map(|k| format!("{} ({:.2})", names[*k], share(*k, j) / total[*k])).collect::<Vec<_>>().join(", ");
        // Several dependences at a time share the variances: those that have none of their own tell nothing.
        if j > 0 && involved.len() < 2 {
            continue;
        }
        let by_centring = involved.len() == 2 && constant.is_some_and(|own| involved.contains(&own));
        all.push(of_index(index, text, involved.len() > 1, by_centring));
    }
    all
}

fn of_index(index: f64, subject: String, several: bool, by_centring: bool) -> Finding {
    let status = match index {
        v if v < STRONG || !several => Status::Ok,
        v if v < EXTREME || by_centring => Status::Note,
        _ => Status::Warning,
    };
    let (meaning, advice) = match status {
        Status::Ok => ("No columns of X depend on each other so much that it matters.", None),
        _ if by_centring => (
            "The column is far from zero, so that its coefficient and the intercept are estimated together. Predictions and tests of the \
             coefficient do not suffer.",
            Some("Centre the variable if the intercept is to mean something."),
        ),
        _ => (
            "These columns nearly depend on each other (shares of the coefficients' variances in parentheses): their coefficients are known \
             together much better than one by one.",
            Some(
                "Do not read these coefficients one by one. Centre variables that stand in products or powers; otherwise test the coefficients \
                 together, leave one out, or combine them. Predictions do not suffer.",
            ),
        ),
    };
    Finding {
        check: "condition_index",
        status,
        subject,
        value: index,
        meaning: meaning.to_owned(),
        advice: advice.map(String::from),
    }
}

fn inflation(name: &str, factor: f64) -> Finding {
    let status = if factor < INFLATED { Status::Ok } else { Status::Note };
    let meaning = format!(
        "In least squares the other columns would make the standard error of this coefficient {:.2} times as large.",
        factor.sqrt()
    );
    let advice =
        "Columns of one factor or polynomial belong together: test the term, not the column. Otherwise see condition_index.";
    let advice = (status != Status::Ok).then(|| advice.to_owned());
    Finding { check: "vif", status, subject: name.to_owned(), value: factor, meaning, advice }
}
