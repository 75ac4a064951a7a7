//! Why an image could not be pulled, from what the kubelet passes on of the answer of
//! the container runtime.
//!
//! The kubelet puts the runtime's error into `state.waiting.message` while it tries
//! (`ErrImagePull`), and until 1.30 only "Back-off pulling image" while it waits for the
//! next try (`ImagePullBackOff`); then the error stands in the event `Failed`. The words
//! are those of containerd, CRI-O and cri-dockerd and of the registry behind them.

use std::collections::BTreeSet;

use crate::facts::{Container, ContainerKind, ContainerStatus, Event, Kind, Pod};
use crate::kubectl;
use crate::near;
use crate::proof::{self, Proof};
use crate::snapshot::Snapshot;

/// Why the registry did not give the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The name or the tag does not exist.
    NotFound,
    /// It exists, and not for the node's architecture or operating system.
    NotForPlatform,
    /// No credentials, or not those that are needed.
    Unauthorized,
    /// Too many requests.
    RateLimited,
    /// The node and the registry do not agree on TLS.
    Tls,
    /// A server error of the registry.
    Server,
    /// The host cannot be resolved or reached.
    Unreachable,
}

/// A container whose image could not be pulled.
pub(super) struct Failure<'a> {
    pub(super) container: &'a Container,
    pub(super) status: &'a ContainerStatus,
    /// The runtime's error.
    pub(super) error: &'a str,
    /// The event that carries it, when it was found there.
    event: Option<&'a Event>,
    pub(super) refusal: Option<Refusal>,
}

/// The containers of a Pod that wait for an image that could not be pulled.
pub(super) fn failures<'a>(
    pod: &'a Pod,
    snapshot: &'a Snapshot,
) -> impl Iterator<Item = Failure<'a>> {
    pod.containers()
        // A debugging container that cannot start breaks nothing.
        .filter(|(c, _)| c.kind != ContainerKind::Ephemeral && !pod.is_terminating())
        .filter_map(move |(container, status)| failure(pod, snapshot, container, status?))
}

fn failure<'a>(
    pod: &'a Pod,
    snapshot: &'a Snapshot,
    container: &'a Container,
    status: &'a ContainerStatus,
) -> Option<Failure<'a>> {
    let (reason, message) = status.waiting()?;
    if !matches!(
        reason,
        "ErrImagePull" | "ImagePullBackOff" | "RegistryUnavailable"
    ) {
        return None;
    }
    let told = message.filter(|m| classify(m, &container.image).is_some());
    let event = || {
        snapshot.events_of(pod).find(|e| {
            &*e.reason == "Failed"
                && e.container() == Some(&*container.name)
                && e.said().starts_with("Failed to pull image")
                && e.message.contains(&*container.image)
        })
    };
    let (error, event) = match (told, event()) {
        (Some(message), event) => (message, event),
        (None, Some(event)) => (event.said(), Some(event)),
        (None, None) => (message.unwrap_or_default(), None),
    };
    Some(Failure {
        container,
        status,
        error,
        event,
        refusal: classify(error, &container.image),
    })
}

impl Failure<'_> {
    /// What the kubelet and the runtime say: the waiting reason and message, and the event.
    pub(super) fn proofs(&self, pod: &Pod) -> Vec<Proof> {
        let mut proofs = vec![
            proof::waiting_message(pod, self.status),
            proof::field(
                pod,
                format!("{}/image", self.container.path()),
                &self.container.image,
            )
            .in_container(&self.container.name)
            .marking(tag(&self.container.image)),
        ];
        proofs.extend(self.event.map(proof::event));
        proofs
    }
}

/// The pull secrets that a Pod's images are pulled with. Those of its ServiceAccount are
/// among them: admission copies them into a Pod that names none.
pub(super) fn pull_secrets(pod: &Pod) -> impl Iterator<Item = &str> {
    pod.spec.image_pull_secrets.iter().map(|s| &**s)
}

/// The tag or digest of an image reference; empty when it has none.
pub(super) fn tag(image: &str) -> &str {
    if let Some((_, digest)) = image.split_once('@') {
        return digest;
    }
    let name = image.rfind('/').map_or(0, |at| at + 1);
    image
        .get(name..)
        .and_then(|rest| rest.split_once(':'))
        .map_or("", |(_, tag)| tag)
}

