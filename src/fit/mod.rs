//! A fitted model, which is immutable and owns everything it needs.
//!
//! `Fit` has what all fits share, and its `kind` what is specific to one kind. `linear` and `generalised` go from the design to
//! it: cross-products or a response, the search, the solution at its end, and the warnings about it.

mod correlation;
pub(crate) mod estimable;
mod parts;
mod family_record;
pub(crate) mod robust;
mod engine;
mod kind;
mod sums;
mod common;
mod instead;
mod points;
mod predictors;
pub(crate) mod parameter_ids;
mod nature;
mod parameters;
pub(crate) mod design;
mod range;
mod maxima;
pub(crate) mod response;
mod priors;
mod rebuilt;
mod random_terms;
pub(crate) mod within_fixed;
mod iterated;
mod iterated_generalised;
pub(crate) mod linear;
mod reduced;
mod separation;
pub(crate) mod diagnosis;
pub(crate) mod region;
mod assembly;
mod generalised_rows;
pub(crate) mod cox;
mod baseline;
mod ordinal;
mod ordinal_rows;
pub(crate) mod generalised;
mod again;
mod other_columns;
mod displaced;
mod by_ml;
pub(crate) mod surface;
mod making;
mod own_spec;
mod part_view;
mod sound;

pub use common::Fit;
pub use correlation::CorrelationFit;
pub use engine::{EngineRecord, Iterative};
pub use family_record::is_of_caller;
pub use instead::Instead;
pub use kind::{Cox, FamilyParameter, Generalised, Kind, Nominal, Ordinal};
pub use other_columns::Least;
pub use parameters::ParameterForm;
pub use parts::{FixedEffects, Outcome, PredictorFit, TermFit};
pub use points::Points;
pub use predictors::Role;
pub use reduced::FromSums;
pub use robust::{Robust, RobustKind};
pub use sums::{Moments, Reduced};
pub use surface::assign::assignments;
pub use surface::{Evaluation, InformationMatrix};

pub(crate) use nature::Nature;
pub(crate) use parts::in_unit;
pub(crate) use rebuilt::Rebuilt;
