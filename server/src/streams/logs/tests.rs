//! The routes as a browser meets them, over a real socket, on a made-up cluster.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::stream::{self, BoxStream};
use futures::{SinkExt, StreamExt};
use jiff::Timestamp;
use podside_cluster::logs::{ContainerRun, LogTarget, PodList, PodSources, RunState};
use podside_cluster::{LogLine, LogOptions, Result};
use podside_model::log::{
    EndWhy, FromBrowser, LinesFrame, LogEvent, LogNote, NoteFrame, Seen, SourceId,
};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{self, Message, client::IntoClientRequest};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::*;

/// A Pod `web` with a log of `lines` lines, one each 10 ms from 1970 on.
#[derive(Clone)]
struct Fake {
    lines: usize,
    taken: Arc<AtomicUsize>,
}

impl LogApi for Fake {
    async fn lines(
        &self,
        _: &str,
        _: &SourceId,
        options: &LogOptions,
    ) -> Result<BoxStream<'static, Result<LogLine>>> {
        let taken = Arc::clone(&self.taken);
        let since = options.since_time.unwrap_or(Timestamp::UNIX_EPOCH);
        let tail = options.tail_lines.map_or(self.lines, |tail| tail as usize);
        let lines = (self.lines.saturating_sub(tail)..self.lines)
            .map(|i| {
                (
                    i,
                    Timestamp::from_millisecond(i64::try_from(i).unwrap() * 10).unwrap(),
                )
            })
            .filter(move |(_, at)| *at >= since)
            .map(move |(i, at)| {
                taken.fetch_add(1, Ordering::Relaxed);
                let text = format!("line {i} {}", "x".repeat(100));
                Ok(LogLine {
                    at: Some(at),
                    text,
                    cut: 0,
                })
            });
        Ok(stream::iter(lines).boxed())
    }

    async fn run(&self, _: &str, _: &SourceId) -> Result<ContainerRun> {
        Ok(ContainerRun::There {
            restarts: 0,
            exit_code: Some(0),
            state: RunState::Finished,
        })
    }

    async fn pods(&self, _: &str, _: &[LogTarget]) -> Result<PodList> {
        let containers = vec![("app".into(), 0)];
        let pod = PodSources {
            name: "web".into(),
            containers,
            ..PodSources::default()
        };
        Ok(PodList {
            pods: vec![pod],
            ..PodList::default()
        })
    }

    async fn events(&self, _: &str) -> Result<Vec<LogEvent>> {
        Ok(Vec::new())
    }
}

struct Portal {
    address: SocketAddr,
    taken: Arc<AtomicUsize>,
    stop: watch::Sender<bool>,
}

async fn portal(lines: usize) -> Portal {
    let fake = Fake {
        lines,
        taken: Arc::default(),
    };
    let taken = Arc::clone(&fake.taken);
    let (stop, stopping) = watch::channel(false);
    let find = move |_: &HeaderMap, name: Option<String>| {
        let found = (name.as_deref() != Some("other")).then(|| fake.clone());
        async move { Ok(found.map(|found| ("fake".to_owned(), found))) }
    };
    let router = LogRoutes::new(find, Stopping::new(stopping)).router();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    Portal {
        address,
        taken,
        stop,
    }
}

type Browser = WebSocketStream<MaybeTlsStream<TcpStream>>;

impl Portal {
    async fn connect(&self, query: &str, origin: Option<&str>) -> tungstenite::Result<Browser> {
        let url = format!("ws://{}/streams/logs?{query}", self.address);
        let mut request = url.into_client_request()?;
        if let Some(origin) = origin {
            request
                .headers_mut()
                .insert("origin", origin.parse().unwrap());
        }
        connect_async(request).await.map(|(socket, _)| socket)
    }

    async fn browser(&self, query: &str) -> Browser {
        let origin = format!("http://{}", self.address);
        self.connect(query, Some(&origin)).await.unwrap()
    }

    async fn status(&self, query: &str, origin: Option<&str>) -> u16 {
        match self.connect(query, origin).await {
            Err(tungstenite::Error::Http(response)) => response.status().as_u16(),
            other => panic!("{other:?}"),
        }
    }
}

async fn say(browser: &mut Browser, what: &FromBrowser) {
    let text = serde_json::to_string(what).unwrap();
    browser.send(Message::Text(text.into())).await.unwrap();
}

fn start() -> FromBrowser {
    FromBrowser::Start {
        resume: Vec::new(),
        away_ms: 0,
    }
}

