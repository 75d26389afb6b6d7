//! Location and scale of a column, for `scale` and `center`.

use crate::error::{Error, Result};

/// What `scale(x, center, scale)` may be told: learn it, leave it, or take a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Setting {
    Learn,
    Off,
    Fixed(f64),
}

/// The mean, with a second pass that takes off the rounding error of the first.
pub fn mean(x: &[f64]) -> f64 {
    let n = x.len() as f64;
    let first = x.iter().sum::<f64>() / n;
    first + x.iter().map(|v| v - first).sum::<f64>() / n
}

/// Center and scale of the values that are not missing, as R's `scale` has them: the scale is the root of the sum of squares
/// after centering, over n - 1.
pub fn center_and_scale(name: &str, x: &[f64], center: Setting, scale: Setting) -> Result<(f64, f64)> {
    let present: Vec<f64> = x.iter().copied().filter(|v| !v.is_nan()).collect();
    if present.is_empty() && (center == Setting::Learn || scale == Setting::Learn) {
        return Err(Error::data(format!("'{name}': all values are missing")));
    }
    let center = match center {
        Setting::Learn => mean(&present),
        Setting::Off => 0.0,
        Setting::Fixed(value) => value,
    };
    let scale = match scale {
        Setting::Learn => {
            let squares: f64 = present.iter().map(|v| (v - center) * (v - center)).sum();
            (squares / (present.len().max(2) - 1) as f64).sqrt()
        }
        Setting::Off => 1.0,
        Setting::Fixed(value) => value,
    };
    if !(scale > 0.0 && scale.is_finite()) {
        return Err(Error::data(format!("'{name}': the values can't be divided by the scale {scale}; are they all the same?")));
    }
    Ok((center, scale))
}

#[cfg(test)]
mod tests {
    use super::*;

    const X: [f64; 8] = [0.5, 1.25, f64::NAN, 2.0, 3.5, 4.0, 5.75, 7.1];

    #[test]
    fn centers_and_scales_are_those_of_r() {
        // R 4.2: attributes of scale(x), scale(x, center = FALSE); x without the missing value.
        let (center, scale) = center_and_scale("x", &X, Setting::Learn, Setting::Learn).unwrap();
        assert!((center - 3.442_857_142_857_142_6).abs() < 1e-15);
        assert!(((0.5 - center) / scale + 1.226_152_463_620_485).abs() < 1e-14);
        let (center, scale) = center_and_scale("x", &X, Setting::Off, Setting::Learn).unwrap();
        assert_eq!(center, 0.0);
        assert!((7.1 / scale - 1.604_169_918_204_728_4).abs() < 1e-14);
        assert_eq!(center_and_scale("x", &X, Setting::Fixed(2.0), Setting::Fixed(3.0)).unwrap(), (2.0, 3.0));
    }

    #[test]
    fn a_constant_column_has_no_scale() {
        let error = center_and_scale("scale(x)", &[2.0, 2.0], Setting::Learn, Setting::Learn).unwrap_err();
        assert!(error.message.contains("scale(x)") && error.message.contains("the same"), "{error}");
        assert!(center_and_scale("x", &[f64::NAN], Setting::Learn, Setting::Off).is_err());
    }

    #[test]
    fn the_mean_keeps_its_digits() {
        let x: Vec<f64> = (0..1000).map(|i| 1e12 + f64::from(i % 2)).collect();
        assert_eq!(mean(&x), 1e12 + 0.5);
    }
}
