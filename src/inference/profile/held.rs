//! A parameter that is held at values.

use super::hold::Hold;

/// How a parameter is held.
pub struct Held {
    pub hold: Hold,
    /// Working parameters of the estimates.
    pub centre: Vec<f64>,
    pub estimate: f64,
    pub bounds: (Option<f64>, Option<f64>),
    /// A distance over which the deviance may be expected to rise by about one, where its curvature does not tell.
    pub unit: Option<f64>,
    /// What is reported of a value.
    pub reported: Box<dyn Fn(f64) -> f64>,
    /// Other minima of the deviance.
    pub others: Vec<Other>,
    /// The least deviance, where it is not that of the estimates.
    pub minimum: Option<f64>,
    /// The side on which the deviance does not rise again, upwards if true.
    pub open: Option<bool>,
}

impl Held {
    /// A fixed effect.
    pub fn of_fixed_effect(hold: Hold, centre: Vec<f64>, estimate: f64) -> Self {
        Held {
            hold,
            centre,
            estimate,
            bounds: (None, None),
            unit: None,
            reported: Box::new(|v| v),
            others: vec![],
            minimum: None,
            open: None,
        }
    }
}

/// A minimum of the deviance that is not the lowest.
pub struct Other {
    /// How much higher it is.
    pub rise: f64,
    pub estimate: f64,
    pub centre: Vec<f64>,
}
