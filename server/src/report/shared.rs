//! A shared investigation as Markdown, for an issue or a post-mortem: a report that can be
//! read from its title to what was hidden in it, without the portal.

use std::fmt::Write as _;

use jiff::Timestamp;
use podside_model::view::{ConclusionView, HiddenValue, RecordRow, RecordWhat, SharedPage};
use podside_model::{Evidence, EvidenceKind, Lang, RedactedPart};

use super::markdown::{block, code, escaped, label, write_affected, write_fix};
use super::shared_words::SharedWords;
use super::words::Words;

/// Writes what a link shows as Markdown (CommonMark): title, summary, proof and fix, one time
/// line, the evidence of its steps with where each piece is from, what was answered against
/// the evidence, and what is hidden. What cluster and people wrote is escaped.
pub(crate) fn shared(page: &SharedPage, lang: Lang) -> String {
    let (w, words) = (SharedWords::of(lang), Words::of(lang));
    let mut out = String::new();
    let _ = writeln!(out, "# {}", escaped(&title(page, &w)));
    write_summary(&mut out, page, lang, &w, &words);
    let problem = page.conclusion.as_ref().and_then(|it| match it {
        ConclusionView::Cause { problem, .. } => problem.as_deref(),
        _ => None,
    });
    if let Some(problem) = problem {
        let _ = writeln!(out, "\n## {}\n", words.proof);
        for evidence in &problem.evidence {
            write_evidence(&mut out, evidence, None, &w);
        }
        if !problem.fix.is_empty() {
            let _ = writeln!(out, "\n## {}\n", words.fix);
            write_fix(&mut out, problem);
        }
        if !problem.affects.is_empty() {
            let _ = writeln!(out, "\n## {}\n", words.affects);
            write_affected(&mut out, problem, lang);
        }
    }
    let _ = writeln!(out, "\n## {}\n", w.how);
    let mut pieces: Vec<&Evidence<String>> = Vec::new();
    for row in &page.record {
        // What several steps were answered from stands once.
        let mut numbers = Vec::new();
        for piece in evidence(&row.what) {
            let known = pieces.iter().position(|it| *it == piece);
            numbers.push(known.unwrap_or(pieces.len()) + 1);
            if known.is_none() {
                pieces.push(piece);
            }
        }
        write_entry(&mut out, row, &numbers, &w);
    }
    if !pieces.is_empty() {
        let _ = writeln!(out, "\n## {}\n", w.evidence);
    }
    for (at, piece) in pieces.into_iter().enumerate() {
        write_evidence(&mut out, piece, Some(at + 1), &w);
    }
    write_overruled(&mut out, page, &w);
    write_hidden(&mut out, page, &w);
    out
}

/// The name of the file: what was looked at, and the day on which that began. Letters that a
/// file's name may not have everywhere are left out.
pub(crate) fn file_name(page: &SharedPage) -> String {
    /// More than a name of Kubernetes is long, less than a file system takes.
    const LONGEST: usize = 120;
    let target = &page.target;
    let namespace = target.namespace.as_deref().unwrap_or_default();
    let day = page.started_at.strftime("%Y-%m-%d").to_string();
    let parts = [&target.kind, namespace, &target.name];
    let mut name = String::from("podside");
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        name.push('-');
        let letters = part.chars().map(|c| c.to_ascii_lowercase());
        name.extend(letters.filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.')));
    }
    let name: String = name.chars().take(LONGEST).collect();
    format!("{}-{day}.md", name.trim_end_matches(['-', '.']))
}

/// The sentence that names what was found.
fn title(page: &SharedPage, w: &SharedWords) -> String {
    match &page.conclusion {
        Some(ConclusionView::Cause {
            problem: Some(problem),
            ..
        }) => problem.title.clone(),
        Some(ConclusionView::Cause { cause, .. }) => format!("{cause}: {}", page.target),
        Some(ConclusionView::NothingWrong { .. }) => {
            format!("{}: {}", w.nothing_wrong, page.target)
        }
        Some(ConclusionView::Continue { .. }) => format!("{}: {}", w.goes_on, page.target),
        Some(ConclusionView::Open { .. }) => format!("{}: {}", w.no_cause, page.target),
        None => format!("{}: {}", w.going_on, page.target),
    }
}

