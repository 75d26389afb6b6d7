//! Values of parameters by their ids, as text: `sd[g, x] = 2, fixef[x] = 0`.

use crate::error::{Error, Result};
use crate::fit::common::Fit;
use crate::fit::parameters::ParameterForm;
use crate::names::{nearest, quoted};

/// "a = 1, b = 2" as pairs, `what` being what the text is. A comma or an equals sign within brackets or quotes is part of an id.
pub fn assignments(what: &str, text: &str) -> Result<Vec<(String, f64)>> {
    let mut all: Vec<(String, f64)> = vec![];
    for part in split(text, ',') {
        let pieces = split(part, '=');
        let [id, value] = pieces[..] else {
            return Err(Error::argument(format!("{what}: {} is no assignment, wanted id = value", quoted(part.trim()))));
        };
        let (id, value) = (plain(id), value.trim());
        let number: f64 = value.parse().map_err(|_| Error::argument(format!("{what}: {} is no number", quoted(value))))?;
        if all.iter().any(|(other, _)| *other == id) {
            return Err(Error::argument(format!("{what}: {id} is given twice")));
        }
        all.push((id, number));
    }
    Ok(all)
}

/// The place of an id among others, without regard to blanks around its commas and brackets.
pub fn place_of(what: &str, id: &str, ids: &[String]) -> Result<usize> {
    let wanted = plain(id);
    ids.iter().position(|own| plain(own) == wanted).ok_or_else(|| {
        let hint = nearest(id, ids.iter().map(String::as_str)).map(|near| format!(", did you mean {near}?"));
        let hint = hint.unwrap_or_else(|| format!("; the parameters are {}", ids.join(", ")));
        Error::argument(format!("{what}: there is no parameter {}{hint}", quoted(id)))
    })
}

/// The parts of a text between a sign that is neither in brackets nor in quotes.
fn split(text: &str, sign: char) -> Vec<&str> {
    let (mut parts, mut start, mut within, mut quotes) = (vec![], 0, 0usize, false);
    for (i, c) in text.char_indices() {
        match c {
            '"' => quotes = !quotes,
            '[' if !quotes => within += 1,
            ']' if !quotes => within = within.saturating_sub(1),
            _ if c == sign && !quotes && within == 0 => {
                parts.push(&text[start..i]);
                start = i + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

/// An id without blanks at the ends of its names, but within quotes.
fn plain(id: &str) -> String {
    let (mut out, mut quotes) = (String::new(), false);
    for c in id.trim().chars() {
        if c == '"' {
            quotes = !quotes;
        }
        if !quotes && matches!(c, ',' | '[' | ']') {
            out.truncate(out.trim_end().len());
        }
        let after = out.ends_with([',', '[']) && !quotes;
        if !(after && c.is_whitespace()) {
            out.push(c);
        }
    }
    out
}

impl Fit {
    /// The estimates of all parameters in a form with some of them at other values: "sd[g, x] = 2, sigma = 1". The text may be empty.
    pub fn parameters_with(&self, form: ParameterForm, text: &str) -> Result<Vec<f64>> {
        const WHAT: &str = "evaluate";
        let (mut values, ids, taken) = (self.parameter_values(form), self.parameter_ids(form), self.is_function_of());
        if text.trim().is_empty() {
            return Ok(values);
        }
        for (id, value) in assignments(WHAT, text)? {
            let place = place_of(WHAT, &id, &ids)?;
            if !taken[place] {
                return Err(Error::argument(format!(
                    "{WHAT}: the criterion of the fit is no function of {id}, which is integrated over or at its best for each value of the others"
                )));
            }
            values[place] = value;
        }
        Ok(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_with_commas_and_quotes_are_read() {
        let read = assignments("start", "sd[g, x]=2, fixef[\"a, b = c\"] = -1.5e2 ,cor[ g,x , z ] = 0").unwrap();
        let want = [("sd[g,x]", 2.0), ("fixef[\"a, b = c\"]", -150.0), ("cor[g,x,z]", 0.0)];
        assert_eq!(read, want.map(|(id, value)| (id.to_owned(), value)));
        for (text, why) in
            [("sd[g]", "no assignment"), ("a = b = 1", "no assignment"), ("a = x", "no number"), ("a = 1, a = 2", "twice")]
        {
            assert!(assignments("start", text).unwrap_err().message.contains(why), "{text}");
        }
    }

    #[test]
    fn places_are_found_whatever_the_blanks() {
        let ids = ["sd[g, (Intercept)]", "cor[g, (Intercept), x]", "fixef[\"a, b\"]"].map(String::from);
        assert_eq!(place_of("start", "cor[g,(Intercept),x]", &ids).unwrap(), 1);
        assert_eq!(place_of("start", "fixef[\"a, b\"]", &ids).unwrap(), 2);
        assert!(place_of("start", "fixef[\"a,b\"]", &ids).is_err());
        assert!(place_of("start", "sd[g, (Intercep)]", &ids).unwrap_err().message.contains("did you mean sd[g, (Intercept)]?"));
    }
}
