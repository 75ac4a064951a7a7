use podside_model::{
    Conclusion, EntryBody, Evidence, Finding, Lang, Message, NoSuggestion, NotRun, Problem,
    RedactedPart, Texts,
};

use crate::Wording;

/// The words that a reader sees of an entry, in both languages.
#[derive(Debug, Default)]
pub(super) struct ReadWords {
    /// What everybody may read who may know of the investigation.
    pub(super) open: String,
    /// What names objects, some of which a reader may not list.
    pub(super) restricted: String,
}

/// What is read of an entry. Secrets are not in it: they were replaced before it was kept.
pub(super) fn read_words(who: &str, body: &EntryBody, wording: &Wording) -> ReadWords {
    let mut words = ReadWords::default();
    add(&mut words.open, who);
    match body {
        EntryBody::Answered {
            question, finding, ..
        }
        | EntryBody::Ran {
            question, finding, ..
        } => {
            both(&mut words.open, question);
            of_finding(&mut words.restricted, finding, wording);
        }
        EntryBody::Returned { question, .. } => both(&mut words.open, question),
        EntryBody::Allowed { command, .. } => add(&mut words.restricted, command),
        EntryBody::Noted { text, .. } => {
            for part in &text.parts {
                match part {
                    RedactedPart::Text(text) => words.open.push_str(text),
                    RedactedPart::Hidden { .. } => words.open.push('\n'),
                }
            }
        }
        EntryBody::Concluded { conclusion, .. } => match conclusion {
            Conclusion::Cause {
                cause,
                text,
                problem,
            } => {
                add(&mut words.open, cause.as_str());
                both(&mut words.restricted, text);
                if let Some(problem) = problem {
                    of_problem(&mut words.restricted, problem, wording);
                }
            }
            Conclusion::NothingWrong { text }
            | Conclusion::Continue { text, .. }
            | Conclusion::Open { text } => both(&mut words.open, text),
        },
    }
    words
}

fn of_finding(words: &mut String, finding: &Finding, wording: &Wording) {
    if let Some(fact) = &finding.fact {
        said(words, fact, wording);
    }
    match &finding.suggests {
        Err(NoSuggestion::Unread { what, .. }) => add(words, what),
        Err(NoSuggestion::Expression { error }) => add(words, error),
        Err(NoSuggestion::NotRun(NotRun::Failed { said })) => add(words, said),
        _ => {}
    }
    for piece in &finding.evidence {
        of_evidence(words, piece, wording);
    }
}

fn of_problem(words: &mut String, problem: &Problem, wording: &Wording) {
    said(words, &problem.title, wording);
    said(words, &problem.explanation, wording);
    add(words, &problem.subject.to_string());
    for step in &problem.fix {
        said(words, &step.text, wording);
        add(words, step.command.as_deref().unwrap_or_default());
    }
    for affected in &problem.affects {
        add(words, &affected.object.to_string());
        said(words, &affected.state, wording);
    }
    for piece in &problem.evidence {
        of_evidence(words, piece, wording);
    }
}

fn of_evidence(words: &mut String, piece: &Evidence, wording: &Wording) {
    said(words, &piece.what, wording);
    add(words, &piece.object.to_string());
    if let Some(referrer) = &piece.referrer {
        add(words, &referrer.to_string());
    }
    for text in [&piece.path, &piece.reason].into_iter().flatten() {
        add(words, text);
    }
    add(words, &piece.value);
}

fn said(words: &mut String, message: &Message, wording: &Wording) {
    for lang in [Lang::En, Lang::Ja] {
        add(words, &(wording.message)(message, lang));
    }
}

fn both(words: &mut String, texts: &Texts) {
    add(words, &texts.en);
    add(words, &texts.ja);
}

fn add(words: &mut String, text: &str) {
    words.push_str(text);
    words.push('\n');
}
