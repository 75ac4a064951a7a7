//! Objects of kinds that have no type of their own here, such as custom resources.
//!
//! What all of them may say of themselves is read, after the conventions of kstatus
//! (<https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md>), and of
//! widespread operators where they put a state, an error, what they need and what they make.
//! Nothing else of `spec` is: it may hold anything.

use super::condition::{self, Condition};
use super::fields::Fields;
use super::kind_ref::KindRef;
use super::meta::Meta;
use super::sharing::Str;

/// An object of a kind that has no type of its own here, such as a custom resource: what
/// such objects have in common. It is read when something points at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// The API version.
    pub api_version: Str,
    /// The API kind.
    pub kind: Str,
    /// `metadata`.
    pub meta: Meta,
    /// `status.phase`, where that is a text; empty when absent.
    pub phase: Str,
    /// Where else in `status` a state stands, in a fixed order.
    pub states: Box<[Told]>,
    /// What `status` says of what went wrong or is waited for outside of conditions, in a
    /// fixed order: the most telling first.
    pub words: Box<[Told]>,
    /// `status.observedGeneration`.
    pub observed_generation: Option<i64>,
    /// `status.conditions`.
    pub conditions: Box<[Condition]>,
    /// Whether a person has its controller leave it alone: `spec.suspend` or `spec.paused`.
    pub suspended: bool,
    /// The objects of such kinds that it cannot do without, such as the issuer of a certificate.
    pub needs: Box<[Need]>,
    /// The names of the Secrets that its controller makes from it, in its namespace.
    pub secrets: Box<[Str]>,
}

/// A text of an object's status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// JSON Pointer of it.
    pub pointer: &'static str,
    /// The text; never empty.
    pub value: Str,
}

/// An object that another one needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// JSON Pointer of its name in the object that needs it.
    pub pointer: &'static str,
    /// Its kind.
    pub kind: KindRef,
    /// Its namespace; empty for a kind without namespaces.
    pub namespace: Str,
    /// Its name.
    pub name: Str,
}

/// Where states stand beside `status.phase`: cert-manager's Orders and Challenges, Spark's
/// applications, Argo CD's operations.
const STATES: &[&str] = &[
    "/status/state",
    "/status/applicationState/state",
    "/status/operationState/phase",
];

/// Where the reason of a failure or of a wait stands: beside those, Velero's and
/// CloudNativePG's.
const WORDS: &[&str] = &[
    "/status/applicationState/errorMessage",
    "/status/operationState/message",
    "/status/failureReason",
    "/status/phaseReason",
    "/status/validationErrors/0",
    "/status/errorMessage",
    "/status/error",
    "/status/message",
    "/status/reason",
];

/// A reference of widespread operators: where it stands, and the kind and group that are meant
/// where it does not say them.
struct Reference {
    /// JSON Pointer of the reference.
    at: &'static str,
    /// JSON Pointer of its name.
    name: &'static str,
    kind: &'static str,
    group: &'static str,
}

/// What objects of a group need: cert-manager its issuers, the External Secrets Operator its
/// stores, Flux its sources, Velero its locations.
const NEEDS: &[(&[&str], &[Reference])] = &[
    (
        &["cert-manager.io", "acme.cert-manager.io"],
        &[Reference {
            at: "/spec/issuerRef",
            name: "/spec/issuerRef/name",
            kind: "Issuer",
            group: "cert-manager.io",
        }],
    ),
    (
        &["external-secrets.io"],
        &[Reference {
            at: "/spec/secretStoreRef",
            name: "/spec/secretStoreRef/name",
            kind: "SecretStore",
            group: "external-secrets.io",
        }],
    ),
    (
        &["kustomize.toolkit.fluxcd.io", "helm.toolkit.fluxcd.io"],
        &[
            Reference {
                at: "/spec/sourceRef",
                name: "/spec/sourceRef/name",
                kind: "GitRepository",
                group: "source.toolkit.fluxcd.io",
            },
            Reference {
                at: "/spec/chart/spec/sourceRef",
                name: "/spec/chart/spec/sourceRef/name",
                kind: "HelmRepository",
                group: "source.toolkit.fluxcd.io",
            },
            Reference {
                at: "/spec/chartRef",
                name: "/spec/chartRef/name",
                kind: "OCIRepository",
                group: "source.toolkit.fluxcd.io",
            },
        ],
    ),
];