/// The host of the registry that an image reference means: its first part when that
/// looks like a host, else Docker Hub, as the reference grammar says.
pub(super) fn registry(image: &str) -> &str {
    match image.split_once('/') {
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => host,
        _ => "docker.io",
    }
}

/// Words by which an error is known, the surest first: an error about TLS also says that
/// the request failed, one about a tag also that it was not found.
const WORDS: &[(Refusal, &[&str])] = &[
    (
        Refusal::RateLimited,
        &[
            "toomanyrequests",
            "too many requests",
            "rate limit",
            "rate exceeded",
            "quota exceeded",
        ],
    ),
    (
        Refusal::Tls,
        &[
            "x509:",
            "tls: ",
            "server gave http response to https client",
            "client sent an http request to an https server",
            "certificate signed by unknown authority",
            "first record does not look like a tls handshake",
        ],
    ),
    (
        Refusal::Unreachable,
        &[
            "no such host",
            "dial tcp",
            "i/o timeout",
            "connection refused",
            "connection reset",
            "network is unreachable",
            "no route to host",
            "tls handshake timeout",
            "client.timeout exceeded",
            "context deadline exceeded",
            "server misbehaving",
            "temporary failure in name resolution",
            ": try again",
            "unexpected eof",
            ": eof",
        ],
    ),
    (
        Refusal::Server,
        &[
            "internal server error",
            "bad gateway",
            "service unavailable",
            "gateway timeout",
            "gateway time-out",
        ],
    ),
    (
        Refusal::Unauthorized,
        &[
            "401 unauthorized",
            "403 forbidden",
            "unauthorized",
            "authorization failed",
            "pull access denied",
            "requested access to the resource is denied",
            "authentication required",
            "no basic auth credentials",
            "insufficient_scope",
            "denied:",
            "access denied",
            "access forbidden",
            "not authorized",
            "incorrect username or password",
            "invalid username/password",
            "failed to fetch anonymous token",
            "failed to fetch oauth token",
        ],
    ),
    (
        Refusal::NotForPlatform,
        &[
            "no match for platform",
            "no matching manifest for",
            "no image found in manifest list",
        ],
    ),
    (
        Refusal::NotFound,
        &[
            "manifest unknown",
            "name unknown",
            "not found",
            "manifest_unknown",
            "name_unknown",
            "does not exist",
            "manifest invalid",
            "blob unknown",
        ],
    ),
];

/// What kind of refusal an error tells of. The image's own name is left out: it may
/// hold any of the words. Where no words are known, the HTTP status tells.
pub(super) fn classify(error: &str, image: &str) -> Option<Refusal> {
    let mut text = error.to_lowercase();
    if !image.is_empty() {
        text = text.replace(&image.to_lowercase(), "");
    }
    let refusal = WORDS
        .iter()
        .find(|(_, words)| words.iter().any(|word| text.contains(word)))
        .map(|(refusal, _)| *refusal);
    let status = http_status(&text);
    match (refusal, status) {
        // A refusal in words about a request that the server could not serve.
        (None | Some(Refusal::Unauthorized | Refusal::NotFound), Some(500..=599)) => {
            Some(Refusal::Server)
        }
        (None, Some(429)) => Some(Refusal::RateLimited),
        (None, Some(401 | 403)) => Some(Refusal::Unauthorized),
        (None, Some(404)) => Some(Refusal::NotFound),
        // Docker Hub answers so for what does not exist and for what is private, and none
        // of its official images is private.
        (Some(Refusal::Unauthorized), _)
            if is_official(image) && text.contains("repository does not exist") =>
        {
            Some(Refusal::NotFound)
        }
        (refusal, _) => refusal,
    }
}

