//! The runbook for a kind of message.

/// The built-in runbook that asks about them.
pub const RUNBOOK: &str = "pod";

/// The words that say what kind of message it is, in small letters, and the step that asks
/// about it. The first that fits is taken, so what says more stands first.
const KINDS: [(&str, &[&str]); 9] = [
    (
        "waiting",
        &[
            "imagepullbackoff",
            "errimagepull",
            "invalidimagename",
            "failed to pull image",
            "manifest unknown",
            "pull access denied",
        ],
    ),
    (
        "config",
        &["createcontainerconfigerror", "couldn't find key"],
    ),
    (
        "mounts",
        &[
            "failedmount",
            "failedattachvolume",
            "mountvolume",
            "unable to attach or mount",
        ],
    ),
    (
        "pending",
        &[
            "failedscheduling",
            "nodes are available",
            "unschedulable",
            "didn't match pod",
        ],
    ),
    ("memory", &["oomkilled", "out of memory", "exit code 137"]),
    ("evicted", &["evicted", "the node was low on resource"]),
    (
        "readiness",
        &["probe failed", "probe errored", "readiness probe"],
    ),
    (
        "names",
        &[
            "no such host",
            "nxdomain",
            "enotfound",
            "name or service not known",
            "temporary failure in name resolution",
            "connection refused",
            "econnrefused",
        ],
    ),
    (
        "crashing",
        &[
            "crashloopbackoff",
            "back-off restarting",
            "panic:",
            "traceback",
        ],
    ),
];

/// The step that asks about such a message; `None` when nothing says what kind it is.
pub(super) fn step(text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    KINDS
        .iter()
        .find(|(_, words)| words.iter().any(|word| text.contains(word)))
        .map(|(step, _)| *step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_message_has_a_step_of_the_runbook() {
        let runbook = &crate::runbook::find(RUNBOOK).unwrap().runbook;
        for (step, _) in KINDS {
            assert!(runbook.steps.iter().any(|it| it.id == step), "{step}");
        }
    }

    #[test]
    fn the_kind_of_a_message_is_told_by_what_only_it_says() {
        assert_eq!(step("Error: ImagePullBackOff"), Some("waiting"));
        assert_eq!(step("dial tcp: lookup db: no such host"), Some("names"));
        assert_eq!(step("failed"), None);
    }
}
