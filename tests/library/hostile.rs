//! Every function of include/interlace.json, called with arguments that are bad in every way that C allows: tests/c/every_call.c, which
//! includes what is written here.
#![cfg(target_os = "linux")]

use std::fmt::Write;

use serde_json::Value;

use crate::c_api::{SANITIZE, compile_with};
use crate::toolchain::{root, succeed, transcript};

struct Description(Value);

/// What `every_call.c` knows about a parameter: a kind, and what that kind needs.
struct Parameter<'a> {
    name: &'a str,
    kind: &'static str,
    /// Of a list of codes, a class of objects, or a structure: its place in its table.
    of: usize,
    element: String,
    nullable: bool,
    /// The parameters that are the extents of an array.
    dims: Vec<usize>,
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

impl Description {
    fn place(&self, table: &str, name: &str) -> Option<usize> {
        list(&self.0, table).iter().position(|item| text(item, "name") == name)
    }

    /// The parameters that are the extents of an array: that which is said to be its length, or those of its shape.
    fn dims(all: &[Value], array: &Value) -> Vec<usize> {
        let name = text(array, "name");
        if let Some(length) = all.iter().position(|p| list(p, "length_of").iter().any(|of| of == name)) {
            return vec![length];
        }
        let of = |dim: &Value| {
            let words: Vec<&str> = dim.as_str().unwrap_or_default().split('*').collect();
            all.iter().position(|p| text(p, "type") == "size_t" && words.contains(&text(p, "name")))
        };
        list(array, "shape").iter().filter_map(of).collect()
    }

    fn parameter<'a>(&self, all: &'a [Value], own: &'a Value) -> Parameter<'a> {
        let (name, kind, output) = (text(own, "name"), text(own, "type"), text(own, "direction") == "out");
        let target = kind.trim_start_matches("const ").split(' ').next().unwrap_or_default();
        let stars = kind.matches('*').count();
        let place = |table: &str| self.place(table, target);
        let (word, of) = match (stars, place("enums"), place("objects"), place("structs")) {
            _ if target == "interlace_error" => ("ERROR", 0),
            (0, Some(codes), ..) => ("CODE", codes),
            (1, _, Some(class), _) if kind.starts_with("const") => ("OBJECT", class),
            (1, _, Some(class), _) => ("OWN", class),
            (2, _, Some(class), _) if output => ("OBJECT_OUT", class),
            (2, _, Some(class), _) => ("OBJECTS", class),
            (1, _, _, Some(structure)) => ("STRUCTURE", structure),
            (1, ..) if kind.starts_with("struct Arrow") => ("ARROW", usize::from(output)),
            (0, ..) if place("callbacks").is_some() => ("CALLBACK", 0),
            _ => (Self::plain(all, own, target, stars, output), 0),
        };
        let element = match target {
            "struct" => kind.trim_end_matches([' ', '*']).to_owned(),
            _ if stars > 1 => "void *".to_owned(),
            "void" => "char".to_owned(),
            _ => target.to_owned(),
        };
        let dims = if stars > 0 { Self::dims(all, own) } else { vec![] };
        Parameter { name, kind: word, of, element, nullable: own["nullable"] == true, dims }
    }

