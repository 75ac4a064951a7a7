//! Which resources the served cluster has: those of the recorded API server,
//! and the further ones (custom resources, metrics) that objects were recorded
//! of. Only reading is offered, and of Pods what can be played.

mod documents;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use serde_json::Value;

use crate::{
    fields::Fields,
    object::Object,
    table::printed::{self, Printed},
};

/// Aggregated discovery of the recorded Kubernetes 1.36 API server.
const CORE: &str = include_str!("discovery/api.json");
const GROUPS: &str = include_str!("discovery/apis.json");

/// What may be asked of every recorded resource.
const READ_VERBS: [&str; 3] = ["get", "list", "watch"];
/// Questions about oneself, which are answered without storing anything.
const REVIEWS: [&str; 3] = [
    "selfsubjectaccessreviews",
    "selfsubjectrulesreviews",
    "selfsubjectreviews",
];

/// One resource in one version.
#[derive(Debug, Clone)]
pub(crate) struct Resource {
    pub(crate) group: String,
    pub(crate) version: String,
    /// The plural name in paths.
    pub(crate) plural: String,
    pub(crate) singular: String,
    pub(crate) kind: String,
    pub(crate) namespaced: bool,
    pub(crate) verbs: Vec<String>,
    pub(crate) short_names: Vec<String>,
    pub(crate) categories: Vec<String>,
    /// Where its objects are kept: one place for all versions of a kind, and
    /// for the events of both groups.
    pub(crate) storage: Arc<str>,
    /// The columns that its CustomResourceDefinition names; empty for others.
    pub(crate) printed: Arc<[Printed]>,
}

impl Resource {
    /// `v1` or `group/version`.
    pub(crate) fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.clone()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    /// Whether objects of this `apiVersion` are in this resource's version.
    pub(crate) fn is_of(&self, api_version: &str) -> bool {
        split_api_version(api_version) == (self.group.as_str(), self.version.as_str())
    }

    /// `plural` or `plural.group`, as messages name a resource.
    pub(crate) fn qualified(&self) -> String {
        if self.group.is_empty() {
            self.plural.clone()
        } else {
            format!("{}.{}", self.plural, self.group)
        }
    }

    fn can_list(&self) -> bool {
        self.verbs.iter().any(|v| v == "list")
    }

    /// Whether it is that of Pods, of which more can be done than reading them.
    pub(crate) fn is_pod(&self) -> bool {
        self.group.is_empty() && self.plural == "pods"
    }

    /// The verbs that discovery tells.
    fn offered(&self) -> Vec<&str> {
        let more: &[&str] = if self.is_pod() {
            &["create", "delete"]
        } else {
            &[]
        };
        let mut verbs: Vec<&str> = self.verbs.iter().map(String::as_str).collect();
        verbs.extend(more);
        verbs.sort_unstable();
        verbs
    }
}

/// All resources, in the order of discovery.
#[derive(Debug, Default)]
pub(crate) struct Catalogue {
    /// Group names, "" first, each with its versions, preferred first.
    groups: Vec<(String, Vec<String>)>,
    resources: Vec<Resource>,
    by_kind: HashMap<(String, String), usize>,
}

impl Catalogue {
    /// The resources of Kubernetes 1.36.
    pub(crate) fn kubernetes() -> Self {
        let mut catalogue = Self::default();
        for source in [CORE, GROUPS] {
            // Both texts are part of this crate; a test holds that they parse.
            let list: Value = serde_json::from_str(source).unwrap_or_default();
            for group in list.list("/items") {
                let name = group.text("/metadata/name");
                for version in group.list("/versions") {
                    for resource in version.list("/resources") {
                        if let Some(resource) = read_only(name, version.text("/version"), resource)
                        {
                            catalogue.add(resource);
                        }
                    }
                }
            }
        }
        catalogue
    }

