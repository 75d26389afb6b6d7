//! Text tables.

/// How a column of a text table stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
    /// The cells flush right among themselves, as a block under the left end of the header.
    Block,
}

/// One column of a text table.
pub struct TextColumn {
    pub header: String,
    pub cells: Vec<String>,
    pub align: Align,
}

impl TextColumn {
    pub fn new(header: &str, cells: Vec<String>, align: Align) -> Self {
        TextColumn { header: header.to_string(), cells, align }
    }
}

/// The lines of a table: header and rows, the columns one space apart, no blanks at the ends of lines.
pub fn table(columns: &[TextColumn]) -> String {
    let n_rows = columns.iter().map(|c| c.cells.len()).max().unwrap_or(0);
    let mut lines = vec![String::new(); n_rows + 1];
    for (i, column) in columns.iter().enumerate() {
        let cells: Vec<String> = column.cells.iter().map(|c| one_line(c)).collect();
        let block = cells.iter().map(|c| width(c)).max().unwrap_or(0);
        let total = block.max(width(&column.header));
        for (row, line) in lines.iter_mut().enumerate() {
            if i > 0 {
                line.push(' ');
            }
            let text = if row == 0 { column.header.as_str() } else { cells.get(row - 1).map_or("", String::as_str) };
            let before = match column.align {
                Align::Left => 0,
                Align::Right => total - width(text),
                Align::Block if row == 0 => 0,
                Align::Block => block - width(text),
            };
            line.extend(std::iter::repeat_n(' ', before));
            line.push_str(text);
            line.extend(std::iter::repeat_n(' ', total - before - width(text)));
        }
    }
    let mut text = String::new();
    for line in lines {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Numbers under their names, all of one width.
pub fn named_numbers(names: &[&str], numbers: Vec<String>) -> String {
    let widest = names.iter().map(|n| width(n)).chain(numbers.iter().map(|n| width(n))).max().unwrap_or(0);
    let columns: Vec<TextColumn> = names
        .iter()
        .zip(numbers)
        .map(|(name, number)| TextColumn::new(&format!("{name:>widest$}"), vec![number], Align::Right))
        .collect();
    table(&columns)
}

fn width(text: &str) -> usize {
    text.chars().count()
}

/// Names may hold line breaks; a table's rows don't.
pub fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A shorter name, by the rule of R's `abbreviate`: drops small vowels, then other small letters, from the end, but never the first character.
pub fn abbreviate(name: &str, length: usize) -> String {
    let mut letters: Vec<char> = one_line(name).chars().collect();
    let vowel = |c: char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u');
    for drop in [&vowel as &dyn Fn(char) -> bool, &|c: char| c.is_lowercase()] {
        let mut i = letters.len();
        while i > 1 && letters.len() > length {
            i -= 1;
            if drop(letters[i]) {
                letters.remove(i);
            }
        }
    }
    letters.into_iter().collect()
}

/// Abbreviations that are as different as the names: those that would be equal stay longer.
pub fn abbreviations(names: &[String], length: usize) -> Vec<String> {
    let mut lengths = vec![length; names.len()];
    loop {
        let short: Vec<String> = names.iter().zip(&lengths).map(|(name, &length)| abbreviate(name, length)).collect();
        let clash = |i: usize| (0..names.len()).any(|j| j != i && short[i] == short[j]) && lengths[i] < width(&names[i]);
        let clashing: Vec<usize> = (0..names.len()).filter(|&i| clash(i)).collect();
        if clashing.is_empty() {
            return short;
        }
        for i in clashing {
            lengths[i] += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(texts: &[&str]) -> Vec<String> {
        texts.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn alignments() {
        let text = table(&[
            TextColumn::new("", cells(&["é", "bbb"]), Align::Left),
            TextColumn::new("Head", cells(&["1", "22"]), Align::Right),
            TextColumn::new("Head", cells(&["1", "22"]), Align::Block),
        ]);
        assert_eq!(text, "    Head Head\né      1  1\nbbb   22 22\n");
    }

    #[test]
    fn short_columns_and_no_columns() {
        assert_eq!(table(&[]), "\n");
        let text = table(&[TextColumn::new("a", cells(&["1", "2"]), Align::Left), TextColumn::new("b", vec![], Align::Right)]);
        assert_eq!(text, "a b\n1\n2\n");
    }

    #[test]
    fn names_with_line_breaks_stay_in_their_row() {
        assert_eq!(table(&[TextColumn::new("h", cells(&["a\nb"]), Align::Left)]), "h\na b\n");
    }

    #[test]
    fn numbers_under_names() {
        let text = named_numbers(&["AIC", "deviance"], cells(&["1763.9", "-0.5"]));
        assert_eq!(text, "     AIC deviance\n  1763.9     -0.5\n");
    }

    #[test]
    fn abbreviated_names() {
        assert_eq!(abbreviate("(Intercept)", 6), "(Intr)");
        assert_eq!(abbreviate("period2", 6), "perid2");
        assert_eq!(abbreviate("Days", 6), "Days");
        assert_eq!(abbreviate("ÀÉÎÕÜAEIOU", 3), "ÀÉÎÕÜAEIOU");
        assert_eq!(abbreviate("", 3), "");
    }

    #[test]
    fn abbreviations_differ() {
        let short = abbreviations(&cells(&["treatment_a", "treatment_e", "treatment_o"]), 6);
        assert!(short[0] != short[1] && short[1] != short[2] && short[0] != short[2], "{short:?}");
        assert_eq!(abbreviations(&cells(&["same", "same"]), 2), ["same", "same"]);
    }
}
