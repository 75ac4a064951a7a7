//! Objects of every kind that a cluster has: those of other groups than Kubernetes' own, and
//! two kinds of one name.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod serving;

use serde_json::{Value, json};
use serving::Serving;

/// A StatefulSet of Kubernetes and one of another group, of one name, each with a Pod and
/// an event of its own; and a kind that only its CustomResourceDefinition tells of.
fn cluster() -> Value {
    let set = |version: &str, uid: &str| {
        json!({"apiVersion": version, "kind": "StatefulSet",
            "metadata": {"name": "web", "namespace": "shop", "uid": uid, "creationTimestamp": "2026-11-20T10:00:00Z",
                "labels": {"told-by": uid}},
            "spec": {"replicas": 1, "selector": {"matchLabels": {"set": uid}},
                "template": {"metadata": {"labels": {"set": uid}}, "spec": {"containers": [{"name": "app", "image": "registry.example/web:1"}]}}}})
    };
    let pod = |name: &str, version: &str, uid: &str| {
        json!({"apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": name, "namespace": "shop", "uid": name, "creationTimestamp": "2026-11-20T10:00:00Z",
                "labels": {"set": uid},
                "ownerReferences": [{"apiVersion": version, "kind": "StatefulSet", "name": "web", "uid": uid, "controller": true}]},
            "spec": {"nodeName": "n", "containers": [{"name": "app", "image": "registry.example/web:1"}]},
            "status": {"phase": "Running"}})
    };
    let event = |version: &str, uid: &str| {
        json!({"apiVersion": "v1", "kind": "Event", "type": "Normal", "reason": format!("Told{uid}"),
            "metadata": {"name": format!("e-{uid}"), "namespace": "shop", "uid": format!("e-{uid}")},
            "message": format!("said of {uid}"), "lastTimestamp": "2026-11-20T10:00:00Z",
            "involvedObject": {"apiVersion": version, "kind": "StatefulSet", "namespace": "shop", "name": "web"}})
    };
    let (own, foreign) = ("apps/v1", "apps.kruise.io/v1beta1");
    json!({"apiVersion": "v1", "kind": "List", "metadata": {}, "items": [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "uid": "shop"}},
        set(own, "Own"), set(foreign, "Foreign"),
        pod("own-0", own, "Own"), pod("foreign-0", foreign, "Foreign"),
        event(own, "Own"), event(foreign, "Foreign"),
        {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": "widgets.example.com", "uid": "crd"},
            "spec": {"group": "example.com", "scope": "Namespaced",
                "names": {"kind": "Widget", "plural": "widgets", "singular": "widget", "shortNames": ["wd"]},
                "versions": [{"name": "v1", "additionalPrinterColumns": [
                    {"name": "Ready", "type": "string", "jsonPath": ".status.conditions[?(@.type==\"Ready\")].status"},
                    {"name": "Colour", "type": "string", "jsonPath": ".spec.colour"},
                    {"name": "Wide", "type": "string", "priority": 1, "jsonPath": ".metadata.uid"}]}]}},
        {"apiVersion": "example.com/v1", "kind": "Widget",
            "metadata": {"name": "one", "namespace": "shop", "uid": "widget-one"},
            "spec": {"colour": "vermilion"},
            "status": {"conditions": [{"type": "Ready", "status": "False", "reason": "OutOfPaint", "message": "no vermilion is left"}]}},
    ]})
}

fn serving() -> Serving {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("cluster");
    std::fs::create_dir(&path).unwrap();
    std::fs::write(path.join("objects.json"), cluster().to_string()).unwrap();
    Serving::start_with(home, |command| {
        command.arg("--replay").arg(path);
    })
}

fn page(serving: &Serving, path: &str) -> String {
    let answer = serving.get(path);
    assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
    answer
}

#[test]
fn two_kinds_of_one_name_have_a_page_each() {
    let serving = serving();
    for (kind, told, other) in [
        ("StatefulSet", "Own", "Foreign"),
        ("StatefulSet.apps", "Own", "Foreign"),
        ("StatefulSet.apps.kruise.io", "Foreign", "Own"),
    ] {
        let shown = page(&serving, &format!("/objects/{kind}/shop/web"));
        assert!(shown.contains(&format!("told-by={told}")), "{kind}");
        assert!(shown.contains(&format!("said of {told}")), "{kind}");
        assert!(!shown.contains(&format!("told-by={other}")), "{kind}");
        assert!(!shown.contains(&format!("said of {other}")), "{kind}");
        let yaml = page(&serving, &format!("/objects/{kind}/shop/web?tab=yaml"));
        assert!(yaml.contains(told), "{kind}");
        assert!(!yaml.contains(&format!("uid: {other}")), "{kind}");
    }
}

#[test]
fn an_owner_of_another_group_is_led_to() {
    let serving = serving();
    let own = page(&serving, "/objects/Pod/shop/own-0");
    assert!(own.contains("/objects/StatefulSet.apps/shop/web"));
    let foreign = page(&serving, "/objects/Pod/shop/foreign-0");
    assert!(foreign.contains("/objects/StatefulSet.apps.kruise.io/shop/web"));
    assert!(foreign.contains("kubectl -n shop describe pod foreign-0"));
    let set = page(&serving, "/objects/StatefulSet.apps.kruise.io/shop/web");
    assert!(set.contains("describe statefulset.apps.kruise.io web"));
}

