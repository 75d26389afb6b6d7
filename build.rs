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
            run_on_older_glibc();
        }
        Ok("macos") => println!("cargo:rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libinterlace.{abi}.dylib"),
        _ => {}
    }
}

/// linking/glibc.c says how. What it calls is in libpthread and libdl before glibc 2.34.
fn run_on_older_glibc() {
    let of = |name: &str, values: &[&str]| var(name).is_ok_and(|value| values.contains(&value.as_str()));
    let known = of("CARGO_CFG_TARGET_ARCH", &["x86_64", "aarch64"]) && of("CARGO_CFG_TARGET_ENDIAN", &["little"]);
    if !known || !of("CARGO_CFG_TARGET_ENV", &["gnu"]) || !of("CARGO_CFG_TARGET_POINTER_WIDTH", &["64"]) {
        return;
    }
    println!("cargo:rerun-if-changed=linking/glibc.c");
    let mut own = cc::Build::new();
    own.file("linking/glibc.c").opt_level(2).std("gnu99").flag("-ffreestanding").flag("-ffunction-sections").flag("-fno-lto");
    for object in own.compile_intermediates() {
        println!("cargo:rustc-cdylib-link-arg={}", object.display());
    }
    println!("cargo:rustc-cdylib-link-arg=-Wl,--push-state,--no-as-needed,-l:libpthread.so.0,-l:libdl.so.2,--pop-state");
}
