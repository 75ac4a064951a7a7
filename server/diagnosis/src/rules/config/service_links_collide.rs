//! Symptom: a process ends because a port is `tcp://10.0.0.11:6379`, or with "argument list too
//! long", though nobody set that.
//! Cause: a variable that Kubernetes injects for a Service (`NAME_PORT=tcp://…`) takes the place
//! of one that the application reads, or there are too many of them to start a process.
//! Fix: `enableServiceLinks: false`; or the variable, set in env.
//! Source: <https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables>

use crate::facts::{Container, Pod, Service};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::log_reading::{Claim, Told, brief};
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::rules::container::crash::crashes;
use crate::rules::container::start_error::start_errors;
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "service-links-collide",
    source: "https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Service {service} sets the variable {variable}={value} in container {container} of {name}, which takes it for its own",
            "Service {service} により {name} のコンテナ {container} に環境変数 {variable}={value} が設定され、アプリケーションが自身の設定として読んでいる",
        ),
        text(
            "title.many",
            "Container {container} of {name} cannot start a process: the variables of {services} Services are too long",
            "{name} のコンテナ {container} がプロセスを起動できない: {services} 個の Service の環境変数が長すぎる",
        ),
        text(
            "explanation",
            "Nobody configured {variable}: for every Service of namespace {namespace} the kubelet sets such variables in the containers that it starts (service links). The application expects a plain value there, such as a port number, and says: {line}.",
            "{variable} は誰も設定していません。kubelet は、起動するコンテナに Namespace {namespace} の各 Service の環境変数を設定します（service links）。アプリケーションはポート番号などの値を期待しており、次のように出力しています: {line}。",
        ),
        text(
            "explanation.many",
            "For every Service of namespace {namespace} the kubelet sets seven variables and more in each container. With {services} Services they are longer than the kernel takes for a new process: argument list too long.",
            "kubelet は、Namespace {namespace} の Service ごとに 7 個以上の環境変数を各コンテナに設定します。{services} 個の Service の分を合わせると、新しいプロセスに渡せる長さを超えます（argument list too long）。",
        ),
        text(
            "fix.off",
            "Set enableServiceLinks: false in the Pod's spec. Services are found by their names in the DNS all the same.",
            "Pod の spec に enableServiceLinks: false を設定します。Service は引き続き DNS 名で見つかります。",
        ),
        text(
            "fix.set",
            "Or set {variable} in env of container {container} to what the application expects: env comes before service links.",
            "または、コンテナ {container} の env に {variable} をアプリケーションの期待する値で設定します。env は service links より優先されます。",
        ),
        text(
            "fix.rename",
            "Or give Service {service} another name, and change its callers.",
            "または、Service {service} の名前を変更し、呼び出し元も合わせます。",
        ),
        text(
            "proof.address",
            "The Service whose address the variable holds",
            "環境変数の値となっている Service のアドレス",
        ),
    ],
};

/// So many Services have variables that come near to what the kernel takes: a quarter of the
/// stack's limit of 8 MiB, seven variables of about fifty bytes each.
const MANY_SERVICES: usize = 2_000;

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    if pod.spec.service_links == Some(false) {
        return;
    }
    for (container, _, error) in start_errors(pod, snapshot) {
        if error.message.contains("argument list too long") {
            let finding = Finding::on_container(snapshot, pod, container).proof(error.proof);
            too_many(finding, pod, snapshot, findings);
        }
    }
    for crash in crashes(pod, snapshot).filter(|crash| crash.end.1.exit_code != 0) {
        let words = findings.last_words(snapshot, pod, crash.status);
        let container = crash.container;
        if let Some(told) = words.find(|claim| matches!(claim, Claim::ArgumentsTooLong)) {
            let finding = Finding::on_container(snapshot, pod, container).proof(told.proof(pod));
            too_many(finding, pod, snapshot, findings);
            continue;
        }
        let said = words.told.iter().chain(&words.last);
        let taken = said.filter_map(|told| Some((told, link(told, pod, container, snapshot)?)));
        if let Some((told, link)) = taken.into_iter().next() {
            findings.add(
                finding(told, &link, pod, container, snapshot)
                    .proof(proof::ended(pod, crash.status, crash.end, "exitCode"))
                    .since(crash.since(pod, snapshot)),
            );
        }
    }
}

/// A variable that the kubelet sets for a Service.
struct Link<'s> {
    service: &'s Service,
    variable: String,
    value: String,
}

/// The link whose value a line quotes, unless the container sets the variable itself.
fn link<'s>(
    told: &Told,
    pod: &Pod,
    container: &Container,
    snapshot: &'s Snapshot,
) -> Option<Link<'s>> {
    let line = &*told.line.text;
    let (start, scheme) = ["tcp://", "udp://"]
        .into_iter()
        .find_map(|scheme| Some((line.find(scheme)?, scheme)))?;
    let rest = line.get(start + scheme.len()..)?;
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ':'));
    let address = rest
        .get(..end.unwrap_or(rest.len()))?
        .trim_end_matches([':', '.']);
    let (host, port) = address.rsplit_once(':')?;
    let port: i64 = port.parse().ok()?;
    let service = snapshot
        .services
        .in_namespace(&pod.meta.namespace)
        .find(|service| {
            &*service.cluster_ip == host && service.ports.iter().any(|p| p.port == port)
        })?;
    let variable = format!(
        "{}_PORT",
        service.meta.name.to_ascii_uppercase().replace('-', "_")
    );
    let is_own = container.env.iter().any(|var| *var.name == *variable);
    (!is_own).then(|| Link {
        service,
        variable,
        value: format!("{scheme}{address}"),
    })
}

