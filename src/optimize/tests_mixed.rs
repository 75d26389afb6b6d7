//! A small mixed model.
