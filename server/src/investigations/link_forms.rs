//! The forms that make links and revoke them.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{HOST, HeaderMap, ORIGIN};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use podside_app::pages::SentSharing;
use podside_app::{Place, PortalError, Viewer, address};
use podside_model::view::{MadeLink, SHARE_DAYS, SHARE_DAYS_USUAL, ShareOf};
use podside_model::{InvestigationId, Lang, ProblemId};
use podside_store::{ShareForm, ShareScope};

use super::forms::{NEVER_KEPT, Sent, Shared, invalid, object, refuse, viewer};
use super::sharing::{Asked, Sharing};
use crate::referer;

/// Makes a link to an investigation.
pub(super) async fn share(
    State(investigations): Shared,
    Path(id): Path<i64>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let (viewer, sent) = (viewer(&headers), Sent::read(&body));
    let id = InvestigationId(id);
    let made = match asked(&viewer, &sent) {
        Ok(asked) => investigations.share(&viewer, id, asked).await,
        Err(error) => Err(error),
    };
    answer(&headers, &viewer, ShareOf::Investigation(id), made)
}

/// Keeps a problem as it is found now, and makes a link to it.
pub(super) async fn share_problem(
    State(investigations): Shared,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let (viewer, sent) = (viewer(&headers), Sent::read(&body));
    let (id, asked) = match problem(&viewer, &sent).and_then(|id| Ok((id, asked(&viewer, &sent)?)))
    {
        Ok(both) => both,
        Err(error) => return refuse(&error),
    };
    let place = Place {
        cluster: sent.get("cluster").map(str::to_owned),
        namespace: sent.get("namespace").map(str::to_owned),
    };
    let made = investigations
        .share_problem(&viewer, &place, &id, asked)
        .await;
    answer(&headers, &viewer, ShareOf::Problem(id), made)
}

/// Makes a link dead, and leads back to where it was listed.
pub(super) async fn revoke(
    State(investigations): Shared,
    Path(id): Path<i64>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let (viewer, sent) = (viewer(&headers), Sent::read(&body));
    match investigations.revoke(&viewer, id).await {
        Ok(()) => Redirect::to(&back(&headers, &sent)).into_response(),
        Err(error) => refuse(&error),
    }
}

/// Leads from the address of a form, under which a browser may ask again for the page that
/// showed a link once, to the list of the links.
pub(super) async fn to_links(Path(id): Path<i64>) -> Redirect {
    let id = InvestigationId(id);
    Redirect::to(&address::links(&Place::default(), id))
}

/// The same of the form that shares a problem: which one it was is not in its address.
pub(super) async fn to_history() -> Redirect {
    Redirect::to(&address::history(&Place::default()))
}

fn problem(viewer: &Viewer, sent: &Sent) -> Result<ProblemId, PortalError> {
    let subject = sent.get("subject").and_then(object);
    let subject = subject.ok_or_else(|| invalid(viewer.lang, "subject"))?;
    let container = sent.get("container").map(str::to_owned);
    let cause = sent.get("cause").unwrap_or_default();
    address::problem_of(cause, subject, container).ok_or_else(|| invalid(viewer.lang, "cause"))
}

fn asked(viewer: &Viewer, sent: &Sent) -> Result<Asked, PortalError> {
    let form = sent.get("form").and_then(ShareForm::parse);
    let days = match sent.get("days") {
        Some(days) => days.parse().ok().filter(|days| SHARE_DAYS.contains(days)),
        None => Some(SHARE_DAYS_USUAL),
    };
    Ok(Asked {
        form: form.ok_or_else(|| invalid(viewer.lang, "form"))?,
        live: sent.get("scope") == Some("live"),
        days: days.ok_or_else(|| invalid(viewer.lang, "days"))?,
        seen: sent.get("seen").unwrap_or_default().to_owned(),
    })
}

/// Answers with the link itself.
///
/// The token is in the body of this one answer. A redirect would need it in an address,
/// where logs and the browser's history keep it, or kept here until the next request. The
/// price is that a reload sends the form again; by its id it makes no second link.
fn answer(
    headers: &HeaderMap,
    viewer: &Viewer,
    of: ShareOf,
    sharing: Result<Sharing, PortalError>,
) -> Response {
    let (status, id, made, text) = match sharing {
        Err(error) => return refuse(&error),
        Ok(Sharing::Before(id)) => {
            let says = match viewer.lang {
                Lang::En => {
                    "This form has made its link already. The link was shown once; make another if it is lost."
                }
                Lang::Ja => {
                    "このフォームのリンクは作成済みです。リンクは一度だけ表示されます。失った場合は、別のリンクを作成します。"
                }
            };
            (StatusCode::CONFLICT, id, None, says.to_owned())
        }
        Ok(Sharing::Made {
            share,
            token,
            hidden,
            since,
        }) => {
            let url = format!("{}{}", origin(headers), address::shared(&token.reveal()));
            let made = MadeLink {
                url: url.clone(),
                id: share.id,
                frozen_at: (share.scope != ShareScope::Live).then_some(share.created_at),
                expires_at: share.expires_at,
                hidden,
                since,
            };
            (StatusCode::OK, share.investigation, Some(made), url)
        }
    };
    let page = Extension(SentSharing { id, of, made });
    let kept: [(HeaderName, &str); 1] = [NEVER_KEPT];
    (status, kept, page, format!("{text}\n")).into_response()
}