/// What it comes to, of what it is, and how it came about.
fn write_summary(out: &mut String, page: &SharedPage, lang: Lang, w: &SharedWords, words: &Words) {
    let _ = writeln!(out, "\n## {}\n", w.summary);
    match &page.conclusion {
        Some(ConclusionView::Cause {
            problem: Some(problem),
            ..
        }) => {
            let _ = writeln!(out, "{}\n", label(problem, lang, words));
            let _ = writeln!(out, "{}\n", escaped(&problem.explanation));
        }
        Some(
            ConclusionView::Cause { text, .. }
            | ConclusionView::NothingWrong { text }
            | ConclusionView::Continue { text, .. }
            | ConclusionView::Open { text },
        ) => {
            let _ = writeln!(out, "{}\n", escaped(text));
        }
        None => {}
    }
    let _ = writeln!(out, "- {}: {}", w.target, code(&page.target.to_string()));
    let _ = writeln!(out, "- {}: {}", w.cluster, escaped(&page.cluster));
    if let Some(runbook) = &page.runbook {
        let title = page.title.as_deref().unwrap_or_default();
        let id = (w.brackets)(&code(runbook));
        let _ = writeln!(out, "- {}: {}{id}", w.runbook, escaped(title));
    }
    let _ = writeln!(out, "- {}: {}", w.started, second(page.started_at));
    if let Some(last) = page.record.last() {
        let _ = writeln!(out, "- {}: {}", w.last_entry, second(last.at));
    }
    let answered = |row: &&RecordRow| matches!(row.what, RecordWhat::Answered { .. });
    let steps = page.record.iter().filter(answered).count();
    let pieces = page
        .record
        .iter()
        .map(|row| evidence(&row.what).len())
        .sum();
    let _ = writeln!(
        out,
        "- {}",
        (w.counts)(steps, pieces, overruled(page).count())
    );
    let standing = match page.frozen_at {
        Some(at) => (w.frozen)(&second(at)),
        None => w.live.to_owned(),
    };
    let by = escaped(&page.shared_by);
    let _ = writeln!(out, "- {}{}", escaped(&standing), (w.shared_by)(&by));
}

/// The evidence of an entry, as it was then.
fn evidence(what: &RecordWhat) -> &[Evidence<String>] {
    match what {
        RecordWhat::Answered { evidence, .. } | RecordWhat::Ran { evidence, .. } => evidence,
        _ => &[],
    }
}

/// An entry of the time line, with the numbers of its evidence.
fn write_entry(out: &mut String, row: &RecordRow, numbers: &[usize], w: &SharedWords) {
    let at = second(row.at);
    let who = escaped(&row.who);
    let numbers: Vec<String> = numbers.iter().map(|it| format!("E{it}")).collect();
    let pieces = if numbers.is_empty() {
        String::new()
    } else {
        format!(" \\[{}\\]", numbers.join(w.comma))
    };
    let _ = match &row.what {
        RecordWhat::Answered {
            question,
            answer,
            fact,
            by_itself,
            overruled,
            ..
        } => {
            let by = match (*by_itself, *overruled) {
                (true, _) => w.by_evidence.to_owned(),
                (false, true) => (w.by_against)(&who),
                (false, false) => (w.by)(&who),
            };
            let answer = w.answer(*answer);
            let fact = w.after(fact.as_deref());
            let question = escaped(question);
            let by = (w.brackets)(&by);
            writeln!(out, "- {at} {question} **{answer}**{fact}{by}{pieces}")
        }
        RecordWhat::Returned { question } => {
            let back = (w.went_back)(&who, &escaped(question));
            writeln!(out, "- {at} {back}")
        }
        RecordWhat::Allowed { command } => {
            writeln!(out, "- {at} {}: {}", (w.allowed)(&who), code(command))
        }
        RecordWhat::Ran { question, fact, .. } => {
            let fact = w.after(Some(fact.as_deref().unwrap_or(w.told_nothing)));
            writeln!(out, "- {at} {}: {}{fact}{pieces}", w.ran, escaped(question))
        }
        RecordWhat::Noted { text } => {
            let text: String = text
                .parts
                .iter()
                .map(|part| match part {
                    RedactedPart::Text(text) => escaped(text),
                    RedactedPart::Hidden { secret, number } => {
                        code(&format!("{}: {} #{number}", w.hidden, w.secret(*secret)))
                    }
                })
                .collect();
            writeln!(out, "- {at} {}: {text}", (w.noted)(&who))
        }
        RecordWhat::Concluded { conclusion } => {
            let cause = match conclusion {
                ConclusionView::Cause { cause, .. } => format!(": {}", code(cause.as_str())),
                ConclusionView::NothingWrong { .. } => format!(": {}", w.nothing_wrong),
                ConclusionView::Continue { .. } => format!(": {}", w.goes_on),
                ConclusionView::Open { .. } => format!(": {}", w.no_cause),
            };
            writeln!(out, "- {at} **{}{cause}**", w.concluded)
        }
    };
}

