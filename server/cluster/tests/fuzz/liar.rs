//! An API server that gives the same answer to everything.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What it answers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lie {
    /// The status code.
    pub(crate) code: u16,
    /// The body of the first page.
    pub(crate) body: Vec<u8>,
    /// How many bytes more than that it says to send.
    pub(crate) missing: usize,
    /// All of the answer, in place of the above.
    pub(crate) raw: Option<Vec<u8>>,
}

/// The server, until it is dropped.
pub(crate) struct Liar {
    /// Where it is.
    pub(crate) address: String,
    told: Arc<Mutex<Lie>>,
    task: JoinHandle<()>,
}

impl Liar {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let told = Arc::new(Mutex::new(Lie::default()));
        let lies = told.clone();
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let lie = lies.lock().unwrap().clone();
                tokio::spawn(async move {
                    let answering = async {
                        let mut request = vec![0; 16 * 1024];
                        let read = stream.read(&mut request).await.unwrap_or(0);
                        let answer = answer(&lie, &request[..read]);
                        // A client that has had enough is gone.
                        let _ = stream.write_all(&answer).await;
                        let _ = stream.shutdown().await;
                    };
                    let _ = tokio::time::timeout(Duration::from_secs(5), answering).await;
                });
            }
        });
        Self {
            address,
            told,
            task,
        }
    }

    pub(crate) fn tell(&self, lie: Lie) {
        *self.told.lock().unwrap() = lie;
    }
}

impl Drop for Liar {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn answer(lie: &Lie, request: &[u8]) -> Vec<u8> {
    if let Some(raw) = &lie.raw {
        return raw.clone();
    }
    let request = String::from_utf8_lossy(request);
    let target = request.split(' ').nth(1).unwrap_or_default();
    let body: &[u8] = if target == "/version" {
        b"{\"gitVersion\":\"v1.36.2\"}"
    } else if target.contains("continue=") {
        // A list that never ends is for another test.
        b"{\"items\":[]}"
    } else {
        &lie.body
    };
    let code = if target == "/version" { 200 } else { lie.code };
    let mut answer = format!(
        "HTTP/1.1 {code} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len() + lie.missing
    )
    .into_bytes();
    answer.extend_from_slice(body);
    answer
}
