//! Whether a name is one of a secret: of an environment variable, a field, an option, a
//! header, a key of a Secret.
//!
//! A name is read as words: `DB_PASSWORD`, `dbPassword` and `db.password` alike. Its last
//! word that tells of a secret counts, unless a word after it says that the name is of
//! something about the secret: where it is, how long it lasts.

use podside_model::SecretKind;

/// How surely a name's value is a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    /// Whatever the value is.
    Secret(SecretKind),
    /// If the value looks like one: the name is also used for other things.
    Perhaps(SecretKind),
}

/// The longest name that is read; longer ones are no names.
const LONGEST: usize = 128;

/// The most words of a name that are read.
const WORDS: usize = 24;

const PASSWORD: SecretKind = SecretKind::Password;
const TOKEN: SecretKind = SecretKind::BearerToken;
const KEY: SecretKind = SecretKind::AccessKey;
const PRIVATE: SecretKind = SecretKind::PrivateKey;

/// Words that are a secret's wherever they stand.
const SECRETS: &[(&str, SecretKind)] = &[
    ("password", PASSWORD),
    ("passwords", PASSWORD),
    ("passwd", PASSWORD),
    ("passphrase", PASSWORD),
    ("passcode", PASSWORD),
    ("passwort", PASSWORD),
    ("psw", PASSWORD),
    ("pswd", PASSWORD),
    ("psk", PASSWORD),
    ("bindpw", PASSWORD),
    ("rootpw", PASSWORD),
    ("requirepass", PASSWORD),
    ("masterauth", PASSWORD),
    ("secret", KEY),
    ("secrets", KEY),
    ("token", TOKEN),
    ("jwt", TOKEN),
    ("bearer", TOKEN),
    ("authorization", TOKEN),
    ("cookie", TOKEN),
    ("cookies", TOKEN),
    ("jsessionid", TOKEN),
    ("phpsessid", TOKEN),
    ("sessionid", TOKEN),
    ("sessid", TOKEN),
    ("credential", KEY),
    ("credentials", KEY),
    ("creds", KEY),
    ("cred", KEY),
    ("dsn", PASSWORD),
    ("connectionstring", PASSWORD),
    ("apikey", KEY),
    ("apikeys", KEY),
    ("mnemonic", PRIVATE),
    ("dockerconfigjson", KEY),
    ("dockercfg", KEY),
    ("privkey", PRIVATE),
    ("hmac", KEY),
    ("authtok", TOKEN),
    ("rediscliauth", PASSWORD),
];

/// What a single word ends with that is several: `dbpassword`.
const ENDINGS: &[(&str, SecretKind)] = &[
    ("password", PASSWORD),
    ("passwd", PASSWORD),
    ("passphrase", PASSWORD),
    ("pass", PASSWORD),
    ("pwd", PASSWORD),
    ("secret", KEY),
    ("token", TOKEN),
    ("apikey", KEY),
    ("secretkey", KEY),
    ("accesskey", KEY),
    ("accountkey", KEY),
    ("privatekey", PRIVATE),
    ("masterkey", KEY),
];

/// Words that end so and are none.
const NOT_ENDINGS: &[&str] = &[
    "bypass",
    "compass",
    "encompass",
    "trespass",
    "lowpass",
    "highpass",
    "overpass",
    "oldpwd",
];

/// What a key is of, when it is a secret.
const KEYS: &[&str] = &[
    "access",
    "account",
    "admin",
    "aes",
    "anthropic",
    "api",
    "app",
    "application",
    "auth",
    "authentication",
    "aws",
    "backup",
    "client",
    "consumer",
    "cookie",
    "credentials",
    "crypto",
    "datadog",
    "db",
    "decryption",
    "deploy",
    "encryption",
    "encrypt",
    "enc",
    "gemini",
    "gpg",
    "hmac",
    "integration",
    "jwt",
    "license",
    "master",
    "openai",
    "pgp",
    "private",
    "priv",
    "proxy",
    "rsa",
    "secret",
    "sendgrid",
    "service",
    "session",
    "shared",
    "sign",
    "signing",
    "signature",
    "ssh",
    "ssl",
    "storage",
    "stripe",
    "tls",
    "unseal",
    "vault",
    "webhook",
    "write",
];

/// Keys that are private ones.
const PRIVATE_KEYS: &[&str] = &["private", "priv", "tls", "ssl", "ssh", "rsa", "gpg", "pgp"];

