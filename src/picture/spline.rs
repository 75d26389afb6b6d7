//! Natural cubic splines through points.

use super::sheet::COORDINATES;
use crate::error::{Result, try_vec};

/// A smooth curve through points whose x ascend.
pub struct Spline {
    x: Vec<f64>,
    y: Vec<f64>,
    /// Second derivatives at the points.
    curvature: Vec<f64>,
}

impl Spline {
    /// Through at least two points.
    pub fn new(x: Vec<f64>, y: Vec<f64>) -> Result<Self> {
        let n = x.len();
        let (mut curvature, mut above) = (try_vec(COORDINATES, 0.0, n)?, try_vec(COORDINATES, 0.0, n)?);
        // The equations of continuous slopes are tridiagonal.
        for i in 1..n.max(1) - 1 {
            let (left, right) = (x[i] - x[i - 1], x[i + 1] - x[i]);
            let jump = 6.0 * ((y[i + 1] - y[i]) / right - (y[i] - y[i - 1]) / left);
            let pivot = 2.0 * (left + right) - left * above[i - 1];
            above[i] = right / pivot;
            curvature[i] = (jump - left * curvature[i - 1]) / pivot;
        }
        for i in (1..n.max(1) - 1).rev() {
            curvature[i] -= above[i] * curvature[i + 1];
        }
        Ok(Spline { x, y, curvature })
    }

    /// Value and slope; beyond the points the line goes on.
    pub fn at(&self, x: f64) -> (f64, f64) {
        let last = self.x.len() - 1;
        if last == 0 {
            return (self.y[0], 0.0);
        }
        let inside = x.clamp(self.x[0], self.x[last]);
        let i = self.x.partition_point(|knot| *knot <= inside).clamp(1, last);
        let (width, t) = (self.x[i] - self.x[i - 1], inside - self.x[i - 1]);
        let (from, to) = (self.curvature[i - 1], self.curvature[i]);
        let start = (self.y[i] - self.y[i - 1]) / width - width * (2.0 * from + to) / 6.0;
        let value = self.y[i - 1] + t * (start + t * (from / 2.0 + t * (to - from) / (6.0 * width)));
        let slope = start + t * (from + t * (to - from) / (2.0 * width));
        (value + slope * (x - inside), slope)
    }
}

/// A smooth curve through points whose x ascend that goes no further than they do (Steffen 1990).
pub struct Steady {
    x: Vec<f64>,
    y: Vec<f64>,
    slope: Vec<f64>,
}

impl Steady {
    /// Through at least one point.
    pub fn new(x: Vec<f64>, y: Vec<f64>) -> Self {
        let n = x.len();
        let steps: Vec<(f64, f64)> = (1..n).map(|i| (x[i] - x[i - 1], (y[i] - y[i - 1]) / (x[i] - x[i - 1]))).collect();
        let inner = |(h, s): (f64, f64), (k, t): (f64, f64)| {
            let parabola = (s * k + t * h) / (h + k);
            if s * t <= 0.0 { 0.0 } else { 2.0 * s.signum() * s.abs().min(t.abs()).min(0.5 * parabola.abs()) }
        };
        // At an end the slope of the parabola through three points, no more than twice that to the next.
        let end = |(h, s): (f64, f64), next: Option<&(f64, f64)>| {
            let Some((k, t)) = next else { return s };
            let parabola = s + (s - t) * h / (h + k);
            if parabola * s <= 0.0 { 0.0 } else { s.signum() * parabola.abs().min(2.0 * s.abs()) }
        };
        let mut slope = vec![0.0; n];
        if let (Some(first), Some(last)) = (steps.first(), steps.last()) {
            slope[0] = end(*first, steps.get(1));
            slope[n - 1] = end(*last, steps.len().checked_sub(2).and_then(|i| steps.get(i)));
            (1..n - 1).for_each(|i| slope[i] = inner(steps[i - 1], steps[i]));
        }
        Steady { x, y, slope }
    }

