//! Requests that become a WebSocket.

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use http::{HeaderMap, Request, Response, StatusCode, header};
use hyper_util::rt::TokioIo;
use kube::client::Body;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::{client::generate_key, derive_accept_key};
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::Connection;
use crate::error::{Error, Result};

/// The protocols of a process' channels that are spoken here, the better one first. The
/// first byte of a message names its channel; both end with a Status
/// (<https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/4006-transition-spdy-to-websockets>).
const PROTOCOLS: [&str; 2] = ["v5.channel.k8s.io", "v4.channel.k8s.io"];

/// The largest message that is read. The kubelet sends 32 KiB at most.
const LARGEST_MESSAGE: usize = 1024 * 1024;

/// The messages of a process' channels as they come. Dropping it closes the connection.
pub(crate) type Channels = BoxStream<'static, Result<Bytes>>;

impl Connection {
    /// Opens the channels of a process in a Pod, such as that of `exec`. Asked once, as it
    /// begins something, with the connection's credentials and in its turn.
    ///
    /// # Errors
    /// What the API server refuses, and [`Error::Garbled`] where what answers does not speak
    /// the protocol.
    pub(crate) async fn channels(&self, path: &str) -> Result<Channels> {
        let what = format!("GET {}", path.split('?').next().unwrap_or(path));
        let key = generate_key();
        let request = || {
            Request::get(path)
                .header(header::CONNECTION, "Upgrade")
                .header(header::UPGRADE, "websocket")
                .header(header::SEC_WEBSOCKET_VERSION, "13")
                .header(header::SEC_WEBSOCKET_KEY, &key)
                // As one header: API servers read the first only.
                .header(header::SEC_WEBSOCKET_PROTOCOL, PROTOCOLS.join(", "))
                .body(Body::empty())
        };
        let response = self.begin_once(request, &what).await?;
        let no_channels = |reason: String| Error::Garbled {
            what: what.clone(),
            reason: format!("it opens no WebSocket: {reason}"),
        };
        agreed(&response, &key).map_err(&no_channels)?;
        let upgraded = hyper::upgrade::on(response).await;
        let upgraded = upgraded.map_err(|error| no_channels(error.to_string()))?;
        self.pace.succeeded();
        let config = WebSocketConfig::default()
            .max_message_size(Some(LARGEST_MESSAGE))
            .max_frame_size(Some(LARGEST_MESSAGE));
        let io = TokioIo::new(upgraded);
        let messages = WebSocketStream::from_raw_socket(io, Role::Client, Some(config)).await;
        let broken = self.clone();
        Ok(messages
            .filter_map(move |message| {
                // Pings are answered by the library while messages are taken.
                let read = match message {
                    Ok(message) if message.is_binary() => Some(Ok(message.into_data())),
                    Ok(_) => None,
                    Err(error) => Some(Err(broken.unreachable(&error))),
                };
                std::future::ready(read)
            })
            .boxed())
    }
}

/// Whether an answer opens a WebSocket of one of the [`PROTOCOLS`] (RFC 6455, section 4.1).
fn agreed(response: &Response<Body>, key: &str) -> Result<(), String> {
    let code = response.status();
    if code != StatusCode::SWITCHING_PROTOCOLS {
        return Err(format!("it answered {code}"));
    }
    let head = response.headers();
    if text(head, &header::SEC_WEBSOCKET_ACCEPT) != derive_accept_key(key.as_bytes()) {
        return Err("it did not understand the request".to_owned());
    }
    let protocol = text(head, &header::SEC_WEBSOCKET_PROTOCOL);
    if PROTOCOLS.contains(&protocol) {
        Ok(())
    } else {
        Err(format!("it speaks none of {}", PROTOCOLS.join(", ")))
    }
}

fn text<'a>(head: &'a HeaderMap, name: &header::HeaderName) -> &'a str {
    let value = head.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().trim()
}
