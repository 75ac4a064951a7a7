use std::collections::BTreeSet;

use super::*;
use crate::vocabulary;

/// Causes whose rules are still to come: what they would explain is unexplained.
const TO_COME: &[&str] = &[
    "image-platform-missing",
    "service-links-collide",
    "node-out-of-memory",
    "credentials-refused",
    "cloud-access-denied",
    "certificate-invalid",
    "external-host-unreachable",
    "volume-permission-denied",
    "volume-full",
    "rollout-stuck-on-old-revision",
    "apiservice-unavailable",
    "custom-resource-not-ready",
    "selector-overlap",
    "ingress-not-programmed",
    "load-balancer-backend-unhealthy",
    "gateway-class-missing",
    "route-not-accepted",
    "route-backend-missing",
    "kube-proxy-not-working",
    "hairpin-blocked",
    "service-port-missing",
    "service-without-pods",
    "service-traffic-policy-local",
    "dns-upstream-failing",
    "cluster-dns-misconfigured",
    "control-plane-component-down",
    "pod-stuck-terminating",
    "api-server-unreachable",
    "admission-policy-denied",
];

#[test]
fn every_cause_has_one_rule_or_is_still_to_come() {
    let mut seen = BTreeSet::new();
    for rule in all() {
        assert!(
            vocabulary::is_cause(rule.cause),
            "{} is not in causes.tsv",
            rule.cause
        );
        assert!(
            seen.insert(rule.cause),
            "{} is registered twice",
            rule.cause
        );
    }
    let missing: Vec<&str> = vocabulary::all()
        .iter()
        .map(|entry| entry.slug)
        .filter(|slug| !seen.contains(slug))
        .collect();
    assert_eq!(missing, TO_COME);
}

#[test]
fn every_rule_has_its_texts_its_source_and_something_to_look_at() {
    for rule in all() {
        let has = |id: &str| rule.texts.iter().any(|t| t.id == id);
        assert!(has("title") && has("explanation"), "{}", rule.cause);
        assert!(
            rule.texts.iter().any(|t| t.id.starts_with("fix")),
            "{}",
            rule.cause
        );
        assert!(
            rule.source.starts_with("https://kubernetes.io/"),
            "{}",
            rule.cause
        );
        assert!(!rule.runs.is_empty(), "{}", rule.cause);
    }
}

#[test]
fn titles_end_without_a_full_stop_and_explanations_with_one() {
    for rule in all() {
        for text in rule.texts {
            let (en, ja) = (text.en, text.ja);
            if text.id.starts_with("title") {
                assert!(
                    !en.ends_with('.') && !ja.ends_with('。'),
                    "{}.{}",
                    rule.cause,
                    text.id
                );
            }
            if text.id.starts_with("explanation") || text.id.starts_with("fix") {
                assert!(
                    (en.ends_with('.') || en.ends_with(':'))
                        && (ja.ends_with('。') || ja.ends_with(':')),
                    "{}.{}",
                    rule.cause,
                    text.id
                );
            }
        }
    }
}
