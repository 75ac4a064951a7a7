//! Why something was not done.

use std::time::Duration;

use podside_model::MissingRight;
use podside_model::role::grant;

use crate::connection::NOT_RECORDED;
use crate::error::Error;
use crate::missing_right::Refusal;

/// Rights that somebody lacks, and what gives them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lacking {
    /// The rights.
    pub rights: Vec<MissingRight>,
    /// The smallest Role that gives them, with its RoleBinding, as YAML to be applied.
    pub role: String,
}

impl Lacking {
    /// What `user` lacks; nobody in particular for `None`.
    pub(super) fn of(rights: Vec<MissingRight>, user: Option<&str>) -> Self {
        let role = grant(&rights, user);
        Self { rights, role }
    }
}

/// Why an action was not carried out. The variants are what somebody does about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotDone {
    /// A right is missing: somebody must give it.
    #[error("{message}")]
    Denied {
        /// What is missing and what gives it.
        lacking: Lacking,
        /// The API server's own words.
        message: String,
    },
    /// It is not taken as it is: admission, a quota, Pod Security or validation refuses it.
    /// What is asked for must change, or the policy.
    #[error("{what} is refused: {message}")]
    Refused {
        /// The request.
        what: String,
        /// The API server's own words, or ours.
        message: String,
    },
    /// Something else is there, or has changed meanwhile: look again before trying again.
    #[error("{what}: {message}")]
    Conflict {
        /// The request.
        what: String,
        /// The API server's own words, or ours.
        message: String,
    },
    /// The object is not there any more: there is nothing to do it to.
    #[error("{what}: {message}")]
    Gone {
        /// The request.
        what: String,
        /// The API server's own words, or ours.
        message: String,
    },
    /// The API server, or what stands before it, cannot do this: another way is needed.
    #[error("{what}: this API server does not do that: {message}")]
    NotSupported {
        /// The request.
        what: String,
        /// The API server's own words, or ours.
        message: String,
    },
    /// No answer came in time. Whether it was done is not known: look before trying again.
    #[error(
        "{what}: no answer came within {} s, so that it is not known whether it was done",
        after.as_secs()
    )]
    TimedOut {
        /// The request.
        what: String,
        /// The limit.
        after: Duration,
    },
    /// What answers is the replay of a recording, which does not hold this.
    #[error("{message}")]
    NotRecorded {
        /// The replay's own words.
        message: String,
    },
    /// The cluster could not be asked at all, or fails.
    #[error(transparent)]
    Failed(Error),
}

impl From<Error> for NotDone {
    fn from(error: Error) -> Self {
        match error {
            Error::Denied { right, message } => match Refusal::read(&message) {
                Some(refusal) => {
                    let lacking = Lacking::of(vec![right], Some(refusal.user));
                    Self::Denied { lacking, message }
                }
                // Admission refuses with the code of a missing right.
                None => Self::Refused {
                    what: request(&right),
                    message,
                },
            },
            Error::NotFound { what, message } => Self::Gone { what, message },
            Error::Refused {
                what,
                code,
                reason,
                message,
            } => Self::of_refusal(what, code, reason, message),
            Error::TimedOut { what, after, .. } => Self::TimedOut { what, after },
            Error::NoKind { ref kind, .. } => Self::NotSupported {
                what: kind.clone(),
                message: error.to_string(),
            },
            error => Self::Failed(error),
        }
    }
}

impl NotDone {
    fn of_refusal(what: String, code: u16, reason: String, message: String) -> Self {
        match code {
            404 if reason == NOT_RECORDED => Self::NotRecorded { message },
            405 | 406 | 415 | 501 => Self::NotSupported { what, message },
            409 => Self::Conflict { what, message },
            400..=428 => Self::Refused { what, message },
            // A webhook that cannot be asked refuses all that it would be asked about.
            500 if message.contains("failed calling webhook") => Self::Refused { what, message },
            _ => Self::Failed(Error::Refused {
                what,
                code,
                reason,
                message,
            }),
        }
    }
}

fn request(right: &MissingRight) -> String {
    let place = right.namespace.as_deref().unwrap_or("the cluster");
    format!("{} {} in {place}", right.verb, right.resource)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: u16, reason: &str) -> NotDone {
        NotDone::from(Error::Refused {
            what: "POST /x".to_owned(),
            code,
            reason: reason.to_owned(),
            message: "words".to_owned(),
        })
    }

    fn denied(message: &str) -> NotDone {
        NotDone::from(Error::Denied {
            right: MissingRight {
                verb: "create".to_owned(),
                group: String::new(),
                resource: "pods".to_owned(),
                namespace: Some("shop".to_owned()),
            },
            message: message.to_owned(),
        })
    }

    #[test]
    fn admission_is_told_from_a_missing_right() {
        let NotDone::Denied { lacking, .. } = denied(
            "pods is forbidden: User \"alice\" cannot create resource \"pods\" in API group \"\" in the namespace \"shop\"",
        ) else {
            panic!("a right is missing");
        };
        assert_eq!(lacking.rights[0].verb, "create");
        assert!(lacking.role.contains("name: alice\n"), "{}", lacking.role);
        for said in [
            "pods \"web\" is forbidden: violates PodSecurity \"restricted:latest\": runAsNonRoot != true",
            "pods \"web\" is forbidden: exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1",
            "admission webhook \"policy.example.com\" denied the request: no",
        ] {
            let refused = denied(said);
            assert!(
                matches!(&refused, NotDone::Refused { message, .. } if message == said),
                "{refused:?}"
            );
        }
    }

    #[test]
    fn a_refusal_is_a_decision() {
        assert!(matches!(
            refused(409, "AlreadyExists"),
            NotDone::Conflict { .. }
        ));
        assert!(matches!(refused(422, "Invalid"), NotDone::Refused { .. }));
        assert!(matches!(
            refused(405, "MethodNotAllowed"),
            NotDone::NotSupported { .. }
        ));
        assert!(matches!(
            refused(404, "NotRecorded"),
            NotDone::NotRecorded { .. }
        ));
        assert!(matches!(
            refused(429, "TooManyRequests"),
            NotDone::Failed(_)
        ));
        assert!(matches!(refused(500, "InternalError"), NotDone::Failed(_)));
    }
}
