//! The objects that a pasted text names, and what kubectl printed it.

use std::collections::BTreeMap;

use podside_model::ObjectRef;

use super::words::is_generated;
use crate::facts::Object;
use crate::snapshot::Snapshot;

/// The most names that are looked for.
const MOST: usize = 200;

/// What kubectl printed a text, by its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Printed {
    /// `kubectl describe`.
    Describe,
    /// `kubectl get`.
    Get,
    /// `kubectl events` or `kubectl get events`.
    Events,
    /// `kubectl logs --prefix`.
    Logs,
}

/// What a text names.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) printed: Option<Printed>,
    /// Names in the order of the text, with the kind where one stands before it in small
    /// letters, and whether the text says that it is a name.
    names: Vec<Name>,
    namespace: Option<String>,
}

#[derive(Debug)]
struct Name {
    name: String,
    kind: Option<String>,
    is_said: bool,
}

impl Names {
    /// Reads the names of the lines of a text.
    pub(super) fn read(lines: &[&str]) -> Self {
        let mut names = Self::default();
        // The column of names of a table, and that of namespaces.
        let mut table: Option<(usize, Option<usize>)> = None;
        for line in lines {
            let cells: Vec<&str> = line.split_whitespace().collect();
            if let Some(header) = header(&cells) {
                names.printed = names.printed.or(Some(header.0));
                table = (header.0 == Printed::Get).then_some((header.1, header.2));
                continue;
            }
            if let Some((at, namespace)) = table {
                if let Some(cell) = cells.get(at) {
                    names.add(cell, true);
                }
                if let Some(cell) = namespace.and_then(|at| cells.get(at)) {
                    names.namespace.get_or_insert_with(|| (*cell).to_owned());
                }
                continue;
            }
            names.describe(&cells);
            if line.starts_with("[pod/") {
                names.printed = names.printed.or(Some(Printed::Logs));
            }
            let mut before = "";
            for cell in line.split(|c: char| c.is_whitespace() || "\"'`,;()[]{}=<>".contains(c)) {
                let cell = cell.trim_matches(|c: char| !c.is_ascii_alphanumeric());
                if cell.is_empty() {
                    continue;
                }
                let is_kind = kind_of(before).is_some();
                if is_kind {
                    // A namespace may stand before the name.
                    let name = cell.rsplit('/').next().unwrap_or(cell);
                    names.add(&format!("{before}/{name}"), true);
                } else {
                    names.add(cell, false);
                }
                before = cell;
            }
        }
        names
    }

    /// `Name:` and `Namespace:` at the beginning of a line of `kubectl describe`.
    fn describe(&mut self, cells: &[&str]) {
        match cells {
            ["Name:", name, ..] => {
                self.printed = self.printed.or(Some(Printed::Describe));
                self.add(name, true);
            }
            ["Namespace:", namespace, ..] => {
                self.namespace
                    .get_or_insert_with(|| (*namespace).to_owned());
            }
            _ => {}
        }
    }

    fn add(&mut self, cell: &str, is_said: bool) {
        if self.names.len() >= MOST {
            return;
        }
        let parts: Vec<&str> = cell.split('/').collect();
        let (kind, name) = match parts.as_slice() {
            [kind, name, ..] if kind_of(kind).is_some() => (kind_of(kind), *name),
            [_, name] | [name] => (None, *name),
            _ => return,
        };
        // A word that nothing says to be a name is one when it looks like one.
        let is_said = is_said || kind.is_some() || parts.len() == 2;
        let looks = name.contains('-') || name.bytes().any(|b| b.is_ascii_digit());
        if name.len() < 2 || name.len() > 253 || !(is_said || looks) {
            return;
        }
        self.names.push(Name {
            name: name.to_lowercase(),
            kind: kind.map(str::to_owned),
            is_said,
        });
    }

