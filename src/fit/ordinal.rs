//! What an ordinal fit has beside other generalised ones.

use super::assembly::{Assembly, Distribution};
use super::estimable::Estimable;
use super::kind::{FamilyParameter, Nominal, Ordinal};
use super::parts::{FixedEffects, kept_columns};
use super::region::edge_warnings;
use super::separation::{reach, separated, widen};
use crate::clmm::family::Cumulative;
use crate::clmm::response::OrderedResponse;
use crate::clmm::thresholds::Thresholds;
use crate::design::Design;
use crate::error::{Result, try_vec};
use crate::glmm::edge::{AtEdge, Kind, flat_places};
use crate::glmm::model::Model;
use crate::glmm::solution::Solution;
use crate::linalg::delta::{Slopes, product, sandwich};

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
    let estimable = estimable(assembly, response, design)?;
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
        nominal: nominal_effects(response, design),
        categories,
    };
    design.warnings.extend(edge_warnings(&ordinal, &psi, design.n));
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
        estimable,
        psi,
        log_unit,
        separated,
    })
}

/// Of the mean: thresholds and their nominal effects are in the place of an intercept.
fn estimable(assembly: &Assembly, response: &OrderedResponse, design: &Design) -> Result<Estimable> {
    let ones = try_vec("column of an intercept", 1.0, design.n)?;
    let nominal = design.nominal.as_ref().map_or(&[][..], |nominal| &nominal.x);
    let own = (&design.x[..], &assembly.model.fixed[0].kept[..]);
    Estimable::of_blocks(design.n, &[(&ones, &[0]), (nominal, &response.nominal.kept), own])
}

fn nominal_effects(response: &OrderedResponse, design: &mut Design) -> Option<Nominal> {
    let (nominal, kept) = (design.nominal.take()?, response.nominal.kept.clone());
    Some(Nominal {
        names: kept.iter().map(|&j| nominal.x_names[j].clone()).collect(),
        dropped: (0..nominal.x_names.len()).filter(|j| !kept.contains(j)).map(|j| nominal.x_names[j].clone()).collect(),
        x: kept_columns(nominal.x, design.n, nominal.x_names.len(), &kept),
        kept,
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
    let (model, all) = (assembly.model, solution.vcov.len().isqrt());
    let unit = Unit::new(model, model.log_unit(&solution.beta) - log_unit);
    let mut rows = slopes_of_parameters(&unit, model, response, first, psi, solution);
    let (degrees, of_working) = model.degrees();
    let of_theta = |theta: &[f64], degrees: &[f64]| -> Vec<Slopes> {
        let own = theta.iter().zip(degrees).enumerate();
        own.map(|(j, (theta, degree))| unit.slopes(*degree, *theta, vec![(first + solution.shared.len() + j, 1.0)])).collect()
    };
    let rooted = [&rows[..], &of_theta(&solution.working_theta, &of_working)].concat();
    let known = rows.len();
    rows.extend(of_theta(&solution.theta, &degrees));
    solution.root = solution.root.chunks_exact(all).flat_map(|column| rooted.iter().map(|row| product(row, column))).collect();
    solution.toward =
        if solution.toward.is_empty() { vec![] } else { rooted.iter().map(|row| product(row, &solution.toward)).collect() };
    let mut vcov = sandwich(&rows, &solution.vcov);
    // By the root nothing cancels, and coordinates at an edge are as good as known.
    let m = rows.len();
    let narrow = solution.root.len() - solution.wide * m;
    for e in (0..m * known).filter(|e| e % m < known) {
        vcov[e] = solution.root[..narrow].chunks_exact(m).map(|column| column[e % m] * column[e / m]).sum();
    }
    let flat = flat_parameters(&rooted[..known], &solution.flats, |i| vcov[i * (m + 1)]);
    for &i in &flat {
        (0..m).for_each(|j| (vcov[i * m + j], vcov[j * m + i]) = (f64::NAN, f64::NAN));
    }
    solution.at_edge = flat.into_iter().map(|place| AtEdge { place, upward: true, kind: Kind::Flat }).collect();
    solution.vcov = vcov;
}

/// The unit of the latent variable, which moves with the effects on the scale as its logarithm `by` does.
struct Unit {
    by: f64,
    /// The derivatives of `by`.
    slopes: Slopes,
}

impl Unit {
    fn new(model: &Model, by: f64) -> Self {
        let (p, means) = (model.fixed[0].p, model.fixed[1..].iter().flat_map(|part| &part.means));
        Unit { by, slopes: means.enumerate().map(|(j, mean)| (p + j, *mean)).collect() }
    }

    /// Those of a reported parameter with this value that is a number of the unit to this power, out of its own in the unit inside.
    fn slopes(&self, degree: f64, value: f64, own: Slopes) -> Slopes {
        let factor = (degree * self.by).exp();
        let largest = own.iter().fold(0.0f64, |most, (_, slope)| most.max(slope.abs()));
        let own = own.into_iter().filter(|(_, slope)| slope.abs() >= ROUNDING * largest).map(|(i, slope)| (i, factor * slope));
        // What is not known, as the variance of an exact zero, has no part in it.
        own.chain(self.slopes.iter().map(|(j, mean)| (*j, degree * value * mean))).filter(|(_, slope)| *slope != 0.0).collect()
    }
}

/// Of the fixed effects, then the thresholds' parameters and nominal effects: the location of centred columns is in the thresholds.
fn slopes_of_parameters(
    unit: &Unit,
    model: &Model,
    response: &OrderedResponse,
    first: usize,
    psi: &[f64],
    solution: &Solution,
) -> Vec<Slopes> {
    let (f, k, slopes) = (solution.shared.len(), response.n_whole(), response.reported_slopes(&solution.shared));
    let mut rows: Vec<Slopes> = vec![];
    rows.extend(solution.beta[0].iter().enumerate().map(|(j, beta)| unit.slopes(1.0, *beta, vec![(j, 1.0)])));
    rows.extend((model.fixed[0].p..first).map(|j| vec![(j, 1.0)]));
    for (i, psi) in psi.iter().enumerate() {
        let direction = response.thresholds.location().get(i).copied().unwrap_or(0.0);
        let of_means = model.fixed[0].means.iter().enumerate().map(|(j, mean)| (j, direction * mean));
        let own = (0..f).map(|j| (first + j, slopes[j * k + i]));
        rows.push(unit.slopes(1.0, *psi, of_means.chain(own).collect()));
    }
    rows
}

/// The places of those that directions without curvature move most.
fn flat_parameters(rows: &[Slopes], flats: &[Vec<f64>], variance: impl Fn(usize) -> f64) -> Vec<usize> {
    let mut flat = vec![];
    for own in flats {
        let moved: Vec<f64> = rows.iter().map(|row| product(row, own)).collect();
        let sizes: Vec<f64> = rows.iter().map(|row| row.iter().map(|(j, slope)| (slope * own[*j]).abs()).sum()).collect();
        flat.extend(flat_places(&moved, &sizes, &variance));
    }
    flat.sort_unstable();
    flat.dedup();
    flat
}
