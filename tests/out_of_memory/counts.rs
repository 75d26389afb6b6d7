//! What the tasks of the benchmarks cost in evaluations of the criterion and in requests for memory, where their data are committed: at most what
//! benches/tasks.json says. Rounding, and so the machine, may change the counts a little; the bounds leave room for that only.

use interlace::choice::Choice;
use interlace::fit::Fit;
use interlace::spec::ModelKind;
use interlace::watch::Watch;
use serde_json::Value;

use crate::allocator::requests;
use crate::common::entries::{model, text};

/// How many tasks there are with data in tests/reference/data.
const TASKS: usize = 18;

fn tasks() -> Vec<Value> {
    let table: Value = serde_json::from_str(&std::fs::read_to_string("benches/tasks.json").unwrap()).unwrap();
    // The others are described in the table.
    let committed = |task: &&Value| table["data"].get(text(&task["data"])).is_none();
    table["tasks"].as_array().unwrap().iter().filter(committed).cloned().collect()
}

/// Evaluations, and requests for memory of a fit in a process that has made one before.
fn counts(task: &Value) -> (usize, usize) {
    let kind = ModelKind::from_name(&text(&task["model"])).unwrap();
    let (spec, frame, options) = model(kind, task);
    let fit = || Fit::new(&spec, Some(&frame), &options, &Watch::unwatched()).unwrap();
    let first = fit();
    let (requests, again) = requests(0, fit);
    assert_eq!(again.outcome.evaluations, first.outcome.evaluations, "{}", task["name"]);
    (first.outcome.evaluations, requests)
}

/// Prints what is counted: `cargo test --test out_of_memory counts -- --nocapture`.
pub fn tasks_need_no_more_than_the_table_says() {
    let tasks = tasks();
    assert_eq!(tasks.len(), TASKS);
    let mut more = vec![];
    for task in &tasks {
        let (evaluations, requests) = counts(task);
        println!("{:<28}{evaluations:>6} evaluations{requests:>9} requests", text(&task["name"]));
        for (what, found) in [("evaluations", evaluations), ("requests", requests)] {
            let most = task["at_most"][what].as_u64().unwrap_or(0);
            if found as u64 > most {
                more.push(format!("{}: {found} {what}, at most {most}", task["name"]));
            }
        }
    }
    assert!(more.is_empty(), "{}", more.join("\n"));
}
