//! The list of the objects of one kind: what is asked for above, rows below.

use leptos::prelude::*;
use podside_model::view::{KindRow, ObjectList, ObjectsAsk, ObjectsBody, ObjectsPage, PodStage};

use super::ask::{self, COLUMNS, FIND, KIND, LABELS, NODE, SORT, STATE, WIDE};
use super::{kinds, refusals, table};
use crate::address::{CLUSTER, NAMESPACE};
use crate::components::{Glyph, Icon, LinkButton, ListSheet, Note, Tone, sent_along};
use crate::portal::Place;
use crate::preferences::lang;
use crate::words::{ObjectsWords, StateWords};

pub(super) fn sheet(place: &Place, page: &ObjectsPage) -> AnyView {
    let w = ObjectsWords::of(lang());
    let Some(kind) = &page.kind else {
        return refusals::without_kind(place, page);
    };
    let title = many(kind);
    let (legend, body) = match &page.body {
        ObjectsBody::Listed(list) => (
            Some(legend(kind, page, list)),
            listed(place, kind, page, list),
        ),
        other => (None, refusals::of_kind(place, page, other)),
    };
    let bar = bar(place, kind, page);
    let also = (!page.also.is_empty()).then(|| {
        let links = kinds::links(place, &page.also);
        view! { <div class="also"><p class="legend">{w.also}</p>{links}</div> }
    });
    let command = page.command.clone();
    view! {
        <ListSheet place=place.clone() title head=page.head.clone() class="object-list" legend command>
            {bar}
            {body}
            {also}
        </ListSheet>
    }
    .into_any()
}

/// The kind's name for many: its own letters, with the end of the plural of its paths.
pub(super) fn many(kind: &KindRow) -> String {
    let same = kind
        .kind
        .chars()
        .zip(kind.plural.chars())
        .take_while(|(one, other)| one.eq_ignore_ascii_case(other))
        .count();
    // `NetworkPolicy` and `networkpolicies` share all but one letter; with more it is
    // another word.
    if kind.kind.chars().count() > same + 1 {
        return kind.kind.clone();
    }
    let end = kind.plural.chars().skip(same);
    kind.kind.chars().take(same).chain(end).collect()
}

fn legend(kind: &KindRow, page: &ObjectsPage, list: &ObjectList) -> AnyView {
    let w = ObjectsWords::of(lang());
    let sum = (w.sum)(list.total, list.is_cut, list.namespaces);
    let order = match page.ask.sort.trim_start_matches('-') {
        "" if list.unwell > 0 => w.worst_first.to_owned(),
        "" => String::new(),
        column => (w.sorted_by)(column),
    };
    // Those of Kubernetes have no dot or end in `k8s.io`.
    let is_custom = kind.group.contains('.') && !kind.group.ends_with(".k8s.io");
    let custom = is_custom.then(|| {
        let version = kind.api_version();
        view! { <code>{version}</code>", "{w.custom} }
    });
    view! { <p class="legend">{sum}" "{custom}" "{order}</p> }.into_any()
}

