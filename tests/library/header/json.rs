//! include/interlace.json: what the header says, for programs that make bindings.

use serde_json::{Map, Value, json};

use super::book::{CHAPTERS, arrays_before, direction, fits, is_object, meaning};
use super::items::{Item, Kind, Part};
use crate::toolchain::root;

/// The document.
pub fn document(items: &[Item]) -> String {
    let files: Vec<&str> = CHAPTERS.iter().flat_map(|chapter| chapter.files.iter().copied()).collect();
    let order = |item: &&Item| (files.iter().position(|file| *file == item.file), item.place);
    let of_kind = |kind: Kind| {
        let mut own: Vec<&Item> = items.iter().filter(|item| item.kind == kind).collect();
        own.sort_by_key(order);
        own
    };
    let all = |kind: Kind, describe: &dyn Fn(&Item) -> Value| of_kind(kind).into_iter().map(describe).collect::<Vec<_>>();
    let constants: Map<String, Value> = of_kind(Kind::Define).into_iter().map(constant).collect();
    let document = json!({
        "library": "interlace",
        "version": env!("CARGO_PKG_VERSION"),
        "constants": constants,
        "dimensions": dimensions(),
        "enums": all(Kind::Enum, &|item| json!({
            "name": item.name, "chapter": chapter(item), "since": item.since(), "doc": doc(item),
            "values": item.members().iter().map(enumerator).collect::<Vec<_>>(),
        })),
        "objects": all(Kind::Opaque, &|item| json!({
            "name": item.name, "chapter": chapter(item), "since": item.since(), "doc": doc(item), "free": format!("{}_free", item.name),
        })),
        "structs": all(Kind::Struct, &|item| json!({
            "name": item.name, "chapter": chapter(item), "since": item.since(), "doc": doc(item), "init": initialiser(item),
            "members": item.members().iter().map(member).collect::<Vec<_>>(),
        })),
        "callbacks": all(Kind::Callback, &|item| json!({
            "name": item.name, "chapter": chapter(item), "since": item.since(), "doc": doc(item), "returns": callback_returns(item),
            "parameters": item.parameters().iter().map(|p| parameter(item, p, items)).collect::<Vec<_>>(),
        })),
        "tables": tables(),
        "functions": all(Kind::Function, &|item| json!({
            "name": item.name, "chapter": chapter(item), "since": item.since(), "doc": doc(item), "returns": returns(item, items),
            "errors": errors(item),
            "parameters": item.parameters().iter().map(|p| parameter(item, p, items)).collect::<Vec<_>>(),
        })),
    });
    let mut text = serde_json::to_string_pretty(&document).unwrap();
    text.push('\n');
    text
}

/// What letters in shapes mean that are no parameter of their function, with the functions that tell them.
const DIMENSIONS: [(&str, &str, &str); 10] = [
    ("m", "interlace_fit_n_rows", "length of results per row"),
    ("p", "interlace_fit_n_fixef", "fixed effects of a predictor"),
    ("r", "interlace_fit_term_n_effects", "effects of a random term"),
    ("l", "interlace_fit_term_n_levels", "levels of a random term"),
    ("K", "interlace_fit_n_categories", "categories of an ordinal fit"),
    ("a", "interlace_fit_n_threshold_parameters", "parameters of the thresholds of an ordinal fit"),
    ("c", "interlace_fit_n_nominal", "columns with nominal effects of an ordinal fit"),
    ("k", "interlace_fit_n_family_parameters", "parameters of the family"),
    ("w", "interlace_fit_predict_width", "values of a prediction per row"),
    ("rows", "interlace_frame_n_rows", "rows of the data given, or m without data"),
];

fn dimensions() -> Map<String, Value> {
    let one = |(letter, function, what): &(&str, &str, &str)| ((*letter).to_owned(), json!({ "function": function, "doc": what }));
    DIMENSIONS.iter().map(one).collect()
}

