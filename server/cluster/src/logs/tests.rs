//! Following a log that breaks: every line once, whatever happens.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::stream::{self, BoxStream};
use futures::{FutureExt, StreamExt};
use jiff::Timestamp;
use podside_model::log::{EndWhy, Gap, LogEvent, LogNote, Seen, SourceId};
use proptest::prelude::*;

use super::*;
use crate::error::{Error, Result};
use crate::log::LogOptions;
use crate::log_line::LogLine;

/// A cluster whose logs are complete, but whose requests break as they are told to.
#[derive(Clone, Default)]
struct Fake(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// Each Pod's log, in the order of its file.
    logs: HashMap<String, Vec<(i64, String)>>,
    /// For each request to come, after how many lines it ends, and whether with an
    /// error. Later requests run to the end.
    breaks: VecDeque<(usize, bool)>,
    finished: bool,
    /// Whether a request that breaks goes silent instead.
    hangs: bool,
    events: Vec<LogEvent>,
    /// Whether no log is found, though the Pods are there.
    has_no_log: bool,
    /// Lines that were taken from the requests.
    taken: usize,
}

impl Fake {
    fn with(logs: &[(&str, &[i64])]) -> Self {
        let fake = Self::default();
        for (pod, times) in logs {
            let lines = times
                .iter()
                .enumerate()
                .map(|(i, t)| (*t, format!("{pod} {i}")));
            fake.state().logs.insert((*pod).to_owned(), lines.collect());
        }
        fake
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

fn nanos(at: Timestamp) -> i64 {
    i64::try_from(at.as_nanosecond()).unwrap()
}

impl LogApi for Fake {
    async fn lines(
        &self,
        _: &str,
        source: &SourceId,
        options: &LogOptions,
    ) -> Result<BoxStream<'static, Result<LogLine>>> {
        let mut state = self.state();
        if state.has_no_log {
            return Err(Error::NotFound {
                what: "the log".into(),
                message: "not recorded".into(),
            });
        }
        let since = options.since_time.map_or(i64::MIN, |t| {
            assert_eq!(
                t.subsec_nanosecond(),
                0,
                "the API server compares whole seconds"
            );
            nanos(t)
        });
        let log = state.logs.get(&source.pod).cloned().unwrap_or_default();
        let skipped = options
            .tail_lines
            .map_or(0, |n| log.len().saturating_sub(n as usize));
        let lines: Vec<_> = log
            .into_iter()
            .skip(skipped)
            .filter(|(t, _)| *t >= since)
            .collect();
        let cut = state.breaks.pop_front();
        state.finished = cut.is_none();
        drop(state);
        let (after, error) = cut.unwrap_or((usize::MAX, false));
        let broken = Error::Unreachable {
            cluster: "fake".into(),
            address: "nowhere".into(),
            reason: "reset".into(),
        };
        let end = stream::iter(error.then_some(Err(broken)));
        let fake = self.clone();
        let lines = lines.into_iter().take(after).map(move |(time, text)| {
            fake.state().taken += 1;
            let at = Timestamp::from_nanosecond(time.into()).ok();
            Ok(LogLine { at, text, cut: 0 })
        });
        if self.state().hangs && cut.is_some() {
            return Ok(stream::iter(lines).chain(stream::pending()).boxed());
        }
        Ok(stream::iter(lines).chain(end).boxed())
    }

    async fn run(&self, _: &str, _: &SourceId) -> Result<ContainerRun> {
        let state = if self.state().finished {
            RunState::Finished
        } else {
            RunState::Running
        };
        Ok(ContainerRun::There {
            restarts: 0,
            exit_code: Some(0),
            state,
        })
    }

    async fn pods(&self, _: &str, _: &[LogTarget]) -> Result<PodList> {
        let mut names: Vec<_> = self.state().logs.keys().cloned().collect();
        names.sort();
        let pod = |name| PodSources {
            name,
            containers: vec![("app".into(), 0)],
            ..PodSources::default()
        };
        Ok(PodList {
            pods: names.into_iter().map(pod).collect(),
            ..PodList::default()
        })
    }

    async fn events(&self, _: &str) -> Result<Vec<LogEvent>> {
        Ok(self.state().events.clone())
    }
}

fn query() -> LogQuery {
    LogQuery {
        namespace: "shop".into(),
        targets: vec![LogTarget::Pod("a".into())],
        container: None,
        instances: Instances::Current,
        since: Since::All,
        tail: None,
        follow: true,
    }
}

async fn all(mut stream: LogStream<Fake>) -> Vec<StreamItem> {
    let mut items = Vec::new();
    loop {
        let next = stream.next().await;
        if next.is_empty() {
            return items;
        }
        items.extend(next);
    }
}

fn texts(items: &[StreamItem]) -> Vec<&str> {
    let mut texts = Vec::new();
    for item in items {
        if let StreamItem::Line(_, line) = item {
            texts.push(line.text.as_str());
        }
    }
    texts
}

fn gaps(items: &[StreamItem]) -> Vec<&Gap> {
    let mut gaps = Vec::new();
    for item in items {
        if let StreamItem::Note(LogNote::Gap(gap)) = item {
            gaps.push(gap);
        }
    }
    gaps
}

fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(test)
}

