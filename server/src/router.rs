//! From a request to the page, server function, stream or file that answers.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use leptos::nonce::{Nonce, use_nonce};
use leptos::prelude::{provide_context, use_context};
use podside_app::pages::{Refused, SentSharing};
use podside_app::shell::shell;
use podside_app::status::PageStatus;
use podside_app::{PortalError, RefusalWords, SharedPortal, Writes};
use tower_http::csrf::CsrfLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

use crate::foreign_text::{BODY_LIMIT, lead_to_legible, with_legible_arguments};
use crate::forms;
use crate::host::{AllowedHosts, check_host};
use crate::portal::ServerPortal;
use crate::preferences;
use crate::referer;
use crate::refusal::refuse;
use crate::reload;
use crate::security::{HEADERS, ROBOTS, content_security_policy};
use crate::session::{Doors, viewer};
use crate::site;
use crate::streams::{LogRoutes, Stopping, change_routes};

/// Longest time for a page, a server function or a file; streams have none.
const REQUEST_LIMIT: Duration = Duration::from_secs(30);

/// Most bytes of a page's address: what it names stands in every link of the page.
const LONGEST_ADDRESS: usize = 8 * 1024;

/// The whole portal, behind these doors. `stopping` ends its streams.
pub(crate) fn portal(
    doors: &Doors,
    stopping: Stopping,
    hosts: AllowedHosts,
    writes: Writes,
) -> Router {
    let for_logs = doors.clone();
    let changes = change_routes(doors.clone(), stopping.clone());
    let logs = LogRoutes::new(
        move |headers, name| {
            let session = for_logs.session(headers);
            async move { session.logs_of(name.as_deref()).await }
        },
        stopping,
    );
    let for_pages = doors.clone();
    let provide_portal = move || {
        let headers = use_context::<Parts>().map(|asked| asked.headers);
        let session = for_pages.session(&headers.unwrap_or_default());
        let portal: SharedPortal = Arc::new(ServerPortal::new(session));
        provide_context(portal);
    };
    let forms = forms::routes(doors.clone());
    let streams = logs.router().merge(changes);
    router(provide_portal, forms, streams, hosts, writes)
}

/// What the whole portal is made of.
///
/// `provide_portal` puts into Leptos' context what pages and server functions
/// ask for; it runs once for each of their requests, where the request's parts
/// are in context already. `forms` are the routes that pages post to: all that is written
/// comes through them, when `writes` allows it. What acts on a cluster is not covered by
/// that: it asks the session what it may do there ([`Acts`](crate::session::Acts)). `streams` are the routes that may last for hours.
fn router(
    provide_portal: impl Fn() + Clone + Send + Sync + 'static,
    forms: Router,
    streams: Router,
    hosts: AllowedHosts,
    writes: Writes,
) -> Router {
    // A second call is an error that says that the first one holds.
    let _ = any_spawner::Executor::init_tokio();
    let provide_portal = move || {
        provide_context(writes);
        provide_portal();
    };
    let functions = {
        let provide_portal = provide_portal.clone();
        move |request: Request| function(provide_portal, request)
    };
    let refusals = {
        let provide_portal = provide_portal.clone();
        move |request: Request, next: Next| say_in_a_page(provide_portal.clone(), request, next)
    };
    let bounded = Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/robots.txt", get(async || ROBOTS))
        .route("/preferences", get(preferences::keep))
        .route("/api/{*function}", post(functions))
        .merge(
            forms
                .layer(from_fn_with_state(writes, check_writes))
                .layer(from_fn(refusals)),
        )
        .merge(reload::routes())
        .fallback(move |request: Request| file_or_page(provide_portal, request))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            REQUEST_LIMIT,
        ))
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT));
    let mut all = bounded
        .merge(streams)
        .layer(from_fn(lead_to_legible))
        .layer(CsrfLayer::new())
        .layer(from_fn_with_state(hosts, check_host));
    for (name, value) in HEADERS {
        all = all.layer(SetResponseHeaderLayer::if_not_present(name, value));
    }
    all.layer(
        TraceLayer::new_for_http().make_span_with(|request: &Request| {
            let uri = without_token(request.uri());
            tracing::debug_span!("request", method = %request.method(), uri)
        }),
    )
}

/// An address as a log may have it: who reads the log may not open what was shared.
fn without_token(uri: &Uri) -> String {
    match uri.path().strip_prefix("/shared/") {
        Some(rest) => match rest.split_once('/') {
            Some((_, rest)) => format!("/shared/[token]/{rest}"),
            None => "/shared/[token]".to_owned(),
        },
        None => uri.to_string(),
    }
}

/// A file of the site when the path names one, else the page that the
/// application has under this path.
async fn file_or_page(
    provide_portal: impl Fn() + Clone + Send + Sync + 'static,
    request: Request,
) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return (
            StatusCode::METHOD_NOT_ALLOWED,
            [(header::ALLOW, "GET, HEAD")],
        )
            .into_response();
    }
    if request.uri().to_string().len() > LONGEST_ADDRESS {
        return address_too_long(request.headers());
    }
    if let Some(file) = site::find(request.uri().path()) {
        return file.answer(request.headers());
    }
    page(provide_portal, request).await
}

