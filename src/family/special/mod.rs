//! Special functions that the densities need, in forms that keep their digits at extreme arguments.

mod elementary;
mod gamma;
mod incomplete;
mod normal;
mod rising;

pub use elementary::{
    Logistic, bernoulli_excess, expit, log1mexp, log1p_minus, logistic, logistic_of_odds, logit, softplus, x_log_y, x1_log1p_minus,
};
pub use gamma::{digamma, ln_gamma, log_minus_digamma, stirling_error, tetragamma, trigamma};
pub use incomplete::{
    Tails, beta_tails, beta_tails_of_odds, binomial_tails, gamma_tails, negative_binomial_tails, poisson_probability, poisson_tails,
};
pub use normal::{erfcx, log_ndtr};
pub use rising::{ln_choose, ln_factorial, ln_rising, ln_rising_ratio, rising_psi, rising_psi1, rising_psi2, rising_shares};
