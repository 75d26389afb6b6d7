//! Text of a picture: what may be in it, how wide it is, and how it is cut.

use std::collections::{BTreeMap, BTreeSet};

/// Shares of a cut name that are kept of its beginning, in the order in which they are tried.
const SHARES: [f64; 5] = [0.5, 0.25, 0.75, 0.0, 1.0];
const ELLIPSIS: char = '…';

/// Without characters that XML does not have, or that no line of text shows.
pub fn clean(text: &str) -> String {
    let shown = |c: char| match c {
        '\n' | '\t' | '\r' | '\u{2028}' | '\u{2029}' => ' ',
        '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    text.chars().map(shown).collect()
}

/// About how many pixels a text takes at a size: no fonts are at hand, so that it is rather too much.
pub fn width(text: &str, size: f64) -> f64 {
    size * text.chars().map(em).sum::<f64>()
}

fn em(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | 'I' => 0.3,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | ' ' | '-' | '/' | '"' => 0.38,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' => 0.95,
        c if c.is_ascii_uppercase() => 0.72,
        c if c.is_ascii() => 0.58,
        // Marks on the letter before them.
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => 0.0,
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}' | '\u{1f000}'.. => {
            1.05
        }
        _ => 0.66,
    }
}

/// A text in so many pixels: of one that is longer the beginning and the end.
pub fn fitted(text: &str, pixels: f64, size: f64) -> String {
    cut(&clean(text), pixels, size, 0.5)
}

fn cut(text: &str, pixels: f64, size: f64, share: f64) -> String {
    if width(text, size) <= pixels {
        return text.to_owned();
    }
    let room = (pixels - size * em(ELLIPSIS)).max(0.0);
    let all: Vec<char> = text.chars().collect();
    let mut used = 0.0;
    let fits = |c: &char, limit: f64, used: &mut f64| {
        *used += size * em(*c);
        *used <= limit
    };
    let head = all.iter().take_while(|c| fits(c, share * room, &mut used)).count();
    let taken: f64 = all[..head].iter().map(|c| size * em(*c)).sum();
    used = 0.0;
    let tail = all[head..].iter().rev().take_while(|c| fits(c, room - taken, &mut used)).count();
    let end = all.len() - tail;
    all[..head].iter().chain(std::iter::once(&ELLIPSIS)).chain(&all[end..]).collect()
}

/// Names in so many pixels, cut where those that differ go on to differ, if there is such a place.
pub fn names(all: &[String], pixels: f64, size: f64) -> Vec<String> {
    let all: Vec<String> = all.iter().map(|name| clean(name)).collect();
    let distinct = |names: &[String]| names.iter().collect::<BTreeSet<_>>().len();
    let wanted = distinct(&all);
    let by = |share: f64| all.iter().map(|name| cut(name, pixels, size, share)).collect::<Vec<_>>();
    let found = SHARES.iter().map(|share| by(*share)).find(|names| distinct(names) == wanted);
    found.unwrap_or_else(|| numbered(&all, pixels, size))
}

/// Names, those that no cut keeps apart with their places.
fn numbered(all: &[String], pixels: f64, size: f64) -> Vec<String> {
    let plain: Vec<String> = all.iter().map(|name| cut(name, pixels, size, 0.5)).collect();
    let mut seen: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    plain.iter().zip(all).for_each(|(own, name)| {
        seen.entry(own).or_default().insert(name);
    });
    let numbered = |(i, name): (usize, &String)| {
        if seen.get(plain[i].as_str()).is_some_and(|of| of.len() == 1) {
            return plain[i].clone();
        }
        let number = format!(" #{}", i + 1);
        cut(name, (pixels - width(&number, size)).max(0.0), size, 0.5) + &number
    };
    all.iter().enumerate().map(numbered).collect()
}

/// Lines of words, each in so many pixels.
pub fn lines(text: &str, pixels: f64, size: f64) -> Vec<String> {
    let mut all: Vec<String> = vec![];
    for word in clean(text).split(' ').filter(|word| !word.is_empty()) {
        match all.last_mut() {
            Some(line) if width(line, size) + width(word, size) + 0.4 * size <= pixels => {
                line.push(' ');
                line.push_str(word);
            }
            _ => all.push(cut(word, pixels, size, 0.5)),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(all: &[&str]) -> Vec<String> {
        all.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn names_that_differ_differ_when_cut() {
        let long = "a very long name of a hospital in a town";
        for (one, other) in [
            (format!("{long} north"), format!("{long} south")),
            (format!("north {long}"), format!("south {long}")),
            (format!("{long} north {long}"), format!("{long} south {long}")),
        ] {
            let cut = names(&[one, other], 90.0, 11.0);
            assert!(cut[0] != cut[1] && cut.iter().all(|name| width(name, 11.0) <= 90.0), "{cut:?}");
        }
        // Where no cut does, those that are alike have numbers.
        let (one, other) = ("w".repeat(200), "w".repeat(100) + "x" + &"w".repeat(99));
        let cut = names(&[one, "a".into(), other], 90.0, 11.0);
        assert!(cut[0].ends_with(" #1") && cut[1] == "a" && cut[2].ends_with(" #3"), "{cut:?}");
        assert_eq!(names(&owned(&["a", "b", "a"]), 90.0, 11.0), ["a", "b", "a"]);
        let same = names(&owned(&["wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww", "a"]), 60.0, 11.0);
        assert!(same[0].starts_with('w') && same[0].ends_with('w') && same[0].contains('…') && same[1] == "a");
    }

    #[test]
    fn nothing_is_left_that_xml_does_not_have() {
        assert_eq!(clean("a\u{0}b\nc\u{ffff}<&\"\u{7f}"), "a\u{fffd}b c\u{fffd}<&\"\u{fffd}");
        assert_eq!(clean("שלום é 漢字"), "שלום é 漢字");
    }

    #[test]
    fn lines_are_no_wider_than_asked() {
        let all = lines(&"some words of a caption ".repeat(9), 200.0, 11.0);
        assert!(all.len() > 4 && all.iter().all(|line| width(line, 11.0) <= 200.0));
        assert!(lines("", 200.0, 11.0).is_empty());
        assert_eq!(lines(&"w".repeat(900), 50.0, 11.0).len(), 1);
    }
}
