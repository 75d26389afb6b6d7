//! A deviance in all working parameters but one, which is held.

use super::likelihood::{Likelihood, Reading, Report};
use super::path::{Path, Point};
use libm::hypot;

use crate::covariance::Structure;
use crate::error::{Error, Result, if_any};
use crate::linalg::dense;
use crate::optimize::{Method, Objective, Settings, Summary, minimize};
use crate::search::boundary::{LIFT, lifted};
use crate::search::is_converged;

/// How a parameter is one of the working ones.
pub enum Hold {
    /// Element `at` is a function of it. Where that is zero so are the elements `with` it (a column of T whose first element it is).
    Coordinate { at: usize, with: Vec<usize>, working: Box<dyn Fn(f64) -> f64> },
    /// Element `at` is the parameter times a factor plus shares of others.
    Shifted { at: usize, factor: f64, shares: Vec<(usize, f64)> },
    /// The elements T_21 and T_22 are rho s and sqrt(1 - rho^2) s, and s is free in their place.
    Correlation { t21: usize, t22: usize },
    /// The user's T_21 and T_22 are `skew` T_11 + T_21 and T_22 but for a common factor, and their ratio is held.
    Ratio { t11: usize, t21: usize, t22: usize, skew: f64 },
    /// It is none of the working ones, which are all free: the likelihood holds it itself.
    Beside,
}

/// All working parameters as an affine function of those that are free.
struct Slice {
    n: usize,
    constants: Vec<(usize, f64)>,
    columns: Vec<Vec<(usize, f64)>>,
}

impl Hold {
    fn slice(&self, n: usize, v: f64) -> Slice {
        let mut constants = vec![];
        let mut left_out = vec![];
        let mut columns = vec![];
        let (mut shifted, mut shares) = (0, vec![]);
        match self {
            Hold::Coordinate { at, with, working } => {
                let value = working(v);
                constants.push((*at, value));
                left_out.push(*at);
                if value == 0.0 {
                    left_out.extend(with);
                }
            }
            Hold::Shifted { at, factor, shares: own } => {
                constants.push((*at, factor * v));
                left_out.push(*at);
                (shifted, shares) = (*at, own.clone());
            }
            // Solved for the element that has the larger part in it.
            Hold::Ratio { t11, t21, t22, skew } => {
                (shifted, shares) = if skew.abs() > 1.0 {
                    (*t11, vec![(*t22, v / skew), (*t21, -1.0 / skew)])
                } else {
                    (*t21, vec![(*t22, v), (*t11, -skew)])
                };
                left_out.push(shifted);
            }
            Hold::Correlation { t21, t22 } => {
                left_out.extend([*t21, *t22]);
                columns.push(vec![(*t21, v), (*t22, (1.0 - v * v).max(0.0).sqrt())]);
            }
            Hold::Beside => {}
        }
        let column = |i: usize| {
            let others = shares.iter().filter(|(j, _)| *j == i).map(|(_, share)| (shifted, *share));
            std::iter::once((i, 1.0)).chain(others).collect()
        };
        columns.extend((0..n).filter(|i| !left_out.contains(i)).map(column));
        Slice { n, constants, columns }
    }

    /// Where a standard deviation has changed its sign at `x` the correlation is that of the other sign: instead, one of them is zero.
    fn edges(&self, n: usize, v: f64, x: &[f64]) -> Vec<Slice> {
        let without = |left_out: &[usize]| {
            let mut slice = self.slice(n, v);
            slice.columns.retain(|column| !left_out.contains(&column[0].0));
            slice
        };
        match self {
            Hold::Correlation { t21, t22 } => {
                let (t11, s) = (t21 - 1, v * x[*t21] + (1.0 - v * v).max(0.0).sqrt() * x[*t22]);
                if x[t11] * s < 0.0 { vec![without(&[*t21]), without(&[t11])] } else { vec![] }
            }
            Hold::Ratio { t11, t21, t22, .. } if x[*t11] * x[*t22] < 0.0 => {
                // Without variance of the first effect the second has that of its own column.
                let columns = (0..n).filter(|i| i != t11 && i != t21).map(|i| vec![(i, 1.0)]).collect();
                vec![without(&[*t22]), Slice { n, constants: vec![], columns }]
            }
            _ => vec![],
        }
    }

