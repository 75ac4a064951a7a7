//! Answers of an API server: pages of lists, objects, reviews, Status, and what is none.

use podside_cluster::Connection;
use podside_model::ObjectRef;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use super::liar::{Liar, Lie};
use super::{cases, is_plain};

/// The value of a Secret, which comes out nowhere.
const SECRET: &str = "aHVudGVyMjpjb3JyZWN0LWhvcnNl";

fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        ".{0,20}",
        "Status|v1|List|Pod|1|2026-01-01T00:00:00Z",
        Just("\u{1b}[31m\u{202e}".to_owned())
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        let key = prop_oneof![
            "items|metadata|kind|status|message|code|name|data",
            ".{0,6}"
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..5)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// A list, or what looks like one, of what may be Secrets.
fn list() -> impl Strategy<Value = Value> {
    (any_json(), any_json(), any_json(), any_json()).prop_map(|(kind, metadata, item, data)| {
        let secret = json!({"metadata": {"name": "s", "namespace": "a",
                "annotations": {"kubectl.kubernetes.io/last-applied-configuration": SECRET}},
            "data": {"k": SECRET}, "stringData": data, "spec": item});
        json!({"kind": kind, "apiVersion": "v1", "metadata": metadata, "items": [secret, item, {"metadata": item, "data": {"k": SECRET}}],
            "data": {"k": SECRET, "data": data}})
    })
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let json = || prop_oneof![3 => list(), 2 => any_json()];
    prop_oneof![
        6 => json().prop_map(|value| value.to_string().into_bytes()),
        2 => (json(), any::<prop::sample::Index>(), any::<u8>()).prop_map(|(value, at, byte)| {
            let mut bytes = value.to_string().into_bytes();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            bytes
        }),
        1 => prop::collection::vec(any::<u8>(), 0..300),
        1 => ("[\\[{]", 0..2000_usize).prop_map(|(open, times)| open.repeat(times).into_bytes()),
    ]
}

fn lie() -> impl Strategy<Value = Lie> {
    let code = prop_oneof![
        6 => Just(200),
        1 => prop::sample::select(&[204, 206, 301, 400, 401, 403, 404, 406, 409, 410, 422, 500][..])
    ];
    let raw = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        "HTTP/1.1 200 OK\r\n(Content-Length: [0-9a-z-]{1,20}\r\n|Transfer-Encoding: chunked\r\n|X: .{0,20}\r\n){0,3}\r\n([0-9a-f]{1,6}\r\n)?.{0,60}"
            .prop_map(String::into_bytes),
    ];
    let missing = prop_oneof![8 => Just(0), 1 => 1..100_usize];
    (code, body(), missing, prop::option::weighted(0.1, raw)).prop_map(
        |(code, body, missing, raw)| Lie {
            code,
            body,
            missing,
            raw,
        },
    )
}

/// Lets the API server tell each lie, to a connection of its own: one that has heard many
/// would ask ever more slowly.
fn hear(count: u32, ask: impl AsyncFn(Connection)) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let liar = runtime.block_on(Liar::start());
    TestRunner::new(cases(count))
        .run(&lie(), |lie| {
            liar.tell(lie);
            runtime.block_on(async {
                let connection = Connection::to_address("c", &liar.address, None).await;
                ask(connection.unwrap()).await;
            });
            Ok(())
        })
        .unwrap();
}

fn tells_nothing(error: &podside_cluster::Error) {
    is_plain(&error.to_string());
    assert!(!error.to_string().contains(SECRET), "{error}");
}

#[test]
fn any_answer_is_read_or_is_an_error() {
    let of = |kind: &str| ObjectRef::namespaced(kind, "a", "s");
    hear(48, async |connection| {
        match connection.object(&of("Secret")).await {
            Ok(podside_cluster::Found { value, .. }) => {
                assert!(value.is_object(), "{value}");
                assert!(!value["data"].to_string().contains(SECRET), "{value}");
            }
            Err(error) => tells_nothing(&error),
        }
        if let Err(error) = connection.object(&of("Pod")).await {
            tells_nothing(&error);
        }
        // Of a kind that only the server can tell of.
        let widget = of("Widget").in_group("example.com");
        if let Err(error) = connection.object(&widget).await {
            tells_nothing(&error);
        }
        match connection.printed(&of("Pod")).await {
            Ok(columns) => columns.iter().for_each(|(name, value)| {
                is_plain(name);
                is_plain(value);
            }),
            Err(error) => tells_nothing(&error),
        }
        match connection.rights("a").await {
            Ok(rights) => {
                assert!(rights.may("get", "", "pods") || !rights.may("*", "*", "*"));
            }
            Err(error) => tells_nothing(&error),
        }
    });
}

/// Every kind is asked for, and a server that lies is asked a few times a second.
#[test]
fn a_whole_cluster_of_lies_is_read_or_is_an_error() {
    hear(2, async |connection| {
        match connection.read_once(&["a".to_owned()]).await {
            Ok(snapshot) => {
                let secrets = format!("{:?}", snapshot.secrets);
                assert!(!secrets.contains(SECRET), "{secrets}");
            }
            Err(error) => tells_nothing(&error),
        }
    });
}
