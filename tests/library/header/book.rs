//! The header as a book: the rules, a table of contents, then chapter by chapter the codes, the types and the functions of a noun.

use std::fmt::Write;

use super::items::{Item, Kind, Part};

/// A chapter: its title, what it is about, and its files of src/capi in reading order.
pub struct Chapter {
    pub title: &'static str,
    pub about: &'static str,
    pub files: &'static [&'static str],
}

pub const CHAPTERS: [Chapter; 17] = [
    Chapter { title: "Library", about: "version, status, errors", files: &["status", "library"] },
    Chapter {
        title: "Frame",
        about: "data go in as named columns, tables come out so; CSV files; Arrow data",
        files: &["frame", "column_lists", "frame_columns", "csv", "csv_stream", "frame_arrow"],
    },
    Chapter {
        title: "Spec",
        about: "the model: a formula or arrays, family, thresholds, ties, residual correlation",
        files: &[
            "spec_lists",
            "spec",
            "spec_arrays",
            "spec_family",
            "spec_ordinal",
            "spec_survival",
            "spec_correlation",
            "spec_variables",
        ],
    },
    Chapter {
        title: "Family",
        about: "the families of the library, and your own",
        files: &["family_lists", "family_list", "family"],
    },
    Chapter {
        title: "Options",
        about: "how a model is fitted; progress, cancelling, deadlines",
        files: &["options_lists", "phase", "options", "options_named"],
    },
    Chapter {
        title: "Fit",
        about: "a fitted model: criterion, fixed and random effects, parameters, rows, matrices, outcome",
        files: &[
            "fit",
            "fit_lists",
            "fit_engine",
            "fit_outcome",
            "fit_fixed",
            "fit_random",
            "fit_parameters",
            "fit_family",
            "fit_ordinal",
            "fit_survival",
            "fit_correlation",
            "priors",
            "fit_rows",
            "fit_matrices",
        ],
    },
    Chapter { title: "Tables", about: "results as frames, the summary", files: &["fit_tables"] },
    Chapter {
        title: "Predictions",
        about: "for the data of the fit and for new data",
        files: &["predict_lists", "predict", "predict_joint", "survival_curves"],
    },
    Chapter {
        title: "Tests",
        about: "coefficients, analysis of variance, likelihood ratios, variances, marginal means, proportional hazards, R2; power",
        files: &["test_lists", "hypotheses", "left_out", "robust", "variance_tests", "marginal_means", "diagnostics", "power"],
    },
    Chapter {
        title: "Simulation",
        about: "simulated responses, refits to them, profiles",
        files: &["resample_lists", "resample", "profile"],
    },
    Chapter { title: "Bootstrap", about: "what is resampled, intervals from replicates", files: &["bootstrap_lists", "bootstrap"] },
    Chapter { title: "Validation", about: "all optimisers, cross-validation", files: &["validation"] },
    Chapter {
        title: "Diagnostics",
        about: "residuals by simulation, data beside what the fit says of them, convergence; influence of rows and groups",
        files: &["model_checks", "influence_lists", "influence"],
    },
    Chapter { title: "Pictures", about: "of a fit, drawn or as coordinates", files: &["plot"] },
    Chapter {
        title: "Document",
        about: "a fit and the answers to questions about it as one text",
        files: &["questions", "document"],
    },
    Chapter { title: "Saved fits", about: "a fit as bytes, and back", files: &["saved"] },
    Chapter {
        title: "Data in parts",
        about: "linear models of streams, and of data that are spread over workers",
        files: &["plan", "accumulator"],
    },
];

const WIDTH: usize = 120;

/// The header.
pub fn book(preamble: &str, items: &[Item]) -> String {
    let mut out = String::from(preamble);
    contents(&mut out);
    out.push_str(GUARD);
    for item in of_file(items, "library", &[Kind::Define]) {
        entry(&mut out, item, items);
    }
    banner(&mut out, "Objects", "all of them are opaque");
    for item in items.iter().filter(|item| item.kind == Kind::Opaque) {
        entry(&mut out, item, items);
    }
    out.push_str("#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n");
    out.push_str(ARROW);
    for chapter in &CHAPTERS {
        banner(&mut out, chapter.title, chapter.about);
        for file in chapter.files {
            for kinds in [&[Kind::Enum][..], &[Kind::Callback, Kind::Struct], &[Kind::Function]] {
                of_file(items, file, kinds).for_each(|item| entry(&mut out, item, items));
            }
        }
    }
    out.push_str("#ifdef __cplusplus\n}\n#endif\n\n");
    out.push_str(SIZE);
    out.push_str("#endif /* INTERLACE_H */\n");
    out
}

