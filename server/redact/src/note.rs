//! Secrets that a person writes into a note, replaced before the note is kept.

use std::sync::LazyLock;

use podside_model::SecretKind;
use regex::Regex;

use crate::{Found, value};

/// How a person writes of a secret and a program does not: programs say that a password is
/// wrong, and print the directory as `PWD`.
static SHAPES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r#"(?i)\b[\w-]*(?:(?:passw(?:or)?d|passphrase|passcode|api key|token)["']?\s+(?:is|was|=|→)|pwd["']?\s*(?:[=:]|\bis\b)|\b(?:pass|pw|pin)["']?\s*(?:[:=]|\bis\b))\s*["'`「]?([^\s"',;`」]{3,})"#,
        r#"(?:パスワード|暗証番号|トークン|秘密鍵|鍵)(?:は|が|:|：|=|＝)\s*["'`「]?([!-~]{3,})"#,
    ]
    .into_iter()
    .filter_map(|pattern| Regex::new(pattern).ok())
    .collect()
});

/// Adds what a person writes of in a line.
pub(crate) fn find(line: &str, found: &mut Vec<Found>) {
    for secret in SHAPES.iter().flat_map(|shape| shape.captures_iter(line)) {
        let Some(secret) = secret.get(1) else {
            continue;
        };
        let text = secret
            .as_str()
            .trim_end_matches(['.', '。', ')', '）', ':']);
        if !value::is_reference(text) && !value::is_state(text) {
            found.push(Found {
                range: secret.start()..secret.start() + text.len(),
                kind: SecretKind::Password,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Numbers, hide_note};

    fn shown(text: &str) -> String {
        Numbers::new().number(&hide_note(text)).into_owned()
    }

    #[test]
    fn what_looks_like_a_secret_is_replaced() {
        for (text, expected) in [
            (
                "logs in with Bearer abcdef123456 and",
                "logs in with Bearer [hidden: bearer-token #1] and",
            ),
            (
                "password=hunter22 now",
                "password=[hidden: password #1] now",
            ),
            (
                "the password is hunter22.",
                "the password is [hidden: password #1].",
            ),
            (
                "DB_PASSWORD: 'hunter22'",
                "DB_PASSWORD: '[hidden: password #1]'",
            ),
            (
                "postgres://app:hunter22@db:5432/x",
                "postgres://app:[hidden: password #1]@db:5432/x",
            ),
            (
                "eyJhbGciOi.eyJzdWIiOi.c2ln done",
                "[hidden: bearer-token #1] done",
            ),
            ("AKIAABCDEFGHIJKLMNOP", "[hidden: access-key #1]"),
            ("api_key = 0123456789", "api_key = [hidden: access-key #1]"),
            (
                "Authorization: Basic YXBwOmh1bnRlcjI=",
                "Authorization: Basic [hidden: bearer-token #1]",
            ),
            (
                "redis-cli -a hunter22 ping",
                "redis-cli -a [hidden: password #1] ping",
            ),
            (
                "mysql -uroot -phunter22 db",
                "mysql -uroot -p[hidden: password #1] db",
            ),
            (
                "curl -u app:hunter22 web",
                "curl -u app:[hidden: password #1] web",
            ),
            (
                "run --password hunter22 -v",
                "run --password [hidden: password #1] -v",
            ),
        ] {
            assert_eq!(shown(text), expected);
        }
        let key = "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----";
        assert_eq!(
            shown(&format!("see {key}!")),
            "see [hidden: private-key #1]!"
        );
    }

    #[test]
    fn equal_secrets_have_equal_numbers() {
        assert_eq!(
            shown("pwd=aaaa, then pwd=bbbb, then pwd=aaaa"),
            "pwd=[hidden: password #1], then pwd=[hidden: password #2], then pwd=[hidden: password #1]"
        );
    }

    #[test]
    fn ordinary_words_stay() {
        for text in [
            "The chart was renamed from shopping-cart to cart last week.",
            "The token has expired; the password was rotated.",
            "redis-cli -a $REDIS_PASSWORD ping",
            "It wants basic authentication.",
            "改名されました。",
            "see https://example.com/a:b@c",
        ] {
            assert_eq!(shown(text), text);
        }
    }
}
