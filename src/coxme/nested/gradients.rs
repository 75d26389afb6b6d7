//! Derivatives of log|A|, and covariances, of nested random effects.

use super::slope::trace_derivative;
use super::{NESTED, Nested};
use crate::coxme::effects::{Covariances, Derivatives};
use crate::coxme::model::Model;
use crate::coxme::partial::Partial;
use crate::error::{Result, try_vec};
use crate::linalg::dense::{add_scaled, dot};
use crate::linalg::factor::DenseFactor;

impl Nested<'_> {
    /// With the spectrum of `log_determinant`.
    pub fn derivatives(&self, model: &Model, partial: &Partial<'_>) -> Result<Derivatives> {
        let mut forces: Vec<Vec<f64>> = model.layout.terms.iter().map(|size| vec![0.0; size.effects * size.effects]).collect();
        let rest = self.add_rows(partial, &mut forces)?;
        self.subtract_pairs(&mut forces);
        self.subtract_vectors(model, partial, &mut forces)?;
        let weighted = self.weighted();
        let mut slope = trace_derivative(partial, weighted, weighted.diagonal()?)?;
        // E moves with eta by W.
        let mut moved = try_vec(NESTED, 0.0, model.n)?;
        partial.information_product(&rest, &mut moved)?;
        slope.iter_mut().zip(moved).for_each(|(s, m)| *s += m);
        Ok(Derivatives { forces, slope })
    }

    /// Z'diag(E)Z Lambda (B + G), the levels' own blocks, and y_i'(R - sum_k lambda_k q_k q_k') y_i of each whitened row.
    fn add_rows(&self, partial: &Partial<'_>, forces: &mut [Vec<f64>]) -> Result<Vec<f64>> {
        let (forest, d, count) = (self.forest, self.forest.width, self.spectrum.count);
        let weighted = self.weighted();
        let mut out = try_vec(NESTED, 0.0, partial.sets.n)?;
        let (mut coordinates, mut half) = (try_vec(NESTED, 0.0, count)?, vec![0.0; d]);
        for (i, out) in out.iter_mut().enumerate() {
            let ((columns, white), (_, z)) = (forest.along(&self.white, i), forest.along(&forest.rows, i));
            weighted.coordinates(i, &mut coordinates);
            self.path_product(0, columns, white, &mut half);
            let at = forest.part_of_column[columns[0] as usize] as usize * count;
            let values = &self.spectrum.values[at..at + count];
            *out = dot(&half, white) - values.iter().zip(&coordinates).map(|(v, c)| v * c * c).sum::<f64>();
            self.add_tail(columns, values, &coordinates, &mut half);
            half.iter_mut().zip(white).for_each(|(h, w)| *h += w);
            self.factor.half_solve_transpose_path(forest, 0, columns, &mut half);
            for tier in &forest.tiers {
                let (force, r) = (&mut forces[tier.term], tier.effects);
                for (e, force) in force.iter_mut().enumerate() {
                    *force += partial.expected[i] * z[tier.start + e % r] * half[tier.start + e / r];
                }
            }
        }
        Ok(out)
    }

    /// out = R v along a path, from tier `from` up.
    fn path_product(&self, from: usize, columns: &[u32], v: &[f64], out: &mut [f64]) {
        out.fill(0.0);
        let first = self.forest.tiers[from].start;
        for (m, tier) in self.forest.tiers.iter().enumerate().skip(from) {
            let start = tier.start - first;
            let rows = self.pairs.rows_of(self.forest, m, columns[start]);
            for (place, row) in rows.chunks_exact(self.forest.width - tier.start).enumerate() {
                for (above, entry) in row.iter().enumerate() {
                    out[start + place] += entry * v[start + above];
                    if above >= tier.effects {
                        out[start + above] += entry * v[start + place];
                    }
                }
            }
        }
    }

    /// out += sum_k (c_k - lambda_k) q_k (q_k'v) along a path, given q_k'v.
    fn add_tail(&self, columns: &[u32], values: &[f64], coordinates: &[f64], out: &mut [f64]) {
        let factors = self.weighted().factors_of(columns[0]);
        for (out, c) in out.iter_mut().zip(columns) {
            let vectors = self.spectrum.vectors[*c as usize * values.len()..].iter();
            let terms = vectors.zip(factors.iter().zip(values)).zip(coordinates);
            *out += terms.map(|((q, (c, value)), v)| (c - value) * q * v).sum::<f64>();
        }
    }

    /// - N Lambda P^-1, the levels' own blocks.
    fn subtract_pairs(&self, forces: &mut [Vec<f64>]) {
        for (m, (tier, table)) in self.forest.tiers.iter().zip(&self.pairs.0).enumerate() {
            let (r, width) = (tier.effects, self.forest.width - tier.start);
            let mut along = vec![0.0; width];
            for (path, own) in tier.paths.chunks_exact(width).zip(table.chunks_exact(2 * r * width)) {
                for (a, row) in own.chunks_exact(width).take(r).enumerate() {
                    along.copy_from_slice(row);
                    self.factor.half_solve_transpose_path(self.forest, m, path, &mut along);
                    (0..r).for_each(|b| forces[tier.term][b * r + a] -= along[b]);
                }
            }
        }
    }

    /// - sum_k c_k N Lambda x_k x_k', x_k = L'^-1 q_k, the levels' own blocks.
    fn subtract_vectors(&self, model: &Model, partial: &Partial<'_>, forces: &mut [Vec<f64>]) -> Result<()> {
        let (n, q, count, forest) = (model.n, model.q(), self.spectrum.count, self.forest);
        let (mut eta, mut seen) = (try_vec(NESTED, 0.0, n)?, try_vec(NESTED, 0.0, n)?);
        let (mut x, mut product) = (try_vec(NESTED, 0.0, q)?, try_vec(NESTED, 0.0, q)?);
        for k in 0..count {
            x.iter_mut().zip(self.spectrum.vectors[k..].iter().step_by(count)).for_each(|(x, v)| *x = *v);
            forest.product(&self.white, &x, &mut eta);
            partial.mean_product(&eta, &mut seen)?;
            forest.transposed_product(&forest.rows, &seen, &mut product);
            self.factor.half_solve_transpose(forest, &mut x);
            for (at, part) in forest.part_of_column.iter().enumerate() {
                x[at] *= self.factors[*part as usize * count + k];
            }
            for (term, force) in forces.iter_mut().enumerate() {
                let (r, own) = (model.layout.terms[term].effects, model.layout.offset(term)..model.layout.offset(term + 1));
                for (product, x) in product[own.clone()].chunks_exact(r).zip(x[own].chunks_exact(r)) {
                    force.iter_mut().enumerate().for_each(|(e, force)| *force -= product[e % r] * x[e / r]);
                }
            }
        }
        Ok(())
    }

    /// With the spectrum of `log_determinant`; of A^-1 to second order in the eigenvalues left out, and with what the fixed effects add.
    pub fn covariances(&self, model: &Model, partial: &Partial<'_>) -> Result<Covariances> {
        let (p, q) = (model.p(), model.q());
        let (mut wx, mut solved) = (try_vec(NESTED, 0.0, model.n)?, try_vec(NESTED, 0.0, q * p)?);
        let mut schur = DenseFactor::new(p)?;
        schur.values.copy_from_slice(&self.xwx);
        let mut right = try_vec(NESTED, 0.0, q * p)?;
        for j in 0..p {
            let own = j * q..(j + 1) * q;
            partial.information_product(model.column(j), &mut wx)?;
            self.forest.transposed_product(&self.white, &wx, &mut right[own.clone()]);
            solved[own.clone()].copy_from_slice(&right[own.clone()]);
            self.solve_white(model, partial, &mut solved[own], false)?;
        }
        for e in 0..p * p {
            let (a, b) = (e % p, e / p);
            schur.values[e] -= dot(&right[a * q..(a + 1) * q], &solved[b * q..(b + 1) * q]);
        }
        if !schur.factorize()? {
            schur.values.copy_from_slice(&self.fixed.values);
        }
        solved.chunks_exact_mut(q.max(1)).for_each(|column| self.factor.half_solve_transpose(self.forest, column));
        let mut own = Covariances { fixed: schur.values.clone(), random: vec![], trace: 0.0 };
        for (k, size) in model.layout.terms.iter().enumerate() {
            own.random.push(try_vec(NESTED, 0.0, size.effects * size.effects * size.levels)?);
            self.add_blocks(k, &mut own.random[k])?;
            let mut row = vec![0.0; p * size.effects];
            for (level, block) in own.random[k].chunks_exact_mut(size.effects * size.effects).enumerate() {
                let at = model.layout.offset(k) + level * size.effects;
                for (a, row) in row.chunks_exact_mut(p.max(1)).enumerate() {
                    row.iter_mut().enumerate().for_each(|(j, v)| *v = solved[j * q + at + a]);
                    schur.half_solve(row);
                }
                add_products(p, &row, block);
                own.trace += block.iter().step_by(size.effects + 1).sum::<f64>();
            }
        }
        Ok(own)
    }

    /// The blocks of A^-1 of each level of a term.
    fn add_blocks(&self, term: usize, out: &mut [f64]) -> Result<()> {
        let (forest, count) = (self.forest, self.spectrum.count);
        let Some((m, tier)) = forest.tiers.iter().enumerate().find(|(_, tier)| tier.term == term) else { return Ok(()) };
        let (r, width) = (tier.effects, forest.width - tier.start);
        let (mut half, mut product) = (vec![0.0; r * width], vec![0.0; width]);
        let mut coordinates = try_vec(NESTED, 0.0, count)?;
        for (path, block) in tier.paths.chunks_exact(width).zip(out.chunks_exact_mut(r * r)) {
            for (a, half) in half.chunks_exact_mut(width).enumerate() {
                half.fill(0.0);
                half[a] = 1.0;
                self.factor.half_solve_path(forest, m, path, half);
            }
            let values_at = forest.part_of_column[path[0] as usize] as usize * count;
            let values = &self.spectrum.values[values_at..values_at + count];
            for (b, right) in half.chunks_exact(width).enumerate() {
                self.path_product(m, path, right, &mut product);
                coordinates.fill(0.0);
                for (c, v) in path.iter().zip(right) {
                    let at = *c as usize * count;
                    add_scaled(&mut coordinates, *v, &self.spectrum.vectors[at..at + count]);
                }
                self.add_tail(path, values, &coordinates, &mut product);
                product.iter_mut().zip(right).for_each(|(p, v)| *p += v);
                half.chunks_exact(width).enumerate().for_each(|(a, left)| block[b * r + a] = dot(left, &product));
            }
        }
        Ok(())
    }
}

/// block += R R', R by rows.
fn add_products(p: usize, rows: &[f64], block: &mut [f64]) {
    let r = block.len().isqrt();
    for (e, block) in block.iter_mut().enumerate() {
        let (a, b) = (e % r, e / r);
        *block += dot(&rows[a * p..(a + 1) * p], &rows[b * p..(b + 1) * p]);
    }
}
