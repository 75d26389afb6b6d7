//! Means as linear combinations of the coefficients: the grid, and its averages.

use std::collections::BTreeMap;

use super::spec::MeansSpec;
use crate::choice::Choice;
use crate::design::{ModelProgram, Program, Reference, ReferenceFactor, RowLedger};
use crate::error::{Error, Result, try_vec};
use crate::fit::estimable::Estimable;
use crate::fit::{Fit, Ordinal};
use crate::frame::Frame;
use crate::inference::degrees_of_freedom::DegreesOfFreedom;
use crate::inference::linear::Coefficients;
use crate::inference::model_matrix::all_columns;
use crate::names::quoted;
use crate::watch::{Phase, Watch};
use std::ffi::CStr;

/// How the cells of the grid are averaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Weighting {
    #[default]
    Equal,
    /// In proportion to the numbers of rows (sums of weights) at the combinations of the factors that are averaged over.
    Proportional,
}

impl Choice for Weighting {
    const LIST: &'static str = "weighting";
    const ALL: &'static [(Self, &'static CStr)] = &[(Weighting::Equal, c"equal"), (Weighting::Proportional, c"proportional")];
}

/// Where the grid comes from: of a fit, by `GridSource::of_fit`.
#[derive(Clone, Copy, Debug)]
pub struct GridSource<'a> {
    pub program: &'a Program,
    /// Columns of the program that have a coefficient.
    pub kept: &'a [usize],
    pub rows: &'a RowLedger,
    /// Of the rows used.
    pub weights: Option<&'a [f64]>,
    /// The mean of the offset.
    pub offset: f64,
    /// What a constant is made of where the program has none, of coefficients that follow those of the columns kept.
    pub constant: &'a [f64],
    /// Of a fit without rows the means of covariates, and which combinations can be estimated.
    pub sums: Option<(&'a BTreeMap<String, f64>, &'a Estimable)>,
}

/// Marginal means as linear combinations.
#[derive(Clone, Debug)]
pub struct MarginalMeans {
    /// Those of the means first, then those of the groups.
    pub(super) factors: Vec<Factor>,
    /// How many of the factors are those of the means.
    pub(super) n_factors: usize,
    /// Weights of all columns of the model matrix, after that of a constant if that is elsewhere, one row a mean; the first factor varies
    /// fastest.
    pub(super) rows: Vec<Vec<f64>>,
    estimable: Estimable,
    pub(super) offset: f64,
    constant: Vec<f64>,
}

/// A factor of the means, or a covariate with its mean as the one level.
#[derive(Clone, Debug)]
pub(super) struct Factor {
    pub(super) name: String,
    pub(super) levels: Vec<String>,
    /// Levels that are numbers are named with the factor in contrasts.
    pub(super) numeric: bool,
}

