//! What an ordinal fit has beside other generalised ones.

use super::assembly::{Assembly, Distribution};
use super::diagnosis::{reach, separated, widen};
use super::{FamilyParameter, Fit, FixedEffects, Generalised, Nominal, Ordinal, kept_columns};

use crate::clmm::family::Cumulative;
use crate::clmm::response::OrderedResponse;
use crate::clmm::thresholds::{Thresholds, settle};
use crate::design::Design;
use crate::error::{Result, try_collect, try_vec};
use crate::glmm::edge::{AtEdge, Kind, flat_places};
use crate::glmm::solution::Solution;

/// What is left of numbers that cancel in the thresholds where nominal columns are zero, relative to thresholds that are only rounded.
const CANCELLED: f64 = 1e-4;

/// Relative to the largest slope of a reported parameter, one that is none.
const ROUNDING: f64 = 1e-12;

/// Logarithm of a unit beyond which numbers of it are not reported.
const FAR: f64 = 100.0;

/// Thresholds and nominal effects at the solution. All of it becomes that of the columns as they are: inside, the columns are centred and
/// the thresholds have coordinates of their own.
pub(super) fn ordinal(
    assembly: &Assembly,
    response: &OrderedResponse,
    design: &mut Design,
    solution: &mut Solution,
) -> Result<Distribution> {
    let location = assembly.model.fixed[0].location(&solution.beta[0]);
    solution.eta[0].iter_mut().for_each(|eta| *eta += location);
    let mut psi = response.reported(&solution.shared, location);
    let log_unit = report_unit(assembly, design, &mut psi, solution);
    let first = assembly.first(assembly.model.fixed.len());
    report_covariance(assembly, response, first, &psi, log_unit, solution);
    let separated = separated(solution, &[(0, reaches(assembly, response, design, first))]);
    widen(solution, &[&solution.beta.concat()[..], &psi].concat(), &separated);
    let (m, all) = (response.thresholds.n_alpha(), solution.vcov.len().isqrt());
    let categories = std::mem::take(&mut design.categories);
    let jacobian = response.thresholds.jacobian();
    let alpha_root: Vec<f64> =
        solution.root.chunks_exact(all).flat_map(|column| column[first..first + m].iter().copied()).collect();
    let ordinal = Ordinal {
        thresholds: thresholds(&jacobian, Thresholds::names(&categories), &psi[..m], &alpha_root),
        alpha_names: response.thresholds.alpha_names(&categories),
        threshold: response.thresholds.kind,
        jacobian,
        nominal: design.nominal.take().map(|nominal| {
            let kept = response.nominal.kept.clone();
            Nominal {
                names: kept.iter().map(|&j| nominal.x_names[j].clone()).collect(),
                dropped: (0..nominal.x_names.len()).filter(|j| !kept.contains(j)).map(|j| nominal.x_names[j].clone()).collect(),
                x: kept_columns(nominal.x, design.n, nominal.x_names.len(), &kept),
                kept,
            }
        }),
        categories,
    };
    let one = |(f, name): (usize, String)| FamilyParameter {
        name,
        estimate: psi[f],
        std_error: solution.vcov[(first + f) * (all + 1)].sqrt(),
        fixed: false,
    };
    Ok(Distribution {
        family: Box::new(Cumulative::new(response.link, ordinal.categories.len())?.with_names(&ordinal.thresholds.names)?),
        zero: None,
        parameters: ordinal.parameter_names().into_iter().enumerate().map(one).collect(),
        ordinal: Some(ordinal),
        psi,
        log_unit,
        separated,
    })
}

