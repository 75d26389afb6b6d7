//! What pages show: their programs in C and C++ compile and print what the page says, and so do the commands.
#![cfg(target_os = "linux")]

use std::fs::{read_to_string, write};
use std::path::Path;

use crate::c_api::compile_file;
use crate::examples::compiled;
use crate::toolchain::{program, root, succeed};

/// The fenced blocks of a page with their languages.
fn blocks(page: &str) -> Vec<(String, String)> {
    let text = read_to_string(root().join(page)).unwrap();
    let (mut all, mut open): (Vec<(String, String)>, bool) = (vec![], false);
    for line in text.lines() {
        match (line.strip_prefix("```"), open) {
            (Some(language), false) => all.push((language.to_owned(), String::new())),
            (None, true) => all.last_mut().unwrap().1.extend([line, "\n"]),
            _ => {}
        }
        open ^= line.starts_with("```");
    }
    assert!(!open, "{page}: a block has no end");
    all
}

#[test]
fn programs_print_what_pages_say() {
    let mut seen = 0;
    for page in ["README.md", "docs/families.md"] {
        for pair in blocks(page).windows(2).filter(|pair| pair[0].0 == "c" && pair[0].1.contains("int main")) {
            let directory = tempfile::tempdir().unwrap();
            let source = directory.path().join("example.c");
            write(&source, &pair[0].1).unwrap();
            let output = succeed(&mut compile_file(&source, &[]).command());
            assert_eq!(String::from_utf8(output.stdout).unwrap(), pair[1].1, "{page}");
            seen += 1;
        }
    }
    assert_eq!(seen, 2);
}

#[test]
fn programs_in_cpp_print_what_their_page_says() {
    let pairs = blocks("docs/cpp.md");
    let mut seen = 0;
    for pair in pairs.windows(2).filter(|pair| pair[0].0 == "cpp") {
        let directory = tempfile::tempdir().unwrap();
        let source = directory.path().join("example.cpp");
        write(&source, &pair[0].1).unwrap();
        assert_eq!(crate::cpp::printed(&source, &["-std=c++17"], root()), pair[1].1);
        seen += 1;
    }
    assert_eq!(seen, 2);
}

#[test]
fn commands_print_what_the_front_page_says() {
    let (mut run, mut compared) = (0, 0);
    let all = blocks("README.md");
    for (place, (_, block)) in all.iter().enumerate().filter(|(_, (language, _))| language == "sh") {
        let program_of = |line: &str| line.trim_start_matches("target/release/").starts_with("interlace-fit ");
        let commands: Vec<&str> = block.lines().filter(|line| program_of(line)).collect();
        for command in &commands {
            let mut shell = program(Path::new("sh"));
            let words = command.trim_start_matches("target/release/").replacen("interlace-fit", "\"$0\"", 1);
            let output = succeed(shell.args(["-c", &words]).arg(compiled()).current_dir(root()));
            run += 1;
            // Output stands in the block after a command that is one by itself.
            if let (Some((language, shown)), 1) = (all.get(place + 1), block.lines().count())
                && language.is_empty()
            {
                assert_eq!(String::from_utf8(output.stdout).unwrap(), *shown, "{command}");
                compared += 1;
            }
        }
    }
    assert_eq!((run, compared), (5, 1));
}

/// The types of Julia that stand for one of the header's.
fn in_julia(type_text: &str, enums: &[String]) -> &'static str {
    match type_text {
        "const char *" => "Cstring",
        "size_t" => "Csize_t",
        "double *" => "Ptr{Float64}",
        "interlace_error *" => "Ref{InterlaceError}",
        "void" => "Cvoid",
        text if enums.iter().any(|own| own == text) => "Cint",
        text if text.ends_with("**") => "Ref{Ptr{Cvoid}}",
        text if text.ends_with('*') => "Ptr{Cvoid}",
        text => panic!("{text} has no counterpart"),
    }
}

/// Julia itself is not here to be asked, so its calls are compared with what the header says.
#[test]
fn calls_from_julia_are_those_of_the_header() {
    let text = read_to_string(root().join("include/interlace.json")).unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let list = |value: &serde_json::Value, key: &str| value[key].as_array().unwrap().clone();
    let enums: Vec<String> = list(&document, "enums").iter().map(|own| own["name"].as_str().unwrap().to_owned()).collect();
    let (_, program) = blocks("README.md").into_iter().find(|(language, _)| language == "julia").unwrap();
    let mut calls = 0;
    for call in program.split("@ccall lib.").skip(1) {
        let (name, rest) = call.split_once('(').unwrap();
        let (arguments, rest) = rest.lines().next().unwrap().rsplit_once(")::").unwrap();
        let given: Vec<&str> = arguments.split("::").skip(1).map(|own| own.split(", ").next().unwrap()).collect();
        let returned = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap();
        let functions = list(&document, "functions");
        let function = functions.iter().find(|own| own["name"] == name).unwrap_or_else(|| panic!("no function {name}"));
        let wanted: Vec<&str> =
            list(function, "parameters").iter().map(|own| in_julia(own["type"].as_str().unwrap(), &enums)).collect();
        assert_eq!(given, wanted, "{name}");
        assert_eq!(returned, in_julia(function["returns"]["type"].as_str().unwrap(), &enums), "{name}");
        calls += 1;
    }
    assert_eq!(calls, 8);
}

