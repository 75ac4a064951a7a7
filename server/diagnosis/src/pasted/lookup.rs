//! Objects by the words that they are called by.

use podside_model::ObjectRef;

use crate::facts::{Meta, Object};
use crate::snapshot::Snapshot;

/// The most words that count.
const WORDS: usize = 8;

/// The objects that have all words in their kind, namespace, name or labels, and how many
/// more than `most` there are. Those whose name is a word come first, then those whose name
/// begins with one.
pub fn objects_with(
    snapshot: &Snapshot,
    words: &str,
    namespace: Option<&str>,
    most: usize,
) -> (Vec<ObjectRef>, usize) {
    let words = words.trim_start_matches('@').to_lowercase();
    // What has many words is a message and no name.
    let words: Vec<&str> = words.split_whitespace().collect();
    if words.is_empty() || words.len() > WORDS {
        return (Vec::new(), 0);
    }
    let mut found: Vec<(u8, ObjectRef)> = Vec::new();
    macro_rules! look {
        ($($table:ident),+) => {
            $(for object in snapshot.$table.iter() {
                let meta = object.meta();
                if is_here(meta, namespace) && let Some(rank) = rank(&words, object.kind(), meta) {
                    found.push((rank, object.object_ref()));
                }
            })+
        };
    }
    look!(
        deployments,
        stateful_sets,
        daemon_sets,
        cron_jobs,
        jobs,
        pods,
        services,
        ingresses,
        config_maps,
        claims,
        nodes,
        namespaces
    );
    // Objects of one rank stay in the order of their kinds.
    found.sort_by_key(|(rank, _)| *rank);
    let more = found.len().saturating_sub(most);
    found.truncate(most);
    (found.into_iter().map(|(_, object)| object).collect(), more)
}

fn is_here(meta: &Meta, namespace: Option<&str>) -> bool {
    meta.namespace.is_empty() || namespace.is_none_or(|namespace| *meta.namespace == *namespace)
}

/// How well the words fit; `None` when one of them does not.
fn rank(words: &[&str], kind: &str, meta: &Meta) -> Option<u8> {
    let mut called = format!(
        "{kind} {kind}/{} {}/{}",
        meta.name, meta.namespace, meta.name
    );
    for (key, value) in meta.labels.iter() {
        called.push(' ');
        called.push_str(key);
        called.push('=');
        called.push_str(value);
    }
    called.make_ascii_lowercase();
    if !words.iter().all(|word| called.contains(word)) {
        return None;
    }
    let name = &*meta.name;
    Some(if words.contains(&name) {
        0
    } else if words.iter().any(|word| name.starts_with(word)) {
        1
    } else {
        2
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::check;

    #[test]
    fn an_object_is_found_by_kind_name_label_and_namespace() {
        let check = check(
            r"
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: bank, labels: {tier: front}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: bank}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
",
        );
        let found = |words: &str, namespace, most| {
            let (objects, more) = objects_with(check.snapshot(), words, namespace, most);
            let objects: Vec<String> = objects.iter().map(ToString::to_string).collect();
            (objects.join(", "), more)
        };
        let all = "Service bank/web, Service shop/web, Pod bank/web-1";
        assert_eq!(found("web", None, 9), (all.to_owned(), 0));
        assert_eq!(found("@web", None, 1), ("Service bank/web".to_owned(), 2));
        assert_eq!(found("WEB", Some("shop"), 9).0, "Service shop/web");
        assert_eq!(found("service bank", None, 9).0, "Service bank/web");
        assert_eq!(found("tier=front", None, 9).0, "Pod bank/web-1");
        assert_eq!(found("bank/web-1", None, 9).0, "Pod bank/web-1");
        assert_eq!(found("ledger", None, 9).0, "");
        assert_eq!(found("web a b c d e f g h", None, 9).0, "");
    }
}
