//! The programs in tests/cpp, each in both kinds of interlace.hpp: with exceptions and without. What must not compile does not.
#![cfg(target_os = "linux")]

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::toolchain::{cxx, linkable, program, root, run, succeed, transcript};

const STRICT: [&str; 7] = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Wold-style-cast", "-pedantic", "-Werror"];
const WITHOUT: [&str; 2] = ["-fno-exceptions", "-fno-rtti"];

/// Both kinds in C++17, and C++20.
const KINDS: [&[&str]; 3] = [&["-std=c++17"], &["-std=c++17", WITHOUT[0], WITHOUT[1]], &["-std=c++20"]];

fn folder() -> PathBuf {
    root().join("tests/cpp")
}

fn compiler(flags: &[&str]) -> Command {
    let mut command = cxx();
    command.args(STRICT).args(flags).arg("-I").arg(root().join("include")).arg("-I").arg(folder());
    command
}

fn link(command: &mut Command, directory: &Path) -> PathBuf {
    let path = directory.join("program");
    command.arg("-L").arg(directory).args(["-linterlace", "-pthread", "-Wl,-rpath,$ORIGIN", "-o"]).arg(&path);
    succeed(command);
    path
}

/// Compiles a source and runs it in the root of the project; what it prints.
pub fn printed(source: &Path, flags: &[&str], place: &Path) -> String {
    let directory = linkable();
    let path = link(compiler(flags).arg(source), directory.path());
    let output = succeed(program(&path).current_dir(place));
    assert!(output.stderr.is_empty(), "{}", transcript(&output));
    String::from_utf8(output.stdout).unwrap()
}

macro_rules! programs {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                for flags in KINDS {
                    let source = folder().join(stringify!($name)).with_extension("cpp");
                    assert_eq!(printed(&source, flags, root()), "", "{flags:?}");
                }
            }
        )*

        #[test]
        fn every_program_of_the_folder_is_run() {
            let entries = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
            let sources = entries.filter(|path| path.extension().is_some_and(|end| end == "cpp"));
            let mut there: Vec<_> = sources.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
            there.sort_unstable();
            let mut run = vec![$(stringify!($name)),*];
            run.sort_unstable();
            assert_eq!(there, run);
        }
    };
}

programs! { fit data callables }

/// The header's own memory and that of the library's objects, with callables that throw.
#[test]
fn sanitized() {
    let sanitize = ["-std=c++17", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
    for name in ["fit", "data", "callables"] {
        assert_eq!(printed(&folder().join(name).with_extension("cpp"), &sanitize, root()), "", "{name}");
    }
}

#[test]
fn files_with_and_without_exceptions_are_linked_together() {
    let directory = linkable();
    let object = |name: &str, flags: &[&str]| {
        let path = directory.path().join(name).with_extension("o");
        let source = folder().join("together").join(name).with_extension("cpp");
        succeed(compiler(flags).arg("-std=c++17").arg("-c").arg(source).arg("-o").arg(&path));
        path
    };
    let objects = [object("main", &[]), object("with_exceptions", &[]), object("without_exceptions", &WITHOUT)];
    let path = link(cxx().args(objects), directory.path());
    succeed(program(&path).current_dir(root()));
}

/// A header by itself, twice, as the first line of a file.
#[test]
fn the_header_needs_no_other() {
    let directory = tempfile::tempdir().unwrap();
    let source = directory.path().join("alone.cpp");
    std::fs::write(&source, "#include \"interlace.hpp\"\n#include \"interlace.hpp\"\n").unwrap();
    for flags in KINDS {
        succeed(compiler(flags).arg("-fsyntax-only").arg(&source));
    }
    let macro_only = ["-std=c++17", "-DINTERLACE_NO_EXCEPTIONS"];
    std::fs::write(&source, "#include \"interlace.hpp\"\nbool ok(const interlace::Fit &fit);\nbool ok(const interlace::Fit &fit) { return fit.fixef().has_value(); }\n")
        .unwrap();
    succeed(compiler(&macro_only).arg("-fsyntax-only").arg(&source));
}

/// Mistakes that a compiler finds: the statement, the kind of header, and a word of the message.
const MISTAKES: [(&str, &[&str], &str); 8] = [
    ("interlace::Fit copy = fit;", KINDS[0], "deleted"),
    ("fit.fixef(interlace::Df::normal);", KINDS[0], "Predictor"),
    ("fit.anova(interlace::none, interlace::Df::normal);", KINDS[0], "AnovaType"),
    ("options.set_threads();", KINDS[0], "set_threads"),
    ("options.set_progress([](const interlace::Progress &) { return true; });", KINDS[0], "Next or nothing"),
    ("fit.fixef();", KINDS[0], "nodiscard"),
    ("options.set_threads(2);", KINDS[1], "nodiscard"),
    ("std::vector<double> beta = fit.fixef();", KINDS[1], "Expected"),
];

#[test]
fn mistakes_do_not_compile() {
    let directory = tempfile::tempdir().unwrap();
    let source = directory.path().join("mistake.cpp");
    let compile = |statement: &str, flags: &[&str]| {
        let function = "void use(const interlace::Fit &fit, interlace::Options &options)";
        let text = format!(
            "#include \"interlace.hpp\"\n{function};\n{function} {{ static_cast<void>(fit); static_cast<void>(options); {statement} }}\n"
        );
        std::fs::write(&source, text).unwrap();
        run(compiler(flags).arg("-fsyntax-only").arg(&source))
    };
    for (statement, flags, wanted) in MISTAKES {
        let output = compile(statement, flags);
        assert!(!output.status.success() && transcript(&output).contains(wanted), "{statement}: {}", transcript(&output));
    }
    assert!(compile("options = interlace::Options();", KINDS[0]).status.success());
}

/// What is shown to those who begin: few lines, and what they print.
#[test]
fn the_example_prints_what_is_documented() {
    let examples = root().join("examples-c");
    let expected = std::fs::read_to_string(examples.join("expected/first_fit_cpp.txt")).unwrap();
    let source = examples.join("first_fit.cpp");
    assert_eq!(printed(&source, KINDS[0], &examples), expected);
    let in_c = std::fs::read_to_string(examples.join("expected/first_fit.txt")).unwrap();
    assert_eq!(expected, in_c, "the same fit has the same numbers");
}
