//! Who is bound to which role.

use serde_json::{Value, json};

use super::layout::{Layout, created, name, text, wide};
use crate::fields::Fields;

pub(super) static BINDINGS: Layout = Layout {
    columns: &[
        text("Name"),
        text("Role"),
        text("Age"),
        wide("Users"),
        wide("Groups"),
        wide("ServiceAccounts"),
    ],
    cells: |o, now| {
        vec![
            name(o),
            json!(format!(
                "{}/{}",
                o.text("/roleRef/kind"),
                o.text("/roleRef/name")
            )),
            created(o, now),
            json!(subjects(o, "User")),
            json!(subjects(o, "Group")),
            json!(subjects(o, "ServiceAccount")),
        ]
    },
};

fn subjects(binding: &Value, kind: &str) -> String {
    binding
        .list("/subjects")
        .iter()
        .filter(|s| s.text("/kind") == kind)
        .map(|s| match s.text("/namespace") {
            "" => s.text("/name").to_owned(),
            namespace => format!("{namespace}/{}", s.text("/name")),
        })
        .collect::<Vec<_>>()
        .join(", ")
}
