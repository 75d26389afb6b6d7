//! Statistics of replicates: combinations of two estimates.

use crate::error::{Error, Result};
use crate::names::quoted;
use crate::resample::View;

/// The signs between estimates.
const SIGNS: [(&str, fn(f64, f64) -> f64); 4] =
    [(" + ", |a, b| a + b), (" - ", |a, b| a - b), (" * ", |a, b| a * b), (" / ", |a, b| a / b)];

/// Two estimates, by their places among all, and what is made of them.
struct Combination {
    left: usize,
    right: usize,
    of: fn(f64, f64) -> f64,
}

/// Texts such as "Days / sigma", understood.
pub struct Combinations(Vec<Combination>);

impl Combinations {
    /// `names` are those of the estimates.
    pub fn new(texts: &[String], names: &[String]) -> Result<Self> {
        texts.iter().map(|text| understood(text, names)).collect::<Result<_>>().map(Combinations)
    }

    /// Fills one number a combination.
    pub fn fill(&self, view: &View<'_>, out: &mut [f64]) {
        for (own, out) in self.0.iter().zip(out) {
            *out = (own.of)(view.estimates[own.left], view.estimates[own.right]);
        }
    }
}

/// Names may have blanks and signs themselves, so that every " / " is tried.
fn understood(text: &str, names: &[String]) -> Result<Combination> {
    let place = |name: &str| names.iter().position(|own| own == name);
    let at = |sign: &str, of: fn(f64, f64) -> f64| {
        let ends = text.match_indices(sign).map(|(at, _)| (place(&text[..at]), place(&text[at + sign.len()..])));
        ends.filter_map(|(left, right)| Some(Combination { left: left?, right: right?, of })).next()
    };
    SIGNS.iter().find_map(|(sign, of)| at(sign, *of)).ok_or_else(|| {
        let names = names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
        let text = quoted(text);
        Error::argument(format!(
            "statistic: wanted two estimates with ' + ', ' - ', ' * ' or ' / ' between them, not {text}; there are {names}"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_signs_and_blanks_are_understood() {
        let names = ["a", "a - b", "b", "c d"].map(String::from);
        let value = |text: &str| {
            let all = Combinations::new(&[text.to_string()], &names).unwrap();
            let mut out = [0.0];
            all.fill(&View { replicate: 0, estimates: &[8.0, 5.0, 2.0, 4.0], y: &[] }, &mut out);
            out[0]
        };
        assert_eq!((value("a / b"), value("a - b - c d"), value("a - b"), value("a * a - b")), (4.0, 1.0, 6.0, 40.0));
        let error = Combinations::new(&["a / x".to_string()], &names).err().unwrap();
        assert!(error.message.ends_with("not 'a / x'; there are 'a', 'a - b', 'b', 'c d'"), "{error}");
    }
}