/// Functions and codes that a page names are there; so are those that it names by their beginning, `interlace_spec_set_...`.
#[test]
fn pages_name_what_the_header_has() {
    let header = read_to_string(root().join("include/interlace.h")).unwrap();
    let words = |text: &str| -> Vec<String> {
        let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let all = text.split(|c: char| !part(c)).filter(|word| word.starts_with("interlace_") || word.starts_with("INTERLACE_"));
        all.map(String::from).collect()
    };
    let known: std::collections::BTreeSet<String> = words(&header).into_iter().collect();
    let others = [
        "INTERLACE_LIBRARY",
        "INTERLACE_NO_EXCEPTIONS",
        "INTERLACE_CASES",
        "INTERLACE_FIRST_CASE",
        "interlace_fit_glmm",
        "interlace_fit_clmm",
    ];
    // CMake's options.
    let mut cmake = String::new();
    for file in ["CMakeLists.txt", "cmake/Rust.cmake"] {
        cmake += &read_to_string(root().join(file)).unwrap();
    }
    let options: Vec<String> = words(&cmake);
    let mut pages = vec!["README.md".to_owned(), "CHANGELOG.md".to_owned(), "CONTRIBUTING.md".to_owned()];
    for folder in ["docs", "benches", "examples-c"] {
        let entries =
            std::fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        pages.extend(
            entries
                .filter(|name| Path::new(name).extension().is_some_and(|end| end == "md"))
                .map(|name| format!("{folder}/{name}")),
        );
    }
    let mut seen = 0;
    for page in pages {
        for word in words(&read_to_string(root().join(&page)).unwrap()) {
            let begins = word.ends_with('_') && known.iter().any(|own| own.starts_with(&word));
            let elsewhere = others.contains(&word.as_str()) || options.contains(&word);
            assert!(known.contains(&word) || begins || elsewhere, "{page}: there is no {word}");
            seen += 1;
        }
    }
    assert!(seen > 200, "{seen}");
}

/// Calls in pages have as many arguments as the header says, `...` and declarations apart.
#[test]
fn calls_in_pages_have_the_arguments_of_the_header() {
    let text = read_to_string(root().join("include/interlace.json")).unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let functions = document["functions"].as_array().unwrap();
    let mut calls = 0;
    for page in [
        "README.md",
        "docs/conventions.md",
        "docs/formula.md",
        "docs/families.md",
        "docs/inference.md",
        "docs/residuals.md",
        "docs/ordinal.md",
    ] {
        let text = read_to_string(root().join(page)).unwrap();
        for (start, _) in text.match_indices("interlace_") {
            let rest = &text[start..];
            let Some(open) =
                rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|&at| rest[at..].starts_with('('))
            else {
                continue;
            };
            let Some(function) = functions.iter().find(|own| own["name"] == rest[..open]) else { continue };
            let arguments = arguments(&rest[open + 1..]);
            if arguments.iter().any(|own| own.contains("::") || own.trim() == "...") {
                continue;
            }
            let given = if arguments.len() == 1 && arguments[0].trim().is_empty() { 0 } else { arguments.len() };
            assert_eq!(
                given,
                function["parameters"].as_array().unwrap().len(),
                "{page}: {}({}",
                &rest[..open],
                arguments.join(",")
            );
            calls += 1;
        }
    }
    assert!(calls > 20, "{calls}");
}

/// The arguments up to the closing parenthesis, divided by commas outside of parentheses and texts.
fn arguments(text: &str) -> Vec<String> {
    let (mut all, mut depth, mut quoted) = (vec![String::new()], 0, false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted && depth == 0 => break,
            ')' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                all.push(String::new());
                continue;
            }
            _ => {}
        }
        all.last_mut().unwrap().push(c);
    }
    all
}

#[test]
fn pages_have_no_marks_of_a_merge() {
    let mut folders = vec![root().to_path_buf(), root().join("docs"), root().join("docs/hosts"), root().join("include")];
    folders.push(root().join("docs/gallery"));
    let files = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path());
    let mut seen = 0;
    for path in files.filter(|path| path.extension().is_some_and(|end| end == "md" || end == "h" || end == "json")) {
        let text = read_to_string(&path).unwrap();
        let marked = text.lines().find(|line| ["<<<<<<< ", ">>>>>>> "].iter().any(|mark| line.starts_with(mark)));
        assert!(marked.is_none(), "{}: {marked:?}", path.display());
        seen += 1;
    }
    assert!(seen > 20, "{seen}");
}
