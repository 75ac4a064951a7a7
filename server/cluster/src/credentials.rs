//! The credentials of one connection: had once, shared by all who ask, and had anew
//! shortly before they expire and when they are not accepted.
//!
//! What a kubeconfig holds itself, such as a token or a certificate, is there at once. What
//! comes from elsewhere (a login plugin, a file that changes) has a [`Source`]. kube would
//! ask it for each part of a client by itself, three times and more; here it is asked by one
//! task at a time, which everybody waits for and which goes on when one of them leaves: a
//! plugin that takes eight seconds is not begun again for each request that waits five.

mod client;
mod plugin;
mod run;
mod token_file;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use kube::config::AuthInfo;
use kube::{Client, Config};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;

use crate::error::{Error, Result};
use plugin::Plugin;
use run::{Ended, Job, Run, Why};
use token_file::TokenFile;

/// How long before its end a credential is had anew, at most: clocks differ a little.
const EARLY: Duration = Duration::from_mins(1);

/// The shortest time after which a credential is had anew because it ends.
const SHORTEST: Duration = Duration::from_secs(1);

/// How long a source is left alone whose credentials were refused twice running.
const REFUSED_PAUSE: Duration = Duration::from_secs(30);

/// Where credentials come from that do not stand in the kubeconfig.
pub(crate) trait Source: Send + Sync {
    /// Has a credential. Ends within a time of its own.
    ///
    /// # Errors
    /// What failed, in clean words without secrets.
    fn fetch(&self) -> BoxFuture<'_, Result<Given, String>>;
}

/// What a source gave.
#[derive(Default)]
pub(crate) struct Given {
    pub(crate) credential: Credential,
    /// How long it is good; `None` where only a refusal tells.
    pub(crate) good_for: Option<Duration>,
    /// After how long the source is to be asked again.
    pub(crate) again_in: Option<Duration>,
}

/// What shows the API server who asks.
#[derive(Default)]
pub(crate) struct Credential {
    pub(crate) token: Option<SecretString>,
    pub(crate) identity: Option<Identity>,
}

/// A client certificate and its key, in PEM.
pub(crate) struct Identity {
    pub(crate) certificate: String,
    pub(crate) key: SecretString,
}

impl Credential {
    fn is_same(&self, other: &Self) -> bool {
        let parts = |credential: &Self| {
            let token = credential.token.as_ref();
            let identity = credential.identity.as_ref().map(|identity| {
                let key = identity.key.expose_secret().to_owned();
                (identity.certificate.clone(), key)
            });
            (
                token.map(|token| token.expose_secret().to_owned()),
                identity,
            )
        };
        parts(self) == parts(other)
    }
}

/// A client with the credentials that there are now.
#[derive(Clone)]
pub(crate) struct Held {
    pub(crate) client: Client,
    credential: Arc<Credential>,
    /// Of the run of the source that gave it.
    number: u64,
    good_until: Option<Instant>,
    /// Whether the API server has answered to it.
    accepted: Arc<AtomicBool>,
}

impl Held {
    fn new(client: Client, credential: Credential) -> Self {
        Self {
            client,
            credential: Arc::new(credential),
            number: 0,
            good_until: None,
            accepted: Arc::default(),
        }
    }

    /// Notes what a request with it came to: whoever gets an answer, if only that a right is
    /// missing, is known.
    pub(crate) fn note<T>(&self, answer: &Result<T>) {
        if let Ok(_) | Err(Error::Denied { .. } | Error::NotFound { .. }) = answer {
            self.accepted.store(true, Ordering::Relaxed);
        }
    }

    fn is_good(&self) -> bool {
        self.good_until.is_none_or(|until| Instant::now() < until)
    }
}

/// The credentials of one connection.
pub(crate) struct Credentials {
    cluster: String,
    /// All of the connection but its credentials.
    config: Arc<Config>,
    origin: Origin,
}

enum Origin {
    Kubeconfig(Held),
    Source {
        source: Arc<dyn Source>,
        last: Mutex<Option<Run>>,
    },
}

