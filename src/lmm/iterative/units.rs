//! Samples by what of them is independent.

use super::columns::WIDTH;
use super::quadrature::Spectrum;
use super::samples::Adjusted;
use super::split::Split;
use super::traces::{Remainders, Sample};

/// Samples by what is independent: columns, or blocks where signs go together within a level.
pub struct Units<'s> {
    samples: &'s [(Sample, Option<Remainders>)],
    by_column: bool,
}

impl<'s> Units<'s> {
    pub fn new(split: &Split<'_>, samples: &'s [(Sample, Option<Remainders>)]) -> Self {
        Units { samples, by_column: split.is_scalar() || samples.len() < 2 }
    }

    fn of(&self, value: impl Fn(&Sample, usize) -> f64) -> Vec<f64> {
        let columns = |own: &'s Sample| (0..WIDTH).map(|c| value(own, c)).collect::<Vec<f64>>();
        let all = self.samples.iter().map(|(own, _)| columns(own));
        if self.by_column { all.flatten().collect() } else { all.map(|own| own.iter().sum::<f64>() / WIDTH as f64).collect() }
    }

    fn of_spectrum(&self, value: impl Fn(&Spectrum) -> f64) -> Vec<f64> {
        self.of(|own, c| value(&own.spectra[c]))
    }

    /// Of the terms in their order, the elements of the sums of A^-1's blocks beside their exact parts.
    pub fn traces(&self) -> Vec<Adjusted> {
        let control = self.of_spectrum(|own| own.first);
        let count = self.samples.first().map_or(0, |(own, _)| own.traces.len());
        (0..count).map(|e| Adjusted::new(&self.of(|own, c| own.traces[e][c]), &[&control])).collect()
    }

    /// log|S| - log|P|.
    pub fn log_determinant(&self, squared_norm: Option<f64>) -> Adjusted {
        let first = self.of_spectrum(|own| own.first);
        let second = squared_norm.map(|norm| self.of_spectrum(|own| own.second - norm));
        let controls: Vec<&[f64]> = std::iter::once(&first).chain(&second).map(Vec::as_slice).collect();
        Adjusted::new(&self.of_spectrum(|own| own.log), &controls)
    }
}
