//! What stands in the place of a secret.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use hmac::{Hmac, KeyInit, Mac};
use podside_model::SecretKind;
use sha2::Sha256;

/// What each token begins with.
const OPENING: &str = "[hidden: ";

/// Bytes of a tag, shown as twice as many hexadecimal digits. With 48 bits, two of a
/// million different secrets share a tag about once in 600 processes.
const TAG_BYTES: usize = 6;

/// The most digits of a number in a token.
const NUMBER_DIGITS: usize = 9;

/// The kinds and what a token calls them.
const KINDS: [(SecretKind, &str); 4] = [
    (SecretKind::Password, "password"),
    (SecretKind::BearerToken, "bearer-token"),
    (SecretKind::AccessKey, "access-key"),
    (SecretKind::PrivateKey, "private-key"),
];

static KEY: OnceLock<[u8; 32]> = OnceLock::new();

/// The process has a key already, and tokens under another would not be equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key of the tokens is in use already; set it before anything is hidden")]
pub struct KeyInUse;

/// Sets the process's key for tags, which is drawn at random otherwise.
///
/// # Errors
/// When a key is in use already.
pub fn set_key(key: [u8; 32]) -> Result<(), KeyInUse> {
    KEY.set(key).map_err(|_| KeyInUse)
}

fn key() -> &'static [u8; 32] {
    KEY.get_or_init(|| {
        let mut key = [0; 32];
        if getrandom::fill(&mut key).is_err() {
            // Without the system's random source no TLS works either. The keys of the
            // standard library's hash maps are the best that is left.
            for (at, part) in key.chunks_mut(8).enumerate() {
                use std::hash::BuildHasher;
                let drawn = std::hash::RandomState::new().hash_one(at);
                part.copy_from_slice(&drawn.to_ne_bytes());
            }
        }
        key
    })
}

/// The token of a secret: `[hidden: KIND TAG]`, where KIND is one of `password`,
/// `bearer-token`, `access-key`, `private-key`, and TAG are 12 hexadecimal digits of
/// HMAC-SHA256 under the process's key.
///
/// Equal secrets have equal tokens; without the key, a weak password cannot be guessed
/// from its token.
pub fn token(kind: SecretKind, secret: &str) -> String {
    let name = name_of(kind);
    let mut token = String::with_capacity(OPENING.len() + name.len() + 2 + 2 * TAG_BYTES);
    token.push_str(OPENING);
    token.push_str(name);
    token.push(' ');
    // HMAC takes a key of any length.
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key()) {
        mac.update(secret.as_bytes());
        for byte in mac.finalize().into_bytes().iter().take(TAG_BYTES) {
            token.push(digit(byte >> 4));
            token.push(digit(byte & 15));
        }
    }
    token.push(']');
    token
}

fn digit(half: u8) -> char {
    char::from_digit(u32::from(half), 16).unwrap_or('0')
}

fn name_of(kind: SecretKind) -> &'static str {
    KINDS
        .iter()
        .find_map(|(of, name)| (*of == kind).then_some(*name))
        .unwrap_or("password")
}

/// A token in a text.
pub(crate) struct Token<'a> {
    /// Its bytes.
    pub(crate) range: Range<usize>,
    /// Of what kind it says the secret is.
    pub(crate) kind: SecretKind,
    /// Its tag, or `#` and its number.
    pub(crate) tag: &'a str,
}

/// The tokens in a text, with tags or numbers, in their order.
pub(crate) fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + text.get(at..)?.find(OPENING)?;
            at = start + OPENING.len();
            if let Some(token) = token_at(text, start) {
                at = token.range.end;
                return Some(token);
            }
        }
    })
}

