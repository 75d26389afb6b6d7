//! Grouping factors: one factor, or the interaction of several, by codes and not by texts.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use crate::design::UNSEEN;
use crate::design::node::Node;
use crate::design::rows::Rows;
use crate::design::value::Factor;
use crate::design::variable::translate;
use crate::envelope::{column, fits};
use crate::error::{Error, Result, try_collect, try_gather, try_push, try_vec};

/// A grouping factor with the levels that occur in the training data.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Group {
    /// `g`, or `a:b`.
    pub name: String,
    pub factors: Vec<GroupFactor>,
    /// The levels' labels, `a1:b1` for interactions, ordered by the first factor, then by the next.
    #[serde(deserialize_with = "column")]
    pub labels: Vec<String>,
}

/// One of the factors whose interaction is the group.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct GroupFactor {
    pub name: String,
    pub node: Node,
    /// The levels that occur.
    #[serde(deserialize_with = "column")]
    pub levels: Vec<String>,
    /// The pairs (level of the interaction so far, level of this factor) that occur, as `first * levels.len() + second`, ascending;
    /// the place in here is the level of the interaction up to this factor. Empty for the first factor.
    #[serde(deserialize_with = "column")]
    pairs: Vec<u64>,
}

impl Group {
    /// Fails for a factor that was not learnt, but read from damaged bytes.
    pub fn check(&self) -> Result<()> {
        let what = "a level of a group";
        let mut so_far = 0_u64;
        for (k, factor) in self.factors.iter().enumerate() {
            factor.node.check()?;
            let (levels, pairs) = (factor.levels.len() as u64, &factor.pairs);
            fits(levels > 0 && levels < u64::from(UNSEEN), what)?;
            if k == 0 {
                fits(pairs.is_empty(), what)?;
                so_far = levels;
                continue;
            }
            let ascend = pairs.windows(2).all(|pair| pair[0] < pair[1]);
            let last = pairs.last().copied().unwrap_or(u64::MAX);
            fits(ascend && last < so_far.saturating_mul(levels) && (pairs.len() as u64) < u64::from(UNSEEN), what)?;
            so_far = pairs.len() as u64;
        }
        fits(so_far > 0 && self.labels.len() as u64 == so_far, what)
    }

    /// Learns the levels, and gives the level of each row used.
    pub fn learn(parts: Vec<(String, Node)>, values: &[Factor], rows: &Rows) -> Result<(Self, Vec<u32>)> {
        let name = parts.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(":");
        let mut group = Group { name, factors: Vec::new(), labels: Vec::new() };
        let mut index = Vec::new();
        for ((name, node), factor) in parts.into_iter().zip(values) {
            let (levels, codes) = occurring(factor, rows)?;
            let mut pairs = Vec::new();
            if group.factors.is_empty() {
                index = codes;
                group.labels = try_collect(LABELS, levels.iter().cloned())?;
            } else {
                let domain = group.labels.len() as u64 * levels.len() as u64;
                pairs = distinct_pairs(&index, &codes, levels.len(), domain)?;
                let lookup = Lookup::new(&pairs, domain, index.len())?;
                index.iter_mut().zip(&codes).for_each(|(i, c)| *i = lookup.find(pair(*i, *c, levels.len())));
                let label = |p: &u64| {
                    let (first, second) = (p / levels.len() as u64, p % levels.len() as u64);
                    format!("{}:{}", group.labels[first as usize], levels[second as usize])
                };
                group.labels = try_collect(LABELS, pairs.iter().map(label))?;
            }
            group.factors.push(GroupFactor { name, node, levels, pairs });
        }
        Ok((group, index))
    }

    /// The level of each row used; `UNSEEN` where a value is missing or the combination is not in the training data.
    pub fn index(&self, values: &[Factor], rows: &Rows) -> Result<Vec<u32>> {
        let mut index = try_vec("group index", 0_u32, rows.len())?;
        let mut so_far = 1;
        for (factor, value) in self.factors.iter().zip(values) {
            let new = translate(&value.levels, &factor.levels)?;
            let lookup = if factor.pairs.is_empty() {
                None
            } else {
                Some(Lookup::new(&factor.pairs, so_far * factor.levels.len() as u64, rows.len())?)
            };
            for (i, level) in index.iter_mut().enumerate() {
                let code = usize::try_from(value.codes[rows.data_row(i)]).ok().and_then(|c| new[c]).unwrap_or(UNSEEN);
                *level = match &lookup {
                    None => code,
                    Some(_) if *level == UNSEEN || code == UNSEEN => UNSEEN,
                    Some(lookup) => lookup.find(pair(*level, code, factor.levels.len())),
                };
            }
            so_far = if factor.pairs.is_empty() { factor.levels.len() } else { factor.pairs.len() } as u64;
        }
        Ok(index)
    }
}

/// What memory is for.
const LABELS: &str = "labels of the groups";

fn pair(first: u32, second: u32, n_second: usize) -> u64 {
    u64::from(first) * n_second as u64 + u64::from(second)
}

/// The levels that occur in the rows used, and their codes. No value of these rows is missing.
fn occurring(factor: &Factor, rows: &Rows) -> Result<(Vec<String>, Vec<u32>)> {
    let mut codes = try_vec("group index", 0_u32, rows.len())?;
    let mut new = try_vec("group index", UNSEEN, factor.levels.len())?;
    for (i, code) in codes.iter_mut().enumerate() {
        *code = factor.codes[rows.data_row(i)] as u32;
        new[*code as usize] = 0;
    }
    let mut levels = Vec::new();
    for (old, label) in factor.levels.iter().enumerate() {
        if new[old] != UNSEEN {
            new[old] = levels.len() as u32;
            try_push(LABELS, &mut levels, label.clone())?;
        }
    }
    for code in &mut codes {
        *code = new[*code as usize];
    }
    Ok((levels, codes))
}

