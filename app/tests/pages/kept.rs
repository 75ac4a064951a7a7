//! A runbook and one walk through it, as the fixture's Portal answers them.

use podside_model::view::{
    ChartHead, CheckedBy, ConclusionView, DocsLink, HereView, HiddenValue, HistoryPage,
    InvestigationPage, PastInvestigation, ProbeLacks, ProbePlace, ProbeRun, ProbeStep, RecordRow,
    RecordWhat, Revoked, RunbookPage, RunbookStep, ShareOf, ShareRow, SharedPage, SharingPage,
    StepView, TreePlace, TreeRow, TreeState, Way, WayTo,
};
use podside_model::{
    Answer, Cause, InvestigationId, MissingRight, NoSuggestion, ObjectRef, Redacted, RedactedPart,
    SecretKind,
};

use crate::broken::cart;
use crate::fixture::{at, now};

/// The token of the one link that opens.
pub(crate) const TOKEN: &str = "a-link-that-opens";

/// The id of every form that makes a link.
pub(crate) const FORM: &str = "AAAAAAAAAAAAAAAAAAAAAA";

/// How far the one investigation is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kept {
    /// At its second step, whose answer the evidence suggests.
    #[default]
    Walking,
    /// At its second step, which only a person can answer.
    Asking,
    /// At its second step, which a test would answer.
    Testing,
    /// The same, for which rights are missing.
    TestLacks,
    /// The same, on a Podside that runs nothing.
    TestLocked,
    /// At the cause.
    Concluded,
    /// A problem that was kept as it was found, without a runbook.
    Problem,
    /// There is none.
    Nothing,
}

fn service() -> ObjectRef {
    ObjectRef::namespaced("Service", "shop", "cart")
}

fn docs() -> DocsLink {
    DocsLink {
        url: "https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/".to_owned(),
        title: "Debug Services".to_owned(),
    }
}

fn row(lane: usize, via: &[Answer], place: TreePlace, state: TreeState) -> TreeRow {
    TreeRow {
        lane,
        parent: (!via.is_empty()).then_some(0),
        via: via.to_vec(),
        place,
        state,
    }
}

fn step(id: &str, label: &str) -> TreePlace {
    TreePlace::Step {
        id: id.to_owned(),
        label: label.to_owned(),
    }
}

fn cause(slug: &'static str) -> TreePlace {
    TreePlace::Causes {
        causes: vec![Cause::known(slug)],
    }
}

fn tree(walked: Option<TreeState>) -> Vec<TreeRow> {
    let ahead = TreeState::Ahead { suggested: false };
    let Some(here) = walked else {
        return vec![
            row(
                0,
                &[],
                step("exists", "Does the Service exist?"),
                ahead.clone(),
            ),
            row(1, &[Answer::No], cause("service-missing"), ahead.clone()),
            row(
                0,
                &[Answer::Yes],
                step("selects", "Does it select a Pod?"),
                ahead,
            ),
        ];
    };
    let taken = TreeState::Taken {
        answer: Answer::Yes,
        fact: Some("type ClusterIP".to_owned()),
    };
    vec![
        row(0, &[], step("exists", "Does the Service exist?"), taken),
        row(
            1,
            &[Answer::No],
            cause("service-missing"),
            TreeState::NotTaken,
        ),
        row(
            0,
            &[Answer::Yes],
            step("selects", "Does it select a Pod?"),
            here,
        ),
    ]
}

pub(crate) fn runbook(head: ChartHead, id: &str, targets: Vec<ObjectRef>) -> RunbookPage {
    let way = |answers: &[Answer], to| Way {
        answers: answers.to_vec(),
        to,
    };
    RunbookPage {
        head,
        id: id.to_owned(),
        version: 3,
        title: "My Service does not answer".to_owned(),
        about: "Follows the chain from the name to the process.".to_owned(),
        steps: vec![
            RunbookStep {
                id: "exists".to_owned(),
                question: "Does the Service exist?".to_owned(),
                why: "A name that no Service has cannot answer.".to_owned(),
                checked_by: CheckedBy::Causes {
                    causes: vec![Cause::known("service-missing")],
                },
                commands: vec!["kubectl -n shop get service cart".to_owned()],
                docs: docs(),
                ways: vec![
                    way(
                        &[Answer::No],
                        WayTo::Cause {
                            cause: Cause::known("service-missing"),
                            text: "Create it, or mend the name.".to_owned(),
                        },
                    ),
                    way(
                        &[Answer::Yes, Answer::Unknown],
                        WayTo::Step {
                            id: "selects".to_owned(),
                            number: 2,
                        },
                    ),
                ],
            },
            RunbookStep {
                id: "selects".to_owned(),
                question: "Does it select a Pod?".to_owned(),
                why: "A Service without Pods refuses every connection.".to_owned(),
                checked_by: CheckedBy::Expression {
                    source: "service.endpoints.ready == 0".to_owned(),
                },
                commands: Vec::new(),
                docs: docs(),
                ways: Vec::new(),
            },
        ],
        conclusions: 1,
        tree: tree(None),
        targets,
    }
}

