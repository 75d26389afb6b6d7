//! How well a fit describes its data: residuals, leverage, influence, overdispersion, R2, proportional hazards.

mod fixef_residuals;
pub mod influence;
mod leverage;
mod overdispersion;
mod proportional_hazards;
mod r2;
mod residuals;
mod schoenfeld;

pub use fixef_residuals::FixefResiduals;
pub use leverage::LeverageKind;
pub use overdispersion::Overdispersion;
pub use r2::R2;
pub use residuals::ResidualKind;
