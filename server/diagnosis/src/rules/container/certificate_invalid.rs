//! Symptom: the process ends, is not ready or waits, with "x509: …", "certificate verify
//! failed", "PKIX path building failed".
//! Cause: a TLS certificate is expired, not yet valid, for another name, or signed by nobody
//! whom the client trusts.
//! Fix: the certificate; or the authorities that the client trusts.
//! Source: <https://kubernetes.io/docs/tasks/tls/managing-tls-in-a-cluster/>

use super::complaint::complaints;
use crate::facts::Pod;
use crate::findings::Findings;
use crate::kubectl;
use crate::log_reading::{CertificateFault, Claim};
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "certificate-invalid",
    source: "https://kubernetes.io/docs/tasks/tls/managing-tls-in-a-cluster/",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Container {container} of {name} does not accept a TLS certificate: {line}",
            "{name} のコンテナ {container} が TLS 証明書を受け入れない: {line}",
        ),
        text(
            "title.expired",
            "Container {container} of {name} meets a TLS certificate that has expired: {line}",
            "{name} のコンテナ {container} の接続で TLS 証明書の有効期限が切れている: {line}",
        ),
        text(
            "title.not-yet",
            "Container {container} of {name} meets a TLS certificate that is not valid yet: {line}",
            "{name} のコンテナ {container} の接続で TLS 証明書の有効期間が始まっていない: {line}",
        ),
        text(
            "title.name",
            "Container {container} of {name} meets a TLS certificate for other names than the one that it calls: {line}",
            "{name} のコンテナ {container} の接続先の名前が TLS 証明書にない: {line}",
        ),
        text(
            "title.authority",
            "Container {container} of {name} does not trust who signed the TLS certificate that it meets: {line}",
            "{name} のコンテナ {container} が TLS 証明書の発行元を信頼していない: {line}",
        ),
        text(
            "explanation",
            "The connection is made and then given up, because the certificate does not hold. So it is neither the network nor the name: it is the certificate, or what the client knows of it.",
            "接続はできていますが、証明書が無効なため中断されています。ネットワークや名前解決ではなく、証明書かクライアント側の設定が原因です。",
        ),
        text(
            "fix.expired",
            "Renew the certificate, and let what serves it load the new one. See the dates of the one that is served:",
            "証明書を更新し、提供側に読み込ませます。提供中の証明書の有効期間を確認します:",
        ),
        text(
            "fix.not-yet",
            "Compare the clock of the node with that of who issued the certificate, and set right what is wrong.",
            "ノードの時計を証明書の発行元の時計と比べ、ずれを直します。",
        ),
        text(
            "fix.name",
            "Call a name that stands in the certificate, or issue it for this name as well (subjectAltName). Within the cluster that is SERVICE.NAMESPACE.svc.",
            "証明書にある名前で接続するか、この名前を subjectAltName に加えて発行し直します。クラスター内では SERVICE.NAMESPACE.svc です。",
        ),
        text(
            "fix.authority",
            "Mount the certificate of the authority into container {container} and let it trust that. Do not turn the check off.",
            "発行元の CA 証明書をコンテナ {container} にマウントし、信頼させます。検証は無効にしないでください。",
        ),
        text(
            "fix.look",
            "Look at the names, the dates and the issuer of the certificate that is served.",
            "提供されている証明書の名前、有効期間、発行元を確認します。",
        ),
    ],
};

fn run<'s>(pod: &'s Pod, snapshot: &'s Snapshot, findings: &mut Findings<'s>) {
    let is_meant = |claim: &Claim| matches!(claim, Claim::Certificate(_));
    for complaint in complaints(pod, snapshot, findings, is_meant) {
        let Claim::Certificate(fault) = complaint.told.claim else {
            continue;
        };
        if is_of_a_caller(&complaint.told.line.text) {
            continue;
        }
        let finding = complaint.finding(snapshot);
        let change = kubectl::change(&snapshot.top_of(complaint.pod).object_ref());
        findings.add(match fault {
            CertificateFault::Expired => finding.title("title.expired").fix_with(
                "fix.expired",
                "openssl s_client -connect HOST:PORT -servername HOST </dev/null | openssl x509 -noout -dates -subject -issuer",
            ),
            CertificateFault::NotYetValid => finding.title("title.not-yet").fix("fix.not-yet"),
            CertificateFault::OtherName => {
                finding.title("title.name").fix_with("fix.name", change)
            }
            CertificateFault::UnknownAuthority => finding
                .title("title.authority")
                .fix_with("fix.authority", change),
            CertificateFault::Unsaid => finding.fix("fix.look"),
        });
    }
}

/// Whether a line tells of somebody who calls this process and does not accept its certificate:
/// that is not why it fails.
fn is_of_a_caller(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    [
        "handshake error from",
        "remote error: tls:",
        "alert unknown ca",
        "alert bad certificate",
    ]
    .into_iter()
    .any(|words| line.contains(words))
}

#[cfg(test)]
mod tests {
    use super::super::testing::crashing;
    use crate::testing::check;

    #[test]
    fn each_fault_of_a_certificate_has_its_title_and_its_fix() {
        for (line, title, fix) in [
            (
                "tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-01-01T11:58:00Z is after 2025-12-31T00:00:00Z",
                "title.expired",
                "fix.expired",
            ),
            (
                "tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-01-01T11:58:00Z is before 2026-01-02T00:00:00Z",
                "title.not-yet",
                "fix.not-yet",
            ),
            (
                "Error [ERR_TLS_CERT_ALTNAME_INVALID]: Hostname/IP does not match certificate's altnames: Host: cart. is not in the cert's altnames: DNS:cart.shop.svc",
                "title.name",
                "fix.name",
            ),
            (
                "javax.net.ssl.SSLHandshakeException: PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target",
                "title.authority",
                "fix.authority",
            ),
            ("x509: malformed certificate", "title", "fix.look"),
        ] {
            check(&crashing("exitCode: 1, reason: Error"))
                .log("shop/web", "app", false, &format!("{line}\n"))
                .finds("certificate-invalid", "Pod shop/web[app]")
                .tells(title)
                .offers(fix)
                .alone();
        }
    }

    #[test]
    fn an_init_container_says_it_as_well() {
        let objects = crashing("exitCode: 1, reason: Error")
            .replace(
                "  containers:\n    - name: app",
                "  initContainers:\n    - name: app",
            )
            .replace(
                "      image: reg.example/web:1",
                "      image: reg.example/web:1\n  containers: [{name: main, image: x}]",
            )
            .replace("containerStatuses", "initContainerStatuses");
        check(&objects)
            .log(
                "shop/web",
                "app",
                false,
                "x509: certificate signed by unknown authority\n",
            )
            .finds("certificate-invalid", "Pod shop/web[app]")
            .tells("title.authority")
            .alone();
    }

    #[test]
    fn a_caller_that_does_not_trust_the_process_is_not_why_it_ends() {
        check(&crashing("exitCode: 1, reason: Error"))
            .log(
                "shop/web",
                "app",
                false,
                "http: TLS handshake error from 10.1.0.4:51234: remote error: tls: unknown certificate authority, x509: certificate signed by unknown authority\n",
            )
            .does_not_find("certificate-invalid");
    }

    #[test]
    fn a_connection_that_is_refused_is_another_cause() {
        check(&crashing("exitCode: 1, reason: Error"))
            .log(
                "shop/web",
                "app",
                false,
                "dial tcp 10.96.0.9:443: connect: connection refused\n",
            )
            .does_not_find("certificate-invalid");
    }
}
