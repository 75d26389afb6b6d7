//! What is computed of eight levels at a time: R effects each, level by level the same operations.
// Without inlining it would be compiled for the oldest processors.
#![allow(clippy::inline_always, clippy::needless_range_loop)]

use pulp::NullaryFnOnce;

use crate::linalg::lanes::Lanes;

/// A product of pivots that is smaller can be multiplied by those of another level.
const SMALL_PRODUCT: f64 = 1e100;

/// The number of elements on and below the diagonal.
pub(super) const fn triangle(r: usize) -> usize {
    r * (r + 1) / 2
}

/// The place of an element on or below the diagonal, column by column.
#[inline(always)]
pub(super) const fn place(r: usize, row: usize, column: usize) -> usize {
    column * (2 * r - column - 1) / 2 + row
}

/// The factor of A = T'GT + I, and pivots.
struct Factor<const R: usize> {
    /// Below the diagonal.
    l: [[Lanes; R]; R],
    /// 1 / L_jj.
    inverse: [Lanes; R],
    /// |A|.
    determinant: Lanes,
}

/// The lower triangle G of levels as a whole matrix.
#[inline(always)]
fn whole<const R: usize>(g: &[Lanes]) -> [[Lanes; R]; R] {
    let mut out = [[Lanes::ZERO; R]; R];
    for b in 0..R {
        for a in b..R {
            out[b][a] = g[place(R, a, b)];
            out[a][b] = out[b][a];
        }
    }
    out
}

impl<const R: usize> Factor<R> {
    /// T by columns.
    #[inline(always)]
    fn new(g: &[[Lanes; R]; R], t: &[[f64; R]; R]) -> Self {
        let mut own = Factor { l: [[Lanes::ZERO; R]; R], inverse: [Lanes::ZERO; R], determinant: Lanes::ONE };
        for j in 0..R {
            let mut gt = [Lanes::ZERO; R];
            for l in j..R {
                for i in 0..R {
                    gt[i] += g[l][i] * t[j][l];
                }
            }
            let mut column = [Lanes::ZERO; R];
            for i in j..R {
                for l in i..R {
                    column[i] += gt[l] * t[i][l];
                }
            }
            column[j] += Lanes::ONE;
            for k in 0..j {
                for i in j..R {
                    column[i] -= own.l[k][i] * own.l[k][j];
                }
            }
            own.determinant = own.determinant * column[j];
            own.inverse[j] = Lanes::ONE / column[j].sqrt();
            for i in j + 1..R {
                own.l[j][i] = column[i] * own.inverse[j];
            }
        }
        own
    }

    /// L^-1 x.
    #[inline(always)]
    fn half(&self, mut x: [Lanes; R]) -> [Lanes; R] {
        for j in 0..R {
            x[j] = x[j] * self.inverse[j];
            for i in j + 1..R {
                x[i] -= self.l[j][i] * x[j];
            }
        }
        x
    }

    /// L'^-1 x.
    #[inline(always)]
    fn back(&self, mut x: [Lanes; R]) -> [Lanes; R] {
        for j in (0..R).rev() {
            for i in j + 1..R {
                x[j] -= self.l[j][i] * x[i];
            }
            x[j] = x[j] * self.inverse[j];
        }
        x
    }

    /// L^-1, by columns.
    #[inline(always)]
    fn lower_inverse(&self) -> [[Lanes; R]; R] {
        let mut out = [[Lanes::ZERO; R]; R];
        for j in 0..R {
            out[j][j] = Lanes::ONE;
            for k in j..R {
                out[j][k] = out[j][k] * self.inverse[k];
                for i in k + 1..R {
                    out[j][i] -= self.l[k][i] * out[j][k];
                }
            }
        }
        out
    }
}

/// T'x.
#[inline(always)]
fn transposed<const R: usize>(t: &[[f64; R]; R], x: &[Lanes]) -> [Lanes; R] {
    let mut out = [Lanes::ZERO; R];
    for i in 0..R {
        for l in i..R {
            out[i] += x[l] * t[i][l];
        }
    }
    out
}

