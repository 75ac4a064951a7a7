//! Answering one request as a Kubernetes API server would
//! (<https://kubernetes.io/docs/reference/using-api/api-concepts/>).

mod accept;
mod change;
mod collection;
mod discovery;
mod log;
mod protobuf;
mod review;
mod status;
#[cfg(test)]
mod tests;
mod watch;

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header, request::Parts},
};
use percent_encoding::percent_decode_str;
use serde_json::json;
use subtle::ConstantTimeEq;

use crate::{catalogue::Resource, cluster::Cluster};
use status::json_response;

pub(crate) use status::Refusal;

/// The first value of each query parameter.
pub(crate) type Query = BTreeMap<String, String>;

/// Answer one request.
pub(crate) async fn handle(
    State(cluster): State<Arc<Cluster>>,
    request: Request<Body>,
) -> Response<Body> {
    let date = cluster.http_date();
    let mut response = match answer(cluster, request).await {
        Ok(response) => response,
        Err(refusal) => refusal.response(),
    };
    // A client learns the cluster's "now" from here when it is not its own.
    if let Some(date) = date.and_then(|d| HeaderValue::from_str(&d).ok()) {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

async fn answer(cluster: Arc<Cluster>, request: Request<Body>) -> Result<Response<Body>, Refusal> {
    let (mut parts, body) = request.into_parts();
    let path = parts.uri.path().trim_end_matches('/').to_owned();
    let segments: Vec<String> = path
        .split('/')
        .skip(1)
        .map(|s| {
            percent_decode_str(s)
                .decode_utf8()
                .map(Cow::into_owned)
                .map_err(|_| Refusal::bad_request("the path is not valid UTF-8"))
        })
        .collect::<Result<_, _>>()?;
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();

    if let ["healthz" | "livez" | "readyz", ..] | ["version"] = segments.as_slice() {
        return discovery::process_endpoint(&cluster, &parts.method, &segments);
    }
    authenticate(&cluster, &parts.headers)?;
    let query: Query = url::form_urlencoded::parse(parts.uri.query().unwrap_or("").as_bytes())
        .into_owned()
        .fold(Query::new(), |mut map, (k, v)| {
            map.entry(k).or_insert(v);
            map
        });
    let accept = parts
        .headers
        .get(header::ACCEPT)
        .and_then(|v| v.to_str().ok())
        .map(str::to_owned);
    let accept = accept.as_deref();
    let method = parts.method.clone();

    match segments.as_slice() {
        [""] | [] => only_get(&parts.method, "/").map(|()| {
            json_response(
                StatusCode::OK,
                &json!({"paths": ["/api", "/api/v1", "/apis", "/healthz", "/livez", "/readyz", "/version"]}),
            )
        }),
        ["api"] => discovery::discovery(&cluster, &parts.method, accept, true),
        ["apis"] => discovery::discovery(&cluster, &parts.method, accept, false),
        ["apis", group] => {
            only_get(&parts.method, &path)?;
            cluster
                .catalogue
                .group(group)
                .map(|d| json_response(StatusCode::OK, &d))
                .ok_or_else(Refusal::no_path)
        }
        ["openapi", rest @ ..] => {
            only_get(&parts.method, "OpenAPI documents")?;
            discovery::openapi_document(&cluster, rest)
        }
        ["api", version, rest @ ..] => {
            Call { cluster, method, query, accept, group: "", version }
                .run(rest, &mut parts, body)
                .await
        }
        ["apis", group, version, rest @ ..] => {
            Call { cluster, method, query, accept, group, version }
                .run(rest, &mut parts, body)
                .await
        }
        _ => Err(Refusal::no_path()),
    }
}

/// A request below a group and version.
struct Call<'a> {
    cluster: Arc<Cluster>,
    method: Method,
    query: Query,
    accept: Option<&'a str>,
    group: &'a str,
    version: &'a str,
}

impl Call<'_> {
    async fn run(
        self,
        rest: &[&str],
        parts: &mut Parts,
        body: Body,
    ) -> Result<Response<Body>, Refusal> {
        if !self.cluster.catalogue.has_version(self.group, self.version) {
            return Err(Refusal::no_path());
        }
        if rest.is_empty() {
            only_get(&self.method, "a resource list")?;
            return self
                .cluster
                .catalogue
                .resource_list(self.group, self.version)
                .map(|d| json_response(StatusCode::OK, &d))
                .ok_or_else(Refusal::no_path);
        }
        let target = self.target(rest)?;
        if target.resource.verbs.iter().any(|v| v == "create") {
            return if self.method == Method::POST && target.name.is_none() {
                review::answer(&self.cluster, &target.resource, &parts.headers, body).await
            } else {
                Err(Refusal::read_only(
                    self.method.as_str(),
                    &target.resource.plural,
                ))
            };
        }
        match (target.name, target.subresource) {
            (Some(name), Some(subresource)) => {
                let part = Part {
                    namespace: target.namespace.unwrap_or(""),
                    name,
                    subresource,
                };
                self.subresource(&target.resource, part, parts, body).await
            }
            (_, _) if self.method != Method::GET => {
                self.change(&target, &parts.headers, body).await
            }
            (name, _) => {
                let verb = if flag(&self.query, "watch") {
                    "watch"
                } else if name.is_some() {
                    "get"
                } else {
                    "list"
                };
                self.cluster
                    .access
                    .check(verb, &target.resource, target.namespace, name)?;
                let scope = collection::Scope {
                    cluster: self.cluster.clone(),
                    resource: target.resource.clone(),
                    namespace: target.namespace.map(str::to_owned),
                    name: name.map(str::to_owned),
                };
                if verb == "watch" {
                    watch::answer(scope, &self.query, self.accept)
                } else if let Some(name) = name {
                    collection::get(&scope, name, &self.query, self.accept)
                } else {
                    collection::list(&scope, &self.query, self.accept)
                }
            }
        }
    }

    async fn subresource(
        &self,
        resource: &Resource,
        part: Part<'_>,
        parts: &mut Parts,
        body: Body,
    ) -> Result<Response<Body>, Refusal> {
        let Part {
            namespace,
            name,
            subresource,
        } = part;
        let qualified = format!("{}/{subresource}", resource.plural);
        match (resource.plural.as_str(), subresource) {
            ("pods", "exec") => self.exec(resource, part, parts).await,
            ("pods", "ephemeralcontainers") if self.method == Method::PATCH => {
                self.add_container(resource, part, &parts.headers, body)
                    .await
            }
            ("pods", "log") if self.method == Method::GET => {
                self.cluster.access.check_named(
                    "get",
                    &qualified,
                    "",
                    Some(namespace),
                    Some(name),
                )?;
                log::answer(&self.cluster, resource, namespace, name, &self.query)
            }
            ("pods", "attach" | "portforward" | "proxy") | ("services" | "nodes", "proxy") => Err(
                Refusal::unrecorded(&format!("live process behind {qualified}")),
            ),
            (
                _,
                "status"
                | "scale"
                | "finalize"
                | "eviction"
                | "binding"
                | "ephemeralcontainers"
                | "resize"
                | "token",
            ) if self.method != Method::GET => {
                Err(Refusal::read_only(verb_of(&self.method), &qualified))
            }
            _ => Err(Refusal::no_path()),
        }
    }

    /// What the rest of the path names.
    fn target<'p>(&self, rest: &[&'p str]) -> Result<Target<'p>, Refusal> {
        let (namespace, plural, name, subresource) = match *rest {
            ["namespaces"] => (None, "namespaces", None, None),
            ["namespaces", name] => (None, "namespaces", Some(name), None),
            ["namespaces", name, sub @ ("status" | "finalize")] => {
                (None, "namespaces", Some(name), Some(sub))
            }
            ["namespaces", namespace, plural] => (Some(namespace), plural, None, None),
            ["namespaces", namespace, plural, name] => (Some(namespace), plural, Some(name), None),
            ["namespaces", namespace, plural, name, sub, ..] => {
                (Some(namespace), plural, Some(name), Some(sub))
            }
            [plural] => (None, plural, None, None),
            [plural, name] => (None, plural, Some(name), None),
            [plural, name, sub, ..] => (None, plural, Some(name), Some(sub)),
            [] => return Err(Refusal::no_path()),
        };
        let resource = self
            .cluster
            .catalogue
            .find(self.group, self.version, plural)
            .ok_or_else(Refusal::no_path)?
            .clone();
        // A cluster-scoped kind has no namespace, and one object of a
        // namespaced kind has no path without one.
        if resource.namespaced && namespace.is_none() && name.is_some()
            || !resource.namespaced && namespace.is_some()
        {
            return Err(Refusal::no_path());
        }
        Ok(Target {
            resource,
            namespace,
            name,
            subresource,
        })
    }
}

