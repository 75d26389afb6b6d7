//! Six pictures on one sheet.

use super::binned::{binned, calibration};
use super::coefficients::coefficients;
use super::counts::{of_counts, rootogram};
use super::effects::{caterpillar, qq_ranef, terms};
use super::groups::is_binary_or_share;
use super::influence::influence;
use super::residuals::{qq, residuals, scale_location};
use super::scene::Scene;
use super::settings::Settings;
use super::sheet::{Layer, Panel, Sheet};
use super::simulated::dharma;
use super::survival::baseline;
use crate::error::{Result, if_any};

type Make = fn(&Scene<'_>) -> Result<Sheet>;

const PANELS: usize = 6;
/// Names that a small panel has room for.
const FEW: usize = 16;

/// What a kind of model is judged by first, as far as the fit has it.
pub fn dashboard(scene: &Scene<'_>) -> Result<Sheet> {
    scene.fit.need_rows("picture dashboard")?;
    // A name that nothing has is a mistake, not a picture that the model does not suit.
    if let Some(name) = &scene.settings.term
        && !scene.fit.all_terms().any(|(_, term)| term.design.group == *name)
        && !scene.data.is_some_and(|data| data.has(name))
    {
        terms(scene)?;
    }
    // The panels are of different things: no effect is one of all.
    let settings = Settings { effect: None, ..scene.settings.clone() };
    let Scene { fit, data, threads, watch, .. } = *scene;
    let freedom = |method| (scene.freedom)(method);
    let scene = &Scene { fit, data, freedom: &freedom, settings: &settings, threads, watch };
    let mut panels: Vec<Panel> = vec![];
    for make in pictures(scene) {
        if panels.len() == PANELS {
            break;
        }
        // Pictures that a model does not suit are left out.
        panels.extend(if_any(make(scene))?.and_then(|sheet| sheet.panels.into_iter().next()).map(small));
    }
    let caption = format!("n = {}", scene.fit.n_obs);
    let sheet = Sheet::of("The fit at a glance", caption, panels);
    Ok(Sheet { columns: 2, height: 60.0 + 260.0 * sheet.panels.len().div_ceil(2) as f64, ..sheet })
}

fn pictures(scene: &Scene<'_>) -> Vec<Make> {
    let fit = scene.fit;
    let middle: &[Make] = if fit.cox().is_some() {
        &[residuals, baseline]
    } else if fit.ordinal().is_some() {
        &[dharma, residuals, calibration]
    } else if is_binary_or_share(fit) {
        &[dharma, binned, calibration]
    } else if of_counts(fit).is_some() {
        &[dharma, residuals, rootogram]
    } else {
        &[residuals, scale_location, qq, influence]
    };
    [middle, &[qq_ranef, caterpillar, coefficients]].concat()
}

/// With names of points and of many levels left out, for which a small panel has no room.
fn small(mut panel: Panel) -> Panel {
    for layer in &mut panel.layers {
        layer.labels = vec![];
    }
    if panel.y.names.len() > FEW {
        panel.y.names = vec![];
        panel.y.label = "In order".into();
    }
    panel.layers.retain(|layer: &Layer| !layer.x.is_empty());
    panel
}
