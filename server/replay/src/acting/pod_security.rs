//! Which Pods a namespace refuses
//! (<https://kubernetes.io/docs/concepts/security/pod-security-standards/>): the controls of
//! the levels `baseline` and `restricted` that a Pod made by hand or by `kubectl debug` meets.

use serde_json::Value;

use crate::fields::Fields;

/// The label with a namespace's level.
const LEVEL: &str = "pod-security.kubernetes.io/enforce";

/// The capabilities that `baseline` lets a container add.
const BASELINE: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// The containers of a Pod, of every kind.
const LISTS: [&str; 3] = [
    "/spec/containers",
    "/spec/initContainers",
    "/spec/ephemeralContainers",
];

/// Why a namespace refuses a Pod, in the words of its admission; `None` where it does not.
pub(super) fn refusal(namespace: &Value, pod: &Value) -> Option<String> {
    let labels = namespace.pairs("/metadata/labels");
    let label = |name: &str| labels.iter().find(|(key, _)| *key == name).map(|(_, v)| *v);
    let level = label(LEVEL)?;
    let version = label("pod-security.kubernetes.io/enforce-version").unwrap_or("latest");
    let mut violations = Vec::new();
    if matches!(level, "baseline" | "restricted") {
        baseline(pod, &mut violations);
    }
    if level == "restricted" {
        restricted(pod, &mut violations);
    }
    (!violations.is_empty()).then(|| {
        format!(
            "violates PodSecurity \"{level}:{version}\": {}",
            violations.join(", ")
        )
    })
}

fn baseline(pod: &Value, violations: &mut Vec<String>) {
    let host: Vec<&str> = ["hostNetwork", "hostPID", "hostIPC"]
        .into_iter()
        .filter(|field| pod.flag(&format!("/spec/{field}")))
        .collect();
    if !host.is_empty() {
        let named: Vec<String> = host.iter().map(|field| format!("{field}=true")).collect();
        violations.push(format!("host namespaces ({})", named.join(", ")));
    }
    let volumes: Vec<&str> = pod
        .list("/spec/volumes")
        .iter()
        .filter(|volume| volume.has("/hostPath"))
        .map(|volume| volume.text("/name"))
        .collect();
    if !volumes.is_empty() {
        violations.push(format!("hostPath volumes ({})", those("volume", &volumes)));
    }
    let privileged = named(pod, |c| c.flag("/securityContext/privileged"));
    if !privileged.is_empty() {
        violations.push(format!(
            "privileged ({} must not set securityContext.privileged=true)",
            those("container", &privileged)
        ));
    }
    let adds = |c: &Value| {
        let added = c.list("/securityContext/capabilities/add").iter();
        added
            .filter_map(Value::as_str)
            .any(|name| !BASELINE.contains(&name))
    };
    let adding = named(pod, adds);
    if !adding.is_empty() {
        violations.push(format!(
            "non-default capabilities ({} must not include such in securityContext.capabilities.add)",
            those("container", &adding)
        ));
    }
}

fn restricted(pod: &Value, violations: &mut Vec<String>) {
    let escalating = named(pod, |c| {
        c.pointer("/securityContext/allowPrivilegeEscalation") != Some(&Value::Bool(false))
    });
    if !escalating.is_empty() {
        violations.push(format!(
            "allowPrivilegeEscalation != false ({} must set securityContext.allowPrivilegeEscalation=false)",
            those("container", &escalating)
        ));
    }
    let keeping = named(pod, |c| {
        let dropped = c.list("/securityContext/capabilities/drop");
        !dropped.iter().any(|name| name.as_str() == Some("ALL"))
    });
    if !keeping.is_empty() {
        violations.push(format!(
            "unrestricted capabilities ({} must set securityContext.capabilities.drop=[\"ALL\"])",
            those("container", &keeping)
        ));
    }
    let of_pod = pod.flag("/spec/securityContext/runAsNonRoot");
    let root = named(pod, |c| {
        let own = c
            .pointer("/securityContext/runAsNonRoot")
            .and_then(Value::as_bool);
        !own.unwrap_or(of_pod)
    });
    if !root.is_empty() {
        violations.push(format!(
            "runAsNonRoot != true (pod or {} must set securityContext.runAsNonRoot=true)",
            those("container", &root)
        ));
    }
    let of_pod = pod.text("/spec/securityContext/seccompProfile/type");
    let open = named(pod, |c| {
        let own = c.text("/securityContext/seccompProfile/type");
        let profile = if own.is_empty() { of_pod } else { own };
        !matches!(profile, "RuntimeDefault" | "Localhost")
    });
    if !open.is_empty() {
        violations.push(format!(
            "seccompProfile (pod or {} must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")",
            those("container", &open)
        ));
    }
}

/// The containers of which something is true.
fn named(pod: &Value, is: impl Fn(&Value) -> bool) -> Vec<&str> {
    LISTS
        .iter()
        .flat_map(|list| pod.list(list))
        .filter(|container| is(container))
        .map(|container| container.text("/name"))
        .collect()
}

/// `container "a"` or `containers "a", "b"`.
fn those(what: &str, names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
    let many = if names.len() == 1 { "" } else { "s" };
    format!("{what}{many} {}", quoted.join(", "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(level: &str, pod: &Value) -> Option<String> {
        let namespace = json!({"metadata": {"labels": {LEVEL: level}}});
        refusal(&namespace, pod)
    }

    #[test]
    fn a_level_refuses_what_is_beyond_it() {
        let plain = json!({"spec": {"containers": [{"name": "app"}]}});
        assert_eq!(refusal(&json!({}), &plain), None);
        assert_eq!(said("privileged", &plain), None);
        assert_eq!(said("baseline", &plain), None);
        assert_eq!(
            said("restricted", &plain).unwrap(),
            "violates PodSecurity \"restricted:latest\": allowPrivilegeEscalation != false (container \"app\" must set securityContext.allowPrivilegeEscalation=false), \
             unrestricted capabilities (container \"app\" must set securityContext.capabilities.drop=[\"ALL\"]), \
             runAsNonRoot != true (pod or container \"app\" must set securityContext.runAsNonRoot=true), \
             seccompProfile (pod or container \"app\" must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")"
        );
        let tracing = json!({"spec": {"containers": [{"name": "app"}], "ephemeralContainers": [
            {"name": "d", "securityContext": {"capabilities": {"add": ["SYS_PTRACE"]}}}]}});
        assert!(
            said("baseline", &tracing)
                .unwrap()
                .contains("container \"d\" must not include")
        );
        let node = json!({"spec": {"hostPID": true, "volumes": [{"name": "h", "hostPath": {"path": "/"}}],
            "containers": [{"name": "n", "securityContext": {"privileged": true}}]}});
        let refused = said("baseline", &node).unwrap();
        for part in [
            "hostPID=true",
            "volume \"h\"",
            "privileged (container \"n\"",
        ] {
            assert!(refused.contains(part), "{part}: {refused}");
        }
    }
}