    /// The free parameters nearest to those of a point.
    fn project(&self, slice: &Slice, x: &[f64]) -> Vec<f64> {
        let scale = |column: &Vec<(usize, f64)>| match self {
            Hold::Correlation { t21, t22 } if column.len() > 1 => hypot(x[*t21], x[*t22]),
            _ => x[column[0].0],
        };
        slice.columns.iter().map(scale).collect()
    }

    /// The derivative of the working parameters in this one, those of the slice as they are; `None` if it is none of them.
    fn direction(&self, v: f64, x: &[f64]) -> Option<Vec<(usize, f64)>> {
        match self {
            Hold::Beside => None,
            Hold::Shifted { at, factor, .. } => Some(vec![(*at, *factor)]),
            Hold::Ratio { t11, t22, skew, .. } if skew.abs() > 1.0 => Some(vec![(*t11, x[*t22] / skew)]),
            Hold::Ratio { t21, t22, .. } => Some(vec![(*t21, x[*t22])]),
            Hold::Coordinate { at, working, .. } => {
                let step = 1e-6 * v.abs().max(1e-3);
                Some(vec![(*at, (working(v + step) - working(v - step)) / (2.0 * step))])
            }
            Hold::Correlation { t21, t22 } => {
                let root = (1.0 - v * v).max(0.0).sqrt();
                let s = v * x[*t21] + root * x[*t22];
                Some(vec![(*t21, s), (*t22, -v / root * s)])
            }
        }
    }
}

impl Slice {
    fn expand(&self, free: &[f64]) -> Vec<f64> {
        let mut x = vec![0.0; self.n];
        for (i, v) in &self.constants {
            x[*i] = *v;
        }
        for (column, f) in self.columns.iter().zip(free) {
            for (i, c) in column {
                x[*i] += c * f;
            }
        }
        x
    }

    fn contract(&self, gradient: &[f64], out: &mut [f64]) {
        for (out, column) in out.iter_mut().zip(&self.columns) {
            *out = column.iter().map(|(i, c)| c * gradient[*i]).sum();
        }
    }
}

/// c'H d.
fn form(n: usize, hessian: &[f64], left: &[(usize, f64)], right: &[(usize, f64)]) -> f64 {
    left.iter().map(|(a, c)| right.iter().map(|(b, d)| c * d * hessian[b * n + a]).sum::<f64>()).sum()
}

/// The deviance on a slice.
struct OnSlice<'s> {
    likelihood: &'s mut dyn Likelihood,
    slice: &'s Slice,
}

impl Objective for OnSlice<'_> {
    fn dimension(&self) -> usize {
        self.slice.columns.len()
    }

    fn value(&mut self, x: &[f64]) -> Result<f64> {
        self.likelihood.value(&self.slice.expand(x))
    }

    fn gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        let mut full = vec![0.0; self.slice.n];
        let value = self.likelihood.gradient(&self.slice.expand(x), &mut full)?;
        self.slice.contract(&full, gradient);
        Ok(value)
    }

    fn hessian(&mut self, x: &[f64], gradient: &mut [f64], hessian: &mut [f64]) -> Result<f64> {
        let n = self.slice.n;
        let (mut full, mut curvature) = (vec![0.0; n], vec![0.0; n * n]);
        let value = self.likelihood.hessian(&self.slice.expand(x), &mut full, &mut curvature)?;
        self.slice.contract(&full, gradient);
        let columns = &self.slice.columns;
        for (j, right) in columns.iter().enumerate() {
            for (i, left) in columns.iter().enumerate() {
                hessian[j * columns.len() + i] = form(n, &curvature, left, right);
            }
        }
        Ok(value)
    }
}

/// The least deviance for each value of a parameter; each search starts where the last two lead to.
pub struct HeldPath<'s, 'p> {
    likelihood: &'s mut dyn Likelihood,
    hold: Hold,
    own: Track,
    /// From other minima: where their tracks are lower, the path is theirs.
    others: Vec<Track>,
    tangent: Option<Tangent>,
    unit: f64,
    reading: &'s Reading<'s>,
    report: &'s Report<'p>,
}

