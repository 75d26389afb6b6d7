//! What an ordinal fit has beside other generalised ones.

use super::assembly::{Assembly, Distribution};
use super::{FamilyParameter, Fit, FixedEffects, Generalised, Nominal, Ordinal, kept_columns};

use crate::clmm::family::Cumulative;
use crate::clmm::response::OrderedResponse;
use crate::clmm::thresholds::{Thresholds, settle};
use crate::design::Design;
use crate::error::{Result, try_collect, try_vec};
use crate::glmm::solution::Solution;

/// Thresholds and nominal effects at the solution. Its predictor and covariance become those of the columns as they are: inside, the
/// columns are centred and the thresholds have coordinates of their own.
pub(super) fn ordinal(
    assembly: &Assembly,
    response: &OrderedResponse,
    design: &mut Design,
    solution: &mut Solution,
) -> Result<Distribution> {
    let location = assembly.model.fixed[0].location(&solution.beta[0]);
    solution.eta[0].iter_mut().for_each(|eta| *eta += location);
    let psi = response.reported(&solution.shared, location);
    let first = assembly.first(assembly.model.fixed.len());
    report_covariance(assembly, response, first, solution);
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
    })
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

/// The covariance of the shared parameters becomes that of the reported ones, of which there are more at an edge.
fn report_covariance(assembly: &Assembly, response: &OrderedResponse, first: usize, solution: &mut Solution) {
    let (f, k, all) = (solution.shared.len(), response.n_whole(), solution.vcov.len().isqrt());
    let slopes = response.reported_slopes(&solution.shared);
    let means = &assembly.model.fixed[0].means;
    // Rows of d reported / d (all parameters): the location of centred columns is in the thresholds.
    let mut rows: Vec<Vec<(usize, f64)>> = vec![];
    rows.extend((0..first).map(|j| vec![(j, 1.0)]));
    for i in 0..k {
        let direction = response.thresholds.location().get(i).copied().unwrap_or(0.0);
        let of_means = means.iter().enumerate().map(|(j, mean)| (j, direction * mean));
        let own = (0..f).map(|j| (first + j, slopes[j * k + i]));
        // What is not known, as the variance of an exact zero, has no part in it.
        rows.push(of_means.chain(own).filter(|(_, slope)| *slope != 0.0).collect());
    }
    rows.extend((first + f..all).map(|j| vec![(j, 1.0)]));
    let mut half = Vec::with_capacity(rows.len() * all);
    for row in &rows {
        half.extend((0..all).map(|j| row.iter().map(|(i, slope)| slope * solution.vcov[j * all + i]).sum::<f64>()));
    }
    let product = |row: &[(usize, f64)], own: &[f64]| row.iter().map(|(i, slope)| slope * own[*i]).sum::<f64>();
    solution.root = solution.root.chunks_exact(all).flat_map(|column| rows.iter().map(|row| product(row, column))).collect();
    let mut vcov = Vec::with_capacity(rows.len() * rows.len());
    for own in half.chunks_exact(all) {
        vcov.extend(rows.iter().map(|row| product(row, own)));
    }
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
        for (column, value) in parameters[m..].chunks_exact(m).zip(nominal) {
            alpha.iter_mut().zip(column).for_each(|(a, g)| *a += value * g);
        }
        let mut theta = vec![0.0; self.categories.len() - 1];
        Thresholds::new(self.threshold, self.categories.len()).add(&alpha, &mut theta);
        settle(&mut theta);
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
