//! Names beside points and curves, each where it covers nothing.

use super::text::{fitted, width};

const GAP: f64 = 7.0;
const WIDEST: f64 = 120.0;

/// The part of a panel in which coordinates are drawn, in pixels.
#[derive(Clone, Copy, Debug)]
pub struct Region {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

/// A text with the pixels of its beginning on the line of text.
pub struct Placed {
    pub text: String,
    pub at: (f64, f64),
}

/// What has a name: from its left to its right end, at a height.
pub struct Named<'t> {
    pub left: f64,
    pub right: f64,
    pub y: f64,
    pub text: &'t str,
}

/// Places names beside points or intervals, to the right, left, above or below, within the region and not over each other; those that find no
/// place are left out.
pub fn place<'t>(all_named: impl Iterator<Item = Named<'t>>, region: Region, size: f64) -> Vec<Placed> {
    let mut all: Vec<(Placed, f64)> = vec![];
    for Named { left, right, y, text } in all_named {
        let text = fitted(text, WIDEST, size);
        let wide = width(&text, size);
        let candidates = [
            (right + GAP, y + 0.35 * size),
            (left - GAP - wide, y + 0.35 * size),
            ((left + right - wide) / 2.0, y - GAP - 1.0),
            ((left + right - wide) / 2.0, y + GAP + 0.8 * size),
        ];
        let free = |at: &(f64, f64)| {
            let within = at.0 >= region.left + 1.0
                && at.0 + wide <= region.right
                && at.1 - size >= region.top
                && at.1 + 2.0 <= region.bottom;
            let apart = |(other, other_wide): &(Placed, f64)| {
                at.0 + wide < other.at.0 || other.at.0 + other_wide < at.0 || (at.1 - other.at.1).abs() > size
            };
            within && all.iter().all(apart)
        };
        if let Some(at) = candidates.into_iter().find(free) {
            all.push((Placed { text, at }, wide));
        }
    }
    all.into_iter().map(|(placed, _)| placed).collect()
}

/// Heights at least `apart` from each other and within the region, near those that are wished, in their order.
pub fn spread(wished: &[f64], (top, bottom): (f64, f64), apart: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wished.len()).collect();
    order.sort_by(|&a, &b| wished[a].total_cmp(&wished[b]).then(a.cmp(&b)));
    let mut own: Vec<f64> = order.iter().map(|&i| wished[i].max(top).min(bottom)).collect();
    for i in 1..own.len() {
        own[i] = own[i].max(own[i - 1] + apart);
    }
    let mut limit = bottom;
    for v in own.iter_mut().rev() {
        *v = v.min(limit);
        limit = *v - apart;
    }
    let mut out = vec![0.0; wished.len()];
    order.iter().zip(own).for_each(|(&i, v)| out[i] = v);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGION: Region = Region { left: 0.0, top: 0.0, right: 300.0, bottom: 200.0 };

    #[test]
    fn names_stay_inside_and_apart() {
        let point = |x: f64, y: f64, text| Named { left: x, right: x, y, text };
        let points = (0..60).map(|i| point(f64::from(i % 12) * 27.0, f64::from(i / 12) * 50.0, "a label"));
        let all = place(points, REGION, 11.0);
        assert!(all.len() > 20);
        for (i, own) in all.iter().enumerate() {
            let end = own.at.0 + width(&own.text, 11.0);
            assert!(own.at.0 >= 0.0 && end <= 300.0 && own.at.1 >= 11.0 && own.at.1 <= 200.0);
            for other in &all[..i] {
                let apart =
                    end < other.at.0 || other.at.0 + width(&other.text, 11.0) < own.at.0 || (own.at.1 - other.at.1).abs() > 11.0;
                assert!(apart);
            }
        }
        let one = place([point(150.0, 100.0, "x"), point(150.0, 100.0, "y")].into_iter(), REGION, 11.0);
        assert!(one.len() == 2 && one[0].at != one[1].at);
    }

    #[test]
    fn heights_are_spread() {
        assert_eq!(spread(&[50.0, 50.0, 52.0], (0.0, 100.0), 12.0), [50.0, 62.0, 74.0]);
        assert_eq!(spread(&[99.0, 98.0], (0.0, 100.0), 12.0), [100.0, 88.0]);
        assert!(spread(&[], (0.0, 100.0), 12.0).is_empty());
        // In no room at all.
        assert_eq!(spread(&[5.0], (10.0, 0.0), 12.0), [0.0]);
    }
}
