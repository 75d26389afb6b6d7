//! Columns of numbers as text: one number of decimals a column, so many that every number shows the digits asked for.

/// A number as `digits` significant digits say it, without trailing zeros.
struct Rounded {
    negative: bool,
    /// Significant digits needed, at least one.
    needed: i32,
    /// Decimal exponent of the first digit.
    exponent: i32,
}

impl Rounded {
    fn new(x: f64, digits: usize) -> Self {
        let text = format!("{:.*e}", digits.max(1) - 1, x.abs());
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let needed = mantissa.trim_end_matches('0').bytes().filter(u8::is_ascii_digit).count().max(1) as i32;
        Rounded { negative: x < 0.0, needed, exponent: exponent.parse().unwrap_or(0) }
    }

    fn decimals(&self) -> i32 {
        (self.needed - 1 - self.exponent).max(0)
    }
}

/// Each number to at least `digits` significant digits where it needs them, all with the same number of decimals; in exponential
/// notation if that is narrower.
pub fn column(values: &[f64], digits: usize) -> Vec<String> {
    let finite: Vec<Rounded> = values.iter().filter(|x| x.is_finite()).map(|&x| Rounded::new(x, digits)).collect();
    let sign = i32::from(finite.iter().any(|r| r.negative));
    let decimals = finite.iter().map(Rounded::decimals).max().unwrap_or(0);
    let whole = finite.iter().map(|r| 1 + r.exponent.max(0)).max().unwrap_or(1);
    let mantissa = finite.iter().map(|r| r.needed).max().unwrap_or(1) - 1;
    let exponent_width = if finite.iter().any(|r| r.exponent.abs() >= 100) { 5 } else { 4 };
    let with_point = |n: i32| if n > 0 { n + 1 } else { 0 };
    if sign + whole + with_point(decimals) <= sign + 1 + with_point(mantissa) + exponent_width {
        fixed(values, decimals as usize)
    } else {
        values.iter().map(|&x| exponential(x, mantissa as usize)).collect()
    }
}

/// Each number with so many decimals.
pub fn fixed(values: &[f64], decimals: usize) -> Vec<String> {
    values.iter().map(|&x| if x.is_finite() { positive_zero(format!("{x:.decimals$}")) } else { special(x) }).collect()
}

/// "-0.00" would suggest a sign that is not known.
fn positive_zero(text: String) -> String {
    match text.strip_prefix('-') {
        Some(rest) if rest.bytes().all(|b| matches!(b, b'0' | b'.')) => rest.to_string(),
        _ => text,
    }
}

fn special(x: f64) -> String {
    let text = if x.is_nan() {
        "NaN"
    } else if x > 0.0 {
        "Inf"
    } else {
        "-Inf"
    };
    text.to_string()
}

/// `1.05e-07`: the exponent has a sign and at least two digits.
fn exponential(x: f64, decimals: usize) -> String {
    if !x.is_finite() {
        return special(x);
    }
    let text = format!("{x:.decimals$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

/// The numbers rounded to a number of decimals.
pub fn rounded(values: &[f64], decimals: i32) -> Vec<f64> {
    let decimals = decimals.clamp(0, 300) as usize;
    values.iter().map(|&x| if x.is_finite() { format!("{x:.decimals$}").parse().unwrap_or(x) } else { x }).collect()
}

/// Probabilities: with one number of decimals from 0.0001 up, exponential below, and a bound where a double can't tell 1 - p from 1.
pub fn p_values(values: &[f64], digits: usize) -> Vec<String> {
    let plain: Vec<f64> = values.iter().copied().filter(|&p| p >= 1e-4).collect();
    let mut plain = column(&plain, digits).into_iter();
    let text = |&p: &f64| {
        if p >= 1e-4 {
            plain.next().unwrap_or_default()
        } else if p < f64::EPSILON {
            "<2e-16".to_string()
        } else {
            exponential(p, digits.max(1) - 1)
        }
    };
    values.iter().map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_with_most_decimals_decides() {
        assert_eq!(column(&[612.100_16, 35.071_7, 654.940_0], 4), ["612.10", "35.07", "654.94"]);
        assert_eq!(column(&[0.0, 13.806], 4), ["0.00", "13.81"]);
        assert_eq!(column(&[28.408], 4), ["28.41"]);
        assert_eq!(column(&[100.0, 20.0], 4), ["100", "20"]);
        assert_eq!(column(&[0.5, -1.25], 4), ["0.50", "-1.25"]);
        // Rounding to four digits makes it 10.
        assert_eq!(column(&[9.999_96], 4), ["10"]);
    }

    #[test]
    fn exponents_where_they_are_narrower() {
        assert_eq!(column(&[6.131e14, 3.5112e13], 4), ["6.131e+14", "3.511e+13"]);
        assert_eq!(column(&[24_761_344.0, 5_925_176.2], 4), ["24761344", "5925176"]);
        assert_eq!(column(&[2.514_05e-4, -6.825e-6], 4), ["2.514e-04", "-6.825e-06"]);
        assert_eq!(column(&[1e-120], 4), ["1e-120"]);
    }

    #[test]
    fn what_is_not_finite_does_not_decide() {
        assert_eq!(column(&[f64::NAN, 0.25, f64::INFINITY, f64::NEG_INFINITY], 4), ["NaN", "0.25", "Inf", "-Inf"]);
        assert_eq!(column(&[f64::NAN], 4), ["NaN"]);
        assert!(column(&[], 4).is_empty());
    }

    #[test]
    fn zeros_have_no_sign() {
        assert_eq!(fixed(&[-0.001, -0.0, -0.01], 2), ["0.00", "0.00", "-0.01"]);
    }

    #[test]
    fn probabilities() {
        assert_eq!(p_values(&[1.469e-9, 0.001_067_9, 0.000_474, 1e-40], 3), ["1.47e-09", "0.001068", "0.000474", "<2e-16"]);
        assert_eq!(p_values(&[1.0, f64::NAN], 3), ["1", "NaN"]);
        assert_eq!(p_values(&[0.0], 3), ["<2e-16"]);
    }
}
