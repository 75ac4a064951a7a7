//! The body and the options of a request that changes something.

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, header},
};
use serde_json::{Value, json};

use crate::{
    api::{Query, Refusal},
    fields::Fields,
};

/// The largest body that is read: etcd's own bound on an object, and room.
const LARGEST: usize = 3 << 20;

/// The most memory that what is read may take.
const HEAVIEST: u64 = 64 << 20;

/// How what changes something is to be done
/// (<https://kubernetes.io/docs/reference/using-api/api-concepts/#dry-run>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Options {
    /// Whether nothing is to be changed.
    pub(crate) dry_run: bool,
    /// What becomes of fields that nobody knows.
    pub(crate) unknown: Unknown,
}

/// `fieldValidation`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// They are dropped.
    Ignored,
    /// They are dropped, and this is said.
    Told,
    /// They are refused.
    Refused,
}

/// A request that changes something: its body, its form and its options.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) body: Value,
    /// The media type, without parameters.
    pub(crate) form: String,
    pub(crate) options: Options,
}

impl Change {
    /// Reads a request.
    pub(crate) async fn read(
        query: &Query,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<Self, Refusal> {
        let options = Options::read(query)?;
        let form = headers
            .get(header::CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .unwrap_or("application/json");
        let form = form.split(';').next().unwrap_or_default().trim().to_owned();
        let bytes = to_bytes(body, LARGEST)
            .await
            .map_err(|_| Refusal::too_large())?;
        let body = if bytes.is_empty() {
            json!({})
        } else if form.ends_with("json") {
            podside_budget::weigh(&bytes, HEAVIEST).map_err(|_| Refusal::too_large())?;
            serde_json::from_slice(&bytes).map_err(|error| {
                Refusal::bad_request(format!(
                    "the object provided is unrecognized: json parse error: {error}"
                ))
            })?
        } else {
            return Err(Refusal::unsupported_media());
        };
        Ok(Self {
            body,
            form,
            options,
        })
    }
}

impl Change {
    /// Whether nothing is to be changed. Deletions say so in their body as well.
    pub(crate) fn is_tried(&self) -> bool {
        let said = self.body.list("/dryRun");
        self.options.dry_run || said.iter().any(|word| word.as_str() == Some("All"))
    }
}

impl Options {
    fn read(query: &Query) -> Result<Self, Refusal> {
        let dry_run = match query.get("dryRun").map(String::as_str) {
            None | Some("") => false,
            Some("All") => true,
            Some(other) => {
                return Err(Refusal::invalid(
                    "CreateOptions",
                    "dryRun",
                    &format!("Unsupported value: {other:?}: supported values: \"All\""),
                ));
            }
        };
        let unknown = match query.get("fieldValidation").map(String::as_str) {
            None | Some("" | "Warn") => Unknown::Told,
            Some("Ignore") => Unknown::Ignored,
            Some("Strict") => Unknown::Refused,
            Some(other) => {
                return Err(Refusal::invalid(
                    "CreateOptions",
                    "fieldValidation",
                    &format!(
                        "Unsupported value: {other:?}: supported values: \"Ignore\", \"Strict\", \"Warn\""
                    ),
                ));
            }
        };
        Ok(Self { dry_run, unknown })
    }
}
