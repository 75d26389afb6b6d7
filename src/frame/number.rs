//! Numbers and their text: the shortest that reads back to the same number.

use std::fmt::Write;

/// What a cell of text reads as.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    Integer(i64),
    Real(f64),
}

/// A cell without the blanks around it, of Unicode too: a no-break space before or behind a number can't be seen. This is the one definition of
/// such blanks, for what is a number, what is missing, and what is odd in a column of numbers.
pub(super) fn bare(cell: &str) -> &str {
    cell.trim()
}

/// The number that the text of a label is, with a decimal point.
pub fn number_of_text(text: &str) -> Option<f64> {
    match parse(text, b'.')? {
        Number::Integer(i) => Some(i as f64),
        Number::Real(x) => Some(x),
    }
}

/// The number that a text is, blanks around it apart: decimal, with or without exponent, or an infinity. Whole numbers outside the
/// 64-bit integers are real ones, and so is the one integer that stands for missing; digits beyond the range of real numbers are none.
pub(super) fn parse(text: &str, decimal: u8) -> Option<Number> {
    if let Some((number, length)) = leading(text.as_bytes(), decimal)
        && length == text.len()
    {
        return Some(number);
    }
    let text = bare(text);
    if decimal == b',' && text.contains([',', '.']) {
        return if text.contains('.') { None } else { parse(&text.replace(',', "."), b'.') };
    }
    match text.parse::<i64>() {
        Ok(i) if i != super::MISSING_INTEGER => Some(Number::Integer(i)),
        _ => {
            text.parse::<f64>().ok().filter(|x| !x.is_infinite() || !text.contains(|c: char| c.is_ascii_digit())).map(Number::Real)
        }
    }
}

/// Powers of ten that are exact.
const TENS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];
/// Digits of which an integer of 64 bits has room for every one.
const SHORT: usize = 18;
/// Whole numbers up to here are exact: 2^53.
const EXACT: u64 = 1 << 53;

/// The number that a text begins with, and its bytes, for most numbers: a sign, a few digits, a decimal mark. With an exact whole number and
/// an exact power of ten one division rounds as it should (Clinger 1990). `None` is for the general way.
#[inline]
pub(super) fn leading(text: &[u8], decimal: u8) -> Option<(Number, usize)> {
    let sign = usize::from(matches!(text.first(), Some(b'-' | b'+')));
    let negative = text.first() == Some(&b'-');
    let (mut whole, whole_end) = digits(text, sign, 0);
    if text.get(whole_end) != Some(&decimal) {
        let some = whole_end > sign && whole_end - sign <= SHORT;
        return some.then(|| (Number::Integer(if negative { -(whole as i64) } else { whole as i64 }), whole_end));
    }
    let end;
    (whole, end) = digits(text, whole_end + 1, whole);
    let (places, n) = (end - whole_end - 1, end - sign - 1);
    if n == 0 || n > SHORT || whole > EXACT {
        return None;
    }
    let x = whole as f64 / TENS[places];
    Some((Number::Real(if negative { -x } else { x }), end))
}

/// Appends the digits from a place on to a whole number; where they end.
#[inline]
fn digits(text: &[u8], from: usize, mut whole: u64) -> (u64, usize) {
    let mut at = from;
    while let Some(digit) = text.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
        whole = whole.wrapping_mul(10).wrapping_add(u64::from(digit));
        at += 1;
    }
    (whole, at)
}

/// Shortest text that reads back to the same number: "308", "0.5", "1e-7", "Inf", "NaN". Zero has no sign.
pub fn shortest_text(x: f64) -> String {
    let mut text = String::new();
    write_shortest(&mut text, x);
    text
}

/// Integers of 64 bits are below this in size.
const WHOLE: f64 = 9_223_372_036_854_775_808.0;