/// What a browser takes in: the lines, the notes, and how they were numbered.
#[derive(Default)]
struct Taken {
    lines: Vec<String>,
    notes: Vec<LogNote>,
    seqs: Vec<u64>,
    seen: Option<Seen>,
}

impl Taken {
    fn take(&mut self, message: Message) {
        match message {
            Message::Binary(bytes) => {
                let frame = LinesFrame::parse(&bytes).unwrap();
                self.seqs.push(frame.seq);
                for line in frame {
                    let line = line.unwrap();
                    let seen = self.seen.get_or_insert_with(|| Seen::from_beginning(128));
                    seen.record(line.time.unwrap());
                    self.lines
                        .push(line.text.split(' ').take(2).collect::<Vec<_>>().join(" "));
                }
            }
            Message::Text(text) => {
                let frame: NoteFrame = serde_json::from_str(&text).unwrap();
                self.seqs.push(frame.seq);
                self.notes.push(frame.note);
            }
            _ => {}
        }
    }
}

/// Takes all in and acknowledges it, until the server closes or there are `enough`
/// lines.
async fn take_in(browser: &mut Browser, enough: usize) -> Taken {
    let mut taken = Taken::default();
    while taken.lines.len() < enough {
        let next = timeout(Duration::from_secs(10), browser.next())
            .await
            .unwrap();
        let Some(Ok(message)) = next else { break };
        taken.take(message);
        if let Some(seq) = taken.seqs.last() {
            let ack = serde_json::to_string(&FromBrowser::Ack { seq: *seq }).unwrap();
            // The server may have closed already.
            let _ = browser.send(Message::Text(ack.into())).await;
        }
    }
    taken
}

