//! What the cluster is and has: health, version, discovery, OpenAPI.

use axum::{
    body::Body,
    http::{Method, Response, StatusCode},
};
use serde_json::json;

use super::{
    accept::{Representation, negotiate},
    only_get,
    status::{Refusal, bytes_response, json_response},
};
use crate::{cluster::Cluster, openapi};

/// Health and version, which need no token.
pub(super) fn process_endpoint(
    cluster: &Cluster,
    method: &Method,
    segments: &[&str],
) -> Result<Response<Body>, Refusal> {
    only_get(method, "this")?;
    Ok(if segments == ["version"] {
        // Whoever compares versions must not take the newest for one that nobody knows.
        if !cluster.version_known {
            return Err(Refusal::not_recorded("version of its API server"));
        }
        json_response(StatusCode::OK, &cluster.version)
    } else {
        bytes_response(StatusCode::OK, "text/plain; charset=utf-8", "ok")
    })
}

/// `GET /api` and `/apis`, plain or aggregated.
pub(super) fn discovery(
    cluster: &Cluster,
    method: &Method,
    accept: Option<&str>,
    core: bool,
) -> Result<Response<Body>, Refusal> {
    only_get(method, "discovery")?;
    let allowed = |r| matches!(r, Representation::Object | Representation::Discovery(_));
    if let Representation::Discovery(version) = negotiate(accept, allowed)? {
        let content_type = match version {
            "apidiscovery.k8s.io/v2" => {
                "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
            }
            _ => "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList",
        };
        let document = cluster.catalogue.aggregated(core, version);
        return Ok(bytes_response(
            StatusCode::OK,
            content_type,
            document.to_string(),
        ));
    }
    let document = if core {
        json!({
            "kind": "APIVersions", "versions": ["v1"],
            "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": cluster.address}],
        })
    } else {
        cluster.catalogue.group_list()
    };
    Ok(json_response(StatusCode::OK, &document))
}

/// `GET /openapi/v3` and below. The recorded documents are those of the recorded API server only.
pub(super) fn openapi_document(
    cluster: &Cluster,
    rest: &[&str],
) -> Result<Response<Body>, Refusal> {
    let refusal = || Refusal::not_recorded("such OpenAPI document");
    match rest {
        ["v3"] if cluster.built_in_version => Ok(json_response(StatusCode::OK, &openapi::index())),
        ["v3", path @ ..] if cluster.built_in_version => openapi::document(&path.join("/"))
            .map(|bytes| bytes_response(StatusCode::OK, "application/json", bytes))
            .ok_or_else(refusal),
        _ => Err(refusal()),
    }
}
