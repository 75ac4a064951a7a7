//! What looks secret, taken out of objects.
//!
//! Secrets' own values never come this far; this is for those that people write
//! elsewhere: into environment variables, arguments and annotations.

use podside_model::SecretKind;
use serde_json::Value;

use crate::Found;
use crate::search;
use crate::token::token;

/// The annotation in which `kubectl apply` keeps what it sent.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The deepest nesting that is looked into. The API server's own limit is lower.
const DEEPEST: usize = 64;

/// Hides secrets: it is given each, and says what stands in its place.
pub trait Hide {
    /// What stands in the place of a secret. What it gave once, it may be given again
    /// and leaves as it is.
    fn hide(&mut self, kind: SecretKind, secret: &str) -> String;
}

/// Puts its [`token`] in the place of each secret.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tokens;

impl Hide for Tokens {
    fn hide(&mut self, kind: SecretKind, secret: &str) -> String {
        token(kind, secret)
    }
}

/// `text` with what looks secret in it hidden.
pub fn text(text: &str, hide: &mut impl Hide) -> String {
    replace(text, &crate::find(text), hide)
}

/// `text` with what was found in it hidden.
pub fn replace(text: &str, found: &[Found], hide: &mut impl Hide) -> String {
    let mut hidden = String::with_capacity(text.len());
    let mut at = 0;
    for secret in found {
        hidden.push_str(text.get(at..secret.range.start).unwrap_or_default());
        let value = text.get(secret.range.clone()).unwrap_or_default();
        hidden.push_str(&hide.hide(secret.kind, value));
        at = secret.range.end;
    }
    hidden.push_str(text.get(at..).unwrap_or_default());
    hidden
}

fn replace_in(words: &mut String, found: &[Found], hide: &mut impl Hide) {
    if !found.is_empty() {
        *words = replace(words, found, hide);
    }
}

/// Hides in an object, in place, what looks secret.
pub fn object(object: &mut Value, hide: &mut impl Hide) {
    last_applied(object, hide);
    walk(object, hide, DEEPEST);
}

/// The last-applied configuration is a second copy of the object, as text.
fn last_applied(object: &mut Value, hide: &mut impl Hide) {
    let Some(Value::Object(annotations)) = object.pointer_mut("/metadata/annotations") else {
        return;
    };
    let Some(Value::String(applied)) = annotations.get_mut(LAST_APPLIED) else {
        return;
    };
    match serde_json::from_str::<Value>(applied) {
        Ok(mut copy) => {
            if copy.get("kind").and_then(Value::as_str) == Some("Secret") {
                secret_values(&mut copy, hide);
            }
            walk(&mut copy, hide, DEEPEST);
            *applied = copy.to_string();
            // kubectl ends it with a line feed.
            applied.push('\n');
        }
        Err(_) => *applied = text(applied, hide),
    }
}

/// The values of a Secret, under its keys.
fn secret_values(secret: &mut Value, hide: &mut impl Hide) {
    for part in ["data", "stringData"] {
        if let Some(Value::Object(values)) = secret.get_mut(part) {
            for value in values.values_mut() {
                if let Value::String(text) = value {
                    *text = hide.hide(SecretKind::Password, text);
                }
            }
        }
    }
}

