//! What a picture is made of: panels of layers of coordinates, without a word on how they are drawn.

use super::settings::Settings;
use crate::error::{Result, try_collect, try_gather};
use crate::frame::Frame;

/// What memory is for.
pub(super) const COORDINATES: &str = "coordinates of a picture";

/// How the coordinates of a layer are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Points,
    /// From point to point.
    Line,
    /// Constant from each x up to the next.
    Steps,
    /// Between lower and upper at each x.
    Band,
    /// The same of steps.
    StepBand,
    /// From lower to upper along x.
    IntervalX,
    /// From lower to upper along y.
    IntervalY,
    /// From (x, y) to (`x_to`, `y_to`).
    Arrows,
    /// At x, from lower to upper along y.
    Bars,
    /// Counts of points, in cells.
    Cells,
    /// A vertical line at each x, over the whole panel.
    RuleX,
    /// A horizontal line at each y.
    RuleY,
}

/// What a layer stands for, and so how it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// What was observed, or follows from it for each of many.
    Data,
    /// What the model says.
    Fit,
    /// What it is compared with.
    Reference,
    /// A cut-off, or what is beyond it.
    Limit,
    /// One of several of the same kind, from 0.
    Series(usize),
}

/// Coordinates of one kind. Columns are as long as `x`, or empty.
#[derive(Clone, Debug)]
pub struct Layer {
    pub name: String,
    pub mark: Mark,
    pub role: Role,
    pub x: Vec<f64>,
    pub y: Vec<f64>,
    pub lower: Vec<f64>,
    pub upper: Vec<f64>,
    pub x_to: Vec<f64>,
    pub y_to: Vec<f64>,
    pub size: Vec<f64>,
    /// Of single points, for a person to read.
    pub labels: Vec<Option<String>>,
}

/// An axis: numbers, or names at 1, 2, ...
#[derive(Clone, Debug, Default)]
pub struct Axis {
    pub label: String,
    pub names: Vec<String>,
    /// What it has to reach, besides the coordinates.
    pub reach: Option<(f64, f64)>,
    /// Whether the numbers are probabilities, or counts, and so at most this far.
    pub within: Option<(f64, f64)>,
}

#[derive(Clone, Debug, Default)]
pub struct Panel {
    pub title: String,
    pub x: Axis,
    pub y: Axis,
    pub layers: Vec<Layer>,
    /// Series have their names beside their last points.
    pub direct: bool,
}

/// A picture.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    pub title: String,
    /// What was drawn, and how much of it.
    pub caption: String,
    pub panels: Vec<Panel>,
    /// Pixels that serve it, where nobody asks for others.
    pub height: f64,
    /// Panels beside each other at most.
    pub columns: usize,
    /// The title of the sheet is that of its only panel, too.
    pub plain: bool,
    /// The panels are those of a square matrix: they share the axes of their rows and columns, and on the diagonal stand their titles.
    pub matrix: bool,
}

/// A column of numbers of a layer.
type Numbers = fn(&Layer) -> &[f64];

/// Panels on a sheet at most.
pub const MOST_PANELS: usize = 12;

impl Axis {
    pub fn new(label: impl Into<String>) -> Self {
        Axis { label: label.into(), ..Axis::default() }
    }

    pub fn named(label: impl Into<String>, names: Vec<String>) -> Self {
        let reach = Some((0.4, names.len() as f64 + 0.6));
        Axis { label: label.into(), names, reach, within: None }
    }

    pub fn reaching(self, from: f64, to: f64) -> Self {
        Axis { reach: Some((from, to)), ..self }
    }

    /// Numbers that never leave a range.
    pub fn within(self, from: f64, to: f64) -> Self {
        Axis { within: Some((from, to)), ..self }
    }
}

impl Layer {
    pub fn new(name: impl Into<String>, mark: Mark, role: Role, x: Vec<f64>, y: Vec<f64>) -> Self {
        let (name, none) = (name.into(), Vec::new);
        Layer { name, mark, role, x, y, lower: none(), upper: none(), x_to: none(), y_to: none(), size: none(), labels: vec![] }
    }

    pub fn limits(self, lower: Vec<f64>, upper: Vec<f64>) -> Self {
        Layer { lower, upper, ..self }
    }

    pub fn to(self, x_to: Vec<f64>, y_to: Vec<f64>) -> Self {
        Layer { x_to, y_to, ..self }
    }

    pub fn sized(self, size: Vec<f64>) -> Self {
        Layer { size, ..self }
    }

    pub fn labelled(self, labels: Vec<Option<String>>) -> Self {
        Layer { labels, ..self }
    }

    /// A horizontal line.
    pub fn across(name: &str, role: Role, y: f64) -> Self {
        Layer::new(name, Mark::RuleY, role, vec![f64::NAN], vec![y])
    }

    /// A vertical line.
    pub fn upright(name: &str, role: Role, x: f64) -> Self {
        Layer::new(name, Mark::RuleX, role, vec![x], vec![f64::NAN])
    }

    /// A straight line between two points.
    pub fn straight(name: &str, role: Role, from: (f64, f64), to: (f64, f64)) -> Self {
        Layer::new(name, Mark::Line, role, vec![from.0, to.0], vec![from.1, to.1])
    }
}

