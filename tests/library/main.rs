//! The library as programs in C and C++ see it: headers, exported symbols, the programs in tests/c, tests/cpp and examples-c, an installed tree.

mod abi;
mod c_api;
mod cmake;
mod cpp;
mod examples;
mod header;
mod hostile;
mod house;
mod install;
mod pages;
mod panic_hook;
mod symbols;
mod tables;
mod toolchain;
