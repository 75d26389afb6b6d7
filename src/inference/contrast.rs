//! Contrasts of means: which differences, by what name.

use std::ffi::CStr;

use crate::choice::Choice;
use crate::error::{Error, Result};
use crate::names::quoted;

/// A set of contrasts.
#[derive(Clone, Debug, PartialEq)]
pub enum Contrasts {
    /// Each mean less each later one.
    Pairwise,
    /// Each mean less the first.
    TreatmentControl,
    /// Each mean less the average of all.
    Effects,
    /// Weights of the caller, one row a contrast, with its name.
    Custom(Vec<(String, Vec<f64>)>),
}

/// Comparisons that need no weights of the caller's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Comparisons {
    #[default]
    Pairwise,
    TreatmentControl,
    Effects,
}

impl Choice for Comparisons {
    const LIST: &'static str = "comparisons";
    const ALL: &'static [(Self, &'static CStr)] = &[
        (Comparisons::Pairwise, c"pairwise"),
        (Comparisons::TreatmentControl, c"treatment_control"),
        (Comparisons::Effects, c"effects"),
    ];
}

impl From<Comparisons> for Contrasts {
    fn from(comparisons: Comparisons) -> Self {
        match comparisons {
            Comparisons::Pairwise => Contrasts::Pairwise,
            Comparisons::TreatmentControl => Contrasts::TreatmentControl,
            Comparisons::Effects => Contrasts::Effects,
        }
    }
}

const NAMES: [(&str, Contrasts); 3] =
    [("pairwise", Contrasts::Pairwise), ("trt.vs.ctrl", Contrasts::TreatmentControl), ("eff", Contrasts::Effects)];

/// One contrast: weights of the means, and the name on the scale of differences and on that of ratios.
#[derive(Clone, Debug, PartialEq)]
pub struct ContrastRow {
    pub name: String,
    pub ratio_name: String,
    pub weights: Vec<f64>,
}

impl Contrasts {
    pub fn named(name: &str) -> Result<Self> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, c)| c.clone()).ok_or_else(|| {
            let known: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
            Error::argument(format!("unknown contrasts {}, wanted one of {}", quoted(name), known.join(", ")))
        })
    }

    /// The contrasts of means with these labels; a single mean has none but those of the caller.
    pub fn rows(&self, labels: &[String]) -> Result<Vec<ContrastRow>> {
        let m = labels.len();
        let labels: Vec<String> = labels.iter().map(|label| bracketed(label)).collect();
        let difference = |i: usize, j: usize| {
            let mut weights = vec![0.0; m];
            (weights[i], weights[j]) = (1.0, -1.0);
            let name = |sign: char| format!("{} {sign} {}", labels[i], labels[j]);
            ContrastRow { name: name('-'), ratio_name: name('/'), weights }
        };
        match self {
            Contrasts::Custom(rows) => rows.iter().map(|(name, weights)| custom(name, weights, m)).collect(),
            _ if m < 2 => Ok(Vec::new()),
            Contrasts::Pairwise => {
                Ok((0..m).flat_map(|i| (i + 1..m).map(move |j| (i, j))).map(|(i, j)| difference(i, j)).collect())
            }
            Contrasts::TreatmentControl => Ok((1..m).map(|i| difference(i, 0)).collect()),
            Contrasts::Effects => {
                let effect = |i: usize| {
                    let share = 1.0 / m as f64;
                    let weights = (0..m).map(|j| f64::from(u8::from(i == j)) - share).collect();
                    let name = format!("{} effect", labels[i]);
                    ContrastRow { ratio_name: name.clone(), name, weights }
                };
                Ok((0..m).map(effect).collect())
            }
        }
    }
}

fn custom(name: &str, weights: &[f64], m: usize) -> Result<ContrastRow> {
    let shown = quoted(name);
    if weights.len() != m {
        return Err(Error::argument(format!("contrast {shown} has {} weights, there are {m} means to each group", weights.len())));
    }
    if let Some(at) = weights.iter().position(|w| !w.is_finite()) {
        return Err(Error::argument(format!("contrast {shown} has the weight {} for mean {}", weights[at], at + 1)));
    }
    Ok(ContrastRow { name: name.to_string(), ratio_name: name.to_string(), weights: weights.to_vec() })
}

/// In parentheses where a sign inside could be taken for the contrast's.
fn bracketed(label: &str) -> String {
    if label.contains(['+', '-', '*', '/']) { format!("({label})") } else { label.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(texts: &[&str]) -> Vec<String> {
        texts.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn names_and_weights() {
        let abc = labels(&["A", "B", "C-1"]);
        let rows = Contrasts::Pairwise.rows(&abc).unwrap();
        let names: Vec<&str> = rows.iter().map(|r| r.name.as_str()).collect();
        assert_eq!(names, ["A - B", "A - (C-1)", "B - (C-1)"]);
        assert_eq!(rows[1].ratio_name, "A / (C-1)");
        assert_eq!(rows[2].weights, [0.0, 1.0, -1.0]);
        let rows = Contrasts::TreatmentControl.rows(&abc).unwrap();
        assert_eq!((rows[0].name.as_str(), &rows[1].weights[..]), ("B - A", &[-1.0, 0.0, 1.0][..]));
        let rows = Contrasts::Effects.rows(&abc).unwrap();
        assert_eq!(rows[0].name, "A effect");
        assert!((rows[0].weights[0] - 2.0 / 3.0).abs() < 1e-15 && (rows[0].weights[1] + 1.0 / 3.0).abs() < 1e-15);
        assert_eq!(Contrasts::named("eff").unwrap(), Contrasts::Effects);
    }

    #[test]
    fn what_can_not_be_contrasted() {
        assert!(Contrasts::Pairwise.rows(&labels(&["A"])).unwrap().is_empty());
        assert!(Contrasts::named("dunnett").unwrap_err().message.contains("trt.vs.ctrl"));
        let custom = |weights: &[f64]| Contrasts::Custom(vec![("mine".into(), weights.to_vec())]).rows(&labels(&["A", "B"]));
        assert!(custom(&[1.0]).unwrap_err().message.contains("'mine' has 1 weights"));
        assert!(custom(&[1.0, f64::INFINITY]).unwrap_err().message.contains("mean 2"));
        assert_eq!(custom(&[0.5, 0.5]).unwrap()[0].name, "mine");
    }
}
