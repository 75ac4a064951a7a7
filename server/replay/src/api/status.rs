//! Refusals, as Kubernetes words them: a Status with a reason
//! (<https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/>).

use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode, header},
};
use serde_json::{Value, json};

use crate::catalogue::Resource;

/// Why a request is not answered with what it asked for.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) code: StatusCode,
    pub(crate) reason: &'static str,
    pub(crate) message: String,
    pub(crate) details: Option<Value>,
    pub(crate) continue_token: Option<String>,
}

impl Refusal {
    fn new(code: StatusCode, reason: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            reason,
            message: message.into(),
            details: None,
            continue_token: None,
        }
    }

    /// 400: the request cannot be understood.
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// 401: no token or a wrong one.
    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized", "Unauthorized")
    }

    /// 403: known, but not allowed.
    pub(crate) fn forbidden(message: impl Into<String>, kind: &str, name: &str) -> Self {
        let details = if name.is_empty() {
            json!({"kind": kind})
        } else {
            json!({"name": name, "kind": kind})
        };
        Self {
            details: Some(details),
            ..Self::new(StatusCode::FORBIDDEN, "Forbidden", message)
        }
    }

    /// 404: no such object.
    pub(crate) fn no_object(resource: &Resource, name: &str) -> Self {
        let mut details = json!({"name": name, "kind": resource.plural});
        if !resource.group.is_empty()
            && let Some(map) = details.as_object_mut()
        {
            map.insert("group".to_owned(), json!(resource.group));
        }
        Self {
            details: Some(details),
            ..Self::new(
                StatusCode::NOT_FOUND,
                "NotFound",
                format!("{} {name:?} not found", resource.qualified()),
            )
        }
    }

    /// 404: no such kind or path.
    pub(crate) fn no_path() -> Self {
        Self {
            details: Some(json!({})),
            ..Self::new(
                StatusCode::NOT_FOUND,
                "NotFound",
                "the server could not find the requested resource",
            )
        }
    }

    /// 404: Kubernetes would have it; a recording does not.
    pub(crate) fn not_recorded(what: &str) -> Self {
        Self {
            details: Some(json!({})),
            ..Self::new(
                StatusCode::NOT_FOUND,
                "NotFound",
                format!(
                    "the practice cluster has no {what}: it plays a recording, and this was not recorded"
                ),
            )
        }
    }

    /// 404: Kubernetes might have it, and what happened was not recorded. The reason tells a
    /// client of ours from "there is no such thing".
    pub(crate) fn unrecorded(what: &str) -> Self {
        Self {
            reason: "NotRecorded",
            ..Self::not_recorded(what)
        }
    }

    /// 404: no such namespace to create something in.
    pub(crate) fn no_namespace(name: &str) -> Self {
        Self {
            details: Some(json!({"name": name, "kind": "namespaces"})),
            ..Self::new(
                StatusCode::NOT_FOUND,
                "NotFound",
                format!("namespaces {name:?} not found"),
            )
        }
    }

    /// 409: there is one of that name.
    pub(crate) fn exists(resource: &Resource, name: &str) -> Self {
        Self {
            details: Some(json!({"name": name, "kind": resource.plural, "group": resource.group})),
            ..Self::new(
                StatusCode::CONFLICT,
                "AlreadyExists",
                format!("{} {name:?} already exists", resource.qualified()),
            )
        }
    }

    /// 409: it is not as whoever asks thinks.
    pub(crate) fn conflict(resource: &Resource, name: &str, why: &str) -> Self {
        Self {
            details: Some(json!({"name": name, "kind": resource.plural, "group": resource.group})),
            ..Self::new(
                StatusCode::CONFLICT,
                "Conflict",
                format!(
                    "Operation cannot be fulfilled on {} {name:?}: {why}",
                    resource.qualified()
                ),
            )
        }
    }

    /// 422: an object that is understood, and wrong.
    pub(crate) fn invalid_object(kind: &str, name: &str, field: &str, message: &str) -> Self {
        Self {
            details: Some(json!({
                "name": name, "kind": kind,
                "causes": [{"reason": "FieldValueInvalid", "message": message, "field": field}],
            })),
            ..Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "Invalid",
                format!("{kind} {name:?} is invalid: {field}: {message}"),
            )
        }
    }

    /// 429: as many as there may be.
    pub(crate) fn too_many(message: impl Into<String>) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "TooManyRequests",
            message.into(),
        )
    }

    /// 500: a node does not do it.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalError",
            format!("Internal error occurred: {}", message.into()),
        )
    }

    /// 405: a recording cannot change.
    pub(crate) fn read_only(method: &str, what: &str) -> Self {
        Self {
            details: Some(json!({})),
            ..Self::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "MethodNotAllowed",
                format!(
                    "the practice cluster has no way to {method} {what}: it plays a recording and is read-only"
                ),
            )
        }
    }

    /// 406: no representation of those that are accepted.
    pub(crate) fn not_acceptable() -> Self {
        Self {
            details: Some(json!({})),
            ..Self::new(
                StatusCode::NOT_ACCEPTABLE,
                "NotAcceptable",
                "only the following media types are accepted: application/json, application/json;stream=watch",
            )
        }
    }

    /// 410: the revision is forgotten.
    pub(crate) fn expired(message: impl Into<String>) -> Self {
        Self::new(StatusCode::GONE, "Expired", message)
    }

    /// 413: the body is larger than a review can be.
    pub(crate) fn too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "RequestEntityTooLarge",
            "the request body is too large",
        )
    }

    /// 415: a body in an unknown format.
    pub(crate) fn unsupported_media() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UnsupportedMediaType",
            "the body of the request was in an unknown format - accepted media types include: application/json, application/vnd.kubernetes.protobuf",
        )
    }

    /// 422: understood, and wrong.
    pub(crate) fn invalid(kind: &str, field: &str, message: &str) -> Self {
        Self {
            details: Some(json!({
                "kind": kind,
                "causes": [{"reason": "FieldValueInvalid", "message": message, "field": field}],
            })),
            ..Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "Invalid",
                format!("{kind} \"\" is invalid: {field}: {message}"),
            )
        }
    }

    /// The Status object.
    pub(crate) fn status(&self) -> Value {
        let metadata = match &self.continue_token {
            Some(token) => json!({"continue": token}),
            None => json!({}),
        };
        let mut status = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": metadata, "status": "Failure",
            "message": self.message, "reason": self.reason, "code": self.code.as_u16(),
        });
        if let (Some(details), Some(map)) = (&self.details, status.as_object_mut()) {
            map.insert("details".to_owned(), details.clone());
        }
        status
    }

    /// The answer.
    pub(crate) fn response(&self) -> Response<Body> {
        json_response(self.code, &self.status())
    }
}

/// A JSON answer.
pub(crate) fn json_response(code: StatusCode, value: &Value) -> Response<Body> {
    bytes_response(code, "application/json", value.to_string())
}

/// An answer of a known content type.
pub(crate) fn bytes_response(
    code: StatusCode,
    content_type: &'static str,
    body: impl Into<Body>,
) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = code;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-cache, private"),
    );
    response
}
