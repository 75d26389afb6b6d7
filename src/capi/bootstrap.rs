//! Bootstraps: what is resampled, and what is computed of each replicate.

use std::mem::MaybeUninit;

use super::bootstrap_lists::BootstrapIntervalCode;
use super::boundary::boundary;
use super::buffer::target;
use super::codes::meaning;
use super::fit::{FitHandle, summed, whole_or};
use super::frame::FrameHandle;
use super::handle::{free, give, need, null};
use super::options::{OptionsHandle, threads};
use super::progress::watched;
use super::resample_lists::SimulationCode;
use super::spec_arrays::distinct;
use super::status::{ErrorRecord, Status};
use super::strings::{optional_text, texts};
use super::{c_char, c_void};
use crate::error::{Code, Error, Result};
use crate::fit::{Fit, Instead};
use crate::inside::outside;
use crate::resample::{Bootstrap, BootstrapOptions, IntervalOptions, Statistic, Unit, View, median};

/// Fills `out` [n_out] with statistics of a replicate, given its number (-1 for the fit itself and if groups or rows are left out), its
/// estimates [n_estimates], in the order of the columns after log_likelihood in the table of replicates, and its response `y` [n], one value
/// per row of the sample; of a Cox model the times of all rows, then their events (1 or 0); none of a fit of an accumulator. A return value other than 0 marks the replicate as failed. It is called on the thread that
/// called the library, and must not throw, longjmp or free the objects of the call.
/// @param replicate Its number; -1 for the fit itself and if groups or rows are left out.
/// @param estimates Its estimates [n_estimates].
/// @param n_estimates The number of estimates.
/// @param n_out The number of statistics.
/// Since 0.1.
pub type StatisticFn = Option<
    unsafe extern "C" fn(
        replicate: i64,
        estimates: *const f64,
        n_estimates: usize,
        y: *const f64,
        n: usize,
        out: *mut f64,
        n_out: usize,
        user_data: *mut c_void,
    ) -> i32,
>;

/// Returns a statistic of a response `y` [n], which it may reorder.
/// @param y The response [n], in and out.
/// Since 0.1.
pub type ResponseStatisticFn = Option<unsafe extern "C" fn(y: *mut f64, n: usize, user_data: *mut c_void) -> f64>;

/// What a bootstrap draws.
#[derive(Clone, Debug)]
enum Draws {
    Responses,
    /// Levels of a grouping factor, the first of the model if there is no name.
    Groups(Option<String>),
    Rows,
}

/// What is resampled, and what is computed of each replicate.
/// Since 0.1.
pub struct BootstrapHandle {
    pub(super) options: BootstrapOptions,
    draws: Draws,
    names: Vec<String>,
    function: StatisticFn,
    user_data: *mut c_void,
}

/// Makes a bootstrap of 1000 replicates with seed 0 that simulates responses with newly drawn random effects: the parametric bootstrap.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_bootstrap_new(out: *mut *mut BootstrapHandle, err: *mut ErrorRecord) -> Status {
    boundary(err, || {
        let out = target(out, "out")?;
        out.write(give(BootstrapHandle {
            options: BootstrapOptions { replicates: 1000, ..BootstrapOptions::default() },
            draws: Draws::Responses,
            names: vec![],
            function: None,
            user_data: std::ptr::null_mut(),
        })?);
        Ok(())
    })
}

/// Frees a bootstrap; NULL is allowed.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_bootstrap_free(bootstrap: Option<Box<BootstrapHandle>>) {
    free(bootstrap);
}

/// Sets the replicates: `n` of them, from number `first`. A replicate depends only on the seed and its number, so a stopped run can
/// continue: tables of replicates 0 to 499 and 500 to 999, joined by interlace_frame_append, equal that of 0 to 999.
/// @param first The number of the first replicate.
/// @param n The number of replicates.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_bootstrap_set_replicates(
    bootstrap: Option<&mut BootstrapHandle>,
    first: usize,
    n: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let bootstrap = need(bootstrap, "bootstrap")?;
        if first.checked_add(n).is_none_or(|end| i64::try_from(end).is_err()) {
            return Err(Error::argument(format!("first is {first} and n is {n}: numbers of replicates end at {}", i64::MAX)));
        }
        (bootstrap.options.first, bootstrap.options.replicates) = (first, n);
        Ok(())
    })
}

