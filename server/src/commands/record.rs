//! `podside record`: makes a recording of a cluster, with secrets redacted.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use podside_cluster::{Connection, Recorded};
use podside_replay::{ContainerLog, LogKey, Recording};

use crate::error::Error;
use crate::says;

/// The flags of `podside record`.
#[derive(Args, Debug)]
#[command(
    after_help = "Secrets' values, and what looks secret in environment variables, arguments, events and logs, \
    is replaced by tokens: the same secret by the same token. Look through a recording before you hand it on."
)]
pub(crate) struct Record {
    /// Context of the kubeconfig; the current one by default
    #[arg(long, value_name = "NAME")]
    context: Option<String>,
    /// Namespace to record, with what belongs to no namespace
    #[arg(
        short,
        long,
        value_name = "NAMESPACE",
        conflicts_with = "all_namespaces"
    )]
    namespace: Option<String>,
    /// Record all namespaces; so it is without -n too
    #[arg(short = 'A', long)]
    all_namespaces: bool,
    /// Directory or archive (.tar.zst, .tar.gz) to write, which must not exist
    #[arg(short, long, value_name = "PATH")]
    output: PathBuf,
}

impl Record {
    /// Carries the command out.
    pub(crate) async fn run(self) -> Result<ExitCode, Error> {
        let connection = Connection::from_context(self.context.as_deref()).await?;
        let recorded = connection.record(self.namespace.as_deref()).await?;
        let summary = summary(&recorded, &self.output);
        let recording = recording(&name(&self.output), recorded);
        // Writing and compressing takes as long as the disk does.
        let output = self.output;
        tokio::task::spawn_blocking(move || recording.write(&output))
            .await
            .map_err(|error| Error::Output(io::Error::other(error)))??;
        says::print(&summary).map_err(Error::Output)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The recording of what was taken down.
fn recording(name: &str, recorded: Recorded) -> Recording {
    let mut logs: BTreeMap<LogKey, ContainerLog> = BTreeMap::new();
    for log in recorded.logs {
        let key = LogKey {
            namespace: log.namespace,
            pod: log.pod,
            container: log.container,
        };
        let of_container = logs.entry(key).or_default();
        let place = if log.previous {
            &mut of_container.previous
        } else {
            &mut of_container.current
        };
        *place = Some(Arc::from(log.text));
    }
    let objects = recorded.objects.into_iter().map(Arc::new).collect();
    let recording = Recording::new(name, recorded.began, recorded.ended, objects)
        .with_logs(logs)
        .without(recorded.unreadable);
    match recorded.version {
        Some(version) => recording.with_version(version),
        None => recording,
    }
}

/// What was written, and what was not.
fn summary(recorded: &Recorded, output: &Path) -> String {
    let mut lines = vec![format!(
        "Recorded {} objects and {} logs in {}",
        recorded.objects.len(),
        recorded.logs.len(),
        output.display()
    )];
    if !recorded.unreadable.is_empty() {
        let names = recorded.unreadable.join(", ");
        lines.push(format!("Not recorded, for lack of rights: {names}"));
    }
    let left_out = recorded.left_out.iter();
    lines.extend(left_out.map(|what| format!("Left out: {what}")));
    lines.push(String::new());
    lines.join("\n")
}

/// The recording's name: its file's, without the ends of an archive.
fn name(output: &Path) -> String {
    let name = output.file_name().unwrap_or_default().to_string_lossy();
    let name = [".tar.zst", ".tar.gz", ".tgz"]
        .into_iter()
        .find_map(|end| name.strip_suffix(end))
        .unwrap_or(&name);
    name.to_owned()
}
