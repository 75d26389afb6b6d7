//! Points, or, where there are too many to draw, their counts in hexagons.

use std::collections::BTreeMap;

use super::sheet::{COORDINATES, Layer, Mark, Role};
use crate::error::{Result, try_copy};

/// Points that are drawn one by one.
const MOST: usize = 20_000;
/// Hexagons across.
const ACROSS: f64 = 40.0;

/// A layer of points or counts, and what a caption has to say of it.
pub fn cloud(name: &str, x: &[f64], y: &[f64]) -> Result<(Layer, String)> {
    if x.len() <= MOST {
        let layer = Layer::new(name, Mark::Points, Role::Data, try_copy(COORDINATES, x)?, try_copy(COORDINATES, y)?);
        return Ok((layer, String::new()));
    }
    Ok((counts(name, x, y), "; darker cells have more points".into()))
}

/// The number of points in each hexagon, at its centre: of two lattices of rectangles the nearer centre (Carr et al. 1987).
fn counts(name: &str, x: &[f64], y: &[f64]) -> Layer {
    let ends = |v: &[f64]| v.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(*v), b.max(*v)));
    let unit = |(low, high): (f64, f64)| if high > low { (low, (high - low) / ACROSS) } else { (low, 1.0) };
    let ((x0, dx), (y0, dy)) = (unit(ends(x)), unit(ends(y)));
    // In units of a hexagon's width; rows of one lattice are sqrt(3) apart.
    let high = 3f64.sqrt();
    let mut cells: BTreeMap<(i64, i64), f64> = BTreeMap::new();
    for (x, y) in x.iter().zip(y) {
        let (u, v) = ((x - x0) / dx, (y - y0) / dy / high);
        let (a, b) = ((u.round(), v.round()), (u.floor() + 0.5, v.floor() + 0.5));
        let distance = |c: (f64, f64)| (u - c.0).powi(2) + 3.0 * (v - c.1).powi(2);
        let c = if distance(a) <= distance(b) { a } else { b };
        *cells.entry(((2.0 * c.1) as i64, (2.0 * c.0) as i64)).or_default() += 1.0;
    }
    let xs = cells.keys().map(|(_, u)| x0 + 0.5 * dx * *u as f64).collect();
    let ys = cells.keys().map(|(v, _)| y0 + 0.5 * dy * high * *v as f64).collect();
    let widths = cells.keys().map(|_| 0.5 * dx).collect();
    let heights = cells.keys().map(|_| dy).collect();
    Layer::new(name, Mark::Cells, Role::Data, xs, ys).limits(widths, heights).sized(cells.into_values().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_is_in_one_cell_and_near_its_centre() {
        let n = 50_000;
        let x: Vec<f64> = (0..n).map(|i| f64::from(i % 1000) * 0.37).collect();
        let y: Vec<f64> = (0..n).map(|i| f64::from(i * 7919 % 10_007) * 1e-3).collect();
        let (layer, said) = cloud("points", &x, &y).unwrap();
        assert_eq!((layer.mark, layer.size.iter().sum::<f64>()), (Mark::Cells, f64::from(n)));
        assert!(layer.x.len() < 2500 && said.contains("darker"));
        let one = counts("one", &[0.0, 100.0, 41.3], &[0.0, 10.0, 3.3]);
        let near =
            |i: usize, x: f64, y: f64| ((one.x[i] - x) / one.lower[i]).abs() < 1.2 && ((one.y[i] - y) / one.upper[i]).abs() < 1.2;
        assert!((0..one.x.len()).any(|i| near(i, 41.3, 3.3)));
        let (few, said) = cloud("points", &x[..20_000], &y[..20_000]).unwrap();
        assert_eq!((few.mark, few.x.len(), said.as_str()), (Mark::Points, 20_000, ""));
    }

    #[test]
    fn points_at_one_place_are_one_cell() {
        let layer = counts("same", &vec![1.0; 30_000], &vec![2.0; 30_000]);
        assert_eq!((layer.x[0], layer.y[0], layer.size.len()), (1.0, 2.0, 1));
    }
}
