//! The data of a generalised linear mixed model, in working units.

use crate::covariance::Structure;
use crate::design::Design;
use crate::error::{Error, Result, try_vec};
use crate::family::{Family, Observations};
use crate::random::{Layout, TermRows};

/// Rows, matrices and family of one model. Each effect of Z is scaled to a mean square of one.
pub struct Model {
    pub family: Box<dyn Family>,
    pub n: usize,
    /// `[n, p]`, independent columns.
    pub x: Vec<f64>,
    pub p: usize,
    /// The columns of the design's X that are kept.
    pub kept: Vec<usize>,
    pub y: Vec<f64>,
    /// Empty if all are one.
    pub weights: Vec<f64>,
    pub offset: Vec<f64>,
    pub layout: Layout,
    pub structures: Vec<Structure>,
    index: Vec<Vec<u32>>,
    z: Vec<Option<Vec<f64>>>,
    /// The root mean square by which each effect was divided.
    pub scales: Vec<Vec<f64>>,
    /// Parameters of the family that are estimated.
    pub free: Vec<usize>,
}

impl Model {
    pub fn new(design: &Design, family: Box<dyn Family>, kept: Vec<usize>) -> Result<Self> {
        let n = design.n;
        let mut x = try_vec("fixed-effects model matrix", 0.0, n * kept.len())?;
        for (column, &j) in x.chunks_exact_mut(n).zip(&kept) {
            column.copy_from_slice(&design.x[j * n..(j + 1) * n]);
        }
        let free = (0..family.parameters().len()).filter(|&j| family.parameters()[j].fixed.is_none()).collect();
        let mut model = Model {
            n,
            x,
            p: kept.len(),
            kept,
            y: design.y.clone(),
            weights: design.weights.clone().unwrap_or_default(),
            offset: design.offset.clone().unwrap_or_else(|| vec![0.0; n]),
            layout: Layout::of_design(design),
            structures: design.terms.iter().map(|t| t.structure).collect(),
            index: design.terms.iter().map(|t| t.index.clone()).collect(),
            z: design.terms.iter().map(|t| t.z.clone()).collect(),
            scales: vec![],
            free,
            family,
        };
        model.scale_effects();
        if model.n <= model.p {
            return Err(Error::data(format!("{n} rows can't determine {} fixed effects", model.p)));
        }
        Ok(model)
    }

    fn scale_effects(&mut self) {
        for (k, z) in self.z.iter_mut().enumerate() {
            let r = self.layout.terms[k].effects;
            let mut scales = vec![1.0; r];
            if let Some(z) = z {
                for (scale, column) in scales.iter_mut().zip(z.chunks_exact(self.n)) {
                    let square = column.iter().map(|v| v * v).sum::<f64>() / self.n as f64;
                    *scale = if square > 0.0 { square.sqrt() } else { 1.0 };
                }
                if self.structures[k].homogeneous {
                    let mean = (scales.iter().map(|s| s * s).sum::<f64>() / r as f64).sqrt();
                    scales.fill(mean);
                }
                for (scale, column) in scales.iter().zip(z.chunks_exact_mut(self.n)) {
                    for v in column {
                        *v /= scale;
                    }
                }
            }
            self.scales.push(scales);
        }
    }

    pub fn observations(&self) -> Observations<'_> {
        Observations { y: &self.y, weights: &self.weights }
    }

    pub fn terms(&self) -> Vec<TermRows<'_>> {
        self.index.iter().zip(&self.z).map(|(index, z)| TermRows { index, z: z.as_deref() }).collect()
    }

    /// The number of working parameters of the covariance structures.
    pub fn n_theta(&self) -> usize {
        self.structures.iter().map(Structure::n_theta).sum()
    }

    /// Working parameters: covariance, fixed effects, the family's.
    pub fn n_parameters(&self) -> usize {
        self.n_theta() + self.p + self.free.len()
    }

    /// out += Z b.
    pub fn add_random(&self, b: &[f64], out: &mut [f64]) {
        for (k, (index, z)) in self.index.iter().zip(&self.z).enumerate() {
            let (r, first) = (self.layout.terms[k].effects, self.layout.offset(k));
            match z {
                None => {
                    for (eta, &level) in out.iter_mut().zip(index) {
                        *eta += b[first + level as usize];
                    }
                }
                Some(z) => {
                    for (e, column) in z.chunks_exact(self.n).enumerate() {
                        for ((eta, &level), z) in out.iter_mut().zip(index).zip(column) {
                            *eta += z * b[first + level as usize * r + e];
                        }
                    }
                }
            }
        }
    }

    /// out <- Z'v.
    pub fn transpose_random(&self, v: &[f64], out: &mut [f64]) {
        out.fill(0.0);
        for (k, (index, z)) in self.index.iter().zip(&self.z).enumerate() {
            let (r, first) = (self.layout.terms[k].effects, self.layout.offset(k));
            match z {
                None => {
                    for (v, &level) in v.iter().zip(index) {
                        out[first + level as usize] += v;
                    }
                }
                Some(z) => {
                    for (e, column) in z.chunks_exact(self.n).enumerate() {
                        for ((v, &level), z) in v.iter().zip(index).zip(column) {
                            out[first + level as usize * r + e] += v * z;
                        }
                    }
                }
            }
        }
    }
}
