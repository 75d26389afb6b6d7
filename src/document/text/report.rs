//! The convergence report as text for people: what is well in a few lines, the rest with its advice.

use crate::document::number::general;
use crate::error::Result;
use crate::frame::Frame;

/// Digits of numbers.
const DIGITS: usize = 3;

/// A finding each, those that are well without explanation.
pub fn put_report(out: &mut String, table: &Frame) -> Result<()> {
    let column = |name: &str| table.column(name);
    let (check, status, subject) = (column("check")?, column("status")?, column("subject")?);
    let (meaning, advice, values) = (column("meaning")?, column("advice")?, table.numbers(column("value")?)?);
    out.push_str("\nConvergence and what the data determine:\n");
    for (row, value) in values.iter().enumerate() {
        let text = |column: &crate::frame::Column| column.label(row).unwrap_or_default().replace('\n', " ");
        let word = text(status);
        let value = if value.is_nan() { String::new() } else { format!(" {}", general(*value, DIGITS)) };
        let subject = if column("subject")?.is_missing(row) { String::new() } else { format!(": {}", text(subject)) };
        out.extend(["  [", &word, "] ", &text(check), &value, &subject, "\n"]);
        if word != "ok" {
            out.extend(["      ", &text(meaning), "\n"]);
            if !advice.is_missing(row) {
                out.extend(["      ", &text(advice), "\n"]);
            }
        }
    }
    Ok(())
}
