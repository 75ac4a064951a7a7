//! How every text of the diagnosis reads: one file a language, to be read as a whole when it
//! changes.
//!
//! Other tests compare ids and arguments, so the wording is held here alone. A text that a
//! recording tells stands as the first of them tells it; one that none tells is filled with
//! what it could be told with.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, stream};
use podside_diagnosis::texts::{self, TextError, resolve_strictly};
use podside_model::{Arg, Diagnosis, Lang, Message};
use podside_replay::Recording;

use crate::recorded::{all, examined};

/// The values with which texts are filled that no recording tells, by their arguments' names.
const PLAUSIBLE: &[(&str, &str)] = &[
    ("account", "default"),
    ("address", "10.0.0.7"),
    ("age", "1 h"),
    ("allocatable", "4Gi"),
    ("api", "metrics.k8s.io"),
    ("application", "shop"),
    ("arch", "arm64"),
    ("asked", "512Mi"),
    ("binding", "RoleBinding reader"),
    ("bound", "max"),
    ("candidates", "policy.example"),
    ("claim", "data-cart-0"),
    ("class", "standard"),
    ("classes", "runc"),
    ("client", "Pod bff-0"),
    ("code", "137"),
    ("command", "/app/serve"),
    ("component", "the cloud controller manager"),
    ("condition", "DisruptionTarget"),
    ("conditions", "KernelDeadlock"),
    ("container", "app"),
    ("container_name", "app"),
    ("containers", "app"),
    ("count", "7"),
    ("crashed", "coredns"),
    ("created", "Pods"),
    ("deadline", "600"),
    ("dns", "10.96.0.10"),
    ("domain", "shop.svc.cluster.local"),
    ("elsewhere", "orders"),
    ("error", "permission denied"),
    ("evicted", "3"),
    ("failure", "x509: certificate has expired"),
    ("field", "spec.replicas"),
    ("found", "128Mi"),
    ("free", "256Mi"),
    ("gone", "Pod cart-5d-x4kzq"),
    ("has", "5Gi"),
    ("have", "1"),
    ("holder", "Pod edge/proxy"),
    ("holder_node", "worker-2"),
    ("image", "reg.example/cart:9"),
    ("ingress", "web"),
    ("init", "migrate"),
    ("is", "nodeSelector"),
    ("job", "nightly"),
    ("keeper", "search-operator"),
    ("key", "password"),
    ("keys", "app.yml"),
    ("kind", "Deployment"),
    ("kubelet", "v1.29.0"),
    ("leaving", "cart-5d-x4kzq"),
    ("limit", "96Mi"),
    ("limits", "limits.cpu"),
    ("line", "FATAL: import aborted"),
    ("max", "5"),
    ("meaning", "exit code 1"),
    ("mount", "/app"),
    ("name", "cart"),
    ("nameserver", "192.0.2.53"),
    ("namespace", "shop"),
    ("near", "carts"),
    ("needed_by", "Ingress web"),
    ("node", "worker-1"),
    ("nodes", "worker-1"),
    ("object", "settings"),
    ("of", "Container"),
    ("other", "store"),
    ("others", "cart-2"),
    ("owner", "cart"),
    ("owner_kind", "Deployment"),
    ("part", "latest!"),
    ("path", "/app/data"),
    ("period", "10"),
    ("place", "/spec"),
    ("pod", "cart-5d-x4kzq"),
    ("policy", "Never"),
    ("port", "8080"),
    ("ports", "80 (http)"),
    ("probe", "http GET :8080/readyz"),
    ("provisioner", "csi.example"),
    ("quota", "compute"),
    ("range", "LimitRange limits"),
    ("reason", "FailedScheduling"),
    ("registry", "reg.example"),
    ("release", "shop"),
    ("release_namespace", "prod"),
    ("released", "data"),
    ("resource", "memory"),
    ("restarts", "7"),
    ("right", "ClusterFirst"),
    ("role", "Role reader"),
    ("route", "shop.example/"),
    ("said", "exceeded quota: compute"),
    ("schedule", "0 3 * * *"),
    ("scheme", "HTTP"),
    ("secret", "settings"),
    ("secrets", "regcred"),
    ("selector", "app=cart"),
    ("server", "v1.33.4"),
    ("service", "cart"),
    ("service_namespace", "webhooks"),
    ("shortages", "cpu 9 > 4"),
    ("signal", "11"),
    ("since", "20 min"),
    ("size", "30.5Gi"),
    ("skew", "1"),
    ("slice", "EndpointSlice cart-1"),
    ("source", "NFS files.example:/x"),
    ("sources", "Secret settings"),
    ("taint", "team=data:NoSchedule"),
    ("target", "3000"),
    ("target_kind", "Deployment"),
    ("target_name", "cart"),
    ("terms", "topology.kubernetes.io/zone=zone-a"),
    ("there", "8081"),
    ("topology", "topology.kubernetes.io/zone"),
    ("type", "Opaque"),
    ("used", "31985460Ki"),
    ("user", "app"),
    ("value", "64Mi"),
    ("variable", "DATABASE_URL"),
    ("verb", "list"),
    ("verbs", "get"),
    ("volume", "data"),
    ("wanted", "3"),
    ("webhook", "policy.example"),
    ("webhooks", "inject.mesh.example"),
    ("what", "ConfigMap"),
    ("where", "env of container app"),
];

