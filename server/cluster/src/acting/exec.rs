//! Running a command in a container.

use std::time::Duration;

use futures::StreamExt;
use podside_diagnosis::facts::Kind;
use podside_diagnosis::kubectl;
use serde::Deserialize;
use tokio::time::{Instant, timeout};

use super::needs::{connect_verbs, to_pod};
use super::not_done::NotDone;
use super::output::{Output, Reading};
use crate::access::Need;
use crate::connection::{Channels, Connection};
use crate::discovery::Resource;
use crate::error::Result;
use crate::path::query;
use crate::terminal;

/// The longest command, in bytes: what a request's line may hold of it.
pub const LONGEST_COMMAND: usize = 16 * 1024;

/// The longest message about a command that could not be run.
const LONGEST_MESSAGE: usize = 1024;

/// The channels of a process, by the first byte of a message.
const STDOUT: u8 = 1;
const STDERR: u8 = 2;
const STATUS: u8 = 3;

/// A command to be run in a container of a Pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exec {
    /// The Pod's namespace.
    pub namespace: String,
    /// The Pod's name.
    pub pod: String,
    /// The container, of any kind.
    pub container: String,
    /// The command, word by word. There is no shell but the one that it names.
    pub command: Vec<String>,
}

/// What a command may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExecLimits {
    /// How long it may run.
    pub within: Duration,
    /// How many bytes are kept of each of its two outputs.
    pub bytes: usize,
}

impl Default for ExecLimits {
    /// Half a minute and 256 KiB.
    fn default() -> Self {
        Self {
            within: Duration::from_secs(30),
            bytes: 256 * 1024,
        }
    }
}

/// What came of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// What it wrote.
    pub stdout: Output,
    /// What it wrote to its standard error.
    pub stderr: Output,
    /// How it ended.
    pub ended: Ended,
    /// How long it took, with the way there.
    pub took: Duration,
}

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// With an exit code; 0 is success, 128 and more mostly a signal.
    Exited(i32),
    /// It was not begun, such as for want of the program: the runtime's own words.
    NotStarted(String),
    /// It ran longer than it may. The connection is closed; a process that neither reads nor
    /// writes goes on in the container.
    TimedOut(Duration),
    /// The connection ended before the command, for this reason.
    BrokeOff(String),
}

impl Exec {
    /// The same with kubectl.
    pub fn kubectl(&self) -> String {
        kubectl::exec(&self.namespace, &self.pod, &self.container, &self.command)
    }

    /// The rights that it needs on a server of that version.
    pub fn needs(&self, server_version: &str) -> Vec<Need> {
        connect_verbs(server_version)
            .iter()
            .map(|verb| to_pod(verb, "pods/exec", &self.namespace, Some(&self.pod)))
            .collect()
    }

    fn path(&self) -> Result<String, NotDone> {
        let length: usize = self.command.iter().map(String::len).sum();
        if self.command.is_empty() || length > LONGEST_COMMAND {
            return Err(NotDone::Refused {
                what: self.kubectl(),
                message: format!("a command has 1 to {LONGEST_COMMAND} bytes"),
            });
        }
        let mut pairs = vec![
            ("container", self.container.clone()),
            ("stdout", "true".to_owned()),
            ("stderr", "true".to_owned()),
        ];
        for word in &self.command {
            pairs.push(("command", word.clone()));
        }
        let pod = Resource::of(Kind::Pod).object_path(Some(&self.namespace), &self.pod);
        let pod = pod.map_err(NotDone::Failed)?;
        Ok(format!("{pod}/exec{}", query(&pairs)))
    }
}

impl Connection {
    /// Runs a command in a container and waits for its end. Dropping the future closes the
    /// connection, as when its time is over ([`Ended::TimedOut`]).
    ///
    /// # Errors
    /// When the API server does not let it begin. That a command fails is no error.
    pub async fn exec(&self, exec: &Exec, limits: &ExecLimits) -> Result<Ran, NotDone> {
        let path = exec.path()?;
        let began = Instant::now();
        let mut outputs = Outputs {
            stdout: Reading::up_to(limits.bytes),
            stderr: Reading::up_to(limits.bytes),
        };
        let channels = timeout(limits.within, self.channels(&path)).await;
        let channels = channels.map_err(|_| NotDone::TimedOut {
            what: exec.kubectl(),
            after: limits.within,
        })?;
        let channels = channels.map_err(|error| self.not_done(error))?;
        let left = limits.within.saturating_sub(began.elapsed());
        let ended = timeout(left, outputs.read(channels)).await;
        Ok(Ran {
            stdout: outputs.stdout.output(),
            stderr: outputs.stderr.output(),
            ended: ended.unwrap_or(Ended::TimedOut(limits.within)),
            took: began.elapsed(),
        })
    }
}

