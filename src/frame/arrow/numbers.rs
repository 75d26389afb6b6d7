//! Numbers of other forms than a frame has: half precision, decimals, integers beyond 64 bits.

use std::collections::HashMap;
use std::fmt::Write;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::sync::Arc;

use super::array::fixed;
use crate::error::{Error, Result, try_collect, try_push};
use crate::frame::category::distinct;
use crate::frame::{ColumnData, MISSING_INTEGER};
use crate::names::quoted;

/// What memory is for.
pub const VALUES: &str = "values of an Arrow column";

/// Makes room at once: a batch may claim more rows than memory holds, and needs no bytes for that if all are missing.
pub fn reserve<T>(values: &mut Vec<T>, more: usize) -> Result<()> {
    values.try_reserve(more).map_err(|_| Error::memory(VALUES, values.len().saturating_add(more).saturating_mul(size_of::<T>())))
}

/// A number of half precision: 5 bits of exponent, 10 of fraction.
pub fn half(bits: u16) -> f64 {
    let (sign, exponent) = (if bits >> 15 == 1 { -1.0 } else { 1.0 }, i32::from(bits >> 10 & 31));
    let fraction = f64::from(bits & 1023);
    sign * match exponent {
        0 => fraction * 2_f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1024.0 + fraction) * 2_f64.powi(exponent - 25),
    }
}

/// Integers. A value that a frame's integers do not have makes the column into categories, which keep all digits.
#[derive(Default)]
pub struct Integers {
    values: Vec<i64>,
    /// The rows of such values.
    beyond: Vec<(usize, i128)>,
}

impl Integers {
    pub fn reserve(&mut self, more: usize) -> Result<()> {
        reserve(&mut self.values, more)
    }

    /// Adds values that are there, for which there is room.
    pub fn extend(&mut self, mut values: impl Iterator<Item = i64>) -> Result<()> {
        values.try_for_each(|value| {
            if value == MISSING_INTEGER {
                return self.push(Some(value.into()));
            }
            self.values.push(value);
            Ok(())
        })
    }

    pub fn push(&mut self, value: Option<i128>) -> Result<()> {
        let own = value.map(|value| i64::try_from(value).ok().filter(|own| *own != MISSING_INTEGER).ok_or(value));
        if let Some(Err(value)) = own {
            try_push(VALUES, &mut self.beyond, (self.values.len(), value))?;
        }
        try_push(VALUES, &mut self.values, own.and_then(|own: std::result::Result<i64, i128>| own.ok()).unwrap_or(MISSING_INTEGER))
    }

    pub fn finish(self) -> Result<ColumnData> {
        if self.beyond.is_empty() {
            return Ok(ColumnData::Integer(self.values));
        }
        let known = |&value: &i64| (value != MISSING_INTEGER).then_some(i128::from(value));
        let mut keys = try_collect(VALUES, self.values.iter().map(known))?;
        self.beyond.iter().for_each(|(row, value)| keys[*row] = Some(*value));
        Ok(ColumnData::Category(distinct(keys.into_iter(), ToString::to_string)?))
    }
}

/// Decimals: integers, if they are whole and have 64 bits, otherwise the nearest real numbers.
pub struct Decimals {
    scale: i32,
    reals: Vec<f64>,
    /// Ends with the first value that is none.
    integers: Option<Vec<i64>>,
    /// Whole numbers of more digits than a real number keeps, by their bits.
    long: HashMap<u64, String, BuildHasherDefault<DefaultHasher>>,
    joined: Option<Arc<str>>,
}

/// Powers of ten that are real numbers exactly.
const EXACT: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

impl Decimals {
    pub fn new(scale: i32) -> Self {
        let integers = (scale == 0).then(Vec::new);
        Decimals { scale, reals: vec![], integers, long: HashMap::default(), joined: None }
    }

    pub fn reserve(&mut self, more: usize) -> Result<()> {
        self.integers.iter_mut().try_for_each(|integers| reserve(integers, more))?;
        reserve(&mut self.reals, more)
    }

    pub fn push(&mut self, units: Option<Units>) -> Result<()> {
        if let Some(integers) = &mut self.integers {
            match units.map_or(Some(MISSING_INTEGER), |units| units.small().filter(|own| *own != MISSING_INTEGER)) {
                Some(own) => try_push(VALUES, integers, own)?,
                None => self.integers = None,
            }
        }
        let value = units.map_or(f64::NAN, |units| units.number(self.scale));
        if let Some(units) = units.filter(|_| self.scale == 0 && value.abs() >= 2_f64.powi(53) && self.joined.is_none()) {
            self.note(&units.digits(), value)?;
        }
        try_push(VALUES, &mut self.reals, value)
    }

    fn note(&mut self, digits: &str, value: f64) -> Result<()> {
        self.long.try_reserve(1).map_err(|_| Error::memory(VALUES, (self.long.len() + 1) * size_of::<(u64, String)>()))?;
        let first = self.long.entry(value.to_bits()).or_insert_with(|| digits.to_owned());
        if *first != digits {
            self.joined = Some(format!("{} and {}", quoted(first), quoted(digits)).into());
            self.long.clear();
        }
        Ok(())
    }

    /// The column, and two whole numbers that are one number there.
    pub fn finish(self) -> (ColumnData, Option<Arc<str>>) {
        match self.integers {
            Some(integers) => (ColumnData::Integer(integers), None),
            None => (ColumnData::Real(self.reals), self.joined),
        }
    }
}

/// A whole number of up to 256 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Units {
    negative: bool,
    /// The size, the lowest part first.
    parts: [u64; 4],
}

