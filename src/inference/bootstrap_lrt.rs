//! The parametric bootstrap of a likelihood ratio: responses are simulated from the smaller model, and both are fitted to each (Halekoh and
//! Højsgaard 2014).

use super::lrt::check_comparable;
use super::nesting::not_nested;
use crate::error::{Error, Result, or_reason, try_collect};
use crate::family::special::gamma_tails;
use crate::fit::Fit;
use crate::frame::Frame;
use crate::options::FixedEffectsBy;
use crate::resample::pool::{News, Pieces, run};
use crate::resample::{BootstrapOptions, RandomEffects, Refitter, Simulator};
use crate::tails::{chi_square_upper, f_upper};
use crate::watch::{Phase, Watch};

/// A smaller model and a larger one by maximum likelihood.
pub struct NestedPair {
    reduced: Fit,
    full: Fit,
}

/// Log-likelihoods of the smaller and the larger model for each replicate, or why there are none.
#[derive(Clone, Debug)]
pub struct BootstrapLrt {
    pub first: usize,
    pub replicates: Vec<std::result::Result<[f64; 2], String>>,
}

/// A replicate this much below the observed ratio is as large: both have errors of the searches.
const SLACK: f64 = 1e-6;

/// A likelihood of the larger model that is lower by more than this share is no maximum.
const SHORT: f64 = 1e-6;

/// What memory is for.
const FRAME: &str = "table of bootstrap likelihood ratios";

impl NestedPair {
    /// Fits by REML are fitted again by maximum likelihood.
    pub fn new(reduced: &Fit, full: &Fit, watch: &Watch<'_>) -> Result<Self> {
        [reduced, full].iter().try_for_each(|own| own.without_priors("a likelihood-ratio test"))?;
        let ml = |fit: &Fit, i: usize| {
            watch.at(Phase::Model, i, Some(2))?;
            let own = fit.refit_ml(&watch.inside(Phase::Model, i, Some(2)))?;
            watch.check()?;
            Ok::<Fit, Error>(own)
        };
        let own = NestedPair { reduced: ml(reduced, 0)?, full: ml(full, 1)? };
        check_comparable(&own.reduced, &own.full, 1)?;
        if let Some(why) = not_nested(&own.reduced, &own.full, watch)? {
            return Err(Error::argument(why));
        }
        if own.full.npar <= own.reduced.npar {
            return Err(Error::argument(format!(
                "the larger model has {} parameters, the reduced one {}",
                own.full.npar, own.reduced.npar
            )));
        }
        Ok(own)
    }

    /// The likelihood ratio of the data.
    pub fn observed(&self) -> f64 {
        (2.0 * (self.full.log_likelihood - self.reduced.log_likelihood)).max(0.0)
    }

    /// Whether estimates maximise the likelihood that is compared, so that the larger model's can't be the lower one.
    fn maximised(&self) -> bool {
        let own = &self.full;
        own.cox().is_none_or(|own| own.fixed_effects == FixedEffectsBy::Integrated)
            && own.generalised().is_none_or(|own| own.quadrature > 0)
    }

    /// By how many parameters the models differ.
    pub(crate) fn df(&self) -> usize {
        self.full.npar - self.reduced.npar
    }

