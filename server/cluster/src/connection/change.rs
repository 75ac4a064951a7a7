//! Requests that change something.

use http::{Method, Request, header};
use kube::client::Body;

use super::{Connection, JSON};
use crate::answer::Answer;
use crate::error::Result;
use crate::weight::LARGEST_ANSWER;

impl Connection {
    /// Sends a change, once: whoever changes something decides whether to try again. It has
    /// the connection's credentials and takes its turn like every request. Where the
    /// credentials are not accepted (401) nothing was done, and it is sent once more with
    /// newer ones.
    ///
    /// # Errors
    /// What the API server refuses, and that it did not answer: whether it did what was
    /// asked is not known then.
    pub(crate) async fn change(
        &self,
        method: &Method,
        path: &str,
        form: &str,
        body: Vec<u8>,
    ) -> Result<Answer> {
        let request = || {
            Request::builder()
                .method(method)
                .uri(path)
                .header(header::ACCEPT, JSON)
                .header(header::CONTENT_TYPE, form)
                .body(Body::from(body.clone()))
        };
        let what = format!("{method} {path}");
        let response = self.begin_once(request, &what).await?;
        self.answer_of(response, what, LARGEST_ANSWER).await
    }
}
