use leptos::prelude::*;
use podside_model::view::ChartHead;
use podside_model::{Lang, Liveness};

use super::Stays;
use crate::clock;
use crate::portal::Place;
use crate::preferences::lang;
use crate::words::FrameWords;

/// The band on top of every page of the portal: cluster, namespace, how fresh.
/// Choosing another cluster or namespace leads to its triage, or to the same page where that
/// [`Stays`].
#[component]
pub fn ChartHeadBand(
    /// Where one is and how fresh what one sees is.
    head: ChartHead,
    /// What of the namespace the page is about, with its label.
    #[prop(optional)]
    about: Option<(&'static str, AnyView)>,
    /// How fresh the page is, where it knows better than the head.
    #[prop(optional)]
    fresh: Option<AnyView>,
) -> impl IntoView {
    let w = FrameWords::of(lang());
    let clusters = clusters(&head, w);
    let namespaces = namespaces(&head, w);
    let observed = fresh.unwrap_or_else(|| observed(&head.liveness, lang()));
    let about = about.map(|(label, about)| {
        view! { <div class="about"><dt>{label}</dt><dd>{about}</dd></div> }
    });
    view! {
        <section class="chart-head" aria-label=w.where_you_are>
            <dl>
                <div><dt>{w.cluster}</dt><dd>{clusters}</dd></div>
                <div><dt>{w.namespace}</dt><dd>{namespaces}</dd></div>
                {about}
                <div class="observed"><dt>{w.observed}</dt><dd>{observed}</dd></div>
            </dl>
        </section>
    }
    .into_any()
}

fn clusters(head: &ChartHead, w: &'static FrameWords) -> AnyView {
    if head.clusters.len() < 2 {
        return head.cluster.clone().into_any();
    }
    let choices = head
        .clusters
        .iter()
        .map(|cluster| Choice {
            text: cluster.clone(),
            href: Stays::href(&Place {
                cluster: Some(cluster.clone()),
                namespace: None,
            }),
            current: *cluster == head.cluster,
        })
        .collect();
    switcher(
        "cluster-switch",
        w.switch_cluster,
        None,
        head.cluster.clone(),
        choices,
    )
}

fn namespaces(head: &ChartHead, w: &'static FrameWords) -> AnyView {
    let all = match head.namespaces.len() {
        0 => w.all.to_owned(),
        count => (w.all_of)(count),
    };
    let place = |namespace: Option<&String>| Place {
        cluster: Some(head.cluster.clone()),
        namespace: namespace.cloned(),
    };
    let mut choices = vec![Choice {
        text: all.clone(),
        href: Stays::href(&place(None)),
        current: head.namespace.is_none(),
    }];
    choices.extend(head.namespaces.iter().map(|namespace| Choice {
        text: namespace.clone(),
        href: Stays::href(&place(Some(namespace))),
        current: head.namespace.as_ref() == Some(namespace),
    }));
    let current = head.namespace.clone().unwrap_or(all);
    switcher(
        "namespace-switch",
        w.switch_namespace,
        Some("Shift+N"),
        current,
        choices,
    )
}

/// One of the values that a switcher opens into.
pub(crate) struct Choice {
    /// What it is called.
    pub(crate) text: String,
    /// Where it leads.
    pub(crate) href: String,
    /// Whether it is chosen.
    pub(crate) current: bool,
}

/// The chosen value, which opens into the others. A `details` element, so that it
/// opens without JavaScript.
pub(crate) fn switcher(
    id: &'static str,
    label: &'static str,
    key: Option<&'static str>,
    current: String,
    choices: Vec<Choice>,
) -> AnyView {
    let choices = choices
        .into_iter()
        .map(|choice| {
            view! {
                <li><a href=choice.href aria-current=choice.current.then_some("true")>{choice.text}</a></li>
            }
            .into_any()
        })
        .collect_view();
    view! {
        <details class="switcher" id=id name="switcher">
            <summary title=label aria-keyshortcuts=key>{current}</summary>
            <ul>{choices}</ul>
        </details>
    }
    .into_any()
}

fn observed(liveness: &Liveness, lang: Lang) -> AnyView {
    let w = FrameWords::of(lang);
    match liveness {
        Liveness::Live { at } => view! {
            <span class="liveness">{w.live}</span>
            " "
            <time datetime=clock::machine(*at) title=clock::date_and_clock(*at)>
                {clock::clock(*at)}" UTC"
            </time>
        }
        .into_any(),
        Liveness::NotLive { since, .. } => view! {
            <span class="liveness off">{w.not_live}</span>
            {since.map(|at| view! {
                " "
                <time datetime=clock::machine(at) title=clock::date_and_clock(at)>
                    {(w.not_live_since)(&clock::clock(at))}
                </time>
            })}
        }
        .into_any(),
        Liveness::Loading { read, of, .. } => view! {
            <span class="liveness off">{(w.reading)(*read, *of)}</span>
        }
        .into_any(),
    }
}
