//! Whom a Pod calls, as far as its spec and its ConfigMaps say it: the Services that its
//! containers' environment, commands, arguments and probes name.

use std::collections::BTreeSet;

use crate::facts::{
    ConfigMap, Container, EnvValue, Handler, KeyHost, Object, Pod, PodSpec, Service, Str,
    VolumeSource,
};
use crate::hosts::{self, NamedHost};
use crate::kubectl;
use crate::proof::{self, Proof};
use crate::snapshot::Snapshot;

/// The most hosts of one container that are looked at.
const MOST: usize = 64;

/// A host that a container names, and where.
#[derive(Clone, Debug)]
pub(crate) struct Named<'a> {
    pub(crate) host: NamedHost,
    place: Place<'a>,
}

/// Where a host is named.
#[derive(Clone, Debug)]
enum Place<'a> {
    /// In a variable of that index and value.
    Variable(usize, &'a Str),
    /// In the command or the arguments.
    Command,
    /// In a value of a ConfigMap that the container has as variables or files.
    Value(&'a ConfigMap, &'a KeyHost),
}

impl Named<'_> {
    /// Where it is named, as evidence.
    pub(crate) fn proof(&self, pod: &Pod, container: &Container) -> Option<Proof> {
        let of_pod = |pointer: String, value: &str| {
            proof::field(pod, format!("{}/{pointer}", container.path()), value)
                .in_container(&container.name)
        };
        let proof = match &self.place {
            Place::Variable(index, value) => of_pod(format!("env/{index}/value"), value),
            Place::Command => {
                let words = |field: &'static str, words: &[Str]| {
                    let at = words.iter().position(|w| w.contains(&self.host.host))?;
                    Some(of_pod(format!("{field}/{at}"), words.get(at)?))
                };
                words("args", &container.args).or_else(|| words("command", &container.command))?
            }
            Place::Value(config_map, value) => {
                let key = value.key.replace('~', "~0").replace('/', "~1");
                let field = proof::field(*config_map, format!("/data/{key}"), &value.line);
                if value.is_whole {
                    field
                } else {
                    // A line of a file is not the field's value.
                    let object = config_map.object_ref();
                    let command = kubectl::get_field(&object, &format!("/data/{key}"));
                    proof::command(object, command, &*value.line)
                }
            }
        };
        Some(proof.marking(&*self.host.host))
    }

    /// Whether a variable or a file names it, and not the command, which may only mention it.
    pub(crate) fn is_configured(&self) -> bool {
        !matches!(self.place, Place::Command)
    }
}

/// The hosts that a container names: in its variables, its command and arguments, and in the
/// ConfigMaps that it has as variables or files, as far as these are known. Those to which its
/// Pod gives an address of its own (`hostAliases`) are left out. At most 64.
pub(crate) fn named_hosts<'a>(
    namespace: &str,
    spec: &'a PodSpec,
    container: &'a Container,
    snapshot: &'a Snapshot,
) -> Vec<Named<'a>> {
    let mut named: Vec<Named<'a>> = Vec::new();
    let mut add = |found: Vec<NamedHost>, place: Place<'a>| {
        for host in found {
            let is_known = named.iter().any(|known| known.host == host)
                || spec.host_aliases.iter().any(|alias| **alias == *host.host);
            if !is_known && named.len() < MOST {
                named.push(Named {
                    host,
                    place: place.clone(),
                });
            }
        }
    };
    let config_map = |name: &str| snapshot.config_maps.get(namespace, name);
    let mut of_key = Vec::new();
    for var in &container.env {
        match &var.value {
            EnvValue::Plain(value) => {
                add(
                    hosts::in_value(&var.name, value),
                    Place::Variable(var.index, value),
                );
            }
            EnvValue::ConfigMapKey(key) => of_key.push(key),
            _ => {}
        }
    }
    let words = container.command.iter().chain(&container.args);
    add(hosts::in_command(words.map(|word| &**word)), Place::Command);
    // Each with the keys that are asked for; all where none is.
    let mut held: Vec<(&Str, &[Str])> = Vec::new();
    for source in container.env_from.iter().filter(|source| !source.secret) {
        held.push((&source.name, &[]));
    }
    for mount in &container.mounts {
        match spec.volume(&mount.volume).map(|volume| &volume.source) {
            Some(VolumeSource::ConfigMap(files)) => held.push((&files.name, &files.keys)),
            Some(VolumeSource::Projected(sources)) => {
                let maps = sources.iter().filter(|source| !source.secret);
                held.extend(maps.map(|source| (&source.files.name, &*source.files.keys)));
            }
            _ => {}
        }
    }
    for (name, keys) in held {
        let Some(map) = config_map(name) else {
            continue;
        };
        let is_held = |value: &&KeyHost| keys.is_empty() || keys.contains(&value.key);
        for value in map.hosts.iter().filter(is_held) {
            add(vec![value.host.clone()], Place::Value(map, value));
        }
    }
    for reference in of_key {
        let Some(map) = config_map(&reference.name) else {
            continue;
        };
        for value in map.hosts.iter().filter(|value| value.key == reference.key) {
            add(vec![value.host.clone()], Place::Value(map, value));
        }
    }
    named
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::check;

    /// The hosts that the container of this Pod names, with this ConfigMap beside it.
    fn named(spec: &str) -> Vec<String> {
        let check = check(&format!(
            "
apiVersion: v1
kind: Pod
metadata: {{name: web, namespace: shop, uid: p}}
spec:
{spec}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: settings, namespace: shop}}
data: {{app.yaml: 'database: {{host: db}}', CACHE_HOST: cache}}
"
        ));
        let snapshot = check.snapshot();
        let pod = snapshot.pods.get("shop", "web").unwrap();
        let container = pod.spec.container("app").unwrap();
        named_hosts("shop", &pod.spec, container, snapshot)
            .into_iter()
            .map(|named| named.host.host)
            .collect()
    }

    #[test]
    fn config_maps_name_hosts_in_every_way_that_a_container_has_them() {
        let all = ["cache", "db"];
        let sorted = |mut hosts: Vec<String>| {
            hosts.sort();
            hosts
        };
        for spec in [
            "  containers: [{name: app, image: x, envFrom: [{configMapRef: {name: settings}}]}]",
            "  containers: [{name: app, image: x, volumeMounts: [{name: c, mountPath: /etc/app}]}]\n  volumes: [{name: c, configMap: {name: settings}}]",
            "  containers: [{name: app, image: x, volumeMounts: [{name: c, mountPath: /etc/app}]}]\n  volumes: [{name: c, projected: {sources: [{secret: {name: s}}, {configMap: {name: settings}}]}}]",
        ] {
            assert_eq!(sorted(named(spec)), all, "{spec}");
        }
        for spec in [
            "  containers: [{name: app, image: x, env: [{name: H, valueFrom: {configMapKeyRef: {name: settings, key: CACHE_HOST}}}]}]",
            "  containers: [{name: app, image: x, volumeMounts: [{name: c, mountPath: /etc/app}]}]\n  volumes: [{name: c, projected: {sources: [{configMap: {name: settings, items: [{key: CACHE_HOST, path: c}]}}]}}]",
        ] {
            assert_eq!(named(spec), ["cache"], "{spec}");
        }
    }

    #[test]
    fn a_host_with_an_alias_is_not_asked_of_the_dns() {
        let spec = "  hostAliases: [{ip: 10.0.0.9, hostnames: [db]}]\n  containers: [{name: app, image: x, env: [{name: DB_HOST, value: db}, {name: CACHE_HOST, value: cache}]}]";
        assert_eq!(named(spec), ["cache"]);
    }
}
