//! Many readers of one log that is written meanwhile: every line once for each, and one
//! request for all of them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::StreamExt;
use futures::stream::{self, BoxStream};
use jiff::Timestamp;
use podside_model::log::{EndWhy, LogEvent, LogNote, SourceId};
use proptest::prelude::*;
use tokio::sync::watch;

use super::*;
use crate::error::{Error, Result};
use crate::log::LogOptions;
use crate::log_line::LogLine;

/// A cluster with one container, whose log is written while it is read.
#[derive(Clone)]
struct Writing {
    /// The times of its lines.
    log: watch::Sender<Vec<i64>>,
    /// How long a line takes from the log to who follows.
    delay: Duration,
    counts: Arc<Mutex<Counts>>,
    /// Whether the log is refused.
    refuses: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    follows: usize,
    /// Requests to follow that are open.
    open: usize,
    stored: usize,
    lists: usize,
    /// Lines that were given to who follows.
    followed: usize,
}

/// One request to follow, while it is open.
struct Open(Arc<Mutex<Counts>>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.lock().unwrap().open -= 1;
    }
}

impl Writing {
    fn new(delay_ms: u64) -> Self {
        Self {
            log: watch::Sender::default(),
            delay: Duration::from_millis(delay_ms),
            counts: Arc::default(),
            refuses: false,
        }
    }

    fn counts(&self) -> Counts {
        *self.counts.lock().unwrap()
    }

    /// Writes a line so many milliseconds after the one before, or before it.
    fn write(&self, after_ms: i64) {
        self.log.send_modify(|log| {
            let last = log.last().copied().unwrap_or(1_000_000_000_000);
            log.push(last + after_ms * 1_000_000);
        });
    }
}

fn line(number: usize, time: i64) -> LogLine {
    LogLine {
        at: Timestamp::from_nanosecond(time.into()).ok(),
        text: number.to_string(),
        cut: 0,
    }
}

impl LogApi for Writing {
    async fn lines(
        &self,
        _: &str,
        _: &SourceId,
        options: &LogOptions,
    ) -> Result<BoxStream<'static, Result<LogLine>>> {
        tokio::time::sleep(Duration::from_millis(1)).await;
        if self.refuses {
            return Err(Error::Refused {
                what: "the log".into(),
                code: 403,
                reason: "Forbidden".into(),
                message: "no".into(),
            });
        }
        let log = self.log.borrow().clone();
        let since = options
            .since_time
            .map_or(i64::MIN, |at| i64::try_from(at.as_nanosecond()).unwrap());
        let skipped = options
            .tail_lines
            .map_or(0, |tail| log.len().saturating_sub(tail as usize));
        let stored = log.len();
        let lines: Vec<_> = log
            .into_iter()
            .enumerate()
            .skip(skipped)
            .filter(|(_, time)| *time >= since)
            .map(|(number, time)| Ok(line(number, time)))
            .collect();
        if !options.follow {
            self.counts.lock().unwrap().stored += 1;
            return Ok(stream::iter(lines).boxed());
        }
        {
            let mut counts = self.counts.lock().unwrap();
            counts.follows += 1;
            counts.open += 1;
        }
        let open = Open(Arc::clone(&self.counts));
        let state = (self.clone(), self.log.subscribe(), stored, open);
        let written = stream::unfold(state, |(api, mut log, next, open)| async move {
            let time = loop {
                if let Some(time) = log.borrow_and_update().get(next) {
                    break *time;
                }
                log.changed().await.ok()?;
            };
            tokio::time::sleep(api.delay).await;
            open.0.lock().unwrap().followed += 1;
            Some((Ok(line(next, time)), (api, log, next + 1, open)))
        });
        Ok(stream::iter(lines).chain(written).boxed())
    }

    async fn run(&self, _: &str, _: &SourceId) -> Result<ContainerRun> {
        Ok(ContainerRun::There {
            restarts: 0,
            exit_code: None,
            state: RunState::Running,
        })
    }

    async fn pods(&self, _: &str, _: &[LogTarget]) -> Result<PodList> {
        self.counts.lock().unwrap().lists += 1;
        Ok(PodList {
            pods: vec![PodSources {
                name: "web".into(),
                containers: vec![("app".into(), 0)],
                ..PodSources::default()
            }],
            ..PodList::default()
        })
    }

    async fn events(&self, _: &str) -> Result<Vec<LogEvent>> {
        self.counts.lock().unwrap().lists += 1;
        Ok(Vec::new())
    }
}

