//! Running a command that was recorded, over a WebSocket
//! (`v5.channel.k8s.io` and `v4.channel.k8s.io`: the first byte of each message names the
//! channel, and the last message is a Status on the channel of errors).

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{
        FromRequestParts,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade},
    },
    http::{Method, Response, StatusCode, header, request::Parts},
};
use bytes::Bytes;
use serde_json::{Value, json};
use tokio::{
    sync::OwnedSemaphorePermit,
    time::{Instant, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{
    api::Refusal, catalogue::Resource, cluster::Cluster, container_log, fields::Fields,
    recording::Transcript,
};

/// The protocols that are spoken, the better one first.
const PROTOCOLS: [&str; 2] = ["v5.channel.k8s.io", "v4.channel.k8s.io"];

/// The channels of a process.
const STDOUT: u8 = 1;
const STDERR: u8 = 2;
const STATUS: u8 = 3;

/// How much of an output goes into one message, as the kubelet has it.
const PIECE: usize = 32 << 10;

/// The largest message of a client.
const LARGEST: usize = 64 << 10;

/// How long a client has to leave when a command has ended.
const LEAVES_WITHIN: Duration = Duration::from_secs(5);

/// How many recorded commands are named to somebody who asks for another.
const MOST_NAMED: usize = 8;

/// A request for a command to be run.
pub(crate) struct Request<'a> {
    pub(crate) cluster: &'a Arc<Cluster>,
    pub(crate) pods: &'a Resource,
    pub(crate) namespace: &'a str,
    pub(crate) name: &'a str,
}

/// What a client wants to run and hear.
struct Wanted {
    container: Option<String>,
    command: Vec<String>,
    stdout: bool,
    stderr: bool,
    tty: bool,
}

impl Wanted {
    fn read(query: &str) -> Self {
        let mut wanted = Self {
            container: None,
            command: Vec::new(),
            stdout: false,
            stderr: false,
            tty: false,
        };
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let is_on = !matches!(&*value, "" | "0" | "false");
            match &*name {
                "container" => {
                    wanted.container = Some(value.into_owned()).filter(|name| !name.is_empty());
                }
                "command" => wanted.command.push(value.into_owned()),
                "stdout" => wanted.stdout = is_on,
                "stderr" => wanted.stderr = is_on,
                "tty" => wanted.tty = is_on,
                _ => {}
            }
        }
        wanted
    }
}

impl Request<'_> {
    /// Answers it: with the command's channels, or why there are none.
    pub(crate) async fn answer(self, parts: &mut Parts) -> Result<Response<Body>, Refusal> {
        let wanted = Wanted::read(parts.uri.query().unwrap_or_default());
        let transcript = self.transcript(&wanted)?.clone();
        if parts.method != Method::GET {
            return Err(Refusal::bad_request(
                "the practice cluster runs commands over WebSockets only, as kubectl does from 1.31 on",
            ));
        }
        let upgrade = WebSocketUpgrade::from_request_parts(parts, &()).await;
        let upgrade = upgrade.map_err(|_| Refusal::bad_request("Upgrade request required"))?;
        let upgrade = upgrade.max_message_size(LARGEST).protocols(PROTOCOLS);
        let running = Arc::clone(&self.cluster.acting.running);
        let Ok(place) = running.try_acquire_owned() else {
            return Err(Refusal::too_many(
                "the practice cluster runs as many commands as it can",
            ));
        };
        let stopping = self.cluster.stopping.clone();
        let response =
            upgrade.on_upgrade(move |socket| play(socket, transcript, wanted, stopping, place));
        if response
            .headers()
            .contains_key(header::SEC_WEBSOCKET_PROTOCOL)
        {
            return Ok(response);
        }
        Err(Refusal {
            code: StatusCode::FORBIDDEN,
            ..Refusal::bad_request(format!("the protocols spoken are {}", PROTOCOLS.join(", ")))
        })
    }

    /// The recorded run of the command that is wanted.
    fn transcript(&self, wanted: &Wanted) -> Result<&Transcript, Refusal> {
        let pod = self
            .cluster
            .store
            .get(&self.pods.storage, self.namespace, self.name)
            .ok_or_else(|| Refusal::no_object(self.pods, self.name))?;
        if pod.text("/spec/nodeName").is_empty() {
            return Err(Refusal::bad_request(format!(
                "pod {} does not have a host assigned",
                self.name
            )));
        }
        let container = match &wanted.container {
            Some(container) if container_log::exists(&pod, container) => container.clone(),
            Some(container) => {
                return Err(Refusal::bad_request(format!(
                    "container {container} is not valid for pod {}",
                    self.name
                )));
            }
            None => container_log::only_container(&pod).map_err(Refusal::bad_request)?,
        };
        if wanted.command.is_empty() {
            return Err(Refusal::bad_request(
                "you must specify at least 1 command for the container",
            ));
        }
        if !runs(&pod, &container) {
            return Err(Refusal::internal(format!(
                "unable to upgrade connection: container not found ({container:?})"
            )));
        }
        let place = (
            self.namespace.to_owned(),
            self.name.to_owned(),
            container.clone(),
        );
        let recorded = self.cluster.acting.transcripts.get(&place);
        let recorded = recorded.map(Vec::as_slice).unwrap_or_default();
        // The last run of a command is nearest to the state that is shown.
        let same = recorded.iter().rev().find(|t| t.command == wanted.command);
        same.ok_or_else(|| {
            let mut what = format!(
                "run of the command `{}` in container {container:?} of pod {:?}",
                wanted.command.join(" "),
                self.name
            );
            if !recorded.is_empty() {
                let named: Vec<String> = recorded
                    .iter()
                    .take(MOST_NAMED)
                    .map(|t| format!("`{}`", t.command.join(" ")))
                    .collect();
                what.push_str(&format!(" (but of {})", named.join(", ")));
            }
            Refusal::unrecorded(&what)
        })
    }
}

