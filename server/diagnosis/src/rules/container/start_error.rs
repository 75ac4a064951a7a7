//! Why the runtime could not start a container's process, in the words of runc, crun and
//! the runtimes above them.

use super::crash::is_concerned;
use crate::facts::{Container, ContainerKind, ContainerStatus, Pod};
use crate::proof::{self, Proof};
use crate::snapshot::Snapshot;

/// What kept the runtime from starting the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StartFault {
    /// The command, or the interpreter that it names, is not in the image.
    NotFound,
    /// The command is there and may not be executed, or is for another architecture.
    NotExecutable,
    /// Something else in the container's configuration: a path, a mount, a user.
    Configuration,
    /// Nothing of the container: the runtime did not answer in time, or is still busy with an
    /// earlier try that did not end in time.
    Runtime,
}

/// A process that could not be started: why, and the runtime's message.
pub(crate) struct StartError<'a> {
    pub(crate) fault: StartFault,
    pub(crate) message: &'a str,
    pub(crate) proof: Proof,
}

/// What the runtime says of a container whose process it could not start: while it waits
/// (`RunContainerError`, `CreateContainerError`) or as its end (`StartError`,
/// `ContainerCannotRun`). `None` for one that runs: it could be started since.
pub(crate) fn start_error<'a>(pod: &Pod, status: &'a ContainerStatus) -> Option<StartError<'a>> {
    if let Some((reason, Some(message))) = status.waiting()
        && matches!(
            reason,
            "RunContainerError" | "CreateContainerError" | "ContainerCannotRun"
        )
    {
        return Some(StartError {
            fault: fault(message),
            message,
            proof: proof::waiting_message(pod, status),
        });
    }
    if status.is_running() {
        return None;
    }
    let end = status.last_end()?;
    let message = end.1.message.as_deref()?;
    matches!(&*end.1.reason, "StartError" | "ContainerCannotRun").then(|| StartError {
        fault: fault(message),
        message,
        proof: proof::ended(pod, status, end, "message"),
    })
}

/// The containers of a Pod whose process cannot be started. With CRI-O and crun such a
/// container is never created, and so never ends either.
pub(crate) fn start_errors<'a>(
    pod: &'a Pod,
    snapshot: &'a Snapshot,
) -> impl Iterator<Item = (&'a Container, &'a ContainerStatus, StartError<'a>)> {
    pod.containers()
        .filter(|(container, _)| container.kind != ContainerKind::Ephemeral)
        .filter_map(|(container, status)| {
            let status = status?;
            Some((container, status, start_error(pod, status)?))
        })
        .filter(|_| is_concerned(pod, snapshot))
}

fn fault(message: &str) -> StartFault {
    let text = message.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    // runc: exec: "x": executable file not found in $PATH; exec /x: no such file or directory
    // crun: executable file `x` not found in $PATH; open executable: Permission denied
    let about_command = has(&[
        "exec: \"",
        "exec: \\\"",
        "executable file",
        "open executable",
        "exec user process",
        "exec container process",
        ": exec /",
    ]);
    // containerd and CRI-O: the kubelet gave a try up, and the runtime still is at it.
    if has(&[
        "failed to reserve container name",
        "error reserving ctr name",
        "context deadline exceeded",
        "code = deadlineexceeded",
    ]) {
        return StartFault::Runtime;
    }
    // A directory or a mount that is missing has the same ending and another cause.
    let about_path = has(&[
        "chdir",
        "mkdir ",
        "error mounting",
        "failed to mount",
        "mount through",
    ]);
    if !about_command || about_path {
        return StartFault::Configuration;
    }
    if has(&["permission denied", "exec format error", "is a directory"]) {
        StartFault::NotExecutable
    } else if has(&["not found", "no such file or directory"]) {
        StartFault::NotFound
    } else {
        StartFault::Configuration
    }
}

/// The command that the message names, between the quotes after `exec`.
pub(crate) fn command(message: &str) -> Option<&str> {
    let after = [
        "exec: \"",
        "executable file `",
        "exec container process `",
        "exec: \\\"",
    ]
    .into_iter()
    .find_map(|words| Some(message.split_once(words)?.1))?;
    let end = after.find(['"', '`', '\\'])?;
    after.get(..end).filter(|c| !c.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_runtimes() {
        for (message, expected, named) in [
            (
                "failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: \"/app/serve\": stat /app/serve: no such file or directory",
                StartFault::NotFound,
                Some("/app/serve"),
            ),
            (
                "failed to start container: exec: \"pythn\": executable file not found in $PATH: unknown",
                StartFault::NotFound,
                Some("pythn"),
            ),
            (
                "container create failed: executable file `nod` not found in $PATH: No such file or directory",
                StartFault::NotFound,
                Some("nod"),
            ),
            (
                "exec: \"/app/start.sh\": permission denied",
                StartFault::NotExecutable,
                Some("/app/start.sh"),
            ),
            (
                "container create failed: open executable: Permission denied",
                StartFault::NotExecutable,
                None,
            ),
            (
                "container create failed: exec container process `/app/run`: Exec format error",
                StartFault::NotExecutable,
                Some("/app/run"),
            ),
            (
                "runc create failed: unable to start container process: exec: \"/mnt/mount-all\": stat /mnt/mount-all: no such file or directory",
                StartFault::NotFound,
                Some("/mnt/mount-all"),
            ),
            (
                "failed to create task for container: exec: \"/srv\": is a directory: permission denied",
                StartFault::NotExecutable,
                Some("/srv"),
            ),
            (
                "container create failed: chdir: No such file or directory",
                StartFault::Configuration,
                None,
            ),
            (
                "runc create failed: unable to start container process: error during container init: error mounting \"/var/lib/kubelet/x\" to rootfs at \"/etc/nginx/nginx.conf\": not a directory",
                StartFault::Configuration,
                None,
            ),
            (
                "OCI runtime create failed: chdir to cwd (\"/srv\") set in config.json failed: no such file or directory",
                StartFault::Configuration,
                None,
            ),
        ] {
            assert_eq!(fault(message), expected, "{message}");
            assert_eq!(command(message), named, "{message}");
        }
    }
}
