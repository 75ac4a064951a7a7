//! Symptom: the process ends, is not ready or waits, with "NoCredentialProviders", "is not
//! authorized to perform", or a timeout of the metadata service.
//! Cause: the cloud's metadata or identity service gives the workload no credentials, or its
//! account may not do what is asked.
//! Fix: the identity of the `ServiceAccount` in the cloud, and what that may do.
//! Source: <https://kubernetes.io/docs/concepts/security/service-accounts/#authenticating-credentials>

use super::complaint::complaints;
use crate::facts::{Kind, Pod, ServiceAccount, Str};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::log_reading::Claim;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::{Lookup, Snapshot};
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "cloud-access-denied",
    source: "https://kubernetes.io/docs/concepts/security/service-accounts/#authenticating-credentials",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "The cloud gives container {container} of {name} no credentials: {line}",
            "{name} のコンテナ {container} にクラウドが資格情報を渡さない: {line}",
        ),
        text(
            "title.refused",
            "The cloud refuses what container {container} of {name} asks: {line}",
            "クラウドが {name} のコンテナ {container} の要求を拒否する: {line}",
        ),
        text(
            "explanation",
            "ServiceAccount {account} has no annotation that gives its Pods an identity in the cloud, so the application asks the metadata service of its node, which gives it none or those of the node.",
            "ServiceAccount {account} にクラウドの ID を指定するアノテーションがありません。アプリケーションはノードのメタデータサービスに問い合わせますが、得られる資格情報はないか、ノードのものです。",
        ),
        text(
            "explanation.annotated",
            "ServiceAccount {account} stands for {identity} in the cloud ({annotation}). That identity does not exist, does not trust this ServiceAccount, or may not do what is asked.",
            "ServiceAccount {account} はクラウドの {identity} に対応しています（{annotation}）。この ID が存在しないか、この ServiceAccount を信頼していないか、必要な権限がありません。",
        ),
        text(
            "explanation.unknown",
            "The container runs as ServiceAccount {account}. Either that has no identity in the cloud, or its identity may not do what is asked.",
            "コンテナは ServiceAccount {account} として動作しています。クラウドの ID がないか、その ID に必要な権限がありません。",
        ),
        text(
            "fix.identity",
            "Check in the cloud that {identity} exists, trusts {namespace}/{account}, and may do what the line says.",
            "クラウド側で {identity} が存在し、{namespace}/{account} を信頼し、この行の操作を許可しているか確認します。",
        ),
        text(
            "fix.annotate",
            "Give ServiceAccount {account} an identity in the cloud by its annotation (eks.amazonaws.com/role-arn, iam.gke.io/gcp-service-account, azure.workload.identity/client-id), and start the Pods anew.",
            "ServiceAccount {account} にクラウドの ID を示すアノテーション（eks.amazonaws.com/role-arn、iam.gke.io/gcp-service-account、azure.workload.identity/client-id）を設定し、Pod を再起動します。",
        ),
        text(
            "fix.allow",
            "Let the identity of ServiceAccount {account} do in the cloud what the line says.",
            "この行の操作を、ServiceAccount {account} の ID にクラウド側で許可します。",
        ),
    ],
};

/// The annotations with which a `ServiceAccount` gets an identity in a cloud.
const IDENTITIES: [&str; 3] = [
    "eks.amazonaws.com/role-arn",
    "iam.gke.io/gcp-service-account",
    "azure.workload.identity/client-id",
];

fn run<'s>(pod: &'s Pod, snapshot: &'s Snapshot, findings: &mut Findings<'s>) {
    let is_meant = |claim: &Claim| matches!(claim, Claim::CloudAccess);
    for complaint in complaints(pod, snapshot, findings, is_meant) {
        let finding = complaint.finding(snapshot);
        let refused = is_refusal(&complaint.told.line.text);
        let finding = if refused {
            finding.title("title.refused")
        } else {
            finding
        };
        findings.add(of_account(finding, complaint.pod, refused, snapshot));
    }
}

/// Whether a line says that there were credentials, and that they do not suffice.
fn is_refusal(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    [
        "not authorized to perform",
        "insufficient authentication scopes",
        "does not have authorization",
        "does not have ",
    ]
    .into_iter()
    .any(|words| line.contains(words))
}

/// Adds what the Pod's `ServiceAccount` is in the cloud.
fn of_account(finding: Finding, pod: &Pod, refused: bool, snapshot: &Snapshot) -> Finding {
    let account = pod.spec.service_account_name();
    let namespace = &*pod.meta.namespace;
    let finding = finding.arg("account", account);
    let Lookup::Found(found) = snapshot.service_accounts.find(namespace, account) else {
        return finding.explanation("explanation.unknown").fix("fix.allow");
    };
    let command = kubectl::get_yaml(&proof::object(Kind::ServiceAccount, namespace, account));
    match identity(found) {
        Some((annotation, identity)) => {
            let pointer = format!("/metadata/annotations/{}", annotation.replace('/', "~1"));
            finding
                .arg("identity", &**identity)
                .arg("annotation", annotation)
                .proof(proof::field(found, pointer, identity))
                .explanation("explanation.annotated")
                .fix_with("fix.identity", command)
        }
        // Those of the node were taken, and do not suffice.
        None if refused => finding
            .explanation("explanation.unknown")
            .fix_with("fix.allow", command)
            .fix("fix.annotate"),
        None => finding.fix_with("fix.annotate", command),
    }
}

fn identity(account: &ServiceAccount) -> Option<(&'static str, &Str)> {
    IDENTITIES
        .into_iter()
        .find_map(|key| Some((key, account.meta.annotation(key)?)))
}

#[cfg(test)]
mod tests {
    use super::super::testing::crashing;
    use crate::testing::check;

    fn with_account(annotations: &str) -> String {
        crashing("exitCode: 1, reason: Error").replace(
            "  restartPolicy",
            "  serviceAccountName: uploader\n  restartPolicy",
        ) + &format!(
            "---
apiVersion: v1
kind: ServiceAccount
metadata: {{name: uploader, namespace: shop, annotations: {{{annotations}}}}}
"
        )
    }

    #[test]
    fn an_account_without_an_identity_gets_no_credentials() {
        check(&with_account(""))
            .log(
                "shop/web",
                "app",
                false,
                "NoCredentialProviders: no valid providers in chain. Deprecated.\n",
            )
            .finds("cloud-access-denied", "Pod shop/web[app]")
            .tells("title")
            .tells("explanation")
            .with("account", "uploader")
            .offers("fix.annotate")
            .alone();
    }

    #[test]
    fn an_identity_that_may_not_do_it() {
        check(&with_account("eks.amazonaws.com/role-arn: 'arn:aws:iam::1:role/up'"))
            .log(
                "shop/web",
                "app",
                false,
                "botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the PutObject operation: User: arn:aws:sts::1:assumed-role/up/x is not authorized to perform: s3:PutObject\n",
            )
            .finds("cloud-access-denied", "Pod shop/web[app]")
            .tells("title.refused")
            .tells("explanation.annotated")
            .with("identity", "arn:aws:iam::1:role/up")
            .offers("fix.identity")
            .alone();
    }

    #[test]
    fn a_role_of_kubernetes_that_is_missing_is_another_cause() {
        check(&with_account(""))
            .log(
                "shop/web",
                "app",
                false,
                "pods is forbidden: User \"system:serviceaccount:shop:uploader\" cannot list resource \"pods\" in API group \"\" in the namespace \"shop\"\n",
            )
            .does_not_find("cloud-access-denied");
    }
}