    /// The kind of a parameter that is neither a code nor an object nor a structure.
    fn plain(all: &[Value], own: &Value, target: &str, stars: usize, output: bool) -> &'static str {
        let is_shape = |array: &Value, wanted: bool| {
            let dims = Self::dims(all, array);
            (text(array, "direction") == "out") == wanted && dims.iter().any(|d| std::ptr::eq(&raw const all[*d], own))
        };
        let extent_of = |wanted: bool| all.iter().any(|p| text(p, "type").contains('*') && is_shape(p, wanted));
        match (target, stars) {
            ("size_t", 0) if text(own, "name").starts_with("ld") => "LEADING",
            ("size_t", 0) if extent_of(false) => "EXTENT",
            ("size_t", 0) if extent_of(true) => "EXTENT_OUT",
            ("size_t", 0) => "SIZE",
            ("double", 0) => "REAL",
            ("bool", 0) => "TRUTH",
            ("char", 0) => "LETTER",
            ("int32_t" | "int64_t" | "uint64_t", 0) => "INTEGER",
            ("char", 1) if !output && own["shape"].is_null() => "TEXT",
            ("char", 2) if !output => "TEXTS",
            ("char", 2) if text(own, "type").starts_with("const") => "POINTER_OUT",
            ("char", 2) => "TEXT_OUT",
            ("uint8_t", 2) => "BYTES_OUT",
            ("void", 1) => "DATA",
            (_, 1) if output => "ARRAY_OUT",
            (_, 1) => "ARRAY",
            _ => panic!("tests/library/hostile.rs has no rule for {own}"),
        }
    }

    fn argument(parameter: &Value, own: &Parameter, i: usize) -> String {
        let kind = text(parameter, "type");
        match own.kind {
            "ERROR" => "err_out".to_owned(),
            "SIZE" | "EXTENT" | "EXTENT_OUT" | "LEADING" => format!("in[{i}].z"),
            "REAL" => format!("in[{i}].d"),
            "TRUTH" => format!("in[{i}].i != 0"),
            "CODE" | "LETTER" | "INTEGER" => format!("({kind}) in[{i}].i"),
            "CALLBACK" => format!("in[{i}].p == NULL ? NULL : stub_{kind}"),
            _ => format!("in[{i}].p"),
        }
    }

    fn codes(&self, out: &mut String) {
        for list_of in list(&self.0, "enums") {
            let values: Vec<String> = list(list_of, "values").iter().map(|v| v["value"].to_string()).collect();
            let none = list(list_of, "values")
                .iter()
                .find(|v| text(v, "name").ends_with("_NONE") || text(v, "name").ends_with("_DEFAULT"))
                .map_or(-1, |v| v["value"].as_i64().unwrap());
            writeln!(out, "    {{\"{}\", {none}, {}, {{{}}}}},", text(list_of, "name"), values.len(), values.join(", ")).unwrap();
        }
    }

    /// A name of a code of each list, as `_from_name` functions understand them.
    fn names(&self, out: &mut String) {
        for list_of in list(&self.0, "enums") {
            let (prefix, last) = (text(list_of, "name").to_uppercase() + "_", list(list_of, "values").last());
            let name = last.map_or("", |value| text(value, "name").trim_start_matches(&prefix)).to_lowercase();
            writeln!(out, "    \"{name}\",").unwrap();
        }
    }

    /// A function of the host for each type of callbacks: it fills its outputs with a number, and returns one.
    fn stubs(&self, out: &mut String) {
        for callback in list(&self.0, "callbacks") {
            let own = list(callback, "parameters");
            let declared: Vec<String> = own.iter().map(|p| format!("{} {}", text(p, "type"), text(p, "name"))).collect();
            let (name, returns) = (text(callback, "name"), text(&callback["returns"], "type"));
            writeln!(out, "static {returns} stub_{name}({}) {{", declared.join(", ")).unwrap();
            for p in own {
                let extent = list(p, "shape").iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" * ");
                let p = if text(p, "direction") == "out" {
                    format!("fill({}, {extent})", text(p, "name"))
                } else {
                    format!("(void) {}", text(p, "name"))
                };
                writeln!(out, "    {p};").unwrap();
            }
            writeln!(out, "    return ({returns}) stub_returns;\n}}").unwrap();
        }
    }

    fn structures(&self, out: &mut String) {
        for structure in list(&self.0, "structs") {
            let name = text(structure, "name");
            writeln!(out, "static const struct member members_of_{name}[] = {{").unwrap();
            for member in list(structure, "members") {
                let (kind, field) = (text(member, "type"), text(member, "name"));
                let callback = self.place("callbacks", kind).is_some();
                let (word, of) = match self.place("enums", kind) {
                    Some(codes) => ("CODE", codes),
                    None if field == "struct_size" => ("STRUCT_SIZE", 0),
                    None if callback => ("CALLBACK", 0),
                    None if kind == "const char *" => ("TEXT", 0),
                    None if kind == "const char *const *" => ("TEXTS", 0),
                    None if kind.starts_with("const interlace_spec") => {
                        ("OBJECT", self.place("objects", "interlace_spec").unwrap())
                    }
                    None if kind.ends_with('*') => ("ARRAY", 0),
                    None if kind == "double" => ("REAL", 0),
                    None if kind == "size_t" => ("SIZE", 0),
                    None => ("INTEGER", 0),
                };
                let stub = if callback { format!("(function) stub_{kind}") } else { "NULL".to_owned() };
                writeln!(
                    out,
                    "    {{\"{field}\", {word}, {of}, offsetof({name}, {field}), sizeof((({name} *) NULL)->{field}), {stub}}},"
                )
                .unwrap();
            }
            writeln!(out, "}};").unwrap();
        }
        writeln!(out, "static const struct structure structures[] = {{").unwrap();
        for structure in list(&self.0, "structs") {
            let name = text(structure, "name");
            writeln!(out, "    {{\"{name}\", sizeof({name}), COUNT(members_of_{name}), members_of_{name}}},").unwrap();
        }
        writeln!(out, "}};").unwrap();
    }

    fn returned(function: &Value) -> (&'static str, &'static str) {
        match text(&function["returns"], "type") {
            "void" => ("NOTHING", ""),
            "interlace_status" => ("STATUS", "returned.i = "),
            "double" => ("REAL", "returned.d = "),
            "bool" => ("TRUTH", "returned.i = "),
            "size_t" => ("SIZE", "returned.z = "),
            "const char *" => ("TEXT", "returned.text = "),
            kind if kind.starts_with("interlace_") => ("CODE", "returned.i = "),
            _ => ("INTEGER", "returned.i = "),
        }
    }

    fn functions(&self, out: &mut String) -> usize {
        let functions = list(&self.0, "functions");
        let mut rows = String::new();
        for (k, function) in functions.iter().enumerate() {
            let all = list(function, "parameters");
            let own: Vec<Parameter> = all.iter().map(|p| self.parameter(all, p)).collect();
            let arguments: Vec<String> = all.iter().zip(&own).enumerate().map(|(i, (p, own))| Self::argument(p, own, i)).collect();
            let (returns, assign) = Self::returned(function);
            let name = text(function, "name");
            writeln!(out, "static void call_{k}(void) {{ {assign}{name}({}); }}", arguments.join(", ")).unwrap();
            let of = self.place("enums", text(&function["returns"], "type")).unwrap_or(0);
            write!(rows, "    {{\"{name}\", call_{k}, {returns}, {of}, {}, {{", own.len()).unwrap();
            for p in &own {
                let dims: Vec<String> = p.dims.iter().map(ToString::to_string).collect();
                let array = matches!(
                    p.kind,
                    "ARRAY" | "ARRAY_OUT" | "TEXTS" | "OBJECTS" | "OBJECT_OUT" | "POINTER_OUT" | "TEXT_OUT" | "BYTES_OUT" | "ARROW"
                );
                let size = if array { format!("sizeof({})", p.element) } else { "0".to_owned() };
                let real = i32::from(p.element == "double");
                let dims_text = if dims.is_empty() { "0".to_owned() } else { dims.join(", ") };
                write!(
                    rows,
                    "{{\"{}\", {}, {}, {size}, {real}, {}, {}, {{{dims_text}}}}}, ",
                    p.name,
                    p.kind,
                    p.of,
                    i32::from(p.nullable),
                    dims.len()
                )
                .unwrap();
            }
            let none = if own.is_empty() { "{\"\", NOTHING, 0, 0, 0, 0, 0, {0}}" } else { "" };
            writeln!(rows, "{none}}}}},").unwrap();
        }
        writeln!(out, "static const struct function functions[] = {{\n{rows}}};").unwrap();
        functions.len()
    }
}

