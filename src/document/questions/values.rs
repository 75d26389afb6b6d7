//! Values of questions, out of text; `None` is a text that cannot be read.

use super::kinds::Groups;
use crate::choice::Choice;
use crate::fit::{ParameterForm, Role};
use crate::inference::contrast::Contrasts;
use crate::inference::marginal_means::MeansMode;
use crate::predict::Quantity;

/// A word out of a closed list.
pub fn word<T: Choice>(text: &str) -> Option<T> {
    T::from_name(text).ok()
}

/// Puts a value that could be read in its place.
pub fn put<T>(place: &mut T, value: Option<T>) -> Option<()> {
    *place = value?;
    Some(())
}

pub fn truth(text: &str) -> Option<bool> {
    match text {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// A whole number in a range; `1e4` is one.
pub fn count(text: &str, least: u64, most: u64) -> Option<u64> {
    let text = text.trim();
    let whole = text.parse::<u64>().ok().or_else(|| {
        let x: f64 = text.parse().ok()?;
        (x >= 0.0 && x <= 2f64.powi(53) && x.fract() == 0.0).then_some(x as u64)
    });
    whole.filter(|whole| (least..=most).contains(whole))
}

/// A level of tests, which may be 1.
pub fn alpha(text: &str) -> Option<f64> {
    number(text).filter(|alpha| *alpha > 0.0 && *alpha <= 1.0)
}

/// A confidence level.
pub fn level(text: &str) -> Option<f64> {
    number(text).filter(|level| *level > 0.0 && *level < 1.0)
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|x: &f64| x.is_finite())
}

/// "1,-1,0; 0,1,-1": rows of equal length.
pub fn rows(text: &str) -> Option<Vec<Vec<f64>>> {
    let rows = text.split(';').map(|row| row.split(',').map(number).collect()).collect::<Option<Vec<Vec<f64>>>>()?;
    rows.windows(2).all(|pair| pair[0].len() == pair[1].len()).then_some(rows)
}

/// Rows of coefficients, and the values that are tested.
pub type Hypotheses = (Vec<Vec<f64>>, Option<Vec<f64>>);

/// "1,-1,0 = 2; 0,1,-1": rows of equal length, and their values if any row has one.
pub fn hypotheses(text: &str) -> Option<Hypotheses> {
    let split =
        |row: &'_ str| row.split_once('=').map_or((row.to_owned(), None), |(l, value)| (l.to_owned(), Some(value.to_owned())));
    let (left, right): (Vec<String>, Vec<Option<String>>) = text.split(';').map(split).unzip();
    let given = right.iter().any(Option::is_some);
    let values = right.iter().map(|value| value.as_deref().map_or(Some(0.0), number)).collect::<Option<Vec<f64>>>()?;
    Some((rows(&left.join(";"))?, given.then_some(values)))
}

/// A number that is not negative.
pub fn not_negative(text: &str) -> Option<f64> {
    number(text).filter(|x| *x >= 0.0)
}

/// "1, 2.5, 5".
pub fn numbers(text: &str) -> Option<Vec<f64>> {
    text.split(',').map(number).collect()
}

/// "0.1, 0.5", each between 0 and 1.
pub fn probabilities(text: &str) -> Option<Vec<f64>> {
    numbers(text).filter(|all| all.iter().all(|p| *p > 0.0 && *p < 1.0))
}

/// A text that is not empty.
pub fn text(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.to_owned())
}

/// A quantity by its name, or by the word that R's packages have for it.
pub fn quantity(text: &str) -> Option<Quantity> {
    match text {
        "lp" => Some(Quantity::Link),
        "expected" => Some(Quantity::Response),
        "zprob" => Some(Quantity::ZeroProbability),
        "prob" => Some(Quantity::Probabilities),
        "cum.prob" => Some(Quantity::Cumulative),
        _ => word(text),
    }
}

/// A linear predictor, also as R's packages call it.
pub fn role(text: &str) -> Option<Role> {
    match text {
        "zi" => Some(Role::ZeroInflation),
        "disp" | "scale" => Some(Role::Dispersion),
        _ => word(text),
    }
}

/// What marginal means of an ordinal model are of, also as emmeans calls it.
pub fn means_mode(text: &str) -> Option<MeansMode> {
    match text {
        "prob" => Some(MeansMode::Probabilities),
        "cum.prob" => Some(MeansMode::Cumulative),
        "exc.prob" => Some(MeansMode::Exceedance),
        "mean.class" => Some(MeansMode::MeanClass),
        "linear.predictor" => Some(MeansMode::LinearPredictor),
        _ => word(text),
    }
}

/// A form of parameters by the word for what its random effects have.
pub fn parameter_form(text: &str) -> Option<ParameterForm> {
    match text {
        "sd" => Some(ParameterForm::Reported),
        "theta" => Some(ParameterForm::Working),
        "variance" => Some(ParameterForm::Variance),
        "log" => Some(ParameterForm::Log),
        _ => None,
    }
}

/// "all", "none", "average", grouping factors "g,h", or a formula "(1 | g)".
pub fn groups(text: &str) -> Option<Groups> {
    match text {
        "all" => Some(Groups::All),
        "none" => Some(Groups::None),
        "average" => Some(Groups::Average),
        "" => None,
        formula if formula.contains(['|', '~']) => Some(Groups::Part(formula.to_owned())),
        names => Some(Groups::Named(names.split(',').map(String::from).collect())),
    }
}

/// Named contrasts, or rows of weights, which are their names.
pub fn contrasts(text: &str) -> Option<Contrasts> {
    Contrasts::named(text).ok().or_else(|| {
        let (mut names, mut weights) = (vec![], vec![]);
        for row in text.split(';') {
            let (name, own) = row.rsplit_once(':').unwrap_or((row, row));
            names.push(name.trim().to_owned());
            weights.push(own);
        }
        Some(Contrasts::Custom(names.into_iter().zip(rows(&weights.join(";"))?).collect()))
    })
}
