//! Another response for the same design: what depends on the response alone is replaced, in one pass over the rows.

use super::learn::check_residual;
use super::rows::Chunk;
use super::system::{LinearSystem, WorkingColumns};
use crate::error::{Result, try_vec};
use crate::linalg::dense;
use crate::watch::Watch;

/// Projections on the fixed effects: the first leaves the rounding of its own size, the second takes that.
const PROJECTIONS: usize = 2;

/// Rows of the orthonormal fixed effects, for any number of responses.
pub struct ResponseRows {
    /// Q by columns, times the square roots of the weights.
    fixed: Vec<f64>,
    columns: usize,
    constant: Option<f64>,
}

impl ResponseRows {
    /// `chunk` has the rows that the system was made from.
    pub fn new(columns: &WorkingColumns, chunk: &Chunk<'_>, system: &LinearSystem) -> Result<Self> {
        let (n, m) = (chunk.n, system.m());
        let rows = columns.rows(chunk)?;
        let mut fixed = try_vec("rows of the fixed effects", 0.0, n * (m - 1))?;
        for (i, row) in rows.chunks_exact(m).enumerate() {
            row[..m - 1].iter().enumerate().for_each(|(j, v)| fixed[j * n + i] = *v);
        }
        Ok(ResponseRows { fixed, columns: m - 1, constant: columns.constant() })
    }

    /// Gives a system the response of `chunk`, whose other parts must be those that the system was made from. The system is the same
    /// as one made from the chunk, but for rounding.
    pub fn set_response(&self, chunk: &Chunk<'_>, system: &mut LinearSystem) -> Result<()> {
        let n = chunk.n as f64;
        let size = chunk.y.iter().fold(0.0f64, |largest, v| largest.max(v.abs()));
        check_residual(chunk.y, size, 0.0)?;
        // In units of the largest value, so that no square overflows.
        let mean = if self.constant.is_some() { chunk.y.iter().map(|v| v / size).sum::<f64>() / n * size } else { 0.0 };
        let (mut e, mut largest) = (try_vec("the response", 0.0, chunk.n)?, 0.0f64);
        for (i, (e, y)) in e.iter_mut().zip(chunk.y).enumerate() {
            let root_weight = chunk.weights.map_or(1.0, |w| w[i].sqrt());
            *e = root_weight * ((y - mean) / size);
            largest = largest.max((root_weight * (y / size)).abs());
        }
        let projection = self.project(&mut e, &chunk.watch)?;
        let left = dense::dot(&e, &e).sqrt();
        check_residual(chunk.y, left, largest)?;
        for v in &mut e {
            *v /= left;
        }
        let taken = self.constant.map_or(0.0, |constant| mean / constant);
        system.map.set_response(left * size, projection.into_iter().map(|g| g / left).collect(), taken);
        system.rss = dense::dot(&e, &e);
        system.set_residual(chunk, &e);
        Ok(())
    }

    /// e <- e - Q Q'e; gives Q'e.
    fn project(&self, e: &mut [f64], watch: &Watch<'_>) -> Result<Vec<f64>> {
        let mut all = vec![0.0; self.columns];
        for _ in 0..PROJECTIONS {
            watch.pulse()?;
            let along: Vec<f64> = self.fixed.chunks_exact(e.len()).map(|q| dense::dot(q, e)).collect();
            for ((sum, g), q) in all.iter_mut().zip(&along).zip(self.fixed.chunks_exact(e.len())) {
                *sum += g;
                dense::add_scaled(e, -g, q);
            }
        }
        Ok(all)
    }
}

impl LinearSystem {
    /// Z'e of scaled effects, for weighted rows e.
    fn set_residual(&mut self, chunk: &Chunk<'_>, e: &[f64]) {
        let (q, m) = (self.gram.layout.q(), self.m());
        let ze = &mut self.zc[(m - 1) * q..];
        ze.fill(0.0);
        for (k, term) in chunk.terms.iter().enumerate() {
            let (first, r) = (self.gram.layout.offset(k), self.gram.layout.terms[k].effects);
            let own = &mut ze[first..first + self.gram.layout.terms[k].levels * r];
            if r == 1 && term.z.is_none() && chunk.weights.is_none() {
                term.index.iter().zip(e).for_each(|(&level, e)| own[level as usize] += e);
                for v in own {
                    *v /= self.scales[k][0];
                }
                continue;
            }
            for (i, (&level, e)) in term.index.iter().zip(e).enumerate() {
                let e = chunk.weights.map_or(1.0, |w| w[i].sqrt()) * e;
                for (a, sum) in own[level as usize * r..][..r].iter_mut().enumerate() {
                    *sum += e * term.z.map_or(1.0, |z| z[a * chunk.n + i]);
                }
            }
            own.chunks_exact_mut(r).for_each(|b| b.iter_mut().zip(&self.scales[k]).for_each(|(v, scale)| *v /= scale));
        }
    }
}
