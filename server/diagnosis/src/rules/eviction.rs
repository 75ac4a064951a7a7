//! What the kubelet says of what a Pod used when it evicts it
//! (<https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/>).

/// How much the container used that is named first: the kubelet names those beyond their requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Usage<'a> {
    /// The container.
    pub(super) container: &'a str,
    /// What it used, as a quantity.
    pub(super) used: &'a str,
    /// What it requests.
    pub(super) request: &'a str,
}

/// `Container C was using U, request is R, has larger consumption of …`, and until 1.27
/// `Container C was using U, which exceeds its request of R.`
pub(super) fn usage(message: &str) -> Option<Usage<'_>> {
    let (_, rest) = message.split_once("Container ")?;
    let (container, rest) = rest.split_once(" was using ")?;
    let (used, rest) = rest.split_once(',')?;
    let request = rest
        .split_once("request is ")
        .or_else(|| rest.split_once("request of "))
        .map(|(_, request)| request)?;
    let end = request.find([',', ' ']).unwrap_or(request.len());
    Some(Usage {
        container,
        used,
        request: request.get(..end)?.trim_end_matches('.'),
    })
}

#[cfg(test)]
mod tests {
    use super::usage;

    #[test]
    fn the_numbers_are_read_in_both_forms() {
        let now = usage("The node was low on resource: memory. Container app was using 1Gi, request is 64Mi, has larger consumption of memory. ").unwrap();
        assert_eq!(
            (now.container, now.used, now.request),
            ("app", "1Gi", "64Mi")
        );
        let before = usage("Container app was using 1Gi, which exceeds its request of 0.").unwrap();
        assert_eq!((before.used, before.request), ("1Gi", "0"));
        assert_eq!(usage("The node was low on resource: memory."), None);
    }
}
