//! Every picture of every kind of model as SVG: well-formed, with finite numbers, within its size, the same bytes each time, whatever the names
//! and the data.

use crate::common::close::close;
use crate::common::frames::frame;
use crate::common::generalised::{Generalised, cbpp, generalised, linear, salamanders};
use crate::common::{Data, Rng};
use interlace::design::NaPolicy;
use interlace::error::{Code, Result};
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::inference::degrees_of_freedom::DegreesOfFreedom;
use interlace::picture::{KINDS, Kind, Scene, Settings, Sheet};
use interlace::spec::{CorrelationSpec, ModelKind};
use interlace::watch::Watch;

/// A picture by its name, with settings.
pub fn sheet(fit: &Fit, data: Option<&Frame>, name: &str, chosen: &[(&str, &str)]) -> Result<Sheet> {
    let mut settings = Settings::default();
    chosen.iter().for_each(|(name, value)| settings.set(name, value).unwrap());
    let watch = Watch::unwatched();
    let freedom = |_| Ok(DegreesOfFreedom::by_default(None));
    Kind::named(name)?.sheet(&Scene { fit, data, freedom: &freedom, settings: &settings, threads: 1, watch: &watch })
}

fn settings(chosen: &[(&str, &str)]) -> Settings {
    let mut settings = Settings::default();
    chosen.iter().for_each(|(name, value)| settings.set(name, value).unwrap());
    settings
}

/// The number in an attribute, if it is one.
fn number(node: &roxmltree::Node<'_, '_>, name: &str) -> Option<f64> {
    node.attribute(name)?.parse().ok()
}

/// Checks a picture, and gives its texts.
fn checked(what: &str, sheet: &Sheet, chosen: &[(&str, &str)]) -> Vec<String> {
    let svg = sheet.svg(&settings(chosen)).unwrap();
    assert_eq!(svg, sheet.svg(&settings(chosen)).unwrap(), "{what}: other bytes");
    let document = roxmltree::Document::parse(&svg).unwrap_or_else(|error| panic!("{what}: {error}"));
    let root = document.root_element();
    let (width, height) = (number(&root, "width").unwrap(), number(&root, "height").unwrap());
    assert!(width >= 200.0 && height >= 200.0, "{what}: {width} x {height}");
    let (mut texts, mut marks) = (vec![], 0);
    for node in root.descendants().filter(roxmltree::Node::is_element) {
        for attribute in node.attributes() {
            let value = attribute.value();
            assert!(!value.contains("NaN") && !value.contains("inf"), "{what}: {} = {value}", attribute.name());
        }
        match node.tag_name().name() {
            "text" => {
                texts.push(node.text().unwrap_or_default().trim().to_owned());
                if let (Some(x), Some(y)) = (number(&node, "x"), number(&node, "y")) {
                    assert!((0.0..=width).contains(&x) && (0.0..=height).contains(&y), "{what}: {texts:?} at {x} {y}");
                }
            }
            "circle" => {
                let (x, y) = (number(&node, "cx").unwrap(), number(&node, "cy").unwrap());
                assert!((0.0..=width).contains(&x) && (0.0..=height).contains(&y), "{what}: a circle at {x} {y}");
                marks += 1;
            }
            "path" => marks += 1,
            _ => {}
        }
    }
    assert!(marks > 2, "{what}: only {marks} marks");
    #[cfg(feature = "png")]
    rastered(what, sheet, chosen, (width, height));
    texts
}

