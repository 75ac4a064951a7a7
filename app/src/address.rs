//! The addresses of the pages: every `href` is built here, so that names from a
//! cluster are always percent-encoded and the chosen place travels along.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use podside_model::form::{HistorySearch, NO_NAMESPACE};
use podside_model::view::{Secrets, ShareOf};
use podside_model::{Cause, InvestigationId, ObjectRef, ProblemId, field, kind_and_group};

use crate::portal::Place;
use crate::preferences::BACK_QUERY;

/// Query parameter with the chosen cluster.
pub const CLUSTER: &str = "cluster";
/// Query parameter with the chosen namespace.
pub const NAMESPACE: &str = "namespace";
/// Query parameter of the front page with what is looked for in the problems.
pub const FIND: &str = "find";

/// A view of an object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// What `kubectl describe` shows.
    #[default]
    Overview,
    /// Its events.
    Events,
    /// The last lines of its containers' logs.
    Logs,
    /// The object itself.
    Yaml,
}

impl Tab {
    /// Every tab in order.
    pub const ALL: [Self; 4] = [Self::Overview, Self::Events, Self::Logs, Self::Yaml];

    /// The word in the address; none for the first tab.
    pub const fn word(self) -> Option<&'static str> {
        match self {
            Self::Overview => None,
            Self::Events => Some("events"),
            Self::Logs => Some("logs"),
            Self::Yaml => Some("yaml"),
        }
    }

    /// The tab with this word; the first one for any other.
    pub fn parse(word: Option<&str>) -> Self {
        Self::ALL
            .into_iter()
            .find(|tab| tab.word() == word)
            .unwrap_or_default()
    }
}

/// An address that is being built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    path: String,
    query: String,
}

impl Address {
    /// The front page at a place.
    pub fn at(place: &Place) -> Self {
        Self {
            path: String::new(),
            query: String::new(),
        }
        .with(CLUSTER, place.cluster.as_deref())
        .with(NAMESPACE, place.namespace.as_deref())
    }

    /// One more path segment.
    #[must_use]
    pub fn segment(mut self, segment: &str) -> Self {
        self.path.push('/');
        encode(segment, &mut self.path);
        self
    }

    /// The segments that name an object, and its container in the query.
    #[must_use]
    pub fn object(self, object: &ObjectRef) -> Self {
        self.segment(&object.kind_in_group())
            .segment(object.namespace.as_deref().unwrap_or(NO_NAMESPACE))
            .segment(&object.name)
            .with("container", object.container.as_deref())
    }

    /// One more query parameter, when it has a value.
    #[must_use]
    pub fn with(mut self, name: &str, value: Option<&str>) -> Self {
        if let Some(value) = value {
            self.query
                .push(if self.query.is_empty() { '?' } else { '&' });
            self.query.push_str(name);
            self.query.push('=');
            encode(value, &mut self.query);
        }
        self
    }

    /// The finished address.
    pub fn href(self) -> String {
        let Self { path, query } = self;
        if path.is_empty() {
            format!("/{query}")
        } else {
            path + &query
        }
    }
}

/// Where one hears of the changes of a cluster, of one object there, or of what is kept.
pub fn listening(of: &str, cluster: Option<&str>, object: Option<&ObjectRef>) -> String {
    let kind = object.map(ObjectRef::kind_in_group);
    Address::at(&Place::default())
        .segment("streams")
        .segment("changes")
        .with("of", Some(of))
        .with(CLUSTER, cluster)
        .with("kind", kind.as_deref())
        .with(NAMESPACE, object.and_then(|it| it.namespace.as_deref()))
        .with("name", object.map(|it| it.name.as_str()))
        .href()
}

/// The triage of a place.
pub fn triage(place: &Place) -> String {
    Address::at(place).href()
}

/// One problem.
pub fn problem(place: &Place, id: &ProblemId) -> String {
    Address::at(place)
        .segment("problems")
        .segment(id.cause.as_str())
        .object(&id.subject)
        .href()
}