impl Panel {
    pub fn new(title: impl Into<String>, x: Axis, y: Axis) -> Self {
        Panel { title: title.into(), x, y, ..Panel::default() }
    }

    pub fn with(mut self, layer: Layer) -> Self {
        self.layers.push(layer);
        self
    }
}

impl Sheet {
    pub fn of(title: impl Into<String>, caption: impl Into<String>, panels: Vec<Panel>) -> Self {
        let (columns, rows) = grid(panels.len());
        let height = if panels.len() == 1 { 450.0 } else { 60.0 + 250.0 * rows as f64 };
        Sheet { title: title.into(), caption: caption.into(), panels, height, columns, plain: false, matrix: false }
    }

    /// With one panel, which the title of the sheet says enough of.
    pub fn alone(title: impl Into<String>, caption: impl Into<String>, panel: Panel) -> Self {
        Sheet { plain: true, ..Sheet::of(title, caption, vec![panel]) }
    }

    /// What the settings say takes the place of what was made.
    pub fn by(mut self, settings: &Settings) -> Self {
        if let Some(title) = &settings.title {
            self.title.clone_from(title);
        }
        self
    }

    /// The coordinates as a table: panel, layer, mark, role, x, y, lower, upper, `x_to`, `y_to`, size, label.
    pub fn frame(&self) -> Result<Frame> {
        let layers = || self.panels.iter().flat_map(|panel| panel.layers.iter().map(move |layer| (panel, layer)));
        let n = layers().map(|(_, layer)| layer.x.len()).sum();
        let mut frame = Frame::new(n);
        let texts = |of: &dyn Fn(&Panel, &Layer) -> String| -> Result<Vec<String>> {
            try_collect(COORDINATES, layers().map(|(panel, layer)| of(panel, layer)).collect::<Vec<_>>().into_iter())
        };
        let counts: Vec<usize> = layers().map(|(_, layer)| layer.x.len()).collect();
        let columns: [(&str, Vec<String>); 4] = [
            ("panel", texts(&|panel, _| panel.title.clone())?),
            ("layer", texts(&|_, layer| layer.name.clone())?),
            ("mark", texts(&|_, layer| layer.mark.name().to_owned())?),
            ("role", texts(&|_, layer| layer.role.name().to_owned())?),
        ];
        for (name, values) in &columns {
            let repeated = values.iter().zip(&counts).flat_map(|(text, count)| (0..*count).map(move |_| Some(text.as_str())));
            frame.add_strings(name, &try_gather(COORDINATES, repeated)?)?;
        }
        let numbers: [(&str, Numbers); 7] = [
            ("x", |layer| &layer.x),
            ("y", |layer| &layer.y),
            ("lower", |layer| &layer.lower),
            ("upper", |layer| &layer.upper),
            ("x_to", |layer| &layer.x_to),
            ("y_to", |layer| &layer.y_to),
            ("size", |layer| &layer.size),
        ];
        for (name, of) in numbers {
            let values =
                layers().flat_map(|(_, layer)| (0..layer.x.len()).map(move |i| of(layer).get(i).copied().unwrap_or(f64::NAN)));
            frame.add_real(name, try_gather(COORDINATES, values)?)?;
        }
        let labels = layers().flat_map(|(panel, layer)| (0..layer.x.len()).map(move |i| label(panel, layer, i)));
        frame.add_strings("label", &try_gather(COORDINATES, labels)?)?;
        Ok(frame)
    }
}

/// The name of a point: its own, or that of its place on an axis.
fn label<'s>(panel: &'s Panel, layer: &'s Layer, i: usize) -> Option<&'s str> {
    let named = |axis: &'s Axis, at: Option<&f64>| {
        let place = at.copied().filter(|v| v.fract() == 0.0 && *v >= 1.0)?;
        axis.names.get(place as usize - 1).map(String::as_str)
    };
    let own = layer.labels.get(i).and_then(Option::as_deref);
    own.or_else(|| named(&panel.y, layer.y.get(i))).or_else(|| named(&panel.x, layer.x.get(i)))
}

/// Columns and rows of so many panels.
fn grid(panels: usize) -> (usize, usize) {
    let columns = match panels {
        0 | 1 => 1,
        2..=4 => 2,
        _ => 3,
    };
    (columns, panels.div_ceil(columns).max(1))
}

impl Mark {
    fn name(self) -> &'static str {
        match self {
            Mark::Points => "points",
            Mark::Line => "line",
            Mark::Steps => "steps",
            Mark::Band => "band",
            Mark::StepBand => "step_band",
            Mark::IntervalX => "interval_x",
            Mark::IntervalY => "interval_y",
            Mark::Arrows => "arrows",
            Mark::Bars => "bars",
            Mark::Cells => "cells",
            Mark::RuleX => "rule_x",
            Mark::RuleY => "rule_y",
        }
    }
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Role::Data => "data",
            Role::Fit => "fit",
            Role::Reference => "reference",
            Role::Limit => "limit",
            Role::Series(_) => "series",
        }
    }
}
