//! Whom a Pod calls, as far as its spec says it: the Services that its containers'
//! environment, commands, arguments and probes name.

use std::collections::BTreeSet;

use crate::facts::{Container, EnvValue, Handler, PodSpec, Service};
use crate::snapshot::Snapshot;

/// Whether a container of a Pod in that namespace names a Service.
pub(crate) fn names(container: &Container, namespace: &str, service: &Service) -> bool {
    let (of, name) = (&*service.meta.namespace, &*service.meta.name);
    texts(container)
        .filter(|text| text.contains(name))
        .flat_map(|text| hosts(text, namespace))
        .any(|host| host == (of, name))
}

/// The Services that exist and that a Pod spec names: namespace and name.
pub(crate) fn named_services(
    snapshot: &Snapshot,
    namespace: &str,
    spec: &PodSpec,
) -> BTreeSet<(String, String)> {
    spec.containers
        .iter()
        .flat_map(|container| called(container, namespace))
        .filter(|(of, name)| snapshot.services.get(of, name).is_some())
        .map(|(of, name)| (of.to_owned(), name.to_owned()))
        .collect()
}

/// What a container of a Pod in that namespace names that may be a Service: namespace and
/// name.
pub(crate) fn called<'a>(
    container: &'a Container,
    namespace: &'a str,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    texts(container).flat_map(move |text| hosts(text, namespace))
}

/// What in a text may be the name of a Service as a Pod of that namespace says it:
/// namespace and name.
fn hosts<'a>(text: &'a str, namespace: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '.'))
        .filter_map(move |word| {
            let mut parts = word.trim_matches('.').split('.');
            let name = parts.next().filter(|n| !n.is_empty())?;
            match (parts.next(), parts.next()) {
                (None, _) => Some((namespace, name)),
                (Some(of), None | Some("svc")) => Some((of, name)),
                (Some(_), Some(_)) => None,
            }
        })
}

fn texts(container: &Container) -> impl Iterator<Item = &str> {
    let env = container.env.iter().filter_map(|var| match &var.value {
        EnvValue::Plain(value) => Some(&**value),
        _ => None,
    });
    let probes = container
        .probes()
        .flat_map(|(_, probe)| match &probe.handler {
            Handler::Exec(command) => &**command,
            _ => &[],
        });
    env.chain(container.command.iter().map(|s| &**s))
        .chain(container.args.iter().map(|s| &**s))
        .chain(probes.map(|s| &**s))
}
