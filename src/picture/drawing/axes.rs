//! The frame of a panel: its region, the numbers and names along its axes.

use super::labels::Region;
use super::scale::{Direction, Scale, ticks};
use super::style::{GRID, INK};
use super::svg::{Anchor, Canvas, Ink, Type};
use super::text::{fitted, names, width};
use crate::picture::sheet::{Axis, Panel};

pub const TICK: f64 = 11.0;
pub const LABEL: f64 = 12.0;
/// Pixels between names along the y axis at least, and of a name at most, as a share of the panel.
const PITCH: f64 = 12.5;
const WIDEST: f64 = 0.36;
/// Pixels of a region at least.
const LEAST: f64 = 20.0;

/// A place on an axis and what is written there.
pub type Mark = (f64, String);

/// A panel with its scales.
pub struct Frame {
    pub region: Region,
    pub x: Scale,
    pub y: Scale,
    x_marks: Vec<Mark>,
    y_marks: Vec<Mark>,
    titled: bool,
    /// What the widths of lines are multiplied by.
    pub pen: f64,
}

fn written(size: f64, anchor: Anchor) -> Type {
    Type { size, colour: INK, bold: false, anchor }
}

impl Frame {
    /// Within a cell of the sheet; `margin` is what names at the right need. The title of a `plain` panel stands elsewhere.
    pub fn new(panel: &Panel, cell: Region, margin: f64, plain: bool) -> Self {
        let titled = !plain && !panel.title.is_empty();
        let title = if titled { 22.0 } else { 6.0 };
        let bottom = cell.bottom - if panel.x.label.is_empty() { 20.0 } else { 38.0 };
        // However small the cell, something is left to draw in.
        let bottom = bottom.max(cell.top + title + LEAST);
        let mut region = Region { left: cell.left, top: cell.top + title, right: cell.right - margin, bottom };
        let y = Scale::of(&panel.y, &panel.layers, Direction::Y, (region.bottom, region.top));
        let y_marks = along_y(&panel.y, &y, WIDEST * (cell.right - cell.left));
        let widest = y_marks.iter().map(|(_, text)| width(text, TICK)).fold(0.0, f64::max);
        region.left += widest + if panel.y.label.is_empty() { 8.0 } else { 26.0 };
        region.left = region.left.min(region.right - LEAST);
        let x = Scale::of(&panel.x, &panel.layers, Direction::X, (region.left, region.right));
        let x_marks = along_x(&panel.x, &x);
        Frame { region, x, y, x_marks, y_marks, titled, pen: 1.0 }
    }

    /// With nothing beside its region, and thin lines.
    pub fn bare(panel: &Panel, region: Region) -> Self {
        let y = Scale::of(&panel.y, &panel.layers, Direction::Y, (region.bottom, region.top));
        let x = Scale::of(&panel.x, &panel.layers, Direction::X, (region.left, region.right));
        let (x_marks, y_marks) = (along_x(&panel.x, &x), along_y(&panel.y, &y, WIDEST * (region.right - region.left)));
        Frame { region, x, y, x_marks, y_marks, titled: false, pen: 0.6 }
    }

    pub fn y_marks(&self) -> &[Mark] {
        &self.y_marks
    }

    /// Lines across and upright behind all else.
    pub fn grid(&self, canvas: &mut Canvas) {
        let Region { left, top, right, bottom } = self.region;
        let xs = self.x_marks.iter().map(|(v, _)| vec![(self.x.at(*v), top), (self.x.at(*v), bottom)]);
        let ys = self.y_marks.iter().map(|(v, _)| vec![(left, self.y.at(*v)), (right, self.y.at(*v))]);
        canvas.lines(&xs.chain(ys).collect::<Vec<_>>(), Ink::of(GRID, 1.0));
    }

