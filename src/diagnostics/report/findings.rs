//! What a check has found.

use std::fmt::Write;

use std::ffi::CStr;

use crate::choice::Choice;
use crate::error::Result;
use crate::frame::Frame;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Ok,
    /// Worth knowing.
    Note,
    /// Results may be wrong, or without meaning.
    Warning,
}

impl Choice for Status {
    const LIST: &'static str = "status";
    const ALL: &'static [(Self, &'static CStr)] = &[(Status::Ok, c"ok"), (Status::Note, c"note"), (Status::Warning, c"warning")];
}

/// One finding.
pub struct Finding {
    pub check: &'static str,
    pub status: Status,
    /// The parameters, columns or factors that it is about; empty: the whole fit.
    pub subject: String,
    pub value: f64,
    pub meaning: String,
    pub advice: Option<String>,
}

/// "0.71 a - 0.71 b": the parts of a unit vector that matter.
pub fn combination<'n>(names: impl Iterator<Item = &'n String>, vector: &[f64]) -> String {
    let most = vector.iter().fold(0.0f64, |most, v| most.max(v.abs()));
    // The sign is nobody's: the largest part is positive.
    let sign = vector.iter().find(|v| v.abs() == most).map_or(1.0, |v| v.signum());
    let mut out = String::new();
    for (name, v) in names.zip(vector).filter(|(_, v)| v.abs() > 0.3 * most) {
        let share = sign * v;
        let joint = match (out.is_empty(), share < 0.0) {
            (true, false) => "",
            (true, true) => "-",
            (false, false) => " + ",
            (false, true) => " - ",
        };
        // Writing to a String doesn't fail.
        let _ = write!(out, "{joint}{:.2} {name}", share.abs());
    }
    out
}

/// A row for each.
pub fn frame(all: &[Finding]) -> Result<Frame> {
    let mut table = Frame::new(all.len());
    let statuses: Vec<&str> = all.iter().map(|own| own.status.name()).collect();
    table.add_strings("check", &all.iter().map(|own| Some(own.check)).collect::<Vec<_>>())?;
    table.add_strings("status", &statuses.iter().map(|own| Some(*own)).collect::<Vec<_>>())?;
    let subject = |own: &'_ Finding| -> Option<String> { (!own.subject.is_empty()).then(|| own.subject.clone()) };
    let subjects: Vec<Option<String>> = all.iter().map(subject).collect();
    table.add_strings("subject", &subjects.iter().map(Option::as_deref).collect::<Vec<_>>())?;
    table.add_real("value", all.iter().map(|own| own.value).collect())?;
    table.add_strings("meaning", &all.iter().map(|own| Some(own.meaning.as_str())).collect::<Vec<_>>())?;
    table.add_strings("advice", &all.iter().map(|own| own.advice.as_deref()).collect::<Vec<_>>())?;
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn combinations_name_what_matters() {
        let names = ["a", "b", "c"].map(String::from);
        assert_eq!(combination(names.iter(), &[-0.6, 0.05, 0.8]), "-0.60 a + 0.80 c");
        assert_eq!(combination(names.iter(), &[0.0, -1.0, 0.0]), "1.00 b");
    }
}
