//! The parametric bootstrap: the model fitted to responses simulated from it.

use super::pool::{News, Pieces, run};
use super::refit::{Refit, Refitter};
use super::simulate::{RandomEffects, Simulator};
use crate::error::{Error, Result, try_vec};
use crate::fit::Fit;
use crate::frame::Frame;
use crate::options::Progress;

/// What is resampled, and on how many threads, which changes no result.
#[derive(Clone, Copy, Debug)]
pub struct BootstrapOptions {
    pub replicates: usize,
    pub seed: u64,
    pub random_effects: RandomEffects,
    pub threads: usize,
}

/// Estimates of all replicates.
#[derive(Clone, Debug)]
pub struct Bootstrap {
    pub names: Vec<String>,
    /// `[replicates, names]`; a replicate that failed has NaN.
    pub values: Vec<f64>,
    pub log_likelihood: Vec<f64>,
    /// Whether a linear combination of random effects has no variance; of replicates that failed it says nothing.
    pub singular: Vec<bool>,
    /// Why a replicate failed; `None` if it did not.
    pub failures: Vec<Option<String>>,
}

/// A replicate's estimates, or why there are none.
type Replicate = std::result::Result<(Refit, Vec<f64>), String>;

impl Fit {
    /// Simulates and refits. After each replicate `progress` gets the number done, the deviance and theta of the one just done (NaN and
    /// nothing if it failed); `false` from it cancels.
    pub fn bootstrap(&self, options: &BootstrapOptions, progress: Option<Progress<'_>>) -> Result<Bootstrap> {
        let simulator = Simulator::new(self, options.random_effects)?;
        let tools = || Refitter::new(self);
        let work = |refitter: &mut Refitter, i: usize| self.replicate(refitter, &simulator, options.seed, i as u64);
        let pieces = Pieces { tools: &tools, work: &work, news: &news };
        let mut all = Bootstrap::new(self.quantity_names(), options.replicates)?;
        let replicates = run(options.replicates, options.threads, "the bootstrap", &pieces, progress)?;
        for (i, replicate) in replicates.into_iter().enumerate() {
            all.set(i, replicate);
        }
        Ok(all)
    }

    fn replicate(&self, refitter: &mut Refitter, simulator: &Simulator<'_>, seed: u64, i: u64) -> Replicate {
        let fail = |e: Error| e.message;
        let y = simulator.replicate(seed, i).map_err(fail)?;
        let refit = refitter.refit(&y).map_err(fail)?;
        if !refit.converged {
            return Err("the search did not converge".into());
        }
        let values = self.quantities(&refit).map_err(fail)?;
        Ok((refit, values))
    }
}

fn news(replicate: &Replicate) -> News {
    match replicate {
        Ok((refit, _)) => (-2.0 * refit.log_likelihood, refit.theta.clone()),
        Err(_) => (f64::NAN, vec![]),
    }
}

impl Bootstrap {
    fn new(names: Vec<String>, replicates: usize) -> Result<Self> {
        let what = "estimates of bootstrap replicates";
        Ok(Bootstrap {
            values: try_vec(what, f64::NAN, replicates.saturating_mul(names.len()))?,
            log_likelihood: try_vec(what, f64::NAN, replicates)?,
            singular: try_vec(what, false, replicates)?,
            failures: try_vec(what, None, replicates)?,
            names,
        })
    }

    fn set(&mut self, i: usize, replicate: Replicate) {
        let n = self.replicates();
        match replicate {
            Ok((refit, values)) => {
                values.iter().enumerate().for_each(|(j, v)| self.values[j * n + i] = *v);
                self.log_likelihood[i] = refit.log_likelihood;
                self.singular[i] = refit.singular;
            }
            Err(reason) => self.failures[i] = Some(reason),
        }
    }

    pub fn replicates(&self) -> usize {
        self.failures.len()
    }

    pub fn failed(&self) -> usize {
        self.failures.iter().flatten().count()
    }

    /// One row a replicate: `status` ("converged", "singular" or "failed"), `reason` of a failure, `logLik`, then the estimates.
    pub fn frame(&self) -> Result<Frame> {
        let n = self.replicates();
        let mut frame = Frame::new(n);
        let codes = (0..n).map(|i| if self.failures[i].is_some() { 2 } else { i32::from(self.singular[i]) }).collect();
        frame.add_category("status", codes, ["converged", "singular", "failed"].map(String::from).to_vec(), false)?;
        frame.add_strings("reason", &self.failures.iter().map(Option::as_deref).collect::<Vec<_>>())?;
        frame.add_real("logLik", self.log_likelihood.clone())?;
        for (j, name) in self.names.iter().enumerate() {
            frame.add_real(name, self.values[j * n..(j + 1) * n].to_vec())?;
        }
        Ok(frame)
    }
}
