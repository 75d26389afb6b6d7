//! A function of the header as a member of a class: how its parameters go together, and what is returned.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::Value;

use super::cpp::{class, comment, element, folded, list, summary, text, word};

/// A function of the description.
pub struct Function<'a> {
    document: &'a Value,
    own: &'a Value,
    name: &'a str,
    parameters: Vec<Parameter<'a>>,
}

struct Parameter<'a> {
    described: &'a Value,
    name: &'a str,
    type_text: &'a str,
    shape: Vec<&'a str>,
    is_output: bool,
    is_nullable: bool,
}

impl Parameter<'_> {
    fn is_code(&self) -> bool {
        !self.described["enum"].is_null()
    }

    fn is_length(&self) -> bool {
        !self.described["length_of"].is_null()
    }
}

impl<'a> Function<'a> {
    pub fn new(document: &'a Value, own: &'a Value) -> Self {
        let parameters = list(own, "parameters").iter().map(|parameter| Parameter {
            described: parameter,
            name: text(parameter, "name"),
            type_text: text(parameter, "type"),
            shape: parameter["shape"].as_array().into_iter().flatten().filter_map(Value::as_str).collect(),
            is_output: text(parameter, "direction") == "out",
            is_nullable: parameter["nullable"] == true,
        });
        Function { document, own, name: text(own, "name"), parameters: parameters.collect() }
    }

    fn unknown(&self, what: &str) -> ! {
        panic!("{}: no rule for {what}: write the function in interlace.hpp.in, or add a rule to cpp_method.rs", self.name)
    }

    /// Where a size comes from if arrays that go in have it: the arrays, those that must be there first.
    fn sized(&self, size: &str) -> Vec<&Parameter<'a>> {
        let arrays = self.parameters.iter().filter(|own| !own.is_output && own.shape.contains(&size));
        let (there, maybe): (Vec<_>, Vec<_>) = arrays.partition(|own| !own.is_nullable);
        there.into_iter().chain(maybe).collect()
    }

    /// A parameter that an array brings with it.
    fn is_brought(&self, own: &Parameter) -> bool {
        let leading = own.name.len() == 3 && own.name.starts_with("ld");
        let by_array = own.type_text == "size_t" && self.sized(own.name).first().is_some_and(|array| !array.is_nullable);
        own.is_length() || leading || by_array
    }

    /// How many of something an output has, in C++.
    fn count(&self, size: &str) -> String {
        if size.parse::<usize>().is_ok() {
            return size.to_owned();
        }
        if let Some(more) = size.strip_suffix(" - 1") {
            return format!("detail::less_one({})", self.count(more));
        }
        if self.parameters.iter().any(|own| own.name == size && own.type_text == "size_t") {
            return match self.sized(size).first() {
                Some(array) if !array.is_nullable => extent(array, size),
                _ => size.to_owned(),
            };
        }
        let object = self.parameters[0].type_text.trim_start_matches("const ").trim_end_matches(" *");
        let by_name = format!("{object}_{size}");
        let functions = list(self.document, "functions");
        let accessor = if functions.iter().any(|own| own["name"] == by_name) {
            &by_name
        } else {
            self.document["dimensions"][size]["function"].as_str().unwrap_or_else(|| self.unknown(size))
        };
        let accessor = functions.iter().find(|own| own["name"] == accessor).unwrap();
        let arguments = list(accessor, "parameters").iter().map(|own| {
            let name = text(own, "name");
            match self.parameters.iter().find(|mine| mine.name == name) {
                Some(mine) if mine.type_text == format!("const {object} *") => "capi()".to_owned(),
                Some(mine) if mine.is_code() => format!("static_cast<{}>({name})", mine.type_text),
                Some(_) => name.to_owned(),
                None if name == "predictor" => "INTERLACE_PREDICTOR_MEAN".to_owned(),
                None => self.unknown(size),
            }
        });
        format!("{}({})", text(accessor, "name"), arguments.collect::<Vec<_>>().join(", "))
    }
}

/// How long an array is in one of its sizes.
fn extent(array: &Parameter, size: &str) -> String {
    match (array.shape.len(), array.shape.iter().position(|own| *own == size).unwrap()) {
        (1, _) => format!("{}.size()", array.name),
        (_, 0) => format!("{}.rows()", array.name),
        _ => format!("{}.cols()", array.name),
    }
}

