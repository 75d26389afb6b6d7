//! Responses simulated at new data.

use std::collections::HashMap;

use super::point::{DISPERSION, MEAN, ZERO};
use super::predictors::{FreshLevel, Rows, TermRows, Wanted};
use super::request::{NewData, NewLevels, Quantity, RandomTerms, Request};
use crate::design::NeededTimes;
use crate::error::{Error, Result, try_copies, try_push, try_vec};
use crate::family::ZeroMixture;
use crate::fit::Fit;
use crate::simulate::{Purpose, Stream};
use crate::watch::{Phase, Watch};

/// What memory is for.
const SIMULATED: &str = "simulated responses";

impl Fit {
    /// Simulated responses `[rows, nsim]`: random effects of the terms chosen are at their modes, those of other terms are drawn for each
    /// replicate, one of each level that occurs. A level that the fit doesn't know is drawn in any term where the request averages over it; where it
    /// is zero or missing, only in terms that are not chosen. Replicate k depends on the seed and k alone. NaN in rows without a prediction, and
    /// where a predictor is outside the link's domain. Those of an ordinal model are the numbers of categories, from 1.
    pub fn simulate_at(&self, data: NewData<'_>, request: &Request, nsim: usize, seed: u64, watch: &Watch<'_>) -> Result<Vec<f64>> {
        self.without_cox("simulation for new data")?;
        self.without_correlation("simulation for new data")?;
        if let Some(own) = self.generalised().filter(|own| !own.family.facts().has_distribution) {
            let name = own.family.name();
            return Err(Error::unsupported(format!(
                "the family {name} has no function that draws responses: nothing can be simulated from it"
            )));
        }
        if matches!(request.random, RandomTerms::Effects(_)) && !self.whole_terms(&request.random) {
            return Err(Error::argument("re: a simulation has the modes of whole random terms; this is a part of one"));
        }
        if request.quantity != Quantity::Response {
            return Err(Error::argument("type: what is simulated is the response"));
        }
        let (chosen, _) = self.chosen_terms(request)?;
        // The levels of all terms are needed, also of those that are drawn.
        let all = vec![true; chosen.len()];
        let wanted = Wanted { chosen: &all, effects: false, new_levels: NewLevels::Zero, times: NeededTimes::Nothing };
        let mut rows = Rows::new(self, data, &wanted)?;
        rows.choose(&chosen);
        if request.new_levels == NewLevels::Error {
            rows.check_levels().map_err(|e| data.located(e))?;
        }
        let simulation = Simulation::new(self, &rows, request, matches!(data, NewData::Training))?;
        let n = rows.n;
        let mut drawn = try_vec(SIMULATED, 0.0, n.saturating_mul(nsim))?;
        for (replicate, out) in drawn.chunks_exact_mut(n.max(1)).enumerate() {
            watch.at(Phase::Simulation, replicate, Some(nsim))?;
            simulation.replicate(seed, replicate as u64, out, watch)?;
        }
        let mut lost = rows.unestimable(&[MEAN, ZERO, DISPERSION])?;
        if request.new_levels == NewLevels::Missing {
            lost.extend(rows.with_new_levels()?);
        }
        for out in drawn.chunks_exact_mut(n.max(1)) {
            lost.iter().for_each(|&i| out[i] = f64::NAN);
        }
        rows.padded(drawn, nsim)
    }

    /// Whether effects that are chosen one by one are all of their terms.
    fn whole_terms(&self, random: &RandomTerms) -> bool {
        let RandomTerms::Effects(kept) = random else { return true };
        let sizes: Vec<usize> = self.all_terms().map(|(_, term)| term.design.effects.len()).collect();
        kept.iter().all(|(place, _)| (0..sizes.get(*place).copied().unwrap_or(0)).all(|e| kept.contains(&(*place, e))))
    }
}

/// A level of a term: one that the fit knows, or a new one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Level {
    Known(usize),
    Fresh(FreshLevel),
}

/// A term whose effects are drawn: its predictor, the number of its levels, and of rows that have drawn effects the number of theirs.
struct DrawnTerm<'r, 'a> {
    predictor: usize,
    term: &'r TermRows<'a>,
    levels: usize,
    of_rows: Vec<Option<usize>>,
}