const GUARD: &str = "
#ifndef INTERLACE_H
#define INTERLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The version as one number, as interlace_version_number() returns it. */
#define INTERLACE_VERSION_NUMBER (1000000 * INTERLACE_VERSION_MAJOR + 1000 * INTERLACE_VERSION_MINOR + INTERLACE_VERSION_PATCH)

";

/// Those of a file, in its order.
fn of_file<'a>(items: &'a [Item], file: &str, kinds: &[Kind]) -> impl Iterator<Item = &'a Item> {
    let mut own: Vec<&Item> = items.iter().filter(|item| item.file == file && kinds.contains(&item.kind)).collect();
    own.sort_by_key(|item| item.place);
    own.into_iter()
}

/// Other headers declare the same under the same guards, so that both may be included.
const ARROW: &str =
    "/* The structures of the Arrow C data interface, word for word: https://arrow.apache.org/docs/format/CDataInterface.html */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

#endif /* ARROW_C_DATA_INTERFACE */

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

#endif /* ARROW_C_STREAM_INTERFACE */

";

const SIZE: &str = "/* Codes have 32 bits, which -fshort-enums would change. */
#if defined(__cplusplus) && __cplusplus >= 201103L
static_assert(sizeof(interlace_column_kind) == 4, \"interlace.h: codes must have 32 bits\");
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
_Static_assert(sizeof(interlace_column_kind) == 4, \"interlace.h: codes must have 32 bits\");
#endif

";

fn contents(out: &mut String) {
    out.push_str("/* Contents:\n");
    for chapter in &CHAPTERS {
        writeln!(out, " *   {:<12} {}", chapter.title, chapter.about).unwrap();
    }
    out.push_str(" */\n");
}

fn banner(out: &mut String, title: &str, about: &str) {
    let line = "=".repeat(WIDTH - 6);
    writeln!(out, "/* {line}\n * {title}: {about}\n * {line} */\n").unwrap();
}

fn entry(out: &mut String, item: &Item, items: &[Item]) {
    match item.kind {
        Kind::Function | Kind::Callback => {
            comment(out, "", &item.prose(), &documented(item, items));
            out.push_str(&item.text);
        }
        Kind::Enum | Kind::Struct => {
            comment(out, "", &item.comment, &[]);
            body(out, item);
        }
        Kind::Define | Kind::Opaque => {
            comment(out, "", &item.comment, &[]);
            out.push_str(&item.text);
        }
    }
    out.push_str("\n\n");
    if item.kind == Kind::Struct && item.members()[0].name == "struct_size" && item.name.ends_with("_request") {
        initialiser(out, item);
    }
}

/// Members with comments of one line where they fit.
fn body(out: &mut String, item: &Item) {
    let word = if item.kind == Kind::Enum { "enum" } else { "struct" };
    writeln!(out, "typedef {word} {} {{", item.name).unwrap();
    for member in item.members() {
        comment(out, "    ", std::slice::from_ref(&member.comment), &[]);
        if item.kind == Kind::Enum {
            writeln!(out, "    {} = {},", member.name, member.type_text).unwrap();
        } else {
            let (stars, array) = declarator(&member);
            writeln!(out, "    {stars}{}{array};", member.name).unwrap();
        }
    }
    if item.kind == Kind::Enum {
        // C99 allows the comma; ISO C++98 did not, and readers of lists like none.
        let end = out.rfind(',').unwrap();
        out.remove(end);
    }
    write!(out, "}} {};", item.name).unwrap();
}

/// A member's type with its space, and what follows the name.
fn declarator(member: &Part) -> (String, String) {
    let space = if member.type_text.ends_with('*') { "" } else { " " };
    let array = member.length.map(|length| format!("[{length}]"));
    (format!("{}{space}", member.type_text), array.unwrap_or_default())
}

/// What begins a request: its size, all else zero.
fn initialiser(out: &mut String, item: &Item) {
    let values: Vec<String> = item.members().iter().skip(1).map(zero).collect();
    let name = item.name.to_uppercase();
    writeln!(out, "/** A request with all defaults: interlace_..._request request = {name}_INIT. */").unwrap();
    writeln!(out, "#define {name}_INIT {{ sizeof({}), {} }}\n", item.name, values.join(", ")).unwrap();
}

/// Zero, in a way that C++ takes for the type.
fn zero(member: &Part) -> String {
    match member.type_text.as_str() {
        text if text.ends_with('*') => "NULL".into(),
        "double" | "size_t" | "int32_t" | "int64_t" | "uint64_t" => "0".into(),
        "bool" => "false".into(),
        list => format!("({list})0"),
    }
}

/// A comment of wrapped paragraphs, then of parameters.
fn comment(out: &mut String, indent: &str, prose: &[String], parameters: &[String]) {
    let width = WIDTH - indent.len() - 3;
    let mut lines = vec![];
    for paragraph in paragraphs(prose) {
        lines.extend(wrap(&paragraph, width, ""));
    }
    for parameter in parameters {
        lines.extend(wrap(parameter, width, "    "));
    }
    lines.extend(since(prose));
    match &lines[..] {
        [only] if only.len() + indent.len() + 7 <= WIDTH => writeln!(out, "{indent}/** {only} */").unwrap(),
        _ => {
            writeln!(out, "{indent}/**").unwrap();
            for line in &lines {
                writeln!(out, "{}", format!("{indent} * {line}").trim_end()).unwrap();
            }
            writeln!(out, "{indent} */").unwrap();
        }
    }
}

/// The version, as the last line.
fn since(prose: &[String]) -> Option<String> {
    let text = prose.iter().find_map(|line| line.split_once("Since ").map(|(_, rest)| rest.trim_end_matches('.').to_owned()));
    text.map(|version| format!("@since {version}"))
}

/// Lines joined to paragraphs, which an empty line ends, without the version.
fn paragraphs(lines: &[String]) -> Vec<String> {
    let mut all: Vec<String> = vec![String::new()];
    for line in lines {
        if line.is_empty() {
            all.extend([String::new(), String::new()]);
        } else if !line.starts_with("Since ") {
            let last = all.last_mut().unwrap();
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(line);
        }
    }
    while all.last().is_some_and(String::is_empty) {
        all.pop();
    }
    all
}

fn wrap(text: &str, width: usize, hang: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let full = lines.last().unwrap().len() + 1 + word.len() > width;
        if full && !lines.last().unwrap().trim().is_empty() {
            lines.push(hang.to_owned());
        }
        let last = lines.last_mut().unwrap();
        if !last.trim().is_empty() {
            last.push(' ');
        }
        last.push_str(word);
    }
    lines
}

/// The `@param` lines of a function, with the direction that follows from the type, and what goes without saying added.
fn documented(item: &Item, items: &[Item]) -> Vec<String> {
    let parameters = item.parameters();
    parameters.iter().map(|p| format!("@param[{}] {} {}", direction(item, p), p.name, meaning(item, p, items))).collect()
}

/// What a parameter is: as its `@param` line has it, or by its name and type, or by the place in the prose that gives its shape.
pub fn meaning(item: &Item, parameter: &Part, items: &[Item]) -> String {
    let own = item.said_of(&parameter.name).or_else(|| self_evident(item, parameter)).or_else(|| of_list(parameter, items));
    own.or_else(|| shaped(item, parameter)).unwrap_or_default()
}

/// A code: what its list is of.
fn of_list(parameter: &Part, items: &[Item]) -> Option<String> {
    let list = items.iter().find(|item| item.kind == Kind::Enum && item.name == parameter.type_text)?;
    let first = list.prose().join(" ");
    Some(format!("{}.", first.split(". ").next()?.trim_end_matches('.')))
}

/// An array of which the prose says "`out` [n,p]".
fn shaped(item: &Item, parameter: &Part) -> Option<String> {
    let marker = format!("`{}` [", parameter.name);
    let prose = item.prose().join(" ");
    let rest = prose.split_once(&marker)?.1;
    let null = if prose.contains(&format!("`{}` may be NULL", parameter.name)) { " NULL is allowed." } else { "" };
    Some(format!("Array [{}].{null}", rest.split_once(']')?.0))
}

pub fn direction(item: &Item, parameter: &Part) -> &'static str {
    let text = parameter.type_text.as_str();
    let pointee = text.strip_suffix('*').map(str::trim);
    match pointee {
        Some(pointee)
            if pointee.starts_with("struct Arrow") && ["_from_arrow", "_add_arrow"].iter().any(|verb| item.name.contains(verb)) =>
        {
            "in,out"
        }
        None | Some("void") => "in",
        Some(pointee) if pointee.starts_with("const ") && !pointee.ends_with('*') => "in",
        Some(pointee) if pointee.ends_with("*const") => "in",
        Some(pointee) if is_object(pointee) => "in,out",
        Some(_) => "out",
    }
}

