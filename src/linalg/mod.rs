//! Block-sparse symmetric systems.
