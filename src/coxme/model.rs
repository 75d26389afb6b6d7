//! The data of a Cox model as the criterion has them: fixed effects centred within strata and scaled, random effects scaled.

use super::Ties;
use super::course::{NeverFalling, is_flat, never_falling};
use super::forest::{Forest, Strata};
use super::risk::RiskSets;
use super::rows::SparseRows;
use super::within::Within;
use crate::covariance::{Structure, with_ranges};
use crate::design::{Design, SurvivalDesign, TermDesign, independent_columns};
use crate::error::{Error, Result, try_collect, try_copy, try_vec};
use crate::random::{EffectUnits, Layout, Roots, Shift, TermRows, centred, shifts};
use crate::search::penalty::CovariancePenalty;

/// The most random effects whose information is a dense matrix; where they are crossed, and where they are nested in one another.
const MOST_CROSSED: usize = 4000;
const MOST_NESTED: usize = 500;
/// Strata that share levels: each adds large eigenvalues to the spectrum of the information (`nested`).
const MOST_STRATA: usize = 2;

/// Information of a coefficient that is held.
pub const HELD: f64 = 1e-6;

/// Relative to its norm, what is left of a column about the means of its strata that is nothing.
const CONSTANT: f64 = 1e-10;

/// The model.
#[derive(Debug)]
pub struct Model {
    pub n: usize,
    pub sets: RiskSets,
    /// The columns of X that are kept.
    pub kept: Vec<usize>,
    /// `[n, p]`, about the means of their strata, divided by `x_scales`. The likelihood does not see either.
    pub x: Vec<f64>,
    pub x_scales: Vec<f64>,
    /// The columns along which the likelihood never falls, to one of the sides.
    pub never_falling: Vec<usize>,
    /// Where they are held, if `sets` are those of the likelihood's limit along them: by column of X.
    pub far: Vec<f64>,
    /// The risk sets without the limit, if it was taken.
    whole: Option<RiskSets>,
    pub offset: Option<Vec<f64>>,
    pub layout: Layout,
    pub structures: Vec<Structure>,
    pub z: SparseRows,
    /// Where the effects are so many that their information is not kept as a dense matrix.
    pub forest: Option<Forest>,
    scales: Vec<Vec<f64>>,
    shifts: Vec<Shift>,
    /// By what the effects of each term were turned then, [`EffectUnits::turn`].
    turns: Vec<Vec<f64>>,
    /// Of the covariances.
    pub prior: CovariancePenalty,
}

impl Model {
    pub fn new(design: &Design, survival: &SurvivalDesign, ties: Ties) -> Result<Self> {
        Self::with_most(design, survival, ties, MOST_NESTED, None)
    }

    /// With the effects of an unstructured term turned: they are G times themselves.
    pub fn turned(design: &Design, survival: &SurvivalDesign, ties: Ties, turn: (usize, Vec<f64>)) -> Result<Self> {
        Self::with_most(design, survival, ties, MOST_NESTED, Some(turn))
    }

    /// With up to `most` nested effects by a dense matrix.
    pub(super) fn with_most(
        design: &Design,
        survival: &SurvivalDesign,
        ties: Ties,
        most: usize,
        turn: Option<(usize, Vec<f64>)>,
    ) -> Result<Self> {
        let n = design.n;
        let mut sets = RiskSets::new(survival, design.weights.as_deref(), ties)?;
        let (kept, x, x_scales) = fixed_columns(design, survival, &sets)?;
        let layout = Layout { p: kept.len(), ..Layout::of_design(design) };
        let structures: Vec<Structure> = design.terms.iter().map(|t| t.structure).collect();
        let RandomRows { mut values, scales, shifts } = random_rows(design, &structures)?;
        let mut turns = vec![vec![]; structures.len()];
        if let Some((k, g)) = turn {
            values[k].iter_mut().for_each(|z| turn_rows(n, &g, z));
            turns[k] = g;
        }
        let terms: Vec<TermRows> = design.terms.iter().zip(&values).map(|(term, z)| term_rows(term, z.as_deref())).collect();
        let forest = forest(survival, &sets, &layout, &terms, most)?;
        let z = SparseRows::new(n, &layout, &terms)?;
        let NeverFalling { columns: never_falling, far, whole } = never_falling(&mut sets, &x)?;
        let offset = design.offset.as_deref().map(|o| try_copy("offset", o)).transpose()?;
        Ok(Model {
            n,
            sets,
            kept,
            x,
            x_scales,
            never_falling,
            far,
            whole,
            offset,
            layout,
            structures,
            z,
            forest,
            scales,
            shifts,
            turns,
            prior: CovariancePenalty::default(),
        })
    }

