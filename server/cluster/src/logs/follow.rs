use std::time::Duration;

use futures::StreamExt;
use futures::stream::BoxStream;
use jiff::Timestamp;
use podside_model::log::{EndWhy, Seen};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::api::LogApi;
use super::batch::next_batch;
use super::repeats::Repeats;
use super::run::{ContainerRun, RunState};
use super::target::{Instances, Plan, Since};
use super::update::Update;
use crate::error::{Error, Result};
use crate::log::LogOptions;
use crate::log_line::LogLine;

/// Times of delivered lines that are kept to recognise them, 1 MiB.
const MAX_TIMES: usize = 65_536;

/// How long to wait before the log is asked for again, longer from one fruitless try
/// to the next.
const WAITS: [Duration; 6] = [
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
];

/// How long a source is tried that does not answer.
const GIVE_UP_AFTER: Duration = Duration::from_mins(15);

/// How long a log may be silent before it is asked for anew. A connection whose other
/// end vanished without a word, as behind a NAT, is silent for ever.
const IDLE: Duration = Duration::from_mins(2);

/// How often a container is looked at that is not running.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How long a resumed log may stay silent before the gap is reported all the same.
const REPORT_AFTER: Duration = Duration::from_secs(1);

/// Reads one container's log into `out` until it ends for good or nobody takes it.
pub(crate) async fn follow<A: LogApi>(api: A, plan: Plan, out: mpsc::Sender<Update>) {
    let ended = {
        let mut follow = Follow::new(api, plan, &out);
        tokio::select! {
            ended = follow.run() => ended,
            () = out.closed() => None,
        }
    };
    if let Some(why) = ended {
        // Nobody waits for the end of a source when the reader has gone.
        let _ = out.send(Update::Ended(why)).await;
    }
}

struct Follow<'a, A> {
    api: A,
    plan: Plan,
    out: &'a mpsc::Sender<Update>,
    seen: Seen,
    /// Since when nothing has been read, if the log was interrupted.
    lost: Option<Lost>,
    restarts: Option<i32>,
    fruitless: usize,
    /// The run of which it was said that it has no log.
    without_log: Option<i32>,
}

/// An interruption that has not been reported as over.
struct Lost {
    at: Timestamp,
    since: Instant,
    was_told: bool,
}

/// How one request for the log ended.
enum Ending {
    /// The API server closed it, as it does when the container ends, the log is
    /// rotated or the kubelet is tired of an idle connection.
    Closed,
    Broken(Error),
    /// Nothing came for so long that the connection may be dead.
    Idle,
    /// Nobody takes the lines.
    NotTaken,
}

impl<'a, A: LogApi> Follow<'a, A> {
    fn new(api: A, plan: Plan, out: &'a mpsc::Sender<Update>) -> Self {
        let seen = plan
            .resume
            .as_ref()
            .map(|(cursor, _)| Seen::from_cursor(cursor, MAX_TIMES));
        let lost = plan.resume.as_ref().map(|(_, away_ms)| {
            let away = Duration::from_millis((*away_ms).min(86_400_000));
            let now = Instant::now();
            Lost {
                at: Timestamp::now()
                    .checked_sub(away)
                    .unwrap_or(Timestamp::UNIX_EPOCH),
                since: now.checked_sub(away).unwrap_or(now),
                was_told: true,
            }
        });
        let plan_restarts = plan.restarts;
        let is_whole = plan.tail.is_none() && plan.since == Since::All;
        let nothing = || {
            if is_whole {
                Seen::from_beginning(MAX_TIMES)
            } else {
                Seen::new(MAX_TIMES)
            }
        };
        Self {
            api,
            plan,
            out,
            seen: seen.unwrap_or_else(nothing),
            lost,
            restarts: plan_restarts,
            fruitless: 0,
            without_log: None,
        }
    }

    /// `None` when nobody takes the lines.
    async fn run(&mut self) -> Option<EndWhy> {
        match self.plan.instances {
            Instances::Previous => return self.previous().await,
            // A container without a run before begins with the current one.
            Instances::Both if self.lost.is_none() => drop(self.previous().await?),
            Instances::Both | Instances::Current => {}
        }
        self.plan.source.previous = false;
        loop {
            let ending = match self.open(false).await {
                Ok(lines) => self.hand_on(lines).await,
                Err(error) => Ending::Broken(error),
            };
            match self.after(ending).await {
                Some(Next::Again) => {}
                Some(Next::End(why)) => return Some(why),
                None => return None,
            }
        }
    }