/// A member function.
pub struct Method<'a> {
    function: &'a Value,
    class: String,
    name: String,
    is_static: bool,
    is_const: bool,
    fails: bool,
    /// Types with names, and the defaults.
    parameters: Vec<(String, Option<String>)>,
    /// A structure for several outputs.
    record: Option<String>,
    returned: String,
    body: String,
}

/// What is gathered while the parameters are read.
#[derive(Default)]
struct Body {
    parameters: Vec<(String, Option<String>)>,
    /// What may fail before the call.
    setup: String,
    /// Variables for outputs.
    declared: String,
    arguments: Vec<String>,
    /// Name, type, and the expression of its value after the call.
    outputs: Vec<(String, String, String)>,
    checked: BTreeSet<String>,
}

impl<'a> Method<'a> {
    pub fn new(function: &Function<'a>, noun: &str) -> Self {
        let first = function.parameters.first().map_or("", |own| own.type_text);
        let is_const = first == format!("const {noun} *");
        let is_static = !is_const && first != format!("{noun} *");
        let mut body = Body::default();
        for (place, own) in function.parameters.iter().enumerate() {
            match own {
                _ if place == 0 && !is_static => body.arguments.push("capi()".into()),
                _ if own.name == "err" => body.arguments.push("call.error()".into()),
                _ if own.is_output => body.output(function, own),
                _ => body.input(function, own),
            }
        }
        let fails = text(&function.own["returns"], "type") == "interlace_status";
        let name = function.name.strip_prefix(noun).unwrap().trim_start_matches('_');
        let mut method = Method {
            function: function.own,
            class: class(noun),
            name: if name == "new" { "make".into() } else { name.into() },
            is_static,
            is_const,
            fails,
            parameters: vec![],
            record: None,
            returned: String::new(),
            body: String::new(),
        };
        method.write(function, body);
        method
    }

    fn write(&mut self, function: &Function, body: Body) {
        let call = format!("{}({})", function.name, body.arguments.join(", "));
        if self.fails {
            let (returned, value) = self.outcome(&body.outputs);
            self.returned = format!("Result<{returned}>");
            let guard = if body.setup.is_empty() { "" } else { "if (call.good()) " };
            let before = body.setup + &body.declared;
            self.body =
                format!("    detail::Call call;\n{before}    {guard}call.ended({call});\n    return call.result({value});\n");
        } else {
            assert!(body.setup.is_empty() && body.outputs.is_empty(), "{} cannot fail, but needs what can", function.name);
            let returns = &function.own["returns"];
            let type_text = text(returns, "type");
            (self.returned, self.body) = match type_text {
                "const char *" => ("std::string_view".into(), format!("    return detail::view({call});\n")),
                _ if !returns["enum"].is_null() => {
                    (class(type_text), format!("    return static_cast<{}>({call});\n", class(type_text)))
                }
                _ => (element(type_text), format!("    return {call};\n")),
            };
        }
        self.parameters = with_defaults(body.parameters);
    }

    /// What is returned of the outputs, and how.
    fn outcome(&mut self, outputs: &[(String, String, String)]) -> (String, String) {
        match outputs {
            [] => ("void".into(), String::new()),
            [(_, type_text, value)] => (type_text.clone(), value.clone()),
            [(lower, type_text, first), (upper, other, second)] if lower == "lower" && upper == "upper" && type_text == other => {
                (format!("Limits<{type_text}>"), format!("Limits<{type_text}>{{{first}, {second}}}"))
            }
            all => {
                let name = class(&self.name);
                let members: Vec<String> = all.iter().map(|(name, own, _)| format!("        {own} {name}{{}};\n")).collect();
                let values: Vec<&str> = all.iter().map(|(_, _, value)| value.as_str()).collect();
                self.record = Some(format!("    struct {name} {{\n{}    }};\n", members.concat()));
                (format!("{}::{name}", self.class), format!("{name}{{{}}}", values.join(", ")))
            }
        }
    }

    /// Its place in the class.
    pub fn declaration(&self) -> String {
        let mut out = comment("    ", &format!("{}: {}", text(self.function, "name"), summary(text(self.function, "doc"))));
        if let Some(record) = &self.record {
            out = record.clone() + &out;
        }
        let parameters = self.parameters.iter().map(|(own, default)| match default {
            Some(default) => format!("{own} = {default}"),
            None => own.clone(),
        });
        let nodiscard = if self.returned == "Result<void>" { "" } else { "[[nodiscard]] " };
        let fixed = if self.is_static { "static " } else { "" };
        let returned = self.returned.replace(&format!("{}::", self.class), "");
        let parameters = parameters.collect::<Vec<_>>().join(", ");
        let line = format!("    {nodiscard}{fixed}{returned} {}({parameters}){};", self.name, self.suffix());
        out + &folded(&line) + "\n"
    }

