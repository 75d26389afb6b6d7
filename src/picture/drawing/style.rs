//! How layers look: one blue for data, one rust for fits and limits, grey for what they are compared with; in black and white dashes and
//! hollow points tell them apart.

use super::svg::Ink;
use crate::picture::sheet::Role;

pub const BLUE: &str = "#33658a";
pub const RUST: &str = "#c1440e";
pub const GREY: &str = "#777777";
pub const INK: &str = "#222222";
pub const GRID: &str = "#e8e8e8";

/// Of series, with their dashes.
const SERIES: [(&str, &str); 8] = [
    (BLUE, ""),
    (RUST, "8 3"),
    ("#2a7f62", "2.5 2.5"),
    ("#7a4e9f", "9 3 2 3"),
    ("#8a6508", "5 2"),
    ("#4d4d4d", "1.5 3"),
    ("#a23b72", "12 4"),
    ("#4c7a1f", "9 2 2 2 2 2"),
];

pub fn colour(role: Role) -> &'static str {
    match role {
        Role::Data => BLUE,
        Role::Fit | Role::Limit => RUST,
        Role::Reference => GREY,
        Role::Series(k) => SERIES[k % SERIES.len()].0,
    }
}

/// Of lines.
pub fn line(role: Role) -> Ink {
    match role {
        Role::Data => Ink::of(BLUE, 1.8),
        Role::Fit => Ink::of(RUST, 2.0),
        Role::Limit => Ink::of(RUST, 1.4).dashed("6 4"),
        Role::Reference => Ink::of(GREY, 1.2).dashed("5 4"),
        Role::Series(k) => Ink::of(SERIES[k % SERIES.len()].0, 2.0).dashed(SERIES[k % SERIES.len()].1),
    }
}

/// Of intervals.
pub fn interval(role: Role) -> Ink {
    Ink::of(colour(role), 1.3)
}

/// Of areas.
pub fn opacity(role: Role) -> f64 {
    match role {
        Role::Reference => 0.22,
        Role::Series(_) => 0.12,
        Role::Data | Role::Fit | Role::Limit => 0.2,
    }
}

/// The radius of so many points.
pub fn radius(points: usize) -> f64 {
    match points {
        0..=400 => 3.0,
        401..=3000 => 2.2,
        _ => 1.5,
    }
}
