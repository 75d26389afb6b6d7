//! Pairs of parameters: contours of the profile likelihood by the two traces (Bates and Watts 1988, section 6.1).
//!
//! Both parameters are on their scales of zeta. The trace of y along x has the best y at each x; where it is at x = c or -c, and the trace
//! of x along y at y = c or -c, the contour of the level c has its four outermost points. Points of a contour are
//!
//! ```text
//! x = c cos(a + d/2),   y = c cos(a - d/2),
//! ```
//!
//! d is the same along an ellipse, which is the contour of a quadratic likelihood; here it is a periodic spline in a through the four points.

use std::f64::consts::{PI, TAU};

use super::profiles::{HARDLY, RISING, knots, place, rising};
use super::residuals::percent;
use super::scene::Scene;
use super::settings::list;
use super::sheet::{Axis, Layer, Mark, Panel, Role, Sheet};
use super::spline::{Spline, Steady};
use crate::error::{Error, Result};
use crate::inference::profile::{OnCurve, Profile};

/// Shares of the likelihood of both parameters, whose contours are shown; the first is the outermost.
const SHARES: [f64; 4] = [0.99, 0.95, 0.8, 0.5];
/// Parameters on a sheet at most.
const MOST: usize = 6;
/// Points of a contour and of a trace.
const CONTOUR: usize = 120;
const TRACE: usize = 60;
/// A side that is shorter than this share of the other has a jump.
const JUMP: f64 = 1e-4;
/// Periods of the spline of d before and after the one that is used.
const PERIODS: i32 = 4;

/// The least zeta of a share of the chi-square distribution with two degrees of freedom.
fn reach(share: f64) -> f64 {
    (-2.0 * (-share).ln_1p()).sqrt()
}

/// A parameter with its profile.
struct Own {
    name: String,
    place: usize,
    /// Ascending.
    points: Vec<OnCurve>,
    zeta: Spline,
    /// The first and the last value that is shown, with their zeta.
    ends: [(f64, f64); 2],
}

impl Own {
    /// None without a profile to both sides.
    fn new(profile: Profile) -> Result<Option<Self>> {
        let outermost = reach(SHARES[0]);
        // What is beyond the outermost contour is not shown, nor where a curve hardly rises.
        let side = |sign: f64, limit: f64| rising(&profile, sign, if limit.is_nan() { RISING } else { HARDLY });
        let (low, high) = (profile.estimate - side(-1.0, profile.lower), profile.estimate + side(1.0, profile.upper));
        let shown = |p: &OnCurve| p.value.is_finite() && p.value >= low && p.value <= high && p.zeta.abs() <= outermost + 1e-6;
        let mut points: Vec<OnCurve> = profile.curve.points.into_iter().filter(shown).collect();
        points.sort_by(|a, b| a.value.total_cmp(&b.value).then(a.zeta.total_cmp(&b.zeta)));
        if profile.lower.is_infinite() || profile.upper.is_infinite() {
            return Ok(None);
        }
        let pairs: Vec<(f64, f64)> = points.iter().map(|p| (p.value, p.zeta)).collect();
        let (Some(first), Some(last)) = (pairs.first().copied(), pairs.last().copied()) else { return Ok(None) };
        if !(first.0 < last.0 && first.1 < last.1) {
            return Ok(None);
        }
        // A curve that jumps at the estimate is none.
        let (below, above) = (profile.estimate - first.0, last.0 - profile.estimate);
        if below.min(above) > 0.0 && below.min(above) < JUMP * below.max(above) {
            return Ok(None);
        }
        let (mut x, mut y) = knots(&pairs);
        // The last point is one of the curve, whatever it is near.
        if x.len() > 1 && x[x.len() - 1] < last.0 {
            x.pop();
            y.pop();
        }
        if x[x.len() - 1] < last.0 {
            x.push(last.0);
            y.push(last.1);
        }
        Ok(Some(Own { name: profile.name, place: profile.place, points, zeta: Spline::new(x, y)?, ends: [first, last] }))
    }