    /// Learn the kinds of `objects` that are not known yet, by the names that a
    /// recorded CustomResourceDefinition gives or by Kubernetes' rule for plurals.
    pub(crate) fn learn<'a>(&mut self, objects: &(impl Iterator<Item = &'a Object> + Clone)) {
        let mut definitions: Option<Vec<Value>> = None;
        for object in objects.clone() {
            let (api_version, kind) = (object.api_version(), object.kind());
            if self.of_object(api_version, kind).is_some() {
                continue;
            }
            let (group, version) = split_api_version(api_version);
            let definitions = definitions.get_or_insert_with(|| {
                let all = objects.clone();
                all.filter(|o| o.kind() == "CustomResourceDefinition")
                    .filter_map(|o| o.at("/spec"))
                    .map(without_schemas)
                    .collect()
            });
            let names = definitions
                .iter()
                .find(|spec| spec.text("/group") == group && spec.text("/names/kind") == kind);
            let lower = kind.to_lowercase();
            let plural = match (names, group, kind) {
                (Some(crd), _, _) => crd.text("/names/plural").to_owned(),
                (None, "metrics.k8s.io", "PodMetrics") => "pods".to_owned(),
                (None, "metrics.k8s.io", "NodeMetrics") => "nodes".to_owned(),
                _ => plural_of(&lower),
            };
            let strings = |pointer: &str| {
                names.map_or_else(Vec::new, |crd| {
                    crd.list(pointer)
                        .iter()
                        .filter_map(|v| v.as_str().map(str::to_owned))
                        .collect()
                })
            };
            self.add(Resource {
                group: group.to_owned(),
                version: version.to_owned(),
                storage: storage(group, &plural),
                singular: lower,
                kind: kind.to_owned(),
                namespaced: !object.namespace().is_empty(),
                verbs: READ_VERBS.map(str::to_owned).to_vec(),
                short_names: strings("/names/shortNames"),
                categories: strings("/names/categories"),
                printed: names.map_or_else(Arc::default, |spec| printed::of_spec(spec, version)),
                plural,
            });
        }
    }

    /// Takes out resources that were not recorded, by their names with their group.
    pub(crate) fn forget(&mut self, qualified: &[String]) {
        let kept = std::mem::take(&mut self.resources);
        self.by_kind.clear();
        self.groups.clear();
        for resource in kept {
            if !qualified.contains(&resource.qualified()) {
                self.add(resource);
            }
        }
    }

    /// The names, with their group, of the readable resources whose kind is not among
    /// `kinds`.
    pub(crate) fn others_than(&self, kinds: &BTreeSet<&str>) -> Vec<String> {
        let others = self
            .resources
            .iter()
            .filter(|r| r.can_list() && !kinds.contains(r.kind.as_str()));
        others.map(Resource::qualified).collect()
    }

    fn add(&mut self, resource: Resource) {
        match self.groups.iter_mut().find(|(g, _)| *g == resource.group) {
            Some((_, versions)) => {
                if !versions.contains(&resource.version) {
                    versions.push(resource.version.clone());
                }
            }
            None => self
                .groups
                .push((resource.group.clone(), vec![resource.version.clone()])),
        }
        self.by_kind.insert(
            (resource.api_version(), resource.kind.clone()),
            self.resources.len(),
        );
        self.resources.push(resource);
    }

    /// The resource that an object of this `apiVersion` and `kind` belongs to.
    pub(crate) fn of_object(&self, api_version: &str, kind: &str) -> Option<&Resource> {
        let index = self
            .by_kind
            .get(&(api_version.to_owned(), kind.to_owned()))?;
        self.resources.get(*index)
    }

    /// The resource at a path's group, version and plural.
    pub(crate) fn find(&self, group: &str, version: &str, plural: &str) -> Option<&Resource> {
        self.resources
            .iter()
            .find(|r| r.group == group && r.version == version && r.plural == plural)
    }

    /// Whether some version of `group` has `plural`; `*` stands for any.
    pub(crate) fn has(&self, group: &str, plural: &str) -> bool {
        self.resources.iter().any(|r| {
            (group == "*" || r.group == group)
                && (plural == "*" || r.plural == plural)
                && r.can_list()
        })
    }

    /// The plurals that can be read, by group.
    pub(crate) fn readable(&self) -> BTreeMap<String, Vec<String>> {
        let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for resource in self.resources.iter().filter(|r| r.can_list()) {
            let plurals = groups.entry(resource.group.clone()).or_default();
            if !plurals.contains(&resource.plural) {
                plurals.push(resource.plural.clone());
            }
        }
        groups
    }

    /// Whether the group has this version.
    pub(crate) fn has_version(&self, group: &str, version: &str) -> bool {
        self.groups
            .iter()
            .any(|(g, versions)| g == group && versions.iter().any(|v| v == version))
    }
}

/// The names and columns in a CustomResourceDefinition's `spec`, without its schemas, which
/// are long.
fn without_schemas(mut spec: Value) -> Value {
    if let Some(fields) = spec.as_object_mut() {
        fields.retain(|name, _| matches!(name.as_str(), "group" | "names" | "versions"));
    }
    let versions = spec.get_mut("versions").and_then(Value::as_array_mut);
    for version in versions.into_iter().flatten() {
        if let Some(fields) = version.as_object_mut() {
            fields.retain(|name, _| matches!(name.as_str(), "name" | "additionalPrinterColumns"));
        }
    }
    spec
}

/// A resource of the recorded discovery, with the verbs that only read; `None`
/// for one that only writes.
fn read_only(group: &str, version: &str, value: &Value) -> Option<Resource> {
    let plural = value.text("/resource");
    let strings = |pointer: &str| -> Vec<String> {
        value
            .list(pointer)
            .iter()
            .filter_map(|v| v.as_str().map(str::to_owned))
            .collect()
    };
    let verbs: Vec<String> = strings("/verbs")
        .into_iter()
        .filter(|v| READ_VERBS.contains(&v.as_str()) || REVIEWS.contains(&plural))
        .collect();
    // Component statuses are asked of live processes, which a recording has not.
    if verbs.is_empty() || plural == "componentstatuses" {
        return None;
    }
    Some(Resource {
        group: group.to_owned(),
        version: version.to_owned(),
        plural: plural.to_owned(),
        singular: value.text("/singularResource").to_owned(),
        kind: value.text("/responseKind/kind").to_owned(),
        namespaced: value.text("/scope") == "Namespaced",
        verbs,
        short_names: strings("/shortNames"),
        categories: strings("/categories"),
        storage: storage(group, plural),
        printed: Arc::default(),
    })
}

/// Where objects of a resource are kept.
fn storage(group: &str, plural: &str) -> Arc<str> {
    if group.is_empty() || (group == "events.k8s.io" && plural == "events") {
        plural.into()
    } else {
        format!("{plural}.{group}").into()
    }
}

/// `("", "v1")` or `("apps", "v1")`.
pub(crate) fn split_api_version(api_version: &str) -> (&str, &str) {
    api_version.split_once('/').unwrap_or(("", api_version))
}

/// Kubernetes' guess (`meta.UnsafeGuessKindToResource`).
fn plural_of(lower: &str) -> String {
    if lower.ends_with("endpoints") {
        lower.to_owned()
    } else if lower.ends_with('s') {
        format!("{lower}es")
    } else if let Some(stem) = lower.strip_suffix('y') {
        format!("{stem}ies")
    } else {
        format!("{lower}s")
    }
}