/// The largest absolute value of each parameter's column: of the fixed effects, those of the scale having none, then of thresholds and nominal effects.
fn reaches(assembly: &Assembly, response: &OrderedResponse, design: &Design, first: usize) -> Vec<f64> {
    let mut out: Vec<f64> = reach(&assembly.model.fixed[0].kept, &design.x, design.n).collect();
    out.resize(first, 0.0);
    let nominal = design.nominal.as_ref().map(|nominal| reach(&response.nominal.kept, &nominal.x, design.n));
    for reach in std::iter::once(1.0).chain(nominal.into_iter().flatten()) {
        out.resize(out.len() + response.thresholds.n_alpha(), reach);
    }
    out
}

/// Brings all that is a number of the latent variable to the unit that it has where the columns of the scale are zero, or, where that is
/// out of all proportion, to a unit near by, of which the logarithm is returned.
fn report_unit(assembly: &Assembly, design: &mut Design, psi: &mut [f64], solution: &mut Solution) -> f64 {
    let model = assembly.model;
    let all = model.log_unit(&solution.beta);
    let log_unit = if all.abs() > FAR { all } else { 0.0 };
    if log_unit != 0.0 {
        design.warnings.push(format!(
            "scale: its columns are far from zero, so that thresholds, coefficients and standard deviations of random effects, which are \
             those where the columns are zero, are too {} to be reported: they are divided by exp({log_unit:.4}); centre the columns",
            if log_unit > 0.0 { "large" } else { "small" }
        ));
    }
    let by = all - log_unit;
    model.in_latent_unit(by, &mut solution.theta, [&mut solution.beta[0], psi]);
    let (factor, (_, degrees)) = (by.exp(), model.degrees());
    solution.eta[0].iter_mut().for_each(|eta| *eta *= factor);
    solution.eta.iter_mut().skip(1).flatten().for_each(|eta| *eta += by);
    solution.working_theta.iter_mut().zip(degrees).for_each(|(w, degree)| *w *= (degree * by).exp());
    for term in &mut solution.terms {
        term.modes.iter_mut().chain(&mut term.root).for_each(|v| *v *= factor);
        let full = term.condvar_full.iter_mut().flatten();
        term.cov.iter_mut().chain(&mut term.condvar).chain(full).for_each(|v| *v *= factor * factor);
    }
    log_unit
}

/// theta = J alpha with its covariance.
fn thresholds(jacobian: &[f64], names: Vec<String>, alpha: &[f64], alpha_root: &[f64]) -> FixedEffects {
    let (count, m) = (names.len(), alpha.len());
    let j = |r: usize, k: usize| jacobian[k * count + r];
    let columns = alpha_root.len() / m.max(1);
    let image = |r: usize, c: usize| (0..m).filter(|&k| j(r, k) != 0.0).map(|k| j(r, k) * alpha_root[c * m + k]).sum::<f64>();
    let root: Vec<f64> = (0..count * columns).map(|e| image(e % count, e / count)).collect();
    let form = |r: usize, s: usize| root.chunks_exact(count).map(|column| column[r] * column[s]).sum::<f64>();
    let vcov: Vec<f64> = (0..count * count).map(|e| form(e % count, e / count)).collect();
    FixedEffects {
        estimate: (0..count).map(|r| (0..m).map(|k| j(r, k) * alpha[k]).sum()).collect(),
        std_error: (0..count).map(|r| vcov[r * (count + 1)].sqrt()).collect(),
        names,
        vcov,
        root,
        dropped: vec![],
    }
}

