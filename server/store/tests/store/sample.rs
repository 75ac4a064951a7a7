//! Entries and investigations for the tests.

use jiff::Timestamp;
use podside_model::{
    Answer, Cause, Conclusion, EntryBody, Evidence, EvidenceKind, Finding, Message, ObjectRef,
    Redacted, RedactedPart, Texts,
};
use podside_store::{
    FollowedRunbook, NewCreation, NewEntry, NewInvestigation, NewShare, ShareForm, ShareScope,
    ToShare,
};

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

pub(crate) fn texts(en: &str, ja: &str) -> Texts {
    Texts {
        en: en.to_owned(),
        ja: ja.to_owned(),
    }
}

pub(crate) fn investigation(name: &str, by: &str, second: i64) -> NewInvestigation {
    NewInvestigation {
        runbook: Some(FollowedRunbook {
            id: "pod".to_owned(),
            source: "id: pod\n".to_owned(),
        }),
        cluster: "practice".to_owned(),
        target: ObjectRef::namespaced("Pod", "shop", name),
        started_by: by.to_owned(),
        started_at: at(second),
    }
}

pub(crate) fn answered(step: &str, second: i64) -> NewEntry {
    let evidence = Evidence {
        kind: EvidenceKind::Field,
        what: Message::new("pod-phase.what").with("phase", "Pending"),
        object: ObjectRef::namespaced("Pod", "shop", "cart"),
        path: Some("/status/phase".to_owned()),
        referrer: None,
        reason: None,
        value: "Pending".to_owned(),
        mark: None,
        kubectl: "kubectl -n shop get pod cart".to_owned(),
        count: None,
        at: Some(at(second)),
    };
    NewEntry {
        at: at(second),
        who: "oncall-1".to_owned(),
        body: EntryBody::Answered {
            step: step.to_owned(),
            question: texts("Is the Pod Pending?", "Pod は Pending ですか？"),
            answer: Answer::Yes,
            by_itself: false,
            finding: Finding {
                observed_at: at(second),
                suggests: Ok(Answer::Yes),
                fact: Some(Message::new("pod-phase.fact")),
                evidence: vec![evidence],
            },
        },
    }
}

pub(crate) fn noted(text: &str, second: i64) -> NewEntry {
    NewEntry {
        at: at(second),
        who: "oncall-2".to_owned(),
        body: EntryBody::Noted {
            step: None,
            text: Redacted {
                parts: vec![RedactedPart::Text(text.to_owned())],
            },
        },
    }
}

pub(crate) fn concluded(cause: &str, second: i64) -> NewEntry {
    NewEntry {
        at: at(second),
        who: "oncall-1".to_owned(),
        body: EntryBody::Concluded {
            step: "resources".to_owned(),
            conclusion: Conclusion::Cause {
                cause: Cause::parse(cause).unwrap(),
                text: texts("No node has room.", "空きのあるノードがない。"),
                problem: None,
            },
        },
    }
}

/// A link that a form of its own asks for, from second 5 to second 1000.
pub(crate) fn link(of: ToShare, scope: ShareScope) -> NewShare {
    NewShare {
        form: ShareForm::random().unwrap(),
        of,
        scope,
        created_by: "oncall-1".to_owned(),
        created_at: at(5),
        expires_at: at(1_000),
    }
}

/// A Pod of the practice cluster that is about to be created, for ten minutes.
pub(crate) fn creation(pod: &str, second: i64) -> NewCreation {
    NewCreation {
        cluster: "practice".to_owned(),
        namespace: "shop".to_owned(),
        pod: pod.to_owned(),
        container: None,
        uid: None,
        creator: "oncall-1".to_owned(),
        investigation: None,
        created_at: at(second),
        deadline: at(600),
    }
}
