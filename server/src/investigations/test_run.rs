//! The test of a step is run, on a person's word.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use podside_app::{Place, PortalError};
use podside_cluster::Connection;
use podside_cluster::acting::{self, Became, ExecLimits, Output, PodId, has_no_program};
use podside_cluster::effects::{Entries, Progress};
use podside_diagnosis::facts::clean::{LONG, clean};
use podside_diagnosis::runbook::{Check, Event, Probe, Ran, Runbook, Target};
use podside_model::form::RunForm;
use podside_model::{EntryBody, InvestigationId, NotRun};
use podside_store::{CreationId, Investigation};

use super::going::{Kept, Stopped, carry_out};
use super::test_plan::{Does, TestPlan, deadline};
use super::{Investigations, Walk, place_of};
use crate::ledger::{Ledger, NotKept, Purpose};
use crate::session::{Outcome, Session};

/// How long a test may take, with what is created for it and taken away again.
const WITHIN: Duration = Duration::from_mins(3);

/// What a command may take.
const LIMITS: ExecLimits = ExecLimits {
    within: Duration::from_secs(30),
    bytes: 16 * 1024,
};

/// How long what is created may take to have its image, to start and to end.
const ENDS_WITHIN: Duration = Duration::from_mins(1);

impl Investigations<'_> {
    /// Runs the test of the present step, if it is still the one that was shown: else the page
    /// that comes next shows what it would be. What takes long goes on when this returns.
    pub(crate) async fn run_test(
        &self,
        id: InvestigationId,
        form: &RunForm,
    ) -> Result<Place, PortalError> {
        let lang = self.session.lang();
        let refused = Ledger::of(self.session).may_act();
        refused.map_err(|refused| refused.told(lang))?;
        let kept = self.read(id).await?;
        let place = place_of(&kept);
        let walk = Walk::of(self, kept).await?;
        let Some(step) = walk.state.step(&walk.runbook) else {
            return Ok(place);
        };
        let Check::Probe(probe) = &step.check else {
            return Ok(place);
        };
        let is_here = step.id == form.step && walk.investigation.last_seq() == form.after;
        let plan = walk.test_plan(self.session, &step.id, probe);
        let plan = plan.filter(|plan| is_here && plan.fingerprint == form.plan);
        let Some(plan) = plan else {
            return Ok(place);
        };
        let test = Test {
            session: self.session.clone(),
            step: step.id.clone(),
            probe: probe.clone(),
            runbook: Arc::clone(&walk.runbook),
            investigation: walk.investigation,
            plan,
        };
        let run = |progress| test.run(progress);
        self.begin(id, WITHIN, run).await?;
        Ok(place)
    }
}

impl Walk {
    /// How the test of a step would be run; `None` where there is no place for it.
    pub(crate) fn test_plan(
        &self,
        session: &Session,
        step: &str,
        probe: &Probe,
    ) -> Option<TestPlan> {
        let snapshot = self.sight.as_ref().map(|sight| &sight.snapshot)?;
        let target = Target::find(snapshot, &self.investigation.target);
        let pod = target.pod().ok();
        let names = &self.state.names;
        TestPlan::of(session, &self.investigation, step, probe, names, pod)
    }
}

/// A test that was allowed.
struct Test {
    session: Session,
    investigation: Investigation,
    runbook: Arc<Runbook>,
    step: String,
    probe: Probe,
    plan: TestPlan,
}

/// What came of it.
struct Told {
    stdout: Output,
    stderr: Output,
    ended: Result<i64, NotRun>,
}

