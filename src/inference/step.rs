//! Backward elimination with a record of every step: random terms and their effects by likelihood ratios, then terms of the fixed effects, those
//! that no other contains, by F tests of a linear model and likelihood ratios of others (lmerTest's step).

use super::ranova::{Removal, Test, apply, removals};
use crate::design::{Design, ModelProgram};
use crate::error::{Error, Result, or_reason, try_vec};
use crate::fit::Fit;
use crate::frame::Frame;
use crate::inference::degrees_of_freedom::{DegreesOfFreedom, Satterthwaite};
use crate::options::Options;
use crate::tails::chi_square_upper;
use crate::watch::{Phase, Watch};

/// What is left out: of the candidates that whose p-value is the largest, as long as that is above these.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepOptions {
    /// Of random terms, by chi-square; 1 leaves all of them.
    pub alpha_random: f64,
    /// Of terms of the fixed effects.
    pub alpha_fixed: f64,
}

impl Default for StepOptions {
    fn default() -> Self {
        StepOptions { alpha_random: 0.1, alpha_fixed: 0.05 }
    }
}

/// How far, relative to it, the log-likelihood of a smaller model may be above the larger one's: what searches leave.
const HIGHER: f64 = 1e-7;

/// A row a term, as it was tested last: `part` (random or fixed), `term`, `eliminated` (1 for the first that went, 0 for those that stay), `test`
/// (lrt or f), `statistic`, `df`, `den_df`, `p_value`, and in `warning` why there is no test, or what is to be known of it.
pub fn step_table(fit: &Fit, options: StepOptions, watch: &Watch<'_>) -> Result<Frame> {
    for (name, alpha) in [("alpha_random", options.alpha_random), ("alpha_fixed", options.alpha_fixed)] {
        if !(alpha > 0.0 && alpha <= 1.0) {
            return Err(Error::argument(format!("step: {name} is {alpha}, it must be above 0 and at most 1")));
        }
    }
    fit.without_priors("step")?;
    fit.with_factor("step")?;
    fit.need_rows("step")?;
    if fit.robust.is_some() {
        return Err(Error::unsupported(
            "step: models are compared without robust standard errors; ask the fit that it was made of",
        ));
    }
    if !fit.outcome.converged {
        return Err(Error::numeric("step: the search of the model did not converge"));
    }
    let mut table = Rows::default();
    let mut search =
        Search { fit, current: fit.clone(), random: removals(fit), gone: vec![], columns: (0..fit.fixed.names.len()).collect() };
    search.random_terms(options.alpha_random, &mut table, watch)?;
    search.fixed_terms(options.alpha_fixed, &mut table, watch)?;
    table.frame()
}

/// The model as it is at a step.
struct Search<'a> {
    fit: &'a Fit,
    current: Fit,
    /// All that may be left out of the random terms of the first model.
    random: Vec<Removal>,
    /// What has been, by place.
    gone: Vec<usize>,
    /// The columns of the fixed effects that are left.
    columns: Vec<usize>,
}

