//! B-splines (`bs`) and natural cubic splines (`ns`), as R's package splines defines them.

use crate::envelope::fits;
use crate::error::{Error, Result};

/// A spline basis that can be evaluated on new data.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct SplineBasis {
    degree: usize,
    /// All knots, ascending, the boundary knots `degree + 1` times each.
    knots: Vec<f64>,
    intercept: bool,
    /// For natural splines: `[m, m - 2]`, from the B-spline columns to those with zero second derivative at the boundary.
    natural: Option<Vec<f64>>,
}

/// What was asked for; `None` is the default.
#[derive(Clone, Debug, Default)]
pub struct SplineRequest {
    pub df: Option<usize>,
    pub knots: Option<Vec<f64>>,
    pub boundary: Option<(f64, f64)>,
    /// 3 for natural splines.
    pub degree: usize,
    pub intercept: bool,
    pub natural: bool,
}

impl SplineBasis {
    /// Fails for a basis that was not learnt, but read from damaged bytes.
    pub fn check(&self) -> Result<()> {
        let ends = self.degree.saturating_add(1);
        let knots = &self.knots;
        let together = self.degree > 0
            && knots.len() / 2 >= ends
            && knots.iter().all(|knot| knot.is_finite())
            && knots.is_sorted()
            && knots[..ends].iter().all(|knot| *knot == knots[0])
            && knots[knots.len() - ends..].iter().all(|knot| *knot == knots[knots.len() - 1])
            && knots[0] < knots[knots.len() - 1];
        fits(together, "the knots of a spline")?;
        let m = self.b_spline_columns();
        let own = self.natural.as_ref();
        fits(own.is_none_or(|natural| self.degree == 3 && m > 2 && natural.len() == m * (m - 2)), "a natural spline")
    }

    /// Learns the knots from the values that are not missing. `name` is for messages.
    pub fn learn(name: &str, x: &[f64], request: &SplineRequest) -> Result<Self> {
        let mut x: Vec<f64> = x.iter().copied().filter(|v| !v.is_nan()).collect();
        x.sort_unstable_by(f64::total_cmp);
        let (low, high) = match (request.boundary, x.first(), x.last()) {
            (Some(boundary), ..) => boundary,
            (None, Some(&first), Some(&last)) => (first, last),
            _ => return Err(Error::data(format!("'{name}': all values are missing"))),
        };
        if low >= high {
            return Err(Error::data(format!(
                "'{name}': the boundary knots {low} and {high} must be in ascending order, and different"
            )));
        }
        x.retain(|&v| low <= v && v <= high);
        let interior = interior_knots(name, &x, request)?;
        // Quantiles may fall on the boundary, where many values tie; knots that were given may not.
        let outside = interior.iter().find(|&&k| !(low < k && k < high));
        if let (Some(knot), true) = (outside, request.knots.is_some()) {
            return Err(Error::data(format!("'{name}': knot {knot} is not between the boundary knots {low} and {high}")));
        }
        let degree = request.degree;
        let mut knots = vec![low; degree + 1];
        knots.extend(interior);
        knots.extend(std::iter::repeat_n(high, degree + 1));
        let natural = request.natural.then(|| natural_projection(&knots, request.intercept));
        Ok(SplineBasis { degree, knots, intercept: request.intercept, natural })
    }

    /// The number of columns.
    pub fn columns(&self) -> usize {
        self.b_spline_columns() - if self.natural.is_some() { 2 } else { 0 }
    }

    fn b_spline_columns(&self) -> usize {
        self.knots.len() - self.degree - 1 - usize::from(!self.intercept)
    }

    /// Writes the columns `[x.len(), columns]` into `out`; NaN stays NaN. Beyond the boundary knots a B-spline continues the
    /// polynomial of the outermost piece, and a natural spline continues as a line.
    pub fn fill(&self, x: &[f64], out: &mut [f64]) {
        let (n, columns, m) = (x.len(), self.columns(), self.b_spline_columns());
        let skip = usize::from(!self.intercept);
        let (low, high) = (self.knots[0], self.knots[self.knots.len() - 1]);
        let ends = [low, high].map(|b| (b, dense(&self.knots, self.degree, b, 0), dense(&self.knots, self.degree, b, 1)));
        let mut local = vec![0.0; self.degree + 1];
        let mut row = vec![0.0; m + skip];
        for i in 0..n {
            if x[i].is_nan() {
                (0..columns).for_each(|k| out[k * n + i] = f64::NAN);
                continue;
            }
            match &ends {
                [(b, value, slope), _] if self.natural.is_some() && x[i] < low => line(&mut row, x[i] - b, value, slope),
                [_, (b, value, slope)] if self.natural.is_some() && x[i] > high => line(&mut row, x[i] - b, value, slope),
                _ => {
                    let span = span(&self.knots, x[i]);
                    evaluate(&self.knots, span, x[i], &mut local);
                    row.fill(0.0);
                    row[span - self.degree..=span].copy_from_slice(&local);
                }
            }
            for k in 0..columns {
                out[k * n + i] = match &self.natural {
                    None => row[skip + k],
                    Some(projection) => (0..m).map(|j| row[skip + j] * projection[k * m + j]).sum(),
                };
            }
        }
    }
}

