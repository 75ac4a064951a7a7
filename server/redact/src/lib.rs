//! What looks like a secret, found and hidden: in texts, lines and objects.
//!
//! The one redaction for notes, evidence, objects, logs, events, recordings and exports.
//! Better one value too many hidden than one shown. No value that it hides is in an error, a log
//! or a tag, and nothing here knows a cluster, a page or a clock.

mod assignment;
mod header;
mod judge;
mod keywords;
mod lines;
mod mask;
mod names;
mod note;
mod object;
mod pem;
mod pending;
mod quote;
mod rules;
mod search;
mod token;
mod url;
mod value;
mod words;

use std::borrow::Cow;
use std::ops::Range;

use podside_model::SecretKind;

pub use lines::Lines;
pub use names::is_secret_name;
pub use object::{Hide, Tokens, object, replace, text};
pub use token::{KeyInUse, Numbers, set_key, token};
pub use url::is_url;

/// A secret in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its bytes, on the boundaries of characters.
    pub range: Range<usize>,
    /// What kind of secret it is.
    pub kind: SecretKind,
}

/// What looks like a secret in a text: in order, none within another. Tokens are not.
pub fn find(text: &str) -> Vec<Found> {
    search::text(text, false)
}

/// The text with each secret replaced by its [`token`]; borrowed where nothing is found.
/// What is hidden already stays as it is.
pub fn hide(text: &str) -> Cow<'_, str> {
    replaced(text, &find(text))
}

/// As [`hide`], for the value of something that has a name.
///
/// If the name is a secret's, the value is hidden whole; but references to variables and
/// tokens stay, and a URL keeps its scheme, host, port and path.
pub fn hide_named<'a>(name: &str, value: &'a str) -> Cow<'a, str> {
    replaced(value, &search::named(name, value))
}

/// Whether a text is a token and nothing else: then it says no more than that something
/// was hidden.
pub fn is_token(text: &str) -> bool {
    token::tokens(text).any(|token| token.range == (0..text.len()))
}

/// As [`hide`], for what people write: "the password is hunter2".
pub fn hide_note(text: &str) -> Cow<'_, str> {
    replaced(text, &search::text(text, true))
}

fn replaced<'a>(text: &'a str, found: &[Found]) -> Cow<'a, str> {
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut hidden = String::with_capacity(text.len() + 16 * found.len());
    let mut at = 0;
    for secret in found {
        hidden.push_str(text.get(at..secret.range.start).unwrap_or_default());
        let value = text.get(secret.range.clone()).unwrap_or_default();
        hidden.push_str(&token(secret.kind, value));
        at = secret.range.end;
    }
    hidden.push_str(text.get(at..).unwrap_or_default());
    Cow::Owned(hidden)
}
