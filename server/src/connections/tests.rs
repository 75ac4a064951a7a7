//! Bad peers, over real sockets: whoever sends slowly, takes nothing or only sits there
//! loses the connection, and everybody else is served meanwhile.

use axum::routing::{get, post};
use futures::stream::{self, Stream, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::*;

/// Longer than anything here takes on any machine.
const SOON: Duration = Duration::from_mins(1);

/// An answer that no system's buffers hold.
const LONG: usize = 64 * 1024 * 1024;

const LIMITS: Limits = Limits {
    connections: 8,
    of_a_peer: 8,
    head: SOON,
    idle: SOON,
    body: SOON,
    write: SOON,
};

/// So short that nothing keeps it.
const SHORT: Duration = Duration::from_millis(100);

struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    stopped: JoinHandle<()>,
}

async fn start(limits: Limits) -> Server {
    let app = Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/page", get(async || "page\n"))
        .route("/long", get(async || vec![b'x'; LONG]))
        .route("/never", get(std::future::pending::<String>))
        .route("/endless", get(async || Body::from_stream(endless())))
        .route("/sent", post(async |sent: Bytes| sent.len().to_string()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, told) = oneshot::channel::<()>();
    let stopped = tokio::spawn(async move {
        serve(listener, app, limits, async {
            let _ = told.await;
        })
        .await;
    });
    Server {
        address,
        stop,
        stopped,
    }
}

/// An answer that begins and never ends.
fn endless() -> impl Stream<Item = Result<Bytes, Infallible>> {
    stream::iter([Ok(Bytes::from_static(b"begun"))]).chain(stream::pending())
}

impl Server {
    /// A connection on which something was sent.
    async fn send(&self, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    async fn ask(&self, path: &str) -> TcpStream {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"))
            .await
    }

    /// The status of the answer to a request on a connection of its own.
    async fn status(&self, path: &str) -> String {
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let answer = rest(self.send(&request).await).await;
        answer.split(' ').nth(1).unwrap_or_default().to_owned()
    }
}

/// All that comes until the connection ends, which it does.
async fn rest(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    // One that is cut may end with an error.
    let _ = timeout(SOON, stream.read_to_end(&mut bytes)).await.unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Waits for the first bytes of an answer.
async fn begun(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = vec![0; 12];
    timeout(SOON, stream.read_exact(&mut bytes))
        .await
        .unwrap()
        .unwrap();
    bytes
}

#[tokio::test]
async fn a_head_that_is_never_finished_ends_its_connection() {
    let server = start(Limits {
        head: SHORT,
        ..LIMITS
    })
    .await;
    for head in ["", "GET / HT", "GET / HTTP/1.1\r\nHost: localhost\r\n"] {
        assert_eq!(rest(server.send(head).await).await, "", "{head}");
    }
    assert_eq!(server.status("/page").await, "200");
}

#[tokio::test]
async fn a_connection_without_a_further_request_ends() {
    let server = start(Limits {
        idle: SHORT,
        ..LIMITS
    })
    .await;
    let answer = rest(server.ask("/page").await).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn half_a_body_ends_its_connection() {
    let server = start(Limits {
        body: SHORT,
        ..LIMITS
    })
    .await;
    let half = "POST /sent HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf";
    let answer = rest(server.send(half).await).await;
    assert!(!answer.contains(" 200 "), "{answer}");
}

#[tokio::test]
async fn who_takes_nothing_of_an_answer_loses_it() {
    let server = start(Limits {
        write: SHORT,
        connections: 1,
        ..LIMITS
    })
    .await;
    let mut deaf = server.ask("/long").await;
    begun(&mut deaf).await;
    let served = async {
        while server.status("/page").await != "200" {
            tokio::time::sleep(SHORT).await;
        }
    };
    timeout(SOON, served).await.unwrap();
    assert!(rest(deaf).await.len() < LONG);
}

#[tokio::test]
async fn idle_connections_block_nobody() {
    let server = start(LIMITS).await;
    let mut idle = Vec::new();
    for _ in 0..100 {
        idle.push(server.send("").await);
        idle.push(server.send("GET / HTTP/1.1\r\n").await);
    }
    for path in ["/healthz", "/page"] {
        assert_eq!(server.status(path).await, "200", "{path}");
    }
    // The first ones were closed for those that came after.
    assert_eq!(rest(idle.swap_remove(0)).await, "");
}

#[tokio::test]
async fn when_every_place_is_in_use_health_is_told_and_others_hear_that_it_is_full() {
    let server = start(LIMITS).await;
    let mut open = Vec::new();
    for _ in 0..LIMITS.connections {
        let mut endless = server.ask("/endless").await;
        begun(&mut endless).await;
        open.push(endless);
    }
    // The reserve is for who asks, not for who sits in it.
    let mut idle = Vec::new();
    for _ in 0..100 {
        idle.push(server.send("GET / HTTP/1.1\r\n").await);
    }
    assert_eq!(server.status("/page").await, "503");
    assert_eq!(server.status("/healthz").await, "200");
    open.pop();
    let served = async {
        while server.status("/page").await != "200" {
            tokio::time::sleep(SHORT).await;
        }
    };
    timeout(SOON, served).await.unwrap();
}

#[tokio::test]
async fn at_the_end_idle_connections_are_not_waited_for() {
    let server = start(LIMITS).await;
    let idle = server.send("GET / HTTP/1.1\r\n").await;
    assert_eq!(server.status("/page").await, "200");
    server.stop.send(()).unwrap();
    timeout(SOON, server.stopped).await.unwrap().unwrap();
    assert_eq!(rest(idle).await, "");
}

#[tokio::test]
async fn at_the_end_an_open_request_has_a_limited_time() {
    let server = start(LIMITS).await;
    let open = server.ask("/never").await;
    assert_eq!(server.status("/page").await, "200");
    server.stop.send(()).unwrap();
    timeout(SOON, server.stopped).await.unwrap().unwrap();
    drop(open);
}

#[test]
fn what_the_files_allow_is_not_more_than_half_of_them() {
    for (files, connections) in [(0, 16), (256, 128), (1_024, 512), (1 << 20, Limits::MOST)] {
        assert_eq!(Limits::within(files).connections, connections, "{files}");
    }
}
