//! What to do about what a container says of itself: the one table of steps for containers
//! that crash, that are not ready, that initialise, and that were injected.

use crate::facts::{Container, EnvValue, Pod};
use crate::finding::Finding;
use crate::kubectl;
use crate::log_reading::{CertificateFault, Claim};
use crate::snapshot::Snapshot;

/// The texts of the steps that [`advised`] adds, before a rule's own. Arguments: `container`,
/// and those that the step sets.
macro_rules! reason_texts {
    ($($text:expr),* $(,)?) => {
        &[
            text(
                "fix.permission",
                "Let the process run as a user that may use {path} (securityContext.runAsUser), or change its owner in the image; for a volume set securityContext.fsGroup of the Pod.",
                "{path} を使えるユーザーで実行する（securityContext.runAsUser）か、イメージ内の所有者を変更します。ボリュームの場合は Pod の securityContext.fsGroup を設定します。",
            ),
            text(
                "fix.read-only",
                "Mount an emptyDir volume where the process writes ({path}): its file system is read-only there.",
                "プロセスが書き込む場所（{path}）に emptyDir ボリュームをマウントします。ファイルシステムが読み取り専用です。",
            ),
            text(
                "fix.login",
                "Correct the user and password in {sources}, or on the server, and restart the Pods.",
                "{sources} またはサーバー側のユーザー名とパスワードを修正し、Pod を再起動します。",
            ),
            text(
                "fix.login-unknown",
                "The server that it calls refuses its user, password, key or token: correct them where container {container} has them from, or on the server, and restart the Pods.",
                "接続先のサーバーがユーザー名、パスワード、キー、またはトークンを拒否しています。コンテナ {container} の参照元またはサーバー側で修正し、Pod を再起動します。",
            ),
            text(
                "fix.memory",
                "Give the application more memory: raise the heap limit of its runtime, and the memory limit of container {container} above it.",
                "ランタイムのヒープ上限を上げ、コンテナ {container} のメモリー上限をそれより大きくします。",
            ),
            text(
                "fix.certificate-expired",
                "The TLS certificate that it is shown has expired: renew it, and let what serves it load the new one.",
                "TLS 証明書の有効期限が切れています。証明書を更新し、提供側に新しい証明書を読み込ませます。",
            ),
            text(
                "fix.certificate-not-yet",
                "The TLS certificate that it is shown is not valid yet: compare the clocks of the node and of who issued it.",
                "TLS 証明書の有効期間が始まっていません。ノードと発行元の時計を比べます。",
            ),
            text(
                "fix.certificate-name",
                "The TLS certificate is for other names than the one that is called: call one of its names, or issue it for this one as well (subjectAltName).",
                "TLS 証明書の名前が接続先の名前と一致しません。証明書にある名前で接続するか、この名前を subjectAltName に加えて発行し直します。",
            ),
            text(
                "fix.certificate-authority",
                "Container {container} does not trust the authority that signed the TLS certificate: mount the certificate of that authority into the container and let it trust that. Do not turn the check off.",
                "TLS 証明書の発行元をコンテナ {container} が信頼していません。発行元の CA 証明書をコンテナにマウントし、信頼させます。検証は無効にしないでください。",
            ),
            text(
                "fix.certificate",
                "The TLS certificate that it is shown is not accepted: look at its names, its dates and who signed it.",
                "TLS 証明書が受け入れられていません。証明書の名前、有効期間、発行元を確認します。",
            ),
            text(
                "fix.cloud",
                "The cloud gives the Pod no credentials, or refuses what it asks with them: check the cloud's role in the annotations of its ServiceAccount, whom that role trusts and what it may do, and whether the Pod may reach the metadata service.",
                "クラウドが Pod に認証情報を渡していないか、要求を拒否しています。ServiceAccount のアノテーションにあるロール、その信頼関係と権限、メタデータサービスに到達できるかを確認します。",
            ),
            text(
                "fix.space",
                "No space is left where it writes: free some, enlarge the volume, or raise the limit for ephemeral-storage.",
                "書き込み先に空き容量がありません。不要なデータを消すか、ボリュームまたは ephemeral-storage の上限を大きくします。",
            ),
            text(
                "fix.arguments",
                "Its arguments and variables together are longer than the kernel allows: put large values into mounted files. In a namespace of many Services enableServiceLinks: false leaves out the variables for them.",
                "引数と環境変数の合計がカーネルの上限を超えています。大きな値はマウントしたファイルに移します。Service の多い Namespace では enableServiceLinks: false でその環境変数を省けます。",
            ),
            text(
                "fix.locked",
                "Another process holds the lock of the database: let only one Pod at a time use it (one replica, strategy Recreate), or release the lock that an earlier run left.",
                "別のプロセスがデータベースのロックを保持しています。同時に使う Pod を 1 つにする（レプリカ 1、Recreate）か、以前の実行が残したロックを解除します。",
            ),
            text(
                "fix.host-header",
                "It refuses requests for a host that it does not know: allow the host that callers and probes name (such as ALLOWED_HOSTS), or let the probe send one that is allowed (httpHeaders).",
                "アプリケーションが未知の Host ヘッダーを拒否しています。呼び出し元や probe が使うホストを許可する（ALLOWED_HOSTS など）か、probe の httpHeaders で許可済みのホストを送ります。",
            ),
            text(
                "fix.resolver",
                "The DNS failed to answer for {host}, which is not the same as saying that the name does not exist: look at the cluster's DNS and its upstream servers.",
                "{host} の名前解決で DNS が失敗しています。名前が存在しないという応答ではありません。クラスターの DNS と上位の DNS サーバーを確認します。",
            ),
            $($text,)*
        ]
    };
}
pub(super) use reason_texts;