fn conclusion() -> ConclusionView {
    ConclusionView::Cause {
        cause: Cause::known("service-selector-mismatch"),
        text: "Change the selector.".to_owned(),
        problem: Some(Box::new(cart())),
    }
}

fn record(kept: Kept) -> Vec<RecordRow> {
    let entry = |seq, clock, what| RecordRow {
        seq,
        at: at(clock),
        who: "oncall-1".to_owned(),
        what,
    };
    let concluded = RecordWhat::Concluded {
        conclusion: conclusion(),
    };
    if kept == Kept::Problem {
        return vec![entry(1, "20:28:17", concluded)];
    }
    let hidden = |number| RedactedPart::Hidden {
        secret: SecretKind::BearerToken,
        number,
    };
    let mut rows = vec![
        entry(
            1,
            "20:28:18",
            RecordWhat::Answered {
                question: "Does Service cart exist?".to_owned(),
                answer: Answer::Yes,
                fact: Some("type ClusterIP".to_owned()),
                by_itself: true,
                overruled: false,
                evidence: cart().evidence,
            },
        ),
        entry(
            2,
            "20:28:40",
            RecordWhat::Noted {
                text: Redacted {
                    parts: vec![
                        RedactedPart::Text("The deploy job logs in with ".to_owned()),
                        hidden(1),
                        RedactedPart::Text(" and <b>that</b> too.".to_owned()),
                    ],
                },
            },
        ),
    ];
    if kept == Kept::Concluded {
        rows.push(entry(3, "20:28:51", concluded));
    }
    rows
}

fn test(kept: Kept) -> Option<ProbeStep> {
    let is_test = matches!(kept, Kept::Testing | Kept::TestLacks | Kept::TestLocked);
    let lacks = ProbeLacks {
        rights: vec![MissingRight {
            verb: "create".to_owned(),
            group: String::new(),
            resource: "pods/exec".to_owned(),
            namespace: Some("shop".to_owned()),
        }],
        role: "kind: Role\n---\nkind: RoleBinding\n".to_owned(),
    };
    let added = ProbePlace::Beside {
        pod: "cart".to_owned(),
        image: "busybox:1.37".to_owned(),
    };
    let inside = ProbePlace::In {
        pod: "cart".to_owned(),
        container: "app".to_owned(),
    };
    is_test.then(|| ProbeStep {
        what: "Reads the file by which names are looked up.".to_owned(),
        run: Ok(ProbeRun {
            place: if kept == Kept::TestLacks {
                added
            } else {
                inside
            },
            commands: vec!["kubectl -n shop exec cart -c app -- cat /etc/resolv.conf".to_owned()],
            object: (kept == Kept::TestLacks).then(|| "what: Exactly what is created\n".to_owned()),
            lacks: (kept == Kept::TestLacks).then_some(lacks),
            unasked: None,
            locked: (kept == Kept::TestLocked)
                .then(|| "This Podside runs with --read-only".to_owned()),
            allowed: None,
            plan: "3f".to_owned(),
        }),
    })
}

pub(crate) fn investigation(head: ChartHead, id: InvestigationId, kept: Kept) -> InvestigationPage {
    let suggested = (kept == Kept::Walking).then_some(Answer::No);
    let here = if matches!(kept, Kept::Concluded | Kept::Problem) {
        HereView::Concluded {
            conclusion: conclusion(),
        }
    } else {
        HereView::Step(Box::new(StepView {
            id: "selects".to_owned(),
            number: 2,
            at_most: 2,
            question: "Does Service cart select a Pod?".to_owned(),
            why: "A Service without Pods refuses every connection.".to_owned(),
            suggests: suggested.ok_or(if test(kept).is_some() {
                NoSuggestion::NeedsConsent
            } else {
                NoSuggestion::Ask
            }),
            evidence: cart().evidence,
            commands: vec!["kubectl -n shop get endpointslices".to_owned()],
            probe: test(kept),
            docs: docs(),
        }))
    };
    let record = record(kept);
    InvestigationPage {
        head,
        id,
        title: "My Service does not answer".to_owned(),
        runbook: (kept != Kept::Problem).then(|| "service".to_owned()),
        target: service(),
        started_by: "oncall-1".to_owned(),
        started_at: at("20:28:17"),
        tree: match &here {
            _ if kept == Kept::Problem => Vec::new(),
            HereView::Step(_) => tree(Some(TreeState::Here { suggested })),
            HereView::Concluded { .. } => tree(Some(TreeState::Reached)),
        },
        here,
        last_seq: record.last().map_or(0, |row| row.seq),
        record,
        shares: links(),
        going: None,
    }
}