impl Test {
    /// Keeps that it was allowed, runs it and keeps what it told.
    async fn run(self, progress: Progress) -> Outcome {
        let kubectl = self.plan.action().kubectl();
        let mut kept = Kept {
            session: &self.session,
            id: self.investigation.id,
            after: self.investigation.last_seq(),
        };
        let allowed = EntryBody::Allowed {
            step: self.step.clone(),
            command: kubectl.clone(),
            plan: self.plan.fingerprint.clone(),
        };
        match kept.keep(vec![(Timestamp::now(), allowed)]).await {
            Ok(()) => {}
            Err(Stopped::Outrun) => return Ok(()),
            Err(Stopped::NotKept(error)) => return Err(error),
        }
        let after = kept.after;
        let told = self.told().await.unwrap_or_else(|error| Told {
            stdout: Output::default(),
            stderr: Output::default(),
            ended: Err(NotRun::Failed {
                said: clean(&error.to_string(), LONG).into_owned(),
            }),
        });
        let object = self.plan.pod.object();
        let ran = Ran {
            at: Timestamp::now(),
            object: object.with_container(self.plan.container()),
            kubectl,
            dropped: told.stdout.dropped.saturating_add(told.stderr.dropped),
            stdout: told.stdout.text,
            stderr: told.stderr.text,
            ended: told.ended,
        };
        let finding = self.probe.judge(&ran, &self.plan.pod.namespace);
        let event = Event::Ran {
            step: self.step,
            finding,
        };
        let (session, runbook) = (self.session, self.runbook);
        carry_out(session, self.investigation, runbook, event, after, progress).await
    }

    async fn told(&self) -> Result<Told, NotKept> {
        let ledger = Ledger::of(&self.session);
        let cluster = &self.investigation.cluster;
        let connection = ledger.connection_to_act_in(cluster).await?;
        let purpose = Purpose {
            investigation: Some(self.investigation.id),
            deadline: deadline(Timestamp::now()),
        };
        match &self.plan.does {
            Does::Exec(exec) => {
                // The command names the Pod; it is run in the one that was shown.
                connection.pod(&self.plan.pod).await?;
                let ran = connection.exec(exec, &LIMITS).await?;
                Ok(Told {
                    ended: ended(&ran.ended, &exec.container),
                    stdout: ran.stdout,
                    stderr: ran.stderr,
                })
            }
            Does::Add(container) => {
                let made = ledger.add_container(cluster, container, &purpose).await?;
                let told = self.output_of(&connection, &container.pod).await;
                end(ledger, made).await;
                told
            }
            Does::Create(pod) => {
                let (made, pod) = ledger.create_pod(cluster, pod.clone(), &purpose).await?;
                let told = self.output_of(&connection, &pod).await;
                end(ledger, made).await;
                told
            }
        }
    }

    /// Waits until what was created has ended, and reads what it wrote.
    async fn output_of(&self, connection: &Connection, pod: &PodId) -> Result<Told, NotKept> {
        let container = self.plan.container();
        let became = connection.await_container_end(pod, container, ENDS_WITHIN);
        let ended = match became.await? {
            Became::Ended(ended) => {
                let code = i32::try_from(ended.exit_code).unwrap_or(i32::MAX);
                self::ended(&acting::Ended::Exited(code), container)
            }
            Became::NotStarted { reason, message } => {
                let said = format!("{reason}: {message}");
                self::ended(&acting::Ended::NotStarted(said), container)
            }
            Became::Running | Became::StillWaiting { .. } => Err(NotRun::TooLong {
                seconds: ENDS_WITHIN.as_secs(),
            }),
        };
        let stdout = match &ended {
            Ok(_) => connection.written(pod, container, LIMITS.bytes).await?,
            Err(_) => Output::default(),
        };
        Ok(Told {
            stdout,
            stderr: Output::default(),
            ended,
        })
    }
}

/// Takes away what was created for a test. Where that fails it goes at its deadline.
async fn end(ledger: Ledger<'_>, made: CreationId) {
    if let Err(error) = ledger.end(made).await {
        tracing::warn!(%error, creation = %made, "what a test created is left for now");
    }
}

/// The exit code of a command, or why it tells nothing.
fn ended(ended: &acting::Ended, container: &str) -> Result<i64, NotRun> {
    if has_no_program(ended) {
        return Err(NotRun::NoProgram {
            container: container.to_owned(),
        });
    }
    match ended {
        acting::Ended::Exited(code) => Ok(i64::from(*code)),
        acting::Ended::TimedOut(after) => Err(NotRun::TooLong {
            seconds: after.as_secs(),
        }),
        acting::Ended::NotStarted(said) | acting::Ended::BrokeOff(said) => {
            Err(NotRun::Failed { said: said.clone() })
        }
    }
}
