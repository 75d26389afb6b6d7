//! Profiles, and their tables.

use super::path::Curve;
use crate::error::Result;
use crate::frame::Frame;

/// The profile of one parameter.
#[derive(Clone, Debug)]
pub struct Profile {
    pub name: String,
    /// By maximum likelihood.
    pub estimate: f64,
    /// NaN where the profile does not cross.
    pub lower: f64,
    pub upper: f64,
    /// Why a limit is NaN.
    pub warning: Option<String>,
    /// What was seen of the profile, in ascending order.
    pub curve: Curve,
}

/// Intervals as a table: term, estimate, lower, upper, warning.
pub fn intervals(profiles: &[Profile]) -> Result<Frame> {
    let mut frame = Frame::new(profiles.len());
    frame.add_strings("term", &profiles.iter().map(|p| Some(p.name.as_str())).collect::<Vec<_>>())?;
    frame.add_real("estimate", profiles.iter().map(|p| p.estimate).collect())?;
    frame.add_real("lower", profiles.iter().map(|p| p.lower).collect())?;
    frame.add_real("upper", profiles.iter().map(|p| p.upper).collect())?;
    frame.add_strings("warning", &profiles.iter().map(|p| p.warning.as_deref()).collect::<Vec<_>>())?;
    Ok(frame)
}

/// Points as a table: term, value, zeta.
pub fn points(profiles: &[Profile]) -> Result<Frame> {
    let all = || profiles.iter().flat_map(|p| p.curve.points.iter().map(move |point| (p.name.as_str(), point)));
    let mut frame = Frame::new(all().count());
    frame.add_strings("term", &all().map(|(name, _)| Some(name)).collect::<Vec<_>>())?;
    frame.add_real("value", all().map(|(_, point)| point.0).collect())?;
    frame.add_real("zeta", all().map(|(_, point)| point.1).collect())?;
    Ok(frame)
}