/// What is shown of the objects: a form, so that it works without JavaScript.
fn bar(place: &Place, kind: &KindRow, page: &ObjectsPage) -> AnyView {
    let w = ObjectsWords::of(lang());
    let chosen = &page.ask;
    let listed = match &page.body {
        ObjectsBody::Listed(list) => Some(list),
        _ => None,
    };
    let switch = listed.filter(|list| list.total > 0).map(|list| {
        let link = |unwell: bool, stage: Option<PodStage>, text: String| {
            let ask = ObjectsAsk {
                unwell,
                stage,
                from: 0,
                ..chosen.clone()
            };
            let current = (ask::state(chosen) == ask::state(&ask)).then_some("true");
            view! { <a href=ask::href(place, &ask) aria-current=current>{text}</a> }.into_any()
        };
        let stages = list
            .stages
            .iter()
            .map(|(stage, count)| {
                let text = match stage {
                    PodStage::Starting => (w.starting)(*count),
                    PodStage::Running => (w.running)(*count),
                    PodStage::Ended => (w.ended)(*count),
                };
                link(false, Some(*stage), text)
            })
            .collect_view();
        view! {
            <nav class="switch" aria-label=w.state>
                {link(false, None, (w.all)(list.total))}
                {link(true, None, (w.not_well)(list.unwell))}
                {stages}
            </nav>
        }
    });
    let nodes = listed.filter(|list| !list.nodes.is_empty());
    let nodes = nodes.map(|list| node(&list.nodes, &chosen.node));
    let more_columns = match &page.body {
        ObjectsBody::Listed(list) if list.has_wide => {
            let ask = ObjectsAsk {
                wide: !chosen.wide,
                ..chosen.clone()
            };
            let text = if chosen.wide { w.narrow } else { w.wide };
            Some(view! { <LinkButton href=ask::href(place, &ask) text/> })
        }
        _ => None,
    };
    let sort = Some(chosen.sort.clone()).filter(|sort| !sort.is_empty());
    view! {
        <form class="list-bar" method="get" action="/objects" role="search">
            {switch}
            {sent_along(CLUSTER, place.cluster.clone())}
            {sent_along(NAMESPACE, place.namespace.clone())}
            {sent_along(KIND, Some(kind.kind_in_group()))}
            {sent_along(STATE, ask::state(chosen).map(str::to_owned))}
            {sent_along(SORT, sort)}
            {sent_along(COLUMNS, chosen.wide.then(|| WIDE.to_owned()))}
            <label class="field labels">
                <span class="unseen">{w.labels}</span>
                <input type="text" name=LABELS value=chosen.labels.clone() maxlength=ObjectsAsk::LONGEST.to_string() placeholder=w.labels spellcheck="false" autocapitalize="off"/>
            </label>
            {nodes}
            <label class="field find">
                <Icon glyph=Glyph::Search/>
                <span class="unseen">{w.find}</span>
                <input type="search" name=FIND value=chosen.find.clone() maxlength=ObjectsAsk::LONGEST.to_string() placeholder=w.find aria-keyshortcuts="/"/>
                <kbd aria-hidden="true">"/"</kbd>
            </label>
            <button class="button">{w.find_button}</button>
            {more_columns}
        </form>
    }
    .into_any()
}

/// The field that chooses a node.
fn node(nodes: &[String], chosen: &str) -> AnyView {
    let w = ObjectsWords::of(lang());
    let is_known = chosen.is_empty() || nodes.iter().any(|node| node == chosen);
    // What is chosen stays to be seen when there is nothing on it any more.
    let gone = (!is_known).then(|| chosen.to_owned());
    let options = nodes
        .iter()
        .cloned()
        .chain(gone)
        .map(|node| {
            let selected = node == chosen;
            let value = node.clone();
            view! { <option value=value selected=selected>{node}</option> }
        })
        .collect_view();
    view! {
        <label class="field choice">
            <span>{w.node}</span>
            <select name=NODE><option value="">{w.any}</option>{options}</select>
        </label>
    }
    .into_any()
}

fn listed(place: &Place, kind: &KindRow, page: &ObjectsPage, list: &ObjectList) -> AnyView {
    let w = ObjectsWords::of(lang());
    if list.total == 0 {
        return empty(place, kind, page);
    }
    if list.matching == 0 {
        return no_match(place, page, list);
    }
    let cut = list.is_cut.then(|| {
        let says = (w.cut)(list.total);
        view! { <Note tone=Tone::Warning><p>{says}</p></Note> }
    });
    let table = table::table(place, kind, &page.ask, list);
    let foot = foot(place, page, list);
    view! { {cut}{table}{foot} }.into_any()
}