impl MarginalMeans {
    /// The means of a fit from a formula. `data` are those of the fit, which tell the means of covariates; where the fixed effects are
    /// made of plain factors they can be missing.
    pub fn of_fit(fit: &Fit, data: Option<&Frame>, spec: &MeansSpec, weighting: Weighting, watch: &Watch<'_>) -> Result<Self> {
        watch.at(Phase::Means, 0, None)?;
        let ModelProgram::Formula(program) = &fit.program else {
            return Err(Error::argument("the model was fitted from arrays; marginal means need a formula"));
        };
        if let Some(name) = spec.factors.iter().find(|name| program.makes_strata(name)) {
            return Err(Error::unsupported(format!(
                "marginal means: the hazards of strata are not compared, as the baseline hazard of each has any form; {} makes strata and can be \
                 given in by, or be averaged over",
                quoted(name)
            )));
        }
        let used = |values: &Vec<f64>| -> Vec<f64> { values.iter().copied().filter(|v| !v.is_nan()).collect() };
        let constant = fit.ordinal().map_or_else(|| Ok(vec![]), |ordinal| latent_constant(fit, ordinal))?;
        let weights = fit.weights.as_ref().map(used);
        let offset = fit.offset.as_ref().map(used).map_or(0.0, |o| o.iter().sum::<f64>() / o.len().max(1) as f64);
        let offset = fit.reduced.as_ref().map_or(offset, |own| own.offset);
        let sums = fit.reduced.as_ref().map(|own| (&own.means, &fit.estimable));
        let (kept, rows, weights) = (&fit.kept[..], &fit.rows, weights.as_deref());
        let source = GridSource { program, kept, rows, weights, offset, constant: &constant, sums };
        if sums.is_some() && weighting == Weighting::Proportional {
            return Err(Error::unsupported(
                "marginal means: proportional weights need the rows of the data, and the fit was made from an accumulator; use equal weights",
            ));
        }
        // Sums know the means, and have no rows to compare the data with.
        let data = data.filter(|_| sums.is_none());
        if let Some(data) = data {
            source.check_data(data, &fit.x)?;
        }
        let means = Self::new(&source, data, spec, weighting, watch)?;
        Ok(if fit.cox().is_some() { means.relative(fit, program, data)? } else { means })
    }

    pub fn new(
        source: &GridSource,
        data: Option<&Frame>,
        spec: &MeansSpec,
        weighting: Weighting,
        watch: &Watch<'_>,
    ) -> Result<Self> {
        let program = source.program;
        let reference = source.reference(data, spec)?;
        watch.pulse()?;
        let estimable = source.estimable(data)?;
        watch.pulse()?;
        let x = program.reference_matrix(&reference)?;
        let chosen = spec.factors.iter().chain(&spec.by).map(|name| chosen(&reference, name)).collect::<Result<Vec<_>>>()?;
        let averages = Averages::new(&reference, &chosen, weighting, 1)?;
        let mut rows = averages.rows(&x, program.fixed_names().len(), watch)?;
        if !source.constant.is_empty() {
            for row in &mut rows {
                row.insert(0, 1.0);
            }
        }
        let factors = chosen.iter().map(|choice| choice.factor(&reference)).collect();
        let (n_factors, constant) = (spec.factors.len(), source.constant.to_vec());
        Ok(MarginalMeans { factors, n_factors, rows, estimable, offset: source.offset, constant })
    }

    /// The means of a predictor that stands in the place of the mean, as by `Fit::of_role`.
    pub(super) fn of_part(
        part: &Fit,
        data: Option<&Frame>,
        spec: &MeansSpec,
        weighting: Weighting,
        watch: &Watch<'_>,
    ) -> Result<Self> {
        watch.at(Phase::Means, 0, None)?;
        let ModelProgram::Formula(program) = &part.program else {
            return Err(Error::argument("the model was fitted from arrays; marginal means need a formula"));
        };
        let used = |values: &Vec<f64>| -> Vec<f64> { values.iter().copied().filter(|v| !v.is_nan()).collect() };
        let weights = part.weights.as_ref().map(used);
        let offset = part.offset.as_ref().map(used).map_or(0.0, |o| o.iter().sum::<f64>() / o.len().max(1) as f64);
        let (kept, rows, weights) = (&part.kept[..], &part.rows, weights.as_deref());
        let source = GridSource { program, kept, rows, weights, offset, constant: &[], sums: None };
        data.map_or(Ok(()), |data| source.check_data(data, &part.x))?;
        Self::new(&source, data, spec, weighting, watch)
    }

