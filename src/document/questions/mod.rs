//! What is asked of a fit besides the basics.

mod asked;
mod kinds;
mod named;
mod values;

pub use asked::Questions;
pub use kinds::{BootstrapType, ConfidenceInterval, Groups, Means, ProfileScale, Residuals, ResponseStatistic};
pub use named::{QUESTIONS, Question};
