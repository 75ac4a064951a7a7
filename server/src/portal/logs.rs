//! Logs with their last lines.

use podside_app::{Place, PortalError, Viewer};
use podside_model::Liveness;
use podside_model::log::EndWhy;
use podside_model::view::{Logs, LogsAsk, LogsPage};

use crate::bounds::bounded_logs;
use crate::clusters::Clusters;
use crate::seen::look;
use crate::streams::read_logs;

pub(super) async fn logs(
    clusters: &Clusters,
    viewer: &Viewer,
    place: &Place,
    ask: &LogsAsk,
) -> Result<LogsPage, PortalError> {
    bounded_logs(viewer.lang, ask)?;
    let seen = look(clusters, viewer, place).await?;
    let mut head = seen.head;
    head.namespace.clone_from(&ask.namespace);
    let logs = match (&seen.cluster, &ask.namespace) {
        (Some(cluster), Some(_)) => read_logs(cluster.connection().clone(), ask).await,
        (None, _) => Logs {
            failed: Some(EndWhy::Unavailable {
                said: match &head.liveness {
                    Liveness::NotLive { error, .. } => error.clone(),
                    Liveness::Live { .. } | Liveness::Loading { .. } => head.cluster.clone(),
                },
            }),
            ..Logs::default()
        },
        (Some(_), None) => Logs::default(),
    };
    Ok(LogsPage {
        head,
        ask: ask.clone(),
        logs,
    })
}