    fn suffix(&self) -> String {
        format!("{}{}", if self.is_const { " const" } else { "" }, if self.fails { "" } else { " noexcept" })
    }

    /// How it is done.
    pub fn definition(&self) -> String {
        let parameters: Vec<&str> = self.parameters.iter().map(|(own, _)| own.as_str()).collect();
        format!(
            "inline {} {}::{}({}){}\n{{\n{}}}\n\n",
            self.returned,
            self.class,
            self.name,
            parameters.join(", "),
            self.suffix(),
            self.body
        )
    }
}

impl Body {
    fn take(&mut self, type_text: &str, name: &str, default: Option<String>) {
        let space = if type_text.ends_with('&') { "" } else { " " };
        self.parameters.push((format!("{type_text}{space}{name}"), default));
    }

    fn line(&mut self, line: &str) {
        writeln!(self.setup, "    {line}").unwrap();
    }

    fn input(&mut self, function: &Function, own: &Parameter) {
        let name = own.name;
        let object = own.type_text.trim_start_matches("const ").trim_end_matches(" *");
        let is_object =
            list(function.document, "objects").iter().any(|object| own.type_text == format!("const {} *", text(object, "name")));
        if function.is_brought(own) {
            let argument = Self::brought(function, own);
            return self.arguments.push(argument);
        }
        match own.type_text {
            "const char *" if !own.shape.is_empty() => {
                self.take("std::string_view", name, None);
                self.arguments.push(format!("{name}.data()"));
            }
            "const char *" => self.text(own),
            "const char *const *" => {
                self.take("const Texts &", name, own.is_nullable.then(|| "{}".into()));
                self.line(&format!("call.whole(\"{name}\", {name}.has_nul());"));
                self.array(function, own);
            }
            _ if own.is_code() => {
                self.take(&class(own.type_text), name, default_code(function.document, own.type_text));
                self.arguments.push(format!("static_cast<{}>({name})", own.type_text));
            }
            _ if is_object => {
                let class = class(object);
                let (type_text, default) = if own.is_nullable {
                    (format!("Maybe<{class}>"), Some("none".into()))
                } else {
                    (format!("const {class} &"), None)
                };
                self.take(&type_text, name, default);
                self.arguments.push(format!("{name}.capi()"));
            }
            _ if object.ends_with("_request") => {
                self.take(&format!("const {} &", class(object)), name, Some("{}".into()));
                self.line(&format!("const auto {name}_for_c = {name}.capi(call);"));
                self.arguments.push(format!("&{name}_for_c"));
            }
            "const double *" | "const int32_t *" | "const int64_t *" => {
                let is_matrix = own.shape.len() == 2;
                let type_text = if is_matrix { "MatrixView".into() } else { format!("View<{}>", element(own.type_text)) };
                self.take(&type_text, name, own.is_nullable.then(|| "{}".into()));
                let has_ld = function.parameters.iter().any(|other| other.name == format!("ld{name}"));
                if is_matrix && !has_ld {
                    self.line(&format!("call.dense(\"{name}\", {name});"));
                }
                self.array(function, own);
            }
            "size_t" | "int32_t" | "int64_t" | "uint64_t" | "double" | "bool" | "char" => {
                self.take(&element(own.type_text), name, (name == "level" && own.type_text == "double").then(|| "0.95".into()));
                self.arguments.push(name.into());
            }
            other => function.unknown(other),
        }
    }

    fn text(&mut self, own: &Parameter) {
        let name = own.name;
        if own.is_nullable {
            self.take("std::optional<std::string_view>", name, Some("std::nullopt".into()));
            self.line(&format!("const std::string {name}_text = call.text(\"{name}\", {name}.value_or(std::string_view()));"));
            self.arguments.push(format!("{name} ? {name}_text.c_str() : nullptr"));
        } else {
            self.take("std::string_view", name, None);
            self.line(&format!("const std::string {name}_text = call.text(\"{name}\", {name});"));
            self.arguments.push(format!("{name}_text.c_str()"));
        }
    }

