//! A Portal with known answers, drawn from the recording of a claim that nothing
//! provisions.

use jiff::Timestamp;
use podside_app::{Answer, Place, Portal, PortalError, Viewer};
use podside_model::view::{
    ChartHead, Condition, Content, EventRow, EventsAsk, EventsPage, Excerpt, Going, Health,
    HistoryPage, InvestigationPage, KindsPage, LeftoversPage, LinksPage, LogTail, Logs, LogsAsk,
    LogsPage, ObjectsAsk, ObjectsPage, ProblemPage, Reading, ResourceBody, ResourcePage,
    ResourceView, Row, RunbookPage, Section, SeenBefore, ShareOf, SharedPage, SharingPage,
    ShownObject, TriageAsk, TriagePage, Value,
};
use podside_model::{
    Diagnosis, InvestigationId, Lang, Liveness, MissingRight, ObjectRef, Problem, ProblemId,
    Severity, Strip,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::broken::{diagnosis, strips, worker};
use crate::events::{Happened, happened};
use crate::hostile::poisoned;
use crate::kept::{Kept, TOKEN, history, investigation, links, runbook, shared, sharing};
use crate::leftovers::{Left, leftovers};
use crate::objects::{Listed, kinds, objects};

/// What the Portal answers.
#[derive(Clone, Debug)]
pub(crate) struct Answers {
    pub(crate) diagnosis: Option<Diagnosis<String>>,
    pub(crate) strips: Vec<Strip>,
    pub(crate) liveness: Liveness,
    pub(crate) error: Option<PortalError>,
    pub(crate) logs: Logs,
    pub(crate) seen_before: Option<SeenBefore>,
    pub(crate) kept: Kept,
    /// What is being done in the investigation.
    pub(crate) going: Option<Going>,
    pub(crate) left: Left,
    pub(crate) listed: Listed,
    pub(crate) happened: Happened,
    /// What stands in every answer, wherever a text may be anything.
    pub(crate) everywhere: Option<String>,
}

impl Default for Answers {
    fn default() -> Self {
        Self {
            diagnosis: Some(diagnosis()),
            strips: strips(),
            liveness: Liveness::Live { at: now() },
            error: None,
            logs: Logs::default(),
            seen_before: Some(SeenBefore::default()),
            kept: Kept::default(),
            going: None,
            left: Left::default(),
            listed: Listed::default(),
            happened: Happened::default(),
            everywhere: None,
        }
    }
}

impl Answers {
    pub(crate) fn failing(error: PortalError) -> Self {
        Self {
            error: Some(error),
            ..Self::default()
        }
    }

    /// The same with these investigations.
    pub(crate) fn keeping(kept: Kept) -> Self {
        Self {
            kept,
            ..Self::default()
        }
    }

    fn head(&self, viewer: &Viewer, place: &Place) -> ChartHead {
        ChartHead {
            clusters: vec!["practice".to_owned(), "staging".to_owned()],
            cluster: place
                .cluster
                .clone()
                .unwrap_or_else(|| "practice".to_owned()),
            namespaces: ["api", "marketplace", "orders", "retail", "shop"]
                .map(str::to_owned)
                .to_vec(),
            namespace: place.namespace.clone(),
            liveness: self.liveness.clone(),
            now: now(),
            lang: viewer.lang,
        }
    }

    /// Something of the diagnosis beside the problems.
    fn rest<T>(&self, of: impl Fn(&Diagnosis<String>) -> Option<T>) -> Option<T> {
        self.diagnosis.as_ref().and_then(of)
    }

    fn answer<T>(&self, page: T) -> Answer<'static, T>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
    {
        self.tell(self.error.clone().map_or(Ok(page), Err))
    }

    /// The answer as it leaves: every one passes through here.
    fn tell<T>(&self, answer: Result<T, PortalError>) -> Answer<'static, T>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
    {
        let answer = match (&self.everywhere, answer) {
            (None, answer) => answer,
            (Some(text), Ok(page)) => Ok(poisoned(&page, text)),
            (Some(text), Err(error)) => Err(poisoned(&error, text)),
        };
        Box::pin(std::future::ready(answer))
    }
}

impl Portal for Answers {
    fn triage<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        ask: &'a TriageAsk,
    ) -> Answer<'a, TriagePage> {
        let mut diagnosis = self.diagnosis.clone();
        let mut strips = Vec::new();
        let counts = diagnosis.as_mut().map(|diagnosis| {
            let all = std::mem::take(&mut diagnosis.problems);
            let ids: Vec<_> = all.iter().map(Problem::id).collect();
            let (problems, counts) = ask.choose(all);
            for problem in &problems {
                let at = ids.iter().position(|id| *id == problem.id());
                strips.extend(at.and_then(|at| self.strips.get(at)).cloned());
            }
            // Those of what is unexplained follow.
            strips.extend(self.strips.iter().skip(ids.len()).cloned());
            diagnosis.problems = problems;
            counts
        });
        let mut page = TriagePage {
            head: self.head(viewer, place),
            diagnosis,
            critical: 0,
            warning: 0,
            info: 0,
            matching: 0,
            unexplained: 0,
            matching_unexplained: 0,
            unsettled: 0,
            matching_unsettled: 0,
            judged_by: None,
            found: [0; 4],
            causes: Vec::new(),
            cause_counts: Vec::new(),
            strips,
            ready_command: Some("kubectl --context=practice get --raw /readyz".to_owned()),
        };
        page.count(counts.unwrap_or_default());
        if let Some(mut diagnosis) = page.diagnosis.take() {
            page.choose_rest(&mut diagnosis, ask);
            page.diagnosis = Some(diagnosis);
        }
        self.answer(page)
    }

    fn problem<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        id: &'a ProblemId,
        show: Option<usize>,
    ) -> Answer<'a, ProblemPage> {
        let problem = self
            .diagnosis
            .iter()
            .flat_map(|diagnosis| &diagnosis.problems)
            .find(|problem| problem.id() == *id);
        self.answer(ProblemPage {
            head: self.head(viewer, place),
            problem: problem.cloned(),
            changes: None,
            strip: self.strips.first().cloned(),
            shown: show.map(|nth| ShownObject {
                nth,
                lines: Reading::Read(Excerpt {
                    first: 41,
                    text: "status:\n  phase: Pending\n".to_owned(),
                    marked: (42, 42),
                }),
            }),
            seen_before: self.seen_before.clone(),
        })
    }

    fn kinds<'a>(&'a self, viewer: &'a Viewer, place: &'a Place) -> Answer<'a, KindsPage> {
        self.answer(kinds(self.head(viewer, place)))
    }

    fn objects<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        ask: &'a ObjectsAsk,
    ) -> Answer<'a, ObjectsPage> {
        self.answer(objects(self.head(viewer, place), ask, self.listed))
    }

    fn events<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        ask: &'a EventsAsk,
    ) -> Answer<'a, EventsPage> {
        self.answer(happened(self.head(viewer, place), ask, self.happened))
    }

    fn logs<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        ask: &'a LogsAsk,
    ) -> Answer<'a, LogsPage> {
        self.answer(LogsPage {
            head: self.head(viewer, place),
            ask: ask.clone(),
            logs: self.logs.clone(),
        })
    }

    fn resource<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        object: &'a ObjectRef,
        view: &'a ResourceView,
    ) -> Answer<'a, ResourcePage> {
        let body = match view {
            ResourceView::Overview => ResourceBody::Overview {
                sections: sections(),
                events: Reading::Read(events()),
            },
            ResourceView::Events { .. } => ResourceBody::Events {
                events: Reading::Denied(MissingRight {
                    verb: "list".to_owned(),
                    group: String::new(),
                    resource: "events".to_owned(),
                    namespace: Some("orders".to_owned()),
                }),
            },
            ResourceView::Logs { .. } => ResourceBody::Logs { logs: logs(object) },
            ResourceView::Yaml { path } => ResourceBody::Yaml {
                text: "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: registry.acme.internal/payments/worker:3.1.0\n    name: worker\n".to_owned(),
                marked: (path.as_deref() == Some("/spec/containers/0/image")).then_some((5, 5)),
            },
        };
        self.answer(ResourcePage {
            head: self.head(viewer, place),
            object: object.clone(),
            owners: vec![
                ObjectRef::namespaced("Deployment", "orders", "order-worker"),
                ObjectRef::namespaced("ReplicaSet", "orders", "order-worker-7486b8848"),
            ],
            problems: vec![worker()],
            changes: Vec::new(),
            affected_by: Vec::new(),
            unexplained: self.rest(|it| it.unexplained.first().cloned()),
            unsettled: self.rest(|it| it.unsettled.first().cloned()),
            events: Some(7),
            command: "kubectl -n orders describe pod order-worker".to_owned(),
            body,
        })
    }

    fn runbook<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        id: &'a str,
        target: Option<&'a ObjectRef>,
    ) -> Answer<'a, RunbookPage> {
        let targets = target.into_iter().cloned().collect();
        self.answer(runbook(self.head(viewer, place), id, targets))
    }

    fn investigation<'a>(
        &'a self,
        viewer: &'a Viewer,
        id: InvestigationId,
    ) -> Answer<'a, InvestigationPage> {
        let place = Place {
            cluster: None,
            namespace: Some("shop".to_owned()),
        };
        let mut page = investigation(self.head(viewer, &place), id, self.kept);
        page.going.clone_from(&self.going);
        self.answer(page)
    }

    fn history<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        words: &'a str,
        _before: Option<InvestigationId>,
    ) -> Answer<'a, HistoryPage> {
        self.answer(history(self.head(viewer, place), words, self.kept))
    }

    fn leftovers<'a>(&'a self, viewer: &'a Viewer, place: &'a Place) -> Answer<'a, LeftoversPage> {
        self.answer(leftovers(self.head(viewer, place), self.left))
    }

    fn sharing<'a>(
        &'a self,
        viewer: &'a Viewer,
        place: &'a Place,
        of: &'a ShareOf,
    ) -> Answer<'a, SharingPage> {
        self.answer(sharing(self.head(viewer, place), of, self.kept))
    }

    fn links<'a>(&'a self, viewer: &'a Viewer, id: InvestigationId) -> Answer<'a, LinksPage> {
        let place = Place {
            cluster: None,
            namespace: Some("shop".to_owned()),
        };
        self.answer(LinksPage {
            head: self.head(viewer, &place),
            id,
            title: "My Service does not answer".to_owned(),
            target: ObjectRef::namespaced("Service", "shop", "cart"),
            links: if self.kept == Kept::Nothing {
                Vec::new()
            } else {
                links()
            },
        })
    }

    fn shared<'a>(&'a self, _lang: Lang, token: &'a str) -> Answer<'a, SharedPage> {
        if token == TOKEN {
            return self.answer(shared(self.kept));
        }
        self.tell(Err(PortalError::NotFound {
            what: String::new(),
        }))
    }
}

