//! What Podside created in clusters and is still there.

use std::time::Duration;

use podside_app::{Place, PortalError, RefusalWords};
use podside_cluster::acting::{Leftovers, NotDone, OwnPod, PodId, ending};
use podside_diagnosis::facts::clean::{LONG, clean};
use podside_diagnosis::kubectl;
use podside_model::view::{Leftover, LeftoverState, LeftoversPage, LookedFor};
use podside_model::{Lang, Liveness, MissingRight};
use podside_store::{Creation, CreationState};

use crate::investigations::failed;
use crate::ledger::unknown;
use crate::session::{Acts, Seen, Session};

/// How long a page waits for the Pods that carry Podside's label.
const FOUND_WITHIN: Duration = Duration::from_secs(5);

/// The most Pods of others that one page lists.
const MOST_FOUND: usize = 200;

pub(super) async fn leftovers(
    session: &Session,
    place: &Place,
) -> Result<LeftoversPage, PortalError> {
    let lang = session.lang();
    let seen = session.look(place).await?;
    let left = session.kept().left().await;
    let left = left.map_err(|e| failed(lang, e))?;
    let mut rows: Vec<Leftover> = left.iter().map(known).collect();
    let cluster = &seen.head.cluster;
    let (looked, lacks, mut more) = match found(&seen, lang).await {
        Ok(found) => {
            let others = unknown(&found, &left).take(MOST_FOUND);
            rows.extend(others.map(|pod| of_nobody(cluster, pod)));
            let is_cut = found.cut || found.pods.len() > MOST_FOUND;
            let looked = found.looked_in.map_or(LookedFor::Everywhere, LookedFor::In);
            (looked, found.lacks, is_cut)
        }
        Err((why, lacks)) => (LookedFor::Nowhere(why), lacks, false),
    };
    more |= left.len() >= podside_store::MOST_LEFT as usize;
    let locked = match session.acts() {
        Acts::Allowed | Acts::OnlyCleansUp => None,
        Acts::Nothing => Some(RefusalWords::of(lang).acts_for_nobody.to_owned()),
    };
    Ok(LeftoversPage {
        rows,
        looked,
        lacks,
        more,
        locked,
        head: seen.head,
    })
}

/// The Pods with Podside's label in the cluster that is looked at; else why they cannot be
/// told, and the right that is missing for it.
async fn found(seen: &Seen, lang: Lang) -> Result<Leftovers, (String, Option<MissingRight>)> {
    let Some(connection) = &seen.connection else {
        let why = match &seen.head.liveness {
            Liveness::NotLive { error, .. } => error.clone(),
            _ => String::new(),
        };
        return Err((why, None));
    };
    let asked = connection.leftovers(&seen.head.namespaces);
    let Ok(found) = tokio::time::timeout(FOUND_WITHIN, asked).await else {
        let why = (RefusalWords::of(lang).leftovers_unasked)(FOUND_WITHIN.as_secs());
        return Err((why, None));
    };
    found.map_err(|error| {
        let why = clean(&error.to_string(), LONG).into_owned();
        let lacks = match error {
            NotDone::Denied { lacking, .. } => lacking.rights.into_iter().next(),
            _ => None,
        };
        (why, lacks)
    })
}

/// Something that the store knows.
fn known(creation: &Creation) -> Leftover {
    let made = &creation.made;
    let pod = PodId {
        namespace: made.namespace.clone(),
        name: made.pod.clone(),
        uid: made.uid.clone().unwrap_or_default(),
    };
    let object = pod.object();
    let kubectl = match &made.container {
        Some(container) => ending(&pod, container).kubectl(),
        None => kubectl::delete(&object),
    };
    Leftover {
        id: Some(creation.id.0),
        cluster: made.cluster.clone(),
        object: match &made.container {
            Some(container) => object.with_container(container),
            None => object,
        },
        uid: made.uid.clone(),
        creator: Some(made.creator.clone()),
        investigation: made.investigation,
        created_at: Some(made.created_at),
        deadline: Some(made.deadline),
        state: match creation.state {
            CreationState::Intended => LeftoverState::Intended,
            // What is gone is not left; it may have gone a moment ago.
            CreationState::There | CreationState::Gone => LeftoverState::There,
            CreationState::Going => LeftoverState::Going,
            CreationState::Stays => LeftoverState::Stays,
        },
        said: creation.error.clone(),
        kubectl,
    }
}

/// A Pod that was found by its label and that the store does not know. Which investigation it
/// names is another Podside's, or one of lost data.
fn of_nobody(cluster: &str, found: &OwnPod) -> Leftover {
    let object = found.id.object();
    Leftover {
        id: None,
        cluster: cluster.to_owned(),
        uid: Some(found.id.uid.clone()),
        creator: found.mark.as_ref().map(|mark| mark.owner.clone()),
        investigation: None,
        created_at: found.pod.meta.created,
        deadline: found.mark.as_ref().map(|mark| mark.deadline),
        state: LeftoverState::Found,
        said: None,
        kubectl: kubectl::delete(&object),
        object,
    }
}
