//! The documents of discovery, which come from a server that nobody vouches for.

use kube::core::discovery::v2::{
    APIGroupDiscovery, APIGroupDiscoveryList, APIResourceDiscovery, APIVersionDiscovery,
};
use podside_model::legible::is_legible;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::resource::Resource;

/// The most kinds that are kept of one answer.
const MOST: usize = 20_000;

/// The longest name of a group, a version, a kind, a resource: what DNS allows.
const LONGEST: usize = 253;

/// What `/api` or `/apis` answered.
#[derive(Debug)]
pub(super) enum Document {
    /// All that there is.
    Aggregated(Aggregated),
    /// The groups, each with the version that it prefers: their documents tell the rest.
    Groups(Vec<(String, String)>),
}

/// What an aggregated document tells.
#[derive(Debug, Default)]
pub(super) struct Aggregated {
    pub(super) resources: Vec<Resource>,
    pub(super) unread: Vec<(String, String)>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Head {
    kind: String,
    api_version: String,
}

/// Reads the answer to `/api` or `/apis`, in whichever form the server gave it.
pub(super) fn document(body: &[u8]) -> Result<Document, String> {
    let head: Head = parsed(body)?;
    match (head.kind.as_str(), head.api_version.as_str()) {
        ("APIGroupDiscoveryList", "apidiscovery.k8s.io/v2" | "apidiscovery.k8s.io/v2beta1") => {
            parsed(body).map(|list| Document::Aggregated(aggregated(list)))
        }
        // `APIVersions` came without an apiVersion of its own at first.
        ("APIVersions", "v1" | "") => {
            let Versions { versions } = parsed(body)?;
            let versions = versions.into_iter().filter(|version| is_name(version));
            let core = versions.take(1).map(|version| (String::new(), version));
            Ok(Document::Groups(core.collect()))
        }
        ("APIGroupList", "v1") => {
            let Groups { groups } = parsed(body)?;
            let groups = groups.into_iter().filter_map(|group| {
                let version = group
                    .preferred_version
                    .or(group.versions.into_iter().next())?;
                (is_name(&group.name) && is_name(&version.version))
                    .then_some((group.name, version.version))
            });
            Ok(Document::Groups(groups.collect()))
        }
        _ => Err("it is no document of the API's discovery".to_owned()),
    }
}

/// Reads the document of one version of a group.
pub(super) fn of_group(group: &str, version: &str, body: &[u8]) -> Result<Vec<Resource>, String> {
    let head: Head = parsed(body)?;
    if head.kind != "APIResourceList" {
        return Err("it is no list of what a group has".to_owned());
    }
    let Resources { resources } = parsed(body)?;
    let resources = resources.into_iter().take(MOST).filter_map(|each| {
        // What stands after a slash is a part of an object, not a kind.
        (is_name(&each.name) && is_name(&each.kind) && can_be_read(&each.verbs)).then(|| Resource {
            group: group.to_owned(),
            version: version.to_owned(),
            kind: each.kind,
            plural: each.name,
            singular: each.singular_name,
            short_names: each.short_names,
            is_namespaced: each.namespaced,
        })
    });
    Ok(resources.collect())
}

fn aggregated(list: APIGroupDiscoveryList) -> Aggregated {
    let mut read = Aggregated::default();
    for group in list.items {
        let APIGroupDiscovery { metadata, versions } = group;
        let name = metadata
            .and_then(|metadata| metadata.name)
            .unwrap_or_default();
        if !name.is_empty() && !is_name(&name) {
            continue;
        }
        let is_stale =
            |version: &APIVersionDiscovery| version.freshness.as_deref() == Some("Stale");
        if versions.iter().any(is_stale) {
            let why = "the API server says that what it knows of it is stale: what serves the group does not answer";
            read.unread.push((name.clone(), why.to_owned()));
        }
        for version in versions {
            let number = version.version.unwrap_or_default();
            let resources = version.resources.into_iter();
            let resources = resources.filter_map(|each| aggregated_resource(&name, &number, each));
            let room = MOST.saturating_sub(read.resources.len());
            read.resources.extend(resources.take(room));
        }
    }
    read
}

fn aggregated_resource(
    group: &str,
    version: &str,
    resource: APIResourceDiscovery,
) -> Option<Resource> {
    let kind = resource.response_kind?.kind?;
    let plural = resource.resource?;
    (is_name(version) && is_name(&kind) && is_name(&plural) && can_be_read(&resource.verbs)).then(
        || Resource {
            group: group.to_owned(),
            version: version.to_owned(),
            kind,
            plural,
            singular: resource.singular_resource.unwrap_or_default(),
            short_names: resource.short_names,
            is_namespaced: resource.scope.as_deref() == Some("Namespaced"),
        },
    )
}

/// Reviews and the like can only be made.
fn can_be_read(verbs: &[String]) -> bool {
    verbs.iter().any(|verb| verb == "get")
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= LONGEST && !name.contains('/') && is_legible(name)
}

fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| {
        format!(
            "it is no document of the API's discovery (line {}, column {})",
            error.line(),
            error.column()
        )
    })
}

#[derive(Deserialize)]
struct Versions {
    versions: Vec<String>,
}

#[derive(Deserialize)]
struct Groups {
    groups: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    name: String,
    #[serde(default)]
    versions: Vec<GroupVersion>,
    preferred_version: Option<GroupVersion>,
}

#[derive(Deserialize)]
struct GroupVersion {
    version: String,
}

#[derive(Deserialize)]
struct Resources {
    resources: Vec<Listed>,
}

/// `APIResource` of the older documents.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Listed {
    name: String,
    singular_name: String,
    short_names: Vec<String>,
    namespaced: bool,
    kind: String,
    verbs: Vec<String>,
}
