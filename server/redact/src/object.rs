//! What looks secret, taken out of objects.
//!
//! Secrets' own values never come this far; this is for those that people write
//! elsewhere: into environment variables, arguments and annotations.

use podside_model::SecretKind;
use serde_json::Value;

use crate::names::is_secret_name;
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
    let mut hidden = String::with_capacity(text.len());
    let mut at = 0;
    for found in crate::find(text) {
        hidden.push_str(text.get(at..found.range.start).unwrap_or_default());
        hidden.push_str(&hide.hide(
            found.kind,
            text.get(found.range.clone()).unwrap_or_default(),
        ));
        at = found.range.end;
    }
    hidden.push_str(text.get(at..).unwrap_or_default());
    hidden
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
        Value::String(words) => {
            let hidden = text(words, hide);
            if hidden != *words {
                *words = hidden;
            }
        }
        Value::Array(items) => {
            // The words of a command, one an item, read like the line of a shell.
            let mut redis = false;
            let mut option = String::new();
            for item in items {
                match item {
                    Value::String(words) if is_secret_option(&option, redis) => {
                        // A variable's name may stay.
                        if !words.is_empty() && !words.starts_with('$') {
                            *words = hide.hide(SecretKind::Password, words);
                        }
                        option.clear();
                        continue;
                    }
                    Value::String(words) => {
                        redis |= words.ends_with("redis-cli");
                        option.clone_from(words);
                    }
                    _ => option.clear(),
                }
                walk(item, hide, depth - 1);
            }
        }
        Value::Object(fields) => {
            // An environment variable, or whatever else has a name and a value.
            let named = fields
                .get("name")
                .and_then(Value::as_str)
                .is_some_and(is_secret_name);
            for (key, field) in fields.iter_mut() {
                match field {
                    Value::String(words)
                        if !words.is_empty()
                            && ((named && key == "value") || is_secret_key(key)) =>
                    {
                        *words = hide.hide(SecretKind::Password, words);
                    }
                    field if key != LAST_APPLIED => walk(field, hide, depth - 1),
                    _ => {}
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Whether the next word of a command is the secret of this one: `--password`, or
/// `-a` of redis-cli.
fn is_secret_option(word: &str, of_redis: bool) -> bool {
    word.strip_prefix('-').is_some_and(|name| {
        !name.contains(['=', ' ', '\n']) && (is_secret_name(name) || (of_redis && name == "a"))
    })
}

/// Fields of the API whose names sound secret and are not: the names of Secrets, and
/// tokens that page lists.
fn is_secret_key(key: &str) -> bool {
    const OF_THE_API: [&str; 7] = [
        "secretName",
        "imagePullSecrets",
        "secretKeyRef",
        "secretRef",
        "continue",
        "pod-template-hash",
        "kubernetes.io/service-account-token",
    ];
    !OF_THE_API.contains(&key) && !key.contains("kubernetes.io/") && is_secret_name(key)
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
        ]);
        object(&mut probe, &mut Plain);
        assert_eq!(
            probe,
            json!([
                {"command": ["redis-cli", "-a", "(hidden)", "ping"]},
                {"command": ["worker", "--api-token", "(hidden)", "--level", "debug"]},
                {"command": ["worker", "--password", "$(DB_PASSWORD)", "-a", "b"]},
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
