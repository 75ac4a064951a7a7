use serde_json::json;

use super::*;

fn list(text: &str) -> Result<List<Value>, String> {
    Asked::all(Kind::Pod, Some("shop")).list(text.as_bytes(), Some)
}

fn refused(text: &str, reason: &str) {
    let error = list(text).unwrap_err();
    assert!(error.contains(reason), "{text}: {error}");
}

#[test]
fn only_the_list_that_was_asked_for_is_one() {
    let read = list(
        r#"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7","continue":"x"},
            "items":[{"metadata":{"name":"a","namespace":"shop"}},
                     {"kind":"Pod","apiVersion":"v1","metadata":{"name":"b","namespace":"shop"}}]}"#,
    )
    .unwrap();
    assert_eq!(read.items.len(), 2);
    assert_eq!((&*read.metadata.version, &*read.metadata.next), ("7", "x"));
    let empty =
        r#"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":null}"#;
    assert!(list(empty).unwrap().items.is_empty());

    refused("{}", "says no kind");
    refused("null", "does not hold pods");
    refused("<html>sign in</html>", "does not hold pods");
    refused(r#"{"items":null}"#, "says no kind");
    for foreign in [
        r#"{"kind":"ServiceList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[]}"#,
        r#"{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":{"resourceVersion":"7"},"rows":[]}"#,
        r#"{"kind":"PodList","apiVersion":"metrics.k8s.io/v1beta1","metadata":{},"items":[]}"#,
    ] {
        refused(foreign, "and no PodList of \"v1\"");
    }
    refused(
        r#"{"kind":"Status","apiVersion":"v1","status":"Failure","message":"etcd is away","code":500}"#,
        "a Status and no PodList: etcd is away",
    );
    refused(
        r#"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7"}}"#,
        "without metadata or items",
    );
    refused(
        r#"{"kind":"PodList","apiVersion":"v1","items":[]}"#,
        "without metadata or items",
    );
    refused(
        r#"{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[]}"#,
        "without a resourceVersion",
    );
    refused(
        r#"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7","remainingItemCount":3},"items":[]}"#,
        "cut off: 3 more",
    );
}

#[test]
fn metadata_is_an_answer_where_it_was_asked_for() {
    let list = |kind: &str, of: &str, item: &str| {
        format!(
            r#"{{"kind":"{kind}","apiVersion":"{of}","metadata":{{"resourceVersion":"7"}},
                "items":[{{{item}"metadata":{{"name":"a","namespace":"shop"}}}}]}}"#
        )
    };
    let item = r#""kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","#;
    let metadata = list("PartialObjectMetadataList", "meta.k8s.io/v1", item);
    let whole = list("SecretList", "v1", "");
    let asked = Asked::metadata_of(&Resource::of(Kind::Secret), Some("shop"));
    for answer in [&metadata, &whole] {
        let read: List<Value> = asked.list(answer.as_bytes(), Some).unwrap();
        assert_eq!(read.items.len(), 1);
    }
    let objects = Asked::all(Kind::Secret, Some("shop"));
    assert!(objects.list(metadata.as_bytes(), Some::<Value>).is_err());
    for other in [
        list("PartialObjectMetadataList", "v1", item),
        list("PartialObjectMetadata", "meta.k8s.io/v1", item),
        list("PodList", "v1", ""),
    ] {
        let read = asked.list(other.as_bytes(), Some::<Value>);
        assert!(read.is_err(), "{other}");
    }
    let event = |kind: &str| {
        format!(
            r#"{{"object":{{"kind":"{kind}","apiVersion":"meta.k8s.io/v1",
                "metadata":{{"name":"a","namespace":"shop"}}}}}}"#
        )
    };
    let read = |text: String| asked.event::<Value>(text.as_bytes(), false);
    assert!(read(event("PartialObjectMetadata")).is_ok());
    assert!(read(event("Table")).is_err());
}

#[test]
fn a_list_holds_only_what_was_asked_for() {
    let holding = |item: Value| {
        json!({"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": "7"}, "items": [item]})
            .to_string()
    };
    refused(
        &holding(json!({"kind": "Service", "metadata": {"name": "a", "namespace": "shop"}})),
        "what is no Pod",
    );
    refused(
        &holding(json!({"metadata": {"namespace": "shop"}})),
        "without a name",
    );
    refused(&holding(json!({})), "without a name");
    refused(
        &holding(json!({"metadata": {"name": "a", "namespace": "other"}})),
        "another namespace than shop",
    );
}

#[test]
fn an_object_is_the_one_that_was_asked_for() {
    let asked = Asked::one(Kind::Deployment, Some("shop"), "web");
    let read = |object: Value| asked.object::<Value>(object.to_string().as_bytes());
    let of = |kind: &str, namespace: &str, name: &str| json!({"kind": kind, "apiVersion": "apps/v1", "metadata": {"name": name, "namespace": namespace}});
    assert!(read(of("Deployment", "shop", "web")).is_ok());
    for other in [
        of("StatefulSet", "shop", "web"),
        of("Deployment", "other", "web"),
        of("Deployment", "shop", "cart"),
        json!({}),
        json!({"metadata": {"name": "web", "namespace": "shop"}}),
    ] {
        assert!(read(other.clone()).is_err(), "{other}");
    }
}

#[test]
fn a_version_is_one() {
    let read = |text: &'static str| {
        let body = Bytes::from_static(text.as_bytes());
        let answer = Answer::new("GET /version".into(), body, None, &Arc::default());
        answer.version("https://c").map(|(_, text)| text)
    };
    assert_eq!(read(r#"{"gitVersion":"v1.36.2"}"#).unwrap(), "v1.36.2");
    for other in [
        "{}",
        "[]",
        "<html>",
        r#"{"gitVersion":""}"#,
        r#"{"gitVersion":7}"#,
    ] {
        let error = read(other).unwrap_err().to_string();
        assert!(error.contains("is https://c a Kubernetes"), "{error}");
    }
}
