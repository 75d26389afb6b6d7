//! What authors of bindings rely on: swapped codes are found by compilers, parsers of C read the header, its description is true.

use std::fmt::Write;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use super::described;
use crate::toolchain::{cc, cxx, linkable, program, root, run, succeed, transcript};

fn description() -> Value {
    serde_json::from_str(&described()).unwrap()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().unwrap_or_else(|| panic!("no list {key} in {value}"))
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no text {key} in {value}"))
}

const SWAPPED: &str = "#include \"interlace.h\"
int main(void)
{
    return interlace_fit_anova(0, 0, INTERLACE_DF_SATTERTHWAITE, INTERLACE_ANOVA_TYPE_III, 0, 0, 0) == INTERLACE_OK;
}
";

#[test]
fn swapped_codes_are_an_error_in_cpp_and_a_warning_in_c() {
    let directory = tempfile::tempdir().unwrap();
    let source = directory.path().join("swapped.c");
    let compile = |mut compiler: Command, arguments: &[&str]| {
        run(compiler.args(arguments).arg("-fsyntax-only").arg("-I").arg(root().join("include")).arg(&source))
    };
    std::fs::write(&source, SWAPPED).unwrap();
    let in_cpp = compile(cxx(), &["-x", "c++"]);
    assert!(!in_cpp.status.success() && transcript(&in_cpp).contains("interlace_df"), "{}", transcript(&in_cpp));
    let in_c = compile(cc(), &["-Wextra", "-Wenum-conversion"]);
    assert!(in_c.status.success() && transcript(&in_c).contains("-Wenum-conversion"), "{}", transcript(&in_c));
    // In their own places they are neither.
    let right = SWAPPED
        .replace("INTERLACE_DF_SATTERTHWAITE, INTERLACE_ANOVA_TYPE_III", "INTERLACE_ANOVA_TYPE_III, INTERLACE_DF_SATTERTHWAITE");
    std::fs::write(&source, right).unwrap();
    assert!(compile(cxx(), &["-x", "c++", "-Werror"]).status.success());
    assert!(compile(cc(), &["-Wextra", "-Wenum-conversion", "-Werror"]).status.success());
}

#[test]
fn codes_of_another_size_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let source = directory.path().join("short.c");
    std::fs::write(&source, "#include \"interlace.h\"\n").unwrap();
    for (mut compiler, arguments) in [(cc(), ["-std=c11", "-x", "c"]), (cxx(), ["-std=c++11", "-x", "c++"])] {
        compiler.args(arguments).args(["-fshort-enums", "-fsyntax-only", "-I"]).arg(root().join("include")).arg(&source);
        let output = run(&mut compiler);
        assert!(!output.status.success() && transcript(&output).contains("32 bits"), "{}", transcript(&output));
    }
}

/// The types of the standard headers, for parsers that don't know the compiler's.
const STANDARD: [(&str, &str); 3] = [
    ("stdbool.h", "typedef _Bool bool;\n"),
    ("stddef.h", "typedef unsigned long size_t;\n"),
    ("stdint.h", "typedef int int32_t;\ntypedef long int64_t;\ntypedef unsigned long uint64_t;\ntypedef unsigned char uint8_t;\n"),
];

const PARSERS: &str = "
import sys
import pycparser, cffi
text = open(sys.argv[1]).read()
tree = pycparser.CParser().parse(text)
print(sum(isinstance(d.type, pycparser.c_ast.FuncDecl) for d in tree.ext if isinstance(d, pycparser.c_ast.Decl)))
ffi = cffi.FFI()
ffi.cdef(text.replace('typedef _Bool bool;', '').replace('typedef unsigned long size_t;', ''))
print(ffi.sizeof('interlace_error'), ffi.sizeof('interlace_df'))
";

#[test]
fn parsers_of_c_read_it() {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in STANDARD {
        std::fs::write(directory.path().join(name), text).unwrap();
    }
    let include = root().join("include");
    let mut preprocess = cc();
    preprocess.args(["-E", "-P", "-std=c99", "-nostdinc", "-I"]).arg(directory.path()).arg("-I").arg(&include);
    let output = succeed(preprocess.arg(include.join("interlace.h")));
    let preprocessed = directory.path().join("interlace.i");
    std::fs::write(&preprocessed, &output.stdout).unwrap();
    let output = succeed(Command::new("python3").args(["-c", PARSERS]).arg(&preprocessed));
    let functions = list(&description(), "functions").len();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("{functions}\n1024 4\n"));
}