fn finding(
    told: &Told,
    link: &Link<'_>,
    pod: &Pod,
    container: &Container,
    snapshot: &Snapshot,
) -> Finding {
    let top = snapshot.top_of(pod).object_ref();
    Finding::on_container(snapshot, pod, container)
        .arg("service", &*link.service.meta.name)
        .arg("variable", &*link.variable)
        .arg("value", &*link.value)
        .arg("line", brief(&told.line.text))
        .proof(told.proof(pod))
        .proof(
            proof::field(link.service, "/spec/clusterIP", &link.service.cluster_ip)
                .saying("proof.address"),
        )
        .fix_with("fix.off", kubectl::change(&top))
        .fix("fix.set")
        .fix("fix.rename")
}

/// A process that cannot be started because its variables are too long, where the namespace
/// has enough Services for that.
fn too_many(finding: Finding, pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    let services = snapshot.services.in_namespace(&pod.meta.namespace).count();
    if services < MANY_SERVICES {
        return;
    }
    let top = snapshot.top_of(pod).object_ref();
    findings.add(
        finding
            .arg("services", services)
            .title("title.many")
            .explanation("explanation.many")
            .fix_with("fix.off", kubectl::change(&top)),
    );
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::MANY_SERVICES;
    use crate::rules::container::testing::crashing;
    use crate::testing::check;

    const SERVICE: &str = "---
apiVersion: v1
kind: Service
metadata: {name: redis-cache, namespace: shop}
spec: {clusterIP: 10.96.0.11, selector: {app: redis}, ports: [{port: 6379}]}
";

    #[test]
    fn the_variable_of_a_service_is_taken_for_a_port() {
        for line in [
            "ValueError: invalid literal for int() with base 10: 'tcp://10.96.0.11:6379'\n",
            "panic: strconv.Atoi: parsing \"tcp://10.96.0.11:6379\": invalid syntax\n",
            "Exception in thread \"main\" java.lang.NumberFormatException: For input string: \"tcp://10.96.0.11:6379\"\n",
            "RangeError [ERR_SOCKET_BAD_PORT]: Port should be >= 0 and < 65536. Received type string ('tcp://10.96.0.11:6379').\n",
        ] {
            check(&(crashing("exitCode: 1, reason: Error") + SERVICE))
                .log("shop/web", "app", false, line)
                .finds("service-links-collide", "Pod shop/web[app]")
                .tells("title")
                .with("variable", "REDIS_CACHE_PORT")
                .with("value", "tcp://10.96.0.11:6379")
                .offers("fix.off")
                .offers("fix.set");
        }
    }

    #[test]
    fn a_value_that_somebody_set_or_links_that_are_off() {
        let line = "ValueError: invalid literal for int() with base 10: 'tcp://10.96.0.11:6379'\n";
        let own = crashing("exitCode: 1, reason: Error").replace(
            "image: ",
            "env: [{name: REDIS_CACHE_PORT, value: 'tcp://10.96.0.11:6379'}]\n      image: ",
        );
        let off = crashing("exitCode: 1, reason: Error").replace(
            "  restartPolicy",
            "  enableServiceLinks: false\n  restartPolicy",
        );
        for objects in [own, off] {
            check(&(objects + SERVICE))
                .log("shop/web", "app", false, line)
                .does_not_find("service-links-collide");
        }
        check(&(crashing("exitCode: 1, reason: Error") + SERVICE))
            .log(
                "shop/web",
                "app",
                false,
                "cannot reach tcp://10.9.9.9:6379\n",
            )
            .does_not_find("service-links-collide");
    }

    #[test]
    fn a_namespace_of_many_services_leaves_no_room_for_arguments() {
        let mut objects = crashing("exitCode: 1, reason: Error");
        for n in 0..MANY_SERVICES {
            let _ = write!(
                objects,
                "---\napiVersion: v1\nkind: Service\nmetadata: {{name: s{n}, namespace: shop}}\nspec: {{clusterIP: None, ports: [{{port: 80}}]}}\n"
            );
        }
        check(&objects)
            .log(
                "shop/web",
                "app",
                false,
                "exec /bin/app: argument list too long\n",
            )
            .finds("service-links-collide", "Pod shop/web[app]")
            .tells("title.many")
            .with("services", i64::try_from(MANY_SERVICES).unwrap());
        check(&crashing("exitCode: 1, reason: Error"))
            .log(
                "shop/web",
                "app",
                false,
                "exec /bin/app: argument list too long\n",
            )
            .does_not_find("service-links-collide");
    }
}