#[tokio::test]
async fn a_page_of_another_site_is_refused() {
    let portal = portal(1).await;
    let query = "namespace=shop&pod=web";
    assert_eq!(portal.status(query, Some("http://evil.example")).await, 403);
    assert_eq!(portal.status(query, None).await, 403);
    let own = format!("http://{}", portal.address);
    assert_eq!(portal.status("namespace=..", Some(&own)).await, 400);
    assert_eq!(
        portal
            .status("cluster=other&namespace=shop", Some(&own))
            .await,
        404
    );
    assert_eq!(portal.taken.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn every_line_arrives_in_numbered_frames() {
    let portal = portal(5_000).await;
    let mut browser = portal.browser("namespace=shop&pod=web").await;
    say(&mut browser, &start()).await;
    let taken = take_in(&mut browser, usize::MAX).await;
    let expected: Vec<_> = (0..5_000).map(|i| format!("line {i}")).collect();
    assert_eq!(taken.lines, expected);
    assert_eq!(taken.seqs, (0..taken.seqs.len() as u64).collect::<Vec<_>>());
    assert!(matches!(taken.notes.first(), Some(LogNote::Sources { .. })));
    assert_eq!(
        taken.notes.last(),
        Some(&LogNote::Closed {
            why: EndWhy::Complete
        })
    );
}

#[tokio::test]
async fn a_browser_that_comes_back_goes_on_where_it_was() {
    let portal = portal(5_000).await;
    let mut browser = portal.browser("namespace=shop&pod=web").await;
    say(&mut browser, &start()).await;
    let mut first = take_in(&mut browser, 2_000).await;
    drop(browser);
    let id = SourceId {
        pod: "web".into(),
        container: "app".into(),
        previous: false,
    };
    let cursor = first.seen.take().unwrap().cursor(id).unwrap();
    let mut browser = portal.browser("namespace=shop&pod=web").await;
    say(
        &mut browser,
        &FromBrowser::Start {
            resume: vec![cursor],
            away_ms: 400,
        },
    )
    .await;
    let second = take_in(&mut browser, usize::MAX).await;
    let expected: Vec<_> = (0..5_000).map(|i| format!("line {i}")).collect();
    assert_eq!([first.lines, second.lines].concat(), expected);
    let gap = second.notes.iter().find_map(|note| match note {
        LogNote::Gap(gap) => Some(gap),
        _ => None,
    });
    let gap = gap.unwrap();
    assert!(
        gap.lasted_ms >= 400 && gap.removed > 0 && !gap.maybe_missing,
        "{gap:?}"
    );
}

#[tokio::test]
async fn a_browser_that_does_not_acknowledge_holds_the_cluster_back() {
    let portal = portal(1_000_000).await;
    let mut browser = portal.browser("namespace=shop&pod=web").await;
    say(&mut browser, &start()).await;
    let mut taken = Taken::default();
    while let Ok(Some(Ok(message))) = timeout(Duration::from_millis(500), browser.next()).await {
        taken.take(message);
    }
    let frames = taken.seqs.len() as u64;
    // What was taken from the merge at once may be one batch more.
    assert!(
        (20..=40).contains(&frames),
        "{frames} frames without an answer"
    );
    let read = portal.taken.load(Ordering::Relaxed);
    assert!(
        read < taken.lines.len() + 4_000,
        "{read} lines read ahead of {}",
        taken.lines.len()
    );
    say(&mut browser, &FromBrowser::Ack { seq: frames - 1 }).await;
    let more = timeout(Duration::from_secs(5), browser.next())
        .await
        .unwrap();
    assert!(matches!(more, Some(Ok(Message::Binary(_)))), "{more:?}");
}

#[tokio::test]
async fn five_hundred_browsers_read_one_log_and_downloads_have_their_own_limit() {
    // Both ends of each connection are here.
    crate::open_files::raise();
    let portal = portal(50).await;
    let mut browsers = Vec::new();
    for _ in 0..500 {
        let mut browser = portal.browser("namespace=shop&pod=web").await;
        say(&mut browser, &start()).await;
        browsers.push(browser);
    }
    let expected: Vec<_> = (0..50).map(|i| format!("line {i}")).collect();
    for browser in &mut browsers {
        assert_eq!(take_in(browser, usize::MAX).await.lines, expected);
    }
    let own = format!("http://{}", portal.address);
    let query = "namespace=shop&pod=web&follow=false";
    let mut stored = Vec::new();
    for _ in 0..MOST_OF_STORED {
        stored.push(portal.browser(query).await);
    }
    assert_eq!(portal.status(query, Some(&own)).await, 503);
    let mut browser = portal.browser("namespace=shop&pod=web").await;
    say(&mut browser, &start()).await;
    assert_eq!(take_in(&mut browser, usize::MAX).await.lines, expected);
}

#[tokio::test(start_paused = true)]
async fn a_browser_that_takes_nothing_in_is_let_go_although_it_answers() {
    let portal = portal(1_000_000).await;
    let mut browser = portal.browser("namespace=shop&pod=web").await;
    say(&mut browser, &start()).await;
    let begun = tokio::time::Instant::now();
    let mut pings = 0;
    // Whoever reads answers pings by that, and here nothing else.
    while let Some(Ok(message)) = browser.next().await {
        pings += usize::from(message.is_ping());
    }
    assert!(pings >= 3, "{pings}");
    assert!(begun.elapsed() < Duration::from_mins(5));
}

#[tokio::test]
async fn a_browser_that_goes_is_noticed_at_once() {
    let portal = portal(1_000_000).await;
    let mut browser = portal.browser("namespace=shop&pod=web").await;
    say(&mut browser, &start()).await;
    take_in(&mut browser, 100).await;
    // The portal itself and the stream hold the counter.
    let before = Arc::strong_count(&portal.taken);
    drop(browser);
    let gone = async {
        while Arc::strong_count(&portal.taken) >= before {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(2), gone).await.unwrap();
}

#[tokio::test]
async fn a_server_that_stops_says_so() {
    let portal = portal(1_000_000).await;
    let mut browser = portal.browser("namespace=shop&pod=web").await;
    say(&mut browser, &start()).await;
    take_in(&mut browser, 100).await;
    portal.stop.send(true).unwrap();
    let taken = take_in(&mut browser, usize::MAX).await;
    assert_eq!(
        taken.notes.last(),
        Some(&LogNote::Closed {
            why: EndWhy::ShuttingDown
        })
    );
}

#[tokio::test]
async fn a_browser_that_says_nonsense_first_is_not_served() {
    let portal = portal(10).await;
    let mut browser = portal.browser("namespace=shop&pod=web").await;
    browser.send(Message::Text("{}".into())).await.unwrap();
    assert_eq!(take_in(&mut browser, usize::MAX).await.lines.len(), 0);
    assert_eq!(portal.taken.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_download_is_a_text_file_of_all_lines() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let portal = portal(3).await;
    let mut socket = TcpStream::connect(portal.address).await.unwrap();
    let request = "GET /streams/logs.txt?namespace=shop&pod=web HTTP/1.0\r\nhost: x\r\n\r\n";
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.0 200"), "{answer}");
    assert!(
        answer.contains("attachment; filename=\"shop-web.log\""),
        "{answer}"
    );
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    assert!(
        body.contains("1970-01-01T00:00:00.010000000Z line 1 xxx"),
        "{body}"
    );
    assert_eq!(body.lines().filter(|l| l.contains("line")).count(), 3);
}
