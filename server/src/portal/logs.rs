//! Logs with their last lines.

use podside_app::{Place, PortalError};
use podside_model::Liveness;
use podside_model::log::EndWhy;
use podside_model::view::{Logs, LogsAsk, LogsPage};

use super::beginnings::beginnings;
use crate::bounds::bounded_logs;
use crate::session::Session;
use crate::streams::read_logs;

pub(super) async fn logs(
    session: &Session,
    place: &Place,
    ask: &LogsAsk,
) -> Result<LogsPage, PortalError> {
    bounded_logs(session.lang(), ask)?;
    let seen = session.look(place).await?;
    let begins = match &ask.namespace {
        Some(_) => Vec::new(),
        None => beginnings(&seen, None, session.lang()),
    };
    let mut head = seen.head;
    head.namespace.clone_from(&ask.namespace);
    let found = match &seen.connection {
        Some(_) => session.logs_of(Some(&head.cluster)).await.ok().flatten(),
        None => None,
    };
    let logs = match (found, &ask.namespace) {
        (Some((_, logs)), Some(_)) => read_logs(logs, ask).await,
        (None, _) => Logs {
            failed: Some(EndWhy::Unavailable {
                said: match &head.liveness {
                    Liveness::NotLive { error, .. } => error.clone(),
                    Liveness::Live { .. } | Liveness::Loading { .. } => head.cluster.clone(),
                },
            }),
            ..Logs::default()
        },
        (Some(_), None) => Logs {
            beginnings: begins,
            ..Logs::default()
        },
    };
    Ok(LogsPage {
        head,
        ask: ask.clone(),
        logs,
    })
}
