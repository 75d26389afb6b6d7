//! include/interlace.hpp: what follows from the description of the header, put into the places of interlace.hpp.in. A function that the
//! template calls is written there by hand; the others are members of the class of their noun, by the rules of `cpp_method`.

use std::fmt::Write;

use serde_json::Value;

use super::cpp_method::{Function, Method};

/// The header.
pub fn header(document: &Value, template: &str) -> String {
    let mut out = template.replace("@VERSION_NUMBER@", &version_number(document));
    out = out.replace("@enums@\n", &each(document, "enums", code_list)).replace("@names@\n", &each(document, "enums", names));
    let requests: Vec<&Value> = list(document, "structs").iter().filter(|own| !own["init"].is_null()).collect();
    out = out.replace("@requests@\n", &requests.iter().map(|own| request(own)).collect::<String>());
    let mut definitions: String = requests.iter().map(|own| request_for_c(own)).collect();
    for object in list(document, "objects") {
        let noun = text(object, "name");
        let methods = methods(document, noun, template);
        let declarations: Vec<String> = methods.iter().map(Method::declaration).collect();
        out = out.replace(&format!("@{noun}@\n"), &declarations.join("\n"));
        definitions.extend(methods.iter().map(Method::definition));
    }
    out = out.replace("@definitions@\n", &definitions.lines().flat_map(|line| [folded(line), "\n".into()]).collect::<String>());
    let left = out.lines().find(|line| line.starts_with('@'));
    assert!(left.is_none(), "interlace.hpp.in has a place for what is not there: {left:?}");
    out
}

/// Functions that the template calls in members of other names: they are written by the rules, too.
const USED_BY_OTHERS: [&str; 10] = [
    "interlace_frame_column_name",
    "interlace_frame_column_index",
    "interlace_frame_column_f64",
    "interlace_frame_column_i64",
    "interlace_frame_column_codes",
    "interlace_frame_column_string",
    "interlace_fit_fixef_name",
    "interlace_fit_warning",
    "interlace_fit_term_level",
    "interlace_fit_parameter_name",
];

/// The members that the description gives, of one noun.
fn methods<'a>(document: &'a Value, noun: &str, template: &str) -> Vec<Method<'a>> {
    let own = |function: &&Value| noun_of(document, text(function, "name")) == Some(noun);
    let by_hand = |function: &&Value| {
        let name = text(function, "name");
        calls(template, name) && !USED_BY_OTHERS.contains(&name)
    };
    let functions = list(document, "functions").iter().filter(own).filter(|function| !by_hand(function));
    functions.map(|function| Method::new(&Function::new(document, function), noun)).collect()
}

/// Whether a text names a function, not only the beginning of another's name.
pub fn calls(source: &str, name: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    source.lines().filter(|line| !line.trim_start().starts_with("//")).any(|line| {
        line.match_indices(name).any(|(at, _)| !line[at + name.len()..].starts_with(part) && !line[..at].ends_with(part))
    })
}

/// The object whose function it is: that of the longest name.
pub fn noun_of<'a>(document: &'a Value, function: &str) -> Option<&'a str> {
    let nouns = list(document, "objects").iter().map(|own| text(own, "name"));
    nouns.filter(|noun| function.strip_prefix(noun).is_some_and(|rest| rest.starts_with('_'))).max_by_key(|noun| noun.len())
}

pub fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().unwrap_or_else(|| panic!("no list {key} in {value}"))
}

pub fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no text {key} in {value}"))
}

/// interlace_anova_type as AnovaType.
pub fn class(c_name: &str) -> String {
    let words = c_name.trim_start_matches("interlace_").split('_');
    words.map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}

/// The first sentence of a comment, without what is said of pointers.
pub fn summary(doc: &str) -> String {
    let first = doc.lines().next().unwrap_or_default();
    let first = first.split(". ").next().unwrap_or_default().trim_end_matches('.');
    let first = first.replace(", to `out`", "").replace(", to `*out`", "");
    format!("{first}.")
}

/// Comments of one line or more, as wide as the others.
pub fn comment(indent: &str, words: &str) -> String {
    let mut lines = vec![format!("{indent}///")];
    for word in words.split_whitespace() {
        if lines.last().unwrap().len() + 1 + word.len() > WIDTH {
            lines.push(format!("{indent}///"));
        }
        write!(lines.last_mut().unwrap(), " {word}").unwrap();
    }
    lines.join("\n") + "\n"
}

