//! A response among those simulated for it, and each of these among the others.

use crate::error::{Result, try_collect, try_vec};
use crate::simulate::{Purpose, Stream};
use crate::threads::divide;
use crate::watch::{Phase, Watch};

/// What memory is for.
pub(super) const RESPONSES: &str = "simulated responses";

/// Units of which one thread sorts the responses, and pieces between which the watcher is asked.
const UNITS: usize = 512;
const PIECES: usize = 16;

/// The observed response and those simulated, together for each unit (a row or a group): `[1 + count, units]`, the observed one first.
pub struct Responses {
    /// 1 + count.
    width: usize,
    values: Vec<f64>,
}

/// What is known of each unit.
pub struct Ranked {
    /// Of what was simulated.
    pub mean: Vec<f64>,
    /// The place of the observed response.
    pub uniform: Vec<f64>,
    /// It is below (-1) or above (1) all that was simulated.
    pub outlier: Vec<i8>,
}

/// What is known of each response, the observed one first.
pub struct Summaries {
    /// The variance over the units of the response less the unit's mean over all.
    pub spread: Vec<f64>,
    /// Zeros.
    pub zeros: Vec<f64>,
    /// Units where it is below or above all others.
    pub outliers: Vec<f64>,
    /// Kolmogorov's distance of the places from the uniform distribution.
    pub distance: Vec<f64>,
    /// Units that have a place.
    pub units: usize,
}

impl Responses {
    pub fn new(observed: &[f64], count: usize) -> Result<Self> {
        let width = count + 1;
        let mut all = Responses { width, values: try_vec(RESPONSES, 0.0, observed.len().saturating_mul(width))? };
        all.put(0, observed);
        Ok(all)
    }

    pub fn put(&mut self, k: usize, response: &[f64]) {
        self.values.iter_mut().skip(k).step_by(self.width).zip(response).for_each(|(to, y)| *to = *y);
    }

    /// Compares all with each other. The values become places.
    pub fn compare(mut self, seed: u64, watch: &Watch<'_>) -> Result<(Ranked, Summaries)> {
        let (n, width) = (self.values.len() / self.width, self.width);
        let mut ranked =
            Ranked { mean: try_vec(RESPONSES, 0.0, n)?, uniform: try_vec(RESPONSES, 0.0, n)?, outlier: try_vec(RESPONSES, 0, n)? };
        watch.at(Phase::Residuals, 0, Some(n))?;
        let mut out = self.moments(&mut ranked.mean)?;
        let mut outliers = vec![0i64; width];
        let piece = UNITS * width;
        for (batch, values) in self.values.chunks_mut(PIECES * piece).enumerate() {
            let first = batch * PIECES * UNITS;
            watch.round(Phase::Residuals, first, n)?;
            let pieces = values.chunks_mut(piece).zip((first..).step_by(UNITS)).collect();
            for (at, found) in divide(watch.threads(), pieces, &|(values, first)| (first, places(values, width, first, seed))) {
                let within = at..(at + UNITS).min(n);
                ranked.outlier[within].copy_from_slice(&found.0);
                outliers.iter_mut().zip(&found.1).for_each(|(sum, own)| *sum += own);
            }
        }
        for (to, all) in ranked.uniform.iter_mut().zip(self.values.chunks_exact(width)) {
            *to = all[0];
        }
        out.units = ranked.uniform.iter().filter(|u| !u.is_nan()).count();
        out.outliers.iter_mut().zip(outliers).for_each(|(to, own)| *to = own as f64);
        let columns = try_collect(RESPONSES, 0..width)?;
        let distances = divide(watch.threads(), columns, &|k| distance(self.values.iter().skip(k).step_by(width)));
        for (to, own) in out.distance.iter_mut().zip(distances) {
            *to = own?;
        }
        Ok((ranked, out))
    }

    /// Means of units, variances and zeros of responses, over units in which all are numbers.
    fn moments(&self, means: &mut [f64]) -> Result<Summaries> {
        let column = || try_vec(RESPONSES, 0.0, self.width);
        let (mut sums, mut squares, mut zeros) = (column()?, column()?, column()?);
        let mut units = 0.0;
        for (all, mean) in self.values.chunks_exact(self.width).zip(means) {
            let sum = all[1..].iter().sum::<f64>();
            *mean = sum / (self.width - 1) as f64;
            if all.iter().any(|y| y.is_nan()) {
                continue;
            }
            units += 1.0;
            let centre = (sum + all[0]) / self.width as f64;
            for (k, y) in all.iter().enumerate() {
                sums[k] += y - centre;
                squares[k] += (y - centre) * (y - centre);
                zeros[k] += f64::from(u8::from(*y == 0.0));
            }
        }
        let mut spread = squares;
        spread.iter_mut().zip(&sums).for_each(|(square, sum)| *square = (*square - sum * sum / units) / (units - 1.0));
        Ok(Summaries { spread, zeros, outliers: column()?, distance: column()?, units: 0 })
    }
}

