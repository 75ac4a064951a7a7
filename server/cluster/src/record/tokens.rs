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
                if !is_public && !names.contains(value.trim()) {
                    tokens.look_for(&value, &token);
                }
            }
        }
        for variable in objects.iter().flat_map(secret_variables) {
            if !names.contains(variable.as_str()) {
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
        match &self.search {
            Some(search) if !self.patterns.is_empty() => {
                search.replace_all(text, &self.replacements)
            }
            _ => text.to_owned(),
        }
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
                    Value::String(text) if NAMES.contains(&key.as_str()) => {
                        names.insert(text.clone());
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
}