    /// Where zeta has a value; at the ends of what was seen, if it is beyond.
    fn value(&self, zeta: f64) -> f64 {
        let [(mut low, least), (mut high, most)] = self.ends;
        if zeta <= least {
            return low;
        }
        if zeta >= most {
            return high;
        }
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if self.zeta.at(middle).0 < zeta {
                low = middle;
            } else {
                high = middle;
            }
        }
        f64::midpoint(low, high)
    }

    /// The zeta of another parameter along this one's.
    fn trace(&self, other: &Own) -> Steady {
        let all = self.points.iter().map(|p| (p.zeta, p.parameters.get(other.place).map_or(f64::NAN, |v| other.zeta.at(*v).0)));
        let mut known: Vec<(f64, f64)> = all.filter(|(_, own)| own.is_finite()).collect();
        known.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut apart: Vec<(f64, f64)> = vec![];
        for (zeta, own) in known {
            // The other one's is no further from zero, but for the error of its spline.
            let own = own.clamp(-zeta.abs(), zeta.abs());
            if apart.last().is_none_or(|last| zeta - last.0 > 1e-3) {
                apart.push((zeta, own));
            }
        }
        if apart.is_empty() {
            apart.push((0.0, 0.0));
        }
        let (x, y) = apart.into_iter().unzip();
        Steady::new(x, y)
    }
}

/// The contour of level c, closed, by where the traces are at both of their ends: of y at x = -c and c, of x at y = -c and c.
fn contour(c: f64, y_at: [f64; 2], x_at: [f64; 2]) -> Result<Vec<(f64, f64)>> {
    let angle = |v: f64| (v / c).clamp(-1.0, 1.0).acos();
    let (right, top, left, bottom) = (angle(y_at[1]), angle(x_at[1]), PI - angle(y_at[0]), PI - angle(x_at[0]));
    let own = [(-0.5 * right, right), (0.5 * top, top), (PI - 0.5 * left, left), (PI + 0.5 * bottom, bottom)];
    let (mut a, mut d): (Vec<f64>, Vec<f64>) = (vec![], vec![]);
    for period in -PERIODS..=PERIODS {
        for (average, difference) in own {
            let average = average + TAU * f64::from(period);
            if a.last().is_none_or(|last| average - last > 1e-9) {
                a.push(average);
                d.push(difference);
            }
        }
    }
    let spline = Spline::new(a, d)?;
    let point = |k: usize| {
        let a = TAU * (k % CONTOUR) as f64 / CONTOUR as f64;
        let half = 0.5 * spline.at(a).0.clamp(0.0, PI);
        (c * (a + half).cos(), c * (a - half).cos())
    };
    Ok((0..=CONTOUR).map(point).collect())
}

/// The parts of a closed curve within ranges of x and y.
fn within(curve: &[(f64, f64)], x: (f64, f64), y: (f64, f64)) -> Vec<Vec<(f64, f64)>> {
    let slack = 1e-6;
    let is_inside = |p: &(f64, f64)| p.0 >= x.0 - slack && p.0 <= x.1 + slack && p.1 >= y.0 - slack && p.1 <= y.1 + slack;
    let Some(outside) = curve.iter().position(|p| !is_inside(p)) else { return vec![curve.to_vec()] };
    // Where the curve crosses the edge.
    let edge = |inside: (f64, f64), outside: (f64, f64)| {
        let share = |from: f64, to: f64, (low, high): (f64, f64)| {
            let limit = if to < low { low } else { high };
            if to < low || to > high { ((limit - from) / (to - from)).clamp(0.0, 1.0) } else { 1.0 }
        };
        let t = share(inside.0, outside.0, x).min(share(inside.1, outside.1, y));
        (inside.0 + t * (outside.0 - inside.0), inside.1 + t * (outside.1 - inside.1))
    };
    let n = curve.len() - 1;
    let mut all: Vec<Vec<(f64, f64)>> = vec![];
    let mut open: Vec<(f64, f64)> = vec![];
    for k in 1..=n {
        let (before, own) = (curve[(outside + k - 1) % n], curve[(outside + k) % n]);
        match (is_inside(&before), is_inside(&own)) {
            (false, true) => open = vec![edge(own, before), own],
            (true, true) => open.push(own),
            (true, false) => {
                open.push(edge(before, own));
                all.push(std::mem::take(&mut open));
            }
            (false, false) => {}
        }
    }
    all
}

