//! A set of small numbers, of which the least is taken first.

use crate::error::{Result, try_vec};

/// The set.
pub struct Bits {
    words: Vec<u64>,
    count: usize,
    /// No word before it has any.
    first: usize,
}

impl Bits {
    /// An empty set of numbers below `n`.
    pub fn new(n: usize) -> Result<Self> {
        Ok(Bits { words: try_vec("set of columns", 0, n.div_ceil(64))?, count: 0, first: 0 })
    }

    pub fn count(&self) -> usize {
        self.count
    }

    pub fn has(&self, k: usize) -> bool {
        self.words[k / 64] >> (k % 64) & 1 == 1
    }

    pub fn set(&mut self, k: usize) {
        self.count += usize::from(!self.has(k));
        self.words[k / 64] |= 1 << (k % 64);
        self.first = self.first.min(k / 64);
    }

    /// Takes the least out.
    pub fn take_first(&mut self) -> Option<usize> {
        if self.count == 0 {
            self.first = self.words.len();
            return None;
        }
        self.first += self.words[self.first..].iter().take_while(|word| **word == 0).count();
        let word = &mut self.words[self.first];
        let bit = word.trailing_zeros() as usize;
        *word &= *word - 1;
        self.count -= 1;
        Some(self.first * 64 + bit)
    }

    /// All, ascending.
    pub fn all(&self) -> impl Iterator<Item = usize> + '_ {
        let words = self.words.iter().enumerate().skip(self.first);
        words.flat_map(|(at, word)| (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at * 64 + bit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_out_in_order_and_once() {
        let mut bits = Bits::new(200).unwrap();
        [130, 3, 64, 3, 199].into_iter().for_each(|k| bits.set(k));
        assert_eq!((bits.count(), bits.all().collect::<Vec<_>>()), (4, vec![3, 64, 130, 199]));
        assert_eq!((bits.take_first(), bits.take_first(), bits.has(64)), (Some(3), Some(64), false));
        bits.set(5);
        assert_eq!(std::iter::from_fn(|| bits.take_first()).collect::<Vec<_>>(), [5, 130, 199]);
        bits.set(0);
        assert_eq!((bits.take_first(), bits.take_first()), (Some(0), None));
    }
}
