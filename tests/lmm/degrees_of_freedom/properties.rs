use super::*;
use interlace::inference::anova::{AnovaType, anova_table};
use interlace::inference::degrees_of_freedom::{DegreesOfFreedom, DfMethod, KenwardRoger, Satterthwaite};
use interlace::inference::drop1::drop1_table;
use interlace::watch::Watch;

/// The columns of a file with some of them changed.
fn changed(data: &str, group: &str, change: impl Fn(&str, f64) -> f64) -> Frame {
    let text = std::fs::read_to_string(format!("tests/reference/data/{data}")).unwrap();
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let mut out = names.join(",");
    for line in lines {
        out.push('\n');
        let cells = line.split(',').zip(&names);
        let cells = cells
            .map(|(cell, name)| cell.parse::<f64>().map_or(cell.to_owned(), |v| change(name.trim_matches('"'), v).to_string()));
        out.push_str(&cells.collect::<Vec<_>>().join(","));
    }
    let csv = CsvOptions { categorical: vec![group.into()], ..Default::default() };
    Frame::from_csv(out.as_bytes(), &csv).unwrap()
}

fn both(fit: &Fit) -> (Vec<f64>, Vec<f64>) {
    let (s, k) = (Satterthwaite::of(fit, &Watch::unwatched()).unwrap(), KenwardRoger::of(fit, &Watch::unwatched()).unwrap());
    let of = |freedom: DegreesOfFreedom<'_>| freedom.coefficients(fit).iter().map(|c| c.df).collect::<Vec<_>>();
    (of(DegreesOfFreedom::Satterthwaite(&s)), of(DegreesOfFreedom::KenwardRoger(&k)))
}

#[test]
fn units_and_origins_do_not_matter() {
    let formula = "Reaction ~ Days + (Days | Subject)";
    let plain = both(&fit(formula, None, &changed("sleepstudy.csv", "Subject", |_, v| v), true));
    let scaled = |name: &str, v: f64| match name {
        "Reaction" => v * 1e6,
        "Days" => v * 1e-6,
        _ => v,
    };
    let other = both(&fit(formula, None, &changed("sleepstudy.csv", "Subject", scaled), true));
    close("Satterthwaite", &other.0, &plain.0, 1e-6);
    close("Kenward-Roger", &other.1, &plain.1, 1e-6);
    // The slope's; the intercept is that of another day, which is far away.
    let shifted = both(&fit(
        formula,
        None,
        &changed("sleepstudy.csv", "Subject", |name, v| if name == "Days" { v + 2000.0 } else { v }),
        true,
    ));
    close("Satterthwaite", &shifted.0[1..], &plain.0[1..], 1e-5);
    close("Kenward-Roger", &shifted.1[1..], &plain.1[1..], 1e-5);
}

#[test]
fn balanced_designs_have_the_degrees_of_freedom_of_analysis_of_variance() {
    let check = |data: &str, categorical: &[&str], formula: &str, want: &[f64]| {
        let fit = fit(formula, None, &frame(data, categorical), true);
        let (s, k) = (Satterthwaite::of(&fit, &Watch::unwatched()).unwrap(), KenwardRoger::of(&fit, &Watch::unwatched()).unwrap());
        for freedom in [DegreesOfFreedom::Satterthwaite(&s), DegreesOfFreedom::KenwardRoger(&k)] {
            for kind in [AnovaType::I, AnovaType::II, AnovaType::III] {
                let table = anova_table(&fit, None, kind, freedom, &Watch::unwatched()).unwrap();
                close(formula, &table.column("den_df").unwrap().as_real().unwrap().unwrap(), want, 1e-6);
            }
        }
    };
    // One-way: batches are the units of the mean.
    let dyestuff = fit("Yield ~ 1 + (1 | Batch)", None, &frame("Dyestuff.csv", &[]), true);
    let (s, k) = both(&dyestuff);
    close("one-way", &[s[0], k[0]], &[5.0, 5.0], 1e-6);
    // Split plot, and blocks of treatments.
    check("cake.csv", &["replicate"], "angle ~ recipe * temperature + (1 | recipe:replicate)", &[42.0, 210.0, 210.0]);
    check("ergoStool.csv", &["Subject"], "effort ~ Type + (1 | Subject)", &[24.0]);
    check("Machines.csv", &["Worker"], "score ~ Machine + (1 | Worker) + (1 | Worker:Machine)", &[10.0]);
}