const WIDTH: usize = 140;

/// A line of code, broken after a comma where it is too long.
pub fn folded(line: &str) -> String {
    let indent = " ".repeat(line.len() - line.trim_start().len() + 8);
    let (mut out, mut rest) = (String::new(), line.to_owned());
    while rest.len() > WIDTH {
        let at = rest[..WIDTH].rfind(", ").unwrap_or_else(|| panic!("a line without a comma: {rest}"));
        writeln!(out, "{},", &rest[..at]).unwrap();
        rest = format!("{indent}{}", &rest[at + 2..]);
    }
    out + &rest
}

fn version_number(document: &Value) -> String {
    let part = |name: &str| document["constants"][format!("INTERLACE_VERSION_{name}")]["value"].as_i64().unwrap();
    (1_000_000 * part("MAJOR") + 1000 * part("MINOR") + part("PATCH")).to_string()
}

fn each(document: &Value, key: &str, one: fn(&Value) -> String) -> String {
    list(document, key).iter().map(one).collect()
}

const KEYWORDS: [&str; 7] = ["class", "default", "new", "and", "or", "not", "double"];

/// The last part of an enumerator in lower case, with an underscore after it where the language has the word.
pub fn word(list_name: &str, enumerator: &str) -> String {
    let prefix = if list_name == "interlace_status" { "INTERLACE_".to_owned() } else { format!("{}_", list_name.to_uppercase()) };
    let rest = enumerator.strip_prefix(&prefix).unwrap_or_else(|| panic!("{enumerator} does not begin with {prefix}"));
    let rest = if list_name == "interlace_status" { rest.trim_start_matches("E_") } else { rest }.to_lowercase();
    if KEYWORDS.contains(&rest.as_str()) { rest + "_" } else { rest }
}

fn code_list(own: &Value) -> String {
    let name = text(own, "name");
    let mut out = comment("", &format!("{} {name}.", summary(text(own, "doc"))));
    writeln!(out, "enum class {} : std::int32_t {{", class(name)).unwrap();
    for value in list(own, "values") {
        writeln!(out, "    {} = {},", word(name, text(value, "name")), text(value, "name")).unwrap();
    }
    out + "};\n\n"
}

fn names(own: &Value) -> String {
    let c_name = text(own, "name");
    let name = class(c_name);
    format!(
        "[[nodiscard]] inline std::string_view name({name} code) noexcept
{{
    return detail::view({c_name}_name(static_cast<{c_name}>(code)));
}}
template <>
[[nodiscard]] inline Result<{name}> from_name<{name}>(std::string_view name)
{{
    return detail::code_of<{name}>(name, {c_name}_from_name);
}}

"
    )
}

/// What a member of a request is in C++. `None` for the sizes of arrays, which know their own.
enum Member {
    Code(String),
    Number,
    /// `size_t` and the like.
    Whole(String),
    Text,
    Texts,
    Array(String),
    Matrix,
    Object(String),
}

fn members(own: &Value) -> Vec<(&str, Member, &Value)> {
    let all = list(own, "members");
    let sizes: Vec<&str> = all.iter().filter_map(|member| member["shape"].as_array()).flatten().filter_map(Value::as_str).collect();
    let is_size = |name: &str| name == "struct_size" || sizes.contains(&name) || (name.len() == 3 && name.starts_with("ld"));
    let kept = all.iter().filter(|member| !is_size(text(member, "name")));
    kept.map(|member| (text(member, "name"), kind(text(own, "name"), member), member)).collect()
}

fn kind(owner: &str, member: &Value) -> Member {
    let (name, type_text) = (text(member, "name"), text(member, "type"));
    let dimensions = member["shape"].as_array().map_or(0, Vec::len);
    match type_text {
        "const char *" => Member::Text,
        "const char *const *" => Member::Texts,
        "const double *" if dimensions == 2 => Member::Matrix,
        "double" => Member::Number,
        own @ ("size_t" | "uint64_t") => Member::Whole(element(own)),
        own if own == format!("interlace_{name}") => Member::Code(class(own)),
        own if own.starts_with("const interlace_") => {
            Member::Object(class(own.trim_start_matches("const ").trim_end_matches(" *")))
        }
        own if own.ends_with(" *") && dimensions == 1 => Member::Array(element(own)),
        own => panic!("{owner}.{name}: what is {own} in C++? tests/library/header/cpp.rs has the rules"),
    }
}

