//! The kinds that a cluster has.

use std::collections::BTreeMap;

use podside_app::{Place, PortalError};
use podside_cluster::{Discovery, Error, Resource};
use podside_diagnosis::facts::Kind;
use podside_diagnosis::kubectl;
use podside_model::view::{KindRow, KindsPage, UnreadGroup};

use crate::session::Session;

pub(in crate::portal) async fn kinds(
    session: &Session,
    place: &Place,
) -> Result<KindsPage, PortalError> {
    let seen = session.look(place).await?;
    let (Some(connection), Some(sight)) = (&seen.connection, &seen.sight) else {
        return Err(PortalError::Unavailable {
            what: super::super::resource::not_live(&seen.head.liveness),
        });
    };
    let discovery = connection.kinds().await.map_err(|error| match error {
        Error::Denied { right, .. } => PortalError::Denied { right },
        error => PortalError::Unavailable {
            what: error.to_string(),
        },
    })?;
    let counted = match &place.namespace {
        Some(namespace) => sight.snapshot.looked_at_in(namespace),
        None => sight.snapshot.looked_at(),
    };
    let counts: BTreeMap<&str, usize> = counted
        .iter()
        .map(|it| (it.kind.as_str(), it.count))
        .collect();
    let mut kinds: Vec<KindRow> = discovery
        .resources()
        .iter()
        // Both groups show the same events.
        .filter(|it| it.kind != "Event" || it.group != "events.k8s.io")
        .map(|resource| {
            let known = Kind::find(&resource.kind, &resource.group);
            // Those of another namespace are not counted, and what has none is.
            let counts = known.and_then(|kind| match place.namespace {
                Some(_) if !kind.is_namespaced() => None,
                _ => counts.get(kind.name()).copied(),
            });
            KindRow {
                count: counts,
                ..row(resource)
            }
        })
        .collect();
    // Groups keep the server's order; the core group is the first.
    let mut groups: Vec<String> = Vec::new();
    for kind in &kinds {
        if !groups.contains(&kind.group) {
            groups.push(kind.group.clone());
        }
    }
    let places: BTreeMap<&str, usize> = groups
        .iter()
        .enumerate()
        .map(|(at, group)| (group.as_str(), at))
        .collect();
    kinds.sort_by(|one, other| {
        let place = |row: &KindRow| places.get(row.group.as_str()).copied();
        (place(one), &one.kind).cmp(&(place(other), &other.kind))
    });
    Ok(KindsPage {
        kinds,
        unread: unread(&discovery),
        command: kubectl::kinds(),
        head: seen.head,
    })
}

/// A kind as a page shows it.
pub(super) fn row(resource: &Resource) -> KindRow {
    KindRow {
        kind: resource.kind.clone(),
        group: resource.group.clone(),
        version: resource.version.clone(),
        plural: resource.plural.clone(),
        short_names: resource.short_names.clone(),
        is_namespaced: resource.is_namespaced,
        count: None,
    }
}

/// The groups of which it cannot be told what they have.
pub(super) fn unread(discovery: &Discovery) -> Vec<UnreadGroup> {
    let unread = discovery.unread_groups().iter();
    unread
        .map(|(group, why)| UnreadGroup {
            group: group.clone(),
            why: why.clone(),
        })
        .collect()
}