/// The status of the HTTP answer that an error passes on, in the words of containerd
/// (`unexpected status from HEAD request to URL: 503 …`, `unexpected status code URL: 503 …`),
/// CRI-O and Docker (`received unexpected HTTP status: 503 …`, `status code 503`).
fn http_status(error: &str) -> Option<u16> {
    let (_, after) = error.split_once("status")?;
    after
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '"' | '(' | ')'))
        .map(|word| word.trim_end_matches([':', '.']))
        .find(|word| word.len() == 3 && word.starts_with(['4', '5']))
        .and_then(|word| word.parse().ok())
}

/// Whether an image is one of Docker Hub's official ones: those without a user's name.
fn is_official(image: &str) -> bool {
    let name = image.strip_prefix("docker.io/").unwrap_or(image);
    let name = name.strip_prefix("library/").unwrap_or(name);
    !image.is_empty() && !name.contains('/')
}

/// The image without tag and digest.
pub(super) fn repository(image: &str) -> &str {
    let tag = tag(image);
    let name = image.strip_suffix(tag).unwrap_or(image);
    if tag.is_empty() {
        image
    } else {
        name.strip_suffix([':', '@']).unwrap_or(name)
    }
}

/// The images that run in a namespace, which the nodes have got: what an image that
/// nobody has is compared with.
pub(super) fn running_images<'a>(snapshot: &'a Snapshot, namespace: &str) -> BTreeSet<&'a str> {
    /// The most Pods that are looked at.
    const MOST: usize = 2_000;
    snapshot
        .pods
        .in_namespace(namespace)
        .take(MOST)
        .flat_map(Pod::containers)
        .filter(|(_, status)| status.is_some_and(ContainerStatus::is_running))
        .map(|(container, _)| &*container.image)
        .collect()
}

/// The one of some images that is probably meant: of the same repository with another tag,
/// or of a repository that is spelt alike.
pub(super) fn similar<'a>(image: &str, images: &BTreeSet<&'a str>) -> Option<&'a str> {
    let wanted = repository(image);
    let others = || images.iter().copied().filter(|other| *other != image);
    if let Some(other) = others().rfind(|other| repository(other) == wanted) {
        return Some(other);
    }
    let (path, name) = wanted.rsplit_once('/').unwrap_or(("", wanted));
    let beside = |other: &'a str| {
        let repository = repository(other);
        let (other_path, other_name) = repository.rsplit_once('/').unwrap_or(("", repository));
        (other_path == path).then_some((other_name, other))
    };
    let names: Vec<(&str, &str)> = others().filter_map(beside).collect();
    let near = near::name(name, names.iter().map(|(name, _)| *name))?;
    names
        .iter()
        .find(|(name, _)| *name == near)
        .map(|(_, other)| *other)
}

/// The command that gives a container another image; `None` where the image of what owns
/// the Pod cannot be changed: a Job's template is fixed, and what a foreign controller
/// makes of its own is not known.
pub(super) fn set_image(
    snapshot: &Snapshot,
    pod: &Pod,
    container: &Container,
    image: &str,
) -> Option<String> {
    let top = snapshot.top_of(pod).object_ref();
    let settable = matches!(
        Kind::of(&top),
        Some(
            Kind::Pod
                | Kind::Deployment
                | Kind::StatefulSet
                | Kind::DaemonSet
                | Kind::ReplicaSet
                | Kind::CronJob
        )
    );
    settable.then(|| {
        format!(
            "{} set image {} {}",
            kubectl::prefix(Some(&pod.meta.namespace)),
            kubectl::target(&top),
            kubectl::word(&format!("{}={image}", container.name))
        )
    })
}

#[cfg(test)]
pub(super) mod testing {
    /// A Pod with one container `app` that waits with this reason and message.
    pub(in super::super) fn pod_waiting(reason: &str, message: &str) -> String {
        let message = message.replace('\'', "''");
        format!(
            "
apiVersion: v1
kind: Pod
metadata: {{name: web, namespace: shop, uid: p}}
spec:
  nodeName: n
  containers: [{{name: app, image: 'reg.example/web:1'}}]
status:
  phase: Pending
  containerStatuses:
    - {{name: app, state: {{waiting: {{reason: {reason}, message: '{message}'}}}}}}
"
        )
    }
}

#[cfg(test)]
#[path = "pull_tests.rs"]
mod tests;