#[test]
fn singular_fits() {
    // Without variance between batches all rows count, given that; Kenward and Roger's method counts the batches still.
    let dyestuff = fit("Yield ~ 1 + (1 | Batch)", None, &frame("Dyestuff2.csv", &[]), true);
    assert!(dyestuff.singular);
    let (s, k) = both(&dyestuff);
    close("Dyestuff2", &[s[0], k[0]], &[29.0, 5.0], 1e-6);
    assert!(fit_text(&dyestuff).contains("given the variances of zero"), "{}", fit_text(&dyestuff));
}

fn fit_text(fit: &Fit) -> String {
    fit.summary_with(DegreesOfFreedom::Satterthwaite(&Satterthwaite::of(fit, &Watch::unwatched()).unwrap())).unwrap()
}

#[test]
fn weights_count_by_their_ratios() {
    let plain = changed("sim_weights.csv", "g", |_, v| v);
    let scaled = changed("sim_weights.csv", "g", |name, v| if name == "w" { 7.0 * v } else { v });
    let formula = "y ~ x1 + x2 + (1 + x1 | g)";
    // With the covariance of the residuals inversely proportional to the weights, by dense matrices.
    let exact = both(&fit(formula, Some("w"), &plain, true)).1;
    close("Kenward-Roger", &exact, &[22.989, 21.988, 213.69], 5e-5);
    let (one, other) = (both(&fit(formula, Some("w"), &plain, true)), both(&fit(formula, Some("w"), &scaled, true)));
    close("Satterthwaite", &other.0, &one.0, 1e-6);
    close("Kenward-Roger", &other.1, &one.1, 1e-6);
}

#[test]
fn what_cannot_be_done_is_said() {
    let data = frame("sleepstudy.csv", &["Subject"]);
    let ml = fit("Reaction ~ Days + (Days | Subject)", None, &data, false);
    assert!(KenwardRoger::of(&ml, &Watch::unwatched()).unwrap_err().message.contains("REML"));
    assert!(DfMethod::Satterthwaite.check(&ml).is_ok());
}

#[test]
fn compound_symmetry_is_a_random_intercept_with_effects_of_the_days() {
    // cs with one variance over the machines is the same model as intercepts of workers and of workers at machines.
    let data = frame("Machines.csv", &["Worker"]);
    let nested = fit("score ~ Machine + (1 | Worker) + (1 | Worker:Machine)", None, &data, true);
    let cs = fit("score ~ Machine + cs(0 + Machine | Worker, hom = TRUE)", None, &data, true);
    assert!((nested.criterion - cs.criterion).abs() < 1e-7);
    let (one, other) = (both(&nested), both(&cs));
    close("Satterthwaite", &other.0, &one.0, 1e-6);
    close("Kenward-Roger", &other.1, &one.1, 1e-6);
}

#[test]
fn crossed_factors_of_evaluations() {
    // A part of the evaluations, by rows; lmerTest and pbkrtest on the same rows.
    let text = std::fs::read_to_string("tests/reference/data/InstEval.csv").unwrap();
    let lines: Vec<&str> = text.lines().enumerate().filter(|(i, _)| *i == 0 || i % 60 == 0).map(|(_, line)| line).collect();
    let csv = CsvOptions { categorical: ["s", "d", "dept", "service"].map(String::from).to_vec(), ..Default::default() };
    let data = Frame::from_csv(lines.join("\n").as_bytes(), &csv).unwrap();
    let part = fit("y ~ service + (1 | s) + (1 | d) + (1 | dept)", None, &data, true);
    let (s, k) = both(&part);
    close("Satterthwaite", &s, &[23.086_401_568_48, 350.400_166_800_01], 1e-5);
    close("Kenward-Roger", &k, &[20.818_535_245_96, 330.181_779_564_20], 1e-5);
    let vcov = [0.003_876_260_991_163, -0.003_018_549_459_947, -0.003_018_549_459_947, 0.007_634_087_474_224];
    close("vcov", &KenwardRoger::of(&part, &Watch::unwatched()).unwrap().vcov, &vcov, 1e-5);
}

