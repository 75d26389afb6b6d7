//! Concordance (Harrell's C): how often the one of two rows that has its event first has the larger predictor.
//!
//! A pair counts where one row has an event while the other is at risk and has none at that time. Sweeping time backward, the rows at risk
//! and the events so far stand in trees by the rank of their predictor, which give the weight below, at and above a rank in O(log n).

use std::ops::Range;

use super::risk::RiskSets;
use super::sum::{Sum, Sums};
use crate::error::{Result, try_gather, try_vec};
use crate::watch::Watch;

const CONCORDANCE: &str = "concordance";

/// Pairs by their weights, and the share of those that agree.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Concordance {
    pub concordant: f64,
    pub discordant: f64,
    /// In the predictor; half of them count as concordant.
    pub tied: f64,
    /// Not a number without pairs.
    pub estimate: f64,
    /// By the infinitesimal jackknife in the weights of the rows, the predictor being given.
    pub std_error: f64,
}

/// Weights of pairs: concordant, discordant, tied.
type Pairs = [f64; 3];

/// Weights by rank.
struct Ranked {
    /// A tree of sums (Fenwick 1994): that at i > 0 has the ranks from i - (i & -i) to i - 1.
    tree: Sums,
    own: Sums,
    total: Sum,
}

impl Ranked {
    fn new(ranks: usize) -> Result<Self> {
        Ok(Ranked { tree: Sums::new(ranks + 1)?, own: Sums::new(ranks)?, total: Sum::default() })
    }

    fn add(&mut self, rank: usize, weight: f64) {
        self.own.add(rank, weight);
        self.total.add(weight);
        let mut i = rank + 1;
        while i < self.tree.values.len() {
            self.tree.add(i, weight);
            i += i & i.wrapping_neg();
        }
    }

    /// The weights below, above and at a rank.
    fn around(&self, rank: usize) -> Pairs {
        let (mut below, mut i) = (0.0, rank);
        while i > 0 {
            below += self.tree.values[i];
            i &= i - 1;
        }
        let at = self.own.values[rank];
        [below, self.total.value() - below - at, at]
    }
}

impl RiskSets {
    /// Of a predictor of hazards.
    pub fn concordance(&self, eta: &[f64], watch: &Watch<'_>) -> Result<Concordance> {
        let mut pairs = try_vec(CONCORDANCE, [0.0; 3], self.n)?;
        let mut total = [0.0; 3];
        let mut rank = try_vec(CONCORDANCE, 0, self.n)?;
        for times in &self.strata {
            let ranks = self.rank(times, eta, &mut rank)?;
            let mut sweep = Sweep { sets: self, rank: &rank, at_risk: Ranked::new(ranks)?, events: Ranked::new(ranks)? };
            for k in times.clone() {
                watch.pulse_each(k)?;
                sweep.move_to(k, &mut pairs, &mut total);
            }
            // Those that are at risk to the end.
            self.leaving(&self.times[times.end]).for_each(|i| sweep.later(i, 1.0, &mut pairs));
        }
        let [concordant, discordant, tied] = total;
        let all = concordant + discordant + tied;
        let estimate = (concordant + 0.5 * tied) / all;
        let share = |(i, own): (usize, &Pairs)| self.weight(i) * (own[0] + 0.5 * own[2] - estimate * own.iter().sum::<f64>()) / all;
        let variance: f64 = pairs.iter().enumerate().map(share).map(|share| share * share).sum();
        Ok(Concordance { concordant, discordant, tied, estimate, std_error: variance.sqrt() })
    }

    /// The rank of each row's predictor among those of its stratum, equal ones having the same; the number of ranks.
    fn rank(&self, times: &Range<usize>, eta: &[f64], rank: &mut [u32]) -> Result<usize> {
        let rows = || self.times[times.clone()].iter().flat_map(|time| self.entering(time));
        let mut sorted = try_gather(CONCORDANCE, rows().map(|i| eta[i]))?;
        sorted.sort_unstable_by(f64::total_cmp);
        sorted.dedup();
        rows().for_each(|i| rank[i] = sorted.partition_point(|v| *v < eta[i]) as u32);
        Ok(sorted.len())
    }
}

struct Sweep<'a> {
    sets: &'a RiskSets,
    rank: &'a [u32],
    /// The rows at risk, and the events that were passed.
    at_risk: Ranked,
    events: Ranked,
}

impl Sweep<'_> {
    /// To an event time: the pairs of its events with those at risk are added to both.
    fn move_to(&mut self, k: usize, pairs: &mut [Pairs], total: &mut Pairs) {
        let (sets, time) = (self.sets, &self.sets.times[k]);
        for i in sets.leaving(time) {
            self.later(i, 1.0, pairs);
            self.at_risk.add(self.rank[i] as usize, -sets.weight(i));
        }
        for i in sets.entering(time).filter(|i| !sets.event[*i]) {
            self.enter(i, pairs);
        }
        for i in sets.deaths(time) {
            let own = self.at_risk.around(self.rank[i] as usize);
            for ((pairs, total), own) in pairs[i].iter_mut().zip(&mut *total).zip(own) {
                *pairs += own;
                *total += sets.weight(i) * own;
            }
        }
        sets.deaths(time).for_each(|i| self.events.add(self.rank[i] as usize, sets.weight(i)));
        sets.deaths(time).for_each(|i| self.enter(i, pairs));
    }

    fn enter(&mut self, i: usize, pairs: &mut [Pairs]) {
        self.later(i, -1.0, pairs);
        self.at_risk.add(self.rank[i] as usize, self.sets.weight(i));
    }

    /// The pairs of a row with events at which it is at risk: those when it leaves less those when it enters. An event above it agrees.
    fn later(&self, i: usize, sign: f64, pairs: &mut [Pairs]) {
        let [below, above, at] = self.events.around(self.rank[i] as usize);
        pairs[i].iter_mut().zip([above, below, at]).for_each(|(pairs, own)| *pairs += sign * own);
    }
}
