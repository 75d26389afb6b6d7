//! The columns of results in pieces of rows, for threads. Pieces are whole blocks, so that no value depends on where they end.

use std::iter::repeat_with;

use super::definition::{Constants, Derivatives, MAX_PARAMETERS};

/// Rows of a piece.
pub const PIECE: usize = 4096;

/// A column in pieces; an empty one has empty pieces.
pub fn pieces<T>(column: &mut [T]) -> impl Iterator<Item = &mut [T]> {
    column.chunks_mut(PIECE).chain(repeat_with(Default::default))
}

/// Some rows of derivatives.
pub(crate) struct DerivativeRows<'a> {
    pub first: usize,
    pub l: &'a mut [f64],
    pub s: &'a mut [f64],
    pub w: &'a mut [f64],
    pub t: &'a mut [f64],
    /// Of l, s and w in each parameter.
    pub psi: [[&'a mut [f64]; 3]; MAX_PARAMETERS],
}

impl Derivatives {
    pub(crate) fn whole(&mut self) -> DerivativeRows<'_> {
        let mut psi: [[&mut [f64]; 3]; MAX_PARAMETERS] = Default::default();
        for (own, column) in psi.iter_mut().zip(&mut self.psi) {
            *own = [&mut column.l, &mut column.s, &mut column.w];
        }
        DerivativeRows { first: 0, l: &mut self.l, s: &mut self.s, w: &mut self.w, t: &mut self.t, psi }
    }
}

impl<'a> DerivativeRows<'a> {
    pub(crate) fn in_pieces(self) -> Vec<DerivativeRows<'a>> {
        let rows = self.l.len();
        let (mut l, mut s, mut w, mut t) = (pieces(self.l), pieces(self.s), pieces(self.w), pieces(self.t));
        let mut psi = self.psi.map(|columns| columns.map(pieces));
        let mut next = |first: usize| DerivativeRows {
            first,
            l: l.next().unwrap_or_default(),
            s: s.next().unwrap_or_default(),
            w: w.next().unwrap_or_default(),
            t: t.next().unwrap_or_default(),
            psi: std::array::from_fn(|j| std::array::from_fn(|c| psi[j][c].next().unwrap_or_default())),
        };
        (0..rows).step_by(PIECE).map(&mut next).collect()
    }
}

/// Some rows of constants.
pub(crate) struct ConstantRows<'a> {
    pub first: usize,
    pub value: &'a mut [f64],
    pub psi: [&'a mut [f64]; MAX_PARAMETERS],
}

impl Constants {
    pub(crate) fn whole(&mut self) -> ConstantRows<'_> {
        let mut psi: [&mut [f64]; MAX_PARAMETERS] = Default::default();
        psi.iter_mut().zip(&mut self.psi).for_each(|(own, column)| *own = column);
        ConstantRows { first: 0, value: &mut self.value, psi }
    }
}

impl<'a> ConstantRows<'a> {
    pub(crate) fn in_pieces(self) -> Vec<ConstantRows<'a>> {
        let rows = self.value.len();
        let (mut value, mut psi) = (pieces(self.value), self.psi.map(pieces));
        let mut next = |first: usize| ConstantRows {
            first,
            value: value.next().unwrap_or_default(),
            psi: std::array::from_fn(|j| psi[j].next().unwrap_or_default()),
        };
        (0..rows).step_by(PIECE).map(&mut next).collect()
    }
}
