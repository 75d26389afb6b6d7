//! Pictures of a fit.

use std::ptr::null;

use super::boundary::{boundary, query};
use super::buffer::target;
use super::c_char;
use super::fit::FitHandle;
use super::frame::FrameHandle;
use super::handle::{free, give, need};
use super::hypotheses::degrees_of_freedom_by;
use super::options::{OptionsHandle, threads};
use super::progress::watched;
use super::saved::write_out;
use super::status::{ErrorRecord, Status};
use super::strings::text;
use crate::error::Result;
use crate::inference::degrees_of_freedom::DfMethod;
use crate::picture::{KINDS, Kind, SETTINGS, Scene, Settings, Sheet};

/// What is chosen of a picture: its size, its title, what it shows.
/// Since 0.1.
pub struct PlotOptionsHandle {
    pub(super) settings: Settings,
}

/// Makes options of pictures, all of them at their defaults.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_plot_options_new(out: *mut *mut PlotOptionsHandle, err: *mut ErrorRecord) -> Status {
    boundary(err, || {
        target(out, "out")?.write(give(PlotOptionsHandle { settings: Settings::default() })?);
        Ok(())
    })
}

/// Sets an option of pictures by name from text, such as "term" from "Subject"; interlace_plot_options_name lists the names, in which hyphens
/// count as underscores. INTERLACE_E_ARGUMENT for an unknown name, and for a value that cannot be read. Whether a fit has the term, effect
/// or levels shows when a picture is made; a picture ignores options that it has no use for.
/// @param name The name of the option.
/// @param value Its value as text.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_plot_options_set(
    plot_options: Option<&mut PlotOptionsHandle>,
    name: *const c_char,
    value: *const c_char,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || need(plot_options, "plot_options")?.settings.set(text(name, "name")?, text(value, "value")?))
}

/// Frees options of pictures. NULL is allowed.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_plot_options_free(plot_options: Option<Box<PlotOptionsHandle>>) {
    free(plot_options);
}

/// Number of options of pictures that can be set.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_plot_options_count() -> usize {
    SETTINGS.len()
}

/// Name of an option of pictures, by its index from 0; NULL if there is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_plot_options_name(i: usize) -> *const c_char {
    query(null(), || Some(SETTINGS.get(i)?.name.as_ptr()))
}

/// What an option of pictures does, what values it takes and its default, in one line; NULL if there is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_plot_options_doc(i: usize) -> *const c_char {
    query(null(), || Some(SETTINGS.get(i)?.doc.as_ptr()))
}

/// Number of kinds of pictures.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_plot_options_picture_count() -> usize {
    KINDS.len()
}

/// Name of a kind of picture, by its index from 0; NULL if there is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_plot_options_picture_name(i: usize) -> *const c_char {
    query(null(), || Some(KINDS.get(i)?.name.as_ptr()))
}

/// What a kind of picture shows, in one line; NULL if there is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_plot_options_picture_doc(i: usize) -> *const c_char {
    query(null(), || Some(KINDS.get(i)?.summary.as_ptr()))
}

/// Whether a kind of picture, by its index from 0, needs rows, of the fit or of its data, so that fits of accumulators do not have it; false if
/// there is none.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_plot_options_picture_needs_rows(i: usize) -> bool {
    query(false, || Some(KINDS.get(i)?.needs_rows))
}

/// A picture of a fit as SVG (UTF-8, not terminated) or, with the option "format", as PNG, of `*len` bytes to `*bytes`; the same bytes for the same fit. interlace_plot_options_picture_name lists
/// the kinds, docs/pictures.md shows them.
/// `data` is the frame of the fit. It may be NULL for pictures that need no column of it: "means", "probabilities" and "survival" do, and
/// "groups" over a column that is not in the model. `options` (may be NULL) has the progress function of what takes long: profiles, degrees of freedom.
/// INTERLACE_E_ARGUMENT if there is no picture of that name, or if the fit has not what it shows, such as random effects;
/// INTERLACE_E_UNSUPPORTED if the kind of model does not suit it, if the fit has no rows and the picture needs them, and if the library was built without the
/// feature `plot`, which draws; interlace_fit_plot_data needs no such feature. Without the feature `png` it is interlace_plot_options_set that says so of
/// "format". A PNG has at most 32 million pixels, otherwise it is INTERLACE_E_ARGUMENT.
/// @param picture The name of the kind of picture, such as "qq".
/// @param data The data of the fit. NULL is allowed where it is not needed.
/// @param plot_options What is chosen. NULL for the defaults.
/// @param bytes The picture [1], which the caller frees with interlace_bytes_free.
/// @param len The number of bytes [1].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_plot(
    fit: Option<&FitHandle>,
    picture: *const c_char,
    data: Option<&FrameHandle>,
    plot_options: Option<&PlotOptionsHandle>,
    options: Option<&OptionsHandle>,
    bytes: *mut *mut u8,
    len: *mut usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (bytes, len) = (target(bytes, "bytes")?, target(len, "len")?);
        let drawn = sheet(fit, picture, data, plot_options, options)?.drawn(&settings(plot_options))?;
        write_out(&drawn, bytes, len)
    })
}

/// The coordinates of a picture as a new frame, for other programs to draw: "panel", "layer", "mark", "role", "x", "y", "lower", "upper",
/// "x_to", "y_to", "size" and "label", a row for each point. docs/pictures.md says what marks and roles there are. Otherwise as
/// interlace_fit_plot.
/// @param picture The name of the kind of picture, such as "qq".
/// @param data The data of the fit. NULL is allowed where it is not needed.
/// @param plot_options What is chosen. NULL for the defaults.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_plot_data(
    fit: Option<&FitHandle>,
    picture: *const c_char,
    data: Option<&FrameHandle>,
    plot_options: Option<&PlotOptionsHandle>,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let out = target(out, "out")?;
        let table = sheet(fit, picture, data, plot_options, options)?.frame()?;
        out.write(give(FrameHandle::new(table))?);
        Ok(())
    })
}

fn settings(plot_options: Option<&PlotOptionsHandle>) -> Settings {
    plot_options.map(|own| own.settings.clone()).unwrap_or_default()
}

unsafe fn sheet(
    fit: Option<&FitHandle>,
    picture: *const c_char,
    data: Option<&FrameHandle>,
    plot_options: Option<&PlotOptionsHandle>,
    options: Option<&OptionsHandle>,
) -> Result<Sheet> {
    // The name first: a host asks without a fit whether it is one.
    let (kind, handle) = (Kind::named(text(picture, "picture")?)?, need(fit, "fit")?);
    let settings = settings(plot_options);
    watched(options, |watch| {
        let freedom = |method: DfMethod| degrees_of_freedom_by(handle, method, watch);
        let data = data.map(|own| &own.frame);
        kind.sheet(&Scene { fit: &handle.fit, data, freedom: &freedom, settings: &settings, threads: threads(options), watch })
    })
}
