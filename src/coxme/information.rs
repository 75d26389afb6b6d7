//! Z'WZ in O((n + E) q), with no object larger than it.
//!
//! Z'WZ = Z'diag(E)Z - sum_e nu_e v_e v_e', v_e the risk-weighted mean of the rows of Z. A pair of rows (i, j) has in that sum
//! r_i r_j z_i z_j' times the sum of nu/S^2 over the times at which both are at risk, which begin where the later of the two enters the sweep
//! and end where the first of them leaves it. So a row that enters is multiplied once with the sum of those that are there; what Efron's terms
//! take off for the deaths is added at their time.

use super::partial::Partial;
use super::rows::SparseRows;
use super::sum::Sums;
use crate::error::{Result, try_copy, try_vec};
use crate::linalg::dense::add_scaled;

impl Partial<'_> {
    /// Z'WZ `[q, q]`.
    pub fn random_information(&self, z: &SparseRows, out: &mut [f64]) -> Result<()> {
        let q = z.q;
        out.fill(0.0);
        self.subtract_products(z, out)?;
        // So far half of it: N with N + N' the products.
        for b in 0..q {
            for a in 0..=b {
                let sum = out[b * q + a] + out[a * q + b];
                (out[b * q + a], out[a * q + b]) = (sum, sum);
            }
        }
        for (i, expected) in self.expected.iter().enumerate() {
            for (b, zb) in z.row(i) {
                for (a, za) in z.row(i) {
                    out[b * q + a] += expected * za * zb;
                }
            }
        }
        Ok(())
    }

    fn subtract_products(&self, z: &SparseRows, out: &mut [f64]) -> Result<()> {
        let (sets, q, r) = (self.sets, z.q, &self.r);
        let [b0, b1, b2] = &self.coefficients.b;
        let mut later = try_copy("information", b0)?;
        sets.cumulate(&mut later);
        let mut sum = Sums::new(q)?;
        let mut dead = try_vec("information", 0.0, q)?;
        for times in &sets.strata {
            sum.clear();
            for k in times.clone() {
                let time = &sets.times[k];
                for i in sets.entering(time) {
                    pair(z, i, -r[i] * later[k], r[i], &sum.values, out);
                    z.row(i).for_each(|(c, z)| sum.add(c, r[i] * z));
                }
                for i in sets.leaving(time) {
                    z.row(i).for_each(|(c, z)| sum.add(c, -r[i] * z));
                    pair(z, i, r[i] * later[k], r[i], &sum.values, out);
                }
                if b1[k] == 0.0 && b2[k] == 0.0 {
                    continue;
                }
                for i in sets.deaths(time) {
                    z.row(i).for_each(|(c, z)| dead[c] += r[i] * z);
                }
                for i in sets.deaths(time) {
                    for (c, z) in z.row(i) {
                        let column = &mut out[c * q..(c + 1) * q];
                        add_scaled(column, b1[k] * r[i] * z, &sum.values);
                        add_scaled(column, -0.5 * b2[k] * r[i] * z, &dead);
                    }
                }
                for i in sets.deaths(time) {
                    z.row(i).for_each(|(c, _)| dead[c] = 0.0);
                }
            }
        }
        Ok(())
    }
}

/// N += factor (s + r z_i / 2) z_i'.
#[inline]
fn pair(z: &SparseRows, i: usize, factor: f64, r: f64, s: &[f64], out: &mut [f64]) {
    let q = z.q;
    for (b, zb) in z.row(i) {
        let column = &mut out[b * q..(b + 1) * q];
        add_scaled(column, factor * zb, s);
        for (a, za) in z.row(i) {
            column[a] += 0.5 * factor * r * za * zb;
        }
    }
}