/// Which rows these are, and the way to the others.
fn foot(place: &Place, page: &ObjectsPage, list: &ObjectList) -> AnyView {
    let w = ObjectsWords::of(lang());
    let from = page.ask.from;
    let to = from.saturating_add(list.rows.len());
    let first = from.saturating_add(1).min(list.matching);
    let says = (w.rows)(first, to.min(list.matching), list.matching);
    let link = |from: usize, text: &'static str| {
        let ask = ObjectsAsk {
            from,
            ..page.ask.clone()
        };
        view! { <LinkButton href=ask::href(place, &ask) text small=true/> }
    };
    let back = from.min(list.matching.saturating_add(ObjectsAsk::ROWS));
    let previous = (from > 0).then(|| link(back.saturating_sub(ObjectsAsk::ROWS), w.previous));
    let next = (to < list.matching).then(|| link(from.saturating_add(ObjectsAsk::ROWS), w.next));
    view! { <p class="list-foot"><span>{says}</span>{previous}{next}</p> }.into_any()
}

/// There is none, and where it was looked.
fn empty(place: &Place, kind: &KindRow, page: &ObjectsPage) -> AnyView {
    let w = ObjectsWords::of(lang());
    let s = StateWords::of(lang());
    let kinds = many(kind);
    let says = if page.ask.labels.is_empty() {
        let named = match (&place.namespace, kind.is_namespaced) {
            (Some(namespace), true) => (s.namespace)(namespace),
            _ => page.head.cluster.clone(),
        };
        (w.empty)(&kinds, &named)
    } else {
        (w.none_of_labels)(&kinds, &page.ask.labels)
    };
    let clear = (!page.ask.labels.is_empty()).then(|| clear(place, page));
    let everywhere = (place.namespace.is_some() && kind.is_namespaced).then(|| {
        let all = Place {
            namespace: None,
            ..place.clone()
        };
        view! { <LinkButton href=ask::href(&all, &page.ask) text=w.all_namespaces/> }
    });
    view! {
        <section class="words">
            <h2>{says}</h2>
            <p class="buttons">{clear}{everywhere}</p>
        </section>
    }
    .into_any()
}

/// What is looked for hides all that there is.
fn no_match(place: &Place, page: &ObjectsPage, list: &ObjectList) -> AnyView {
    let w = ObjectsWords::of(lang());
    let find = format!("“{}”", page.ask.find);
    let words = [
        (!page.ask.find.is_empty(), &*find),
        (!page.ask.node.is_empty(), &*page.ask.node),
        (page.ask.unwell, w.only_well),
        (page.ask.stage.is_some(), w.this_state),
    ];
    let words = words.into_iter().filter(|(is_asked, _)| *is_asked);
    let words: Vec<&str> = words.map(|(_, word)| word).collect();
    let what = words.join(w.comma);
    let says = (w.no_match)(list.total, &what);
    view! {
        <section class="words">
            <p>{says}</p>
            <p class="buttons">{clear(place, page)}</p>
        </section>
    }
    .into_any()
}

/// Shows all again.
pub(super) fn clear(place: &Place, page: &ObjectsPage) -> AnyView {
    let w = ObjectsWords::of(lang());
    let ask = ObjectsAsk {
        kind: page.ask.kind.clone(),
        wide: page.ask.wide,
        ..ObjectsAsk::default()
    };
    view! { <LinkButton href=ask::href(place, &ask) text=w.clear/> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_of_a_kind_are_written_with_its_own_letters() {
        for (kind, plural, many_of_it) in [
            ("Pod", "pods", "Pods"),
            ("NetworkPolicy", "networkpolicies", "NetworkPolicies"),
            ("Ingress", "ingresses", "Ingresses"),
            ("Endpoints", "endpoints", "Endpoints"),
            ("CSIDriver", "csidrivers", "CSIDrivers"),
            ("PodMetrics", "pods", "PodMetrics"),
        ] {
            let row = KindRow {
                kind: kind.to_owned(),
                plural: plural.to_owned(),
                ..KindRow::default()
            };
            assert_eq!(many(&row), many_of_it);
        }
    }
}
