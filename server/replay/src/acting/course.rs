//! What a container does that nobody recorded: as much as its command and what was recorded
//! of others tell.

use std::{sync::Arc, time::Duration};

use serde_json::Value;

use crate::{cluster::Cluster, fields::Fields};

/// How long a command takes of which only its end is known.
const SOON: Duration = Duration::from_secs(2);

/// The reasons for which the kubelet does not have an image.
const NO_IMAGE: [&str; 2] = ["ErrImagePull", "ImagePullBackOff"];

/// What a container does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Course {
    /// It runs on.
    GoesOn,
    /// It ends after a while.
    Ends { after: Duration, exit_code: i32 },
    /// It does not start.
    NotStarted { reason: String, message: String },
}

/// The Pods of the cluster.
pub(super) fn pods(cluster: &Cluster) -> Vec<Arc<Value>> {
    let listed = cluster.store.list("pods", None, None);
    listed.map(|(_, pods)| pods).unwrap_or_default()
}

/// What a container of a Pod does. One that is started again when it ends goes on.
pub(super) fn of(cluster: &Cluster, namespace: &str, container: &Value, again: bool) -> Course {
    let image = container.text("/image");
    if let Some(reason) = unreadable(image) {
        return Course::NotStarted {
            reason: "InvalidImageName".to_owned(),
            message: format!(
                "Failed to apply default image tag {image:?}: couldn't parse image name {image:?}: {reason}"
            ),
        };
    }
    if let Some(message) = not_pulled(cluster, image) {
        return Course::NotStarted {
            reason: "ErrImagePull".to_owned(),
            message,
        };
    }
    let words = |list: &str| container.list(list).iter().filter_map(Value::as_str);
    let command: Vec<&str> = words("/command").chain(words("/args")).collect();
    if again || command.is_empty() {
        return Course::GoesOn;
    }
    if let Some(after) = slept(&command) {
        return after.map_or(Course::GoesOn, |after| Course::Ends {
            after,
            exit_code: 0,
        });
    }
    Course::Ends {
        after: SOON,
        exit_code: exit_code(cluster, namespace, &command),
    }
}

/// How a command ended that was recorded in a namespace; well where it was not.
fn exit_code(cluster: &Cluster, namespace: &str, command: &[&str]) -> i32 {
    if command == ["false"] {
        return 1;
    }
    let mut recorded = cluster.acting.transcripts.values().flatten();
    let same = recorded.find(|t| t.namespace == namespace && t.command == command);
    same.map_or(0, |transcript| transcript.exit_code)
}

/// How long `sleep` sleeps, also where a shell is told to; `None` within for ever.
fn slept(command: &[&str]) -> Option<Option<Duration>> {
    let text = match command {
        ["sh" | "/bin/sh" | "bash" | "/bin/bash", "-c", text] => text.to_string(),
        words => words.join(" "),
    };
    let text = text.strip_prefix("exec ").unwrap_or(&text);
    let time = text.strip_prefix("sleep ")?;
    if time == "infinity" {
        return Some(None);
    }
    let (number, unit) = match time.strip_suffix(['s', 'm', 'h', 'd']) {
        Some(number) => (number, time.chars().last()?),
        None => (time, 's'),
    };
    let number: u32 = number.parse().ok()?;
    let each = match unit {
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => 1,
    };
    Some(Some(Duration::from_secs(u64::from(number) * each)))
}

/// Why an image's name cannot be one; the rest is the registry's to say.
fn unreadable(image: &str) -> Option<&'static str> {
    let name = image.split(['@', ':']).next().unwrap_or_default();
    let last = name.rsplit('/').next().unwrap_or_default();
    let is_one = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
    if last.is_empty() || image.contains(char::is_whitespace) {
        Some("invalid reference format")
    } else if last.contains(|c: char| c.is_ascii_uppercase()) {
        Some("invalid reference format: repository name must be lowercase")
    } else if last.chars().all(is_one) {
        None
    } else {
        Some("invalid reference format")
    }
}

/// What was recorded of a node that could not have an image.
fn not_pulled(cluster: &Cluster, image: &str) -> Option<String> {
    const LISTS: [(&str, &str); 2] = [
        ("/spec/containers", "/status/containerStatuses"),
        ("/spec/initContainers", "/status/initContainerStatuses"),
    ];
    for pod in pods(cluster) {
        for (spec, status) in LISTS {
            let of_image = |c: &&Value| c.text("/image") == image;
            for container in pod.list(spec).iter().filter(of_image) {
                let name = container.text("/name");
                let statuses = pod.list(status).iter();
                for waiting in statuses.filter(|status| status.text("/name") == name) {
                    let reason = waiting.text("/state/waiting/reason");
                    if NO_IMAGE.contains(&reason) {
                        return Some(waiting.text("/state/waiting/message").to_owned());
                    }
                }
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleep_ends_when_it_says() {
        let seconds = |n| Some(Some(Duration::from_secs(n)));
        assert_eq!(slept(&["sleep", "3"]), seconds(3));
        assert_eq!(slept(&["sleep", "1d"]), seconds(86_400));
        assert_eq!(slept(&["sh", "-c", "exec sleep 2m"]), seconds(120));
        assert_eq!(slept(&["sleep", "infinity"]), Some(None));
        for other in [
            &["sleep"] as &[_],
            &["ls"],
            &["sleep", "soon"],
            &["sh", "-c", "ls"],
        ] {
            assert_eq!(slept(other), None, "{other:?}");
        }
    }

    #[test]
    fn a_name_of_an_image_is_one() {
        for image in ["busybox", "registry.example:5000/a/b_c:V1", "a@sha256:00"] {
            assert_eq!(unreadable(image), None, "{image}");
        }
        for image in ["", "Busybox", "a b", "registry/", "a;b"] {
            assert!(unreadable(image).is_some(), "{image}");
        }
    }
}
