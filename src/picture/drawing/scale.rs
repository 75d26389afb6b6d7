//! From coordinates to pixels, and the numbers on an axis.

use crate::frame::shortest_text;
use crate::picture::sheet::{Axis, Layer, Mark, Role};

/// Room beside the outermost coordinates, as a share of their range.
const PADDING: f64 = 0.04;

/// Which of the axes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    X,
    Y,
}

/// A range of numbers on a range of pixels.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    pub low: f64,
    pub high: f64,
    /// Where the lowest and the highest are.
    pub from: f64,
    pub to: f64,
}

impl Scale {
    pub fn at(&self, v: f64) -> f64 {
        // Of halves, whose difference is finite wherever the numbers are.
        let share = (0.5 * v - 0.5 * self.low) / (0.5 * self.high - 0.5 * self.low);
        self.from + share.clamp(-10.0, 10.0) * (self.to - self.from)
    }

    /// Within the range, be it infinite.
    pub fn inside(&self, v: f64) -> f64 {
        self.at(v.clamp(self.low, self.high))
    }

    /// Over all coordinates of the layers along one direction.
    pub fn of(axis: &Axis, layers: &[Layer], direction: Direction, (from, to): (f64, f64)) -> Scale {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        let mut reach = |v: f64| {
            if v.is_finite() {
                (low, high) = (low.min(v), high.max(v));
            }
        };
        layers.iter().for_each(|layer| extent(layer, direction, &mut reach));
        if let Some((a, b)) = axis.reach {
            reach(a);
            reach(b);
        }
        let (low, high) = match (low <= high, low < high) {
            (false, _) => (0.0, 1.0),
            (true, false) if low == 0.0 => (-0.5, 0.5),
            (true, false) => (low - 0.05 * low.abs(), low + 0.05 * low.abs()),
            (true, true) => (low, high),
        };
        // Names have their room already.
        let padding = if axis.names.is_empty() { PADDING * (high - low) } else { 0.0 };
        let padding = if padding.is_finite() { padding } else { 0.0 };
        Scale { low: low - padding, high: high + padding, from, to }
    }
}

/// Tells of all that a layer needs to be seen. What it is compared with may leave the picture.
fn extent(layer: &Layer, direction: Direction, reach: &mut dyn FnMut(f64)) {
    let curve = layer.role == Role::Reference && layer.mark == Mark::Line;
    let mut all = |values: &[f64]| values.iter().for_each(|v| reach(*v));
    match direction {
        Direction::X => {
            all(&layer.x);
            all(&layer.x_to);
            if layer.mark == Mark::IntervalX {
                all(&layer.lower);
                all(&layer.upper);
            }
        }
        Direction::Y if curve => {}
        Direction::Y => {
            all(&layer.y);
            all(&layer.y_to);
            if matches!(layer.mark, Mark::IntervalY | Mark::Band | Mark::StepBand | Mark::Bars) {
                all(&layer.lower);
                all(&layer.upper);
            }
        }
    }
}

/// Round numbers within a range, about so many, with their texts.
pub fn ticks(scale: &Scale, axis: &Axis, about: usize) -> Vec<(f64, String)> {
    let (low, high) = axis.within.map_or((scale.low, scale.high), |(a, b)| (scale.low.max(a - 1e-9), scale.high.min(b + 1e-9)));
    let range = high - low;
    if !(range > 0.0 && range.is_finite()) {
        return vec![];
    }
    let rough = range / about.max(1) as f64;
    let power = 10f64.powi(rough.log10().floor() as i32);
    // The nearest on a scale of ratios.
    let step =
        [(1.0, 1.5), (2.0, 3.2), (5.0, 7.1)].into_iter().find(|(_, end)| rough / power < *end).map_or(10.0, |(step, _)| step)
            * power;
    let (first, last) = ((low / step).ceil(), (high / step).floor());
    if !(last - first).is_finite() || last - first > 50.0 || first.abs().max(last.abs()) > 1e12 {
        return [low, high].map(|v| (v, shortest_text(v))).to_vec();
    }
    let places = (-(step * 1.000_001).log10().floor()).max(0.0) as i32;
    (0..=(last - first) as usize)
        .map(|k| {
            let v = (first + k as f64) * step;
            (v, text(v, places as usize, step, low.abs().max(high.abs())))
        })
        .collect()
}

