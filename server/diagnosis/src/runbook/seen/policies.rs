//! Configuration, rights, and what the cluster allows.

use super::describe::describe;
use super::shape::{Field, Shape, Type};
use super::view::{Described, Fields, Seen, Unseen};
use crate::facts::{
    AccessRule, BoundSubject, ConfigMap, Limit, LimitRange, Object, ResourceQuota, Role,
    RoleBinding, Secret, ServiceAccount, Webhook, WebhookConfiguration, WebhookService,
};

describe! {
    object ConfigMap as it: ConfigMap, "A ConfigMap. Its values are not read." {
        keys: texts, "The names of its keys." => &*it.keys;
        immutable: flag, "`immutable`." => it.immutable;
    }

    object Secret as it: Secret, "A Secret. Its values are never read." {
        keys: unsure_texts, "The names of its keys, where a rule had them read; unknown otherwise." => keys(it);
    }

    object ServiceAccount as it: ServiceAccount, "A ServiceAccount." {
        imagePullSecrets: texts, "The Secrets with which its Pods pull images." => &*it.image_pull_secrets;
    }

    object Role as it: Role, "A Role or ClusterRole." {
        rules: [AccessRule], "`rules`." => &*it.rules;
    }

    part PolicyRule as it: AccessRule, "A rule of a Role." {
        verbs: texts, "`verbs`." => &*it.verbs;
        apiGroups: texts, "`apiGroups`." => &*it.groups;
        resources: texts, "`resources`." => &*it.resources;
        resourceNames: texts, "`resourceNames`, none for every name." => &*it.names;
    }

    object RoleBinding as it: RoleBinding, "A RoleBinding or ClusterRoleBinding." {
        roleKind: text, "`Role` or `ClusterRole`." => &*it.role_kind;
        roleName: text, "The name of the role." => &*it.role;
        subjects: [BoundSubject], "`subjects`." => &*it.subjects;
    }

    part Subject as it: BoundSubject, "Whom a binding grants its role." {
        kind: text, "`ServiceAccount`, `User` or `Group`." => &*it.kind;
        name: text, "The name." => &*it.name;
        namespace: text, "The namespace of a ServiceAccount, `''` otherwise." => &*it.namespace;
    }

    object ResourceQuota as it: ResourceQuota, "A ResourceQuota." {
        hard: named_texts, "What its namespace may use, as written, by resource." => it.hard.iter().map(|(name, of)| (name, of.to_string()));
        used: named_texts, "What its namespace uses, as written, by resource." => it.used.iter().map(|(name, of)| (name, of.to_string()));
    }

    object LimitRange as it: LimitRange, "A LimitRange." {
        limits: [Limit], "`spec.limits`." => &*it.limits;
    }

    part Limit as it: Limit, "One of a LimitRange's `limits`." {
        kind: text, "`Container`, `Pod` or `PersistentVolumeClaim`." => &*it.kind;
        max: named_texts, "`max` as written, by resource." => it.max.iter().map(|(name, of)| (name, of.to_string()));
        min: named_texts, "`min` as written, by resource." => it.min.iter().map(|(name, of)| (name, of.to_string()));
    }

    object WebhookConfiguration as it: WebhookConfiguration, "A ValidatingWebhookConfiguration or MutatingWebhookConfiguration." {
        webhooks: [Webhook], "`webhooks`." => &*it.webhooks;
    }

    part Webhook as it: Webhook, "A webhook." {
        name: text, "Its name." => &*it.name;
        failurePolicy: text, "`Fail` or `Ignore`." => &*it.failure_policy;
        service: (WebhookService?), "The Service that it is called through." => it.service.as_ref();
        url: text, "The address that is called, `''` where it is a Service." => &*it.url;
        resources: texts, "The resources of all its rules." => &*it.resources;
        timeoutSeconds: int, "`timeoutSeconds`." => it.timeout;
    }

    part WebhookService as it: WebhookService, "The Service that a webhook is called through." {
        namespace: text, "Its namespace." => &*it.namespace;
        name: text, "Its name." => &*it.name;
        port: int, "Its port." => it.port;
    }
}

fn keys(secret: &Secret) -> Seen<&[crate::facts::Str]> {
    let unread = |why| Unseen::Unread {
        what: secret.object_ref().to_string(),
        why,
    };
    secret.keys.as_deref().map_err(|why| unread(*why))
}