fn query(tail: Option<u32>) -> LogQuery {
    LogQuery {
        namespace: "shop".into(),
        targets: vec![LogTarget::Pod("web".into())],
        container: None,
        instances: Instances::Current,
        since: Since::All,
        tail,
        follow: true,
    }
}

type Stream = LogStream<SharedLogs<Writing>>;

async fn open(shared: &SharedLogs<Writing>, tail: Option<u32>) -> Stream {
    LogStream::open(shared.clone(), query(tail), Vec::new(), 0)
        .await
        .unwrap()
}

/// What comes until the line of that number, or until nothing has come for long.
async fn until(stream: &mut Stream, last: usize) -> (Vec<usize>, Vec<LogNote>) {
    let (mut numbers, mut notes) = (Vec::new(), Vec::new());
    while numbers.last() != Some(&last) {
        let Ok(items) = tokio::time::timeout(Duration::from_mins(1), stream.next()).await else {
            break;
        };
        if items.is_empty() {
            break;
        }
        for item in items {
            match item {
                StreamItem::Line(_, line) => numbers.push(line.text.parse().unwrap()),
                StreamItem::Note(note) => notes.push(note),
            }
        }
    }
    (numbers, notes)
}

fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(test)
}

fn was_interrupted(notes: &[LogNote]) -> bool {
    notes
        .iter()
        .any(|note| matches!(note, LogNote::Gap(_) | LogNote::Lost { .. }))
}

#[test]
fn five_hundred_readers_get_every_line_through_one_request() {
    const LINES: usize = 300;
    run(async {
        let api = Writing::new(3);
        for _ in 0..100 {
            api.write(10);
        }
        let shared = SharedLogs::new(api.clone());
        let readers: Vec<_> = (0..500)
            .map(|n| {
                let shared = shared.clone();
                tokio::spawn(async move {
                    // They come while it is written.
                    tokio::time::sleep(Duration::from_millis(n * 3)).await;
                    until(&mut open(&shared, None).await, LINES - 1).await
                })
            })
            .collect();
        for _ in 100..LINES {
            tokio::time::sleep(Duration::from_millis(10)).await;
            api.write(10);
        }
        let all: Vec<_> = (0..LINES).collect();
        for reader in readers {
            let (numbers, notes) = reader.await.unwrap();
            assert_eq!(numbers, all);
            assert!(!was_interrupted(&notes), "{notes:?}");
        }
        let counts = api.counts();
        assert_eq!(counts.follows, 1);
        assert!(counts.stored <= 501, "{counts:?}");
        // Every reader looks for Pods and events every five seconds.
        assert!(counts.lists <= 40, "{counts:?}");
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(api.counts().open, 0, "nobody reads it any more");
    });
}