/// A piece of evidence: what it shows, its value, where that is from, and how to get it.
fn write_evidence(
    out: &mut String,
    evidence: &Evidence<String>,
    number: Option<usize>,
    w: &SharedWords,
) {
    let number = number.map_or(String::new(), |number| format!("**E{number}** "));
    let _ = writeln!(out, "- {number}{}", escaped(&evidence.what));
    if !evidence.value.is_empty() {
        block(out, &evidence.value, "text", "  ");
    }
    let mut from = vec![code(&evidence.object.to_string())];
    if let Some(container) = &evidence.object.container {
        from.push(format!("{} {}", w.container, code(container)));
    }
    if let Some(referrer) = &evidence.referrer {
        from.push(format!(
            "{} {}",
            w.asked_for_by,
            code(&referrer.to_string())
        ));
    }
    from.extend(evidence.path.iter().map(|path| code(path)));
    from.extend(evidence.reason.iter().map(|reason| code(reason)));
    let seen = evidence.count.filter(|count| *count > 1);
    from.extend(seen.map(|count| (w.times)(count)));
    from.extend(evidence.at.map(second));
    let kind = match evidence.kind {
        EvidenceKind::Field => w.field,
        EvidenceKind::Event => w.event,
        EvidenceKind::Log => w.log,
        EvidenceKind::Absence => w.absence,
        EvidenceKind::Command => w.command,
    };
    let _ = writeln!(
        out,
        "\n  {}: {kind}{}{}",
        w.from,
        w.comma,
        from.join(w.comma)
    );
    if !evidence.kubectl.is_empty() {
        out.push('\n');
        block(out, &evidence.kubectl, "sh", "  ");
    }
}

/// The answers that a person gave although the evidence had suggested another.
fn overruled(page: &SharedPage) -> impl Iterator<Item = &RecordRow> {
    page.record.iter().filter(|row| {
        matches!(
            row.what,
            RecordWhat::Answered {
                overruled: true,
                ..
            }
        )
    })
}

fn write_overruled(out: &mut String, page: &SharedPage, w: &SharedWords) {
    let _ = writeln!(out, "\n## {}\n", w.overruled);
    let mut is_empty = true;
    for row in overruled(page) {
        let RecordWhat::Answered {
            question, answer, ..
        } = &row.what
        else {
            continue;
        };
        is_empty = false;
        let (who, question) = (escaped(&row.who), escaped(question));
        let said = (w.who_overruled)(&who, &question, w.answer(*answer));
        let _ = writeln!(out, "- {} {said}", second(row.at));
    }
    if is_empty {
        let _ = writeln!(out, "{}", w.nobody_overruled);
    }
}

