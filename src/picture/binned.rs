//! Residuals in bins, and probabilities against shares.

use super::groups::is_binary_or_share;
use super::residuals::percent;
use super::scene::Scene;
use super::sheet::{Axis, COORDINATES, Layer, MOST_PANELS, Mark, Panel, Role, Sheet};
use crate::distributions::normal_quantile;
use crate::error::{Error, Result, try_gather};
use crate::fit::Fit;
use crate::predict::{NewData, Quantity, Request};

/// Bins of a calibration.
const BINS: usize = 10;

/// Numbers that differ by less, relative to their range, are equal but for rounding, which depends on the order of the rows.
const SAME: f64 = 1e-9;

/// Rows in the order of a number, in bins of nearly equal size; rows with equal numbers are in one bin.
fn bins(order_by: &[f64], count: usize) -> Result<Vec<Vec<usize>>> {
    let n = order_by.len();
    let mut order = try_gather(COORDINATES, (0..n).filter(|&i| order_by[i].is_finite()))?;
    order.sort_by(|&a, &b| order_by[a].total_cmp(&order_by[b]).then(a.cmp(&b)));
    let mut all: Vec<Vec<usize>> = vec![];
    let mut filled = 0;
    let range = order.last().zip(order.first()).map_or(0.0, |(last, first)| order_by[*last] - order_by[*first]);
    for same in order.chunk_by(|&a, &b| order_by[b] - order_by[a] <= SAME * range) {
        // A bin is closed when the rows so far are its share of all.
        if all.is_empty() || filled * count >= all.len() * order.len() {
            all.push(vec![]);
        }
        if let Some(last) = all.last_mut() {
            last.extend_from_slice(same);
        }
        filled += same.len();
    }
    Ok(all)
}

fn mean(values: &[f64], rows: &[usize]) -> f64 {
    rows.iter().map(|&i| values[i]).sum::<f64>() / rows.len() as f64
}

/// As arm's `binnedplot`: mean residuals of bins of fitted values, with two standard errors.
pub fn binned(scene: &Scene<'_>) -> Result<Sheet> {
    let fit = scene.fit;
    if fit.ordinal().is_some() || fit.cox().is_some() {
        return Err(Error::unsupported("picture binned: only of responses that have a mean; see calibration and residuals"));
    }
    let (r, fitted) = (fit.used(&fit.residuals)?, fit.used(&fit.fitted)?);
    let n = r.len();
    // As in arm: many rows, sqrt(n); fewer, ten; few, half of them.
    let count = if n >= 100 {
        (n as f64).sqrt() as usize
    } else if n > 10 {
        10
    } else {
        n.div_ceil(2)
    };
    let (mut x, mut y, mut limit, mut outside) = (vec![], vec![], vec![], 0);
    for rows in bins(&fitted, count)? {
        let m = rows.len() as f64;
        let centre = mean(&r, &rows);
        let variance = rows.iter().map(|&i| (r[i] - centre).powi(2)).sum::<f64>() / (m - 1.0);
        x.push(mean(&fitted, &rows));
        y.push(centre);
        limit.push(2.0 * (variance / m).sqrt());
        outside += usize::from(limit.last().is_some_and(|limit| centre.abs() > *limit));
    }
    let (share, total) = (100.0 * outside as f64 / x.len().max(1) as f64, x.len());
    let below = limit.iter().map(|v| -v).collect();
    let panel = Panel::new("Binned residuals", Axis::new("Mean fitted value"), Axis::new("Mean residual"))
        .with(Layer::new("two standard errors", Mark::Band, Role::Reference, x.clone(), vec![0.0; x.len()]).limits(below, limit))
        .with(Layer::across("zero", Role::Reference, 0.0))
        .with(Layer::new("bins", Mark::Points, Role::Data, x, y));
    let caption =
        format!("{total} bins of {n} rows; {share:.0} % outside two standard errors (about 5 % are if the model is right)");
    Ok(Sheet::alone("Binned residuals", caption, panel))
}

