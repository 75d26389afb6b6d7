//! Tails of distributions of counts that have no closed form: sums of probabilities, ended where a bound on the rest is below rounding.

use super::special::Tails;

/// Sums that would have more terms than this are not a number.
const MOST: u32 = 3_000_000;
/// What is left out of a sum, relative to it.
const NEGLIGIBLE: f64 = 1e-17;

/// The tails "at most k" and "more than k" of counts with that mean and those log-probabilities. Above the mean the ratio of a probability
/// to the one before is at most the larger of the last ratio and `ratio`, that of its limit.
///
/// The tail on the side away from the mean is the sum, the other its complement.
pub(crate) fn summed_tails(k: f64, mean: f64, ratio: f64, ln_probability: impl Fn(f64) -> f64) -> Tails {
    if k < 0.0 {
        return [0.0, 1.0];
    }
    if k < mean {
        let lower = at_or_below(k, &ln_probability);
        return [lower, (1.0 - lower).max(0.0)];
    }
    let upper = above(k, ratio, &ln_probability);
    [(1.0 - upper).max(0.0), upper]
}

/// The sum from k down.
pub(crate) fn at_or_below(k: f64, ln_probability: impl Fn(f64) -> f64) -> f64 {
    let (mut sum, mut last, mut j) = (0.0, 0.0, k);
    for _ in 0..MOST {
        let p = ln_probability(j).exp();
        sum += p;
        // The distribution may rise towards zero: only where it falls there is the rest less than as many terms as are left.
        if j == 0.0 || p < last && p * j <= NEGLIGIBLE * sum || p == 0.0 && j + 1.0 == j {
            return sum;
        }
        last = p;
        j -= 1.0;
    }
    f64::NAN
}

/// The sum of what is above k, with `ratio` as in `summed_tails`.
pub(crate) fn above(k: f64, ratio: f64, ln_probability: impl Fn(f64) -> f64) -> f64 {
    let (mut sum, mut j) = (0.0, k + 1.0);
    let mut last = ln_probability(k).exp();
    for _ in 0..MOST {
        let p = ln_probability(j).exp();
        if p == 0.0 {
            return sum;
        }
        sum += p;
        let ratio = ratio.max(p / last);
        if ratio < 1.0 && p * ratio <= NEGLIGIBLE * (1.0 - ratio) * sum {
            return sum;
        }
        last = p;
        j += 1.0;
    }
    f64::NAN
}

/// The count among those from `first` to `last` at which the probabilities, summed outwards from a count in their midst, reach u times
/// their total.
pub(crate) fn outward_draw(u: f64, from: f64, [first, last]: [f64; 2], probability: impl Fn(f64) -> f64) -> f64 {
    let from = from.clamp(first, last);
    let (mut total, mut left, mut drawn) = (0.0, 0.0, from);
    outwards(from, [first, last], |k| {
        let p = probability(k);
        total += p;
        p < NEGLIGIBLE * total
    });
    left += u * total;
    outwards(from, [first, last], |k| {
        if left > 0.0 {
            left -= probability(k);
            drawn = k;
        }
        left <= 0.0
    });
    drawn
}

/// Calls with counts alternately above and below, until it is enough on both sides.
fn outwards(from: f64, [first, last]: [f64; 2], mut enough: impl FnMut(f64) -> bool) {
    let (mut up, mut down) = (Some(from), (from > first).then_some(from - 1.0));
    for _ in 0..MOST {
        up = up.and_then(|k| (!enough(k) && k < last).then_some(k + 1.0));
        down = down.and_then(|k| (!enough(k) && k > first).then_some(k - 1.0));
        if up.is_none() && down.is_none() {
            return;
        }
    }
}
