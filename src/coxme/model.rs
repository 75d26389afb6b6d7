//! The data of a Cox model as the criterion has them: fixed effects centred within strata and scaled, random effects scaled.

use super::Ties;
use super::risk::RiskSets;
use super::rows::SparseRows;
use super::within::Within;
use crate::covariance::{Structure, with_ranges};
use crate::design::{Design, SurvivalDesign, independent_columns};
use crate::error::{Error, Result, try_copy};
use crate::random::{EffectUnits, Layout, Shift, TermRows, centred, shifts};

/// The most random effects whose information is kept as a dense matrix.
pub const MOST_EFFECTS: usize = 4000;

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
    pub offset: Option<Vec<f64>>,
    pub layout: Layout,
    pub structures: Vec<Structure>,
    pub z: SparseRows,
    scales: Vec<Vec<f64>>,
    shifts: Vec<Shift>,
    /// By what the effects of each term were turned then, [`EffectUnits::turn`].
    turns: Vec<Vec<f64>>,
}

impl Model {
    pub fn new(design: &Design, survival: &SurvivalDesign, ties: Ties) -> Result<Self> {
        let n = design.n;
        let sets = RiskSets::new(survival, design.weights.as_deref(), ties)?;
        let (kept, x, x_scales) = fixed_columns(design, survival, &sets)?;
        let layout = Layout { p: kept.len(), ..Layout::of_design(design) };
        if layout.q() > MOST_EFFECTS {
            return Err(Error::unsupported(format!(
                "the model has {} random effects, and a Cox model can have {MOST_EFFECTS} as yet: their information is a dense matrix",
                layout.q()
            )));
        }
        let structures: Vec<Structure> = design.terms.iter().map(|t| t.structure).collect();
        let (z, scales, shifts) = random_rows(design, &layout, &structures)?;
        let offset = design.offset.as_deref().map(|o| try_copy("offset", o)).transpose()?;
        let turns = vec![vec![]; structures.len()];
        Ok(Model { n, sets, kept, x, x_scales, offset, layout, structures, z, scales, shifts, turns })
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

    /// Turns the effects of an unstructured term, which were not before: they become G times themselves.
    pub fn turn(&mut self, k: usize, g: Vec<f64>) -> Result<()> {
        let own = self.layout.offset(k)..self.layout.offset(k + 1);
        self.z = self.z.turned(own, self.structures[k].size, &g)?;
        self.turns[k] = g;
        Ok(())
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
        if within.norm(column) > CONSTANT * whole {
            seen.push(j);
        }
    }
    let varying: Vec<f64> = seen.iter().flat_map(|&j| x[j * n..(j + 1) * n].iter().copied()).collect();
    let kept: Vec<usize> = independent_columns(n, &varying)?.into_iter().map(|j| seen[j]).collect();
    let mut own: Vec<f64> = kept.iter().flat_map(|&j| x[j * n..(j + 1) * n].iter().copied()).collect();
    let mut scales = vec![];
    for column in own.chunks_exact_mut(n.max(1)) {
        let scale = within.norm(column) / within.n_at_risk().sqrt();
        column.iter_mut().for_each(|v| *v /= scale);
        scales.push(scale);
    }
    Ok((kept, own, scales))
}

type RandomRows = (SparseRows, Vec<Vec<f64>>, Vec<Shift>);

/// The rows of Z, the scales that its columns were divided by, and what was taken off them before.
fn random_rows(design: &Design, layout: &Layout, structures: &[Structure]) -> Result<RandomRows> {
    let n = design.n;
    let mut terms: Vec<TermRows> =
        design.terms.iter().map(|t| TermRows { index: &t.index, z: t.z.as_deref(), entries: None }).collect();
    let shifts = shifts(n, &terms, structures);
    let mut own = centred(n, &terms, &shifts)?;
    for (own, term) in own.iter_mut().zip(&terms).filter(|(own, _)| own.is_none()) {
        *own = term.z.map(|z| try_copy("random-effects model matrix", z)).transpose()?;
    }
    let mut scales = vec![];
    for (structure, own) in structures.iter().zip(&mut own) {
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
    for (term, own) in terms.iter_mut().zip(&own) {
        term.z = own.as_deref();
    }
    Ok((SparseRows::new(n, layout, &terms)?, scales, shifts))
}