    /// Means of quantities that are the coefficients themselves: one for each cell of the grid, for each level of a further factor. That factor is
    /// one of the groups unless it is named.
    pub(super) fn of_grid(
        reference: &Reference,
        further: Option<&ReferenceFactor>,
        spec: &MeansSpec,
        weighting: Weighting,
        watch: &Watch<'_>,
    ) -> Result<Self> {
        let taken = further.is_some_and(|own| chosen(reference, &own.name).is_ok());
        let is_further = |name: &String| further.is_some_and(|own| own.name == *name) && !taken;
        let find = |name: &String| if is_further(name) { Ok(Variable::Further) } else { chosen(reference, name) };
        let mut all = spec.factors.iter().chain(&spec.by).map(find).collect::<Result<Vec<_>>>()?;
        if further.is_some() && !all.iter().any(|own| matches!(own, Variable::Further)) {
            all.push(Variable::Further);
        }
        let (cells, levels) = (reference.n_cells(), further.map_or(1, |own| own.levels.len()));
        let averages = Averages::new(reference, &all, weighting, levels)?;
        let total = cells.saturating_mul(levels);
        let mut rows = try_vec("weights of marginal means", Vec::new(), averages.n_means)?;
        for row in &mut rows {
            watch.pulse()?;
            *row = try_vec("weights of marginal means", 0.0, total)?;
        }
        averages.cells.iter().enumerate().for_each(|(entry, (mean, share))| rows[*mean][entry] = *share);
        let factors = all.iter().map(|choice| choice.factor_or(reference, further)).collect();
        let (n_factors, estimable) = (spec.factors.len(), Estimable::full(total));
        Ok(MarginalMeans { factors, n_factors, rows, estimable, offset: 0.0, constant: vec![] })
    }

    /// Of a Cox model, whose baseline hazards have every constant: logarithms of hazards relative to that where all columns are zero. What can be
    /// estimated is the same within all strata.
    fn relative(self, fit: &Fit, program: &Program, data: Option<&Frame>) -> Result<Self> {
        let (Some(data), p) = (data, program.fixed_names().len()) else { return Ok(self) };
        if fit.kept.len() == p {
            return Ok(self);
        }
        let x = program.fixed_matrix_of_data(data, &fit.rows)?;
        let estimable = Estimable::new(&fit.seen(&x)?, fit.n_obs, p, &fit.kept)?;
        Ok(MarginalMeans { estimable, ..self })
    }

    /// The number of means.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The weights of the coefficients in a mean; `None` if it can't be estimated.
    pub fn row(&self, mean: usize) -> Option<Vec<f64>> {
        self.coefficients_of(self.rows.get(mean)?)
    }

    /// The weights of the coefficients, for weights of all columns.
    pub(super) fn coefficients_of(&self, all: &[f64]) -> Option<Vec<f64>> {
        let mut own = self.estimable.reduce(all)?;
        if !self.constant.is_empty() {
            let weight = own.remove(0);
            own.extend(self.constant.iter().map(|c| weight * c));
        }
        Some(own)
    }
}

