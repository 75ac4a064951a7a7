use podside_model::view::{Content, Section};
use serde_json::Value;

use super::super::yaml::yaml;
use super::json::Json;
use super::rows::Rows;
use super::{metadata, section};

/// Fields of an object that are said by other sections, or by nothing that a reader
/// looks for.
const SAID: [&str; 4] = ["apiVersion", "kind", "metadata", "status"];

/// An object of a kind that has no form of its own: its metadata, then each of its
/// other fields as YAML.
pub(super) fn sections(kind: &str, object: &Value) -> Vec<Section> {
    let mut rows = Rows::default();
    rows.text("Namespace", object, "/metadata/namespace")
        .text("API Version", object, "/apiVersion")
        .moment("CreationTimestamp", object, "/metadata/creationTimestamp");
    metadata::labels_and_annotations(&mut rows, object);
    metadata::controlled_by(&mut rows, object);
    let mut sections: Vec<Section> = section(kind, None, rows).into_iter().collect();
    let fields = object.as_object().into_iter().flatten();
    for (field, value) in fields.filter(|(field, _)| !SAID.contains(&field.as_str())) {
        let (text, _) = yaml(value, None);
        sections.push(Section {
            title: field.clone(),
            name: None,
            content: Content::Yaml(text),
        });
    }
    // Conditions have a section of their own.
    let mut status = object.at("/status").clone();
    if let Some(status) = status.as_object_mut() {
        status.remove("conditions");
    }
    if status.as_object().is_some_and(|status| !status.is_empty()) {
        sections.push(Section {
            title: "status".to_owned(),
            name: None,
            content: Content::Yaml(yaml(&status, None).0),
        });
    }
    sections
}
