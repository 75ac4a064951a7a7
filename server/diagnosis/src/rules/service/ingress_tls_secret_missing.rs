//! Symptom: browsers warn of the ingress controller's own certificate.
//! Cause: the TLS Secret that the Ingress names does not exist, or has no certificate.
//! Fix: create the Secret of type kubernetes.io/tls.
//! Source: <https://kubernetes.io/docs/concepts/services-networking/ingress/#tls>

use podside_model::Severity;

use crate::facts::{Ingress, IngressTls, Kind, Object, Secret};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::near;
use crate::patience::CERTIFICATE_ISSUED;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::rules::custom::makers::answers_for_secret;
use crate::snapshot::{Lookup, Snapshot};
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "ingress-tls-secret-missing",
    source: "https://kubernetes.io/docs/concepts/services-networking/ingress/#tls",
    rank: Rank::Root,
    runs: &[Run::Ingress(run)],
    texts: &[
        text(
            "title",
            "Ingress {name} takes its certificate from Secret {secret}, which does not exist",
            "Ingress {name} が証明書に使う Secret {secret} が存在しない",
        ),
        text(
            "title.key",
            "Ingress {name} takes its certificate from Secret {secret}, which has no key {key}",
            "Ingress {name} が証明書に使う Secret {secret} にキー {key} がない",
        ),
        text(
            "explanation",
            "Without the certificate for {hosts} the ingress controller serves its own, which browsers do not trust, or none. The Secret must be in namespace {namespace} with the keys tls.crt and tls.key.",
            "{hosts} の証明書がないため、Ingress コントローラーは自身の証明書（ブラウザーは信頼しません）を使うか、TLS を提供しません。Secret は Namespace {namespace} に置き、tls.crt と tls.key のキーが必要です。",
        ),
        text(
            "fix.near",
            "If {near} is meant, correct secretName in Ingress {name}.",
            "{near} のことであれば、Ingress {name} の secretName を修正します。",
        ),
        text(
            "fix.elsewhere",
            "A Secret of that name is in namespace {elsewhere}, from where an Ingress cannot take it: copy it to namespace {namespace}.",
            "同じ名前の Secret が Namespace {elsewhere} にありますが、Ingress からは使えません。Namespace {namespace} にコピーします。",
        ),
        text(
            "fix.create",
            "Create the Secret from the certificate and its key. If cert-manager should make it, see why it has not.",
            "証明書と秘密鍵から Secret を作成します。cert-manager が作成する構成であれば、作成されない理由を確認します。",
        ),
    ],
};

fn run(ingress: &Ingress, snapshot: &Snapshot, findings: &mut Findings) {
    if ingress.meta.deleting.is_some() {
        return;
    }
    let namespace = &*ingress.meta.namespace;
    for tls in ingress.tls.iter().filter(|tls| !tls.secret.is_empty()) {
        let finding = match snapshot.secrets.find(namespace, &tls.secret) {
            Lookup::Unknown(why) => {
                findings.unknown_object(Kind::Secret, namespace, &tls.secret, why);
                continue;
            }
            Lookup::Missing if is_being_issued(ingress, snapshot) => continue,
            // What is to make it says why it has not.
            Lookup::Missing if answers_for_secret(namespace, &tls.secret, snapshot, findings) => {
                continue;
            }
            Lookup::Missing => missing(ingress, tls, snapshot),
            Lookup::Found(secret) => {
                let has = match findings.secret_keys(secret) {
                    Ok(has) => has,
                    Err(why) => {
                        findings.unknown_keys(Kind::Secret, namespace, &tls.secret, why);
                        continue;
                    }
                };
                let keys = ["tls.crt", "tls.key"];
                match keys
                    .into_iter()
                    .find(|key| has.iter().all(|k| **k != **key))
                {
                    Some(key) => without_key(ingress, tls, secret, key),
                    None => continue,
                }
            }
        };
        let hosts: Vec<String> = tls.hosts.iter().map(ToString::to_string).collect();
        let hosts = if hosts.is_empty() {
            vec!["*".to_owned()]
        } else {
            hosts
        };
        findings.add(
            finding
                .severity(Severity::Warning)
                .arg("secret", &*tls.secret)
                .arg("hosts", hosts)
                .fix_with(
                    "fix.create",
                    format!(
                        "{} create secret tls {} --cert=tls.crt --key=tls.key",
                        kubectl::prefix(Some(namespace)),
                        kubectl::word(&tls.secret)
                    ),
                ),
        );
    }
}