/// What a binding allocates by the description has the size that the library's structures have.
#[test]
fn structures_made_from_the_description_have_the_compilers_sizes() {
    let document = description();
    let enums: Vec<&str> = list(&document, "enums").iter().map(|own| text(own, "name")).collect();
    let size_of = |type_text: &str| match type_text {
        "char" | "bool" => 1,
        "int32_t" => 4,
        text if enums.contains(&text) => 4,
        "double" | "size_t" | "int64_t" | "uint64_t" => 8,
        text if text.ends_with('*') || text.ends_with("_fn") => 8,
        text => panic!("{text} has no size"),
    };
    let mut program_text = String::from("#include \"interlace.h\"\n");
    for own in list(&document, "structs") {
        let (mut size, mut largest) = (0_usize, 1);
        for member in list(own, "members") {
            let unit = size_of(text(member, "type"));
            let length = usize::try_from(member["length"].as_u64().unwrap_or(1)).unwrap();
            size = size.next_multiple_of(unit) + unit * length;
            largest = largest.max(unit);
        }
        let (name, size) = (text(own, "name"), size.next_multiple_of(largest));
        writeln!(program_text, "_Static_assert(sizeof({name}) == {size}, \"{name}\");").unwrap();
    }
    assert!(program_text.lines().count() > 5);
    let directory = tempfile::tempdir().unwrap();
    let source = directory.path().join("sizes.c");
    std::fs::write(&source, program_text).unwrap();
    succeed(cc().args(["-std=c11", "-fsyntax-only", "-I"]).arg(root().join("include")).arg(&source));
}

