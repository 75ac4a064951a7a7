//! What looks like a secret, hidden where evidence and titles are made, so that nothing
//! that shows, keeps or sends them on can forget to.
//!
//! Rules see the facts as they are; every text that leaves the judgement passes through
//! here: the arguments of its messages, and the words of the cluster that it quotes.

use std::borrow::Cow;

use podside_model::{Arg, Checked, Message, Unknown};
use podside_redact::hide;

/// A text of the judgement with its arguments hidden.
pub(crate) fn message(mut message: Message) -> Message {
    message.args.values_mut().for_each(hide_arg);
    message
}

/// Words of the cluster.
pub(crate) fn words(text: String) -> String {
    match hide(&text) {
        Cow::Owned(hidden) => hidden,
        Cow::Borrowed(_) => text,
    }
}

/// Something that cannot be told.
pub(crate) fn unknown(unknown: Unknown<Message>) -> Unknown<Message> {
    Unknown {
        what: message(unknown.what),
        settle: unknown.settle.map(message),
        ..unknown
    }
}

/// Something that looks unusual and is well.
pub(crate) fn checked(checked: Checked<Message>) -> Checked<Message> {
    Checked {
        why: message(checked.why),
        ..checked
    }
}

fn hide_arg(arg: &mut Arg) {
    match arg {
        Arg::Text(text) => hide_in(text),
        Arg::List(texts) => texts.iter_mut().for_each(hide_in),
        // Rules nest texts one or two deep.
        Arg::Message(message) => message.args.values_mut().for_each(hide_arg),
        Arg::Number(_) | Arg::Time(_) | Arg::Seconds(_) => {}
    }
}

fn hide_in(text: &mut String) {
    if let Cow::Owned(hidden) = hide(text) {
        *text = hidden;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_argument_is_hidden_however_deep_it_stands() {
        let secret = "password=hunter2hunter2";
        let inner = Message::new("y").with("said", secret);
        let hidden = message(
            Message::new("x")
                .with("text", secret)
                .with("list", vec!["plain".to_owned(), secret.to_owned()])
                .with("inner", inner)
                .with("count", 3),
        );
        let shown = format!("{hidden:?}");
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.contains("plain"), "{shown}");
    }
}