fn line(row: &mut [f64], step: f64, value: &[f64], slope: &[f64]) {
    for j in 0..row.len() {
        row[j] = value[j] + step * slope[j];
    }
}

/// The knots given, or as many quantiles of the data as `df` leaves.
fn interior_knots(name: &str, sorted: &[f64], request: &SplineRequest) -> Result<Vec<f64>> {
    if let Some(knots) = &request.knots {
        let mut knots = knots.clone();
        knots.sort_unstable_by(f64::total_cmp);
        return Ok(knots);
    }
    let base = if request.natural { 1 } else { request.degree } + usize::from(request.intercept);
    let count = match request.df {
        None => 0,
        Some(df) => df
            .checked_sub(base)
            .ok_or_else(|| Error::argument(format!("'{name}': df = {df} is too small, at least {base} is wanted")))?,
    };
    if count > 0 && sorted.is_empty() {
        return Err(Error::data(format!("'{name}': no values between the boundary knots")));
    }
    let step = 1.0 / (count + 1) as f64;
    Ok((1..=count).map(|k| quantile(sorted, k as f64 * step)).collect())
}

/// Quantile of sorted values, by linear interpolation between order statistics (type 7 of Hyndman & Fan 1996, R's default).
fn quantile(sorted: &[f64], probability: f64) -> f64 {
    let position = (sorted.len() - 1) as f64 * probability;
    let below = position.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    let h = position - below as f64;
    if h == 0.0 || sorted[above] == sorted[below] { sorted[below] } else { (1.0 - h) * sorted[below] + h * sorted[above] }
}

/// The index of the non-empty knot interval that holds `x`; the outermost one for `x` beyond the ends.
fn span(knots: &[f64], x: f64) -> usize {
    let (first, last) = (knots[0], knots[knots.len() - 1]);
    let lowest = knots.partition_point(|&k| k <= first) - 1;
    let highest = knots.partition_point(|&k| k < last) - 1;
    (knots.partition_point(|&k| k <= x).max(1) - 1).clamp(lowest, highest)
}

/// The `out.len()` B-splines that are not zero in the interval `span`, by Cox and de Boor's recursion (Piegl & Tiller 1997, A2.2).
fn evaluate(knots: &[f64], span: usize, x: f64, out: &mut [f64]) {
    out[0] = 1.0;
    for j in 1..out.len() {
        let mut saved = 0.0;
        for r in 0..j {
            let (right, left) = (knots[span + r + 1] - x, x - knots[span + 1 + r - j]);
            let share = out[r] / (right + left);
            out[r] = saved + right * share;
            saved = left * share;
        }
        out[j] = saved;
    }
}

/// All B-splines of a degree at `x`, or their derivatives of an order up to the degree (de Boor 1978, ch. X, (12)).
fn dense(knots: &[f64], degree: usize, x: f64, derivative: usize) -> Vec<f64> {
    let count = knots.len() - degree - 1;
    let mut out = vec![0.0; count];
    if derivative > degree {
        return out;
    }
    if derivative == 0 {
        let span = span(knots, x);
        let mut local = vec![0.0; degree + 1];
        evaluate(knots, span, x, &mut local);
        out[span - degree..=span].copy_from_slice(&local);
        return out;
    }
    let lower = dense(knots, degree - 1, x, derivative - 1);
    let share = |j: usize| {
        let width = knots[j + degree] - knots[j];
        if width > 0.0 { lower[j] / width } else { 0.0 }
    };
    for j in 0..count {
        out[j] = degree as f64 * (share(j) - share(j + 1));
    }
    out
}

/// The last `m - 2` columns of Q in the QR decomposition of the two constraints "second derivative zero at the boundary".
/// Reflections are LINPACK's (their sign fixes the basis that R gives).
fn natural_projection(knots: &[f64], intercept: bool) -> Vec<f64> {
    let skip = usize::from(!intercept);
    let mut constraint = [knots[0], knots[knots.len() - 1]].map(|b| dense(knots, 3, b, 2)[skip..].to_vec());
    let m = constraint[0].len();
    for l in 0..2 {
        let (done, rest) = constraint.split_at_mut(l + 1);
        let column = &mut done[l];
        let norm = column[l..].iter().map(|v| v * v).sum::<f64>().sqrt();
        let signed = if column[l] < 0.0 { -norm } else { norm };
        column[..l].fill(0.0);
        column[l..].iter_mut().for_each(|v| *v /= signed);
        column[l] += 1.0;
        for other in rest {
            reflect(column, l, other);
        }
    }
    let mut projection = vec![0.0; m * (m - 2)];
    let mut unit = vec![0.0; m];
    for j in 0..m {
        unit.fill(0.0);
        unit[j] = 1.0;
        (0..2).for_each(|l| reflect(&constraint[l], l, &mut unit));
        (2..m).for_each(|k| projection[(k - 2) * m + j] = unit[k]);
    }
    projection
}

/// `y - u (u'y) / u[l]`
fn reflect(u: &[f64], l: usize, y: &mut [f64]) {
    let t = -u[l..].iter().zip(&y[l..]).map(|(a, b)| a * b).sum::<f64>() / u[l];
    for i in l..u.len() {
        y[i] += t * u[i];
    }
}

#[cfg(test)]
mod tests;
