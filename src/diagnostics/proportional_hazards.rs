//! The test of proportional hazards (Grambsch and Therneau 1994), as a score test.

use crate::coxme::proportional::TimeVarying;
use crate::coxme::transform::TimeTransform;
use crate::error::{Error, Result};
use crate::fit::Fit;
use crate::frame::Frame;
use crate::linalg::dense::{Cholesky, dot};
use crate::tails::chi_square_upper;
use crate::watch::{Phase, Watch};

/// Information of a change with time that is nothing, relative to what there would be if all other parameters were known.
const NOTHING: f64 = 1e-10;

/// What a row of the table is of.
const OF_TERM: &str = "term";
const OF_COEFFICIENT: &str = "coefficient";
const OF_ALL: &str = "global";

impl Fit {
    /// Whether coefficients change with a function of time, as score tests given all other parameters but the random effects' covariance,
    /// a row each: `kind`, `name`, `chi_square`, `df`, `p_value`. Rows are of the terms, each followed by its coefficients if it has
    /// several, and last of all coefficients together (`GLOBAL`). The numbers are missing where the data do not tell.
    pub fn proportional_hazards(&self, transform: TimeTransform, watch: &Watch<'_>) -> Result<Frame> {
        let cox = self.of_cox("proportional hazards")?;
        self.at_joint_mode("proportional hazards")?;
        let names = &self.fixed.names;
        if names.is_empty() {
            return Err(Error::argument("proportional hazards: the model has no fixed effects that could change with time"));
        }
        watch.at(Phase::Test, 0, None)?;
        let own = self.cox_model(cox)?;
        let g = transform.at_events(&own.model.sets, &cox.survival)?;
        let varying = own.at_estimates(watch)?.time_varying(&g)?;
        let monotone = |columns: &[usize]| columns.iter().any(|j| cox.monotone.contains(&names[*j]));
        let test = |columns: &[usize]| if monotone(columns) { None } else { chi_square(&varying, columns) };
        let mut rows = vec![];
        for (label, columns) in self.fixed_terms().into_iter().filter(|(_, columns)| !columns.is_empty()) {
            rows.push((OF_TERM, label, columns.len(), test(&columns)));
            if columns.len() > 1 {
                rows.extend(columns.iter().map(|j| (OF_COEFFICIENT, names[*j].clone(), 1, test(&[*j]))));
            }
        }
        let all: Vec<usize> = (0..names.len()).collect();
        rows.push((OF_ALL, "GLOBAL".to_owned(), all.len(), test(&all)));
        let statistics: Vec<f64> = rows.iter().map(|row| row.3.unwrap_or(f64::NAN)).collect();
        let tails = statistics.iter().zip(&rows).map(|(statistic, row)| chi_square_upper(*statistic, row.2 as f64)).collect();
        let mut table = Frame::new(rows.len());
        table.add_strings("kind", &rows.iter().map(|row| Some(row.0)).collect::<Vec<_>>())?;
        table.add_strings("name", &rows.iter().map(|row| Some(row.1.as_str())).collect::<Vec<_>>())?;
        table.add_real("chi_square", statistics)?;
        table.add_integers("df", rows.iter().map(|row| row.2 as i64).collect())?;
        table.add_real("p_value", tails)?;
        Ok(table)
    }
}

/// U'I^-1 U of some columns; `None` where the data do not tell.
fn chi_square(varying: &TimeVarying, columns: &[usize]) -> Option<f64> {
    let (p, k) = (varying.score.len(), columns.len());
    let root = |j: usize| varying.known[j].sqrt();
    let scaled = |(&i, &j): (&usize, &usize)| varying.information[j * p + i] / (root(i) * root(j));
    let information: Vec<f64> = columns.iter().flat_map(|j| columns.iter().map(move |i| (i, j))).map(scaled).collect();
    let mut score: Vec<f64> = columns.iter().map(|&j| varying.score[j] / root(j)).collect();
    Cholesky::new(&information, k, NOTHING)?.solve_lower(&mut score);
    Some(dot(&score, &score)).filter(|statistic| statistic.is_finite())
}