/// Times of a log: rising with repetitions, and now and then a little backwards.
fn times() -> impl Strategy<Value = Vec<i64>> {
    let step = prop_oneof![
        4 => Just(0_i64),
        2 => -900_000..0_i64,
        10 => 0..300_000_000_i64,
        1 => 0..3_000_000_000_i64,
    ];
    prop::collection::vec(step, 1..120).prop_map(|steps| {
        let add = |sum: &mut i64, step| {
            *sum += step;
            Some(*sum)
        };
        steps.into_iter().scan(1_000_000_000_000, add).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_line_comes_once_however_the_requests_break(
        times in times(),
        breaks in prop::collection::vec((0_usize..60, any::<bool>()), 0..6),
    ) {
        let fake = Fake::with(&[("a", &times)]);
        fake.state().breaks = breaks.clone().into();
        let items = run(async {
            all(LogStream::open(fake, query(), Vec::new(), 0).await.unwrap()).await
        });
        let expected: Vec<_> = (0..times.len()).map(|i| format!("a {i}")).collect();
        prop_assert_eq!(texts(&items), expected);
        prop_assert!(gaps(&items).iter().all(|g| !g.maybe_missing));
    }

    #[test]
    fn every_line_comes_once_however_the_browser_breaks(times in times(), read in 0_usize..120) {
        let fake = Fake::with(&[("a", &times)]);
        let (first, second) = run(async {
            let items = all(LogStream::open(fake.clone(), query(), Vec::new(), 0).await.unwrap()).await;
            let mut seen = Seen::from_beginning(128);
            let mut first = Vec::new();
            for item in items {
                if let StreamItem::Line(_, line) = item && first.len() < read {
                    seen.record(nanos(line.at.unwrap()));
                    first.push(line.text);
                }
            }
            let id = SourceId { pod: "a".into(), container: "app".into(), previous: false };
            let resume: Vec<_> = seen.cursor(id).into_iter().collect();
            let items = all(LogStream::open(fake, query(), resume, 400).await.unwrap()).await;
            (first, texts(&items).into_iter().map(str::to_owned).collect::<Vec<_>>())
        });
        let expected: Vec<_> = (0..times.len()).map(|i| format!("a {i}")).collect();
        prop_assert_eq!([first, second].concat(), expected);
    }
}

#[test]
fn a_log_that_is_not_there_does_not_mean_that_its_pod_is_gone() {
    for instances in [Instances::Current, Instances::Previous] {
        let fake = Fake::with(&[("a", &[1])]);
        fake.state().has_no_log = true;
        let query = LogQuery {
            follow: false,
            instances,
            ..query()
        };
        let items =
            run(async { all(LogStream::open(fake, query, Vec::new(), 0).await.unwrap()).await });
        let expected = match instances {
            // A container that was never started again has no run before.
            Instances::Previous => EndWhy::NoRunBefore,
            _ => EndWhy::NoLog {
                said: "not recorded".to_owned(),
            },
        };
        let is_said = |item: &StreamItem| matches!(item, StreamItem::Note(LogNote::Ended { why, .. }) if *why == expected);
        assert!(items.iter().any(is_said), "{items:?}");
    }
}

#[test]
fn a_break_is_said_with_what_was_removed() {
    let fake = Fake::with(&[("a", &[1_000, 2_000, 3_000])]);
    fake.state().breaks = [(2, false)].into();
    let items =
        run(async { all(LogStream::open(fake, query(), Vec::new(), 0).await.unwrap()).await });
    let gaps = gaps(&items);
    assert_eq!(gaps.len(), 1);
    assert_eq!((gaps[0].removed, gaps[0].maybe_missing), (2, false));
    assert!(gaps[0].lasted_ms >= 200, "{gaps:?}");
    let lost = items
        .iter()
        .position(|i| matches!(i, StreamItem::Note(LogNote::Lost { .. })));
    let gap = items
        .iter()
        .position(|i| matches!(i, StreamItem::Note(LogNote::Gap(_))));
    assert!(lost < gap);
}

#[test]
fn a_connection_that_died_without_a_word_is_made_anew() {
    let fake = Fake::with(&[("a", &[1_000, 2_000, 3_000])]);
    fake.state().breaks = [(2, false)].into();
    fake.state().hangs = true;
    let items =
        run(async { all(LogStream::open(fake, query(), Vec::new(), 0).await.unwrap()).await });
    assert_eq!(texts(&items), ["a 0", "a 1", "a 2"]);
    assert!(gaps(&items).is_empty());
}

#[test]
fn lines_that_were_rotated_away_are_said_to_be_missing() {
    let fake = Fake::with(&[("a", &[1_000, 2_000])]);
    fake.state().breaks = [(2, false)].into();
    let items = run(async {
        let mut stream = LogStream::open(fake.clone(), query(), Vec::new(), 0)
            .await
            .unwrap();
        let mut items = Vec::new();
        while texts(&items).len() < 2 {
            items.extend(stream.next().await);
        }
        // The kubelet now reads a new file, in which the old lines are not.
        let new = vec![(9_000_000_000, "new".to_owned())];
        fake.state().logs.insert("a".into(), new);
        items.extend(all(stream).await);
        items
    });
    assert_eq!(texts(&items), ["a 0", "a 1", "new"]);
    assert!(gaps(&items)[0].maybe_missing);
}

#[test]
fn sources_come_in_the_order_of_time_with_events_between() {
    let fake = Fake::with(&[("a", &[10, 40, 50]), ("b", &[20, 30, 60])]);
    fake.state().events = vec![LogEvent {
        at: 35,
        warning: true,
        reason: "BackOff".into(),
        pod: "b".into(),
        message: "Back-off".into(),
        count: 1,
    }];
    let items = run(async {
        let query = LogQuery {
            targets: Vec::new(),
            follow: false,
            ..query()
        };
        all(LogStream::open(fake, query, Vec::new(), 0).await.unwrap()).await
    });
    assert_eq!(texts(&items), ["a 0", "b 0", "b 1", "a 1", "a 2", "b 2"]);
    let event = items
        .iter()
        .position(|i| matches!(i, StreamItem::Note(LogNote::Event(_))));
    let line = items
        .iter()
        .position(|i| matches!(i, StreamItem::Line(_, l) if l.text == "a 1"));
    assert!(event.is_some() && event < line);
    assert!(matches!(
        items.last(),
        Some(StreamItem::Note(LogNote::Closed {
            why: EndWhy::Complete
        }))
    ));
}

#[test]
fn a_pod_that_joins_is_read_from_its_first_line() {
    let fake = Fake::with(&[("a", &[1_000, 2_000, 3_000])]);
    let items = run(async {
        let query = LogQuery {
            targets: vec![LogTarget::Selector("app=web".into())],
            tail: Some(1),
            ..query()
        };
        let mut stream = LogStream::open(fake.clone(), query, Vec::new(), 0)
            .await
            .unwrap();
        let mut items = Vec::new();
        while texts(&items).is_empty() {
            items.extend(stream.next().await);
        }
        let joined = (0..3).map(|nth| (4_000 + nth, format!("b {nth}")));
        fake.state().logs.insert("b".into(), joined.collect());
        while texts(&items).len() < 4 {
            items.extend(stream.next().await);
        }
        items
    });
    assert_eq!(texts(&items), ["a 2", "b 0", "b 1", "b 2"]);
}

#[test]
fn where_there_is_nothing_to_read_yet_the_stream_is_live() {
    run(async {
        let query = LogQuery {
            targets: Vec::new(),
            ..query()
        };
        let mut stream = LogStream::open(Fake::default(), query, Vec::new(), 0)
            .await
            .unwrap();
        let mut items = Vec::new();
        while !items.contains(&StreamItem::Note(LogNote::Live)) {
            items.extend(stream.next().await);
        }
        assert!(texts(&items).is_empty());
    });
}

#[test]
fn who_does_not_read_holds_the_cluster_back() {
    let times: Vec<i64> = (0..1_000_000).collect();
    let fake = Fake::with(&[("a", &times)]);
    run(async {
        let mut stream = LogStream::open(fake.clone(), query(), Vec::new(), 0)
            .await
            .unwrap();
        while texts(&stream.next().await).is_empty() {}
        tokio::time::sleep(Duration::from_mins(1)).await;
        assert!(fake.state().taken < 4_000, "{}", fake.state().taken);
    });
}

#[test]
fn a_dropped_stream_stops_reading() {
    let fake = Fake::with(&[("a", &[1])]);
    run(async {
        let stream = LogStream::open(fake.clone(), query(), Vec::new(), 0)
            .await
            .unwrap();
        drop(stream);
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(Arc::strong_count(&fake.0), 1);
    });
}

#[test]
fn dropping_the_future_of_next_loses_nothing() {
    let times: Vec<i64> = (0..2_000).collect();
    let fake = Fake::with(&[("a", &times)]);
    let items = run(async {
        let mut stream = LogStream::open(fake, query(), Vec::new(), 0).await.unwrap();
        let mut items = Vec::new();
        loop {
            // Polled once and dropped, again and again.
            match stream.next().now_or_never() {
                Some(next) if next.is_empty() => return items,
                Some(next) => items.extend(next),
                None => tokio::time::sleep(Duration::from_millis(1)).await,
            }
        }
    });
    assert_eq!(texts(&items).len(), 2_000);
}
