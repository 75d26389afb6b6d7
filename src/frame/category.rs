//! Columns as categories, and the order of their levels.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::sync::Arc;

use super::dictionary::{Dictionary, recode, sort_and_rank};
use super::number::shortest_text;
use super::{Category, Column, ColumnData, Frame, MISSING_CODE, MISSING_INTEGER};
use crate::error::{Error, Result, row_text, try_collect, try_copy, try_vec};
use crate::names::quoted;

impl Column {
    /// The column as categories, for grouping and `factor()`. Numbers have their shortest text as label ("308", not "308.0") and
    /// are in numerical order, which counts as declared; times have their ISO text. Levels that no row has are kept.
    pub fn to_category(&self) -> Result<Cow<'_, Category>> {
        Ok(match &*self.data {
            ColumnData::Category(c) => Cow::Borrowed(c),
            ColumnData::Integer(v) => {
                let key = |&i: &i64| (i != MISSING_INTEGER).then_some(i);
                Cow::Owned(distinct(v.iter().map(key), ToString::to_string)?)
            }
            ColumnData::Time(times) => {
                let key = |&t: &i64| (t != MISSING_INTEGER).then_some(t);
                Cow::Owned(distinct(times.values.iter().map(key), |&t| times.clock.text(t))?)
            }
            ColumnData::Real(v) => {
                let key = |&x: &f64| (!x.is_nan()).then(|| sortable_bits(x));
                Cow::Owned(distinct(v.iter().map(key), |&bits| shortest_text(from_sortable_bits(bits)))?)
            }
        })
    }
}

impl Frame {
    /// Declares the order of the levels of a column; they may include levels that no row has. Numbers are taken by their shortest
    /// text. It is an error if a value is not in the list.
    pub fn set_levels(&mut self, name: &str, levels: Vec<String>, ordered: bool) -> Result<()> {
        let at = self.position(name)?;
        let dictionary = Dictionary::of_levels(name, &levels)?;
        let category = self.columns[at].to_category()?;
        let new =
            try_collect("levels of a column", category.levels.iter().map(|text| dictionary.find(text).unwrap_or(MISSING_CODE)))?;
        if let Some(row) = category.codes.iter().position(|&c| c >= 0 && new[c as usize] < 0) {
            return Err(self.located(unlisted(name, &category.levels[category.codes[row] as usize], row, &levels)));
        }
        let mut codes = match category {
            Cow::Owned(category) => category.codes,
            Cow::Borrowed(category) => try_copy("codes of categories", &category.codes)?,
        };
        recode(&mut codes, &new);
        self.columns[at].data = Arc::new(ColumnData::Category(Category { codes, levels, declared: true, ordered, logical: false }));
        self.columns[at].guessed = None;
        Ok(())
    }

    /// Makes a column of numbers into one of text: the labels are the shortest texts of the numbers, sorted bytewise ("10" before
    /// "9"); times have their ISO text, in the order of time. A column that has levels keeps them, and counts as declared.
    pub fn make_category(&mut self, name: &str) -> Result<()> {
        let at = self.position(name)?;
        let timed = matches!(&*self.columns[at].data, ColumnData::Time(_));
        if let Cow::Owned(own) = self.columns[at].to_category()? {
            let text = if timed { own } else { Dictionary::of_levels(name, &own.levels)?.into_sorted(own.codes)? };
            self.columns[at].data = Arc::new(ColumnData::Category(text));
        }
        self.columns[at].guessed = None;
        Ok(())
    }
}

/// A value that the declared levels don't have.
pub(super) fn unlisted(column: &str, value: &str, row: usize, levels: &[String]) -> Error {
    let known = crate::names::known("the list", value, levels.iter().map(String::as_str));
    let message =
        format!("column {} has {} in {}, which is not among its levels; {known}", quoted(column), quoted(value), row_text(row));
    Error::data(message).at(row)
}

/// Categories of keys, with the distinct keys in order as levels.
pub(super) fn distinct<K: Hash + Ord + Copy>(
    keys: impl ExactSizeIterator<Item = Option<K>>,
    label: impl Fn(&K) -> String,
) -> Result<Category> {
    let mut index: HashMap<K, i32, BuildHasherDefault<Folded>> = HashMap::default();
    let mut codes = try_vec("codes of categories", MISSING_CODE, keys.len())?;
    for (code, key) in codes.iter_mut().zip(keys) {
        let Some(key) = key else { continue };
        let next = index.len() as i32;
        index.try_reserve(1).map_err(|_| Error::memory("levels of a column", 24 * index.len()))?;
        *code = *index.entry(key).or_insert(next);
    }
    let mut entries = try_collect("levels of a column", index.into_iter())?;
    let rank = sort_and_rank(&mut entries)?;
    recode(&mut codes, &rank);
    let levels = try_collect("levels of a column", entries.iter().map(|(key, _)| label(key)))?;
    Ok(Category { codes, levels, declared: true, ..Category::default() })
}

/// A hash of numbers by products of twice their length: of real ones the last bits are mostly zero. It has no random state.
#[derive(Default)]
struct Folded(u64);

