//! The columns of a design as combinations of those that were summed, and their basis.
//!
//! With H the summed columns less their shifts and H~ = H M those in the plan's basis, columns C of the design less theirs are
//! C = H K = H~ (M^-1 K): K has the coding of the factors. All scalar products of such combinations are forms of H~'H~. An orthonormal basis of
//! the design's columns is found by Gram and Schmidt's method in these coordinates, where digits are not lost because H~ is nearly orthonormal.

use super::order::Product;
use super::pairs::sandwich;
use super::plan::Learnt;
use super::sums::{Sizes, Sums, TermSums};
use crate::design::Program;
use crate::design::outline::Tables;
use crate::error::{Error, Result, try_copy, try_vec};
use crate::fit::Moments;
use crate::linalg::dense::{dot, solve_upper};
use crate::linalg::orthogonal::{RANK_TOLERANCE, about_mean};
use crate::lmm::basis::Basis;
use crate::random::FAR;
use crate::watch::Watch;

/// The columns of a design's fixed effects, and the response, in a basis of their own.
pub struct Coded {
    pub basis: Basis,
    /// Of the columns in that basis, `[columns, columns]`.
    pub gram: Vec<f64>,
    /// The columns of that basis in the coordinates of the sums, `[c, columns]`.
    pub columns: Vec<f64>,
    /// R with X'X = R'R, `[p, p]`, without weights.
    pub root: Vec<f64>,
    pub response: Moments,
    /// What is said of digits that the sums have lost.
    pub warning: Option<String>,
}

/// Relative errors of sums that are too large for an estimate, and those that are worth a word.
const LOST: f64 = 1e-6;
const WORTH_A_WORD: f64 = 1e-11;

/// The columns of the effects of a random term.
pub struct Effects {
    /// Columns that were summed, and those of the design.
    pub slots: usize,
    pub columns: usize,
    /// `[slots, columns]`.
    pub weights: Vec<f64>,
    /// One column of ones.
    pub is_ones: bool,
}

/// The columns of the fixed effects.
pub fn fixed(
    sums: &Sums,
    products: &[Option<Product>],
    (program, learnt, response): (&Program, &Learnt, usize),
    watch: &Watch<'_>,
) -> Result<Coded> {
    let Sizes { c, responses, .. } = sums.sizes();
    let p = program.fixed_names().len();
    let intercept = program.has_intercept();
    let mut columns = try_vec("model matrix", 0.0, c * (p + 1))?;
    let mut tables = Tables::default();
    for (slot, product) in products.iter().enumerate() {
        let Some(product) = product else {
            columns[slot] = 1.0;
            continue;
        };
        let Some(places) = &product.places else { continue };
        for (j, weight) in program.fixed_weights(product.term, places, &mut tables)? {
            columns[j * c + slot] += weight;
        }
    }
    // The response of the formula is the last, after the others.
    let own = if response == 0 { c - 1 } else { c - responses + response - 1 };
    columns[p * c + own] = 1.0;
    let summed = learnt.basis.extended(c, responses)?;
    let mut shift = vec![0.0; p + 1];
    for (j, column) in columns.chunks_exact_mut(c).enumerate() {
        if intercept && j > 0 {
            shift[j] = dot(column, &summed.shift);
        }
        solve_upper(c, &summed.map, column);
    }
    watch.pulse()?;
    let raw = try_copy("model matrix", &columns)?;
    let constant = intercept.then_some(1.0);
    let Orthonormal { map, lost, .. } = orthonormal(&sums.gram, c, &mut columns, p, intercept, watch)?;
    let mut basis = Basis { columns: p + 1, constant, shift, map };
    let response = sums.form(&columns[p * c..], &columns[p * c..], c);
    check_response(sums, response, &raw[p * c..], basis.shift[p])?;
    let warning = check_digits(&lost, program.fixed_names())?;
    let moments = moments(sums, intercept, (&raw, basis.shift[p]));
    let scale = 1.0 / response.sqrt();
    columns[p * c..].iter_mut().chain(&mut basis.map[p * (p + 1)..]).for_each(|v| *v *= scale);
    let gram = products_of(&sums.gram, c, &columns, watch)?;
    let root = root(sums.plain.as_deref().unwrap_or(&sums.gram), c, (&raw[..p * c], &basis.shift), sums.n, watch)?;
    Ok(Coded { basis, gram, columns, root, response: moments, warning })
}

