//! Random effects: levels and effects of their terms, and their cross-products in blocks.

mod blocks;
mod centre;
mod curvature;
mod entries;
mod gram;
mod identify;
mod identify_sums;
mod layout;
mod order;
mod partial_sums;
mod roots;
mod runs;
mod sparse;
mod system;
mod taken;
mod trace;
mod weighted;

pub use blocks::{BlockMatrix, block_diagonal};
pub use centre::{EffectUnits, FAR, Shift, centred, remap, shifts};
pub use curvature::{FactorDerivative, add_curvature, add_second_derivatives, canonical, directions, factor_derivatives};
pub use entries::Entries;
pub use gram::{Gram, own_block};
pub use identify::{Dependencies, Part, dependencies};
pub use identify_sums::dependencies_of_sums;
pub use layout::{Layout, TermRows, TermSize, TermSolution};
pub use roots::Roots;
pub use runs::Runs;
pub use system::RandomSystem;
pub use taken::{LEFT, LEFT_OF_LEVEL, Taken, taken};
pub use trace::Trace;
pub use weighted::{WeightedGram, triangle};
