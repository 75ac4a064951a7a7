//! Messages that a test singles out by their id, and the values that were put into them.
//!
//! The sentences themselves stand in one file a language, `server/tests/wording/`, and are
//! read there as a whole.

use podside_model::{Arg, Lang, Message};

use crate::texts::{placeholders, resolve};

/// The messages of one id that were told.
pub(super) struct Told {
    id: String,
    messages: Vec<Message>,
}

impl Told {
    /// Of these messages, and of those within them, the ones with that id. There must be one.
    #[track_caller]
    pub(super) fn find<'m>(id: &str, among: impl IntoIterator<Item = &'m Message>) -> Self {
        let mut all = Vec::new();
        for message in among {
            with_inner(message, &mut all);
        }
        let messages: Vec<Message> = all.iter().filter(|m| m.id == id).cloned().collect();
        assert!(
            !messages.is_empty(),
            "not told: {id}\ntold: {:#?}",
            shown(&all)
        );
        Self {
            id: id.to_owned(),
            messages,
        }
    }

    /// Keeps the messages that were told with that value, in the sentence and not only
    /// beside it. There must be one.
    #[track_caller]
    pub(super) fn narrow(&mut self, name: &str, value: impl Into<Arg>) {
        assert!(
            placeholders(&self.id).contains(&name),
            "the text {} does not show {{{name}}}",
            self.id
        );
        let value = value.into();
        let told = shown(&self.messages);
        self.messages.retain(|m| m.args.get(name) == Some(&value));
        assert!(
            !self.messages.is_empty(),
            "not told with {name} = {value:?}: {told:#?}"
        );
    }
}

/// A message and those among its arguments, however deep.
fn with_inner(message: &Message, all: &mut Vec<Message>) {
    all.push(message.clone());
    for arg in message.args.values() {
        if let Arg::Message(inner) = arg {
            with_inner(inner, all);
        }
    }
}

/// For who reads a failed test: each message as it is, and as it reads.
fn shown(messages: &[Message]) -> Vec<String> {
    messages
        .iter()
        .map(|m| format!("{} {:?}: {}", m.id, m.args, resolve(m, Lang::En)))
        .collect()
}
