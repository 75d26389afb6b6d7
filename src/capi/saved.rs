//! Fits, specs and options as bytes.

use std::ptr::{NonNull, null_mut};

use super::boundary::boundary;
use super::buffer::{slice, target};
use super::c_void;
use super::fit::FitHandle;
use super::handle::{boxed, give, need};
use super::options::OptionsHandle;
use super::spec::SpecHandle;
use super::status::{ErrorRecord, Status};
use crate::error::{Error, Result};
use crate::saved::{from_bytes, options_from_bytes, options_to_bytes, spec_from_bytes, spec_to_bytes, to_bytes};

/// Saves a fit with all that it knows, and with its options, as `*len` bytes to `*bytes`, which interlace_fit_from_bytes makes a fit of
/// again, in another process, on another machine, or with a later version of the library. docs/saved.md has the format.
/// `spec` is the model of the fit, for the questions that fit models anew; NULL leaves it out.
/// Without rows the bytes are fewer, and the fit has no values per row: it gives its estimates, their covariances and Wald tests with normal
/// or residual degrees of freedom, its random effects, its summary, and predictions for new data without intervals (none of a Cox model);
/// all else is INTERLACE_E_UNSUPPORTED.
/// INTERLACE_E_UNSUPPORTED for a family of the caller's, whose functions are no bytes, and for formulas with expressions nested more than
/// 400 deep; INTERLACE_E_ARGUMENT if `spec` is of another model.
/// @param spec The model of the fit. NULL is allowed.
/// @param with_rows Whether what the fit knows of the rows of its data is saved, too.
/// @param bytes The bytes [1], which the caller frees with interlace_bytes_free.
/// @param len The number of bytes [1].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_to_bytes(
    fit: Option<&FitHandle>,
    spec: Option<&SpecHandle>,
    with_rows: bool,
    bytes: *mut *mut u8,
    len: *mut usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let handle = need(fit, "fit")?;
        let (bytes, len) = (target(bytes, "bytes")?, target(len, "len")?);
        write_out(&to_bytes(&handle.fit, &handle.options, spec.map(|own| &own.spec), with_rows)?, bytes, len)
    })
}

/// Makes a fit of the bytes of a saved one. It answers every question as the fit did that was saved, to the same bits.
/// All bytes that this version or an earlier one has written are read; those of a later format are INTERLACE_E_UNSUPPORTED, and the message
/// names both versions. Bytes that are damaged, incomplete or not a fit are INTERLACE_E_DATA.
/// @param bytes The bytes [len].
/// @param len The number of bytes.
/// @param out The fit, which the caller frees with interlace_fit_free.
/// @param spec Its model, or NULL if none was saved with it [1]; the caller frees it with interlace_spec_free. NULL is allowed.
/// @param options The options that it was made with, without a progress function [1]; the caller frees them with interlace_options_free. NULL is allowed.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_from_bytes(
    bytes: *const u8,
    len: usize,
    out: *mut *mut FitHandle,
    spec: *mut *mut SpecHandle,
    options: *mut *mut OptionsHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let out = target(out, "out")?;
        let spec_place = if spec.is_null() { None } else { Some(target(spec, "spec")?) };
        let options_place = if options.is_null() { None } else { Some(target(options, "options")?) };
        let saved = from_bytes(slice(bytes, len, "bytes")?)?;
        let spec = saved.spec.filter(|_| spec_place.is_some()).map(|spec| boxed(SpecHandle { spec })).transpose()?;
        let options = options_place.map(|_| boxed(OptionsHandle::new(saved.options.clone()))).transpose()?;
        let fit = give(FitHandle::new(saved.fit, saved.options))?;
        if let Some(place) = spec_place {
            place.write(spec.map_or_else(null_mut, Box::into_raw));
        }
        if let (Some(place), Some(options)) = (options_place, options) {
            place.write(Box::into_raw(options));
        }
        out.write(fit);
        Ok(())
    })
}

/// Saves a spec as `*len` bytes to `*bytes`, which interlace_spec_from_bytes makes a spec of again; of a model from arrays with the arrays.
/// INTERLACE_E_UNSUPPORTED for a spec that could not be fitted, such as a Cox model from arrays without times, or with a family of the caller's.
/// @param bytes The bytes [1], which the caller frees with interlace_bytes_free.
/// @param len The number of bytes [1].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_to_bytes(
    spec: Option<&SpecHandle>,
    bytes: *mut *mut u8,
    len: *mut usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (spec, bytes, len) = (need(spec, "spec")?, target(bytes, "bytes")?, target(len, "len")?);
        write_out(&spec_to_bytes(&spec.spec)?, bytes, len)
    })
}

/// Makes a spec of the bytes of a saved one. Versions and errors are as for interlace_fit_from_bytes.
/// @param bytes The bytes [len].
/// @param len The number of bytes.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_from_bytes(
    bytes: *const u8,
    len: usize,
    out: *mut *mut SpecHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let out = target(out, "out")?;
        let spec = spec_from_bytes(slice(bytes, len, "bytes")?)?;
        out.write(give(SpecHandle { spec })?);
        Ok(())
    })
}

/// Saves options as `*len` bytes to `*bytes`, which interlace_options_from_bytes makes options of again. A progress function is not saved.
/// @param options The options. NULL is an error.
/// @param bytes The bytes [1], which the caller frees with interlace_bytes_free.
/// @param len The number of bytes [1].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_options_to_bytes(
    options: Option<&OptionsHandle>,
    bytes: *mut *mut u8,
    len: *mut usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (options, bytes, len) = (need(options, "options")?, target(bytes, "bytes")?, target(len, "len")?);
        write_out(&options_to_bytes(&options.options)?, bytes, len)
    })
}

/// Makes options of the bytes of saved ones. Versions and errors are as for interlace_fit_from_bytes.
/// @param bytes The bytes [len].
/// @param len The number of bytes.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_options_from_bytes(
    bytes: *const u8,
    len: usize,
    out: *mut *mut OptionsHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let out = target(out, "out")?;
        let options = options_from_bytes(slice(bytes, len, "bytes")?)?;
        out.write(give(OptionsHandle::new(options))?);
        Ok(())
    })
}

/// Frees bytes that belong to the caller, those of all functions whose names end in _to_bytes, and of interlace_fit_plot. NULL is allowed.
/// @param bytes The bytes.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_bytes_free(bytes: *mut u8) {
    libc::free(bytes.cast());
}

/// Gives bytes to the caller.
pub(super) unsafe fn write_out(written: &[u8], bytes: NonNull<*mut u8>, len: NonNull<usize>) -> Result<()> {
    bytes.write(owned(written)?);
    len.write(written.len());
    Ok(())
}

/// Bytes in memory of C's, so that they can be freed whatever their number.
unsafe fn owned(bytes: &[u8]) -> Result<*mut u8> {
    let memory: *mut c_void = libc::malloc(bytes.len().max(1));
    let memory = NonNull::new(memory).ok_or_else(|| Error::memory("the bytes", bytes.len()))?;
    let memory = memory.as_ptr().cast::<u8>();
    std::ptr::copy_nonoverlapping(bytes.as_ptr(), memory, bytes.len());
    Ok(memory)
}