/// The moments of the response, which is the last of the raw columns and was shifted; the first is one of ones, if there is an intercept.
/// Both are in units of the mean weight, which only an intercept tells: so the moments with and without one are of the same numbers.
fn moments(sums: &Sums, intercept: bool, (raw, shift): (&[f64], f64)) -> Moments {
    let (c, n) = (sums.sizes().c, sums.n as f64);
    let (ones, y) = (&raw[..c], &raw[raw.len() - c..]);
    let square = sums.form(y, y, c);
    if !intercept {
        return Moments { mean: None, square: square / n };
    }
    let whole = sums.form(ones, ones, c);
    let mean = sums.form(ones, y, c) / whole;
    let weight = whole / n;
    Moments { mean: Some((shift + mean) * weight.sqrt()), square: (square / whole - mean * mean) * weight }
}

/// R with X'X/n = R'R for columns whose shifts are still to be put on.
fn root(gram: &[f64], c: usize, (raw, shift): (&[f64], &[f64]), n: u64, watch: &Watch<'_>) -> Result<Vec<f64>> {
    let p = raw.len() / c;
    let mut columns = try_vec("model matrix", 0.0, c * (p + 1))?;
    columns[..p * c].copy_from_slice(raw);
    let Orthonormal { mut root, .. } = orthonormal(gram, c, &mut columns, p, shift.iter().any(|s| *s != 0.0), watch)?;
    // X = C + 1 shift', and 1 is the first column.
    let first = root.first().copied().unwrap_or(0.0);
    for j in 1..p {
        root[j * p] += shift[j] * first;
    }
    root.iter_mut().for_each(|v| *v /= (n as f64).sqrt());
    Ok(root)
}

/// Fails where sums have lost so many digits that they tell little of a column or the response; otherwise what is to be said.
fn check_digits(lost: &[f64], names: &[String]) -> Result<Option<String>> {
    let worst = (0..lost.len()).max_by(|a, b| lost[*a].total_cmp(&lost[*b])).filter(|j| lost[*j] > WORTH_A_WORD);
    let Some(j) = worst else { return Ok(None) };
    let what = names.get(j).map_or_else(|| "the response".to_owned(), |name| format!("column '{name}'"));
    let text = format!(
        "the sums of {what} have a relative error of up to {:.0e}: its values are far from those of the sample that the plan has learnt from, or \
         nearly a combination of other columns; take a sample of all the data, or values about their mean",
        lost[j]
    );
    if lost[j] > LOST { Err(Error::data(text)) } else { Ok(Some(text)) }
}

/// Columns made orthonormal.
struct Orthonormal {
    /// From the old columns to the new ones, upper triangular `[p + 1, p + 1]`.
    map: Vec<f64>,
    /// R `[p, p]` with old = (orthonormal) R.
    root: Vec<f64>,
    /// The relative error of what is left of each column, and of the response: that of sums whose terms cancel.
    lost: Vec<f64>,
}

