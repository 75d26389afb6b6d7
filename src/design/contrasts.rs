//! Contrast matrices of factors, as R's `contr.*` functions define them.

use crate::design::poly::PolyBasis;
use crate::error::{Error, Result, try_vec};

/// How the levels of a factor become columns next to an intercept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Contrast {
    /// Each level against the base, which is 0-based; `None` is the last level (`contr.SAS`).
    Treatment { base: Option<usize> },
    /// Each level but the last against the mean; the columns sum to zero.
    Sum,
    /// Each level against the mean of those before it.
    Helmert,
    /// Orthonormal polynomials on equally spaced scores.
    Polynomial,
    /// Each level against the one before it (`contr.sdif` of MASS).
    SuccessiveDifferences,
}

/// The names that `Contrast::named` knows.
pub const CONTRAST_NAMES: &str = "contr.treatment, contr.sum, contr.helmert, contr.poly, contr.SAS, contr.sdif";

impl Contrast {
    /// The default of R: polynomial for ordered factors, treatment for others.
    pub fn default_for(ordered: bool) -> Self {
        if ordered { Contrast::Polynomial } else { Contrast::Treatment { base: Some(0) } }
    }

    /// The contrast of a name, with or without `contr.` before it.
    pub fn named(name: &str) -> Option<Self> {
        match name.strip_prefix("contr.").unwrap_or(name) {
            "treatment" => Some(Contrast::Treatment { base: Some(0) }),
            "SAS" => Some(Contrast::Treatment { base: None }),
            "sum" => Some(Contrast::Sum),
            "helmert" => Some(Contrast::Helmert),
            "poly" => Some(Contrast::Polynomial),
            "sdif" => Some(Contrast::SuccessiveDifferences),
            _ => None,
        }
    }

    /// The matrix `[n, n - 1]`, column-major, for a factor with `n` levels.
    pub fn matrix(self, n: usize) -> Result<Vec<f64>> {
        let columns = n.saturating_sub(1);
        let mut m = try_vec("contrast matrix", 0.0, n.saturating_mul(columns))?;
        match self {
            Contrast::Treatment { base } => {
                let base = base.unwrap_or(columns);
                for j in 0..columns {
                    m[j * n + j + usize::from(j >= base)] = 1.0;
                }
            }
            Contrast::Sum => {
                for j in 0..columns {
                    m[j * n + j] = 1.0;
                    m[j * n + columns] = -1.0;
                }
            }
            Contrast::Helmert => {
                for j in 0..columns {
                    m[j * n..=j * n + j].fill(-1.0);
                    m[j * n + j + 1] = (j + 1) as f64;
                }
            }
            Contrast::Polynomial if columns > 0 => {
                let scores: Vec<f64> = (1..=n).map(|i| i as f64).collect();
                let basis = PolyBasis::orthogonal("contr.poly", &scores, columns)?;
                basis.fill(&scores, &mut m);
            }
            Contrast::Polynomial => {}
            Contrast::SuccessiveDifferences => {
                for (j, column) in m.chunks_exact_mut(n.max(1)).enumerate() {
                    let share = (j + 1) as f64 / n as f64;
                    column[..=j].fill(share - 1.0);
                    column[j + 1..].fill(share);
                }
            }
        }
        Ok(m)
    }

    /// What R appends to the factor's name for each column. (Where `C(f, contr.treatment)` gives R a function, R names by
    /// number; we name by level, as R does for `C(f, treatment)`.)
    pub fn suffixes(self, levels: &[String]) -> Vec<String> {
        let columns = levels.len().saturating_sub(1);
        match self {
            Contrast::Treatment { base } => {
                let base = base.unwrap_or(columns);
                levels.iter().enumerate().filter(|&(i, _)| i != base).map(|(_, level)| level.clone()).collect()
            }
            Contrast::Sum | Contrast::Helmert => (1..=columns).map(|j| j.to_string()).collect(),
            Contrast::Polynomial => (1..=columns).map(polynomial_suffix).collect(),
            Contrast::SuccessiveDifferences => levels.windows(2).map(|pair| format!("{}-{}", pair[1], pair[0])).collect(),
        }
    }

    /// Fails where the base is not one of the levels.
    pub fn check(self, factor: &str, n: usize) -> Result<()> {
        match self {
            Contrast::Treatment { base: Some(base) } if base >= n => Err(Error::argument(format!(
                "'{factor}': base = {} was given for contr.treatment, but the factor has {n} levels",
                base + 1
            ))),
            _ => Ok(()),
        }
    }
}