struct Simulation<'r, 'a> {
    fit: &'a Fit,
    rows: &'r Rows<'a>,
    base: [Vec<f64>; 3],
    weights: Vec<f64>,
    terms: Vec<DrawnTerm<'r, 'a>>,
    mixture: Option<ZeroMixture>,
}

impl<'r, 'a> Simulation<'r, 'a> {
    fn new(fit: &'a Fit, rows: &'r Rows<'a>, request: &Request, training: bool) -> Result<Self> {
        let mut terms = vec![];
        for (predictor, part) in rows.parts.iter().enumerate() {
            for term in part.iter().flat_map(|part| &part.terms) {
                let drawn =
                    |level: Level| !term.chosen || matches!(level, Level::Fresh(_)) && request.new_levels == NewLevels::Average;
                let level = |i: usize| {
                    term.known(i).map_or_else(|| Level::Fresh(rows.fresh_level(&term.fit.design.group, i)), Level::Known)
                };
                let mut levels: Vec<Level> = vec![];
                for i in 0..rows.n {
                    if drawn(level(i)) {
                        try_push(SIMULATED, &mut levels, level(i))?;
                    }
                }
                levels.sort_unstable();
                levels.dedup();
                let place: HashMap<Level, usize> = levels.iter().enumerate().map(|(at, level)| (*level, at)).collect();
                let of_rows = (0..rows.n).map(|i| place.get(&level(i)).copied()).collect();
                terms.push(DrawnTerm { predictor, term, levels: levels.len(), of_rows });
            }
        }
        let weights = rows.weights(fit, training, request.weights.as_deref())?;
        let own = fit.generalised();
        let mixture = own.and_then(|g| g.zero.map(|part| ZeroMixture { part, family: g.family.clone() }));
        Ok(Simulation { fit, rows, base: rows.linear_predictors()?, weights, terms, mixture })
    }

    fn replicate(&self, seed: u64, replicate: u64, out: &mut [f64], watch: &Watch<'_>) -> Result<()> {
        let mut eta = try_copies(SIMULATED, &self.base)?;
        let mut stream = Stream::new(seed, replicate, Purpose::RandomEffects);
        let mut z = vec![];
        for own in &self.terms {
            watch.pulse()?;
            let (r, root) = (own.term.n_effects(), &own.term.fit.root);
            let mut b = try_vec(SIMULATED, 0.0, r * own.levels)?;
            for level in b.chunks_exact_mut(r) {
                let u: Vec<f64> = (0..r).map(|_| stream.normal()).collect();
                level.iter_mut().enumerate().for_each(|(a, b)| *b = (0..r).map(|c| root[c * r + a] * u[c]).sum());
            }
            for (i, place) in own.of_rows.iter().enumerate() {
                if let Some(place) = place {
                    own.term.z_of(i, &mut z);
                    eta[own.predictor][i] += z.iter().zip(&b[place * r..]).map(|(z, b)| z * b).sum::<f64>();
                }
            }
        }
        let mut stream = Stream::new(seed, replicate, Purpose::Response);
        for (i, y) in out.iter_mut().enumerate() {
            watch.pulse_each(i)?;
            *y = self.response(i, &eta, &mut stream);
        }
        Ok(())
    }

    fn response(&self, i: usize, eta: &[Vec<f64>], stream: &mut Stream) -> f64 {
        let weight = self.weights[i];
        let Some(own) = self.fit.generalised() else {
            return eta[MEAN][i] + self.fit.sigma / weight.sqrt() * stream.normal();
        };
        let further = eta[DISPERSION].get(i).copied();
        let psi = if let Some(ordinal) = self.fit.ordinal() {
            let nominal = self.rows.nominal.chunks_exact(self.rows.n.max(1)).map(|column| column[i]);
            let mut psi = vec![further.unwrap_or(0.0)];
            psi.extend(ordinal.thresholds_of(&own.psi, nominal));
            psi
        } else {
            let mut psi = own.psi.clone();
            psi.iter_mut().take(1).zip(further).for_each(|(psi, further)| *psi = further);
            psi
        };
        match &self.mixture {
            Some(mixture) => mixture.simulate([eta[MEAN][i], eta[ZERO][i]], weight, &psi, stream),
            None => own.family.simulate(eta[MEAN][i], weight, &psi, stream),
        }
    }
}
