//! Fits that left out columns.

use super::*;
use interlace::inference::anova::{AnovaType, anova_table};
use interlace::inference::degrees_of_freedom::DegreesOfFreedom;
use interlace::inference::drop1::drop1_table;
use interlace::watch::Watch;

/// Twelve rows in three groups; the level b of f has one value of x.
const ONE_SLOPE_MISSING: &str = "y,x,f,g
1.2,1,a,1
2.9,2,a,2
2.1,3,a,3
4.4,4,a,1
2.2,2,b,2
1.7,2,b,3
2.4,2,b,1
5.9,1,c,2
4.8,2,c,3
4.1,3,c,1
3.9,5,c,2
3.3,7,c,3
";

#[test]
fn a_slope_without_an_estimate_takes_the_hypotheses_with_it() {
    let csv = CsvOptions { categorical: vec!["g".into()], ..Default::default() };
    // A row without a response is not one of the fit, though it has the slope of b.
    let data = Frame::from_csv(format!("{ONE_SLOPE_MISSING}NA,9,b,1\n").as_bytes(), &csv).unwrap();
    let column = |table: &Frame, name: &str| table.column(name).unwrap().as_real().unwrap().unwrap().to_vec();
    let both = fit("y ~ x * f + (1 | g)", None, &data, true);
    assert_eq!(both.fixed.dropped, ["x:fb"]);
    let freedom = DegreesOfFreedom::Same(20.0);
    let test = |row: &[f64]| freedom.joint_test(&both, row, 1, &[0.0]).unwrap().chi_square;
    // Coefficients: 1, x, b, c, x in c. Only a and c have a slope, and can be compared at x = 0.
    let want = [test(&[0.0, 1.0, 0.0, 0.0, 0.5]), test(&[0.0, 0.0, 0.0, 1.0, 0.0]), test(&[0.0, 0.0, 0.0, 0.0, 1.0])];
    let third = anova_table(&both, Some(&data), AnovaType::III, freedom, &Watch::unwatched()).unwrap();
    close("type III", &column(&third, "statistic"), &want, 1e-8);
    let second = anova_table(&both, Some(&data), AnovaType::II, freedom, &Watch::unwatched()).unwrap();
    close("type II", &column(&second, "statistic")[1..], &want[1..], 1e-8);
    // Without the interaction b has an effect again.
    let table = drop1_table(&both, Some(&data), &Watch::unwatched()).unwrap();
    let smaller = fit("y ~ x + f + (1 | g)", None, &data, false);
    close("AIC", &column(&table, "aic")[1..], &[smaller.aic], 1e-9);
}

#[test]
fn terms_are_left_out_beside_columns_that_were() {
    // No row has b and v: that is so without x, too.
    let text: String = (0..24).fold("y,x,f,h,g\n".to_owned(), |text, i| {
        let (f, h) = (["a", "b", "c"][i % 3], ["u", "v"][i / 3 % 2]);
        let cell = if (f, h) == ("b", "v") { "u" } else { h };
        text + &format!("{},{},{f},{cell},{}\n", (i * 7 % 13) as f64 + 0.3 * i as f64, i * i % 11, i % 5)
    });
    let csv = CsvOptions { categorical: vec!["g".into()], ..Default::default() };
    let data = Frame::from_csv(text.as_bytes(), &csv).unwrap();
    let whole = fit("y ~ f * h + x + (1 | g)", None, &data, true);
    assert_eq!(whole.fixed.dropped.len(), 1);
    let table = drop1_table(&whole, Some(&data), &Watch::unwatched()).unwrap();
    assert_eq!(texts(&table, "term"), ["<none>", "x", "f:h"]);
    let aic = |formula: &str| fit(formula, None, &data, false).aic;
    let want = ["f * h + x", "f * h", "f + h + x"].map(|rest| aic(&format!("y ~ {rest} + (1 | g)")));
    close("AIC", &table.column("aic").unwrap().as_real().unwrap().unwrap(), &want, 1e-9);
}
