//! The delta method, by derivatives of which most are zero.

/// The derivatives of one number in others: those that are not zero, by place.
pub type Slopes = Vec<(usize, f64)>;

/// What a direction of the others makes of the number.
pub fn product(row: &Slopes, own: &[f64]) -> f64 {
    row.iter().map(|(i, slope)| slope * own[*i]).sum()
}

/// J V J' with the rows of J. What V does not know is not known where it has a part.
pub fn sandwich(rows: &[Slopes], v: &[f64]) -> Vec<f64> {
    let all = v.len().isqrt();
    let mut half = Vec::with_capacity(rows.len() * all);
    for row in rows {
        half.extend(v.chunks_exact(all.max(1)).map(|column| product(row, column)));
    }
    let mut out = Vec::with_capacity(rows.len() * rows.len());
    for own in half.chunks_exact(all.max(1)) {
        out.extend(rows.iter().map(|row| product(row, own)));
    }
    out
}

/// J V J', with NaN for numbers without any derivative: they are at a boundary, where they are as good as known.
pub fn covariance(rows: &[Slopes], v: &[f64]) -> Vec<f64> {
    let (n, mut out) = (rows.len(), sandwich(rows, v));
    for i in (0..n).filter(|i| rows[*i].is_empty()) {
        (0..n).for_each(|j| (out[i * n + j], out[j * n + i]) = (f64::NAN, f64::NAN));
    }
    out
}
