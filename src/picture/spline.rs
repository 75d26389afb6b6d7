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