/// One problem with the object in which piece `nth` of its evidence was found; without it
/// for `None`. Both lead to that piece.
pub fn problem_showing(place: &Place, id: &ProblemId, nth: usize, show: bool) -> String {
    let nth = nth.to_string();
    let href = Address::at(place)
        .segment("problems")
        .segment(id.cause.as_str())
        .object(&id.subject)
        .with("show", show.then_some(nth.as_str()))
        .href();
    format!("{href}#evidence-{nth}")
}

/// The kinds that a cluster has.
pub fn kinds(place: &Place) -> String {
    Address::at(place).segment("objects").href()
}

/// The objects of a kind, which stands there as `KIND.GROUP`.
pub fn objects(place: &Place, kind: &str) -> String {
    Address::at(place)
        .segment("objects")
        .with("kind", Some(kind))
        .href()
}

/// What the cluster says of its objects.
pub fn events(place: &Place) -> String {
    Address::at(place).segment("events").href()
}

/// Where a message or words are looked for.
pub fn find(place: &Place) -> String {
    Address::at(place).segment("find").href()
}

/// One view of an object.
pub fn object(place: &Place, object: &ObjectRef, tab: Tab) -> String {
    Address::at(place)
        .segment("objects")
        .object(&object.without_container())
        .with("tab", tab.word())
        .href()
}

/// One view of an object that quotes the cluster, with what looks like a secret hidden or
/// shown.
pub fn quoting(place: &Place, object: &ObjectRef, tab: Tab, secrets: Secrets) -> String {
    Address::at(place)
        .segment("objects")
        .object(&object.without_container())
        .with("tab", tab.word())
        .with(Secrets::PARAMETER, secrets.parameter())
        .href()
}

/// The line of an object's YAML at a JSON Pointer.
pub fn field(place: &Place, object: &ObjectRef, pointer: &str) -> String {
    let href = Address::at(place)
        .segment("objects")
        .object(&object.without_container())
        .with("tab", Tab::Yaml.word())
        .with("path", Some(pointer))
        .href();
    href + "#marked"
}

/// The logs of a place, or of one object of it.
pub fn logs(place: &Place, object: Option<&ObjectRef>) -> String {
    let logs = Address::at(place).segment("logs");
    object
        .map_or(logs.clone(), |object| logs.object(object))
        .href()
}

/// The logs of several objects of one namespace.
pub fn logs_of(place: &Place, objects: &[&ObjectRef]) -> String {
    let targets: Vec<String> = objects
        .iter()
        .map(|object| format!("{}/{}", object.kind_in_group(), object.name))
        .collect();
    let place = Place {
        cluster: place.cluster.clone(),
        namespace: objects.first().and_then(|object| object.namespace.clone()),
    };
    Address::at(&place)
        .segment("logs")
        .with("target", Some(&targets.join(",")))
        .href()
}

/// The runbooks.
pub fn runbooks(place: &Place) -> String {
    Address::at(place).segment("runbooks").href()
}

/// One runbook, with the object that it would be walked through on.
pub fn runbook(place: &Place, id: &str, target: Option<&ObjectRef>) -> String {
    let page = Address::at(place).segment("runbooks").segment(id);
    match target {
        None => page.href(),
        Some(target) => page
            .with("kind", Some(&target.kind_in_group()))
            .with("in", target.namespace.as_deref())
            .with("name", Some(&target.name))
            .with("container", target.container.as_deref())
            .href(),
    }
}

/// The past investigations.
pub fn history(place: &Place) -> String {
    Address::at(place).segment("history").href()
}

/// What Podside created and is still there.
pub fn leftovers(place: &Place) -> String {
    Address::at(place).segment("leftovers").href()
}

/// Where the form goes that removes something of what is left.
pub fn removing(creation: i64) -> String {
    format!("/leftovers/{creation}/removal")
}

/// Where the form goes that removes a Pod which was found by its label.
pub fn removing_found() -> &'static str {
    "/leftovers/removal"
}

/// One investigation.
pub fn investigation(place: &Place, id: InvestigationId) -> String {
    Address::at(place)
        .segment("investigations")
        .segment(&id.to_string())
        .href()
}

