//! Polynomial bases, R's `poly`: raw powers, or orthonormal on the training data.

use crate::envelope::fits;
use crate::error::{Error, Result};

/// A polynomial basis that can be evaluated on new data.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum PolyBasis {
    /// `x, x^2, ...`
    Raw { degree: usize },
    /// Orthonormal on the data it was learnt from, by the three-term recurrence (Kennedy & Gentle 1980, p. 343):
    /// `p[k+1] = (x - alpha[k]) p[k] - norm2[k] / norm2[k-1] p[k-1]`, with `p[0] = 1`.
    Orthogonal { alpha: Vec<f64>, norm2: Vec<f64> },
}

impl PolyBasis {
    /// Fails for a basis that was not learnt, but read from damaged bytes.
    pub fn check(&self) -> Result<()> {
        let together = match self {
            PolyBasis::Raw { degree } => *degree > 0,
            PolyBasis::Orthogonal { alpha, norm2 } => !alpha.is_empty() && norm2.len() == alpha.len() + 1,
        };
        fits(together, "a polynomial")
    }

    /// Learns the orthogonal polynomials of degree 1..=`degree` on the values that are not missing. `name` is for messages.
    pub fn orthogonal(name: &str, x: &[f64], degree: usize) -> Result<Self> {
        let mut x: Vec<f64> = x.iter().copied().filter(|v| !v.is_nan()).collect();
        x.sort_unstable_by(f64::total_cmp);
        let unique = if x.is_empty() { 0 } else { 1 + x.windows(2).filter(|w| w[0] != w[1]).count() };
        if degree >= unique {
            return Err(Error::data(format!(
                "'{name}': degree {degree} needs more than {degree} different values, there are {unique}"
            )));
        }
        let mean = crate::design::stateful::mean(&x);
        // Centred first: alpha is then small and exact.
        for v in &mut x {
            *v -= mean;
        }
        let (mut previous, mut current) = (vec![0.0; x.len()], vec![1.0; x.len()]);
        let (mut alpha, mut norm2) = (Vec::with_capacity(degree), Vec::with_capacity(degree + 1));
        for k in 0..=degree {
            let norm: f64 = current.iter().map(|p| p * p).sum();
            norm2.push(norm);
            if k == degree {
                break;
            }
            let a = current.iter().zip(&x).map(|(p, x)| x * p * p).sum::<f64>() / norm;
            let b = if k == 0 { 0.0 } else { norm / norm2[k - 1] };
            alpha.push(a + mean);
            for i in 0..x.len() {
                let next = (x[i] - a) * current[i] - b * previous[i];
                previous[i] = current[i];
                current[i] = next;
            }
        }
        if !norm2.iter().all(|norm| norm.is_normal()) {
            return Err(Error::data(format!("'{name}': the values are too large or too small for their squares to be numbers")));
        }
        Ok(PolyBasis::Orthogonal { alpha, norm2 })
    }

    /// The number of columns.
    pub fn degree(&self) -> usize {
        match self {
            PolyBasis::Raw { degree } => *degree,
            PolyBasis::Orthogonal { alpha, .. } => alpha.len(),
        }
    }

    /// Writes the columns `[x.len(), degree]` into `out`; NaN stays NaN.
    pub fn fill(&self, x: &[f64], out: &mut [f64]) {
        let n = x.len();
        match self {
            PolyBasis::Raw { degree } => {
                for k in 0..*degree {
                    for i in 0..n {
                        out[k * n + i] = if k == 0 { x[i] } else { out[(k - 1) * n + i] * x[i] };
                    }
                }
            }
            PolyBasis::Orthogonal { alpha, norm2 } => {
                let scale: Vec<f64> = norm2.iter().map(|v| v.sqrt()).collect();
                for i in 0..n {
                    let (mut previous, mut current) = (0.0, 1.0);
                    for k in 0..alpha.len() {
                        let b = if k == 0 { 0.0 } else { norm2[k] / norm2[k - 1] };
                        let next = (x[i] - alpha[k]) * current - b * previous;
                        previous = current;
                        current = next;
                        out[k * n + i] = current / scale[k + 1];
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const X: [f64; 7] = [0.5, 1.25, 2.0, 3.5, 4.0, 5.75, 7.1];

    fn close(got: &[f64], want: &[f64]) {
        assert_eq!(got.len(), want.len());
        for (g, w) in got.iter().zip(want) {
            assert!((g - w).abs() < 1e-12 * (1.0 + w.abs()), "{g} against {w}");
        }
    }

    #[test]
    fn orthogonal_is_that_of_r() {
        // R 4.2: poly(x, 2), and predict(poly(x, 2), c(-1, 9)).
        let basis = PolyBasis::orthogonal("poly(x, 2)", &X, 2).unwrap();
        let mut out = [0.0; 14];
        basis.fill(&X, &mut out);
        let want = [
            -0.500_574_647_121_117,
            -0.373_001_011_325_686_75,
            -0.245_427_375_530_256_37,
            0.009_719_896_060_604_237,
            0.094_768_986_590_891_13,
            0.392_440_803_446_895_2,
            0.622_073_347_878_669_7,
            0.503_687_677_889_221_9,
            0.115_351_379_585_206_05,
            -0.172_238_055_306_048_9,
            -0.445_176_334_850_277_47,
            -0.446_602_993_887_010_9,
            -0.098_982_278_570_916_27,
            0.543_960_605_139_825_8,
        ];
        close(&out, &want);
        let mut new = [0.0; 4];
        basis.fill(&[-1.0, 9.0], &mut new);
        close(&new, &[-0.755_721_918_711_977_7, 0.945_259_891_893_759_8, 1.582_600_864_735_535, 2.001_831_521_390_911]);
    }

    #[test]
    fn the_basis_is_orthonormal_far_from_zero() {
        let x: Vec<f64> = (0..50).map(|i| 1e6 + f64::from(i)).collect();
        let mut out = vec![0.0; 200];
        PolyBasis::orthogonal("x", &x, 4).unwrap().fill(&x, &mut out);
        for a in 0..4 {
            assert!(out[a * 50..(a + 1) * 50].iter().sum::<f64>().abs() < 1e-9);
            for b in 0..4 {
                let dot: f64 = (0..50).map(|i| out[a * 50 + i] * out[b * 50 + i]).sum();
                assert!((dot - f64::from(u8::from(a == b))).abs() < 1e-9, "{a} {b}: {dot}");
            }
        }
    }

    #[test]
    fn missing_values_neither_teach_nor_spread() {
        let with = [0.5, f64::NAN, 1.25, 2.0, 3.5, 4.0, 5.75, 7.1];
        let basis = PolyBasis::orthogonal("x", &with, 2).unwrap();
        assert_eq!(basis, PolyBasis::orthogonal("x", &X, 2).unwrap());
        let mut out = [0.0; 16];
        basis.fill(&with, &mut out);
        assert!(out[1].is_nan() && out[9].is_nan() && !out[2].is_nan());
    }

    #[test]
    fn too_high_a_degree_is_refused() {
        let error = PolyBasis::orthogonal("poly(x, 3)", &[1.0, 1.0, 2.0, 3.0], 3).unwrap_err();
        assert!(error.message.contains("poly(x, 3)") && error.message.contains("there are 3"), "{error}");
    }
}
