//! Tests of the formula language as a whole, with results from R 4.2.2.

use super::{Formula, expand, parse};
use crate::error::Result;

fn read(text: &str) -> Result<Formula> {
    expand(&parse(text)?, &[], &[], &[])
}

#[test]
fn a_random_slope_implies_the_intercept() {
    let formula = read("y ~ x + (x | g)").unwrap();
    assert_eq!(formula.fixed.labels(), ["x"]);
    assert!(formula.random[0].effects.intercept);
    assert_eq!(formula.random[0].effects.labels(), ["x"]);
    assert_eq!(formula.random[0].group_name(), "g");
}
