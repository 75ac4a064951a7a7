use std::ops::ControlFlow;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use podside_cluster::logs::{LogApi, LogQuery, LogStream, StreamItem, why};
use podside_model::log::{Cursor, EndWhy, FromBrowser, LogNote, MAX_SOURCES, MAX_UNACKNOWLEDGED};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};

use super::batch::{Batch, Frame};
use super::shown::Shown;
use crate::streams::stopping::Stopping;

/// How long a browser may take to say how it begins.
const START_WITHIN: Duration = Duration::from_secs(10);

/// How often the browser is asked whether it is there, and how long it may be silent.
const PING_EVERY: Duration = Duration::from_secs(20);
const SILENT_FOR: Duration = Duration::from_mins(1);

/// How long the browser may take in nothing when no more may be sent.
const TAKEN_WITHIN: Duration = Duration::from_mins(1);

/// How long one message may take to be taken by the socket.
const SEND_WITHIN: Duration = Duration::from_secs(30);

/// How long the browser may take to close on its side.
const CLOSE_WITHIN: Duration = Duration::from_secs(5);

/// One stream from its first message to its end.
pub(super) struct Conversation {
    socket: WebSocket,
    stopping: Stopping,
    batch: Batch,
    acknowledged: u64,
    heard: Instant,
}

/// The conversation goes on, or is over.
type Flow = ControlFlow<()>;

impl Conversation {
    pub(super) fn new(socket: WebSocket, stopping: Stopping, shown: Shown) -> Self {
        Self {
            socket,
            stopping,
            batch: Batch::new(shown),
            acknowledged: 0,
            heard: Instant::now(),
        }
    }

    /// Sends the logs until they end, the browser goes or the server stops.
    pub(super) async fn hold<A: LogApi>(mut self, api: A, query: LogQuery) {
        let Some((resume, away_ms)) = self.start().await else {
            return;
        };
        let opened = tokio::select! {
            opened = LogStream::open(api, query, resume, away_ms) => opened,
            // A browser that goes while the cluster is slow to answer.
            () = Self::gone(&mut self.socket) => return,
        };
        let closed = match opened {
            Ok(stream) => self.stream(stream).await,
            Err(error) => {
                let why = why(error);
                self.batch.push(StreamItem::Note(LogNote::Closed { why }));
                self.send_ready().await
            }
        };
        if closed.is_continue() {
            self.close().await;
        }
    }

    /// Ends the socket in order: the browser is told and heard out. A connection that is
    /// dropped with unread words of the browser is reset, and takes the last frames with it.
    async fn close(&mut self) {
        let frame = CloseFrame {
            code: close_code::NORMAL,
            reason: "".into(),
        };
        if self.send(Message::Close(Some(frame))).await.is_continue() {
            let _ = timeout(CLOSE_WITHIN, Self::gone(&mut self.socket)).await;
        }
    }

    /// What the browser has read before, and for how long it was away.
    async fn start(&mut self) -> Option<(Vec<Cursor>, u64)> {
        let first = timeout(START_WITHIN, self.socket.recv()).await.ok()??;
        match first.ok().as_ref().and_then(read) {
            Some(FromBrowser::Start {
                mut resume,
                away_ms,
            }) => {
                resume.truncate(MAX_SOURCES);
                Some((resume, away_ms))
            }
            _ => None,
        }
    }

    async fn gone(socket: &mut WebSocket) {
        while let Some(Ok(message)) = socket.recv().await {
            if matches!(message, Message::Close(_)) {
                return;
            }
        }
    }

    async fn stream<A: LogApi>(&mut self, mut stream: LogStream<A>) -> Flow {
        let mut ping = interval(PING_EVERY);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut ended = false;
        let mut held_since = None;
        loop {
            let may_send = self.batch.begun() < self.acknowledged + MAX_UNACKNOWLEDGED;
            if may_send {
                held_since = None;
            } else {
                held_since.get_or_insert_with(Instant::now);
            }
            let due = self.batch.due();
            tokio::select! {
                message = self.socket.recv() => self.hear(message.and_then(Result::ok))?,
                items = stream.next(), if may_send && !ended => {
                    ended = items.is_empty();
                    for item in items {
                        self.batch.push(item);
                    }
                    self.send_ready().await?;
                }
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                    self.batch.close();
                    self.send_ready().await?;
                }
                _ = ping.tick() => {
                    // It may answer pings and still take in nothing.
                    let is_stuck = held_since.is_some_and(|since| since.elapsed() > TAKEN_WITHIN);
                    if is_stuck || self.heard.elapsed() > SILENT_FOR {
                        return Flow::Break(());
                    }
                    self.send(Message::Ping(axum::body::Bytes::new())).await?;
                }
                () = self.stopping.wait() => {
                    let why = EndWhy::ShuttingDown;
                    self.batch.push(StreamItem::Note(LogNote::Closed { why }));
                    ended = true;
                    self.send_ready().await?;
                }
            }
            if ended && self.batch.due().is_none() {
                return Flow::Continue(());
            }
        }
    }

    fn hear(&mut self, message: Option<Message>) -> Flow {
        match message {
            None | Some(Message::Close(_)) => return Flow::Break(()),
            Some(message) => {
                self.heard = Instant::now();
                if let Some(FromBrowser::Ack { seq }) = read(&message) {
                    // A number that was never sent would lift the limit.
                    let acknowledged = seq.saturating_add(1).min(self.batch.begun());
                    self.acknowledged = self.acknowledged.max(acknowledged);
                }
            }
        }
        Flow::Continue(())
    }

    async fn send_ready(&mut self) -> Flow {
        for frame in self.batch.take() {
            let message = match frame {
                Frame::Lines(bytes) => Message::Binary(bytes.into()),
                Frame::Note(text) => Message::Text(text.into()),
            };
            self.send(message).await?;
        }
        Flow::Continue(())
    }

    async fn send(&mut self, message: Message) -> Flow {
        match timeout(SEND_WITHIN, self.socket.send(message)).await {
            Ok(Ok(())) => Flow::Continue(()),
            // The browser is gone, or takes nothing any more.
            Ok(Err(_)) | Err(_) => Flow::Break(()),
        }
    }
}

/// What the browser says; `None` for what it never says.
fn read(message: &Message) -> Option<FromBrowser> {
    match message {
        Message::Text(text) => serde_json::from_str(text).ok(),
        _ => None,
    }
}