    /// The objects of a cluster that are named, in the order of the text. A Pod that is gone
    /// is what its name says that it belonged to.
    pub(super) fn objects(&self, snapshot: &Snapshot, namespace: Option<&str>) -> Vec<ObjectRef> {
        let place = namespace.or(self.namespace.as_deref());
        let known = by_name(snapshot, place);
        let mut found: Vec<ObjectRef> = Vec::new();
        for it in &self.names {
            let whole = known.get(it.name.as_str());
            let owner = without_generated(&it.name).and_then(|name| known.get(name));
            let Some(objects) = whole.or(owner) else {
                continue;
            };
            let of_kind = |object: &&ObjectRef| {
                whole.is_none()
                    || it
                        .kind
                        .as_ref()
                        .is_none_or(|kind| object.kind.eq_ignore_ascii_case(kind))
            };
            // What has a short name and nothing says it is one would be any word.
            if whole.is_some() && !it.is_said && !it.name.contains('-') {
                continue;
            }
            for object in objects.iter().filter(of_kind) {
                if !found.contains(object) {
                    found.push(object.clone());
                }
            }
        }
        found
    }
}

/// The objects of the kinds that are asked for most, by name.
fn by_name<'a>(
    snapshot: &'a Snapshot,
    namespace: Option<&str>,
) -> BTreeMap<&'a str, Vec<ObjectRef>> {
    let mut known: BTreeMap<&str, Vec<ObjectRef>> = BTreeMap::new();
    macro_rules! add {
        ($($table:ident),+) => {
            $(for object in snapshot.$table.iter() {
                let meta = object.meta();
                let is_here = meta.namespace.is_empty()
                    || namespace.is_none_or(|namespace| *meta.namespace == *namespace);
                if is_here {
                    known.entry(&*meta.name).or_default().push(object.object_ref());
                }
            })+
        };
    }
    add!(
        deployments,
        stateful_sets,
        daemon_sets,
        cron_jobs,
        jobs,
        pods,
        services,
        ingresses,
        nodes,
        config_maps,
        claims
    );
    known
}

/// A name without the ends that were made up for it; `None` when it has none.
fn without_generated(name: &str) -> Option<&str> {
    let mut rest = name;
    while let Some((before, end)) = rest.rsplit_once('-') {
        if !is_generated(end) && !end.bytes().all(|b| b.is_ascii_digit()) {
            break;
        }
        rest = before;
    }
    (rest.len() < name.len()).then_some(rest)
}

/// A kind as kubectl writes it before a name.
fn kind_of(word: &str) -> Option<&'static str> {
    const KINDS: [(&str, &[&str]); 12] = [
        ("pod", &["pod", "pods", "po"]),
        (
            "deployment",
            &["deployment", "deployments", "deploy", "deployment.apps"],
        ),
        (
            "statefulset",
            &["statefulset", "statefulsets", "sts", "statefulset.apps"],
        ),
        (
            "daemonset",
            &["daemonset", "daemonsets", "ds", "daemonset.apps"],
        ),
        (
            "replicaset",
            &["replicaset", "replicasets", "rs", "replicaset.apps"],
        ),
        ("job", &["job", "jobs", "job.batch"]),
        ("cronjob", &["cronjob", "cronjobs", "cj", "cronjob.batch"]),
        ("service", &["service", "services", "svc"]),
        (
            "ingress",
            &["ingress", "ingresses", "ing", "ingress.networking.k8s.io"],
        ),
        ("node", &["node", "nodes"]),
        ("configmap", &["configmap", "configmaps", "cm"]),
        (
            "persistentvolumeclaim",
            &["persistentvolumeclaim", "persistentvolumeclaims", "pvc"],
        ),
    ];
    let word = word.to_ascii_lowercase();
    KINDS
        .iter()
        .find(|(_, names)| names.contains(&word.as_str()))
        .map(|(kind, _)| *kind)
}

/// What a line of headings begins, with its columns of names and of namespaces.
fn header(cells: &[&str]) -> Option<(Printed, usize, Option<usize>)> {
    let at = |heading: &str| cells.iter().position(|cell| *cell == heading);
    if at("REASON").is_some() && at("OBJECT").is_some() && at("MESSAGE").is_some() {
        return Some((Printed::Events, 0, None));
    }
    let name = at("NAME").filter(|name| *name < 2 && cells.len() > *name + 1)?;
    cells
        .iter()
        .all(|cell| cell.chars().all(|c| !c.is_lowercase()))
        .then(|| (Printed::Get, name, at("NAMESPACE")))
}
