//! Which probes fail now, and with what words.

use jiff::Timestamp;

use crate::facts::{Container, ContainerStatus, Event, Handler, Pod, Probe};
use crate::finding::Finding;
use crate::proof::{self, Proof};
use crate::snapshot::Snapshot;

/// What the kubelet says of a failing probe.
pub(super) struct Failing<'a> {
    /// The newest event `Unhealthy`.
    pub(super) event: &'a Event,
    /// What the probe met, without the kubelet's own words before it.
    pub(super) met: &'a str,
    /// How often it failed since `since`.
    pub(super) count: u32,
}

/// What a probe is called in events and in the Pod's `spec`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    Liveness,
    Readiness,
    Startup,
}

impl Which {
    const fn word(self) -> &'static str {
        match self {
            Self::Liveness => "Liveness",
            Self::Readiness => "Readiness",
            Self::Startup => "Startup",
        }
    }

    pub(super) const fn field(self) -> &'static str {
        match self {
            Self::Liveness => "livenessProbe",
            Self::Readiness => "readinessProbe",
            Self::Startup => "startupProbe",
        }
    }

    /// The probe of a container.
    pub(super) fn of(self, container: &Container) -> Option<&Probe> {
        match self {
            Self::Liveness => container.liveness.as_deref(),
            Self::Readiness => container.readiness.as_deref(),
            Self::Startup => container.startup.as_deref(),
        }
    }
}

/// The failures of a probe since a moment, as events tell them. Events are counted
/// together, as each new wording begins an event of its own.
pub(super) fn failing<'a>(
    pod: &'a Pod,
    container: &Container,
    which: Which,
    since: Option<Timestamp>,
    snapshot: &'a Snapshot,
) -> Option<Failing<'a>> {
    let mut found: Option<Failing<'a>> = None;
    for event in snapshot.events_of(pod) {
        let of_run = since.is_none_or(|since| event.last.is_none_or(|last| last >= since));
        if &*event.reason != "Unhealthy" || event.container() != Some(&*container.name) || !of_run {
            continue;
        }
        let Some(met) = met(event.said(), which) else {
            continue;
        };
        match &mut found {
            None => {
                found = Some(Failing {
                    event,
                    met,
                    count: event.count,
                });
            }
            Some(found) => found.count = found.count.saturating_add(event.count),
        }
    }
    found
}

/// What the probe met: `Readiness probe failed: …`, and since 1.20 `… errored: …` when it
/// could not even be carried out.
fn met(message: &str, which: Which) -> Option<&str> {
    let rest = message.strip_prefix(which.word())?;
    let rest = rest
        .strip_prefix(" probe failed:")
        .or_else(|| rest.strip_prefix(" probe errored:"))
        .or_else(|| rest.strip_prefix(" probe errored and resulted in unknown state:"))?;
    Some(rest.trim())
}

/// Whether the application itself answered, if only to say that it is not well: an HTTP
/// status, the end of a command. Without an answer it may just not be up yet.
pub(super) fn is_answer(met: &str, probe: &Probe) -> bool {
    met.contains("statuscode:")
        || met.contains("service unhealthy")
        || matches!(probe.handler, Handler::Exec(_))
}

/// The probe as the Pod has it: its command or its port, with the container named.
pub(super) fn configured(pod: &Pod, container: &Container, which: Which) -> Option<Proof> {
    let probe = which.of(container)?;
    let path = format!(
        "{}/{}/{}",
        container.path(),
        which.field(),
        probe.handler.field()
    );
    let (field, value) = match &probe.handler {
        Handler::Exec(command) => ("command/0", command.first()?.to_string()),
        handler => ("port", handler.port()?.to_string()),
    };
    Some(proof::field(pod, format!("{path}/{field}"), value).in_container(&container.name))
}

/// What a probe does, in the words of its manifest.
pub(super) fn wording(probe: &Probe) -> String {
    match &probe.handler {
        Handler::Exec(command) => command.join(" "),
        Handler::Http {
            path, port, scheme, ..
        } => {
            let port = port.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("{} GET :{port}{path}", scheme.to_lowercase())
        }
        Handler::Tcp { port, .. } => format!(
            "tcp :{}",
            port.as_ref().map(ToString::to_string).unwrap_or_default()
        ),
        Handler::Grpc { port, .. } => format!(
            "grpc :{}",
            port.as_ref().map(ToString::to_string).unwrap_or_default()
        ),
        Handler::Sleep(_) => String::new(),
    }
}

