use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::Error;

/// The secret part of a link: 256 random bits, as 43 characters of base64url.
///
/// The store keeps only [`ShareToken::hash`], so that a copy of the database
/// opens no link. `Debug` does not print the token, so that no log holds it.
#[derive(Clone, PartialEq, Eq)]
pub struct ShareToken([u8; 32]);

impl ShareToken {
    /// A new token from the system's random source.
    pub fn random() -> Result<Self, Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|e| Error::NoRandomness(e.to_string()))?;
        Ok(Self(bytes))
    }

    /// Reads a token from a link; `None` if it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// The token as it stands in a link.
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What the store keeps of it: its SHA-256.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }
}

impl fmt::Debug for ShareToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShareToken(hidden)")
    }
}

/// The id of one form that makes a link: 128 random bits, as 22 characters of base64url.
///
/// It opens nothing and need not be kept secret. A form that is sent again, by a reload or
/// a second press, brings the same id, and by it the store knows that the link is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareForm([u8; 16]);

impl ShareForm {
    /// A new id from the system's random source.
    pub fn random() -> Result<Self, Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|e| Error::NoRandomness(e.to_string()))?;
        Ok(Self(bytes))
    }

    /// Reads an id as a form sends it; `None` if it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// The id as it stands in the form, and in the store.
    pub fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_known_by_its_id_again() {
        let form = ShareForm::random().unwrap();
        assert_eq!(form.text().len(), 22);
        assert_eq!(ShareForm::parse(&form.text()), Some(form.clone()));
        assert_ne!(ShareForm::random().unwrap(), form);
        for wrong in ["", "x", &form.text()[1..], "../../../../etc/passwd"] {
            assert_eq!(ShareForm::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_token_is_read_back_from_its_link() {
        let token = ShareToken::random().unwrap();
        assert_eq!(token.reveal().len(), 43);
        assert_eq!(ShareToken::parse(&token.reveal()), Some(token));
    }

    #[test]
    fn what_cannot_be_a_token_is_none() {
        for text in ["", "short", "a b", &"A".repeat(44), &"é".repeat(43)] {
            assert_eq!(ShareToken::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_log_does_not_show_the_token() {
        let token = ShareToken::random().unwrap();
        assert!(!format!("{token:?}").contains(&token.reveal()));
    }
}
