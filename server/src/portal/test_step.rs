//! The test of the present step: what would be run, and what is missing for it.

use std::time::Duration;

use podside_app::RefusalWords;
use podside_cluster::acting::{NotDone, Plan};
use podside_diagnosis::facts::clean::{LONG, clean};
use podside_diagnosis::runbook::{Probe, Step};
use podside_model::view::{ProbeLacks, ProbePlace, ProbeRun, ProbeStep};
use tokio::time::timeout;

use crate::investigations::{Does, TestPlan, Walk};
use crate::session::{Acts, Session};

/// How long a page waits until it is known whether rights are missing.
const ASKED_WITHIN: Duration = Duration::from_secs(3);

/// The test of a step of a walk.
pub(super) async fn test_step(
    session: &Session,
    walk: &Walk,
    step: &Step,
    probe: &Probe,
) -> ProbeStep {
    let lang = session.lang();
    let run = match walk.test_plan(session, &step.id, probe) {
        Some(plan) => Ok(run(session, walk, &plan).await),
        None => Err(RefusalWords::of(lang).no_place.to_owned()),
    };
    ProbeStep {
        what: walk.state.names.fill(&probe.what).get(lang).to_owned(),
        run,
    }
}

async fn run(session: &Session, walk: &Walk, plan: &TestPlan) -> ProbeRun {
    let w = RefusalWords::of(session.lang());
    let locked = match session.acts() {
        Acts::Allowed => None,
        Acts::OnlyCleansUp => Some(w.read_only.to_owned()),
        Acts::Nothing => Some(w.acts_for_nobody.to_owned()),
    };
    // Whether rights are missing for what is not done here matters to nobody.
    let (lacks, unasked) = match (&locked, &walk.connection) {
        (None, Some(connection)) => {
            let action = plan.action();
            let asked = timeout(ASKED_WITHIN, connection.plan_to_read(&action)).await;
            lacks(asked.ok())
        }
        _ => (None, None),
    };
    ProbeRun {
        place: place(plan),
        commands: plan.commands(),
        object: plan.action().object().map(|object| {
            // Writing a value as text cannot fail.
            serde_json::to_string_pretty(&object).unwrap_or_default()
        }),
        lacks,
        unasked,
        locked,
        allowed: plan.allowed(&walk.investigation),
        plan: plan.fingerprint.clone(),
    }
}

/// What is missing, or why that is not known.
fn lacks(asked: Option<Result<Plan, NotDone>>) -> (Option<ProbeLacks>, Option<String>) {
    match asked {
        Some(Ok(plan)) => {
            let lacks = plan.lacking.map(|lacking| ProbeLacks {
                rights: lacking.rights,
                role: lacking.role,
            });
            (lacks, None)
        }
        Some(Err(error)) => (None, Some(clean(&error.to_string(), LONG).into_owned())),
        None => (None, Some(format!("> {} s", ASKED_WITHIN.as_secs()))),
    }
}

fn place(plan: &TestPlan) -> ProbePlace {
    let pod = plan.pod.name.clone();
    match &plan.does {
        Does::Exec(exec) => ProbePlace::In {
            pod,
            container: exec.container.clone(),
        },
        Does::Add(_) => ProbePlace::Beside {
            pod,
            image: plan.image.clone(),
        },
        Does::Create(own) => ProbePlace::OwnPod {
            namespace: own.namespace.clone(),
            image: plan.image.clone(),
        },
    }
}
