use leptos_router::params::ParamsMap;
use podside_model::ObjectRef;
use podside_model::view::{LogRun, LogsAsk, Secrets};

use crate::address::{Address, CLUSTER, FIND, NAMESPACE};
use crate::portal::Place;

/// Query parameters of what is asked for.
const TARGET: &str = "target";
const CONTAINER: &str = "container";
const PREVIOUS: &str = "previous";
const SINCE: &str = "since";

/// Query parameters of what is shown of it, and the values of the last two.
pub(super) const EXCLUDE: &str = "exclude";
pub(super) const LEVELS: &str = "levels";
pub(super) const FROM_INFO: &str = "info";
pub(super) const WRAP: &str = "wrap";
pub(super) const ON: &str = "1";

/// Targets that an address may name.
const MOST_TARGETS: usize = 20;

/// What an address asks for: `/logs/KIND/NAMESPACE/NAME` for one object, or
/// `/logs?namespace=…&target=KIND/NAME,KIND/NAME` for several and for none.
pub(super) fn of_address(place: &Place, path: &ParamsMap, query: &ParamsMap) -> LogsAsk {
    let named = |name: &str| query.get(name).filter(|value| !value.is_empty());
    let part = |name: &str| path.get(name).filter(|value| !value.is_empty());
    let one = part("kind")
        .zip(part("name"))
        .map(|(kind, name)| format!("{kind}/{name}"));
    let several = named(TARGET).unwrap_or_default();
    let several = several.split(',').filter(|target| !target.is_empty());
    LogsAsk {
        namespace: part("namespace").or_else(|| place.namespace.clone()),
        targets: match one {
            Some(one) => vec![one],
            None => several.take(MOST_TARGETS).map(str::to_owned).collect(),
        },
        container: named(CONTAINER),
        run: LogRun::of_parameter(named(PREVIOUS).as_deref()),
        since: named(SINCE).and_then(|since| since.parse().ok()),
        secrets: Secrets::of_parameter(named(Secrets::PARAMETER).as_deref()),
    }
}

/// The page that asks for this, and shows this of it.
pub(super) fn page(cluster: &str, ask: &LogsAsk, shows: &Shows) -> String {
    let page = at(cluster, ask).segment("logs");
    let page = with_choices(page.with(TARGET, targets(ask).as_deref()), ask);
    let shows = shows.parameters().into_iter();
    let page = shows.fold(page, |page, (name, value)| page.with(name, value));
    page.href()
}

/// The targets as one parameter has them.
fn targets(ask: &LogsAsk) -> Option<String> {
    (!ask.targets.is_empty()).then(|| ask.targets.join(","))
}

/// What a form sends along so that its page asks for the same, each with its name.
pub(super) fn sent_along(cluster: &str, ask: &LogsAsk) -> [(&'static str, Option<String>); 7] {
    let owned = |value: &'static str| value.to_owned();
    [
        (CLUSTER, Some(cluster.to_owned())),
        (NAMESPACE, ask.namespace.clone()),
        (TARGET, targets(ask)),
        (CONTAINER, ask.container.clone()),
        (PREVIOUS, ask.run.parameter().map(owned)),
        (SINCE, ask.since.map(|since| since.to_string())),
        (Secrets::PARAMETER, ask.secrets.parameter().map(owned)),
    ]
}

/// What of the lines is shown and marked, and how: what the form of the page sends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shows {
    /// The text that is marked; empty for none.
    pub(super) find: String,
    /// Hides lines with this text; empty hides none.
    pub(super) exclude: String,
    /// Hides lines below "info".
    pub(super) no_debug: bool,
    /// Whether long lines are wrapped.
    pub(super) wraps: bool,
}

impl Shows {
    /// The longest text, in characters.
    pub(super) const LONGEST: usize = 400;

    /// What an address says of it.
    pub(super) fn of_query(query: &ParamsMap) -> Self {
        let text = |name: &str| {
            let text = query.get(name).unwrap_or_default();
            text.chars().take(Self::LONGEST).collect()
        };
        let is = |name: &str, value: &str| query.get(name).as_deref() == Some(value);
        Self {
            find: text(FIND),
            exclude: text(EXCLUDE),
            no_debug: is(LEVELS, FROM_INFO),
            wraps: is(WRAP, ON),
        }
    }

