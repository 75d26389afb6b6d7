//! Orthonormal vectors, and what depends on others.

use super::dense::add_scaled;

/// A column is a linear combination of those before it when what is left of it is smaller than this, relative to its norm
/// (the tolerance of R's `lm`); where there is an intercept, to its norm about the mean.
pub const RANK_TOLERANCE: f64 = 1e-7;

/// A column whose norm about the mean is smaller than this, relative to its norm, is constant but for rounding.
const CONSTANT: f64 = 1e-10;

/// The squared norm by which the rest of a column is measured: that about the mean, or the whole one where that is all there is.
pub fn about_mean(centred: f64, whole: f64) -> f64 {
    if centred > CONSTANT * CONSTANT * whole { centred } else { whole }
}

/// v less its shares of orthonormal vectors, one of these after the other, with the scalar product `dot`; `share(k, s)` is told each.
/// Gram and Schmidt's method does so twice: what rounding leaves after the first time is gone after the second (Giraud et al. 2005).
#[inline]
pub fn take_off<'u>(
    units: impl Iterator<Item = &'u [f64]>,
    v: &mut [f64],
    dot: impl Fn(&[f64], &[f64]) -> f64,
    mut share: impl FnMut(usize, f64),
) {
    for (k, unit) in units.enumerate() {
        let own = dot(unit, v);
        add_scaled(v, -own, unit);
        share(k, own);
    }
}

#[cfg(test)]
mod tests {
    use super::super::dense::dot;
    use super::*;

    #[test]
    fn what_is_left_is_orthogonal_and_the_shares_make_up_the_rest() {
        let units = [[0.6, 0.8, 0.0], [-0.8, 0.6, 0.0]];
        let (mut left, mut shares) = (vec![3.0, 1.0, 2.0], [0.0; 2]);
        for _ in 0..2 {
            take_off(units.iter().map(|unit| &unit[..]), &mut left, dot, |k, share| shares[k] += share);
        }
        assert!(units.iter().all(|unit| dot(unit, &left).abs() < 1e-15) && left[2] == 2.0);
        let whole: Vec<f64> = (0..3).map(|i| left[i] + shares[0] * units[0][i] + shares[1] * units[1][i]).collect();
        assert!(whole.iter().zip([3.0, 1.0, 2.0]).all(|(got, want)| (got - want).abs() < 1e-15));
    }

    #[test]
    fn a_constant_column_is_measured_by_its_whole_norm() {
        assert_eq!(about_mean(4.0, 9.0), 4.0);
        assert_eq!(about_mean(1e-21, 9.0), 9.0);
    }
}
