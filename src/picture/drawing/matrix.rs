//! Panels as a square matrix: names on the diagonal, numbers along the outer edges, of the lower triangle left and below, of the upper one
//! above and right.

use super::axes::{Frame, TICK, label_x, label_y};
use super::labels::Region;
use super::panel;
use super::style::INK;
use super::svg::{Anchor, Canvas, Ink, Type};
use super::text::{fitted, width};
use crate::picture::sheet::Sheet;

const GAP: f64 = 6.0;
/// Pixels of numbers above, below and at the right.
const ABOVE: f64 = 16.0;
const BELOW: f64 = 20.0;
const RIGHT: f64 = 22.0;
/// Pixels of a panel at least.
const LEAST: f64 = 20.0;
/// How much wider bold text is.
const BOLD: f64 = 1.15;

pub fn draw(sheet: &Sheet, area: Region, canvas: &mut Canvas) {
    let n = sheet.columns.max(1);
    let left = (1..n).filter_map(|i| sheet.panels.get(i * n)).map(|panel| {
        // The numbers of an axis hardly depend on its pixels.
        let across = Region { bottom: area.top + (area.bottom - area.top) / n as f64, ..area };
        Frame::bare(panel, across).y_marks().iter().map(|(_, text)| width(text, TICK)).fold(0.0, f64::max)
    });
    let left = left.fold(0.0, f64::max) + 8.0;
    let side = |room: f64| ((room - GAP * (n - 1) as f64) / n as f64).max(LEAST);
    let (across, down) = (side(area.right - area.left - left - RIGHT), side(area.bottom - area.top - ABOVE - BELOW));
    for (k, own) in sheet.panels.iter().enumerate() {
        let (row, column) = (k / n, k % n);
        let (x, y) = (area.left + left + column as f64 * (across + GAP), area.top + ABOVE + row as f64 * (down + GAP));
        let region = Region { left: x, top: y, right: x + across, bottom: y + down };
        let frame = Frame::bare(own, region);
        if row == column {
            frame.outline(canvas);
            name(&own.title, region, canvas);
            continue;
        }
        frame.grid(canvas);
        panel::layers(own, &frame, canvas);
        frame.outline(canvas);
        if column == 0 {
            label_y(&frame, region.left - 5.0, Anchor::End, canvas);
        }
        if column + 1 == n {
            label_y(&frame, region.right + 5.0, Anchor::Start, canvas);
        }
        if row == 0 {
            label_x(&frame, region.top - 5.0, canvas);
        }
        if row + 1 == n {
            label_x(&frame, region.bottom + 14.0, canvas);
        }
    }
}

/// A name in lines, broken behind marks.
fn name(text: &str, region: Region, canvas: &mut Canvas) {
    let room = (region.right - region.left - 8.0) / BOLD;
    let most = (((region.bottom - region.top) / (TICK + 3.0)) as usize).max(1);
    let mut lines: Vec<String> = vec![];
    for piece in text.split_inclusive(['_', '|', '.', ':', ' ', ',', ')']) {
        match lines.last_mut() {
            Some(line) if width(line, TICK) + width(piece, TICK) <= room => line.push_str(piece),
            _ => lines.push(piece.to_owned()),
        }
    }
    if lines.len() > most {
        lines = vec![text.to_owned()];
    }
    let middle = f64::midpoint(region.top, region.bottom);
    for (k, line) in lines.iter().enumerate() {
        let y = middle + (k as f64 - 0.5 * (lines.len() - 1) as f64) * (TICK + 3.0) + 0.36 * TICK;
        let how = Type { size: TICK, colour: INK, bold: true, anchor: Anchor::Middle };
        canvas.text(&fitted(line.trim(), room, TICK), (f64::midpoint(region.left, region.right), y), how, false);
    }
}

impl Frame {
    /// A line around the region.
    fn outline(&self, canvas: &mut Canvas) {
        let Region { left, top, right, bottom } = self.region;
        let around = vec![(left, top), (left, bottom), (right, bottom), (right, top), (left, top)];
        canvas.lines(&[around], Ink::of(INK, 0.8));
    }
}