/// Where the name of the Secret stands that is made from an object; the object's own name
/// counts where it is left out and the last part is true.
const SECRETS: &[(&str, &str, &str, bool)] = &[
    ("cert-manager.io", "Certificate", "/spec/secretName", false),
    (
        "external-secrets.io",
        "ExternalSecret",
        "/spec/target/name",
        true,
    ),
    (
        "bitnami.com",
        "SealedSecret",
        "/spec/template/metadata/name",
        true,
    ),
    (
        "secrets.hashicorp.com",
        "VaultStaticSecret",
        "/spec/destination/name",
        false,
    ),
    (
        "secrets.hashicorp.com",
        "VaultDynamicSecret",
        "/spec/destination/name",
        false,
    ),
    ("onepassword.com", "OnePasswordItem", "", true),
];

/// The kinds from whose objects their controllers make Secrets: group and kind.
pub(crate) const MAKERS_OF_SECRETS: &[(&str, &str)] = &[
    ("cert-manager.io", "Certificate"),
    ("external-secrets.io", "ExternalSecret"),
    ("bitnami.com", "SealedSecret"),
    ("secrets.hashicorp.com", "VaultStaticSecret"),
    ("secrets.hashicorp.com", "VaultDynamicSecret"),
    ("onepassword.com", "OnePasswordItem"),
    (CLUSTER_OF_POSTGRES.0, CLUSTER_OF_POSTGRES.1),
];

/// A database of CloudNativePG: the Secret of its application is called after it.
const CLUSTER_OF_POSTGRES: (&str, &str) = ("postgresql.cnpg.io", "Cluster");

impl Other {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        let status = object.at("status");
        let spec = object.at("spec");
        let meta = Meta::read(object, true);
        let (api_version, kind) = (object.name("apiVersion"), object.name("kind"));
        let group = super::group_of(&api_version, &kind).to_owned();
        Self {
            phase: status.name("phase"),
            states: told(object, STATES),
            words: told(object, WORDS),
            observed_generation: status.int("observedGeneration"),
            conditions: condition::read(status),
            suspended: spec.is("suspend") || spec.is("paused"),
            needs: needs(object, &group, &meta),
            secrets: secrets(object, &group, &kind, &meta),
            api_version,
            kind,
            meta,
        }
    }

    /// The condition of that type.
    pub fn condition(&self, kind: &str) -> Option<&Condition> {
        condition::find(&self.conditions, kind)
    }
}

/// The object that holds what a pointer points at, and the last step.
fn holder<'a, 'p>(object: Fields<'a>, pointer: &'p str) -> (Fields<'a>, &'p str) {
    let (above, last) = pointer.rsplit_once('/').unwrap_or(("", pointer));
    let steps = above.split('/').filter(|step| !step.is_empty());
    (steps.fold(object, Fields::at), last)
}

fn text(object: Fields<'_>, pointer: &str) -> Option<Str> {
    // The first of a list of texts is the one that is told.
    if let Some(list) = pointer.strip_suffix("/0") {
        let (holder, last) = holder(object, list);
        return holder.strs(last).into_iter().find(|text| !text.is_empty());
    }
    let (holder, last) = holder(object, pointer);
    holder.message(last)
}