#[test]
fn a_custom_object_is_shown_by_any_name_of_its_kind() {
    let serving = serving();
    for kind in [
        "Widget.example.com",
        "Widget",
        "widgets",
        "wd",
        "widget.example.com",
    ] {
        let shown = page(&serving, &format!("/objects/{kind}/shop/one"));
        for said in [
            "vermilion",
            "OutOfPaint",
            "no vermilion is left",
            "Widget.example.com",
        ] {
            assert!(shown.contains(said), "{kind}: {said}");
        }
    }
}

#[test]
fn a_kind_that_the_cluster_has_not_is_told_from_an_object_that_is_gone() {
    let serving = serving();
    let gone = serving.get("/objects/Gadget.example.com/shop/one");
    assert!(gone.starts_with("HTTP/1.1 404"), "{gone}");
    assert!(gone.contains("has no kind Gadget.example.com"), "{gone}");
    let missing = serving.get("/objects/Widget.example.com/shop/two");
    assert!(missing.starts_with("HTTP/1.1 404"), "{missing}");
    assert!(
        missing.contains("There is no Widget.example.com shop/two"),
        "{missing}"
    );
    for hostile in ["..%2Fsecrets", "%00", "a%2Fb", "Pod.%2e%2e"] {
        let answer = serving.get(&format!("/objects/{hostile}/shop/one"));
        assert!(!answer.starts_with("HTTP/1.1 2"), "{hostile}: {answer}");
        assert!(!answer.starts_with("HTTP/1.1 5"), "{hostile}: {answer}");
    }
}

#[test]
fn a_kind_is_listed_by_any_of_its_names_with_its_own_columns() {
    let serving = serving();
    for kind in ["Widget.example.com", "Widget", "widgets", "wd"] {
        let shown = page(&serving, &format!("/objects?kind={kind}"));
        for said in [
            "/objects/Widget.example.com/shop/one",
            "vermilion",
            "its condition Ready says False",
            "example.com/v1",
        ] {
            assert!(shown.contains(said), "{kind}: {said}");
        }
        assert!(!shown.contains("widget-one"), "{kind}");
    }
    let wide = page(
        &serving,
        "/objects?kind=widgets&columns=wide&namespace=shop",
    );
    assert!(wide.contains("widget-one"), "{wide}");
    // What is called as two kinds are is Kubernetes' own, and leads to the other.
    let sets = page(&serving, "/objects?kind=statefulsets");
    assert!(sets.contains("/objects/StatefulSet.apps/shop/web"));
    assert!(sets.contains("/objects?kind=StatefulSet.apps.kruise.io"));
    let others = page(&serving, "/objects?kind=StatefulSet.apps.kruise.io");
    assert!(others.contains("/objects/StatefulSet.apps.kruise.io/shop/web"));
    let index = page(&serving, "/objects");
    for kind in ["Widget.example.com", "Pod", "StatefulSet.apps", "Node"] {
        assert!(index.contains(&format!("/objects?kind={kind}\"")), "{kind}");
    }
}

#[test]
fn rows_are_chosen_by_labels_and_words_and_sorted() {
    let serving = serving();
    let own = page(&serving, "/objects?kind=pods&labels=set%3DOwn");
    assert!(own.contains("/objects/Pod/shop/own-0"));
    assert!(!own.contains("/objects/Pod/shop/foreign-0"));
    let found = page(&serving, "/objects?kind=pods&find=FOREIGN");
    assert!(!found.contains("/objects/Pod/shop/own-0"));
    assert!(found.contains("/objects/Pod/shop/foreign-0"));
    let sorted = page(&serving, "/objects?kind=pods&sort=-name");
    let at = |name: &str| sorted.find(&format!("/objects/Pod/shop/{name}")).unwrap();
    assert!(at("own-0") < at("foreign-0"));
    let wrong = serving.get("/objects?kind=pods&labels=set%20Own%26limit%3D1");
    assert!(wrong.starts_with("HTTP/1.1 400"), "{wrong}");
    let none = serving.get("/objects?kind=Wigdet");
    assert!(none.starts_with("HTTP/1.1 404"), "{none}");
    assert!(none.contains("/objects?kind=Widget.example.com"), "{none}");
    for hostile in ["..%2Fsecrets", "%00", "a%2Fb", "%e2%80%ae", "..", "."] {
        let answer = serving.get(&format!("/objects?kind={hostile}"));
        assert!(
            answer.starts_with("HTTP/1.1 4") || answer.starts_with("HTTP/1.1 3"),
            "{hostile}: {answer}"
        );
    }
}

#[test]
fn events_are_one_row_a_series_and_lead_to_what_they_are_about() {
    let serving = serving();
    let all = page(&serving, "/events");
    for (uid, kind) in [
        ("Own", "StatefulSet.apps"),
        ("Foreign", "StatefulSet.apps.kruise.io"),
    ] {
        assert!(all.contains(&format!("said of {uid}")), "{uid}");
        assert!(all.contains(&format!("/objects/{kind}/shop/web")), "{kind}");
    }
    let own = page(&serving, "/events?kind=StatefulSet.apps&namespace=shop");
    assert!(own.contains("said of Own") && !own.contains("said of Foreign"));
    let nowhere = serving.get("/events?namespace=nowhere");
    assert!(nowhere.starts_with("HTTP/1.1 404"), "{nowhere}");
    let none = page(&serving, "/events?type=Warning");
    assert!(none.contains("No event matches"), "{none}");
}
