use podside_redact::{hide_named, is_token};

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
        let text = clean(var.raw("value").unwrap_or_default(), SHORT);
        // The host that a URL names is what rules look for; who logs in there is not.
        let text = without_credentials(&text);
        let shown = hide_named(name, &text);
        return if is_token(&shown) {
            EnvValue::Hidden
        } else {
            EnvValue::Plain(var.sharing().str(&shown))
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
    use crate::facts::Sharing;

    #[test]
    fn credentials_in_a_url_are_left_out() {
        assert_eq!(
            without_credentials("postgres://app:s3cr3t@db:5432/x?a=b@c"),
            "postgres://db:5432/x?a=b@c"
        );
        assert_eq!(without_credentials("http://web/a@b"), "http://web/a@b");
    }

    #[test]
    fn what_is_secret_by_its_name_or_its_form_is_not_read() {
        let container = serde_json::json!({"env": [
            {"name": "DB_PASS", "value": "hunter2hunter2"},
            {"name": "TOKEN_ENDPOINT", "value": "https://id.example/oauth/token"},
            {"name": "DSN", "value": "host=db password=hunter2hunter2 dbname=shop"},
            {"name": "MODE", "value": "fast"},
            {"name": "OIDC_TOKEN_ENDPOINT", "value": "https://app:hunter2hunter2@id.shop:8443/oauth/token?client=a&client_secret=hunter2hunter2"},
            {"name": "DATABASE_DSN", "value": "app:hunter2hunter2@tcp(db:3306)/shop"},
        ]});
        let sharing = Sharing::default();
        let env = env(Fields::of(&container, &sharing));
        assert_eq!(env[0].value, EnvValue::Hidden);
        let plain = |nth: usize| match &env[nth].value {
            EnvValue::Plain(text) => text.to_string(),
            other => panic!("{other:?}"),
        };
        assert_eq!(plain(1), "https://id.example/oauth/token");
        let dsn = plain(2);
        assert!(
            dsn.starts_with("host=db password=[hidden: ") && !dsn.contains("hunter2"),
            "{dsn}"
        );
        assert_eq!(plain(3), "fast");
        let endpoint = plain(4);
        assert!(
            endpoint.starts_with("https://id.shop:8443/oauth/token?client=a&client_secret=["),
            "{endpoint}"
        );
        assert!(plain(5).ends_with("@tcp(db:3306)/shop"), "{}", plain(5));
        assert!(!format!("{env:?}").contains("hunter2"), "{env:?}");
    }
}
