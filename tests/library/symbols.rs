//! What the shared library exports and how the loader sees it. The list tests/c/symbols.txt is the promise to programs that are
//! already compiled: `make header` adds lines to it, and none may be removed before the soname changes.
#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use crate::toolchain::{library, newest_glibc, oldest_glibc, root, soname, succeed};

fn output(program: &str, arguments: &[&str]) -> String {
    let output = succeed(Command::new(program).args(arguments).arg(library()));
    String::from_utf8(output.stdout).unwrap()
}

/// What tests/c/panic.c needs, of libraries with debug assertions: those of `cargo test`, and no release.
const HOOKS: &[&str] = if cfg!(debug_assertions) { &["interlace_test_panic"] } else { &[] };

/// What the library exports beside the hooks, all of which are there.
fn exported() -> BTreeSet<String> {
    let list = output("nm", &["-D", "--defined-only"]);
    let names = list.lines().filter_map(|line| line.split_whitespace().last()).map(String::from);
    let mut names: BTreeSet<String> = names.collect();
    for &hook in HOOKS {
        assert!(names.remove(hook), "{hook} is not exported");
    }
    names
}

fn list_path() -> PathBuf {
    root().join("tests/c/symbols.txt")
}

fn listed() -> BTreeSet<String> {
    std::fs::read_to_string(list_path()).unwrap_or_default().lines().map(String::from).collect()
}

#[test]
fn the_library_exports_what_is_listed_and_nothing_else() {
    if std::env::var_os("INTERLACE_WRITE_HEADER").is_some() {
        let all: Vec<String> = listed().union(&exported()).cloned().collect();
        std::fs::write(list_path(), all.join("\n") + "\n").unwrap();
    }
    let (exported, listed) = (exported(), listed());
    let missing: Vec<_> = listed.difference(&exported).collect();
    let unlisted: Vec<_> = exported.difference(&listed).collect();
    assert!(missing.is_empty(), "symbols that compiled programs need are gone: {missing:?}");
    assert!(unlisted.is_empty(), "symbols that are not in tests/c/symbols.txt (make header adds them): {unlisted:?}");
}

/// So that what is above holds of a release, which these tests don't see: `make install` compares its symbols with the list.
#[test]
fn hooks_are_compiled_with_debug_assertions_only() {
    let modules = std::fs::read_to_string(root().join("src/capi/mod.rs")).unwrap();
    assert!(modules.contains("#[cfg(debug_assertions)]\npub mod test_hooks;\n"));
    let hooks = std::fs::read_to_string(root().join("src/capi/test_hooks.rs")).unwrap();
    assert_eq!(hooks.matches("no_mangle").count(), 1);
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(!manifest.contains("debug-assertions"), "a release has no debug assertions");
}

#[test]
fn the_header_declares_what_the_library_exports() {
    let header = std::fs::read_to_string(root().join("include/interlace.h")).unwrap();
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut declared = BTreeSet::new();
    for line in header.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase())) {
        let Some((before, _)) = line.split_once('(') else { continue };
        let name = before.rsplit(|c: char| !is_part(c)).next().unwrap_or_default();
        if name.starts_with("interlace_") {
            declared.insert(name.to_owned());
        }
    }
    assert_eq!(declared, exported());
}

#[test]
fn the_loader_sees_a_soname_and_keeps_the_library() {
    let dynamic = output("readelf", &["-d"]);
    assert!(dynamic.contains(&format!("soname: [{}]", soname())), "{dynamic}");
    assert!(dynamic.contains("NODELETE"), "{dynamic}");
}

/// linking/glibc.c has what is newer; what is named there, no more, may be bound to the first versions.
#[cfg(all(target_env = "gnu", any(target_arch = "x86_64", target_arch = "aarch64")))]
#[test]
fn it_runs_with_the_documented_glibc() {
    let (newest, oldest) = (newest_glibc(&library()), oldest_glibc());
    assert!(newest <= oldest, "glibc {newest:?}, Cargo.toml says {oldest:?}: {}", output("objdump", &["-T"]));
    let platforms = std::fs::read_to_string(root().join("docs/platforms.md")).unwrap();
    assert!(platforms.contains(&format!("glibc {}.{}", oldest.0, oldest.1)), "docs/platforms.md says another glibc");
}
