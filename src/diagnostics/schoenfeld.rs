//! Schoenfeld residuals: how the covariates of each event differ from those at risk.

use crate::error::{Result, try_gather, try_vec};
use crate::fit::Fit;
use crate::frame::Frame;
use crate::names::beside;
use crate::watch::{Phase, Watch};

const SCHOENFELD: &str = "Schoenfeld residuals";

/// The columns of the table beside those of the coefficients.
const OWN_COLUMNS: [&str; 3] = ["stratum", "time", "row"];

impl Fit {
    /// A row for each event, by stratum and time: `stratum`, `time`, `row` of the data, for each coefficient the covariate less its
    /// risk-weighted mean, and under `scaled.` and its name that residual times the number of events and the covariance of the
    /// coefficients, plus the coefficient: its mean over time is the estimate, and its course that of the coefficient (Grambsch and
    /// Therneau 1994).
    pub fn schoenfeld_residuals(&self, watch: &Watch<'_>) -> Result<Frame> {
        let cox = self.of_cox(SCHOENFELD)?;
        self.at_joint_mode(SCHOENFELD)?;
        let p = self.fixed.names.len();
        watch.at(Phase::Residuals, 0, Some(p))?;
        let own = self.cox_model(cox)?;
        let laplace = own.at_estimates(watch)?;
        let sets = &own.model.sets;
        // Event times are from the latest to the earliest.
        let places = sets.strata.iter().flat_map(|times| times.clone().rev());
        let events = try_gather(SCHOENFELD, places.flat_map(|k| sets.deaths(&sets.times[k]).map(move |i| (k, i))))?;
        let mut residuals = vec![];
        for j in 0..p {
            watch.at(Phase::Residuals, j, Some(p))?;
            let (column, scale) = (own.model.column(j), own.model.x_scales[j]);
            let means = laplace.joint.partial.means_at_risk(column)?;
            residuals.push(try_gather(SCHOENFELD, events.iter().map(|(k, i)| (column[*i] - means[*k]) * scale))?);
        }
        let data_rows = try_gather(SCHOENFELD, self.rows.used().map(|row| row as i64))?;
        let stratum = |i: usize| cox.survival.strata.get(cox.survival.stratum[i] as usize).map(String::as_str);
        let mut table = Frame::new(events.len());
        table.add_strings("stratum", &try_gather(SCHOENFELD, events.iter().map(|(_, i)| stratum(*i)))?)?;
        table.add_real("time", try_gather(SCHOENFELD, events.iter().map(|(k, _)| sets.times[*k].time))?)?;
        table.add_integers(
            "row",
            try_gather(SCHOENFELD, events.iter().map(|(_, i)| data_rows.get(*i).map_or(*i as i64, |row| *row)))?,
        )?;
        let scaled = self.fixed.names.iter().map(|name| format!("scaled.{name}"));
        let names = beside(&OWN_COLUMNS, &self.fixed.names.iter().cloned().chain(scaled).collect::<Vec<_>>());
        let mut all = vec![];
        for (j, estimate) in self.fixed.estimate.iter().enumerate() {
            let mut scaled = try_vec(SCHOENFELD, *estimate, events.len())?;
            for (i, residuals) in residuals.iter().enumerate() {
                let factor = events.len() as f64 * self.fixed.vcov[j * p + i];
                scaled.iter_mut().zip(residuals).for_each(|(scaled, r)| *scaled += factor * r);
            }
            all.push(scaled);
        }
        for (name, values) in names.iter().zip(residuals.into_iter().chain(all)) {
            table.add_real(name, values)?;
        }
        Ok(table)
    }
}