/// Whether cert-manager is told to make the Secret and has had little time.
fn is_being_issued(ingress: &Ingress, snapshot: &Snapshot) -> bool {
    const TOLD: [&str; 3] = [
        "cert-manager.io/cluster-issuer",
        "cert-manager.io/issuer",
        "kubernetes.io/tls-acme",
    ];
    TOLD.iter()
        .any(|key| ingress.meta.annotation(key).is_some())
        && !CERTIFICATE_ISSUED.has_ended(ingress.meta.created, snapshot)
}

fn pointer(tls: &IngressTls) -> String {
    format!("/spec/tls/{}/secretName", tls.index)
}

fn missing(ingress: &Ingress, tls: &IngressTls, snapshot: &Snapshot) -> Finding {
    let namespace = &*ingress.meta.namespace;
    let object = proof::object(Kind::Secret, namespace, &tls.secret);
    let finding = Finding::on(ingress)
        .proof(proof::field(ingress, pointer(tls), &tls.secret))
        .proof(proof::absence(object, ingress, pointer(tls)));
    let names = snapshot.secrets.in_namespace(namespace);
    if let Some(near) = near::name(&tls.secret, names.map(|s| &*s.meta.name)) {
        return finding.arg("near", near).fix("fix.near");
    }
    let elsewhere = snapshot
        .elsewhere(Kind::Secret, namespace, &tls.secret)
        .next();
    match elsewhere {
        Some(there) => finding.arg("elsewhere", &**there).fix("fix.elsewhere"),
        None => finding,
    }
}

fn without_key(ingress: &Ingress, tls: &IngressTls, secret: &Secret, key: &'static str) -> Finding {
    Finding::on(ingress)
        .title("title.key")
        .arg("key", key)
        .proof(proof::absent_key_of(
            secret.object_ref(),
            key,
            ingress,
            pointer(tls),
        ))
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn objects(secret: &str) -> String {
        format!(
            "
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: site, namespace: web}}
spec: {{ingressClassName: nginx, tls: [{{hosts: [shop.example], secretName: shop-tls}}]}}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {{name: nginx}}
---
apiVersion: v1
kind: Secret
metadata: {{name: {secret}, namespace: web}}
data: {{tls.crt: '', KEY: ''}}
"
        )
        .replace("KEY", "tls.key")
    }

    #[test]
    fn a_secret_that_does_not_exist() {
        check(&objects("shop-tsl"))
            .finds("ingress-tls-secret-missing", "Ingress web/site")
            .tells("title")
            .with("secret", "shop-tls")
            .offers("fix.near")
            .with("near", "shop-tsl")
            .alone();
    }

    #[test]
    fn a_secret_in_another_namespace_and_one_that_is_being_made() {
        let there = objects("shop-tls").replace(
            "{name: shop-tls, namespace: web}",
            "{name: shop-tls, namespace: certs}",
        );
        check(&there)
            .finds("ingress-tls-secret-missing", "Ingress web/site")
            .offers("fix.elsewhere")
            .with("elsewhere", "certs");
        let issued = there.replace(
            "{name: site, namespace: web}",
            "{name: site, namespace: web, creationTimestamp: 'AT', annotations: {cert-manager.io/issuer: ca}}",
        );
        check(&issued.replace("AT", "2026-01-01T11:59:00Z")).finds_nothing();
        check(&issued.replace("AT", "2026-01-01T11:50:00Z"))
            .finds("ingress-tls-secret-missing", "Ingress web/site");
    }

    #[test]
    fn a_secret_without_the_private_key() {
        check(&objects("shop-tls").replace("tls.key", "tls.pem"))
            .finds("ingress-tls-secret-missing", "Ingress web/site")
            .tells("title.key")
            .with("key", "tls.key");
    }

    #[test]
    fn a_secret_of_which_only_the_metadata_was_read() {
        let objects = objects("shop-tls").replace("data: {tls.crt: '', tls.key: ''}\n", "");
        check(&objects)
            .does_not_find("ingress-tls-secret-missing")
            .cannot_tell("unknown.keys")
            .with("kind", "Secret")
            .with("name", "shop-tls");
    }

    #[test]
    fn a_secret_that_is_well_or_cannot_be_read() {
        check(&objects("shop-tls")).finds_nothing();
        check(&objects("shop-tls"))
            .denying("secrets")
            .does_not_find("ingress-tls-secret-missing")
            .cannot_tell("unknown.object")
            .with("kind", "Secret")
            .with("name", "shop-tls");
    }
}