/// The outputs of a command that runs.
struct Outputs {
    stdout: Reading,
    stderr: Reading,
}

impl Outputs {
    /// Reads until the command ends.
    async fn read(&mut self, mut channels: Channels) -> Ended {
        while let Some(message) = channels.next().await {
            let mut message = match message {
                Ok(message) => message,
                Err(error) => return Ended::BrokeOff(error.to_string()),
            };
            let Some(channel) = message.first().copied() else {
                continue;
            };
            let said = message.split_off(1);
            match channel {
                STDOUT => self.stdout.add(&said),
                STDERR => self.stderr.add(&said),
                STATUS => return Status::read(&said),
                _ => {}
            }
        }
        Ended::BrokeOff("the connection was closed before the command told its end".to_owned())
    }
}

/// The Status with which a process ends
/// (`k8s.io/apimachinery/pkg/util/remotecommand`, protocol v4 and later).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Status {
    status: String,
    reason: String,
    message: String,
    details: Option<Details>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Details {
    causes: Option<Vec<Cause>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Cause {
    reason: String,
    message: String,
}

impl Status {
    fn read(text: &[u8]) -> Ended {
        let Ok(status) = serde_json::from_slice::<Self>(text) else {
            return Ended::BrokeOff("how the command ended cannot be read".to_owned());
        };
        if status.status == "Success" {
            return Ended::Exited(0);
        }
        let causes = status.details.and_then(|details| details.causes);
        let code = causes
            .unwrap_or_default()
            .into_iter()
            .find(|cause| cause.reason == "ExitCode")
            .and_then(|cause| cause.message.parse().ok());
        match code {
            Some(code) if status.reason == "NonZeroExitCode" => Ended::Exited(code),
            _ => Ended::NotStarted(terminal::quoted(&status.message, LONGEST_MESSAGE)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[test]
    fn the_end_of_a_process_is_its_status() {
        let read = |text: &str| Status::read(text.as_bytes());
        assert_eq!(
            read(r#"{"metadata":{},"status":"Success"}"#),
            Ended::Exited(0)
        );
        assert_eq!(
            read(
                r#"{"metadata":{},"status":"Failure","message":"command terminated with non-zero exit code: command terminated with exit code 3","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"3"}]}}"#
            ),
            Ended::Exited(3)
        );
        let no_program = read(
            r#"{"metadata":{},"status":"Failure","message":"exec: \"/bin/nope\": stat /bin/nope: no such file or directory","reason":"InternalError","details":{"causes":[{"message":"x"}]},"code":500}"#,
        );
        assert!(
            matches!(&no_program, Ended::NotStarted(said) if said.contains("/bin/nope")),
            "{no_program:?}"
        );
        for odd in ["", "[]", "{", r#"{"details":{"causes":null}}"#] {
            assert!(!matches!(read(odd), Ended::Exited(_)), "{odd}");
        }
    }

    #[test]
    fn a_command_is_a_path_of_its_own() {
        let exec = |pod: &str, command: &[&str]| Exec {
            namespace: "shop".to_owned(),
            pod: pod.to_owned(),
            container: "app".to_owned(),
            command: command.iter().map(|word| (*word).to_owned()).collect(),
        };
        assert_eq!(
            exec("web", &["sh", "-c", "a & b=c"]).path().unwrap(),
            "/api/v1/namespaces/shop/pods/web/exec?container=app&stdout=true&stderr=true\
             &command=sh&command=-c&command=a%20%26%20b%3Dc"
        );
        assert!(matches!(
            exec("../web", &["ls"]).path(),
            Err(NotDone::Failed(Error::InvalidName { .. }))
        ));
        for command in [&[] as &[&str], &[&"x".repeat(LONGEST_COMMAND + 1)]] {
            let refused = exec("web", command).path();
            assert!(matches!(refused, Err(NotDone::Refused { .. })));
        }
    }
}
