//! A step of Newton's method under linear inequalities: a quadratic programme by a primal active set (Nocedal & Wright 2006, 16.5).

use crate::error::Result;
use crate::linalg::dense;
use crate::linalg::orthogonal::take_off;

/// The least curvature, relative to that of the parameters.
const LEAST: f64 = 1e-8;
/// Relative to its size, a change of a slack that is none.
const STILL: f64 = 1e-12;

/// Linear functions of the last parameters, the slacks, that must not be negative.
pub trait Inequalities {
    fn slacks(&self, x: &[f64]) -> Result<Vec<f64>>;

    /// How much each of them may fall by in one step.
    fn room(&self, x: &[f64]) -> Result<Vec<f64>> {
        self.slacks(x)
    }

    /// The coefficients of one of them.
    fn row(&self, place: usize) -> Vec<f64>;
}

/// A step, the inequalities that hold with equality after it, and what the objective falls by as the quadratic model has it.
pub struct Step {
    pub step: Vec<f64>,
    pub active: Vec<usize>,
    pub gain: f64,
}

/// The step p that minimises g'p + p'Hp/2 where no slack at x + p is negative; `x`, where none is, are the last parameters. Where H is
/// not positive its curvature is taken for that of the other sign. None without numbers.
pub fn step(hessian: &[f64], gradient: &[f64], x: &[f64], region: &dyn Inequalities) -> Result<Option<Step>> {
    let (n, first) = (gradient.len(), gradient.len() - x.len());
    let Some(mut l) = positive(n, hessian) else { return Ok(None) };
    if dense::cholesky(n, &mut l).is_err() {
        return Ok(None);
    }
    // In y = L'p the model is half the squared distance from `rest`, which is what is left of the way to its minimum.
    let mut rest: Vec<f64> = gradient.iter().map(|g| -g).collect();
    dense::solve_lower(n, &l, &mut rest);
    let whole: f64 = rest.iter().map(|v| v * v).sum();
    let mut p = vec![0.0; n];
    let mut slacks = region.room(x)?;
    let mut active: Vec<usize> = vec![];
    let mut rows: Vec<Vec<f64>> = vec![];
    for _ in 0..20 * n + 100 {
        let (multipliers, d) = resolved(&rows, &rest);
        if d.iter().map(|v| v * v).sum::<f64>() <= 1e-22 * whole.max(f64::MIN_POSITIVE) {
            // An inequality with a multiplier of the wrong sign is let go: that of the largest force.
            let force = |k: &usize| multipliers[*k] * rows[*k].iter().map(|v| v * v).sum::<f64>().sqrt();
            let most = (0..rows.len()).max_by(|a, b| force(a).total_cmp(&force(b)));
            let Some(k) = most.filter(|k| force(k) > 1e-9 * whole.sqrt()) else { break };
            active.remove(k);
            rows.remove(k);
            continue;
        }
        let mut direction = d.clone();
        dense::solve_lower_transpose(n, &l, &mut direction);
        let slopes = region.slacks(&direction[first..])?;
        let still = STILL * slopes.iter().fold(0.0f64, |m, s| m.max(s.abs()));
        let (mut length, mut blocking) = (1.0, None);
        for (c, (slack, slope)) in slacks.iter().zip(&slopes).enumerate() {
            if *slope < -still && !active.contains(&c) && slack.max(0.0) < -slope * length {
                (length, blocking) = (slack.max(0.0) / -slope, Some(c));
            }
        }
        dense::add_scaled(&mut p, length, &direction);
        dense::add_scaled(&mut slacks, length, &slopes);
        dense::add_scaled(&mut rest, -length, &d);
        if let Some(c) = blocking {
            let mut row = vec![0.0; n];
            row[first..].copy_from_slice(&region.row(c));
            dense::solve_lower(n, &l, &mut row);
            active.push(c);
            rows.push(row);
        }
    }
    let left: f64 = rest.iter().map(|v| v * v).sum();
    Ok(Some(Step { step: p, active, gain: 0.5 * (whole - left) }))
}

