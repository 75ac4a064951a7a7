use axum::Form;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use podside_app::{PortalError, RefusalWords};
use serde::de::DeserializeOwned;

use crate::foreign_text::with_legible_fields;
use crate::refusal::refuse;
use crate::session::viewer;

/// What a form says as it was sent, with texts that may be shown and kept.
#[derive(Debug)]
pub(super) struct Sent<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Sent<T> {
    /// Says in the sender's language that the form is not one.
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let lang = viewer(request.headers()).lang;
        let request = with_legible_fields(request)
            .await
            .map_err(IntoResponse::into_response)?;
        match Form::from_request(request, state).await {
            Ok(Form(form)) => Ok(Self(form)),
            Err(rejection) => {
                tracing::debug!(%rejection, "a form could not be read");
                Err(refuse(&PortalError::Invalid {
                    what: RefusalWords::of(lang).form.to_owned(),
                }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::StatusCode;
    use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE};
    use podside_model::form::{
        AnswerForm, LinkForm, LinkScope, NamedObject, NoteForm, ProblemLinkForm, RevocationForm,
        StartForm, WalkForm,
    };
    use podside_model::{Answer, InvestigationId, Lang, ObjectRef};

    use super::*;

    const FORM: &str = "application/x-www-form-urlencoded";

    async fn read<T: DeserializeOwned>(body: &str, content_type: &str) -> Result<T, Response> {
        let request = Request::post("/")
            .header(CONTENT_TYPE, content_type)
            .header(ACCEPT_LANGUAGE, "ja")
            .body(Body::from(body.to_owned()))
            .unwrap();
        let Sent(form) = Sent::<T>::from_request(request, &()).await?;
        Ok(form)
    }

    async fn reads<T: DeserializeOwned>(body: &str) -> T {
        read(body, FORM).await.unwrap()
    }

    /// That a form is refused, in words of the reader's language that repeat nothing of it.
    async fn refuses<T: DeserializeOwned + std::fmt::Debug>(body: &str, content_type: &str) {
        let refused = read::<T>(body, content_type).await.unwrap_err();
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST, "{body}");
        assert!(refused.extensions().get::<PortalError>().is_some());
        let said = to_bytes(refused.into_body(), 10_000).await.unwrap();
        let said = String::from_utf8(said.to_vec()).unwrap();
        assert_eq!(said.trim_end(), RefusalWords::of(Lang::Ja).form);
    }

    #[tokio::test]
    async fn a_form_is_read_into_its_struct() {
        let started: StartForm =
            reads("cluster=practice&runbook=pod&target=Pod%2Fshop%2Fcart").await;
        assert_eq!(
            started.target,
            NamedObject(ObjectRef::namespaced("Pod", "shop", "cart"))
        );
        let answered: AnswerForm = reads("after=2&step=ready&answer=unknown&more=x").await;
        assert_eq!((answered.after, answered.answer), (2, Answer::Unknown));
        let noted: NoteForm = reads("text=a+b%E2%80%AEc").await;
        // What reorders text is gone before anybody reads it.
        assert_eq!((noted.step, noted.text.as_str()), (None, "a bc"));
        let linked: LinkForm = reads("form=f&seen=4&days=90&scope=live").await;
        assert_eq!((linked.seen, linked.days.days()), (4, 90));
        assert_eq!(linked.scope, LinkScope::Live);
        let kept: ProblemLinkForm =
            reads("cause=oom-killed&subject=Node%2F-%2Fn1&form=f&seen=3f").await;
        assert_eq!(kept.subject.0, ObjectRef::cluster("Node", "n1"));
        assert_eq!((kept.link.days.days(), kept.link.seen.as_str()), (7, "3f"));
        assert_eq!(kept.link.scope, LinkScope::Frozen);
        let revoked: RevocationForm = reads("investigation=3").await;
        assert_eq!(revoked.investigation, Some(InvestigationId(3)));
        assert_eq!(reads::<RevocationForm>("").await.investigation, None);
    }

    #[tokio::test]
    async fn what_is_no_form_is_refused_without_repeating_it() {
        for body in ["", "after=x", "after=-1", "after=1&after=2"] {
            refuses::<WalkForm>(body, FORM).await;
        }
        refuses::<WalkForm>("after=1", "text/plain").await;
        refuses::<AnswerForm>("after=1&step=a&answer=%3Cscript%3E", FORM).await;
        for days in ["0", "91", "x", "-7"] {
            refuses::<LinkForm>(&format!("form=f&seen=1&days={days}"), FORM).await;
            let problem = format!("cause=a&subject=Pod%2Fa%2Fb&form=f&seen=1&days={days}");
            refuses::<ProblemLinkForm>(&problem, FORM).await;
        }
        refuses::<ProblemLinkForm>("cause=A%2FB&subject=Pod%2Fa%2Fb&form=f&seen=1", FORM).await;
        refuses::<StartForm>("runbook=pod&target=Pod%2Fshop", FORM).await;
    }
}
