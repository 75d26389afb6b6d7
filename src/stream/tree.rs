//! Sums of partitions, joined in an order that their numbers fix: a binary tree over 0, 1, 2, ... in which partitions that are absent are
//! passed over. So the result does not depend on the order in which they come.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::sums::{Maps, Sizes, Sums};
use crate::envelope::fits;
use crate::error::{Error, Result};

/// Nodes of the tree: height and place. A node has the sums of all partitions below it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Tree {
    nodes: BTreeMap<(u32, u64), Sums>,
}

/// The height of the root.
const ROOT: u32 = 64;

/// The place above that of a node, so many levels up.
fn above(place: u64, levels: u32) -> u64 {
    place.checked_shr(levels).unwrap_or(0)
}

impl Tree {
    /// Whether a node with the partition is there.
    pub fn has(&self, partition: u64) -> bool {
        (0..=ROOT).any(|height| self.nodes.contains_key(&(height, above(partition, height))))
    }

    /// A partition that both trees have.
    pub fn common(&self, other: &Tree) -> Option<u64> {
        let first = |(height, place): (u32, u64)| place.checked_shl(height).unwrap_or(0);
        let below = |(height, place): (u32, u64), (top, over): (u32, u64)| height <= top && above(place, top - height) == over;
        self.nodes.keys().flat_map(|own| other.nodes.keys().map(move |their| (*own, *their))).find_map(|(own, their)| {
            if below(own, their) {
                return Some(first(own));
            }
            below(their, own).then(|| first(their))
        })
    }

    /// Puts the sums of a partition in, their pairs joined.
    pub fn put(&mut self, partition: u64, sums: Sums) {
        self.nodes.insert((0, partition), sums);
    }

    /// All nodes with columns, levels and effects at other places.
    pub fn moved(&self, maps: &Maps, sizes: &Sizes) -> Result<Self> {
        let mut nodes = BTreeMap::new();
        for (key, sums) in &self.nodes {
            nodes.insert(*key, sums.moved(maps, sizes)?);
        }
        Ok(Tree { nodes })
    }

    /// Takes the nodes of a tree that has none of the partitions of this one.
    pub fn take(&mut self, other: Tree) {
        self.nodes.extend(other.nodes);
    }

    /// Joins nodes whose neighbour is there, which needs less memory. Where there is none to do so they stay as they are.
    pub fn tidy(&mut self, sizes: &Sizes) {
        while let Some((height, place)) =
            self.nodes.keys().copied().find(|(height, place)| place % 2 == 0 && self.nodes.contains_key(&(*height, place + 1)))
        {
            let joined = self.joined((height, place), sizes);
            let Ok(joined) = joined else { return };
            self.nodes.remove(&(height, place));
            self.nodes.remove(&(height, place + 1));
            self.nodes.insert((height + 1, place / 2), joined);
        }
    }

    fn joined(&mut self, (height, place): (u32, u64), sizes: &Sizes) -> Result<Sums> {
        for key in [(height, place), (height, place + 1)] {
            if let Some(own) = self.nodes.get_mut(&key) {
                own.grow(sizes)?;
            }
        }
        match (self.nodes.get(&(height, place)), self.nodes.get(&(height, place + 1))) {
            (Some(a), Some(b)) => a.sum(b),
            _ => Err(Error::data("a partition is not there")),
        }
    }

    /// The sum over all partitions.
    pub fn total(mut self, sizes: &Sizes) -> Result<Option<Sums>> {
        for height in 0..ROOT {
            let row: Vec<u64> = self.nodes.range((height, 0)..=(height, u64::MAX)).map(|((_, place), _)| *place).collect();
            for pair in row.chunk_by(|a, b| a / 2 == b / 2) {
                let mut sum: Option<Sums> = None;
                for place in pair {
                    let Some(mut own) = self.nodes.remove(&(height, *place)) else { continue };
                    own.grow(sizes)?;
                    sum = Some(match sum {
                        None => own,
                        Some(before) => before.sum(&own)?,
                    });
                }
                let (Some(sum), above) = (sum, (height + 1, pair[0] / 2)) else { continue };
                // A node above has all partitions below it: none of them is here.
                self.nodes.insert(above, sum);
            }
        }
        Ok(self.nodes.into_values().next())
    }

    /// The sums of all nodes.
    pub fn iter(&self) -> impl Iterator<Item = &Sums> {
        self.nodes.values()
    }

    /// Fails for what was read from damaged bytes.
    pub fn check(&self, sizes: &Sizes, weighted: bool) -> Result<()> {
        for ((height, place), sums) in &self.nodes {
            fits(
                *height <= ROOT && place.checked_shl(*height).is_some_and(|p| p >> height == *place) || *height == ROOT,
                "a partition",
            )?;
            let alone = self.nodes.keys().filter(|(h, p)| h >= height && above(*place, h - height) == *p).count() == 1;
            fits(alone, "a partition")?;
            sums.check(sizes, weighted)?;
        }
        Ok(())
    }
}