/// Turns the values of some units into places. Which observed ones are outliers, and how many each response has.
fn places(values: &mut [f64], width: usize, first: usize, seed: u64) -> (Vec<i8>, Vec<i64>) {
    let (mut observed, mut counts) = (vec![], vec![0; width]);
    let mut order: Vec<usize> = (0..width).collect();
    let mut place = vec![(0.0, 0.0); width];
    for (unit, all) in (first..).zip(values.chunks_exact_mut(width)) {
        if all.iter().any(|y| y.is_nan()) {
            all.fill(f64::NAN);
            observed.push(0);
            continue;
        }
        order.sort_unstable_by(|a, b| all[*a].total_cmp(&all[*b]).then(a.cmp(b)));
        let mut stream = Stream::new(seed, unit as u64, Purpose::Residuals);
        let mut below = 0;
        for equal in order.chunk_by(|a, b| all[*a] == all[*b]) {
            equal.iter().for_each(|k| place[*k] = (below as f64, equal.len() as f64));
            below += equal.len();
        }
        let (low, high) = (order[0], order[width - 1]);
        let ends = [(low, -1), (high, 1)].map(|(k, side)| (k, if place[k].1 == 1.0 { side } else { 0 }));
        ends.iter().filter(|(_, side)| *side != 0).for_each(|(k, _)| counts[*k] += 1);
        observed.push(ends.iter().filter(|(k, _)| *k == 0).map(|(_, side)| *side).sum());
        // The places of a response and of its equals are one stretch.
        for (to, (below, equal)) in all.iter_mut().zip(&place) {
            *to = (below + stream.uniform() * equal) / width as f64;
        }
    }
    (observed, counts)
}

/// Kolmogorov's.
fn distance<'a>(places: impl ExactSizeIterator<Item = &'a f64>) -> Result<f64> {
    let mut sorted = try_collect(RESPONSES, places.copied())?;
    sorted.retain(|u| !u.is_nan());
    sorted.sort_unstable_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let far = |(i, u): (usize, &f64)| (u - i as f64 / n).max((i + 1) as f64 / n - u);
    Ok(sorted.iter().enumerate().map(far).fold(0.0, f64::max))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: ranks among four, ties spread over their stretch.
    #[test]
    fn places_and_outliers_of_all() {
        let mut all = Responses::new(&[5.0, 1.0, 2.0, f64::NAN], 3).unwrap();
        all.put(1, &[1.0, 1.0, 3.0, 1.0]);
        all.put(2, &[2.0, 1.0, 4.0, 1.0]);
        all.put(3, &[3.0, 0.0, 3.0, 1.0]);
        let watch = Watch::unwatched();
        let (ranked, sums) = all.compare(3, &watch).unwrap();
        assert_eq!(ranked.outlier, [1, 0, -1, 0]);
        assert_eq!(ranked.mean[..3], [2.0, 2.0 / 3.0, 10.0 / 3.0]);
        let u = &ranked.uniform;
        assert!(u[0] > 0.75 && u[0] < 1.0 && u[1] > 0.25 && u[1] < 1.0 && u[2] > 0.0 && u[2] < 0.25 && u[3].is_nan(), "{u:?}");
        assert_eq!((&sums.outliers[..], sums.units), (&[2.0, 1.0, 1.0, 1.0][..], 3));
        assert_eq!(sums.zeros, [0.0, 0.0, 0.0, 1.0]);
        // Less the units' means 2.75, 0.75, 3.
        let spread = |d: [f64; 3]| {
            let mean = d.iter().sum::<f64>() / 3.0;
            d.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / 2.0
        };
        assert!((sums.spread[0] - spread([2.25, 0.25, -1.0])).abs() < 1e-14);
        assert!((sums.spread[2] - spread([-0.75, 0.25, 1.0])).abs() < 1e-14);
    }

    #[test]
    fn the_distance_by_hand() {
        assert_eq!(distance([0.5, 0.25, f64::NAN].iter()).unwrap(), 0.5);
        assert_eq!(distance([0.9].iter()).unwrap(), 0.9);
    }
}
