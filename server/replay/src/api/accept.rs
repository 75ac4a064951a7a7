//! Which representation a client wants: its `Accept` header, best first
//! (<https://kubernetes.io/docs/reference/using-api/api-concepts/#alternate-representations-of-resources>).

use super::status::Refusal;

/// A representation that can be served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Representation {
    /// The object itself.
    Object,
    /// Rows and columns; the version of `meta.k8s.io` that was asked for.
    Table(&'static str),
    /// Metadata only.
    Metadata(&'static str),
    /// Aggregated discovery; the version of `apidiscovery.k8s.io`.
    Discovery(&'static str),
}

/// What of `allowed` the header asks for first. An absent header takes the
/// object.
pub(crate) fn negotiate(
    accept: Option<&str>,
    allowed: fn(Representation) -> bool,
) -> Result<Representation, Refusal> {
    let Some(accept) = accept.filter(|a| !a.trim().is_empty()) else {
        return Ok(Representation::Object);
    };
    accept
        .split(',')
        .filter_map(range)
        .find(|r| allowed(*r))
        .ok_or_else(Refusal::not_acceptable)
}

fn range(text: &str) -> Option<Representation> {
    let mut parts = text.split(';').map(str::trim);
    let media = parts.next()?;
    let (mut as_kind, mut group, mut version) = ("", "", "");
    for parameter in parts {
        match parameter.split_once('=') {
            Some(("as", v)) => as_kind = v,
            Some(("g", v)) => group = v,
            Some(("v", v)) => version = v,
            _ => {}
        }
    }
    if !matches!(media, "application/json" | "application/*" | "*/*") {
        return None;
    }
    match (as_kind, group, version) {
        ("", _, _) => Some(Representation::Object),
        ("Table", "meta.k8s.io", "v1") => Some(Representation::Table("meta.k8s.io/v1")),
        ("Table", "meta.k8s.io", "v1beta1") => Some(Representation::Table("meta.k8s.io/v1beta1")),
        ("PartialObjectMetadata" | "PartialObjectMetadataList", "meta.k8s.io", "v1") => {
            Some(Representation::Metadata("meta.k8s.io/v1"))
        }
        ("PartialObjectMetadata" | "PartialObjectMetadataList", "meta.k8s.io", "v1beta1") => {
            Some(Representation::Metadata("meta.k8s.io/v1beta1"))
        }
        ("APIGroupDiscoveryList", "apidiscovery.k8s.io", "v2") => {
            Some(Representation::Discovery("apidiscovery.k8s.io/v2"))
        }
        ("APIGroupDiscoveryList", "apidiscovery.k8s.io", "v2beta1") => {
            Some(Representation::Discovery("apidiscovery.k8s.io/v2beta1"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_that_can_be_served() {
        let any = |r| !matches!(r, Representation::Discovery(_));
        assert_eq!(
            negotiate(
                Some("application/json;as=Table;v=v1;g=meta.k8s.io,application/json"),
                any
            )
            .unwrap(),
            Representation::Table("meta.k8s.io/v1")
        );
        assert_eq!(
            negotiate(Some("application/vnd.kubernetes.protobuf, */*"), any).unwrap(),
            Representation::Object
        );
        assert_eq!(negotiate(None, any).unwrap(), Representation::Object);
        assert!(negotiate(Some("text/csv"), any).is_err());
    }
}
