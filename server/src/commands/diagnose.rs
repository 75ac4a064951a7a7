//! `podside diagnose`: what is broken, worst first, without a browser.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use podside_cluster::{Connection, Kubeconfig};
use podside_diagnosis::facts::Kind;
use podside_diagnosis::facts::clean::{SHORT, clean};
use podside_diagnosis::snapshot::{Reading, Snapshot};
use podside_diagnosis::texts::resolve;
use podside_model::{Diagnosis, Lang, Severity, Why};
use podside_replay::{Recording, ServeOptions, Served, Times};

use crate::error::Error;
use crate::numbered::numbered;
use crate::report::{self, Paper, Report};
use crate::says;
use crate::within::within;

/// The flags of `podside diagnose`.
#[derive(Args, Debug)]
#[command(
    after_help = "Exit code: 0 when it was done, 1 when it was done and found a problem of \
    the severity of --fail-on or worse (unexplained: also an object that is not well and that \
    no rule explains), 2 when it could not be done."
)]
pub(crate) struct Diagnose {
    /// Context of the kubeconfig; the current one by default
    #[arg(long, value_name = "NAME", conflicts_with = "replay")]
    context: Option<String>,
    /// Recording to diagnose instead of a cluster: a directory, an archive, or the name of a practice scenario
    #[arg(long, value_name = "PATH")]
    replay: Option<PathBuf>,
    /// Namespace to look at; the context's own by default, all when it names none
    #[arg(
        short,
        long,
        value_name = "NAMESPACE",
        conflicts_with = "all_namespaces"
    )]
    namespace: Option<String>,
    /// Look at all namespaces
    #[arg(short = 'A', long)]
    all_namespaces: bool,
    /// Form of the answer
    #[arg(short, long, value_enum, default_value_t = Output::Text)]
    output: Output,
    /// Language of the explanations: en or ja
    #[arg(long, value_name = "LANGUAGE", default_value_t = Lang::En)]
    lang: Lang,
    /// Least severity for which the exit code is 1
    #[arg(long, value_enum, default_value_t = FailOn::Never)]
    fail_on: FailOn,
}

/// The form of the answer.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Output {
    /// For a terminal
    Text,
    /// For scripts: a fixed interface
    Json,
    /// For an issue
    Markdown,
}

/// The least severity for which the exit code is 1.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum FailOn {
    Critical,
    Warning,
    Unexplained,
    Never,
}

/// The columns of what is not a terminal.
const WIDTH: usize = 100;

/// The most columns that are filled: longer lines are hard to read.
const WIDEST: usize = 120;

/// Where the facts come from.
struct Place {
    connection: Connection,
    namespace: Option<String>,
    /// The recording's server, which ends when this is dropped.
    _served: Option<Served>,
}

impl Diagnose {
    /// Carries the command out.
    pub(crate) async fn run(self) -> Result<ExitCode, Error> {
        let place = self.place().await?;
        let asked: Vec<String> = place.namespace.iter().cloned().collect();
        let snapshot = place.connection.read_once(&asked).await;
        if let Some(namespace) = &place.namespace
            && is_denied(&snapshot, namespace)
        {
            return Err(Error::DeniedNamespace {
                namespace: namespace.clone(),
                cluster: place.connection.name().to_owned(),
            });
        }
        let snapshot = snapshot?;
        if let Some(namespace) = &place.namespace {
            exists(&snapshot, namespace, &place.connection)?;
        }
        let examined = place.connection.examine(snapshot).await?;
        let namespace = place.namespace.as_deref();
        let diagnosis = within(&examined.diagnosis, &examined.snapshot, namespace)
            .map_text(|text| resolve(&text, self.lang));
        let diagnosis = numbered(diagnosis);
        let report = Report {
            diagnosis: &diagnosis,
            cluster: place.connection.name(),
            namespace: place.namespace.as_deref(),
            lang: self.lang,
        };
        self.print(&report)?;
        Ok(self.fail_on.exit_code(&diagnosis))
    }

