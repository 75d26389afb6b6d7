//! Marginal means of an ordinal model's probabilities: quantities of each cell of the grid with their covariance by the delta method, of which
//! means are averages.

use super::means::{GridSource, MarginalMeans};
use super::mode::{MeansMode, MeansOf};
use super::spec::MeansSpec;
use crate::clmm::family::probabilities;
use crate::design::{ModelProgram, Part, Program, Reference, ReferenceFactor};
use crate::error::{Error, Result, try_vec};
use crate::family::Link;
use crate::fit::{Fit, Generalised, Ordinal};
use crate::frame::Frame;
use crate::watch::{Phase, Watch};

/// Estimates, and the root of their covariance `[entries, k]`.
type OnGrid = (Vec<f64>, Vec<f64>);

/// The means of a mode, and the quantities that they are averages of: for each category or threshold one for each cell of the grid.
pub fn on_grid(
    fit: &Fit,
    data: Option<&Frame>,
    spec: &MeansSpec,
    of: MeansOf,
    watch: &Watch<'_>,
) -> Result<(MarginalMeans, OnGrid)> {
    watch.at(Phase::Means, 0, None)?;
    let (Some(own), Some(ordinal)) = (fit.generalised(), fit.ordinal()) else {
        return Err(Error::argument("means_mode is of ordinal models"));
    };
    let ModelProgram::Formula(program) = &fit.program else {
        return Err(Error::argument("the model was fitted from arrays; marginal means need a formula"));
    };
    let all = program.of_all_columns();
    let weights = fit.weights.as_ref().map(|w| w.iter().copied().filter(|v| !v.is_nan()).collect::<Vec<f64>>());
    let source = GridSource {
        program: &all,
        kept: &fit.kept,
        rows: &fit.rows,
        weights: weights.as_deref(),
        offset: 0.0,
        constant: &[],
        sums: None,
    };
    data.map_or(Ok(()), |data| source.check_data(data, &fit.x))?;
    let reference = source.reference(data, spec)?;
    let further = further_factor(of.mode, ordinal, program.response_name());
    let means = MarginalMeans::of_grid(&reference, further.as_ref(), spec, of.weighting, watch)?;
    let rule = Rule::new(fit, (own, ordinal), program, &all, &reference)?;
    Ok((means, rule.quantities(of.mode, watch)?))
}

/// The factor that the quantities of a cell are the levels of.
fn further_factor(mode: MeansMode, ordinal: &Ordinal, response: &str) -> Option<ReferenceFactor> {
    let (name, levels) = match mode {
        MeansMode::Latent | MeansMode::MeanClass => return None,
        MeansMode::Probabilities => (response.to_owned(), ordinal.categories.clone()),
        MeansMode::LinearPredictor | MeansMode::Cumulative | MeansMode::Exceedance => {
            ("cut".to_owned(), ordinal.thresholds.names.clone())
        }
    };
    Some(ReferenceFactor { name, levels, numbers: None })
}

/// What the cells have.
struct Rule<'a> {
    own: &'a Generalised,
    ordinal: &'a Ordinal,
    cells: usize,
    /// `[cells, p]` of the fixed effects of location, nominal effects and scale, the columns kept.
    location: Vec<f64>,
    nominal: Vec<f64>,
    scale: Vec<f64>,
    estimate: &'a [f64],
    of_scale: &'a [f64],
    offsets: [f64; 2],
    estimable: Vec<bool>,
}

impl<'a> Rule<'a> {
    fn new(
        fit: &'a Fit,
        (own, ordinal): (&'a Generalised, &'a Ordinal),
        program: &Program,
        all: &Program,
        reference: &Reference,
    ) -> Result<Self> {
        let cells = reference.n_cells();
        let columns = |part: Part| -> Result<Vec<f64>> {
            program.of_part(part).map_or_else(|| Ok(vec![]), |own| own.reference_matrix(reference))
        };
        let (x, nominal, scale) = (all.reference_matrix(reference)?, columns(Part::Nominal)?, columns(Part::Dispersion)?);
        let mut row = vec![];
        let estimable = (0..cells).map(|cell| {
            row.clear();
            row.push(1.0);
            row.extend(nominal.iter().chain(&x).skip(cell).step_by(cells.max(1)));
            // Both are beside a constant.
            let of_cell = scale.iter().skip(cell).step_by(cells.max(1)).copied();
            let scaled: Vec<f64> = std::iter::once(1.0).chain(of_cell).collect();
            let of_scale = own.dispersion.as_ref().is_none_or(|own| own.estimable.reduce(&scaled).is_some());
            of_scale && fit.estimable.reduce(&row).is_some()
        });
        let estimable = estimable.collect();
        let mean = |offset: Option<&Vec<f64>>| {
            let used: Vec<f64> = offset.into_iter().flatten().copied().filter(|v| !v.is_nan()).collect();
            used.iter().sum::<f64>() / used.len().max(1) as f64
        };
        let chosen = |x: &[f64], kept: &[usize]| -> Vec<f64> {
            kept.iter().flat_map(|&j| x[j * cells..(j + 1) * cells].iter().copied()).collect()
        };
        let dispersion = own.dispersion.as_ref();
        Ok(Rule {
            own,
            ordinal,
            cells,
            location: chosen(&x, &fit.kept),
            nominal: ordinal.nominal.as_ref().map_or_else(Vec::new, |own| chosen(&nominal, &own.kept)),
            scale: dispersion.map_or_else(Vec::new, |own| chosen(&scale, &own.kept)),
            estimate: &fit.fixed.estimate,
            of_scale: dispersion.map_or(&[], |own| &own.fixed.estimate),
            offsets: [mean(fit.offset.as_ref()), mean(dispersion.and_then(|own| own.offset.as_ref()))],
            estimable,
        })
    }