#[test]
fn missing_cells_need_the_data_for_type_three() {
    let text = std::fs::read_to_string("tests/reference/data/cake.csv").unwrap();
    let header: Vec<&str> = text.lines().next().unwrap().split(',').map(|n| n.trim_matches('"')).collect();
    let (recipe, temperature) =
        (header.iter().position(|n| *n == "recipe").unwrap(), header.iter().position(|n| *n == "temperature").unwrap());
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| {
            let cells: Vec<&str> = line.split(',').map(|c| c.trim_matches('"')).collect();
            !(cells[recipe] == "B" && cells[temperature].ends_with("185"))
        })
        .collect();
    let csv = CsvOptions { categorical: ["recipe", "temperature", "replicate"].map(String::from).to_vec(), ..Default::default() };
    let data = Frame::from_csv(lines.join("\n").as_bytes(), &csv).unwrap();
    let fit = fit("angle ~ recipe * temperature + (1 | recipe:replicate)", None, &data, true);
    assert_eq!(fit.fixed.dropped.len(), 1);
    let satterthwaite = Satterthwaite::of(&fit, &Watch::unwatched()).unwrap();
    let freedom = DegreesOfFreedom::Satterthwaite(&satterthwaite);
    assert!(anova_table(&fit, None, AnovaType::III, freedom, &Watch::unwatched()).unwrap_err().message.contains("data is NULL"));
    // lmerTest 3.1-3.
    for (kind, df) in [(AnovaType::II, 42.182_842_597), (AnovaType::III, 42.185_604_050)] {
        let table = anova_table(&fit, Some(&data), kind, freedom, &Watch::unwatched()).unwrap();
        let column = |name: &str| table.column(name).unwrap().as_real().unwrap().unwrap().to_vec();
        close("F", &column("statistic"), &[0.245_169_424_663, 18.902_653_846_472, 1.075_414_595_996], 1e-6);
        close("DenDF", &column("den_df"), &[df, 195.968_015_159, 195.968_015_147], 1e-6);
    }
    assert!(drop1_table(&fit, None, &Watch::unwatched()).unwrap_err().message.contains("data is NULL"));
    let table = drop1_table(&fit, Some(&data), &Watch::unwatched()).unwrap();
    assert_eq!(texts(&table, "term"), ["<none>", "recipe:temperature"]);
    assert_eq!(table.column("n_parameters").unwrap().as_real().unwrap().unwrap()[1] as i64, 9);
}

#[test]
fn a_model_without_fixed_effects_has_nothing_to_test() {
    let data = frame("sleepstudy.csv", &["Subject"]);
    let none = fit("Reaction ~ 0 + (1 | Subject)", None, &data, true);
    let (s, k) = both(&none);
    assert!(s.is_empty() && k.is_empty());
    let freedom = DegreesOfFreedom::Same(f64::INFINITY);
    assert_eq!(anova_table(&none, None, AnovaType::III, freedom, &Watch::unwatched()).unwrap().n_rows(), 0);
    assert_eq!(drop1_table(&none, None, &Watch::unwatched()).unwrap().n_rows(), 1);
}

#[test]
fn effects_that_fixed_effects_take_up_leave_the_others_as_they_are() {
    // Subjects as fixed and as random effects: what is left are the days within subjects.
    let data = frame("sleepstudy.csv", &["Subject"]);
    let both_ways = fit("Reaction ~ Days + Subject + (1 | Subject) + (0 + Days | Subject)", None, &data, true);
    let one_way = fit("Reaction ~ Days + Subject + (0 + Days | Subject)", None, &data, true);
    let (one, other) = (both(&one_way), both(&both_ways));
    close("Satterthwaite", &other.0[1..2], &one.0[1..2], 1e-6);
    close("Kenward-Roger", &other.1[1..2], &one.1[1..2], 1e-6);
    close("days", &one.1[1..2], &[17.0], 1e-4);
}

