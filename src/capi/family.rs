//! Families of the caller's.

use std::mem::MaybeUninit;
use std::sync::Arc;

use super::boundary::boundary;
use super::buffer::{slice, target};
use super::codes::meaning;
use super::family_lists::ParameterScaleCode;
use super::handle::{free, give, need, null};
use super::spec::SpecHandle;
use super::spec_family::generalised;
use super::status::{ErrorRecord, Status};
use super::strings::{text, texts};
use super::{c_char, c_void};
use crate::error::{Code, Error, Result};
use crate::family::{
    CustomFamily, CustomFunctions, CustomParameter, DensityDerivatives, LogDensity, MAX_PARAMETERS, Map, Scale, UnitDeviance,
};
use crate::inside::outside;
use crate::spec::FamilySpec;

/// A function of a column: fills `out` [n] from `x` [n]. A return value other than 0 stops the fit with INTERLACE_E_CANCELLED.
/// @param x The column [n].
/// Since 0.1.
pub type FamilyMapFn = Option<unsafe extern "C" fn(x: *const f64, n: usize, out: *mut f64, user_data: *mut c_void) -> i32>;

/// Fills `out` [n] with the squared deviance residuals of responses `y` [n] at means `mu` [n], times the weights [n].
/// A return value other than 0 stops the fit with INTERLACE_E_CANCELLED.
/// @param weights Prior weights [n].
/// Since 0.1.
pub type FamilyDevianceFn = Option<
    unsafe extern "C" fn(
        y: *const f64,
        mu: *const f64,
        weights: *const f64,
        n: usize,
        out: *mut f64,
        user_data: *mut c_void,
    ) -> i32,
>;

/// Fills `out` [n] with the log-densities of responses `y` [n] at linear predictors `eta` [n]. `weights` [n] are ones if there are none,
/// `psi` [n,n_parameters] are the parameters on their working scale (logarithms for INTERLACE_PARAMETER_SCALE_LOG).
/// A return value other than 0 stops the fit with INTERLACE_E_CANCELLED.
/// @param n_parameters The number of parameters besides the mean.
/// Since 0.1.
pub type FamilyLogDensityFn = Option<
    unsafe extern "C" fn(
        y: *const f64,
        eta: *const f64,
        weights: *const f64,
        psi: *const f64,
        n: usize,
        n_parameters: usize,
        out: *mut f64,
        user_data: *mut c_void,
    ) -> i32,
>;

/// Fills `s` [n], `w` [n] and `t` [n] with the first, minus the second and minus the third derivative of the log-density in eta.
/// The inputs are those of the log-density. A return value other than 0 stops the fit with INTERLACE_E_CANCELLED.
/// @param n_parameters The number of parameters besides the mean.
/// @param y Responses [n].
/// @param eta Linear predictors [n].
/// @param weights Prior weights [n].
/// @param psi Parameters [n,n_parameters], on their working scales.
/// Since 0.1.
pub type FamilyDerivativesFn = Option<
    unsafe extern "C" fn(
        y: *const f64,
        eta: *const f64,
        weights: *const f64,
        psi: *const f64,
        n: usize,
        n_parameters: usize,
        s: *mut f64,
        w: *mut f64,
        t: *mut f64,
        user_data: *mut c_void,
    ) -> i32,
>;