/// The least deviance from one minimum on.
struct Track {
    /// The minimum.
    centre: (f64, Vec<f64>),
    last: (f64, Vec<f64>),
    before: Option<(f64, Vec<f64>)>,
}

impl Track {
    fn new(centre: (f64, Vec<f64>)) -> Self {
        Track { last: centre.clone(), centre, before: None }
    }

    fn restart(&mut self) {
        self.last.clone_from(&self.centre);
        self.before = None;
    }

    fn moved(&mut self, v: f64, x: Vec<f64>) {
        self.before = Some(std::mem::replace(&mut self.last, (v, x)));
    }

    /// Where to look for the least deviance at a value.
    fn guess(&self, v: f64, unit: f64, tangent: Option<&Tangent>) -> Vec<f64> {
        let (from, x) = &self.last;
        if (v - from).abs() > FAR * unit {
            return x.clone();
        }
        match (&self.before, tangent) {
            (Some((first, y)), _) if first != from => {
                x.iter().zip(y).map(|(x, y)| x + (x - y) / (from - first) * (v - from)).collect()
            }
            (None, Some(tangent)) => x.iter().zip(&tangent.slope).map(|(x, s)| x + s * (v - from)).collect(),
            _ => x.clone(),
        }
    }
}

/// The path at the estimates, from the curvature of the deviance there.
struct Tangent {
    /// The distance over which the deviance rises by one.
    unit: f64,
    /// The derivative of the working parameters.
    slope: Vec<f64>,
}

/// Starts are not extrapolated further than this many units.
const FAR: f64 = 4.0;
/// The distance is at most this many times the one that is guessed.
const LONGEST: f64 = 10.0;

impl<'s, 'p> HeldPath<'s, 'p> {
    pub fn new(
        likelihood: &'s mut dyn Likelihood,
        hold: Hold,
        centre: (f64, Vec<f64>),
        others: Vec<(f64, Vec<f64>)>,
        reading: &'s Reading<'s>,
        report: &'s Report<'p>,
    ) -> Self {
        let others = others.into_iter().map(Track::new).collect();
        HeldPath { likelihood, hold, own: Track::new(centre), others, tangent: None, unit: 0.0, reading, report }
    }

    /// The distance over which the deviance may be expected to rise by one, from its curvature; `guess` where that does not tell.
    pub fn unit(&mut self, guess: Option<f64>) -> Result<f64> {
        let (alone, tangent) = self.tangent()?;
        let guess = guess.or(alone).unwrap_or_else(|| 0.1 * self.own.centre.0.abs().max(0.1));
        self.tangent = tangent.filter(|tangent| tangent.unit < LONGEST * guess);
        self.unit = self.tangent.as_ref().map_or(guess, |tangent| tangent.unit);
        Ok(self.unit)
    }

    /// All parameters at the estimates.
    pub fn estimates(&mut self) -> Result<Vec<f64>> {
        let (v, x) = &self.own.centre;
        if matches!(self.hold, Hold::Beside) {
            self.likelihood.hold(*v);
        }
        self.likelihood.gradient(x, &mut vec![0.0; x.len()])?;
        Ok((self.reading)(self.likelihood.state(x)?))
    }

    /// The distance where the other parameters stay, and the tangent.
    fn tangent(&mut self) -> Result<(Option<f64>, Option<Tangent>)> {
        let (v, x) = &self.own.centre;
        let Some(direction) = self.hold.direction(*v, x) else { return Ok((None, None)) };
        let n = x.len();
        let (mut gradient, mut hessian) = (vec![0.0; n], vec![0.0; n * n]);
        self.likelihood.hessian(x, &mut gradient, &mut hessian)?;
        let distance = |curvature: f64| Some((2.0 / curvature).sqrt()).filter(|unit| unit.is_finite() && *unit > 0.0);
        let own = form(n, &hessian, &direction, &direction);
        let columns = self.hold.slice(n, *v).columns;
        let m = columns.len();
        let mut others: Vec<f64> = (0..m * m).map(|e| form(n, &hessian, &columns[e % m], &columns[e / m])).collect();
        let mut share: Vec<f64> = columns.iter().map(|column| form(n, &hessian, column, &direction)).collect();
        if dense::cholesky(m, &mut others).is_err() {
            return Ok((distance(own), None));
        }
        dense::solve_lower(m, &others, &mut share);
        let unit = distance(own - share.iter().map(|s| s * s).sum::<f64>());
        dense::solve_lower_transpose(m, &others, &mut share);
        let mut slope = vec![0.0; n];
        for (i, d) in &direction {
            slope[*i] += d;
        }
        for (column, share) in columns.iter().zip(&share) {
            for (i, c) in column {
                slope[*i] -= c * share;
            }
        }
        let unit = unit.filter(|_| slope.iter().all(|s| s.is_finite()));
        Ok((distance(own), unit.map(|unit| Tangent { unit, slope })))
    }

