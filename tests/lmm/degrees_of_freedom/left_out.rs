//! F tests of terms left out, against lmerTest 3.1-3.

use super::*;
use interlace::inference::anova::{AnovaType, anova_table};
use interlace::inference::degrees_of_freedom::{DegreesOfFreedom, KenwardRoger, Satterthwaite};
use interlace::inference::drop1::drop1_f_table;

use crate::common::frames::reals;

fn cake() -> Frame {
    frame("cake.csv", &["recipe", "replicate"])
}

#[test]
fn terms_that_no_other_contains_have_f_tests() {
    let cake = cake();
    let of = |formula: &str| fit(&format!("angle ~ {formula} + (1 | recipe:replicate)"), None, &cake, true);
    let watch = Watch::unwatched();
    let both = of("recipe + temp");
    let (s, k) = (Satterthwaite::of(&both, &watch).unwrap(), KenwardRoger::of(&both, &watch).unwrap());
    for freedom in [DegreesOfFreedom::Satterthwaite(&s), DegreesOfFreedom::KenwardRoger(&k)] {
        let table = drop1_f_table(&both, None, freedom, &watch).unwrap();
        assert_eq!(texts(&table, "term"), ["recipe", "temp"]);
        close("sum_sq", &reals(&table, "sum_sq"), &[10.303_546_67, 1_966.705_079_36], 1e-7);
        close("statistic", &reals(&table, "statistic"), &[0.248_79, 94.975_87], 1e-4);
        close("den_df", &reals(&table, "den_df"), &[42.0, 224.0], 1e-6);
    }
    // With a covariate, too: temp is in recipe:temp, although type II would test it there.
    let inter = of("recipe * temp");
    let s = Satterthwaite::of(&inter, &watch).unwrap();
    let table = drop1_f_table(&inter, None, DegreesOfFreedom::Satterthwaite(&s), &watch).unwrap();
    assert_eq!(texts(&table, "term"), ["recipe:temp"]);
    close("F", &[reals(&table, "statistic")[0], reals(&table, "den_df")[0]], &[0.870_793_650_79 / 20.889_8, 222.0], 1e-3);
    let third = anova_table(&inter, None, AnovaType::III, DegreesOfFreedom::Satterthwaite(&s), &watch).unwrap();
    close("III", &reals(&table, "statistic"), &reals(&third, "statistic")[2..], 1e-12);
}
