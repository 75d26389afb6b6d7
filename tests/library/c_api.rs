//! The programs in tests/c, each compiled against the header and linked to the shared library of this build.
#![cfg(target_os = "linux")]

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::toolchain::{cc, has, library, linkable, program, root, run, succeed, transcript};

/// A program in C, compiled.
pub struct Program {
    /// Holds the program, and the library under the names it is looked for.
    directory: tempfile::TempDir,
    path: PathBuf,
}

fn compile(name: &str, flags: &[&str]) -> Program {
    compile_file(&source(name), flags)
}

fn source(name: &str) -> PathBuf {
    root().join("tests/c").join(name).with_extension("c")
}

/// Such a program that includes headers of another directory, too.
pub fn compile_with(name: &str, flags: &[&str], headers: &Path) -> Program {
    compile_file(&source(name), &[flags, &["-I", headers.to_str().unwrap()]].concat())
}

pub fn compile_file(source: &Path, flags: &[&str]) -> Program {
    let directory = linkable();
    let path = directory.path().join(source.file_stem().unwrap());
    let mut command = cc();
    command.args(["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-Wstrict-prototypes", "-g"]).args(flags);
    command.arg("-I").arg(root().join("include")).arg(source);
    command.arg("-L").arg(directory.path()).args(["-linterlace", "-lm", "-pthread", "-Wl,-rpath,$ORIGIN", "-o"]).arg(&path);
    succeed(&mut command);
    Program { directory, path }
}

impl Program {
    pub fn command(&self) -> Command {
        let mut command = program(&self.path);
        command.current_dir(root()).env("INTERLACE_TEST_DIRECTORY", self.directory.path());
        command
    }

    /// Runs it; neither it nor the library has anything to print.
    fn passes(&self) {
        let output = succeed(&mut self.command());
        assert!(output.stdout.is_empty() && output.stderr.is_empty(), "{}", transcript(&output));
    }
}

macro_rules! programs {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                compile(stringify!($name), &[]).passes();
            }
        )*

        #[test]
        fn every_program_of_the_folder_is_run() {
            let mut run = vec!["asan", "panic", "unload", "every_call", $(stringify!($name)),*];
            run.sort_unstable();
            let folder = std::fs::read_dir(root().join("tests/c")).unwrap().map(|entry| entry.unwrap().path());
            let sources = folder.filter(|path| path.extension().is_some_and(|e| e == "c"));
            let mut there: Vec<_> = sources.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
            there.sort_unstable();
            assert_eq!(there, run);
        }
    };
}

programs! { status frame arrow csv spec family options fit model_checks glmm clmm coxme arrays correlation cancel fork predict predict_glmm predict_clmm predict_status inference parameters degrees_of_freedom simulate bootstrap threads fit_threads registers validation influence robust power priors document plot saved stream hostile }

/// The examples compile, run in their own folder, and have something to show.
#[test]
fn examples() {
    let folder = root().join("examples-c");
    let sources = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let is_example = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name.strip_suffix(".c").is_some_and(|name| !name.starts_with("interlace_fit"))
    };
    let mut run = 0;
    for source in sources.filter(is_example) {
        let program = compile_file(&source, &[]);
        let output = succeed(program.command().current_dir(&folder));
        assert!(!output.stdout.is_empty(), "{} prints nothing", source.display());
        run += 1;
    }
    assert!(run > 0);
}

/// A panic inside the library comes back as an error, and nothing is printed. A release has no function that panics.
#[cfg(debug_assertions)]
#[test]
fn panic() {
    compile("panic", &[]).passes();
}

/// A host may load the library, fit on a thread, unload it, and load it again.
#[test]
fn unload() {
    let output = succeed(compile("unload", &["-ldl"]).command().arg(library()));
    assert!(output.stderr.is_empty(), "{}", transcript(&output));
}

pub const SANITIZE: [&str; 2] = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

/// The sanitizer sees what C does with its own buffers and what the library does with memory that isn't its own.
#[test]
fn hostile_under_the_address_sanitizer() {
    let caught = run(&mut compile("asan", &SANITIZE).command());
    let report = transcript(&caught);
    assert!(!caught.status.success() && report.contains("AddressSanitizer"), "the sanitizer is not at work: {report}");
    for name in ["hostile", "cancel", "threads", "frame", "arrow", "fit", "saved", "stream", "plot"] {
        compile(name, &SANITIZE).passes();
    }
}

/// Valgrind also sees inside the library; where it isn't installed, the sanitizer must do.
#[test]
fn hostile_under_valgrind() {
    if !has("valgrind") {
        return;
    }
    for name in ["hostile", "frame", "arrow", "document"] {
        let compiled = compile(name, &[]);
        let mut command = program("valgrind".as_ref());
        command.args(["--quiet", "--error-exitcode=9", "--leak-check=full", "--errors-for-leak-kinds=definite"]);
        succeed(command.current_dir(root()).env("INTERLACE_TEST_DIRECTORY", compiled.directory.path()).arg(&compiled.path));
    }
}
