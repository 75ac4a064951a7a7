//! All that a cluster shows, taken down once, with secrets replaced.
//!
//! The one place where Secrets' values are read: to know what to take out of logs,
//! events and objects. They stay in the [`tokens::Tokens`] of this one recording and
//! are gone with it; what leaves are tokens, the same for the same secret.

mod tokens;

use futures::{StreamExt, stream};
use jiff::Timestamp;
use podside_diagnosis::facts::{Fact, Kind, Sharing, State, from_object_of};
use podside_diagnosis::snapshot::LogOf;
use serde_json::Value;

use crate::answer::{Asked, List};
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::list::{self, Page, Pages};
use crate::log::LogOptions;
use crate::path::query;
use crate::scope::{Namespaces, why_not};
use tokens::Tokens;

/// How many lists and logs are asked for at once.
const AT_ONCE: usize = 6;

/// The most objects of one kind that are taken down.
const MOST_OBJECTS: usize = 50_000;

/// The last lines of each log that are taken down.
const LOG_LINES: u32 = 2_000;

/// The most bytes of one log, and of all logs, that are taken down.
const LOG_BYTES: usize = 1024 * 1024;
const ALL_LOG_BYTES: usize = 128 * 1024 * 1024;

/// What was taken down.
#[derive(Debug)]
pub struct Recorded {
    /// Every object, events among them, with secrets replaced.
    pub objects: Vec<Value>,
    /// The logs.
    pub logs: Vec<RecordedLog>,
    /// What `/version` answered; `None` where nobody is told.
    pub version: Option<Value>,
    /// When it began, by the API server's clock.
    pub began: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// The resources that could not be read, such as `secrets` or
    /// `ingresses.networking.k8s.io`.
    pub unreadable: Vec<String>,
    /// What was left out because of a bound, as sentences.
    pub left_out: Vec<String>,
}

/// The end of one log.
#[derive(Debug)]
pub struct RecordedLog {
    /// The Pod's namespace.
    pub namespace: String,
    /// The Pod.
    pub pod: String,
    /// The container.
    pub container: String,
    /// Whether it is of the run before.
    pub previous: bool,
    /// Its lines, each with its time in front, with secrets replaced.
    pub text: String,
}

impl Connection {
    /// Takes down everything that Podside reads: of one namespace and what belongs to
    /// none, or of all.
    ///
    /// # Errors
    /// When the API server does not answer, does not accept the credentials, or shows
    /// nothing at all.
    pub async fn record(&self, namespace: Option<&str>) -> Result<Recorded> {
        let (version, at) = match self.get_up_to("/version", 64 * 1024).await {
            // Some API servers show their version to nobody; that is no reason to stop.
            Err(Error::Denied { .. } | Error::NotFound { .. }) => (None, None),
            answer => {
                let answer = answer?;
                let (version, _) = answer.version(self.address())?;
                (Some(version), answer.at)
            }
        };
        let mut recorded = Recorded {
            objects: Vec::new(),
            logs: Vec::new(),
            version,
            began: at.unwrap_or(Timestamp::MIN),
            ended: at.unwrap_or(Timestamp::MIN),
            unreadable: Vec::new(),
            left_out: Vec::new(),
        };
        self.record_objects(namespace, &mut recorded).await?;
        // Where no version tells the server's time, its lists do.
        if recorded.ended == Timestamp::MIN {
            recorded.ended = Timestamp::now();
        }
        if at.is_none() {
            recorded.began = recorded.ended;
        }
        let mut tokens = Tokens::of(&recorded.objects);
        self.record_logs(&mut recorded).await;
        for object in &mut recorded.objects {
            tokens.replace_in(object);
        }
        for log in &mut recorded.logs {
            log.text = redacted(&log.text, &mut tokens);
        }
        Ok(recorded)
    }

