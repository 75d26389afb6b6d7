//! How well a fit describes its data: residuals, overdispersion, R2, proportional hazards.

mod fixef_residuals;
mod overdispersion;
mod proportional_hazards;
mod r2;
mod residuals;
mod schoenfeld;

pub use fixef_residuals::FixefResiduals;
pub use overdispersion::Overdispersion;
pub use r2::R2;
pub use residuals::ResidualKind;
