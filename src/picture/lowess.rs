//! A robust smoother: lines fitted locally with tricube weights, and again with bisquare weights of the residuals (Cleveland 1979).

use super::sheet::COORDINATES;
use crate::error::{Result, try_collect, try_copy, try_vec};
use crate::watch::Watch;

/// The share of the points that are near, and the rounds of robustness weights.
pub const SPAN: f64 = 0.75;
pub const ROUNDS: usize = 4;

/// The smooth at each of `x`, which ascend. Lines are fitted at points more than `gap` apart, and straight lines join these.
pub fn lowess(x: &[f64], y: &[f64], span: f64, rounds: usize, gap: f64, watch: &Watch<'_>) -> Result<Vec<f64>> {
    let n = x.len();
    if n < 2 {
        return try_copy(COORDINATES, y);
    }
    let near = ((span * n as f64 + 1e-7) as usize).clamp(2, n);
    let (mut smooth, mut robustness) = (try_vec(COORDINATES, 0.0, n)?, try_vec(COORDINATES, 1.0, n)?);
    let mut weights = try_vec(COORDINATES, 0.0, n)?;
    for round in 0..=rounds {
        let fit = Local { x, y, near, robustness: (round > 0).then_some(&robustness[..]) };
        fit.run(gap, (&mut smooth, &mut weights), watch)?;
        if round == rounds || !reweigh(y, &smooth, &mut robustness)? {
            break;
        }
    }
    Ok(smooth)
}

/// One pass of local lines.
struct Local<'a> {
    x: &'a [f64],
    y: &'a [f64],
    near: usize,
    robustness: Option<&'a [f64]>,
}

impl Local<'_> {
    fn run(&self, gap: f64, (smooth, weights): (&mut [f64], &mut [f64]), watch: &Watch<'_>) -> Result<()> {
        let (x, n) = (self.x, self.x.len());
        let (mut left, mut last, mut i) = (0, None, 0);
        loop {
            watch.pulse()?;
            // The nearest points are a window, which moves to the right.
            while left + self.near < n && x[i] - x[left] > x[left + self.near] - x[i] {
                left += 1;
            }
            smooth[i] = self.at(i, left, weights).unwrap_or(self.y[i]);
            if let Some(last) = last.filter(|last: &usize| last + 1 < i) {
                let width = x[i] - x[last];
                for j in last + 1..i {
                    let share = (x[j] - x[last]) / width;
                    smooth[j] = share * smooth[i] + (1.0 - share) * smooth[last];
                }
            }
            let (mut end, cut) = (i, x[i] + gap);
            let mut next = i + 1;
            while next < n && x[next] <= cut {
                if x[next] == x[end] {
                    smooth[next] = smooth[end];
                    end = next;
                }
                next += 1;
            }
            i = (end + 1).max(next.saturating_sub(1));
            last = Some(end);
            if end + 1 >= n {
                return Ok(());
            }
        }
    }

    /// The local line at the point i, the nearest points being those from `left` on; `None` without weight.
    fn at(&self, i: usize, left: usize, weights: &mut [f64]) -> Option<f64> {
        let (x, n) = (self.x, self.x.len());
        let right = left + self.near - 1;
        let reach = (x[i] - x[left]).max(x[right] - x[i]);
        let (whole, alike) = (0.999 * reach, 0.001 * reach);
        let weight = |j: usize| {
            let distance = (x[j] - x[i]).abs();
            let own = match distance {
                d if d > whole => 0.0,
                d if d > alike => (1.0 - (d / reach).powi(3)).powi(3),
                _ => 1.0,
            };
            own * self.robustness.map_or(1.0, |robustness| robustness[j])
        };
        // Points as far as the last of the nearest count, too.
        let end = (right..n).take_while(|&j| x[j] - x[i] <= whole || j == right).last().unwrap_or(right);
        let weights = &mut weights[left..=end];
        weights.iter_mut().zip(left..).for_each(|(w, j)| *w = weight(j));
        let sum = |of: &dyn Fn(usize) -> f64| weights.iter().zip(left..).map(|(w, j)| w * of(j)).sum::<f64>();
        let total = sum(&|_| 1.0);
        if total <= 0.0 {
            return None;
        }
        let centre = sum(&|j| x[j]) / total;
        let spread = sum(&|j| (x[j] - centre).powi(2)) / total;
        let level = sum(&|j| self.y[j]) / total;
        if spread.sqrt() <= 0.001 * (x[n - 1] - x[0]) {
            return Some(level);
        }
        let slope = sum(&|j| (x[j] - centre) * self.y[j]) / total / spread;
        Some(level + slope * (x[i] - centre))
    }
}

/// Bisquare weights of the residuals; false where they are as good as none.
fn reweigh(y: &[f64], smooth: &[f64], robustness: &mut [f64]) -> Result<bool> {
    let residuals = try_collect(COORDINATES, y.iter().zip(smooth).map(|(y, s)| (y - s).abs()))?;
    let mut sorted = try_copy(COORDINATES, &residuals)?;
    sorted.sort_unstable_by(f64::total_cmp);
    let n = sorted.len();
    let six = if n % 2 == 0 { 3.0 * (sorted[n / 2 - 1] + sorted[n / 2]) } else { 6.0 * sorted[n / 2] };
    if six < 1e-7 * residuals.iter().sum::<f64>() / n as f64 {
        return Ok(false);
    }
    for (weight, r) in robustness.iter_mut().zip(&residuals) {
        *weight = match r {
            r if *r <= 0.001 * six => 1.0,
            r if *r <= 0.999 * six => (1.0 - (r / six).powi(2)).powi(2),
            _ => 0.0,
        };
    }
    Ok(true)
}

