//! Reading access reviews in Kubernetes' protobuf form, which newer `kubectl`
//! sends without asking (<https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding>).
//! Only their few string fields are read; answers are JSON.

use serde_json::{Map, Value, json};

/// What a protobuf body begins with.
const MAGIC: &[u8] = b"k8s\0";

/// A review's `spec` as JSON; `None` if the body is not a readable envelope.
pub(super) fn review(body: &[u8]) -> Option<Value> {
    let unknown = body.strip_prefix(MAGIC)?;
    let kind = strings(field(unknown, 1)?, &[(2, "kind")])?;
    // An empty review has no content at all.
    let raw = field(unknown, 2).unwrap_or_default();
    let spec = field(raw, 2).unwrap_or_default();
    let spec = match kind.get("kind").and_then(Value::as_str)? {
        "SelfSubjectAccessReview" => access_spec(spec)?,
        "SelfSubjectRulesReview" => Value::Object(strings(spec, &[(1, "namespace")])?),
        _ => json!({}),
    };
    Some(json!({"spec": spec}))
}

/// Field numbers of `SelfSubjectAccessReviewSpec` in
/// k8s.io/api/authorization/v1/generated.proto.
fn access_spec(spec: &[u8]) -> Option<Value> {
    const RESOURCE: [(u64, &str); 7] = [
        (1, "namespace"),
        (2, "verb"),
        (3, "group"),
        (4, "version"),
        (5, "resource"),
        (6, "subresource"),
        (7, "name"),
    ];
    let mut map = Map::new();
    if let Some(attributes) = field(spec, 1) {
        let attributes = strings(attributes, &RESOURCE)?;
        map.insert("resourceAttributes".to_owned(), Value::Object(attributes));
    }
    if let Some(attributes) = field(spec, 2) {
        let attributes = strings(attributes, &[(1, "path"), (2, "verb")])?;
        map.insert(
            "nonResourceAttributes".to_owned(),
            Value::Object(attributes),
        );
    }
    Some(Value::Object(map))
}

/// The non-empty string fields of a message, by the names given to them.
fn strings(message: &[u8], names: &[(u64, &str)]) -> Option<Map<String, Value>> {
    let mut map = Map::new();
    for (number, name) in names {
        let text = field(message, *number).unwrap_or_default();
        let text = std::str::from_utf8(text).ok()?;
        if !text.is_empty() {
            map.insert((*name).to_owned(), json!(text));
        }
    }
    Some(map)
}

/// The content of a length-delimited field.
fn field(mut message: &[u8], wanted: u64) -> Option<&[u8]> {
    while !message.is_empty() {
        let tag = varint(&mut message)?;
        let content = match tag & 7 {
            0 => {
                varint(&mut message)?;
                continue;
            }
            1 => take(&mut message, 8)?,
            2 => {
                let length = varint(&mut message)?;
                take(&mut message, usize::try_from(length).ok()?)?
            }
            5 => take(&mut message, 4)?,
            _ => return None,
        };
        if tag >> 3 == wanted && tag & 7 == 2 {
            return Some(content);
        }
    }
    None
}

fn take<'a>(message: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (head, rest) = message.split_at_checked(length)?;
    *message = rest;
    Some(head)
}

fn varint(message: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = message.split_first()?;
        *message = rest;
        value |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(number: u8, content: &[u8]) -> Vec<u8> {
        let mut out = vec![number << 3 | 2, u8::try_from(content.len()).unwrap()];
        out.extend_from_slice(content);
        out
    }

    #[test]
    fn an_access_review() {
        let attributes = [
            message(1, b"shop"),
            message(2, b"list"),
            message(5, b"pods"),
        ]
        .concat();
        let raw = message(2, &message(1, &attributes));
        let kind = message(2, b"SelfSubjectAccessReview");
        let body = [MAGIC.to_vec(), message(1, &kind), message(2, &raw)].concat();
        assert_eq!(
            review(&body).unwrap(),
            json!({"spec": {"resourceAttributes": {"namespace": "shop", "verb": "list", "resource": "pods"}}})
        );
        for length in 0..body.len() {
            // Cut short anywhere, it is refused or read as far as it goes.
            let _ = review(&body[..length]);
        }
    }

    #[test]
    fn rubbish_is_refused() {
        assert_eq!(review(b"{}"), None);
        assert_eq!(
            review(b"k8s\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
            None
        );
    }
}