/// The definition of a family. Fill it with zeros, then set `struct_size` to its size, `name`, `linkfun`, `linkinv`, `mu_eta`, `variance`,
/// `dev_resids`, and the other members that you need. The functions are called
/// by the calls that fit, predict or take residuals, on the thread of that call; two threads that fit with one family may call them at the
/// same time. They must not throw or longjmp. Outside the domain of the link they must give NaN: the search takes back steps that go there.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct FamilyCallbacks {
    /// sizeof(interlace_family_callbacks).
    pub struct_size: usize,
    /// Passed to the functions unchanged, NULL or not; it must outlive the family and everything made with it.
    pub user_data: *mut c_void,
    /// The name, for summaries and messages.
    pub name: *const c_char,
    /// The linear predictor, given the mean, for starting values: also means outside the range of the link, for which NaN or infinity is right.
    /// Required, as are the four functions after it.
    pub linkfun: FamilyMapFn,
    /// The mean, given the linear predictor.
    pub linkinv: FamilyMapFn,
    /// The derivative of the mean in the linear predictor, given the linear predictor.
    pub mu_eta: FamilyMapFn,
    /// The variance function: the variance for a weight of one, given the mean.
    pub variance: FamilyMapFn,
    /// The squared deviance residuals.
    pub dev_resids: FamilyDevianceFn,
    /// The log-density. If NULL, minus half of `dev_resids` replaces it: a quasi-likelihood without constants, which must not be
    /// compared with the likelihood of another family.
    pub log_density: FamilyLogDensityFn,
    /// The derivatives of `log_density`. If NULL, they are differences; the third, and so the gradient of the fit, is accurate to 1e-4.
    pub derivatives: FamilyDerivativesFn,
    /// The number of parameters of `log_density` besides the mean, at most 3.
    pub n_parameters: usize,
    /// Their names [n_parameters]. NULL if there are none.
    pub parameter_names: *const *const c_char,
    /// The working scale of each [n_parameters]. NULL if there are none.
    pub parameter_scales: *const MaybeUninit<ParameterScaleCode>,
    /// Starting values [n_parameters], NULL if there are none, on the reported scale: positive for INTERLACE_PARAMETER_SCALE_LOG.
    pub parameter_starts: *const f64,
}

/// A user-defined family.
/// Since 0.1.
pub struct FamilyHandle {
    family: CustomFamily,
}

/// The caller's pointer, which is only handed on: the header has the caller answer for its use by several threads.
#[derive(Clone, Copy)]
struct User(*mut c_void);

// SAFETY: see `User`; the library never follows the pointer.
unsafe impl Send for User {}
unsafe impl Sync for User {}

impl User {
    fn pointer(self) -> *mut c_void {
        self.0
    }
}

/// Makes a family from functions. `callbacks` and the arrays and strings in it are copied.
/// @param callbacks The functions of the family.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_family_new(
    callbacks: *const FamilyCallbacks,
    out: *mut *mut FamilyHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let out = target(out, "out")?;
        let callbacks = read(callbacks)?;
        let name = text(callbacks.name, "name")?;
        let functions = functions(name, &callbacks)?;
        let family = CustomFamily::new(name, functions, &parameters(&callbacks)?)?;
        out.write(give(FamilyHandle { family })?);
        Ok(())
    })
}

/// Frees a family. Specs and fits that use it keep what they need. NULL is allowed.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_family_free(family: Option<Box<FamilyHandle>>) {
    free(family);
}

/// Sets a user-defined family for a model of kind INTERLACE_MODEL_GLMM. It replaces the previous family and its fixed parameters.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_set_custom_family(
    spec: Option<&mut SpecHandle>,
    family: Option<&FamilyHandle>,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (spec, family) = (generalised(spec, "the family")?, need(family, "family")?);
        spec.family = FamilySpec { custom: Some(Box::new(family.family.clone())), ..FamilySpec::default() };
        Ok(())
    })
}

/// The members that the caller's version of the structure has; the others are zero.
unsafe fn read(callbacks: *const FamilyCallbacks) -> Result<FamilyCallbacks> {
    let start = target(callbacks.cast_mut(), "callbacks")?;
    let (seen, known) = (start.cast::<usize>().read(), size_of::<FamilyCallbacks>());
    let least = std::mem::offset_of!(FamilyCallbacks, parameter_starts) + size_of::<*const f64>();
    if seen < least {
        return Err(Error::argument(format!("callbacks: struct_size is {seen}, it must be at least {least}")));
    }
    let mut copy = std::mem::MaybeUninit::<FamilyCallbacks>::zeroed();
    std::ptr::copy_nonoverlapping(start.cast::<u8>().as_ptr(), copy.as_mut_ptr().cast(), seen.min(known));
    Ok(copy.assume_init())
}