/// The header that `every_call.c` includes, and how many functions it describes.
fn calls() -> (String, usize) {
    let description = std::fs::read_to_string(root().join("include/interlace.json")).unwrap();
    let description = Description(serde_json::from_str(&description).unwrap());
    let mut out = String::from("static const struct codes codes[] = {\n");
    description.codes(&mut out);
    out.push_str("};\nstatic const char *const code_names[] = {\n");
    description.names(&mut out);
    out.push_str("};\n");
    for class in list(&description.0, "objects") {
        let name = text(class, "name");
        writeln!(out, "static void free_{name}(void *object) {{ {}(object); }}", text(class, "free")).unwrap();
    }
    out.push_str("static const struct class classes[] = {\n");
    for class in list(&description.0, "objects") {
        let name = text(class, "name");
        writeln!(out, "    {{\"{name}\", free_{name}}},").unwrap();
    }
    out.push_str("};\n");
    description.stubs(&mut out);
    description.structures(&mut out);
    let n = description.functions(&mut out);
    (out, n)
}

/// The number before a word of a line.
fn count(line: &str, word: &str) -> usize {
    let before = line.split(word).next().unwrap_or_default();
    before.split_whitespace().last().and_then(|n| n.parse().ok()).unwrap_or_else(|| panic!("no number of {word} in {line}"))
}

/// No bad argument crashes, hangs, leaks, or is taken for a good one; no failure touches an output; nothing is read that is not there.
#[test]
fn every_function_withstands_every_bad_argument() {
    let directory = tempfile::tempdir().unwrap();
    let (header, n_functions) = calls();
    std::fs::write(directory.path().join("every_call.h"), header).unwrap();
    let program = compile_with("every_call", &SANITIZE, directory.path());
    let output = succeed(program.command().current_dir(directory.path()));
    let report = transcript(&output);
    assert!(output.stderr.is_empty(), "{report}");
    let line = report.lines().find(|line| line.contains("calls")).expect("the program says what it did");
    assert_eq!(count(line, " functions"), n_functions, "{line}");
    assert!(count(line, " fits") >= 20 && count(line, " calls") > 50_000, "{line}");
    // The bad arguments are tried beside good ones, or they would be refused for another reason.
    assert!(count(line, " succeeded") * 100 >= 97 * n_functions, "{report}");
}
