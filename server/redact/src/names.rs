//! Whether a name is one of a secret.

use std::sync::LazyLock;

use regex::Regex;

/// Words that make a name one of a secret.
static NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compiled(
        r"(?i)passw|passphrase|pwd$|secret|token|api_?-?key|access_?-?key|private_?-?key|signing_?-?key|encryption_?-?key|credential|bearer|authorization|cookie|(^|_|-)dsn$|connection_?-?string",
    )
});

/// Names that only sound so: they name where a secret is, or how long it lasts.
static HARMLESS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compiled(
        r"(?i)(name|file|path|dir|ref|ttl|seconds|expiry|expiration|policy|enabled|length|min|max|mount|type|url|uri|id)$",
    )
});

/// The patterns are constants, and a test holds that each compiles.
fn compiled(pattern: &str) -> Option<Regex> {
    Regex::new(pattern).ok()
}

/// Whether a name is one of a secret: of an environment variable or a field.
pub fn is_secret_name(name: &str) -> bool {
    let matches =
        |regex: &LazyLock<Option<Regex>>| regex.as_ref().is_some_and(|regex| regex.is_match(name));
    matches(&NAME) && !matches(&HARMLESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_told_from_names_that_only_sound_so() {
        for name in [
            "DB_PASSWORD",
            "apiKey",
            "GITHUB_TOKEN",
            "AWS_SECRET_ACCESS_KEY",
            "DATABASE_DSN",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "SECRET_NAME",
            "TOKEN_TTL",
            "PASSWORD_FILE",
            "LOG_LEVEL",
            "KEYCLOAK_HOST",
            "tokenExpirationSeconds",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }
}
