//! The baseline hazard of a Cox fit as a table.

use crate::error::{Result, try_gather};
use crate::fit::Fit;
use crate::frame::Frame;

const TABLE: &str = "table of the baseline hazard";

/// By stratum and event time: the hazard there and its cumulative sum, of a row whose linear predictor is zero, the rows at risk and the
/// events, counted and by their weights. Other models have none.
pub fn baseline_hazard(fit: &Fit) -> Result<Frame> {
    let (none, baselines) = (vec![], if fit.cox().is_some() { fit.baselines()? } else { vec![] });
    let labels = fit.cox().map_or(&none, |own| &own.survival.strata);
    let steps = || baselines.iter().flat_map(|own| &own.steps);
    let hazards = |from: &dyn Fn(usize) -> usize| {
        let of = baselines.iter().flat_map(|own| (1..=own.steps.len()).map(move |count| (own, count)));
        try_gather(TABLE, of.map(|(own, count)| own.over(from(count), count, 0.0)))
    };
    let mut frame = Frame::new(steps().count());
    let strata = baselines.iter().enumerate().flat_map(|(s, own)| own.steps.iter().map(move |_| labels.get(s).map(String::as_str)));
    frame.add_strings("stratum", &try_gather(TABLE, strata)?)?;
    frame.add_real("time", try_gather(TABLE, steps().map(|step| step.time))?)?;
    frame.add_real("hazard", hazards(&|count| count - 1)?)?;
    frame.add_real("cumulative_hazard", hazards(&|_| 0)?)?;
    frame.add_integers("at_risk", try_gather(TABLE, steps().map(|step| step.at_risk as i64))?)?;
    frame.add_integers("events", try_gather(TABLE, steps().map(|step| step.events as i64))?)?;
    frame.add_real("weight_at_risk", try_gather(TABLE, steps().map(|step| step.weight_at_risk))?)?;
    frame.add_real("weight_of_events", try_gather(TABLE, steps().map(|step| step.weight_of_events))?)?;
    Ok(frame)
}
