//! The numbers of what is hidden, given when an answer leaves.
//!
//! Evidence, notes and lines carry tokens whose tags are equal for equal secrets. A reader
//! gets numbers instead, counted anew in each answer: they say as much, and nothing can be
//! tried against them.

use std::borrow::Cow;

use podside_redact::Numbers;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The answer with a number in the place of each tag.
pub(crate) fn numbered<T: Serialize + DeserializeOwned>(answer: T) -> T {
    // Every answer travels as JSON, in which a token stands as it is; so nothing that it
    // holds can be forgotten here.
    let text = match serde_json::to_string(&answer) {
        Ok(text) => text,
        Err(error) => {
            tracing::error!(%error, "an answer cannot be written as JSON");
            return answer;
        }
    };
    match Numbers::new().number(&text) {
        Cow::Borrowed(_) => answer,
        Cow::Owned(numbered) => serde_json::from_str(&numbered).unwrap_or_else(|error| {
            tracing::error!(%error, "an answer cannot be read back");
            answer
        }),
    }
}

#[cfg(test)]
mod tests {
    use podside_model::SecretKind;
    use podside_redact::token;

    use super::numbered;

    #[test]
    fn equal_secrets_have_equal_numbers_within_one_answer() {
        let (one, other) = (
            token(SecretKind::Password, "a\"b"),
            token(SecretKind::AccessKey, "c"),
        );
        let answer = vec![
            format!("x {other} y"),
            one.clone(),
            format!("{one}\n{other}"),
        ];
        assert_eq!(
            numbered(answer),
            [
                "x [hidden: access-key #1] y",
                "[hidden: password #2]",
                "[hidden: password #2]\n[hidden: access-key #1]"
            ]
        );
    }
}