impl Search<'_> {
    /// The design without the random effects that are gone, and one more, and with some of the columns of the fixed effects.
    fn design(&self, more: Option<usize>, columns: &[usize]) -> Result<Design> {
        let gone: Vec<&Removal> = self.gone.iter().copied().chain(more).map(|place| &self.random[place]).collect();
        let design = apply(&gone, self.fit.design()?)?;
        if columns.len() == self.fit.fixed.names.len() {
            return Ok(design);
        }
        let n = design.n;
        let mut x = try_vec("model matrix", 0.0, n * columns.len())?;
        x.chunks_exact_mut(n.max(1)).zip(columns).for_each(|(to, &j)| to.copy_from_slice(&design.x[j * n..(j + 1) * n]));
        let names = columns.iter().map(|&j| design.x_names[j].clone()).collect();
        design.with_columns(x, names)
    }

    fn refit(&self, design: Design, options: &Options, watch: &Watch<'_>) -> Result<Fit> {
        let fit = self.fit.again(design, options, None, &watch.of_fit())?;
        // One that had to end early is no maximum.
        watch.check()?;
        if fit.outcome.converged { Ok(fit) } else { Err(Error::numeric("the search of the model without it did not converge")) }
    }

    fn random_terms(&mut self, alpha: f64, table: &mut Rows, watch: &Watch<'_>) -> Result<()> {
        let options = self.fit.options();
        loop {
            let candidates = self.random_candidates();
            let total = Some(candidates.len());
            let mut tested = vec![];
            for (i, place) in candidates.into_iter().enumerate() {
                watch.at(Phase::Model, i, total)?;
                let inside = watch.inside(Phase::Model, i, total);
                let reduced = self.design(Some(place), &self.columns).and_then(|design| self.refit(design, &options, &inside));
                let pair = reduced.and_then(|reduced| Ok((Test::new(&self.current, &reduced, watch)?, reduced)));
                let name = self.random[place].name.clone();
                tested.push(match or_reason(pair)? {
                    Ok((test, reduced)) => (place, Row::of_random(name, test), Some(reduced)),
                    Err(reason) => (place, Row { warning: Some(reason), ..Row::new("random", name) }, None),
                });
            }
            let Some((worst, reduced)) = worst(&mut tested, alpha) else {
                tested.into_iter().for_each(|(_, row, _)| table.put(row, false));
                return Ok(());
            };
            let (place, row, _) = tested.swap_remove(worst);
            table.put(row, true);
            self.gone.push(place);
            self.current = reduced;
        }
    }

    /// Effects that may go from the terms that have several left, and whole terms that have no such effect.
    fn random_candidates(&self) -> Vec<usize> {
        let is_gone = |place: usize| self.gone.contains(&place);
        let same = |a: usize, b: usize| self.random[a].of_term() == self.random[b].of_term();
        let all = 0..self.random.len();
        let left = |place: usize| {
            !is_gone(place) && !all.clone().any(|own| is_gone(own) && self.random[own].is_whole() && same(own, place))
        };
        let effects =
            |place: usize| all.clone().filter(|&own| !self.random[own].is_whole() && same(own, place) && left(own)).count();
        all.clone().filter(|&place| left(place) && (!self.random[place].is_whole() || effects(place) == 0)).collect()
    }

    fn fixed_terms(&mut self, alpha: f64, table: &mut Rows, watch: &Watch<'_>) -> Result<()> {
        let linear = self.fit.is_linear();
        let options =
            if linear { self.fit.options() } else { Options { reml: false, reml_generalised: false, ..self.fit.options() } };
        if !linear && self.current.reml {
            self.current = self.refit(self.design(None, &self.columns)?, &options, watch)?;
        }
        let terms = self.fit.fixed_terms();
        let mut left: Vec<usize> = (0..terms.len()).filter(|&t| !terms[t].1.is_empty()).collect();
        loop {
            let candidates: Vec<usize> = left.iter().copied().filter(|&t| self.is_in_none(t, &left)).collect();
            let total = Some(candidates.len());
            let freedom = if linear && !candidates.is_empty() { Some(Satterthwaite::of(&self.current, watch)?) } else { None };
            let mut tested = vec![];
            for (i, t) in candidates.into_iter().enumerate() {
                watch.at(Phase::Model, i, total)?;
                let inside = watch.inside(Phase::Model, i, total);
                let (name, own) = &terms[t];
                let rest: Vec<usize> = self.columns.iter().copied().filter(|j| !own.contains(j)).collect();
                let tried = match &freedom {
                    _ if !self.stays_without(t) => Err(Error::unsupported(
                        "without an intercept the other terms have another coding when it is gone; compare the models' fits",
                    )),
                    Some(freedom) => self.f_test(name, own, freedom).map(|row| (row, None)),
                    None => self.ratio(name, &rest, &options, &inside).map(|(row, reduced)| (row, Some(reduced))),
                };
                tested.push(match or_reason(tried)? {
                    Ok((row, reduced)) => (t, row, reduced),
                    Err(reason) => (t, Row { warning: Some(reason), ..Row::new("fixed", name.clone()) }, None),
                });
            }
            let largest = largest_above(&tested, alpha);
            let Some(at) = largest else {
                tested.into_iter().for_each(|(_, row, _)| table.put(row, false));
                let untested = left.iter().filter(|&&t| !self.is_in_none(t, &left));
                untested.for_each(|&t| table.put(Row::new("fixed", terms[t].0.clone()), false));
                return Ok(());
            };
            let (t, row, reduced) = tested.swap_remove(at);
            table.put(row, true);
            left.retain(|own| *own != t);
            self.columns.retain(|j| !terms[t].1.contains(j));
            self.current = match reduced {
                Some(reduced) => reduced,
                None => self.refit(self.design(None, &self.columns)?, &options, watch)?,
            };
        }
    }

    /// Whether no term that is left contains a term.
    fn is_in_none(&self, t: usize, left: &[usize]) -> bool {
        match &self.fit.program {
            ModelProgram::Formula(program) => !program.larger_terms()[t].iter().any(|larger| left.contains(larger)),
            ModelProgram::Arrays(_) => true,
        }
    }

    /// Whether the columns of the others are the same without a term.
    fn stays_without(&self, t: usize) -> bool {
        match &self.fit.program {
            ModelProgram::Formula(program) => self.fit.cox().is_some() || self.fit.ordinal().is_some() || program.stays_without(t),
            ModelProgram::Arrays(_) => true,
        }
    }

    /// The F test that the coefficients of a term, which are these columns, are zero.
    fn f_test(&self, name: &str, own: &[usize], freedom: &Satterthwaite) -> Result<Row> {
        let fixed = &self.current.fixed;
        let names: Vec<&String> = own.iter().map(|&j| &self.fit.fixed.names[j]).collect();
        let places: Vec<usize> = (0..fixed.names.len()).filter(|&j| names.contains(&&fixed.names[j])).collect();
        let (k, p) = (places.len(), fixed.names.len());
        let mut l = vec![0.0; k * p];
        places.iter().enumerate().for_each(|(i, &j)| l[i + j * k] = 1.0);
        let test = DegreesOfFreedom::Satterthwaite(freedom).joint_test(&self.current, &l, k, &vec![0.0; k])?;
        let row = Row::new("fixed", name.to_owned());
        Ok(Row {
            test: "f",
            statistic: test.chi_square / test.df1 as f64,
            df: test.df1 as f64,
            den_df: test.df2,
            p_value: test.p_value,
            ..row
        })
    }

    /// The likelihood ratio against the model with these columns alone.
    fn ratio(&self, name: &str, rest: &[usize], options: &Options, watch: &Watch<'_>) -> Result<(Row, Fit)> {
        let reduced = self.refit(self.design(None, rest)?, options, watch)?;
        let rise = 2.0 * (self.current.log_likelihood - reduced.log_likelihood);
        if rise.is_nan() || rise < -HIGHER * (1.0 + self.current.criterion.abs()) {
            return Err(Error::numeric(
                "the model without it has the higher likelihood: the search of the model did not end at the maximum",
            ));
        }
        let df = self.current.npar.saturating_sub(reduced.npar) as f64;
        let p_value = if df > 0.0 { chi_square_upper(rise.max(0.0), df) } else { f64::NAN };
        let row = Row::new("fixed", name.to_owned());
        Ok((Row { statistic: rise.max(0.0), df, p_value, ..row }, reduced))
    }
}