/// Sets the seed of all random numbers.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_bootstrap_set_seed(
    bootstrap: Option<&mut BootstrapHandle>,
    seed: u64,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        need(bootstrap, "bootstrap")?.options.seed = seed;
        Ok(())
    })
}

/// Makes replicates responses simulated as by interlace_fit_simulate. Those of a fit of an accumulator are drawn as the sums that the model sees
/// of them, with other random numbers.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_bootstrap_set_parametric(
    bootstrap: Option<&mut BootstrapHandle>,
    simulation: MaybeUninit<SimulationCode>,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let bootstrap = need(bootstrap, "bootstrap")?;
        bootstrap.options.random_effects = meaning(simulation, "simulation")?;
        bootstrap.draws = Draws::Responses;
        Ok(())
    })
}

/// Makes replicates samples of the data: as many levels of the grouping factor `group` (NULL for the model's first) as it has, drawn with
/// replacement, with all their rows. A level drawn twice counts as two levels, and so do levels within it of a nested factor; levels of
/// factors crossed with it do not change.
/// @param group The name of a grouping factor; NULL for the first of the model.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_bootstrap_set_groups(
    bootstrap: Option<&mut BootstrapHandle>,
    group: *const c_char,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let group = optional_text(group, "group")?.map(String::from);
        need(bootstrap, "bootstrap")?.draws = Draws::Groups(group);
        Ok(())
    })
}

/// Makes replicates samples of the data: as many rows as there are, drawn one by one with replacement. Standard errors are too small if
/// rows of a group are alike.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_bootstrap_set_rows(bootstrap: Option<&mut BootstrapHandle>, err: *mut ErrorRecord) -> Status {
    boundary(err, || {
        need(bootstrap, "bootstrap")?.draws = Draws::Rows;
        Ok(())
    })
}

/// Adds statistics of each replicate to its estimates, with names [n], copied; `function` receives `user_data`. NULL for none.
/// @param names The names [n] of the statistics.
/// @param n The number of statistics.
/// @param function The function; NULL for none.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_bootstrap_set_statistic(
    bootstrap: Option<&mut BootstrapHandle>,
    names: *const *const c_char,
    n: usize,
    function: StatisticFn,
    user_data: *mut c_void,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let bootstrap = need(bootstrap, "bootstrap")?;
        let names = texts(names, n, "names")?.into_iter().map(String::from).collect::<Vec<_>>();
        if function.is_none() && n > 0 {
            return Err(null("function"));
        }
        distinct("names", &names)?;
        (bootstrap.names, bootstrap.function, bootstrap.user_data) = (names, function, user_data);
        Ok(())
    })
}

/// Fits the model to each replicate, and makes a frame with one row per replicate: "status" (converged, singular or failed), "reason" (why
/// it failed, else missing), "log_likelihood", all estimates by name, and the statistics. The estimates are fixed effects (those of the zero part and the
/// dispersion or scale begin with zi. and disp.), parameters of the family, of the thresholds with nominal effects, or sigma, theta, standard
/// deviations (sd_) and correlations (cor_) of random effects. Replicates that failed have NaN, such as those in which a category of an ordinal
/// response does not occur. The progress function is told of each replicate with the number done, and the deviance and theta of that replicate
/// (NaN and none if it failed). Without replicates there are only the columns, whose names give the order of the estimates that a statistic
/// receives.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_bootstrap_run(
    bootstrap: Option<&BootstrapHandle>,
    fit: Option<&FitHandle>,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (own, fit, out) = (need(bootstrap, "bootstrap")?, &summed(fit)?.fit, target(out, "out")?);
        let asked = BootstrapOptions { threads: threads(options), ..own.asked(fit)? };
        let all = own.with_statistic(|statistic| watched(options, |watch| fit.bootstrap_with(&asked, statistic, watch)))?;
        out.write(give(FrameHandle::new(all.frame()?))?);
        Ok(())
    })
}

