//! Influence in the document.

use super::writer::Json;
use crate::choice::Choice;
use crate::diagnostics::influence::{Influence, Measures};
use crate::document::answers::Influenced;
use crate::error::Result;

/// The block of influence.
pub fn put_influence(json: &mut Json, own: &Influenced) -> Result<()> {
    let all = &own.influence;
    let (n, measures) = (all.labels.len(), measures(all)?);
    let (dfbetas, changes, estimates) = (all.dfbetas()?, all.variance_changes()?, all.estimates()?);
    let one_step = own.one_step.as_ref().map(self::measures).transpose()?;
    json.object("influence", |json| {
        json.text("by", &own.by);
        json.text("method", own.method.name());
        json.names("labels", &all.labels);
        json.array("rows", |json| all.rows.iter().for_each(|rows| json.real(*rows as f64)));
        json.texts("status", (0..n).map(|case| Some(all.status(case).name())));
        json.texts("reason", (0..n).map(|case| all.reason(case)));
        if let Some(leverage) = &own.leverage {
            json.numbers("leverage", leverage);
        }
        measures.iter().for_each(|(name, values)| json.numbers(name, values));
        json.matrix("dfbetas", &dfbetas, n);
        json.object("relative_variance_change", |json| {
            json.names("names", &all.deviations().collect::<Vec<_>>());
            json.matrix("values", &changes, n);
        });
        json.object("deleted", |json| {
            json.names("names", &all.names);
            json.matrix("values", &estimates, n);
        });
        if let Some(one_step) = &one_step {
            json.object("one_step", |json| one_step.iter().for_each(|(name, values)| json.numbers(name, values)));
        }
        json.number("threshold", own.apart.threshold);
        json.count("n_influential", own.apart.influential);
        json.number("gap", own.apart.gap);
        json.count("n_above_gap", own.apart.above_gap);
    });
    Ok(())
}

/// The measures that have one number for each case.
fn measures(all: &Influence) -> Result<[(&'static str, Vec<f64>); 5]> {
    let values = |of: fn(&Measures) -> f64| all.values(of);
    Ok([
        ("cooks_distance", values(|own| own.cooks_distance)?),
        ("mdffits", values(|own| own.mdffits)?),
        ("covtrace", values(|own| own.covtrace)?),
        ("covratio", values(|own| own.covratio)?),
        ("likelihood_displacement", values(|own| own.displacement)?),
    ])
}