impl Credentials {
    /// The credentials that a configuration names. Those that it holds itself are made
    /// ready; a source is asked by the first who needs it.
    ///
    /// # Errors
    /// When what it holds cannot be used.
    pub(crate) async fn of(cluster: &str, mut config: Config) -> Result<Self> {
        let source = source(cluster, &mut config.auth_info);
        let config = Arc::new(config);
        let origin = match source {
            Some(source) => Origin::Source {
                source,
                last: Mutex::new(None),
            },
            None => {
                let client = client::with(&config, &Credential::default()).await;
                let client = client.map_err(|reason| login_failed(cluster, reason))?;
                Origin::Kubeconfig(Held::new(client, Credential::default()))
            }
        };
        Ok(Self {
            cluster: cluster.to_owned(),
            config,
            origin,
        })
    }

    /// A client with credentials that have not expired as far as is known.
    ///
    /// # Errors
    /// When they cannot be had. The same error for all who ask until the source is asked
    /// again.
    pub(crate) async fn held(&self) -> Result<Held> {
        let (source, last) = match &self.origin {
            Origin::Kubeconfig(held) => return Ok(held.clone()),
            Origin::Source { source, last } => (source, last),
        };
        let mut run = self.run(source, last, None, || Why::Due(None));
        if let Some(ended) = run.outcome().filter(Ended::is_due) {
            let before = ended.held.ok();
            run = self.run(source, last, Some(run.number), || Why::Due(before));
        }
        match run.meanwhile() {
            Some(before) => Ok(before),
            None => run.ended.await.held,
        }
    }

    /// What to ask with after `held` was not accepted (401); `None` where there is nothing
    /// else.
    ///
    /// # Errors
    /// When other credentials cannot be had.
    pub(crate) async fn refused(&self, held: &Held) -> Result<Option<Held>> {
        let Origin::Source { source, last } = &self.origin else {
            return Ok(None);
        };
        let run = self.run(source, last, None, || Why::Due(None));
        if run.number == held.number {
            // The first refusal of a credential tells that it ended before its time. Where
            // the next one is refused as well, a third would be.
            let again = run.after_refusal && !held.accepted.load(Ordering::Relaxed);
            if again && run.ended.await.at.elapsed() < REFUSED_PAUSE {
                return Ok(None);
            }
        }
        let run = self.run(source, last, Some(held.number), || {
            Why::Refused(held.clone())
        });
        run.ended.await.held.map(Some)
    }

    /// The last run of the source; a new one where there is none, or where the last is the
    /// one that is `over`.
    fn run(
        &self,
        source: &Arc<dyn Source>,
        last: &Mutex<Option<Run>>,
        over: Option<u64>,
        why: impl FnOnce() -> Why,
    ) -> Run {
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        let number = match &*last {
            Some(run) if over != Some(run.number) => return run.clone(),
            Some(run) => run.number.saturating_add(1),
            None => 1,
        };
        let job = Job {
            cluster: self.cluster.clone(),
            config: Arc::clone(&self.config),
            source: Arc::clone(source),
            number,
            why: why(),
        };
        let run = job.start();
        *last = Some(run.clone());
        run
    }
}

fn login_failed(cluster: &str, reason: String) -> Error {
    Error::Login {
        cluster: cluster.to_owned(),
        reason,
    }
}

/// When a credential is had anew that is good for so long.
fn renewed_after(good_for: Duration) -> Duration {
    let early = EARLY.min(good_for / 4);
    good_for.saturating_sub(early).max(SHORTEST)
}

/// The source that a user of a kubeconfig names, taken out of it. As in kubectl, a file
/// goes before the token beside it, and a plugin is for who has nothing else.
fn source(cluster: &str, user: &mut AuthInfo) -> Option<Arc<dyn Source>> {
    let is_empty = |token: &SecretString| token.expose_secret().is_empty();
    user.token.take_if(|token| is_empty(token));
    let file = user.token_file.take().filter(|path| !path.is_empty());
    let exec = user.exec.take();
    if let Some(path) = file {
        return Some(Arc::new(TokenFile::new(path.into(), user.token.take())));
    }
    let has_other = user.token.is_some()
        || (user.username.is_some() && user.password.is_some())
        || user.client_certificate.is_some()
        || user.client_certificate_data.is_some()
        || user.auth_provider.is_some();
    let exec = exec.filter(|_| !has_other)?;
    Some(Arc::new(Plugin::new(cluster, exec)))
}

#[cfg(test)]
mod tests;
