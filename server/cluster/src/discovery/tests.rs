use serde_json::{Value, json};

use super::*;

fn read(document: &Value) -> Result<Document, String> {
    documents::document(document.to_string().as_bytes())
}

fn aggregated(document: &Value) -> Discovery {
    let Ok(Document::Aggregated(read)) = read(document) else {
        panic!("must be read: {document}");
    };
    let mut discovery = Discovery::default();
    discovery.add(read.resources);
    discovery.unread = read.unread;
    discovery
}

fn resource(plural: &str, kind: &str, short: &[&str]) -> Value {
    json!({"resource": plural, "responseKind": {"group": "", "version": "", "kind": kind},
        "scope": "Namespaced", "singularResource": kind.to_ascii_lowercase(),
        "verbs": ["get", "list", "watch"], "shortNames": short})
}

fn group(name: &str, versions: &Value) -> Value {
    json!({"metadata": {"name": name}, "versions": versions})
}

fn list(items: &[Value]) -> Value {
    json!({"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": items})
}

#[test]
fn a_kind_is_found_by_every_name_and_two_of_one_name_are_apart() {
    let discovery = aggregated(&list(&[
        group(
            "apps",
            &json!([{"version": "v1", "resources": [resource("statefulsets", "StatefulSet", &["sts"])]}]),
        ),
        group(
            "apps.kruise.io",
            &json!([
                {"version": "v1beta1", "resources": [resource("statefulsets", "StatefulSet", &["asts"])]},
                {"version": "v1alpha1", "resources": [resource("statefulsets", "StatefulSet", &["asts"])]},
            ]),
        ),
    ]));
    for (word, group) in [
        ("sts", "apps"),
        ("StatefulSet", "apps"),
        ("statefulsets", "apps"),
        ("statefulset.apps.kruise.io", "apps.kruise.io"),
        ("asts", "apps.kruise.io"),
    ] {
        assert_eq!(discovery.called(word).unwrap().group, group, "{word}");
    }
    // The version that the server prefers comes first.
    let foreign = discovery.find("StatefulSet", "apps.kruise.io").unwrap();
    assert_eq!(foreign.version, "v1beta1");
    assert_eq!(
        foreign.object_path(Some("shop"), "web").unwrap(),
        "/apis/apps.kruise.io/v1beta1/namespaces/shop/statefulsets/web"
    );
    assert!(discovery.called("").is_none());
    assert!(discovery.called("widget").is_none());
}

#[test]
fn a_group_that_is_down_is_unread_and_the_rest_works() {
    let discovery = aggregated(&list(&[
        group(
            "metrics.k8s.io",
            &json!([{"version": "v1beta1", "resources": [], "freshness": "Stale"}]),
        ),
        group(
            "apps",
            &json!([{"version": "v1", "freshness": "Current", "resources": [resource("deployments", "Deployment", &["deploy"])]}]),
        ),
    ]));
    assert!(
        discovery
            .unread("metrics.k8s.io")
            .unwrap()
            .contains("stale")
    );
    assert!(discovery.unread("apps").is_none());
    assert!(discovery.find("Deployment", "apps").is_some());
}

#[test]
fn older_documents_name_the_groups_and_their_versions() {
    let core = json!({"kind": "APIVersions", "versions": ["v1"]});
    let groups = json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": [
        {"name": "example.com", "versions": [{"groupVersion": "example.com/v2", "version": "v2"}],
            "preferredVersion": {"groupVersion": "example.com/v1", "version": "v1"}}]});
    let named = |document: &Value| match read(document) {
        Ok(Document::Groups(groups)) => groups,
        other => panic!("{other:?}"),
    };
    assert_eq!(named(&core), [(String::new(), "v1".to_owned())]);
    assert_eq!(
        named(&groups),
        [("example.com".to_owned(), "v1".to_owned())]
    );
    let of_group = json!({"kind": "APIResourceList", "groupVersion": "example.com/v1", "resources": [
        {"name": "widgets", "singularName": "widget", "namespaced": true, "kind": "Widget", "verbs": ["get", "list"]},
        {"name": "widgets/status", "namespaced": true, "kind": "Widget", "verbs": ["get", "patch"]},
        {"name": "reviews", "namespaced": false, "kind": "Review", "verbs": ["create"]}]});
    let read = documents::of_group("example.com", "v1", of_group.to_string().as_bytes()).unwrap();
    let plurals: Vec<&str> = read.iter().map(|each| each.plural.as_str()).collect();
    assert_eq!(plurals, ["widgets"]);
}

#[test]
fn what_is_no_document_is_refused_and_names_that_are_none_are_left_out() {
    for wrong in [
        json!({}),
        json!([]),
        json!({"kind": "APIGroupDiscoveryList", "apiVersion": "v1", "items": []}),
        json!({"kind": "PodList", "apiVersion": "v1", "items": []}),
        json!({"kind": "APIGroupList", "apiVersion": "v1"}),
    ] {
        assert!(read(&wrong).is_err(), "{wrong}");
    }
    let hostile = aggregated(&list(&[
        group(
            "../x",
            &json!([{"version": "v1", "resources": [resource("a", "A", &[])]}]),
        ),
        group(
            "example.com",
            &json!([{"version": "../v1", "resources": [resource("a", "A", &[])]},
                {"version": "v1", "resources": [resource("a/b", "A", &[]), resource("a", "A\u{202e}", &[])]}]),
        ),
    ]));
    assert_eq!(hostile.resources, []);
}

#[test]
fn a_path_is_never_made_of_what_is_no_name() {
    let mut resource = Resource::of(podside_diagnosis::facts::Kind::Pod);
    assert_eq!(
        resource.object_path(Some("shop"), "web").unwrap(),
        "/api/v1/namespaces/shop/pods/web"
    );
    assert!(resource.object_path(Some(".."), "web").is_err());
    resource.version = "..".to_owned();
    assert!(resource.object_path(Some("shop"), "web").is_err());
}
