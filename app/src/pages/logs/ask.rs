use leptos_router::params::ParamsMap;
use podside_model::ObjectRef;
use podside_model::view::{LogRun, LogsAsk, Secrets};

use crate::address::Address;
use crate::portal::Place;

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
    let several = named("target").unwrap_or_default();
    let several = several.split(',').filter(|target| !target.is_empty());
    LogsAsk {
        namespace: part("namespace").or_else(|| place.namespace.clone()),
        targets: match one {
            Some(one) => vec![one],
            None => several.take(MOST_TARGETS).map(str::to_owned).collect(),
        },
        container: named("container"),
        run: LogRun::of_parameter(named("previous").as_deref()),
        since: named("since").and_then(|since| since.parse().ok()),
        secrets: Secrets::of_parameter(named(Secrets::PARAMETER).as_deref()),
    }
}

/// The page that asks for this.
pub(super) fn page(cluster: &str, ask: &LogsAsk) -> String {
    let targets = (!ask.targets.is_empty()).then(|| ask.targets.join(","));
    let page = at(cluster, ask).segment("logs");
    with_choices(page.with("target", targets.as_deref()), ask).href()
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
        .fold(route, |route, target| route.with("target", Some(target)));
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
        .with("container", ask.container.as_deref())
        .with("previous", ask.run.parameter())
        .with("since", since.as_deref())
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
            page("practice", &ask),
            "/logs?cluster=practice&namespace=retail&target=Deployment%2Fweb%2CPod%2Fa&previous=too&since=300"
        );
        assert_eq!(
            stream("practice", &ask),
            "/streams/logs?cluster=practice&namespace=retail&target=Deployment%2Fweb&target=Pod%2Fa&previous=too&since=300"
        );
    }

    #[test]
    fn shown_secrets_travel_to_the_stream_and_the_file() {
        let place = Place::default();
        let query = map(&[("namespace", "shop"), ("secrets", "shown")]);
        let ask = of_address(&place, &map(&[]), &query);
        assert_eq!(ask.secrets, Secrets::Shown);
        for address in [page("p", &ask), stream("p", &ask), download("p", &ask)] {
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
