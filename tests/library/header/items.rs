//! The declarations that the generator finds in src/capi, one by one.

use std::collections::HashMap;

use crate::toolchain::root;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Define,
    Enum,
    Opaque,
    Callback,
    Struct,
    Function,
}

/// A declaration with its comment.
#[derive(Clone, Debug)]
pub struct Item {
    pub kind: Kind,
    pub name: String,
    /// The lines of the comment, without its stars.
    pub comment: Vec<String>,
    /// The declaration as the generator writes it.
    pub text: String,
    /// The file of src/capi that it comes from.
    pub file: String,
    /// Where it is in that file.
    pub place: usize,
}

/// A parameter, a member of a structure or an enumerator.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Of an enumerator its number.
    pub type_text: String,
    /// Of an array in a structure.
    pub length: Option<usize>,
    pub name: String,
    pub comment: String,
}

/// All declarations of the generator's output.
pub fn items(files: &[&str]) -> Vec<Item> {
    let config = cbindgen::Config::from_file(root().join("cbindgen.toml")).unwrap();
    let c_names: HashMap<String, String> = config.export.rename.iter().map(|(rust, c)| (c.clone(), rust.clone())).collect();
    let sources: Vec<(String, String)> = files
        .iter()
        .map(|file| {
            let path = root().join("src/capi").join(file).with_extension("rs");
            ((*file).to_owned(), std::fs::read_to_string(path).unwrap())
        })
        .collect();
    let paths = files.iter().map(|name| root().join("src/capi").join(name).with_extension("rs"));
    let builder = paths.fold(cbindgen::Builder::new().with_config(config), cbindgen::Builder::with_src);
    let mut text = Vec::new();
    builder.generate().unwrap().write(&mut text);
    let mut all = split(&String::from_utf8(text).unwrap());
    for item in &mut all {
        let rust = c_names.get(&item.name).unwrap_or(&item.name);
        let word = |keyword: &str, end: &str| format!("{keyword} {rust}{end}");
        let wanted = match item.kind {
            Kind::Define => vec![word("pub const", ":")],
            Kind::Enum => vec![word("pub enum", " ")],
            Kind::Opaque | Kind::Struct => vec![word("pub struct", " ")],
            Kind::Callback => vec![word("pub type", " ")],
            Kind::Function => vec![word("fn", "(")],
        };
        let found = sources.iter().find_map(|(file, source)| Some((file, source.find(&wanted[0])?)));
        let (file, place) = found.unwrap_or_else(|| panic!("{} is in no file of src/capi", item.name));
        (item.file, item.place) = (file.clone(), place);
    }
    all
}

/// Comments and what follows them.
fn split(text: &str) -> Vec<Item> {
    let mut all = vec![];
    let mut rest = text;
    while let Some(start) = rest.find("\n/**\n") {
        let (comment, after) = rest[start + 5..].split_once("*/\n").unwrap();
        let end = declaration_end(after);
        let (declaration, later) = after.split_at(end);
        let comment = comment.lines().map(|line| line.trim_start().trim_start_matches('*').trim().to_owned()).collect();
        all.push(item(comment, declaration.trim_end()));
        rest = later;
    }
    all
}

/// Past the semicolon of a declaration, or the line of a definition.
fn declaration_end(text: &str) -> usize {
    if text.starts_with('#') {
        return text.find('\n').unwrap();
    }
    let mut depth = 0;
    for (i, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return i + 1,
            _ => {}
        }
    }
    panic!("a declaration without end: {text:.80}");
}

fn item(mut comment: Vec<String>, text: &str) -> Item {
    comment.retain(|line| !line.starts_with("cbindgen:"));
    while comment.last().is_some_and(String::is_empty) {
        comment.pop();
    }
    let last_word =
        |text: &str| text.rsplit(|c: char| !(c.is_alphanumeric() || c == '_')).find(|w| !w.is_empty()).unwrap().to_owned();
    let (kind, name) = if let Some(rest) = text.strip_prefix("#define ") {
        (Kind::Define, rest.split(' ').next().unwrap().to_owned())
    } else if text.starts_with("typedef enum") {
        (Kind::Enum, last_word(text))
    } else if text.starts_with("typedef struct") && text.contains('{') {
        (Kind::Struct, last_word(text))
    } else if text.starts_with("typedef struct") {
        (Kind::Opaque, last_word(text))
    } else if text.starts_with("typedef") {
        (Kind::Callback, last_word(text.split("(*").nth(1).unwrap().split(')').next().unwrap()))
    } else {
        (Kind::Function, last_word(text.split('(').next().unwrap()))
    };
    Item { kind, name, comment, text: text.to_owned(), file: String::new(), place: 0 }
}