    /// The quantities of a mode, cell by cell for each category or threshold.
    fn quantities(&self, mode: MeansMode, watch: &Watch<'_>) -> Result<OnGrid> {
        let (cells, cuts) = (self.cells, self.ordinal.categories.len() - 1);
        let entries = match mode {
            MeansMode::Probabilities => cuts + 1,
            MeansMode::MeanClass => 1,
            _ => cuts,
        };
        let (all, total) = (self.own.vcov.len().isqrt(), cells.saturating_mul(entries));
        let k = self.own.root.len() / all.max(1);
        let mut values = try_vec("quantities of the grid", f64::NAN, total)?;
        let mut root = try_vec("quantities of the grid", f64::NAN, total.saturating_mul(k))?;
        for cell in 0..cells {
            watch.pulse_at(Phase::Means, cell, Some(cells))?;
            if !self.estimable[cell] {
                continue;
            }
            let at = self.cell(cell, all);
            for entry in 0..entries {
                let (value, gradient) = at.entry(mode, entry, self.own.family.link());
                let place = entry * cells + cell;
                values[place] = value;
                for (c, column) in self.own.root.chunks_exact(all.max(1)).enumerate() {
                    root[c * total + place] = gradient.iter().zip(column).map(|(g, r)| g * r).sum();
                }
            }
        }
        Ok((values, root))
    }

    fn cell(&self, cell: usize, all: usize) -> Cell {
        let row = |x: &[f64]| -> Vec<f64> { x.iter().skip(cell).step_by(self.cells).copied().collect() };
        let (x, n, z) = (row(&self.location), row(&self.nominal), row(&self.scale));
        let sum = |x: &[f64], b: &[f64]| x.iter().zip(b).map(|(x, b)| x * b).sum::<f64>();
        let eta = self.offsets[0] + sum(&x, self.estimate);
        let scale = (self.offsets[1] + sum(&z, self.of_scale)).exp();
        let thresholds = self.ordinal.thresholds_of(&self.own.psi, n.iter().copied());
        let (cuts, m) = (thresholds.len(), self.ordinal.alpha_names.len());
        let first = x.len() + z.len();
        let of_cut = |r: usize| -> (f64, Vec<f64>) {
            let at = (thresholds[r] - eta) / scale;
            let mut gradient = vec![0.0; all];
            x.iter().enumerate().for_each(|(j, x)| gradient[j] = -x / scale);
            z.iter().enumerate().for_each(|(j, z)| gradient[x.len() + j] = -at * z);
            for k in 0..m {
                let slope = self.ordinal.jacobian[k * cuts + r] / scale;
                gradient[first + k] = slope;
                n.iter().enumerate().for_each(|(c, n)| gradient[first + m + c * m + k] = slope * n);
            }
            (at, gradient)
        };
        let mut p = vec![0.0; cuts + 1];
        probabilities(self.own.family.link(), eta, scale, &thresholds, &mut p);
        Cell { cuts: (0..cuts).map(of_cut).collect(), p }
    }
}

/// A cell: at each threshold the linear predictor with its gradient in all parameters; the probabilities.
struct Cell {
    cuts: Vec<(f64, Vec<f64>)>,
    p: Vec<f64>,
}

impl Cell {
    /// A quantity with its gradient.
    fn entry(&self, mode: MeansMode, entry: usize, link: Link) -> (f64, Vec<f64>) {
        let weighted = |parts: &[(usize, f64)]| -> Vec<f64> {
            let mut sum = vec![0.0; self.cuts[0].1.len()];
            for (cut, weight) in parts {
                let (at, gradient) = &self.cuts[*cut];
                let slope = if mode == MeansMode::LinearPredictor { *weight } else { weight * link.mu_eta(*at) };
                sum.iter_mut().zip(gradient).for_each(|(s, g)| *s += slope * g);
            }
            sum
        };
        let last = self.cuts.len();
        // From the smaller side, with all digits.
        let below = || self.p[..=entry].iter().sum::<f64>();
        let above = || self.p[entry + 1..].iter().sum::<f64>();
        match mode {
            MeansMode::Latent | MeansMode::LinearPredictor => (self.cuts[entry].0, weighted(&[(entry, 1.0)])),
            MeansMode::Cumulative => (below(), weighted(&[(entry, 1.0)])),
            MeansMode::Exceedance => (above(), weighted(&[(entry, -1.0)])),
            MeansMode::Probabilities => {
                let upper = (entry < last).then_some((entry, 1.0));
                let lower = entry.checked_sub(1).map(|cut| (cut, -1.0));
                (self.p[entry], weighted(&upper.into_iter().chain(lower).collect::<Vec<_>>()))
            }
            MeansMode::MeanClass => {
                let value = (1..).zip(&self.p).map(|(k, p)| f64::from(k) * p).sum();
                (value, weighted(&(0..last).map(|cut| (cut, -1.0)).collect::<Vec<_>>()))
            }
        }
    }
}