/// All texts of an axis have as many digits as its step needs.
fn text(v: f64, places: usize, step: f64, largest: f64) -> String {
    let unit = 10f64.powi(places as i32);
    let v = (v * unit).round() / unit + 0.0;
    let v = if v == 0.0 { 0.0 } else { v };
    // Digits of the largest that its step needs, behind the first.
    let digits = (largest / step * 1.000_001).log10().floor().max(0.0) as usize;
    // A power of ten is shorter where there are few.
    if v != 0.0 && ((largest >= 1e6 && digits <= 3) || places > 5) {
        let text = format!("{v:.digits$e}");
        let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
        let digits = digits.trim_end_matches('0').trim_end_matches('.');
        return format!("{digits}e{power}").replace('-', "−");
    }
    // Zero among powers of ten has no places.
    let places = if places > 5 { 0 } else { places };
    format!("{v:.places$}").replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(low: f64, high: f64, about: usize) -> Vec<String> {
        let scale = Scale { low, high, from: 0.0, to: 1.0 };
        ticks(&scale, &Axis::default(), about).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn numbers_are_round_and_alike() {
        assert_eq!(texts(0.0, 10.0, 5), ["0", "2", "4", "6", "8", "10"]);
        assert_eq!(texts(-0.31, 0.42, 5), ["−0.3", "−0.2", "−0.1", "0.0", "0.1", "0.2", "0.3", "0.4"]);
        assert_eq!(texts(199.0, 471.0, 4), ["200", "250", "300", "350", "400", "450"]);
        assert_eq!(texts(0.0, 3.2e7, 4), ["0", "1e7", "2e7", "3e7"]);
        assert_eq!(texts(-1e-16, 1e-16, 2), ["−1e−16", "0", "1e−16"]);
        assert_eq!(texts(1e-7, 4e-7, 3), ["1e−7", "2e−7", "3e−7", "4e−7"]);
        assert!(texts(1.0, 1.0, 4).is_empty());
        assert_eq!(texts(1e15, 1e15 + 8.0, 4).len(), 2);
        // Far from zero all the digits that tell them apart.
        assert_eq!(texts(2_000_000.0, 2_000_041.0, 4), ["2000000", "2000010", "2000020", "2000030", "2000040"]);
        assert_eq!(texts(1.7e9, 1.7004e9, 4), ["1700000000", "1700100000", "1700200000", "1700300000", "1700400000"]);
        assert_eq!(texts(0.123_456_7, 0.123_456_9, 2), ["1.234567e−1", "1.234568e−1", "1.234569e−1"]);
        let shares = Scale { low: -0.04, high: 1.04, from: 0.0, to: 1.0 };
        let ticks = ticks(&shares, &Axis::default().within(0.0, 1.0), 5);
        assert_eq!((ticks[0].1.as_str(), ticks[5].1.as_str()), ("0.0", "1.0"));
    }

    #[test]
    fn a_range_without_width_gets_one() {
        let layer = |values: Vec<f64>| Layer::new("", Mark::Points, Role::Data, values.clone(), values);
        for values in [vec![], vec![0.0], vec![7.0; 3], vec![f64::NAN, f64::INFINITY], vec![-3.0], vec![f64::MAX, f64::MIN]] {
            let scale = Scale::of(&Axis::default(), &[layer(values.clone())], Direction::Y, (100.0, 0.0));
            assert!(scale.low < scale.high, "{values:?}");
            values.iter().filter(|v| v.is_finite()).for_each(|v| assert!(scale.at(*v).is_finite(), "{values:?}"));
        }
    }
}