/// `const int64_t *` as std::int64_t.
pub fn element(type_text: &str) -> String {
    match type_text.trim_start_matches("const ").trim_end_matches([' ', '*']) {
        own @ ("double" | "bool" | "char") => own.to_owned(),
        own => format!("std::{own}"),
    }
}

fn request(own: &Value) -> String {
    let c_name = text(own, "name");
    let mut out = comment("", &format!("{} Its members are those of {c_name}.", summary(text(own, "doc"))));
    writeln!(out, "struct {} {{", class(c_name)).unwrap();
    for (name, member, value) in members(own) {
        out += &comment("    ", &summary(text(value, "doc")));
        let declared = match member {
            Member::Code(class) => format!("{class} {name}{{}}"),
            Member::Number => format!("double {name} = 0.0"),
            Member::Whole(own) => format!("{own} {name} = 0"),
            Member::Text => format!("std::string {name}"),
            Member::Texts => format!("std::vector<std::string> {name}"),
            Member::Array(element) => format!("std::vector<{element}> {name}"),
            Member::Matrix => format!("Matrix {name}"),
            Member::Object(class) => format!("const {class} *{name} = nullptr"),
        };
        writeln!(out, "    {declared};").unwrap();
    }
    out + &format!(
        "\n    /// For the functions of this header; it points into this one and the call.\n    [[nodiscard]] {c_name} capi(detail::Call &call) const;\n}};\n\n"
    )
}

/// Arrays of requests that have no length of their own: `Fit::asked` in the template compares it with the rows.
const SIZED_BY_HAND: [&str; 1] = ["weights"];

/// A request as C has it, and whether its arrays belong together.
fn request_for_c(own: &Value) -> String {
    let c_name = text(own, "name");
    let (mut checks, mut sets) = (String::new(), String::new());
    for (name, member, value) in members(own) {
        let shape: Vec<&str> = value["shape"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let has = |size: &str| list(own, "members").iter().any(|member| text(member, "name") == size);
        let mut set = |target: &str, source: &str| writeln!(sets, "    own.{target} = {source};").unwrap();
        match member {
            Member::Code(_) => set(name, &format!("static_cast<interlace_{name}>({name})")),
            Member::Number | Member::Whole(_) => set(name, name),
            Member::Text => {
                writeln!(checks, "    call.whole(\"{name}\", {name}.find('\\0') != std::string::npos);").unwrap();
                set(name, &format!("{name}.empty() ? nullptr : {name}.c_str()"));
            }
            Member::Texts => {
                let matrix =
                    members(own).into_iter().find(|(_, kind, _)| matches!(kind, Member::Matrix)).map(|(matrix, ..)| matrix);
                let matrix = matrix.unwrap_or_else(|| panic!("{c_name}.{name} has the names of columns"));
                writeln!(checks, "    if (!{name}.empty()) call.same(\"{name}\", {name}.size(), {matrix}.cols());").unwrap();
                set(name, &format!("call.texts(\"{name}\", {name})"));
            }
            Member::Array(_) => {
                set(name, &format!("detail::pointer({name})"));
                if has(shape[0]) {
                    set(shape[0], &format!("{name}.size()"));
                } else {
                    assert!(SIZED_BY_HAND.contains(&name), "{c_name}.{name} has no length that C sees: see SIZED_BY_HAND");
                }
            }
            Member::Matrix => {
                set(name, &format!("detail::pointer({name})"));
                set(shape[0], &format!("{name}.rows()"));
                set(shape[1], &format!("{name}.cols()"));
                set(&format!("ld{}", &name[..1]), &format!("{name}.rows()"));
            }
            Member::Object(_) => set(name, &format!("{name} == nullptr ? nullptr : {name}->capi()")),
        }
    }
    let call = if checks.is_empty() { "detail::Call &" } else { "detail::Call &call" };
    format!(
        "inline {c_name} {}::capi({call}) const\n{{\n{checks}    {c_name} own{{}};\n    own.struct_size = sizeof own;\n{sets}    return own;\n}}\n\n",
        class(c_name)
    )
}
