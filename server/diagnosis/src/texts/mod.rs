//! The catalogue: every text of the diagnosis in every language.
//!
//! A [text](crate::text) is an id with one template a language. The ids of a rule's texts
//! begin with its cause; those that rules share stand in `shared`.

mod shared;

use std::collections::HashMap;
use std::sync::LazyLock;

use podside_model::{Lang, Message};

use crate::authors;
use crate::patience;
use crate::rules;
use crate::templates;
use crate::text::{Text, fill, placeholders as placeholders_of};
use crate::unwell;

/// A message that cannot be shown as it is meant: a fault in a rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// No text has this id.
    #[error("no text has the id {0}; add it to the texts of the rule that uses it")]
    UnknownId(String),
    /// The text uses an argument that the message does not carry.
    #[error(
        "the text {id} uses {{{argument}}}, which the message does not carry; set it with arg()"
    )]
    MissingArgument {
        /// The text's id.
        id: String,
        /// The argument's name.
        argument: String,
    },
}

static CATALOGUE: LazyLock<HashMap<String, &'static Text>> = LazyLock::new(|| {
    let of_rules = rules::all().flat_map(|rule| {
        rule.texts
            .iter()
            .map(move |text| (format!("{}.{}", rule.cause, text.id), text))
    });
    let shared = shared().map(|text| (text.id.to_owned(), text));
    of_rules.chain(shared).collect()
});

/// The texts that are not one rule's own.
fn shared() -> impl Iterator<Item = &'static Text> {
    let unwell = unwell::TEXTS.iter().chain(patience::texts());
    shared::TEXTS
        .iter()
        .chain(authors::TEXTS)
        .chain(templates::TEXTS)
        .chain(rules::EXIT_CODE_TEXTS)
        .chain(unwell)
}

/// A message in one language. A text or an argument that is missing shows as its
/// id or its placeholder: worse than a sentence, better than none.
pub fn resolve(message: &Message, lang: Lang) -> String {
    match CATALOGUE.get(&message.id) {
        Some(text) => fill(text.template(lang), message, lang, &resolve, &mut |_| {}),
        None => message.id.clone(),
    }
}

/// A message in one language, or what it lacks. For tests: what passes here has no
/// placeholder left when it is shown.
pub fn resolve_strictly(message: &Message, lang: Lang) -> Result<String, TextError> {
    let text = CATALOGUE
        .get(&message.id)
        .ok_or_else(|| TextError::UnknownId(message.id.clone()))?;
    let mut missing = None;
    let filled = fill(text.template(lang), message, lang, &resolve, &mut |name| {
        missing.get_or_insert_with(|| name.to_owned());
    });
    match missing {
        None => Ok(filled),
        Some(argument) => Err(TextError::MissingArgument {
            id: message.id.clone(),
            argument,
        }),
    }
}

/// Whether the catalogue has a text of that id.
pub fn exists(id: &str) -> bool {
    CATALOGUE.contains_key(id)
}

/// The ids of all texts, in no order.
pub fn ids() -> impl Iterator<Item = &'static str> {
    CATALOGUE.keys().map(String::as_str)
}

/// The names of the arguments that a text of the catalogue uses, in any language.
pub(crate) fn placeholders(id: &str) -> Vec<&'static str> {
    let mut names: Vec<_> = CATALOGUE
        .get(id)
        .into_iter()
        .flat_map(|text| Lang::ALL.map(|lang| placeholders_of(text.template(lang))))
        .flatten()
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_of_every_text_use_the_same_arguments() {
        for (id, text) in CATALOGUE.iter() {
            let [en, ja] = Lang::ALL.map(|lang| {
                let mut names = placeholders_of(text.template(lang));
                names.sort_unstable();
                names.dedup();
                names
            });
            assert_eq!(en, ja, "{id}");
            assert!(
                !text.en.trim().is_empty() && !text.ja.trim().is_empty(),
                "{id}"
            );
        }
    }

    #[test]
    fn nobody_has_to_know_what_a_claim_is() {
        for (id, text) in CATALOGUE.iter() {
            // An argument of that name holds the name of one.
            let en = text.en.replace("{claim}", "");
            let mut words = en.split(|c: char| !c.is_ascii_alphanumeric());
            let speaks = words.any(|word| matches!(word, "claim" | "claims" | "Claim"));
            assert!(
                !speaks || text.en.contains("PersistentVolumeClaim"),
                "{id}: {}",
                text.en
            );
        }
    }

    #[test]
    fn no_id_is_used_twice() {
        let of_rules: usize = rules::all().map(|rule| rule.texts.len()).sum();
        assert_eq!(CATALOGUE.len(), of_rules + shared().count());
    }
}