/// Checks the pixels of a picture: their number, that there are more than a few, and of more than one colour.
#[cfg(feature = "png")]
fn rastered(what: &str, sheet: &Sheet, chosen: &[(&str, &str)], (width, height): (f64, f64)) {
    let png = sheet.drawn(&settings(&[chosen, &[("format", "png"), ("dpi", "48")]].concat())).unwrap();
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"), "{what}");
    let map = resvg::tiny_skia::Pixmap::decode_png(&png).unwrap();
    assert_eq!((f64::from(map.width()), f64::from(map.height())), ((width / 2.0).round(), (height / 2.0).round()), "{what}");
    let mut inked: Vec<[u8; 3]> = map.pixels().iter().map(|p| [p.red(), p.green(), p.blue()]).filter(|p| *p != [255; 3]).collect();
    assert!(inked.len() > 500, "{what}: {} pixels", inked.len());
    inked.retain(|p| p.iter().max() > p.iter().min());
    inked.sort_unstable();
    inked.dedup();
    assert!(inked.len() > 5, "{what}: {} colours", inked.len());
}

fn ordinal() -> Generalised {
    let mut model = generalised("rating ~ temp + contact + (1 | judge)", "", frame("wine.csv", &["temp", "contact", "judge"]));
    model.spec.kind = ModelKind::Clmm;
    model
}

fn cox() -> Generalised {
    let mut model = generalised("Surv(time, status) ~ age + sex + (1 | id)", "", frame("kidney.csv", &["id"]));
    model.spec.kind = ModelKind::Coxme;
    model
}

const OF_ALL: [&str; 7] = ["dashboard", "residuals", "qq", "qq_ranef", "caterpillar", "coefficients", "means"];
const WITH_SLOPES: &[&str] = &["shrinkage", "ranef_pairs", "groups", "leverage", "dharma", "binned", "influence"];

#[test]
fn every_picture_that_suits_a_model_is_drawn_and_others_say_why_not() {
    let sleep = linear("Reaction ~ Days + (Days | Subject)", frame("sleepstudy.csv", &["Subject"]));
    let crossed = linear("diameter ~ 1 + (1 | plate) + (1 | sample)", frame("Penicillin.csv", &["plate", "sample"]));
    let profiles: &[&str] = &["profile_zeta", "profile_density", "profile_pairs"];
    let models: [(&str, Generalised, Vec<&[&str]>); 6] = [
        ("slopes", sleep, vec![&OF_ALL, WITH_SLOPES, profiles, &["scale_location"]]),
        (
            "crossed",
            crossed,
            vec![&OF_ALL[..6], &["shrinkage", "leverage", "dharma", "binned", "influence", "scale_location"], profiles],
        ),
        ("binomial", cbpp(), vec![&OF_ALL, &["binned", "calibration", "dharma", "influence", "scale_location"], profiles]),
        (
            "counts",
            salamanders("poisson"),
            vec![&OF_ALL, &["binned", "rootogram", "dharma", "influence", "scale_location"], profiles],
        ),
        ("ordinal", ordinal(), vec![&OF_ALL, &["calibration", "probabilities", "dharma", "influence", "scale_location"], profiles]),
        ("cox", cox(), vec![&OF_ALL, &["survival", "baseline", "influence", "scale_location"], profiles]),
    ];
    let mut drawn = 0;
    for (model, own, suit) in models {
        let fit = own.fit();
        let wanted: Vec<&str> = suit.concat();
        for kind in &KINDS {
            let (name, what) = (kind.name.to_str().unwrap(), format!("{model}, {}", kind.name.to_str().unwrap()));
            match sheet(&fit, Some(&own.frame), name, &[]) {
                Ok(sheet) => {
                    assert!(wanted.contains(&name), "{what}: should not be drawn");
                    let texts = checked(&what, &sheet, &[]);
                    assert!(texts.contains(&sheet.title), "{what}: {texts:?}");
                    let table = sheet.frame().unwrap();
                    assert!(table.n_rows() > 0 && table.n_columns() == 12, "{what}");
                    drawn += 1;
                }
                Err(error) => {
                    assert!(!wanted.contains(&name), "{what}: {error}");
                    assert!(matches!(error.code, Code::Unsupported | Code::Argument), "{what}: {error:?}");
                    assert!(!error.message.contains('\n') && error.message.contains(':'), "{what}: {error}");
                }
            }
        }
    }
    assert_eq!(drawn, 18 + 15 + 15 + 15 + 15 + 14);
}

