//! Expected values: R 4.2.2, package splines.

use super::*;

const X: [f64; 7] = [0.5, 1.25, 2.0, 3.5, 4.0, 5.75, 7.1];
const NEW: [f64; 6] = [-1.0, 0.5, 0.6, 7.1, 9.0, 3.5];

const BS_DF5: &str = "0.0 0.6301020408163265 0.32653061224489793 0.00510204081632653 0.0 0.0 0.0 0.0 0.23272263450834876 0.5760667903525045 0.4362654152570119 0.2855020796197267 0.02357900638261168 0.0 0.0 0.012175324675324674 0.0974025974025974 0.4937536511930976 0.5607109153821958 0.24153194710081993 0.0 0.0 0.0 0.0 0.06487889273356402 0.15378700499807768 0.5549899159066527 0.0 0.0 0.0 0.0 0.0 0.0 0.1798991306099158 1.0";
const BS_DF5_NEW: &str = "-8.89795918367347 0.0 0.1814300831443688 0.0 0.0 0.00510204081632653 1.9953617810760667 0.0 0.005504019789734073 0.0 -0.06573323366492254 0.4362654152570119 -0.09740259740259741 0.0 2.8860028860028843e-05 0.0 0.975757433914487 0.4937536511930976 0.0 0.0 0.0 0.0 -4.105922290276755 0.06487889273356402 0.0 0.0 0.0 1.0 4.195898090027191 0.0";
const BS_QUADRATIC: &str = "1.0 0.390625 0.0625 0.0 0.0 0.0 0.0 0.0 0.5390625 0.65625 0.125 0.03125 0.0 0.0 0.0 0.0703125 0.28125 0.7663043478260869 0.7241847826086956 0.15238294314381265 0.0 0.0 0.0 0.0 0.10869565217391305 0.24456521739130435 0.6164780036017494 0.0 0.0 0.0 0.0 0.0 0.0 0.23113905325443795 1.0";
const BS_QUADRATIC_NEW: &str = "3.0625 1.0 0.9025 0.0 0.0 0.0 -2.34375 0.0 0.09624999999999997 0.0 0.0 0.125 0.28125 0.0 0.0012499999999999994 0.0 0.3018394648829433 0.7663043478260869 0.0 0.0 0.0 0.0 -2.2974015950604594 0.10869565217391305 0.0 0.0 0.0 1.0 2.995562130177516 0.0";
const NS_DF3: &str = "0.0 -0.1124384945407377 -0.10903148240987913 0.3354837733621245 0.46274435530950986 0.3215674601235323 -0.1537040637760062 0.0 0.3296236508295844 0.546051436923325 0.48352824699613817 0.4129243574484081 0.343283075007865 0.4065720396655648 0.0 -0.205009831613522 -0.33961735711084856 -0.26037947643160103 -0.16117079237764453 0.3115704584859911 0.7471320241104413";
const NS_DF3_NEW: &str = "0.2634921579720074 0.0 -0.01752037773870801 -0.1537040637760062 -0.8907252576317325 0.3354837733621245 -0.6969792565711165 0.0 0.04642056441743804 0.4065720396655648 0.5174022943807115 0.48352824699613817 0.43348709859910906 0.0 -0.028871326649870004 0.7471320241104413 1.373322963251021 -0.26037947643160103";
const NS_KNOTS: &str = "-0.19611613513818402 0.22189916992586853 0.5112283005966904 0.47906883169405634 0.36236284277630443 0.033964257593209916 0.0 -0.18163446518471896 -0.11441557973799403 -0.0021008020872220895 0.382644340015844 0.4921010303413628 0.40731112601567077 -0.13019693654266956 0.6227467377761794 0.424749520140655 0.26694300975359264 0.15675492896019289 0.1683265582252502 0.3033437373231128 0.4463894967177243 -0.4411122725914604 -0.3008642434329639 -0.18908463190879482 -0.0803974864448425 -0.046609670827126644 0.2545380320011704 0.6838074398249452";
const NS_KNOTS_NEW: &str = "-1.0750421367306993 -0.19611613513818402 -0.13757190734782596 0.0 0.0 0.47906883169405634 -0.30104027201015304 -0.18163446518471896 -0.17365626240190563 -0.13019693654266956 -0.9824945295404818 0.382644340015844 1.0321380754633822 0.6227467377761794 0.5954698597406367 0.4463894967177243 0.6542669584245084 0.15675492896019289 -0.7310978034532291 -0.4411122725914604 -0.42179115064961764 0.6838074398249452 1.3282275711159732 -0.0803974864448425";
const NS_DF1: &str =
    "0.0 0.09111178701559922 0.18222357403119846 0.3644471480623969 0.42518833940612966 0.6377825091091947 0.8017837257372732";