impl Units {
    /// The number at a place, in two's complement.
    pub fn read(bytes: &[u8], at: usize, width: usize) -> Result<Self> {
        Ok(match width {
            4 => Self::of(i32::from_ne_bytes(fixed(bytes, at)?).into()),
            8 => Self::of(i64::from_ne_bytes(fixed(bytes, at)?).into()),
            16 => Self::of(i128::from_ne_bytes(fixed(bytes, at)?)),
            _ => {
                let mut parts = [0; 4];
                for (i, part) in parts.iter_mut().enumerate() {
                    let i = if cfg!(target_endian = "big") { 3 - i } else { i };
                    *part = u64::from_ne_bytes(fixed(bytes, 4 * at + i)?);
                }
                let negative = parts[3] >> 63 == 1;
                Units { negative, parts: if negative { negated(parts) } else { parts } }
            }
        })
    }

    fn of(value: i128) -> Self {
        let size = value.unsigned_abs();
        Units { negative: value < 0, parts: [size as u64, (size >> 64) as u64, 0, 0] }
    }

    fn small(self) -> Option<i64> {
        let [low, 0, 0, 0] = self.parts else { return None };
        let size = i128::from(low);
        i64::try_from(if self.negative { -size } else { size }).ok()
    }

    /// The nearest real number to so many units of 10^-scale.
    fn number(self, scale: i32) -> f64 {
        let power = EXACT.get(scale.unsigned_abs() as usize);
        if let (Some(units), Some(power)) = (self.small().filter(|units| units.unsigned_abs() < 1 << 53), power) {
            // Both are exact, so that the result is rounded once.
            return if scale < 0 { units as f64 * power } else { units as f64 / power };
        }
        // Digits with an exponent are a number.
        format!("{}e{}", self.digits(), -scale).parse().unwrap_or(f64::NAN)
    }

    fn digits(self) -> String {
        const CHUNK: u128 = 1_000_000_000_000_000_000;
        let (mut parts, mut chunks) = (self.parts, vec![]);
        while parts != [0; 4] {
            let mut rest = 0;
            for part in parts.iter_mut().rev() {
                let own = rest << 64 | u128::from(*part);
                *part = (own / CHUNK) as u64;
                rest = own % CHUNK;
            }
            chunks.push(rest);
        }
        let mut text = String::from(if self.negative { "-" } else { "" });
        text += &chunks.pop().unwrap_or(0).to_string();
        for chunk in chunks.iter().rev() {
            // Writing to a String doesn't fail.
            let _ = write!(text, "{chunk:018}");
        }
        text
    }
}

fn negated(parts: [u64; 4]) -> [u64; 4] {
    let mut carry = true;
    parts.map(|part| {
        let (own, over) = (!part).overflowing_add(u64::from(carry));
        carry = over;
        own
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_precision() {
        let cases =
            [(0x3c00, 1.0), (0xc000, -2.0), (0x7bff, 65504.0), (0x0001, 5.960_464_477_539_063e-8), (0x3555, 0.333_251_953_125)];
        for (bits, value) in cases {
            assert_eq!(half(bits), value);
        }
        assert!(half(0x7c00) == f64::INFINITY && half(0xfc00) == f64::NEG_INFINITY && half(0x7e00).is_nan());
        assert!(half(0x8000) == 0.0 && half(0x8000).is_sign_negative());
    }

    #[test]
    fn units_have_their_digits_and_their_number() {
        let text = |value: i128| Units::of(value).digits();
        assert_eq!((text(0), text(-7), text(i128::MIN)), ("0".into(), "-7".into(), i128::MIN.to_string()));
        assert_eq!(text(10_i128.pow(18)), "1000000000000000000");
        assert_eq!((Units::of(327).number(2), Units::of(-5).number(-3)), (3.27, -5000.0));
        assert_eq!(Units::of(12_345_678_901_234_567_890_123).number(20), 123.456_789_012_345_68);
        let mut bytes = [0xff; 32];
        assert_eq!(Units::read(&bytes, 0, 32).unwrap().digits(), "-1");
        if cfg!(target_endian = "little") {
            bytes = [0; 32];
            bytes[31] = 0x80;
            let least = Units::read(&bytes, 0, 32).unwrap();
            assert_eq!(least.digits(), "-57896044618658097711785492504343953926634992332820282019728792003956564819968");
            assert_eq!(least.number(10), -5.789_604_461_865_81e66);
        }
        assert!(Units::read(&bytes, 1, 32).is_err());
    }

    #[test]
    fn integers_beyond_64_bits_are_categories_in_numerical_order() {
        let mut integers = Integers::default();
        for value in [Some(5), None, Some(i128::from(u64::MAX)), Some(i128::from(i64::MIN)), Some(-1)] {
            integers.push(value).unwrap();
        }
        let ColumnData::Category(category) = integers.finish().unwrap() else { panic!() };
        assert_eq!(category.levels, ["-9223372036854775808", "-1", "5", "18446744073709551615"]);
        assert_eq!((category.codes, category.declared), (vec![2, -1, 3, 0, 1], true));
    }

    #[test]
    fn whole_decimals_that_become_one_number_are_named() {
        let mut decimals = Decimals::new(0);
        for value in [7, 12_345_678_901_234_567_891, 12_345_678_901_234_567_892] {
            decimals.push(Some(Units::of(value))).unwrap();
        }
        decimals.push(None).unwrap();
        let (ColumnData::Real(values), joined) = decimals.finish() else { panic!() };
        assert!(values[0] == 7.0 && values[1] == values[2] && values[3].is_nan());
        assert_eq!(joined.as_deref(), Some("'12345678901234567891' and '12345678901234567892'"));
        let mut decimals = Decimals::new(0);
        decimals.push(None).unwrap();
        decimals.push(Some(Units::of(-3))).unwrap();
        assert_eq!(decimals.finish(), (ColumnData::Integer(vec![i64::MIN, -3]), None));
    }
}
