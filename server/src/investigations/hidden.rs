//! Which values a shared page hides.

use std::collections::BTreeSet;

use podside_model::RedactedPart;
use podside_model::view::{HiddenValue, RecordWhat, SharedPage};
use serde_json::Value;

/// What begins the token that stands in a text for a secret: `[hidden: password #1]`.
const BEGINS: &str = "[hidden: ";
/// The longest name that a token carries, in bytes.
const LONGEST: usize = 80;

/// The values that are hidden on a shared page, each once: those of its notes, and those
/// whose token stands in any other of its texts, whichever field that is.
pub(super) fn hidden_values(page: &SharedPage) -> Vec<HiddenValue> {
    let mut all = BTreeSet::new();
    for row in &page.record {
        let RecordWhat::Noted { text } = &row.what else {
            continue;
        };
        all.extend(text.parts.iter().filter_map(|part| match part {
            RedactedPart::Hidden { secret, number } => Some(HiddenValue::InNote {
                seq: row.seq,
                secret: *secret,
                number: *number,
            }),
            RedactedPart::Text(_) => None,
        }));
    }
    // As JSON every text is a string, those of fields that are yet to come too.
    if let Ok(whole) = serde_json::to_value(page) {
        in_texts(&whole, &mut all);
    }
    all.into_iter().collect()
}

fn in_texts(value: &Value, all: &mut BTreeSet<HiddenValue>) {
    match value {
        Value::String(text) => {
            all.extend(tokens(text).map(|token| HiddenValue::InText(token.to_owned())));
        }
        Value::Array(values) => values.iter().for_each(|value| in_texts(value, all)),
        Value::Object(fields) => fields.values().for_each(|value| in_texts(value, all)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// What the tokens of a text name.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split(BEGINS).skip(1).filter_map(|rest| {
        let (name, _) = rest.split_once(']')?;
        (!name.is_empty() && name.len() <= LONGEST).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use podside_model::view::{ConclusionView, RecordRow};
    use podside_model::{Answer, ObjectRef, Redacted, SecretKind};

    use super::*;

    fn page(record: Vec<RecordWhat>, conclusion: Option<&str>) -> SharedPage {
        let rows = record.into_iter().zip(1..).map(|(what, seq)| RecordRow {
            seq,
            at: Timestamp::UNIX_EPOCH,
            who: "oncall-1".to_owned(),
            what,
        });
        SharedPage {
            now: Timestamp::UNIX_EPOCH,
            frozen_at: None,
            shared_by: "oncall-1".to_owned(),
            expires_at: Timestamp::UNIX_EPOCH,
            cluster: "practice".to_owned(),
            target: ObjectRef::namespaced("Pod", "shop", "cart"),
            started_at: Timestamp::UNIX_EPOCH,
            title: None,
            runbook: None,
            record: rows.collect(),
            conclusion: conclusion.map(|text| ConclusionView::Open {
                text: text.to_owned(),
            }),
            hidden: Vec::new(),
        }
    }

    fn note(parts: Vec<RedactedPart>) -> RecordWhat {
        RecordWhat::Noted {
            text: Redacted { parts },
        }
    }

    fn hidden(secret: SecretKind, number: u32) -> RedactedPart {
        RedactedPart::Hidden { secret, number }
    }

    fn answered(question: &str, fact: &str) -> RecordWhat {
        RecordWhat::Answered {
            question: question.to_owned(),
            answer: Answer::Yes,
            fact: Some(fact.to_owned()),
            by_itself: false,
            overruled: false,
            evidence: Vec::new(),
        }
    }

    #[test]
    fn each_value_counts_once_wherever_it_stands() {
        let page = page(
            vec![
                note(vec![
                    hidden(SecretKind::Password, 1),
                    RedactedPart::Text(" and ".to_owned()),
                    hidden(SecretKind::Password, 1),
                    hidden(SecretKind::AccessKey, 2),
                ]),
                // Numbers are those of one note.
                note(vec![hidden(SecretKind::Password, 1)]),
                answered("x", "[hidden: password #1] [hidden: password #2]"),
                answered("[hidden: password 3f2a9c1db0aa]", "[hidden: password #1]"),
            ],
            Some("again [hidden: password #2], and [hidden: bearer token #3]."),
        );
        let values = hidden_values(&page);
        let in_text: Vec<&str> = values
            .iter()
            .filter_map(|value| match value {
                HiddenValue::InText(name) => Some(name.as_str()),
                HiddenValue::InNote { .. } => None,
            })
            .collect();
        assert_eq!(
            in_text,
            [
                "bearer token #3",
                "password #1",
                "password #2",
                "password 3f2a9c1db0aa"
            ]
        );
        assert_eq!(values.len() - in_text.len(), 3);
    }

    #[test]
    fn what_is_no_token_is_not_counted() {
        let long = format!("[hidden: {}]", "x".repeat(200));
        let texts = ["[hidden: ", "[hidden: ]", "hidden: password #1", &long];
        let record = texts.iter().map(|text| answered("x", text)).collect();
        assert_eq!(hidden_values(&page(record, None)), []);
    }
}
