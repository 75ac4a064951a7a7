//! One cluster's API server: how it is asked, and what its refusals mean.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use jiff::Timestamp;
use kube::client::Body;
use kube::{Client, Config};
use podside_budget::TooMuch;
use podside_diagnosis::facts::clean::SHORT;
use serde::Deserialize;

use crate::answer::Answer;
use crate::discovery::Discovered;
use crate::error::{Error, Result};
use crate::kubeconfig::Kubeconfig;
use crate::missing_right::right_of;
use crate::pace::{Errand, Pace};
use crate::proxy::{is_direct, no_proxy};
use crate::{kubeconfig, terminal};

/// How long the API server may take to begin its answer to one request, and to
/// send the rest of it. Longer than the API server's own limit of 60 s helps nobody.
pub(crate) const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// The most bytes of one answer that are read: a page of 500 objects of 250 KiB.
pub(crate) const LARGEST_ANSWER: usize = 128 * 1024 * 1024;

/// The most memory that the values of one answer may take. Pages of real objects take
/// some ten times their text; a page that takes more is asked for in smaller parts.
pub(crate) const HEAVIEST_ANSWER: u64 = 512 * 1024 * 1024;

/// The longest answer that is weighed on the spot: it takes a millisecond.
const WEIGHED_AT_ONCE: usize = 1024 * 1024;

/// The form in which answers are asked for, where nothing else is said.
pub(crate) const JSON: &str = "application/json";

/// The most bytes of a Status that are read.
const LARGEST_STATUS: usize = 64 * 1024;

/// How often somebody who waits has a busy API server asked for the same.
const MOST_TRIES: u32 = 3;

/// The wait before a busy API server is asked again, where it says none.
const BUSY: Duration = Duration::from_millis(500);

/// The longest wait of somebody for a busy API server.
const LONGEST_BUSY: Duration = Duration::from_secs(4);

