//! Response distributions: log-densities with their derivatives in the linear predictor and in the family's own parameters.
//!
//! The derivatives of a family live here and nothing else knows them. Per observation, with l the log-density:
//!
//! ```text
//! s = dl/deta,   w = -d2l/deta2 (observed information),   t = dw/deta;   for each parameter psi: dl/dpsi, ds/dpsi, dw/dpsi
//! ```
//!
//! A density is written once, in the coordinate in which it is simplest (log mu for counts and positive responses, logit mu for
//! proportions, mu itself on the whole line), and chained with the link in one place (`coordinate`, `model`).

pub mod cell;
mod censored;
mod coordinate;
mod cumulative;
mod custom;
mod definition;
mod density;
mod facts;
mod link;
mod model;
mod parameter;
mod registry;
pub mod rows;
mod stencil;
pub mod special;

mod bell;
mod beta;
mod betabinomial;
mod binomial;
mod compois;
mod gamma;
mod gaussian;
mod genpois;
mod inflated_beta;
mod inverse_gaussian;
mod lognormal;
mod mixture;
mod nbinom;
mod nbinom12;
mod poisson;
mod skewnormal;
mod student;
mod summed;
mod truncated;
mod tweedie;

pub use censored::{Censoring, Counts, Ends, between};
pub use cumulative::Cumulative;
pub use custom::{CustomFamily, CustomFunctions, CustomParameter, DensityDerivatives, DensityRows, LogDensity, Map, UnitDeviance};
pub use definition::{
    Constants, Derivatives, Family, MAX_PARAMETERS, Observations, Order, Psi, PsiDerivatives, WeightRole, derivatives,
};
pub use facts::{Exact, Facts, Residual, Sigma, ZeroPart};
pub use link::{CUMULATIVE_LINKS, Jet, LINKS, Link};
pub use mixture::{ZeroDerivatives, ZeroMixture, ZeroPsiDerivatives};
pub use parameter::{Parameter, Scale};
pub use registry::{DEFAULT, by_name, links, names, names_of, normal};

pub(crate) use definition::check_length;
pub(crate) use density::{GRADIENT, MODE};
pub(crate) use model::{check_constants, check_derivatives};
pub(crate) use parameter::fix as fix_parameter;
