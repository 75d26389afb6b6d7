//! Memory whose size comes from data may be refused: an error, never an abort, and the library works on. And how often the tasks of the
//! benchmarks ask for memory.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

#[path = "../common/mod.rs"]
mod common;

mod allocator;
mod counts;
mod work;

use allocator::{FailingAt, failing_at, requests};
use interlace::error::Code;
use work::{Work, all};

#[global_allocator]
static ALLOCATOR: FailingAt = FailingAt;

/// So many requests from the first on and before the last are refused, of the others the 2^k-th and as many as follow: most of these are those of
/// one evaluation of the criterion again and again.
const FIRST: usize = 30;
const LAST: usize = 6;
const BETWEEN: usize = 5;

fn refuse_each(Work { name, least, run: work }: &Work) {
    let (total, result) = requests(*least, work);
    result.unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(total > 0, "{name} asks for no memory of data size");
    let between = (1..=BETWEEN).map(|i| FIRST + i * total.saturating_sub(FIRST) / (BETWEEN + 1));
    let tried: BTreeSet<usize> =
        (1..=FIRST).chain(between).chain((5..20).map(|k| 1 << k)).chain(total.saturating_sub(LAST - 1)..=total).collect();
    for k in tried.into_iter().filter(|k| (1..=total).contains(k)) {
        let error = failing_at(*least, k, work).expect_err(&format!("{name}: request {k} of {total} was refused without an error"));
        assert_eq!(error.code, Code::Memory, "{name}, request {k} of {total}: {error}");
    }
    work().unwrap_or_else(|error| panic!("{name} after refusals: {error}"));
}

/// Requests are counted in the whole program, so tests are made one after the other.
static ONE_TEST: Mutex<()> = Mutex::new(());

#[test]
fn a_refused_request_for_memory_of_data_size_is_an_error() {
    let _one = ONE_TEST.lock().unwrap_or_else(PoisonError::into_inner);
    all().iter().for_each(refuse_each);
}

#[test]
fn counts_of_tasks_are_within_their_bounds() {
    let _one = ONE_TEST.lock().unwrap_or_else(PoisonError::into_inner);
    counts::tasks_need_no_more_than_the_table_says();
}