/// Names that are no friends of XML, of one line, or of room.
fn odd_names() -> Vec<String> {
    let long = "a level with a very long name that goes on and on ".repeat(4);
    [
        "<script>alert(\"x\")</script>",
        "a & b 'c' \"d\"",
        "שלום עולם",
        "مرحبا",
        "line\nbreak\ttab",
        "bell\u{7} nul\u{0}",
        "]]>",
        "\u{ffff}\u{fffe}",
        "漢字かな",
        "𝒳 ☃ é",
    ]
    .into_iter()
    .map(String::from)
    .chain([format!("{long}north"), format!("{long}south")])
    .collect()
}

#[test]
fn odd_names_make_no_odd_pictures() {
    let (names, mut rng) = (odd_names(), Rng(3));
    let n = 6 * names.len();
    let x: Vec<f64> = (0..n).map(|i| (i / names.len()) as f64).collect();
    let y: Vec<f64> = (0..n).map(|i| (i % names.len()) as f64 + x[i] * 0.3 + rng.normal()).collect();
    let data = Data::default().real("y", y).real("x", x).label("g", (0..n).map(|i| names[i % names.len()].clone()));
    let own = linear("y ~ x + (x | g)", data.frame());
    let fit = own.fit();
    for name in ["caterpillar", "qq_ranef", "groups", "ranef_pairs", "dashboard"] {
        let chosen = [("title", "<&\"'\u{1} שלום")];
        let sheet = sheet(&fit, Some(&own.frame), name, &chosen).unwrap();
        let texts = checked(name, &sheet, &chosen);
        assert!(texts.contains(&"<&\"'\u{fffd} שלום".to_owned()), "{name}: {texts:?}");
        if name == "caterpillar" {
            assert!(texts.contains(&names[2]) && texts.contains(&names[6]), "{texts:?}");
            let cut: Vec<&String> = texts.iter().filter(|text| text.contains('…')).collect();
            assert!(cut.len() >= 2 && cut.iter().all(|text| cut.iter().filter(|other| *other == text).count() <= 2), "{texts:?}");
        }
        let table = sheet.frame().unwrap();
        assert_eq!(table.n_columns(), 12);
    }
    let group = sheet(&fit, Some(&own.frame), "influence", &[("term", "g")]).unwrap();
    checked("influence by group", &group, &[]);
}

#[test]
fn data_that_leave_little_to_draw() {
    let sleep = frame("sleepstudy.csv", &["Subject"]);
    // One random intercept: no pairs.
    let fit = linear("Reaction ~ Days + (1 | Subject)", sleep.clone()).fit();
    let error = sheet(&fit, Some(&sleep), "ranef_pairs", &[]).unwrap_err();
    assert_eq!(error.message, "picture ranef_pairs: no random term has two effects, such as an intercept and a slope");
    let error = sheet(&fit, Some(&sleep), "caterpillar", &[("term", "subject")]).unwrap_err();
    assert_eq!(error.message, "term: no random term has the grouping factor 'subject'; did you mean 'Subject'?");
    let error = sheet(&fit, Some(&sleep), "groups", &[("levels", "308, 3")]).unwrap_err();
    assert!(error.message.starts_with("levels: Subject has no level '3'"), "{error}");
    assert!(sheet(&fit, None, "means", &[]).unwrap_err().message.contains("data is NULL"));
    let other = frame("Dyestuff.csv", &["Batch"]);
    assert_eq!(sheet(&fit, Some(&other), "means", &[]).unwrap_err().code, Code::Data);
    // No random effects at all.
    let mut plain = linear("Reaction ~ Days", sleep);
    plain.spec.correlation = Some(CorrelationSpec::Formula("ar1(Days | Subject)".into()));
    let fit = plain.fit();
    assert!(sheet(&fit, None, "caterpillar", &[]).unwrap_err().message.contains("no random effects"));
    for name in ["residuals", "qq", "dashboard", "coefficients", "scale_location"] {
        checked(name, &sheet(&fit, Some(&plain.frame), name, &[]).unwrap(), &[]);
    }
    // A variance of zero.
    let singular = linear("Yield ~ 1 + (1 | Batch)", frame("Dyestuff2.csv", &["Batch"]));
    let fit = singular.fit();
    assert!(fit.singular);
    for name in
        ["caterpillar", "qq_ranef", "shrinkage", "dashboard", "profile_zeta", "profile_density", "profile_pairs", "influence"]
    {
        checked(name, &sheet(&fit, Some(&singular.frame), name, &[]).unwrap(), &[]);
    }
}