/// Words after which a name is of something about the secret.
const ABOUT: &[&str] = &[
    "age",
    "alg",
    "algo",
    "algorithm",
    "api",
    "arn",
    "attempts",
    "attr",
    "attribute",
    "audience",
    "audiences",
    "bits",
    "bucket",
    "budget",
    "bytes",
    "cache",
    "changed",
    "check",
    "claim",
    "claims",
    "class",
    "column",
    "config",
    "cost",
    "count",
    "created",
    "csi",
    "days",
    "delimiter",
    "dir",
    "directory",
    "disabled",
    "domain",
    "driver",
    "duration",
    "enabled",
    "endpoint",
    "engine",
    "env",
    "errors",
    "estimator",
    "exchange",
    "exists",
    "exp",
    "expiration",
    "expired",
    "expires",
    "expiry",
    "field",
    "file",
    "filename",
    "files",
    "fingerprint",
    "format",
    "generator",
    "grace",
    "group",
    "header",
    "helper",
    "hint",
    "host",
    "hostname",
    "hours",
    "httponly",
    "iat",
    "id",
    "ids",
    "index",
    "interval",
    "introspection",
    "issuer",
    "iterations",
    "kind",
    "label",
    "leeway",
    "len",
    "length",
    "level",
    "lifespan",
    "lifetime",
    "limit",
    "limits",
    "location",
    "lookup",
    "manager",
    "max",
    "metadata",
    "method",
    "min",
    "minutes",
    "mode",
    "mount",
    "name",
    "names",
    "namespace",
    "nbf",
    "params",
    "path",
    "paths",
    "pattern",
    "period",
    "persistence",
    "policies",
    "policy",
    "port",
    "prefix",
    "prompt",
    "provider",
    "ref",
    "reference",
    "refs",
    "regex",
    "requests",
    "required",
    "reset",
    "review",
    "reviews",
    "revocation",
    "role",
    "rotated",
    "rotation",
    "rules",
    "samesite",
    "scope",
    "scopes",
    "seconds",
    "secure",
    "server",
    "service",
    "size",
    "source",
    "state",
    "status",
    "store",
    "strategy",
    "suffix",
    "syncer",
    "template",
    "timeout",
    "ttl",
    "type",
    "types",
    "unit",
    "updated",
    "uri",
    "url",
    "urls",
    "usage",
    "used",
    "user",
    "username",
    "valid",
    "validation",
    "validity",
    "verification",
    "verified",
    "version",
    "volume",
    "window",
];

/// First words that make a name one of a number or a switch.
const FIRST: &[&str] = &[
    "allow",
    "automount",
    "change",
    "default",
    "disable",
    "enable",
    "existing",
    "expire",
    "forgot",
    "generate",
    "has",
    "image",
    "invalid",
    "is",
    "max",
    "min",
    "missing",
    "no",
    "num",
    "number",
    "pull",
    "require",
    "reset",
    "rotate",
    "skip",
    "total",
    "use",
];

/// Whether a name is one of a secret: of an environment variable, a field, an option, a
/// header or a key of a Secret. `DB_PASSWORD` is, `PASSWORD_FILE` and `MAX_TOKENS` are
/// not.
pub fn is_secret_name(name: &str) -> bool {
    matches!(names(name), Some(Names::Secret(_)))
}

/// What a name says of its value.
pub(crate) fn names(name: &str) -> Option<Names> {
    if name.len() > LONGEST || !name.is_ascii() {
        return None;
    }
    let mut letters = [0_u8; LONGEST + WORDS];
    let words = Words::of(name, &mut letters);
    let words = words.iter();
    let first = words.first()?;
    // The word that tells of a secret, from the end, with no word about it behind it.
    for (at, word) in words.iter().enumerate().rev() {
        let before = at.checked_sub(1).and_then(|at| words.get(at)).copied();
        if let Some(found) = of_word(word, before, words.len()) {
            let is_a_switch = FIRST.contains(first) && words.len() > 1;
            return (!is_a_switch || keeps(first, word)).then_some(found);
        }
        if ABOUT.contains(word) {
            return None;
        }
    }
    None
}

/// `DEFAULT_PASSWORD` and `RESET_TOKEN` are secrets, `USE_PASSWORD` is a switch.
fn keeps(first: &str, word: &str) -> bool {
    match first {
        "default" | "change" | "forgot" | "generate" | "reset" => word != "secret",
        _ => false,
    }
}

