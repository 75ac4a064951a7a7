use super::clean::{SHORT, clean};
use super::fields::Fields;
use super::sharing::Str;

/// One of a container's `env`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EnvVar {
    /// Its index in the object.
    pub index: usize,
    /// `name`.
    pub name: Str,
    /// Where its value comes from.
    pub value: EnvValue,
}

/// Where the value of an environment variable comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum EnvValue {
    /// `value`, as written; user names and passwords in URLs are left out.
    Plain(Str),
    /// `value` of a variable whose name says that it is secret: it is not read.
    Hidden,
    /// `valueFrom.configMapKeyRef`.
    ConfigMapKey(KeyRef),
    /// `valueFrom.secretKeyRef`.
    SecretKey(KeyRef),
    /// `valueFrom.fieldRef.fieldPath`.
    Field(Str),
    /// `valueFrom.resourceFieldRef` and what newer versions add.
    Other,
}

/// A key of a ConfigMap or Secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyRef {
    /// The object's name.
    pub name: Str,
    /// The key.
    pub key: Str,
    /// Whether the container starts without it.
    pub optional: bool,
}

/// One of a container's `envFrom`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EnvFrom {
    /// Its index in the object.
    pub index: usize,
    /// Whether a Secret is meant; a ConfigMap otherwise.
    pub secret: bool,
    /// The object's name.
    pub name: Str,
    /// Whether the container starts without it.
    pub optional: bool,
    /// `prefix` of the variables; empty when absent.
    pub prefix: Str,
}

pub(crate) fn env(container: Fields<'_>) -> Box<[EnvVar]> {
    container
        .list("env")
        .map(|(index, var)| {
            let name = var.name("name");
            let value = value(&name, var);
            EnvVar { index, name, value }
        })
        .collect()
}

pub(crate) fn env_from(container: Fields<'_>) -> Box<[EnvFrom]> {
    container
        .list("envFrom")
        .filter_map(|(index, source)| {
            let (config_map, secret) = (source.at("configMapRef"), source.at("secretRef"));
            let reference = if secret.exists() { secret } else { config_map };
            reference.exists().then(|| EnvFrom {
                index,
                secret: secret.exists(),
                name: reference.name("name"),
                optional: reference.is("optional"),
                prefix: source.name("prefix"),
            })
        })
        .collect()
}

fn value(name: &str, var: Fields<'_>) -> EnvValue {
    let from = var.at("valueFrom");
    if !from.exists() {
        return if looks_secret(name) {
            EnvValue::Hidden
        } else {
            let text = clean(var.raw("value").unwrap_or_default(), SHORT).into_owned();
            EnvValue::Plain(var.sharing().str(&without_credentials(&text)))
        };
    }
    let key = |reference: Fields<'_>| KeyRef {
        name: reference.name("name"),
        key: reference.name("key"),
        optional: reference.is("optional"),
    };
    let (config_map, secret) = (from.at("configMapKeyRef"), from.at("secretKeyRef"));
    if config_map.exists() {
        EnvValue::ConfigMapKey(key(config_map))
    } else if secret.exists() {
        EnvValue::SecretKey(key(secret))
    } else {
        from.at("fieldRef")
            .str("fieldPath")
            .map_or(EnvValue::Other, EnvValue::Field)
    }
}

/// Whether a variable's name says that its value must not be shown.
pub(crate) fn looks_secret(name: &str) -> bool {
    const WORDS: [&str; 9] = [
        "PASSWORD",
        "PASSWD",
        "SECRET",
        "TOKEN",
        "CREDENTIAL",
        "PRIVATE",
        "APIKEY",
        "API_KEY",
        "ACCESS_KEY",
    ];
    let name = name.to_ascii_uppercase();
    WORDS.iter().any(|word| name.contains(word))
}

/// `scheme://user:password@host` without user and password.
fn without_credentials(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else {
        return text.to_owned();
    };
    let end = rest.find(['/', '?', '#', ' ']).unwrap_or(rest.len());
    match rest.get(..end).and_then(|authority| authority.rfind('@')) {
        Some(at) => format!("{scheme}://{}", rest.get(at + 1..).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_in_a_url_are_left_out() {
        assert_eq!(
            without_credentials("postgres://app:s3cr3t@db:5432/x?a=b@c"),
            "postgres://db:5432/x?a=b@c"
        );
        assert_eq!(without_credentials("http://web/a@b"), "http://web/a@b");
    }

    #[test]
    fn names_of_secrets_are_known() {
        assert!(looks_secret("db_password"));
        assert!(!looks_secret("DATABASE_HOST"));
    }
}
