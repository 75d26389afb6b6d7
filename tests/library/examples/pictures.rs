//! Pictures by `interlace-fit`: what --plot and --plot-data write, and what is said of wrong ones before anything is fitted.

use super::{SLEEPSTUDY, interlace_fit, text};
use crate::toolchain::transcript;

#[test]
fn pictures_and_their_coordinates_are_written() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).display().to_string();
    let (drawn, again, table) = (path("a.svg"), path("b.svg"), path("a.csv"));
    let more = [
        format!("--plot=caterpillar={drawn}"),
        format!("--plot=caterpillar={again}"),
        format!("--plot-data=profile-zeta={table}"),
        format!("--plot=caterpillar={}", path("a.png")),
        "--plot-option=effect=Days".into(),
        "--plot-option=width=700".into(),
    ];
    let more: Vec<&str> = more.iter().map(String::as_str).collect();
    let output = interlace_fit(&[&SLEEPSTUDY[..], &more].concat());
    assert!(output.status.success(), "{}", transcript(&output));
    let svg = std::fs::read_to_string(&drawn).unwrap();
    assert!(
        svg.starts_with("<svg ")
            && svg.contains("Days | Subject")
            && !svg.contains("(Intercept) | Subject")
            && svg.contains("width=\"700\"")
    );
    assert_eq!(svg, std::fs::read_to_string(&again).unwrap());
    let png = std::fs::read(path("a.png")).unwrap();
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n") && png[16..20] == 1400_u32.to_be_bytes(), "{:?}", &png[..24]);
    let csv = std::fs::read_to_string(&table).unwrap();
    assert!(
        csv.starts_with("panel,layer,mark,role,x,y,lower,upper,x_to,y_to,size,label\n")
            && csv.contains("\nDays,profile,line,data,"),
        "{csv}"
    );
}

#[test]
fn wrong_pictures_are_found_before_the_fit() {
    let wrong = [
        (vec!["--plot", "catterpillar=a.svg"], 1, "there is no picture 'catterpillar'; did you mean 'caterpillar'?"),
        (vec!["--plot-data", "nothing=a.csv"], 1, "there is no picture 'nothing'"),
        (vec!["--plot", "qq"], 2, "--plot needs a kind of picture and a file, \"qq=FILE.svg\", not 'qq'"),
        (vec!["--plot", "qq="], 2, "--plot needs a kind of picture"),
        (vec!["--plot-option", "with=3"], 1, "a picture has no option 'with'; did you mean 'width'?"),
        (vec!["--plot-option", "format=gif"], 1, "format is 'gif', it must be one of svg, png"),
        (vec!["--plot-option", "width=3"], 1, "width is '3', it must be a number from 200 to 4000"),
        (vec!["--plot", "ranef_pairs=a.svg", "--plot-option", "term=s"], 1, "no random term has the grouping factor 's'"),
        (vec!["--plot", "survival=a.svg"], 1, "only of a Cox model"),
        (vec!["--plot", "qq=/nowhere/a.svg"], 1, "can't write '/nowhere/a.svg'"),
    ];
    for (more, status, message) in wrong {
        let output = interlace_fit(&[&SLEEPSTUDY[..], &more].concat());
        assert!(
            output.status.code() == Some(status) && text(&output.stderr).contains(message),
            "{message}: {}",
            transcript(&output)
        );
        assert!(output.stdout.is_empty(), "{message}");
    }
}

#[test]
fn the_help_lists_kinds_and_options_of_pictures() {
    let output = interlace_fit(&["--help", "plot"]);
    let help = text(&output.stdout);
    assert!(help.contains("caterpillar: random effects with intervals") && help.contains("profile_zeta:"), "{help}");
    let output = interlace_fit(&["--help", "plot-option"]);
    assert!(text(&output.stdout).contains("levels: levels of the grouping factor"), "{}", text(&output.stdout));
}