/// The parameters that are asked for, and what is said of the others.
fn chosen(scene: &Scene<'_>) -> Result<(Vec<usize>, String)> {
    let known = scene.fit.profiled_parameters();
    let mut places: Vec<usize> = (0..known.len()).collect();
    if let Some(group) = &scene.settings.term {
        places.retain(|&k| known[k].1.rsplit_once('|').is_some_and(|(_, own)| own == group));
        if places.is_empty() {
            let message =
                format!("term: no parameter of random effects is one of the grouping factor {}", crate::names::quoted(group));
            return Err(Error::argument(message));
        }
    }
    if let Some(text) = &scene.settings.effect {
        let names = if place(&known, text).is_ok() { vec![text.clone()] } else { list("effect", text)? };
        let mut wanted: Vec<usize> = vec![];
        for name in &names {
            let own = place(&known, name)?;
            if !wanted.contains(&own) {
                wanted.push(own);
            }
        }
        if wanted.len() > MOST {
            return Err(Error::argument(format!("effect has {} names, a sheet of pairs has at most {MOST}", wanted.len())));
        }
        if let [own] = wanted[..] {
            // Of one parameter the pairs with others.
            places.retain(|k| *k != own);
            wanted.append(&mut places);
        }
        places = wanted;
    }
    if places.len() < 2 {
        return Err(Error::argument("picture profile_pairs: there is only one parameter, and so no pair"));
    }
    let shown = places.len().min(MOST);
    let said = if shown < known.len() { format!("; {shown} of {} parameters", known.len()) } else { String::new() };
    places.truncate(MOST);
    Ok((places, said))
}

/// Contours and traces for each pair of parameters: on the scales of zeta above the diagonal, of the parameters below.
pub fn profile_pairs(scene: &Scene<'_>) -> Result<Sheet> {
    let (places, mut said) = chosen(scene)?;
    let reaches = SHARES.map(reach);
    let mut profiles = scene.fit.profile_to(&reaches, &|k| places.contains(&k), scene.watch)?;
    profiles.sort_by_key(|own| places.iter().position(|place| *place == own.place));
    let (mut all, mut lost): (Vec<Own>, Vec<String>) = (vec![], vec![]);
    for profile in profiles {
        let name = profile.name.clone();
        match Own::new(profile)? {
            Some(own) => all.push(own),
            None => lost.push(name),
        }
    }
    if all.len() < 2 {
        return Err(Error::numeric(format!(
            "picture profile_pairs: no two parameters have profiles, without one: {}",
            lost.join(", ")
        )));
    }
    if !lost.is_empty() {
        said = format!("{said}; without a profile: {}", lost.join(", "));
    }
    let broken = |own: &&Own| own.ends[0].1 > 1e-3 - reaches[0] || own.ends[1].1 < reaches[0] - 1e-3;
    let ended: Vec<&str> = all.iter().filter(broken).map(|own| own.name.as_str()).collect();
    if !ended.is_empty() {
        said = format!("{said}; contours end where the profile does: {}", ended.join(", "));
    }
    let mut panels = vec![];
    for (i, down) in all.iter().enumerate() {
        for (j, along) in all.iter().enumerate() {
            panels.push(if i == j {
                Panel::new(down.name.clone(), axis(down, false), axis(down, false))
            } else {
                pair(along, down, j > i)?
            });
        }
    }
    let shares = SHARES.iter().rev().map(|share| percent(*share)).collect::<Vec<_>>().join(", ");
    let caption = format!(
        "contours of {shares} % of the likelihood, by its profiles; solid: the best upright value at each value along, dashed: the reverse; \
         below the diagonal the parameters, above it their signed roots{said}"
    );
    let columns = all.len();
    Ok(Sheet { columns, matrix: true, height: 700.0, ..Sheet::of("Pairs of parameters", caption, panels) })
}

/// The axis of a parameter.
fn axis(own: &Own, is_zeta: bool) -> Axis {
    let outermost = reach(SHARES[0]);
    if is_zeta {
        return Axis::new(format!("ζ of {}", own.name)).reaching(-outermost, outermost);
    }
    Axis::new(own.name.clone()).reaching(own.ends[0].0, own.ends[1].0)
}

