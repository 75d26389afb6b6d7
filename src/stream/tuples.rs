//! Combinations of levels that occur, in order of appearance.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use serde::{Deserialize, Serialize};

use crate::design::Mix;
use crate::envelope::{column, fits};
use crate::error::{Error, Result, try_vec};

/// Combinations of `width` codes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Tuples {
    width: usize,
    /// One combination after the other.
    #[serde(deserialize_with = "column")]
    codes: Vec<u32>,
    /// From the combination of the factors so far and the next code to that with it; the last gives the place of the whole.
    #[serde(skip)]
    steps: Vec<HashMap<u64, u32, BuildHasherDefault<Mix>>>,
}

impl Tuples {
    pub fn new(width: usize) -> Self {
        Tuples { width, codes: vec![], steps: vec![HashMap::default(); width] }
    }

    pub fn len(&self) -> usize {
        self.codes.len() / self.width.max(1)
    }

    pub fn width(&self) -> usize {
        self.width
    }

    pub fn get(&self, place: usize) -> &[u32] {
        &self.codes[place * self.width..(place + 1) * self.width]
    }

    /// Fails for what was read from damaged bytes; makes what is not written. `sizes` are the numbers of levels.
    pub fn restore(&mut self, sizes: &[usize]) -> Result<()> {
        fits(sizes.len() == self.width && self.codes.len().is_multiple_of(self.width.max(1)), "a combination of levels")?;
        let known =
            self.codes.chunks_exact(self.width.max(1)).all(|own| own.iter().zip(sizes).all(|(c, size)| (*c as usize) < *size));
        fits(known && (self.width > 0 || self.codes.is_empty()), "a combination of levels")?;
        let codes = std::mem::take(&mut self.codes);
        self.steps = vec![HashMap::default(); self.width];
        for (place, own) in codes.chunks_exact(self.width.max(1)).enumerate() {
            fits(self.place(own)? as usize == place, "a combination of levels")?;
        }
        Ok(())
    }

    /// The place of a combination, which becomes the last where it is new.
    pub fn place(&mut self, codes: &[u32]) -> Result<u32> {
        let mut so_far = 0_u32;
        let mut is_new = false;
        for (step, code) in self.steps.iter_mut().zip(codes) {
            let next = step.len() as u32;
            step.try_reserve(1).map_err(|_| Error::memory("combinations of levels", 16 * step.len()))?;
            let found = *step.entry(u64::from(so_far) << 32 | u64::from(*code)).or_insert(next);
            (so_far, is_new) = (found, found == next);
        }
        if is_new {
            self.codes.try_reserve(self.width).map_err(|_| Error::memory("combinations of levels", 4 * self.codes.len()))?;
            self.codes.extend_from_slice(codes);
        }
        Ok(so_far)
    }

    /// The place of a combination that is there.
    pub fn find(&self, codes: &[u32]) -> Option<u32> {
        let step = |so_far: u32, (step, code): (&HashMap<u64, u32, _>, &u32)| {
            step.get(&(u64::from(so_far) << 32 | u64::from(*code))).copied()
        };
        let found = self.steps.iter().zip(codes).try_fold(0, step)?;
        ((found as usize) < self.len()).then_some(found)
    }

    /// The place of each row, given the codes of each factor.
    pub fn places(&mut self, codes: &[&[u32]], n: usize) -> Result<Vec<u32>> {
        let mut places = try_vec("combinations of levels", 0, n)?;
        if let [codes] = codes {
            // Each level is looked up once.
            let most = codes.iter().max().map_or(0, |code| *code as usize + 1);
            let mut known = try_vec("combinations of levels", u32::MAX, most)?;
            for (place, code) in places.iter_mut().zip(*codes) {
                let known = &mut known[*code as usize];
                if *known == u32::MAX {
                    *known = self.place(&[*code])?;
                }
                *place = *known;
            }
            return Ok(places);
        }
        let mut own = vec![0; self.width];
        let mut last: Option<u32> = None;
        for (i, place) in places.iter_mut().enumerate() {
            let mut same = last.is_some();
            for (own, codes) in own.iter_mut().zip(codes) {
                same &= *own == codes[i];
                *own = codes[i];
            }
            *place = match last.filter(|_| same) {
                Some(place) => place,
                None => self.place(&own)?,
            };
            last = Some(*place);
        }
        Ok(places)
    }

    /// Forgets the combinations from a place on. What leads to them and no others is harmless.
    pub fn truncate(&mut self, len: usize) {
        self.codes.truncate(len * self.width);
        if let Some(last) = self.steps.last_mut() {
            last.retain(|_, place| (*place as usize) < len);
        }
    }

    /// Takes the combinations of another list whose codes are `maps` here; gives the place of each of them here.
    pub fn take(&mut self, other: &Tuples, maps: &[&[u32]]) -> Result<Vec<u32>> {
        let mut places = try_vec("combinations of levels", 0, other.len())?;
        let mut own = vec![0; self.width];
        for (place, codes) in places.iter_mut().zip(other.codes.chunks_exact(self.width.max(1))) {
            for ((own, code), map) in own.iter_mut().zip(codes).zip(maps) {
                *own = map[*code as usize];
            }
            *place = self.place(&own)?;
        }
        Ok(places)
    }
}
