//! Label and field selectors, as query parameters carry them
//! (<https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#api>,
//! <https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/>).

use serde_json::Value;

use crate::{catalogue::Resource, object::Object};

/// Which objects a request asks for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Selection {
    labels: Vec<Requirement>,
    fields: Vec<(String, bool, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Requirement {
    key: String,
    test: Test,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    Exists,
    Absent,
    In(Vec<String>),
    NotIn(Vec<String>),
    Above(i64),
    Below(i64),
}

impl Selection {
    /// Read both selectors; the error is the message for a 400.
    pub(crate) fn parse(
        resource: &Resource,
        labels: Option<&str>,
        fields: Option<&str>,
    ) -> Result<Self, String> {
        let mut selection = Self {
            labels: parse_labels(labels.unwrap_or(""))?,
            fields: Vec::new(),
        };
        let text = fields.unwrap_or("");
        for term in text.split(',').filter(|t| !t.is_empty()) {
            let (key, wanted, value) = if let Some((k, v)) = term.split_once("!=") {
                (k, false, v)
            } else if let Some((k, v)) = term.split_once("==") {
                (k, true, v)
            } else if let Some((k, v)) = term.split_once('=') {
                (k, true, v)
            } else {
                return Err(format!(
                    "invalid selector: '{text}'; can't understand '{term}'"
                ));
            };
            if field_pointer(resource, key).is_none() {
                return Err(format!(
                    "Unable to find {:?} that match label selector {:?}, field selector {text:?}: field label not supported: {key}",
                    format!("{}, Resource={}", resource.api_version(), resource.plural),
                    labels.unwrap_or(""),
                ));
            }
            selection
                .fields
                .push((key.to_owned(), wanted, value.to_owned()));
        }
        Ok(selection)
    }

    /// Whether the selection leaves nothing out.
    pub(crate) fn is_everything(&self) -> bool {
        self.labels.is_empty() && self.fields.is_empty()
    }

    /// Whether the object is asked for.
    pub(crate) fn holds(&self, resource: &Resource, object: &Object) -> bool {
        // Looked up once, and only for those who select by them.
        let labels = if self.labels.is_empty() {
            None
        } else {
            object.at("/metadata/labels")
        };
        self.labels.iter().all(|r| r.holds(labels.as_ref()))
            && self.fields.iter().all(|(key, wanted, value)| {
                (field_value(resource, object, key) == *value) == *wanted
            })
    }
}

impl Requirement {
    fn holds(&self, labels: Option<&Value>) -> bool {
        let label = labels
            .and_then(|l| l.get(&self.key))
            .and_then(Value::as_str);
        let number = || label.and_then(|l| l.parse::<i64>().ok());
        match &self.test {
            Test::Exists => label.is_some(),
            Test::Absent => label.is_none(),
            Test::In(values) => label.is_some_and(|l| values.iter().any(|v| v == l)),
            // As in Kubernetes, an absent label is not in any set.
            Test::NotIn(values) => label.is_none_or(|l| values.iter().all(|v| v != l)),
            Test::Above(bound) => number().is_some_and(|n| n > *bound),
            Test::Below(bound) => number().is_some_and(|n| n < *bound),
        }
    }
}

/// Where a supported field label lies in an object of the resource; several
/// fields exist only for some kinds, as in the API server's own tables.
fn field_pointer(resource: &Resource, label: &str) -> Option<String> {
    let common = match label {
        "metadata.name" => true,
        "metadata.namespace" => resource.namespaced,
        _ => false,
    };
    let known: &[&str] = match (resource.group.as_str(), resource.plural.as_str()) {
        ("", "pods") => &[
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.nominatedNodeName",
        ],
        ("", "events") => &[
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "source",
            "type",
        ],
        ("events.k8s.io", "events") => &[
            "regarding.kind",
            "regarding.namespace",
            "regarding.name",
            "regarding.uid",
            "regarding.apiVersion",
            "regarding.resourceVersion",
            "regarding.fieldPath",
            "reason",
            "reportingController",
            "type",
        ],
        ("", "nodes") => &["spec.unschedulable"],
        ("", "namespaces") => &["status.phase"],
        ("", "secrets") => &["type"],
        ("", "services") => &["spec.clusterIP", "spec.type"],
        ("", "replicationcontrollers") | ("apps", "replicasets") => &["status.replicas"],
        ("batch", "jobs") => &["status.successful"],
        ("certificates.k8s.io", "certificatesigningrequests") => &["spec.signerName"],
        _ => &[],
    };
    (common || known.contains(&label)).then(|| {
        let label = match label {
            "source" => "source.component",
            "status.successful" => "status.succeeded",
            other => other,
        };
        format!("/{}", label.replace('.', "/"))
    })
}

/// A field as the text that selectors compare; absent is the zero value.
fn field_value(resource: &Resource, object: &Object, label: &str) -> String {
    match label {
        "metadata.name" => return object.name().to_owned(),
        "metadata.namespace" => return object.namespace().to_owned(),
        _ => {}
    }
    let Some(pointer) = field_pointer(resource, label) else {
        return String::new();
    };
    match object.at(&pointer) {
        Some(Value::String(s)) => s,
        Some(Value::Bool(b)) => b.to_string(),
        Some(Value::Number(n)) => n.to_string(),
        _ => match label {
            "spec.unschedulable" | "spec.hostNetwork" => "false".to_owned(),
            "status.replicas" | "status.successful" => "0".to_owned(),
            "source" => object
                .at("/reportingComponent")
                .and_then(|v| v.as_str().map(str::to_owned))
                .unwrap_or_default(),
            _ => String::new(),
        },
    }
}

/// Equality and set requirements, joined by commas outside parentheses.
fn parse_labels(text: &str) -> Result<Vec<Requirement>, String> {
    let mut requirements = Vec::new();
    let mut depth = 0_u32;
    let mut start = 0;
    let mut terms = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                terms.push(text.get(start..at).unwrap_or(""));
                start = at + 1;
            }
            _ => {}
        }
    }
    terms.push(text.get(start..).unwrap_or(""));
    for term in terms {
        let term = term.trim();
        if !term.is_empty() {
            requirements.push(parse_term(term)?);
        }
    }
    Ok(requirements)
}