/// Whether a type is one of the opaque ones.
pub fn is_object(name: &str) -> bool {
    let objects = [
        "frame",
        "csv_options",
        "spec",
        "family",
        "options",
        "fit",
        "bootstrap",
        "questions",
        "plan",
        "accumulator",
        "csv_stream",
        "plot_options",
    ];
    name.strip_prefix("interlace_").is_some_and(|name| objects.contains(&name))
}

/// Parameters that mean the same everywhere.
fn self_evident(item: &Item, parameter: &Part) -> Option<String> {
    if item.name.ends_with("_from_name") && parameter.name != "err" {
        return Some(if parameter.name == "out" { "The code [1].".to_owned() } else { "The name.".to_owned() });
    }
    if let Some(text) = by_name(&parameter.name, &parameter.type_text) {
        return Some(text.to_owned());
    }
    let object = parameter.type_text.trim_start_matches("const ").trim_end_matches([' ', '*']);
    let text = match (parameter.name.as_str(), parameter.type_text.as_str()) {
        ("err", _) => "Why the call failed. NULL is allowed. Written only on failure.".to_owned(),
        ("data", _) if ["interlace_fit_predict", "interlace_fit_survival"].iter().any(|start| item.name.starts_with(start)) => {
            "The rows to predict. NULL for those of the request's arrays or, without these, for the data of the fit.".to_owned()
        }
        ("data", _) if item.name.starts_with("interlace_spec_") || item.name == "interlace_fit_new" => {
            "The data. A spec made from arrays ignores them: NULL.".to_owned()
        }
        ("data", _) => "The data of the fit. NULL is allowed where they are not needed.".to_owned(),
        ("options", "const interlace_options *") if fits(&item.name) => {
            "How the model is fitted: method, optimizer, missing values and so on; threads, progress, deadline. NULL for the defaults.".to_owned()
        }
        ("options", "const interlace_options *") => "Threads, progress and deadline. NULL for the defaults.".to_owned(),
        ("options", "const interlace_csv_options *") => "How to read the text. NULL for the defaults.".to_owned(),
        ("len", _) => {
            let arrays: Vec<String> = arrays_before(item, "len").iter().map(|name| format!("`{name}`")).collect();
            let each = if arrays.len() > 1 { "each of " } else { "" };
            format!("The number of elements of {each}{}, which must be exact.", arrays.join(", "))
        }
        ("out", text) if text.ends_with("**") && is_object(object) => {
            let noun = object.trim_start_matches("interlace_").replace('_', " ");
            format!("The new {noun}. The caller frees it with {object}_free.")
        }
        ("other", _) => "The frame with further rows.".to_owned(),
        (_, text) if is_object(object) && !text.ends_with("**") && item.name == format!("{object}_free") => {
            "NULL is allowed.".to_owned()
        }
        (_, text) if is_object(object) && !text.ends_with("**") => {
            format!("The {}.", object.trim_start_matches("interlace_").replace('_', " "))
        }
        _ => return None,
    };
    Some(text)
}

