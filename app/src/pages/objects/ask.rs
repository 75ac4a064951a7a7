//! What an address asks of a list, and the address that asks it.

use leptos_router::params::ParamsMap;
use podside_model::view::{ObjectsAsk, PodStage};

use crate::address::Address;
use crate::portal::Place;

/// Query parameter with the kind.
pub(super) const KIND: &str = "kind";
/// Query parameter with the label selector.
pub(super) const LABELS: &str = "labels";
/// Query parameter with the words that are looked for.
pub(super) const FIND: &str = "find";
/// Query parameter that asks for what is not well.
pub(super) const STATE: &str = "state";
/// Its value.
pub(super) const UNWELL: &str = "unwell";
/// Query parameter with the only node.
pub(super) const NODE: &str = "node";
/// Query parameter with the column that is sorted after.
pub(super) const SORT: &str = "sort";
/// Query parameter that asks for more columns.
pub(super) const COLUMNS: &str = "columns";
/// Its value.
pub(super) const WIDE: &str = "wide";
/// Query parameter with how many rows come before the page.
const FROM: &str = "from";

/// The stages of Pods, in their order.
const STAGES: [PodStage; 3] = [PodStage::Starting, PodStage::Running, PodStage::Ended];

const fn word_of(stage: PodStage) -> &'static str {
    match stage {
        PodStage::Starting => "starting",
        PodStage::Running => "running",
        PodStage::Ended => "ended",
    }
}

/// The value of the parameter that asks for a state.
pub(super) fn state(ask: &ObjectsAsk) -> Option<&'static str> {
    match ask.stage {
        _ if ask.unwell => Some(UNWELL),
        stage => stage.map(word_of),
    }
}

/// What an address asks for.
pub(super) fn of_query(query: &ParamsMap) -> ObjectsAsk {
    let text = |name: &str| {
        let text = query.get(name).unwrap_or_default();
        text.chars().take(ObjectsAsk::LONGEST).collect::<String>()
    };
    ObjectsAsk {
        kind: text(KIND),
        labels: text(LABELS),
        find: text(FIND),
        unwell: text(STATE) == UNWELL,
        stage: STAGES
            .into_iter()
            .find(|stage| word_of(*stage) == text(STATE)),
        node: text(NODE),
        sort: text(SORT),
        wide: text(COLUMNS) == WIDE,
        from: text(FROM).parse().unwrap_or_default(),
    }
}

/// The page that shows what is asked for.
pub(super) fn href(place: &Place, ask: &ObjectsAsk) -> String {
    let from = ask.from.to_string();
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Address::at(place)
        .segment("objects")
        .with(KIND, text(&ask.kind).as_deref())
        .with(LABELS, text(&ask.labels).as_deref())
        .with(FIND, text(&ask.find).as_deref())
        .with(STATE, state(ask))
        .with(NODE, text(&ask.node).as_deref())
        .with(SORT, text(&ask.sort).as_deref())
        .with(COLUMNS, ask.wide.then_some(WIDE))
        .with(FROM, (ask.from > 0).then_some(from.as_str()))
        .href()
}
