use serde_json::Value;

use super::{CUMULATIVE_LINKS, Cell, cell, is_cumulative, tails};
use crate::family::{LINKS, Link, Order};

fn flat(c: &Cell) -> [f64; 10] {
    let ([l_a, s_a, w_a], [l_b, s_b, w_b]) = (c.lower, c.upper);
    [c.l, c.s, c.w, c.t, l_a, s_a, w_a, l_b, s_b, w_b]
}

fn all(link: Link, a: f64, b: f64) -> [f64; 10] {
    flat(&cell(link, Order::Gradient, a, b).unwrap())
}

fn reference(file: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(format!("tests/reference/{file}")).unwrap()).unwrap()
}

#[test]
fn scan() {
    let table = reference("cumulative_cells.json");
    for link in CUMULATIVE_LINKS {
        let mut worst = [(0.0, 0.0, 0.0, 0.0); 10];
        let mut worst_abs = [(0.0, 0.0, 0.0, 0.0); 10];
        for row in table["cells"][link.name()].as_array().unwrap() {
            let row: Vec<f64> = row
                .as_array()
                .unwrap()
                .iter()
                .map(|v| v.as_f64().unwrap_or_else(|| v.as_str().unwrap().parse().unwrap()))
                .collect();
            for (i, (seen, wanted)) in all(link, row[0], row[1]).iter().zip(&row[2..]).enumerate() {
                let e = (seen - wanted).abs();
                let r = if *wanted == 0.0 { e } else { e / wanted.abs() };
                if !(r <= worst[i].0) {
                    worst[i] = (r, row[0], row[1], *wanted);
                }
                let e = e / wanted.abs().max(1.0);
                if !(e <= worst_abs[i].0) {
                    worst_abs[i] = (e, row[0], row[1], *wanted);
                }
            }
        }
        println!("{}", link.name());
        for i in 0..10 {
            println!("  {i} rel {:?}   abs {:?}", worst[i], worst_abs[i]);
        }
    }
}
