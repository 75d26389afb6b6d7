//! The installed tree: `make install`, moved elsewhere, serves CMake and pkg-config users, shared and static.
#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::toolchain::{cc, has, linkable, newest_glibc, oldest_glibc, program, root, run, soname, succeed, transcript};

/// Where the libraries are below the prefix.
pub const LIB: &str = "lib/x86_64-linux-gnu";

/// Installs the library of a directory into a prefix, or removes it from there.
pub fn make(what: &str, prefix: &Path, library: &Path) {
    let mut make = Command::new("make");
    make.current_dir(root()).args([what, "PREBUILT=1"]).arg(format!("OUT={}", library.display()));
    make.arg(format!("PREFIX={}", prefix.display())).arg(format!("LIBDIR={}/{LIB}", prefix.display()));
    // Make hands its own flags on to its children, and a second `make` reads them.
    succeed(make.env_remove("MAKEFLAGS").env_remove("MFLAGS").env_remove("MAKELEVEL"));
}

/// An installed tree that was moved after its installation.
struct Tree {
    directory: tempfile::TempDir,
}

impl Tree {
    /// With libraries in a directory of the platform's, as packages have them.
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let (first, second) = (directory.path().join("first"), directory.path().join("second"));
        make("install", &first, linkable().path());
        std::fs::rename(first, second).unwrap();
        Tree { directory }
    }

    fn prefix(&self) -> PathBuf {
        self.directory.path().join("second")
    }

    fn at(&self, path: &str) -> PathBuf {
        self.prefix().join(path)
    }

    fn cmake(&self, build: &str, wanted: &str) -> Command {
        assert!(has("cmake"), "cmake is missing: `apt-get install cmake` or `pip install cmake` (make test does that)");
        let mut command = Command::new("cmake");
        command.arg("-S").arg(root().join("tests/install")).arg("-B").arg(self.directory.path().join(build));
        command.arg(format!("-DCMAKE_PREFIX_PATH={}", self.prefix().display())).arg(format!("-DWANTED={wanted}"));
        command
    }
}

pub fn says_hello(path: &Path) {
    let output = succeed(&mut program(path));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.starts_with(concat!("interlace ", env!("CARGO_PKG_VERSION"), ": ")), "{text}");
}

/// One test, because building and installing the library takes the time.
#[test]
fn the_installed_tree_serves_its_users() {
    let tree = Tree::new();
    has_its_files(&tree);
    serves_cmake(&tree);
    serves_pkg_config(&tree);
    names_no_place(&tree);
    is_removed(&tree);
}

fn has_its_files(tree: &Tree) {
    let version = env!("CARGO_PKG_VERSION");
    let real = tree.at(&format!("{LIB}/libinterlace.so.{version}"));
    assert!(real.is_file());
    for link in [format!("{LIB}/libinterlace.so"), format!("{LIB}/{}", soname())] {
        assert_eq!(tree.at(&link).canonicalize().unwrap(), real.canonicalize().unwrap());
    }
    assert!(
        tree.at(&format!("{LIB}/libinterlace.a")).is_file()
            && tree.at("include/interlace.h").is_file()
            && tree.at("include/interlace.hpp").is_file()
    );
    for file in [
        "share/interlace/interlace.json",
        "share/doc/interlace/LICENSE-MIT",
        "share/doc/interlace/LICENSE-PNG",
        "share/doc/interlace/docs/formula.md",
    ] {
        assert!(tree.at(file).is_file(), "{file} is not installed");
    }
    if root().join("examples-c/interlace_fit.c").exists() {
        let output = succeed(program(&tree.at("bin/interlace-fit")).arg("--version"));
        assert!(String::from_utf8_lossy(&output.stdout).contains(version), "{}", transcript(&output));
        assert!(newest_glibc(&tree.at("bin/interlace-fit")) <= oldest_glibc());
    }
}

/// The programs of tests/install run, with the library in them or beside them: `interlace::interlace` is what it should be.
pub fn serves_consumers(build: &Path, shared: bool) {
    let needs = |name: &str| {
        says_hello(&build.join(name));
        let output = succeed(Command::new("readelf").arg("-d").arg(build.join(name)));
        String::from_utf8_lossy(&output.stdout).contains(&soname())
    };
    assert!(needs("consumer_shared") && !needs("consumer_static"));
    assert_eq!([needs("consumer_interlace"), needs("consumer_cxx")], [shared; 2]);
}

fn serves_cmake(tree: &Tree) {
    succeed(&mut tree.cmake("build", "0.1"));
    let build = tree.directory.path().join("build");
    succeed(Command::new("cmake").arg("--build").arg(&build));
    serves_consumers(&build, true);
    succeed(tree.cmake("build", "0.1").arg("-DBUILD_SHARED_LIBS=OFF"));
    succeed(Command::new("cmake").arg("--build").arg(&build));
    serves_consumers(&build, false);

    for wanted in ["9", "0.2", "0.1.99"] {
        let refused = run(&mut tree.cmake(&format!("build-{wanted}"), wanted));
        assert!(!refused.status.success(), "version {wanted} was taken for this one");
        assert!(transcript(&refused).contains("compatible with requested version"), "{}", transcript(&refused));
    }
}

