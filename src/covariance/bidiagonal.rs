//! Lower bidiagonal matrices: T^-1 of structures in which an effect depends on the one before it (`markov` has others). Products with T and
//! T^-1 then cost r multiplications instead of r^2, and the precision (T T')^-1 = B'B is tridiagonal.

/// Entries (i, i) and (i + 1, i).
#[derive(Clone, Debug, PartialEq)]
pub struct Bidiagonal {
    pub diagonal: Vec<f64>,
    pub below: Vec<f64>,
}

impl Bidiagonal {
    pub fn zeros(r: usize) -> Self {
        Bidiagonal { diagonal: vec![0.0; r], below: vec![0.0; r - 1] }
    }

    pub fn size(&self) -> usize {
        self.diagonal.len()
    }

    /// Whether it can be divided by: no entry is infinite or not a number, none of the diagonal zero.
    pub fn is_regular(&self) -> bool {
        self.diagonal.iter().all(|v| v.is_finite() && *v != 0.0) && self.below.iter().all(|v| v.is_finite())
    }

    pub fn scale(&mut self, factor: f64) {
        self.diagonal.iter_mut().chain(&mut self.below).for_each(|v| *v *= factor);
    }

    /// x <- B x.
    pub fn multiply(&self, x: &mut [f64]) {
        for i in (1..x.len()).rev() {
            x[i] = self.diagonal[i] * x[i] + self.below[i - 1] * x[i - 1];
        }
        x[0] *= self.diagonal[0];
    }

    /// x <- B'x.
    pub fn multiply_transpose(&self, x: &mut [f64]) {
        let last = x.len() - 1;
        for i in 0..last {
            x[i] = self.diagonal[i] * x[i] + self.below[i] * x[i + 1];
        }
        x[last] *= self.diagonal[last];
    }

    /// x <- B^-1 x.
    pub fn solve(&self, x: &mut [f64]) {
        x[0] /= self.diagonal[0];
        for i in 1..x.len() {
            x[i] = (x[i] - self.below[i - 1] * x[i - 1]) / self.diagonal[i];
        }
    }

    /// x <- B'^-1 x.
    pub fn solve_transpose(&self, x: &mut [f64]) {
        let last = x.len() - 1;
        x[last] /= self.diagonal[last];
        for i in (0..last).rev() {
            x[i] = (x[i] - self.below[i] * x[i + 1]) / self.diagonal[i];
        }
    }

    /// log|det B|.
    pub fn log_determinant(&self) -> f64 {
        self.diagonal.iter().map(|d| d.abs().ln()).sum()
    }

    /// B'B: its diagonal, and what is below it.
    pub fn gram(&self) -> (Vec<f64>, Vec<f64>) {
        let next = |i: usize| self.below.get(i).copied().unwrap_or(0.0);
        let diagonal = (0..self.size()).map(|i| self.diagonal[i] * self.diagonal[i] + next(i) * next(i)).collect();
        (diagonal, self.below.iter().zip(&self.diagonal[1..]).map(|(b, d)| b * d).collect())
    }

    /// self -= factor x y', within the pattern.
    pub fn subtract_outer(&mut self, factor: f64, x: &[f64], y: &[f64]) {
        for (d, (x, y)) in self.diagonal.iter_mut().zip(x.iter().zip(y)) {
            *d -= factor * x * y;
        }
        for (b, (x, y)) in self.below.iter_mut().zip(x[1..].iter().zip(y)) {
            *b -= factor * x * y;
        }
    }

    /// The symmetric matrix P with L - B P equal to N on the pattern of B, L diagonal with `levels` / B_ii: its diagonal, and what is below it.
    fn moments(&self, levels: f64, n: &Bidiagonal) -> (Vec<f64>, Vec<f64>) {
        let r = self.size();
        let (mut diagonal, mut below) = (vec![0.0; r], vec![0.0; r - 1]);
        for i in 0..r {
            let mut product = levels / self.diagonal[i] - n.diagonal[i];
            if i > 0 {
                below[i - 1] = (-n.below[i - 1] - self.below[i - 1] * diagonal[i - 1]) / self.diagonal[i];
                product -= self.below[i - 1] * below[i - 1];
            }
            diagonal[i] = product / self.diagonal[i];
        }
        (diagonal, below)
    }

    /// F `[r, r]` with `<F, dT> = -<N, dB>` for T = B^-1 and all derivatives dT of which dB is bidiagonal: H T with H = `levels` B'B - B'B P B'B.
    /// Of P, N tells the diagonal and what is next to it; the rest is that of a Markov process, whose inverse is tridiagonal.
    pub fn pull_back(&self, levels: f64, n: &Bidiagonal) -> Vec<f64> {
        let r = self.size();
        let (diagonal, below) = self.moments(levels, n);
        // The regression of each effect on the one before.
        let share = |i: usize| {
            let most = (diagonal[i + 1] / diagonal[i]).sqrt();
            if most.is_finite() && most > 0.0 { (below[i] / diagonal[i]).clamp(-most, most) } else { 0.0 }
        };
        let shares: Vec<f64> = (0..r - 1).map(share).collect();
        let mut out = vec![0.0; r * r];
        for (j, column) in out.chunks_exact_mut(r).enumerate() {
            column[j] = diagonal[j];
            for i in j + 1..r {
                column[i] = if i == j + 1 { below[j] } else { shares[i - 1] * column[i - 1] };
            }
        }
        for j in 0..r {
            (j + 1..r).for_each(|i| out[i * r + j] = out[j * r + i]);
        }
        // B'(levels I - B P B'), from both sides of the symmetric P.
        out.chunks_exact_mut(r).for_each(|column| self.multiply(column));
        let mut out: Vec<f64> = (0..r * r).map(|e| out[e % r * r + e / r]).collect();
        out.chunks_exact_mut(r).for_each(|column| self.multiply(column));
        for (j, column) in out.chunks_exact_mut(r).enumerate() {
            for v in &mut *column {
                *v = -*v;
            }
            column[j] += levels;
            self.multiply_transpose(column);
        }
        out
    }
}
