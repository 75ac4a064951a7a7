//! Serving recordings over HTTP as one Kubernetes cluster.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;

use crate::{
    access::Access,
    acting,
    assemble::{Staging, assemble},
    cluster::Cluster,
    connections::{self, STOP_WITHIN},
    error::{ReplayError, Result},
    generate::{Churn, Size},
    recording::Recording,
    tls::{self, TlsListener},
};

/// Which moment of a recording is shown.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Play {
    /// The end state, which does not change.
    #[default]
    Frozen,
    /// The recorded changes and log lines as they happened, from the
    /// beginning, then the end state.
    Alive {
        /// How many recorded seconds pass in one real second.
        speed: f64,
    },
}

/// Which times objects, events and log lines show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Times {
    /// All times are shifted together, so that ages look as they did.
    #[default]
    Now,
    /// Times are as they were recorded and the cluster's "now" (its `Date`
    /// header, ages in tables, `sinceSeconds`) stands at the recording's end.
    /// Only for [`Play::Frozen`]; a cluster that is alive has a clock that runs.
    Recorded,
}

/// How to serve.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The bearer token to ask for; a random one if `None`.
    pub token: Option<String>,
    /// Frozen or alive.
    pub play: Play,
    /// How much of a recording that is alive has passed already when serving
    /// begins, in recorded time. Recordings that are shorter are at their end.
    pub skip: Duration,
    /// Shifted or recorded times.
    pub times: Times,
    /// What the token may read and do.
    pub access: Access,
}

impl Default for ServeOptions {
    /// Frozen, on a free port of the loopback address, everything allowed.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            token: None,
            play: Play::default(),
            skip: Duration::ZERO,
            times: Times::default(),
            access: Access::default(),
        }
    }
}

/// A running server. It stops when this is dropped.
#[derive(Debug)]
pub struct Served {
    addr: SocketAddr,
    token: String,
    authority: String,
    cluster: Arc<Cluster>,
    ends_at: Option<Timestamp>,
    stopping: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
}

/// Serve recordings as one cluster. They must agree: no namespace in two of
/// them, and cluster-scoped objects that are the same but for what ages.
pub async fn serve(recordings: Vec<Recording>, options: ServeOptions) -> Result<Served> {
    let listen_failed = |source| ReplayError::Listen {
        addr: options.listen,
        source,
    };
    let listener = TcpListener::bind(options.listen)
        .await
        .map_err(listen_failed)?;
    let addr = listener.local_addr().map_err(listen_failed)?;
    let (acceptor, authority) = tls::certificate(addr.ip()).map_err(listen_failed)?;
    let token = match options.token {
        Some(token) => token,
        None => random_token().map_err(listen_failed)?,
    };
    let stopping = CancellationToken::new();
    let staging = Staging {
        play: options.play,
        skip: options.skip,
        times: options.times,
        access: options.access,
        token: token.clone(),
        addr,
        stopping: stopping.clone(),
    };
    let (cluster, script) = assemble(recordings, staging)?;
    let cluster = Arc::new(cluster);
    let ends_at = script.ends_at;
    tracing::debug!(%addr, objects = cluster.store.len(), "serving a recording");

    let listener = TlsListener::new(listener, acceptor);
    let server = tokio::spawn(connections::serve(listener, cluster.clone()));
    let agenda = tokio::spawn(acting::keep(cluster.clone()));
    let mut tasks = vec![server, agenda];
    if !script.is_empty() {
        tasks.push(tokio::spawn(script.play(cluster.clone())));
    }
    Ok(Served {
        addr,
        token,
        authority,
        cluster,
        ends_at,
        stopping,
        tasks,
    })
}

/// Serve a generated cluster, and let it change as its size says until it stops.
pub async fn serve_generated(size: &Size, options: ServeOptions) -> Result<Served> {
    let mut served = serve(vec![size.recording()], options).await?;
    if size.churn > 0 {
        let churn = Churn::of(*size).go_on(Arc::clone(&served.cluster));
        served.tasks.push(tokio::spawn(churn));
    }
    Ok(served)
}

fn random_token() -> std::io::Result<String> {
    let mut bytes = [0_u8; 24];
    getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
    Ok(hex::encode(bytes))
}

impl Served {
    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// `https://HOST:PORT`; the loopback address if it listens on all.
    pub fn url(&self) -> String {
        let mut addr = self.addr;
        if addr.ip().is_unspecified() {
            addr.set_ip(Ipv4Addr::LOCALHOST.into());
        }
        format!("https://{addr}")
    }

    /// The certificate authority to trust it by (PEM).
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The bearer token it asks for.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The time that its ages are counted to: the wall clock, or the end of
    /// the recording with [`Times::Recorded`].
    pub fn now(&self) -> Timestamp {
        self.cluster.now()
    }

    /// How many watches are open now.
    pub fn watches(&self) -> usize {
        self.cluster.store.watches()
    }

    /// When a cluster that is alive comes to rest in its end state; `None` for
    /// one that stands still.
    pub fn ends_at(&self) -> Option<Timestamp> {
        self.ends_at
    }

    /// A kubeconfig with this cluster as its only context, called `name`.
    pub fn kubeconfig(&self, name: &str) -> String {
        // A JSON string is a YAML string, whatever is in the name.
        let name = Value::from(name);
        let url = Value::from(self.url());
        let token = Value::from(self.token.as_str());
        let authority = STANDARD.encode(&self.authority);
        format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: {name}\nclusters:\n- name: {name}\n  cluster:\n    server: {url}\n    certificate-authority-data: {authority}\nusers:\n- name: {name}\n  user:\n    token: {token}\ncontexts:\n- name: {name}\n  context:\n    cluster: {name}\n    user: {name}\n"
        )
    }

    /// Stop: end all streams, close all connections, wait for both within
    /// five seconds.
    pub async fn shutdown(mut self) {
        self.stopping.cancel();
        for mut task in std::mem::take(&mut self.tasks) {
            if timeout(STOP_WITHIN, &mut task).await.is_err() {
                task.abort();
            }
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stopping.cancel();
        for task in &self.tasks {
            task.abort();
        }
    }
}
