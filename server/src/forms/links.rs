//! The forms that make links and revoke them.

use axum::Extension;
use axum::extract::Path;
use axum::http::header::{HOST, HeaderMap, ORIGIN};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use podside_app::pages::SentSharing;
use podside_app::{Place, PortalError, RefusalWords, address};
use podside_model::form::{LinkForm, LinkScope, ProblemLinkForm, RevocationForm};
use podside_model::view::{MadeLink, ShareOf};
use podside_model::{InvestigationId, Lang, ObjectRef, ProblemId};
use podside_store::{ShareForm, ShareScope};

use super::sent::Sent;
use super::{NEVER_KEPT, lead_on};
use crate::investigations::{Asked, Investigations, Sharing};
use crate::referer;
use crate::refusal::refuse;
use crate::session::Session;

/// Makes a link to an investigation.
pub(super) async fn share(
    session: Session,
    Path(id): Path<InvestigationId>,
    headers: HeaderMap,
    Sent(form): Sent<LinkForm>,
) -> Response {
    let made = match asked(session.lang(), &form) {
        Ok(asked) => {
            let investigations = Investigations::of(&session);
            investigations.share(id, form.seen, asked).await
        }
        Err(error) => Err(error),
    };
    answer(&headers, session.lang(), ShareOf::Investigation(id), made)
}

/// Keeps a problem as it is found now, and makes a link to it.
pub(super) async fn share_problem(
    session: Session,
    headers: HeaderMap,
    Sent(form): Sent<ProblemLinkForm>,
) -> Response {
    let id = ProblemId {
        cause: form.cause,
        subject: ObjectRef {
            container: form.container,
            ..form.subject.0
        },
    };
    let place = Place {
        cluster: form.cluster,
        namespace: form.namespace,
    };
    let made = match asked(session.lang(), &form.link) {
        Ok(asked) => {
            let seen = &form.link.seen;
            Investigations::of(&session)
                .share_problem(&place, &id, seen, asked)
                .await
        }
        Err(error) => Err(error),
    };
    answer(&headers, session.lang(), ShareOf::Problem(id), made)
}

/// Makes a link dead, and leads back to where it was listed.
pub(super) async fn revoke(
    session: Session,
    Path(id): Path<i64>,
    headers: HeaderMap,
    Sent(form): Sent<RevocationForm>,
) -> Response {
    let revoked = Investigations::of(&session).revoke(id).await;
    lead_on(revoked.map(|()| back(&headers, form.investigation)))
}

/// Leads from the address of a form, under which a browser may ask again for the page that
/// showed a link once, to the list of the links.
pub(super) async fn to_links(Path(id): Path<InvestigationId>) -> Redirect {
    Redirect::to(&address::links(&Place::default(), id))
}

/// The same of the form that shares a problem: which one it was is not in its address.
pub(super) async fn to_history() -> Redirect {
    Redirect::to(&address::history(&Place::default()))
}

fn asked<Seen>(lang: Lang, form: &LinkForm<Seen>) -> Result<Asked, PortalError> {
    let id = ShareForm::parse(&form.form).ok_or_else(|| PortalError::Invalid {
        what: RefusalWords::of(lang).form.to_owned(),
    })?;
    Ok(Asked {
        form: id,
        live: form.scope == LinkScope::Live,
        days: form.days.days(),
    })
}

/// Answers with the link itself.
///
/// The token is in the body of this one answer. A redirect would need it in an address,
/// where logs and the browser's history keep it, or kept here until the next request. The
/// price is that a reload sends the form again; by its id it makes no second link.
fn answer(
    headers: &HeaderMap,
    lang: Lang,
    of: ShareOf,
    sharing: Result<Sharing, PortalError>,
) -> Response {
    let (status, id, made, text) = match sharing {
        Err(error) => return refuse(&error),
        Ok(Sharing::Before(id)) => {
            let says = RefusalWords::of(lang).link_made_before;
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
fn back(headers: &HeaderMap, investigation: Option<InvestigationId>) -> String {
    let page = referer::page(headers).filter(|page| {
        // What stands under the address of a form was the answer to it.
        let path = page.split('?').next().unwrap_or_default();
        path.starts_with("/investigations/") && !path.ends_with("/shares")
    });
    let named = || Some(address::links(&Place::default(), investigation?));
    page.or_else(named)
        .unwrap_or_else(|| address::history(&Place::default()))
}

#[cfg(test)]
mod tests {
    use axum::http::header::REFERER;
    use podside_model::form::LinkDays;

    use super::*;

    #[test]
    fn back_never_leaves_the_investigations() {
        let mut headers = HeaderMap::new();
        let named = Some(InvestigationId(3));
        assert_eq!(back(&headers, None), "/history");
        assert_eq!(back(&headers, named), "/investigations/3/links");
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
            assert_eq!(back(&headers, None), expected, "{referer}");
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
    fn a_form_names_itself_and_what_it_asks_for() {
        let form = ShareForm::random().unwrap().text();
        let sent = LinkForm {
            form,
            seen: 4,
            scope: LinkScope::Live,
            days: LinkDays::default(),
        };
        let asked_for = asked(Lang::En, &sent).unwrap();
        assert_eq!((asked_for.days, asked_for.live), (7, true));
        let nameless = LinkForm {
            form: "x".to_owned(),
            ..sent
        };
        assert!(asked(Lang::En, &nameless).is_err());
    }
}
