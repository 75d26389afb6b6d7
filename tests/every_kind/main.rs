//! What models of every kind have: columns, random terms, null models, responses drawn or fitted anew.

#[path = "../common/mod.rs"]
mod common;

mod awkward_data;
mod bootstrap;
mod bootstrap_cases;
mod cancel;
mod evaluate;
mod finite;
mod conditional_aic;
mod fixed_only;
mod influence;
mod one_step;
mod joint_predictions;
mod means_of_parts;
mod model_checks;
mod null_models;
mod own_contrasts;
mod parameters;
mod picture_frames;
mod pictures;
mod posterior;
mod power;
mod priors;
mod profile_paths;
mod random_terms;
mod refit;
mod robust;
mod saved;
mod selection;
mod simulate;
mod start;
mod simulated_residuals;
mod threads;
mod validation;
mod variance_parameters;
mod variance_tests;
mod within_fixed;
