//! What rounding takes from the value of a criterion: the only measure of it in the library.
//!
//! A deviance is a sum of about as many terms as the data have rows, each right to a few units in the last place (Higham 2002, section 4.2:
//! errors of sums grow with n eps in the worst case, with sqrt(n) eps as a rule). `RELATIVE` is 4500 eps, enough for sums of millions of rows.
//! Where digits cancel before the sum, the criterion tells how many: `Objective::noise`.

/// Relative to a criterion, what rounding may take from it as a rule.
pub const RELATIVE: f64 = 1e-12;

/// How far a value of a criterion with this noise may be off, in units of the criterion.
pub fn rounding(value: f64, noise: f64) -> f64 {
    (RELATIVE * value.abs()).max(noise)
}

/// Values that differ by less are the same number or neighbours of it: four units in the last place. To stop a method that compares values
/// with each other, whose errors at neighbouring points are mostly the same.
pub fn last_places(value: f64) -> f64 {
    4.0 * f64::EPSILON * value.abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_grows_with_the_value_and_is_at_least_the_noise() {
        assert_eq!(rounding(-2000.0, 0.0), 2e-9);
        assert_eq!(rounding(-2000.0, 1e-3), 1e-3);
        assert_eq!(rounding(0.0, 0.0), 0.0);
        // A sum of a million terms, in an order that is not ours, stays within it.
        let terms: Vec<f64> = (1..=1_000_000).map(|i| (f64::from(i) * 0.1).sin() + 1.5).collect();
        let (up, down): (f64, f64) = (terms.iter().sum(), terms.iter().rev().sum());
        assert!(up != down && (up - down).abs() < rounding(up, 0.0), "{up} {down}");
        let value = 1234.5f64;
        assert!(last_places(value) < rounding(value, 0.0) && value + last_places(value) > value);
    }
}
