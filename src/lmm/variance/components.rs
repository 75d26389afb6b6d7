//! Parts of the random effects that do not touch each other: levels in different parts share no row, directly or through other levels.

use crate::error::{Result, try_vec};
use crate::random::Gram;

/// The levels of all terms by connected part.
pub struct Components {
    /// Where each part begins in `blocks`.
    pub start: Vec<usize>,
    /// Term and level, by part.
    pub blocks: Vec<(u32, u32)>,
}

impl Components {
    pub fn of(gram: &Gram) -> Result<Self> {
        let terms = &gram.layout.terms;
        let mut first = vec![0];
        for t in terms {
            first.push(first[first.len() - 1] + t.levels);
        }
        let n = first[terms.len()];
        let mut parent: Vec<u32> = try_vec("parts of the random effects", 0, n)?;
        parent.iter_mut().enumerate().for_each(|(i, p)| *p = i as u32);
        for k in 0..terms.len() {
            for m in 0..=k {
                // Levels of one term meet where residuals are correlated.
                let Some(pair) = (if m == k { gram.within.get(k) } else { Some(gram.pair(k, m)) }) else { continue };
                for level in 0..terms[m].levels {
                    for &row in &pair.rows[pair.col_ptr[level]..pair.col_ptr[level + 1]] {
                        join(&mut parent, first[m] + level, first[k] + row as usize);
                    }
                }
            }
        }
        // The root of a part is its first block, so parts are numbered as they are met.
        let mut part: Vec<u32> = try_vec("parts of the random effects", 0, n)?;
        let mut start = vec![0];
        for i in 0..n {
            let root = find(&mut parent, i);
            if root == i {
                part[i] = start.len() as u32 - 1;
                start.push(0);
            }
            part[i] = part[root];
            start[part[i] as usize + 1] += 1;
        }
        for c in 1..start.len() {
            start[c] += start[c - 1];
        }
        let mut next = start.clone();
        let mut blocks = try_vec("parts of the random effects", (0, 0), n)?;
        for (k, t) in terms.iter().enumerate() {
            for level in 0..t.levels {
                let slot = &mut next[part[first[k] + level] as usize];
                blocks[*slot] = (k as u32, level as u32);
                *slot += 1;
            }
        }
        Ok(Components { start, blocks })
    }

    pub fn len(&self) -> usize {
        self.start.len() - 1
    }

    pub fn part(&self, c: usize) -> &[(u32, u32)] {
        &self.blocks[self.start[c]..self.start[c + 1]]
    }

    pub fn parts(&self) -> impl Iterator<Item = &[(u32, u32)]> {
        (0..self.len()).map(|c| self.part(c))
    }

    /// The most levels of a part.
    pub fn largest(&self) -> usize {
        self.parts().map(<[_]>::len).max().unwrap_or(0)
    }
}

fn find(parent: &mut [u32], mut i: usize) -> usize {
    while parent[i] as usize != i {
        parent[i] = parent[parent[i] as usize];
        i = parent[i] as usize;
    }
    i
}

/// The smaller root becomes that of both.
fn join(parent: &mut [u32], a: usize, b: usize) {
    let (a, b) = (find(parent, a), find(parent, b));
    parent[a.max(b)] = a.min(b) as u32;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::StructureKind;
    use crate::lmm::tests::Example;

    #[test]
    fn nested_levels_fall_apart_and_crossed_ones_do_not() {
        let one = Example::new(5, 40, 2, &[(StructureKind::Unstructured, 2, 6)], false).system();
        let components = Components::of(&one.gram).unwrap();
        assert_eq!((components.len(), components.largest()), (6, 1));
        let crossed =
            Example::new(5, 200, 2, &[(StructureKind::Unstructured, 1, 4), (StructureKind::Unstructured, 1, 3)], false).system();
        let components = Components::of(&crossed.gram).unwrap();
        assert_eq!((components.len(), components.part(0).len()), (1, 7));
    }
}
