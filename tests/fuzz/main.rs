//! Random texts, structures, bytes and arrays: each is read or refused, and what is read can be used. A case follows from its number alone, so
//! that a failure can be had again; those that once failed come first. INTERLACE_CASES is the number of cases of each target; `make test-long`
//! has a million of all but the fits.

#[path = "../common/mod.rs"]
mod common;

mod arrays;
mod arrow;
mod bytes;
mod csv;
mod formula;

use std::panic::{AssertUnwindSafe, catch_unwind};

use common::Rng;
use interlace::error::{Code, Error};

/// What came of a case.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Read,
    Refused,
}

/// Runs the cases that once failed, then as many as are asked for. Both ends must be frequent: otherwise the target has nothing to find.
fn run(target: &str, count: usize, once_failed: &[u64], mut case: impl FnMut(&mut Rng) -> End) {
    let asked = std::env::var("INTERLACE_CASES").map_or(count, |text| text.parse().unwrap());
    let first: u64 = std::env::var("INTERLACE_FIRST_CASE").map_or(0, |text| text.parse().unwrap());
    let (mut read, mut refused) = (0, 0);
    for number in once_failed.iter().copied().chain(first..first + asked as u64) {
        let end = catch_unwind(AssertUnwindSafe(|| case(&mut Rng(number ^ 0x5EED << 40))));
        match end.unwrap_or_else(|_| panic!("{target}: case {number}")) {
            End::Read => read += 1,
            End::Refused => refused += 1,
        }
    }
    assert!(asked < 1000 || (read > asked / 20 && refused > asked / 20), "{target}: {read} read, {refused} refused");
}

/// An error has a text, and is none of the library's own.
fn sound(error: &Error) -> End {
    let known =
        matches!(error.code, Code::Argument | Code::Formula | Code::Data | Code::Numeric | Code::Unsupported | Code::Memory);
    assert!(known && !error.message.is_empty(), "{error:?}");
    End::Refused
}

/// One of a list.
fn one_of<'a, T>(rng: &mut Rng, list: &'a [T]) -> &'a T {
    &list[rng.below(list.len())]
}

/// A text with some of its characters taken out, put in, doubled or changed, or a piece of another put in.
fn mutated(rng: &mut Rng, text: &str, other: &str, inserts: &[&str]) -> String {
    let mut all: Vec<char> = text.chars().collect();
    for _ in 0..=rng.below(4) {
        let at = rng.below(all.len() + 1);
        let len = rng.below(6).min(all.len() - at);
        match rng.below(5) {
            0 => drop(all.drain(at..at + len)),
            1 => drop(all.splice(at..at, one_of(rng, inserts).chars())),
            2 => {
                let copy = all[at..at + len].to_vec();
                all.splice(at..at, copy);
            }
            3 => {
                let other: Vec<char> = other.chars().collect();
                let from = rng.below(other.len() + 1);
                let to = (from + rng.below(12)).min(other.len());
                all.splice(at..at + len, other[from..to].iter().copied());
            }
            _ => drop(all.splice(at..at + len.min(1), one_of(rng, inserts).chars())),
        }
    }
    all.into_iter().collect()
}
