//! Symptom: the process ends, is not ready or waits, with "password authentication failed",
//! "Access denied for user", 401 or 403.
//! Cause: a database, broker, registry or API refuses the password, key or token that the
//! application presents.
//! Fix: the credentials, in the Secret that they come from or on the server.
//! Source: <https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets-as-environment-variables>

use podside_model::Arg;

use super::complaint::{Complaint, complaints};
use crate::facts::{Container, ContainerKind, EnvValue, Pod, Secret, Service};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::log_reading::Claim;
use crate::proof::{self, Proof};
use crate::rule::{Rank, Rule, Run};
use crate::rules::container::mounted::claim_of;
use crate::rules::reason::credentials;
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "credentials-refused",
    source: "https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets-as-environment-variables",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Container {container} of {name} is refused by a server that it calls: {line}",
            "{name} のコンテナ {container} が接続先のサーバーに認証を拒否される: {line}",
        ),
        text(
            "explanation",
            "The server answers, so the network is well; it refuses the user, password, key or token that the container presents. The container has them from {sources}.",
            "サーバーは応答しており、ネットワークに問題はありません。コンテナが提示するユーザー名、パスワード、キー、またはトークンが拒否されています。参照元は {sources} です。",
        ),
        text(
            "explanation.unknown",
            "The server answers, so the network is well; it refuses the user, password, key or token that the container presents. Neither env nor envFrom names a Secret, so they come from a file, an argument or the image.",
            "サーバーは応答しており、ネットワークに問題はありません。コンテナが提示するユーザー名、パスワード、キー、またはトークンが拒否されています。env にも envFrom にも Secret の指定がないため、ファイル、引数、またはイメージから読まれています。",
        ),
        text(
            "explanation.older",
            "The server answers and refuses the password. Secret {secret} was made {age} ago, the volume of Service {server} {older} ago: a database takes its passwords only when its volume is first initialised, so it still has those from before the Secret.",
            "サーバーは応答し、パスワードを拒否しています。Secret {secret} は {age}前、Service {server} のボリュームは {older}前に作成されました。データベースがパスワードを設定するのはボリュームの初期化時だけなので、Secret より前のパスワードが残っています。",
        ),
        text(
            "fix.older",
            "Set the password of that user in the database to the one in Secret {secret} (such as ALTER USER), or put the earlier one back into the Secret. Do not delete the volume.",
            "データベースのユーザーのパスワードを Secret {secret} の値に変更する（ALTER USER など）か、Secret を以前の値に戻します。ボリュームは削除しないでください。",
        ),
        text(
            "fix.sources",
            "Correct user and password in {sources}, or on the server, and start the Pods anew: variables are read when a container starts.",
            "{sources} またはサーバー側のユーザー名とパスワードを修正し、Pod を再起動します。環境変数はコンテナの起動時に読み込まれます。",
        ),
        text(
            "fix.unknown",
            "Find out where container {container} has them from, correct them there or on the server, and start the Pods anew.",
            "コンテナ {container} の資格情報の参照元を確認し、そこかサーバー側を修正して、Pod を再起動します。",
        ),
        text(
            "proof.secret",
            "Secret {secret} was made after the volume of the server",
            "Secret {secret} はサーバーのボリュームより後に作成された",
        ),
    ],
};

fn run<'s>(pod: &'s Pod, snapshot: &'s Snapshot, findings: &mut Findings<'s>) {
    let is_meant = |claim: &Claim| matches!(claim, Claim::LoginRefused | Claim::Unauthorized);
    for complaint in complaints(pod, snapshot, findings, is_meant) {
        let said = &*complaint.told.line.text;
        if !is_server(complaint.container) && !is_of_the_api_server(said, snapshot) {
            findings.add(finding(&complaint, snapshot));
        }
    }
}

fn finding(complaint: &Complaint<'_>, snapshot: &Snapshot) -> Finding {
    let (pod, container) = (complaint.pod, complaint.container);
    let finding = complaint.finding(snapshot).proofs(source(pod, container));
    let change = kubectl::change(&snapshot.top_of(pod).object_ref());
    if let Some((secret, server, made, initialised)) = made_after(complaint, snapshot) {
        return finding
            .arg("secret", &*secret.meta.name)
            .arg("server", &*server.meta.name)
            .arg("age", Arg::Seconds(made))
            .arg("older", Arg::Seconds(initialised))
            .proofs(secret.meta.created.map(|at| {
                proof::field(secret, "/metadata/creationTimestamp", at).saying("proof.secret")
            }))
            .explanation("explanation.older")
            .fix("fix.older");
    }
    match credentials(container) {
        sources if sources.is_empty() => finding
            .explanation("explanation.unknown")
            .fix_with("fix.unknown", change),
        sources => finding
            .arg("sources", sources)
            .fix_with("fix.sources", change),
    }
}

