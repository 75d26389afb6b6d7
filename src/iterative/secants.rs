//! What steps have told of the Hessian: with the same signs the gradient is a smooth function, so that its differences along steps are the
//! Hessian's, which the average information only approximates. Symmetric updates of rank one make it agree with them (Nocedal and Wright
//! 2006, 6.2).

use crate::linalg::dense;

/// An update is made where its denominator is at least this share of what it may be, and corrects at least this share.
const DENOMINATOR: f64 = 0.05;
const LEAST: f64 = 1e-4;

/// Steps, and what the gradient changed by along each.
#[derive(Default)]
pub struct Secants(Vec<(Vec<f64>, Vec<f64>)>);

impl Secants {
    /// From one point with its gradient to another one.
    pub fn add(&mut self, (x, g): (&[f64], &[f64]), (to, g_to): (&[f64], &[f64])) {
        let difference = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a - b).collect();
        self.0.push((difference(to, x), difference(g_to, g)));
    }

    /// A Hessian `[n, n]`, zero for parameters that are held, corrected by the last steps; as it is where that leaves it indefinite.
    pub fn corrected(&self, hessian: &[f64], free: &[usize]) -> Vec<f64> {
        let (n, mut out) = (hessian.len().isqrt(), hessian.to_vec());
        let scale = |i: usize| hessian[i * (n + 1)].max(f64::MIN_POSITIVE).sqrt();
        for (step, change) in self.0.iter().skip(self.0.len().saturating_sub(free.len())) {
            let along: f64 = free.iter().map(|&i| step[i] * change[i]).sum();
            let rest: Vec<f64> =
                free.iter().map(|&i| change[i] - free.iter().map(|&j| out[j * n + i] * step[j]).sum::<f64>()).collect();
            let size = |v: &mut dyn Iterator<Item = f64>| v.map(|v| v * v).sum::<f64>().sqrt();
            let long = size(&mut free.iter().map(|&i| step[i] * scale(i)));
            let left = size(&mut free.iter().zip(&rest).map(|(&i, r)| r / scale(i)));
            let denominator: f64 = free.iter().zip(&rest).map(|(&i, r)| r * step[i]).sum();
            if along <= 0.0 || left < LEAST * long || denominator.abs() < DENOMINATOR * left * long {
                continue;
            }
            for (&i, a) in free.iter().zip(&rest) {
                free.iter().zip(&rest).for_each(|(&j, b)| out[j * n + i] += a * b / denominator);
            }
        }
        let f = free.len();
        let mut factor: Vec<f64> = (0..f * f).map(|e| out[free[e / f] * n + free[e % f]]).collect();
        if dense::cholesky(f, &mut factor).is_ok() { out } else { hessian.to_vec() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_in_all_directions_give_the_hessian() {
        let exact = [4.0, 1.0, 0.0, 1.0, 3.0, 0.0, 0.0, 0.0, 0.0];
        let rough = [3.0, 0.5, 0.0, 0.5, 3.5, 0.0, 0.0, 0.0, 0.0];
        let gradient = |x: [f64; 3]| [4.0 * x[0] + x[1], x[0] + 3.0 * x[1], 7.0 * x[2]];
        let mut secants = Secants::default();
        for (x, to) in [([0.0; 3], [1.0, 0.2, 0.0]), ([1.0, 0.2, 0.0], [0.8, 1.0, 0.3])] {
            secants.add((&x, &gradient(x)), (&to, &gradient(to)));
        }
        let got = secants.corrected(&rough, &[0, 1]);
        assert!(got.iter().zip(&exact).all(|(g, e)| (g - e).abs() < 1e-12), "{got:?}");
        // A gradient that falls along a step tells nothing.
        let mut secants = Secants::default();
        secants.add((&[0.0; 3], &[0.0; 3]), (&[1.0, 0.0, 0.0], &[-1.0, 0.0, 0.0]));
        assert_eq!(secants.corrected(&rough, &[0, 1]), rough);
    }
}
