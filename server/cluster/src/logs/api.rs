use std::future::Future;

use futures::stream::BoxStream;
use podside_model::log::{LogEvent, SourceId};

use super::pods::{self, PodList};
use super::run::ContainerRun;
use super::target::LogTarget;
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::log::LogOptions;
use crate::log_line::LogLine;

/// What following logs asks of a cluster. A [`Connection`] is one; tests have one
/// that breaks when it is told to.
pub trait LogApi: Clone + Send + Sync + 'static {
    /// The lines of one log, as [`Connection::logs`] gives them.
    fn lines(
        &self,
        namespace: &str,
        source: &SourceId,
        options: &LogOptions,
    ) -> impl Future<Output = Result<BoxStream<'static, Result<LogLine>>>> + Send;

    /// The state of a source's container.
    fn run(
        &self,
        namespace: &str,
        source: &SourceId,
    ) -> impl Future<Output = Result<ContainerRun>> + Send;

    /// The Pods that the targets stand for, oldest first.
    fn pods(
        &self,
        namespace: &str,
        targets: &[LogTarget],
    ) -> impl Future<Output = Result<PodList>> + Send;

    /// The warnings about Pods of a namespace, in the order of time.
    fn events(&self, namespace: &str) -> impl Future<Output = Result<Vec<LogEvent>>> + Send;
}

impl LogApi for Connection {
    async fn lines(
        &self,
        namespace: &str,
        source: &SourceId,
        options: &LogOptions,
    ) -> Result<BoxStream<'static, Result<LogLine>>> {
        self.logs(namespace, &source.pod, &source.container, options)
            .await
    }

    async fn run(&self, namespace: &str, source: &SourceId) -> Result<ContainerRun> {
        match pods::pod(self, namespace, &source.pod).await {
            Ok(pod) => Ok(pod.run(&source.container)),
            Err(Error::NotFound { .. }) => Ok(ContainerRun::Gone),
            Err(error) => Err(error),
        }
    }

    async fn pods(&self, namespace: &str, targets: &[LogTarget]) -> Result<PodList> {
        pods::pods(self, namespace, targets).await
    }

    async fn events(&self, namespace: &str) -> Result<Vec<LogEvent>> {
        pods::events(self, namespace).await
    }
}
