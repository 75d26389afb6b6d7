//! Pictures of a fit: coordinates first, which any program can draw, then drawn.

mod binned;
mod categories;
mod coefficients;
mod counts;
mod dashboard;
#[cfg(feature = "plot")]
mod drawing;
mod effects;
mod groups;
mod hexagons;
mod influence;
mod kind;
mod lowess;
mod means;
mod order;
mod profile_pairs;
mod profiles;
mod residuals;
mod scene;
mod settings;
mod sheet;
mod shrinkage;
mod simulated;
mod spline;
mod survival;
mod typical;

pub use kind::{KINDS, Kind};
pub use scene::Scene;
pub use settings::{Format, SETTINGS, Settings};
pub use sheet::{Axis, Layer, Mark, Panel, Role, Sheet};

use crate::error::Result;

impl Sheet {
    /// The picture in the format that is chosen.
    pub fn drawn(&self, settings: &Settings) -> Result<Vec<u8>> {
        match settings.format {
            Format::Svg => Ok(self.svg(settings)?.into_bytes()),
            Format::Png => self.png(settings),
        }
    }

    /// The picture as PNG.
    #[cfg(feature = "png")]
    pub fn png(&self, settings: &Settings) -> Result<Vec<u8>> {
        drawing::png(self, settings)
    }

    /// A library without the feature `png` draws SVG only.
    #[cfg(not(feature = "png"))]
    pub fn png(&self, _settings: &Settings) -> Result<Vec<u8>> {
        Err(settings::no_png())
    }

    /// The picture as SVG: text in UTF-8.
    #[cfg(feature = "plot")]
    pub fn svg(&self, settings: &Settings) -> Result<String> {
        Ok(drawing::svg(self, settings))
    }

    /// A library without the feature `plot` draws nothing.
    #[cfg(not(feature = "plot"))]
    pub fn svg(&self, _settings: &Settings) -> Result<String> {
        Err(crate::error::Error::unsupported(
            "this library was built without the feature plot, and draws no pictures; their coordinates are there as a table",
        ))
    }
}
