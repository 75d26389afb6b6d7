//! A panel: its layers on its axes.

use super::axes::{Frame, TICK};
use super::labels::{Named, Region, place, spread};
use super::style::{BLUE, INK, colour, interval, line, opacity, radius};
use super::svg::{Anchor, Canvas, Ink, Type};
use super::text::{fitted, width};
use crate::picture::sheet::{Layer, Mark, Panel, Role};

/// Pixels that the name of a series has at the right.
const NAME: f64 = 96.0;
/// Radii of circles that have sizes.
const SMALLEST: f64 = 1.8;
const LARGEST: f64 = 11.0;
/// Shades of cells.
const SHADES: usize = 6;

/// Draws a panel into a cell of the sheet.
pub fn draw(panel: &Panel, cell: Region, plain: bool, canvas: &mut Canvas) {
    let series = if panel.direct { series(panel) } else { vec![] };
    let widest = series.iter().map(|(layer, _)| width(&layer.name, TICK)).fold(0.0, f64::max);
    let margin = if series.is_empty() { 6.0 } else { widest.min(NAME) + 10.0 };
    let frame = Frame::new(panel, cell, margin, plain);
    frame.draw(panel, cell, canvas);
    let intervals = panel.layers.iter().any(|layer| matches!(layer.mark, Mark::IntervalX | Mark::IntervalY));
    // Points on intervals hide them.
    let opacity = if intervals { 1.0 } else { 0.6 };
    panel.layers.iter().for_each(|layer| marks(layer, &frame, opacity, canvas));
    names(panel, &frame, canvas);
    ends(&series, &frame, canvas);
}

/// For each series a layer that is a curve or points, and its last point.
fn series(panel: &Panel) -> Vec<(&Layer, (f64, f64))> {
    let mut all: Vec<(&Layer, (f64, f64))> = vec![];
    for layer in &panel.layers {
        let known = all.iter().any(|(other, _)| other.name == layer.name && other.role == layer.role);
        let curve = matches!(layer.mark, Mark::Line | Mark::Steps | Mark::Points) && matches!(layer.role, Role::Series(_));
        let last = layer.x.iter().zip(&layer.y).rev().find(|(x, y)| x.is_finite() && y.is_finite());
        if let Some((x, y)) = last.filter(|_| curve && !known) {
            all.push((layer, (*x, *y)));
        }
    }
    all
}

/// Where a point is.
fn point(frame: &Frame, x: f64, y: f64) -> (f64, f64) {
    (frame.x.at(x), frame.y.at(y))
}

/// The finite points.
fn points(layer: &Layer, frame: &Frame) -> Vec<(f64, f64)> {
    let finite = layer.x.iter().zip(&layer.y).filter(|(x, y)| x.is_finite() && y.is_finite());
    finite.map(|(x, y)| point(frame, *x, *y)).collect()
}

/// All layers of a panel, without names.
pub fn layers(panel: &Panel, frame: &Frame, canvas: &mut Canvas) {
    panel.layers.iter().for_each(|layer| marks(layer, frame, 1.0, canvas));
}

fn marks(layer: &Layer, frame: &Frame, opacity: f64, canvas: &mut Canvas) {
    let region = frame.region;
    let line = |role: Role| {
        let own = line(role);
        Ink { width: own.width * frame.pen, ..own }
    };
    match layer.mark {
        Mark::Points if !layer.size.is_empty() => bubbles(layer, frame, canvas),
        Mark::Points => draw_points(layer, frame, opacity, canvas),
        Mark::Line if layer.role == Role::Reference => {
            let pieces: Vec<_> = points(layer, frame).windows(2).filter_map(|pair| clipped(pair[0], pair[1], region)).collect();
            canvas.lines(&joined(pieces), line(layer.role));
        }
        Mark::Line => canvas.lines(&[points(layer, frame)], line(layer.role)),
        Mark::Steps => canvas.lines(&[stairs(&points(layer, frame))], line(layer.role)),
        Mark::Band | Mark::StepBand => band(layer, frame, canvas),
        Mark::IntervalX | Mark::IntervalY => intervals(layer, frame, canvas),
        Mark::Arrows => arrows(layer, frame, canvas),
        Mark::Bars => bars(layer, frame, canvas),
        Mark::Cells => cells(layer, frame, canvas),
        Mark::RuleX => {
            let lines = layer.x.iter().filter(|x| x.is_finite()).map(|x| frame.x.at(*x));
            let lines = lines.map(|x| vec![(x, region.top), (x, region.bottom)]).collect::<Vec<_>>();
            canvas.lines(&lines, line(layer.role));
        }
        Mark::RuleY => {
            let lines = layer.y.iter().filter(|y| y.is_finite()).map(|y| frame.y.at(*y));
            let lines = lines.map(|y| vec![(region.left, y), (region.right, y)]).collect::<Vec<_>>();
            canvas.lines(&lines, line(layer.role));
        }
    }
}