    fn parameters(&self) -> [(&'static str, Option<&str>); 4] {
        let text = |text| Some(text).filter(|text: &&str| !text.is_empty());
        [
            (FIND, text(self.find.as_str())),
            (EXCLUDE, text(self.exclude.as_str())),
            (LEVELS, self.no_debug.then_some(FROM_INFO)),
            (WRAP, self.wraps.then_some(ON)),
        ]
    }
}

/// The WebSocket that streams this, as a path.
pub(super) fn stream(cluster: &str, ask: &LogsAsk) -> String {
    route(cluster, ask, "logs")
}

/// The same as a text file.
pub(super) fn download(cluster: &str, ask: &LogsAsk) -> String {
    route(cluster, ask, "logs.txt")
}

/// The target that an object is.
pub(super) fn target(object: &ObjectRef) -> String {
    format!("{}/{}", object.kind_in_group(), object.name)
}

fn route(cluster: &str, ask: &LogsAsk, name: &str) -> String {
    let route = at(cluster, ask).segment("streams").segment(name);
    let route = ask
        .targets
        .iter()
        .fold(route, |route, target| route.with(TARGET, Some(target)));
    with_choices(route, ask).href()
}

fn at(cluster: &str, ask: &LogsAsk) -> Address {
    Address::at(&Place {
        cluster: Some(cluster.to_owned()),
        namespace: ask.namespace.clone(),
    })
}

fn with_choices(address: Address, ask: &LogsAsk) -> Address {
    let since = ask.since.map(|since| since.to_string());
    address
        .with(CONTAINER, ask.container.as_deref())
        .with(PREVIOUS, ask.run.parameter())
        .with(SINCE, since.as_deref())
        .with(Secrets::PARAMETER, ask.secrets.parameter())
}

// Outside a browser the router reads addresses only on a server.
#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> ParamsMap {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn an_address_says_what_is_asked_for_and_the_other_way_round() {
        let place = Place {
            cluster: Some("practice".to_owned()),
            namespace: Some("retail".to_owned()),
        };
        let query = map(&[
            ("target", "Deployment/web,Pod/a"),
            ("previous", "too"),
            ("since", "300"),
            ("container", ""),
        ]);
        let ask = of_address(&place, &map(&[]), &query);
        assert_eq!(ask.targets, ["Deployment/web", "Pod/a"]);
        assert_eq!(
            (ask.run, ask.since, &ask.container),
            (LogRun::Both, Some(300), &None)
        );
        assert_eq!(
            page("practice", &ask, &Shows::default()),
            "/logs?cluster=practice&namespace=retail&target=Deployment%2Fweb%2CPod%2Fa&previous=too&since=300"
        );
        assert_eq!(
            stream("practice", &ask),
            "/streams/logs?cluster=practice&namespace=retail&target=Deployment%2Fweb&target=Pod%2Fa&previous=too&since=300"
        );
    }

    #[test]
    fn what_is_shown_travels_and_is_bounded() {
        let long = "x".repeat(Shows::LONGEST + 1);
        let query = map(&[
            ("find", &long),
            ("exclude", "GET /"),
            ("levels", "info"),
            ("wrap", "1"),
        ]);
        let shows = Shows::of_query(&query);
        assert_eq!(shows.find.len(), Shows::LONGEST);
        assert!(shows.no_debug && shows.wraps);
        let address = page(
            "p",
            &LogsAsk::default(),
            &Shows {
                find: "a".into(),
                ..shows
            },
        );
        assert_eq!(
            address,
            "/logs?cluster=p&find=a&exclude=GET%20%2F&levels=info&wrap=1"
        );
    }

    #[test]
    fn shown_secrets_travel_to_the_stream_and_the_file() {
        let place = Place::default();
        let query = map(&[("namespace", "shop"), ("secrets", "shown")]);
        let ask = of_address(&place, &map(&[]), &query);
        assert_eq!(ask.secrets, Secrets::Shown);
        for address in [
            page("p", &ask, &Shows::default()),
            stream("p", &ask),
            download("p", &ask),
        ] {
            assert!(address.ends_with("secrets=shown"), "{address}");
        }
    }

    #[test]
    fn one_object_stands_in_the_path() {
        let path = map(&[("kind", "Pod"), ("namespace", "shop"), ("name", "web")]);
        let ask = of_address(&Place::default(), &path, &map(&[("container", "app")]));
        assert_eq!(ask.targets, ["Pod/web"]);
        assert_eq!(ask.namespace.as_deref(), Some("shop"));
        assert_eq!(ask.container.as_deref(), Some("app"));
    }
}
