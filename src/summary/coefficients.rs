//! The text of the fixed effects.

use super::layout::{Align, TextColumn, abbreviations, table};
use super::number::{column, fixed, p_values, rounded};
use crate::fit::FixedEffects;
use crate::inference::linear::Combination;

/// Correlations of more coefficients than this fill the screen.
const MOST_CORRELATIONS: usize = 12;

/// Estimate, standard error, statistic ("t value", "z value") and probability of each coefficient.
pub fn coefficients(fixed_effects: &FixedEffects, named: &str, digits: usize) -> String {
    let mut columns = estimates(fixed_effects, named, digits);
    columns.push(TextColumn::new("Pr(>|z|)", p_values(&fixed_effects.p_values(), digits - 1), Align::Right));
    table(&columns)
}

/// The same without probabilities, for what is no hypothesis to be zero.
pub fn locations(fixed_effects: &FixedEffects, named: &str, digits: usize) -> String {
    table(&estimates(fixed_effects, named, digits))
}

fn estimates(fixed_effects: &FixedEffects, named: &str, digits: usize) -> Vec<TextColumn> {
    let FixedEffects { names, estimate, std_error, .. } = fixed_effects;
    let p = names.len();
    let statistic = fixed_effects.statistics();
    // Estimates and errors share their decimals; statistics have no more than their digits, however near zero.
    let mut both = column(&estimate.iter().chain(std_error).copied().collect::<Vec<_>>(), digits);
    let errors = both.split_off(p);
    let statistics = column(&rounded(&statistic, digits as i32 - 1), digits);
    vec![
        TextColumn::new("", names.clone(), Align::Left),
        TextColumn::new("Estimate", both, Align::Right),
        TextColumn::new("Std. Error", errors, Align::Right),
        TextColumn::new(named, statistics, Align::Right),
    ]
}

/// Estimate, standard error, degrees of freedom, t and its probability of each coefficient.
pub fn coefficient_tests(names: &[String], tests: &[Combination], digits: usize) -> String {
    let p = names.len();
    let mut both = column(&tests.iter().map(|c| c.estimate).chain(tests.iter().map(|c| c.std_error)).collect::<Vec<_>>(), digits);
    let errors = both.split_off(p);
    let statistics: Vec<f64> = tests.iter().map(|c| c.statistic(0.0)).collect();
    let statistics = column(&rounded(&statistics, digits as i32 - 1), digits);
    let probabilities: Vec<f64> = tests.iter().map(|c| c.p_value(0.0)).collect();
    let freedom: Vec<f64> = tests.iter().map(|c| c.df).collect();
    table(&[
        TextColumn::new("", names.to_vec(), Align::Left),
        TextColumn::new("Estimate", both, Align::Right),
        TextColumn::new("Std. Error", errors, Align::Right),
        TextColumn::new("df", column(&rounded(&freedom, digits as i32 - 2), digits), Align::Right),
        TextColumn::new("t value", statistics, Align::Right),
        TextColumn::new("Pr(>|t|)", p_values(&probabilities, digits - 1), Align::Right),
    ])
}

/// The lower triangle of the coefficients' correlations; `None` if there is just one coefficient.
pub fn correlations(fixed_effects: &FixedEffects) -> Option<String> {
    correlations_of(&fixed_effects.names, &fixed_effects.vcov)
}

/// Those of a covariance matrix `[p, p]`.
pub fn correlations_of(names: &[String], vcov: &[f64]) -> Option<String> {
    let p = names.len();
    if p < 2 {
        return None;
    }
    if p > MOST_CORRELATIONS {
        return Some(format!("Correlation of Fixed Effects: not shown for {p} coefficients (more than {MOST_CORRELATIONS})\n"));
    }
    let mut columns = vec![TextColumn::new("", abbreviations(names, 11).split_off(1), Align::Left)];
    for (j, header) in abbreviations(names, 6).iter().take(p - 1).enumerate() {
        // Not by the root of the product, which may be out of range.
        let sd = |i: usize| vcov[i + p * i].sqrt();
        let below: Vec<f64> = (j + 1..p).map(|i| vcov[i + p * j] / sd(i) / sd(j)).collect();
        let mut cells = vec![String::new(); j];
        cells.extend(fixed(&below, 3).into_iter().map(|c| format!("{c:>6}")));
        columns.push(TextColumn::new(header, cells, Align::Block));
    }
    Some(format!("Correlation of Fixed Effects:\n{}", table(&columns)))
}

#[cfg(test)]
mod tests {
    use super::correlations_of;

    #[test]
    fn correlations_do_not_depend_on_units() {
        let names = ["a", "b"].map(String::from);
        let of = |c: f64| correlations_of(&names, &[4.0 * c, 3.0 * c, 3.0 * c, 9.0 * c]).unwrap();
        assert!(of(1.0).contains("0.500"), "{}", of(1.0));
        assert_eq!((of(1e200), of(1e-200)), (of(1.0), of(1.0)));
    }
}