#[test]
fn rows_that_are_padded_are_left_out() {
    let mut data = frame("sleepstudy.csv", &["Subject"]);
    let mut days = crate::common::frames::reals(&data, "Days");
    days[7] = f64::NAN;
    data.add_real("d", days).unwrap();
    let model = linear("Reaction ~ d + (d | Subject)", data.clone());
    let (padded, omitted) = (model.clone().options(|o| o.na = NaPolicy::Pad).fit(), model.fit());
    for name in [
        "residuals",
        "qq",
        "scale_location",
        "binned",
        "groups",
        "leverage",
        "influence",
        "dharma",
        "dashboard",
        "shrinkage",
        "means",
    ] {
        let sheet = |fit: &Fit| sheet(fit, Some(&data), name, &[]).unwrap();
        checked(name, &sheet(&padded), &[]);
        assert_eq!(sheet(&padded).svg(&Settings::default()), sheet(&omitted).svg(&Settings::default()), "{name}");
    }
    assert_eq!(padded.design_warnings, omitted.design_warnings);
    let dashboard = |chosen: &[(&str, &str)]| sheet(&padded, Some(&data), "dashboard", chosen);
    assert_eq!(dashboard(&[("effect", "d | Subject")]).unwrap().panels.len(), 6);
    assert!(dashboard(&[("term", "Subjekt")]).unwrap_err().message.contains("no random term has the grouping factor 'Subjekt'"));
}

#[test]
fn many_levels_and_many_rows_make_pictures_of_moderate_size() {
    let (mut rng, n) = (Rng(11), 30_000);
    let effects = rng.normals(10_000);
    let g: Vec<usize> = (0..n).map(|i| i % 10_000).collect();
    let x = rng.normals(n);
    let y: Vec<f64> = (0..n).map(|i| x[i] + effects[g[i]] + rng.normal()).collect();
    let own = linear("y ~ x + (1 | g)", Data::default().real("y", y).real("x", x).group("g", &g).frame());
    let fit = own.fit();
    for (name, said) in [
        ("caterpillar", "of 10000 levels shown"),
        ("qq_ranef", "of 10000"),
        ("residuals", "darker cells"),
        ("qq", "of them shown"),
        ("dashboard", ""),
    ] {
        let sheet = sheet(&fit, Some(&own.frame), name, &[]).unwrap();
        checked(name, &sheet, &[]);
        let bytes = sheet.svg(&Settings::default()).unwrap().len();
        assert!(bytes < 400_000 && sheet.caption.contains(said), "{name}: {bytes} bytes, {}", sheet.caption);
    }
}

#[test]
fn survival_curves_are_of_the_largest_stratum_in_any_order_of_the_rows() {
    let data = frame("kidney.csv", &["id"]);
    let curves = |frame: Frame| {
        let mut model = generalised("Surv(time, status) ~ age + strata(sex) + (1 | id)", "", frame);
        model.spec.kind = ModelKind::Coxme;
        sheet(&model.fit(), Some(&model.frame), "survival", &[]).unwrap()
    };
    let turned: Vec<usize> = (0..data.n_rows()).rev().collect();
    let (own, other) = (curves(data.select(&turned).unwrap()), curves(data));
    assert!(own.caption.ends_with("; stratum 1") && own.caption == other.caption, "{}", own.caption);
    let ends = |sheet: &Sheet| sheet.panels[0].layers.iter().map(|layer| *layer.y.last().unwrap()).collect::<Vec<f64>>();
    close("curves", &ends(&own), &ends(&other), 1e-6);
}