/// Makes columns orthonormal, in their order, twice over; one that depends on those before it is reduced by them and not used. The column
/// after the first p, the response, is reduced by all and keeps its length.
fn orthonormal(gram: &[f64], c: usize, columns: &mut [f64], p: usize, constant: bool, watch: &Watch<'_>) -> Result<Orthonormal> {
    let m = p + 1;
    let (mut map, mut root) = (try_vec("basis", 0.0, m * m)?, try_vec("basis", 0.0, p * p)?);
    let mut lost = vec![0.0; m];
    let sizes: Vec<f64> = (0..c).map(|i| gram[i * (c + 1)].max(0.0).sqrt()).collect();
    // G q of the columns that are kept.
    let mut kept: Vec<(usize, Vec<f64>)> = vec![];
    for j in 0..m {
        watch.pulse()?;
        let (before, rest) = columns.split_at_mut(j * c);
        let own = &mut rest[..c];
        let mut coefficients = vec![0.0; m];
        coefficients[j] = 1.0;
        let whole = dot(own, &times(gram, c, own)?);
        let mut centred = whole;
        for pass in 0..2 {
            for (k, image) in &kept {
                let share = dot(image, own);
                if pass == 0 && constant && *k == 0 {
                    centred = whole - share * share;
                }
                own.iter_mut().zip(&before[k * c..]).for_each(|(v, q)| *v -= share * q);
                for i in 0..=*k {
                    coefficients[i] -= share * map[k * m + i];
                }
                if j < p {
                    root[j * p + k] += share;
                }
            }
        }
        let image = times(gram, c, own)?;
        let left = dot(own, &image).max(0.0);
        if j < p {
            root[j * p + j] = left.sqrt();
        }
        let (size, rounding) = (about_mean(centred, whole), rounding(own, &sizes));
        let is_kept = left > RANK_TOLERANCE * RANK_TOLERANCE * size && left > negligible(rounding, size);
        // A column that seems to depend on others may be one of which only rounding is left.
        let of = if is_kept || j == p { left } else { size };
        lost[j] = if of > 0.0 { rounding / of } else { 0.0 };
        if j == p && left < rounding {
            // Rounding may leave nothing at all.
            lost[j] = lost[j].max(1.0);
        }
        if j < p && is_kept {
            let scale = 1.0 / left.sqrt();
            own.iter_mut().chain(&mut coefficients).for_each(|v| *v *= scale);
            kept.push((j, image.iter().map(|v| v * scale).collect()));
        } else if j < p {
            own.fill(0.0);
        }
        map[j * m..(j + 1) * m].copy_from_slice(&coefficients);
    }
    Ok(Orthonormal { map, root, lost })
}

/// What rounding may leave of the square of a combination of columns of these sizes.
fn rounding(weights: &[f64], sizes: &[f64]) -> f64 {
    let terms: f64 = weights.iter().zip(sizes).map(|(v, size)| v.abs() * size).sum();
    f64::EPSILON * terms * terms
}

/// What rounding may leave, if that is a small share of the column: then no more than this is left of a column that depends on others, and
/// columns of which as little is left are taken for such.
fn negligible(rounding: f64, size: f64) -> f64 {
    if rounding <= LOST * LOST * size { rounding } else { 0.0 }
}

/// G v.
fn times(gram: &[f64], c: usize, v: &[f64]) -> Result<Vec<f64>> {
    let mut out = try_vec("cross-products", 0.0, c)?;
    for (column, v) in gram.chunks_exact(c).zip(v).filter(|(_, v)| **v != 0.0) {
        out.iter_mut().zip(column).for_each(|(out, g)| *out += g * v);
    }
    Ok(out)
}

/// V'G V, `[m, m]`.
pub fn products_of(gram: &[f64], c: usize, columns: &[f64], watch: &Watch<'_>) -> Result<Vec<f64>> {
    let m = columns.len() / c;
    let mut out = try_vec("cross-products of the fixed effects", 0.0, m * m)?;
    for (j, column) in columns.chunks_exact(c).enumerate() {
        watch.pulse()?;
        let image = times(gram, c, column)?;
        for (i, other) in columns.chunks_exact(c).take(j + 1).enumerate() {
            let value = dot(other, &image);
            (out[j * m + i], out[i * m + j]) = (value, value);
        }
    }
    Ok(out)
}

