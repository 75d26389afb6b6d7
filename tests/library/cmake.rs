//! CMake at home: the project's own CMakeLists.txt gives what an installed tree gives, and asks cargo for the library. Nothing is built anew
//! here: CMake takes the library under test, or asks a script that stands for cargo.
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::fs::{read, read_link, read_to_string, write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::install::{LIB, make, says_hello, serves_consumers};
use crate::toolchain::{linkable, program, root, run, succeed, transcript};

fn cmake(arguments: &[String]) -> Command {
    let mut command = Command::new("cmake");
    command.args(arguments).env_remove("MAKEFLAGS").env_remove("MFLAGS").env_remove("MAKELEVEL").env_remove("RUSTC");
    command
}

/// Configures a project in a directory, with the library under test unless cargo is to be asked.
fn configured(source: &Path, build: &Path, definitions: &[String]) -> Command {
    let mut arguments = vec!["-S".to_owned(), source.display().to_string(), "-B".to_owned(), build.display().to_string()];
    arguments.extend(definitions.iter().map(|own| format!("-D{own}")));
    cmake(&arguments)
}

/// What is said when a project cannot be configured, on one line: CMake breaks lines as it likes.
fn refused(command: &mut Command) -> String {
    let output = run(command);
    assert!(!output.status.success(), "{}", transcript(&output));
    transcript(&output).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn built(build: &Path) -> Output {
    succeed(&mut cmake(&["--build".to_owned(), build.display().to_string()]))
}

/// The files below a directory: where a link leads, or how many bytes a file has and, of texts, which.
fn files(top: &Path) -> BTreeMap<String, String> {
    let (mut all, mut open) = (BTreeMap::new(), vec![top.to_owned()]);
    while let Some(directory) = open.pop() {
        for path in std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()) {
            let name = path.strip_prefix(top).unwrap().display().to_string();
            if let Ok(to) = read_link(&path) {
                all.insert(name, to.display().to_string());
            } else if path.is_dir() {
                open.push(path);
            } else {
                let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
                // Programs differ where compilers were called with other options.
                let content = if name.starts_with("bin/") { vec![] } else { read(&path).unwrap() };
                all.insert(name, format!("{mode:o} {} {}", content.len(), String::from_utf8(content).unwrap_or_default()));
            }
        }
    }
    all
}

#[test]
fn cmake_installs_what_make_installs() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    let library = linkable();
    make("install", &at("by-make"), library.path());
    let definitions = [
        format!("INTERLACE_PREBUILT={}", library.path().display()),
        "CMAKE_INSTALL_PREFIX=/opt/own".to_owned(),
        format!("CMAKE_INSTALL_LIBDIR={LIB}"),
    ];
    succeed(&mut configured(root(), &at("build"), &definitions));
    built(&at("build"));
    let install = ["--install".to_owned(), at("build").display().to_string()];
    succeed(cmake(&install).env("DESTDIR", at("staged")));
    let (wanted, found) = (files(&at("by-make")), files(&at("staged/opt/own")));
    let names = |own: &BTreeMap<String, String>| own.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&found), names(&wanted));
    assert!(wanted.len() > 40, "{}", wanted.len());
    for (name, content) in &wanted {
        assert!(found[name] == *content, "{name} is another file");
    }
    let output = succeed(program(&at("staged/opt/own/bin/interlace-fit")).arg("--version"));
    assert!(transcript(&output).contains(env!("CARGO_PKG_VERSION")), "{}", transcript(&output));
}

#[test]
fn a_project_can_have_it_as_a_part() {
    let directory = tempfile::tempdir().unwrap();
    let library = linkable();
    let prebuilt = format!("INTERLACE_PREBUILT={}", library.path().display());
    let build = directory.path().join("build");
    let consumer = root().join("tests/install");
    succeed(&mut configured(&consumer, &build, &[prebuilt.clone(), format!("ADDED={}", root().display())]));
    built(&build);
    serves_consumers(&build, true);
    // Neither the program nor anything to install comes with it.
    assert!(!build.join("interlace/interlace-fit").exists());

    succeed(&mut configured(&consumer, &build, &["BUILD_SHARED_LIBS=OFF".to_owned()]));
    built(&build);
    serves_consumers(&build, false);

    let said = refused(&mut configured(&consumer, &build, &[format!("INTERLACE_PREBUILT={}", consumer.display())]));
    assert!(said.contains("INTERLACE_PREBUILT: there is no") && said.contains("tests/install/libinterlace.so;"), "{said}");
}

#[test]
fn a_project_can_fetch_it() {
    let directory = tempfile::tempdir().unwrap();
    let library = linkable();
    let (archive, build) = (directory.path().join("interlace.tar.gz"), directory.path().join("build"));
    let mut tar = Command::new("tar");
    tar.arg("-C").arg(root()).arg("-czf").arg(&archive).args(["--transform", "s,^,interlace-0/,"]);
    succeed(tar.args(["CMakeLists.txt", "Cargo.toml", "Cargo.lock", "cmake", "include"]));
    let definitions = [format!("INTERLACE_PREBUILT={}", library.path().display()), format!("FETCHED={}", archive.display())];
    succeed(&mut configured(&root().join("tests/install"), &build, &definitions));
    built(&build);
    says_hello(&build.join("consumer_shared"));
    says_hello(&build.join("consumer_static"));
}

