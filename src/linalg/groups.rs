//! Groups of subtrees in the tree of a factor's supernodes: threads work on them side by side, and what is above all of them waits, or is
//! there already. They follow from the pattern only, whatever the number of threads.

use std::ops::Range;

/// As many as threads are of use.
pub(super) const MOST: usize = 8;

/// So many nodes at the end are looked at as those above.
const CANDIDATES: usize = 64;

/// The largest group, as a multiple of an equal share.
const UNEQUAL: f64 = 1.5;

/// A node of the tree, whose nodes are in postorder.
pub(super) struct Node {
    /// Its own number where it has none.
    pub parent: usize,
    pub work: f64,
}

/// Consecutive nodes that make up whole subtrees.
pub(super) struct Groups {
    pub ranges: Vec<Range<usize>>,
    /// The first node above all.
    pub above: usize,
}

impl Groups {
    /// `may` says whether nodes from a number on, with so much work below them, may be those above.
    pub fn new(nodes: &[Node], may: impl Fn(usize, f64) -> bool) -> Option<Self> {
        let mut below: f64 = nodes.iter().map(|node| node.work).sum();
        let mut above = nodes.len();
        for _ in 0..CANDIDATES {
            above = above.checked_sub(1)?;
            below -= nodes[above].work;
            if !may(above, below) {
                return None;
            }
            let (ranges, largest) = Self::below(&nodes[..above], below / MOST as f64);
            if ranges.len() > 1 && largest * ranges.len().min(MOST) as f64 <= UNEQUAL * below {
                return Some(Groups { ranges, above });
            }
        }
        None
    }

    /// Groups of about so much work, and the most that one has.
    fn below(nodes: &[Node], share: f64) -> (Vec<Range<usize>>, f64) {
        let (mut ranges, mut first, mut reach) = (vec![], 0, 0);
        let (mut work, mut largest) = (0.0, 0.0f64);
        for (i, node) in nodes.iter().enumerate() {
            work += node.work;
            if node.parent < nodes.len() {
                reach = reach.max(node.parent);
            }
            let last = i + 1 == nodes.len();
            if last || work >= share && reach <= i {
                ranges.push(first..i + 1);
                (first, largest, work) = (i + 1, largest.max(work), 0.0);
            }
        }
        (ranges, largest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(parents: &[usize]) -> Vec<Node> {
        parents.iter().map(|parent| Node { parent: *parent, work: 1.0 }).collect()
    }

    #[test]
    fn leaves_of_one_node_make_equal_groups() {
        let groups = Groups::new(&tree(&[vec![16; 16], vec![16]].concat()), |_, _| true).unwrap();
        assert_eq!(groups.above, 16);
        assert_eq!(groups.ranges, (0..8).map(|k| 2 * k..2 * k + 2).collect::<Vec<_>>());
    }

    #[test]
    fn groups_are_whole_subtrees() {
        // Two subtrees of eight, and a chain of two above them.
        let parents: Vec<usize> = [vec![7; 7], vec![16], vec![15; 7], vec![16], vec![17, 17]].concat();
        let groups = Groups::new(&tree(&parents), |_, _| true).unwrap();
        assert_eq!((groups.above, groups.ranges), (16, vec![0..8, 8..16]));
    }

    #[test]
    fn a_chain_has_none() {
        let parents: Vec<usize> = (1..200).chain([199]).collect();
        assert!(Groups::new(&tree(&parents), |_, _| true).is_none());
        assert!(Groups::new(&tree(&[16; 17]), |_, _| false).is_none());
    }
}
