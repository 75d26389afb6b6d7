//! What the modes' way adds to the derivatives in T. The criterion depends on T T' alone, so that its derivative in T is 2 H T with a symmetric
//! H, which derivatives in the parameters determine where these are as many as its elements; otherwise the smallest one is taken.

use crate::iterative::samples::Adjusted;
use crate::linalg::dense;
use crate::random::FactorDerivative;

/// Derivatives in the covariance parameters as what they take off the traces M of T'^-1 (levels I - M): that is T'H T.
pub fn subtract_from_traces(t: &[Vec<f64>], derivatives: &[FactorDerivative], slopes: &[Adjusted], traces: &mut [Adjusted]) {
    let mut first = 0;
    for (k, t) in t.iter().enumerate() {
        let r = t.len().isqrt();
        let own: Vec<usize> = (0..derivatives.len()).filter(|i| derivatives[*i].term == k).collect();
        let d: Vec<&[f64]> = own.iter().map(|i| &derivatives[*i].d[..]).collect();
        for (h, i) in duals(r, t, &d).iter().zip(&own) {
            let ht = dense::product(r, h, t);
            for e in 0..r * r {
                let element = dense::dot_in_order(&t[e % r * r..(e % r + 1) * r], &ht[e / r * r..(e / r + 1) * r]);
                traces[first + e].add(-element, &slopes[*i]);
            }
        }
        first += r * r;
    }
}

/// Symmetric H_j with 2 <D_i, H_j T> = 1 for i = j, otherwise 0; zero for parameters along which nothing moves.
fn duals(r: usize, t: &[f64], d: &[&[f64]]) -> Vec<Vec<f64>> {
    let places: Vec<(usize, usize)> = (0..r).flat_map(|b| (b..r).map(move |a| (a, b))).collect();
    // <D, (E_ab + E_ba) T> = (D T')_ab + (D T')_ba.
    let row = |d: &&[f64]| -> Vec<f64> {
        let dt = |a: usize, b: usize| (0..r).map(|c| d[c * r + a] * t[c * r + b]).sum::<f64>();
        places.iter().map(|&(a, b)| if a == b { 2.0 * dt(a, a) } else { 2.0 * (dt(a, b) + dt(b, a)) }).collect()
    };
    let n = d.len();
    let (mut basis, mut lower): (Vec<Vec<f64>>, Vec<f64>) = (vec![], vec![0.0; n * n]);
    for (i, d) in d.iter().enumerate() {
        let mut own = row(d);
        for _ in 0..2 {
            for (k, before) in basis.iter().enumerate() {
                let along = dense::dot_in_order(before, &own);
                dense::add_scaled(&mut own, -along, before);
                lower[k * n + i] += along;
            }
        }
        let norm = dense::dot_in_order(&own, &own).sqrt();
        lower[i * n + i] = if norm > 0.0 { norm } else { 1.0 };
        own.iter_mut().for_each(|v| *v /= lower[i * n + i]);
        basis.push(own);
    }
    let dual = |j: usize| {
        let mut unit = vec![0.0; n];
        unit[j] = 1.0;
        dense::solve_lower(n, &lower, &mut unit);
        let mut h = vec![0.0; r * r];
        for (y, own) in unit.iter().zip(&basis) {
            for (&(a, b), v) in places.iter().zip(own) {
                h[b * r + a] += y * v;
                if a != b {
                    h[a * r + b] += y * v;
                }
            }
        }
        h
    };
    (0..n).map(dual).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duals_give_the_derivatives_back() {
        let t = [0.7, 0.2, 0.0, 0.4];
        let d: [&[f64]; 3] = [&[1.0, 0.0, 0.0, 0.0], &[0.0, 1.0, 0.0, 0.0], &[0.0, 0.0, 0.0, 1.0]];
        for count in [3, 2] {
            for (j, h) in duals(2, &t, &d[..count]).iter().enumerate() {
                let ht = dense::product(2, h, &t);
                for (i, d) in d[..count].iter().enumerate() {
                    let got = 2.0 * dense::dot_in_order(d, &ht);
                    assert!((got - f64::from(u8::from(i == j))).abs() < 1e-12, "{i}, {j}: {got}");
                }
            }
        }
        assert_eq!(duals(1, &[0.0], &[&[1.0]]), [[0.0]]);
    }
}
