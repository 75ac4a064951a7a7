//! The command line: which commands there are. Their flags stand with each
//! command, in `commands/`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::commands::{backup, diagnose, record, replay, runbook, serve};
use crate::error::Error;

/// From a Kubernetes symptom to its root cause.
#[derive(Debug, Parser)]
#[command(name = "podside", version, about, propagate_version = true)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands of `podside`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the portal to a browser
    Serve(serve::Serve),
    /// Print what is broken, worst first
    Diagnose(diagnose::Diagnose),
    /// Serve a recording as a Kubernetes API and print a kubeconfig for it
    Replay(replay::Replay),
    /// Make a recording of a cluster, with secrets redacted
    Record(record::Record),
    /// Copy the investigations and shares to a file, while Podside serves or not
    Backup(backup::Backup),
    /// Work on runbook files
    #[command(subcommand)]
    Runbook(runbook::Runbook),
}

impl Command {
    /// Carries the command out.
    pub(crate) async fn run(self) -> Result<ExitCode, Error> {
        match self {
            Self::Serve(serve) => serve.run().await,
            // What reads all kinds at once is large.
            Self::Diagnose(diagnose) => Box::pin(diagnose.run()).await,
            Self::Replay(replay) => replay.run().await,
            Self::Record(record) => record.run().await,
            Self::Backup(backup) => backup.run().await,
            Self::Runbook(runbook) => runbook.run(),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
