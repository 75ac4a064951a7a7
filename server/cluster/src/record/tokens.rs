//! The tokens that stand for secrets in one recording.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use podside_model::SecretKind;
use podside_redact::Hide;
use serde_json::Value;

/// The shortest secret that is looked for in text. Shorter ones are words that occur
/// everywhere; they are replaced only where they stand under a secret's name.
const SHORTEST: usize = 6;

/// The longest word of letters, and the longest number, that is taken for an ordinary one.
const LONGEST_WORD: usize = 12;

/// A secret that is as long is looked for within words too.
const TELLING: usize = 12;

/// The longest value that is looked for whole. Of longer ones, and of those with
/// several lines, each long line is.
const LONGEST: usize = 4096;

/// A line of a key is at least as long.
const SHORTEST_LINE: usize = 24;

/// Keys of Secrets that are public: certificates, and where a token is valid.
const PUBLIC: [&str; 3] = ["ca.crt", "tls.crt", "namespace"];

/// Fields that name things. A secret that is also a name is not looked for: replacing
/// names would change what refers to what.
const NAMES: [&str; 6] = [
    "name",
    "namespace",
    "serviceAccountName",
    "nodeName",
    "image",
    "key",
];

/// Maps whose values name things.
const LABELS: [&str; 4] = ["labels", "matchLabels", "selector", "nodeSelector"];

/// Secrets by their tokens, and where to look for them.
pub(super) struct Tokens {
    known: BTreeMap<String, String>,
    /// What is looked for in text, and what stands in its place.
    patterns: Vec<String>,
    replacements: Vec<String>,
    search: Option<AhoCorasick>,
}

impl Tokens {
    /// The tokens for the secrets of these objects.
    pub(super) fn of(objects: &[Value]) -> Self {
        let mut tokens = Self {
            known: BTreeMap::new(),
            patterns: Vec::new(),
            replacements: Vec::new(),
            search: None,
        };
        let mut names = BTreeSet::new();
        for object in objects {
            collect_names(object, &mut names, 32);
        }
        for secret in objects.iter().filter(|object| is_secret(object)) {
            for (key, value) in values_of(secret) {
                let token = tokens.token(&value);
                let is_public = PUBLIC.contains(&key.as_str());
                if !is_public && !is_ordinary(&value, &names) {
                    tokens.look_for(&value, &token);
                }
            }
        }
        for variable in objects.iter().flat_map(secret_variables) {
            if !is_ordinary(&variable, &names) {
                let token = tokens.token(&variable);
                tokens.look_for(&variable, &token);
            }
        }
        // Without a search nothing could be taken out; then everything that has a
        // secret's name still is. The limits of the automaton are far beyond a cluster.
        tokens.search = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(&tokens.patterns)
            .ok();
        tokens
    }

    /// Replaces in an object, in place: a Secret's values, what has a secret's name, and
    /// secrets wherever they occur.
    pub(super) fn replace_in(&mut self, object: &mut Value) {
        if is_secret(object) {
            self.replace_values(object);
        }
        podside_redact::object(object, self);
        self.search_in(object, 64);
    }

    /// `text` with the secrets in it replaced.
    pub(super) fn replaced(&self, text: &str) -> String {
        let Some(search) = self.search.as_ref().filter(|_| !self.patterns.is_empty()) else {
            return text.to_owned();
        };
        let mut replaced = String::with_capacity(text.len());
        let mut at = 0;
        for found in search.find_iter(text) {
            let (before, after) = (text.get(..found.start()), text.get(found.end()..));
            let joins = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
            let is_part = joins(before.and_then(|before| before.chars().next_back()))
                || joins(after.and_then(|after| after.chars().next()));
            // A short secret within a longer word is another word.
            if is_part && found.len() < TELLING {
                continue;
            }
            replaced.push_str(text.get(at..found.start()).unwrap_or_default());
            let replacement = self.replacements.get(found.pattern().as_usize());
            replaced.push_str(replacement.map_or("", String::as_str));
            at = found.end();
        }
        replaced.push_str(text.get(at..).unwrap_or_default());
        replaced
    }

    fn replace_values(&mut self, secret: &mut Value) {
        let Some(Value::Object(data)) = secret.get_mut("data") else {
            return;
        };
        for value in data.values_mut() {
            if let Value::String(encoded) = value {
                let token = self.hide(SecretKind::Password, encoded);
                *encoded = token;
            }
        }
    }

