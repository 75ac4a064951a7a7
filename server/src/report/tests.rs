use podside_model::{
    Affected, Cause, Certainty, Diagnosis, Evidence, EvidenceKind, FixStep, Lang, LookedAt,
    ObjectRef, Problem, Relation, Said, Severity, Unexplained, Unknown, Unsettled, Why,
};
use unicode_width::UnicodeWidthStr;

use super::{Paper, Report, json, markdown, terminal};

fn diagnosis() -> Diagnosis<String> {
    let subject = ObjectRef::namespaced("Deployment", "shop", "cart").with_container("app");
    Diagnosis {
        observed_at: "2026-11-20T21:09:44Z".parse().unwrap(),
        problems: vec![Problem {
            cause: Cause::known("image-not-found"),
            severity: Severity::Critical,
            certainty: Certainty::Certain,
            subject: subject.clone(),
            title: "The image registry.acme.internal/cart:v2 does not exist".into(),
            explanation: "The registry answers that it has no tag v2 of cart, so the kubelet cannot start the container and tries again and again.".into(),
            fix: vec![FixStep {
                text: "Set a tag that exists.".into(),
                command: Some("kubectl -n shop set image deployment/cart app=IMAGE:TAG".into()),
            }],
            evidence: vec![Evidence {
                kind: EvidenceKind::Field,
                what: "The container waits.".into(),
                object: ObjectRef::namespaced("Pod", "shop", "cart-1").with_container("app"),
                path: Some("/status/containerStatuses/0/state/waiting/reason".into()),
                referrer: None,
                reason: None,
                value: "ImagePullBackOff ``` <script>".into(),
                mark: None,
                kubectl: "kubectl -n shop get pod cart-1 -o yaml".into(),
                count: None,
                at: None,
            }],
            affects: vec![Affected {
                object: ObjectRef::namespaced("Service", "shop", "cart"),
                by: subject,
                relation: Relation::Backs,
                state: "0 of 2 ready".into(),
            }],
            more_affected: 0,
            since: None,
        }],
        unsettled: vec![Unsettled {
            object: ObjectRef::cluster("Node", "render-04"),
            what: "Node render-04 has joined and is not ready yet".into(),
            why: "a node that joins has a minute".into(),
            since: Some("2026-11-20T21:09:11Z".parse().unwrap()),
            judged_at: "2026-11-20T21:10:11Z".parse().unwrap(),
            affects: vec![],
        }],
        unexplained: vec![Unexplained {
            object: ObjectRef::namespaced("Deployment", "shop", "search"),
            what: "Deployment search: 0 of 2 ready".into(),
            since: Some("2026-11-20T19:09:44Z".parse().unwrap()),
            said: vec![Said {
                object: ObjectRef::namespaced("Pod", "shop", "search-1"),
                reason: "FailedMount".into(),
                message: "`mount` failed: <no such device>".into(),
                count: 17,
                last: Some("2026-11-20T21:08:44Z".parse().unwrap()),
            }],
            settle: "kubectl -n shop describe pod search-1".into(),
            affects: vec![ObjectRef::namespaced("Service", "shop", "search")],
        }],
        unknown: vec![Unknown {
            what: "Whether the Secret regcred exists".into(),
            why: Why::Denied,
            settle: Some("kubectl auth can-i list secrets -n shop".into()),
            object: None,
            rights: Vec::new(),
            causes: Vec::new(),
            spare: false,
        }],
        checked: vec![],
        looked_at: vec![LookedAt { kind: "Pod".into(), count: 2 }],
        rules: 22,
    }
}

fn report(diagnosis: &Diagnosis<String>, lang: Lang) -> Report<'_> {
    Report {
        diagnosis,
        cluster: "prod",
        namespace: Some("shop"),
        lang,
    }
}