/// Whether a function fits a model as all of its options say.
pub fn fits(name: &str) -> bool {
    name == "interlace_fit_new" || name.starts_with("interlace_spec_") || name.starts_with("interlace_fit_to_")
}

/// Scalars and texts that mean the same everywhere.
fn by_name(name: &str, type_text: &str) -> Option<&'static str> {
    Some(match (name, type_text) {
        ("level", "double") => "The level of the interval, between 0 and 1, such as 0.95.",
        ("seed", "uint64_t") => "The seed of the random numbers; the same seed gives the same numbers.",
        ("user_data", _) => "Passed to the function unchanged. NULL is allowed.",
        ("i", "size_t") => "The index, from 0.",
        ("term", "size_t") => "The random term, from 0.",
        ("column", "size_t") => "The column, from 0.",
        ("request", _) => "What is asked. NULL for the defaults.",
        ("n", "size_t") => "The number of rows.",
        ("p", "size_t") => "The number of columns of the model matrix.",
        ("x", "const double *") => "The model matrix [n,p], column-major.",
        ("ldx", "size_t") => "The leading dimension of `x`, at least n: the distance between the starts of columns, in elements.",
        _ => return None,
    })
}

/// The outputs that a length is of: the pointers right before it.
pub fn arrays_before(item: &Item, name: &str) -> Vec<String> {
    let parameters = item.parameters();
    let at = parameters.iter().position(|p| p.name == name).unwrap();
    let before = parameters[..at].iter().rev().take_while(|p| {
        let text = p.type_text == "const char *";
        p.type_text.ends_with('*') && !text && !is_object(p.type_text.trim_end_matches([' ', '*']).trim_start_matches("const "))
    });
    let mut names: Vec<String> = before.map(|p| p.name.clone()).collect();
    names.reverse();
    names
}
