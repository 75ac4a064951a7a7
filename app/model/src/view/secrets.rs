use serde::{Deserialize, Serialize};

/// What is done with what looks like a secret in lines and messages that a page quotes.
/// Whoever may see the cluster may ask for all of it; a reader of a link never can.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Secrets {
    /// Tokens stand in their place.
    #[default]
    Hidden,
    /// They are quoted as they are.
    Shown,
}

impl Secrets {
    /// The name of the parameter in addresses.
    pub const PARAMETER: &str = "secrets";

    /// The value of the parameter; `None` for its default.
    pub const fn parameter(self) -> Option<&'static str> {
        match self {
            Self::Hidden => None,
            Self::Shown => Some("shown"),
        }
    }

    /// Reads the value of the parameter; what is not known hides.
    pub fn of_parameter(value: Option<&str>) -> Self {
        if value == Self::Shown.parameter() {
            Self::Shown
        } else {
            Self::Hidden
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Secrets;

    #[test]
    fn nothing_but_the_word_shows_them() {
        for choice in [Secrets::Hidden, Secrets::Shown] {
            assert_eq!(Secrets::of_parameter(choice.parameter()), choice);
        }
        for other in [None, Some(""), Some("hidden"), Some("SHOWN"), Some("1")] {
            assert_eq!(Secrets::of_parameter(other), Secrets::Hidden, "{other:?}");
        }
    }
}