#[test]
fn terms_within_others_are_not_left_out() {
    let data = frame("Oats.csv", &[]);
    let oats = fit("yield ~ nitro * Variety + (1 | Block/Variety)", None, &data, true);
    assert_eq!(texts(&drop1_table(&oats, None, &Watch::unwatched()).unwrap(), "term"), ["<none>", "nitro:Variety"]);
    let bare = fit("yield ~ 0 + Variety + nitro + (1 | Block)", None, &data, true);
    // What is left is nothing but nitro through the origin; lme4's drop1 fits the same.
    let table = drop1_table(&bare, None, &Watch::unwatched()).unwrap();
    assert_eq!(texts(&table, "term"), ["<none>", "Variety", "nitro"]);
    let column = |table: &Frame, name: &str| table.column(name).unwrap().as_real().unwrap().unwrap().to_vec();
    let through_origin = fit("yield ~ 0 + nitro + (1 | Block)", None, &data, false);
    close("AIC", &column(&table, "aic")[1..2], &[through_origin.aic], 1e-9);
    // With a further factor, that one has the intercept then.
    let cake = frame("cake.csv", &["replicate"]);
    let two = fit("angle ~ 0 + recipe + temperature + (1 | recipe:replicate)", None, &cake, true);
    let usual = fit("angle ~ recipe + temperature + (1 | recipe:replicate)", None, &cake, true);
    close(
        "AIC",
        &column(&drop1_table(&two, None, &Watch::unwatched()).unwrap(), "aic"),
        &column(&drop1_table(&usual, None, &Watch::unwatched()).unwrap(), "aic"),
        1e-9,
    );
}

/// Which factor's columns have the constant is an accident of coding: with and without an intercept, and in any order, the hypotheses about
/// crossed factors are the same. A factor that has it by itself is tested against means of zero, as in SAS.
#[test]
fn hypotheses_without_an_intercept() {
    let data = frame("cake.csv", &["replicate"]);
    let halves = data.column("replicate").unwrap().to_category().unwrap().into_owned();
    let halves: Vec<Option<&str>> = halves.codes.iter().map(|c| Some(if c % 3 == 0 { "a" } else { "b" })).collect();
    let mut data = data.clone();
    data.add_strings("half", &halves).unwrap();
    let table = |fixed: &str, kind| {
        let fit = fit(&format!("angle ~ {fixed} + temp + (1 | recipe:replicate)"), None, &data, true);
        let own = Satterthwaite::of(&fit, &Watch::unwatched()).unwrap();
        let table = anova_table(&fit, Some(&data), kind, DegreesOfFreedom::Satterthwaite(&own), &Watch::unwatched()).unwrap();
        let column = |name: &str| table.column(name).unwrap().as_real().unwrap().unwrap().to_vec();
        let mut rows: Vec<_> = texts(&table, "term").into_iter().zip(column("num_df")).zip(column("statistic")).collect();
        rows.iter_mut().for_each(|((term, _), _)| *term = term.replace("half:recipe", "recipe:half"));
        rows.sort_by(|a, b| a.0.0.cmp(&b.0.0));
        rows
    };
    for kind in [AnovaType::II, AnovaType::III] {
        for (with, without) in [
            ("recipe * half", ["0 + recipe * half", "0 + half * recipe"]),
            ("recipe + half", ["0 + recipe + half", "0 + half + recipe"]),
        ] {
            let want = table(with, kind);
            for other in without {
                for (got, want) in table(other, kind).iter().zip(&want) {
                    assert_eq!(got.0, want.0, "{other} {kind:?}");
                    assert!((got.1 / want.1 - 1.0).abs() < 1e-7, "{other} {kind:?}: {got:?} for {want:?}");
                }
            }
        }
        let alone = table("0 + recipe", kind);
        assert_eq!(alone.iter().map(|row| row.0.1).collect::<Vec<_>>(), [3.0, 1.0], "{kind:?}");
    }
}