/// A part of an object, such as a Pod's log.
#[derive(Clone, Copy)]
struct Part<'p> {
    /// Empty for an object without one.
    namespace: &'p str,
    name: &'p str,
    subresource: &'p str,
}

struct Target<'p> {
    resource: Resource,
    namespace: Option<&'p str>,
    name: Option<&'p str>,
    subresource: Option<&'p str>,
}

fn authenticate(cluster: &Cluster, headers: &HeaderMap) -> Result<(), Refusal> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map_or("", |(_, token)| token.trim());
    let same: bool = token.as_bytes().ct_eq(cluster.token.as_bytes()).into();
    if !same {
        return Err(Refusal::unauthorized());
    }
    if headers.contains_key("impersonate-user") || headers.contains_key("impersonate-uid") {
        return Err(Refusal::forbidden(
            "the practice cluster has one user and no impersonation",
            "users",
            "",
        ));
    }
    Ok(())
}

fn only_get(method: &Method, what: &str) -> Result<(), Refusal> {
    if method == Method::GET {
        Ok(())
    } else {
        Err(Refusal::read_only(verb_of(method), what))
    }
}

fn verb_of(method: &Method) -> &'static str {
    match method.as_str() {
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => "delete",
        _ => "do this to",
    }
}

/// Whether a boolean query parameter is on, as Kubernetes reads it.
fn flag(query: &Query, name: &str) -> bool {
    query
        .get(name)
        .is_some_and(|v| !matches!(v.as_str(), "" | "0" | "false" | "False" | "f" | "F"))
}

/// A whole, non-negative number of a query parameter.
fn number(query: &Query, name: &str) -> Result<Option<u64>, Refusal> {
    query
        .get(name)
        .filter(|v| !v.is_empty())
        .map(|v| {
            v.parse().map_err(|_| {
                Refusal::bad_request(format!("{name}: {v:?} is not a non-negative whole number"))
            })
        })
        .transpose()
}
