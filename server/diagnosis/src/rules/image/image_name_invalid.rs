//! Symptom: a container waits with `InvalidImageName`.
//! Cause: the image reference cannot be parsed.
//! Fix: write `host/path:tag`, the path in lower case.
//! Source: <https://kubernetes.io/docs/concepts/containers/images/#image-names>

use super::pull::set_image;
use crate::facts::{ContainerKind, ContainerStatus, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "image-name-invalid",
    source: "https://kubernetes.io/docs/concepts/containers/images/#image-names",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "{image} is not a valid image name, so container {container} cannot start",
            "{image} は有効なイメージ名ではないため、コンテナ {container} を起動できない",
        ),
        text(
            "explanation",
            "The kubelet cannot read the name as registry, path and tag, so it does not even try to pull it.",
            "kubelet はこの名前をレジストリ、パス、タグとして解釈できないため、取得を試みません。",
        ),
        text(
            "explanation.upper",
            "The path of an image must be in lower case, and {part} has capital letters. The kubelet does not even try to pull it.",
            "イメージのパスは小文字でなければなりませんが、{part} に大文字が含まれています。kubelet は取得を試みません。",
        ),
        text(
            "explanation.scheme",
            "An image name has no {part} before it: it begins with the registry's host. The kubelet does not even try to pull it.",
            "イメージ名の先頭に {part} は付きません。レジストリのホスト名から始まります。kubelet は取得を試みません。",
        ),
        text(
            "explanation.space",
            "There is a space or another letter that no image name has. The kubelet does not even try to pull it.",
            "空白など、イメージ名に使えない文字が含まれています。kubelet は取得を試みません。",
        ),
        text(
            "explanation.tag",
            "What follows the last colon, {part}, is not a tag: one to 128 letters, digits, dots, hyphens and underscores. The kubelet does not even try to pull it.",
            "最後のコロンの後の {part} はタグではありません。タグは 1〜128 文字の英数字、ピリオド、ハイフン、アンダースコアです。kubelet は取得を試みません。",
        ),
        text(
            "explanation.digest",
            "What follows the @, {part}, is not a digest: an algorithm, a colon and hexadecimal digits, as in sha256:… with 64 digits. For a tag write a colon. The kubelet does not even try to pull it.",
            "@ の後の {part} はダイジェストではありません。ダイジェストは sha256:… のように、アルゴリズム、コロン、64 桁の 16 進数で書きます。タグの場合はコロンを使います。kubelet は取得を試みません。",
        ),
        text(
            "explanation.path",
            "A part of the path {part} is empty, or begins or ends with a dot, hyphen or underscore. The kubelet does not even try to pull it.",
            "パス {part} に、空の部分、またはピリオド、ハイフン、アンダースコアで始まるか終わる部分があります。kubelet は取得を試みません。",
        ),
        text(
            "fix",
            "Correct the image in {kind} {name}: host/path:tag, the path in lower case.",
            "{kind} {name} のイメージを host/path:tag の形に修正します。パスは小文字です。",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    for (container, status) in pod.containers() {
        // A debugging container that cannot start breaks nothing.
        let concerned = container.kind != ContainerKind::Ephemeral && !pod.is_terminating();
        let Some(status) = status.filter(|s| concerned && is_refused(s)) else {
            continue;
        };
        let image = &*container.image;
        let finding = Finding::on_container(snapshot, pod, container).arg("image", image);
        let finding = match fault(image) {
            Some((explanation, part)) => finding.explanation(explanation).arg("part", part),
            None => finding,
        };
        let path = container.path();
        let meant = meant(image);
        let command = set_image(
            snapshot,
            pod,
            container,
            meant.as_deref().unwrap_or("IMAGE"),
        );
        let finding = finding
            .proof(proof::waiting_message(pod, status))
            .proof(proof::field(pod, format!("{path}/image"), image))
            .since(pod.started.or(pod.meta.created));
        findings.add(match command {
            Some(command) => finding.fix_with("fix", command),
            None => finding,
        });
    }
}

/// Whether the kubelet, or the runtime that it asks, cannot read the name.
fn is_refused(status: &ContainerStatus) -> bool {
    match status.waiting() {
        Some(("InvalidImageName", _)) => true,
        Some(("ErrImagePull" | "ImagePullBackOff" | "ImageInspectError", Some(message))) => {
            ["invalid reference format", "couldn't parse image"]
                .into_iter()
                .any(|words| message.contains(words))
        }
        _ => false,
    }
}

