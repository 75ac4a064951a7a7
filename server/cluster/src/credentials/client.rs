//! A kube client with a credential.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use kube::{Client, Config};
use secrecy::{ExposeSecret, SecretString};

use super::Credential;
use crate::connection::describe;

/// A client for a configuration, with a credential beside what that holds itself.
///
/// # Errors
/// What cannot be used, in words.
pub(super) async fn with(config: &Arc<Config>, credential: &Credential) -> Result<Client, String> {
    let mut config = Config::clone(config);
    let user = &mut config.auth_info;
    if let Some(token) = &credential.token {
        user.token = Some(token.clone());
    }
    if let Some(identity) = &credential.identity {
        let key = STANDARD.encode(identity.key.expose_secret());
        user.client_certificate_data = Some(STANDARD.encode(&identity.certificate));
        user.client_key_data = Some(key.into());
    }
    // kube takes it for granted that a token can be sent.
    if user.token.as_ref().is_some_and(|token| !is_sendable(token)) {
        return Err("its token holds characters that cannot be sent".to_owned());
    }
    // Certificates are read and parsed, which may take a while.
    tokio::task::spawn_blocking(move || Client::try_from(config))
        .await
        .map_err(|error| error.to_string())?
        .map_err(|error| describe(&error))
}

fn is_sendable(token: &SecretString) -> bool {
    HeaderValue::from_str(token.expose_secret()).is_ok()
}
