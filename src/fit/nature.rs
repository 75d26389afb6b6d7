//! What reported parameters are, and so what they become in other forms: variances and covariances, or numbers without bounds.

use crate::family::Scale;
use crate::linalg::delta::Slopes;

/// What a reported parameter is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Nature {
    /// A coefficient or threshold, which is the same in all forms.
    Coefficient,
    /// A standard deviation.
    Deviation,
    /// The correlation of two effects, with the places of their standard deviations.
    Correlation(usize, usize),
    /// One correlation for all, with the least value that it may have.
    Common(f64),
    /// A parameter of the family, with its scale and its value there.
    Family(Scale, f64),
}

use Nature::{Coefficient, Common, Correlation, Deviation, Family};

impl Nature {
    /// The variance or covariance, and its derivatives in the reported parameters.
    pub fn variance(self, at: usize, reported: &[f64]) -> (f64, Slopes) {
        let own = reported[at];
        match self {
            Deviation => (own * own, vec![(at, 2.0 * own)]),
            Correlation(a, b) => {
                let (first, second) = (reported[a], reported[b]);
                // Without a variance there is no correlation.
                let value = if first == 0.0 || second == 0.0 { 0.0 } else { own * first * second };
                (value, vec![(at, first * second), (a, own * second), (b, own * first)])
            }
            Coefficient | Common(_) | Family(..) => (own, vec![(at, 1.0)]),
        }
    }

    /// The number without bounds, and its derivative in the reported one: log of a standard deviation, atanh of a correlation (Fisher's z),
    /// log((rho - l) / (1 - rho)) of one of all effects, the family's working scale.
    pub fn unbounded(self, reported: f64) -> (f64, f64) {
        match self {
            Coefficient => (reported, 1.0),
            Deviation => (reported.ln(), 1.0 / reported),
            Correlation(..) => (reported.atanh(), 1.0 / ((1.0 - reported) * (1.0 + reported))),
            Common(least) => {
                let (above, below) = (reported - least, 1.0 - reported);
                ((above / below).ln(), 1.0 / above + 1.0 / below)
            }
            Family(scale, psi) => (psi, 1.0 / scale.derivative(psi)),
        }
    }

    /// The reported number that has an unbounded one.
    pub fn bounded(self, x: f64) -> f64 {
        match self {
            Coefficient => x,
            Deviation => x.exp(),
            Correlation(..) => x.tanh(),
            Common(least) => {
                // Both halves are exact where the other overflows.
                if x > 0.0 {
                    let odds = (-x).exp();
                    (least * odds + 1.0) / (odds + 1.0)
                } else {
                    let odds = x.exp();
                    (least + odds) / (1.0 + odds)
                }
            }
            Family(scale, _) => scale.reported(x),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Nature; 6] =
        [Coefficient, Deviation, Correlation(0, 1), Common(-0.5), Common(-1.0), Family(Scale::Logit, -0.847_297_860_387_203_6)];

    #[test]
    fn bounded_undoes_unbounded() {
        for nature in ALL {
            let (x, slope) = nature.unbounded(0.3);
            assert!((nature.bounded(x) - 0.3).abs() < 1e-15, "{nature:?}");
            let difference = (nature.bounded(x + 1e-6) - nature.bounded(x - 1e-6)) / 2e-6;
            assert!((slope * difference - 1.0).abs() < 1e-9, "{nature:?}");
        }
        assert_eq!((Common(-0.5).bounded(800.0), Common(-0.5).bounded(-800.0)), (1.0, -0.5));
    }

    #[test]
    fn derivatives_of_variances_are_differences() {
        let (reported, h) = ([1.3, 0.7, -0.4], 1e-6);
        for (at, nature) in [(0, Deviation), (2, Correlation(0, 1))] {
            let (_, slopes) = nature.variance(at, &reported);
            for (place, slope) in slopes {
                let moved = |by: f64| {
                    let mut own = reported;
                    own[place] += by;
                    nature.variance(at, &own).0
                };
                assert!((slope - (moved(h) - moved(-h)) / (2.0 * h)).abs() < 1e-9);
            }
        }
    }
}
