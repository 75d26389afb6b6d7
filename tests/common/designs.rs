//! Simulated designs, one for each structure of random effects.

use super::{Data, Model, Rng, model};

/// A model with data that suit it.
pub struct Design {
    pub name: &'static str,
    pub model: Model,
    pub data: Data,
}

/// Ragged groups, two covariates, a factor with three levels, weights, an offset, time points.
fn base(rng: &mut Rng, n: usize) -> Data {
    let normals = |rng: &mut Rng| rng.normals(n);
    let f: Vec<usize> = (0..n).map(|i| if i < 3 { i } else { rng.below(3) }).collect();
    let t: Vec<usize> = (0..n).map(|i| i % 4).collect();
    let (x, z) = (normals(rng), normals(rng));
    let w = (0..n).map(|_| (0.8 * rng.normal()).exp()).collect();
    let o = normals(rng);
    Data::default().real("x", x).real("z", z).real("w", w).real("o", o).group("f", &f).group("t", &t)
}

/// Adds a group with `levels` levels, all of which occur.
fn group(rng: &mut Rng, data: Data, name: &str, levels: usize) -> (Data, Vec<usize>) {
    let index: Vec<usize> = (0..data.n()).map(|i| if i < levels { i } else { rng.below(levels) }).collect();
    (data.group(name, &index), index)
}

/// Adds effects of the group to eta, with slopes of x, and a factor's effects.
fn effects(rng: &mut Rng, eta: &mut [f64], index: &[usize], columns: &[(&[f64], f64)]) {
    let levels = index.iter().max().unwrap() + 1;
    for (column, sd) in columns {
        let b: Vec<f64> = (0..levels).map(|_| sd * rng.normal()).collect();
        eta.iter_mut().zip(index).zip(*column).for_each(|((e, &g), x)| *e += b[g] * x);
    }
}

/// One data set for all structures: groups g (15), h (8), a (6) with b within a.
pub fn data(seed: u64, n: usize) -> Data {
    let mut rng = Rng(seed);
    let d = base(&mut rng, n);
    let (d, g) = group(&mut rng, d, "g", 15);
    let (d, h) = group(&mut rng, d, "h", 8);
    let (d, a) = group(&mut rng, d, "a", 6);
    let (d, b) = group(&mut rng, d, "b", 3);
    let ab: Vec<usize> = a.iter().zip(&b).map(|(a, b)| 3 * a + b).collect();
    let (x, z) = (d.values("x").to_vec(), d.values("z").to_vec());
    let ones = vec![1.0; n];
    let mut eta: Vec<f64> = (0..n).map(|i| 2.0 + 0.7 * x[i] - 0.4 * z[i] + d.values("o")[i]).collect();
    effects(&mut rng, &mut eta, &g, &[(&ones, 1.0), (&x, 0.6), (&z, 0.5)]);
    effects(&mut rng, &mut eta, &h, &[(&ones, 0.7), (&x, 0.3)]);
    effects(&mut rng, &mut eta, &a, &[(&ones, 0.9)]);
    effects(&mut rng, &mut eta, &ab, &[(&ones, 0.6)]);
    for level in 0..4 {
        let at: Vec<f64> = (0..n).map(|i| f64::from(i % 4 == level)).collect();
        effects(&mut rng, &mut eta, &g, &[(&at, 0.8)]);
        effects(&mut rng, &mut eta, &h, &[(&at, 0.8)]);
    }
    let y = eta.iter().zip(d.values("w")).map(|(e, w)| e + rng.normal() / w.sqrt()).collect();
    d.real("y", y)
}

/// Models of every structure on `data`.
pub fn designs(seed: u64) -> Vec<Design> {
    let d = |name, formula: &str| Design { name, model: model(formula), data: data(seed, 240) };
    let mut all = vec![
        d("one way", "y ~ x + (1 | g)"),
        d("crossed", "y ~ x + f + (1 | g) + (1 | h)"),
        d("nested", "y ~ x + z + (1 | a/b)"),
        d("slopes", "y ~ x + z + (1 + x | g)"),
        d("three effects", "y ~ x + z + (1 + x + z | g) + (1 | h)"),
        d("split", "y ~ x + z + (x + z || g)"),
        d("two terms of one group", "y ~ x + (1 | g) + (0 + x | g)"),
        d("slopes crossed", "y ~ x + (x | g) + (x | h)"),
        d("diag", "y ~ x + diag(1 + x | g)"),
        d("cs", "y ~ x + cs(0 + t | g)"),
        d("cs hom", "y ~ x + cs(0 + t | g, hom = TRUE)"),
        d("ar1", "y ~ x + ar1(0 + t | g)"),
        d("ar1 het", "y ~ x + ar1(0 + t | g, hom = FALSE)"),
        d("without intercept", "y ~ 0 + f + x + (1 | g)"),
        d("interaction", "y ~ f * x + (1 | g) + (1 | g:f)"),
    ];
    for (name, formula) in [("weighted", "y ~ x + (x | g) + (1 | h)"), ("weighted nested", "y ~ x + (1 | a/b)")] {
        let mut design = d(name, formula);
        design.model = design.model.weights("w").offset("o");
        all.push(design);
    }
    for (name, formula) in [("ML crossed", "y ~ x + (1 | g) + (1 | h)"), ("ML slopes", "y ~ x + (1 + x | g)")] {
        let mut design = d(name, formula);
        design.model = design.model.ml();
        all.push(design);
    }
    all
}

/// Ten groups `g` of six rows, crossed with seven levels of `h` and nested in five of `k`; weights, times, a column far from zero.
pub fn crossed_by_weights() -> Data {
    let mut rng = Rng(181);
    let n = 60;
    let (g, h): (Vec<usize>, Vec<usize>) = ((0..n).map(|i| i / 6).collect(), (0..n).map(|i| i * 5 % 7).collect());
    let (x, z) = (rng.normals(n), rng.normals(n));
    let (a, b, c) = (rng.normals(10), rng.normals(10), rng.normals(7));
    let y = (0..n).map(|i| 1.0 + 0.5 * x[i] + a[g[i]] + 0.7 * b[g[i]] * z[i] + 0.6 * c[h[i]] + rng.normal()).collect();
    Data::default()
        .real("y", y)
        .real("x", x)
        .real("z", z)
        .real("o", rng.normals(n))
        .real("far", (0..n).map(|i| 2000.0 + (i * 7 % 11) as f64).collect())
        .real("w", (0..n).map(|i| 0.3 + (i % 4) as f64).collect())
        .real("t", (0..n).map(|i| (i % 6 + i % 6 / 4) as f64).collect())
        .real("s", (0..n).map(|i| (i % 6) as f64 + 0.1 * (i % 5) as f64).collect())
        .group("f", &(0..n).map(|i| i % 3).collect::<Vec<_>>())
        .group("g", &g)
        .group("h", &h)
        .group("k", &g.iter().map(|g| g / 2).collect::<Vec<_>>())
}
