//! What an ordinal fit says of each row.

use std::borrow::Cow;

use super::common::Fit;
use super::kind::{Generalised, Kind, Ordinal};
use crate::clmm::family::probabilities;
use crate::clmm::thresholds::{Thresholds, settle};
use crate::error::{Result, try_collect, try_vec};

/// What is left of numbers that cancel in the thresholds where nominal columns are zero, relative to thresholds that are only rounded.
const CANCELLED: f64 = 1e-4;

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
        let Kind::Ordinal(own, ordinal) = &self.kind else { return Ok(()) };
        let mut p = vec![0.0; ordinal.categories.len()];
        // Without nominal effects all rows have the same thresholds.
        let common = ordinal.nominal.is_none().then(|| ordinal.thresholds_of(&own.psi, std::iter::empty()));
        let one = |i: usize| {
            let of_row = || ordinal.thresholds_of(&own.psi, ordinal.nominal_row(i));
            let theta: Cow<'_, [f64]> = common.as_deref().map_or_else(|| of_row().into(), Cow::from);
            let scale = own.dispersion.as_ref().map_or(1.0, |scale| scale.eta[i].exp());
            probabilities(own.family.link(), own.eta[i], scale, &theta, &mut p);
            p[self.y[i] as usize - 1]
        };
        self.fitted = try_collect("fitted values", (0..self.n_obs).map(one))?;
        self.residuals = try_vec("residuals", f64::NAN, self.n_obs)?;
        self.residuals_pearson = try_vec("residuals", f64::NAN, self.n_obs)?;
        self.sigma = 1.0;
        self.pad_rows()
    }
}
