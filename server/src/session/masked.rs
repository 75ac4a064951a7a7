//! What was kept of an investigation, without what its reader may not list.
//!
//! Facts are cut before they are judged; what was judged for somebody with more rights, and
//! kept, names what they saw. A piece of evidence on an object that its reader may not list
//! becomes "an object in a namespace that you may not read".

use podside_diagnosis::kubectl;
use podside_model::{
    Conclusion, EntryBody, Evidence, Message, NoSuggestion, ObjectRef, Problem, Texts,
};
use podside_store::Investigation;

/// Whether an object may be listed.
type MayList<'a> = &'a dyn Fn(&ObjectRef) -> bool;

/// The sentence that stands in the place of what may not be read.
fn unreadable() -> Message {
    Message::new("unreadable.object")
}

/// An investigation of a target that its reader may know of.
pub(super) fn masked(mut kept: Investigation, may_list: MayList<'_>) -> Investigation {
    for entry in &mut kept.entries {
        mask(&mut entry.body, &kept.target, may_list);
    }
    kept
}

/// Masks one entry of an investigation of that target.
pub(super) fn mask(body: &mut EntryBody, target: &ObjectRef, may_list: MayList<'_>) {
    match body {
        EntryBody::Answered { finding, .. } | EntryBody::Ran { finding, .. } => {
            let is_whole = mask_evidence(&mut finding.evidence, target, may_list);
            // It says in a few words what the evidence shows.
            if !is_whole {
                finding.fact = Some(unreadable());
                // The cluster's own words may name it.
                if matches!(finding.suggests, Err(NoSuggestion::NotRun(_))) {
                    finding.suggests = Err(NoSuggestion::NeedsConsent);
                }
            }
        }
        EntryBody::Concluded {
            conclusion:
                Conclusion::Cause {
                    text,
                    problem: found,
                    ..
                },
            ..
        } => {
            let is_whole = match found {
                Some(problem) if may_list(&problem.subject) => {
                    mask_problem(problem, target, may_list)
                }
                Some(_) => {
                    *found = None;
                    false
                }
                None => true,
            };
            if !is_whole {
                *text = in_both_languages(&unreadable());
            }
        }
        EntryBody::Allowed { command, .. } => {
            // It names a Pod of the target.
            let namespace = target.namespace.clone().unwrap_or_default();
            if !may_list(&ObjectRef::namespaced("Pod", namespace, &target.name)) {
                *command = kubectl::own_rights();
            }
        }
        EntryBody::Concluded { .. } | EntryBody::Returned { .. } | EntryBody::Noted { .. } => {}
    }
}

/// Masks a problem on an object that may be listed; tells whether all of it may be.
fn mask_problem(problem: &mut Problem, target: &ObjectRef, may_list: MayList<'_>) -> bool {
    let mut is_whole = mask_evidence(&mut problem.evidence, target, may_list);
    let listed = problem.affects.len();
    problem
        .affects
        .retain(|affected| may_list(&affected.object) && may_list(&affected.by));
    let hidden = listed - problem.affects.len();
    problem.more_affected = problem.more_affected.saturating_add(hidden);
    is_whole &= hidden == 0;
    if !is_whole {
        // They name what the evidence is of, and so do their commands.
        problem.title = unreadable();
        problem.explanation = unreadable();
        problem.fix.clear();
    }
    is_whole
}

/// Masks what may not be listed; tells whether all of it may be.
fn mask_evidence(evidence: &mut [Evidence], target: &ObjectRef, may_list: MayList<'_>) -> bool {
    let mut is_whole = true;
    for piece in evidence {
        let referrer = piece.referrer.as_ref();
        if may_list(&piece.object) && referrer.is_none_or(may_list) {
            continue;
        }
        is_whole = false;
        *piece = Evidence {
            kind: piece.kind,
            what: unreadable(),
            object: target.clone(),
            path: None,
            referrer: None,
            reason: None,
            value: String::new(),
            mark: None,
            kubectl: kubectl::own_rights(),
            count: None,
            at: piece.at,
        };
    }
    is_whole
}