/// A cluster's API server with the credentials to ask it. Cheap to clone; all clones share
/// the pace at which it is asked.
#[derive(Clone)]
pub struct Connection {
    client: Client,
    pace: Arc<Pace>,
    discovered: Arc<Discovered>,
    errand: Errand,
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
        let address = terminal::quoted(&config.cluster_url.to_string(), SHORT);
        let default_namespace = terminal::plain(&config.default_namespace, SHORT);
        // kube would try again up to fifteen times, the first within milliseconds, for
        // each kind by itself. Who asks knows better when, and [`Pace`] how often.
        config.default_retry = false;
        let login = name.clone();
        // An exec plugin is run while the client is made and may take seconds.
        let client = tokio::task::spawn_blocking(move || Client::try_from(config))
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
            pace: Arc::default(),
            discovered: Arc::default(),
            errand: Errand::Person,
            name,
            address: address.trim_end_matches('/').to_owned(),
            default_namespace,
        })
    }

    /// The name under which the cluster is shown: its context's.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What was discovered of the API server.
    pub(crate) fn discovered(&self) -> &Discovered {
        &self.discovered
    }

    /// The API server's address.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The namespace that the context names; `default` when it names none.
    pub fn default_namespace(&self) -> &str {
        &self.default_namespace
    }

    /// The same for watches, which wait while people ask and ask again by themselves.
    pub(crate) fn for_watches(&self) -> Self {
        Self {
            errand: Errand::Watch,
            ..self.clone()
        }
    }

    /// Whether the API server answers at all within a time: with its version.
    pub(crate) async fn sign_of_life(&self, within: Duration) -> Result<String> {
        let answer = tokio::time::timeout(within, self.server_version());
        match answer.await {
            Ok(answer) => answer,
            Err(_) => Err(self.timed_out("GET /version", within)),
        }
    }

    /// Asks for `path` and gives the whole answer, at most [`LARGEST_ANSWER`] bytes.
    pub(crate) async fn get(&self, path: &str) -> Result<Answer> {
        self.get_up_to(path, LARGEST_ANSWER).await
    }

    /// Asks for `path` and gives the whole answer, at most `limit` bytes.
    pub(crate) async fn get_up_to(&self, path: &str, limit: usize) -> Result<Answer> {
        self.get_as(path, JSON, limit).await
    }

    /// The same in a form that is named by its media type.
    pub(crate) async fn get_as(&self, path: &str, accept: &str, limit: usize) -> Result<Answer> {
        let request = || {
            Request::get(path)
                .header(header::ACCEPT, accept)
                .body(Body::empty())
        };
        self.whole(request, format!("GET {path}"), limit).await
    }

    /// Sends `body` to `path` as JSON and gives the answer. Only for reviews, which
    /// create nothing.
    pub(crate) async fn review(&self, path: &str, body: &serde_json::Value) -> Result<Answer> {
        let request = || {
            Request::post(path)
                .header(header::ACCEPT, JSON)
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(body.to_string().into_bytes()))
        };
        let what = format!("POST {path}");
        self.whole(request, what, LARGEST_ANSWER).await
    }

    /// Asks for `path` and gives the answer as it comes, without an end in time.
    pub(crate) async fn stream(&self, path: &str) -> Result<Chunks> {
        self.stream_as(path, "application/json, */*").await
    }

    /// The same in a form that is named by its media type.
    pub(crate) async fn stream_as(&self, path: &str, accept: &str) -> Result<Chunks> {
        let request = || {
            Request::get(path)
                .header(header::ACCEPT, accept)
                // One gzip member an event (Kubernetes 1.37) is more than the
                // decompression reads, and a buffer would hold lines back.
                .header(header::ACCEPT_ENCODING, "identity")
                .body(Body::empty())
        };
        let response = self.begin(request, &format!("GET {path}")).await?;
        self.pace.succeeded();
        let broken = self.clone();
        Ok(response
            .into_body()
            .into_data_stream()
            .map(move |chunk| chunk.map_err(|error| broken.unreachable(&error)))
            .boxed())
    }

    async fn whole(
        &self,
        request: impl Fn() -> http::Result<Request<Body>>,
        what: String,
        limit: usize,
    ) -> Result<Answer> {
        let response = self.begin(request, &what).await?;
        let at = server_time(&response);
        let body = self.collect(response.into_body(), limit, &what);
        let body = tokio::time::timeout(ANSWER_WITHIN, body)
            .await
            .map_err(|_| self.timed_out(&what, ANSWER_WITHIN))??;
        Ok(Answer::new(what, body, at, &self.pace))
    }

    /// The beginning of an answer. A watch tries again when its time has come; for anybody
    /// else a busy API server is asked a few times.
    async fn begin(
        &self,
        request: impl Fn() -> http::Result<Request<Body>>,
        what: &str,
    ) -> Result<Response<Body>> {
        let mut tries = 1;
        loop {
            let error = match self.begin_once(&request, what).await {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            let wait = match &error {
                Error::Resting { again_in, .. } => *again_in,
                Error::Refused {
                    code: 429 | 503 | 504,
                    ..
                } => BUSY * tries,
                _ => return Err(error),
            };
            let gives_up = self.errand == Errand::Watch || tries >= MOST_TRIES;
            if gives_up || wait > LONGEST_BUSY {
                return Err(error);
            }
            tokio::time::sleep(wait).await;
            tries += 1;
        }
    }

    async fn begin_once(
        &self,
        request: impl Fn() -> http::Result<Request<Body>>,
        what: &str,
    ) -> Result<Response<Body>> {
        let request = request().map_err(|error| Error::Garbled {
            what: what.to_owned(),
            reason: error.to_string(),
        })?;
        let is_change = request.method() != Method::GET;
        let turn = self.pace.turn(self.errand).await;
        turn.map_err(|again_in| Error::Resting {
            what: what.to_owned(),
            said: format!("{} fails and was not asked", self.name),
            again_in,
        })?;
        let response = tokio::time::timeout(ANSWER_WITHIN, self.client.send(request))
            .await
            .map_err(|_| self.timed_out(what, ANSWER_WITHIN))?
            .map_err(|error| self.failed(&error))?;
        let code = response.status();
        // No path of the Kubernetes API that is asked here gives a page.
        let is_page = is_page(&response);
        if code.is_success() && !is_page {
            return Ok(response);
        }
        let rest = rest(&response);
        let body = self.collect(response.into_body(), LARGEST_STATUS, what);
        let body = tokio::time::timeout(ANSWER_WITHIN, body)
            .await
            .map_err(|_| self.timed_out(what, ANSWER_WITHIN))?
            .unwrap_or_default();
        if is_page {
            self.pace.failed();
            return Err(Error::Garbled {
                what: what.to_owned(),
                reason: format!(
                    "it is a page for a browser ({code}); is there a proxy or a login before {}?",
                    self.address
                ),
            });
        }
        let error = self.refused(what, code, &body);
        match (&error, rest) {
            // A change that a PodDisruptionBudget holds back is refused with 429 as well.
            (
                Error::Refused {
                    code: 429 | 503, ..
                },
                Some(rest),
            ) if !is_change => {
                self.pace.failed_for(rest);
                return Err(Error::Resting {
                    what: what.to_owned(),
                    said: format!("the API server answered {code}"),
                    again_in: rest,
                });
            }
            (
                Error::Unauthorized { .. }
                | Error::Refused {
                    code: 429 | 500.., ..
                },
                _,
            ) => {
                self.pace.failed();
            }
            // To be refused is an answer.
            _ => self.pace.succeeded(),
        }
        Err(error)
    }

    async fn collect(&self, body: Body, limit: usize, what: &str) -> Result<Bytes> {
        let limited = http_body_util::Limited::new(body, limit);
        match limited.collect().await {
            Ok(collected) => weighed(collected.to_bytes(), what).await,
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
            message => terminal::quoted(&message, 1024),
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
                reason: terminal::quoted(&status.reason, 64),
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
        self.pace.failed();
        Error::Unreachable {
            cluster: self.name.clone(),
            address: self.address.clone(),
            reason: describe(error),
        }
    }

    fn timed_out(&self, what: &str, after: Duration) -> Error {
        self.pace.failed();
        Error::TimedOut {
            cluster: self.name.clone(),
            address: self.address.clone(),
            what: what.to_owned(),
            after,
        }
    }
}

/// The body, if what is made of it keeps within the bounds of an answer. Whoever parses
/// an answer gets it from here.
async fn weighed(body: Bytes, what: &str) -> Result<Bytes> {
    let weighing = body.clone();
    let weigh = move || podside_budget::weigh(&weighing, HEAVIEST_ANSWER);
    let weight = if body.len() <= WEIGHED_AT_ONCE {
        weigh()
    } else {
        tokio::task::spawn_blocking(weigh)
            .await
            .map_err(|error| Error::Garbled {
                what: what.to_owned(),
                reason: error.to_string(),
            })?
    };
    weight.map_err(|much| too_much(much, what))?;
    Ok(body)
}

/// What a text is that is too much to be parsed.
pub(crate) fn too_much(much: TooMuch, what: &str) -> Error {
    match much {
        TooMuch::Memory => Error::TooLarge {
            what: what.to_owned(),
            limit: usize::try_from(HEAVIEST_ANSWER).unwrap_or(usize::MAX),
        },
        TooMuch::Depth => Error::Garbled {
            what: what.to_owned(),
            reason: much.to_string(),
        },
    }
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

/// How long the API server asks to be left alone (RFC 9110, section 10.2.3); it gives
/// seconds.
fn rest(response: &Response<Body>) -> Option<Duration> {
    let seconds = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?;
    seconds.trim().parse().ok().map(Duration::from_secs)
}

/// Whether an answer is a page for a browser.
fn is_page(response: &Response<Body>) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| {
            kind.trim_start()
                .to_ascii_lowercase()
                .starts_with("text/html")
        })
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
    terminal::quoted(&text, 1024)
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
