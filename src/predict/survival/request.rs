//! What is asked of survival curves.

use super::limits::CurveLimits;
use crate::distributions::normal_quantile;
use crate::error::{Error, Result};
use crate::frame::shortest_text;
use crate::predict::request::{NewLevels, RandomTerms};

/// What is asked of survival curves.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct CurveRequest {
    pub random: RandomTerms,
    /// Averaged over all random effects: all groups count as new.
    pub marginal: bool,
    pub new_levels: NewLevels,
    /// `None`: the event times of the row's stratum.
    pub times: Option<Vec<f64>>,
    pub limits: CurveLimits,
    /// Of the limits; `None` is 0.95.
    pub level: Option<f64>,
}

impl CurveRequest {
    /// Fails where the level or the times are none.
    pub(super) fn check(&self) -> Result<()> {
        let level = self.level();
        if !(level > 0.0 && level < 1.0) {
            return Err(Error::argument(format!("level is {level}, wanted a number between 0 and 1")));
        }
        if self.new_levels == NewLevels::Missing {
            return Err(Error::argument("new_levels missing is for predictions; survival curves have error, zero and average"));
        }
        let times = self.times.iter().flatten();
        times.enumerate().find(|(_, t)| !(**t >= 0.0 && t.is_finite())).map_or(Ok(()), |(k, t)| {
            let t = shortest_text(*t);
            Err(Error::argument(format!("times: number {} is {t}, wanted finite times from 0 up", k + 1)))
        })
    }

    fn level(&self) -> f64 {
        self.level.unwrap_or(0.95)
    }

    /// How many standard errors limits are away.
    pub(super) fn reach(&self) -> f64 {
        -normal_quantile(0.5 * (1.0 - self.level()))
    }
}
