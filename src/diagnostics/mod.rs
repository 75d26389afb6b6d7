//! How well a fit describes its data: residuals, overdispersion, R2.

mod overdispersion;
mod r2;
mod residuals;

pub use overdispersion::Overdispersion;
pub use r2::R2;
pub use residuals::ResidualKind;
