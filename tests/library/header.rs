//! The header: generated from src/capi, true to it, documented, and fit for C and C++ compilers.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use crate::toolchain::{cc, cxx, root, succeed};

/// The files of src/capi that make the header, in its order.
const SOURCES: [&str; 34] = [
    "status",
    "frame",
    "frame_columns",
    "csv",
    "spec",
    "spec_arrays",
    "spec_family",
    "spec_ordinal",
    "spec_correlation",
    "family_list",
    "family",
    "options",
    "options_named",
    "fit",
    "fit_fixed",
    "fit_predictors",
    "fit_correlation",
    "fit_family",
    "fit_ordinal",
    "fit_random",
    "fit_rows",
    "fit_matrices",
    "fit_outcome",
    "fit_tables",
    "predict",
    "diagnostics",
    "hypotheses",
    "marginal_means",
    "resample",
    "profile",
    "bootstrap",
    "validation",
    "questions",
    "document",
];

const STRICT: [&str; 6] = ["-pedantic", "-Wall", "-Wextra", "-Werror", "-Wundef", "-fsyntax-only"];

fn committed() -> String {
    std::fs::read_to_string(root().join("include/interlace.h")).expect("include/interlace.h is there (make header)")
}

fn generated() -> String {
    let config = cbindgen::Config::from_file(root().join("cbindgen.toml")).unwrap();
    let paths = SOURCES.iter().map(|name| root().join("src/capi").join(name).with_extension("rs"));
    let builder = paths.fold(cbindgen::Builder::new().with_config(config), cbindgen::Builder::with_src);
    let mut text = Vec::new();
    builder.generate().unwrap().write(&mut text);
    String::from_utf8(text).unwrap()
}

/// With INTERLACE_WRITE_HEADER=1 (make header) this writes the header first.
#[test]
fn the_committed_header_is_the_generated_one() {
    if std::env::var_os("INTERLACE_WRITE_HEADER").is_some() {
        std::fs::write(root().join("include/interlace.h"), generated()).unwrap();
    }
    assert!(committed() == generated(), "include/interlace.h is out of date: run `make header`");
}

#[test]
fn the_list_of_sources_has_all_public_modules() {
    let modules = std::fs::read_to_string(root().join("src/capi/mod.rs")).unwrap();
    let public = modules.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let public: BTreeSet<&str> = public.filter(|&name| name != "test_hooks").collect();
    assert_eq!(public, SOURCES.into_iter().collect());
}

#[test]
fn the_version_is_cargos() {
    let header = committed();
    for (name, wanted) in [
        ("MAJOR", env!("CARGO_PKG_VERSION_MAJOR")),
        ("MINOR", env!("CARGO_PKG_VERSION_MINOR")),
        ("PATCH", env!("CARGO_PKG_VERSION_PATCH")),
    ] {
        let define = format!("#define INTERLACE_VERSION_{name} {wanted}\n");
        assert!(header.contains(&define), "{define}is not in the header");
    }
}

#[test]
fn everything_has_a_comment() {
    let header = committed();
    let lines: Vec<&str> = header.lines().collect();
    let begins = |line: &str| {
        let define = line.starts_with("#define INTERLACE_") && line != "#define INTERLACE_H";
        let declaration = line.starts_with(|c: char| c.is_ascii_lowercase()) && !line.starts_with("extern \"C\"");
        let field = line.starts_with("    ") && line.ends_with(';') && !line.starts_with("     ");
        define || declaration || field
    };
    let declared: Vec<usize> = (0..lines.len()).filter(|&i| begins(lines[i])).collect();
    assert!(declared.len() > 100, "only {} declarations were recognised", declared.len());
    for i in declared {
        assert!(lines[i - 1].trim_end().ends_with("*/"), "no comment before: {}", lines[i]);
        if lines[i].contains('(') && !lines[i].starts_with('#') {
            assert!(lines[i - 2].contains("Since "), "no version before: {}", lines[i]);
        }
    }
}

/// The header is read by strangers: no words of the language behind it.
#[test]
fn it_is_written_for_readers_of_c() {
    let header = committed();
    for word in ["Box", "Vec<", "Option<", "panic", "Rust", "unsafe", "usize", "&str", "f64`", "i32`"] {
        let found = header.lines().find(|line| line.contains(word));
        assert!(found.is_none(), "'{word}' in: {}", found.unwrap_or_default());
    }
    assert!(header.is_ascii());
}

#[test]
fn it_compiles_alone_and_twice_in_every_dialect() {
    let directory = tempfile::tempdir().unwrap();
    let source = directory.path().join("alone.c");
    std::fs::write(&source, "#include \"interlace.h\"\n#include \"interlace.h\"\ntypedef int not_empty;\n").unwrap();
    let compile = |mut compiler: Command, language: &str, standard: &str, more: &[&str]| {
        compiler.args(STRICT).args(more).arg(format!("-std={standard}")).arg("-x").arg(language);
        succeed(compiler.arg("-I").arg(root().join("include")).arg(&source));
    };
    for standard in ["c99", "c11", "c17"] {
        compile(cc(), "c", standard, &["-Wstrict-prototypes", "-Wc++-compat"]);
    }
    for standard in ["c++11", "c++17", "c++20"] {
        compile(cxx(), "c++", standard, &[]);
    }
}

#[test]
fn two_files_of_one_program_can_include_it() {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = directory.path().join(name);
        std::fs::write(&path, format!("#include \"interlace.h\"\n{text}")).unwrap();
        path
    };
    let one = write("one.c", "int other(void);\nint main(void) { return other() - (int) sizeof(interlace_error); }\n");
    let two = write("two.c", "int other(void);\nint other(void) { return INTERLACE_VERSION_NUMBER < 0 ? 0 : 1024; }\n");
    let program = directory.path().join("program");
    let include = root().join("include");
    let compile = |compiler: &mut Command| {
        succeed(compiler.arg("-I").arg(&include).arg(&one).arg(&two).arg("-o").arg(&program));
        succeed(&mut Command::new(Path::new(&program)));
    };
    compile(cc().arg("-Werror"));
    compile(cxx().args(["-Werror", "-x", "c++"]));
}