/// A candidate with the model without it.
type Tested = (usize, Row, Option<Fit>);

/// The place of the largest p-value, of several the first, if that is above a level.
fn largest_above(tested: &[Tested], alpha: f64) -> Option<usize> {
    let mut largest: Option<usize> = None;
    for (i, (_, row, _)) in tested.iter().enumerate().filter(|(_, (_, row, _))| row.p_value > alpha) {
        if largest.is_none_or(|at| tested[at].1.p_value < row.p_value) {
            largest = Some(i);
        }
    }
    largest
}

/// The same with the model without that candidate.
fn worst(tested: &mut [Tested], alpha: f64) -> Option<(usize, Fit)> {
    let at = largest_above(tested, alpha)?;
    tested[at].2.take().map(|reduced| (at, reduced))
}

struct Row {
    part: &'static str,
    term: String,
    test: &'static str,
    statistic: f64,
    df: f64,
    den_df: f64,
    p_value: f64,
    warning: Option<String>,
}

impl Row {
    fn new(part: &'static str, term: String) -> Row {
        let none = f64::NAN;
        Row { part, term, test: "lrt", statistic: none, df: none, den_df: f64::INFINITY, p_value: none, warning: None }
    }

    fn of_random(term: String, test: Test) -> Row {
        let row = Row::new("random", term);
        Row { statistic: test.chi_square, df: test.df as f64, p_value: test.plain, warning: test.warning, ..row }
    }
}

#[derive(Default)]
struct Rows {
    rows: Vec<Row>,
    eliminated: Vec<i64>,
}

impl Rows {
    fn put(&mut self, row: Row, gone: bool) {
        let before = self.rows.iter().zip(&self.eliminated).filter(|(own, order)| own.part == row.part && **order > 0).count();
        self.eliminated.push(if gone { before as i64 + 1 } else { 0 });
        self.rows.push(row);
    }

    fn frame(self) -> Result<Frame> {
        let reals = |value: &dyn Fn(&Row) -> f64| self.rows.iter().map(value).collect::<Vec<f64>>();
        let count = |row: &Row| if row.df.is_nan() { i64::MIN } else { row.df as i64 };
        let mut frame = Frame::new(self.rows.len());
        frame.add_strings("part", &self.rows.iter().map(|row| Some(row.part)).collect::<Vec<_>>())?;
        frame.add_strings("term", &self.rows.iter().map(|row| Some(row.term.as_str())).collect::<Vec<_>>())?;
        frame.add_strings("test", &self.rows.iter().map(|row| Some(row.test)).collect::<Vec<_>>())?;
        frame.add_real("statistic", reals(&|row| row.statistic))?;
        frame.add_integers("df", self.rows.iter().map(count).collect())?;
        frame.add_real("den_df", reals(&|row| row.den_df))?;
        frame.add_real("p_value", reals(&|row| row.p_value))?;
        frame.add_strings("warning", &self.rows.iter().map(|row| row.warning.as_deref()).collect::<Vec<_>>())?;
        frame.add_integers("eliminated", self.eliminated)?;
        Ok(frame)
    }
}
