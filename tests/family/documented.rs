//! What the pages say of families is what the registry has: a family that is added without its rows fails here.

use std::collections::BTreeSet;

use interlace::family::{LINKS, Observations, Psi, WeightRole, ZeroPart, by_name, links, names, names_of};

fn page(name: &str) -> String {
    std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// The cells of the table of docs/families.md whose first column has that title.
fn table(title: &str) -> Vec<Vec<String>> {
    let text = page("docs/families.md");
    let lines = text.lines().skip_while(|line| !line.starts_with(&format!("| {title} |"))).skip(2);
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    let rows: Vec<Vec<String>> = lines.take_while(|line| line.starts_with('|')).map(cells).collect();
    assert!(!rows.is_empty(), "docs/families.md has no table '{title}'");
    rows
}

/// What stands between backticks.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// Fails unless the families of a table are those of the registry, each once.
fn all_once<'a>(title: &str, seen: impl Iterator<Item = &'a str>) {
    let seen: Vec<&str> = seen.collect();
    for name in names() {
        assert_eq!(seen.iter().filter(|s| **s == name).count(), 1, "{name} in the table '{title}' of docs/families.md");
    }
    assert_eq!(seen.len(), names().len(), "{seen:?}");
}

#[test]
fn names_links_and_weights() {
    let (title, rows) = ("name (other names)", table("name (other names)"));
    // Other names stand in brackets.
    let first = |row: &Vec<String>| row[0].split('(').next().unwrap().to_owned();
    let firsts: Vec<String> = rows.iter().map(first).collect();
    all_once(title, firsts.iter().flat_map(|cell| quoted(cell)));
    for (row, name) in rows.iter().zip(&firsts).flat_map(|(row, cell)| quoted(cell).into_iter().map(move |name| (row, name))) {
        let others = row[0].split_once('(').map_or(vec![], |(_, rest)| quoted(rest));
        assert_eq!([&[name], &others[..]].concat(), names_of(name), "{name}");
        let known: Vec<&str> = links(name).iter().map(|link| link.name()).collect();
        assert_eq!(row[1].split(", ").collect::<Vec<_>>(), known, "{name}");
        let role = match by_name(name, None).unwrap().weight_role() {
            WeightRole::Trials => "trials",
            WeightRole::Dispersion => "dispersion",
            WeightRole::Factor => "factor",
        };
        assert_eq!(row[4], role, "{name}");
    }
}

#[test]
fn parameters() {
    let rows = table("family");
    all_once("family", rows.iter().flat_map(|row| quoted(&row[0])));
    for row in &rows {
        for name in quoted(&row[0]) {
            let family = by_name(name, None).unwrap();
            let known: Vec<&str> = family.parameters().iter().map(|p| p.name.as_ref()).collect();
            let documented: Vec<&str> = if row[1] == "none" { vec![] } else { row[1].split("; ").collect() };
            assert_eq!(documented, known, "{name}");
        }
    }
}

#[test]
fn zero_parts() {
    let rows = table("families");
    all_once("families", rows.iter().flat_map(|row| quoted(&row[0])));
    for row in &rows {
        let part = match row[2].as_str() {
            "inflation" => Some(ZeroPart::Inflation),
            "hurdle" => Some(ZeroPart::Hurdle),
            "none" => None,
            other => panic!("docs/families.md: what is '{other}'?"),
        };
        for name in quoted(&row[0]) {
            assert_eq!(by_name(name, None).unwrap().facts().zero_part, part, "{name}");
        }
    }
}

#[test]
fn expected_information() {
    let row = table("closed form").remove(0);
    all_once("closed form", row.iter().flat_map(|cell| quoted(cell)));
    for (cell, documented) in row.iter().zip([true, false]) {
        for name in quoted(cell) {
            let family = by_name(name, None).unwrap();
            let psi: Vec<Psi> = family.parameters().iter().map(|_| Psi::Shared(0.3)).collect();
            let (mut w, mut t) = ([0.0], [0.0]);
            let data = Observations { y: &[1.0], weights: &[1.0] };
            assert_eq!(family.expected_weight(&data, &[0.4], &psi, &mut w, &mut t).unwrap(), documented, "{name}");
        }
    }
}

#[test]
fn names_in_r_and_the_front_page() {
    // Families of the same names share a row; hurdles are no families.
    let known: BTreeSet<&str> = table("here")
        .iter()
        .flat_map(|row| quoted(&row[0]))
        .map(|name| names().into_iter().find(|n| *n == name).unwrap_or("?"))
        .collect();
    assert!(!known.contains("?"), "{known:?}");
    let front = page("README.md");
    let words: BTreeSet<&str> = front.split(|c: char| !(c.is_alphanumeric() || "_/^".contains(c))).collect();
    for name in names().into_iter().chain(LINKS.map(|(name, _)| name)) {
        assert!(words.contains(name), "README.md does not name {name}");
    }
}

/// The names of R's packages that the header promises.
#[test]
fn names_in_the_header() {
    let header = page("include/interlace.h").replace("\n *", " ");
    let promised = header.split("names that R's packages have for them (").nth(1).unwrap().split(')').next().unwrap();
    let promised: Vec<&str> = promised.split('"').skip(1).step_by(2).collect();
    assert!(promised.len() >= 5, "{promised:?}");
    for name in promised {
        assert!(!names_of(name).is_empty() && !names().contains(&name), "{name}");
    }
}

#[test]
fn deviance_residuals() {
    let text = page("docs/families.md");
    let section = text.split("## Deviance residuals").nth(1).unwrap().split("\n## ").next().unwrap();
    let documented: BTreeSet<&str> = quoted(section).into_iter().filter(|name| names().contains(name)).collect();
    let have = |name: &&str| {
        let family = by_name(name, None).unwrap();
        family.unit_deviance(0.4, 0.6, 5.0, &vec![0.3; family.parameters().len()]).is_some()
    };
    assert_eq!(documented, names().into_iter().filter(have).collect());
}
