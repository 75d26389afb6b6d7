//! Cross-products as bytes, for workers that gather and one place that fits.

use crate::envelope::{Envelope, fits};
use crate::error::Result;
use crate::lmm::cross_products::CrossProducts;

const CROSS_PRODUCTS: Envelope = Envelope { magic: *b"ILCP\r\n\x1a\n", format: 1, what: "cross-products" };

impl CrossProducts {
    /// The accumulator as bytes that any machine reads back to the same numbers.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        CROSS_PRODUCTS.seal(0, self)
    }

    /// Reads what `to_bytes` wrote; damaged or foreign bytes are an error.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let products: CrossProducts = CROSS_PRODUCTS.open(bytes)?.read()?;
        fits(products.has_its_sizes(), "the size of a part").map_err(|error| CROSS_PRODUCTS.wrong(&error.message))?;
        Ok(products)
    }

    fn has_its_sizes(&self) -> bool {
        let (c, q) = (self.layout.p + 1, self.layout.q());
        let terms = &self.layout.terms;
        let pairs = (0..terms.len()).flat_map(|k| (0..k).map(move |m| (k, m)));
        self.gram.len() == c * c
            && self.cz.len() == c * q
            && self.basis.as_ref().is_none_or(|b| b.columns == c && b.shift.len() == c && b.map.len() == c * c)
            && self.diagonal.len() == terms.len()
            && self.diagonal.iter().zip(terms).all(|(d, t)| d.len() == t.levels * t.effects * t.effects)
            && self.off_diagonal.len() == pairs.clone().count()
            && self.off_diagonal.iter().zip(pairs).all(|(block, (k, m))| block.fits(&terms[k], &terms[m]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::formula::StructureKind;
    use crate::lmm::tests::Example;

    #[test]
    fn bytes_read_back_to_the_same_accumulator() {
        let products =
            Example::new(3, 30, 2, &[(StructureKind::Unstructured, 2, 4), (StructureKind::Unstructured, 1, 3)], true).products();
        let bytes = products.to_bytes().unwrap();
        assert_eq!(CrossProducts::from_bytes(&bytes).unwrap(), products);
        for at in [0, 4, 40, bytes.len() / 2, bytes.len() - 1] {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            assert_eq!(CrossProducts::from_bytes(&damaged).unwrap_err().code, Code::Data);
        }
        assert!(CrossProducts::from_bytes(&bytes[..bytes.len() - 3]).is_err());
        assert!(CrossProducts::from_bytes(&[]).is_err());
    }
}