    /// Reads the run before, which has an end.
    async fn previous(&mut self) -> Option<EndWhy> {
        for wait in WAITS {
            let ending = match self.open(true).await {
                Ok(lines) => self.hand_on(lines).await,
                Err(error) => Ending::Broken(error),
            };
            match ending {
                Ending::NotTaken => return None,
                Ending::Closed | Ending::Idle => return Some(EndWhy::Complete),
                Ending::Broken(error) if error.is_passing() => {
                    self.lose(&error.to_string()).await?;
                    tokio::time::sleep(wait).await;
                }
                Ending::Broken(
                    Error::NotFound { message, .. }
                    | Error::Refused {
                        code: 400, message, ..
                    },
                ) => {
                    return Some(self.why_not_found(message).await);
                }
                Ending::Broken(error) => return Some(why(error)),
            }
        }
        let said = "the log of the run before could not be read to its end".to_owned();
        Some(EndWhy::Unavailable { said })
    }

    async fn open(&self, previous: bool) -> Result<BoxStream<'static, Result<LogLine>>> {
        let floor = self.seen.floor().filter(|floor| *floor > i64::MIN);
        let mut options = LogOptions {
            previous,
            follow: self.plan.follow && !previous,
            ..LogOptions::default()
        };
        if let Some(floor) = floor {
            // Whole seconds, rounded down: what comes again is recognised, what is
            // skipped is lost.
            options.since_time = Timestamp::from_second(floor.div_euclid(1_000_000_000)).ok();
        } else {
            options.tail_lines = self.plan.tail;
            if let Since::Seconds(seconds) = self.plan.since {
                options.since_seconds = Some(seconds);
            }
        }
        self.api
            .lines(&self.plan.namespace, &self.plan.source, &options)
            .await
    }

    /// Hands the lines of one request on, without those that came before.
    async fn hand_on(&mut self, lines: BoxStream<'static, Result<LogLine>>) -> Ending {
        if self.out.send(Update::Opened).await.is_err() {
            return Ending::NotTaken;
        }
        let mut lines = lines.fuse();
        let mut repeats = self.has_read().then(|| Repeats::of(&self.seen));
        loop {
            let report = self.lost.is_some();
            let (batch, error) = tokio::select! {
                batch = next_batch(&mut lines) => batch,
                () = tokio::time::sleep(REPORT_AFTER), if report => {
                    if self.report(repeats.as_ref()).await.is_none() {
                        return Ending::NotTaken;
                    }
                    continue;
                }
                () = tokio::time::sleep(IDLE), if !report && self.plan.follow => {
                    return Ending::Idle;
                }
            };
            let is_end = batch.is_empty() && error.is_none();
            let fresh: Vec<LogLine> = batch
                .into_iter()
                .filter(|line| self.is_fresh(line, &mut repeats))
                .collect();
            if !fresh.is_empty() {
                self.fruitless = 0;
                let told = self.report(repeats.as_ref()).await;
                if told.is_none() || self.out.send(Update::Lines(fresh)).await.is_err() {
                    return Ending::NotTaken;
                }
            }
            if let Some(error) = error {
                return Ending::Broken(error);
            }
            if is_end {
                return Ending::Closed;
            }
        }
    }

    fn has_read(&self) -> bool {
        self.seen.newest().is_some() || self.seen.floor().is_some_and(|floor| floor > i64::MIN)
    }

    fn is_fresh(&mut self, line: &LogLine, repeats: &mut Option<Repeats>) -> bool {
        // A line without a time is a remark of the kubelet, made anew each time.
        let Some(time) = line
            .at
            .and_then(|at| i64::try_from(at.as_nanosecond()).ok())
        else {
            return true;
        };
        if repeats.as_mut().is_some_and(|r| r.is_repeat(time)) {
            return false;
        }
        self.seen.record(time);
        true
    }

    /// Says that the log goes on, if it was interrupted.
    async fn report(&mut self, repeats: Option<&Repeats>) -> Option<()> {
        let Some(Lost { at, since, .. }) = self.lost.take() else {
            return Some(());
        };
        let resumed = Update::Resumed {
            at,
            lasted: since.elapsed(),
            removed: repeats.map_or(0, Repeats::removed),
            maybe_missing: repeats.is_some_and(Repeats::maybe_missing),
        };
        self.out.send(resumed).await.ok()
    }

    /// Notes that the log is interrupted, and says so once.
    async fn lose(&mut self, said: &str) -> Option<()> {
        let lost = self.lost.get_or_insert_with(|| Lost {
            at: Timestamp::now(),
            since: Instant::now(),
            was_told: false,
        });
        if lost.was_told {
            return Some(());
        }
        lost.was_told = true;
        let update = Update::Lost {
            at: lost.at,
            said: said.to_owned(),
        };
        self.out.send(update).await.ok()
    }

    /// What to do when a request for the current log has ended.
    async fn after(&mut self, ending: Ending) -> Option<Next> {
        match ending {
            Ending::NotTaken => return None,
            // What was said before is recognised, so asking again shows nothing twice.
            Ending::Idle => return Some(Next::Again),
            Ending::Closed if !self.plan.follow => return Some(Next::End(EndWhy::Complete)),
            Ending::Broken(error) if error.is_passing() => {
                self.lose(&error.to_string()).await?;
                if self
                    .lost
                    .as_ref()
                    .is_some_and(|l| l.since.elapsed() > GIVE_UP_AFTER)
                {
                    return Some(Next::End(why(error)));
                }
                self.wait().await;
                return Some(Next::Again);
            }
            Ending::Broken(Error::NotFound { message, .. }) if self.plan.follow => {
                return self.after_not_found(message).await;
            }
            Ending::Broken(Error::NotFound { message, .. }) => {
                return Some(Next::End(self.why_not_found(message).await));
            }
            Ending::Broken(error) if !is_not_started(&error) || !self.plan.follow => {
                return Some(Next::End(why(error)));
            }
            Ending::Broken(_) | Ending::Closed => {}
        }
        self.until_it_runs().await
    }

    /// Why a log that is read once was not found: the Pod may be there, and only this
    /// log of it not. A container that was never started again has no run before.
    async fn why_not_found(&self, said: String) -> EndWhy {
        let run = self.api.run(&self.plan.namespace, &self.plan.source).await;
        match run {
            Ok(ContainerRun::There { restarts: 0, .. }) if self.plan.source.previous => {
                EndWhy::NoRunBefore
            }
            Ok(ContainerRun::There { .. }) => EndWhy::NoLog { said },
            Ok(ContainerRun::Gone) => EndWhy::PodGone,
            Err(error) => why(error),
        }
    }

    /// What to do when the log was not found: the Pod may be gone, or only the log of
    /// this run, as in a recording that does not have it.
    async fn after_not_found(&mut self, said: String) -> Option<Next> {
        let run = self.api.run(&self.plan.namespace, &self.plan.source).await;
        let restarts = match run {
            Ok(ContainerRun::There { restarts, .. }) => restarts,
            Ok(ContainerRun::Gone) => return Some(Next::End(EndWhy::PodGone)),
            Err(error) if error.is_passing() => {
                self.lose(&error.to_string()).await?;
                self.wait().await;
                return Some(Next::Again);
            }
            Err(error) => return Some(Next::End(why(error))),
        };
        if self.without_log.replace(restarts) != Some(restarts) {
            let why = EndWhy::NoLog { said };
            self.out.send(Update::Ended(why)).await.ok()?;
        }
        self.wait().await;
        Some(Next::Again)
    }

    /// Waits until the container runs, and says if that is another run of it.
    async fn until_it_runs(&mut self) -> Option<Next> {
        self.out.send(Update::Quiet).await.ok()?;
        let mut just_started = false;
        loop {
            let run = self.api.run(&self.plan.namespace, &self.plan.source).await;
            match run {
                Ok(ContainerRun::Gone) => return Some(Next::End(EndWhy::PodGone)),
                Ok(ContainerRun::There {
                    restarts,
                    exit_code,
                    state,
                }) => {
                    let before = self.restarts.replace(restarts);
                    if before.is_some_and(|before| before < restarts) {
                        // A run may have come and gone between two looks; its log is there.
                        let update = Update::Restarted {
                            exit_code,
                            restarts,
                        };
                        self.out.send(update).await.ok()?;
                        return Some(Next::Again);
                    }
                    match state {
                        RunState::Finished => {
                            return Some(Next::End(EndWhy::Finished { exit_code }));
                        }
                        RunState::Waiting => tokio::time::sleep(LOOK_EVERY).await,
                        RunState::Running => {
                            if self.has_read() && !just_started {
                                // It ran all the time: the end was not the container's.
                                self.lose("the log stream ended by itself").await?;
                            }
                            self.wait().await;
                            return Some(Next::Again);
                        }
                    }
                    just_started = state == RunState::Waiting;
                }
                Err(error) if error.is_passing() => {
                    self.lose(&error.to_string()).await?;
                    self.wait().await;
                }
                Err(error) => return Some(Next::End(why(error))),
            }
        }
    }

    async fn wait(&mut self) {
        let wait = WAITS.get(self.fruitless).or(WAITS.last());
        self.fruitless += 1;
        tokio::time::sleep(wait.copied().unwrap_or_default()).await;
    }
}

enum Next {
    Again,
    End(EndWhy),
}

/// Whether a log was refused because its container was not started yet: 400, with
/// the reason only in the message.
fn is_not_started(error: &Error) -> bool {
    matches!(error, Error::Refused { code: 400, message, .. } if message.contains("waiting to start")
        || message.contains("PodInitializing") || message.contains("ContainerCreating"))
}

/// What an error means to who reads the log.
pub fn why(error: Error) -> EndWhy {
    match error {
        Error::NotFound { .. } => EndWhy::PodGone,
        Error::Denied { message, .. } => EndWhy::Denied { said: message },
        Error::Refused {
            code: 400, message, ..
        } => EndWhy::NoLog { said: message },
        other => EndWhy::Unavailable {
            said: other.to_string(),
        },
    }
}