fn in_both_languages(message: &Message) -> Texts {
    use podside_diagnosis::texts::resolve;
    Texts {
        en: resolve(message, podside_model::Lang::En),
        ja: resolve(message, podside_model::Lang::Ja),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use podside_model::{
        Affected, Answer, Cause, Certainty, EvidenceKind, Finding, Relation, Severity,
    };

    use super::*;

    const MARK: &str = "zweihander";

    fn evidence(object: ObjectRef) -> Evidence {
        Evidence {
            kind: EvidenceKind::Field,
            what: Message::new("state.broken"),
            kubectl: format!("kubectl get {object}"),
            value: object.name.clone(),
            mark: Some(object.name.clone()),
            reason: None,
            referrer: None,
            path: Some("/spec".to_owned()),
            count: None,
            at: None,
            object,
        }
    }

    fn problem(subject: ObjectRef, others: &[ObjectRef]) -> Problem {
        let by = subject.clone();
        let affected = |object: &ObjectRef| Affected {
            object: object.clone(),
            by: by.clone(),
            relation: Relation::DialledBy,
            state: Message::new("state.broken"),
        };
        Problem {
            cause: Cause::known("image-not-found"),
            severity: Severity::Critical,
            certainty: Certainty::Certain,
            title: Message::new("title").with("name", MARK),
            explanation: Message::new("explanation").with("name", MARK),
            fix: Vec::new(),
            evidence: others.iter().cloned().map(evidence).collect(),
            affects: others.iter().map(affected).collect(),
            more_affected: 1,
            since: None,
            subject,
        }
    }

    fn concluded(problem: Problem) -> EntryBody {
        EntryBody::Concluded {
            step: "step".to_owned(),
            conclusion: Conclusion::Cause {
                cause: problem.cause.clone(),
                text: Texts {
                    en: MARK.to_owned(),
                    ja: MARK.to_owned(),
                },
                problem: Some(Box::new(problem)),
            },
        }
    }

    fn masked_for_shop(mut body: EntryBody) -> EntryBody {
        mask(&mut body, &seen(), &|object| {
            object.namespace.as_deref() == Some("shop")
        });
        body
    }

    fn seen() -> ObjectRef {
        ObjectRef::namespaced("Pod", "shop", "cart")
    }

    fn unseen() -> ObjectRef {
        ObjectRef::namespaced("Pod", "vault", MARK)
    }

    #[test]
    fn what_its_reader_may_list_stays_as_it_is() {
        let body = concluded(problem(seen(), &[seen()]));
        assert_eq!(masked_for_shop(body.clone()), body);
        let note = EntryBody::Returned {
            step: "step".to_owned(),
            question: Texts::default(),
        };
        assert_eq!(masked_for_shop(note.clone()), note);
    }

    #[test]
    fn nothing_is_left_of_an_object_that_may_not_be_listed() {
        let of_both = concluded(problem(seen(), &[seen(), unseen()]));
        let of_other = concluded(problem(unseen(), &[seen()]));
        let answered = EntryBody::Answered {
            step: "step".to_owned(),
            question: Texts::default(),
            answer: Answer::Yes,
            by_itself: false,
            finding: Finding {
                observed_at: Timestamp::UNIX_EPOCH,
                suggests: Ok(Answer::Yes),
                fact: Some(Message::new("fact").with("name", MARK)),
                evidence: vec![evidence(unseen()), evidence(seen())],
            },
        };
        for body in [of_both, of_other, answered] {
            let told = serde_json::to_string(&body).unwrap();
            assert!(told.contains(MARK));
            let told = serde_json::to_string(&masked_for_shop(body)).unwrap();
            assert!(!told.contains(MARK) && !told.contains("vault"), "{told}");
            assert!(told.contains("may not read") || told.contains("unreadable.object"));
        }
    }

    #[test]
    fn what_is_hidden_of_what_a_problem_breaks_is_counted() {
        let body = masked_for_shop(concluded(problem(seen(), &[unseen(), seen(), unseen()])));
        let EntryBody::Concluded {
            conclusion: Conclusion::Cause { problem, .. },
            ..
        } = body
        else {
            panic!("it is a conclusion");
        };
        let problem = problem.unwrap();
        assert_eq!((problem.affects.len(), problem.more_affected), (1, 3));
        assert_eq!(problem.evidence.len(), 3);
    }
}
