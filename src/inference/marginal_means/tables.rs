//! Marginal means and their contrasts as tables.

use super::means::{Factor, MarginalMeans};
use crate::error::{Error, Result};
use crate::family::{Family, Link, Scale};
use crate::fit::Fit;
use crate::frame::Frame;
use crate::inference::adjust::{Adjustment, Statistic};
use crate::inference::contrast::{ContrastRow, Contrasts};
use crate::inference::linear::{Coefficients, Combination};
use crate::names::beside;
use crate::watch::{Phase, Watch};

/// The response behind a link.
pub struct ResponseScale {
    pub linkinv: Box<dyn Fn(f64) -> f64>,
    /// The derivative of `linkinv`.
    pub mu_eta: Box<dyn Fn(f64) -> f64>,
    /// What the exponential of a difference is called, where it is something.
    pub ratio: Option<&'static str>,
}

impl ResponseScale {
    /// That of a fit; `None` where response and linear predictor are one, as in a linear model.
    pub fn of_fit(fit: &Fit) -> Result<Option<Self>> {
        if fit.ordinal().is_some() {
            return Err(Error::unsupported(
                "marginal means of an ordinal model are those of the latent variable, on the scale of the link",
            ));
        }
        if fit.cox().is_some() {
            return Ok(Some(ResponseScale { ratio: Some("hazard_ratio"), ..Self::of_link(Link::Log) }));
        }
        Ok(fit.generalised().and_then(|own| Self::of_family(&*own.family)))
    }

    /// Differences of logarithms are ratios, those of logits odds ratios.
    pub fn of_link(link: Link) -> Self {
        let ratio = match link {
            Link::Log => Some("ratio"),
            Link::Logit => Some("odds_ratio"),
            _ => None,
        };
        ResponseScale { linkinv: Box::new(move |eta| link.linkinv(eta)), mu_eta: Box::new(move |eta| link.mu_eta(eta)), ratio }
    }

    /// The family's first parameter behind its working scale.
    pub fn of_parameter(scale: Scale) -> Self {
        let ratio = matches!(scale, Scale::Log).then_some("ratio");
        ResponseScale {
            linkinv: Box::new(move |psi| scale.reported(psi)),
            mu_eta: Box::new(move |psi| scale.derivative(psi)),
            ratio,
        }
    }

    /// The mean response about a linear predictor that varies with this variance, to second order. Ratios stay what they are: of a log link the
    /// correction is a factor, and an odds ratio has no mean.
    pub fn with_variance(self, variance: f64) -> Self {
        let (half, slope) = (0.5 * variance, std::rc::Rc::new(self.mu_eta));
        let (inverse, first, second) = (self.linkinv, slope.clone(), slope);
        ResponseScale {
            linkinv: Box::new(move |eta| inverse(eta) + half * slope_of(&*first, eta)),
            mu_eta: Box::new(move |eta| second(eta) + half * bend_of(&*second, eta)),
            ratio: self.ratio,
        }
    }

    /// With the family's own functions if its link is of the caller's making; `None` where response and linear predictor are one.
    pub fn of_family(family: &dyn Family) -> Option<Self> {
        match family.link() {
            Link::Identity => None,
            Link::Custom => {
                let (one, other) = (family.clone_box(), family.clone_box());
                Some(ResponseScale {
                    linkinv: Box::new(move |eta| one.linkinv(eta)),
                    mu_eta: Box::new(move |eta| other.mu_eta(eta)),
                    ratio: None,
                })
            }
            link => Some(Self::of_link(link)),
        }
    }
}

/// The derivative of a function, and its second one, by differences of fourth order.
fn slope_of(f: &dyn Fn(f64) -> f64, at: f64) -> f64 {
    let h = 1e-3 * at.abs().max(1.0);
    (8.0 * (f(at + h) - f(at - h)) - (f(at + 2.0 * h) - f(at - 2.0 * h))) / (12.0 * h)
}

fn bend_of(f: &dyn Fn(f64) -> f64, at: f64) -> f64 {
    let h = 1e-2 * at.abs().max(1.0);
    (16.0 * (f(at + h) + f(at - h)) - (f(at + 2.0 * h) + f(at - 2.0 * h)) - 30.0 * f(at)) / (12.0 * h * h)
}

