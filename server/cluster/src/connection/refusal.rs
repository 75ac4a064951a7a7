//! What it means that an API server refuses, fails, or is not there.

use std::time::Duration;

use http::StatusCode;
use kube::client::AuthError;
use serde::Deserialize;

use super::Connection;
use crate::error::Error;
use crate::missing_right::denied;
use crate::terminal;

/// The reason of a Status in which a replay says that its recording does not hold what was
/// asked for.
pub(crate) const NOT_RECORDED: &str = "NotRecorded";

/// The parts of a Status that are shown
/// (<https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/>).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Status {
    pub(crate) code: u16,
    pub(crate) reason: String,
    pub(crate) message: String,
}

impl Connection {
    /// What a refusal means.
    pub(super) fn refused(&self, what: &str, code: StatusCode, body: &[u8]) -> Error {
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
                right: denied(&what, &message),
                message,
            },
            // A replay of a recording that does not hold it; there may be such a thing.
            StatusCode::NOT_FOUND if status.reason == NOT_RECORDED => Error::Refused {
                what,
                code: code.as_u16(),
                reason: status.reason,
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

    /// What it means that a request could not be sent, or had no answer.
    pub(super) fn failed(&self, error: &kube::Error) -> Error {
        let login = match error {
            kube::Error::Auth(error) => Some(error),
            // kube's own refreshing of tokens (OIDC) fails inside the request.
            kube::Error::Service(error) => error.downcast_ref::<AuthError>(),
            _ => None,
        };
        match (login, error) {
            (Some(error), _) => Error::Login {
                cluster: self.name.clone(),
                reason: describe(error),
            },
            (None, kube::Error::Service(error)) => self.unreachable(&**error),
            (None, error) => self.unreachable(error),
        }
    }

    pub(super) fn unreachable(&self, error: &(dyn std::error::Error + 'static)) -> Error {
        self.pace.failed();
        Error::Unreachable {
            cluster: self.name.clone(),
            address: self.address.clone(),
            reason: describe(error),
        }
    }

    pub(super) fn timed_out(&self, what: &str, after: Duration) -> Error {
        self.pace.failed();
        Error::TimedOut {
            cluster: self.name.clone(),
            address: self.address.clone(),
            what: what.to_owned(),
            after,
        }
    }
}

/// An error with what lies below it, each part once: hyper's own words are only
/// "client error (Connect)".
pub(crate) fn describe(error: &(dyn std::error::Error + 'static)) -> String {
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
