//! Influence as a table, and what stands out of it.

use super::{CaseStatus, Influence, Measures};
use crate::error::{Error, Result, try_collect, try_vec};
use crate::frame::Frame;
use crate::names::unique;

/// What memory is for.
const FRAME: &str = "table of influence";

/// Columns beside those of estimates.
const OWN_COLUMNS: [&str; 9] =
    ["case", "rows", "status", "reason", "cooks_distance", "mdffits", "covtrace", "covratio", "likelihood_displacement"];

/// Cases whose Cook's distance stands out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Apart {
    /// Distances above this count.
    pub threshold: f64,
    pub influential: usize,
    /// The largest step between neighbours of the ordered distances, and how many cases are above it.
    pub gap: f64,
    pub above_gap: usize,
}

impl Influence {
    /// How each case ended.
    pub fn status(&self, case: usize) -> CaseStatus {
        match &self.cases[case] {
            Err((status, _)) => *status,
            Ok(own) if !own.converged => CaseStatus::NotConverged,
            Ok(own) if own.singular => CaseStatus::Singular,
            Ok(_) => CaseStatus::Converged,
        }
    }

    fn column(&self, of: impl Fn(&Measures) -> f64) -> Result<Vec<f64>> {
        try_collect(FRAME, self.cases.iter().map(|case| case.as_ref().map_or(f64::NAN, &of)))
    }

    pub fn cooks_distances(&self) -> Result<Vec<f64>> {
        self.column(|own| own.cooks_distance)
    }

    /// A row a case: its label, how many rows it leaves out, how it ended, why it has no measures, and these; then `dfbetas.` of each fixed
    /// effect of the mean, `rvc.` of each standard deviation, the relative change of its square, and all estimates without the case under
    /// their names.
    pub fn frame(&self) -> Result<Frame> {
        let n = self.cases.len();
        let mut frame = Frame::new(n);
        frame.add_strings("case", &try_collect(FRAME, self.labels.iter().map(|label| Some(label.as_str())))?)?;
        frame.add_integers("rows", try_collect(FRAME, self.rows.iter().map(|rows| *rows as i64))?)?;
        let levels = ["converged", "singular", "not_converged", "rank_lost", "failed"].map(String::from).to_vec();
        frame.add_category("status", try_collect(FRAME, (0..n).map(|i| self.status(i) as i32))?, levels, false)?;
        let reason = |case: &'_ super::Outcome| case.as_ref().err().map(|(_, reason)| reason.clone());
        let reasons = try_collect(FRAME, self.cases.iter().map(reason))?;
        frame.add_strings("reason", &try_collect(FRAME, reasons.iter().map(Option::as_deref))?)?;
        frame.add_real("cooks_distance", self.cooks_distances()?)?;
        frame.add_real("mdffits", self.column(|own| own.mdffits)?)?;
        frame.add_real("covtrace", self.column(|own| own.covtrace)?)?;
        frame.add_real("covratio", self.column(|own| own.covratio)?)?;
        frame.add_real("likelihood_displacement", self.column(|own| own.displacement)?)?;
        let dfbetas = self.names[..self.p].iter().map(|name| format!("dfbetas.{name}"));
        let changes = self.deviations.iter().map(|at| format!("rvc.{}", self.names[*at]));
        let all = OWN_COLUMNS.iter().map(|name| (*name).to_owned()).chain(dfbetas).chain(changes).chain(self.names.iter().cloned());
        let names = unique(all.collect());
        let mut names = names.iter().skip(OWN_COLUMNS.len());
        let mut add = |values: Vec<f64>| names.next().map_or(Ok(()), |name| frame.add_real(name, values));
        for j in 0..self.p {
            add(self.column(|own| own.dfbetas[j])?)?;
        }
        for &at in &self.deviations {
            add(self.column(|own| (own.estimates[at] / self.full[at]).powi(2) - 1.0)?)?;
        }
        for at in 0..self.names.len() {
            add(self.column(|own| own.estimates[at])?)?;
        }
        Ok(frame)
    }

    /// Cases whose Cook's distance is above a threshold, 4 over the number of cases if none is given, and those above the largest gap.
    pub fn apart(&self, threshold: Option<f64>) -> Result<Apart> {
        apart(&self.cooks_distances()?, threshold)
    }

    /// The cases by Cook's distance, the largest first; those without one last.
    pub fn order(&self) -> Result<Vec<usize>> {
        let distances = self.cooks_distances()?;
        let mut order = try_collect(FRAME, 0..distances.len())?;
        let key = |i: usize| if distances[i].is_nan() { f64::NEG_INFINITY } else { distances[i] };
        order.sort_by(|a, b| key(*b).total_cmp(&key(*a)));
        Ok(order)
    }
}

/// What stands out of Cook's distances, of which those that are no numbers don't count.
pub fn apart(distances: &[f64], threshold: Option<f64>) -> Result<Apart> {
    let mut known = try_vec(FRAME, 0.0, distances.len())?;
    known.copy_from_slice(distances);
    known.retain(|d| !d.is_nan());
    known.sort_unstable_by(f64::total_cmp);
    let threshold = threshold.unwrap_or(4.0 / known.len() as f64);
    if threshold.is_nan() || threshold < 0.0 {
        return Err(Error::argument(format!("threshold is {threshold}, wanted a number that is not negative")));
    }
    let mut widest = Apart { threshold, influential: known.iter().filter(|d| **d > threshold).count(), gap: 0.0, above_gap: 0 };
    for (i, w) in known.windows(2).enumerate() {
        if w[1] - w[0] > widest.gap {
            (widest.gap, widest.above_gap) = (w[1] - w[0], known.len() - 1 - i);
        }
    }
    Ok(widest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_out() {
        let found = apart(&[0.1, f64::NAN, 2.0, 0.2, 1.9, 0.15], None).unwrap();
        assert!(found.threshold == 0.8 && found.influential == 2 && found.above_gap == 2);
        assert!((found.gap - 1.7).abs() < 1e-12);
        assert_eq!(apart(&[0.1, 0.1], Some(0.1)).unwrap(), Apart { threshold: 0.1, influential: 0, gap: 0.0, above_gap: 0 });
        assert!(apart(&[1.0], Some(-1.0)).unwrap_err().message.contains("threshold is -1"));
    }
}
