use std::fmt::Write as _;

use podside_model::{Arg, Lang, Message, Texts};

/// How what is kept by its id reads: a search looks for the sentences that its reader saw.
#[derive(Clone, Copy, Debug)]
pub struct Wording {
    /// A message in a language.
    pub message: fn(&Message, Lang) -> String,
    /// The title of a runbook by its id; `None` when there is no such runbook.
    pub runbook: fn(&str) -> Option<Texts>,
}

impl Default for Wording {
    /// Of a message what it was filled with, and no titles.
    fn default() -> Self {
        Self {
            message: |message, _| {
                let mut text = String::new();
                fill(&mut text, message);
                text
            },
            runbook: |_| None,
        }
    }
}

fn fill(text: &mut String, message: &Message) {
    for arg in message.args.values() {
        match arg {
            Arg::Text(value) => {
                text.push_str(value);
                text.push('\n');
            }
            Arg::List(values) => {
                for value in values {
                    text.push_str(value);
                    text.push('\n');
                }
            }
            Arg::Number(number) => {
                // Writing to a string cannot fail.
                let _ = writeln!(text, "{number}");
            }
            Arg::Message(inner) => fill(text, inner),
            Arg::Time(_) | Arg::Seconds(_) => {}
        }
    }
}