    /// Beyond the points the line goes on.
    pub fn at(&self, x: f64) -> f64 {
        let last = self.x.len() - 1;
        if x <= self.x[0] {
            return self.y[0] + self.slope[0] * (x - self.x[0]);
        }
        if x >= self.x[last] {
            return self.y[last] + self.slope[last] * (x - self.x[last]);
        }
        let i = self.x.partition_point(|knot| *knot <= x).clamp(1, last);
        let (h, t) = (self.x[i] - self.x[i - 1], x - self.x[i - 1]);
        let chord = (self.y[i] - self.y[i - 1]) / h;
        let (from, to) = (self.slope[i - 1], self.slope[i]);
        let (square, cube) = ((3.0 * chord - 2.0 * from - to) / h, (from + to - 2.0 * chord) / (h * h));
        self.y[i - 1] + t * (from + t * (square + t * cube))
    }

    pub fn ends(&self) -> (f64, f64) {
        (self.x[0], self.x[self.x.len() - 1])
    }
}

#[cfg(test)]
#[allow(clippy::unreadable_literal)]
mod tests {
    use super::*;

    #[test]
    fn as_natural_splines_of_r() {
        // splinefun(c(0, 1, 2.5, 4, 4.5), c(1, 3, 2, 5, 4), method = "natural") and its derivative.
        let own = Spline::new(vec![0.0, 1.0, 2.5, 4.0, 4.5], vec![1.0, 3.0, 2.0, 5.0, 4.0]).unwrap();
        for (x, value, slope) in SPLINE_OF_R {
            let (v, s) = own.at(x);
            assert!((v - value).abs() < 1e-12 && (s - slope).abs() < 1e-12, "{x}: {v} {s}");
        }
    }

    #[test]
    fn a_steady_curve_keeps_lines_and_goes_no_further_than_its_points() {
        let x = vec![0.0, 0.5, 2.0, 2.5, 4.0, 7.0];
        let line = Steady::new(x.clone(), x.iter().map(|x| 3.0 - 2.0 * x).collect());
        for at in [-1.0, 0.0, 0.2, 2.0, 3.9, 7.0, 9.0] {
            assert!((line.at(at) - 3.0 + 2.0 * at).abs() < 1e-12, "{at}");
        }
        let jump = Steady::new(x.clone(), vec![0.0, 0.0, 0.0, 5.0, 5.0, 4.0]);
        for k in 0..=700 {
            let (at, y) = (f64::from(k) / 100.0, jump.at(f64::from(k) / 100.0));
            let i = x.partition_point(|knot| *knot <= at).clamp(1, 5);
            let (low, high) = (jump.y[i].min(jump.y[i - 1]), jump.y[i].max(jump.y[i - 1]));
            assert!(y >= low - 1e-12 && y <= high + 1e-12, "{at}: {y}");
        }
        // A smooth curve is met to the third order inside, where it has no extremum.
        let x: Vec<f64> = (0..=40).map(|k| f64::from(k) * 0.05).collect();
        let curve = Steady::new(x.clone(), x.iter().map(|x| x.exp()).collect());
        assert!((curve.at(1.023) - 1.023_f64.exp()).abs() < 1e-4);
        assert_eq!(Steady::new(vec![1.0], vec![2.0]).at(5.0), 2.0);
    }

    const SPLINE_OF_R: [(f64, f64, f64); 9] = [
        (-1.0, -1.832080200501253, 2.832080200501253),
        (0.0, 1.0, 2.832080200501253),
        (0.3, 1.827157894736842, 2.607418546365915),
        (1.0, 3.0, 0.3358395989974943),
        (1.7, 2.429910331384016, -1.367552213868003),
        (3.3, 3.96141910331384, 2.819983291562239),
        (4.2, 4.73184962406015, -1.945062656641605),
        (4.5, 4.0, -2.68671679197995),
        (5.0, 2.656641604010025, -2.68671679197995),
    ];
}