/// The field with which a container has its credentials from a Secret: the first one.
fn source(pod: &Pod, container: &Container) -> Option<Proof> {
    let field = |pointer: String, name: &str| {
        proof::field(pod, format!("{}/{pointer}", container.path()), name)
            .in_container(&container.name)
    };
    let of_env = container.env.iter().find_map(|var| match &var.value {
        EnvValue::SecretKey(key) => Some(field(
            format!("env/{}/valueFrom/secretKeyRef/name", var.index),
            &key.name,
        )),
        _ => None,
    });
    let of_sources = || {
        let source = container.env_from.iter().find(|source| source.secret)?;
        Some(field(
            format!("envFrom/{}/secretRef/name", source.index),
            &source.name,
        ))
    };
    of_env.or_else(of_sources)
}

/// A Secret that the container has its credentials from, and the Service of a server whose
/// volume is older than it, with both ages in seconds.
fn made_after<'s>(
    complaint: &Complaint<'_>,
    snapshot: &'s Snapshot,
) -> Option<(&'s Secret, &'s Service, i64, i64)> {
    /// What is installed together is made within so long.
    const TOGETHER_SECONDS: i64 = 3600;
    let (pod, container) = (complaint.pod, complaint.container);
    let namespace = &*pod.meta.namespace;
    let made = |secret: &&Secret| secret.meta.created;
    let secret = credentials(container)
        .iter()
        .filter_map(|shown| {
            snapshot
                .secrets
                .get(namespace, shown.strip_prefix("Secret ")?)
        })
        .max_by_key(made)?;
    let created = secret.meta.created?;
    complaint
        .services(snapshot)
        .into_iter()
        .find_map(|service| {
            let initialised = snapshot
                .pods_of_service(service)
                .into_iter()
                .flat_map(|pod| pod.spec.lasting().map(move |container| (pod, container)))
                .flat_map(|(pod, container)| container.mounts.iter().map(move |m| (pod, m)))
                .filter_map(|(pod, mount)| {
                    let claim = claim_of(pod, mount)?;
                    let claim = snapshot.claims.get(namespace, &claim)?;
                    claim.meta.created
                })
                .min()?;
            let apart = created.as_second().saturating_sub(initialised.as_second());
            (apart > TOGETHER_SECONDS).then(|| {
                let (age, older) = (snapshot.age(created), snapshot.age(initialised));
                (secret, service, age, older)
            })
        })
}

/// Whether a container is itself such a server: its log says whom it refuses, and not who
/// refuses it.
fn is_server(container: &Container) -> bool {
    const SERVERS: [&str; 14] = [
        "postgres", "mysql", "mariadb", "percona", "mongo", "redis", "valkey", "rabbitmq", "kafka",
        "openldap", "mssql", "keycloak", "vault", "registry",
    ];
    let image = container.image.rsplit('/').next().unwrap_or_default();
    let name = image.split([':', '@']).next().unwrap_or_default();
    // Clients of a server are mostly in its image, too, and then have a command of their own.
    container.kind != ContainerKind::Init
        && container.command.is_empty()
        && SERVERS.iter().any(|server| name.contains(server))
}

/// Whether a line is of a call of the API server, whose refusals are of its roles.
fn is_of_the_api_server(line: &str, snapshot: &Snapshot) -> bool {
    let address = snapshot.services.get("default", "kubernetes");
    let address = address.map(|service| &*service.cluster_ip);
    [
        "kubernetes.default",
        "/api/v1/",
        "/apis/",
        "system:serviceaccount:",
    ]
    .into_iter()
    .chain(address.filter(|address| !matches!(*address, "" | "None")))
    .any(|words| line.contains(words))
}

#[cfg(test)]
mod tests {
    use super::super::testing::crashing;
    use crate::rules::service::testing::client;
    use crate::testing::check;

    const LINE: &str = "pq: password authentication failed for user \"app\"\n";

