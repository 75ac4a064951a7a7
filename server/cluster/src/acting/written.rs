//! What a container that has ended has written: its log.

use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use tokio::time::timeout;

use super::needs::to_pod;
use super::not_done::NotDone;
use super::output::{Output, Reading};
use super::seen::PodId;
use crate::access::Need;
use crate::connection::Connection;
use crate::log::LogOptions;

/// How long its log may take to be read.
const WITHIN: Duration = Duration::from_secs(10);

/// The right to read it.
pub(super) fn need(namespace: &str, pod: &str) -> Need {
    to_pod("get", "pods/log", namespace, Some(pod))
}

impl Connection {
    /// What a container has written so far, to both of its outputs, at most so many bytes.
    ///
    /// # Errors
    /// When its log cannot be read, or not in ten seconds.
    pub async fn written(
        &self,
        pod: &PodId,
        container: &str,
        bytes: usize,
    ) -> Result<Output, NotDone> {
        let read = async {
            let options = LogOptions::default();
            let (namespace, name) = (&pod.namespace, &pod.name);
            let mut lines = self.logs(namespace, name, container, &options).await?;
            let mut reading = Reading::up_to(bytes);
            while let Some(line) = lines.next().await {
                reading.add(&Bytes::from(line?.text + "\n"));
                // What comes after the bound is neither kept nor counted to its end.
                if reading.is_full() {
                    break;
                }
            }
            Ok(reading.output())
        };
        let read = timeout(WITHIN, read).await;
        let read = read.map_err(|_| NotDone::TimedOut {
            what: format!("the log of {container} in {}", pod.object()),
            after: WITHIN,
        })?;
        read.map_err(|error| self.not_done(error))
    }
}
