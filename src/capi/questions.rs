//! What is asked of a fit, by name.

use std::mem::MaybeUninit;
use std::ptr::null;

use super::boundary::{boundary, query};
use super::buffer::target;
use super::c_char;
use super::codes::meaning;
use super::frame::FrameHandle;
use super::handle::{free, give, need};
use super::spec_lists::ModelCode;
use super::status::{ErrorRecord, Status};
use super::strings::{optional_text, text};
use crate::document::{QUESTIONS, Questions};

/// What is asked of a fit besides the basics, for interlace_fit_to_json and interlace_fit_to_text.
/// Since 0.1.
pub struct QuestionsHandle {
    pub(super) questions: Questions,
}

/// Makes questions that ask for nothing but the basics: estimates with tests, random effects, fitted values, residuals, how the search ended.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_questions_new(out: *mut *mut QuestionsHandle, err: *mut ErrorRecord) -> Status {
    boundary(err, || {
        target(out, "out")?.write(give(QuestionsHandle { questions: Questions::default() })?);
        Ok(())
    })
}

/// Sets a question by name from text, such as "confint" from "wald"; interlace_questions_name lists the names, in which hyphens count as
/// underscores. A question that can be repeated adds to what was asked before; any other value takes the place of the one before. Questions
/// without values (interlace_questions_values is NULL) are asked with `value` NULL or "true". INTERLACE_E_ARGUMENT for an unknown name and
/// for a value that cannot be read. Whether the fit has an answer shows when it is computed.
/// @param name The name of the question.
/// @param value Its value as text. NULL for a question without values.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_questions_set(
    questions: Option<&mut QuestionsHandle>,
    name: *const c_char,
    value: *const c_char,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let questions = need(questions, "questions")?;
        questions.questions.set(text(name, "name")?, optional_text(value, "value")?)
    })
}

/// Sets a question whose value is data: "predict" (the rows to predict) or "refit" (other responses, a column each).
/// @param name The name of the question.
/// @param data The frame, which is copied.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_questions_set_frame(
    questions: Option<&mut QuestionsHandle>,
    name: *const c_char,
    data: Option<&FrameHandle>,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (questions, data) = (need(questions, "questions")?, need(data, "data")?);
        questions.questions.set_frame(text(name, "name")?, data.frame.clone())
    })
}

/// Whether the questions go together and suit a kind of model: INTERLACE_E_ARGUMENT for
/// one that says how to answer another that is not asked, or that this kind of model has no answer to. interlace_fit_to_json and
/// interlace_fit_to_text look, too; here a host can look before it fits.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_questions_check(
    questions: Option<&QuestionsHandle>,
    model: MaybeUninit<ModelCode>,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || need(questions, "questions")?.questions.check(meaning(model, "model")?))
}

/// Name of a question that was set and whose answer needs the rows of the data, so that a fit of an accumulator
/// (interlace_accumulator_fit) has none; NULL if there is no such question. A host can look before it reads the data. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_questions_of_rows(questions: Option<&QuestionsHandle>) -> *const c_char {
    query(null(), || Some(questions?.questions.of_rows(true)?.as_ptr()))
}

/// Frees questions. NULL is allowed.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_questions_free(questions: Option<Box<QuestionsHandle>>) {
    free(questions);
}

/// Number of questions that can be set.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_questions_count() -> usize {
    QUESTIONS.len()
}

/// Name of a question, by its index from 0; NULL if there is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_questions_name(i: usize) -> *const c_char {
    query(null(), || Some(QUESTIONS.get(i)?.name.as_ptr()))
}

/// What a question asks, in one line; NULL if there is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_questions_doc(i: usize) -> *const c_char {
    query(null(), || Some(QUESTIONS.get(i)?.doc.as_ptr()))
}

/// What the value of a question may be; NULL for a question that is asked or not, and if there is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_questions_values(i: usize) -> *const c_char {
    query(null(), || Some(QUESTIONS.get(i)?.values?.as_ptr()))
}

/// Whether the value of a question is a frame, for interlace_questions_set_frame.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_questions_takes_frame(i: usize) -> bool {
    query(false, || Some(QUESTIONS.get(i)?.takes_frame()))
}

/// Whether a question can be repeated, each value adding to those before.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_questions_is_repeatable(i: usize) -> bool {
    query(false, || Some(QUESTIONS.get(i)?.repeatable))
}

/// Name of another question that a question says how to answer, by its index `j` from 0: one of these must be asked, too. NULL if there is
/// none. A static string.
/// @param j The index of the other question, from 0.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_questions_needs(i: usize, j: usize) -> *const c_char {
    query(null(), || Some(QUESTIONS.get(i)?.needs.get(j)?.as_ptr()))
}

/// Whether a kind of model has an answer to a question.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_questions_suits(i: usize, model: MaybeUninit<ModelCode>) -> bool {
    query(false, || Some(QUESTIONS.get(i)?.suits(meaning(model, "model").ok()?)))
}