/// Adds the step that a claim calls for, where there is one.
pub(super) fn advised(
    finding: Finding,
    claim: &Claim,
    pod: &Pod,
    container: &Container,
    snapshot: &Snapshot,
) -> Finding {
    let change = || kubectl::change(&snapshot.top_of(pod).object_ref());
    match claim {
        Claim::PermissionDenied { path } if !path.is_empty() => finding
            .arg("path", path)
            .fix_with("fix.permission", change()),
        Claim::ReadOnly { path } => finding
            .arg("path", if path.is_empty() { "/" } else { path })
            .fix_with("fix.read-only", change()),
        Claim::LoginRefused | Claim::Unauthorized => match credentials(container) {
            sources if sources.is_empty() => finding.fix("fix.login-unknown"),
            sources => finding.arg("sources", sources).fix("fix.login"),
        },
        Claim::OutOfMemory => finding.fix_with("fix.memory", change()),
        Claim::Certificate(fault) => finding.fix(match fault {
            CertificateFault::Expired => "fix.certificate-expired",
            CertificateFault::NotYetValid => "fix.certificate-not-yet",
            CertificateFault::OtherName => "fix.certificate-name",
            CertificateFault::UnknownAuthority => "fix.certificate-authority",
            CertificateFault::Unsaid => "fix.certificate",
        }),
        Claim::CloudAccess => finding.fix("fix.cloud"),
        Claim::NoSpace { .. } => finding.fix("fix.space"),
        Claim::ArgumentsTooLong => finding.fix("fix.arguments"),
        Claim::DatabaseLocked => finding.fix("fix.locked"),
        Claim::HostHeaderRefused => finding.fix("fix.host-header"),
        Claim::ResolverFailed { host } => finding.arg("host", host).fix("fix.resolver"),
        _ => finding,
    }
}

/// The Secrets that a container has variables from, as they are called in sentences.
pub(super) fn credentials(container: &Container) -> Vec<String> {
    let of_env = container.env.iter().filter_map(|var| match &var.value {
        EnvValue::SecretKey(key) => Some(&key.name),
        _ => None,
    });
    let of_sources = container.env_from.iter().filter(|s| s.secret);
    let mut sources: Vec<String> = of_env
        .chain(of_sources.map(|s| &s.name))
        .map(|name| format!("Secret {name}"))
        .collect();
    sources.sort();
    sources.dedup();
    sources
}
