//! The catalogue as discovery documents, plain and aggregated.

use serde_json::{Value, json};

use super::{Catalogue, Resource};

/// A part of an object: its name, the kind of its answer, and what can be done with it.
type Part = (&'static str, &'static str, &'static [&'static str]);

/// The parts of a Pod that can be read or played.
const OF_POD: [Part; 3] = [
    ("ephemeralcontainers", "Pod", &["patch"]),
    ("exec", "PodExecOptions", &["create", "get"]),
    ("log", "Pod", &["get"]),
];

impl Resource {
    fn parts(&self) -> &'static [Part] {
        if self.is_pod() { &OF_POD } else { &[] }
    }
}

impl Catalogue {
    /// `GET /apis` (<https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api>).
    pub(crate) fn group_list(&self) -> Value {
        let groups: Vec<Value> = self
            .groups
            .iter()
            .filter(|(name, _)| !name.is_empty())
            .map(|(name, versions)| group_document(name, versions))
            .collect();
        json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})
    }

    /// `GET /apis/GROUP`.
    pub(crate) fn group(&self, name: &str) -> Option<Value> {
        let (name, versions) = self
            .groups
            .iter()
            .find(|(g, _)| g == name && !g.is_empty())?;
        let mut document = group_document(name, versions);
        if let Some(map) = document.as_object_mut() {
            map.insert("kind".to_owned(), json!("APIGroup"));
            map.insert("apiVersion".to_owned(), json!("v1"));
        }
        Some(document)
    }

    /// `GET /api/v1` and `GET /apis/GROUP/VERSION`.
    pub(crate) fn resource_list(&self, group: &str, version: &str) -> Option<Value> {
        if !self.has_version(group, version) {
            return None;
        }
        let mut list = Vec::new();
        for r in self
            .resources
            .iter()
            .filter(|r| r.group == group && r.version == version)
        {
            let mut entry = json!({
                "name": r.plural, "singularName": r.singular, "namespaced": r.namespaced,
                "kind": r.kind, "verbs": r.offered(),
            });
            if let Some(map) = entry.as_object_mut() {
                if !r.short_names.is_empty() {
                    map.insert("shortNames".to_owned(), json!(r.short_names));
                }
                if !r.categories.is_empty() {
                    map.insert("categories".to_owned(), json!(r.categories));
                }
            }
            list.push(entry);
            for (part, kind, verbs) in r.parts() {
                list.push(json!({
                    "name": format!("{}/{part}", r.plural), "singularName": "",
                    "namespaced": true, "kind": kind, "verbs": verbs,
                }));
            }
        }
        let group_version = if group.is_empty() {
            version.to_owned()
        } else {
            format!("{group}/{version}")
        };
        Some(json!({
            "kind": "APIResourceList", "apiVersion": "v1",
            "groupVersion": group_version, "resources": list,
        }))
    }

    /// Aggregated discovery of the core group, or of all others
    /// (<https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/3352-aggregated-discovery>).
    pub(crate) fn aggregated(&self, core: bool, api_version: &str) -> Value {
        let items: Vec<Value> = self
            .groups
            .iter()
            .filter(|(name, _)| name.is_empty() == core)
            .map(|(name, versions)| {
                let versions: Vec<Value> = versions
                    .iter()
                    .map(|version| {
                        let resources: Vec<Value> = self
                            .resources
                            .iter()
                            .filter(|r| r.group == *name && r.version == *version)
                            .map(aggregated_resource)
                            .collect();
                        json!({"version": version, "resources": resources, "freshness": "Current"})
                    })
                    .collect();
                let metadata = if core {
                    json!({})
                } else {
                    json!({"name": name})
                };
                json!({"metadata": metadata, "versions": versions})
            })
            .collect();
        json!({
            "kind": "APIGroupDiscoveryList", "apiVersion": api_version,
            "metadata": {}, "items": items,
        })
    }
}

fn group_document(name: &str, versions: &[String]) -> Value {
    let versions: Vec<Value> = versions
        .iter()
        .map(|v| json!({"groupVersion": format!("{name}/{v}"), "version": v}))
        .collect();
    json!({"name": name, "versions": versions, "preferredVersion": versions.first()})
}

fn aggregated_resource(r: &Resource) -> Value {
    // Kubernetes leaves group and version out where they are those of the list.
    let kind = json!({"group": "", "version": "", "kind": r.kind});
    let mut entry = json!({
        "resource": r.plural, "responseKind": kind, "singularResource": r.singular,
        "scope": if r.namespaced { "Namespaced" } else { "Cluster" }, "verbs": r.offered(),
    });
    if let Some(map) = entry.as_object_mut() {
        if !r.short_names.is_empty() {
            map.insert("shortNames".to_owned(), json!(r.short_names));
        }
        if !r.categories.is_empty() {
            map.insert("categories".to_owned(), json!(r.categories));
        }
        let parts: Vec<Value> = r
            .parts()
            .iter()
            .map(|(part, kind, verbs)| {
                let kind = json!({"group": "", "version": "", "kind": kind});
                json!({"subresource": part, "responseKind": kind, "verbs": verbs})
            })
            .collect();
        if !parts.is_empty() {
            map.insert("subresources".to_owned(), json!(parts));
        }
    }
    entry
}
