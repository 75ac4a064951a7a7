//! Whether a name is one of a secret: of an environment variable, a field, an option, a
//! header, a key of a Secret.
//!
//! A name is read as words: `DB_PASSWORD`, `dbPassword` and `db.password` alike. Its last
//! word that tells of a secret counts, unless a word after it says that the name is of
//! something about the secret: where it is, how long it lasts.

use podside_model::SecretKind;

use crate::words::{
    ABOUT, ENDINGS, FIRST, KEY, KEYS, NOT_ENDINGS, PASSWORD, PRIVATE, PRIVATE_KEYS, SECRETS, TOKEN,
};

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
    let words = words.all();
    let first = words.first()?;
    // A variable of an environment is written in capitals, and is a value; a field is as
    // often the name of a Secret.
    let alone = words.len() == 1 && name.bytes().any(|byte| byte.is_ascii_lowercase());
    // The word that tells of a secret, from the end, with no word about it behind it.
    for (at, word) in words.iter().enumerate().rev() {
        let before = at.checked_sub(1).and_then(|at| words.get(at)).copied();
        if let Some(found) = of_word(word, before, alone) {
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

fn of_word(word: &str, before: Option<&str>, alone: bool) -> Option<Names> {
    if let Some((name, kind)) = SECRETS.iter().find(|(secret, _)| *secret == word) {
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
        ("pass" | "pw" | "pwd", Some(_))
        | ("string", Some("connection" | "conn"))
        | ("word" | "words", Some("pass"))
        | ("phrase", Some("pass" | "seed"))
            if before != Some("old") =>
        {
            Some(Names::Secret(PASSWORD))
        }
        ("pass" | "pw" | "pwd", None) | ("auth", _) => Some(Names::Perhaps(PASSWORD)),
        ("pat", Some(_)) => Some(Names::Secret(TOKEN)),
        // How Vault's and Nomad's are called that are UUIDs.
        ("id", Some("secret")) | ("key", None) => Some(Names::Perhaps(KEY)),
        ("id", Some("session")) | ("sid", None | Some("connect")) | ("sig" | "signature", _) => {
            Some(Names::Perhaps(TOKEN))
        }
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

    fn all(&self) -> &[&'a str] {
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