impl MarginalMeans {
    /// A row a mean: the factors, `estimate` (on the scale of the response `response`), `std_error`, `df`, `lower` and `upper`. On the scale
    /// of the response standard errors are by the delta method, and limits are those of the linear predictor taken back. A mean that
    /// can't be estimated has no numbers.
    pub fn table(
        &self,
        coefficients: &Coefficients,
        scale: Option<&ResponseScale>,
        level: f64,
        watch: &Watch<'_>,
    ) -> Result<Frame> {
        check_level(level)?;
        let mut means = vec![];
        for (i, row) in self.rows.iter().enumerate() {
            watch.pulse_at(Phase::Means, i, Some(self.rows.len()))?;
            means.push(self.combination(coefficients, row, 1.0));
        }
        let limits: Vec<(f64, f64)> = means.iter().map(|m| m.interval(m.reach(level))).collect();
        let mut frame = Frame::new(means.len());
        self.add_factors(&mut frame, 0)?;
        let name = if scale.is_some() { "response" } else { "estimate" };
        frame.add_real(name, means.iter().map(|m| scale.map_or(m.estimate, |s| (s.linkinv)(m.estimate))).collect())?;
        let error = |m: &Combination| m.std_error * scale.map_or(1.0, |s| (s.mu_eta)(m.estimate).abs());
        frame.add_real("std_error", means.iter().map(error).collect())?;
        frame.add_real("df", means.iter().map(|m| m.df).collect())?;
        let limits = limits.into_iter().map(|limits| scale.map_or(limits, |s| back(s, limits)));
        let (lower, upper) = limits.unzip();
        frame.add_real("lower", lower)?;
        frame.add_real("upper", upper)?;
        Ok(frame)
    }

    /// A row a contrast: the groups' factors, `contrast`, `estimate`, `std_error`, `df`, `lower`, `upper`, `statistic` (t, or z where
    /// the degrees of freedom are infinite) and `p_value`. Each group is a family of its own for the adjustment. On the scale of the response
    /// a difference of logarithms is a ratio (`ratio`, `odds_ratio`, `hazard_ratio`); other links have no such scale, and their contrasts stay where they are.
    pub fn contrasts(
        &self,
        coefficients: &Coefficients,
        contrasts: &Contrasts,
        adjustment: Adjustment,
        scale: Option<&ResponseScale>,
        level: f64,
        watch: &Watch<'_>,
    ) -> Result<Frame> {
        check_level(level)?;
        let adjustment = adjustment.resolved(*contrasts == Contrasts::Pairwise);
        if adjustment == Adjustment::Tukey && *contrasts != Contrasts::Pairwise {
            return Err(Error::argument("adjust is tukey, which is for pairwise contrasts only"));
        }
        let labels = self.labels();
        let (rows, m) = (contrasts.rows(&labels)?, labels.len());
        let ratio = scale.and_then(|s| s.ratio);
        let n_groups = self.rows.len() / m;
        let mut table = ContrastTable::default();
        for group in 0..n_groups {
            watch.at(Phase::Means, group, Some(n_groups))?;
            let means = &self.rows[group * m..(group + 1) * m];
            let contrast = |row| watch.pulse().map(|()| self.contrast(coefficients, means, row));
            let family: Vec<Combination> = rows.iter().map(contrast).collect::<Result<_>>()?;
            let tests: Vec<Statistic> = family.iter().map(|c| Statistic { value: c.statistic(0.0), df: c.df }).collect();
            let (p_values, reaches) = (adjustment.p_values(&tests, m, watch)?, adjustment.reaches(&tests, m, level, watch)?);
            for (i, own) in family.iter().enumerate() {
                table.add(own, tests[i].value, p_values[i], reaches[i], ratio.is_some());
            }
        }
        let mut frame = Frame::new(n_groups * rows.len());
        self.add_groups(&mut frame, rows.len())?;
        let name = |row: &ContrastRow| if ratio.is_some() { row.ratio_name.clone() } else { row.name.clone() };
        let names: Vec<String> = (0..n_groups).flat_map(|_| rows.iter().map(name)).collect();
        frame.add_strings("contrast", &names.iter().map(|n| Some(n.as_str())).collect::<Vec<_>>())?;
        table.add_to(&mut frame, ratio.unwrap_or("estimate"))?;
        Ok(frame)
    }

    /// A combination of all columns, with the offset that goes with it.
    fn combination(&self, coefficients: &Coefficients, row: &[f64], share_of_offset: f64) -> Combination {
        let Some(kept) = self.coefficients_of(row) else { return Combination::NONE };
        let mut combination = coefficients.combination(&kept);
        combination.estimate += share_of_offset * self.offset;
        combination
    }