impl Item {
    /// The parameters of a function or a callback.
    pub fn parameters(&self) -> Vec<Part> {
        let list = match self.kind {
            Kind::Function => self.text.split_once('(').unwrap().1,
            Kind::Callback => self.text.split_once(")(").unwrap().1,
            _ => return vec![],
        };
        let list = list.rsplit_once(')').unwrap().0;
        if list.trim() == "void" {
            return vec![];
        }
        list.split(',').map(|one| part(one, "")).collect()
    }

    /// The members of a structure, or the enumerators of an enumeration with their numbers.
    pub fn members(&self) -> Vec<Part> {
        let body = self.text.split_once('{').unwrap().1.rsplit_once('}').unwrap().0;
        let mut all = vec![];
        let mut rest = body;
        while let Some((comment, after)) = rest.split_once("/**").and_then(|(_, rest)| rest.split_once("*/")) {
            let comment = comment.lines().map(|l| l.trim_start().trim_start_matches('*').trim()).filter(|l| !l.is_empty());
            let comment = comment.collect::<Vec<_>>().join(" ");
            let end = after.find(if self.kind == Kind::Enum { ',' } else { ';' }).unwrap();
            if self.kind == Kind::Enum {
                let (name, number) = after[..end].trim().split_once(" = ").unwrap();
                all.push(Part { type_text: number.to_owned(), length: None, name: name.to_owned(), comment });
            } else {
                all.push(part(&after[..end], &comment));
            }
            rest = &after[end + 1..];
        }
        all
    }

    /// What a function returns.
    pub fn returns(&self) -> String {
        let before = self.text.split_once('(').unwrap().0;
        before.strip_suffix(&self.name).unwrap().trim().to_owned()
    }

    /// The comment without `@param` lines, as paragraphs of lines.
    pub fn prose(&self) -> Vec<String> {
        let end = self.comment.iter().position(|line| line.starts_with("@param")).unwrap_or(self.comment.len());
        let since = self.comment[end..].iter().filter(|line| line.starts_with("Since "));
        self.comment[..end].iter().chain(since).cloned().collect()
    }

    /// What is said of a parameter by an `@param` line, which may go on in further lines.
    pub fn said_of(&self, parameter: &str) -> Option<String> {
        let start = format!("@param {parameter} ");
        let first = self.comment.iter().position(|line| line.starts_with(&start))?;
        let more = self.comment[first + 1..].iter().take_while(|line| !line.starts_with('@') && !line.starts_with("Since "));
        let lines = std::iter::once(self.comment[first][start.len()..].trim()).chain(more.map(|line| line.trim()));
        Some(lines.collect::<Vec<_>>().join(" "))
    }

    /// The parameters that `@param` lines name.
    pub fn named(&self) -> Vec<&str> {
        self.comment.iter().filter_map(|line| line.strip_prefix("@param ")?.split(' ').next()).collect()
    }

    /// The version that had it first.
    pub fn since(&self) -> Option<&str> {
        self.comment.iter().find_map(|line| line.split("Since ").nth(1)).map(|rest| rest.trim_end_matches('.'))
    }
}

/// `const double *x` and the like.
fn part(text: &str, comment: &str) -> Part {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (text, length) = text.split_once('[').unwrap_or((&text, ""));
    let length = length.strip_suffix(']').and_then(|length| length.parse().ok());
    let start = text.rfind(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap() + 1;
    Part { type_text: text[..start].trim().to_owned(), length, name: text[start..].to_owned(), comment: comment.to_owned() }
}