/// The name without what is wrong with it, where that leaves one that can be read.
fn meant(image: &str) -> Option<String> {
    let bare = image.trim().split("://").last().unwrap_or_default();
    let lower = bare.to_ascii_lowercase();
    [bare, &*lower]
        .into_iter()
        .find(|name| !name.is_empty() && fault(name).is_none())
        .map(str::to_owned)
}

/// What is wrong with a reference, as far as it can be told from outside the grammar of
/// <https://pkg.go.dev/github.com/distribution/reference>: the explanation and the part.
fn fault(image: &str) -> Option<(&'static str, &str)> {
    if let Some(scheme) = ["https://", "http://", "docker://", "oci://"]
        .into_iter()
        .find(|s| image.starts_with(s))
    {
        return Some(("explanation.scheme", scheme));
    }
    if image.contains(|c: char| c.is_whitespace() || !c.is_ascii()) {
        return Some(("explanation.space", image));
    }
    let name = image.split('@').next().unwrap_or_default();
    let last = name.rfind('/').map_or(0, |at| at + 1);
    let (path, tag) = match name.get(last..).and_then(|rest| rest.split_once(':')) {
        Some((end, tag)) => (name.get(..last + end.len()).unwrap_or(name), Some(tag)),
        None => (name, None),
    };
    // The host may have capital letters; what follows it may not.
    let path = match path.split_once('/') {
        Some((host, rest)) if host.contains(['.', ':']) || host == "localhost" => rest,
        _ => path,
    };
    if path.contains(|c: char| c.is_ascii_uppercase()) {
        return Some(("explanation.upper", path));
    }
    if let Some((_, digest)) = image.split_once('@')
        && !is_digest(digest)
    {
        return Some(("explanation.digest", digest));
    }
    let separators = ['.', '-', '_'];
    if path
        .split('/')
        .any(|part| part.is_empty() || part.starts_with(separators) || part.ends_with(separators))
    {
        return Some(("explanation.path", path));
    }
    tag.filter(|tag| {
        tag.is_empty()
            || tag.len() > 128
            || tag.starts_with(['.', '-'])
            || tag.contains(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c)))
    })
    .map(|tag| ("explanation.tag", tag))
}

fn is_digest(digest: &str) -> bool {
    digest.split_once(':').is_some_and(|(algorithm, hex)| {
        !algorithm.is_empty()
            && hex.len() >= 32
            && hex.bytes().all(|b| b.is_ascii_hexdigit())
            && (algorithm != "sha256" || hex.len() == 64)
    })
}

#[cfg(test)]
mod tests {
    use super::super::pull::testing::pod_waiting;
    use super::fault;
    use crate::testing::check;

    #[test]
    fn the_kubelet_says_so_and_the_fault_is_named() {
        let objects = pod_waiting("InvalidImageName", "invalid reference format")
            .replace("reg.example/web:1", "reg.example/Web:1");
        check(&objects)
            .finds("image-name-invalid", "Pod shop/web[app]")
            .tells("explanation.upper")
            .advises("set image pod/web app=reg.example/web:1")
            .alone();
    }

    #[test]
    fn the_runtime_may_be_the_one_who_cannot_read_it() {
        let objects = pod_waiting(
            "ImageInspectError",
            "Failed to inspect image \"reg.example/web@1\": rpc error: code = InvalidArgument desc = invalid reference format",
        )
        .replace("image: 'reg.example/web:1'", "image: 'reg.example/web@1'");
        check(&objects)
            .finds("image-name-invalid", "Pod shop/web[app]")
            .tells("explanation.digest")
            .alone();
    }

    #[test]
    fn faults_are_told_apart() {
        for (image, expected) in [
            ("https://reg.example/web:1", Some("explanation.scheme")),
            ("reg.example/web: 1", Some("explanation.space")),
            ("Web:1", Some("explanation.upper")),
            ("REG.example/web:1", None),
            ("reg.example/web:", Some("explanation.tag")),
            ("reg.example/web:1:2", Some("explanation.tag")),
            ("reg.example/web@1", Some("explanation.digest")),
            ("reg.example//web:1", Some("explanation.path")),
            ("reg.example/-web:1", Some("explanation.path")),
            ("reg.example/web/:1", Some("explanation.path")),
            ("reg.example/a.b__c/web:1", None),
        ] {
            assert_eq!(fault(image).map(|(id, _)| id), expected, "{image}");
        }
    }

    #[test]
    fn a_name_that_parses_may_still_not_exist() {
        check(&pod_waiting("ErrImagePull", "manifest unknown")).does_not_find("image-name-invalid");
    }
}