/// The jackknife: fits the model without each group, or row, that the bootstrap draws; without each level of the first grouping factor if
/// it simulates. Makes a frame with one row for each: "left_out", then the columns of interlace_bootstrap_run. Options as there.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_bootstrap_jackknife(
    bootstrap: Option<&BootstrapHandle>,
    fit: Option<&FitHandle>,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (own, fit, out) = (need(bootstrap, "bootstrap")?, &whole_or(fit, Instead::Parametric)?.fit, target(out, "out")?);
        let unit = own.asked(fit)?.cases.map_or_else(|| fit.unit(None), Ok)?;
        let all: Bootstrap =
            own.with_statistic(|statistic| watched(options, |watch| fit.jackknife(unit, statistic, threads(options), watch)))?;
        out.write(give(FrameHandle::new(all.frame()?))?);
        Ok(())
    })
}

/// Intervals of all estimates and statistics from `replicates`, a frame from interlace_bootstrap_run of the same fit, as a new frame: term, id,
/// estimate, bias, std_error, lower, upper, and n, the number of replicates that did not fail. Only INTERLACE_BOOTSTRAP_INTERVAL_BCA needs
/// `jackknife`, a frame from interlace_bootstrap_jackknife, and gives NaN for terms with missing values there.
/// @param replicates The table of replicates.
/// @param jackknife The table of the jackknife; NULL is allowed where it is not needed. `level` is between 0 and 1, such as 0.95.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_bootstrap_confint(
    bootstrap: Option<&BootstrapHandle>,
    fit: Option<&FitHandle>,
    replicates: Option<&FrameHandle>,
    jackknife: Option<&FrameHandle>,
    level: f64,
    bootstrap_interval: MaybeUninit<BootstrapIntervalCode>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (own, fit, replicates) = (need(bootstrap, "bootstrap")?, &summed(fit)?.fit, need(replicates, "replicates")?);
        let (out, kind) = (target(out, "out")?, meaning(bootstrap_interval, "bootstrap_interval")?);
        let options = IntervalOptions { level, kind, jackknife: jackknife.map(|j| &j.frame) };
        let table = own.with_statistic(|statistic| fit.bootstrap_intervals_with(&replicates.frame, &options, statistic))?;
        out.write(give(FrameHandle::new(table))?);
        Ok(())
    })
}

/// Writes the standard error of a statistic of only the response to `*out`: the standard deviation of its values in the replicates, in
/// which nothing is fitted. `function` NULL means the median. With interlace_bootstrap_set_groups it is the cluster bootstrap.
/// @param function The statistic; NULL for the median.
/// @param out The standard error [1].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_bootstrap_response_std_error(
    bootstrap: Option<&BootstrapHandle>,
    fit: Option<&FitHandle>,
    function: ResponseStatisticFn,
    user_data: *mut c_void,
    options: Option<&OptionsHandle>,
    out: *mut f64,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (own, fit, out) = (need(bootstrap, "bootstrap")?, &whole_or(fit, Instead::Parametric)?.fit, target(out, "out")?);
        let statistic = |y: &mut [f64]| {
            Ok(match function {
                None => median(y),
                Some(function) => outside(|| function(y.as_mut_ptr(), y.len(), user_data)),
            })
        };
        let asked = own.asked(fit)?;
        let value = watched(options, |watch| fit.bootstrap_std_error(&asked, statistic, watch))?;
        out.write(value);
        Ok(())
    })
}

impl BootstrapHandle {
    /// With the groups of a fit.
    fn asked(&self, fit: &Fit) -> Result<BootstrapOptions> {
        let cases = match &self.draws {
            Draws::Responses => None,
            Draws::Groups(group) => Some(fit.unit(group.as_deref())?),
            Draws::Rows => Some(Unit::Row),
        };
        Ok(BootstrapOptions { cases, ..self.options })
    }

    unsafe fn with_statistic<T>(&self, work: impl FnOnce(Option<&mut Statistic<'_>>) -> Result<T>) -> Result<T> {
        let Some(function) = self.function else { return work(None) };
        let mut call = |view: &View<'_>, out: &mut [f64]| {
            let (estimates, y) = (view.estimates, view.y);
            let (count, n, n_out, to) = (estimates.len(), y.len(), out.len(), out.as_mut_ptr());
            let answer = outside(|| function(view.replicate, estimates.as_ptr(), count, y.as_ptr(), n, to, n_out, self.user_data));
            if answer == 0 { Ok(()) } else { Err(Error::new(Code::Numeric, format!("the statistic has returned {answer}"))) }
        };
        work(Some(&mut Statistic { names: self.names.clone(), function: &mut call }))
    }
}