/// One investigation with its path in this form: every row of the tree or those that
/// matter now, drawn or as text.
pub fn path_form(place: &Place, id: InvestigationId, whole: bool, text: bool) -> String {
    Address::at(place)
        .segment("investigations")
        .segment(&id.to_string())
        .with("tree", whole.then_some("all"))
        .with("path", text.then_some("text"))
        .href()
}

/// Where the form of an investigation goes that does this.
pub fn doing(id: InvestigationId, what: &str) -> String {
    format!("/investigations/{id}/{what}")
}

/// The page of what is shared: where one was.
pub fn shared_thing(place: &Place, of: &ShareOf) -> String {
    match of {
        ShareOf::Investigation(id) => investigation(place, *id),
        ShareOf::Problem(id) => problem(place, id),
    }
}

/// What a link would show, and the form that makes it.
pub fn sharing(place: &Place, of: &ShareOf) -> String {
    let page = Address::at(place);
    match of {
        ShareOf::Investigation(id) => page.segment("investigations").segment(&id.to_string()),
        ShareOf::Problem(id) => page
            .segment("problems")
            .segment(id.cause.as_str())
            .object(&id.subject),
    }
    .segment("share")
    .href()
}

/// Where the form goes that makes a link. The answer is a page at this address, so the
/// place stands in it.
pub fn making_link(place: &Place, of: &ShareOf) -> String {
    let form = Address::at(place);
    match of {
        ShareOf::Investigation(id) => form.segment("investigations").segment(&id.to_string()),
        ShareOf::Problem(_) => form.segment("problems"),
    }
    .segment("shares")
    .href()
}

/// The links to an investigation.
pub fn links(place: &Place, id: InvestigationId) -> String {
    Address::at(place)
        .segment("investigations")
        .segment(&id.to_string())
        .segment("links")
        .href()
}

/// What a link opens: its address is the link.
pub fn shared(token: &str) -> String {
    Address::at(&Place::default())
        .segment("shared")
        .segment(token)
        .href()
}

/// Where the form that revokes a link goes.
pub fn revoking(share: i64) -> String {
    format!("/shares/{share}/revocation")
}

/// The file of the past investigations that hold these words.
pub fn exported(words: &str) -> String {
    Address::at(&Place::default())
        .segment("history.csv")
        .with(
            field!(HistorySearch, words),
            (!words.is_empty()).then_some(words),
        )
        .href()
}

/// The past investigations older than `before` that hold these words.
pub fn older(place: &Place, words: &str, before: InvestigationId) -> String {
    Address::at(place)
        .segment("history")
        .with(
            field!(HistorySearch, words),
            (!words.is_empty()).then_some(words),
        )
        .with("before", Some(&before.to_string()))
        .href()
}

/// The server's route that keeps a preference and comes back to `back`, a path
/// with its query.
pub fn preference(name: &str, value: &str, back: &str) -> String {
    Address::at(&Place::default())
        .segment("preferences")
        .with(name, Some(value))
        .with(BACK_QUERY, Some(back))
        .href()
}

/// The place that the address of the current page names.
pub fn use_place() -> Memo<Place> {
    let query = use_query_map();
    Memo::new(move |_| {
        query.with(|query| Place {
            cluster: query.get(CLUSTER).filter(|name| !name.is_empty()),
            namespace: query.get(NAMESPACE).filter(|name| !name.is_empty()),
        })
    })
}

/// The object that the path segments of the current page name. Its kind stands there as
/// `KIND.GROUP`; alone it is [Kubernetes' own](podside_model::own_group).
pub fn object_of(kind: &str, namespace: String, name: String) -> ObjectRef {
    let (kind, group) = kind_and_group(kind);
    ObjectRef {
        kind: kind.to_owned(),
        group: group.to_owned(),
        namespace: (namespace != NO_NAMESPACE).then_some(namespace),
        name,
        container: None,
    }
}

