//! Where an object leads: what it is made from, what it makes, what it uses and who uses it,
//! each with how it is. From the facts alone, which are cut to what the reader may see.

mod links;
mod state;
mod users;

use std::borrow::Cow;

use podside_app::ObservedWords;
use podside_diagnosis::snapshot::Snapshot;
use podside_model::view::{Content, Section, Value};
use podside_model::{Lang, ObjectRef};
use podside_redact::hide;

use self::links::{Link, links};
use self::state::{State, state};
use super::super::worst::{Unwell, Worst};

/// The most objects that are shown of one relation; a node has a hundred Pods.
const MOST_OF_ONE: usize = 30;

/// How an object is related to the one whose page it is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    OwnedBy,
    Owns,
    RunsOn,
    RunsAs,
    Uses,
    UsedBy,
    Selects,
    SelectedBy,
    Endpoints,
    RoutesTo,
    RoutedFrom,
    BoundTo,
    OfClass,
    Scales,
    ScaledBy,
}

impl Relation {
    const fn word(self, words: &ObservedWords) -> &'static str {
        match self {
            Self::OwnedBy => words.owned_by,
            Self::Owns => words.owns,
            Self::RunsOn => words.runs_on,
            Self::RunsAs => words.runs_as,
            Self::Uses => words.uses,
            Self::UsedBy => words.used_by,
            Self::Selects => words.selects,
            Self::SelectedBy => words.selected_by,
            Self::Endpoints => words.endpoints,
            Self::RoutesTo => words.routes_to,
            Self::RoutedFrom => words.routed_from,
            Self::BoundTo => words.bound_to,
            Self::OfClass => words.of_class,
            Self::Scales => words.scales,
            Self::ScaledBy => words.scaled_by,
        }
    }
}

/// The section with what an object leads to; none where it leads nowhere.
pub(super) fn section(
    snapshot: &Snapshot,
    worst: &Worst<'_>,
    object: &ObjectRef,
    lang: Lang,
) -> Option<Section> {
    let words = ObservedWords::of(lang);
    let mut links = links(snapshot, object);
    // What has the form of a secret is nobody's name, and a link would tell it.
    links.retain(|link| matches!(hide(&link.object.name), Cow::Borrowed(_)));
    let mut rows = Vec::new();
    for of_one in links.chunk_by(|one, other| one.relation == other.relation) {
        let shown = of_one.iter().take(MOST_OF_ONE).enumerate();
        rows.extend(shown.map(|(at, link)| row(snapshot, worst, link, at == 0, words)));
        let more = of_one.len().saturating_sub(MOST_OF_ONE);
        if more > 0 {
            let more = vec![Value::Quiet((words.more)(more))];
            rows.push(vec![vec![quiet("")], more, vec![quiet("")]]);
        }
    }
    (!rows.is_empty()).then(|| Section {
        title: words.leads_to.to_owned(),
        name: None,
        content: Content::Table {
            head: [words.relation, words.object, words.state]
                .map(str::to_owned)
                .into(),
            rows,
        },
    })
}

fn row(
    snapshot: &Snapshot,
    worst: &Worst<'_>,
    link: &Link,
    is_first: bool,
    words: &ObservedWords,
) -> Vec<Vec<Value>> {
    // The word of a relation stands once, above all of its objects.
    let relation = if is_first {
        link.relation.word(words)
    } else {
        ""
    };
    let state = state_of(snapshot, worst, &link.object, link.is_optional, words);
    vec![
        vec![quiet(relation)],
        vec![Value::Object(link.object.clone())],
        vec![state],
    ]
}

/// How an object is, with a mark where it is not well.
pub(super) fn state_of(
    snapshot: &Snapshot,
    worst: &Worst<'_>,
    object: &ObjectRef,
    is_optional: bool,
    words: &ObservedWords,
) -> Value {
    let found = state(snapshot, object, words);
    let unwell = worst.get(object);
    match (found, unwell) {
        (State::Is(word), Some(unwell)) if !word.is_empty() => {
            Value::State(unwell.severity(), word)
        }
        (State::Is(_), Some(unwell)) => Value::State(unwell.severity(), words.not_well.to_owned()),
        (State::Is(word), None) => Value::Text(word),
        (State::Missing, _) if is_optional => Value::Quiet(words.not_there_optional.to_owned()),
        (State::Missing, unwell) => Value::State(
            unwell.map_or(podside_model::Severity::Warning, Unwell::severity),
            words.does_not_exist.to_owned(),
        ),
        (State::Unread, _) => Value::Quiet(words.not_read.to_owned()),
    }
}

fn quiet(text: &str) -> Value {
    Value::Quiet(text.to_owned())
}

#[cfg(test)]
mod tests;
