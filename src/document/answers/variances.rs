//! Tests of variances.

use super::again::other;
use super::subject::{Subject, Work, about};
use crate::document::questions::Questions;
use crate::error::Result;
use crate::frame::Frame;
use crate::inference::bootstrap_lrt::NestedPair;
use crate::inference::exact_rlrt::exact_rlrt;
use crate::inference::lrt::fits_by_ml;
use crate::inference::ranova::ranova_table;
use crate::options::Options;
use crate::resample::BootstrapOptions;

/// What was asked of variances.
pub struct VarianceTests {
    pub ranova: Option<Frame>,
    pub rlrt: Option<Frame>,
    pub bootstrap: Option<BootstrapTest>,
}

/// A bootstrapped likelihood ratio: its p-values, and the replicates.
pub struct BootstrapTest {
    pub test: Frame,
    pub replicates: Frame,
}

impl VarianceTests {
    pub fn new(subject: &Subject<'_>, questions: &Questions, work: &Work<'_>) -> Result<Self> {
        let fit = subject.fit;
        let rlrt = |draws: usize| about("rlrt", exact_rlrt(fit, draws, questions.seed, work.watch)?.frame());
        Ok(VarianceTests {
            ranova: if questions.ranova { Some(about("ranova", ranova_table(fit, work.watch))?) } else { None },
            rlrt: if questions.rlrt > 0 { Some(rlrt(questions.rlrt)?) } else { None },
            bootstrap: bootstrap(subject, questions, work)?,
        })
    }
}

fn bootstrap(subject: &Subject<'_>, questions: &Questions, work: &Work<'_>) -> Result<Option<BootstrapTest>> {
    let Some(formula) = &questions.pb_lrt else { return Ok(None) };
    let own = subject.spec_for("pb_lrt")?;
    // The models differ in their parameters, so that both have the starts of the library.
    let options = Options { theta0: None, start: vec![], ..work.options.clone() };
    let asked = BootstrapOptions {
        first: questions.first_replicate,
        replicates: questions.replicates,
        seed: questions.seed,
        threads: work.options.threads,
        ..BootstrapOptions::default()
    };
    let answer = || {
        let fits = fits_by_ml(&[own, &other(own, formula)?], subject.data, &options, work.watch)?;
        let pair = NestedPair::new(&fits[1], &fits[0], work.watch)?;
        let replicates = pair.bootstrap(&asked, work.watch)?.frame()?;
        Ok(BootstrapTest { test: pair.test(&replicates, questions.level)?, replicates })
    };
    about("pb_lrt", answer()).map(Some)
}