/// Letters in shapes are parameters, counts that an accessor of the same noun gives, numbers, or explained.
#[test]
fn shapes_are_of_known_letters() {
    let document = description();
    let explained = document["dimensions"].as_object().unwrap();
    let is_function = |name: &str| list(&document, "functions").iter().any(|own| own["name"] == name);
    let mut unknown = vec![];
    for own in list(&document, "functions").iter().chain(list(&document, "callbacks")) {
        let (name, names) = (text(own, "name"), parameters(own));
        let noun = name.split('_').nth(1).unwrap_or_default();
        let is_known = |word: &str| {
            word.is_empty()
                || word.parse::<u32>().is_ok()
                || names.iter().any(|(_, parameter)| *parameter == word)
                || explained.contains_key(word)
                || is_function(&format!("interlace_{noun}_{word}"))
        };
        for part in list(own, "parameters") {
            let terms = part["shape"].as_array().into_iter().flatten().filter_map(Value::as_str);
            let words = terms.flat_map(|term| term.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')));
            unknown.extend(words.filter(|word| !is_known(word)).map(|word| format!("{name}: {word} of {}", text(part, "name"))));
        }
    }
    for (letter, own) in explained {
        assert!(is_function(text(own, "function")), "{letter}");
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}

/// A program made from the description asks the library for the name of every code, and for the code of every name.
#[test]
fn names_of_codes_are_the_last_part_of_the_enumerators() {
    let mut program_text =
        String::from("#include <stdio.h>\n#include <string.h>\n#include \"interlace.h\"\nint main(void)\n{\n    int line = 0;\n");
    let document = description();
    let mut codes = 0;
    for own in list(&document, "enums") {
        let name = text(own, "name");
        let prefix = if name == "interlace_status" { "INTERLACE_".to_owned() } else { format!("{}_", name.to_uppercase()) };
        writeln!(program_text, "    {name} {name}_code;").unwrap();
        for value in list(own, "values") {
            let enumerator = text(value, "name");
            let word = enumerator.strip_prefix(&prefix).unwrap_or_else(|| panic!("{enumerator} does not begin with {prefix}"));
            let word = if name == "interlace_status" { word.trim_start_matches("E_") } else { word }.to_lowercase();
            if word == "none" && value["value"] == -1 {
                writeln!(program_text, "    line = __LINE__; if ({name}_name({enumerator}) != NULL) goto wrong;").unwrap();
                continue;
            }
            codes += 1;
            writeln!(
                program_text,
                "    line = __LINE__; if (strcmp({name}_name({enumerator}), \"{word}\") != 0 || {name}_from_name(\"{word}\", &{name}_code, NULL) != INTERLACE_OK || {name}_code != {enumerator}) goto wrong;"
            )
            .unwrap();
        }
    }
    program_text += "    return 0;\nwrong:\n    printf(\"%d\", line);\n    return 1;\n}\n";
    assert!(codes > 100, "only {codes} codes");
    let directory = linkable();
    let source = directory.path().join("codes.c");
    std::fs::write(&source, &program_text).unwrap();
    let binary: PathBuf = directory.path().join("codes");
    let mut compile = cc();
    compile.args(["-std=c99", "-Werror", "-I"]).arg(root().join("include")).arg(&source).arg("-o").arg(&binary);
    compile.arg("-L").arg(directory.path()).arg("-linterlace").arg(format!("-Wl,-rpath,{}", directory.path().display()));
    succeed(&mut compile);
    let output = run(&mut program(&binary));
    let line = String::from_utf8_lossy(&output.stdout).parse::<usize>().unwrap_or(0);
    let found = line.checked_sub(1).and_then(|i| program_text.lines().nth(i));
    assert!(output.status.success(), "{found:?}");
}

fn parameters(function: &Value) -> Vec<(&str, &str)> {
    list(function, "parameters").iter().map(|p| (text(p, "type"), text(p, "name"))).collect()
}

/// The rules of docs/conventions.md, "Names".
#[test]
fn names_follow_the_rules() {
    let document = description();
    let names = |key: &str| list(&document, key).iter().map(|own| text(own, "name").to_owned()).collect::<Vec<_>>();
    let (objects, enums) = (names("objects"), names("enums"));
    let mut wrong = vec![];
    for function in list(&document, "functions") {
        let (name, parameters) = (text(function, "name"), parameters(function));
        let mut check = |right: bool, rule: &str| {
            if !right {
                wrong.push(format!("{name}: {rule}"));
            }
        };
        // The noun.
        let first = parameters
            .first()
            .map_or("", |p| p.0.trim_start_matches("const ").trim_end_matches(['*', ' ']).trim_end_matches("*const"));
        let first = first.trim_end_matches(['*', ' ']);
        let by_object = objects.iter().any(|object| name.starts_with(&format!("{object}_")));
        let by_list = enums.iter().any(|own| name == format!("{own}_name") || name == format!("{own}_from_name"));
        check(
            by_object
                || by_list
                || ["version", "text_", "bytes_"].iter().any(|noun| name.starts_with(&format!("interlace_{noun}"))),
            "begins with a noun",
        );
        if objects.iter().any(|object| object == first) {
            check(name.starts_with(&format!("{first}_")) || name.ends_with("_new"), "belongs to its first argument");
        }
        for forbidden in ["npar", "_arrays", "_columns_", "_get_", "_ptr", "_vec"] {
            check(!name.contains(forbidden) || name.ends_with("_n_columns"), forbidden);
        }
        // The order.
        let fails = text(&function["returns"], "type") == "interlace_status";
        let last = parameters.last().map_or("", |p| p.1);
        check(fails == (last == "err"), "returns a status and ends in err, or neither");
        if let Some(at) = parameters.iter().position(|p| p.1 == "options" && p.0 == "const interlace_options *") {
            check(
                parameters[at + 1..].iter().all(|p| p.0.ends_with('*') || p.1 == "len" || p.1 == "nnz"),
                "options stand before the outputs",
            );
        }
        if let Some(at) = parameters.iter().position(|p| p.1 == "user_data") {
            check(parameters[at - 1].0.ends_with("_fn"), "user_data follows its function");
        }
        for (at, (_, parameter)) in parameters.iter().enumerate() {
            let Some(matrix) = parameter.strip_prefix("ld").filter(|rest| rest.len() == 1) else { continue };
            check(at >= 3 && parameters[at - 3].1 == matrix, "matrix, rows, columns, leading dimension");
        }
        // The words.
        for (type_text, parameter) in &parameters {
            check(!["type", "what", "source", "policy", "kind", "scale", "newdata"].contains(parameter), "says of what");
            let is_data = *type_text == "const interlace_frame *" && !name.starts_with("interlace_frame_");
            check(!is_data || *parameter != "frame", "data, not frame");
            if enums.iter().any(|own| own == type_text) && *parameter != "code" {
                check(*type_text == format!("interlace_{parameter}"), "a code has the name of its list");
            }
        }
    }
    for callback in list(&document, "callbacks") {
        let own = parameters(callback);
        if own.last().map(|p| p.1) != Some("user_data") {
            wrong.push(format!("{}: user_data is last", text(callback, "name")));
        }
    }
    for own in list(&document, "structs") {
        for member in list(own, "members") {
            let (type_text, name) = (text(member, "type"), text(member, "name"));
            if enums.iter().any(|list| list == type_text) && type_text != format!("interlace_{name}") && name != "code" {
                wrong.push(format!("{}.{name}: a code has the name of its list", text(own, "name")));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