/// How many milliseconds after the one before each line is written, and whether each is
/// later than the one before: where a tail begins within one nanosecond, its first line
/// cannot be told from the one before it.
fn steps() -> impl Strategy<Value = (Vec<i64>, bool)> {
    let any = prop_oneof![3 => Just(0_i64), 1 => Just(-1), 6 => 1_i64..40, 1 => 900_i64..2_000];
    let rising = prop_oneof![9 => 1_i64..40, 1 => 900_i64..2_000];
    prop_oneof![
        prop::collection::vec(any, 1..80).prop_map(|steps| (steps, false)),
        prop::collection::vec(rising, 1..80).prop_map(|steps| (steps, true)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whenever_a_reader_comes_it_misses_nothing_and_gets_nothing_twice(
        before in 0_usize..40,
        (steps, are_rising) in steps(),
        delay in 0_u64..30,
        comes in prop::collection::vec((0_u64..1_500, prop::option::of(1_u32..30)), 1..6),
    ) {
        let last = before + steps.len() - 1;
        let (readings, counts) = run(async {
            let api = Writing::new(delay);
            for _ in 0..before {
                api.write(7);
            }
            let shared = SharedLogs::new(api.clone());
            let readers: Vec<_> = comes
                .iter()
                .map(|(at, tail)| {
                    let (shared, at, tail) = (shared.clone(), *at, tail.filter(|_| are_rising));
                    tokio::spawn(async move {
                        tokio::time::sleep(Duration::from_millis(at)).await;
                        until(&mut open(&shared, tail).await, last).await
                    })
                })
                .collect();
            for step in steps {
                tokio::time::sleep(Duration::from_millis(20)).await;
                api.write(step);
            }
            let mut readings = Vec::new();
            for reader in readers {
                readings.push(reader.await.unwrap());
            }
            (readings, api.counts())
        });
        for ((numbers, notes), (_, tail)) in readings.iter().zip(&comes) {
            let first = numbers.first().copied().unwrap_or(last);
            let has_tail = are_rising && tail.is_some();
            prop_assert!(has_tail || first == 0, "{:?}", numbers);
            let expected: Vec<_> = (first..=last).collect();
            prop_assert_eq!(numbers, &expected);
            prop_assert!(!was_interrupted(notes), "{:?}", notes);
        }
        prop_assert!(counts.follows <= comes.len());
    }
}

#[test]
fn who_does_not_read_keeps_no_other_from_reading_and_misses_nothing_later() {
    const LINES: usize = 8_000;
    run(async {
        let api = Writing::new(0);
        api.write(1);
        let shared = SharedLogs::new(api.clone());
        let (mut quick, mut slow) = (open(&shared, None).await, open(&shared, None).await);
        assert_eq!(until(&mut quick, 0).await.0, [0]);
        assert_eq!(until(&mut slow, 0).await.0, [0]);
        let writer = tokio::spawn({
            let api = api.clone();
            async move {
                for _ in 1..LINES {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                    api.write(1);
                }
            }
        });
        let (numbers, notes) = until(&mut quick, LINES - 1).await;
        assert_eq!(numbers, (1..LINES).collect::<Vec<_>>());
        assert!(!was_interrupted(&notes), "{notes:?}");
        writer.await.unwrap();
        let (numbers, notes) = until(&mut slow, LINES - 1).await;
        assert_eq!(numbers, (1..LINES).collect::<Vec<_>>());
        let said = notes.iter().find_map(|note| match note {
            LogNote::Lost { said, .. } => Some(said),
            _ => None,
        });
        assert!(said.unwrap().contains("read again"), "{notes:?}");
        let gap = notes.iter().find_map(|note| match note {
            LogNote::Gap(gap) => Some(gap),
            _ => None,
        });
        assert!(!gap.unwrap().maybe_missing, "{notes:?}");
        assert_eq!(api.counts().follows, 1);
    });
}

#[test]
fn a_single_reader_that_does_not_read_holds_the_cluster_back() {
    run(async {
        let api = Writing::new(0);
        api.write(1);
        let shared = SharedLogs::new(api.clone());
        let mut stream = open(&shared, None).await;
        assert_eq!(until(&mut stream, 0).await.0, [0]);
        for _ in 1..50_000 {
            api.write(1);
        }
        tokio::time::sleep(Duration::from_mins(1)).await;
        let counts = api.counts();
        assert!(counts.followed < 8_000, "{counts:?}");
        let (numbers, notes) = until(&mut stream, 49_999).await;
        assert_eq!(numbers, (1..50_000).collect::<Vec<_>>());
        assert!(!was_interrupted(&notes), "{notes:?}");
    });
}

#[test]
fn a_log_without_a_line_is_waited_for() {
    run(async {
        let api = Writing::new(0);
        let shared = SharedLogs::new(api.clone());
        let mut stream = open(&shared, Some(10)).await;
        let silent = tokio::time::timeout(Duration::from_secs(30), until(&mut stream, 0)).await;
        assert!(silent.is_err());
        assert!(api.counts().stored <= 2, "{:?}", api.counts());
        api.write(1);
        api.write(1);
        assert_eq!(until(&mut stream, 1).await.0, [0, 1]);
    });
}

#[test]
fn a_silent_log_is_asked_for_anew_and_nothing_is_said_of_it() {
    run(async {
        let api = Writing::new(0);
        api.write(1);
        let shared = SharedLogs::new(api.clone());
        let mut streams = [open(&shared, None).await, open(&shared, None).await];
        for stream in &mut streams {
            assert_eq!(until(stream, 0).await.0, [0]);
        }
        tokio::time::sleep(Duration::from_mins(5)).await;
        assert!(api.counts().follows > 1);
        assert_eq!(api.counts().open, 1);
        api.write(1);
        for stream in &mut streams {
            let (numbers, notes) = until(stream, 1).await;
            assert_eq!(numbers, [1]);
            assert!(!was_interrupted(&notes), "{notes:?}");
        }
    });
}

#[test]
fn a_log_that_is_refused_is_refused_for_each() {
    run(async {
        let api = Writing {
            refuses: true,
            ..Writing::new(0)
        };
        let shared = SharedLogs::new(api);
        for _ in 0..2 {
            let (_, notes) = until(&mut open(&shared, None).await, 0).await;
            let is_refusal = |note: &LogNote| matches!(note, LogNote::Ended { why: EndWhy::Unavailable { said }, .. } if said.contains("Forbidden"));
            assert!(notes.iter().any(is_refusal), "{notes:?}");
        }
    });
}