pub(crate) fn at(clock: &str) -> Timestamp {
    format!("2026-11-20T{clock}Z").parse().unwrap()
}

pub(crate) fn now() -> Timestamp {
    at("20:28:59")
}

fn row(label: &str, values: Vec<Value>) -> Row {
    Row {
        label: label.to_owned(),
        nested: false,
        values,
    }
}

fn sections() -> Vec<Section> {
    let condition = |name: &str, status: &str, health| Condition {
        name: name.to_owned(),
        status: status.to_owned(),
        health,
        reason: None,
        message: None,
        since: None,
    };
    vec![
        Section {
            title: "Pod".to_owned(),
            name: None,
            content: Content::Rows(vec![
                row("Namespace", vec![Value::Text("orders".to_owned())]),
                row("Priority", vec![Value::Text("0".to_owned())]),
                row(
                    "Node",
                    vec![
                        Value::Object(ObjectRef::cluster("Node", "node-1")),
                        Value::Quiet("10.0.0.11".to_owned()),
                    ],
                ),
                row("Start Time", vec![Value::Moment(at("20:27:18"))]),
                row(
                    "Labels",
                    vec![
                        Value::Label("app=order-worker".to_owned()),
                        Value::Label("pod-template-hash=7486b8848".to_owned()),
                    ],
                ),
                row("Annotations", Vec::new()),
            ]),
        },
        Section {
            title: "Container".to_owned(),
            name: Some("worker".to_owned()),
            content: Content::Rows(vec![
                row(
                    "Image",
                    vec![Value::Mono(
                        "registry.acme.internal/payments/worker:3.1.0".to_owned(),
                    )],
                ),
                row(
                    "State",
                    vec![Value::State(
                        Severity::Critical,
                        "Waiting: CrashLoopBackOff".to_owned(),
                    )],
                ),
                row(
                    "Restart Count",
                    strips()
                        .into_iter()
                        .skip(1)
                        .take(1)
                        .map(Value::Strip)
                        .collect(),
                ),
                Row {
                    nested: true,
                    ..row("Finished", vec![Value::Moment(at("20:28:41"))])
                },
            ]),
        },
        Section {
            title: "Conditions".to_owned(),
            name: None,
            content: Content::Conditions(vec![
                condition("PodScheduled", "True", Health::Well),
                condition("Ready", "False", Health::Broken),
                condition("DisruptionTarget", "Unknown", Health::Unknown),
            ]),
        },
    ]
}

fn events() -> Vec<EventRow> {
    let event = |warning, reason: &str, message: &str, count| EventRow {
        warning,
        reason: reason.to_owned(),
        message: message.to_owned(),
        count,
        first: Some(at("20:27:20")),
        last: Some(at("20:28:58")),
    };
    vec![
        event(
            true,
            "BackOff",
            "Back-off restarting failed container worker in pod order-worker-7486b8848-ht95b_orders(b452fdf5-c691-4442-8da4-ff96fc1c764d)",
            8,
        ),
        event(false, "Started", "Container <started>", 1),
    ]
}

fn logs(object: &ObjectRef) -> Vec<LogTail> {
    vec![LogTail {
        container: object.clone().with_container("worker"),
        previous: true,
        lines: Reading::Read(vec![
            "starting".to_owned(),
            "FATAL: DATABASE_URL is not set".to_owned(),
        ]),
    }]
}

/// The languages, for tests that hold in each of them.
pub(crate) const LANGUAGES: [Lang; 2] = Lang::ALL;
