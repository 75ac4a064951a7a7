//! A login plugin: a program of the kubeconfig's user that gives credentials
//! (<https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins>).

use std::io::{self, IsTerminal};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use futures::FutureExt;
use futures::future::{BoxFuture, Either, select, try_join};
use kube::config::{ExecConfig, ExecInteractiveMode};
use podside_diagnosis::facts::clean::SHORT;
use podside_diagnosis::kubectl;
use serde_json::json;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;

use super::{Given, Source};
use crate::terminal;

mod answer;
mod words;

use words::Words;

/// How long a plugin may take. A person may have to find a browser and a second factor.
const WITHIN: Duration = Duration::from_mins(1);

/// The most bytes of its answer that are read: certificates take a few thousand.
const LARGEST: u64 = 1 << 20;

/// How long the last words of a plugin that has ended are waited for: what it started may
/// hold its error output open for ever.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// The version in which a plugin is asked where the kubeconfig names none.
const VERSION: &str = "client.authentication.k8s.io/v1";

/// A login plugin and how it is called.
pub(super) struct Plugin {
    /// The context of the kubeconfig.
    context: String,
    exec: ExecConfig,
    within: Duration,
}

impl Plugin {
    pub(super) fn new(context: &str, exec: ExecConfig) -> Self {
        Self {
            context: context.to_owned(),
            exec,
            within: WITHIN,
        }
    }

    async fn run(&self) -> Result<Given, String> {
        let interactive = self.is_interactive(io::stdin().is_terminal())?;
        let mut child = self
            .command(interactive)?
            .spawn()
            .map_err(|error| self.not_started(&error))?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let mut words = Words::new(interactive && io::stderr().is_terminal());
        // The end of this function ends a plugin that has not ended.
        let ended = {
            let answer = try_join(whole(stdout), child.wait());
            let listening = words.listen(stderr);
            let both = async {
                match select(Box::pin(answer), Box::pin(listening)).await {
                    Either::Left((answer, listening)) => {
                        let _ = tokio::time::timeout(LAST_WORDS, listening).await;
                        answer
                    }
                    Either::Right(((), answer)) => answer.await,
                }
            };
            tokio::time::timeout(self.within, both).await
        };
        let (answer, status) = match ended {
            Ok(Ok(ended)) => ended,
            Ok(Err(error)) => return Err(self.failed(&format!("failed: {error}"), &words)),
            Err(_) => {
                let how = format!(
                    "did not end within {} s; if it waits for you to log in, run `{}` in a \
                     terminal and log in there",
                    self.within.as_secs(),
                    self.by_hand()
                );
                return Err(self.failed(&how, &words));
            }
        };
        if !status.success() {
            return Err(self.failed(&how_ended(status), &words));
        }
        answer::read(&answer).map_err(|what| self.failed(&what, &words))
    }

    /// Whether the plugin may ask the person at the terminal.
    fn is_interactive(&self, has_terminal: bool) -> Result<bool, String> {
        match self.exec.interactive_mode {
            Some(ExecInteractiveMode::Never) => Ok(false),
            Some(ExecInteractiveMode::Always) if !has_terminal => Err(format!(
                "the login plugin {} asks for a person at a terminal (interactiveMode: Always), \
                 and Podside runs without one; run Podside in a terminal, or log in by other means",
                self.name()
            )),
            _ => Ok(has_terminal),
        }
    }

    fn command(&self, interactive: bool) -> Result<Command, String> {
        let program = self.exec.command.as_deref().unwrap_or_default();
        if program.is_empty() {
            return Err("its login plugin (exec) has no command".to_owned());
        }
        // The cluster is there where the plugin wants to know it (provideClusterInfo).
        let spec = match &self.exec.cluster {
            Some(cluster) => json!({"interactive": interactive, "cluster": cluster}),
            None => json!({"interactive": interactive}),
        };
        let info = json!({
            "apiVersion": self.exec.api_version.as_deref().unwrap_or(VERSION),
            "kind": "ExecCredential",
            "spec": spec,
        });
        let mut command = Command::new(program);
        let pairs = self.exec.env.iter().flatten();
        command
            .args(self.exec.args.iter().flatten())
            .envs(pairs.filter_map(|pair| Some((pair.get("name")?, pair.get("value")?))))
            .env("KUBERNETES_EXEC_INFO", info.to_string())
            .stdin(if interactive {
                Stdio::inherit()
            } else {
                Stdio::null()
            })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        Ok(command)
    }

    fn name(&self) -> String {
        let program = self.exec.command.as_deref().unwrap_or_default();
        format!("{:?}", terminal::plain(program, SHORT))
    }

    /// The command by which the same plugin is run by hand.
    fn by_hand(&self) -> String {
        kubectl::ready(Some(&self.context))
    }

    fn not_started(&self, error: &io::Error) -> String {
        let mut said = format!(
            "the login plugin {} cannot be started: {error}",
            self.name()
        );
        if let Some(hint) = &self.exec.install_hint {
            said += ". ";
            said += &terminal::quoted(hint.trim(), words::MOST);
        }
        said
    }

    fn failed(&self, how: &str, words: &Words) -> String {
        let said = format!("the login plugin {} {how}", self.name());
        match words.said() {
            words if words.is_empty() => said,
            words => format!("{said}. It said: {words}"),
        }
    }
}

impl Source for Plugin {
    fn fetch(&self) -> BoxFuture<'_, Result<Given, String>> {
        self.run().boxed()
    }
}

/// All of an answer, [`LARGEST`] bytes at most.
async fn whole(stdout: Option<impl AsyncRead + Unpin>) -> io::Result<Vec<u8>> {
    let mut answer = Vec::new();
    if let Some(stdout) = stdout {
        stdout.take(LARGEST + 1).read_to_end(&mut answer).await?;
    }
    if answer.len() as u64 > LARGEST {
        let limit = LARGEST >> 10;
        return Err(io::Error::other(format!(
            "its answer is larger than {limit} KiB"
        )));
    }
    Ok(answer)
}

fn how_ended(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("failed with exit code {code}"),
        // Its own words name the signal.
        None => format!("was ended ({status})"),
    }
}

#[cfg(test)]
mod tests;
