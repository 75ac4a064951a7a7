//! A shared investigation as Markdown, for an issue or a post-mortem.

use std::fmt::Write as _;

use jiff::Timestamp;
use podside_model::view::{ConclusionView, RecordRow, RecordWhat, SharedPage};
use podside_model::{Answer, Lang, RedactedPart};

use super::markdown::{code, escaped, write_problem};
use super::words::Words;

/// Writes what a link shows as Markdown (CommonMark): the conclusion with its proof and
/// fix, then each entry with its time. What cluster and people wrote is escaped.
pub(crate) fn shared(page: &SharedPage, lang: Lang) -> String {
    let w = SharedWords::of(lang);
    let mut out = String::new();
    match &page.conclusion {
        Some(conclusion) => write_conclusion(&mut out, conclusion, lang),
        None => {
            let _ = writeln!(out, "**{}**", w.going_on);
        }
    }
    let _ = writeln!(
        out,
        "\n{} · {} · {}",
        code(&page.target.to_string()),
        escaped(&page.cluster),
        second(page.started_at)
    );
    let _ = writeln!(out, "\n### {}\n", w.how);
    for row in &page.record {
        write_entry(&mut out, row, &w);
    }
    let standing = match page.frozen_at {
        Some(at) => format!("{} {}", w.frozen, second(at)),
        None => w.live.to_owned(),
    };
    let _ = writeln!(
        out,
        "\n<sub>{standing}, {} {}</sub>",
        w.shared_by,
        escaped(&page.shared_by)
    );
    out
}

fn write_conclusion(out: &mut String, conclusion: &ConclusionView, lang: Lang) {
    let text = match conclusion {
        ConclusionView::Cause {
            problem: Some(problem),
            ..
        } => return write_problem(out, problem, lang, &Words::of(lang)),
        ConclusionView::Cause { cause, text, .. } => format!("{cause}: {text}"),
        ConclusionView::NothingWrong { text }
        | ConclusionView::Continue { text, .. }
        | ConclusionView::Open { text } => text.clone(),
    };
    let _ = writeln!(out, "**{}**", escaped(&text));
}

fn write_entry(out: &mut String, row: &RecordRow, w: &SharedWords) {
    let at = second(row.at);
    let _ = match &row.what {
        RecordWhat::Answered {
            question,
            answer,
            fact,
            ..
        } => {
            let fact = fact.iter().map(|fact| format!(", {}", escaped(fact)));
            let fact: String = fact.collect();
            let answer = w.answer(*answer);
            writeln!(out, "- {at} {} **{answer}**{fact}", escaped(question))
        }
        RecordWhat::Returned { question } => {
            writeln!(out, "- {at} {}: {}", w.went_back, escaped(question))
        }
        RecordWhat::Allowed { command } => {
            let who = escaped(&row.who);
            writeln!(out, "- {at} {}: {who}: {}", w.allowed, code(command))
        }
        RecordWhat::Ran { question, fact, .. } => {
            let fact = fact.iter().map(|fact| format!(", {}", escaped(fact)));
            let fact: String = fact.collect();
            writeln!(out, "- {at} {}: {}{fact}", w.ran, escaped(question))
        }
        RecordWhat::Noted { text } => {
            let text: String = text
                .parts
                .iter()
                .map(|part| match part {
                    RedactedPart::Text(text) => escaped(text),
                    RedactedPart::Hidden { number, .. } => format!("`{} #{number}`", w.hidden),
                })
                .collect();
            writeln!(out, "- {at} {}: {text}", escaped(&row.who))
        }
        RecordWhat::Concluded { .. } => writeln!(out, "- {at} {}", w.concluded),
    };
}

/// A moment in whole seconds, with its date.
fn second(at: Timestamp) -> String {
    format!("{at:.0}")
}

struct SharedWords {
    how: &'static str,
    going_on: &'static str,
    frozen: &'static str,
    live: &'static str,
    shared_by: &'static str,
    went_back: &'static str,
    allowed: &'static str,
    ran: &'static str,
    concluded: &'static str,
    hidden: &'static str,
    answers: [&'static str; 3],
}

impl SharedWords {
    const fn of(lang: Lang) -> Self {
        match lang {
            Lang::En => Self {
                how: "How it was found",
                going_on: "Not concluded yet",
                frozen: "As it stood at",
                live: "Goes on with the investigation",
                shared_by: "shared by",
                went_back: "went back to",
                allowed: "test allowed by",
                ran: "test for",
                concluded: "Concluded",
                hidden: "hidden",
                answers: ["Yes", "No", "Can’t tell"],
            },
            Lang::Ja => Self {
                how: "調査の流れ",
                going_on: "結論はまだない",
                frozen: "時点の固定:",
                live: "調査の進行に合わせて更新",
                shared_by: "共有者",
                went_back: "戻った先",
                allowed: "テストの許可",
                ran: "テスト",
                concluded: "結論",
                hidden: "非表示",
                answers: ["はい", "いいえ", "わからない"],
            },
        }
    }

    const fn answer(&self, answer: Answer) -> &'static str {
        let [yes, no, unknown] = self.answers;
        match answer {
            Answer::Yes => yes,
            Answer::No => no,
            Answer::Unknown => unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use podside_model::{ObjectRef, Redacted, SecretKind};

    use super::*;

    fn page() -> SharedPage {
        let at: Timestamp = "2026-11-20T20:28:17.5Z".parse().unwrap();
        let row = |seq, what| RecordRow {
            seq,
            at,
            who: "oncall".to_owned(),
            what,
        };
        SharedPage {
            now: at,
            frozen_at: Some(at),
            shared_by: "oncall".to_owned(),
            expires_at: at,
            cluster: "practice".to_owned(),
            target: ObjectRef::namespaced("Service", "shop", "cart"),
            started_at: at,
            title: None,
            runbook: None,
            hidden: Vec::new(),
            record: vec![
                row(
                    1,
                    RecordWhat::Answered {
                        question: "Is *it* there?".to_owned(),
                        answer: Answer::No,
                        fact: Some("<b>Running</b>".to_owned()),
                        by_itself: false,
                        overruled: false,
                        evidence: Vec::new(),
                    },
                ),
                row(
                    2,
                    RecordWhat::Noted {
                        text: Redacted {
                            parts: vec![
                                RedactedPart::Text("token ".to_owned()),
                                RedactedPart::Hidden {
                                    secret: SecretKind::Password,
                                    number: 1,
                                },
                            ],
                        },
                    },
                ),
            ],
            conclusion: Some(ConclusionView::Open {
                text: "[look](javascript:x)".to_owned(),
            }),
        }
    }

    #[test]
    fn what_was_written_down_is_there_and_nothing_in_it_is_markup() {
        let text = shared(&page(), Lang::En);
        for line in [
            r"**\[look\](javascript:x)**",
            r"- 2026-11-20T20:28:17Z Is \*it\* there? **No**, \<b\>Running\</b\>",
            "- 2026-11-20T20:28:17Z oncall: token `hidden #1`",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
    }

    #[test]
    fn it_is_complete_in_japanese_too() {
        let text = shared(&page(), Lang::Ja);
        for word in ["調査の流れ", "いいえ", "非表示 #1", "共有者 oncall"] {
            assert!(text.contains(word), "{word} is not in\n{text}");
        }
    }
}
