//! The levels that occur, in their order.

use super::accumulator::Seen;
use super::dictionary::Sorted;
use super::plan::Learnt;
use super::space::Space;
use crate::design::outline::GroupLevels;
use crate::error::{Error, Result, try_vec};

/// Levels in their order.
pub struct Known {
    /// By variable.
    pub variables: Vec<Sorted>,
    /// For each group the levels of its factors, and those of each combination that occurs.
    pub groups: Vec<GroupLevels>,
    /// The combinations of each group that occur.
    pub combinations: Vec<Vec<usize>>,
}

impl Known {
    pub fn of(space: &Space, seen: &Seen, learnt: &Learnt) -> Result<Self> {
        let outline = &learnt.outline;
        let mut variables = vec![];
        for (v, flags) in seen.variables.iter().enumerate() {
            let sorted = space.factors[v].sorted(outline.first_levels(v), &flags.0)?;
            variables.push(if outline.is_logical(v) { space.factors[v].as_truth()? } else { sorted });
        }
        let (mut groups, mut combinations) = (vec![], vec![]);
        for (g, range) in Space::group_factors(outline).into_iter().enumerate() {
            let flags = &seen.groups[g].0;
            let own: Vec<usize> = (0..flags.len()).filter(|place| flags[*place]).collect();
            let (mut names, mut codes) = (vec![], vec![]);
            for (f, at) in range.enumerate() {
                let occurs = seen.of_group_factor(space, g, f, space.factors[at].len())?;
                let sorted = space.factors[at].sorted(outline.first_levels(at), &occurs)?;
                let mut of_own = try_vec("combinations of levels", 0_i32, own.len())?;
                for (code, place) in of_own.iter_mut().zip(&own) {
                    *code = sorted.rank_of(space.groups[g].get(*place)[f]).map_or(-1, |rank| rank as i32);
                }
                names.push(sorted.levels);
                codes.push(of_own);
            }
            groups.push(GroupLevels { levels: names, combinations: codes });
            combinations.push(own);
        }
        let is_empty = |(v, own): (usize, &Sorted)| outline.width(v).is_none() && own.levels.is_empty();
        if variables.iter().enumerate().any(is_empty) || combinations.iter().any(Vec::is_empty) {
            return Err(Error::data("a factor has no level in the rows used"));
        }
        Ok(Known { variables, groups, combinations })
    }
}
