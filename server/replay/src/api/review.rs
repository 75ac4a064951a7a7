//! Who am I and what may I do: answered from the access that the served
//! cluster grants (<https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access>).

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Response, StatusCode, header},
};
use serde_json::{Value, json};

use super::{
    protobuf,
    status::{Refusal, json_response},
};
use crate::{access::USER, catalogue::Resource, cluster::Cluster, fields::Fields};

/// A review is a few hundred bytes; this leaves room for strange clients.
const MAX_BODY: usize = 64 << 10;

/// Answer `POST` of a review.
pub(super) async fn answer(
    cluster: &Cluster,
    resource: &Resource,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response<Body>, Refusal> {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or("application/json");
    let bytes = to_bytes(body, MAX_BODY)
        .await
        .map_err(|_| Refusal::too_large())?;
    let unreadable = |why: String| {
        Refusal::bad_request(format!(
            "the object provided is unrecognized (must be of type {}): {why}",
            resource.kind
        ))
    };
    let review: Value = if bytes.is_empty() {
        json!({})
    } else if content_type.starts_with("application/vnd.kubernetes.protobuf") {
        protobuf::review(&bytes).ok_or_else(|| unreadable("broken protobuf".to_owned()))?
    } else if content_type.starts_with("application/json") {
        serde_json::from_slice(&bytes).map_err(|e| unreadable(e.to_string()))?
    } else {
        return Err(Refusal::unsupported_media());
    };
    let (spec, status) = match resource.kind.as_str() {
        "SelfSubjectAccessReview" => access(cluster, &review)?,
        "SelfSubjectRulesReview" => (
            json!({}),
            cluster.access.rules(review.text("/spec/namespace")),
        ),
        _ => (
            Value::Null,
            json!({"userInfo": {"username": USER, "groups": ["system:authenticated"]}}),
        ),
    };
    let mut answer = json!({
        "kind": resource.kind, "apiVersion": resource.api_version(),
        "metadata": {}, "status": status,
    });
    if let (false, Some(map)) = (spec.is_null(), answer.as_object_mut()) {
        map.insert("spec".to_owned(), spec);
    }
    Ok(json_response(StatusCode::CREATED, &answer))
}

fn access(cluster: &Cluster, review: &Value) -> Result<(Value, Value), Refusal> {
    let spec = review.get("spec").cloned().unwrap_or_default();
    if let Some(path) = spec
        .pointer("/nonResourceAttributes/path")
        .and_then(Value::as_str)
    {
        let known = ["/version", "/healthz", "/livez", "/readyz", "/api", "/apis"];
        let allowed = known.contains(&path) && spec.text("/nonResourceAttributes/verb") == "get";
        return Ok((spec.clone(), json!({"allowed": allowed})));
    }
    if !spec.has("/resourceAttributes") {
        return Err(Refusal::invalid(
            "SelfSubjectAccessReview",
            "spec.resourceAttributes",
            "exactly one of nonResourceAttributes or resourceAttributes must be specified",
        ));
    }
    let attribute = |name: &str| spec.text(&format!("/resourceAttributes/{name}")).to_owned();
    let refused = cluster.access.refusal(
        &cluster.catalogue,
        &attribute("verb"),
        &attribute("group"),
        &attribute("resource"),
        &attribute("subresource"),
        &attribute("namespace"),
    );
    let status = match refused {
        None => json!({"allowed": true}),
        Some(reason) => json!({"allowed": false, "reason": reason}),
    };
    Ok((spec, status))
}
