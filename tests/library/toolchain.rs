//! What the tests of the C side share: the C and C++ compilers, and the shared library that cargo built for these tests.
#![allow(dead_code)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The shared library stands beside the test programs, in target/<profile>/deps.
pub fn library() -> PathBuf {
    let beside = std::env::current_exe().unwrap().parent().unwrap().join("libinterlace.so");
    assert!(beside.exists(), "{} is not there: cargo builds it with the tests", beside.display());
    beside
}

/// A directory in which the library has the names under which programs look for it.
pub fn linkable() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    link_into(directory.path());
    directory
}

/// Gives the library these names in a directory.
pub fn link_into(directory: &Path) {
    let shared = library();
    let archive = shared.with_extension("a");
    for (name, file) in [("libinterlace.so", &shared), (&soname(), &shared), ("libinterlace.a", &archive)] {
        std::os::unix::fs::symlink(file, directory.join(name)).unwrap();
    }
}

/// The name under which the loader looks for the library: the version's part that changes when the ABI does.
pub fn soname() -> String {
    match (env!("CARGO_PKG_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MINOR")) {
        ("0", minor) => format!("libinterlace.so.0.{minor}"),
        (major, _) => format!("libinterlace.so.{major}"),
    }
}

/// The C compiler, as the environment or the platform names it.
pub fn cc() -> Command {
    compiler(false)
}

pub fn cxx() -> Command {
    compiler(true)
}

fn compiler(cpp: bool) -> Command {
    let target = env!("INTERLACE_TARGET");
    let mut build = cc::Build::new();
    build.cpp(cpp).target(target).host(target).opt_level(0).debug(true).warnings(true).cargo_metadata(false);
    build.get_compiler().to_command()
}

/// A compiled program. Cargo has the loader look in target/<profile> first, where another build's library may be; these
/// programs know their own.
pub fn program(path: &Path) -> Command {
    let mut command = Command::new(path);
    command.env_remove("LD_LIBRARY_PATH");
    command
}

/// Runs a command that must succeed.
pub fn succeed(command: &mut Command) -> Output {
    let output = run(command);
    assert!(output.status.success(), "{command:?}\n{}", transcript(&output));
    output
}

pub fn run(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|e| panic!("{command:?} can't be run: {e}"))
}

pub fn transcript(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}\n{}\n{}", output.status, text(&output.stdout), text(&output.stderr))
}

/// Whether a program is there to be run.
pub fn has(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Major and minor version.
pub type Glibc = (u32, u32);

fn glibc(text: &str) -> Glibc {
    let (major, minor) = text.split_once('.').unwrap_or((text, "0"));
    (major.parse().unwrap(), minor.split('.').next().unwrap().parse().unwrap())
}

/// The newest glibc that a library or program asks for.
pub fn newest_glibc(path: &Path) -> Glibc {
    let output = succeed(Command::new("readelf").args(["-W", "-V"]).arg(path));
    let text = String::from_utf8(output.stdout).unwrap();
    let versions = text.split("Name: GLIBC_").skip(1).map(|rest| glibc(rest.split_whitespace().next().unwrap()));
    versions.max().unwrap_or_else(|| panic!("{} asks for no glibc:\n{text}", path.display()))
}

/// The glibc that has to be enough: Cargo.toml says which.
pub fn oldest_glibc() -> Glibc {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let line = manifest.lines().find_map(|line| line.strip_prefix("glibc = \"")).expect("Cargo.toml has a line `glibc`");
    glibc(line.trim_end_matches('"'))
}
