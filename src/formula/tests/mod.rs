//! Tests of the formula language as a whole.

mod fixed;
mod properties;
mod random;

use super::{Formula, RandomTerm, expand, parse};
use crate::error::{Error, Result};

fn read(text: &str) -> Result<Formula> {
    expand(&parse(text)?, &[], &[], &[])
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

/// `(1 + x | g)` and so on, one for each term.
fn shown(random: &[RandomTerm]) -> Vec<String> {
    random.iter().map(RandomTerm::to_string).collect()
}

/// That each text fails at this byte with this in the message.
fn assert_errors(cases: &[(&str, i64, &str)], read: impl Fn(&str) -> Result<Formula>) {
    for &(text, byte, message) in cases {
        let error: Error = read(text).expect_err(text);
        assert!(error.message.contains(message), "{text}: {error}");
        assert_eq!(error.position, byte, "{text}: {error}");
        assert!(!error.message.contains('\n'), "{text}: {error}");
    }
}
