//! Samples by what of them is independent.

use super::columns::WIDTH;
use super::quadrature::Spectrum;
use super::samples::Adjusted;
use super::split::Split;
use super::traces::{Remainders, Sample};

/// Samples of signs and of known directions, with what belongs to each level.
#[derive(Default)]
pub struct Samples {
    pub signs: Vec<(Sample, Option<Remainders>)>,
    pub known: Vec<(Sample, Option<Remainders>)>,
}

impl Samples {
    pub fn all(&self) -> impl Iterator<Item = &Sample> {
        self.signs.iter().chain(&self.known).map(|(own, _)| own)
    }
}

/// Samples of signs by what is independent: columns, or blocks where signs go together within a level.
pub struct Units<'s> {
    samples: &'s Samples,
    by_column: bool,
}

impl<'s> Units<'s> {
    pub fn new(split: &Split<'_>, samples: &'s Samples) -> Self {
        Units { samples, by_column: split.is_scalar() || samples.signs.len() < 2 }
    }

    fn of(&self, value: impl Fn(&Sample, usize) -> f64) -> Vec<f64> {
        let columns = |own: &'s Sample| (0..WIDTH).map(|c| value(own, c)).collect::<Vec<f64>>();
        let all = self.samples.signs.iter().map(|(own, _)| columns(own));
        if self.by_column { all.flatten().collect() } else { all.map(|own| own.iter().sum::<f64>() / WIDTH as f64).collect() }
    }

    /// The sum over known directions.
    fn known(&self, value: impl Fn(&Sample, usize) -> f64) -> f64 {
        self.samples.known.iter().map(|(own, _)| (0..WIDTH).map(|c| value(own, c)).sum::<f64>()).sum()
    }

    /// Samples of something whose expectation is `total` with what is known.
    fn control(&self, total: f64, value: impl Fn(&Spectrum) -> f64) -> Vec<f64> {
        let expected = total - self.known(|own, c| value(&own.spectra[c]));
        self.of(|own, c| value(&own.spectra[c]) - expected)
    }

    /// Of the terms in their order, the elements of the sums of A^-1's blocks beside their exact parts.
    pub fn traces(&self) -> Vec<Adjusted> {
        let control = self.control(0.0, |own| own.first);
        let count = self.samples.signs.first().map_or(0, |(own, _)| own.traces.len());
        let one = |e: usize| {
            let own = Adjusted::new(&self.of(|own, c| own.traces[e][c]), &[&control]);
            own.plus(self.known(|own, c| own.traces[e][c]))
        };
        (0..count).map(one).collect()
    }

    /// log|S| - log|P|.
    pub fn log_determinant(&self, squared_norm: Option<f64>) -> Adjusted {
        let first = self.control(0.0, |own| own.first);
        let second = squared_norm.map(|norm| self.control(norm, |own| own.second));
        let controls: Vec<&[f64]> = std::iter::once(&first).chain(&second).map(Vec::as_slice).collect();
        let own = Adjusted::new(&self.of(|own, c| own.spectra[c].log), &controls);
        own.plus(self.known(|own, c| own.spectra[c].log))
    }
}
