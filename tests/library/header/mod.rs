//! The header: generated from src/capi, true to it, documented, and fit for C and C++ compilers.

mod bindings;
mod book;
mod cpp;
mod cpp_method;
mod items;
mod json;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use items::{Item, Kind};

use crate::toolchain::{cc, cxx, root, succeed};

const STRICT: [&str; 6] = ["-pedantic", "-Wall", "-Wextra", "-Werror", "-Wundef", "-fsyntax-only"];

fn committed() -> String {
    std::fs::read_to_string(root().join("include/interlace.h")).expect("include/interlace.h is there (make header)")
}

fn files() -> Vec<&'static str> {
    book::CHAPTERS.iter().flat_map(|chapter| chapter.files.iter().copied()).collect()
}

fn items() -> &'static [Item] {
    static ITEMS: OnceLock<Vec<Item>> = OnceLock::new();
    ITEMS.get_or_init(|| items::items(&files()))
}

fn generated() -> String {
    let config = cbindgen::Config::from_file(root().join("cbindgen.toml")).unwrap();
    book::book(&config.header.unwrap(), items())
}

fn described() -> String {
    std::fs::read_to_string(root().join("include/interlace.json")).expect("include/interlace.json is there (make header)")
}

fn committed_cpp() -> String {
    std::fs::read_to_string(root().join("include/interlace.hpp")).expect("include/interlace.hpp is there (make header)")
}

fn generated_cpp() -> String {
    let template = std::fs::read_to_string(root().join("tests/library/header/interlace.hpp.in")).unwrap();
    cpp::header(&serde_json::from_str(&json::document(items())).unwrap(), &template)
}

/// With INTERLACE_WRITE_HEADER=1 (make header) this writes the headers and their description first.
#[test]
fn the_committed_header_is_the_generated_one() {
    if std::env::var_os("INTERLACE_WRITE_HEADER").is_some() {
        std::fs::write(root().join("include/interlace.h"), generated()).unwrap();
        std::fs::write(root().join("include/interlace.json"), json::document(items())).unwrap();
        std::fs::write(root().join("include/interlace.hpp"), generated_cpp()).unwrap();
    }
    assert!(committed() == generated(), "include/interlace.h is out of date: run `make header`");
    assert!(described() == json::document(items()), "include/interlace.json is out of date: run `make header`");
    assert!(committed_cpp() == generated_cpp(), "include/interlace.hpp is out of date: run `make header`");
}

/// Every function of the C header is called in that for C++, by a member of the class of its noun that has the rest of its name.
#[test]
fn every_function_can_be_reached_from_cpp() {
    let header = committed_cpp();
    let document: serde_json::Value = serde_json::from_str(&described()).unwrap();
    let objects: Vec<&str> = cpp::list(&document, "objects").iter().map(|own| cpp::text(own, "name")).collect();
    // Constructors and destructors, and functions that became overloads.
    let renamed = |member: &str| ["new", "free", "new_array", "add_term_i32", "add_term_i64"].contains(&member);
    let mut missing = vec![];
    for function in cpp::list(&document, "functions") {
        let name = cpp::text(function, "name");
        let noun = cpp::noun_of(&document, name);
        let member = noun.map(|noun| name[noun.len() + 1..].to_owned()).filter(|member| !renamed(member));
        let is_there = |member: &String| {
            let definition = format!(" {}::{member}(", cpp::class(noun.unwrap()));
            header.lines().any(|line| line.starts_with("inline ") && line.contains(&definition))
        };
        if !cpp::calls(&header, name) || !member.as_ref().is_none_or(is_there) {
            missing.push(name);
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
    assert_eq!(objects.len(), header.matches(" : public detail::Owner<").count());
}

#[test]
fn the_chapters_have_all_public_modules() {
    let modules = std::fs::read_to_string(root().join("src/capi/mod.rs")).unwrap();
    let public = modules.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let public: BTreeSet<&str> = public.filter(|&name| name != "test_hooks").collect();
    assert_eq!(public, files().into_iter().collect());
}

#[test]
fn every_declaration_is_in_the_header_once() {
    let header = committed();
    for item in items() {
        let text = if matches!(item.kind, Kind::Enum | Kind::Struct) { format!("}} {};\n", item.name) } else { item.text.clone() };
        assert_eq!(header.matches(&text).count(), 1, "{}", item.name);
    }
    assert!(items().len() > 250, "only {} declarations were recognised", items().len());
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
fn everything_has_a_comment_and_a_version() {
    for item in items() {
        assert!(!item.comment.is_empty(), "no comment: {}", item.name);
        assert!(item.kind == Kind::Define || item.since().is_some(), "no version: {}", item.name);
        if matches!(item.kind, Kind::Enum | Kind::Struct) {
            item.members().iter().for_each(|part| assert!(!part.comment.is_empty(), "no comment: {}.{}", item.name, part.name));
        }
    }
}

/// What is in a comment, so that it stands by itself in an editor.
#[test]
fn every_parameter_is_explained() {
    let mut missing = vec![];
    for item in items() {
        let parameters = item.parameters();
        for part in &parameters {
            let text = book::meaning(item, part, items());
            if text.is_empty() {
                missing.push(format!("{}({})", item.name, part.name));
            }
            let array = part.type_text == "double *" || part.type_text == "const double *";
            if array && json::shape(&text).is_none() && !text.contains("scalar") {
                missing.push(format!("{}({}) has no shape", item.name, part.name));
            }
        }
        for name in item.named() {
            assert!(parameters.iter().any(|part| part.name == name), "{} has no parameter {name}", item.name);
        }
    }
    assert!(missing.is_empty(), "{} parameters: {missing:#?}", missing.len());
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
    for standard in ["c++11", "c++14", "c++17", "c++20"] {
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