/// Says why a page is not made, in the reader's language. It is no page itself: every link
/// of one repeats the address.
fn address_too_long(headers: &HeaderMap) -> Response {
    let words = RefusalWords::of(viewer(headers).lang);
    let says = format!("{}\n", (words.address_too_long)(LONGEST_ADDRESS));
    (StatusCode::URI_TOO_LONG, says).into_response()
}

/// The answer of a server function, with the status that its error names: Leptos itself
/// answers every error with 500.
async fn function(
    provide_portal: impl Fn() + Clone + Send + Sync + 'static,
    request: Request,
) -> Response {
    let status = PageStatus::default();
    let context = {
        let status = status.clone();
        move || {
            provide_context(status.clone());
            provide_portal();
        }
    };
    let request = match with_legible_arguments(request).await {
        Ok(request) => request,
        Err(refusal) => return refusal.into_response(),
    };
    let answer = leptos_axum::handle_server_fns_with_context(context, request).await;
    let mut response = answer.into_response();
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR
        && status.get() != 200
        && let Ok(status) = StatusCode::from_u16(status.get())
    {
        *response.status_mut() = status;
    }
    response
}

/// Refuses whatever is sent to be written, where nothing is.
async fn check_writes(State(writes): State<Writes>, request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let lang = viewer(request.headers()).lang;
    match writes.refusal(lang).filter(|_| !reads) {
        Some(error) => refuse(&error),
        None => next.run(request).await,
    }
}

/// Answers a browser whose form could not be carried out with a page that says why and
/// leads back, and one whose form made a link with the page that shows it; anybody else
/// reads the text.
async fn say_in_a_page(
    provide_portal: impl Fn() + Clone + Send + Sync + 'static,
    request: Request,
    next: Next,
) -> Response {
    let (uri, headers) = (request.uri().clone(), request.headers().clone());
    let response = next.run(request).await;
    let accepts = headers
        .get(header::ACCEPT)
        .map(header::HeaderValue::as_bytes);
    if !accepts.is_some_and(|accepts| accepts.starts_with(b"text/html")) {
        return response;
    }
    if let Some(sent) = response.extensions().get::<SentSharing>().cloned() {
        let mut asked = Request::new(Body::empty());
        (*asked.uri_mut(), *asked.headers_mut()) = (uri, headers);
        let provide = move || {
            provide_context(sent.clone());
            provide_portal();
        };
        return page(provide, asked).await;
    }
    let Some(error) = response.extensions().get::<PortalError>() else {
        return response;
    };
    let refused = Refused {
        error: error.clone(),
        back: referer::page(&headers).unwrap_or_else(|| "/".to_owned()),
    };
    // What stands round the page shows the place that the reader came from.
    let query = refused.back.split_once('?').map_or("", |(_, query)| query);
    let Ok(uri) = format!("{}?{query}", uri.path()).parse::<Uri>() else {
        return response;
    };
    let mut asked = Request::new(Body::empty());
    *asked.uri_mut() = uri;
    *asked.headers_mut() = headers;
    let provide = move || {
        provide_context(refused.clone());
        provide_portal();
    };
    page(provide, asked).await
}

/// Renders the page completely before the first byte is sent: a reader
/// without JavaScript sees all of it, and the status is known in time.
async fn page(
    provide_portal: impl Fn() + Clone + Send + Sync + 'static,
    request: Request<Body>,
) -> Response {
    if request.uri().path_and_query().is_none() {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let status = PageStatus::default();
    let nonce: Arc<OnceLock<Nonce>> = Arc::default();
    let context = {
        let (status, nonce) = (status.clone(), Arc::clone(&nonce));
        move || {
            provide_context(status.clone());
            if let Some(made) = use_nonce() {
                nonce.get_or_init(|| made);
            }
            preferences::provide_preferences();
            provide_portal();
        }
    };
    let render = leptos_axum::render_app_async_with_context(context, || shell(site::files()));
    let mut response = render(request).await;
    if response.status() == StatusCode::OK
        && let Ok(status) = StatusCode::from_u16(status.get())
    {
        *response.status_mut() = status;
    }
    if let Some(policy) = nonce.get().and_then(content_security_policy) {
        response
            .headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    // A page shows a cluster as it is now, to one viewer.
    response
        .headers_mut()
        .entry(header::CACHE_CONTROL)
        .or_insert(header::HeaderValue::from_static("private, no-store"));
    response
}

#[cfg(test)]
mod tests {
    /// Functions are answered whatever may be written: one that writes belongs to the forms.
    #[test]
    fn the_functions_that_a_page_asks_only_read() {
        let mut names: Vec<_> = leptos::server_fn::axum::server_fn_paths()
            .map(|(path, _)| path)
            .collect();
        names.sort_unstable();
        let reads = [
            "events",
            "found",
            "history",
            "investigation",
            "kinds",
            "leftovers",
            "links",
            "logs",
            "objects",
            "problem",
            "resource",
            "runbook",
            "runbooks",
            "shared",
            "sharing",
            "triage",
        ];
        assert_eq!(names, reads.map(|name| format!("/api/{name}")));
    }
}
