//! The commands that show what a piece of evidence shows.

use podside_model::ObjectRef;

use crate::facts::{Kind, kubectl_word};

/// `kubectl get KIND NAME`, with the namespace where there is one.
pub fn get(object: &ObjectRef) -> String {
    format!(
        "{} get {} {}",
        prefix(object.namespace.as_deref()),
        kubectl_word(object),
        word(&object.name)
    )
}

/// `kubectl get KIND NAME -o jsonpath=…` for the field at a JSON Pointer.
pub fn get_field(object: &ObjectRef, pointer: &str) -> String {
    match jsonpath(pointer) {
        Some(path) => format!("{} -o jsonpath='{{{path}}}'", get(object)),
        None => format!("{} -o yaml", get(object)),
    }
}

/// `kubectl describe KIND NAME`, which ends in the object's events.
pub fn describe(object: &ObjectRef) -> String {
    format!(
        "{} describe {} {}",
        prefix(object.namespace.as_deref()),
        kubectl_word(object),
        word(&object.name)
    )
}

/// `kubectl logs POD -c CONTAINER`.
pub fn logs(namespace: &str, pod: &str, container: &str, previous: bool) -> String {
    format!(
        "{} logs {} -c {}{}",
        prefix(Some(namespace)),
        word(pod),
        word(container),
        if previous { " --previous" } else { "" }
    )
}

/// `kubectl logs KIND/NAME` of all its containers, the last lines of each.
pub fn all_logs(object: &ObjectRef) -> String {
    format!(
        "{} logs {} --all-containers --prefix --tail=100",
        prefix(object.namespace.as_deref()),
        target(object)
    )
}

/// `kubectl events --for KIND/NAME`.
pub fn events(object: &ObjectRef) -> String {
    format!(
        "{} events --for {}",
        prefix(object.namespace.as_deref()),
        target(object)
    )
}

/// `kubectl get KINDS`, in a namespace where there is one.
pub fn list(namespace: Option<&str>, kinds: &str) -> String {
    format!("{} get {kinds}", prefix(namespace))
}

/// `kubectl delete KIND NAME`.
pub fn delete(object: &ObjectRef) -> String {
    format!(
        "{} delete {} {}",
        prefix(object.namespace.as_deref()),
        kubectl_word(object),
        word(&object.name)
    )
}

/// `kubectl patch KIND NAME`, to be followed by the patch.
pub fn patch(object: &ObjectRef) -> String {
    format!(
        "{} patch {} {}",
        prefix(object.namespace.as_deref()),
        kubectl_word(object),
        word(&object.name)
    )
}

/// `kubectl edit KIND NAME`.
pub fn edit(object: &ObjectRef) -> String {
    format!(
        "{} edit {} {}",
        prefix(object.namespace.as_deref()),
        kubectl_word(object),
        word(&object.name)
    )
}

/// The command that changes the template of Pods: `kubectl edit` of what owns them. Most
/// fields of a Pod are fixed, so a bare one is written to a file, edited and replaced.
pub fn change(owner: &ObjectRef) -> String {
    if !Kind::Pod.is(owner) {
        return edit(owner);
    }
    let file = word(&format!("{}.yaml", owner.name));
    format!(
        "{} -o yaml > {file} && ${{EDITOR:-vi}} {file} && kubectl replace --force -f {file}",
        get(owner)
    )
}

/// `kubectl rollout undo KIND/NAME`.
pub fn undo(object: &ObjectRef) -> String {
    format!(
        "{} rollout undo {}",
        prefix(object.namespace.as_deref()),
        target(object)
    )
}

/// `KIND/NAME`, as commands that change something take it.
pub fn target(object: &ObjectRef) -> String {
    format!("{}/{}", kubectl_word(object), word(&object.name))
}

/// `kubectl`, with the namespace where there is one: the start of any other command.
pub fn prefix(namespace: Option<&str>) -> String {
    match namespace {
        Some(namespace) => format!("kubectl -n {}", word(namespace)),
        None => "kubectl".to_owned(),
    }
}

/// Asks the API server of a kubeconfig's context, the current one for `None`, whether it is
/// ready (<https://kubernetes.io/docs/reference/using-api/health-checks/>).
pub fn ready(context: Option<&str>) -> String {
    match context {
        // As one word: a context's name may begin with a hyphen.
        Some(context) => format!("kubectl --context={} get --raw /readyz", word(context)),
        None => "kubectl get --raw /readyz".to_owned(),
    }
}

/// Lists what one may do oneself
/// (<https://kubernetes.io/docs/reference/kubectl/generated/kubectl_auth/kubectl_auth_can-i/>).
pub fn own_rights() -> String {
    "kubectl auth can-i --list".to_owned()
}

/// A word of a shell command, quoted when it holds more than names do: what comes
/// from a cluster must not become a command of its own.
pub fn word(text: &str) -> String {
    let plain = !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_./:=@,+%".contains(c));
    if plain && !text.starts_with('-') {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// A JSON Pointer as a path of kubectl's jsonpath, where it can be one.
fn jsonpath(pointer: &str) -> Option<String> {
    let mut path = String::new();
    for step in pointer.strip_prefix('/')?.split('/') {
        let step = step.replace("~1", "/").replace("~0", "~");
        if !step.is_empty() && step.bytes().all(|b| b.is_ascii_digit()) {
            path.push('[');
            path.push_str(&step);
            path.push(']');
        } else if step
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c))
        {
            path.push('.');
            path.push_str(&step.replace('.', "\\."));
        } else {
            return None;
        }
    }
    Some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_becomes_a_jsonpath() {
        let pod = ObjectRef::namespaced("Pod", "shop", "cart");
        assert_eq!(
            get_field(&pod, "/status/conditions/0/reason"),
            "kubectl -n shop get pod cart -o jsonpath='{.status.conditions[0].reason}'"
        );
        assert_eq!(
            get_field(&pod, "/metadata/labels/app.kubernetes.io~1name"),
            r"kubectl -n shop get pod cart -o jsonpath='{.metadata.labels.app\.kubernetes\.io/name}'"
        );
        assert_eq!(
            get_field(&pod, "/data/it's"),
            "kubectl -n shop get pod cart -o yaml"
        );
    }

    #[test]
    fn a_bare_pod_is_replaced() {
        let pod = ObjectRef::namespaced("Pod", "shop", "cart");
        assert_eq!(
            change(&pod),
            "kubectl -n shop get pod cart -o yaml > cart.yaml && ${EDITOR:-vi} cart.yaml && kubectl replace --force -f cart.yaml"
        );
        let job = ObjectRef::namespaced("Deployment", "shop", "cart");
        assert_eq!(change(&job), "kubectl -n shop edit deployment cart");
    }

    #[test]
    fn a_hostile_name_stays_one_word() {
        assert_eq!(word("a; rm -rf /"), "'a; rm -rf /'");
        assert_eq!(word("it's"), r"'it'\''s'");
        assert_eq!(word("-A"), "'-A'");
    }
}