/// One panel: `along` the x axis, and `up`.
fn pair(along: &Own, up: &Own, is_zeta: bool) -> Result<Panel> {
    let (y_along_x, x_along_y) = (along.trace(up), up.trace(along));
    let range = |own: &Own| (own.ends[0].1, own.ends[1].1);
    let title = if is_zeta { format!("ζ: {} × {}", along.name, up.name) } else { format!("{} × {}", along.name, up.name) };
    let mut panel = Panel::new(title, axis(along, is_zeta), axis(up, is_zeta));
    let layer = |name: String, role: Role, points: &[(f64, f64)]| {
        let natural = |(x, y): &(f64, f64)| if is_zeta { (*x, *y) } else { (along.value(*x), up.value(*y)) };
        let (x, y) = points.iter().map(natural).unzip();
        Layer::new(name, Mark::Line, role, x, y)
    };
    for share in SHARES {
        let c = reach(share);
        let (y_at, x_at) = ([y_along_x.at(-c), y_along_x.at(c)], [x_along_y.at(-c), x_along_y.at(c)]);
        for piece in within(&contour(c, y_at, x_at)?, range(along), range(up)) {
            panel = panel.with(layer(format!("{} %", percent(share)), Role::Data, &piece));
        }
    }
    let steps = |trace: &Steady| {
        let (from, to) = trace.ends();
        (0..=TRACE).map(move |k| from + (to - from) * k as f64 / TRACE as f64).map(|t| (t, trace.at(t))).collect::<Vec<_>>()
    };
    let other: Vec<(f64, f64)> = steps(&x_along_y).into_iter().map(|(y, x)| (x, y)).collect();
    Ok(panel.with(layer(format!("{} along {}", up.name, along.name), Role::Fit, &steps(&y_along_x))).with(layer(
        format!("{} along {}", along.name, up.name),
        Role::Limit,
        &other,
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quadratic_likelihood_has_ellipses() {
        for rho in [-0.97, -0.5, 0.0, 0.3, 0.9, 0.999] {
            for share in SHARES {
                let c = reach(share);
                let all = contour(c, [-rho * c, rho * c], [-rho * c, rho * c]).unwrap();
                assert_eq!(all.len(), CONTOUR + 1);
                for (x, y) in all {
                    let form = (x * x - 2.0 * rho * x * y + y * y) / (1.0 - rho * rho);
                    assert!((form - c * c).abs() < 1e-6 * c * c / (1.0 - rho * rho), "{rho} {share}: {x} {y} {form}");
                }
            }
        }
        // The levels are those of two parameters.
        assert!((reach(0.95).powi(2) - 5.991_464_547_107_98).abs() < 1e-12);
    }

    #[test]
    fn contours_pass_the_ends_of_the_traces() {
        let c = 2.0;
        let (y_at, x_at) = ([-1.4, 0.3], [-1.1, 0.9]);
        let all = contour(c, y_at, x_at).unwrap();
        for wanted in [(-c, y_at[0]), (c, y_at[1]), (x_at[0], -c), (x_at[1], c)] {
            let nearest = all.iter().map(|p| (p.0 - wanted.0).hypot(p.1 - wanted.1)).fold(f64::INFINITY, f64::min);
            // Half the distance of two points of the contour.
            assert!(nearest < 0.06, "{wanted:?}: {nearest}");
        }
        assert!(all.iter().all(|p| p.0.abs() <= c && p.1.abs() <= c) && all.first() == all.last());
    }

    #[test]
    fn contours_are_cut_where_a_profile_ends() {
        let circle = contour(2.0, [0.0; 2], [0.0; 2]).unwrap();
        assert_eq!(within(&circle, (-3.0, 3.0), (-3.0, 3.0)).len(), 1);
        let cut = within(&circle, (-1.0, 3.0), (-3.0, 3.0));
        let [piece] = &cut[..] else { panic!("{} pieces", cut.len()) };
        for end in [piece[0], piece[piece.len() - 1]] {
            assert!((end.0 + 1.0).abs() < 1e-9 && (end.1.abs() - 3f64.sqrt()).abs() < 2e-3, "{end:?}");
        }
        assert!(piece.iter().all(|p| p.0 >= -1.0 - 1e-6));
        assert_eq!(within(&circle, (-1.0, 1.0), (-3.0, 3.0)).len(), 2);
        assert!(within(&circle, (2.5, 3.0), (-3.0, 3.0)).is_empty());
    }
}