/// What stands before the path in this portal's addresses, as the browser has it.
///
/// It says so with every form; the router has refused an `Origin` that is not that of the
/// `Host`. Without one, TLS cannot be told.
fn origin(headers: &HeaderMap) -> String {
    let named = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let host = named(HOST).unwrap_or_default();
    named(ORIGIN)
        .filter(|origin| {
            let host_of = origin
                .strip_prefix("https://")
                .or_else(|| origin.strip_prefix("http://"));
            host_of == Some(host)
        })
        .map_or_else(|| format!("http://{host}"), str::to_owned)
}

/// The page that the form stood on, if it was an investigation or its links; else the
/// links of the investigation that the form names.
fn back(headers: &HeaderMap, sent: &Sent) -> String {
    let page = referer::page(headers).filter(|page| {
        // What stands under the address of a form was the answer to it.
        let path = page.split('?').next().unwrap_or_default();
        path.starts_with("/investigations/") && !path.ends_with("/shares")
    });
    let named = || {
        let id = sent.get("investigation")?.parse().ok()?;
        Some(address::links(&Place::default(), InvestigationId(id)))
    };
    page.or_else(named)
        .unwrap_or_else(|| address::history(&Place::default()))
}

#[cfg(test)]
mod tests {
    use axum::http::header::REFERER;

    use super::*;

    #[test]
    fn back_never_leaves_the_investigations() {
        let mut headers = HeaderMap::new();
        let (nothing, named) = (Sent::read(b""), Sent::read(b"investigation=3"));
        assert_eq!(back(&headers, &nothing), "/history");
        assert_eq!(back(&headers, &named), "/investigations/3/links");
        assert_eq!(
            back(&headers, &Sent::read(b"investigation=//x")),
            "/history"
        );
        for (referer, expected) in [
            (
                "http://127.0.0.1:8080/investigations/3?tree=all",
                "/investigations/3?tree=all",
            ),
            (
                "http://127.0.0.1:8080/investigations/3/shares?cluster=a",
                "/history",
            ),
            ("http://127.0.0.1:8080/problems/shares", "/history"),
            ("http://evil.example//x", "/history"),
            ("javascript:alert(1)", "/history"),
        ] {
            headers.insert(REFERER, referer.parse().unwrap());
            assert_eq!(back(&headers, &nothing), expected, "{referer}");
        }
    }

    #[test]
    fn a_link_begins_as_the_browser_names_this_portal() {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, "podside.example:8443".parse().unwrap());
        assert_eq!(origin(&headers), "http://podside.example:8443");
        for (said, expected) in [
            (
                "https://podside.example:8443",
                "https://podside.example:8443",
            ),
            ("https://evil.example", "http://podside.example:8443"),
            ("null", "http://podside.example:8443"),
            (
                "javascript:podside.example:8443",
                "http://podside.example:8443",
            ),
        ] {
            headers.insert(ORIGIN, said.parse().unwrap());
            assert_eq!(origin(&headers), expected, "{said}");
        }
    }

    #[test]
    fn a_form_names_itself_and_one_of_the_spans_that_are_offered() {
        let viewer = Viewer {
            name: None,
            lang: Lang::En,
        };
        let form = ShareForm::random().unwrap().text();
        let asked = |rest: &str| {
            let body = format!("form={form}{rest}");
            asked(&viewer, &Sent::read(body.as_bytes()))
        };
        let usual = asked("").unwrap();
        assert_eq!((usual.days, usual.live), (7, false));
        let other = asked("&days=90&scope=live&seen=4").unwrap();
        assert_eq!(
            (other.days, other.live, other.seen.as_str()),
            (90, true, "4")
        );
        for wrong in ["&days=0", "&days=91", "&days=x", "&days=-7"] {
            assert!(asked(wrong).is_err(), "{wrong}");
        }
        assert!(super::asked(&viewer, &Sent::read(b"days=7&form=x")).is_err());
    }
}
