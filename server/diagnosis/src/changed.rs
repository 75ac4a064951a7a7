//! Which object a command of a fix changes, so that a page names the one that is to be changed
//! as its fix does.

use podside_model::ObjectRef;

use crate::facts::Kind;

/// The object that a command of this crate changes or makes; `None` for one that only shows
/// something, or takes it away so that it is made anew, and for kinds that the facts do not
/// know.
pub fn changed(command: &str) -> Option<ObjectRef> {
    let words = words(command);
    let mut words = words.iter().map(String::as_str).peekable();
    // What is read first, such as a value, comes before it.
    words.find(|word| *word == "kubectl")?;
    let mut namespace = None;
    while let Some(option) = words.next_if(|word| word.starts_with('-')) {
        if option == "-n" {
            namespace = words.next();
        }
    }
    let object = |kind: &str, name: &str| {
        let kind = kind_of(kind)?;
        let object = if kind.is_namespaced() {
            ObjectRef::namespaced(kind.name(), namespace?, name)
        } else {
            ObjectRef::cluster(kind.name(), name)
        };
        let is_name = !name.is_empty() && !name.starts_with('-');
        is_name.then(|| object.in_group(kind.group()))
    };
    let verb = words.next()?;
    match verb {
        // It is written to a file, edited and replaced.
        "get" if !command.contains("kubectl replace") => None,
        "set" | "rollout" => {
            let (kind, name) = words.nth(1)?.split_once('/')?;
            object(kind, name)
        }
        "edit" | "patch" | "scale" | "label" | "annotate" | "taint" | "get" => {
            let first = words.next()?;
            match first.split_once('/') {
                Some((kind, name)) => object(kind, name),
                None => object(first, words.next()?),
            }
        }
        "uncordon" | "cordon" => object("node", words.next()?),
        "create" => match words.next()? {
            "secret" => object("secret", words.nth(1)?),
            // A run of a CronJob changes nothing of it.
            "job" => None,
            kind => object(kind, words.next()?),
        },
        _ => None,
    }
}

/// The words of a command, as a shell takes them; of several commands those of the first.
/// Only what [`word`](crate::kubectl::word) quotes is quoted.
pub fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut is_quoted = false;
    let mut characters = command.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\'' => {
                is_quoted = !is_quoted;
                word.get_or_insert_default();
            }
            '\\' if !is_quoted => word.get_or_insert_default().extend(characters.next()),
            c if c.is_whitespace() && !is_quoted => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
        let ends = word.is_none() && matches!(characters.peek(), Some('>' | '&' | '|' | ';'));
        if ends {
            break;
        }
    }
    words.extend(word);
    words
}

/// The kind that kubectl knows by this word.
fn kind_of(word: &str) -> Option<Kind> {
    let mut kinds = Kind::ALL.iter().copied();
    kinds.find(|kind| kind.kubectl() == word || kind.plural() == word)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kubectl;

    fn named(command: &str) -> Option<String> {
        changed(command).map(|object| object.to_string())
    }

    #[test]
    fn the_changed_object_is_the_one_that_the_command_names() {
        let web = ObjectRef::namespaced("Deployment", "shop", "web").in_group("apps");
        let pod = ObjectRef::namespaced("Pod", "shop", "web");
        let node = ObjectRef::cluster("Node", "n1");
        for (command, object) in [
            (kubectl::edit(&web), &web),
            (kubectl::change(&pod), &pod),
            (kubectl::undo(&web), &web),
            (kubectl::set_in_template(&web, &json!({"a": "it's"})), &web),
            (kubectl::edit(&node), &node),
            ("kubectl uncordon n1".to_owned(), &node),
            ("kubectl taint node n1 a:NoSchedule-".to_owned(), &node),
            (
                "kubectl -n shop set image deployment/web app=x:1".to_owned(),
                &web,
            ),
            (
                "kubectl -n shop scale deployment web --replicas=2".to_owned(),
                &web,
            ),
        ] {
            assert_eq!(changed(&command).as_ref(), Some(object), "{command}");
        }
        assert_eq!(
            named("kubectl -n shop create secret generic keys --from-literal=a=b"),
            Some("Secret shop/keys".to_owned())
        );
        assert_eq!(
            named("kubectl create priorityclass high --value=1000"),
            Some("PriorityClass high".to_owned())
        );
    }

    #[test]
    fn what_only_shows_or_takes_away_changes_nothing() {
        let pod = ObjectRef::namespaced("Pod", "shop", "web");
        for command in [
            kubectl::get_yaml(&pod),
            kubectl::describe(&pod),
            kubectl::delete(&pod),
            kubectl::logs("shop", "web", "app", true),
            "kubectl -n shop create job --from=cronjob/web web-now".to_owned(),
            "kubectl -n shop delete pods --field-selector=status.phase=Failed".to_owned(),
            "kubectl".to_owned(),
            "'".to_owned(),
            String::new(),
        ] {
            assert_eq!(changed(&command), None, "{command}");
        }
    }

    #[test]
    fn words_are_those_of_a_shell() {
        let hostile = ["a b", "it's", "-A", "x;y", ""];
        let command: Vec<String> = hostile.iter().map(|it| kubectl::word(it)).collect();
        assert_eq!(words(&command.join(" ")), hostile);
        assert_eq!(
            words("kubectl get pod x > f && rm f"),
            ["kubectl", "get", "pod", "x"]
        );
    }

    #[test]
    fn a_template_is_patched_where_it_stands() {
        let spec = json!({"dnsPolicy": "ClusterFirst"});
        let of = |kind: &str| {
            kubectl::set_in_template(
                &ObjectRef::namespaced(kind, "n", "a").in_group(podside_model::own_group(kind)),
                &spec,
            )
        };
        assert_eq!(
            of("StatefulSet"),
            r#"kubectl -n n patch statefulset a -p '{"spec":{"template":{"spec":{"dnsPolicy":"ClusterFirst"}}}}'"#
        );
        assert_eq!(
            of("CronJob"),
            r#"kubectl -n n patch cronjob a -p '{"spec":{"jobTemplate":{"spec":{"template":{"spec":{"dnsPolicy":"ClusterFirst"}}}}}}'"#
        );
        assert!(of("Pod").contains("kubectl replace --force"));
        let web = ObjectRef::namespaced("DaemonSet", "n", "a").in_group("apps");
        assert_eq!(
            kubectl::set_exactly_in_template(
                &web,
                "remove",
                "/containers/0/ports/0/hostPort",
                None
            ),
            r#"kubectl -n n patch daemonset a --type=json -p '[{"op":"remove","path":"/spec/template/spec/containers/0/ports/0/hostPort"}]'"#
        );
    }
}
