//! Which run of a container a log request means, decided from the Pod's
//! status as the kubelet does (`validateContainerLogStatus`).

use serde_json::Value;

use crate::fields::Fields;

/// The container ID whose log is meant, or the kubelet's words why there is
/// none. The ID can be "" in a recording that lacks it.
pub(crate) fn container_id(pod: &Value, container: &str, previous: bool) -> Result<String, String> {
    let name = pod.text("/metadata/name");
    let status = [
        "containerStatuses",
        "initContainerStatuses",
        "ephemeralContainerStatuses",
    ]
    .iter()
    .flat_map(|list| pod.list(&format!("/status/{list}")))
    .find(|s| s.text("/name") == container)
    .ok_or_else(|| format!("container {container:?} in pod {name:?} is not available"))?;
    let last = status.pointer("/lastState/terminated");
    let last_id = last.map(|l| l.text("/containerID").to_owned());
    if previous {
        return last_id.ok_or_else(|| {
            format!("previous terminated container {container:?} in pod {name:?} not found")
        });
    }
    if status.has("/state/running") {
        return Ok(status.text("/containerID").to_owned());
    }
    if let Some(terminated) = status.pointer("/state/terminated") {
        let id = terminated.text("/containerID");
        return match (id, last_id) {
            ("", Some(last)) if !last.is_empty() => Ok(last),
            (id, _) => Ok(id.to_owned()),
        };
    }
    if let Some(last) = last_id {
        return Ok(last);
    }
    Err(match status.text("/state/waiting/reason") {
        "" => format!("container {container:?} in pod {name:?} is waiting to start - no logs yet"),
        "ErrImagePull" => {
            format!(
                "container {container:?} in pod {name:?} is waiting to start: image can't be pulled"
            )
        }
        "ImagePullBackOff" => format!(
            "container {container:?} in pod {name:?} is waiting to start: trying and failing to pull image"
        ),
        reason => format!("container {container:?} in pod {name:?} is waiting to start: {reason}"),
    })
}

/// Whether the run with this ID is still going on.
pub(crate) fn is_running(pod: &Value, container: &str, id: &str) -> bool {
    [
        "containerStatuses",
        "initContainerStatuses",
        "ephemeralContainerStatuses",
    ]
    .iter()
    .flat_map(|list| pod.list(&format!("/status/{list}")))
    .any(|s| {
        s.text("/name") == container && s.text("/containerID") == id && s.has("/state/running")
    })
}

/// The container that a request without a name means: the only one.
pub(crate) fn only_container(pod: &Value) -> Result<String, String> {
    let names = |list: &str| -> Vec<&str> {
        pod.list(&format!("/spec/{list}"))
            .iter()
            .map(|c| c.text("/name"))
            .collect()
    };
    let containers = names("containers");
    if let [only] = containers.as_slice() {
        return Ok((*only).to_owned());
    }
    let init = names("initContainers");
    let further = if init.is_empty() {
        String::new()
    } else {
        format!(" or one of the init containers: [{}]", init.join(" "))
    };
    Err(format!(
        "a container name must be specified for pod {}, choose one of: [{}]{further}",
        pod.text("/metadata/name"),
        containers.join(" ")
    ))
}

/// Whether the Pod's spec has a container of this name, of any kind.
pub(crate) fn exists(pod: &Value, container: &str) -> bool {
    ["containers", "initContainers", "ephemeralContainers"]
        .iter()
        .flat_map(|list| pod.list(&format!("/spec/{list}")))
        .any(|c| c.text("/name") == container)
}