/// Scripts that stand for cargo and rustc: the first writes down how it was called, and gives the library under test.
struct Rust {
    directory: tempfile::TempDir,
    library: tempfile::TempDir,
}

impl Rust {
    fn new(version: &str) -> Self {
        let own = Rust { directory: tempfile::tempdir().unwrap(), library: linkable() };
        let library = own.library.path().display();
        let log = own.at("log").display().to_string();
        own.script(
            "cargo",
            &format!(
                r#"if [ "$1" = --version ]; then echo '{version}'; exit; fi
echo "$* linker=$CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER" >> '{log}'
while [ $# -gt 0 ]; do
    case "$1" in --profile) profile=$2 ;; --target-dir) into=$2 ;; --target) target=$2 ;; esac
    shift
done
[ "$profile" = dev ] && profile=debug
mkdir -p "$into/$target/$profile" && cp {library}/libinterlace.so {library}/libinterlace.a "$into/$target/$profile""#
            ),
        );
        own.script("rustc", "echo \"$(dirname \"$0\")/standard\"");
        own
    }

    fn at(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn script(&self, name: &str, text: &str) {
        write(self.at(name), format!("#!/bin/sh\n{text}\n")).unwrap();
        std::fs::set_permissions(self.at(name), PermissionsExt::from_mode(0o755)).unwrap();
    }

    fn configured(&self, build: &str, more: &[&str]) -> Command {
        let mut definitions = vec!["INTERLACE_PROGRAM=OFF".to_owned()];
        definitions.extend(["cargo", "rustc"].map(|name| format!("INTERLACE_{}={}", name.to_uppercase(), self.at(name).display())));
        definitions.extend(more.iter().map(|&own| own.to_owned()));
        configured(root(), &self.at(build), &definitions)
    }

    /// What the calls of cargo were, without what is always there.
    fn calls(&self) -> Vec<String> {
        let log = read_to_string(self.at("log")).unwrap_or_default();
        log.lines().map(|line| line.strip_prefix("build --lib --locked ").unwrap().to_owned()).collect()
    }
}

#[test]
fn cargo_is_asked_at_each_build() {
    let rust = Rust::new("cargo 1.99.0");
    for configuration in ["Release", "Debug"] {
        succeed(&mut rust.configured("build", &[&format!("CMAKE_BUILD_TYPE={configuration}")]));
        built(&rust.at("build"));
    }
    succeed(&mut rust.configured("build", &["INTERLACE_OFFLINE=ON", "INTERLACE_PROFILE=bench"]));
    built(&rust.at("build"));
    built(&rust.at("build"));
    let of = |profile: &str| format!("--profile {profile} --target-dir {}", rust.at("build/cargo").display());
    let last = format!("{} --offline linker=", of("bench"));
    assert_eq!(rust.calls(), [format!("{} linker=", of("release")), format!("{} linker=", of("dev")), last.clone(), last]);
    let real = rust.at("build/lib").join(format!("libinterlace.so.{}", env!("CARGO_PKG_VERSION")));
    assert_eq!(rust.at("build/lib/libinterlace.so").canonicalize().unwrap(), real.canonicalize().unwrap());
}

#[test]
fn another_platform_is_passed_on() {
    let rust = Rust::new("cargo 1.99.0");
    let cross = ["CMAKE_SYSTEM_NAME=Linux", "CMAKE_SYSTEM_PROCESSOR=arm64"];
    let said = refused(&mut rust.configured("build", &cross));
    assert!(said.contains("rustup target add aarch64-unknown-linux-gnu"), "{said}");
    std::fs::create_dir(rust.at("standard")).unwrap();
    succeed(&mut rust.configured("build", &cross));
    built(&rust.at("build"));
    let calls = rust.calls();
    assert!(calls[0].contains("--target aarch64-unknown-linux-gnu linker=/"), "{calls:?}");
    assert!(rust.at("build/cargo/aarch64-unknown-linux-gnu/release/libinterlace.a").exists());

    let said = refused(&mut rust.configured("unknown", &["CMAKE_SYSTEM_NAME=Linux", "CMAKE_SYSTEM_PROCESSOR=sparc64"]));
    assert!(said.contains("'sparc64'") && said.contains("INTERLACE_RUST_TARGET"), "{said}");
    succeed(
        &mut rust.configured("named", &["CMAKE_SYSTEM_NAME=Linux", "CMAKE_SYSTEM_PROCESSOR=sparc64", "INTERLACE_RUST_TARGET=own"]),
    );
}

#[test]
fn a_missing_or_old_rust_is_told_as_the_project_is_configured() {
    for (version, wanted) in
        [("cargo 1.70.0 (ec8a8a0ca 2023-04-25)", "needs Rust 1.89 or later"), ("no numbers", "is 'no numbers'")]
    {
        let said = refused(&mut Rust::new(version).configured("build", &[]));
        assert!(said.contains(version) && said.contains(wanted) && said.contains("https://rustup.rs"), "{said}");
    }
    let said = refused(&mut Rust::new("").configured("build", &["INTERLACE_CARGO="]));
    assert!(said.contains("Rust is missing: interlace needs version 1.89 or later"), "{said}");
}