fn parse_term(term: &str) -> Result<Requirement, String> {
    let fail = |found: &str, expected: &str| {
        Err(format!(
            "unable to parse requirement: found '{found}', expected: {expected}"
        ))
    };
    let key_of = |key: &str| -> Result<String, String> {
        let key = key.trim();
        let fits = !key.is_empty()
            && key
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c));
        if fits {
            Ok(key.to_owned())
        } else {
            Err(format!(
                "unable to parse requirement: invalid label key {key:?}"
            ))
        }
    };
    if let Some(key) = term.strip_prefix('!') {
        return Ok(Requirement {
            key: key_of(key)?,
            test: Test::Absent,
        });
    }
    let one = |value: &str| vec![value.trim().to_owned()];
    let bound = |value: &str| {
        value.trim().parse::<i64>().map_err(|_| {
            format!("unable to parse requirement: for 'Gt', 'Lt' operators, the value must be an integer, found '{}'", value.trim())
        })
    };
    if let Some((key, value)) = term.split_once("!=") {
        return Ok(Requirement {
            key: key_of(key)?,
            test: Test::NotIn(one(value)),
        });
    }
    if let Some((key, value)) = term.split_once("==").or_else(|| term.split_once('=')) {
        return Ok(Requirement {
            key: key_of(key)?,
            test: Test::In(one(value)),
        });
    }
    if let Some((key, value)) = term.split_once('>') {
        return Ok(Requirement {
            key: key_of(key)?,
            test: Test::Above(bound(value)?),
        });
    }
    if let Some((key, value)) = term.split_once('<') {
        return Ok(Requirement {
            key: key_of(key)?,
            test: Test::Below(bound(value)?),
        });
    }
    let Some((key, rest)) = term.split_once(char::is_whitespace) else {
        return Ok(Requirement {
            key: key_of(term)?,
            test: Test::Exists,
        });
    };
    let rest = rest.trim();
    let (word, set) = match rest.find('(') {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let word = word.trim();
    if word != "in" && word != "notin" {
        return fail(word, "in, notin, =, ==, !=, gt, lt");
    }
    let Some(values) = set.strip_prefix('(').and_then(|s| s.strip_suffix(')')) else {
        return fail(set, "'('");
    };
    let values = values.split(',').map(|v| v.trim().to_owned()).collect();
    Ok(Requirement {
        key: key_of(key)?,
        test: if word == "in" {
            Test::In(values)
        } else {
            Test::NotIn(values)
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;
    use serde_json::json;

    fn holds(labels: &str, fields: &str) -> bool {
        let catalogue = Catalogue::kubernetes();
        let pods = catalogue.find("", "v1", "pods").unwrap();
        let pod = Object::new(json!({
            "metadata": {"name": "a", "namespace": "shop", "labels": {"app": "web", "tier": "3"}},
            "spec": {"nodeName": "node-1"}, "status": {"phase": "Running"},
        }));
        Selection::parse(pods, Some(labels), Some(fields))
            .unwrap()
            .holds(pods, &pod)
    }

    #[test]
    fn labels_by_equality_and_by_set() {
        for yes in [
            "",
            "app=web",
            "app==web",
            "app!=api",
            "app in (api, web)",
            "app notin (api)",
            "app",
            "!nope",
            "nope!=x",
            "tier>2",
            "tier<4",
            "app=web,tier in (3,4),!nope",
            "app in(web)",
        ] {
            assert!(holds(yes, ""), "{yes}");
        }
        for no in [
            "app=api",
            "app!=web",
            "app notin (web)",
            "!app",
            "nope",
            "tier>3",
            "app=web,tier=4",
            "app=",
        ] {
            assert!(!holds(no, ""), "{no}");
        }
    }

    #[test]
    fn fields() {
        assert!(holds(
            "",
            "spec.nodeName=node-1,status.phase!=Pending,metadata.name=a"
        ));
        assert!(holds("", "spec.hostNetwork=false"));
        assert!(!holds("", "status.phase=Pending"));
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        let catalogue = Catalogue::kubernetes();
        let pods = catalogue.find("", "v1", "pods").unwrap();
        for bad in ["a in", "a b", "a in (x", "=x", "a>x"] {
            assert!(Selection::parse(pods, Some(bad), None).is_err(), "{bad}");
        }
        let error = Selection::parse(pods, None, Some("spec.color=red")).unwrap_err();
        assert!(
            error.ends_with("field label not supported: spec.color"),
            "{error}"
        );
    }
}