fn polynomial_suffix(degree: usize) -> String {
    match degree {
        1 => ".L".to_string(),
        2 => ".Q".to_string(),
        3 => ".C".to_string(),
        d => format!("^{d}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(n: usize) -> Vec<String> {
        (0..n).map(|i| ((b'a' + i as u8) as char).to_string()).collect()
    }

    #[test]
    fn treatment_leaves_the_base_out() {
        let m = Contrast::Treatment { base: Some(1) }.matrix(3).unwrap();
        assert_eq!(m, [1.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
        assert_eq!(Contrast::Treatment { base: Some(1) }.suffixes(&labels(3)), ["a", "c"]);
        let sas = Contrast::named("contr.SAS").unwrap();
        assert_eq!(sas.matrix(3).unwrap(), [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
        assert_eq!(sas.suffixes(&labels(3)), ["a", "b"]);
    }

    #[test]
    fn sum_and_helmert_are_those_of_r() {
        assert_eq!(Contrast::Sum.matrix(3).unwrap(), [1.0, 0.0, -1.0, 0.0, 1.0, -1.0]);
        let helmert = [-1.0, 1.0, 0.0, 0.0, -1.0, -1.0, 2.0, 0.0, -1.0, -1.0, -1.0, 3.0];
        assert_eq!(Contrast::Helmert.matrix(4).unwrap(), helmert);
        assert_eq!(Contrast::Helmert.suffixes(&labels(4)), ["1", "2", "3"]);
    }

    #[test]
    fn polynomial_is_that_of_r() {
        // R 4.2: contr.poly(5)
        let expected = [
            [-0.632_455_532_033_675_9, -0.316_227_766_016_837_94, 0.0, 0.316_227_766_016_837_94, 0.632_455_532_033_675_9],
            [
                0.534_522_483_824_848_8,
                -0.267_261_241_912_424_4,
                -0.534_522_483_824_848_7,
                -0.267_261_241_912_424_4,
                0.534_522_483_824_848_8,
            ],
            [-0.316_227_766_016_837_8, 0.632_455_532_033_675_8, 0.0, -0.632_455_532_033_676, 0.316_227_766_016_837_83],
            [
                0.119_522_860_933_439_28,
                -0.478_091_443_733_757_56,
                0.717_137_165_600_636_3,
                -0.478_091_443_733_757_3,
                0.119_522_860_933_439_36,
            ],
        ];
        let m = Contrast::Polynomial.matrix(5).unwrap();
        for (j, column) in expected.iter().enumerate() {
            for (i, want) in column.iter().enumerate() {
                assert!((m[j * 5 + i] - want).abs() < 1e-14, "row {i} column {j}: {} against {want}", m[j * 5 + i]);
            }
        }
        assert_eq!(Contrast::Polynomial.suffixes(&labels(5)), [".L", ".Q", ".C", "^4"]);
    }

    /// A level's mean less that of the level before is the coefficient: the inverse of (1, C) has these differences as rows.
    #[test]
    fn successive_differences_are_those_of_mass() {
        let sdif = Contrast::named("contr.sdif").unwrap();
        let m = sdif.matrix(3).unwrap();
        // MASS 7.3-58: contr.sdif(3)
        let wanted = [-2.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0, -1.0 / 3.0, -1.0 / 3.0, 2.0 / 3.0];
        assert!(m.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-15), "{m:?}");
        assert_eq!(sdif.suffixes(&labels(3)), ["b-a", "c-b"]);
        assert!(sdif.matrix(1).unwrap().is_empty() && sdif.suffixes(&labels(1)).is_empty());
    }

    #[test]
    fn a_base_beyond_the_levels_is_refused() {
        assert!(Contrast::Treatment { base: Some(2) }.check("f", 3).is_ok());
        let error = Contrast::Treatment { base: Some(3) }.check("f", 3).unwrap_err();
        assert!(error.message.contains("base = 4") && error.message.contains("3 levels"), "{error}");
        assert_eq!(Contrast::named("contr.sdiff"), None);
    }

    #[test]
    fn one_level_has_no_columns() {
        for contrast in [Contrast::Sum, Contrast::Helmert, Contrast::Polynomial, Contrast::default_for(false)] {
            assert!(contrast.matrix(1).unwrap().is_empty());
            assert!(contrast.suffixes(&labels(1)).is_empty());
        }
    }
}
