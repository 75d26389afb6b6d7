//! What is asked of a fit besides the basics.

mod asked;
mod kinds;
mod list;
mod named;
mod power;
mod question;
mod terms;
mod values;

pub use asked::Questions;
pub use kinds::{BootstrapType, ConfidenceInterval, Drop1Test, Groups, Means, ProfileScale, Residuals, ResponseStatistic};
pub use list::QUESTIONS;
pub use question::Question;
