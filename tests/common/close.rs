//! Whether numbers are close: |got - want| <= tolerance * scale, number by number. A missing number is close to nothing.

/// With a scale for each number.
#[track_caller]
pub fn close_by(what: &str, got: &[f64], want: &[f64], tolerance: f64, scale: impl Fn(usize) -> f64) {
    assert_eq!(got.len(), want.len(), "{what}: {got:?} for {want:?}");
    for (i, (g, w)) in got.iter().zip(want).enumerate() {
        let most = tolerance * scale(i);
        assert!((g - w).abs() <= most, "{what}[{i}]: {g:e} for {w:e}, {:.3} of the tolerance", (g - w).abs() / most);
    }
}

/// Relative to what is wanted, which counts as `floor` where it is smaller.
#[track_caller]
pub fn close_above(floor: f64, what: &str, got: &[f64], want: &[f64], tolerance: f64) {
    close_by(what, got, want, tolerance, |i| want[i].abs().max(floor));
}

/// Relative to what is wanted, and absolute where that is less than one.
#[track_caller]
pub fn close(what: &str, got: &[f64], want: &[f64], tolerance: f64) {
    close_above(1.0, what, got, want, tolerance);
}

/// `close` of one number.
#[track_caller]
pub fn near(what: &str, got: f64, want: f64, tolerance: f64) {
    close(what, &[got], &[want], tolerance);
}

/// Relative to what is wanted, or to a hundredth of the largest of it.
#[track_caller]
pub fn close_together(what: &str, got: &[f64], want: &[f64], tolerance: f64) {
    let largest = want.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    close_above(0.01 * largest, what, got, want, tolerance);
}

/// Like `close_above`, with missing numbers where such are wanted, and nowhere else.
#[track_caller]
pub fn close_or_missing(floor: f64, what: &str, got: &[f64], want: &[f64], tolerance: f64) {
    let missing = |all: &[f64]| all.iter().map(|v| v.is_nan()).collect::<Vec<_>>();
    assert_eq!(missing(got), missing(want), "{what}: {got:?} for {want:?}");
    let there = |all: &[f64]| all.iter().map(|v| if v.is_nan() { 0.0 } else { *v }).collect::<Vec<_>>();
    close_above(floor, what, &there(got), &there(want), tolerance);
}
