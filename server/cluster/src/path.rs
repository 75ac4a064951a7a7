//! Paths of the Kubernetes API, built from names that nobody has checked.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::error::{Error, Result};

/// One name as a segment of a path. Every byte that is not unreserved (RFC 3986)
/// is encoded; what the API server refuses as a name (`path.IsValidPathSegmentName`)
/// is refused here, as it could change which path is meant.
pub(crate) fn segment(name: &str) -> Result<String> {
    let invalid = name.is_empty()
        || name.len() > 253
        || matches!(name, "." | "..")
        || name.contains(['/', '%'])
        || name.chars().any(char::is_control);
    if invalid {
        return Err(Error::InvalidName {
            name: name.chars().take(64).collect(),
        });
    }
    Ok(encode(name))
}

/// A query string of `pairs`, with its question mark; empty without pairs.
pub(crate) fn query(pairs: &[(&str, String)]) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        text.push(if text.is_empty() { '?' } else { '&' });
        text.push_str(name);
        text.push('=');
        text.push_str(&encode(value));
    }
    text
}

/// All but the unreserved characters of RFC 3986, section 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_one_segment() {
        assert_eq!(segment("web-1.x").unwrap(), "web-1.x");
        assert_eq!(segment("system:node?a=b").unwrap(), "system%3Anode%3Fa%3Db");
        for wrong in ["", ".", "..", "a/b", "a%2fb", "a\nb", &"a".repeat(254)] {
            assert!(segment(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_query_is_encoded() {
        assert_eq!(query(&[]), "");
        assert_eq!(
            query(&[("limit", "5".into()), ("labelSelector", "a=b&c".into())]),
            "?limit=5&labelSelector=a%3Db%26c"
        );
    }
}
