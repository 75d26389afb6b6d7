//! Ordered sets of model terms and the operations of Wilkinson and Rogers (1973) on them. A term is the sorted list of
//! the indices of its variables.

use std::collections::HashSet;

pub(super) type Term = Vec<usize>;

/// More distinct terms than this are refused: `a * b * c * ...` doubles with each factor.
pub(super) const MAX_TERMS: usize = 20_000;
/// Bound on the work for one formula, in variable indices merged.
const MAX_WORK: usize = 20_000_000;

/// Refused for its size.
#[derive(Debug)]
pub(super) struct TooLarge;

type Sized<T> = std::result::Result<T, TooLarge>;

/// Distinct terms in order of appearance.
#[derive(Clone, Debug, Default)]
pub(super) struct TermSet {
    terms: Vec<Term>,
    seen: HashSet<Term>,
}

impl TermSet {
    pub fn single(variable: usize) -> Self {
        TermSet { terms: vec![vec![variable]], seen: HashSet::from([vec![variable]]) }
    }

    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    pub fn insert(&mut self, term: Term) -> Sized<()> {
        if self.seen.contains(&term) {
            return Ok(());
        }
        if self.terms.len() == MAX_TERMS {
            return Err(TooLarge);
        }
        self.seen.insert(term.clone());
        self.terms.push(term);
        Ok(())
    }

    pub fn add(&mut self, other: Self) -> Sized<()> {
        other.terms.into_iter().try_for_each(|term| self.insert(term))
    }

    /// Those of the terms that the other does not have.
    pub fn without(&self, other: &Self) -> Self {
        let mut own = self.clone();
        own.remove(other);
        own
    }

    pub fn remove(&mut self, other: &Self) {
        if other.terms.iter().any(|term| self.seen.remove(term)) {
            self.terms.retain(|term| !other.seen.contains(term));
            self.seen.retain(|term| !other.seen.contains(term));
        }
    }

    /// The union of the variables of all terms, as one term.
    fn joint(&self) -> Self {
        let mut all: Term = self.terms.concat();
        all.sort_unstable();
        all.dedup();
        TermSet { seen: HashSet::from([all.clone()]), terms: vec![all] }
    }
}

/// Does the operations and counts their work.
#[derive(Debug, Default)]
pub(super) struct Arithmetic {
    work: usize,
}

impl Arithmetic {
    /// `left:right`, each term of one with each of the other.
    pub fn interact(&mut self, left: &TermSet, right: &TermSet) -> Sized<TermSet> {
        let mut out = TermSet::default();
        for l in &left.terms {
            for r in &right.terms {
                self.work += l.len() + r.len();
                if self.work > MAX_WORK {
                    return Err(TooLarge);
                }
                out.insert(union(l, r))?;
            }
        }
        Ok(out)
    }

    /// `left * right` is `left + right + left:right`.
    pub fn cross(&mut self, mut left: TermSet, right: TermSet) -> Sized<TermSet> {
        let both = self.interact(&left, &right)?;
        left.add(right)?;
        left.add(both)?;
        Ok(left)
    }

    /// `left / right`: `right` within each combination of all that is in `left`.
    pub fn nest(&mut self, mut left: TermSet, right: &TermSet) -> Sized<TermSet> {
        let nested = self.interact(&left.joint(), right)?;
        left.add(nested)?;
        Ok(left)
    }

    /// `left %in% right`: each term of `left` within all that is in `right`.
    pub fn within(&mut self, left: &TermSet, right: &TermSet) -> Sized<TermSet> {
        self.interact(left, &right.joint())
    }

    /// `base ^ power`: interactions of up to `power` terms.
    pub fn power(&mut self, base: &TermSet, power: u64) -> Sized<TermSet> {
        let mut out = base.clone();
        for _ in 1..power {
            let next = self.interact(&out, base)?;
            // A term joined with itself is itself, so the set only grows; once it doesn't, it is complete.
            let complete = next.terms.len() == out.terms.len();
            out = next;
            if complete {
                break;
            }
        }
        Ok(out)
    }
}

/// Merges two sorted lists, each index once.
fn union(left: &[usize], right: &[usize]) -> Term {
    let mut out = Term::with_capacity(left.len() + right.len());
    let (mut i, mut j) = (0, 0);
    while let (Some(&a), Some(&b)) = (left.get(i), right.get(j)) {
        out.push(a.min(b));
        i += usize::from(a <= b);
        j += usize::from(b <= a);
    }
    out.extend_from_slice(&left[i..]);
    out.extend_from_slice(&right[j..]);
    out
}