fn token_at(text: &str, start: usize) -> Option<Token<'_>> {
    let rest = text.get(start + OPENING.len()..)?;
    let (kind, after) = KINDS
        .iter()
        .find_map(|(kind, name)| Some((*kind, rest.strip_prefix(name)?.strip_prefix(' ')?)))?;
    let digits = |text: &str, is: fn(&u8) -> bool| text.bytes().take_while(is).count();
    let length = match after.strip_prefix('#') {
        Some(number) => {
            let length = digits(number, u8::is_ascii_digit);
            (1..=NUMBER_DIGITS)
                .contains(&length)
                .then_some(length + 1)?
        }
        None => {
            let is_hex = |byte: &u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte);
            (digits(after, is_hex) == 2 * TAG_BYTES).then_some(2 * TAG_BYTES)?
        }
    };
    let (tag, end) = after.split_at_checked(length)?;
    let end = text.len() - end.strip_prefix(']')?.len();
    Some(Token {
        range: start..end,
        kind,
        tag,
    })
}

/// Gives tokens numbers for a reader, by their first appearance in one document:
/// `[hidden: password #1]`. Equal secrets have equal numbers.
///
/// It works on any text, JSON included, because a token holds nothing that JSON escapes.
#[derive(Debug, Default)]
pub struct Numbers {
    by_tag: HashMap<String, usize>,
}

impl Numbers {
    /// No token has a number yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The text with its tokens' tags replaced by numbers. What has a number already
    /// keeps it and is not counted.
    pub fn number<'a>(&mut self, text: &'a str) -> Cow<'a, str> {
        let mut numbered = String::new();
        let mut at = 0;
        for token in tokens(text) {
            if token.tag.starts_with('#') {
                continue;
            }
            let next = self.by_tag.len() + 1;
            let number = *self.by_tag.entry(token.tag.to_owned()).or_insert(next);
            numbered.push_str(text.get(at..token.range.start).unwrap_or_default());
            numbered.push_str(&format!("{OPENING}{} #{number}]", name_of(token.kind)));
            at = token.range.end;
        }
        if at == 0 {
            return Cow::Borrowed(text);
        }
        numbered.push_str(text.get(at..).unwrap_or_default());
        Cow::Owned(numbered)
    }

    /// How many different secrets have a number.
    pub fn count(&self) -> usize {
        self.by_tag.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_the_kind_and_is_the_same_for_the_same() {
        let one = token(SecretKind::Password, "hunter2");
        assert_eq!(one, token(SecretKind::Password, "hunter2"));
        assert_ne!(one, token(SecretKind::Password, "hunter3"));
        assert_eq!(one.len(), "[hidden: password 0123456789ab]".len());
        for (kind, name) in KINDS {
            let token = token(kind, "a");
            let text = format!("é {token}{token} [hidden: x]");
            let found: Vec<_> = tokens(&text).map(|t| (t.range, t.kind)).collect();
            let (start, end) = (3, 3 + token.len());
            assert_eq!(found, [(start..end, kind), (end..end + token.len(), kind)]);
            assert!(token.contains(name));
        }
    }

    #[test]
    fn a_key_in_use_is_not_changed() {
        let before = token(SecretKind::Password, "hunter2");
        assert_eq!(set_key([7; 32]), Err(KeyInUse));
        assert_eq!(before, token(SecretKind::Password, "hunter2"));
    }

    #[test]
    fn tokens_are_numbered_by_first_appearance() {
        let (a, b) = (
            token(SecretKind::Password, "a"),
            token(SecretKind::AccessKey, "b"),
        );
        let mut numbers = Numbers::new();
        assert_eq!(
            numbers.number(&format!("{{\"x\":\"{b} {a}\"}}")),
            "{\"x\":\"[hidden: access-key #1] [hidden: password #2]\"}"
        );
        assert_eq!(numbers.number(&format!("{a}!")), "[hidden: password #2]!");
        assert_eq!(numbers.count(), 2);
        for plain in ["nothing", "[hidden: password #2]", "[hidden: password 12]"] {
            assert!(matches!(numbers.number(plain), Cow::Borrowed(text) if text == plain));
        }
    }
}