fn draw_points(layer: &Layer, frame: &Frame, opacity: f64, canvas: &mut Canvas) {
    let all = points(layer, frame);
    let radius = radius(all.len());
    match layer.role {
        Role::Limit => canvas.circles(&all, radius + 1.5, colour(layer.role), (1.0, 1.4)),
        // Hollow, so that they differ without colours, too.
        Role::Fit => canvas.circles(&all, radius, colour(layer.role), (1.0, 1.2)),
        Role::Data | Role::Reference => canvas.circles(&all, radius, colour(layer.role), (opacity, 0.0)),
        Role::Series(_) => canvas.circles(&all, radius + 0.5, colour(layer.role), (1.0, 0.0)),
    }
}

/// Circles whose areas are sizes.
fn bubbles(layer: &Layer, frame: &Frame, canvas: &mut Canvas) {
    let most = largest(layer);
    for i in (0..layer.x.len()).filter(|&i| layer.x[i].is_finite() && layer.y[i].is_finite()) {
        let (radius, centre) = (bubble(layer.size[i], most), [point(frame, layer.x[i], layer.y[i])]);
        match layer.role {
            Role::Limit => canvas.circles(&centre, radius, colour(layer.role), (1.0, 1.4)),
            _ => canvas.circles(&centre, radius, colour(layer.role), (0.5, 0.0)),
        }
    }
}

fn largest(layer: &Layer) -> f64 {
    layer.size.iter().copied().filter(|size| size.is_finite()).fold(f64::MIN_POSITIVE, f64::max)
}

/// The radius of a circle.
fn bubble(size: f64, most: f64) -> f64 {
    let share = if size.is_finite() { (size / most).clamp(0.0, 1.0) } else { 0.0 };
    SMALLEST + (LARGEST - SMALLEST) * share.sqrt()
}

/// Constant from each point up to the next.
fn stairs(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut all = vec![];
    for (i, own) in points.iter().enumerate() {
        if i > 0 {
            all.push((own.0, points[i - 1].1));
        }
        all.push(*own);
    }
    all
}

fn band(layer: &Layer, frame: &Frame, canvas: &mut Canvas) {
    let edge = |values: &[f64]| -> Vec<(f64, f64)> {
        let there = layer.x.iter().zip(values).zip(layer.lower.iter().zip(&layer.upper));
        let known = there.filter(|((x, _), (low, high))| x.is_finite() && !low.is_nan() && !high.is_nan());
        let edge: Vec<(f64, f64)> = known.map(|((x, v), _)| (frame.x.at(*x), frame.y.inside(*v))).collect();
        if layer.mark == Mark::StepBand { stairs(&edge) } else { edge }
    };
    let (mut area, below) = (edge(&layer.upper), edge(&layer.lower));
    area.extend(below.into_iter().rev());
    canvas.areas(&[area], colour(layer.role), opacity(layer.role));
}