impl Hasher for Folded {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut own = [0; 8];
            own[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(own));
        }
    }

    fn write_u64(&mut self, value: u64) {
        let product = u128::from(self.0 ^ value) * 0x9E37_79B9_7F4A_7C15;
        self.0 = product as u64 ^ (product >> 64) as u64;
    }
}

/// An integer with the order of the real numbers; both zeros are the same.
fn sortable_bits(x: f64) -> i64 {
    let bits = (x + 0.0).to_bits() as i64;
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

fn from_sortable_bits(bits: i64) -> f64 {
    f64::from_bits((bits ^ (((bits >> 63) as u64) >> 1) as i64) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(levels: &[&str]) -> Vec<String> {
        levels.iter().map(ToString::to_string).collect()
    }

    fn category<'a>(f: &'a Frame, name: &str) -> Cow<'a, Category> {
        f.column(name).unwrap().to_category().unwrap()
    }

    #[test]
    fn numbers_sort_numerically_with_short_labels() {
        let mut f = Frame::new(9);
        let inf = f64::INFINITY;
        f.add_real("x", vec![308.0, -0.0, 0.5, f64::NAN, 0.0, -10.0, 308.0, -inf, inf]).unwrap();
        let c = category(&f, "x");
        assert_eq!(c.levels, ["-Inf", "-10", "0", "0.5", "308", "Inf"]);
        assert_eq!(c.codes, [4, 2, 3, -1, 2, 1, 4, 0, 5]);
    }

    #[test]
    fn large_integers_keep_their_digits() {
        let mut f = Frame::new(4);
        f.add_integers("id", vec![9_007_199_254_740_993, i64::MIN, 9_007_199_254_740_992, -3]).unwrap();
        let c = category(&f, "id");
        assert_eq!(c.levels, ["-3", "9007199254740992", "9007199254740993"]);
        assert_eq!(c.codes, [2, -1, 1, 0]);
    }

    #[test]
    fn declared_order_and_unused_levels_are_kept() {
        let mut f = Frame::new(2);
        f.add_category("g", vec![2, 0], strings(&["high", "mid", "low"]), true).unwrap();
        let c = category(&f, "g");
        assert_eq!((c.levels.join(" "), c.declared, c.ordered), ("high mid low".into(), true, true));
    }

    #[test]
    fn order_can_be_declared() {
        let mut f = Frame::new(4);
        f.add_strings("g", &[Some("low"), Some("high"), None, Some("low")]).unwrap();
        f.set_levels("g", strings(&["low", "mid", "high"]), true).unwrap();
        let c = category(&f, "g");
        assert_eq!((c.codes.clone(), c.declared, c.ordered), (vec![0, 2, -1, 0], true, true));
        // The unused level may go again.
        f.set_levels("g", strings(&["high", "low"]), false).unwrap();
        assert_eq!(category(&f, "g").codes, [1, 0, -1, 1]);
    }

    #[test]
    fn a_value_outside_the_declared_levels_is_named() {
        let mut f = Frame::new(3);
        f.add_strings("g", &[Some("low"), Some("high"), Some("height")]).unwrap();
        let before = f.clone();
        let e = f.set_levels("g", strings(&["low", "high"]), true).unwrap_err();
        assert_eq!(e.position, 2);
        assert!(e.message.starts_with("column 'g' has 'height' in row 3 (counting from 1), which is not among its levels"), "{e}");
        assert!(f.set_levels("g", strings(&["low", "high", "height", "low"]), true).is_err());
        assert!(f.set_levels("h", vec![], true).is_err());
        assert_eq!(f, before);
    }

    #[test]
    fn numbers_become_text_sorted_bytewise() {
        let mut f = Frame::new(4);
        f.add_integers("s", vec![9, 10, i64::MIN, 100]).unwrap();
        f.set_levels("s", strings(&["100", "9", "10"]), false).unwrap();
        assert_eq!(category(&f, "s").codes, [1, 2, -1, 0]);
        let mut f = Frame::new(4);
        f.add_real("s", vec![9.0, 10.0, f64::NAN, 100.0]).unwrap();
        f.make_category("s").unwrap();
        let c = category(&f, "s");
        assert_eq!((c.levels.join(" "), c.codes.clone(), c.declared), ("10 100 9".into(), vec![2, 0, -1, 1], false));
        let before = f.clone();
        f.make_category("s").unwrap();
        assert_eq!(f, before);
        assert!(f.make_category("t").is_err());
    }

    #[test]
    fn bits_sort_as_numbers() {
        let x = [f64::NEG_INFINITY, -2.0, -f64::MIN_POSITIVE, 0.0, 5e-324, 1.0, f64::MAX, f64::INFINITY];
        assert!(x.windows(2).all(|w| sortable_bits(w[0]) < sortable_bits(w[1])));
        assert!(x.iter().all(|&v| from_sortable_bits(sortable_bits(v)) == v));
        assert_eq!(sortable_bits(-0.0), sortable_bits(0.0));
    }
}
