use super::fields::Fields;
use super::meta::Meta;
use super::selector::Selector;
use super::sharing::Str;

/// A ValidatingWebhookConfiguration or a MutatingWebhookConfiguration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookConfiguration {
    /// `metadata`.
    pub meta: Meta,
    /// Whether its webhooks change objects.
    pub mutating: bool,
    /// `webhooks`.
    pub webhooks: Box<[Webhook]>,
}

/// One of a configuration's `webhooks`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Its index in the object.
    pub index: usize,
    /// `name`.
    pub name: Str,
    /// `failurePolicy`; `Fail` when absent.
    pub failure_policy: Str,
    /// Whether the object has the field `failurePolicy`.
    pub failure_policy_stated: bool,
    /// Namespace, name, path and port of `clientConfig.service`.
    pub service: Option<WebhookService>,
    /// `clientConfig.url`; empty when a Service is called.
    pub url: Str,
    /// The resources of all `rules`, such as `pods` or `*`.
    pub resources: Box<[Str]>,
    /// `namespaceSelector`; selects all when absent.
    pub namespaces: Selector,
    /// `objectSelector`; selects all when absent.
    pub objects: Selector,
    /// `timeoutSeconds`; 10 when absent.
    pub timeout: i64,
}

/// The Service that a webhook is called through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookService {
    /// `namespace`.
    pub namespace: Str,
    /// `name`.
    pub name: Str,
    /// `port`; 443 when absent.
    pub port: i64,
}

impl WebhookConfiguration {
    pub(crate) fn read(object: Fields<'_>, mutating: bool) -> Self {
        Self {
            meta: Meta::read(object, true),
            mutating,
            webhooks: object.list("webhooks").map(webhook).collect(),
        }
    }

    /// The API kind.
    pub const fn kind(&self) -> &'static str {
        if self.mutating {
            "MutatingWebhookConfiguration"
        } else {
            "ValidatingWebhookConfiguration"
        }
    }
}

fn webhook((index, webhook): (usize, Fields<'_>)) -> Webhook {
    let client = webhook.at("clientConfig");
    let service = client.at("service");
    let selector = |key| Selector {
        present: true,
        ..Selector::read(webhook.at(key))
    };
    Webhook {
        index,
        name: webhook.name("name"),
        failure_policy: webhook
            .filled("failurePolicy")
            .unwrap_or_else(|| webhook.sharing().str("Fail")),
        failure_policy_stated: webhook.raw("failurePolicy").is_some(),
        service: service.exists().then(|| WebhookService {
            namespace: service.name("namespace"),
            name: service.name("name"),
            port: service.int("port").unwrap_or(443),
        }),
        url: client.name("url"),
        resources: webhook
            .list("rules")
            .flat_map(|(_, r)| r.strs("resources"))
            .collect(),
        namespaces: selector("namespaceSelector"),
        objects: selector("objectSelector"),
        timeout: webhook.int("timeoutSeconds").unwrap_or(10),
    }
}
