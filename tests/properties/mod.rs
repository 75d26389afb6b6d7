mod balanced;
mod fuzz;
mod invariance;
mod minima;
mod optimisers;
mod origin;
mod prediction;
