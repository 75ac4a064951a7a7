use super::*;

#[test]
fn a_quota_says_what_is_used_up() {
    let message = "(combined from similar events): Error creating: pods \"a-1\" is forbidden: exceeded quota: \
            team, requested: limits.cpu=1,pods=1, used: limits.cpu=2,pods=2, limited: limits.cpu=2,pods=2";
    let Reason::QuotaExceeded(quota) = Reason::read(message) else {
        panic!("{message}")
    };
    assert_eq!(quota.quota, "team");
    assert_eq!(
        quota.resources().collect::<Vec<_>>(),
        [("limits.cpu", "2", "2"), ("pods", "2", "2")]
    );
    assert_eq!(
        Reason::read(
            "pods \"a-1\" is forbidden: failed quota: team: must specify limits.cpu for: app; limits.memory for: app"
        ),
        Reason::QuotaUnstated {
            quota: "team",
            wanted: "limits.cpu for: app; limits.memory for: app"
        }
    );
}

#[test]
fn a_limit_range_says_which_bounds_are_broken() {
    let read = |message| match Reason::read(message) {
        Reason::LimitRange(breaches) => breaches
            .iter()
            .map(|b| (b.bound, b.resource, b.of, b.value, b.field, b.found))
            .collect::<Vec<_>>(),
        other => panic!("{message}: {other:?}"),
    };
    assert_eq!(
        read(
            "pods \"x\" is forbidden: [minimum cpu usage per Container is 100m, but request is 10m, \
                 maximum memory usage per Pod is 1Gi, but limit is 2Gi]"
        ),
        [
            (Bound::Min, "cpu", "Container", "100m", "request", "10m"),
            (Bound::Max, "memory", "Pod", "1Gi", "limit", "2Gi"),
        ]
    );
    assert_eq!(
        read(
            "pods \"x\" is forbidden: maximum memory usage per Container is 128Mi.  No limit is specified"
        ),
        [(Bound::Max, "memory", "Container", "128Mi", "limit", "")]
    );
    assert_eq!(
        read(
            "pods \"x\" is forbidden: cpu max limit to request ratio per Container is 2, but provided ratio is 4.000000"
        ),
        [(Bound::Ratio, "cpu", "Container", "2", "ratio", "4.000000")]
    );
    assert_eq!(
        read(
            "pods \"x\" is forbidden: cpu max limit to request ratio per Container is 2, but no request is specified or request is 0"
        ),
        [(Bound::Ratio, "cpu", "Container", "2", "request", "")]
    );
}

#[test]
fn a_request_above_a_defaulted_limit_is_told() {
    for message in [
        "Pod \"x\" is invalid: spec.containers[0].resources.requests: Invalid value: \"1Gi\": must be less than or equal to memory limit",
        "Pod \"x\" is invalid: spec.containers[0].resources.requests: Invalid value: \"1Gi\": must be less than or equal to memory limit of 64Mi",
    ] {
        assert_eq!(
            Reason::read(message),
            Reason::RequestAboveLimit {
                resource: "memory",
                request: "1Gi"
            }
        );
    }
}

#[test]
fn pod_security_violations_are_told_apart() {
    let message = "pods \"x\" is forbidden: violates PodSecurity \"baseline:v1.30\": host namespaces (hostNetwork=true, hostPID=true), \
            non-default capabilities (container \"a\" must not include \"NET_ADMIN\", \"SYS_TIME\" in securityContext.capabilities.add)";
    assert_eq!(
        Reason::read(message),
        Reason::PodSecurity {
            level: "baseline",
            violations: vec![
                "host namespaces (hostNetwork=true, hostPID=true)",
                "non-default capabilities (container \"a\" must not include \"NET_ADMIN\", \"SYS_TIME\" in securityContext.capabilities.add)",
            ]
        }
    );
}

#[test]
fn a_webhook_that_fails_is_no_webhook_that_denies() {
    for (message, why) in [
        (
            "Internal error occurred: failed calling webhook \"p.x.io\": failed to call webhook: Post \"https://p.ns.svc:443/v?timeout=3s\": service \"p\" not found",
            "service \"p\" not found",
        ),
        (
            "Internal error occurred: failed calling webhook \"p.x.io\": failed to call webhook: Post \"https://p.ns.svc:443/v?timeout=10s\": dial tcp 10.0.0.1:443: connect: connection refused",
            "dial tcp 10.0.0.1:443: connect: connection refused",
        ),
        (
            "Internal error occurred: failed calling webhook \"p.x.io\": Post https://p.ns.svc:443/v?timeout=30s: context deadline exceeded",
            "context deadline exceeded",
        ),
        (
            "Internal error occurred: failed calling webhook \"p.x.io\": failed to call webhook: the server could not find the requested resource",
            "the server could not find the requested resource",
        ),
    ] {
        assert_eq!(
            Reason::read(message),
            Reason::WebhookUnavailable {
                webhook: "p.x.io",
                failure: why
            }
        );
    }
    assert_eq!(
        Reason::read(
            "admission webhook \"p.x.io\" denied the request: [team] label \"team\" is missing"
        ),
        Reason::WebhookDenied {
            webhook: "p.x.io",
            said: Some("[team] label \"team\" is missing")
        }
    );
    assert_eq!(
        Reason::read(
            "Error creating: admission webhook \"p.x.io\" denied the request without explanation"
        ),
        Reason::WebhookDenied {
            webhook: "p.x.io",
            said: None
        }
    );
    assert_eq!(
        Reason::read(
            "pods \"x\" is forbidden: ValidatingAdmissionPolicy 'no-latest' with binding 'all' denied request: tag latest"
        ),
        Reason::PolicyDenied {
            policy: "no-latest",
            said: "tag latest"
        }
    );
}

#[test]
fn what_does_not_exist_is_named() {
    for message in [
        "create Pod bot-0 in StatefulSet bot failed error: pods \"bot-0\" is forbidden: error looking up service account ci/bot: serviceaccount \"bot\" not found",
        "pods \"x\" is forbidden: service account ci/bot was not found, retry after the service account is created",
    ] {
        assert_eq!(
            Reason::read(message),
            Reason::ServiceAccountMissing { name: "bot" }
        );
    }
    assert_eq!(
        Reason::read(
            "Error creating: pods \"x\" is forbidden: pod rejected: RuntimeClass \"kata\" not found"
        ),
        Reason::RuntimeClassMissing { name: "kata" }
    );
    assert_eq!(
        Reason::read("pods \"x\" is forbidden: no PriorityClass with name high was found"),
        Reason::PriorityClassMissing { name: "high" }
    );
}

#[test]
fn anything_else_is_other() {
    for message in [
        "",
        "pods \"x\" is forbidden: unable to create new content in namespace x because it is being terminated",
        "error looking up service account ci/bot: the server is busy",
        "failed calling webhook",
        "exceeded quota: ",
    ] {
        assert_eq!(Reason::read(message), Reason::Other, "{message}");
    }
}