    /// On some of the rows, ascending, in the same parameters: columns are those of all rows, and levels without rows stay. `design` and
    /// `survival` are those of the rows; `terms` are levels of all rows, with [`Self::effects`]. Or the first column of X that these rows do not determine.
    pub fn of_rows(
        &self,
        rows: &[u32],
        (design, survival): (&Design, &SurvivalDesign),
        terms: &[(&[u32], Option<&[f64]>)],
    ) -> Result<std::result::Result<Self, usize>> {
        let n = rows.len();
        let mut sets = RiskSets::new(survival, design.weights.as_deref(), self.sets.ties)?;
        let (kept, ..) = fixed_columns(design, survival, &sets)?;
        if let Some(lost) = (0..self.p()).find(|j| !kept.contains(j)) {
            return Ok(Err(lost));
        }
        let take = |column: &[f64]| try_collect("model matrix", rows.iter().map(|&row| column[row as usize]));
        let part = |columns: &[f64]| -> Result<Vec<f64>> {
            let mut own = try_vec("model matrix", 0.0, columns.len() / self.n.max(1) * n)?;
            for (to, from) in own.chunks_exact_mut(n.max(1)).zip(columns.chunks_exact(self.n.max(1))) {
                to.copy_from_slice(&take(from)?);
            }
            Ok(own)
        };
        let index = |index: &[u32]| try_collect("group index", rows.iter().map(|&row| index[row as usize]));
        let indices: Vec<Vec<u32>> = terms.iter().map(|(own, _)| index(own)).collect::<Result<_>>()?;
        let values: Vec<Option<Vec<f64>>> = terms.iter().map(|(_, z)| z.map(part).transpose()).collect::<Result<_>>()?;
        let own: Vec<TermRows> =
            indices.iter().zip(&values).map(|(index, z)| TermRows { index, z: z.as_deref(), entries: None, runs: None }).collect();
        let most = if self.forest.is_some() { 0 } else { usize::MAX };
        let forest = forest(survival, &sets, &self.layout, &own, most)?;
        let z = SparseRows::new(n, &self.layout, &own)?;
        let x = part(&self.x)?;
        let NeverFalling { columns: never_falling, far, whole } = never_falling(&mut sets, &x)?;
        Ok(Ok(Model {
            n,
            sets,
            kept: self.kept.clone(),
            x,
            x_scales: self.x_scales.clone(),
            never_falling,
            far,
            whole,
            offset: self.offset.as_deref().map(take).transpose()?,
            layout: self.layout.clone(),
            structures: self.structures.clone(),
            z,
            forest,
            scales: self.scales.clone(),
            shifts: self.shifts.clone(),
            turns: self.turns.clone(),
            prior: self.prior.clone(),
        }))
    }

    /// The columns of each term of the model's design as the model has them; none where they are one.
    pub fn effects(&self, design: &Design) -> Result<Vec<Option<Vec<f64>>>> {
        Ok(random_rows(design, &self.structures)?.values)
    }

    /// The risk sets of the data, whatever limit was taken.
    pub fn all_sets(&self) -> &RiskSets {
        self.whole.as_ref().unwrap_or(&self.sets)
    }

    /// Gives the coefficients that are held, on which nothing depends, some information `[p, p]`.
    pub fn hold(&self, xwx: &mut [f64]) {
        self.never_falling.iter().for_each(|j| xwx[j * (self.p() + 1)] += HELD);
    }

    pub fn p(&self) -> usize {
        self.kept.len()
    }

