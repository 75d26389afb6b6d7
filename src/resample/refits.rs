//! Many responses of one design: the model of a fit fitted to each.

use super::estimates::Refit;
use super::pool::{Pieces, run};
use super::refit::Refitter;
use super::statistic::OWN_COLUMNS;
use crate::error::{Error, Result, or_reason, try_collect, try_copy, try_vec};
use crate::fit::Fit;
use crate::frame::Frame;
use crate::names::beside;
use crate::watch::{Phase, Watch};

/// What is wanted of many refits, and on how many threads, which changes no result.
#[derive(Clone, Copy, Debug)]
pub struct RefitOptions {
    /// Of the fixed effects; of linear models alone.
    pub std_errors: bool,
    pub threads: usize,
}

/// How a refit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefitStatus {
    Converged,
    /// Converged, and a linear combination of random effects has no variance.
    Singular,
    /// There are estimates, but the search for them did not end at a minimum.
    NotConverged,
    /// There are no estimates.
    Failed,
}

/// Estimates for all responses.
#[derive(Clone, Debug)]
pub struct Refits {
    pub names: Vec<String>,
    /// `[k, names]`; NaN for a response that failed.
    pub values: Vec<f64>,
    /// Of the fixed effects, `[k, p]`; empty unless asked for.
    pub std_errors: Vec<f64>,
    pub log_likelihood: Vec<f64>,
    pub status: Vec<RefitStatus>,
    /// Why a response failed.
    pub reasons: Vec<Option<String>>,
}

/// What memory is for.
const FRAME: &str = "table of refits";

type Outcome = std::result::Result<(Refit, Vec<f64>), String>;

impl Fit {
    /// Fits the model to each response of `y`, `[m, c, k]` with c as of [`Fit::response_columns`] and m as of `fitted`, of which the rows used
    /// count. After each the watcher hears
    /// of the number done, the deviance and theta of the one just done (NaN and nothing if it failed).
    pub fn refit_many(&self, y: &[f64], options: &RefitOptions, watch: &Watch<'_>) -> Result<Refits> {
        self.without_ends("fits to other responses")?;
        let (rows, width) = (self.fitted_rows(), self.response_columns());
        let m = rows * width;
        if m == 0 || !y.len().is_multiple_of(m) {
            let times = if width > 1 { format!(", times {width} columns") } else { String::new() };
            return Err(Error::argument(format!(
                "y has {} values, which is not a multiple of the fit's {rows} rows{times}",
                y.len()
            )));
        }
        let tools = |watch: &Watch<'_>| {
            let refitter = Refitter::new(self, watch)?;
            if options.std_errors { refitter.with_std_errors() } else { Ok(refitter) }
        };
        let one = |refitter: &mut Refitter, i: usize, watch: &Watch<'_>| {
            let own = &y[i * m..(i + 1) * m];
            let refit =
                if rows == self.n_obs { refitter.refit(own, watch) } else { refitter.refit(&self.used_of_each(own)?, watch) }?;
            let values = self.quantities(&refit)?;
            Ok((refit, values))
        };
        let work = |refitter: &mut Refitter, i: usize, watch: &Watch<'_>| or_reason(one(refitter, i, watch));
        let news = |outcome: &Outcome| match outcome {
            Ok((refit, _)) => (-2.0 * refit.log_likelihood, refit.theta.clone()),
            Err(_) => (f64::NAN, vec![]),
        };
        let pieces = Pieces { tools: &tools, work: &work, news: &news };
        let outcomes = run(y.len() / m, options.threads, Phase::Refit, &pieces, watch)?;
        Refits::new(self.quantity_names(), self.fixed.names.len() * usize::from(options.std_errors), outcomes)
    }

    /// The rows used of each column of a response.
    pub(super) fn used_of_each(&self, y: &[f64]) -> Result<Vec<f64>> {
        let mut all = vec![];
        for column in y.chunks_exact(self.fitted_rows().max(1)) {
            all.append(&mut self.used(column)?);
        }
        Ok(all)
    }

    /// The length of results per row.
    fn fitted_rows(&self) -> usize {
        if self.rows.pad { self.rows.n_data } else { self.n_obs }
    }
}

impl Refits {
    fn new(names: Vec<String>, p: usize, outcomes: Vec<Outcome>) -> Result<Self> {
        let (k, what) = (outcomes.len(), "estimates of refits");
        let mut all = Refits {
            values: try_vec(what, f64::NAN, k.saturating_mul(names.len()))?,
            std_errors: try_vec(what, f64::NAN, k.saturating_mul(p))?,
            log_likelihood: try_vec(what, f64::NAN, k)?,
            status: try_vec(what, RefitStatus::Failed, k)?,
            reasons: try_vec(what, None, k)?,
            names,
        };
        for (i, outcome) in outcomes.into_iter().enumerate() {
            match outcome {
                Ok((refit, values)) => {
                    values.iter().enumerate().for_each(|(j, v)| all.values[j * k + i] = *v);
                    refit.std_error.iter().enumerate().for_each(|(j, v)| all.std_errors[j * k + i] = *v);
                    all.log_likelihood[i] = refit.log_likelihood;
                    all.status[i] = match (refit.converged, refit.singular) {
                        (false, _) => RefitStatus::NotConverged,
                        (true, true) => RefitStatus::Singular,
                        (true, false) => RefitStatus::Converged,
                    };
                }
                Err(reason) => all.reasons[i] = Some(reason),
            }
        }
        Ok(all)
    }

    /// The number of responses.
    pub fn len(&self) -> usize {
        self.status.len()
    }

    pub fn is_empty(&self) -> bool {
        self.status.is_empty()
    }

    /// One row a response: `status` ("converged", "singular", "not_converged" or "failed"), `reason` of a failure, `log_likelihood`, the estimates, and
    /// standard errors as `se.` and the name.
    pub fn frame(&self) -> Result<Frame> {
        let k = self.len();
        let mut frame = Frame::new(k);
        let levels = ["converged", "singular", "not_converged", "failed"].map(String::from).to_vec();
        frame.add_category("status", try_collect(FRAME, self.status.iter().map(|s| *s as i32))?, levels, false)?;
        frame.add_strings("reason", &try_collect(FRAME, self.reasons.iter().map(Option::as_deref))?)?;
        frame.add_real("log_likelihood", try_copy(FRAME, &self.log_likelihood)?)?;
        let std_errors = self.std_errors.chunks_exact(k.max(1));
        let errors = self.names.iter().take(std_errors.len()).map(|name| format!("se.{name}"));
        let names = beside(&OWN_COLUMNS, &self.names.iter().cloned().chain(errors).collect::<Vec<_>>());
        for (name, values) in names.iter().zip(self.values.chunks_exact(k.max(1)).chain(std_errors)) {
            frame.add_real(name, try_copy(FRAME, values)?)?;
        }
        Ok(frame)
    }
}