    #[test]
    fn a_login_that_is_refused_ends_the_process() {
        check(&crashing("exitCode: 1, reason: Error"))
            .log("shop/web", "app", false, LINE)
            .finds("credentials-refused", "Pod shop/web[app]")
            .tells("title")
            .with("line", LINE.trim())
            .tells("explanation.unknown")
            .proves(LINE.trim())
            .alone();
    }

    #[test]
    fn the_secret_that_it_comes_from_is_named() {
        let objects = crashing("exitCode: 1, reason: Error").replace(
            "image: ",
            "env: [{name: PGPASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}]\n      image: ",
        ) + "---\napiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\ntype: Opaque\ndata: {password: eA==}\n";
        check(&objects)
            .log("shop/web", "app", false, LINE)
            .finds("credentials-refused", "Pod shop/web[app]")
            .tells("explanation")
            .with_list("sources", ["Secret db"])
            .offers("fix.sources");
    }

    /// A container that is not ready, whose password is of a Secret that was made then, and the
    /// database that it calls.
    fn unready(secret_made: &str) -> String {
        client("postgres://db:5432/x")
            .replace("ready: true, started", "ready: false, started")
            .replace("status: 'True'", "status: 'False'")
            .replace(
                "env: [",
                "env: [{name: PGPASSWORD, valueFrom: {secretKeyRef: {name: db-login, key: password}}}, ",
            )
            + &format!("---
apiVersion: v1
kind: Secret
metadata: {{name: db-login, namespace: shop, creationTimestamp: '{secret_made}'}}
type: Opaque
data: {{password: eA==}}
---
apiVersion: v1
kind: Service
metadata: {{name: db, namespace: shop}}
spec: {{clusterIP: 10.96.0.7, selector: {{app: db}}, ports: [{{port: 5432}}]}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {{name: data-db-0, namespace: shop, creationTimestamp: '2025-10-01T00:00:00Z'}}
spec: {{volumeName: v, accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1Gi}}}}}}
status: {{phase: Bound}}
---
apiVersion: v1
kind: Pod
metadata: {{name: db-0, namespace: shop, uid: d, labels: {{app: db}}}}
spec:
  nodeName: node-1
  containers: [{{name: postgres, image: 'postgres:16', volumeMounts: [{{name: data, mountPath: /var/lib/postgresql/data}}]}}]
  volumes: [{{name: data, persistentVolumeClaim: {{claimName: data-db-0}}}}]
status:
  phase: Running
  podIP: 10.1.0.9
  conditions: [{{type: Ready, status: 'True'}}]
  containerStatuses: [{{name: postgres, ready: true, started: true, state: {{running: {{startedAt: '2026-01-01T11:00:00Z'}}}}}}]
")
    }

    #[test]
    fn a_secret_that_is_younger_than_the_database_s_volume() {
        let log = "2026-01-01T11:59:58Z connection to server at \"db\" (10.96.0.7), port 5432 failed: FATAL:  password authentication failed for user \"app\"\n";
        check(&unready("2026-01-01T10:00:00Z"))
            .log("shop/web", "app", false, log)
            .finds("credentials-refused", "Pod shop/web[app]")
            .tells("explanation.older")
            .with("secret", "db-login")
            .with("server", "db")
            .offers("fix.older");
        check(&unready("2025-10-01T00:00:10Z"))
            .log("shop/web", "app", false, log)
            .finds("credentials-refused", "Pod shop/web[app]")
            .tells("explanation");
    }

    #[test]
    fn what_a_server_says_of_its_clients_is_not_why_it_fails() {
        let objects = crashing("exitCode: 1, reason: Error")
            .replace("reg.example/web:1", "reg.example/postgres:16");
        check(&objects)
            .log("shop/web", "app", false, "2026-01-01 11:58:00.000 UTC [33] FATAL:  password authentication failed for user \"app\"\n")
            .does_not_find("credentials-refused");
    }

    #[test]
    fn the_api_server_s_refusals_are_another_cause() {
        for line in [
            "pods is forbidden: User \"system:serviceaccount:shop:default\" cannot list resource \"pods\" in API group \"\" in the namespace \"shop\"\n",
            "GET https://kubernetes.default.svc/api/v1/pods: 401 Unauthorized\n",
        ] {
            check(&crashing("exitCode: 1, reason: Error"))
                .log("shop/web", "app", false, line)
                .does_not_find("credentials-refused");
        }
    }

    #[test]
    fn a_container_that_is_ready_and_that_nobody_misses() {
        check(&client("postgres://db:5432/x"))
            .log("shop/web", "app", false, LINE)
            .does_not_find("credentials-refused");
    }
}