/// As [`PLAUSIBLE`], where one text means something else by a name: the id and the name.
const PARTICULAR: &[(&str, &str, &str)] = &[(
    "pvc-unbound.explanation.unfit",
    "near",
    "data is too small: it has 5Gi, and 10Gi are asked for.",
)];

const FILES: [(Lang, &str); 2] = [
    (
        Lang::En,
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/wording/en.txt"),
    ),
    (
        Lang::Ja,
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/wording/ja.txt"),
    ),
];

/// To renew the files: `BLESS=1 cargo nextest run wording`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_text_reads_as_the_wording_files_have_it() {
    let mut told = told().await;
    for id in texts::ids() {
        told.entry(id.to_owned()).or_insert_with(|| plausible(id));
    }
    let mut changed = Vec::new();
    for (lang, path) in FILES {
        let reads = written(&told, lang);
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(path, &reads).unwrap();
        }
        let held = std::fs::read_to_string(path).unwrap();
        changed.extend(differences(&held, &reads));
    }
    assert!(
        changed.is_empty(),
        "texts read otherwise than server/tests/wording/ has it; read them, and renew the files \
         with BLESS=1:\n{}",
        changed.join("\n")
    );
}

/// What the diagnoses of all recordings tell: the first message of each id.
async fn told() -> BTreeMap<String, Message> {
    let mut recordings = all();
    recordings.sort_by(|a, b| a.name().cmp(b.name()));
    let of_each = |recording: Recording| async {
        let mut messages = Vec::new();
        let diagnosis = examined(recording).await.diagnosis;
        let _ = Diagnosis::clone(&diagnosis).map_text(|message| collect(message, &mut messages));
        messages
    };
    let told: Vec<Vec<Message>> = stream::iter(recordings)
        .map(of_each)
        .buffered(4)
        .collect()
        .await;
    let mut by_id = BTreeMap::new();
    for message in told.into_iter().flatten() {
        by_id.entry(message.id.clone()).or_insert(message);
    }
    by_id
}

/// A message and those within it.
fn collect(message: Message, messages: &mut Vec<Message>) {
    for arg in message.args.values() {
        if let Arg::Message(inner) = arg {
            collect((**inner).clone(), messages);
        }
    }
    messages.push(message);
}

/// A text with a value for each of its arguments.
fn plausible(id: &str) -> Message {
    let mut message = Message::new(id);
    while let Err(error) = resolve_strictly(&message, Lang::En) {
        let TextError::MissingArgument { argument, .. } = error.clone() else {
            panic!("{error}");
        };
        // What is given as text and still missed is a number, which chooses between two words.
        let as_text = resolve_strictly(&message.clone().with(&argument, ""), Lang::En);
        let value = if as_text == Err(error) {
            Arg::Number(3)
        } else {
            Arg::from(value_of(id, &argument))
        };
        message = message.with(&argument, value);
    }
    message
}

/// What the argument of a text could be told with. Every name has its value, so that no
/// text reads as if it were broken.
fn value_of(id: &str, argument: &str) -> &'static str {
    let particular = PARTICULAR
        .iter()
        .find(|(of, name, _)| (*of, *name) == (id, argument));
    let plausible = || PLAUSIBLE.iter().find(|(name, _)| *name == argument);
    particular
        .map(|(.., value)| *value)
        .or_else(|| plausible().map(|(_, value)| *value))
        .unwrap_or_else(|| panic!("{id}: give {{{argument}}} a plausible value here"))
}

/// A line for each text: its id and how it reads.
fn written(told: &BTreeMap<String, Message>, lang: Lang) -> String {
    let lines = told.iter().map(|(id, message)| {
        let reads = resolve_strictly(message, lang).unwrap_or_else(|e| panic!("{e}"));
        format!("{id}: {}\n", reads.replace('\n', "\\n"))
    });
    lines.collect()
}

/// The lines that only one of two files has.
fn differences(held: &str, reads: &str) -> Vec<String> {
    let only = |sign: &str, of: &str, other: &str| -> Vec<String> {
        let other: BTreeSet<&str> = other.lines().collect();
        of.lines()
            .filter(|line| !other.contains(line))
            .map(|line| format!("{sign} {line}"))
            .collect()
    };
    [only("-", held, reads), only("+", reads, held)].concat()
}
