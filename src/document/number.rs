//! Numbers as text, in the layout of C's `%g`.

use std::fmt::Write;

/// The digits that all real numbers keep; `%g` writes integers of so many without an exponent.
const KEPT: usize = 15;

/// Appends the shortest text that reads back to the same number, which must be finite.
pub fn push_shortest(out: &mut String, x: f64) {
    let mut buffer = zmij::Buffer::new();
    let number = Digits::of(buffer.format_finite(x));
    number.lay_out(out, number.text().len().max(KEPT));
}

/// The shortest text that reads back to the same number; NA where it is missing.
pub fn shortest(x: f64) -> String {
    let mut out = String::new();
    if x.is_finite() {
        push_shortest(&mut out, x);
    } else {
        out.push_str(special(x));
    }
    out
}

/// A number to so many significant digits, without zeros at the end; NA where it is missing.
pub fn general(x: f64, digits: usize) -> String {
    if !x.is_finite() {
        return special(x).to_string();
    }
    let mut out = String::new();
    Digits::of(&format!("{x:.*e}", digits.max(1) - 1)).lay_out(&mut out, digits);
    out
}

fn special(x: f64) -> &'static str {
    match x {
        f64::INFINITY => "Inf",
        f64::NEG_INFINITY => "-Inf",
        _ => "NA",
    }
}

/// The most digits that are ever written.
const MOST: usize = 64;

/// +-d.ddd x 10^exponent, without zeros at the end.
struct Digits {
    negative: bool,
    kept: [u8; MOST],
    len: usize,
    exponent: i32,
}

impl Digits {
    /// Of a number in any notation; digits beyond `MOST` are left off.
    fn of(text: &str) -> Self {
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let unsigned = mantissa.trim_start_matches('-');
        let mut own = Digits { negative: unsigned.len() < mantissa.len(), kept: [b'0'; MOST], len: 0, exponent: 0 };
        // The place of the point among the digits, of which zeros at the start are none.
        let mut place = unsigned.find('.').unwrap_or(unsigned.len()) as i32;
        for digit in unsigned.bytes().filter(u8::is_ascii_digit) {
            if digit == b'0' && own.len == 0 {
                place -= 1;
            } else if own.len < MOST {
                own.kept[own.len] = digit;
                own.len += 1;
            }
        }
        while own.len > 0 && own.kept[own.len - 1] == b'0' {
            own.len -= 1;
        }
        if own.len == 0 {
            own.len = 1;
        } else {
            own.exponent = place - 1 + exponent.parse().unwrap_or(0);
        }
        own
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.kept[..self.len]).unwrap_or("0")
    }

    /// `1.25e-7` as `1.25e-07`, `1.25e2` as `125`: with an exponent below -4 and from `precision` on.
    fn lay_out(&self, out: &mut String, precision: usize) {
        let (exponent, (first, rest)) = (self.exponent, self.text().split_at(1));
        if self.negative {
            out.push('-');
        }
        if exponent < -4 || exponent >= precision as i32 {
            out.push_str(first);
            point(out, rest);
            out.push_str(if exponent < 0 { "e-" } else { "e+" });
            // Writing to a String does not fail.
            let _ = write!(out, "{:02}", exponent.abs());
        } else if exponent < 0 {
            out.push_str("0.");
            zeros(out, -exponent - 1);
            out.push_str(first);
            out.push_str(rest);
        } else {
            let whole = rest.len().min(exponent as usize);
            out.push_str(first);
            out.push_str(&rest[..whole]);
            zeros(out, exponent - whole as i32);
            point(out, &rest[whole..]);
        }
    }
}

fn zeros(out: &mut String, count: i32) {
    out.extend(std::iter::repeat_n('0', count.max(0) as usize));
}

fn point(out: &mut String, decimals: &str) {
    if !decimals.is_empty() {
        out.push('.');
        out.push_str(decimals);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_numbers_read_back() {
        for (x, wanted) in [
            (0.1, "0.1"),
            (1.0, "1"),
            (-0.0, "-0"),
            (123.456, "123.456"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e-5, "1e-05"),
            (0.000_123, "0.000123"),
            (1e14, "100000000000000"),
            (1e15, "1e+15"),
            (1_234_567_890_123_456.0, "1234567890123456"),
            (12_345_678_901_234_567.0, "12345678901234568"),
            (1e22, "1e+22"),
            (-2.5e-300, "-2.5e-300"),
            (f64::MAX, "1.7976931348623157e+308"),
            (5e-324, "5e-324"),
            (0.0, "0"),
            (-1000.25, "-1000.25"),
        ] {
            let text = shortest(x);
            assert_eq!(text, wanted);
            assert_eq!(text.parse::<f64>().unwrap().to_bits(), x.to_bits());
        }
    }

    #[test]
    fn digits_are_as_many_as_wanted_at_most() {
        for (x, digits, wanted) in [
            (1.0, 5, "1"),
            (123_456.0, 5, "1.2346e+05"),
            (12_345.6, 5, "12346"),
            (0.000_012_345_6, 5, "1.2346e-05"),
            (0.000_123_456, 5, "0.00012346"),
            (99_999.9, 5, "1e+05"),
            (95.0, 6, "95"),
            (f64::NAN, 5, "NA"),
            (f64::INFINITY, 5, "Inf"),
            (f64::NEG_INFINITY, 5, "-Inf"),
        ] {
            assert_eq!(general(x, digits), wanted);
        }
    }
}