/// a'b by columns: entry (i, j) at [j][i].
#[inline(always)]
fn inner<const R: usize>(a: &[[Lanes; R]; R], b: &[[Lanes; R]; R]) -> [[Lanes; R]; R] {
    let mut out = [[Lanes::ZERO; R]; R];
    for j in 0..R {
        for i in 0..R {
            for l in 0..R {
                out[j][i] += a[i][l] * b[j][l];
            }
        }
    }
    out
}

/// Adds x y' by columns.
#[inline(always)]
fn add_outer<const R: usize>(sums: &mut [Lanes], x: &[Lanes], y: &[Lanes]) {
    let sums = &mut sums[..R * R];
    for b in 0..R {
        for a in 0..R {
            sums[b * R + a] += x[a] * y[b];
        }
    }
}

/// The sum of log|A|, and half'half of the columns L^-1 T'Z'[Q e], the lower triangle by columns.
pub(super) struct First<'a, const R: usize> {
    pub columns: usize,
    pub tiles: &'a [Lanes],
    pub t: [[f64; R]; R],
    pub half: &'a mut [Lanes],
    pub sums: &'a mut [Lanes],
}

impl<const R: usize> NullaryFnOnce for First<'_, R> {
    type Output = f64;

    #[inline(always)]
    fn call(self) -> f64 {
        let First { columns, tiles, t, half, sums } = self;
        let (mut log_det, mut product) = (0.0, Lanes::ONE);
        for tile in tiles.chunks_exact(triangle(R) + R * columns) {
            let (g, fixed) = tile.split_at(triangle(R));
            let factor = Factor::new(&whole(g), &t);
            if factor.determinant.all_below(SMALL_PRODUCT) && product.all_below(SMALL_PRODUCT) {
                product = product * factor.determinant;
            } else {
                log_det += logarithms(product) + pivots(&factor);
                product = Lanes::ONE;
            }
            let mut k = 0;
            for (c, column) in fixed.chunks_exact(R).enumerate() {
                let own = factor.half(transposed(&t, column));
                half[c * R..(c + 1) * R].copy_from_slice(&own);
                for before in half[..(c + 1) * R].chunks_exact(R) {
                    for i in 0..R {
                        sums[k] += own[i] * before[i];
                    }
                    k += 1;
                }
            }
        }
        log_det + logarithms(product)
    }
}

fn logarithms(v: Lanes) -> f64 {
    v.0.iter().map(|v| v.ln()).sum()
}

/// log|A| where the product of the pivots may be too large.
fn pivots<const R: usize>(factor: &Factor<R>) -> f64 {
    -2.0 * factor.inverse.iter().map(|v| logarithms(*v)).sum::<f64>()
}

/// Sums over levels of what the gradient and the average information are made of. With x and y vectors `[R]` of a level, and B a matrix
/// of it:
///
/// * where T can be divided by, x = y = U_j and B = I - A^-1;
/// * otherwise x = Z'V^-1[Q e] and y = U_j, and B = Z'V^-1Z.
pub(super) struct Second<'a, const R: usize> {
    pub columns: usize,
    pub tiles: &'a [Lanes],
    pub t: [[f64; R]; R],
    pub divided: bool,
    /// What turns the columns [Q e], the last of them by `gamma`: lower factor of their Gram matrix `[columns, columns]`.
    pub gram: &'a [f64],
    pub gamma: &'a [f64],
    /// The first column that counts.
    pub from: usize,
    /// `[R, columns]`, twice.
    pub work: &'a mut [Lanes],
    pub sums: Sums<'a>,
}

/// Each of the matrices by columns.
pub(super) struct Sums<'a> {
    /// G Lambda A^-1, or I - A^-1.
    pub trace: &'a mut [Lanes],
    /// x_j y_j' of Q's columns.
    pub fixed: &'a mut [Lanes],
    /// x y' of the last column.
    pub last: &'a mut [Lanes],
    /// x_j x' with x of the last column `[R, R, columns]`.
    pub along: &'a mut [Lanes],
    /// The elements of x x' times those of B, lower triangles.
    pub tensor: &'a mut [Lanes],
}