    /// An array that goes in, after its sizes have been compared with those of the array that gives them.
    fn array(&mut self, function: &Function, own: &Parameter) {
        let name = own.name;
        for size in &own.shape {
            let has_parameter = function.parameters.iter().any(|other| other.name == *size && other.type_text == "size_t");
            // Otherwise the library would believe that the array is as long as it must be.
            if !has_parameter && !function.parameters.iter().any(Parameter::is_length) {
                function.unknown("an array that goes in without its length");
            }
            let giver = function.sized(size)[0];
            let (mine, wanted) = match (has_parameter, giver.name == name, giver.is_nullable) {
                (false, ..) | (true, true, false) => continue,
                (true, _, true) => (extent(own, size), (*size).to_owned()),
                (true, false, false) => (extent(own, size), extent(giver, size)),
            };
            let condition = if own.is_nullable { format!("if (!{name}.empty()) ") } else { String::new() };
            if self.checked.insert(format!("{name} {size}")) {
                self.line(&format!("{condition}call.same(\"{name}\", {mine}, {wanted});"));
            }
        }
        let pointer = if own.is_nullable { format!("detail::pointer({name})") } else { format!("{name}.data()") };
        self.arguments.push(pointer);
    }

    /// A size, as the array has it that brings it.
    fn brought(function: &Function, own: &Parameter) -> String {
        if own.name.len() == 3 && own.name.starts_with("ld") {
            return format!("{}.ld()", &own.name[2..]);
        }
        if let Some(array) = function.sized(own.name).first() {
            return extent(array, own.name);
        }
        let place = function.parameters.iter().position(|other| other.name == own.name).unwrap();
        let before = &function.parameters[place - 1];
        format!("{}.size()", before.name)
    }

    fn output(&mut self, function: &Function, own: &Parameter) {
        let name = own.name;
        let base = own.type_text.trim_end_matches(['*', ' ']);
        let counts: Vec<String> = own.shape.iter().map(|size| function.count(size)).collect();
        let numbers = matches!(base, "double" | "int64_t" | "int32_t" | "size_t");
        match (own.type_text, &own.shape[..]) {
            ("const char **", _) => self.scalar(own, "const char *", "std::string_view", &format!("detail::view({name})")),
            (text, _) if text.ends_with("**") && base.starts_with("interlace_") => {
                writeln!(self.declared, "    {base} *{name}{{}};").unwrap();
                self.arguments.push(format!("&{name}"));
                self.outputs.push((name.into(), class(base), format!("{}({name})", class(base))));
            }
            (_, ["1"]) if own.is_code() => {
                self.scalar(own, &format!("{base} "), &class(base), &format!("static_cast<{}>({name})", class(base)));
            }
            (_, ["1"]) if numbers => self.scalar(own, &format!("{} ", element(base)), &element(base), name),
            (_, [_]) if numbers => {
                let type_text = format!("std::vector<{}>", element(base));
                self.filled(name, &type_text, &format!("call.array<{}>({})", element(base), counts.join(", ")));
            }
            ("double *", [_, _]) => self.filled(name, "Matrix", &format!("call.matrix({})", counts.join(", "))),
            ("double *", [_, _, _]) => self.filled(name, "Cube", &format!("call.cube({})", counts.join(", "))),
            (other, _) => function.unknown(other),
        }
    }

    fn scalar(&mut self, own: &Parameter, declared: &str, returned: &str, value: &str) {
        writeln!(self.declared, "    {declared}{}{{}};", own.name).unwrap();
        self.arguments.push(format!("&{}", own.name));
        self.outputs.push((own.name.into(), returned.into(), value.into()));
    }

    fn filled(&mut self, name: &str, type_text: &str, made: &str) {
        self.line(&format!("{type_text} {name} = {made};"));
        self.arguments.push(format!("{name}.data()"));
        self.outputs.push((name.into(), type_text.into(), format!("std::move({name})")));
    }
}

/// Defaults only where all later parameters have one.
fn with_defaults(mut parameters: Vec<(String, Option<String>)>) -> Vec<(String, Option<String>)> {
    let first = parameters.iter().rposition(|(_, default)| default.is_none()).map_or(0, |place| place + 1);
    parameters[..first].iter_mut().for_each(|(_, default)| *default = None);
    parameters
}

/// The code that C takes for the default: the one called so, and the predictor of the mean.
fn default_code(document: &Value, list_name: &str) -> Option<String> {
    let own = list(document, "enums").iter().find(|own| own["name"] == list_name)?;
    let words = list(own, "values").iter().map(|value| word(list_name, text(value, "name")));
    let mut chosen = words.filter(|word| word == "default_" || (list_name == "interlace_predictor" && word == "mean"));
    chosen.next().map(|word| format!("{}::{word}", class(list_name)))
}