#[cfg(test)]
#[allow(clippy::unreadable_literal)]
mod tests {
    use super::*;
    use crate::watch::Watcher;

    const X: [f64; 33] = [
        0.134, 0.618, 1.256, 1.766, 2.017, 2.06, 2.121, 2.655, 2.672, 3.403, 3.721, 3.8, 3.824, 3.841, 3.861, 4.0, 4.0, 4.0, 4.977,
        5.729, 6.291, 6.517, 6.608, 6.87, 7.176, 7.698, 7.774, 8.697, 8.984, 9.082, 9.347, 9.447, 9.919,
    ];
    const Y: [f64; 33] = [
        0.122, 0.575, 1.187, 1.186, 1.051, 1.112, 5.0, 0.486, -0.045, -0.103, -0.562, -0.651, -0.998, -0.763, -0.554, -0.417,
        -0.782, -0.66, -0.979, -4.0, -0.096, 0.133, 0.304, 0.829, 0.97, 0.947, 0.933, 0.839, 0.566, 0.164, -0.099, 0.069, -0.282,
    ];
    // lowess(x, y, f = 0.75, iter = 4, delta = 0)$y, and with f = 0.4, iter = 2, delta = 0.6.
    const EXACT: [f64; 33] = [
        1.458295257258985,
        1.222249550514967,
        0.8999579440037202,
        0.640922707132185,
        0.5151365178362424,
        0.4937489533533665,
        0.4634883618814309,
        0.2001144664528021,
        0.1916545619151243,
        -0.2135841908826847,
        -0.3490585019085409,
        -0.3898114547387745,
        -0.4017903426415132,
        -0.4101358392749984,
        -0.4197910690576531,
        -0.4082645719863409,
        -0.4082645719863409,
        -0.4082645719863409,
        -0.263981865194485,
        0.02561663605215467,
        0.1723771637834382,
        0.2417753104004168,
        0.2730292538602546,
        0.319924349330406,
        0.3434703057483799,
        0.362698690690714,
        0.3637444658000342,
        0.3471701711385364,
        0.3319483954820615,
        0.3256934806775142,
        0.3060211043910286,
        0.2975391347784987,
        0.2499306092852153,
    ];
    const WITH_GAPS: [f64; 33] = [
        0.4943469530134828,
        0.6211180690216636,
        0.7490282989094192,
        0.8482586975347838,
        0.8290148319642857,
        0.8257180741175469,
        0.821041278102406,
        0.3946685138927424,
        0.3810948491145319,
        -0.2902964184504963,
        -0.4973560478127648,
        -0.5487953896983597,
        -0.5644225315370215,
        -0.5754917570060738,
        -0.5885143752049585,
        -0.6790215716872079,
        -0.6790215716872079,
        -0.6790215716872079,
        -0.8202347269397828,
        -0.3787786312315086,
        0.0554789408577866,
        0.2124994488550636,
        0.2757245206592764,
        0.4577571449747041,
        0.6162395717653917,
        0.6504268594580334,
        0.6554043189688394,
        0.4433010692050181,
        0.3051869809851183,
        0.2580260728124693,
        0.1225127987457416,
        0.07137571419225935,
        -0.1863674853599349,
    ];

    fn smooth(x: &[f64], y: &[f64], span: f64, rounds: usize, gap: f64) -> Vec<f64> {
        let watcher = Watcher::new(None, None);
        lowess(x, y, span, rounds, gap, &watcher.watch()).unwrap()
    }

    #[test]
    fn as_r_smooths() {
        for (span, rounds, gap, wanted) in [(0.75, 4, 0.0, EXACT), (0.4, 2, 0.6, WITH_GAPS)] {
            let own = smooth(&X, &Y, span, rounds, gap);
            own.iter().zip(wanted).enumerate().for_each(|(i, (a, b))| assert!((a - b).abs() < 1e-10, "{span} {i}: {a} {b}"));
        }
    }

    #[test]
    fn lines_and_constants_are_their_own_smooths() {
        let line: Vec<f64> = X.iter().map(|x| 3.0 - 2.0 * x).collect();
        smooth(&X, &line, SPAN, ROUNDS, 0.1).iter().zip(&line).for_each(|(a, b)| assert!((a - b).abs() < 1e-12));
        smooth(&X, &[2.5; 33], SPAN, ROUNDS, 0.1).iter().for_each(|a| assert!((a - 2.5).abs() < 1e-13));
        assert_eq!(smooth(&[1.0; 5], &[1.0, 2.0, 3.0, 4.0, 5.0], SPAN, 0, 0.0), [3.0; 5]);
        assert_eq!(smooth(&[1.0], &[7.0], SPAN, ROUNDS, 0.0), [7.0]);
        assert!(smooth(&[], &[], SPAN, ROUNDS, 0.0).is_empty());
    }
}