/// Whether a container of a Pod runs.
fn runs(pod: &Value, container: &str) -> bool {
    [
        "/status/containerStatuses",
        "/status/initContainerStatuses",
        "/status/ephemeralContainerStatuses",
    ]
    .iter()
    .flat_map(|list| pod.list(list))
    .any(|status| status.text("/name") == container && status.has("/state/running"))
}

/// Plays a recorded run to a client.
async fn play(
    mut socket: WebSocket,
    transcript: Transcript,
    wanted: Wanted,
    stopping: CancellationToken,
    _place: OwnedSemaphorePermit,
) {
    let told = tokio::select! {
        () = stopping.cancelled() => Ok(()),
        told = tell(&mut socket, &transcript, &wanted) => told,
    };
    if let Err(error) = told {
        // A client that goes away in the middle is nothing unusual.
        tracing::trace!(%error, "a command was left");
    }
}

async fn tell(
    socket: &mut WebSocket,
    transcript: &Transcript,
    wanted: &Wanted,
) -> Result<(), axum::Error> {
    let outputs = [
        (STDOUT, transcript.stdout.as_str(), wanted.stdout),
        // A terminal has one output.
        (
            if wanted.tty { STDOUT } else { STDERR },
            own_words(transcript),
            wanted.stderr || wanted.tty,
        ),
    ];
    for (channel, text, is_wanted) in outputs {
        let text = if wanted.tty {
            text.replace('\n', "\r\n")
        } else {
            text.to_owned()
        };
        for piece in text.as_bytes().chunks(PIECE).filter(|_| is_wanted) {
            socket.send(message(channel, piece)).await?;
        }
    }
    if transcript.took_ms > 0 && !goes_on(socket, Duration::from_millis(transcript.took_ms)).await {
        return Ok(());
    }
    let status = status(transcript.exit_code).to_string();
    socket.send(message(STATUS, status.as_bytes())).await?;
    let close = CloseFrame {
        code: 1000,
        reason: "".into(),
    };
    socket.send(Message::Close(Some(close))).await?;
    let left = async { while let Some(Ok(_)) = socket.recv().await {} };
    // Who stays longer is left.
    let _ = timeout(LEAVES_WITHIN, left).await;
    Ok(())
}

/// Waits while a command runs; whether the client is still there then.
async fn goes_on(socket: &mut WebSocket, time: Duration) -> bool {
    let end = Instant::now() + time;
    loop {
        tokio::select! {
            () = sleep_until(end) => return true,
            // What it types goes nowhere; pings are answered by the library.
            message = socket.recv() => match message {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return false,
                Some(Ok(_)) => {}
            },
        }
    }
}

fn message(channel: u8, piece: &[u8]) -> Message {
    let mut bytes = Vec::with_capacity(piece.len() + 1);
    bytes.push(channel);
    bytes.extend_from_slice(piece);
    Message::Binary(Bytes::from(bytes))
}

/// What the command wrote to its standard error, without what kubectl added when it was
/// recorded.
fn own_words(transcript: &Transcript) -> &str {
    let end = format!(
        "command terminated with exit code {}\n",
        transcript.exit_code
    );
    let stderr = transcript.stderr.as_str();
    stderr.strip_suffix(&end).unwrap_or(stderr)
}

/// The Status that tells how a command ended.
fn status(exit_code: i32) -> Value {
    if exit_code == 0 {
        return json!({"metadata": {}, "status": "Success"});
    }
    json!({
        "metadata": {}, "status": "Failure",
        "message": format!("command terminated with non-zero exit code: command terminated with exit code {exit_code}"),
        "reason": "NonZeroExitCode",
        "details": {"causes": [{"reason": "ExitCode", "message": exit_code.to_string()}]},
    })
}