impl Fit {
    /// Calls `make` with the coefficients that marginal means are combinations of, as tests see them: of an ordinal fit the parameters of the
    /// thresholds are among them.
    pub fn with_means_coefficients<T>(
        &self,
        freedom: DegreesOfFreedom<'_>,
        make: impl FnOnce(&Coefficients<'_>) -> Result<T>,
    ) -> Result<T> {
        let DegreesOfFreedom::Same(df) = freedom else { return freedom.with_coefficients(self, make) };
        if self.robust.is_some() && self.ordinal().is_some() {
            return Err(Error::unsupported(
                "emmeans: marginal means of an ordinal model contain its thresholds, whose covariance is not robust: ask the fit that this one \
                 was made of",
            ));
        }
        let (estimate, root) = self.means_coefficients();
        make(&Coefficients { estimate: &estimate, root: &root, df: &|_| df, robust: self.robust.as_ref() })
    }

    /// What marginal means are combinations of, with the root of its covariance: the fixed effects of the mean, then the parameters of an ordinal
    /// model's thresholds.
    pub fn means_coefficients(&self) -> (Vec<f64>, Vec<f64>) {
        let (Some(own), Some(ordinal)) = (self.generalised(), self.ordinal()) else {
            return (self.fixed.estimate.clone(), self.fixed.root.clone());
        };
        let (p, m) = (self.fixed.estimate.len(), ordinal.alpha_names.len());
        let first = p + own.dispersion.as_ref().map_or(0, |scale| scale.fixed.estimate.len());
        let places: Vec<usize> = (0..p).chain(first..first + m).collect();
        let all = own.vcov.len().isqrt();
        let root = own.root.chunks_exact(all).flat_map(|column| places.iter().map(|&i| column[i])).collect();
        (self.fixed.estimate.iter().chain(&own.psi[..m]).copied().collect(), root)
    }
}

/// On the scale of the latent variable zero is the mean of the thresholds.
fn latent_constant(fit: &Fit, ordinal: &Ordinal) -> Result<Vec<f64>> {
    let (what, name) = match (fit.dispersion(), &ordinal.nominal) {
        (Some(_), _) => ("scale", "rows differ in the unit of the latent variable"),
        (None, Some(_)) => ("nominal", "the thresholds depend on data"),
        (None, None) => {
            let count = ordinal.categories.len() - 1;
            return Ok(ordinal.jacobian.chunks_exact(count).map(|j| -j.iter().sum::<f64>() / count as f64).collect());
        }
    };
    Err(Error::unsupported(format!("{what}: an ordinal model has no marginal means where {name}")))
}

impl GridSource<'_> {
    /// The grid, with the values that are asked for.
    pub(super) fn reference(&self, data: Option<&Frame>, spec: &MeansSpec) -> Result<Reference> {
        let program = self.program;
        let mut reference = match (self.sums, data) {
            (Some((means, _)), _) => program.reference_of_means(means)?,
            (None, Some(data)) => program.reference(data, self.rows, self.weights)?,
            (None, None) => program.reference_of_factors()?,
        };
        for (name, values) in &spec.at {
            reference.restrict(name, values)?;
        }
        Ok(reference)
    }

    /// Fails if the data are not those that the fit was made of; `x` is the fit's model matrix of the columns kept.
    pub(super) fn check_data(&self, data: &Frame, x: &[f64]) -> Result<()> {
        all_columns(self.program, self.kept, self.rows, x, data).map(drop)
    }

    fn estimable(&self, data: Option<&Frame>) -> Result<Estimable> {
        let p = self.program.fixed_names().len();
        let further = usize::from(!self.constant.is_empty());
        if self.kept.len() == p {
            return Ok(Estimable::full(further + p));
        }
        if let Some((_, estimable)) = self.sums {
            return Ok(estimable.clone());
        }
        let Some(data) = data else {
            let message =
                "data is NULL, but the fit left out columns, so that the data are needed to tell which means can be estimated";
            return Err(Error::argument(message));
        };
        let mut x = self.program.fixed_matrix_of_data(data, self.rows)?;
        let n = x.len() / p;
        if further == 0 {
            return Estimable::new(&x, n, p, self.kept);
        }
        x.splice(0..0, std::iter::repeat_n(1.0, n));
        let kept: Vec<usize> = std::iter::once(0).chain(self.kept.iter().map(|j| j + 1)).collect();
        Estimable::new(&x, n, p + 1, &kept)
    }
}

/// A name of the specification.
#[derive(Clone, Copy, Debug)]
enum Variable {
    /// Place among the factors of the grid.
    Factor(usize),
    Covariate(usize),
    /// One that the grid does not have.
    Further,
}

fn chosen(reference: &Reference, name: &str) -> Result<Variable> {
    let factor = reference.factors.iter().position(|f| f.name == name).map(Variable::Factor);
    let covariate = || reference.covariates.iter().position(|(own, _)| own == name).map(Variable::Covariate);
    factor.or_else(covariate).ok_or_else(|| reference.absent(name))
}

impl Variable {
    fn size(self, reference: &Reference) -> usize {
        match self {
            Variable::Factor(f) => reference.factors[f].levels.len(),
            Variable::Covariate(_) | Variable::Further => 1,
        }
    }

