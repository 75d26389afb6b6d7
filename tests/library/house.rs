//! The order of the source: imports point up the list in src/lib.rs, no file imports one that imports it, files and functions are short.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{read_dir, read_to_string};
use std::path::{Path, PathBuf};

use crate::toolchain::root;

/// Lines of the longest file and the longest function.
const FILE: usize = 500;
const FUNCTION: usize = 60;

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// All files below src with their texts.
fn all() -> Vec<(PathBuf, String)> {
    let mut found = vec![];
    sources(&root().join("src"), &mut found);
    found.sort();
    found.into_iter().map(|path| (path.clone(), read_to_string(path).unwrap())).collect()
}

/// What a file imports, as written, and what of it is there for others.
#[derive(Default)]
struct Imports {
    paths: Vec<String>,
    offered: Vec<String>,
}

/// The modules that are no tests, by their paths.
fn modules() -> BTreeMap<String, Imports> {
    let mut all_modules = BTreeMap::new();
    for (path, text) in all() {
        let relative = path.strip_prefix(root().join("src")).unwrap().with_extension("");
        let mut names: Vec<&str> = relative.iter().map(|name| name.to_str().unwrap()).collect();
        if names.last() == Some(&"mod") {
            names.pop();
        }
        let of_tests = |name: &&str| name.ends_with("tests") || *name == "fixture" || *name == "lib";
        if !names.iter().any(of_tests) {
            all_modules.insert(names.join("::"), imports(&text));
        }
    }
    all_modules
}

fn imports(text: &str) -> Imports {
    let lines: Vec<&str> = text.lines().map(|line| line.split("//").next().unwrap()).collect();
    let code = lines.join("\n");
    let code = code.split("\nmod tests {").next().unwrap();
    let mut found = Imports::default();
    for statement in code.split_inclusive(';') {
        let at = statement.rfind("\nuse ").or(statement.rfind(" use ")).filter(|at| !statement[*at..].contains(['"', '(', '=']));
        if let Some(at) = at.or(statement.starts_with("use ").then_some(0)) {
            let line = statement[..at].rsplit('\n').next().unwrap();
            let paths = expanded(statement[at..].trim().trim_start_matches("use ").trim_end_matches(';'));
            if statement[at..].starts_with(" use") && line.trim_start().starts_with("pub") {
                found.offered.extend(paths.clone());
            }
            found.paths.extend(paths);
        }
    }
    // Paths written out where they are used.
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start) {
            let path: String = code[at..].chars().take_while(|c| c.is_alphanumeric() || "_:".contains(*c)).collect();
            found.paths.extend(Some(path).filter(|path| !path.ends_with("::")));
        }
    }
    found
}

/// `a::{b, c::{d}}` as a::b and a::c::d.
fn expanded(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some((before, inside)) = tree.split_once('{') else {
        return vec![tree.split(" as ").next().unwrap().trim().to_string()];
    };
    let (mut parts, mut depth) = (vec![String::new()], 0);
    for c in inside.trim_end().trim_end_matches('}').chars() {
        depth += i32::from(c == '{') - i32::from(c == '}');
        if c == ',' && depth == 0 {
            parts.push(String::new());
        } else {
            parts.last_mut().unwrap().push(c);
        }
    }
    // A brace too many was taken off where the last part has its own.
    let closed = |part: &String| part.clone() + &"}".repeat(part.matches('{').count() - part.matches('}').count());
    let parts = parts.iter().filter(|part| !part.trim().is_empty()).map(closed);
    parts.flat_map(|part| expanded(&part)).map(|path| format!("{}{path}", before.trim())).collect()
}

/// The module that has what a path names, re-exports followed.
fn defined_in(path: &str, from: &str, modules: &BTreeMap<String, Imports>, depth: usize) -> Option<String> {
    let mut steps: Vec<&str> = path.split("::").filter(|s| !s.is_empty()).collect();
    let mut place: Vec<&str> = from.split("::").filter(|s| !s.is_empty()).collect();
    let joined = |place: &[&str], next: &str| [place, &[next]].concat().join("::");
    match *steps.first()? {
        "crate" => place.clear(),
        "self" => {}
        "super" => {
            place.pop();
        }
        first if modules.contains_key(&joined(&place, first)) => steps.insert(0, "self"),
        _ => return None,
    }
    steps.remove(0);
    while steps.first() == Some(&"super") {
        place.pop();
        steps.remove(0);
    }
    while let Some(next) = steps.first().filter(|next| modules.contains_key(&joined(&place, next))) {
        place.push(next);
        steps.remove(0);
    }
    let module = place.join("::");
    let offered = modules.get(&module).map_or(&[][..], |own| &own.offered);
    let named = steps.first().and_then(|name| offered.iter().find(|path| path.rsplit("::").next() == Some(name)));
    let further = named.filter(|_| depth < 6).and_then(|path| defined_in(path, &module, modules, depth + 1));
    further.or(Some(module).filter(|module| modules.contains_key(module)))
}

/// For each module those that it imports from.
fn graph() -> BTreeMap<String, BTreeSet<String>> {
    let modules = modules();
    let targets = |name: &String, own: &Imports| -> BTreeSet<String> {
        let found = own.paths.iter().filter_map(|path| defined_in(path, name, &modules, 0));
        found.filter(|target| target != name).collect()
    };
    modules.iter().map(|(name, own)| (name.clone(), targets(name, own))).collect()
}

#[test]
fn imports_point_up_the_list_of_modules() {
    let list = read_to_string(root().join("src/lib.rs")).unwrap();
    let order: Vec<&str> = list.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let place = |module: &str| order.iter().position(|own| Some(*own) == module.split("::").next());
    let mut seen = 0;
    for (module, targets) in graph() {
        for target in targets {
            if let (Some(own), Some(other)) = (place(&module), place(&target)) {
                assert!(other <= own, "{module} imports from {target}, which comes after it in src/lib.rs");
                seen += 1;
            }
        }
    }
    assert!(seen > 1000, "{seen}");
}

#[test]
fn no_file_imports_one_that_imports_it() {
    /// The way back to a module that is being visited.
    fn visit<'g>(
        module: &'g str,
        graph: &'g BTreeMap<String, BTreeSet<String>>,
        way: &mut Vec<&'g str>,
        done: &mut BTreeSet<&'g str>,
    ) {
        assert!(!way.contains(&module), "a loop of files: {} -> {module}", way.join(" -> "));
        if done.contains(module) {
            return;
        }
        way.push(module);
        graph[module].iter().for_each(|target| visit(target, graph, way, done));
        way.pop();
        done.insert(module);
    }
    let graph = graph();
    let mut done = BTreeSet::new();
    graph.keys().for_each(|module| visit(module, &graph, &mut vec![], &mut done));
    assert!(done.len() > 200, "{}", done.len());
}

#[test]
fn files_and_functions_are_short() {
    for (path, text) in all() {
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.len() <= FILE, "{} has {} lines", path.display(), lines.len());
        for (i, line) in lines.iter().enumerate() {
            let begins = line.trim_start();
            let is_function = ["fn ", "pub fn ", "pub(super) fn ", "pub(crate) fn "].iter().any(|start| begins.starts_with(start))
                || begins.contains("extern \"C\" fn ");
            if is_function && !line.ends_with(';') {
                let end = format!("{}}}", &line[..line.len() - begins.len()]);
                let length = lines[i..].iter().position(|line| *line == end).map_or(1, |at| at + 1);
                assert!(length <= FUNCTION, "{}, line {}: a function of {length} lines", path.display(), i + 1);
            }
        }
    }
}