fn walk(value: &mut Value, hide: &mut impl Hide, depth: usize) {
    if depth == 0 {
        return;
    }
    match value {
        Value::String(words) => replace_in(words, &crate::find(words), hide),
        Value::Array(items) => {
            let found = of_command(items);
            for (at, item) in items.iter_mut().enumerate() {
                match (item, found.get(at)) {
                    (Value::String(words), Some(found)) => replace_in(words, found, hide),
                    (item, _) => walk(item, hide, depth - 1),
                }
            }
        }
        Value::Object(fields) => {
            // An environment variable, or whatever else has a name and a value.
            let name = fields
                .get("name")
                .and_then(Value::as_str)
                .map(str::to_owned);
            for (key, field) in fields.iter_mut() {
                match (field, &name) {
                    (Value::String(words), Some(name)) if key == "value" => {
                        replace_in(words, &search::named(name, words), hide);
                    }
                    // It is looked into as the object that it is.
                    _ if key == LAST_APPLIED => {}
                    (Value::String(words), _) if is_of_the_api(key) => {
                        replace_in(words, &crate::find(words), hide);
                    }
                    (Value::String(words), _) => {
                        replace_in(words, &search::named(key, words), hide);
                    }
                    (field, _) => walk(field, hide, depth - 1),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// What is found in each of the words of a command, one an item, read by themselves and as
/// the line of a shell that they make; nothing if they are not words.
fn of_command(items: &[Value]) -> Vec<Vec<Found>> {
    let words: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
    if words.len() < items.len() {
        return Vec::new();
    }
    let line = words.join(" ");
    let together = crate::find(&line);
    let mut start = 0;
    let mut previous = "";
    let mut found = Vec::with_capacity(words.len());
    for word in words {
        let end = start + word.len();
        let first = together.partition_point(|secret| secret.range.end <= start);
        let last = together.partition_point(|secret| secret.range.start < end);
        let here = together.get(first..last).unwrap_or_default();
        let mut own = crate::find(word);
        for secret in here {
            // What follows an option is its argument, whatever it holds: no shell reads its quotes.
            let before = line.get(start..secret.range.start);
            let is_argument = before.is_some_and(|before| before.chars().all(is_quote))
                && previous.starts_with('-')
                && !previous.contains('=')
                && !crate::is_token(word);
            let range = if is_argument {
                0..word.len()
            } else {
                secret.range.start.max(start) - start..secret.range.end.min(end) - start
            };
            own.push(Found {
                range,
                kind: secret.kind,
            });
        }
        found.push(search::merged(own));
        previous = word;
        start = end + 1;
    }
    found
}

const fn is_quote(letter: char) -> bool {
    matches!(letter, '"' | '\'')
}

/// Fields of the API whose names sound secret and are not: the names of Secrets and of
/// their keys, and tokens that page lists.
fn is_of_the_api(key: &str) -> bool {
    const OF_THE_API: [&str; 8] = [
        "secretName",
        "imagePullSecrets",
        "secretKeyRef",
        "secretRef",
        "key",
        "keys",
        "continue",
        "pod-template-hash",
    ];
    OF_THE_API.contains(&key) || key.contains("kubernetes.io/")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    struct Plain;

    impl Hide for Plain {
        fn hide(&mut self, _kind: SecretKind, _secret: &str) -> String {
            "(hidden)".to_owned()
        }
    }

    fn hidden(words: &str) -> String {
        text(words, &mut Plain)
    }

    #[test]
    fn secrets_in_text_are_hidden_and_the_text_around_them_stays() {
        assert_eq!(
            hidden("dial postgres://app:hunter2@db:5432/shop failed"),
            "dial postgres://app:(hidden)@db:5432/shop failed"
        );
        assert_eq!(
            hidden("Authorization: Bearer abcdef1234567890"),
            "Authorization: Bearer (hidden)"
        );
        assert_eq!(
            hidden("--password=hunter2 --user=app"),
            "--password=(hidden) --user=app"
        );
        assert_eq!(
            hidden("POST https://hooks.slack.com/services/T00/B00/abcdefgh"),
            "POST https://hooks.slack.com/(hidden)"
        );
        assert_eq!(hidden("token: \"abc123\", x"), "token: \"(hidden)\", x");
        let plain = "GET /tokens 200; secret \"db\" not found; https://example.com/a:b@c";
        assert_eq!(hidden(plain), plain);
    }

    #[test]
    fn what_follows_an_option_is_hidden() {
        for (line, expected) in [
            (
                "mysql -h db -uroot -phunter2 shop",
                "mysql -h db -uroot -p(hidden) shop",
            ),
            (
                "redis-cli -h cache -a hunter2 ping | grep PONG",
                "redis-cli -h cache -a (hidden) ping | grep PONG",
            ),
            (
                "curl -fsS -u admin:hunter2 http://web/",
                "curl -fsS -u admin:(hidden) http://web/",
            ),
            (
                "worker --db-password hunter2 --user app",
                "worker --db-password (hidden) --user app",
            ),
        ] {
            assert_eq!(hidden(line), expected);
        }
        for plain in [
            "redis-cli -a $REDIS_PASSWORD ping",
            "worker --token-file /run/token --verbose",
            "mysql -p shop",
            "id -u app:app",
        ] {
            assert_eq!(hidden(plain), plain);
        }
        let mut probe = json!([
            {"command": ["redis-cli", "-a", "hunter2", "ping"]},
            {"command": ["worker", "--api-token", "hunter2", "--level", "debug"]},
            {"command": ["worker", "--password", "$(DB_PASSWORD)", "-a", "b"]},
            {"command": ["worker", "--password", "\"hunter\"2\"", "-a", "b"]},
        ]);
        object(&mut probe, &mut Plain);
        assert_eq!(
            probe,
            json!([
                {"command": ["redis-cli", "-a", "(hidden)", "ping"]},
                {"command": ["worker", "--api-token", "(hidden)", "--level", "debug"]},
                {"command": ["worker", "--password", "$(DB_PASSWORD)", "-a", "b"]},
                {"command": ["worker", "--password", "(hidden)", "-a", "b"]},
            ])
        );
    }

    #[test]
    fn environment_arguments_and_the_applied_copy_are_covered() {
        let container = json!({
            "name": "app",
            "env": [
                {"name": "DB_PASSWORD", "value": "hunter2"},
                {"name": "LOG_LEVEL", "value": "debug"},
                {"name": "API_TOKEN", "valueFrom": {"secretKeyRef": {"name": "api", "key": "token"}}},
            ],
            "args": ["--token=hunter2"],
        });
        let applied = json!({"spec": {"containers": [container.clone()]}}).to_string();
        let mut pod = json!({
            "metadata": {"annotations": {LAST_APPLIED: applied}},
            "spec": {
                "containers": [container],
                "imagePullSecrets": [{"name": "registry-token"}],
                "volumes": [{"name": "tokens", "secret": {"secretName": "api-token"}}],
            },
        });
        object(&mut pod, &mut Plain);
        let text = pod.to_string();
        assert!(!text.contains("hunter2"), "{text}");
        assert_eq!(pod["spec"]["containers"][0]["env"][1]["value"], "debug");
        let key = &pod["spec"]["containers"][0]["env"][2]["valueFrom"]["secretKeyRef"];
        assert_eq!(*key, json!({"name": "api", "key": "token"}));
        assert_eq!(pod["spec"]["imagePullSecrets"][0]["name"], "registry-token");
        assert_eq!(
            pod["spec"]["volumes"][0]["secret"]["secretName"],
            "api-token"
        );
    }
}