fn told(object: Fields<'_>, pointers: &'static [&'static str]) -> Box<[Told]> {
    let told = pointers.iter().filter_map(|pointer| {
        let value = text(object, pointer)?;
        Some(Told { pointer, value })
    });
    told.collect()
}

fn needs(object: Fields<'_>, group: &str, meta: &Meta) -> Box<[Need]> {
    let mut known = NEEDS.iter().filter(|(groups, _)| groups.contains(&group));
    let references = known.next().map_or(&[][..], |(_, references)| references);
    let needs = references.iter().filter_map(|of| {
        let (above, last) = holder(object, of.at);
        let reference = above.at(last);
        let name = reference.filled("name")?;
        let sharing = reference.sharing();
        let or = |field: Option<Str>, meant: &str| field.unwrap_or_else(|| sharing.str(meant));
        let kind = or(reference.filled("kind"), of.kind);
        // The operators call a kind without namespaces after the one with them.
        let namespace = if kind.starts_with("Cluster") {
            sharing.str("")
        } else {
            let own = || meta.namespace.clone();
            reference.filled("namespace").unwrap_or_else(own)
        };
        Some(Need {
            pointer: of.name,
            kind: KindRef {
                name: kind,
                group: or(reference.filled("group"), of.group),
            },
            namespace,
            name,
        })
    });
    needs.collect()
}

fn secrets(object: Fields<'_>, group: &str, kind: &str, meta: &Meta) -> Box<[Str]> {
    if (group, kind) == CLUSTER_OF_POSTGRES {
        return Box::new([Str::from(format!("{}-app", meta.name))]);
    }
    let mut known = SECRETS.iter().filter(|of| (of.0, of.1) == (group, kind));
    let Some((_, _, pointer, or_own)) = known.next() else {
        return Box::default();
    };
    let named = text(object, pointer).filter(|_| !pointer.is_empty());
    let own = || or_own.then(|| meta.name.clone());
    named.or_else(own).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::facts::{Fact, Sharing, from_object};

    fn other(object: &Value) -> Other {
        match from_object(object, &Sharing::default()) {
            Some(Fact::Other(other)) => Other::clone(&other),
            fact => panic!("{fact:?}"),
        }
    }

    #[test]
    fn what_a_certificate_needs_and_makes_is_read() {
        let read = other(&json!({
            "apiVersion": "cert-manager.io/v1", "kind": "Certificate",
            "metadata": {"name": "site", "namespace": "web"},
            "spec": {"secretName": "site-tls", "issuerRef": {"name": "acme", "kind": "ClusterIssuer"}},
        }));
        assert_eq!(*read.secrets, [Str::from("site-tls")]);
        let [need] = &*read.needs else {
            panic!("{:?}", read.needs)
        };
        assert_eq!(
            need.kind.object(&need.namespace, &need.name).to_string(),
            "ClusterIssuer.cert-manager.io acme"
        );
        let own = other(&json!({
            "apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret",
            "metadata": {"name": "db", "namespace": "web"},
            "spec": {"secretStoreRef": {"name": "vault"}},
        }));
        assert_eq!(*own.secrets, [Str::from("db")]);
        let need = own.needs.first().map(|it| (&*it.kind.name, &*it.namespace));
        assert_eq!(need, Some(("SecretStore", "web")));
    }

    #[test]
    fn states_and_words_are_read_where_operators_put_them_and_nothing_else() {
        let read = other(&json!({
            "apiVersion": "jobs.example/v1", "kind": "Run", "metadata": {"name": "one", "namespace": "a"},
            "spec": {"suspend": true, "error": "hunter2", "secretName": "hunter3"},
            "status": {"state": "failed", "applicationState": {"state": "FAILED", "errorMessage": "no such class"},
                "validationErrors": ["a", "b"], "message": 7, "operationState": "odd"},
        }));
        let pairs = |told: &[Told]| -> Vec<String> {
            let told = told.iter().map(|it| format!("{}={}", it.pointer, it.value));
            told.collect()
        };
        assert_eq!(
            pairs(&read.states),
            [
                "/status/state=failed",
                "/status/applicationState/state=FAILED"
            ]
        );
        assert_eq!(
            pairs(&read.words),
            [
                "/status/applicationState/errorMessage=no such class",
                "/status/validationErrors/0=a"
            ]
        );
        assert!(read.suspended && read.secrets.is_empty() && read.needs.is_empty());
        assert!(!format!("{read:?}").contains("hunter"));
    }
}
