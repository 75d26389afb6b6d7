//! The header: generated from src/capi, true to it, documented, and fit for C and C++ compilers.

use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn committed() -> String {
    std::fs::read_to_string(root().join("include/interlace.h")).expect("include/interlace.h is there (make header)")
}

/// The files that make the header, in its order: the public modules that src/capi/mod.rs lists before "End of the header".
fn sources() -> Vec<PathBuf> {
    let list = std::fs::read_to_string(root().join("src/capi/mod.rs")).unwrap();
    let (list, _) = list.split_once("// End of the header.").expect("mod.rs marks the end of the header");
    let names = list.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    names.map(|name| root().join("src/capi").join(name).with_extension("rs")).collect()
}

fn generated() -> String {
    let config = cbindgen::Config::from_file(root().join("cbindgen.toml")).unwrap();
    let builder = sources().into_iter().fold(cbindgen::Builder::new().with_config(config), cbindgen::Builder::with_src);
    let mut text = Vec::new();
    builder.generate().unwrap().write(&mut text);
    String::from_utf8(text).unwrap()
}

/// With INTERLACE_WRITE_HEADER=1 (make header) this writes the header instead.
#[test]
fn the_committed_header_is_the_generated_one() {
    if std::env::var_os("INTERLACE_WRITE_HEADER").is_some() {
        std::fs::write(root().join("include/interlace.h"), generated()).unwrap();
    }
    assert!(committed() == generated(), "include/interlace.h is out of date: run `make header`");
}