/// A positive matrix like a symmetric one: eigenvalues, at unit diagonal, by their absolute values.
fn positive(n: usize, hessian: &[f64]) -> Option<Vec<f64>> {
    let scale: Vec<f64> = (0..n).map(|j| hessian[j * (n + 1)].abs().sqrt()).map(|s| if s > 0.0 { s } else { 1.0 }).collect();
    let scaled: Vec<f64> = (0..n * n).map(|e| hessian[e] / scale[e % n] / scale[e / n]).collect();
    let (values, vectors) = dense::symmetric_eigen(n, &scaled)?;
    let mut out = vec![0.0; n * n];
    for (value, v) in values.iter().zip(vectors.chunks_exact(n.max(1))) {
        for (j, column) in out.chunks_exact_mut(n.max(1)).enumerate() {
            let factor = value.abs().max(LEAST) * v[j] * scale[j];
            column.iter_mut().zip(v).zip(&scale).for_each(|((o, v), s)| *o += factor * v * s);
        }
    }
    Some(out)
}

/// The coefficients of the combination of rows that is nearest to a vector, and what is left of that. By Gram and Schmidt's method, twice.
pub fn resolved(rows: &[Vec<f64>], v: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let k = rows.len();
    let mut basis: Vec<Vec<f64>> = vec![];
    let mut r = vec![0.0; k * k];
    for (j, row) in rows.iter().enumerate() {
        let mut own = row.clone();
        for _ in 0..2 {
            take_off(basis.iter().map(Vec::as_slice), &mut own, dense::dot, |i, share| r[j * k + i] += share);
        }
        let norm = dense::dot(&own, &own).sqrt();
        let factor = if norm > 0.0 { norm.recip() } else { 0.0 };
        own.iter_mut().for_each(|v| *v *= factor);
        r[j * k + j] = norm;
        basis.push(own);
    }
    let (mut left, mut multipliers) = (v.to_vec(), vec![0.0; k]);
    for _ in 0..2 {
        take_off(basis.iter().map(Vec::as_slice), &mut left, dense::dot, |j, share| multipliers[j] += share);
    }
    for i in (0..k).rev() {
        let above: f64 = (i + 1..k).map(|j| r[j * k + i] * multipliers[j]).sum();
        let pivot = r[i * (k + 1)];
        multipliers[i] = if pivot > 0.0 { (multipliers[i] - above) / pivot } else { 0.0 };
    }
    (multipliers, left)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two parameters that must not be negative, the first at least twice the second.
    struct Corner;

    impl Inequalities for Corner {
        fn slacks(&self, x: &[f64]) -> Result<Vec<f64>> {
            Ok(vec![x[0], x[1], x[0] - 2.0 * x[1]])
        }

        fn row(&self, place: usize) -> Vec<f64> {
            [vec![1.0, 0.0], vec![0.0, 1.0], vec![1.0, -2.0]][place].clone()
        }
    }

    /// The minimum over a fine grid of feasible points.
    fn by_grid(h: &[f64], g: &[f64], x: &[f64]) -> f64 {
        let mut least = f64::INFINITY;
        for i in 0..=800 {
            for j in 0..=800 {
                let at = [f64::from(i) * 0.01, f64::from(j) * 0.01];
                if Corner.slacks(&at).unwrap().iter().any(|s| *s < 0.0) {
                    continue;
                }
                let p = [at[0] - x[0], at[1] - x[1]];
                let quadratic = h[0] * p[0] * p[0] + 2.0 * h[1] * p[0] * p[1] + h[3] * p[1] * p[1];
                least = least.min(g[0] * p[0] + g[1] * p[1] + 0.5 * quadratic);
            }
        }
        least
    }

    #[test]
    fn steps_end_at_the_minimum_of_the_model_within_the_inequalities() {
        let h = [2.0, 0.5, 0.5, 1.0];
        for g in [[-1.0, -1.0], [3.0, -4.0], [4.0, 4.0], [-2.0, 3.0], [1.0, -2.0], [0.0, 0.0]] {
            for x in [[3.0, 1.0], [0.0, 0.0], [2.0, 1.0], [1.0, 0.0]] {
                let step = step(&h, &g, &x, &Corner).unwrap().unwrap();
                let at = [x[0] + step.step[0], x[1] + step.step[1]];
                assert!(Corner.slacks(&at).unwrap().iter().all(|s| *s > -1e-9), "{g:?} {x:?}: {at:?}");
                let want = by_grid(&h, &g, &x);
                assert!(-step.gain < want + 1e-6 && -step.gain > want - 1e-3, "{g:?} {x:?}: {} for {want}", -step.gain);
                let slacks = Corner.slacks(&at).unwrap();
                assert!(step.active.iter().all(|c| slacks[*c].abs() < 1e-9));
            }
        }
    }
}