    pub fn q(&self) -> usize {
        self.z.q
    }

    /// A column of X.
    pub fn column(&self, j: usize) -> &[f64] {
        &self.x[j * self.n..(j + 1) * self.n]
    }

    /// What brings the effects of term k to the user's units.
    pub fn units(&self, k: usize) -> EffectUnits<'_> {
        EffectUnits { structure: self.structures[k], scales: &self.scales[k], shift: &self.shifts[k], turn: &self.turns[k] }
    }

    pub fn n_theta(&self) -> usize {
        self.structures.iter().map(Structure::n_theta).sum()
    }

    /// The user's theta as working parameters.
    pub fn working_from_theta(&self, theta: &[f64]) -> Result<Vec<f64>> {
        if theta.len() != self.n_theta() {
            return Err(Error::argument(format!("theta has {} elements, the model has {}", theta.len(), self.n_theta())));
        }
        let (mut theta, mut working) = (theta.to_vec(), vec![0.0; theta.len()]);
        for (k, (_, range)) in with_ranges(&self.structures).enumerate() {
            self.units(k).working(&mut theta[range.clone()], &mut working[range])?;
        }
        Ok(working)
    }

    /// The user's theta of working parameters.
    pub fn theta_from_working(&self, working: &[f64]) -> Vec<f64> {
        let mut theta = vec![0.0; self.n_theta()];
        for (k, (_, range)) in with_ranges(&self.structures).enumerate() {
            self.units(k).theta(&working[range.clone()], &mut theta[range]);
        }
        theta
    }

    /// eta = X beta + Z b + offset.
    pub fn predictor(&self, beta: &[f64], b: &[f64], eta: &mut [f64]) {
        match &self.offset {
            Some(offset) => eta.copy_from_slice(offset),
            None => eta.fill(0.0),
        }
        for (column, beta) in self.x.chunks_exact(self.n.max(1)).zip(beta) {
            eta.iter_mut().zip(column).for_each(|(eta, x)| *eta += beta * x);
        }
        if self.q() > 0 {
            eta.iter_mut().enumerate().for_each(|(i, eta)| *eta += self.z.dot(i, b));
        }
    }
}

/// Rows of Z of one term, `[n, r]`, times G'.
fn turn_rows(n: usize, g: &[f64], z: &mut [f64]) {
    let r = g.len().isqrt();
    let mut row = vec![0.0; r];
    for i in 0..n {
        (0..r).for_each(|e| row[e] = z[e * n + i]);
        (0..r).for_each(|a| z[a * n + i] = (0..r).map(|b| g[b * r + a] * row[b]).sum());
    }
}

type FixedColumns = (Vec<usize>, Vec<f64>, Vec<f64>);

/// The columns of X that the likelihood sees, and what they were divided by: about the means of their strata over rows that are ever at risk.
fn fixed_columns(design: &Design, survival: &SurvivalDesign, sets: &RiskSets) -> Result<FixedColumns> {
    let n = design.n;
    let within = Within::new(survival, sets)?;
    let mut x = try_copy("model matrix", &design.x)?;
    let mut seen = vec![];
    for (j, column) in x.chunks_exact_mut(n.max(1)).enumerate() {
        let whole = within.norm(column);
        within.centre(column)?;
        if within.norm(column) > CONSTANT * whole && !is_flat(sets, column)? {
            seen.push(j);
        }
    }
    let varying = columns_of(&x, n, &seen)?;
    let kept: Vec<usize> = independent_columns(n, &varying)?.into_iter().map(|j| seen[j]).collect();
    let mut own = columns_of(&x, n, &kept)?;
    let mut scales = vec![];
    for column in own.chunks_exact_mut(n.max(1)) {
        let scale = within.norm(column) / within.n_at_risk().sqrt();
        column.iter_mut().for_each(|v| *v /= scale);
        scales.push(scale);
    }
    Ok((kept, own, scales))
}

