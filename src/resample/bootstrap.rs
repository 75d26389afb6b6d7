//! The parametric bootstrap: the model fitted to responses simulated from it.

use std::sync::atomic::{AtomicBool, Ordering};

use super::refit::{Refit, Refitter};
use super::simulate::{RandomEffects, Simulator};
use crate::error::{Code, Error, Result, try_vec};
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
        let threads = options.threads.clamp(1, options.replicates.max(1));
        let simulator = Simulator::new(self, options.random_effects)?;
        let worker = Worker { fit: self, simulator: &simulator, options, threads, cancelled: &AtomicBool::new(false) };
        let shares = worker.run(progress)?;
        if worker.cancelled.load(Ordering::Relaxed) {
            return Err(Error::new(Code::Cancelled, "the bootstrap was cancelled"));
        }
        let mut all = Bootstrap::new(self.quantity_names(), options.replicates)?;
        for (first, share) in shares.into_iter().enumerate() {
            for (i, replicate) in share.into_iter().enumerate() {
                all.set(first + i * threads, replicate);
            }
        }
        Ok(all)
    }
}

/// What every thread knows. Thread k does replicates k, k + threads ...
struct Worker<'a> {
    fit: &'a Fit,
    simulator: &'a Simulator<'a>,
    options: &'a BootstrapOptions,
    threads: usize,
    cancelled: &'a AtomicBool,
}

impl Worker<'_> {
    /// All shares; this thread does the first, and reports.
    fn run(&self, mut progress: Option<Progress<'_>>) -> Result<Vec<Vec<Replicate>>> {
        let (sender, done) = std::sync::mpsc::channel::<(f64, Vec<f64>)>();
        std::thread::scope(|scope| {
            let mut others = vec![];
            for k in 1..self.threads {
                let sender = sender.clone();
                // The name keeps a panic from being printed (see capi::boundary).
                let thread = std::thread::Builder::new().name("interlace".into());
                let handle = thread.spawn_scoped(scope, move || self.share(k, &mut |v, theta| drop(sender.send((v, theta)))));
                others.push(handle.map_err(|e| Error::argument(format!("threads: can't start thread {}: {e}", k + 1)))?);
            }
            let mut count = 0;
            let mut report = |value: f64, theta: &[f64]| {
                count += 1;
                if let Some(progress) = &mut progress
                    && !progress(count, value, theta)
                {
                    self.cancelled.store(true, Ordering::Relaxed);
                }
            };
            let mut shares = vec![self.share(0, &mut |value, theta| {
                report(value, &theta);
                for (value, theta) in done.try_iter() {
                    report(value, &theta);
                }
            })?];
            drop(sender);
            for (value, theta) in done {
                report(value, &theta);
            }
            for handle in others {
                shares.push(handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
            }
            Ok(shares)
        })
    }

    fn share(&self, k: usize, report: &mut dyn FnMut(f64, Vec<f64>)) -> Result<Vec<Replicate>> {
        let mut refitter = Refitter::new(self.fit)?;
        let mut out = vec![];
        for i in (k..self.options.replicates).step_by(self.threads) {
            if self.cancelled.load(Ordering::Relaxed) {
                break;
            }
            let replicate = self.replicate(&mut refitter, i as u64);
            match &replicate {
                Ok((refit, _)) => report(-2.0 * refit.log_likelihood, refit.theta.clone()),
                Err(_) => report(f64::NAN, vec![]),
            }
            out.push(replicate);
        }
        Ok(out)
    }

    fn replicate(&self, refitter: &mut Refitter, i: u64) -> Replicate {
        let fail = |e: Error| e.message;
        let y = self.simulator.replicate(self.options.seed, i).map_err(fail)?;
        let refit = refitter.refit(&y).map_err(fail)?;
        if !refit.converged {
            return Err("the search did not converge".into());
        }
        let values = self.fit.quantities(&refit).map_err(fail)?;
        Ok((refit, values))
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