    /// Replicates of the ratio if the smaller model holds. A replicate depends on the seed and its number alone.
    pub fn bootstrap(&self, options: &BootstrapOptions, watch: &Watch<'_>) -> Result<BootstrapLrt> {
        self.reduced.without_ends("a parametric bootstrap")?;
        let simulator = Simulator::new(&self.reduced, RandomEffects::New)?;
        let tools = |watch: &Watch<'_>| Ok([Refitter::new(&self.reduced, watch)?, Refitter::new(&self.full, watch)?]);
        let one = |tools: &mut [Refitter; 2], i: usize, watch: &Watch<'_>| {
            self.replicate(tools, &simulator.replicate(options.seed, options.first.wrapping_add(i) as u64, watch)?, watch)
        };
        let work = |tools: &mut [Refitter; 2], i: usize, watch: &Watch<'_>| or_reason(one(tools, i, watch));
        let news = |replicate: &std::result::Result<[f64; 2], String>| -> News {
            (replicate.as_ref().map_or(f64::NAN, |found| -2.0 * found[1]), vec![])
        };
        let pieces = Pieces { tools: &tools, work: &work, news: &news };
        let replicates = run(options.replicates, options.threads, Phase::Replicate, &pieces, watch)?;
        Ok(BootstrapLrt { first: options.first, replicates })
    }

    /// Log-likelihoods of both models for a response.
    fn replicate(&self, tools: &mut [Refitter; 2], y: &[f64], watch: &Watch<'_>) -> Result<[f64; 2]> {
        self.refit(tools, y, watch).map(|(found, _)| found)
    }

    /// The same, and whether the larger model has a linear combination of random effects without variance.
    pub(crate) fn refit(&self, tools: &mut [Refitter; 2], y: &[f64], watch: &Watch<'_>) -> Result<([f64; 2], bool)> {
        let (mut found, mut singular) = ([0.0; 2], false);
        for ((found, refitter), name) in found.iter_mut().zip(tools).zip(["reduced", "larger"]) {
            let refit = refitter.refit(y, watch)?;
            if !refit.converged {
                return Err(Error::numeric(format!("the search of the {name} model did not converge")));
            }
            (*found, singular) = (refit.log_likelihood, refit.singular);
        }
        if self.maximised() && found[1] < found[0] - SHORT * (1.0 + found[0].abs()) {
            return Err(Error::numeric("the search of the larger model has stopped short of the reduced one's likelihood"));
        }
        Ok((found, singular))
    }

    /// The smaller and the larger model by maximum likelihood.
    pub(crate) fn models(&self) -> [&Fit; 2] {
        [&self.reduced, &self.full]
    }

    /// A row for each p-value of the observed ratio, from a frame of replicates: `method` (chi_square, bootstrap, bartlett, gamma), `statistic`,
    /// `df`, `p_value`, `lower` and `upper`, and the numbers of replicates `n`, `extreme` and `failed`.
    pub fn test(&self, replicates: &Frame, level: f64) -> Result<Frame> {
        if !(level > 0.0 && level < 1.0) {
            return Err(Error::argument(format!("level is {level}, must be between 0 and 1")));
        }
        let ratios = replicates.numbers(replicates.column("chi_square")?)?;
        let all: Vec<f64> = ratios.iter().copied().filter(|v| !v.is_nan()).collect();
        let (n, df, observed) = (all.len(), self.df() as f64, self.observed());
        if n == 0 {
            return Err(Error::data("there is no replicate that did not fail"));
        }
        let extreme = all.iter().filter(|ratio| **ratio >= observed - SLACK).count();
        let count = n as f64;
        let mean = all.iter().sum::<f64>() / count;
        let variance = all.iter().map(|ratio| (ratio - mean).powi(2)).sum::<f64>() / (count - 1.0);
        let corrected = observed * df / mean;
        let gamma = if variance > 0.0 && mean > 0.0 {
            gamma_tails(mean * mean / variance, observed * mean / variance)[1]
        } else {
            f64::NAN
        };
        let (lower, upper) = binomial_limits(extreme, n, 1.0 - level);
        let nothing = f64::NAN;
        let rows = [
            ("chi_square", observed, df, chi_square_upper(observed, df), nothing, nothing),
            ("bootstrap", observed, nothing, (extreme + 1) as f64 / (n + 1) as f64, lower, upper),
            ("bartlett", corrected, df, if mean > 0.0 { chi_square_upper(corrected, df) } else { nothing }, nothing, nothing),
            ("gamma", observed, nothing, gamma, nothing, nothing),
        ];
        let failed = ratios.len() - n;
        let mut frame = Frame::new(rows.len());
        frame.add_strings("method", &rows.map(|row| Some(row.0)))?;
        frame.add_real("statistic", rows.map(|row| row.1).to_vec())?;
        frame.add_real("df", rows.map(|row| row.2).to_vec())?;
        frame.add_real("p_value", rows.map(|row| row.3).to_vec())?;
        frame.add_real("lower", rows.map(|row| row.4).to_vec())?;
        frame.add_real("upper", rows.map(|row| row.5).to_vec())?;
        for (name, value) in [("n", n), ("extreme", extreme), ("failed", failed)] {
            frame.add_integers(name, vec![value as i64; rows.len()])?;
        }
        Ok(frame)
    }
}

impl BootstrapLrt {
    /// One row a replicate: `replicate` (its number), `log_likelihood_reduced`, `log_likelihood`, `chi_square` (not below zero) and `reason`, why
    /// it failed.
    pub fn frame(&self) -> Result<Frame> {
        let n = self.replicates.len();
        let mut frame = Frame::new(n);
        let of = |value: &dyn Fn(&[f64; 2]) -> f64| {
            try_collect(FRAME, self.replicates.iter().map(|own| own.as_ref().map_or(f64::NAN, value)))
        };
        frame.add_integers("replicate", try_collect(FRAME, (0..n).map(|i| (self.first + i) as i64))?)?;
        frame.add_real("log_likelihood_reduced", of(&|own| own[0])?)?;
        frame.add_real("log_likelihood", of(&|own| own[1])?)?;
        frame.add_real("chi_square", of(&|own| (2.0 * (own[1] - own[0])).max(0.0))?)?;
        let reasons = self.replicates.iter().map(|own| own.as_ref().err().map(String::as_str));
        frame.add_strings("reason", &try_collect(FRAME, reasons)?)?;
        Ok(frame)
    }
}

/// Limits of a probability of which `k` of `n` trials are seen (Clopper and Pearson 1934).
pub(crate) fn binomial_limits(k: usize, n: usize, alpha: f64) -> (f64, f64) {
    let (k, n) = (k as f64, n as f64);
    // P(at least k | p) is the distribution function of a beta variate with parameters k and n - k + 1.
    let beta = |a: f64, b: f64, p: f64| f_upper(a * (1.0 - p) / (b * p), 2.0 * b, 2.0 * a);
    let solve = |a: f64, b: f64, level: f64| {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if beta(a, b, middle) < level { low = middle } else { high = middle }
        }
        0.5 * (low + high)
    };
    let lower = if k == 0.0 { 0.0 } else { solve(k, n - k + 1.0, 0.5 * alpha) };
    let upper = if k == n { 1.0 } else { solve(k + 1.0, n - k, 1.0 - 0.5 * alpha) };
    (lower, upper)
}

#[cfg(test)]
mod tests {
    use super::*;

    // R: binom.test(k, n)$conf.int.
    #[test]
    fn limits_are_those_of_clopper_and_pearson() {
        let cases = [
            (0, 20, 0.0, 0.168_433_470_983_085_4),
            (3, 20, 0.032_070_937_185_463_73, 0.378_926_826_545_313_96),
            (20, 20, 0.831_566_529_016_914_6, 1.0),
        ];
        for (k, n, lower, upper) in cases {
            let own = binomial_limits(k, n, 0.05);
            assert!((own.0 - lower).abs() < 1e-8 && (own.1 - upper).abs() < 1e-8, "{k} of {n}: {own:?}");
        }
    }
}