fn intervals(layer: &Layer, frame: &Frame, canvas: &mut Canvas) {
    let upright = layer.mark == Mark::IntervalY;
    let (along, across) = if upright { (&frame.y, &frame.x) } else { (&frame.x, &frame.y) };
    let at = if upright { &layer.x } else { &layer.y };
    let limits = layer.lower.iter().zip(&layer.upper).zip(at);
    let known = limits.filter(|((low, high), at)| !low.is_nan() && !high.is_nan() && at.is_finite());
    let one = |((low, high), at): ((&f64, &f64), &f64)| {
        let (from, to, at) = (along.inside(*low), along.inside(*high), across.at(*at));
        if upright { vec![(at, from), (at, to)] } else { vec![(from, at), (to, at)] }
    };
    let lines: Vec<_> = known.map(one).collect();
    // Very many lines are thinner.
    let ink = interval(layer.role);
    let ink = if lines.len() > 150 { Ink { width: 0.8, opacity: 0.6, ..ink } } else { ink };
    canvas.lines(&lines, ink);
}

fn arrows(layer: &Layer, frame: &Frame, canvas: &mut Canvas) {
    let ends = layer.x.iter().zip(&layer.y).zip(layer.x_to.iter().zip(&layer.y_to));
    let known = ends.filter(|((a, b), (c, d))| [a, b, c, d].iter().all(|v| v.is_finite()));
    let mut lines = vec![];
    for ((x, y), (x_to, y_to)) in known {
        let (from, to) = (point(frame, *x, *y), point(frame, *x_to, *y_to));
        lines.push(vec![from, to]);
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = libm::hypot(dx, dy);
        if length > 6.0 {
            let (u, v) = (4.0 * dx / length, 4.0 * dy / length);
            lines.push(vec![(to.0 - u - 0.5 * v, to.1 - v + 0.5 * u), to, (to.0 - u + 0.5 * v, to.1 - v - 0.5 * u)]);
        }
    }
    canvas.lines(&lines, Ink::of(colour(layer.role), 0.9));
}

fn bars(layer: &Layer, frame: &Frame, canvas: &mut Canvas) {
    let half = (0.4 * (frame.x.at(1.0) - frame.x.at(0.0)).abs()).max(0.5);
    let limits = layer.lower.iter().zip(&layer.upper).zip(&layer.x);
    let known = limits.filter(|((low, high), x)| low.is_finite() && high.is_finite() && x.is_finite());
    let corner = |((low, high), x): ((&f64, &f64), &f64)| {
        let (x, low, high) = (frame.x.at(*x), frame.y.at(*low), frame.y.at(*high));
        vec![(x - half, low), (x - half, high), (x + half, high), (x + half, low)]
    };
    let all: Vec<_> = known.map(corner).collect();
    canvas.areas(&all, colour(layer.role), 0.45);
}

/// Hexagons, the darker the more points they have.
fn cells(layer: &Layer, frame: &Frame, canvas: &mut Canvas) {
    let most = layer.size.iter().copied().fold(1.0, f64::max);
    let shade = |size: f64| ((size.ln() / most.ln().max(1e-9)) * (SHADES - 1) as f64).round() as usize;
    let mut by_shade: Vec<Vec<Vec<(f64, f64)>>> = vec![vec![]; SHADES];
    for i in 0..layer.x.len() {
        let (x, y, half, high) = (layer.x[i], layer.y[i], layer.lower[i], layer.upper[i] / 3f64.sqrt());
        let corner = |(u, v): (f64, f64)| point(frame, x + u * half, y + v * high);
        let corners = [(0.0, 1.0), (1.0, 0.5), (1.0, -0.5), (0.0, -1.0), (-1.0, -0.5), (-1.0, 0.5)];
        by_shade[shade(layer.size[i]).min(SHADES - 1)].push(corners.map(corner).to_vec());
    }
    for (k, hexagons) in by_shade.iter().enumerate() {
        canvas.areas(hexagons, BLUE, 0.12 + 0.6 * k as f64 / (SHADES - 1) as f64);
    }
}

/// The part of a line within a region, if there is one.
fn clipped(from: (f64, f64), to: (f64, f64), region: Region) -> Option<[(f64, f64); 2]> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    let edges =
        [(-dx, from.0 - region.left), (dx, region.right - from.0), (-dy, from.1 - region.top), (dy, region.bottom - from.1)];
    for (towards, room) in edges {
        if towards == 0.0 && room < 0.0 {
            return None;
        } else if towards < 0.0 {
            enter = enter.max(room / towards);
        } else if towards > 0.0 {
            leave = leave.min(room / towards);
        }
    }
    let at = |t: f64| (from.0 + t * dx, from.1 + t * dy);
    (enter <= leave).then(|| [at(enter), at(leave)])
}

