//! Requests that change something: those that are played, and those that are only tried.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header, request::Parts},
};

use super::{
    Call, Part, Target,
    status::{Refusal, json_response},
    verb_of,
};
use crate::{
    acting::{Change, ExecRequest, container, create, delete, trial::Tried},
    catalogue::Resource,
};

/// From this version on, to connect to a Pod must be allowed as creating something, too
/// (`AuthorizePodWebsocketUpgradeCreatePermission`).
const CONNECT_CREATES_FROM: u32 = 35;

impl Call<'_> {
    /// Creates, patches or deletes an object, or tries to.
    pub(super) async fn change(
        &self,
        target: &Target<'_>,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<Response<Body>, Refusal> {
        let resource = &target.resource;
        let verb = verb_of(&self.method);
        let read_only = || Refusal::read_only(verb, &resource.qualified());
        let is_pod = resource.is_pod();
        let is_tried = self.query.get("dryRun").is_some_and(|v| !v.is_empty());
        let can_be = match (self.method.as_str(), target.name) {
            ("POST", None) | ("DELETE", Some(_)) => is_pod || is_tried,
            ("PATCH", Some(_)) => is_tried,
            _ => false,
        };
        // Something in every namespace at once is changed by nobody.
        if !can_be || resource.namespaced && target.namespace.is_none() {
            return Err(read_only());
        }
        self.cluster
            .access
            .check(verb, resource, target.namespace, target.name)?;
        let wanted = Change::read(&self.query, headers, body).await?;
        let Some(name) = target.name else {
            let namespace = target.namespace;
            let tried = match namespace.filter(|_| is_pod) {
                Some(namespace) => create::pod(&self.cluster, resource, namespace, &wanted)?,
                None => crate::acting::trial::create(&self.cluster, resource, namespace, &wanted)?,
            };
            return Ok(answer(StatusCode::CREATED, &tried));
        };
        let namespace = target.namespace.unwrap_or_default();
        if self.method == Method::DELETE {
            let place = (namespace, name);
            if !is_pod && !wanted.is_tried() {
                return Err(read_only());
            }
            let object = delete::object(&self.cluster, resource, place, &self.query, &wanted)?;
            return Ok(json_response(StatusCode::OK, &object));
        }
        let before = self
            .cluster
            .store
            .get(&resource.storage, namespace, name)
            .and_then(|object| crate::convert::to(resource, &object))
            .ok_or_else(|| Refusal::no_object(resource, name))?;
        let tried = crate::acting::trial::patch(&self.cluster, resource, &before, &wanted)?;
        Ok(answer(StatusCode::OK, &tried))
    }

    /// Adds a container to a Pod.
    pub(super) async fn add_container(
        &self,
        pods: &Resource,
        part: Part<'_>,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<Response<Body>, Refusal> {
        self.check_part("patch", pods, part)?;
        let wanted = Change::read(&self.query, headers, body).await?;
        let place = (part.namespace, part.name);
        let tried = container::patch(&self.cluster, pods, place, &wanted)?;
        Ok(answer(StatusCode::OK, &tried))
    }

    /// Runs a command in a container.
    pub(super) async fn exec(
        &self,
        pods: &Resource,
        part: Part<'_>,
        parts: &mut Parts,
    ) -> Result<Response<Body>, Refusal> {
        let verb = match self.method {
            Method::GET => "get",
            Method::POST => "create",
            _ => return Err(Refusal::read_only(verb_of(&self.method), "pods/exec")),
        };
        self.check_part(verb, pods, part)?;
        if self.cluster.minor_version() >= Some(CONNECT_CREATES_FROM) {
            self.check_part("create", pods, part)?;
        }
        let request = ExecRequest {
            cluster: &self.cluster,
            pods,
            namespace: part.namespace,
            name: part.name,
        };
        request.answer(parts).await
    }

    fn check_part(&self, verb: &str, resource: &Resource, part: Part<'_>) -> Result<(), Refusal> {
        let qualified = format!("{}/{}", resource.plural, part.subresource);
        self.cluster.access.check_named(
            verb,
            &qualified,
            &resource.group,
            Some(part.namespace),
            Some(part.name),
        )
    }
}

/// The object as it is or would be, with what the client is told beside it
/// (<https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation>).
fn answer(code: StatusCode, tried: &Tried) -> Response<Body> {
    let mut response = json_response(code, &tried.object);
    for warning in &tried.warnings {
        let quoted = warning.replace('\\', "\\\\").replace('"', "\\\"");
        if let Ok(value) = HeaderValue::from_str(&format!("299 - \"{quoted}\"")) {
            response.headers_mut().append(header::WARNING, value);
        }
    }
    response
}