/// Appends `shortest_text`.
pub(super) fn write_shortest(out: &mut String, x: f64) {
    let size = x.abs();
    if x.is_nan() {
        out.push_str("NaN");
    } else if x.is_infinite() {
        out.push_str(if x > 0.0 { "Inf" } else { "-Inf" });
    } else if x == 0.0 {
        out.push('0');
    } else if (1e-5..1e15).contains(&size) || (size < WHOLE && x.fract() == 0.0) {
        // A whole number has the text that it has as an integer.
        // Writing to a String doesn't fail.
        let _ = write!(out, "{x}");
    } else {
        let _ = write!(out, "{x:e}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The short way gives what the general one gives.
    #[test]
    fn short_numbers_are_read_as_long_ones() {
        for text in [
            "0",
            "-0",
            "+7",
            "007",
            "-0.0",
            ".5",
            "5.",
            "1.25",
            "-3.0001",
            "9007199254740992.5",
            "0.0000000000000001",
            "123456789.123456789",
        ] {
            let wanted = match text.parse::<i64>() {
                Ok(i) => Number::Integer(i),
                _ => Number::Real(text.parse().unwrap()),
            };
            assert_eq!(parse(text, b'.'), Some(wanted), "{text}");
            assert_eq!(parse(&text.replace('.', ","), b','), Some(wanted), "{text}");
        }
        let mut state = 1_u64;
        for _ in 0..20_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let text = format!("{}.{}", (state >> 40) % 100_000, (state >> 20) % 1_000_000);
            assert_eq!(parse(&text, b'.'), Some(Number::Real(text.parse().unwrap())), "{text}");
        }
        for text in ["", "-", ".", "+.", "1.2.3", "1,2", "1-", "--1", "x"] {
            assert_eq!(parse(text, b'.'), None, "{text}");
        }
        assert_eq!(parse("1.5", b','), None);
    }

    #[test]
    fn text_is_short_and_reads_back() {
        let cases = [
            (308.0, "308"),
            (0.5, "0.5"),
            (0.1 + 0.2, "0.30000000000000004"),
            (-1e-7, "-1e-7"),
            (1e15, "1000000000000000"),
            (1_000_000_000_003_072.0, "1000000000003072"),
            (1e19, "1e19"),
            (999_999_999_999_999.0, "999999999999999"),
            (f64::MIN_POSITIVE, "2.2250738585072014e-308"),
            (f64::INFINITY, "Inf"),
            (f64::NEG_INFINITY, "-Inf"),
        ];
        for (x, text) in cases {
            assert_eq!(shortest_text(x), text);
            let back = match parse(text, b'.').unwrap() {
                Number::Integer(i) => i as f64,
                Number::Real(r) => r,
            };
            assert_eq!(back.to_bits(), x.to_bits());
        }
        assert_eq!(shortest_text(-0.0), "0");
        assert_eq!(shortest_text(f64::NAN), "NaN");
    }

    /// White space of Unicode (the property White_Space) but for ends of lines.
    const WHITE: [char; 14] = [
        '\t', '\u{b}', '\u{c}', ' ', '\u{85}', '\u{a0}', '\u{1680}', '\u{2000}', '\u{2003}', '\u{2007}', '\u{2009}', '\u{2028}',
        '\u{202f}', '\u{3000}',
    ];

    #[test]
    fn what_is_a_number() {
        assert_eq!(parse(" 12 ", b'.'), Some(Number::Integer(12)));
        assert_eq!(parse("+007", b'.'), Some(Number::Integer(7)));
        assert_eq!(parse("12.", b'.'), Some(Number::Real(12.0)));
        assert_eq!(parse("1E3", b'.'), Some(Number::Real(1000.0)));
        assert_eq!(parse("-inf", b'.'), Some(Number::Real(f64::NEG_INFINITY)));
        assert_eq!(parse("9223372036854775807", b'.'), Some(Number::Integer(i64::MAX)));
        assert_eq!(parse("9223372036854775808", b'.'), Some(Number::Real(9_223_372_036_854_775_808.0)));
        assert_eq!(parse("-9223372036854775808", b'.'), Some(Number::Real(-9_223_372_036_854_775_808.0)));
        for text in ["", " ", "-", "1 2", "1,5", "0x1F", "1e", "１", "12a", "e5", ".", "1e400", "-1e400"] {
            assert_eq!(parse(text, b'.'), None, "{text:?}");
        }
        for blank in WHITE {
            assert_eq!(parse(&format!("{blank}1.5{blank}{blank}"), b'.'), Some(Number::Real(1.5)), "{blank:?}");
            assert_eq!((parse(&format!("1{blank}2"), b'.'), parse(&blank.to_string(), b'.')), (None, None), "{blank:?}");
        }
        assert_eq!(parse("-1,5e3", b','), Some(Number::Real(-1500.0)));
        assert_eq!((parse("1.5", b','), parse("1.234,5", b','), parse("12", b',')), (None, None, Some(Number::Integer(12))));
    }
}
