//! Closed lists of choices, such as kinds of degrees of freedom, and the words for them.

use std::ffi::CStr;

use crate::error::{Error, Result};
use crate::names::{nearest, quoted};

/// A value out of a closed list. Its name is one word in lower case, joined by underscores.
pub trait Choice: Copy + PartialEq + Sized + 'static {
    /// What it is a choice of, as messages call it.
    const LIST: &'static str;

    /// All of the list with their names, as C reads them.
    const ALL: &'static [(Self, &'static CStr)];

    fn c_name(self) -> &'static CStr {
        Self::ALL.iter().find(|(value, _)| *value == self).map_or(c"", |(_, name)| name)
    }

    fn name(self) -> &'static str {
        self.c_name().to_str().unwrap_or_default()
    }

    /// The value of a name. Hyphens and capitals are understood: `Kenward-Roger` is `kenward_roger`.
    fn from_name(text: &str) -> Result<Self> {
        let word = text.trim().replace('-', "_").to_lowercase();
        Self::ALL.iter().find(|(value, _)| value.name() == word).map(|(value, _)| *value).ok_or_else(|| {
            let names = || Self::ALL.iter().map(|(value, _)| value.name());
            let hint = nearest(&word, names()).map(|near| format!(", did you mean {near}?")).unwrap_or_default();
            let known = names().collect::<Vec<_>>().join(", ");
            Error::argument(format!("{} is {}, it must be one of {known}{hint}", Self::LIST, quoted(text)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Tea {
        Black,
        LapsangSouchong,
    }

    impl Choice for Tea {
        const LIST: &'static str = "tea";
        const ALL: &'static [(Self, &'static CStr)] = &[(Tea::Black, c"black"), (Tea::LapsangSouchong, c"lapsang_souchong")];
    }

    #[test]
    fn names_lead_to_values_and_back() {
        for &(value, _) in Tea::ALL {
            assert_eq!(Tea::from_name(value.name()).unwrap(), value);
        }
        assert_eq!(Tea::from_name(" Lapsang-Souchong").unwrap(), Tea::LapsangSouchong);
    }

    #[test]
    fn an_unknown_name_is_told_the_list_and_the_nearest() {
        let message = Tea::from_name("blak").unwrap_err().message;
        assert_eq!(message, "tea is 'blak', it must be one of black, lapsang_souchong, did you mean black?");
    }
}