/// Pieces that go on from each other as one line, which its dashes need.
fn joined(pieces: Vec<[(f64, f64); 2]>) -> Vec<Vec<(f64, f64)>> {
    let mut all: Vec<Vec<(f64, f64)>> = vec![];
    for [from, to] in pieces {
        match all.last_mut() {
            Some(line) if line.last() == Some(&from) => line.push(to),
            _ => all.push(vec![from, to]),
        }
    }
    all
}

/// Names beside points, and beside the intervals of points.
fn names(panel: &Panel, frame: &Frame, canvas: &mut Canvas) {
    let intervals = panel.layers.iter().find(|layer| layer.mark == Mark::IntervalX);
    let named = panel.layers.iter().flat_map(|layer| layer.labels.iter().enumerate().map(move |(i, label)| (layer, i, label)));
    let known = named.filter(|(layer, i, _)| layer.x[*i].is_finite() && layer.y[*i].is_finite());
    let all = known.filter_map(|(layer, i, label)| {
        let (x, y) = point(frame, layer.x[i], layer.y[i]);
        let own = intervals.filter(|own| own.y.get(i) == layer.y.get(i) && own.lower[i].is_finite() && own.upper[i].is_finite());
        let half = if layer.size.is_empty() { 0.0 } else { bubble(layer.size[i], largest(layer)) - SMALLEST };
        let ends = own.map_or((x - half, x + half), |own| (frame.x.at(own.lower[i]), frame.x.at(own.upper[i])));
        Some(Named { left: ends.0, right: ends.1, y, text: label.as_deref()? })
    });
    for placed in place(all, frame.region, TICK) {
        let how = Type { size: TICK, colour: INK, bold: false, anchor: Anchor::Start };
        canvas.text(&placed.text, placed.at, how, false);
    }
}

/// Names of series beside their ends.
fn ends(series: &[(&Layer, (f64, f64))], frame: &Frame, canvas: &mut Canvas) {
    let region = frame.region;
    let wished: Vec<f64> = series.iter().map(|(_, (_, y))| frame.y.at(*y) + 0.36 * TICK).collect();
    let heights = spread(&wished, (region.top + TICK, region.bottom), TICK + 2.0);
    for ((layer, _), y) in series.iter().zip(heights) {
        // Those for which there is no room are left out.
        if y >= region.top {
            let how = Type { size: TICK, colour: colour(layer.role), bold: true, anchor: Anchor::Start };
            canvas.text(&fitted(&layer.name, NAME, TICK), (region.right + 6.0, y), how, false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_at_the_region() {
        let region = Region { left: 0.0, top: 0.0, right: 10.0, bottom: 10.0 };
        assert_eq!(clipped((-5.0, 5.0), (15.0, 5.0), region), Some([(0.0, 5.0), (10.0, 5.0)]));
        assert_eq!(clipped((2.0, 2.0), (4.0, 4.0), region), Some([(2.0, 2.0), (4.0, 4.0)]));
        assert_eq!(clipped((-5.0, 12.0), (15.0, 12.0), region), None);
        assert_eq!(clipped((5.0, -10.0), (5.0, 30.0), region), Some([(5.0, 0.0), (5.0, 10.0)]));
        let pieces = vec![[(0.0, 0.0), (1.0, 1.0)], [(1.0, 1.0), (2.0, 0.0)], [(5.0, 0.0), (6.0, 0.0)]];
        assert_eq!(joined(pieces).iter().map(Vec::len).collect::<Vec<_>>(), [3, 2]);
    }

    #[test]
    fn stairs_go_across_and_then_up() {
        assert_eq!(stairs(&[(0.0, 1.0), (2.0, 3.0)]), [(0.0, 1.0), (2.0, 1.0), (2.0, 3.0)]);
        assert!(stairs(&[]).is_empty());
    }
}
