//! The library as a program in C sees it: header, exported symbols, the programs in tests/c and examples-c, an installed tree.

mod c_api;
mod examples;
mod header;
mod house;
mod install;
mod pages;
mod symbols;
mod tables;
mod toolchain;
