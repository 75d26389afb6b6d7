//! The data, and beside them what a fit says of each row.

use super::influence::{Cases, InfluenceMethod, InfluenceOptions, Measures};
use super::leverage::LeverageKind;
use super::residuals::ResidualKind;
use crate::choice::Choice;
use crate::error::{Code, Error, Result, try_collect, try_copy, try_gather};
use crate::fit::Fit;
use crate::frame::Frame;
use crate::names::beside;
use crate::watch::{Phase, Watch};

/// Parts of the leverage, and their columns.
const LEVERAGES: [(LeverageKind, &str); 3] =
    [(LeverageKind::Overall, ".leverage"), (LeverageKind::Fixed, ".leverage_fixef"), (LeverageKind::Random, ".leverage_ranef")];

/// What is asked beside what costs little.
#[derive(Clone, Copy, Debug)]
pub struct Augmented {
    /// Of quantile residuals.
    pub seed: u64,
    pub influence: bool,
    pub threads: usize,
}

impl Fit {
    /// The rows of the data that the fit has used, or where results per row are padded all of them, with all columns, and behind them `.row` (of the
    /// data), `.fitted`, `.fitted_marginal`, `.resid`, the other kinds of residuals that the model has, `.resid_quantile` (by `seed`), of linear models
    /// leverages; if asked for, influence by row.
    pub fn augment(&self, data: &Frame, asked: &Augmented, watch: &Watch<'_>) -> Result<Frame> {
        self.need_rows("augment")?;
        self.check_data(data)?;
        let mut added: Vec<(String, Result<Vec<f64>>)> = vec![];
        let total = ResidualKind::ALL.len() + LEVERAGES.len() + 4;
        let mut put = |name: &str, make: &dyn Fn(&Watch<'_>) -> Result<Vec<f64>>| {
            watch.at(Phase::Residuals, added.len(), Some(total))?;
            let values = make(&watch.inside(Phase::Residuals, added.len(), Some(total)));
            added.push((name.to_owned(), values));
            Ok::<(), Error>(())
        };
        put(".fitted", &|_| try_copy("fitted values", &self.fitted))?;
        put(".fitted_marginal", &|watch| self.as_fitted(self.marginal_means(watch)?))?;
        for (kind, name) in ResidualKind::ALL {
            let name = name.to_string_lossy();
            let name = if *kind == ResidualKind::Response { ".resid".to_owned() } else { format!(".resid_{name}") };
            put(&name, &|watch| self.residuals_of(*kind, watch))?;
        }
        put(".resid_quantile", &|watch| self.quantile_residuals(asked.seed, watch))?;
        for (kind, name) in LEVERAGES {
            put(name, &|watch| self.leverage(kind, watch))?;
        }
        if asked.influence {
            let inside = watch.inside(Phase::Residuals, added.len(), Some(total));
            added.extend(self.influence_by_row(asked.threads, &inside)?);
        }
        let all = self.rows.pad || self.rows.dropped.is_empty();
        let rows: Vec<usize> = if all {
            try_collect("rows of the data", 0..self.rows.n_data)?
        } else {
            try_gather("rows of the data", self.rows.used())?
        };
        let mut out = if all { data.clone() } else { data.select(&rows)? };
        // What the model does not have is left out.
        added.retain(|(_, values)| !matches!(values, Err(error) if error.code == Code::Unsupported));
        let own: Vec<&str> = data.names().collect();
        let names: Vec<String> = [".row".to_owned()].into_iter().chain(added.iter().map(|(name, _)| name.clone())).collect();
        let mut names = beside(&own, &names).into_iter();
        let mut next = || names.next().unwrap_or_default();
        out.add_integers(&next(), try_collect("rows of the data", rows.iter().map(|row| *row as i64))?)?;
        for (_, values) in added {
            out.add_real(&next(), values?)?;
        }
        Ok(out)
    }

    /// Of linear models at the parameters of the fit, of others by fits without each row.
    fn influence_by_row(&self, threads: usize, watch: &Watch<'_>) -> Result<Vec<(String, Result<Vec<f64>>)>> {
        let method = if self.is_linear() { InfluenceMethod::Fixed } else { InfluenceMethod::Refit };
        let own = self.influence(&InfluenceOptions { cases: Cases::Rows, method, threads }, watch)?;
        let column = |of: fn(&Measures) -> f64| {
            let values = own.cases.iter().map(|case| case.as_ref().map_or(f64::NAN, of));
            self.as_fitted(try_collect("influence", values)?)
        };
        Ok(vec![
            (".cooks_distance".to_owned(), column(|own| own.cooks_distance)),
            (".mdffits".to_owned(), column(|own| own.mdffits)),
            (".covtrace".to_owned(), column(|own| own.covtrace)),
            (".covratio".to_owned(), column(|own| own.covratio)),
        ])
    }
}
