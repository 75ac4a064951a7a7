//! One cluster's API server: how it is asked, and what its refusals mean.

use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use http::{Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use jiff::Timestamp;
use kube::client::Body;
use kube::{Client, Config};
use podside_diagnosis::facts::clean::SHORT;
use serde::Deserialize;

use crate::error::{Error, Result};
use crate::kubeconfig::Kubeconfig;
use crate::missing_right::right_of;
use crate::proxy::{is_direct, no_proxy};
use crate::{kubeconfig, terminal};

/// How long the API server may take to begin its answer to one request, and to
/// send the rest of it. Longer than the API server's own limit of 60 s helps nobody.
pub(crate) const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// The most bytes of one answer that are read: a page of 500 objects of 250 KiB.
pub(crate) const LARGEST_ANSWER: usize = 128 * 1024 * 1024;

/// The most bytes of a Status that are read.
const LARGEST_STATUS: usize = 64 * 1024;

/// A cluster's API server with the credentials to ask it. Cheap to clone.
#[derive(Clone)]
pub struct Connection {
    client: Client,
    changes: Client,
    name: String,
    address: String,
    default_namespace: String,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Nothing of the credentials.
        f.debug_struct("Connection")
            .field("name", &self.name)
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Connection {
    /// The cluster of a context of the user's kubeconfig; of the current one, or of
    /// the Pod that this runs in, for `None`. Nothing is asked of the cluster yet.
    pub async fn from_context(context: Option<&str>) -> Result<Self> {
        let (name, config) = kubeconfig::config(context).await?;
        Self::from_config(name, config).await
    }

    /// The cluster of a kubeconfig's context; of the current one for `None`.
    pub async fn from_kubeconfig(kubeconfig: &Kubeconfig, context: Option<&str>) -> Result<Self> {
        let (name, config) = kubeconfig.config(context).await?;
        Self::from_config(name, config).await
    }

    /// An API server at an address, with a bearer token where it asks for one.
    pub async fn to_address(name: &str, address: &str, token: Option<&str>) -> Result<Self> {
        let uri = address.parse().map_err(|_| Error::ContextUnusable {
            context: name.to_owned(),
            reason: format!("{address:?} is not the address of an API server"),
        })?;
        let mut config = Config::new(uri);
        config.auth_info.token = token.map(|token| token.to_owned().into());
        Self::from_config(name.to_owned(), config).await
    }

    async fn from_config(name: String, mut config: Config) -> Result<Self> {
        let host = config.cluster_url.host().unwrap_or_default();
        if is_direct(host, &no_proxy()) {
            config.proxy_url = None;
        }
        // What stands in a kubeconfig need not be the reader's own words.
        let name = terminal::plain(&name, SHORT);
        let address = terminal::plain(&config.cluster_url.to_string(), SHORT);
        let default_namespace = terminal::plain(&config.default_namespace, SHORT);
        // A 429 for a change is an answer (a PodDisruptionBudget's), not a reason
        // to try again, and no change may be made twice.
        let mut for_changes = config.clone();
        for_changes.default_retry = false;
        let login = name.clone();
        // An exec plugin is run while the client is made and may take seconds.
        let (client, changes) = tokio::task::spawn_blocking(move || {
            Ok((Client::try_from(config)?, Client::try_from(for_changes)?))
        })
        .await
        .map_err(|error| Error::Login {
            cluster: login.clone(),
            reason: error.to_string(),
        })?
        .map_err(|error: kube::Error| Error::Login {
            cluster: login,
            reason: describe(&error),
        })?;
        Ok(Self {
            client,
            changes,
            name,
            address: address.trim_end_matches('/').to_owned(),
            default_namespace,
        })
    }

    /// The name under which the cluster is shown: its context's.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The API server's address.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The namespace that the context names; `default` when it names none.
    pub fn default_namespace(&self) -> &str {
        &self.default_namespace
    }

    /// kube's client, which tries again on 429, 503 and 504: for reading and streams.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// kube's client that never tries again: for changes.
    pub fn changes(&self) -> &Client {
        &self.changes
    }

    /// Whether the API server answers at all within a time.
    pub(crate) async fn sign_of_life(&self, within: Duration) -> Result<()> {
        let answer = tokio::time::timeout(within, self.server_version());
        match answer.await {
            Ok(answer) => answer.map(drop),
            Err(_) => Err(self.timed_out("GET /version", within)),
        }
    }

    /// Asks for `path` and gives the whole answer, at most [`LARGEST_ANSWER`] bytes.
    pub(crate) async fn get(&self, path: &str) -> Result<Answer> {
        self.get_up_to(path, LARGEST_ANSWER).await
    }

    /// Asks for `path` and gives the whole answer, at most `limit` bytes.
    pub(crate) async fn get_up_to(&self, path: &str, limit: usize) -> Result<Answer> {
        let request = Request::get(path)
            .header(header::ACCEPT, "application/json")
            .body(Body::empty());
        let what = format!("GET {path}");
        let response = self.begin(request, &what).await?;
        let at = server_time(&response);
        let body = self.collect(response.into_body(), limit, &what);
        let body = tokio::time::timeout(ANSWER_WITHIN, body)
            .await
            .map_err(|_| self.timed_out(&what, ANSWER_WITHIN))??;
        Ok(Answer { body, at })
    }

    /// Sends `body` to `path` as JSON and gives the answer. Only for reviews, which
    /// create nothing.
    pub(crate) async fn review(&self, path: &str, body: &serde_json::Value) -> Result<Bytes> {
        let request = Request::post(path)
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string().into_bytes()));
        let what = format!("POST {path}");
        let response = self.begin(request, &what).await?;
        let body = self.collect(response.into_body(), LARGEST_ANSWER, &what);
        tokio::time::timeout(ANSWER_WITHIN, body)
            .await
            .map_err(|_| self.timed_out(&what, ANSWER_WITHIN))?
    }

    /// Asks for `path` and gives the answer as it comes, without an end in time.
    pub(crate) async fn stream(&self, path: &str) -> Result<Chunks> {
        let request = Request::get(path)
            .header(header::ACCEPT, "application/json, */*")
            // One gzip member an event (Kubernetes 1.37) is more than the
            // decompression reads, and a buffer would hold lines back.
            .header(header::ACCEPT_ENCODING, "identity")
            .body(Body::empty());
        let what = format!("GET {path}");
        let response = self.begin(request, &what).await?;
        let broken = self.clone();
        Ok(response
            .into_body()
            .into_data_stream()
            .map(move |chunk| chunk.map_err(|error| broken.unreachable(&error)))
            .boxed())
    }

    async fn begin(
        &self,
        request: http::Result<Request<Body>>,
        what: &str,
    ) -> Result<Response<Body>> {
        let request = request.map_err(|error| Error::Garbled {
            what: what.to_owned(),
            reason: error.to_string(),
        })?;
        let response = tokio::time::timeout(ANSWER_WITHIN, self.client().send(request))
            .await
            .map_err(|_| self.timed_out(what, ANSWER_WITHIN))?
            .map_err(|error| self.failed(&error))?;
        let code = response.status();
        if code.is_success() {
            return Ok(response);
        }
        let body = self.collect(response.into_body(), LARGEST_STATUS, what);
        let body = tokio::time::timeout(ANSWER_WITHIN, body)
            .await
            .map_err(|_| self.timed_out(what, ANSWER_WITHIN))?
            .unwrap_or_default();
        Err(self.refused(what, code, &body))
    }

    async fn collect(&self, body: Body, limit: usize, what: &str) -> Result<Bytes> {
        let limited = http_body_util::Limited::new(body, limit);
        match limited.collect().await {
            Ok(collected) => Ok(collected.to_bytes()),
            Err(error) if error.is::<http_body_util::LengthLimitError>() => Err(Error::TooLarge {
                what: what.to_owned(),
                limit,
            }),
            Err(error) => Err(self.unreachable(&*error)),
        }
    }

    /// What a refusal means.
    fn refused(&self, what: &str, code: StatusCode, body: &[u8]) -> Error {
        let status: Status = serde_json::from_slice(body).unwrap_or_default();
        self.refusal(what, code, status)
    }

    /// What a Status with that code means.
    pub(crate) fn refusal(&self, what: &str, code: StatusCode, status: Status) -> Error {
        let message = match status.message {
            message if message.is_empty() => code.to_string(),
            message => terminal::plain(&message, 1024),
        };
        let what = what.to_owned();
        match code {
            StatusCode::UNAUTHORIZED => Error::Unauthorized {
                cluster: self.name.clone(),
                address: self.address.clone(),
            },
            StatusCode::FORBIDDEN => Error::Denied {
                right: right_of(&what),
                message,
            },
            StatusCode::NOT_FOUND => Error::NotFound { what, message },
            StatusCode::GONE => Error::Gone { what },
            code => Error::Refused {
                what,
                code: code.as_u16(),
                reason: terminal::plain(&status.reason, 64),
                message,
            },
        }
    }

    fn failed(&self, error: &kube::Error) -> Error {
        match error {
            kube::Error::Auth(error) => Error::Login {
                cluster: self.name.clone(),
                reason: describe(error),
            },
            kube::Error::Service(error) => self.unreachable(&**error),
            error => self.unreachable(error),
        }
    }

    fn unreachable(&self, error: &(dyn std::error::Error + 'static)) -> Error {
        Error::Unreachable {
            cluster: self.name.clone(),
            address: self.address.clone(),
            reason: describe(error),
        }
    }

    fn timed_out(&self, what: &str, after: Duration) -> Error {
        Error::TimedOut {
            cluster: self.name.clone(),
            address: self.address.clone(),
            what: what.to_owned(),
            after,
        }
    }
}

/// A whole answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// The body.
    pub(crate) body: Bytes,
    /// The API server's own clock when it answered, to the second.
    pub(crate) at: Option<Timestamp>,
}

