use crate::family::Link;
pub fn probabilities(link: Link, eta: f64, scale: f64, thresholds: &[f64], out: &mut [f64]) {
    for k in 0..out.len() {
        let a = if k == 0 { f64::NEG_INFINITY } else { (thresholds[k - 1] - eta) / scale };
        let b = if k == thresholds.len() { f64::INFINITY } else { (thresholds[k] - eta) / scale };
        out[k] = super::cell::cell(link, crate::family::Order::Value, a, b).map_or(f64::NAN, |c| c.l.exp());
    }
}
