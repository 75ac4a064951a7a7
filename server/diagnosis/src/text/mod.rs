//! A text in every language: one template a language.
//!
//! In a template `{name}` stands for an argument, and `{n|Pod|Pods}` for the singular or the
//! plural word, by the number `n`. The texts of a rule stand in the rule's file; all of them
//! together are the [catalogue](crate::texts).

mod template;

use podside_model::Lang;

pub(crate) use template::{fill, placeholders};

/// One text in every language.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// The id; within a rule without the cause and its dot.
    pub id: &'static str,
    /// English.
    pub en: &'static str,
    /// Japanese.
    pub ja: &'static str,
}

/// A text of a rule: `text("title", "English", "日本語")`.
pub const fn text(id: &'static str, en: &'static str, ja: &'static str) -> Text {
    Text { id, en, ja }
}

impl Text {
    /// The template in one language.
    pub const fn template(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::Ja => self.ja,
        }
    }
}