/// One that was opened, one that goes on, one that was revoked.
pub(crate) fn links() -> Vec<ShareRow> {
    let frozen = ShareRow {
        id: 3,
        live: false,
        created_by: "oncall-1".to_owned(),
        created_at: at("20:28:31"),
        expires_at: "2026-11-27T20:28:31Z".parse().unwrap(),
        revoked: None,
        open: true,
        opened: 4,
        last_opened: Some(at("20:28:47")),
    };
    let live = ShareRow {
        id: 2,
        live: true,
        created_at: at("20:28:24"),
        opened: 0,
        last_opened: None,
        ..frozen.clone()
    };
    let revoked = ShareRow {
        id: 1,
        revoked: Some(Revoked {
            at: at("20:28:30"),
            by: "oncall-2".to_owned(),
        }),
        open: false,
        opened: 1,
        last_opened: Some(at("20:28:27")),
        ..frozen.clone()
    };
    vec![frozen, live, revoked]
}

/// What a link to the one investigation would show, or to a problem.
pub(crate) fn sharing(head: ChartHead, of: &ShareOf, kept: Kept) -> SharingPage {
    let (kept, open_links) = match of {
        ShareOf::Investigation(_) => (kept, 2),
        ShareOf::Problem(_) => (Kept::Problem, 0),
    };
    SharingPage {
        head,
        of: of.clone(),
        form: FORM.to_owned(),
        seen: "2".to_owned(),
        preview: shared(kept),
        open_question: (kept == Kept::Walking)
            .then(|| "Does Service cart select a Pod?".to_owned()),
        open_links,
    }
}

pub(crate) fn shared(kept: Kept) -> SharedPage {
    let record = record(kept);
    SharedPage {
        now: now(),
        frozen_at: Some(at("20:29:04")),
        shared_by: "oncall-1".to_owned(),
        expires_at: "2026-11-27T20:29:04Z".parse().unwrap(),
        cluster: "practice".to_owned(),
        target: service(),
        started_at: at("20:28:17"),
        title: Some("My Service does not answer".to_owned()),
        runbook: (kept != Kept::Problem).then(|| "service".to_owned()),
        conclusion: matches!(kept, Kept::Concluded | Kept::Problem).then(conclusion),
        hidden: if kept == Kept::Problem {
            Vec::new()
        } else {
            vec![
                HiddenValue::InNote {
                    seq: 2,
                    secret: SecretKind::BearerToken,
                    number: 1,
                },
                HiddenValue::InText("password #2".to_owned()),
            ]
        },
        record,
    }
}

pub(crate) fn history(head: ChartHead, words: &str, kept: Kept) -> HistoryPage {
    let past = PastInvestigation {
        id: InvestigationId(7),
        title: "Service cart selects no Pod".to_owned(),
        target: service(),
        cluster: "practice".to_owned(),
        cause: Some(Cause::known("service-selector-mismatch")),
        concluded: true,
        who: "oncall-1".to_owned(),
        started_at: at("20:28:17"),
        seconds: Some(34),
        frozen_links: 2,
        live_links: 1,
    };
    let open = PastInvestigation {
        id: InvestigationId(6),
        title: "drain does not finish".to_owned(),
        cause: None,
        concluded: false,
        seconds: None,
        frozen_links: 0,
        live_links: 0,
        ..past.clone()
    };
    let nothing = kept == Kept::Nothing;
    HistoryPage {
        head,
        words: words.to_owned(),
        rows: if nothing {
            Vec::new()
        } else {
            vec![past, open]
        },
        more: (!nothing).then_some(InvestigationId(6)),
        investigations: 41,
        breaks_most: vec![
            (Cause::known("image-not-found"), 8),
            (Cause::known("oom-killed"), 2),
        ],
        median_seconds: Some(72),
        median_seconds_before: Some(280),
    }
}