    /// The least deviance at a value, from a point near it, and where it is.
    fn least(&mut self, v: f64, guess: &[f64]) -> Result<(f64, Vec<f64>)> {
        let slice = self.hold.slice(guess.len(), v);
        let start = self.hold.project(&slice, guess);
        let mut end = self.minimum(&slice, &start)?;
        // A variance that starts at zero stays there, so another start is tried where one is.
        let structures = self.likelihood.structures();
        let full = slice.expand(&end.x);
        let n_theta = structures.iter().map(Structure::n_theta).sum();
        let mut other = full.clone();
        other[..n_theta].copy_from_slice(&lifted(structures, &full[..n_theta], LIFT));
        if other != full
            && let Some(again) = if_any(self.minimum(&slice, &self.hold.project(&slice, &other)))?
            && again.value < end.value
        {
            end = again;
        }
        let mut x = slice.expand(&end.x);
        let (mut value, mut least) = (end.value, f64::INFINITY);
        let flipped = x.clone();
        for edge in self.hold.edges(x.len(), v, &flipped) {
            let end = self.minimum(&edge, &self.hold.project(&edge, &flipped))?;
            if end.value < least {
                (least, value, x) = (end.value, end.value, edge.expand(&end.x));
            }
        }
        Ok((value, x))
    }

    fn minimum(&mut self, slice: &Slice, start: &[f64]) -> Result<Summary> {
        least(&mut OnSlice { likelihood: &mut *self.likelihood, slice }, start)
    }
}

/// The minimum of an objective from a point near it.
pub fn least(objective: &mut dyn Objective, start: &[f64]) -> Result<Summary> {
    let mut settings = Settings { tolerance: 1e-11, max_evaluations: 100, ..Settings::default() };
    let mut end = minimize(Method::Newton, objective, start, &mut settings)?;
    if !is_converged(end.reason) {
        let valley = minimize(Method::Lbfgs, objective, &end.x, &mut settings)?;
        end = minimize(Method::Newton, objective, &valley.x, &mut settings)?;
    }
    if is_converged(end.reason) { Ok(end) } else { Err(Error::numeric("the search on a profile did not converge")) }
}

impl Path for HeldPath<'_, '_> {
    fn at(&mut self, v: f64) -> Result<Point> {
        if matches!(self.hold, Hold::Beside) {
            self.likelihood.hold(v);
        }
        let guess = self.own.guess(v, self.unit, self.tangent.as_ref());
        let (mut least, mut x) = self.least(v, &guess)?;
        self.own.moved(v, x.clone());
        for i in 0..self.others.len() {
            let guess = self.others[i].guess(v, self.unit, None);
            // That this track breaks off is no failure of the path.
            let Some((value, end)) = if_any(self.least(v, &guess))? else { continue };
            self.others[i].moved(v, end.clone());
            if value < least {
                (least, x) = (value, end);
            }
        }
        let mut gradient = vec![0.0; x.len()];
        let value = self.likelihood.gradient(&x, &mut gradient)?;
        let slope = match self.hold.direction(v, &x) {
            Some(direction) => direction.iter().map(|(i, d)| d * gradient[*i]).sum(),
            None => self.likelihood.slope(),
        };
        self.report.point(value, &self.likelihood.theta(&x))?;
        let parameters = (self.reading)(self.likelihood.state(&x)?);
        Ok(Point { value, slope, parameters })
    }

    fn restart(&mut self) {
        self.own.restart();
        self.others.iter_mut().for_each(Track::restart);
    }
}
