//! Degrees of freedom of linear models against lmerTest 3.1-3 and pbkrtest 0.5-2 (tests/reference/lmm_df.json), exact ones of balanced
//! designs, and what they must not depend on.

#[path = "degrees_of_freedom/mod.rs"]
mod degrees_of_freedom;