const BS_DEFAULT: &str = "0.0 0.2678319872276484 0.4071187077385425 0.405709992486852 0.35097879622673 0.0998426934635612 0.0 0.0 0.034337434259954926 0.11974079639368898 0.33809166040571004 0.39626638283663074 0.38827714124718254 0.0 0.0 0.0014674117205108943 0.011739293764087154 0.09391435011269723 0.14913250966969976 0.5033222201352368 1.0";
const NS_BOUNDARY: &str = "-0.15267400734239478 0.07613989647853156 0.292733154354176 0.566262844046137 0.5785965302104561 0.38582712216456594 0.15961674494438682 0.10178267156159652 -0.05059326431902104 -0.18448876956945068 -0.21084189603075804 -0.1003976868069707 0.6429485852236225 1.3335888367037416";

fn check(request: &SplineRequest, training: &str, new: Option<&str>) {
    let basis = SplineBasis::learn("x", &X, request).unwrap();
    for (x, want) in [(&X[..], Some(training)), (&NEW[..], new)] {
        let Some(want) = want else { continue };
        let want: Vec<f64> = want.split(' ').map(|v| v.parse().unwrap()).collect();
        assert_eq!(want.len(), x.len() * basis.columns());
        let mut out = vec![0.0; want.len()];
        basis.fill(x, &mut out);
        for (i, (g, w)) in out.iter().zip(&want).enumerate() {
            assert!((g - w).abs() < 1e-12 * (1.0 + w.abs()), "{request:?} at {i}: {g} against {w}");
        }
    }
}

fn b_spline(df: Option<usize>) -> SplineRequest {
    SplineRequest { df, degree: 3, ..SplineRequest::default() }
}

fn natural(df: Option<usize>) -> SplineRequest {
    SplineRequest { df, degree: 3, natural: true, ..SplineRequest::default() }
}

#[test]
fn b_splines_are_those_of_r_also_beyond_the_boundary() {
    check(&b_spline(None), BS_DEFAULT, None);
    check(&b_spline(Some(5)), BS_DF5, Some(BS_DF5_NEW));
    let quadratic = SplineRequest { knots: Some(vec![4.5, 2.5]), degree: 2, intercept: true, ..SplineRequest::default() };
    check(&quadratic, BS_QUADRATIC, Some(BS_QUADRATIC_NEW));
}

#[test]
fn natural_splines_are_those_of_r_also_beyond_the_boundary() {
    check(&natural(Some(1)), NS_DF1, None);
    check(&natural(Some(3)), NS_DF3, Some(NS_DF3_NEW));
    let knots = SplineRequest { knots: Some(vec![2.0, 5.0]), intercept: true, ..natural(None) };
    check(&knots, NS_KNOTS, Some(NS_KNOTS_NEW));
    check(&SplineRequest { boundary: Some((1.0, 6.0)), ..natural(Some(2)) }, NS_BOUNDARY, None);
}

#[test]
fn b_splines_sum_to_one_where_knots_coincide_with_the_boundary() {
    // Most of the data tie at the lowest value, so that quantile knots fall on it.
    let x = [0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.0];
    let basis = SplineBasis::learn("x", &x, &SplineRequest { intercept: true, ..b_spline(Some(6)) }).unwrap();
    let mut out = vec![0.0; 7 * basis.columns()];
    basis.fill(&x, &mut out);
    for i in 0..7 {
        let sum: f64 = (0..basis.columns()).map(|k| out[k * 7 + i]).sum();
        assert!((sum - 1.0).abs() < 1e-14, "row {i}: {sum}");
    }
}

#[test]
fn missing_values_stay_missing_and_do_not_move_the_knots() {
    let with = [0.5, f64::NAN, 1.25, 2.0, 3.5, 4.0, 5.75, 7.1];
    let basis = SplineBasis::learn("x", &with, &natural(Some(3))).unwrap();
    assert_eq!(basis, SplineBasis::learn("x", &X, &natural(Some(3))).unwrap());
    let mut out = vec![0.0; 24];
    basis.fill(&with, &mut out);
    assert!(out[1].is_nan() && out[9].is_nan() && out[17].is_nan() && out[18].is_finite());
}

#[test]
fn impossible_requests_are_refused() {
    let message = |x: &[f64], request: &SplineRequest| SplineBasis::learn("bs(x)", x, request).unwrap_err().message;
    assert!(message(&X, &b_spline(Some(2))).contains("at least 3"));
    assert!(message(&X, &SplineRequest { knots: Some(vec![9.0]), ..b_spline(None) }).contains("knot 9"));
    assert!(message(&[2.0, 2.0], &b_spline(None)).contains("different"));
    assert!(message(&[f64::NAN], &b_spline(None)).contains("missing"));
}
