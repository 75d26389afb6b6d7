//! Sums of predictions over rows, with standard errors by their joint covariance, and corrected for what the random effects' spread adds.

use super::categories::CategoryRule;
use super::covariance::functionals;
use super::distribution::Own;
use super::errors::{polarised, reach, with_errors};
use super::functional::Functional;
use super::quantity::Rule;
use super::request::{NewData, Quantity, Request};
use crate::error::{Error, Result, try_vec};
use crate::fit::Fit;
use crate::frame::Frame;
use crate::watch::{Phase, Watch};

/// What memory is for.
const SUMS: &str = "sums of predictions";

/// How rows are summed.
#[derive(Clone, Debug, Default)]
pub struct Sums<'a> {
    /// The group of each row of the data from 0, negative for none; one group without it.
    pub groups: Option<&'a [i64]>,
    pub n_groups: usize,
    /// The factor of each row; without it one over the number of rows of its group, for means.
    pub factors: Option<&'a [f64]>,
    /// Of the limits.
    pub level: f64,
}

impl Fit {
    /// A row for each group, and of several numbers a prediction for each of these after the others: `group` (from 0), `part` (from 0, if there
    /// are several), `rows`, `estimate`, `std_error`, `lower`, `upper`, `corrected`. The last is the sum of means over the random effects given the
    /// response and the parameters; missing for ordinal models and marginal predictions. A group in which a row has no prediction has none.
    pub fn predicted_sums(&self, data: NewData<'_>, request: &Request, sums: &Sums<'_>, watch: &Watch<'_>) -> Result<Frame> {
        watch.at(Phase::Prediction, 0, None)?;
        if !(sums.level > 0.0 && sums.level < 1.0) {
            return Err(Error::argument(format!("level is {}, wanted a number between 0 and 1", sums.level)));
        }
        let rows = self.covariant_rows(data, request)?;
        let before = watch.inside(Phase::Prediction, 0, Some(rows.n));
        let found = self.predictions(data, &Request { level: None, ..request.clone() }, &before)?;
        let width = self.prediction_width(request.quantity);
        let (n, places) = (rows.n, rows.data_rows()?);
        let m = found.values.len() / width.max(1);
        let mut of = Groups::new(sums, m)?;
        let counts = of.counts.len();
        let mut estimate = try_vec(SUMS, 0.0, counts * width)?;
        for (e, value) in found.values.iter().enumerate() {
            if let Some(group) = of.of_rows[e % m] {
                estimate[e / m * counts + group] += of.factors[e % m] * value;
            }
        }
        let mut corrected = try_vec(SUMS, f64::NAN, counts * width)?;
        let covariance = with_errors(
            self,
            &rows,
            |mut errors| {
                let list = functionals(self, &rows, request, &mut errors, watch)?;
                let mut all = try_vec(SUMS, Functional::default(), counts * width)?;
                for (e, own) in list.of_rows.iter().enumerate() {
                    let row = places[e % n];
                    if let Some(group) = of.of_rows[row] {
                        all[e / n * counts + group].add(of.factors[row], own);
                    }
                }
                all.iter_mut().for_each(Functional::merge);
                if CategoryRule::new(self, request.quantity)?.is_none() && request.quantity != Quantity::Marginal {
                    let rule = Rule { fit: self, quantity: request.quantity };
                    corrected.fill(0.0);
                    for (i, point) in rows.points(&rule)?.iter().enumerate() {
                        watch.pulse_each(i)?;
                        let Some(group) = of.of_rows[places[i]] else { continue };
                        let covariance = polarised(|gradient| errors.variance_of_effects(i, &gradient));
                        corrected[group] += of.factors[places[i]] * Own { rule: &rule, point, covariance }.moments().0;
                    }
                }
                errors.covariance(&all, watch)
            },
            watch,
        )?;
        let reach = reach(self, sums.level);
        let std_error: Vec<f64> = (0..counts * width)
            .map(|k| if estimate[k].is_nan() { f64::NAN } else { covariance[k * (counts * width + 1)].sqrt() })
            .collect();
        corrected.iter_mut().zip(&estimate).filter(|(_, own)| own.is_nan()).for_each(|(to, _)| *to = f64::NAN);
        of.table(width, [estimate, std_error, corrected], reach)
    }
}

/// The group and the factor of each row of the data.
struct Groups {
    of_rows: Vec<Option<usize>>,
    factors: Vec<f64>,
    counts: Vec<usize>,
}

impl Groups {
    fn new(sums: &Sums<'_>, m: usize) -> Result<Self> {
        let n_groups = if sums.groups.is_some() { sums.n_groups } else { 1 };
        let mut own =
            Groups { of_rows: try_vec(SUMS, Some(0), m)?, factors: try_vec(SUMS, 0.0, m)?, counts: try_vec(SUMS, 0, n_groups)? };
        for (name, len) in [("groups", sums.groups.map(<[i64]>::len)), ("weights", sums.factors.map(<[f64]>::len))] {
            if let Some(len) = len.filter(|len| *len != m) {
                return Err(Error::argument(format!("{name} has {len} values for {m} rows")));
            }
        }
        for i in 0..m {
            if let Some(group) = sums.groups.map(|groups| groups[i]) {
                own.of_rows[i] = usize::try_from(group).ok();
                if own.of_rows[i].is_some_and(|group| group >= n_groups) {
                    return Err(Error::argument(format!("groups: row {} has {group}, wanted less than {n_groups}", i + 1)));
                }
            }
            if let Some(group) = own.of_rows[i] {
                own.counts[group] += 1;
            }
        }
        for i in 0..m {
            let count = own.of_rows[i].map_or(1, |group| own.counts[group]);
            own.factors[i] = sums.factors.map_or(1.0 / count as f64, |factors| factors[i]);
            if !own.factors[i].is_finite() {
                return Err(Error::argument(format!("weights: row {} has {}, wanted a finite number", i + 1, own.factors[i])));
            }
        }
        Ok(own)
    }

    fn table(&mut self, width: usize, [mut estimate, mut std_error, mut corrected]: [Vec<f64>; 3], reach: f64) -> Result<Frame> {
        let k = self.counts.len();
        for e in (0..k * width).filter(|e| self.counts[e % k] == 0) {
            (estimate[e], std_error[e], corrected[e]) = (f64::NAN, f64::NAN, f64::NAN);
        }
        let mut table = Frame::new(k * width);
        table.add_integers("group", (0..k * width).map(|e| (e % k) as i64).collect())?;
        if width > 1 {
            table.add_integers("part", (0..k * width).map(|e| (e / k) as i64).collect())?;
        }
        table.add_integers("rows", (0..k * width).map(|e| self.counts[e % k] as i64).collect())?;
        let ends = |sign: f64| estimate.iter().zip(&std_error).map(|(v, se)| v + sign * reach * se).collect::<Vec<f64>>();
        let (lower, upper) = (ends(-1.0), ends(1.0));
        let columns =
            [("estimate", estimate), ("std_error", std_error), ("lower", lower), ("upper", upper), ("corrected", corrected)];
        columns.into_iter().try_for_each(|(name, column)| table.add_real(name, column))?;
        Ok(table)
    }
}
