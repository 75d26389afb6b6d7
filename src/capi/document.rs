//! A fit as one document.

use super::boundary::boundary;
use super::buffer::target;
use super::c_char;
use super::fit::FitHandle;
use super::frame::FrameHandle;
use super::handle::need;
use super::hypotheses::degrees_of_freedom_by;
use super::options::{OptionsHandle, settings};
use super::progress::watched;
use super::questions::QuestionsHandle;
use super::spec::SpecHandle;
use super::status::{ErrorRecord, Status};
use crate::document::{Answers, Questions, Subject, Work, json, text, with_robust};
use crate::error::{Error, Result};
use crate::inference::degrees_of_freedom::DfMethod;

/// A fit as one JSON document of `*len` bytes to `*text`, with a NUL after it: estimates with their covariances and tests, random effects, values per row, how the search
/// ended, and the answers to `questions` (NULL: none). docs/document.md has its keys. Numbers have the shortest text that reads back to the
/// same number, missing ones are null, infinite ones "Inf" and "-Inf", and rows count from 0.
/// `spec` and `data` are those of the fit. Either may be NULL unless a question needs it: "lrt", "pb_lrt", "all_fit" and "cross_validate" fit models
/// anew; prediction intervals take the weights of new data from the column that `spec` names; "anova", "drop1", "nominal_test", "scale_test" and
/// "emmeans" need `data` as interlace_fit_anova, interlace_fit_drop1 and the like do. `options` (may be NULL) has the threads and the progress
/// function of what takes long, and how models are fitted anew.
/// INTERLACE_E_ARGUMENT if the questions do not go together or do not suit the fit; the other failures are those of the functions that
/// answer a question by itself.
/// @param spec The model of the fit. NULL is allowed where it is not needed.
/// @param questions What is asked. NULL for the basics.
/// @param text The document [1], which the caller frees with interlace_text_free.
/// @param len The number of bytes of the document [1], without the NUL after it.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_to_json(
    fit: Option<&FitHandle>,
    spec: Option<&SpecHandle>,
    data: Option<&FrameHandle>,
    questions: Option<&QuestionsHandle>,
    options: Option<&OptionsHandle>,
    text: *mut *mut c_char,
    len: *mut usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || write(fit, spec, data, questions, options, json, (text, len)))
}

/// A fit as a report for people: the summary, then the answers to `questions`. Otherwise as interlace_fit_to_json.
/// @param spec The model of the fit. NULL is allowed where it is not needed.
/// @param questions What is asked. NULL for the basics.
/// @param text The report [1], which the caller frees with interlace_text_free.
/// @param len The number of bytes of the report [1], without the NUL after it.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_to_text(
    fit: Option<&FitHandle>,
    spec: Option<&SpecHandle>,
    data: Option<&FrameHandle>,
    questions: Option<&QuestionsHandle>,
    options: Option<&OptionsHandle>,
    text: *mut *mut c_char,
    len: *mut usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || write(fit, spec, data, questions, options, self::text, (text, len)))
}

/// Frees a text that belongs to the caller, those of interlace_fit_to_json and interlace_fit_to_text. NULL is allowed.
/// @param text The text.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_text_free(text: *mut c_char) {
    libc::free(text.cast());
}

/// How answers become text.
type Writer = fn(&Subject<'_>, &Questions, &Answers<'_>) -> Result<String>;

unsafe fn write(
    fit: Option<&FitHandle>,
    spec: Option<&SpecHandle>,
    data: Option<&FrameHandle>,
    questions: Option<&QuestionsHandle>,
    options: Option<&OptionsHandle>,
    writer: Writer,
    (text, len): (*mut *mut c_char, *mut usize),
) -> Result<()> {
    let handle = need(fit, "fit")?;
    let (text, len) = (target(text, "text")?, target(len, "len")?);
    let basics = Questions::default();
    let questions = questions.map_or(&basics, |own| &own.questions);
    let settings = settings(options);
    let written = watched(options, |watch| {
        let data = data.map(|own| &own.frame);
        questions.check(handle.fit.kind.model())?;
        let robust = with_robust(&handle.fit, data, questions, watch)?.map(|fit| FitHandle::new(fit, handle.options.clone()));
        let handle = robust.as_ref().unwrap_or(handle);
        let freedom = |method: DfMethod| degrees_of_freedom_by(handle, method, watch);
        let subject = Subject { fit: &handle.fit, spec: spec.map(|own| &own.spec), data, freedom: &freedom };
        let answers = Answers::new(&subject, questions, &Work { options: &settings, watch })?;
        writer(&subject, questions, &answers)
    })?;
    // A NUL inside, which C could not see past.
    let written = if written.contains('\0') { written.replace('\0', "\u{fffd}") } else { written };
    text.write(owned(&written)?);
    len.write(written.len());
    Ok(())
}

/// A text in memory of C's, so that it can be freed whatever the caller has written into it.
unsafe fn owned(text: &str) -> Result<*mut c_char> {
    let bytes = text.len();
    let memory = libc::malloc(bytes + 1).cast::<u8>();
    if memory.is_null() {
        return Err(Error::memory("the text", bytes + 1));
    }
    std::ptr::copy_nonoverlapping(text.as_ptr(), memory, bytes);
    memory.add(bytes).write(0);
    Ok(memory.cast())
}
