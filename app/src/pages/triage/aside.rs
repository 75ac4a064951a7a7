use leptos::prelude::*;
use podside_model::{Diagnosis, Unknown, Why};

use super::folded;
use crate::address::{self, Address, CLUSTER, FIND, NAMESPACE, use_place};
use crate::components::{
    Glyph, Icon, LinkButton, Note, ObjectLink, Prose, SeverityMark, Tone, sent_along,
};
use crate::pages::failure::Denied;
use crate::preferences::lang;
use crate::runbooks::POD;
use crate::words::{StateWords, TriageWords};

/// Things that cannot be told that are shown before "show all".
const NOTES: usize = 5;
/// Things that were checked and are well that are shown before "show all".
const CHECKED: usize = 8;

/// Beside the problems: the symptoms to start from, what cannot be told, and what
/// was checked and is well.
#[component]
pub(super) fn Aside(diagnosis: Option<Diagnosis<String>>) -> impl IntoView {
    let w = TriageWords::of(lang());
    let (unknown, checked) = diagnosis.map_or_else(Default::default, |d| (d.unknown, d.checked));
    let unknown = (!unknown.is_empty()).then(|| {
        let notes = unknown
            .into_iter()
            .map(|unknown| view! { <li>{note(unknown)}</li> }.into_any())
            .collect();
        let notes = folded("notes", notes, NOTES, w);
        view! { <section class="cannot-tell"><h2>{w.cannot_tell}</h2>{notes}</section> }
    });
    let checked = (!checked.is_empty()).then(|| {
        let items = checked
            .into_iter()
            .map(|checked| {
                view! {
                    <li>
                        <SeverityMark tone=Tone::Healthy shape_only=true/>
                        <span><ObjectLink object=checked.object here=true/>": "{checked.why}</span>
                    </li>
                }
                .into_any()
            })
            .collect();
        let items = folded("items", items, CHECKED, w);
        view! { <section class="checked"><h2>{w.checked}</h2>{items}</section> }
    });
    view! { <aside>{symptoms(w)}{unknown}{checked}</aside> }.into_any()
}

/// Where a newcomer starts: the symptom in plain words, and Kubernetes' word for it.
fn symptoms(w: &'static TriageWords) -> AnyView {
    let place = use_place().get_untracked();
    // Each step of a runbook's page is an anchor with the step's id.
    let runbook = |step: &str| format!("{}#{step}", address::runbook(&place, POD, None));
    let find = |words: &str| Address::at(&place).with(FIND, Some(words)).href();
    let rows = [
        (w.pending, "Pending", runbook("pending")),
        (w.restarting, "CrashLoopBackOff", runbook("crashing")),
        (w.image, "ImagePullBackOff", runbook("waiting")),
        (w.misbehaves, "Running 0/1", runbook("ready")),
        (w.service, "refused", find("Service")),
        (w.name, "NXDOMAIN", find("dns")),
        (w.rollout, "progressing", find("Deployment")),
        (w.job, "Job, CronJob", find("Job")),
        (
            w.do_not_know,
            w.look_at_everything,
            address::runbook(&place, POD, None),
        ),
    ]
    .map(|(symptom, word, href)| {
        view! { <li><a href=href>{symptom}<code>{word}</code></a></li> }.into_any()
    })
    .collect_view();
    let (kinds, events) = (address::kinds(&place), address::events(&place));
    view! {
        <section class="symptoms" id="see">
            <h2>{w.what_do_you_see}</h2>
            <p class="meta">{w.start_from_symptom}</p>
            <form method="get" action="/find" role="search" aria-label=w.paste>
                <label class="field">
                    <Icon glyph=Glyph::Search/>
                    <input type="search" name=FIND maxlength="1600" placeholder=w.paste aria-label=w.paste/>
                </label>
                {sent_along(CLUSTER, place.cluster)}
                {sent_along(NAMESPACE, place.namespace)}
            </form>
            <ul>{rows}</ul>
            <p class="buttons">
                <LinkButton href=kinds text=w.objects small=true/>
                <LinkButton href=events text=w.events small=true/>
            </p>
        </section>
    }
    .into_any()
}

/// Something that cannot be told, and what would settle it.
fn note(unknown: Unknown<String>) -> AnyView {
    let w = StateWords::of(lang());
    if !unknown.rights.is_empty() {
        return view! { <Denied rights=unknown.rights what=unknown.what/> }.into_any();
    }
    let why = match unknown.why {
        Why::Denied => w.denied,
        Why::Expired => w.expired,
        Why::NotSeen => w.not_seen,
        Why::NotRecorded => w.not_recorded,
    };
    view! {
        <Note tone=Tone::Unknown>
            <strong><Prose text=unknown.what/></strong>" "<span class="quiet">"("{why}")"</span>
            {unknown.settle.map(|settle| view! { <br/><Prose text=settle/> }.into_any())}
        </Note>
    }
    .into_any()
}
