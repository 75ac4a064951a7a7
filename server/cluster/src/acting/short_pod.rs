//! A Pod that Podside runs for a while.

use std::time::Duration;

use http::Method;
use podside_diagnosis::facts::Kind;
use podside_diagnosis::kubectl;
use serde::Deserialize;
use serde_json::{Value, json};

use super::mark::Mark;
use super::needs::to_pod;
use super::not_done::NotDone;
use super::seen::PodId;
use crate::access::Need;
use crate::answer::Asked;
use crate::connection::{Connection, JSON};
use crate::kind::path;
use crate::path::query;

/// What stands before the random end of a name.
const NAME: &str = "podside-";

/// The letters of that end: as Kubernetes' own, which spell no word
/// (`k8s.io/apimachinery/pkg/util/rand`).
const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";

/// How many of them there are.
const LONG: usize = 8;

/// What the container of such a Pod is called.
pub const OWN_CONTAINER: &str = "main";

/// A user without any right, of which every image can be run.
const NOBODY: u32 = 65534;

/// A Pod of Podside's own. It is ended by the kubelet when its time is over
/// (`activeDeadlineSeconds`), also when Podside is not there any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShortPod {
    /// Its namespace.
    pub namespace: String,
    /// Its name: chosen before it is created, so that it is known whatever comes of it.
    pub name: String,
    /// `spec` of the Pod, without `activeDeadlineSeconds`.
    pub spec: Value,
    /// For whom it is, and until when.
    pub mark: Mark,
    /// How long it may run, in whole seconds.
    pub lives: Duration,
}

/// A name for a Pod of Podside's own that no other has.
pub fn new_name() -> String {
    name_of(std::array::from_fn(|_| fastrand::u8(..)))
}

/// The name that these bytes make: the same again for the same ones, so that a name can be
/// shown before it is used.
pub fn name_of(bytes: [u8; LONG]) -> String {
    let letter = |byte: u8| LETTERS.get(usize::from(byte) % LETTERS.len()).copied();
    let end = bytes.into_iter().filter_map(letter).map(char::from);
    NAME.chars().chain(end).collect()
}

/// `spec` of a Pod that runs one command and does not start it again. It asks for little,
/// talks to no API server, and keeps the Pod Security Standard `restricted`, so that it may
/// run in nearly every namespace.
pub fn one_command(image: &str, command: &[String]) -> Value {
    json!({
        "restartPolicy": "Never",
        "terminationGracePeriodSeconds": 2,
        "automountServiceAccountToken": false,
        "enableServiceLinks": false,
        "securityContext": {
            "runAsNonRoot": true,
            "runAsUser": NOBODY,
            "runAsGroup": NOBODY,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [{
            "name": OWN_CONTAINER,
            "image": image,
            "command": command,
            "resources": {
                "requests": {"cpu": "10m", "memory": "16Mi"},
                "limits": {"cpu": "500m", "memory": "128Mi"},
            },
            "securityContext": {
                "allowPrivilegeEscalation": false,
                "capabilities": {"drop": ["ALL"]},
            },
        }],
    })
}

impl ShortPod {
    /// The Pod as it is created.
    pub fn object(&self) -> Value {
        let mut spec = self.spec.clone();
        if let Some(spec) = spec.as_object_mut() {
            // One second is the least that Kubernetes takes.
            let seconds = self.lives.as_secs().max(1);
            spec.insert("activeDeadlineSeconds".to_owned(), seconds.into());
        }
        json!({
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": self.mark.metadata(&self.namespace, &self.name),
            "spec": spec,
        })
    }

    /// The same with kubectl.
    pub fn kubectl(&self) -> String {
        kubectl::create(Some(&self.namespace), &pretty(&self.object()))
    }

    /// The rights that it needs: to create it, to see what becomes of it and to take it away.
    pub fn needs(&self) -> Vec<Need> {
        let of = |verb, name| to_pod(verb, "pods", &self.namespace, name);
        let name = Some(self.name.as_str());
        vec![of("create", None), of("get", name), of("delete", name)]
    }
}

/// An object as a person reads it.
pub(super) fn pretty(object: &Value) -> String {
    // Writing a value as text cannot fail.
    serde_json::to_string_pretty(object).unwrap_or_default()
}

#[derive(Deserialize)]
struct Created {
    metadata: CreatedMeta,
}

#[derive(Deserialize)]
struct CreatedMeta {
    uid: String,
}

impl Connection {
    /// Creates a Pod of Podside's own. What becomes of it is told by
    /// [`await_end`](Self::await_end) and [`await_container`](Self::await_container).
    ///
    /// # Errors
    /// When the API server does not create it. After [`NotDone::TimedOut`] it may be there.
    pub async fn create_pod(&self, pod: &ShortPod) -> Result<PodId, NotDone> {
        let all = path(Kind::Pod, Some(&pod.namespace)).map_err(NotDone::Failed)?;
        let path = all + &query(&[("fieldValidation", "Strict".to_owned())]);
        let body = pod.object().to_string().into_bytes();
        let answer = self.change(&Method::POST, &path, JSON, body).await;
        let answer = answer.map_err(|error| self.not_done(error))?;
        let asked = Asked::one(Kind::Pod, Some(&pod.namespace), &pod.name);
        let created: Created = answer.object(&asked).map_err(NotDone::Failed)?;
        Ok(PodId {
            namespace: pod.namespace.clone(),
            name: pod.name.clone(),
            uid: created.metadata.uid,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_differ_and_can_be_names() {
        let names: BTreeSet<String> = (0..100).map(|_| new_name()).collect();
        assert_eq!(names.len(), 100);
        for name in names {
            assert!(crate::path::segment(&name).is_ok_and(|same| same == name));
            assert_eq!(name.len(), NAME.len() + LONG);
        }
    }

    #[test]
    fn only_podside_s_own_pods_have_a_deadline_and_the_mark() {
        let pod = ShortPod {
            namespace: "shop".to_owned(),
            name: "podside-x".to_owned(),
            spec: one_command("busybox:1.38", &["true".to_owned()]),
            mark: Mark {
                owner: "alice".to_owned(),
                investigation: "i".to_owned(),
                deadline: "2026-11-20T21:00:00Z".parse().unwrap(),
            },
            lives: Duration::from_mins(10),
        };
        let object = pod.object();
        assert_eq!(object["spec"]["activeDeadlineSeconds"], 600);
        assert_eq!(
            object["metadata"]["labels"]["app.kubernetes.io/managed-by"],
            "podside"
        );
        let command = pod.kubectl();
        assert!(
            command.starts_with("kubectl -n shop create -f - <<'EOF'\n{\n"),
            "{command}"
        );
        let text = command
            .split_once('\n')
            .unwrap()
            .1
            .strip_suffix("\nEOF")
            .unwrap();
        assert_eq!(serde_json::from_str::<Value>(text).unwrap(), object);
    }
}