/// The covariance becomes that of the reported parameters, of which there are more at an edge.
fn report_covariance(
    assembly: &Assembly,
    response: &OrderedResponse,
    first: usize,
    psi: &[f64],
    log_unit: f64,
    solution: &mut Solution,
) {
    let (f, k, all) = (solution.shared.len(), response.n_whole(), solution.vcov.len().isqrt());
    let slopes = response.reported_slopes(&solution.shared);
    let model = assembly.model;
    // Numbers of the latent variable move with the effects on the scale as its unit does.
    let by = model.log_unit(&solution.beta) - log_unit;
    let scale: Vec<(usize, f64)> = model.fixed[1..].iter().flat_map(|part| &part.means).copied().enumerate().collect();
    let with_unit = |degree: f64, value: f64, own: Vec<(usize, f64)>| -> Vec<(usize, f64)> {
        let (factor, p) = ((degree * by).exp(), model.fixed[0].p);
        let largest = own.iter().fold(0.0f64, |most, (_, slope)| most.max(slope.abs()));
        let own = own.into_iter().filter(|(_, slope)| slope.abs() >= ROUNDING * largest).map(|(i, slope)| (i, factor * slope));
        // What is not known, as the variance of an exact zero, has no part in it.
        own.chain(scale.iter().map(|(j, mean)| (p + j, degree * value * mean))).filter(|(_, slope)| *slope != 0.0).collect()
    };
    // Rows of d reported / d (all parameters): the location of centred columns is in the thresholds.
    let mut rows: Vec<Vec<(usize, f64)>> = vec![];
    rows.extend(solution.beta[0].iter().enumerate().map(|(j, beta)| with_unit(1.0, *beta, vec![(j, 1.0)])));
    rows.extend((model.fixed[0].p..first).map(|j| vec![(j, 1.0)]));
    for (i, psi) in psi.iter().enumerate() {
        let direction = response.thresholds.location().get(i).copied().unwrap_or(0.0);
        let of_means = model.fixed[0].means.iter().enumerate().map(|(j, mean)| (j, direction * mean));
        let own = (0..f).map(|j| (first + j, slopes[j * k + i]));
        rows.push(with_unit(1.0, *psi, of_means.chain(own).collect()));
    }
    let (degrees, of_working) = model.degrees();
    let of_theta = |theta: &[f64], degrees: &[f64]| -> Vec<Vec<(usize, f64)>> {
        let own = theta.iter().zip(degrees).enumerate();
        own.map(|(j, (theta, degree))| with_unit(*degree, *theta, vec![(first + f + j, 1.0)])).collect()
    };
    let product = |row: &[(usize, f64)], own: &[f64]| row.iter().map(|(i, slope)| slope * own[*i]).sum::<f64>();
    let rooted = [&rows[..], &of_theta(&solution.working_theta, &of_working)].concat();
    solution.root = solution.root.chunks_exact(all).flat_map(|column| rooted.iter().map(|row| product(row, column))).collect();
    solution.toward =
        if solution.toward.is_empty() { vec![] } else { rooted.iter().map(|row| product(row, &solution.toward)).collect() };
    let known = rows.len();
    rows.extend(of_theta(&solution.theta, &degrees));
    let mut half = Vec::with_capacity(rows.len() * all);
    for row in &rows {
        half.extend((0..all).map(|j| product(row, &solution.vcov[j * all..(j + 1) * all])));
    }
    let mut vcov = Vec::with_capacity(rows.len() * rows.len());
    for own in half.chunks_exact(all) {
        vcov.extend(rows.iter().map(|row| product(row, own)));
    }
    // By the root nothing cancels, and coordinates at an edge are as good as known.
    let m = rows.len();
    let narrow = solution.root.len() - solution.wide * m;
    for e in (0..m * known).filter(|e| e % m < known) {
        vcov[e] = solution.root[..narrow].chunks_exact(m).map(|column| column[e % m] * column[e / m]).sum();
    }
    let mut flat = vec![];
    for own in &solution.flats {
        let moved: Vec<f64> = rooted[..known].iter().map(|row| product(row, own)).collect();
        let sizes = rooted[..known].iter().map(|row| row.iter().map(|(j, slope)| (slope * own[*j]).abs()).sum());
        flat.extend(flat_places(&moved, &sizes.collect::<Vec<_>>(), |i| vcov[i * (m + 1)]));
    }
    flat.sort_unstable();
    flat.dedup();
    for &i in &flat {
        (0..m).for_each(|j| (vcov[i * m + j], vcov[j * m + i]) = (f64::NAN, f64::NAN));
    }
    solution.at_edge = flat.into_iter().map(|place| AtEdge { place, upward: true, kind: Kind::Flat }).collect();
    solution.vcov = vcov;
}