/// What the answer says of the probe itself, as the id of a step of the fix: that it asks for
/// a path which is not there or wants credentials, in the wrong scheme, or with a command
/// that the image does not have.
pub(super) fn advice(met: &str, probe: &Probe) -> Option<&'static str> {
    let has = |words: &[&str]| words.iter().any(|word| met.contains(word));
    match &probe.handler {
        Handler::Http { .. } if has(&["statuscode: 404", "statuscode: 405"]) => Some("fix.path"),
        Handler::Http { .. } if has(&["statuscode: 401", "statuscode: 403"]) => {
            Some("fix.credentials")
        }
        Handler::Http { .. }
            if has(&[
                "gave HTTP response to HTTPS client",
                "malformed HTTP response",
                "tls: ",
                "x509: ",
                "statuscode: 400",
            ]) =>
        {
            Some("fix.scheme")
        }
        Handler::Exec(_) if has(&["executable file not found", "no such file or directory"]) => {
            Some("fix.command")
        }
        Handler::Grpc { .. } if has(&["Unimplemented", "unimplemented", "unknown service"]) => {
            Some("fix.grpc")
        }
        _ => None,
    }
}

/// The texts of the steps that `advice` names. Arguments: `path`, `scheme`.
macro_rules! advice_texts {
    ($($text:expr),* $(,)?) => {
        $crate::rules::reason::reason_texts![
            text(
                "fix.path",
                "The application answers, and has nothing at {path}: set httpGet.path of the probe to what it serves.",
                "アプリケーションは応答していますが、{path} はありません。probe の httpGet.path を実際に提供しているパスにします。",
            ),
            text(
                "fix.credentials",
                "The application wants credentials for {path}: let the probe ask for a path that needs none, or give them in httpGet.httpHeaders.",
                "{path} には認証が必要です。認証の要らないパスを probe に指定するか、httpGet.httpHeaders で認証情報を渡します。",
            ),
            text(
                "fix.scheme",
                "The probe asks by {scheme}; if the application uses the other one of HTTP and HTTPS, correct httpGet.scheme.",
                "probe は {scheme} で確認しています。アプリケーションが HTTP と HTTPS のもう一方を使う場合は、httpGet.scheme を修正します。",
            ),
            text(
                "fix.command",
                "The command of the probe is not in the image: use one that it has, or an httpGet, tcpSocket or grpc probe.",
                "probe のコマンドがイメージにありません。イメージにあるコマンドにするか、httpGet、tcpSocket、grpc の probe を使います。",
            ),
            text(
                "fix.grpc",
                "The application does not offer the gRPC health service (grpc.health.v1.Health): let it offer that, or use a tcpSocket probe.",
                "アプリケーションが gRPC のヘルスサービス（grpc.health.v1.Health）を提供していません。提供するようにするか、tcpSocket の probe を使います。",
            ),
            $($text,)*
        ]
    };
}
pub(super) use advice_texts;

/// Adds the step that the answer calls for.
pub(super) fn advised(finding: Finding, met: &str, probe: &Probe) -> Finding {
    let finding = match &probe.handler {
        Handler::Http { path, scheme, .. } => finding.arg("path", &**path).arg("scheme", &**scheme),
        _ => finding,
    };
    match advice(met, probe) {
        Some(step) => finding.fix(step),
        None => finding,
    }
}

/// What the probe met, short enough for a title; `None` when the kubelet says nothing.
pub(super) fn brief(met: &str) -> Option<String> {
    const LONGEST: usize = 120;
    let line = met.lines().find(|line| !line.trim().is_empty())?.trim();
    if line.chars().count() <= LONGEST {
        return Some(line.to_owned());
    }
    Some(
        line.chars()
            .take(LONGEST)
            .chain(std::iter::once('…'))
            .collect(),
    )
}

/// Whether a container runs, is started, and is not ready.
pub(super) fn is_not_ready(status: &ContainerStatus) -> bool {
    status.is_running() && !status.ready && status.started != Some(false)
}