/// Fails where nothing is left of the response but rounding.
fn check_response(sums: &Sums, left: f64, raw: &[f64], shift: f64) -> Result<()> {
    let c = raw.len();
    let n = sums.n as f64;
    let about_shift = sums.form(raw, raw, c);
    let size = (about_shift + n * shift * shift).sqrt();
    if left.sqrt() > 16.0 * f64::EPSILON * size {
        return Ok(());
    }
    let constant = about_shift.sqrt() <= 16.0 * f64::EPSILON * size;
    Err(Error::data(if constant {
        "the response is constant: there is no variance to model"
    } else {
        "the fixed effects fit the response exactly: there is no variance to model"
    }))
}

impl Sums {
    /// a'G b.
    fn form(&self, a: &[f64], b: &[f64], c: usize) -> f64 {
        self.gram.chunks_exact(c).zip(b).map(|(column, b)| b * dot(column, a)).sum()
    }
}

/// The columns of the effects of random term k.
pub fn effects(k: usize, products: &[Option<Product>], program: &Program) -> Result<Effects> {
    let (slots, (columns, _)) = (products.len(), program.effects(k));
    let mut weights = try_vec("random-effects model matrix", 0.0, slots * columns)?;
    let mut tables = Tables::default();
    for (slot, product) in products.iter().enumerate() {
        let Some(product) = product else {
            weights[slot] = 1.0;
            continue;
        };
        let Some(places) = &product.places else { continue };
        for (j, weight) in program.effect_weights(k, product.term, places, &mut tables)? {
            weights[j * slots + slot] += weight;
        }
    }
    let is_ones = slots == 1 && products[0].is_none();
    Ok(Effects { slots, columns, weights, is_ones })
}

impl Effects {
    /// The cross-products of the columns over all levels, `[columns, columns]`, each less what the sums had taken off.
    pub fn gram(&self, sums: &TermSums, levels: usize) -> Result<Vec<f64>> {
        let (r, m) = (self.slots, self.columns);
        let mut total = vec![0.0; r * r];
        for block in sums.diagonal.chunks_exact(r * r).take(levels) {
            total.iter_mut().zip(block).for_each(|(sum, v)| *sum += v);
        }
        let mut gram = try_vec("random-effects model matrix", 0.0, m * m)?;
        sandwich([r, r], [&self.weights, &self.weights], &total, &mut gram);
        Ok(gram)
    }

    /// For columns the first of which is one of ones: what is taken off each, the mean of those that are far from zero, as a fit with rows does
    /// it, and the weights of the columns so shifted.
    pub fn shifted(&self, gram: &[f64], taken: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let (r, m) = (self.slots, self.columns);
        let (mut weights, mut shifts) = (self.weights.clone(), vec![0.0; m]);
        for e in 1..m {
            let column = &mut weights[e * r..(e + 1) * r];
            let taken: f64 = column.iter().zip(taken).map(|(w, s)| w * s).sum();
            let rest = gram[e * m] / gram[0];
            let square = gram[e * m + e] / gram[0] - rest * rest;
            if square > 0.0 && (taken + rest).abs() > FAR * square.sqrt() {
                shifts[e] = taken + rest;
            }
            column[0] += taken - shifts[e];
        }
        (weights, shifts)
    }

    /// Rows `[rows, columns]` with the cross-products of all rows of the columns, as far as they tell one from another.
    pub fn root(&self, sums: &TermSums, levels: usize, rows: usize) -> Result<Vec<f64>> {
        let m = self.columns;
        let gram = self.gram(sums, levels)?;
        let mut root = try_vec("random-effects model matrix", 0.0, rows * m)?;
        for j in 0..m {
            let mut left = gram[j * m + j];
            for i in 0..j {
                let pivot = root[i * rows + i];
                if pivot == 0.0 {
                    continue;
                }
                let sum: f64 = (0..i).map(|k| root[i * rows + k] * root[j * rows + k]).sum();
                let own = (gram[j * m + i] - sum) / pivot;
                root[j * rows + i] = own;
                left -= own * own;
            }
            if left > RANK_TOLERANCE * RANK_TOLERANCE * gram[j * m + j] {
                root[j * rows + j] = left.sqrt();
            }
        }
        Ok(root)
    }
}