/// Some of the columns of `[n, p]`.
fn columns_of(x: &[f64], n: usize, columns: &[usize]) -> Result<Vec<f64>> {
    let mut own = try_vec("model matrix", 0.0, n * columns.len())?;
    for (own, &j) in own.chunks_exact_mut(n.max(1)).zip(columns) {
        own.copy_from_slice(&x[j * n..(j + 1) * n]);
    }
    Ok(own)
}

/// The columns of each term, the scales that they were divided by, and what was taken off them before.
struct RandomRows {
    values: Vec<Option<Vec<f64>>>,
    scales: Vec<Vec<f64>>,
    shifts: Vec<Shift>,
}

fn term_rows<'a>(term: &'a TermDesign, z: Option<&'a [f64]>) -> TermRows<'a> {
    TermRows { index: &term.index, z, entries: None, runs: None }
}

fn random_rows(design: &Design, structures: &[Structure]) -> Result<RandomRows> {
    let n = design.n;
    let terms: Vec<TermRows> = design.terms.iter().map(|t| term_rows(t, t.z.as_deref())).collect();
    let shifts = shifts(n, &terms, structures);
    let mut values = centred(n, &terms, &shifts)?;
    for (own, term) in values.iter_mut().zip(&terms).filter(|(own, _)| own.is_none()) {
        *own = term.z.map(|z| try_copy("random-effects model matrix", z)).transpose()?;
    }
    let mut scales = vec![];
    for (structure, own) in structures.iter().zip(&mut values) {
        let mut scale = vec![1.0; structure.size];
        if let Some(z) = own {
            let mean_square = |column: &[f64]| column.iter().map(|v| v * v).sum::<f64>() / n as f64;
            let squares: Vec<f64> = z.chunks_exact(n).map(mean_square).collect();
            let all = squares.iter().sum::<f64>() / squares.len() as f64;
            for (scale, square) in scale.iter_mut().zip(squares) {
                let square = if structure.homogeneous { all } else { square };
                *scale = if square > 0.0 { square.sqrt() } else { 1.0 };
            }
            for (column, scale) in z.chunks_exact_mut(n).zip(&scale) {
                column.iter_mut().for_each(|v| *v /= scale);
            }
        }
        scales.push(scale);
    }
    Ok(RandomRows { values, scales, shifts })
}

/// The forest of very many effects; an error where they are crossed.
fn forest(
    survival: &SurvivalDesign,
    sets: &RiskSets,
    layout: &Layout,
    terms: &[TermRows<'_>],
    most: usize,
) -> Result<Option<Forest>> {
    let q = layout.q();
    if q <= most {
        return Ok(None);
    }
    let counts = |i: usize| sets.is_ever_at_risk(i);
    let strata = Strata { count: sets.strata.len(), of_row: &survival.stratum, counts: &counts };
    let mut forest = Forest::new(sets.n, layout, terms, &strata)?;
    if let Some(own) = &forest
        && q <= MOST_CROSSED
        && most > 0
        && own.most_strata()? > MOST_STRATA
    {
        forest = None;
    }
    if forest.is_none() && q > MOST_CROSSED {
        return Err(Error::unsupported(format!(
            "the model has {q} random effects of crossed grouping factors, and a Cox model can have {MOST_CROSSED}: their information is a \
             dense matrix; there is no such limit where each factor is nested in the next"
        )));
    }
    Ok(forest)
}

/// v <- Lambda v, or Lambda'v.
pub fn apply(model: &Model, t: &Roots, transpose: bool, v: &mut [f64]) {
    let mut rest = v;
    for (size, t) in model.layout.terms.iter().zip(t.iter()) {
        let r = size.effects;
        let (own, tail) = rest.split_at_mut(size.levels * r);
        rest = tail;
        if r == 1 {
            own.iter_mut().for_each(|v| *v *= t[0]);
            continue;
        }
        for level in own.chunks_exact_mut(r) {
            if transpose {
                (0..r).for_each(|a| level[a] = (a..r).map(|b| t[a * r + b] * level[b]).sum());
            } else {
                (0..r).rev().for_each(|a| level[a] = (0..=a).map(|b| t[b * r + a] * level[b]).sum());
            }
        }
    }
}