fn serves_pkg_config(tree: &Tree) {
    assert!(has("pkg-config"), "pkg-config is missing: `apt-get install pkg-config` (make test does that)");
    let ask = |arguments: &[&str]| -> Vec<String> {
        let mut command = Command::new("pkg-config");
        let output = succeed(command.env("PKG_CONFIG_PATH", tree.at(&format!("{LIB}/pkgconfig"))).args(arguments).arg("interlace"));
        String::from_utf8(output.stdout).unwrap().split_whitespace().map(String::from).collect()
    };
    assert_eq!(ask(&["--modversion"]), [env!("CARGO_PKG_VERSION")]);
    let consumer = tree.directory.path().join("consumer");
    let mut compile = cc();
    compile.arg(root().join("tests/install/consumer.c")).args(ask(&["--cflags", "--libs"])).arg("-o").arg(&consumer);
    succeed(compile.arg(format!("-Wl,-rpath,{}", tree.at(LIB).display())));
    says_hello(&consumer);

    // Static: the linker is given the archive alone, and the list of system libraries.
    let mut compile = cc();
    compile.arg(root().join("tests/install/consumer.c")).args(ask(&["--cflags"])).arg(tree.at(&format!("{LIB}/libinterlace.a")));
    compile.args(ask(&["--static", "--libs-only-l"]).into_iter().filter(|l| l != "-linterlace")).arg("-o").arg(&consumer);
    succeed(&mut compile);
    says_hello(&consumer);
}

/// No file of text knows where it was installed or built.
fn names_no_place(tree: &Tree) {
    let cmake = ["Config", "ConfigVersion", "Targets"].map(|name| format!("cmake/interlace/interlace{name}.cmake"));
    let files = [vec!["pkgconfig/interlace.pc".to_owned()], cmake.to_vec()].concat();
    for file in files {
        let text = std::fs::read_to_string(tree.at(LIB).join(&file)).unwrap();
        let place = tree.directory.path().display().to_string();
        assert!(!text.contains(&place) && !text.contains(env!("CARGO_MANIFEST_DIR")), "{file} names a place");
        assert!(!text.contains('@'), "{file} has something that was not filled in: {text}");
    }
}

fn is_removed(tree: &Tree) {
    make("uninstall", &tree.prefix(), linkable().path());
    let output = succeed(Command::new("find").arg(tree.prefix()).args(["-not", "-type", "d"]));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "files are left");
}

/// Packages have one version, wherever they say it.
#[test]
fn the_versions_are_cargos() {
    let version = env!("CARGO_PKG_VERSION");
    let text = |path: &str| std::fs::read_to_string(root().join(path)).unwrap();
    assert!(text("include/interlace.json").contains(&format!("\"version\": \"{version}\"")), "include/interlace.json");
    // These are filled in with Cargo.toml's, which what is installed shows above.
    for file in ["interlace.pc.in", "interlaceConfigVersion.cmake.in", "interlace-fit.1.in"] {
        let own = text(&format!("cmake/{file}"));
        assert!(own.contains("@VERSION@") && !own.contains(version), "{file}");
    }
}

/// Makes that don't build: what they say where Rust is missing or too old.
#[test]
fn a_missing_or_old_compiler_is_told_with_the_way_to_a_new_one() {
    let directory = tempfile::tempdir().unwrap();
    let old = directory.path().join("old-cargo");
    std::fs::write(&old, "#!/bin/sh\necho 'cargo 1.70.0 (ec8a8a0ca 2023-04-25)'\n").unwrap();
    std::fs::set_permissions(&old, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    for (cargo, wanted) in
        [("no-such-cargo", "Rust is missing"), (old.to_str().unwrap(), "cargo 1.70.0 (ec8a8a0ca 2023-04-25) is too old")]
    {
        let mut make = Command::new("make");
        make.current_dir(root()).arg("library").arg(format!("CARGO={cargo}")).arg(format!("OUT={}", directory.path().display()));
        let output = run(make.env_remove("MAKEFLAGS").env_remove("MFLAGS").env_remove("MAKELEVEL"));
        let said = transcript(&output);
        assert!(!output.status.success() && said.contains(wanted) && said.contains("https://rustup.rs"), "{said}");
    }
}

/// The system libraries for static linking are those that the compiler names.
#[test]
fn the_list_of_native_libraries_is_the_compilers() {
    let directory = tempfile::tempdir().unwrap();
    let source = directory.path().join("empty.rs");
    std::fs::write(&source, "").unwrap();
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut command = Command::new(rustc);
    command.args(["--crate-type", "staticlib", "--print", "native-static-libs", "--out-dir"]).arg(directory.path()).arg(source);
    let text = transcript(&succeed(&mut command));
    let (_, list) = text.split_once("native-static-libs: ").expect("the compiler names the libraries");
    let wanted: BTreeSet<&str> = list.lines().next().unwrap().split_whitespace().collect();

    let listed = std::fs::read_to_string(root().join("cmake/native-static-libs")).unwrap();
    let missing: Vec<_> = wanted.difference(&listed.split_whitespace().collect()).copied().collect();
    assert!(missing.is_empty(), "cmake/native-static-libs lacks {missing:?}");
}
