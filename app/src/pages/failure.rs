use leptos::prelude::*;
use podside_model::MissingRight;

use crate::address::{self, use_place};
use crate::components::{CopyButton, LinkButton, Note, Sheet, Tone, Yaml};
use crate::portal::{Place, PortalError};
use crate::preferences::lang;
use crate::status::answer_with_status;
use crate::words::{FrameWords, StateWords};

/// The page for a question that has no answer: what, where, and two ways on.
#[component]
pub fn Failure(
    /// Why there is no answer.
    error: PortalError,
) -> impl IntoView {
    let w = StateWords::of(lang());
    let place = use_place().get_untracked();
    let title = match &error {
        PortalError::NotFound { .. } => w.not_there,
        PortalError::Denied { .. } => w.denied_title,
        PortalError::Unavailable { .. } => w.unavailable_title,
        PortalError::Invalid { .. } => w.invalid_title,
        PortalError::OnlyShows { .. } => w.not_done,
    };
    answer_with_status(error.status());
    let unavailable = matches!(error, PortalError::Unavailable { .. });
    let again = unavailable.then(|| {
        // An empty address is the page itself.
        view! { <a class="button" href="" rel="external">{w.try_now}</a> }
    });
    view! {
        <Sheet title head=None class="words">
            <h1>{title}</h1>
            {why(error)}
            <p class="buttons">
                {again}
                <LinkButton href=address::triage(&Place { cluster: place.cluster, namespace: None }) text=w.go_to_triage/>
            </p>
        </Sheet>
    }
    .into_any()
}

/// What a person is told of an error.
pub(super) fn why(error: PortalError) -> AnyView {
    let (tone, what) = match error {
        PortalError::Denied { right } => return view! { <Denied right/> }.into_any(),
        PortalError::NotFound { what } => (Tone::Info, what),
        PortalError::Invalid { what } | PortalError::OnlyShows { what } => (Tone::Warning, what),
        PortalError::Unavailable { what } if what.is_empty() => {
            let says = StateWords::of(lang()).podside_does_not_answer;
            (Tone::Critical, says.to_owned())
        }
        PortalError::Unavailable { what } => (Tone::Critical, what),
    };
    view! { <Note tone><p>{what}</p></Note> }.into_any()
}

/// A right that is missing, and the Role that gives it.
#[component]
pub fn Denied(
    /// The right.
    right: MissingRight,
    /// What cannot be told without it.
    #[prop(optional, into)]
    what: Option<String>,
) -> impl IntoView {
    let w = StateWords::of(lang());
    let place = match &right.namespace {
        Some(namespace) => (w.namespace)(namespace),
        None => w.all_namespaces.to_owned(),
    };
    let missing = (w.may_not)(&right.verb, &right.resource, &place);
    let role = role(&right);
    view! {
        <Note tone=Tone::Unknown>
            {what.map(|what| view! { <strong>{what}</strong>" " })}
            {missing}
        </Note>
        <details class="role">
            <summary>{w.role}</summary>
            <Yaml text=role.clone()/>
            <p class="buttons">
                <CopyButton text=role label=FrameWords::of(lang()).copy class="copy button small"/>
                <span class="meta">{w.names_never_values}</span>
            </p>
        </details>
    }
    .into_any()
}

/// The Role, or ClusterRole, that gives a right (Kubernetes documentation, "Using
/// RBAC Authorization").
fn role(right: &MissingRight) -> String {
    let MissingRight {
        verb,
        group,
        resource,
        namespace,
    } = right;
    let name = format!("podside-{}-{verb}", resource.replace(['/', '.'], "-"));
    let (kind, metadata) = match namespace {
        Some(namespace) => (
            "Role",
            format!("{{ namespace: {}, name: {name} }}", in_yaml(namespace)),
        ),
        None => ("ClusterRole", format!("{{ name: {name} }}")),
    };
    format!(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {metadata}\nrules:\n- apiGroups: [\"{group}\"]\n  resources: [{resource}]\n  verbs: [{verb}]\n"
    )
}

/// A name as it stands in YAML. That of a namespace can come from an address, and the
/// Role is there to be copied: it must give no right that is not read on the page.
fn in_yaml(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(is_plain) {
        name.to_owned()
    } else {
        // Within single quotes nothing but the quote means anything.
        format!("'{}'", name.replace('\'', "''").replace('\n', " "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_from_an_address_gives_no_further_right() {
        let right = MissingRight {
            verb: "list".to_owned(),
            group: String::new(),
            resource: "events".to_owned(),
            namespace: Some("a' }\nrules: [x".to_owned()),
        };
        let role = role(&right);
        assert!(
            role.contains("namespace: 'a'' } rules: [x', name"),
            "{role}"
        );
        assert_eq!(role.matches("\nrules:").count(), 1, "{role}");
    }

    #[test]
    fn the_role_gives_the_one_right_that_is_missing() {
        let right = MissingRight {
            verb: "list".to_owned(),
            group: String::new(),
            resource: "pods/log".to_owned(),
            namespace: Some("shop".to_owned()),
        };
        let role = role(&right);
        assert!(role.contains("kind: Role\n"), "{role}");
        assert!(role.contains("name: podside-pods-log-list }"), "{role}");
        assert!(
            role.contains("- apiGroups: [\"\"]\n  resources: [pods/log]\n  verbs: [list]"),
            "{role}"
        );
    }
}