/// The tables of docs/tables.md, which tests/library/tables.rs compares with the library's.
fn tables() -> Vec<Value> {
    let page = std::fs::read_to_string(root().join("docs/tables.md")).unwrap();
    let describe = |section: &str| {
        let mut lines = section.lines();
        let heading = lines.next().unwrap().replace('`', "");
        let prose = lines.clone().find(|line| !line.is_empty()).unwrap_or_default();
        let by: Vec<&str> = prose.split('`').filter(|word| word.starts_with("interlace_")).collect();
        let rows = lines.filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |")?.split_once("` | "));
        let columns: Vec<Value> = rows
            .map(|(name, rest)| {
                let (kind, what) = rest.split_once(" |").unwrap();
                json!({ "name": name, "type": kind, "doc": what.trim() })
            })
            .collect();
        json!({ "name": heading, "by": by, "doc": prose, "columns": columns })
    };
    page.split("\n## ").skip(1).map(describe).filter(|own| !own["columns"].as_array().unwrap().is_empty()).collect()
}

fn chapter(item: &Item) -> &'static str {
    let own = CHAPTERS.iter().find(|chapter| chapter.files.contains(&item.file.as_str()));
    own.map_or_else(|| panic!("{} is in no chapter", item.file), |chapter| chapter.title)
}

/// The prose in one line a paragraph.
fn doc(item: &Item) -> String {
    let lines = item.prose();
    let lines = lines.iter().filter(|line| !line.starts_with("Since ")).map(|line| if line.is_empty() { "\n" } else { line });
    lines.collect::<Vec<_>>().join(" ").replace(" \n ", "\n")
}

fn constant(item: &Item) -> (String, Value) {
    let value = item.text.rsplit(' ').next().unwrap().parse::<i64>().unwrap();
    (item.name.clone(), json!({ "value": value, "doc": item.comment.join(" ") }))
}

/// With the word that its list's `_name` function has for it.
fn enumerator(part: &Part) -> Value {
    json!({ "name": part.name, "value": part.type_text.parse::<i64>().unwrap(), "doc": part.comment })
}

fn initialiser(item: &Item) -> Option<String> {
    item.name.ends_with("_request").then(|| format!("{}_INIT", item.name.to_uppercase()))
}

fn member(part: &Part) -> Value {
    let mut own = json!({
        "name": part.name,
        "type": part.type_text,
        "nullable": is_nullable(&part.type_text, &part.comment),
        "doc": part.comment,
    });
    if let Some(length) = part.length {
        own["length"] = json!(length);
    }
    if let Some(shape) = shape(&part.comment) {
        own["shape"] = json!(shape);
    }
    own
}

fn callback_returns(item: &Item) -> Value {
    json!({ "type": item.text.strip_prefix("typedef ").unwrap().split("(*").next().unwrap().trim() })
}

fn returns(item: &Item, items: &[Item]) -> Value {
    let text = item.returns();
    let mut own = json!({ "type": text });
    if is_enum(&text, items) {
        own["enum"] = json!(text);
    }
    if text.ends_with('*') {
        let comment = item.comment.join(" ");
        own["lifetime"] = json!(if comment.contains("A static string") { "static" } else { "object" });
        own["nullable"] = json!(true);
    }
    own
}

/// The statuses that a comment names, and those that the rules name for all functions like it.
fn errors(item: &Item) -> Vec<String> {
    if item.returns() != "interlace_status" {
        return vec![];
    }
    let mut text = item.comment.join(" ");
    text += " INTERLACE_E_ARGUMENT INTERLACE_E_MEMORY INTERLACE_E_INTERNAL";
    if item.parameters().iter().any(|part| part.type_text == "const interlace_options *" && !item.name.ends_with("options_get")) {
        text += " INTERLACE_E_CANCELLED INTERLACE_E_DEADLINE INTERLACE_E_NUMERIC";
    }
    if fits(&item.name) {
        text += " INTERLACE_E_DATA INTERLACE_E_FORMULA INTERLACE_E_UNSUPPORTED";
    }
    let mut all: Vec<String> = text
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| word.starts_with("INTERLACE_E_"))
        .map(String::from)
        .collect();
    all.sort();
    all.dedup();
    all
}

fn parameter(item: &Item, part: &Part, items: &[Item]) -> Value {
    let doc = meaning(item, part, items);
    let pointee = part.type_text.trim_end_matches(['*', ' ']).trim_start_matches("const ").trim();
    let mut own = json!({
        "name": part.name,
        "type": part.type_text,
        "direction": direction(item, part),
        "doc": doc,
        "nullable": is_nullable(&part.type_text, &doc),
    });
    if is_enum(pointee, items) {
        own["enum"] = json!(pointee);
    }
    if let Some(shape) = shape(&doc) {
        own["shape"] = json!(shape);
    }
    if part.name == "len" && part.type_text == "size_t" {
        own["length_of"] = json!(arrays_before(item, "len"));
    }
    if is_object(pointee) && part.type_text.ends_with("**") {
        own["ownership"] = json!("caller");
    }
    own
}

fn is_enum(name: &str, items: &[Item]) -> bool {
    items.iter().any(|item| item.kind == Kind::Enum && item.name == name)
}

fn is_nullable(type_text: &str, doc: &str) -> bool {
    (type_text.ends_with('*') || type_text.ends_with("_fn")) && doc.contains("NULL")
}

/// `[n,p]` of a comment, as a list.
pub fn shape(doc: &str) -> Option<Vec<String>> {
    let inner = doc.split_once('[')?.1.split_once(']')?.0;
    Some(inner.split(',').map(|one| one.trim().to_owned()).collect())
}
