//! The answer of a login plugin: an ExecCredential in JSON, or in YAML as client-go reads it
//! too (<https://kubernetes.io/docs/reference/config-api/client-authentication.v1/>).

use std::time::Duration;

use jiff::Timestamp;
use podside_diagnosis::facts::clean::SHORT;
use secrecy::SecretString;
use serde::Deserialize;

use crate::credentials::{Credential, Given, Identity, renewed_after};
use crate::terminal;

#[derive(Deserialize)]
struct ExecCredential {
    status: Option<Status>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Status {
    expiration_timestamp: Option<String>,
    token: Option<String>,
    client_certificate_data: Option<String>,
    client_key_data: Option<String>,
}

/// Reads an answer.
///
/// # Errors
/// What the plugin did wrong, without anything of its answer, as a sentence without its
/// subject.
pub(super) fn read(answer: &[u8]) -> Result<Given, String> {
    if answer.trim_ascii().is_empty() {
        return Err("answered nothing".to_owned());
    }
    // The parser's own words quote the answer.
    let parsed = serde_saphyr::from_slice(answer);
    let ExecCredential { status } =
        parsed.map_err(|_| "answered something that is not an ExecCredential".to_owned())?;
    let status = status.ok_or_else(|| "answered without a status".to_owned())?;
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
    let token = filled(status.token);
    let certificate = filled(status.client_certificate_data);
    let key = filled(status.client_key_data);
    let identity = match (certificate, key) {
        (Some(certificate), Some(key)) => Some(Identity {
            certificate,
            key: key.into(),
        }),
        (None, None) => None,
        (Some(_), None) => return Err("gave a certificate without its key".to_owned()),
        (None, Some(_)) => return Err("gave a key without its certificate".to_owned()),
    };
    if token.is_none() && identity.is_none() {
        return Err("gave neither a token nor a certificate".to_owned());
    }
    let good_for = match filled(status.expiration_timestamp) {
        Some(end) => left(&end)?,
        None => None,
    };
    Ok(Given {
        credential: Credential {
            token: token.map(SecretString::from),
            identity,
        },
        good_for,
        again_in: good_for.map(renewed_after),
    })
}

/// How long it is until `end`. Nothing where that has passed: a credential that was made
/// this moment is not old, but this machine's clock is fast, and only a refusal tells.
fn left(end: &str) -> Result<Option<Duration>, String> {
    let ends: Timestamp = end.trim().parse().map_err(|_| {
        let end = terminal::plain(end, SHORT);
        format!("gave an expirationTimestamp that is no time ({end:?})")
    })?;
    let left = Timestamp::now().duration_until(ends);
    Ok(Duration::try_from(left).ok().filter(|left| !left.is_zero()))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn of(status: &str) -> Result<Given, String> {
        let text = format!(
            r#"{{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{status}}}"#
        );
        read(text.as_bytes())
    }

    #[test]
    fn a_token_is_read_from_json_and_from_yaml() {
        let json = of(r#"{"token":"t-1"}"#).unwrap();
        let yaml = read(b"kind: ExecCredential\nstatus:\n  token: t-1\n").unwrap();
        for given in [json, yaml] {
            assert_eq!(given.credential.token.unwrap().expose_secret(), "t-1");
            assert!(given.credential.identity.is_none() && given.again_in.is_none());
        }
    }

    #[test]
    fn a_credential_is_had_anew_before_its_end() {
        let ending = |seconds: i64| {
            let end = Timestamp::now() + Duration::from_secs(seconds.unsigned_abs());
            let given = of(&format!(r#"{{"token":"t","expirationTimestamp":"{end}"}}"#));
            given.unwrap().again_in.unwrap()
        };
        let hour = ending(3600);
        assert!(hour <= Duration::from_mins(59) && hour > Duration::from_mins(50));
        // A quarter early where a minute would be nearly all.
        let short = ending(40);
        assert!(short <= Duration::from_secs(30) && short > Duration::from_secs(10));
    }

    #[test]
    fn an_end_that_has_passed_tells_nothing() {
        let given = of(r#"{"token":"t","expirationTimestamp":"2020-01-01T00:00:00Z"}"#).unwrap();
        assert!(given.good_for.is_none() && given.again_in.is_none());
    }

    #[test]
    fn what_is_wrong_is_said_and_nothing_of_the_answer() {
        for (status, what) in [
            ("null", "answered without a status"),
            ("{}", "gave neither a token nor a certificate"),
            (r#"{"token":""}"#, "gave neither a token nor a certificate"),
            (
                r#"{"clientCertificateData":"c"}"#,
                "gave a certificate without its key",
            ),
            (
                r#"{"token":"t","clientKeyData":"k"}"#,
                "gave a key without its certificate",
            ),
            (
                r#"{"token":"t","expirationTimestamp":"soon"}"#,
                r#"gave an expirationTimestamp that is no time ("soon")"#,
            ),
        ] {
            assert_eq!(of(status).err().as_deref(), Some(what), "{status}");
        }
        assert_eq!(read(b" \n").err().as_deref(), Some("answered nothing"));
        let garbage = read(b"{\"status\": {\"token\": \"hunter2\"").err().unwrap();
        assert_eq!(garbage, "answered something that is not an ExecCredential");
    }
}
