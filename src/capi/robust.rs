//! Robust covariances of the fixed effects.

use std::mem::MaybeUninit;
use std::ptr::null;

use super::boundary::{boundary, query};
use super::buffer::{optional_slice, target};
use super::c_char;
use super::codes::{Codes, from_name, meaning, name_of};
use super::fit::{FitHandle, fit_of};
use super::frame::FrameHandle;
use super::handle::{give, need};
use super::options::OptionsHandle;
use super::progress::watched;
use super::status::{ErrorRecord, Status};
use super::strings::optional_text;
use crate::diagnostics::influence::Cases;
use crate::error::Error;
use crate::fit::RobustKind;

/// How the residuals of clusters become a robust covariance of the fixed effects.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RobustKindCode {
    /// Without correction (Liang and Zeger 1986); of single rows HC0.
    Cr0 = 0,
    /// Times m / (m - 1) for m clusters.
    Cr1 = 1,
    /// Times m (n - 1) / ((m - 1)(n - p)) for n rows and p fixed effects; of single rows HC1.
    Cr1s = 2,
    /// Unbiased under the model, with Satterthwaite's degrees of freedom (Bell and McCaffrey 2002; Pustejovsky and Tipton 2018); of single
    /// rows HC2. Of linear models.
    Cr2 = 3,
    /// By residuals of deleted clusters, nearly the jackknife; of single rows HC3. Of linear models.
    Cr3 = 4,
}

impl Codes for RobustKindCode {
    type Meaning = RobustKind;
    const CODES: &'static [(Self, RobustKind)] = &[
        (RobustKindCode::Cr0, RobustKind::Cr0),
        (RobustKindCode::Cr1, RobustKind::Cr1),
        (RobustKindCode::Cr1s, RobustKind::Cr1s),
        (RobustKindCode::Cr2, RobustKind::Cr2),
        (RobustKindCode::Cr3, RobustKind::Cr3),
    ];
}

/// The name of a kind of robust covariances, such as "cr2"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_robust_kind_name(code: MaybeUninit<RobustKindCode>) -> *const c_char {
    name_of(code)
}

/// The kind of robust covariances that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there
/// is none; the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_robust_kind_from_name(
    name: *const c_char,
    out: *mut RobustKindCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}

/// The fit with a robust covariance of the fixed effects of its mean, as a new fit: M (sum_j X_j' V_j^-1 A_j e_j e_j' A_j' V_j^-1 X_j) M with
/// the model's covariance M, the residuals e_j of cluster j about the mean without random effects, and A_j by the kind. Estimates are the same.
/// Standard errors, tests, limits, marginal means and their contrasts of the new fit are robust; INTERLACE_DF_DEFAULT is Satterthwaite's for
/// INTERLACE_ROBUST_KIND_CR2, with joint tests by Hotelling's distribution, and the number of clusters less one for others.
/// Likelihoods, random effects and what follows from them are those of the model.
///
/// A cluster is the rows of a level of `group`, a grouping factor of the model ("g", "a:b") or columns of `data`; or those with the same
/// code; or, if both are NULL, a single row. Clusters should be independent: the kinds CR2 and CR3 want each level of each random term
/// within one cluster, and at most 4,000 rows in each, of which they make dense matrices.
///
/// A generalised or ordinal fit has the kinds CR0, CR1 and CR1S, V (sum_j s_j s_j') V with the scores s_j of clusters in all parameters and
/// their covariance V, of which the block of the mean's fixed effects is taken; each level of each random term is within one cluster. Its tests
/// are normal. A Cox fit has the same kinds by sums of dfbeta residuals (Lin and Wei 1989), given the covariances of its random effects.
/// INTERLACE_E_UNSUPPORTED for Cox fits with `fixed_effects` integrated, for `nagq` 0, and for fits without rows or by the iterative
/// engine. The new fit cannot be saved, and has no influence.
/// @param robust_kind The kind.
/// @param group The clusters are its levels. NULL for none.
/// @param codes Codes [n_codes], one for each row of the data or for each row used, that are not negative. NULL for none.
/// @param n_codes The number of codes.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_robust(
    fit: Option<&FitHandle>,
    robust_kind: MaybeUninit<RobustKindCode>,
    group: *const c_char,
    data: Option<&FrameHandle>,
    codes: *const i32,
    n_codes: usize,
    options: Option<&OptionsHandle>,
    out: *mut *mut FitHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (handle, own, out) = (need(fit, "fit")?, fit_of(fit)?, target(out, "out")?);
        let kind = meaning(robust_kind, "robust_kind")?;
        let (group, codes) = (optional_text(group, "group")?, optional_slice(codes, n_codes, "codes")?);
        if codes.is_none() && n_codes > 0 {
            return Err(Error::argument(format!("codes is NULL, but n_codes is {n_codes}")));
        }
        let cases = match (group, codes) {
            (Some(_), Some(_)) => return Err(Error::argument("there are a group and codes, wanted one of them")),
            (Some(group), None) => Cases::Group(group, data.map(|data| &data.frame)),
            (None, Some(codes)) => Cases::Codes(codes),
            (None, None) => Cases::Rows,
        };
        let robust = watched(options, |watch| own.with_robust(kind, &cases, watch))?;
        out.write(give(FitHandle::new(robust, handle.options.clone()))?);
        Ok(())
    })
}

/// What the robust covariance of a fit is, such as "CR2 standard errors by 18 levels of Subject"; NULL of other fits. It lives as long as
/// the fit.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_robust_description(fit: Option<&FitHandle>) -> *const c_char {
    query(null(), || {
        let handle = fit?;
        let own = handle.fit.robust.as_ref()?;
        Some(handle.strings.robust.get_with(|| vec![own.description()], 0))
    })
}
