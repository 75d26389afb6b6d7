//! Cross-products as bytes, for workers that gather and one place that fits.
//!
//! Four letters, a format number, the fields, and a checksum of all before it.

use crate::error::{Code, Error, Result};
use crate::lmm::cross_products::CrossProducts;

const MAGIC: [u8; 4] = *b"ILCP";
const FORMAT: u8 = 1;

impl CrossProducts {
    /// The accumulator as bytes that any machine reads back to the same numbers.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let mut bytes = MAGIC.to_vec();
        bytes.push(FORMAT);
        bytes = postcard::to_extend(self, bytes).map_err(|e| Error::new(Code::Internal, format!("writing an accumulator: {e}")))?;
        bytes.extend(checksum(&bytes).to_le_bytes());
        Ok(bytes)
    }

    /// Reads what `to_bytes` wrote; damaged or foreign bytes are an error.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let wrong = |what: String| Error::data(format!("the bytes are not an accumulator: {what}"));
        let Some((body, sum)) = bytes.split_last_chunk::<8>() else {
            return Err(wrong(format!("{} bytes are too few", bytes.len())));
        };
        if body.len() < 5 || body[..4] != MAGIC {
            return Err(wrong("they do not begin with ILCP".into()));
        }
        if body[4] != FORMAT {
            return Err(wrong(format!("format {} is not known to this version, which reads {FORMAT}", body[4])));
        }
        if checksum(body) != u64::from_le_bytes(*sum) {
            return Err(wrong("the checksum does not match".into()));
        }
        let products: CrossProducts = postcard::from_bytes(&body[5..]).map_err(|e| wrong(e.to_string()))?;
        products.check_sizes().map_err(wrong)?;
        Ok(products)
    }

    /// What is wrong with the sizes of an accumulator that was read from bytes.
    fn check_sizes(&self) -> std::result::Result<(), String> {
        let (c, q) = (self.layout.p + 1, self.layout.q());
        let terms = &self.layout.terms;
        let pairs = (0..terms.len()).flat_map(|k| (0..k).map(move |m| (k, m)));
        let sound = self.gram.len() == c * c
            && self.cz.len() == c * q
            && self.basis.as_ref().is_none_or(|b| b.columns == c && b.shift.len() == c && b.map.len() == c * c)
            && self.diagonal.len() == terms.len()
            && self.diagonal.iter().zip(terms).all(|(d, t)| d.len() == t.levels * t.effects * t.effects)
            && self.off_diagonal.len() == pairs.clone().count()
            && self.off_diagonal.iter().zip(pairs).all(|(block, (k, m))| block.fits(&terms[k], &terms[m]));
        if sound { Ok(()) } else { Err("its parts don't fit together".into()) }
    }
}

/// FNV-1a, 64 bits.
fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &b| (hash ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::StructureKind;
    use crate::lmm::tests::Example;

    #[test]
    fn bytes_read_back_to_the_same_accumulator() {
        let products =
            Example::new(3, 30, 2, &[(StructureKind::Unstructured, 2, 4), (StructureKind::Unstructured, 1, 3)], true).products();
        let bytes = products.to_bytes().unwrap();
        assert_eq!(CrossProducts::from_bytes(&bytes).unwrap(), products);
        for at in [0, 4, 9, bytes.len() / 2, bytes.len() - 1] {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            assert_eq!(CrossProducts::from_bytes(&damaged).unwrap_err().code, Code::Data);
        }
        assert!(CrossProducts::from_bytes(&bytes[..bytes.len() - 3]).is_err());
        assert!(CrossProducts::from_bytes(&[]).is_err());
    }
}
