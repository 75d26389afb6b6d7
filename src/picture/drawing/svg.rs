//! Lines, areas, circles and text as SVG: the one file that knows which crate writes it.

use svg::node::element::{Circle, Description, Group, Path, Rectangle, SVG, Text, Title};

/// Ink of lines: colour, pixels, dashes.
#[derive(Clone, Copy, Debug)]
pub struct Ink {
    pub colour: &'static str,
    pub width: f64,
    pub dashes: &'static str,
    pub opacity: f64,
}

impl Ink {
    pub const fn of(colour: &'static str, width: f64) -> Self {
        Ink { colour, width, dashes: "", opacity: 1.0 }
    }

    pub const fn dashed(self, dashes: &'static str) -> Self {
        Ink { dashes, ..self }
    }
}

/// Where a text is: at its beginning, its middle or its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text looks.
#[derive(Clone, Copy, Debug)]
pub struct Type {
    pub size: f64,
    pub colour: &'static str,
    pub bold: bool,
    pub anchor: Anchor,
}

/// A sheet of paper.
pub struct Canvas {
    document: SVG,
}

const FONTS: &str = "Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif";

/// Tenths of pixels are enough.
fn short(v: f64) -> String {
    let v = (v * 10.0).round() / 10.0;
    if v == 0.0 { "0".into() } else { v.to_string() }
}

/// Shares need hundredths.
fn share(v: f64) -> String {
    ((v * 100.0).round() / 100.0).to_string()
}

/// Points as a path; lines along an axis say only where they end.
fn path(points: &[(f64, f64)], closed: bool) -> String {
    let (mut text, mut last) = (String::new(), (String::new(), String::new()));
    for (i, (x, y)) in points.iter().enumerate() {
        let (x, y) = (short(*x), short(*y));
        let piece = match (i > 0, x == last.0, y == last.1) {
            (false, ..) => format!("M{x} {y}"),
            (true, true, true) => String::new(),
            (true, true, false) => format!("V{y}"),
            (true, false, true) => format!("H{x}"),
            (true, false, false) => format!("L{x} {y}"),
        };
        text.push_str(&piece);
        last = (x, y);
    }
    if closed && !points.is_empty() {
        text.push('Z');
    }
    text
}

impl Canvas {
    pub fn new(width: f64, height: f64, title: &str, description: &str) -> Self {
        let ground = Rectangle::new().set("width", "100%").set("height", "100%").set("fill", "#fff");
        let document = SVG::new()
            .set("xmlns", "http://www.w3.org/2000/svg")
            .set("viewBox", format!("0 0 {} {}", short(width), short(height)))
            .set("width", short(width))
            .set("height", short(height))
            .set("font-family", FONTS)
            .set("role", "img")
            .add(Title::new(title))
            .add(Description::new().add(svg::node::Text::new(description)))
            .add(ground);
        Canvas { document }
    }

    fn add(&mut self, node: impl Into<Box<dyn svg::Node>>) {
        svg::Node::append(&mut self.document, node);
    }

    /// Lines, all of one ink.
    pub fn lines(&mut self, lines: &[Vec<(f64, f64)>], ink: Ink) {
        let text: String = lines.iter().filter(|line| line.len() > 1).map(|line| path(line, false)).collect();
        if text.is_empty() {
            return;
        }
        let mut line = Path::new()
            .set("d", text)
            .set("fill", "none")
            .set("stroke", ink.colour)
            .set("stroke-width", short(ink.width))
            .set("stroke-linejoin", "round");
        if !ink.dashes.is_empty() {
            line = line.set("stroke-dasharray", ink.dashes);
        }
        if ink.opacity < 1.0 {
            line = line.set("stroke-opacity", share(ink.opacity));
        }
        self.add(line);
    }

    /// Areas, all of one colour.
    pub fn areas(&mut self, areas: &[Vec<(f64, f64)>], colour: &str, opacity: f64) {
        let text: String = areas.iter().map(|area| path(area, true)).collect();
        if !text.is_empty() {
            self.add(Path::new().set("d", text).set("fill", colour).set("fill-opacity", share(opacity)));
        }
    }

    /// Filled circles, or rings where there is a width of the ring.
    pub fn circles(&mut self, centres: &[(f64, f64)], radius: f64, colour: &str, (opacity, ring): (f64, f64)) {
        let group = if ring > 0.0 {
            Group::new().set("fill", "none").set("stroke", colour).set("stroke-width", short(ring))
        } else {
            Group::new().set("fill", colour).set("fill-opacity", share(opacity))
        };
        let circle = |(x, y): &(f64, f64)| Circle::new().set("cx", short(*x)).set("cy", short(*y)).set("r", short(radius));
        if !centres.is_empty() {
            self.add(centres.iter().fold(group, |group, centre| group.add(circle(centre))));
        }
    }

    /// A line of text; `turned` from below upwards.
    pub fn text(&mut self, text: &str, (x, y): (f64, f64), how: Type, turned: bool) {
        if text.is_empty() {
            return;
        }
        let mut node = Text::new(text).set("font-size", short(how.size)).set("fill", how.colour);
        node = if turned {
            node.set("transform", format!("translate({} {}) rotate(-90)", short(x), short(y)))
        } else {
            node.set("x", short(x)).set("y", short(y))
        };
        if how.bold {
            node = node.set("font-weight", "bold");
        }
        match how.anchor {
            Anchor::Start => {}
            Anchor::Middle => node = node.set("text-anchor", "middle"),
            Anchor::End => node = node.set("text-anchor", "end"),
        }
        self.add(node);
    }

    pub fn finish(self) -> String {
        self.document.to_string() + "\n"
    }
}