fn write_hidden(out: &mut String, page: &SharedPage, w: &SharedWords) {
    let _ = writeln!(out, "\n## {}\n", w.hidden_here);
    if page.hidden.is_empty() {
        let _ = writeln!(out, "{}", w.nothing_hidden);
        return;
    }
    let _ = writeln!(out, "{}\n", w.why_hidden);
    for value in &page.hidden {
        let _ = match value {
            HiddenValue::InNote {
                seq,
                secret,
                number,
            } => {
                let at = page.record.iter().find(|row| row.seq == *seq);
                let at = at.map_or(String::new(), |row| second(row.at));
                let name = code(&format!("{} #{number}", w.secret(*secret)));
                writeln!(out, "- {name} {}", (w.in_note)(&at))
            }
            HiddenValue::InText(name) => writeln!(out, "- {} {}", code(name), w.in_text),
        };
    }
}

/// A moment in whole seconds, with its date.
fn second(at: Timestamp) -> String {
    format!("{at:.0}")
}

#[cfg(test)]
mod tests {
    use podside_model::{Answer, ObjectRef, Redacted, SecretKind};

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
            hidden: vec![HiddenValue::InNote {
                seq: 2,
                secret: SecretKind::Password,
                number: 1,
            }],
            record: vec![
                row(
                    1,
                    RecordWhat::Answered {
                        question: "Is *it* there?".to_owned(),
                        answer: Answer::No,
                        fact: Some("<b>Running</b>".to_owned()),
                        by_itself: false,
                        overruled: true,
                        evidence: vec![Evidence {
                            kind: EvidenceKind::Field,
                            what: "phase of Pod cart-0".to_owned(),
                            object: ObjectRef::namespaced("Pod", "shop", "cart-0"),
                            path: Some("/status/phase".to_owned()),
                            referrer: None,
                            reason: None,
                            value: "Running".to_owned(),
                            mark: None,
                            kubectl: "kubectl -n shop get pod cart-0".to_owned(),
                            count: None,
                            at: Some(at),
                        }],
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
            r"\[look\](javascript:x)",
            r"- 2026-11-20T20:28:17Z Is \*it\* there? **No**, \<b\>Running\</b\> (answered by oncall, against what the evidence suggested) \[E1\]",
            "- 2026-11-20T20:28:17Z Note by oncall: token `hidden: password #1`",
            "- **E1** phase of Pod cart-0",
            "  Source: field, `Pod shop/cart-0`, `/status/phase`, 2026-11-20T20:28:17Z",
            "- 2026-11-20T20:28:17Z oncall answered **No** to “Is \\*it\\* there?”, although the evidence suggested another answer.",
            "- `password #1` in the note of 2026-11-20T20:28:17Z",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
    }

    #[test]
    fn the_parts_of_a_report_come_in_their_order() {
        let text = shared(&page(), Lang::En);
        let headings: Vec<&str> = text.lines().filter(|line| line.starts_with('#')).collect();
        assert_eq!(
            headings,
            [
                "# No cause found: Service shop/cart",
                "## Summary",
                "## Time line",
                "## Evidence of the steps",
                "## Answers against the evidence",
                "## Hidden in this report",
            ]
        );
    }

    #[test]
    fn the_file_is_named_for_what_was_looked_at_and_when() {
        assert_eq!(
            file_name(&page()),
            "podside-service-shop-cart-2026-11-20.md"
        );
        let mut odd = page();
        odd.target = ObjectRef::cluster("No\"de", "../a b\n日本");
        assert_eq!(file_name(&odd), "podside-node-..ab-2026-11-20.md");
        odd.target.name = "x".repeat(300);
        assert!(file_name(&odd).len() < 140);
    }

    #[test]
    fn it_is_complete_in_japanese_too() {
        let text = shared(&page(), Lang::Ja);
        for word in [
            "時系列",
            "いいえ",
            "非表示: パスワード #1",
            "共有者 oncall",
            "根拠の示す回答と異なる回答",
            "出典",
        ] {
            assert!(text.contains(word), "{word} is not in\n{text}");
        }
    }
}