    async fn place(&self) -> Result<Place, Error> {
        if let Some(path) = &self.replay {
            let (connection, served) = replay(path).await?;
            return Ok(Place {
                connection,
                namespace: self.namespace.clone(),
                _served: Some(served),
            });
        }
        let context = self.context.as_deref();
        let connection = Connection::from_context(context).await?;
        let of_context = || {
            let kubeconfig = Kubeconfig::find().ok().flatten()?;
            let namespace = kubeconfig.namespace(context)?;
            Some(clean(namespace, SHORT).into_owned())
        };
        let namespace = match (&self.namespace, self.all_namespaces) {
            (Some(namespace), _) => Some(namespace.clone()),
            (None, true) => None,
            (None, false) => of_context(),
        };
        Ok(Place {
            connection,
            namespace,
            _served: None,
        })
    }

    fn print(&self, report: &Report<'_>) -> Result<(), Error> {
        let text = match self.output {
            Output::Json => report::json(report.diagnosis).map_err(io::Error::from),
            Output::Markdown => Ok(report::markdown(report)),
            Output::Text => Ok(report::terminal(report, paper())),
        };
        match text.and_then(|text| says::print(&text)) {
            // Whoever reads has had enough (`podside diagnose | head`).
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => written.map_err(Error::Output),
        }
    }
}

impl FailOn {
    fn exit_code(self, diagnosis: &Diagnosis<String>) -> ExitCode {
        // Severities are ordered worst first.
        let found = |least: Severity| {
            let mut problems = diagnosis.problems.iter();
            problems.any(|problem| problem.severity <= least)
        };
        let fails = match self {
            Self::Critical => found(Severity::Critical),
            Self::Warning => found(Severity::Warning),
            Self::Unexplained => found(Severity::Warning) || !diagnosis.unexplained.is_empty(),
            Self::Never => false,
        };
        if fails {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        }
    }
}

/// Serves a recording to this process alone, with its own times, so that the same
/// recording always gives the same answer.
async fn replay(path: &Path) -> Result<(Connection, Served), Error> {
    let recording = Recording::find(path)?;
    let name = clean(recording.name(), SHORT).into_owned();
    let options = ServeOptions {
        times: Times::Recorded,
        ..ServeOptions::default()
    };
    let served = podside_replay::serve(vec![recording], options).await?;
    let kubeconfig = Kubeconfig::parse(path, &served.kubeconfig(&name))?;
    let connection = Connection::from_kubeconfig(&kubeconfig, None).await?;
    Ok((connection, served))
}

/// Whether nothing that applications are made of may be read in a namespace. An answer about
/// the rest of the cluster would pass for one about the namespace.
fn is_denied(read: &podside_cluster::Result<Snapshot>, namespace: &str) -> bool {
    const WORKLOADS: [Kind; 4] = [Kind::Pod, Kind::Deployment, Kind::Service, Kind::Job];
    match read {
        Ok(snapshot) => WORKLOADS
            .iter()
            .all(|kind| snapshot.unreadable(*kind, namespace) == Some(Why::Denied)),
        Err(error) => matches!(error, podside_cluster::Error::Denied { .. }),
    }
}

/// A namespace that does not exist has no problems either: that must not pass for
/// health.
fn exists(snapshot: &Snapshot, namespace: &str, connection: &Connection) -> Result<(), Error> {
    let known = snapshot.namespaces.reading("") == Reading::Known;
    if !known || snapshot.meta_of(Kind::Namespace, "", namespace).is_some() {
        return Ok(());
    }
    let known: Vec<String> = snapshot
        .namespaces
        .iter()
        .map(|namespace| namespace.meta.name.to_string())
        .collect();
    Err(Error::UnknownNamespace {
        namespace: namespace.to_owned(),
        cluster: connection.name().to_owned(),
        known,
    })
}

fn paper() -> Paper {
    let columns = io::stdout()
        .is_terminal()
        .then(terminal_size::terminal_size)
        .flatten()
        .map_or(WIDTH, |(width, _)| usize::from(width.0));
    Paper {
        width: columns.min(WIDEST),
    }
}
