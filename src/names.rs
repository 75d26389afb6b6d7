//! Names in messages: quoted on one line, with the nearest one suggested. Names of many things, each its own.

/// Longest part of a name that a message shows, in characters.
const SHOWN: usize = 60;
/// How many names a message lists.
const LISTED: usize = 8;

/// The name in single quotes, with control characters escaped (messages are one line) and cut if very long.
pub fn quoted(name: &str) -> String {
    let mut text = String::from("'");
    for (i, c) in name.chars().enumerate() {
        if i == SHOWN {
            text.push('…');
            break;
        }
        push_shown(&mut text, c);
    }
    text.push('\'');
    text
}

/// Adds a character as a message shows it, on one line.
pub fn push_shown(text: &mut String, c: char) {
    if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
        text.extend(c.escape_default());
    } else {
        text.push(c);
    }
}

/// What to say after "there is no X": the nearest of the known names, or else a list of them.
pub fn known<'a>(owner: &str, wanted: &str, names: impl Iterator<Item = &'a str> + Clone) -> String {
    if let Some(near) = nearest(wanted, names.clone()) {
        return format!("did you mean {}?", quoted(near));
    }
    let total = names.clone().count();
    let list = names.take(LISTED).map(quoted).collect::<Vec<_>>().join(", ");
    match total {
        0 => format!("{owner} has none"),
        n if n <= LISTED => format!("{owner} has {list}"),
        n => format!("{owner} has {list} and {} more", n - LISTED),
    }
}

/// Names that were there before get a number: two terms may have the same effects of the same group.
pub fn unique(names: Vec<String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::with_capacity(names.len());
    for name in names {
        let mut own = name.clone();
        let mut count = 1;
        while all.contains(&own) {
            count += 1;
            own = format!("{name}.{count}");
        }
        all.push(own);
    }
    all
}

/// Names of columns for `names` in a table that has columns of its own: those that are taken get a number.
pub fn beside(own: &[&str], names: &[String]) -> Vec<String> {
    unique(own.iter().map(|name| (*name).to_owned()).chain(names.iter().cloned()).collect()).split_off(own.len())
}

/// The name that differs least from `wanted`, if it differs in at most a third of its characters; case and outer blanks count little.
pub fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let key = |s: &str| s.trim().chars().take(SHOWN).flat_map(char::to_lowercase).collect::<Vec<_>>();
    let wanted = key(wanted);
    let (distance, name) = names.map(|n| (edit_distance(&wanted, &key(n)), n)).min_by_key(|&(d, _)| d)?;
    (distance == 0 || 3 * distance <= wanted.len()).then_some(name)
}

/// Levenshtein distance, by rows.
fn edit_distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, &x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &y) in b.iter().enumerate() {
            let substitute = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substitute.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_stay_on_one_line() {
        assert_eq!(quoted("a\nb\r\u{0}"), r"'a\nb\r\u{0}'");
        assert_eq!(quoted("é\u{2028}"), r"'é\u{2028}'");
        assert_eq!(quoted(&"x".repeat(1000)).chars().count(), SHOWN + 3);
    }

    #[test]
    fn edit_distances() {
        let d = |a: &str, b: &str| edit_distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>());
        assert_eq!((d("kitten", "sitting"), d("", "abc"), d("abc", ""), d("abc", "abc")), (3, 3, 3, 0));
    }

    #[test]
    fn only_near_names_are_suggested() {
        let names = || ["lectage", "studage", "y"].into_iter();
        assert_eq!(nearest("dosage", names()), None);
        assert_eq!(nearest("StudAge ", names()), Some("studage"));
        assert_eq!(nearest("lectag", names()), Some("lectage"));
        assert_eq!(nearest("x", names()), None);
        assert_eq!(nearest("x", std::iter::empty()), None);
    }

    #[test]
    fn long_lists_are_cut() {
        let names: Vec<String> = (0..100).map(|i| format!("column{i:03}")).collect();
        let text = known("the frame", "z", names.iter().map(String::as_str));
        assert!(text.ends_with("'column007' and 92 more"), "{text}");
    }
}
