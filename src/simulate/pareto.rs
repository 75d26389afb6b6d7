//! Importance weights made smooth by a generalised Pareto distribution of the largest (Vehtari, Simpson, Gelman, Yao and Gabry 2024), whose shape
//! k says whether they can be relied on. The distribution is fitted as Zhang and Stephens (2009) do, with a prior on k.

/// Fewer weights have no tail to look at.
const LEAST_TAIL: usize = 5;

/// Smoothed weights.
#[derive(Clone, Debug)]
pub struct Smoothed {
    /// Their logarithms; the weights add up to one.
    pub log_weights: Vec<f64>,
    /// Below 0.5 the variance of weighted means is finite, above 0.7 they are not reliable. Not a number if too few weights are finite, minus infinity
    /// where all of the tail is the same.
    pub k: f64,
}

/// Smooths the tail of weights that are given by their logarithms; -inf is a weight of zero.
pub fn smoothed(log_ratios: &[f64]) -> Smoothed {
    let largest = log_ratios.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut log_weights: Vec<f64> = log_ratios.iter().map(|own| own - largest).collect();
    let mut order: Vec<usize> = (0..log_weights.len()).filter(|&i| log_weights[i].is_finite()).collect();
    order.sort_by(|a, b| log_weights[*a].total_cmp(&log_weights[*b]));
    let s = order.len() as f64;
    let tail = (0.2 * s).min(3.0 * s.sqrt()).ceil() as usize;
    let mut k = f64::NAN;
    if tail >= LEAST_TAIL && tail < order.len() {
        let (below, own) = (order[order.len() - tail - 1], &order[order.len() - tail..]);
        let cut = log_weights[below].exp();
        let excess: Vec<f64> = own.iter().map(|&i| log_weights[i].exp() - cut).collect();
        if excess[tail - 1] <= excess[0] + f64::EPSILON {
            k = f64::NEG_INFINITY;
        } else {
            let (shape, scale) = fitted(&excess);
            k = shape;
            if k.is_finite() {
                for (place, &i) in own.iter().enumerate() {
                    let p = (place as f64 + 0.5) / tail as f64;
                    log_weights[i] = (cut + quantile(p, shape, scale)).ln().min(0.0);
                }
            }
        }
    }
    let sum: f64 = log_weights.iter().map(|own| own.exp()).sum();
    log_weights.iter_mut().for_each(|own| *own -= sum.ln());
    Smoothed { log_weights, k }
}

/// Shape and scale of excesses over a threshold, ascending.
fn fitted(excess: &[f64]) -> (f64, f64) {
    let n = excess.len() as f64;
    let points = 30 + n.sqrt().floor() as usize;
    let quarter = excess[((n / 4.0 + 0.5).floor() as usize).max(1) - 1].max(f64::MIN_POSITIVE);
    let largest = excess[excess.len() - 1];
    let theta: Vec<f64> =
        (1..=points).map(|j| 1.0 / largest + (1.0 - (points as f64 / (j as f64 - 0.5)).sqrt()) / (3.0 * quarter)).collect();
    let shape = |theta: f64| excess.iter().map(|x| (-theta * x).ln_1p()).sum::<f64>() / n;
    let profile: Vec<f64> = theta
        .iter()
        .map(|&theta| {
            let k = shape(theta);
            n * ((-theta / k).ln() - k - 1.0)
        })
        .collect();
    let weights: Vec<f64> = profile.iter().map(|own| 1.0 / profile.iter().map(|other| (other - own).exp()).sum::<f64>()).collect();
    let theta: f64 = theta.iter().zip(&weights).map(|(theta, weight)| theta * weight).sum();
    let k = shape(theta);
    // A prior that is worth ten excesses of k = 0.5.
    (k * n / (n + 10.0) + 5.0 / (n + 10.0), -k / theta)
}

fn quantile(p: f64, k: f64, scale: f64) -> f64 {
    let log = -(-p).ln_1p();
    if k.abs() < 1e-12 { scale * log } else { scale * (k * log).exp_m1() / k }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::{Purpose, Stream};

    /// Weights of a Pareto distribution have its shape.
    #[test]
    fn the_shape_is_that_of_the_tail() {
        for shape in [0.2, 0.5, 0.8, 1.2] {
            let mut stream = Stream::new(5, 0, Purpose::Weights);
            let logs: Vec<f64> = (0..20_000).map(|_| -shape * stream.uniform().ln()).collect();
            let own = smoothed(&logs);
            assert!((own.k - shape).abs() < 0.15, "{} for {shape}", own.k);
            assert!((own.log_weights.iter().map(|w| w.exp()).sum::<f64>() - 1.0).abs() < 1e-12);
            let order = |v: &[f64]| {
                let mut order: Vec<usize> = (0..v.len()).collect();
                order.sort_by(|a, b| v[*a].total_cmp(&v[*b]));
                order
            };
            assert_eq!(order(&logs), order(&own.log_weights));
        }
    }

    #[test]
    fn weights_that_are_the_same_stay_so() {
        let own = smoothed(&[3.0; 200]);
        assert!(own.k == f64::NEG_INFINITY && own.log_weights.iter().all(|w| (w + 200f64.ln()).abs() < 1e-12));
        let few = smoothed(&[0.0, 1.0, f64::NEG_INFINITY]);
        assert!(few.k.is_nan() && few.log_weights[2] == f64::NEG_INFINITY);
        assert!((few.log_weights[1] - few.log_weights[0] - 1.0).abs() < 1e-12);
    }
}
