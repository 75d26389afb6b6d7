//! Contrast matrices of factors, as R's `contr.*` functions define them.

use crate::design::poly::PolyBasis;
use crate::error::{Error, Result, try_vec};
use crate::linalg::dense::dot_in_order as dot;
use crate::linalg::orthogonal::take_off;

/// How the levels of a factor become columns next to an intercept.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
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
    /// Columns of the caller's, each with its name or none and a weight for each level.
    Own(Vec<(String, Vec<f64>)>),
}

/// The names that `Contrast::named` knows.
pub const CONTRAST_NAMES: &str = "contr.treatment, contr.sum, contr.helmert, contr.poly, contr.SAS, contr.sdif, or columns with a weight for each \
                                  level, as '1,0,-1; 0,1,-1' or 'low: 1,0,-1; mid: 0,1,-1'";

/// What is left of a column beside a constant and the columns before it, relative to it, that is nothing.
const DEPENDENT: f64 = 1e-10;

impl Contrast {
    /// The default of R: polynomial for ordered factors, treatment for others.
    pub fn default_for(ordered: bool) -> Self {
        if ordered { Contrast::Polynomial } else { Contrast::Treatment { base: Some(0) } }
    }

    /// The contrast of a name, with or without `contr.` before it, or columns of weights.
    pub fn named(name: &str) -> Option<Self> {
        match name.strip_prefix("contr.").unwrap_or(name) {
            "treatment" => Some(Contrast::Treatment { base: Some(0) }),
            "SAS" => Some(Contrast::Treatment { base: None }),
            "sum" => Some(Contrast::Sum),
            "helmert" => Some(Contrast::Helmert),
            "poly" => Some(Contrast::Polynomial),
            "sdif" => Some(Contrast::SuccessiveDifferences),
            _ => own(name),
        }
    }

    /// The matrix `[n, n - 1]`, column-major, for a factor with `n` levels.
    pub fn matrix(&self, n: usize) -> Result<Vec<f64>> {
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
            Contrast::Own(own) => {
                self.check("", n)?;
                m.chunks_exact_mut(n.max(1)).zip(own).for_each(|(to, (_, weights))| to.copy_from_slice(weights));
            }
        }
        Ok(m)
    }

    /// What R appends to the factor's name for each column. (Where `C(f, contr.treatment)` gives R a function, R names by
    /// number; we name by level, as R does for `C(f, treatment)`.)
    pub fn suffixes(&self, levels: &[String]) -> Vec<String> {
        let columns = levels.len().saturating_sub(1);
        match self {
            Contrast::Treatment { base } => {
                let base = base.unwrap_or(columns);
                levels.iter().enumerate().filter(|&(i, _)| i != base).map(|(_, level)| level.clone()).collect()
            }
            Contrast::Sum | Contrast::Helmert => (1..=columns).map(|j| j.to_string()).collect(),
            Contrast::Polynomial => (1..=columns).map(polynomial_suffix).collect(),
            Contrast::SuccessiveDifferences => levels.windows(2).map(|pair| format!("{}-{}", pair[1], pair[0])).collect(),
            Contrast::Own(own) => {
                let name =
                    |(j, (name, _)): (usize, &(String, Vec<f64>))| if name.is_empty() { (j + 1).to_string() } else { name.clone() };
                own.iter().enumerate().map(name).collect()
            }
        }
    }

    /// Fails where the base is not one of the levels, or columns of weights do not tell the levels apart.
    pub fn check(&self, factor: &str, n: usize) -> Result<()> {
        match self {
            Contrast::Own(own) => check_own(factor, own, n),
            Contrast::Treatment { base: Some(base) } if *base >= n => Err(Error::argument(format!(
                "'{factor}': base = {} was given for contr.treatment, but the factor has {n} levels",
                base + 1
            ))),
            _ => Ok(()),
        }
    }
}

/// Columns of weights as text.
fn own(text: &str) -> Option<Contrast> {
    let column = |part: &str| -> Option<(String, Vec<f64>)> {
        let (name, weights) = part.rsplit_once(':').unwrap_or(("", part));
        let weights = weights.split(',').map(|w| w.trim().parse::<f64>().ok().filter(|w| w.is_finite())).collect::<Option<_>>()?;
        Some((name.trim().to_owned(), weights))
    };
    let columns = text.split(';').map(column).collect::<Option<Vec<_>>>()?;
    Some(Contrast::Own(columns))
}

fn check_own(factor: &str, own: &[(String, Vec<f64>)], n: usize) -> Result<()> {
    let wrong = |why: String| Err(Error::argument(format!("'{factor}': {why}")));
    // A factor of one level has its own error.
    if n < 2 {
        return Ok(());
    }
    if own.len() + 1 != n {
        return wrong(format!("contrasts have {} columns, wanted one less than the {n} levels of the factor", own.len()));
    }
    if let Some((j, (_, weights))) = own.iter().enumerate().find(|(_, (_, weights))| weights.len() != n) {
        return wrong(format!("column {} of the contrasts has {} weights, the factor has {n} levels", j + 1, weights.len()));
    }
    let mut basis = vec![vec![(n as f64).sqrt().recip(); n]];
    for (j, (_, weights)) in own.iter().enumerate() {
        let mut rest = weights.clone();
        for _ in 0..2 {
            take_off(basis.iter().map(Vec::as_slice), &mut rest, dot, |_, _| ());
        }
        let (left, size) = (dot(&rest, &rest).sqrt(), dot(weights, weights).sqrt());
        if left.is_nan() || left <= DEPENDENT * size {
            return wrong(format!("column {} of the contrasts is a combination of a constant and the columns before it", j + 1));
        }
        basis.push(rest.into_iter().map(|v| v / left).collect());
    }
    Ok(())
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
    fn columns_of_weights_are_taken_as_they_are() {
        let own = Contrast::named("low: 1,0,-1; 0, 0.5,-0.5").unwrap();
        assert_eq!(own.matrix(3).unwrap(), [1.0, 0.0, -1.0, 0.0, 0.5, -0.5]);
        assert_eq!(own.suffixes(&labels(3)), ["low", "2"]);
        let message = |text: &str, n: usize| Contrast::named(text).unwrap().check("f", n).unwrap_err().message;
        assert!(message("1,0,-1; 0,1,-1", 4).contains("have 2 columns"));
        assert!(message("1,0,-1; 0,1", 3).contains("column 2 of the contrasts has 2 weights"));
        assert!(message("1,0,-1; -2,0,2", 3).contains("column 2 of the contrasts is a combination"));
        assert!(message("1,1", 2).contains("column 1 of the contrasts is a combination"));
        for text in ["1,x", "1,0,-1;", "", "1,inf", "f: "] {
            assert_eq!(Contrast::named(text), None, "{text}");
        }
    }

    #[test]
    fn one_level_has_no_columns() {
        for contrast in [Contrast::Sum, Contrast::Helmert, Contrast::Polynomial, Contrast::default_for(false)] {
            assert!(contrast.matrix(1).unwrap().is_empty());
            assert!(contrast.suffixes(&labels(1)).is_empty());
        }
    }
}
