//! Counts as they were observed and as the model expects them.

use super::scene::Scene;
use super::sheet::{Axis, COORDINATES, Layer, Mark, Panel, Role, Sheet};
use crate::error::{Error, Result, try_gather, try_vec};
use crate::family::{Exact, ZeroMixture};
use crate::fit::{Fit, Generalised};
use crate::watch::{Phase, Watch};

/// Counts that have a bar at most, and rows whose distributions are added up at most.
const MOST: usize = 60;
const ROWS: usize = 20_000;
/// Multiples of it fill the interval from 0 to 1 evenly.
const GOLDEN: f64 = 0.618_033_988_749_894_9;

/// Hanging bars (Kleiber & Zeileis 2016): roots of observed frequencies from the curve of the roots of expected ones.
pub fn rootogram(scene: &Scene<'_>) -> Result<Sheet> {
    let fit = scene.fit;
    let own = of_counts(fit).ok_or_else(|| Error::unsupported("picture rootogram: only of counts"))?;
    let y = fit.used(&fit.y)?;
    if let Some(i) = y.iter().position(|y| y.fract() != 0.0) {
        let row = fit.rows.data_row(i) + 1;
        return Err(Error::unsupported(format!("picture rootogram: the response of row {row} is {}, not a count", y[i])));
    }
    let largest = y.iter().copied().fold(0.0, f64::max) as usize;
    let last = largest.min(MOST);
    let expected = expected(fit, own, last, scene.watch)?;
    let mut observed = try_vec(COORDINATES, 0.0_f64, last + 1)?;
    // A row counts as often as its weight says.
    let weights = fit.weights.as_ref().map(|weights| fit.used(weights)).transpose()?;
    let counted = |i: usize| weights.as_ref().map_or(1.0, |weights| weights[i]);
    y.iter().enumerate().filter(|(_, y)| **y <= last as f64).for_each(|(i, y)| observed[*y as usize] += counted(i));
    let x = try_gather(COORDINATES, (0..=last).map(|k| k as f64))?;
    let top: Vec<f64> = expected.iter().map(|e| e.sqrt()).collect();
    let foot: Vec<f64> = top.iter().zip(&observed).map(|(top, o)| top - o.sqrt()).collect();
    let panel = Panel::new("Rootogram", Axis::new("Count").reaching(-0.6, last as f64 + 0.6), Axis::new("√ Frequency"))
        .with(Layer::new("observed", Mark::Bars, Role::Data, x.clone(), top.clone()).limits(foot, top.clone()))
        .with(Layer::across("zero", Role::Reference, 0.0))
        .with(Layer::new("expected", Mark::Line, Role::Fit, x.clone(), top.clone()))
        .with(Layer::new("expected", Mark::Points, Role::Fit, x, top));
    let beyond = y.iter().filter(|y| **y > last as f64).count();
    let said = if beyond > 0 { format!("; {beyond} rows beyond {last} not shown") } else { String::new() };
    let caption = format!("n = {}; bars hang from what is expected; they end at zero where the model is right{said}", y.len());
    Ok(Sheet::alone("Rootogram", caption, panel))
}

/// What a fit of counts has.
pub fn of_counts(fit: &Fit) -> Option<&Generalised> {
    let own = fit.generalised().filter(|_| fit.ordinal().is_none())?;
    let facts = own.family.facts();
    (facts.tests_overdispersion && facts.exact == Exact::Never && facts.support == (0.0, f64::INFINITY)).then_some(own)
}

/// Expected numbers of rows with each count up to the last.
fn expected(fit: &Fit, own: &Generalised, last: usize, watch: &Watch<'_>) -> Result<Vec<f64>> {
    let mixture = own.zero.map(|part| ZeroMixture { part, family: own.family.clone() });
    let weights = fit.weights.as_ref().map(|weights| fit.used(weights)).transpose()?;
    let mut all = try_vec(COORDINATES, 0.0, last + 1)?;
    // Of very many rows some stand for all.
    let step = fit.n_obs.div_ceil(ROWS).max(1);
    let count = fit.n_obs.div_ceil(step);
    for block in 0..count {
        let i = chosen(block, step).min(fit.n_obs - 1);
        watch.round(Phase::Residuals, i, fit.n_obs)?;
        let (weight, psi) = (weights.as_ref().map_or(1.0, |weights| weights[i]), fit.psi_of_row(i));
        for (k, sum) in all.iter_mut().enumerate() {
            let at = match &mixture {
                None => own.family.cdf(k as f64, own.eta[i], weight, &psi),
                Some(mixture) => {
                    let zeta = own.zero_inflation.as_ref().map_or(f64::NEG_INFINITY, |zero| zero.eta[i]);
                    mixture.cdf(k as f64, [own.eta[i], zeta], weight, &psi)
                }
            };
            *sum += weight * if at.below < 0.5 { at.at_or_below - at.below } else { at.at_or_above - at.above };
        }
    }
    let share = fit.n_obs as f64 / count.max(1) as f64;
    all.iter_mut().for_each(|sum| *sum *= share);
    Ok(all)
}

/// A row of the k-th so many in a row: not always at the same place, which would see one of two treatments that alternate.
fn chosen(k: usize, step: usize) -> usize {
    let turn = (k as f64 * GOLDEN).fract();
    k * step + (turn * step as f64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chosen_rows_are_of_all_kinds_that_come_in_turn() {
        for step in [1, 2, 3, 4, 6, 50] {
            for period in [2, 3, 4, 6] {
                let mut counts = vec![0; period];
                for k in 0..12_000 {
                    let i = chosen(k, step);
                    assert!(i / step == k);
                    counts[i % period] += 1;
                }
                assert!(counts.iter().all(|c: &i32| (c - 12_000 / period as i32).abs() < 40), "{step} {period}: {counts:?}");
            }
        }
    }
}
