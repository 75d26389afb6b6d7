//! Which factors of which terms are coded by contrasts and which by indicators of all levels: R's rule.

use crate::formula::TermList;

/// For each term and each of its variables, whether a factor there gets one indicator column per level (`true`) or contrasts.
///
/// As in R (`terms.formula`, the 1 and 2 of its "factors"; after Chambers & Hastie 1992, p. 38): contrasts where the term
/// without that factor is part of an earlier term, or is empty. Without an intercept, the first factor of the model is coded by
/// indicators as well, and only that one.
pub fn indicators(list: &TermList, is_factor: impl Fn(usize) -> bool) -> Vec<Vec<bool>> {
    let mut coding: Vec<Vec<bool>> = list
        .terms
        .iter()
        .enumerate()
        .map(|(t, term)| {
            let absorbed = |v: usize| matches!(term[..], [a, b] if list.absorbed.contains(&if a == v { b } else { a }));
            term.iter().map(|&v| !absorbed(v) && !margin_is_covered(&list.terms[..t], term, v)).collect()
        })
        .collect();
    if !list.intercept {
        let first = list.terms.iter().enumerate().find_map(|(t, term)| Some((t, term.iter().position(|&v| is_factor(v))?)));
        if let Some((t, position)) = first {
            coding[t][position] = true;
        }
    }
    coding
}

/// Whether the other variables of `term` all occur in one of the earlier terms.
fn margin_is_covered(earlier: &[Vec<usize>], term: &[usize], variable: usize) -> bool {
    let mut margin = term.iter().filter(|&&v| v != variable).peekable();
    if margin.peek().is_none() {
        return true;
    }
    let margin: Vec<&usize> = margin.collect();
    earlier.iter().any(|other| margin.iter().all(|v| other.contains(v)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Variables 0, 1, 2 are the factors a, b, c; 3 is the number x.
    fn coded(intercept: bool, terms: &[&[usize]]) -> Vec<Vec<bool>> {
        let list = TermList { intercept, terms: terms.iter().map(|t| t.to_vec()).collect(), ..TermList::default() };
        indicators(&list, |v| v < 3)
    }

    #[test]
    fn margins_decide() {
        // ~ a; ~ a:b; ~ a + a:b; ~ a*b
        assert_eq!(coded(true, &[&[0]]), [[false]]);
        assert_eq!(coded(true, &[&[0, 1]]), [[true, true]]);
        assert_eq!(coded(true, &[&[0], &[0, 1]]), [vec![false], vec![true, false]]);
        assert_eq!(coded(true, &[&[0], &[1], &[0, 1]])[2], [false, false]);
        // ~ a*b*c - a:b: only c loses its margin.
        let terms: [&[usize]; 6] = [&[0], &[1], &[2], &[0, 2], &[1, 2], &[0, 1, 2]];
        assert_eq!(coded(true, &terms)[5], [false, false, true]);
    }

    #[test]
    fn a_margin_inside_a_larger_term_counts() {
        // ~ a:b + a:c: for c, the margin a is part of a:b, as R has it.
        assert_eq!(coded(true, &[&[0, 1], &[0, 2]]), [[true, true], [true, false]]);
    }

    #[test]
    fn a_margin_that_baselines_take_in_counts() {
        // ~ a + b:a and ~ a * b with b a stratum.
        let list = TermList { intercept: true, terms: vec![vec![0], vec![0, 1]], ..TermList::default() };
        assert_eq!(indicators(&list, |_| true)[1], [true, false]);
        assert_eq!(indicators(&TermList { absorbed: vec![1], ..list }, |_| true)[1], [false, false]);
    }

    #[test]
    fn without_intercept_the_first_factor_alone_is_full() {
        assert_eq!(coded(false, &[&[0], &[1]]), [[true], [false]]);
        // ~ 0 + x + a; ~ 0 + x + x:a
        assert_eq!(coded(false, &[&[3], &[0]])[1], [true]);
        assert!(coded(false, &[&[3], &[0, 3]])[1][0]);
        assert!(!coded(true, &[&[3], &[0, 3]])[1][0]);
    }
}
