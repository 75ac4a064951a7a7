//! Containers' logs.

use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use podside_diagnosis::facts::Kind;

use crate::connection::Connection;
use crate::discovery::Resource;
use crate::error::Result;
use crate::log_line::{Lines, LogLine};
use crate::path::query;

/// What of a container's log is asked for: the parameters of
/// `GET …/pods/{name}/log` (<https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#http-request-1>).
/// Times are always asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogOptions {
    /// The log of the container's run before this one.
    pub previous: bool,
    /// Whether to go on as the container writes.
    pub follow: bool,
    /// Only lines from then on; the API server compares whole seconds.
    pub since_time: Option<Timestamp>,
    /// Only lines of the last so many seconds. Not together with `since_time`.
    pub since_seconds: Option<u32>,
    /// Only the last so many lines.
    pub tail_lines: Option<u32>,
    /// At most so many bytes, in the API server's count.
    pub limit_bytes: Option<u32>,
}

impl LogOptions {
    fn query(&self, container: &str) -> String {
        let mut pairs = vec![
            ("container", container.to_owned()),
            ("timestamps", "true".to_owned()),
        ];
        if self.previous {
            pairs.push(("previous", "true".to_owned()));
        }
        if self.follow {
            pairs.push(("follow", "true".to_owned()));
        }
        match (self.since_time, self.since_seconds) {
            // RFC 3339 with whole seconds is all that the API server reads.
            (Some(time), _) => pairs.push(("sinceTime", format!("{time:.0}"))),
            (None, Some(seconds)) => pairs.push(("sinceSeconds", seconds.to_string())),
            (None, None) => {}
        }
        if let Some(lines) = self.tail_lines {
            pairs.push(("tailLines", lines.to_string()));
        }
        if let Some(bytes) = self.limit_bytes {
            pairs.push(("limitBytes", bytes.to_string()));
        }
        query(&pairs)
    }
}

impl Connection {
    /// The lines of a container's log, as they come. The stream ends where the log
    /// ends, and with `follow` when the container ends, the log is rotated or the
    /// kubelet gives up; an error is its last item. Nothing is read ahead: who does
    /// not take lines holds the kubelet back.
    ///
    /// # Errors
    /// Those of the first answer: no such Pod or container, no right, no such
    /// earlier run (400).
    pub async fn logs(
        &self,
        namespace: &str,
        pod: &str,
        container: &str,
        options: &LogOptions,
    ) -> Result<BoxStream<'static, Result<LogLine>>> {
        let path = format!(
            "{}/log{}",
            Resource::of(Kind::Pod).object_path(Some(namespace), pod)?,
            options.query(container)
        );
        let chunks = self.stream(&path).await?;
        Ok(cut(chunks))
    }
}

/// The lines of `chunks`.
fn cut(chunks: BoxStream<'static, Result<bytes::Bytes>>) -> BoxStream<'static, Result<LogLine>> {
    let batches = stream::unfold(Some((chunks, Lines::default())), |state| async {
        let (mut chunks, mut cutter) = state?;
        let mut lines = Vec::new();
        match chunks.next().await {
            Some(Ok(chunk)) => {
                cutter.push(&chunk, &mut lines);
                Some((Ok(lines), Some((chunks, cutter))))
            }
            Some(Err(error)) => Some((Err(error), None)),
            None => {
                lines.extend(cutter.finish());
                Some((Ok(lines), None))
            }
        }
    });
    batches
        .map_ok(|lines| stream::iter(lines.into_iter().map(Ok)))
        .try_flatten()
        .boxed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_says_what_was_asked() {
        let options = LogOptions {
            previous: true,
            since_time: "2026-11-20T21:09:44.987Z".parse().ok(),
            tail_lines: Some(5),
            ..LogOptions::default()
        };
        assert_eq!(
            options.query("a&b"),
            "?container=a%26b&timestamps=true&previous=true&sinceTime=2026-11-20T21%3A09%3A44Z&tailLines=5"
        );
    }

    #[tokio::test]
    async fn lines_come_before_the_error_that_ends_them() {
        let chunks = stream::iter([
            Ok(bytes::Bytes::from_static(b"a\nb")),
            Err(crate::Error::Gone { what: "x".into() }),
        ])
        .boxed();
        let lines: Vec<_> = cut(chunks).collect().await;
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].as_ref().unwrap().text, "a");
        assert!(lines[1].is_err());
    }
}