impl<const R: usize> Second<'_, R> {
    /// What is orthogonal to Q in the metric of V, and Q orthonormal in it.
    #[inline(always)]
    fn turn(&self, columns: &mut [Lanes]) {
        let m = self.columns;
        let (before, last) = columns.split_at_mut((m - 1) * R);
        for (column, gamma) in before.chunks_exact(R).zip(self.gamma) {
            for i in 0..R {
                last[i] -= column[i] * *gamma;
            }
        }
        if self.from == 0 {
            for j in 0..m - 1 {
                let (before, rest) = before.split_at_mut(j * R);
                let own = &mut rest[..R];
                for (k, column) in before.chunks_exact(R).enumerate() {
                    for i in 0..R {
                        own[i] -= column[i] * self.gram[k * m + j];
                    }
                }
                for i in 0..R {
                    own[i] = own[i] * (1.0 / self.gram[j * m + j]);
                }
            }
        }
    }

    /// The sums of one tile, of x and y, and B by columns.
    #[inline(always)]
    fn add(&mut self, x: &[Lanes], y: &[Lanes], b: &[[Lanes; R]; R]) {
        let sums = &mut self.sums;
        let end = (self.columns - 1) * R;
        let last = &x[end..end + R];
        for c in self.from..self.columns {
            let (x, y) = (&x[c * R..(c + 1) * R], &y[c * R..(c + 1) * R]);
            add_outer::<R>(if c * R == end { &mut *sums.last } else { &mut *sums.fixed }, x, y);
            add_outer::<R>(&mut sums.along[c * R * R..], x, last);
        }
        let mut k = 0;
        for column in 0..R {
            for row in column..R {
                let product = last[row] * last[column];
                let own = &mut sums.tensor[k * triangle(R)..(k + 1) * triangle(R)];
                let mut e = 0;
                for c in 0..R {
                    for a in c..R {
                        own[e] += product * b[c][a];
                        e += 1;
                    }
                }
                k += 1;
            }
        }
    }
}

impl<const R: usize> NullaryFnOnce for Second<'_, R> {
    type Output = ();

    #[inline(always)]
    fn call(mut self) {
        let (tiles, t, m) = (self.tiles, self.t, self.columns);
        let work = std::mem::take(&mut self.work);
        let (u, z) = work.split_at_mut(m * R);
        for tile in tiles.chunks_exact(triangle(R) + R * m) {
            let (g, fixed) = tile.split_at(triangle(R));
            let g = whole::<R>(g);
            let factor = Factor::new(&g, &t);
            for (column, out) in fixed.chunks_exact(R).zip(u.chunks_exact_mut(R)) {
                out.copy_from_slice(&factor.half(transposed(&t, column)));
            }
            self.turn(u);
            for column in u.chunks_exact_mut(R).skip(self.from) {
                let mut own = [Lanes::ZERO; R];
                own.copy_from_slice(column);
                column.copy_from_slice(&factor.back(own));
            }
            let n = factor.lower_inverse();
            if self.divided {
                // B = I - A^-1.
                let mut b = inner(&n, &n);
                for c in 0..R {
                    for a in 0..R {
                        b[c][a] = (if a == c { Lanes::ONE } else { Lanes::ZERO }) - b[c][a];
                        self.sums.trace[c * R + a] += b[c][a];
                    }
                }
                self.add(u, u, &b);
                continue;
            }
            // Y = L^-1 T'G; B = G - Y'Y, and G T A^-1 = Y'L^-1.
            let mut y = [[Lanes::ZERO; R]; R];
            for c in 0..R {
                y[c] = factor.half(transposed(&t, &g[c]));
            }
            let (mut b, trace) = (inner(&y, &y), inner(&y, &n));
            for c in 0..R {
                for a in 0..R {
                    b[c][a] = g[c][a] - b[c][a];
                    self.sums.trace[c * R + a] += trace[c][a];
                }
            }
            z.copy_from_slice(fixed);
            self.turn(z);
            for (z, u) in z.chunks_exact_mut(R).zip(u.chunks_exact(R)).skip(self.from) {
                for c in 0..R {
                    let mut tu = Lanes::ZERO;
                    for l in 0..=c {
                        tu += u[l] * t[l][c];
                    }
                    for i in 0..R {
                        z[i] -= g[c][i] * tu;
                    }
                }
            }
            self.add(z, u, &b);
        }
    }
}