/// Whether a table over all pairs is no larger than a few times the data.
fn fits_a_table(domain: u64, n: usize) -> bool {
    domain <= 4 * n as u64 + 65_536
}

/// The pairs that occur, ascending.
fn distinct_pairs(first: &[u32], second: &[u32], n_second: usize, domain: u64) -> Result<Vec<u64>> {
    let pairs = first.iter().zip(second).map(|(f, s)| pair(*f, *s, n_second));
    if fits_a_table(domain, first.len()) {
        let mut occurs = try_vec("pairs of levels", false, domain as usize)?;
        pairs.for_each(|p| occurs[p as usize] = true);
        return try_gather("pairs of levels", (0..domain).filter(|p| occurs[*p as usize]));
    }
    let mut set: HashSet<u64, BuildHasherDefault<Mix>> = HashSet::default();
    for p in pairs {
        set.try_reserve(1).map_err(|_| Error::memory("pairs of levels", 16 * set.len()))?;
        set.insert(p);
    }
    let mut distinct = try_collect("pairs of levels", set.into_iter())?;
    distinct.sort_unstable();
    Ok(distinct)
}

/// From a pair to its place among those that occur.
enum Lookup {
    Table(Vec<u32>),
    Hash(HashMap<u64, u32, BuildHasherDefault<Mix>>),
}

impl Lookup {
    fn new(pairs: &[u64], domain: u64, n: usize) -> Result<Self> {
        let places = pairs.iter().enumerate().map(|(place, p)| (*p, place as u32));
        if fits_a_table(domain, n) {
            let mut table = try_vec("pairs of levels", UNSEEN, domain as usize)?;
            places.for_each(|(p, place)| table[p as usize] = place);
            return Ok(Lookup::Table(table));
        }
        let mut map: HashMap<u64, u32, BuildHasherDefault<Mix>> = HashMap::default();
        map.try_reserve(pairs.len()).map_err(|_| Error::memory("pairs of levels", 16 * pairs.len()))?;
        map.extend(places);
        Ok(Lookup::Hash(map))
    }

    fn find(&self, pair: u64) -> u32 {
        match self {
            Lookup::Table(table) => table[pair as usize],
            Lookup::Hash(map) => map.get(&pair).copied().unwrap_or(UNSEEN),
        }
    }
}

/// A hash of one integer by multiplication and shift (Fibonacci hashing, Knuth vol. 3, 6.4): the default one is slow for rows by the million.
#[derive(Clone, Default)]
pub struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, value: u64) {
        let product = (self.0 ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = product ^ (product >> 32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factor(codes: &[i32], levels: &[&str]) -> Factor<'static> {
        let levels: Vec<String> = levels.iter().map(ToString::to_string).collect();
        Factor { codes: codes.to_vec().into(), levels: levels.into(), declared: true, ordered: false, contrast: None }
    }

    fn parts(names: &[&str]) -> Vec<(String, Node)> {
        names.iter().map(|name| (name.to_string(), Node::Column(name.to_string()))).collect()
    }

    #[test]
    fn only_combinations_that_occur_are_levels_and_the_first_factor_is_slowest() {
        let a = factor(&[2, 0, 2, 0], &["p", "unused", "q"]);
        let b = factor(&[1, 1, 0, 1], &["u", "v"]);
        let (group, index) = Group::learn(parts(&["a", "b"]), &[a.clone(), b.clone()], &Rows::all(4)).unwrap();
        assert_eq!((group.name.as_str(), group.labels.join(" ")), ("a:b", "p:v q:u q:v".to_string()));
        assert_eq!(index, [2, 0, 1, 0]);
        assert_eq!(group.index(&[a, b], &Rows::all(4)).unwrap(), index);
        // Other dictionaries, a combination not seen, a missing value.
        let a = factor(&[0, 1, 1, -1, 2], &["q", "p", "new"]);
        let b = factor(&[1, 0, 1, 0, 0], &["u", "v"]);
        assert_eq!(group.index(&[a, b], &Rows::all(5)).unwrap(), [2, UNSEEN, 0, UNSEEN, UNSEEN]);
    }

    #[test]
    fn large_domains_are_hashed_and_three_factors_stay_in_order() {
        let n = 3000;
        let label = |i: usize| format!("{i:05}");
        let levels: Vec<String> = (0..n).map(label).collect();
        let levels: Vec<&str> = levels.iter().map(String::as_str).collect();
        let code = |k: usize| factor(&(0..n).map(|i| ((i * k) % n) as i32).collect::<Vec<_>>(), &levels);
        let values = [code(7), code(11), code(13)];
        let (group, index) = Group::learn(parts(&["a", "b", "c"]), &values, &Rows::all(n)).unwrap();
        assert!(group.labels.windows(2).all(|w| w[0] < w[1]));
        for i in [0, 1, 2, 17, n - 1] {
            let want = format!("{}:{}:{}", label(i * 7 % n), label(i * 11 % n), label(i * 13 % n));
            assert_eq!(group.labels[index[i] as usize], want);
        }
        assert_eq!(group.index(&values, &Rows::all(n)).unwrap(), index);
    }

    #[test]
    fn labels_with_colons_stay_apart() {
        let a = factor(&[0, 1], &["x", "x:y"]);
        let b = factor(&[1, 0], &["z", "y:z"]);
        let (group, index) = Group::learn(parts(&["a", "b"]), &[a, b], &Rows::all(2)).unwrap();
        assert_eq!(group.labels, ["x:y:z", "x:y:z"]);
        assert_eq!(index, [0, 1]);
    }
}