    fn search_in(&self, value: &mut Value, depth: usize) {
        if depth == 0 {
            return;
        }
        match value {
            Value::String(text) => {
                let replaced = self.replaced(text);
                if replaced != *text {
                    *text = replaced;
                }
            }
            Value::Array(items) => items
                .iter_mut()
                .for_each(|item| self.search_in(item, depth - 1)),
            Value::Object(fields) => {
                for (key, field) in fields.iter_mut() {
                    if !NAMES.contains(&key.as_str()) && key != "managedFields" && key != "labels" {
                        self.search_in(field, depth - 1);
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// The token of a value, the same for the same.
    fn token(&mut self, value: &str) -> String {
        let number = self.known.len() + 1;
        self.known
            .entry(value.to_owned())
            .or_insert_with(|| format!("redacted-{number}"))
            .clone()
    }

    fn look_for(&mut self, value: &str, token: &str) {
        // Of the address of something only the password in it.
        if podside_redact::is_url(value.trim()) {
            for secret in podside_redact::find(value) {
                let text = value.get(secret.range).unwrap_or_default();
                let token = self.token(text);
                self.look_for(text, &token);
            }
            return;
        }
        let mut add = |text: &str, replacement: String| {
            if text.len() >= SHORTEST {
                self.patterns.push(text.to_owned());
                self.replacements.push(replacement);
            }
        };
        if value.len() <= LONGEST {
            add(value.trim(), token.to_owned());
            add(&STANDARD.encode(value), STANDARD.encode(token));
        }
        for line in value.lines().skip(usize::from(!value.contains('\n'))) {
            if line.len() >= SHORTEST_LINE && !line.starts_with("-----") {
                add(line, token.to_owned());
            }
        }
    }
}

impl Hide for Tokens {
    /// The token of a value. What is base64 of text, as in a Secret's `data`, gets the
    /// token of the text, in base64 too.
    fn hide(&mut self, _kind: SecretKind, value: &str) -> String {
        if is_token(value) {
            return value.to_owned();
        }
        match decoded(value) {
            Some(text) if is_token(&text) => value.to_owned(),
            Some(text) if self.known.contains_key(&text) => STANDARD.encode(self.token(&text)),
            _ => self.token(value),
        }
    }
}

fn is_token(text: &str) -> bool {
    text.starts_with("redacted-")
}

/// Whether a value occurs where it is no secret: it is short, a word, a number, a host, a
/// path, or names something. Replaced everywhere, it would change what a recording says.
fn is_ordinary(value: &str, names: &BTreeSet<String>) -> bool {
    let value = value.trim();
    let all = |is: fn(char) -> bool| value.chars().all(is);
    let is_word = value.len() <= LONGEST_WORD && all(|c| c.is_ascii_alphabetic() || c == '-');
    let is_number = value.len() <= LONGEST_WORD && all(|c| c.is_ascii_digit() || ".:-".contains(c));
    value.len() < SHORTEST
        || is_word
        || is_number
        || names.contains(value)
        || is_host(value)
        || value.starts_with('/') && all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c))
}

/// Whether a value has the form of a host's name, with a port or not: labels of small
/// letters, each with a letter, the last without digits.
fn is_host(value: &str) -> bool {
    let (host, port) = value.rsplit_once(':').unwrap_or((value, "0"));
    let mut labels = host.split('.');
    let last = labels.next_back().unwrap_or_default();
    let is_label = |label: &str| {
        label.contains(|c: char| c.is_ascii_lowercase())
            && label
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    let is_last = last.chars().all(|c| c.is_ascii_lowercase()) && last.len() > 1;
    host.contains('.')
        && is_last
        && labels.all(is_label)
        && port.chars().all(|c| c.is_ascii_digit())
}

fn is_secret(object: &Value) -> bool {
    object.get("kind").and_then(Value::as_str) == Some("Secret")
}

/// A Secret's keys and decoded values. What is not text is taken as its base64.
fn values_of(secret: &Value) -> Vec<(String, String)> {
    let data = secret.get("data").and_then(Value::as_object);
    data.into_iter()
        .flatten()
        .filter_map(|(key, value)| {
            let value = value.as_str()?;
            Some((
                key.clone(),
                decoded(value).unwrap_or_else(|| value.to_owned()),
            ))
        })
        .collect()
}

fn decoded(value: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(value).ok()?)
        .ok()
        .filter(|text| !text.is_empty())
}

/// The literal values of environment variables whose names are a secret's.
fn secret_variables(object: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = vec![object];
    while let Some(value) = rest.pop() {
        match value {
            Value::Array(items) => rest.extend(items),
            Value::Object(fields) => {
                let name = fields.get("name").and_then(Value::as_str);
                let value = fields.get("value").and_then(Value::as_str);
                if let (Some(name), Some(value)) = (name, value)
                    && podside_redact::is_secret_name(name)
                    && !value.is_empty()
                {
                    found.push(value.to_owned());
                }
                rest.extend(fields.values());
            }
            _ => {}
        }
    }
    found
}

/// What names things in an object: its own name, others', images and their parts, labels.
fn collect_names(value: &Value, names: &mut BTreeSet<String>, depth: usize) {
    if depth == 0 {
        return;
    }
    match value {
        Value::Array(items) => items
            .iter()
            .for_each(|item| collect_names(item, names, depth - 1)),
        Value::Object(fields) => {
            for (key, field) in fields {
                match field {
                    Value::String(text) if key == "image" => {
                        names.insert(text.clone());
                        names.extend(text.split(['/', ':', '@']).map(str::to_owned));
                    }
                    Value::String(text) if NAMES.contains(&key.as_str()) => {
                        names.insert(text.clone());
                    }
                    Value::Object(labels) if LABELS.contains(&key.as_str()) => {
                        let texts = labels.values().filter_map(Value::as_str);
                        names.extend(texts.map(str::to_owned));
                    }
                    field => collect_names(field, names, depth - 1),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn cluster() -> Vec<Value> {
        let data = json!({"password": STANDARD.encode("hunter2!"), "user": STANDARD.encode("postgres"), "pin": STANDARD.encode("12")});
        let applied = json!({"kind": "Secret", "data": data.clone()}).to_string();
        vec![
            json!({"kind": "Secret", "metadata": {"name": "db", "annotations": {
                "kubectl.kubernetes.io/last-applied-configuration": applied}}, "data": data}),
            json!({"kind": "Service", "metadata": {"name": "postgres"}}),
            json!({"kind": "Pod", "metadata": {"name": "web"}, "spec": {"containers": [{"name": "app", "env": [
                {"name": "DB_PASSWORD", "value": "hunter2!"},
                {"name": "DB_HOST", "value": "postgres"},
                {"name": "API_TOKEN", "value": "other-secret"}]}]}}),
            json!({"kind": "Event", "message": "cannot log in with hunter2! to postgres"}),
        ]
    }

    #[test]
    fn the_same_secret_is_the_same_token_wherever_it_stands() {
        let mut objects = cluster();
        let mut tokens = Tokens::of(&objects);
        for object in &mut objects {
            tokens.replace_in(object);
        }
        let all = json!(objects).to_string();
        for secret in [
            "hunter2",
            "other-secret",
            &STANDARD.encode("hunter2!"),
            &STANDARD.encode("12"),
        ] {
            assert!(!all.contains(secret), "{secret} in {all}");
        }
        let token = objects[2]["spec"]["containers"][0]["env"][0]["value"]
            .as_str()
            .unwrap()
            .to_owned();
        assert_eq!(objects[0]["data"]["password"], STANDARD.encode(&token));
        assert_eq!(
            objects[3]["message"],
            format!("cannot log in with {token} to postgres")
        );
        assert_eq!(tokens.replaced("x hunter2! y"), format!("x {token} y"));
    }

    #[test]
    fn names_stay_names() {
        let mut objects = cluster();
        let mut tokens = Tokens::of(&objects);
        for object in &mut objects {
            tokens.replace_in(object);
        }
        assert_eq!(objects[1]["metadata"]["name"], "postgres");
        assert_eq!(
            objects[2]["spec"]["containers"][0]["env"][1]["value"],
            "postgres"
        );
        assert_eq!(
            objects[2]["spec"]["containers"][0]["env"][1]["name"],
            "DB_HOST"
        );
    }

    #[test]
    fn ordinary_values_are_replaced_only_under_their_names() {
        let data = json!({"host": STANDARD.encode("db.shop.example.com"), "password": STANDARD.encode("swordfish")});
        let mut objects = vec![
            json!({"kind": "Secret", "metadata": {"name": "db"}, "data": data}),
            json!({"kind": "Pod", "metadata": {"name": "web", "labels": {"tier": "backend-7x"}}, "spec": {"containers": [{
                "name": "app", "image": "registry.example.com/shop-cart:v1.20.3", "env": [
                {"name": "COOKIE_DOMAIN", "value": "example.com"},
                {"name": "SESSION_SECRET", "value": "registry.example.com"},
                {"name": "RELEASE_TOKEN", "value": "v1.20.3"},
                {"name": "TIER_TOKEN", "value": "backend-7x"},
                {"name": "PIN_TOKEN", "value": "a1b2c3d4"},
                {"name": "DB_DSN", "value": "postgres://app:hunter2!@db.shop.example.com/x"}]}]}}),
            json!({"kind": "Ingress", "spec": {"rules": [{"host": "shop.example.com"}]}}),
            json!({"kind": "Event", "message": "swordfish at db.shop.example.com: v1.20.3 of xa1b2c3d4 not a1b2c3d4, hunter2! in backend-7x"}),
        ];
        let mut tokens = Tokens::of(&objects);
        for object in &mut objects {
            tokens.replace_in(object);
        }
        assert_eq!(objects[2]["spec"]["rules"][0]["host"], "shop.example.com");
        let container = &objects[1]["spec"]["containers"][0];
        assert_eq!(container["image"], "registry.example.com/shop-cart:v1.20.3");
        assert_eq!(container["env"][0]["value"], "example.com");
        for at in 1..5 {
            assert!(
                is_token(container["env"][at]["value"].as_str().unwrap()),
                "{container}"
            );
        }
        let said = objects[3]["message"].as_str().unwrap();
        assert!(
            said.starts_with(
                "swordfish at db.shop.example.com: v1.20.3 of xa1b2c3d4 not redacted-"
            ),
            "{said}"
        );
        assert!(
            !said.contains("hunter2") && said.ends_with(" in backend-7x"),
            "{said}"
        );
        let dsn = container["env"][5]["value"].as_str().unwrap();
        assert!(
            dsn.starts_with("postgres://app:redacted-") && dsn.ends_with("@db.shop.example.com/x"),
            "{dsn}"
        );
    }
}
