//! Which fields the API knows, for the types that manifests are written with.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The fields of a type, each with its own type where it has one.
pub(super) type Fields = HashMap<&'static str, Option<&'static str>>;

static TYPES: LazyLock<HashMap<&'static str, Fields>> = LazyLock::new(|| {
    include_str!("api_fields.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let (name, fields) = line.split_once('\t')?;
            let fields = fields
                .split(' ')
                .map(|field| match field.split_once(':') {
                    Some((field, of)) => (field, Some(of)),
                    None => (field, None),
                })
                .collect();
            Some((name, fields))
        })
        .collect()
});

/// The fields of the object at a JSON Pointer in an object of a kind. `None` where the
/// table does not reach: another kind, or a map whose keys are free.
pub(super) fn fields_at(kind: &str, pointer: &str) -> Option<&'static Fields> {
    let mut fields = TYPES.get(kind)?;
    for step in pointer.split('/').skip(1) {
        if !step.is_empty() && step.bytes().all(|b| b.is_ascii_digit()) {
            continue;
        }
        let of = fields.get(step)?.as_ref()?;
        fields = TYPES.get(of)?;
    }
    Some(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_leads_to_the_fields_of_its_type() {
        let container = fields_at("Deployment", "/spec/template/spec/containers/0").unwrap();
        assert!(container.contains_key("command"));
        let probe = fields_at("Pod", "/spec/containers/1/livenessProbe").unwrap();
        assert!(probe.contains_key("periodSeconds"));
        assert!(fields_at("Service", "/spec/selector").is_none());
        assert!(fields_at("Rollout", "/spec").is_none());
    }
}