    /// The factor, which may be a further one.
    fn factor_or(self, reference: &Reference, further: Option<&ReferenceFactor>) -> Factor {
        match (self, further) {
            (Variable::Further, Some(own)) => Factor { name: own.name.clone(), levels: own.levels.clone(), numeric: false },
            _ => self.factor(reference),
        }
    }

    fn factor(self, reference: &Reference) -> Factor {
        match self {
            Variable::Factor(f) => {
                let factor = &reference.factors[f];
                Factor { name: factor.name.clone(), levels: factor.levels.clone(), numeric: factor.numbers.is_some() }
            }
            Variable::Covariate(c) => {
                let (name, mean) = &reference.covariates[c];
                Factor { name: name.clone(), levels: vec![crate::frame::shortest_text(*mean)], numeric: true }
            }
            Variable::Further => Factor { name: String::new(), levels: vec![], numeric: false },
        }
    }
}

/// Which cells of the grid make which mean, with what weight.
struct Averages {
    n_means: usize,
    /// For each cell: the mean that it belongs to, and its weight.
    cells: Vec<(usize, f64)>,
}

impl Averages {
    /// For each of the levels of a further factor all cells.
    fn new(reference: &Reference, chosen: &[Variable], weighting: Weighting, levels: usize) -> Result<Self> {
        let n_cells = reference.n_cells();
        let size = |choice: &Variable| if matches!(choice, Variable::Further) { levels } else { choice.size(reference) };
        let is_chosen = |f: usize| chosen.iter().any(|c| matches!(c, Variable::Factor(own) if *own == f));
        let others: Vec<usize> = (0..reference.factors.len()).filter(|&f| !is_chosen(f)).collect();
        let n_means: usize = chosen.iter().map(size).product();
        let n_others: usize = others.iter().map(|&f| reference.factors[f].levels.len()).product();
        let mut place = try_vec("reference grid", (0, 0), n_cells.saturating_mul(levels))?;
        for (entry, place) in place.iter_mut().enumerate() {
            let (level, levels) = (entry / n_cells, reference.levels_of(entry % n_cells));
            let mean = chosen.iter().rev().fold(0, |mean, choice| match choice {
                Variable::Factor(f) => mean * size(choice) + levels[*f],
                Variable::Covariate(_) => mean,
                Variable::Further => mean * size(choice) + level,
            });
            let other = others.iter().rev().fold(0, |other, &f| other * reference.factors[f].levels.len() + levels[f]);
            *place = (mean, other);
        }
        let shares = match (weighting, &reference.counts) {
            (Weighting::Equal, _) => vec![1.0 / n_others as f64; n_others],
            (Weighting::Proportional, Some(counts)) => {
                let total: f64 = counts.iter().sum();
                let mut shares = vec![0.0; n_others];
                place.iter().zip(counts).for_each(|((_, other), count)| shares[*other] += count / total);
                shares
            }
            (Weighting::Proportional, None) => {
                return Err(Error::argument("data is NULL, but proportional weights need the data of the fit"));
            }
        };
        Ok(Averages { n_means, cells: place.into_iter().map(|(mean, other)| (mean, shares[other])).collect() })
    }

    /// The averages of the rows of `x` `[cells, p]`.
    fn rows(&self, x: &[f64], p: usize, watch: &Watch<'_>) -> Result<Vec<Vec<f64>>> {
        let mut rows = try_vec("weights of marginal means", Vec::new(), self.n_means)?;
        for row in &mut rows {
            *row = try_vec("weights of marginal means", 0.0, p)?;
        }
        for (j, column) in x.chunks_exact(self.cells.len()).enumerate() {
            watch.pulse()?;
            for ((mean, share), value) in self.cells.iter().zip(column) {
                if *share != 0.0 {
                    rows[*mean][j] += share * value;
                }
            }
        }
        Ok(rows)
    }
}