fn of_word(word: &str, before: Option<&str>, words: usize) -> Option<Names> {
    if let Some((name, kind)) = SECRETS.iter().find(|(secret, _)| *secret == word) {
        let alone = words == 1;
        return Some(match *name {
            // Alone they name Secrets and tokens of a grammar as often.
            "secret" | "secrets" | "credential" | "credentials" | "creds" | "cred" | "cookies"
            | "hmac" | "jwt" | "psk" | "dsn"
                if alone =>
            {
                Names::Perhaps(*kind)
            }
            "hmac" => return None,
            "secrets" | "cookies" | "passwords" => Names::Perhaps(*kind),
            _ => Names::Secret(*kind),
        });
    }
    match (word, before) {
        ("pass" | "pw", Some(_)) | ("pwd", Some(_)) if before != Some("old") => {
            Some(Names::Secret(PASSWORD))
        }
        ("pass" | "pw" | "pwd" | "passw", None) => Some(Names::Perhaps(PASSWORD)),
        ("pat", Some(_)) => Some(Names::Secret(TOKEN)),
        ("string", Some("connection" | "conn")) => Some(Names::Secret(PASSWORD)),
        ("words" | "word", Some("pass")) => Some(Names::Secret(PASSWORD)),
        ("phrase", Some("pass" | "seed")) => Some(Names::Secret(PASSWORD)),
        ("auth", Some("redis" | "redisli" | "cli" | "basic" | "http" | "smtp" | "requirepass")) => {
            Some(Names::Perhaps(PASSWORD))
        }
        ("auth", _) => Some(Names::Perhaps(PASSWORD)),
        ("id", Some("session")) | ("sid", None | Some("connect")) => Some(Names::Perhaps(TOKEN)),
        ("key" | "keys", Some(of)) => {
            let kind = if PRIVATE_KEYS.contains(&of) {
                PRIVATE
            } else {
                KEY
            };
            if of == "public" || of == "pub" {
                None
            } else if KEYS.contains(&of) && word == "key" {
                Some(Names::Secret(kind))
            } else {
                Some(Names::Perhaps(kind))
            }
        }
        ("key", None) => Some(Names::Perhaps(KEY)),
        ("sig" | "signature", _) => Some(Names::Perhaps(TOKEN)),
        _ if NOT_ENDINGS.contains(&word) => None,
        _ => ENDINGS
            .iter()
            .find(|(ending, _)| word.len() > ending.len() && word.ends_with(ending))
            .map(|(_, kind)| Names::Secret(*kind)),
    }
}

/// The words of a name in small letters.
struct Words<'a> {
    words: [&'a str; WORDS],
    count: usize,
}

impl<'a> Words<'a> {
    /// `letters` holds the words; it is longer than the name.
    fn of(name: &str, letters: &'a mut [u8]) -> Self {
        let bytes = name.as_bytes();
        let mut ends = [0_usize; WORDS];
        let (mut length, mut count, mut start) = (0, 0, 0);
        for (at, byte) in bytes.iter().enumerate() {
            let previous = at.checked_sub(1).and_then(|at| bytes.get(at));
            let next = bytes.get(at + 1);
            let begins = byte.is_ascii_uppercase()
                && (previous.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
                    || (previous.is_some_and(u8::is_ascii_uppercase)
                        && next.is_some_and(u8::is_ascii_lowercase)));
            if (begins || !byte.is_ascii_alphanumeric()) && length > start {
                if let Some(end) = ends.get_mut(count) {
                    *end = length;
                    count += 1;
                }
                start = length;
            }
            if byte.is_ascii_alphanumeric()
                && let Some(letter) = letters.get_mut(length)
            {
                *letter = byte.to_ascii_lowercase();
                length += 1;
            }
        }
        if length > start
            && let Some(end) = ends.get_mut(count)
        {
            *end = length;
            count += 1;
        }
        let text = std::str::from_utf8(letters).unwrap_or_default();
        let mut words = [""; WORDS];
        let mut start = 0;
        for (word, end) in words.iter_mut().zip(ends).take(count) {
            *word = text.get(start..end).unwrap_or_default();
            start = end;
        }
        Self { words, count }
    }

    fn iter(&self) -> &[&'a str] {
        self.words.get(..self.count).unwrap_or_default()
    }
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
            "DB_PASS",
            "SMTP_PASS",
            "DB_PW",
            "GITHUB_PAT",
            "MASTER_KEY",
            "HMAC_KEY",
            "TLS_KEY",
            "dbPassword",
            "spring.datasource.password",
            "client-key-data.private-key",
            "--db-password",
            "X-Vault-Token",
            "dbpassword",
            "userpwd",
            "AccountKey",
            "SharedAccessKey",
            "SECRET_KEY_BASE",
            "PASSWORD_HASH",
            "POSTGRES_PASSWORD_PROD",
            "clientSecret",
            "Proxy-Authorization",
            ".dockerconfigjson",
            "JSESSIONID",
            "access_token",
            "PGPASSWORD",
            "REDISCLI_PASS",
            "SSH_PRIVATE_KEY",
            "CONNECTION_STRING",
            "token",
            "password",
            "JWT_SIGNING_KEY",
            "RESET_TOKEN",
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
            "MAX_TOKENS",
            "TOKEN_AUDIENCE",
            "COOKIE_DOMAIN",
            "OAUTH_TOKEN_ENDPOINT",
            "PWD",
            "OLDPWD",
            "PATH",
            "PUBLIC_KEY",
            "CACHE_KEY",
            "USE_PASSWORD_AUTH",
            "PASSWORD_MIN_LENGTH",
            "secretKeyRef",
            "imagePullSecrets",
            "tokenReviews",
            "BYPASS",
            "compass",
            "TOKEN_URL",
            "existingSecret",
            "AWS_ACCESS_KEY_ID",
            "key",
            "author",
            "SESSION_COOKIE_SECURE",
            "",
            "automountServiceAccountToken",
            "TOKENIZER_PARALLELISM",
            "serviceAccountTokenVolume",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }
}
