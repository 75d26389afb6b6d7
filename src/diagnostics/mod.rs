//! How well a fit describes its data: residuals, leverage, influence, overdispersion, R2, proportional hazards.

mod augment;
mod bits;
mod conditional_aic;
mod innovations;
mod marginal;
mod within_groups;
mod fixef_residuals;
pub mod influence;
mod leverage;
mod overdispersion;
mod proportional_hazards;
mod r2;
mod random_effects;
mod report;
mod residuals;
mod schoenfeld;
mod simulated;
mod standardized;

pub use augment::Augmented;
pub use conditional_aic::ConditionalAic;
pub use fixef_residuals::FixefResiduals;
pub use leverage::LeverageKind;
pub use overdispersion::Overdispersion;
pub use r2::R2;
pub use residuals::ResidualKind;
pub use simulated::{Grouping, SimulatedResiduals, Simulations};