    fn contrast(&self, coefficients: &Coefficients, means: &[Vec<f64>], row: &ContrastRow) -> Combination {
        let mut sum = vec![0.0; means.first().map_or(0, Vec::len)];
        for (mean, weight) in means.iter().zip(&row.weights).filter(|(_, w)| **w != 0.0) {
            sum.iter_mut().zip(mean).for_each(|(s, m)| *s += weight * m);
        }
        self.combination(coefficients, &sum, row.weights.iter().sum())
    }

    /// The labels of the means of a group.
    fn labels(&self) -> Vec<String> {
        let factors = &self.factors[..self.n_factors];
        let n: usize = factors.iter().map(|f| f.levels.len()).product();
        let label = |mean: usize| {
            let mut rest = mean;
            let parts = factors.iter().map(|factor| {
                let level = &factor.levels[rest % factor.levels.len()];
                rest /= factor.levels.len();
                if factor.numeric { format!("{}{level}", factor.name) } else { level.clone() }
            });
            parts.collect::<Vec<_>>().join(" ")
        };
        (0..n).map(label).collect()
    }

    /// The columns of the factors from the `first` on, one row a mean.
    fn add_factors(&self, frame: &mut Frame, first: usize) -> Result<()> {
        if self.n_factors == 0 && first == 0 {
            frame.add_strings("1", &vec![Some("overall"); self.rows.len()])?;
        }
        let mut stride = 1;
        for (f, factor) in self.factors.iter().enumerate() {
            if f >= first {
                add_factor(frame, factor, |mean| mean / stride % factor.levels.len(), self.rows.len())?;
            }
            stride *= factor.levels.len();
        }
        Ok(())
    }

    /// The columns of the groups' factors, with `each` rows a group.
    fn add_groups(&self, frame: &mut Frame, each: usize) -> Result<()> {
        let mut stride = each;
        for factor in &self.factors[self.n_factors..] {
            add_factor(frame, factor, |row| row / stride % factor.levels.len(), frame.n_rows())?;
            stride *= factor.levels.len();
        }
        Ok(())
    }
}

/// Columns of the tables beside those of factors.
const OWN_COLUMNS: [&str; 12] = [
    "contrast",
    "estimate",
    "response",
    "ratio",
    "odds_ratio",
    "hazard_ratio",
    "std_error",
    "df",
    "lower",
    "upper",
    "statistic",
    "p_value",
];

fn add_factor(frame: &mut Frame, factor: &Factor, level: impl Fn(usize) -> usize, n: usize) -> Result<()> {
    let name = beside(&OWN_COLUMNS, std::slice::from_ref(&factor.name)).remove(0);
    frame.add_category(&name, (0..n).map(|row| level(row) as i32).collect(), factor.levels.clone(), false)
}

/// The columns of numbers of a table of contrasts.
#[derive(Default)]
struct ContrastTable {
    estimate: Vec<f64>,
    std_error: Vec<f64>,
    df: Vec<f64>,
    lower: Vec<f64>,
    upper: Vec<f64>,
    statistic: Vec<f64>,
    p_value: Vec<f64>,
}

impl ContrastTable {
    fn add(&mut self, own: &Combination, statistic: f64, p_value: f64, reach: f64, ratio: bool) {
        let (lower, upper) = own.interval(reach);
        let scaled = |x: f64| if ratio { x.exp() } else { x };
        self.estimate.push(scaled(own.estimate));
        self.std_error.push(if ratio { own.std_error * own.estimate.exp() } else { own.std_error });
        self.df.push(own.df);
        self.lower.push(scaled(lower));
        self.upper.push(scaled(upper));
        self.statistic.push(statistic);
        self.p_value.push(p_value);
    }

    fn add_to(self, frame: &mut Frame, estimate: &str) -> Result<()> {
        frame.add_real(estimate, self.estimate)?;
        frame.add_real("std_error", self.std_error)?;
        frame.add_real("df", self.df)?;
        frame.add_real("lower", self.lower)?;
        frame.add_real("upper", self.upper)?;
        frame.add_real("statistic", self.statistic)?;
        frame.add_real("p_value", self.p_value)
    }
}

/// Limits of the linear predictor taken back; a decreasing link changes their places.
fn back(scale: &ResponseScale, (lower, upper): (f64, f64)) -> (f64, f64) {
    let (a, b) = ((scale.linkinv)(lower), (scale.linkinv)(upper));
    if a > b { (b, a) } else { (a, b) }
}

fn check_level(level: f64) -> Result<()> {
    if level > 0.0 && level < 1.0 { Ok(()) } else { Err(Error::argument(format!("level is {level}, must be between 0 and 1"))) }
}