    async fn record_objects(&self, namespace: Option<&str>, recorded: &mut Recorded) -> Result<()> {
        let listed: Vec<(Kind, Result<Raw>)> = stream::iter(Kind::ALL.iter().copied())
            .map(|kind| async move {
                let within = namespace.filter(|_| kind.is_namespaced());
                (kind, self.raw(kind, within).await)
            })
            .buffered(AT_ONCE)
            .collect()
            .await;
        let mut denied = None;
        for (kind, raw) in listed {
            match raw {
                Ok(raw) => recorded.take(kind, raw, namespace),
                // There is none of it.
                Err(Error::NoKind { .. }) => {}
                Err(Error::KindUnread { .. }) => recorded.unreadable.push(qualified(kind)),
                Err(error) if why_not(&error).is_some() => {
                    let anywhere = self.record_each(kind, namespace, recorded).await;
                    if !anywhere {
                        recorded.unreadable.push(qualified(kind));
                        denied.get_or_insert(error);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        match denied {
            Some(error) if recorded.objects.is_empty() => Err(error),
            _ => Ok(()),
        }
    }

    /// Takes down a kind one namespace at a time; tells whether any could be read.
    async fn record_each(
        &self,
        kind: Kind,
        namespace: Option<&str>,
        recorded: &mut Recorded,
    ) -> bool {
        if !kind.is_namespaced() || namespace.is_some() {
            return false;
        }
        let namespaces = Namespaces::find(self, &[]).await;
        let mut any = false;
        for name in namespaces.readable(kind) {
            if let Ok(raw) = self.raw(kind, Some(name)).await {
                recorded.take(kind, raw, None);
                any = true;
            }
        }
        any
    }

    /// All objects of a kind as they are, Secrets' values included.
    async fn raw(&self, kind: Kind, namespace: Option<&str>) -> Result<Raw> {
        let resource = self.served(kind).await?;
        let mut pages = Pages::default();
        loop {
            let mut pairs = vec![("limit", list::PAGE.to_string())];
            pairs.extend(pages.token().map(|token| ("continue", token.to_owned())));
            let path = resource.objects_path(namespace)? + &query(&pairs);
            let answer = self.get(&path).await?;
            let at = answer.at;
            let list: List<Value> = answer.list(&Asked::all_of(&resource, namespace), Some)?;
            if let Some(whole) = pages.add(Page::of(list, at))? {
                return Ok(Raw {
                    api_version: resource.api_version(),
                    objects: whole.items,
                    more: false,
                    at,
                });
            }
            if pages.items.len() >= MOST_OBJECTS {
                return Ok(Raw {
                    api_version: resource.api_version(),
                    objects: pages.items,
                    more: true,
                    at,
                });
            }
        }
    }

    async fn record_logs(&self, recorded: &mut Recorded) {
        let sharing = Sharing::default();
        let wanted: Vec<LogOf> = recorded
            .objects
            .iter()
            .flat_map(|object| logs_of(object, &sharing))
            .collect();
        let mut logs = stream::iter(wanted)
            .map(|of| async move {
                let LogOf {
                    namespace,
                    pod,
                    container,
                    previous,
                } = of;
                let text = self.log_text(&namespace, &pod, &container, previous).await;
                text.map(|text| RecordedLog {
                    namespace: namespace.to_string(),
                    pod: pod.to_string(),
                    container: container.to_string(),
                    previous,
                    text,
                })
            })
            .buffered(AT_ONCE);
        let mut bytes = 0;
        while let Some(log) = logs.next().await {
            // A container that never ran has no log; that is no fault.
            let Ok(log) = log else { continue };
            bytes += log.text.len();
            if bytes > ALL_LOG_BYTES {
                let limit = ALL_LOG_BYTES / 1024 / 1024;
                recorded
                    .left_out
                    .push(format!("logs beyond the first {limit} MiB"));
                break;
            }
            recorded.logs.push(log);
        }
    }

    async fn log_text(
        &self,
        namespace: &str,
        pod: &str,
        container: &str,
        previous: bool,
    ) -> Result<String> {
        let options = LogOptions {
            previous,
            tail_lines: Some(LOG_LINES),
            ..LogOptions::default()
        };
        let mut lines = self.logs(namespace, pod, container, &options).await?;
        let mut text = String::new();
        while let Some(line) = lines.next().await {
            let line = line?;
            if let Some(at) = line.at {
                text.push_str(&at.to_string());
                text.push(' ');
            }
            text.push_str(&line.text);
            text.push('\n');
            if text.len() > LOG_BYTES {
                break;
            }
        }
        Ok(text)
    }
}

/// The objects of one kind.
#[derive(Debug)]
struct Raw {
    api_version: String,
    objects: Vec<Value>,
    more: bool,
    at: Option<Timestamp>,
}

impl Recorded {
    fn take(&mut self, kind: Kind, raw: Raw, namespace: Option<&str>) {
        self.ended = self.ended.max(raw.at.unwrap_or(self.ended));
        if raw.more {
            self.left_out
                .push(format!("{} beyond the first {MOST_OBJECTS}", kind.plural()));
        }
        for mut object in raw.objects {
            let Value::Object(fields) = &mut object else {
                continue;
            };
            fields.insert("apiVersion".to_owned(), raw.api_version.as_str().into());
            fields.insert("kind".to_owned(), kind.name().into());
            // Of all namespaces' objects only the one that was asked for is.
            let name = object.pointer("/metadata/name").and_then(Value::as_str);
            if kind == Kind::Namespace && namespace.is_some() && name != namespace {
                continue;
            }
            self.objects.push(object);
        }
    }
}

/// A log with secrets replaced. The times in front of its lines are none of what the
/// container wrote: secrets of several lines are known by how their lines begin.
fn redacted(log: &str, tokens: &mut Tokens) -> String {
    let mut stream = podside_redact::Lines::new();
    let mut text = String::with_capacity(log.len());
    for line in log.lines() {
        let said = match line.split_once(' ') {
            Some((time, said)) if time.parse::<Timestamp>().is_ok() => {
                text.push_str(time);
                text.push(' ');
                said
            }
            _ => line,
        };
        let said = tokens.replaced(said);
        let found = stream.find(&said);
        text.push_str(&podside_redact::replace(&said, &found, tokens));
        text.push('\n');
    }
    text
}

/// The resource with its group, as RBAC messages and replays name it.
fn qualified(kind: Kind) -> String {
    match kind.group() {
        "" => kind.plural().to_owned(),
        group => format!("{}.{group}", kind.plural()),
    }
}

/// The logs that a Pod has: of each container, and of the run before where there was
/// one.
fn logs_of(object: &Value, sharing: &Sharing) -> Vec<LogOf> {
    if object.get("kind").and_then(Value::as_str) != Some(Kind::Pod.name()) {
        return Vec::new();
    }
    let Some(Fact::Pod(pod)) = from_object_of(Kind::Pod, object, sharing) else {
        return Vec::new();
    };
    let mut logs = Vec::new();
    for status in pod.statuses.iter().filter(|status| !status.name.is_empty()) {
        logs.push(LogOf::of(&pod, &status.name, false));
        if status.restarts > 0 || matches!(status.last, State::Terminated(_)) {
            logs.push(LogOf::of(&pod, &status.name, true));
        }
    }
    logs
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_container_that_ran_before_has_two_logs() {
        let ended = json!({"terminated": {"exitCode": 1}});
        let pod = |kind: &str| {
            json!({"kind": kind, "metadata": {"name": "web", "namespace": "shop"}, "status": {
                "initContainerStatuses": [{"name": "init", "restartCount": 1}],
                "containerStatuses": [{"name": "app", "lastState": ended}, {"name": "side"}, {"restartCount": 2}],
                "ephemeralContainerStatuses": [{"name": "debug"}],
            }})
        };
        let told: Vec<String> = logs_of(&pod("Pod"), &Sharing::default())
            .iter()
            .map(|of| {
                format!(
                    "{}/{} {} {}",
                    of.namespace, of.pod, of.container, of.previous
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                "shop/web init false",
                "shop/web init true",
                "shop/web app false",
                "shop/web app true",
                "shop/web side false",
                "shop/web debug false"
            ]
        );
        assert!(logs_of(&pod("Widget"), &Sharing::default()).is_empty());
    }

    #[test]
    fn a_secret_of_several_lines_is_taken_out_of_a_log_with_times() {
        let body = "MIIEowIBAAKCAQEAx9Zr5T1mQn7kPq3vW8sYbC2dEfGhJiKlMnOpQrStUvWxYz012345";
        let lines = [
            "starting",
            "-----BEGIN RSA PRIVATE KEY-----",
            body,
            "-----END RSA PRIVATE KEY-----",
            "- name: DB_PASSWORD",
            "  value: hunter2",
            "ready",
        ];
        let log: String = lines
            .iter()
            .map(|line| format!("2026-11-30T09:21:00Z {line}\n"))
            .collect();
        let hidden = redacted(&log, &mut Tokens::of(&[]));
        assert!(
            !hidden.contains(body) && !hidden.contains("hunter2"),
            "{hidden}"
        );
        assert_eq!(hidden.lines().count(), lines.len());
        assert!(hidden.contains("Z starting\n") && hidden.ends_with("Z ready\n"));
    }
}
