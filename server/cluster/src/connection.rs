//! One cluster's API server, and how it is asked.

mod change;
mod head;
mod refusal;
mod upgrade;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use jiff::Timestamp;
use kube::Config;
use kube::client::Body;
use podside_diagnosis::facts::clean::SHORT;

use crate::access::Known;
use crate::answer::Answer;
use crate::credentials::{Credentials, Held};
use crate::discovery::Discovered;
use crate::error::{Error, Result};
use crate::kubeconfig::Kubeconfig;
use crate::listing::Listed;
use crate::pace::{Errand, Pace};
use crate::weight::{LARGEST_ANSWER, weighed};
use crate::{kubeconfig, terminal};
pub(crate) use refusal::{NOT_RECORDED, Status, describe};
pub(crate) use upgrade::Channels;

/// What every request says of who asks, as API servers log it.
const USER_AGENT: HeaderValue =
    HeaderValue::from_static(concat!("podside/", env!("CARGO_PKG_VERSION")));

/// How long the API server may take to begin its answer to one request, and to
/// send the rest of it. Longer than the API server's own limit of 60 s helps nobody.
pub(crate) const ANSWER_WITHIN: Duration = Duration::from_secs(30);

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
/// the credentials, and the pace at which it is asked.
#[derive(Clone)]
pub struct Connection {
    credentials: Arc<Credentials>,
    pace: Arc<Pace>,
    discovered: Arc<Discovered>,
    known: Arc<Known>,
    listed: Arc<Listed>,
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
    /// the Pod that this runs in, for `None`. Nothing is asked of the cluster yet, nor of
    /// a login plugin.
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
        // What stands in a kubeconfig need not be the reader's own words.
        let name = terminal::plain(&name, SHORT);
        let address = terminal::quoted(&config.cluster_url.to_string(), SHORT);
        let default_namespace = terminal::plain(&config.default_namespace, SHORT);
        // kube would try again up to fifteen times, the first within milliseconds, for
        // each kind by itself. Who asks knows better when, and [`Pace`] how often.
        config.default_retry = false;
        config.headers.push((header::USER_AGENT, USER_AGENT));
        Ok(Self {
            credentials: Arc::new(Credentials::of(&name, config).await?),
            pace: Arc::default(),
            discovered: Arc::default(),
            known: Arc::default(),
            listed: Arc::default(),
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

    /// What is known of who asks, and of the server.
    pub(crate) fn known(&self) -> &Known {
        &self.known
    }

    /// What was listed for pages.
    pub(crate) fn listed(&self) -> &Listed {
        &self.listed
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

    /// Whether the API server answers at all within a time: with its version. To log in
    /// first may take longer.
    pub(crate) async fn sign_of_life(&self, within: Duration) -> Result<String> {
        self.credentials.held().await?;
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

    /// The same in a form that an `Accept` header asks for.
    pub(crate) async fn get_as(&self, path: &str, form: &str, limit: usize) -> Result<Answer> {
        let request = || {
            Request::get(path)
                .header(header::ACCEPT, form)
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

    /// The same in a form that an `Accept` header asks for.
    pub(crate) async fn stream_as(&self, path: &str, form: &str) -> Result<Chunks> {
        let (_, chunks) = self.stream_dated(path, form).await?;
        Ok(chunks)
    }

    /// The same with the API server's own clock when it began to answer, to the second.
    pub(crate) async fn stream_dated(
        &self,
        path: &str,
        form: &str,
    ) -> Result<(Option<Timestamp>, Chunks)> {
        let request = || {
            Request::get(path)
                .header(header::ACCEPT, form)
                // One gzip member an event (Kubernetes 1.37) is more than the
                // decompression reads, and a buffer would hold lines back.
                .header(header::ACCEPT_ENCODING, "identity")
                .body(Body::empty())
        };
        let response = self.begin(request, &format!("GET {path}")).await?;
        self.pace.succeeded();
        let at = head::server_time(response.headers());
        let broken = self.clone();
        let chunks = response.into_body().into_data_stream();
        let chunks = chunks.map(move |chunk| chunk.map_err(|error| broken.unreachable(&error)));
        Ok((at, chunks.boxed()))
    }

    async fn whole(
        &self,
        request: impl Fn() -> http::Result<Request<Body>>,
        what: String,
        limit: usize,
    ) -> Result<Answer> {
        let response = self.begin(request, &what).await?;
        self.answer_of(response, what, limit).await
    }

    /// The whole of an answer that has begun.
    async fn answer_of(
        &self,
        response: Response<Body>,
        what: String,
        limit: usize,
    ) -> Result<Answer> {
        let at = head::server_time(response.headers());
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

    /// One request, and the same once more with newer credentials where these are not
    /// accepted.
    async fn begin_once(
        &self,
        request: impl Fn() -> http::Result<Request<Body>>,
        what: &str,
    ) -> Result<Response<Body>> {
        let held = self.credentials.held().await?;
        let answer = self.ask(&held, &request, what).await;
        if !matches!(answer, Err(Error::Unauthorized { .. })) {
            return answer;
        }
        match self.credentials.refused(&held).await? {
            Some(newer) => self.ask(&newer, &request, what).await,
            None => answer,
        }
    }

    async fn ask(
        &self,
        held: &Held,
        request: impl Fn() -> http::Result<Request<Body>>,
        what: &str,
    ) -> Result<Response<Body>> {
        // On the heap: whoever asks holds this future twice.
        let answer = Box::pin(self.ask_in_turn(held, request, what)).await;
        held.note(&answer);
        answer
    }

    async fn ask_in_turn(
        &self,
        held: &Held,
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
        let response = tokio::time::timeout(ANSWER_WITHIN, held.client.send(request))
            .await
            .map_err(|_| self.timed_out(what, ANSWER_WITHIN))?
            .map_err(|error| self.failed(&error))?;
        let code = response.status();
        // No path of the Kubernetes API that is asked here gives a page.
        let is_page = head::is_page(response.headers());
        let is_answer = code.is_success() || code == StatusCode::SWITCHING_PROTOCOLS;
        if is_answer && !is_page {
            return Ok(response);
        }
        let rest = head::rest(response.headers());
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
}

/// An answer that goes on: its body, as it comes.
pub(crate) type Chunks = BoxStream<'static, Result<Bytes>>;

#[cfg(test)]
mod tests;
