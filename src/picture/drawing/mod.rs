//! Coordinates drawn as SVG.

mod axes;
mod labels;
mod matrix;
mod panel;
#[cfg(feature = "png")]
mod raster;
mod scale;
mod style;
mod svg;
mod text;

use self::svg::{Anchor, Canvas, Type};
use super::settings::Settings;
use super::sheet::Sheet;
#[cfg(feature = "png")]
use crate::error::Result;
use labels::Region;
use style::{GREY, INK};
use text::{clean, fitted, lines};

const MARGIN: f64 = 12.0;
const TITLE: f64 = 15.0;
const CAPTION: f64 = 11.0;
/// Lines of a caption at most.
const LINES: usize = 4;
const WIDTH: f64 = 640.0;

/// A sheet as PNG, the same bytes for the same coordinates.
#[cfg(feature = "png")]
pub fn png(sheet: &Sheet, settings: &Settings) -> Result<Vec<u8>> {
    raster::png(&svg(sheet, settings), size(sheet, settings), settings.dpi)
}

/// Width and height.
fn size(sheet: &Sheet, settings: &Settings) -> (f64, f64) {
    (settings.width.unwrap_or(WIDTH), settings.height.unwrap_or(sheet.height.clamp(200.0, 4000.0)))
}

/// A sheet as SVG, the same bytes for the same coordinates.
pub fn svg(sheet: &Sheet, settings: &Settings) -> String {
    let (width, height) = size(sheet, settings);
    let mut canvas = Canvas::new(width, height, &clean(&sheet.title), &clean(&sheet.caption));
    let room = width - 2.0 * MARGIN;
    let written = |size, colour, bold| Type { size, colour, bold, anchor: Anchor::Start };
    let mut y = MARGIN + TITLE;
    canvas.text(&fitted(&sheet.title, room, TITLE), (MARGIN, y), written(TITLE, INK, true), false);
    let mut caption = lines(&sheet.caption, room, CAPTION);
    if caption.len() > LINES {
        caption.truncate(LINES);
        if let Some(last) = caption.last_mut() {
            last.push('…');
        }
    }
    for line in &caption {
        y += CAPTION + 4.0;
        canvas.text(line, (MARGIN, y), written(CAPTION, GREY, false), false);
    }
    if sheet.matrix {
        let area = Region { left: MARGIN, top: y + 10.0, right: width - MARGIN, bottom: height - MARGIN / 2.0 };
        matrix::draw(sheet, area, &mut canvas);
        return canvas.finish();
    }
    let (columns, count) = (sheet.columns.max(1), sheet.panels.len().max(1));
    let rows = count.div_ceil(columns);
    let (top, gap) = (y + 10.0, 14.0);
    let cell_width = (room - gap * (columns - 1) as f64) / columns as f64;
    let cell_height = (height - top - MARGIN / 2.0 - gap * (rows - 1) as f64) / rows as f64;
    for (i, own) in sheet.panels.iter().enumerate() {
        let left = MARGIN + (i % columns) as f64 * (cell_width + gap);
        let top = top + (i / columns) as f64 * (cell_height + gap);
        let cell = Region { left, top, right: left + cell_width, bottom: top + cell_height };
        panel::draw(own, cell, sheet.plain, &mut canvas);
    }
    canvas.finish()
}
