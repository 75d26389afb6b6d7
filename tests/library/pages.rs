//! What pages show: their programs in C compile and print what the page says, and so do the commands.
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
fn commands_print_what_the_front_page_says() {
    let (mut run, mut compared) = (0, 0);
    let all = blocks("README.md");
    for (place, (_, block)) in all.iter().enumerate().filter(|(_, (language, _))| language == "sh") {
        let commands: Vec<&str> = block.lines().filter(|line| line.starts_with("interlace-fit ")).collect();
        for command in &commands {
            let mut shell = program(Path::new("sh"));
            let words = command.replacen("interlace-fit", "\"$0\"", 1);
            let output = succeed(shell.args(["-c", &words]).arg(compiled()).current_dir(root()));
            run += 1;
            // Output stands in the block after a command that is one by itself.
            if let ([_], Some((language, shown))) = (&commands[..], all.get(place + 1))
                && language.is_empty()
            {
                assert_eq!(String::from_utf8(output.stdout).unwrap(), *shown, "{command}");
                compared += 1;
            }
        }
    }
    assert_eq!((run, compared), (3, 1));
}