    /// Grid, axes, numbers, names and titles.
    pub fn draw(&self, panel: &Panel, cell: Region, canvas: &mut Canvas) {
        let Region { left, top, right, bottom } = self.region;
        self.grid(canvas);
        for (v, text) in &self.x_marks {
            // The first and the last stay within the cell.
            let half = width(text, TICK) / 2.0;
            let x = self.x.at(*v).clamp(cell.left + half, (cell.right - half).max(cell.left + half));
            canvas.text(text, (x, bottom + 14.0), written(TICK, Anchor::Middle), false);
        }
        for (v, text) in &self.y_marks {
            canvas.text(text, (left - 6.0, self.y.at(*v) + 0.36 * TICK), written(TICK, Anchor::End), false);
        }
        canvas.lines(&[vec![(left, top), (left, bottom), (right, bottom)]], Ink::of(INK, 1.0));
        let label = fitted(&panel.x.label, right - left, LABEL);
        canvas.text(&label, (f64::midpoint(left, right), bottom + 31.0), written(LABEL, Anchor::Middle), false);
        let label = fitted(&panel.y.label, bottom - top, LABEL);
        canvas.text(&label, (cell.left + 11.0, f64::midpoint(top, bottom)), written(LABEL, Anchor::Middle), true);
        let title = if self.titled { fitted(&panel.title, cell.right - left, LABEL) } else { String::new() };
        canvas.text(&title, (left, cell.top + 13.0), Type { bold: true, ..written(LABEL, Anchor::Start) }, false);
    }
}

/// The numbers along x, at a height, those that stand apart within the region.
pub fn label_x(frame: &Frame, y: f64, canvas: &mut Canvas) {
    for (v, text) in &frame.x_marks {
        let half = width(text, TICK) / 2.0;
        let x = frame.x.at(*v).clamp(frame.region.left + half, (frame.region.right - half).max(frame.region.left + half));
        canvas.text(text, (x, y), written(TICK, Anchor::Middle), false);
    }
}

/// The numbers along y, beside x.
pub fn label_y(frame: &Frame, x: f64, anchor: Anchor, canvas: &mut Canvas) {
    for (v, text) in &frame.y_marks {
        canvas.text(text, (x, frame.y.at(*v) + 0.36 * TICK), written(TICK, anchor), false);
    }
}

fn along_y(axis: &Axis, scale: &Scale, widest: f64) -> Vec<Mark> {
    let pixels = (scale.to - scale.from).abs();
    if axis.names.is_empty() {
        return ticks(scale, axis, (pixels / 42.0).max(3.0) as usize);
    }
    let step = (PITCH / (pixels / (scale.high - scale.low))).ceil().max(1.0) as usize;
    some(&axis.names, step, widest)
}

fn along_x(axis: &Axis, scale: &Scale) -> Vec<Mark> {
    let pixels = (scale.to - scale.from).abs();
    if axis.names.is_empty() {
        // As many numbers as stand apart.
        let apart = |marks: &[Mark]| {
            marks.windows(2).all(|pair| {
                let halves = 0.5 * (width(&pair[0].1, TICK) + width(&pair[1].1, TICK));
                scale.at(pair[1].0) - scale.at(pair[0].0) > halves + 14.0
            })
        };
        let most = (pixels / 50.0).max(4.0) as usize;
        return (1..=most).rev().map(|about| ticks(scale, axis, about)).find(|marks| apart(marks)).unwrap_or_default();
    }
    let pitch = pixels / (scale.high - scale.low);
    let step = (28.0 / pitch).ceil().max(1.0) as usize;
    some(&axis.names, step, pitch * step as f64 - 6.0)
}

/// Every so-manieth name.
fn some(all: &[String], step: usize, pixels: f64) -> Vec<Mark> {
    let chosen: Vec<String> = all.iter().step_by(step).cloned().collect();
    let places = (0..all.len()).step_by(step).map(|i| i as f64 + 1.0);
    places.zip(names(&chosen, pixels, TICK)).collect()
}