#[test]
fn a_missing_key_is_not_taken_for_a_missing_object() {
    let mut diagnosis = diagnosis();
    let absent = |value: &str| Evidence {
        kind: EvidenceKind::Absence,
        object: ObjectRef::namespaced("Secret", "shop", "db"),
        value: value.into(),
        ..self::diagnosis().problems.remove(0).evidence.remove(0)
    };
    diagnosis.problems[0].evidence = vec![absent("db"), absent("password")];
    let text = markdown(&report(&diagnosis, Lang::En));
    assert!(text.contains("Secret shop/db: not there"), "{text}");
    assert!(
        text.contains("Secret shop/db, password: not there"),
        "{text}"
    );
}

#[test]
fn the_verdict_comes_first_and_the_width_is_kept() {
    let diagnosis = diagnosis();
    let text = terminal(&report(&diagnosis, Lang::En), Paper { width: 60 });
    let text = anstream::adapter::strip_str(&text).to_string();
    assert_eq!(
        text.lines().next(),
        Some("1 problem in namespace shop of prod: 1 critical; 1 object is")
    );
    for line in text
        .lines()
        .filter(|line| !line.trim_start().starts_with('$'))
    {
        assert!(line.width() <= 60, "{line:?}");
    }
    insta::assert_snapshot!(text);
}

#[test]
fn japanese_is_wrapped_by_width() {
    let mut diagnosis = diagnosis();
    diagnosis.problems[0].explanation = "レジストリにタグv2がありません。".repeat(8);
    let text = terminal(&report(&diagnosis, Lang::Ja), Paper { width: 40 });
    let text = anstream::adapter::strip_str(&text).to_string();
    assert_eq!(
        text.lines().next(),
        Some("prod の Namespace shop に問題が 1 件あり")
    );
    for line in text
        .lines()
        .filter(|line| !line.trim_start().starts_with('$'))
    {
        assert!(line.width() <= 40, "{line:?}");
        assert!(!line.trim_start().starts_with('。'), "{line:?}");
    }
}

#[test]
fn nothing_found_is_not_nothing_broken() {
    let mut diagnosis = diagnosis();
    diagnosis.problems.clear();
    let (unexplained, unsettled) = (
        std::mem::take(&mut diagnosis.unexplained),
        std::mem::take(&mut diagnosis.unsettled),
    );
    let verdict = |diagnosis: &Diagnosis<String>| {
        let text = terminal(&report(diagnosis, Lang::En), Paper { width: 200 });
        let text = anstream::adapter::strip_str(&text).to_string();
        text.lines().next().unwrap().to_owned()
    };
    assert_eq!(
        verdict(&diagnosis),
        "No problem found in namespace shop of prod; 1 thing cannot be told."
    );
    diagnosis.unknown.clear();
    assert_eq!(
        verdict(&diagnosis),
        "Nothing is broken in namespace shop of prod."
    );
    diagnosis.unsettled = unsettled;
    assert_eq!(
        verdict(&diagnosis),
        "Nothing is broken so far in namespace shop of prod; 1 object is still settling."
    );
    diagnosis.unexplained = unexplained;
    assert_eq!(
        verdict(&diagnosis),
        "No problem found in namespace shop of prod; 1 object is not well and unexplained, 1 object is still settling."
    );
}

#[test]
fn scripts_get_the_fields_that_were_promised() {
    insta::assert_snapshot!(json(&diagnosis()).unwrap());
}

#[test]
fn markdown_is_not_broken_by_what_the_cluster_says() {
    let text = markdown(&report(&diagnosis(), Lang::En));
    insta::assert_snapshot!(text);
}

#[test]
fn what_is_broken_and_not_listed_is_counted() {
    let mut diagnosis = diagnosis();
    diagnosis.problems[0].more_affected = 136;
    for (lang, said) in [(Lang::En, "- and 136 more"), (Lang::Ja, "- ほか 136 件")] {
        let report = report(&diagnosis, lang);
        let text = terminal(&report, Paper { width: 60 });
        let text = anstream::adapter::strip_str(&text).to_string();
        assert!(text.contains(said), "{text}");
        let text = markdown(&report);
        assert!(text.contains(said), "{text}");
    }
    let text = json(&diagnosis).unwrap();
    assert!(text.contains("\"more_affected\": 136"), "{text}");
}