#[test]
fn a_fit_without_rows_has_the_pictures_of_its_estimates() {
    let own = linear("Reaction ~ Days + (Days | Subject)", frame("sleepstudy.csv", &["Subject"]));
    let bytes = interlace::saved::to_bytes(&own.fit(), &own.options, None, false).unwrap();
    let fit = interlace::saved::from_bytes(&bytes).unwrap().fit;
    for kind in &KINDS {
        let name = kind.name.to_str().unwrap();
        let drawn = sheet(&fit, None, name, &[]);
        // Profiles take the rows of a saved fit, or the sums of another.
        assert_eq!(drawn.is_err(), kind.needs_rows || name.starts_with("profile"), "{name}");
        drawn.iter().for_each(|drawn| drop(checked(name, drawn, &[])));
    }
    for name in ["residuals", "dashboard", "shrinkage", "groups", "influence", "profile_zeta"] {
        let error = sheet(&fit, None, name, &[]).unwrap_err();
        assert!(error.code == Code::Unsupported && error.message.contains("saved without them"), "{name}: {error}");
    }
}

#[test]
fn sizes_are_those_that_are_asked_for() {
    let own = cbpp();
    let fit = own.fit();
    for (width, height) in [("200", "200"), ("4000", "300"), ("300", "2000")] {
        let chosen = [("width", width), ("height", height)];
        for name in ["dashboard", "caterpillar", "means"] {
            let sheet = sheet(&fit, Some(&own.frame), name, &chosen).unwrap();
            let svg = sheet.svg(&settings(&chosen)).unwrap();
            assert!(svg.contains(&format!("viewBox=\"0 0 {width} {height}\"")), "{svg}");
        }
    }
    checked("wide", &sheet(&fit, Some(&own.frame), "caterpillar", &[]).unwrap(), &[("width", "4000")]);
}

/// At minedyes = infinity no site that is not mined has extra zeros: its likelihood is finite, and lower by less than an interval needs.
#[test]
fn flat_profiles_are_cut() {
    let model = salamanders("nbinom2").zero_inflation("~ mined");
    let fit = model.fit();
    let profiles = fit.profile(0.99, &Watch::unwatched()).unwrap();
    let own = profiles.iter().find(|p| p.name == "zi.minedyes").unwrap();
    let warning = own.warning.as_deref().unwrap_or_default();
    assert!(own.lower.is_finite() && own.upper.is_nan(), "{} {}", own.lower, own.upper);
    assert!(warning.starts_with("zi.minedyes, upper limit: the profile "), "{warning}");
    // glmmTMB's deviance with zi.(Intercept) held at -30 is higher by 1.044437.
    let highest = own.curve.points.iter().filter(|p| p.value < 20.0).map(|p| p.zeta).fold(0.0, f64::max);
    assert!((1.0..1.044_44).contains(&highest.powi(2)), "{highest}");
    for name in ["profile_zeta", "profile_density", "profile_pairs"] {
        let sheet = sheet(&fit, Some(&model.frame), name, &[]).unwrap();
        assert!(sheet.caption.contains("zi.minedyes"), "{}", sheet.caption);
        let mut seen = 0;
        for layer in sheet.panels.iter().flat_map(|panel| &panel.layers) {
            for v in layer.x.iter().chain(&layer.y).filter(|v| v.is_finite()) {
                assert!(v.abs() < 50.0, "{name}, {}: {v}", layer.name);
                seen += 1;
            }
        }
        assert!(seen > 1000, "{name}: {seen}");
        checked(name, &sheet, &[]);
    }
}