/// Shares of bins of predicted probabilities, with Wilson's intervals. A row of an ordinal model counts as often as its weight says.
pub fn calibration(scene: &Scene<'_>) -> Result<Sheet> {
    let fit = scene.fit;
    fit.need_rows("picture calibration")?;
    let level = scene.settings.level;
    let weights = fit.weights.as_ref().map(|weights| fit.used(weights)).transpose()?;
    let mut panels = vec![];
    if let Some(ordinal) = fit.ordinal() {
        let y = fit.used(&fit.y)?;
        let request = Request { quantity: Quantity::Probabilities, ..Request::default() };
        let all = fit.predictions(NewData::Training, &request, scene.watch)?.values;
        let n = all.len() / ordinal.categories.len();
        for (k, name) in ordinal.categories.iter().enumerate().take(MOST_PANELS) {
            let predicted = fit.used(&all[k * n..(k + 1) * n])?;
            let observed = try_gather(COORDINATES, y.iter().map(|y| f64::from(*y == (k + 1) as f64)))?;
            panels.push(calibrated(&format!("Category {name}"), &predicted, &observed, weights.as_deref(), level)?);
        }
    } else if is_binary_or_share(fit) {
        let (predicted, observed) = (fit.used(&fit.fitted)?, fit.used(&fit.y)?);
        panels.push(calibrated("Calibration", &predicted, &observed, trials(fit, weights.as_deref()), level)?);
    } else {
        return Err(Error::unsupported(
            "picture calibration: only of probabilities: binary and binomial responses, and ordinal ones",
        ));
    }
    let caption =
        format!("up to {BINS} bins of predicted probabilities; observed shares with {} % Wilson intervals", percent(level));
    Ok(Sheet::of("Predicted probabilities and observed shares", caption, panels))
}

/// The numbers of trials, where the response is a share of them.
fn trials<'w>(fit: &Fit, weights: Option<&'w [f64]>) -> Option<&'w [f64]> {
    let of_trials = |own: &crate::fit::Generalised| own.family.weight_role() == crate::family::WeightRole::Trials;
    weights.filter(|_| fit.generalised().is_some_and(of_trials))
}

fn calibrated(title: &str, predicted: &[f64], observed: &[f64], trials: Option<&[f64]>, level: f64) -> Result<Panel> {
    let z = -normal_quantile(0.5 * (1.0 - level));
    let (mut x, mut y, mut lower, mut upper) = (vec![], vec![], vec![], vec![]);
    for rows in bins(predicted, BINS)? {
        let weight = |i: usize| trials.map_or(1.0, |trials| trials[i]);
        let total: f64 = rows.iter().map(|&i| weight(i)).sum();
        let average = |of: &[f64]| rows.iter().map(|&i| weight(i) * of[i]).sum::<f64>() / total;
        let share = average(observed);
        let (low, high) = wilson(share, total, z);
        x.push(average(predicted));
        y.push(share);
        lower.push(low);
        upper.push(high);
    }
    let axis = |label: &str| Axis::new(label).within(0.0, 1.0);
    let panel = Panel::new(title, axis("Predicted probability"), axis("Observed share"));
    let most = x.iter().chain(&upper).copied().fold(0.0, f64::max).min(1.0);
    Ok(panel
        .with(Layer::straight("calibrated", Role::Reference, (0.0, 0.0), (most, most)))
        .with(Layer::new("limits", Mark::IntervalY, Role::Data, x.clone(), y.clone()).limits(lower, upper))
        .with(Layer::new("bins", Mark::Points, Role::Data, x, y)))
}

/// Wilson's interval of a share of so many trials.
pub fn wilson(share: f64, trials: f64, z: f64) -> (f64, f64) {
    let scale = 1.0 / (1.0 + z * z / trials);
    let centre = scale * (share + z * z / (2.0 * trials));
    let half = scale * z * (share * (1.0 - share) / trials + z * z / (4.0 * trials * trials)).sqrt();
    ((centre - half).max(0.0), (centre + half).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_have_all_rows_once_and_keep_ties_together() {
        let values = [3.0, 1.0, 2.0, 2.0, 2.0, f64::NAN, 5.0, 4.0, 2.0];
        let all = bins(&values, 4).unwrap();
        let mut rows: Vec<usize> = all.concat();
        assert!(all.iter().any(|bin| [2, 3, 4, 8].iter().all(|i| bin.contains(i))));
        rows.sort_unstable();
        assert_eq!(rows, [0, 1, 2, 3, 4, 6, 7, 8]);
        // What differs by rounding only is the same, whatever the order.
        let near: Vec<f64> = (0..40).map(|i| f64::from(i % 4) * (1.0 + 1e-15 * f64::from(i))).collect();
        assert!(bins(&near, 10).unwrap().iter().all(|bin| bin.len() == 10));
        let even: Vec<f64> = (0..100).map(f64::from).collect();
        assert!(bins(&even, 10).unwrap().iter().all(|bin| bin.len() == 10));
        assert_eq!(bins(&[1.0; 50], 10).unwrap().len(), 1);
        assert!(bins(&[], 10).unwrap().is_empty());
    }

    #[test]
    fn wilson_as_prop_test() {
        // prop.test(7, 20, correct = FALSE)$conf.int
        let (low, high) = wilson(0.35, 20.0, 1.959_963_984_540_054);
        assert!((low - 0.181_191_824_101_082).abs() < 1e-12 && (high - 0.567_145_723_314_764).abs() < 1e-12, "{low} {high}");
        assert_eq!(wilson(0.0, 5.0, 1.96).0, 0.0);
    }
}
