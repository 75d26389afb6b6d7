//! Influence as a table, and what stands out of it.

use super::kinds::CaseStatus;
use super::measures::Measures;
use crate::choice::Choice;
use crate::error::{Error, Result, try_collect, try_copy, try_vec};
use crate::frame::Frame;
use crate::names::unique;

/// What memory is for.
const FRAME: &str = "table of influence";

/// Columns beside those of estimates.
const OWN_COLUMNS: [&str; 9] =
    ["case", "rows", "status", "reason", "cooks_distance", "mdffits", "covtrace", "covratio", "likelihood_displacement"];

/// What becomes of the estimates without each case.
#[derive(Clone, Debug)]
pub struct Influence {
    /// Levels, codes, or numbers of rows, from 1.
    pub labels: Vec<String>,
    /// How many rows each case leaves out.
    pub rows: Vec<usize>,
    /// The measures of each, or why there are none.
    pub cases: Vec<Outcome>,
    /// The names of the estimates.
    pub names: Vec<String>,
    /// The estimates of all rows.
    pub full: Vec<f64>,
    /// Those of them that are standard deviations, and the number of fixed effects of the mean.
    pub(super) deviations: Vec<usize>,
    pub(super) p: usize,
}

/// The measures of a case, or why there are none.
pub type Outcome = std::result::Result<Measures, (CaseStatus, String)>;

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

    /// Why a case has no measures.
    pub fn reason(&self, case: usize) -> Option<&str> {
        self.cases[case].as_ref().err().map(|(_, reason)| reason.as_str())
    }

    /// A number of each case, NaN for those without measures.
    pub fn values(&self, of: impl Fn(&Measures) -> f64) -> Result<Vec<f64>> {
        try_collect(FRAME, self.cases.iter().map(|case| case.as_ref().map_or(f64::NAN, &of)))
    }

    pub fn cooks_distances(&self) -> Result<Vec<f64>> {
        self.values(|own| own.cooks_distance)
    }

    /// For each fixed effect of the mean, `[cases, p]`.
    pub fn dfbetas(&self) -> Result<Vec<f64>> {
        self.matrix(self.p, |own, j| own.dfbetas[j])
    }

    /// All estimates, `[cases, names]`.
    pub fn estimates(&self) -> Result<Vec<f64>> {
        self.matrix(self.names.len(), |own, j| own.estimates[j])
    }

    /// The standard deviations among the estimates.
    pub fn deviations(&self) -> impl Iterator<Item = &str> {
        self.deviations.iter().map(|at| self.names[*at].as_str())
    }

    /// The relative change of the square of each, `[cases, deviations]`.
    pub fn variance_changes(&self) -> Result<Vec<f64>> {
        self.matrix(self.deviations.len(), |own, j| {
            let at = self.deviations[j];
            (own.estimates[at] / self.full[at]).powi(2) - 1.0
        })
    }

    fn matrix(&self, columns: usize, of: impl Fn(&Measures, usize) -> f64) -> Result<Vec<f64>> {
        let n = self.cases.len();
        let mut all = try_vec(FRAME, f64::NAN, n.saturating_mul(columns))?;
        for (j, column) in all.chunks_exact_mut(n.max(1)).enumerate() {
            let known = column.iter_mut().zip(&self.cases).filter_map(|(value, case)| Some((value, case.as_ref().ok()?)));
            known.for_each(|(value, own)| *value = of(own, j));
        }
        Ok(all)
    }

    /// A row a case: its label, how many rows it leaves out, how it ended, why it has no measures, and these; then `dfbetas.` of each fixed
    /// effect of the mean, `rvc.` of each standard deviation, the relative change of its square, and all estimates without the case under
    /// their names.
    pub fn frame(&self) -> Result<Frame> {
        let n = self.cases.len();
        let mut frame = Frame::new(n);
        frame.add_strings("case", &try_collect(FRAME, self.labels.iter().map(|label| Some(label.as_str())))?)?;
        frame.add_integers("rows", try_collect(FRAME, self.rows.iter().map(|rows| *rows as i64))?)?;
        let levels = CaseStatus::ALL.iter().map(|(status, _)| status.name().to_owned()).collect();
        frame.add_category("status", try_collect(FRAME, (0..n).map(|i| self.status(i) as i32))?, levels, false)?;
        frame.add_strings("reason", &try_collect(FRAME, (0..n).map(|i| self.reason(i)))?)?;
        frame.add_real("cooks_distance", self.cooks_distances()?)?;
        frame.add_real("mdffits", self.values(|own| own.mdffits)?)?;
        frame.add_real("covtrace", self.values(|own| own.covtrace)?)?;
        frame.add_real("covratio", self.values(|own| own.covratio)?)?;
        frame.add_real("likelihood_displacement", self.values(|own| own.displacement)?)?;
        let dfbetas = self.names[..self.p].iter().map(|name| format!("dfbetas.{name}"));
        let changes = self.deviations().map(|name| format!("rvc.{name}"));
        let all = OWN_COLUMNS.iter().map(|name| (*name).to_owned()).chain(dfbetas).chain(changes).chain(self.names.iter().cloned());
        let names = unique(all.collect());
        let names = names.iter().skip(OWN_COLUMNS.len());
        let all = [self.dfbetas()?, self.variance_changes()?, self.estimates()?];
        for (name, values) in names.zip(all.iter().flat_map(|values| values.chunks_exact(n.max(1)))) {
            frame.add_real(name, try_copy(FRAME, values)?)?;
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
    let threshold = threshold.unwrap_or(4.0 / distances.len() as f64);
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
        assert!(found.threshold == 4.0 / 6.0 && found.influential == 2 && found.above_gap == 2);
        assert!((found.gap - 1.7).abs() < 1e-12);
        assert_eq!(apart(&[0.1, 0.1], Some(0.1)).unwrap(), Apart { threshold: 0.1, influential: 0, gap: 0.0, above_gap: 0 });
        assert!(apart(&[1.0], Some(-1.0)).unwrap_err().message.contains("threshold is -1"));
    }
}
