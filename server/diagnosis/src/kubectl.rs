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
        None => get_yaml(object),
    }
}

/// `kubectl get KIND NAME -o yaml`.
pub fn get_yaml(object: &ObjectRef) -> String {
    format!("{} -o yaml", get(object))
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

/// `kubectl get KINDS` of a kind by its plural, in a namespace, or in all for `None` and a
/// kind that has any; of those that labels select, and with more columns.
pub fn objects(
    kinds: &str,
    is_namespaced: bool,
    namespace: Option<&str>,
    labels: &str,
    is_wide: bool,
) -> String {
    let place = match namespace.filter(|_| is_namespaced) {
        None if is_namespaced => " -A",
        Some(_) | None => "",
    };
    let labels = match labels {
        "" => String::new(),
        labels => format!(" -l {}", word(labels)),
    };
    format!(
        "{} get {}{place}{labels}{}",
        prefix(namespace.filter(|_| is_namespaced)),
        word(kinds),
        if is_wide { " -o wide" } else { "" }
    )
}

/// `kubectl events` of a namespace, or of all for `None`, with their types where only some
/// are asked for.
pub fn all_events(namespace: Option<&str>, types: Option<&str>) -> String {
    format!(
        "{} events{}{}",
        prefix(namespace),
        if namespace.is_none() { " -A" } else { "" },
        types.map_or_else(String::new, |types| format!(" --types={types}"))
    )
}

/// Lists the kinds that the API server has.
pub fn kinds() -> String {
    "kubectl api-resources".to_owned()
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

/// `kubectl patch KIND NAME -p PATCH`: sets what the patch says, and leaves the rest. Lists of
/// kinds that the API server knows are merged by the names of what stands in them.
pub fn set(object: &ObjectRef, patch: &serde_json::Value) -> String {
    // Of kinds that are not its own it knows no way to merge lists.
    let kind = if podside_model::own_group(&object.kind) == object.group {
        ""
    } else {
        " --type=merge"
    };
    let patch = word(&patch.to_string());
    format!("{}{kind} -p {patch}", self::patch(object))
}

/// `kubectl patch KIND NAME --type=json -p PATCH`, where PATCH is a list of operations
/// (RFC 6902).
pub fn set_exactly(object: &ObjectRef, operations: &serde_json::Value) -> String {
    let operations = word(&operations.to_string());
    format!("{} --type=json -p {operations}", self::patch(object))
}

/// The command that sets fields in the `spec` of the Pods that an owner makes from its
/// template. Where the template cannot be changed, as a Job's, or is none, as a Pod's own
/// `spec`, or where it stands is not known, it is [`change`].
pub fn set_in_template(owner: &ObjectRef, spec: &serde_json::Value) -> String {
    match template_of(owner) {
        Some(Kind::CronJob) => {
            let template = serde_json::json!({"template": {"spec": spec}});
            set(
                owner,
                &serde_json::json!({"spec": {"jobTemplate": {"spec": template}}}),
            )
        }
        Some(_) => set(
            owner,
            &serde_json::json!({"spec": {"template": {"spec": spec}}}),
        ),
        None => change(owner),
    }
}

/// The same by one operation (RFC 6902) on a field of the template's `spec`, by its JSON
/// Pointer there.
pub fn set_exactly_in_template(
    owner: &ObjectRef,
    operation: &str,
    pointer: &str,
    value: Option<&serde_json::Value>,
) -> String {
    let template = match template_of(owner) {
        Some(Kind::CronJob) => "/spec/jobTemplate/spec/template/spec",
        Some(_) => "/spec/template/spec",
        None => return change(owner),
    };
    let path = format!("{template}{pointer}");
    let mut all = serde_json::json!({"op": operation, "path": path});
    if let (Some(value), Some(fields)) = (value, all.as_object_mut()) {
        fields.insert("value".to_owned(), value.clone());
    }
    set_exactly(owner, &serde_json::json!([all]))
}

/// The kind of an owner whose template is known to stand where Kubernetes' own have it, and
/// may be changed.
fn template_of(owner: &ObjectRef) -> Option<Kind> {
    Kind::of(owner).filter(|kind| {
        matches!(
            kind,
            Kind::Deployment
                | Kind::ReplicaSet
                | Kind::StatefulSet
                | Kind::DaemonSet
                | Kind::ReplicationController
                | Kind::CronJob
        )
    })
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

/// `kubectl exec POD -c CONTAINER -- COMMAND`.
pub fn exec(namespace: &str, pod: &str, container: &str, command: &[String]) -> String {
    format!(
        "{} exec {} -c {}{}",
        prefix(Some(namespace)),
        word(pod),
        word(container),
        after_options(command)
    )
}

/// A container that `kubectl debug` adds to a Pod that runs.
#[derive(Clone, Copy, Debug)]
pub struct Debug<'a> {
    /// The Pod's namespace.
    pub namespace: &'a str,
    /// The Pod's name.
    pub pod: &'a str,
    /// What the container is called.
    pub container: &'a str,
    /// Its image.
    pub image: &'a str,
    /// The container whose processes it sees.
    pub target: Option<&'a str>,
    /// What it may do, such as `general`.
    pub profile: &'a str,
    /// What it runs; what its image runs where it is empty.
    pub command: &'a [String],
}

/// `kubectl debug POD --image=IMAGE`, which adds a container to a Pod that runs. Labels are
/// kept by name: from kubectl 1.37 on they are taken off the Pod otherwise, and with them
/// its Service and its owner.
pub fn debug(debug: &Debug<'_>) -> String {
    let target = debug
        .target
        .map(|target| format!(" --target={}", word(target)));
    format!(
        "{} debug {} --image={} --container={}{} --profile={} --keep-labels --attach=false{}",
        prefix(Some(debug.namespace)),
        word(debug.pod),
        word(debug.image),
        word(debug.container),
        target.unwrap_or_default(),
        word(debug.profile),
        after_options(debug.command)
    )
}

/// `kubectl create -f -` with the object, as JSON, on its standard input.
pub fn create(namespace: Option<&str>, object: &str) -> String {
    let end = end_of(object);
    format!(
        "{} create -f - <<'{end}'\n{object}\n{end}",
        prefix(namespace)
    )
}

/// The same without creating anything: the API server tells what would come of it, and which
/// fields it does not know.
pub fn try_create(namespace: Option<&str>, object: &str) -> String {
    let end = end_of(object);
    format!(
        "{} create --dry-run=server --validate=strict -o yaml -f - <<'{end}'\n{object}\n{end}",
        prefix(namespace)
    )
}

/// `kubectl patch KIND NAME` with a patch of a type (`strategic`, `merge`, `json`), without
/// changing anything.
pub fn try_patch(object: &ObjectRef, kind: &str, patch: &str) -> String {
    format!(
        "{} --dry-run=server -o yaml --type={} -p {}",
        self::patch(object),
        word(kind),
        word(patch)
    )
}

/// A command after the options of another, where a word that begins with a hyphen is none.
fn after_options(command: &[String]) -> String {
    if command.is_empty() {
        return String::new();
    }
    let words: Vec<String> = command.iter().map(|part| word(part)).collect();
    format!(" -- {}", words.join(" "))
}

/// A line that ends a text in a shell, and is none of the text's own lines.
fn end_of(text: &str) -> String {
    let mut end = "EOF".to_owned();
    while text.lines().any(|line| line == end) {
        end.push('_');
    }
    end
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
    fn objects_are_listed_where_they_can_be() {
        assert_eq!(
            objects("deployments", true, Some("shop"), "app in (a,b)", true),
            "kubectl -n shop get deployments -l 'app in (a,b)' -o wide"
        );
        assert_eq!(
            objects("pods", true, None, "", false),
            "kubectl get pods -A"
        );
        assert_eq!(
            objects("nodes", false, Some("shop"), "", false),
            "kubectl get nodes"
        );
        assert_eq!(all_events(Some("shop"), None), "kubectl -n shop events");
        assert_eq!(
            all_events(None, Some("Warning")),
            "kubectl events -A --types=Warning"
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

    fn words(command: &[&str]) -> Vec<String> {
        command.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn a_command_in_a_container_stays_the_command_that_it_is() {
        assert_eq!(
            exec("shop", "web", "app", &words(&["nslookup", "db"])),
            "kubectl -n shop exec web -c app -- nslookup db"
        );
        assert_eq!(
            exec(
                "shop",
                "web",
                "app",
                &words(&["sh", "-c", "echo 'a' > /x; rm -rf $HOME"])
            ),
            r"kubectl -n shop exec web -c app -- sh '-c' 'echo '\''a'\'' > /x; rm -rf $HOME'"
        );
    }

    #[test]
    fn a_container_that_is_added_is_named_in_full() {
        let command = words(&["sleep", "600"]);
        let mut added = Debug {
            namespace: "shop",
            pod: "web",
            container: "debugger",
            image: "busybox:1.38",
            target: Some("app"),
            profile: "general",
            command: &command,
        };
        assert_eq!(
            debug(&added),
            "kubectl -n shop debug web --image=busybox:1.38 --container=debugger --target=app \
             --profile=general --keep-labels --attach=false -- sleep 600"
        );
        added.image = "busybox;reboot";
        added.target = None;
        added.command = &[];
        assert_eq!(
            debug(&added),
            "kubectl -n shop debug web --image='busybox;reboot' --container=debugger \
             --profile=general --keep-labels --attach=false"
        );
    }

    #[test]
    fn an_object_cannot_end_the_text_that_it_is_given_in() {
        assert_eq!(
            create(Some("shop"), "{}"),
            "kubectl -n shop create -f - <<'EOF'\n{}\nEOF"
        );
        let hostile = try_create(None, "a\nEOF\nreboot");
        assert!(
            hostile.ends_with("<<'EOF_'\na\nEOF\nreboot\nEOF_"),
            "{hostile}"
        );
        let pod = ObjectRef::namespaced("Pod", "shop", "cart");
        assert_eq!(
            try_patch(&pod, "merge", r#"{"a":"it's"}"#),
            r#"kubectl -n shop patch pod cart --dry-run=server -o yaml --type=merge -p '{"a":"it'\''s"}'"#
        );
    }

    #[test]
    fn a_hostile_name_stays_one_word() {
        assert_eq!(word("a; rm -rf /"), "'a; rm -rf /'");
        assert_eq!(word("it's"), r"'it'\''s'");
        assert_eq!(word("-A"), "'-A'");
    }
}