/// The problem that a page's path and query name; `None` when the cause is no slug.
pub fn problem_of(cause: &str, subject: ObjectRef, container: Option<String>) -> Option<ProblemId> {
    Some(ProblemId {
        cause: Cause::parse(cause)?,
        subject: ObjectRef {
            container,
            ..subject
        },
    })
}

/// Percent-encodes all but the unreserved characters of RFC 3986, section 2.3.
fn encode(text: &str, into: &mut String) {
    const HEX: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F',
    ];
    let digit = |value: u8| HEX.get(usize::from(value)).copied().unwrap_or('0');
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            into.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place {
            cluster: Some("a&b".to_owned()),
            namespace: None,
        }
    }

    #[test]
    fn names_from_a_cluster_cannot_leave_their_segment() {
        let odd = ObjectRef::namespaced("Pod", "a/b", "../?x#y\"<é");
        assert_eq!(
            object(&place(), &odd, Tab::Events),
            "/objects/Pod/a%2Fb/..%2F%3Fx%23y%22%3C%C3%A9?cluster=a%26b&tab=events"
        );
    }

    #[test]
    fn the_place_and_the_container_travel_in_the_query() {
        let id = ProblemId {
            cause: Cause::known("oom-killed"),
            subject: ObjectRef::namespaced("Deployment", "shop", "cart").with_container("app"),
        };
        assert_eq!(
            problem(&place(), &id),
            "/problems/oom-killed/Deployment.apps/shop/cart?cluster=a%26b&container=app"
        );
        let node = ObjectRef::cluster("Node", "n1");
        assert_eq!(
            object(&Place::default(), &node, Tab::Overview),
            "/objects/Node/-/n1"
        );
        assert_eq!(object_of("Node", "-".into(), "n1".into()), node);
        // An address from before kinds had groups, and one of each kind of that name.
        let own = ObjectRef::namespaced("StatefulSet", "shop", "web");
        let foreign = own.clone().in_group("apps.kruise.io");
        let of = |kind: &str| object_of(kind, "shop".into(), "web".into());
        assert_eq!(of("StatefulSet"), own);
        for each in [own, foreign] {
            let href = object(&Place::default(), &each, Tab::Overview);
            let kind = href.split('/').nth(2).unwrap();
            assert_eq!(of(kind), each, "{href}");
        }
    }

    #[test]
    fn the_logs_of_several_objects_are_followed_in_their_namespace() {
        let (web, api) = (
            ObjectRef::namespaced("Deployment", "shop", "web"),
            ObjectRef::namespaced("Pod", "shop", "api"),
        );
        assert_eq!(
            logs_of(&place(), &[&web, &api]),
            "/logs?cluster=a%26b&namespace=shop&target=Deployment.apps%2Fweb%2CPod%2Fapi"
        );
    }

    #[test]
    fn what_is_shared_keeps_its_place_on_the_way() {
        let problem = ShareOf::Problem(ProblemId {
            cause: Cause::known("oom-killed"),
            subject: ObjectRef::namespaced("Deployment", "shop", "cart").with_container("app"),
        });
        let walk = ShareOf::Investigation(InvestigationId(7));
        assert_eq!(
            sharing(&place(), &problem),
            "/problems/oom-killed/Deployment.apps/shop/cart/share?cluster=a%26b&container=app"
        );
        assert_eq!(
            making_link(&place(), &problem),
            "/problems/shares?cluster=a%26b"
        );
        assert_eq!(
            sharing(&place(), &walk),
            "/investigations/7/share?cluster=a%26b"
        );
        assert_eq!(
            making_link(&place(), &walk),
            "/investigations/7/shares?cluster=a%26b"
        );
        assert_eq!(
            shared_thing(&place(), &walk),
            "/investigations/7?cluster=a%26b"
        );
        assert_eq!(shared("a_b-c"), "/shared/a_b-c");
    }

    #[test]
    fn the_front_page_has_a_path() {
        assert_eq!(triage(&Place::default()), "/");
        assert_eq!(triage(&place()), "/?cluster=a%26b");
    }
}
