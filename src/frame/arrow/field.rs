//! What the schema says of a column.

use super::format::Format;

/// A column of a schema.
#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    /// The format string.
    pub text: String,
    pub format: Format,
    /// The order of the dictionary means something.
    pub ordered: bool,
    /// The order of the dictionary is its owner's, as that of a frame of ours is; it need not mean anything.
    pub declared: bool,
    /// Of a column of indices, what they point to.
    pub dictionary: Option<Box<Field>>,
    /// Of runs their ends and their values; empty for other formats.
    pub children: Vec<Field>,
}

impl Field {
    pub fn new(name: &str, text: &str) -> Self {
        Field {
            name: name.to_owned(),
            text: text.to_owned(),
            format: Format::of(text),
            ordered: false,
            declared: false,
            dictionary: None,
            children: vec![],
        }
    }

    /// The field of the values, one for each row or for each run: a column's own, unless it is of runs.
    pub fn values(&self) -> &Field {
        if self.format == Format::Runs { self.children.get(1).unwrap_or(self) } else { self }
    }

    /// Why the column can't be read; `None` if it can.
    pub fn unread(&self) -> Option<String> {
        match (&self.format, &self.children[..]) {
            (Format::Runs, [ends, values]) => {
                let ends_are_integers =
                    matches!(ends.format, Format::Integer { width: 2 | 4 | 8, signed: true }) && ends.dictionary.is_none();
                if !ends_are_integers {
                    return Some(format!("'+r' (runs) with ends '{}'", ends.text));
                }
                values.unread_values().map(|what| format!("'+r' (runs) of {what}"))
            }
            (Format::Runs, _) => Some("'+r' (runs) without ends and values".to_owned()),
            _ => self.unread_values(),
        }
    }

    /// The same of values, which are no runs.
    fn unread_values(&self) -> Option<String> {
        let plain = |field: &Field| match &field.format {
            Format::Unread(what) => Some(format!("'{}' ({what})", field.text)),
            Format::Runs => Some("'+r' (runs)".to_owned()),
            _ => None,
        };
        match self.dictionary.as_deref() {
            None => plain(self),
            Some(_) if !matches!(self.format, Format::Integer { .. }) => Some(format!("a dictionary with indices '{}'", self.text)),
            Some(entries) if entries.dictionary.is_some() => Some("a dictionary of a dictionary".to_owned()),
            Some(entries) => plain(entries).map(|what| format!("a dictionary of {what}")),
        }
    }
}