/// An answer that goes on: its body, as it comes.
pub(crate) type Chunks = BoxStream<'static, Result<Bytes>>;

/// The parts of a Status that are shown
/// (<https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/>).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Status {
    pub(crate) code: u16,
    pub(crate) reason: String,
    pub(crate) message: String,
}

/// The `Date` header (RFC 9110, section 6.6.1): the clock by which the cluster's
/// own times are judged, so that a laptop's wrong clock makes no Pod young or old.
fn server_time(response: &Response<Body>) -> Option<Timestamp> {
    let date = response.headers().get(header::DATE)?.to_str().ok()?;
    jiff::fmt::rfc2822::parse(date)
        .ok()
        .map(|zoned| zoned.timestamp())
}

/// An error with what lies below it, each part once: hyper's own words are only
/// "client error (Connect)".
fn describe(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = String::new();
    let mut next = Some(error);
    for _ in 0..8 {
        let Some(error) = next else { break };
        let part = error.to_string();
        if !text.contains(&part) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&part);
        }
        next = error.source();
    }
    terminal::plain(&text, 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_where_nothing_listens_is_named() {
        let connection = Connection::to_address("prod", "http://127.0.0.1:1", None)
            .await
            .unwrap();
        let error = connection.get("/version").await.unwrap_err();
        let text = error.to_string();
        assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
        assert!(
            text.starts_with("cannot reach prod at http://127.0.0.1:1: ")
                && text.contains("refused"),
            "{text}"
        );
    }
}