unsafe fn parameters(callbacks: &FamilyCallbacks) -> Result<Vec<CustomParameter>> {
    let n = callbacks.n_parameters;
    if n > MAX_PARAMETERS {
        return Err(Error::argument(format!("n_parameters is {n}, it must be at most {MAX_PARAMETERS}")));
    }
    let names = texts(callbacks.parameter_names, n, "parameter_names")?;
    let scales = slice(callbacks.parameter_scales, n, "parameter_scales")?;
    let starts = slice(callbacks.parameter_starts, n, "parameter_starts")?;
    let parameter = |i: usize| -> Result<CustomParameter> {
        let scale = match meaning(scales[i], &format!("parameter_scales[{i}]"))? {
            ParameterScaleCode::Identity => Scale::Identity,
            ParameterScaleCode::Log => Scale::Log,
        };
        Ok(CustomParameter { name: names[i].to_owned(), scale, start: starts[i] })
    };
    (0..n).map(parameter).collect()
}

fn functions(name: &str, callbacks: &FamilyCallbacks) -> Result<CustomFunctions> {
    let user = User(callbacks.user_data);
    Ok(CustomFunctions {
        linkfun: map(name, "linkfun", callbacks.linkfun, user)?,
        linkinv: map(name, "linkinv", callbacks.linkinv, user)?,
        mu_eta: map(name, "mu_eta", callbacks.mu_eta, user)?,
        variance: map(name, "variance", callbacks.variance, user)?,
        unit_deviance: deviance(name, callbacks.dev_resids, user)?,
        log_density: log_density(name, callbacks.log_density, user),
        derivatives: derivatives(name, callbacks.derivatives, user),
    })
}

/// What a function's return value means.
fn returned(family: &str, function: &str, status: i32) -> Result<()> {
    if status == 0 {
        return Ok(());
    }
    Err(Error::new(Code::Cancelled, format!("family {family}: {function} returned {status}")))
}

fn map(family: &str, name: &'static str, f: FamilyMapFn, user: User) -> Result<Map> {
    let (f, family) = (f.ok_or_else(|| null(name))?, family.to_owned());
    Ok(Arc::new(move |x, out| {
        // SAFETY: both columns have x.len() elements; what the function does with them is the caller's contract.
        returned(&family, name, outside(|| unsafe { f(x.as_ptr(), x.len(), out.as_mut_ptr(), user.pointer()) }))
    }))
}

fn deviance(family: &str, f: FamilyDevianceFn, user: User) -> Result<UnitDeviance> {
    let (f, family) = (f.ok_or_else(|| null("dev_resids"))?, family.to_owned());
    Ok(Arc::new(move |y, mu, weights, out| {
        // SAFETY: as in `map`.
        let status = outside(|| unsafe { f(y.as_ptr(), mu.as_ptr(), weights.as_ptr(), y.len(), out.as_mut_ptr(), user.pointer()) });
        returned(&family, "dev_resids", status)
    }))
}

fn log_density(family: &str, f: FamilyLogDensityFn, user: User) -> Option<LogDensity> {
    let (f, family) = (f?, family.to_owned());
    Some(Arc::new(move |rows, out| {
        let (n, user) = (rows.y.len(), user.pointer());
        let parameters = rows.psi.len().checked_div(n).unwrap_or(0);
        let [y, eta, weights, psi] = [rows.y, rows.eta, rows.weights, rows.psi].map(<[f64]>::as_ptr);
        // SAFETY: as in `map`; psi has n times n_parameters elements.
        returned(&family, "log_density", outside(|| unsafe { f(y, eta, weights, psi, n, parameters, out.as_mut_ptr(), user) }))
    }))
}

fn derivatives(family: &str, f: FamilyDerivativesFn, user: User) -> Option<DensityDerivatives> {
    let (f, family) = (f?, family.to_owned());
    Some(Arc::new(move |rows, out| {
        let (n, user) = (rows.y.len(), user.pointer());
        let parameters = rows.psi.len().checked_div(n).unwrap_or(0);
        let [y, eta, weights, psi] = [rows.y, rows.eta, rows.weights, rows.psi].map(<[f64]>::as_ptr);
        let [s, w, t] = out.map(<[f64]>::as_mut_ptr);
        // SAFETY: as in `map`.
        returned(&family, "derivatives", outside(|| unsafe { f(y, eta, weights, psi, n, parameters, s, w, t, user) }))
    }))
}
