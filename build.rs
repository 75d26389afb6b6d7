//! How the shared library is linked.

use std::env::var;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // The tests ask the `cc` crate for the C compiler of this platform.
    println!("cargo:rustc-env=INTERLACE_TARGET={}", var("TARGET").unwrap_or_default());
    // The part of the version that changes when the ABI does: 0.minor until 1.0, then major.
    let (major, minor) = (var("CARGO_PKG_VERSION_MAJOR").unwrap_or_default(), var("CARGO_PKG_VERSION_MINOR").unwrap_or_default());
    let abi = if major == "0" { format!("0.{minor}") } else { major };
    match var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("linux") => {
            println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libinterlace.so.{abi}");
            // Hosts that unload plugins must not unload the library: Rust's runtime keeps thread-local destructors in it.
            println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
        }
        Ok("macos") => println!("cargo:rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libinterlace.{abi}.dylib"),
        _ => {}
    }
}