impl Ordinal {
    /// Names of the thresholds' parameters, and of the nominal effects on each: `low|mid.x`.
    pub fn parameter_names(&self) -> Vec<String> {
        let mut names = self.alpha_names.clone();
        for column in self.nominal.iter().flat_map(|nominal| &nominal.names) {
            names.extend(self.alpha_names.iter().map(|alpha| format!("{alpha}.{column}")));
        }
        names
    }

    /// The number of parameters of the thresholds, the first ones, that are locations: together they move all thresholds alike.
    pub fn locations(&self) -> usize {
        let count = self.categories.len() - 1;
        let sums = |m: usize| (0..count).all(|r| (0..m).map(|k| self.jacobian[k * count + r]).sum::<f64>() == 1.0);
        (1..=self.alpha_names.len()).find(|m| sums(*m)).unwrap_or(0)
    }

    /// The thresholds of a row, those that meet to within rounding the same number: `parameters` are those of the thresholds and nominal
    /// effects, `nominal` the row's values of the columns.
    pub fn thresholds_of(&self, parameters: &[f64], nominal: impl Iterator<Item = f64>) -> Vec<f64> {
        let m = self.alpha_names.len();
        let mut alpha = parameters[..m].to_vec();
        let largest = |of: &[f64]| of.iter().fold(0.0f64, |most, a| most.max(a.abs()));
        let mut size = largest(&alpha).max(CANCELLED * largest(parameters));
        for (column, value) in parameters[m..].chunks_exact(m).zip(nominal) {
            for (a, g) in alpha.iter_mut().zip(column) {
                *a += value * g;
                size = size.max((value * g).abs());
            }
        }
        let mut theta = vec![0.0; self.categories.len() - 1];
        Thresholds::new(self.threshold, self.categories.len()).add(&alpha, &mut theta);
        settle(&mut theta, size);
        theta
    }

    /// Values of the nominal columns in a row of the fit.
    pub fn nominal_row(&self, i: usize) -> impl Iterator<Item = f64> {
        let nominal = self.nominal.as_ref();
        let n = nominal.map_or(1, |own| own.x.len() / own.names.len().max(1)).max(1);
        nominal.into_iter().flat_map(move |own| own.x.chunks_exact(n).map(move |column| column[i]))
    }
}

impl Generalised {
    /// The parameters of the cumulative family in row i, the logarithm of the scale and the thresholds.
    pub(super) fn ordinal_psi(&self, ordinal: &Ordinal, i: usize) -> Vec<f64> {
        let mut psi = vec![self.dispersion.as_ref().map_or(0.0, |scale| scale.eta[i])];
        psi.extend(ordinal.thresholds_of(&self.psi, ordinal.nominal_row(i)));
        psi
    }
}

impl Fit {
    /// The fitted probability of the category observed in each row.
    pub(super) fn add_ordinal_rows(&mut self) -> Result<()> {
        let Some(own) = &self.generalised else { return Ok(()) };
        let mut p = vec![0.0; own.ordinal.as_ref().map_or(0, |ordinal| ordinal.categories.len())];
        let one = |i: usize| {
            let psi = own.psi_of_row(i);
            crate::clmm::family::probabilities(own.family.link(), own.eta[i], psi[0].exp(), &psi[1..], &mut p);
            p[self.y[i] as usize - 1]
        };
        self.fitted = try_collect("fitted values", (0..self.n_obs).map(one))?;
        self.residuals = try_vec("residuals", f64::NAN, self.n_obs)?;
        self.residuals_pearson = try_vec("residuals", f64::NAN, self.n_obs)?;
        self.sigma = 1.0;
        self.pad_rows()
    }
}
