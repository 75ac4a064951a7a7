//! Symptom: an application logs 403 Forbidden of the API server.
//! Cause: its ServiceAccount is refused by the API server: no role grants what it asks.
//! Fix: a Role and a RoleBinding for the ServiceAccount.
//! Source: <https://kubernetes.io/docs/reference/access-authn-authz/rbac/>

use crate::facts::{
    AccessRule, Container, ContainerKind, ContainerStatus, EnvValue, Kind, Object, Pod, Role,
    RoleBinding, Str,
};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::log_reading::{Claim, Scope, Told};
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::rules::container::crash::is_concerned;
use crate::rules::service::dial::is_recent;
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "rbac-forbidden",
    source: "https://kubernetes.io/docs/reference/access-authn-authz/rbac/",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "{kind} {name} may not {verb} {resource}: ServiceAccount {account} has no role for it",
            "{kind} {name} は {resource} を {verb} できない: ServiceAccount {account} にその権限がない",
        ),
        text(
            "title.unsaid",
            "{kind} {name} is refused by the API server: ServiceAccount {account} has no role for what it asks",
            "{kind} {name} が API サーバーに拒否される: ServiceAccount {account} に必要な権限がない",
        ),
        text(
            "explanation",
            "The application calls the API server as ServiceAccount {account}, and the API server answers 403 Forbidden. {n} {n|binding grants|bindings grant} this account something.",
            "アプリケーションは ServiceAccount {account} として API サーバーを呼び出し、403 Forbidden を受け取っています。このアカウントに権限を与えるバインディングは {n} 個です。",
        ),
        text(
            "explanation.unbound",
            "The application calls the API server as ServiceAccount {account}, and the API server answers 403 Forbidden. {binding} names the account, but {role}, to which it refers, does not exist.",
            "アプリケーションは ServiceAccount {account} として API サーバーを呼び出し、403 Forbidden を受け取っています。{binding} はこのアカウントを指定していますが、参照先の {role} が存在しません。",
        ),
        text(
            "explanation.verbs",
            "The application calls the API server as ServiceAccount {account}, and the API server answers 403 Forbidden. {role} gives the account {verbs} on {resource}, not {verb}.",
            "アプリケーションは ServiceAccount {account} として API サーバーを呼び出し、403 Forbidden を受け取っています。{role} がこのアカウントに許可しているのは {resource} の {verbs} で、{verb} は含まれません。",
        ),
        text(
            "fix.role",
            "Create a role that allows it:",
            "これを許可するロールを作成します:",
        ),
        text(
            "fix.binding",
            "Bind the role to the ServiceAccount:",
            "そのロールを ServiceAccount に結び付けます:",
        ),
        text(
            "fix.unsaid",
            "Grant the ServiceAccount what the log line says, with a Role and a RoleBinding.",
            "ログの行が示す権限を、Role と RoleBinding で ServiceAccount に与えます。",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    // The default account has no rights, so hardly an application that calls the API uses it;
    // the system's own Pods are its distribution's business until they fail.
    let account = pod.spec.service_account_name();
    let has_token = pod.spec.automount_token != Some(false);
    let system = &*pod.meta.namespace == "kube-system" && pod.is_ready();
    if !is_concerned(pod, snapshot) || (has_token && system) {
        return;
    }
    for (container, status) in pod.containers() {
        let Some(status) = status else { continue };
        let failing = !status.ready && status.last_end().is_some_and(|(_, end)| end.exit_code != 0);
        let calls = has_token && (account != "default" || mentions_the_api(container));
        if container.kind == ContainerKind::Ephemeral || !(calls || failing) {
            continue;
        }
        let present = status
            .is_running()
            .then(|| findings.present_words(snapshot, pod, status));
        let last = failing.then(|| findings.last_words(snapshot, pod, status));
        for told in [present, last]
            .iter()
            .flatten()
            .flat_map(|words| &words.told)
        {
            if let Some(finding) = judge(told, pod, status, snapshot) {
                findings.add(finding.shows_in(container));
            }
        }
    }
}

/// Whether a container's image, command or environment speaks of the API server.
fn mentions_the_api(container: &Container) -> bool {
    let speaks = |text: &str| {
        [
            "kubectl",
            "kubernetes.default",
            "kubernetes.io/serviceaccount",
            "KUBERNETES_SERVICE",
        ]
        .into_iter()
        .any(|words| text.contains(words))
    };
    let env = container.env.iter().any(|var| match &var.value {
        EnvValue::Plain(value) => speaks(value),
        _ => false,
    });
    let mut words = container.command.iter().chain(&container.args);
    speaks(&container.image) || env || words.any(|word| speaks(word))
}

fn judge(told: &Told, pod: &Pod, status: &ContainerStatus, snapshot: &Snapshot) -> Option<Finding> {
    let Claim::Forbidden {
        user,
        verb,
        resource,
        group,
        scope,
    } = &told.claim
    else {
        return None;
    };
    let namespace = &*pod.meta.namespace;
    let account = pod.spec.service_account_name();
    let own = format!("system:serviceaccount:{namespace}:{account}");
    if (!user.is_empty() && *user != own) || !is_recent(told, status, snapshot) {
        return None;
    }
    let bindings = bindings(namespace, account, scope, snapshot);
    let asked = Asked {
        verb,
        resource,
        group,
    };
    // What has been granted since is not refused any more.
    if !verb.is_empty()
        && status.is_running()
        && bindings.iter().any(|b| asked.is_granted(b, snapshot))
    {
        return None;
    }
    let finding = Finding::on_pod(snapshot, pod)
        .arg("account", account)
        .arg("n", bindings.len())
        .proof(told.proof(pod))
        .proofs(
            (!pod.spec.service_account.is_empty())
                .then(|| proof::field(pod, "/spec/serviceAccountName", &pod.spec.service_account)),
        );
    if verb.is_empty() || resource.is_empty() {
        return Some(finding.title("title.unsaid").fix("fix.unsaid"));
    }
    let finding = finding.arg("verb", verb).arg("resource", resource);
    let finding = match near_miss(&asked, &bindings, snapshot) {
        Some(near) => near(finding),
        None => finding,
    };
    Some(granted_by(finding, &asked, namespace, account, scope))
}

/// What the API server was asked for.
struct Asked<'a> {
    verb: &'a str,
    resource: &'a str,
    group: &'a str,
}

impl Asked<'_> {
    fn is_granted(&self, binding: &RoleBinding, snapshot: &Snapshot) -> bool {
        role(binding, snapshot).is_some_and(|role| {
            role.rules.iter().any(|rule| {
                rule.names.is_empty() && has(&rule.verbs, self.verb) && self.is_about(rule)
            })
        })
    }

    /// Whether a rule speaks of the resource, whatever it allows.
    fn is_about(&self, rule: &AccessRule) -> bool {
        has(&rule.resources, self.resource) && has(&rule.groups, self.group)
    }
}

fn has(list: &[Str], wanted: &str) -> bool {
    list.iter().any(|x| &**x == "*" || &**x == wanted)
}

type Near<'a> = Box<dyn FnOnce(Finding) -> Finding + 'a>;

/// A grant that is nearly there: a binding to a role that does not exist, or a role that
/// allows something else with the same resource.
fn near_miss<'a>(
    asked: &'a Asked<'_>,
    bindings: &[&'a RoleBinding],
    snapshot: &'a Snapshot,
) -> Option<Near<'a>> {
    let unbound = bindings
        .iter()
        .find(|binding| is_role_missing(binding, snapshot));
    if let Some(binding) = unbound {
        return Some(Box::new(|finding| {
            finding
                .arg(
                    "binding",
                    format!("{} {}", binding.kind(), binding.meta.name),
                )
                .arg("role", format!("{} {}", binding.role_kind, binding.role))
                .explanation("explanation.unbound")
                .proof(proof::field(*binding, "/roleRef/name", &binding.role))
        }));
    }
    bindings.iter().find_map(|binding| {
        let role = role(binding, snapshot)?;
        let (index, rule) = role
            .rules
            .iter()
            .enumerate()
            .find(|(_, rule)| asked.is_about(rule))?;
        let verbs: Vec<String> = rule.verbs.iter().map(ToString::to_string).collect();
        let first = rule.verbs.first()?;
        Some(Box::new(move |finding: Finding| {
            finding
                .arg("role", format!("{} {}", role.kind(), role.meta.name))
                .arg("verbs", verbs)
                .explanation("explanation.verbs")
                .proof(proof::field(role, format!("/rules/{index}/verbs/0"), first))
        }) as Near<'a>)
    })
}

/// The evidence and the fix of a refusal that says what was asked for.
fn granted_by(
    finding: Finding,
    asked: &Asked<'_>,
    namespace: &str,
    account: &str,
    scope: &Scope,
) -> Finding {
    let Asked {
        verb,
        resource,
        group,
    } = asked;
    let (of, subresource) = resource.split_once('/').unwrap_or((resource, ""));
    let in_group = |of: &str| {
        if group.is_empty() {
            of.to_owned()
        } else {
            format!("{of}.{group}")
        }
    };
    let target = if subresource.is_empty() {
        in_group(of)
    } else {
        format!("{}/{subresource}", in_group(of))
    };
    let asks = if subresource.is_empty() {
        String::new()
    } else {
        format!(" --subresource={}", kubectl::word(subresource))
    };
    let (prefix, role, all) = match scope {
        Scope::Cluster => (kubectl::prefix(None), "clusterrole", " -A"),
        Scope::Namespace(of) => (kubectl::prefix(Some(of)), "role", ""),
        Scope::Unsaid => (kubectl::prefix(Some(namespace)), "role", ""),
    };
    let name = format!("{account}-{}", resource.replace('/', "-"));
    let name = kubectl::word(&name);
    finding
        .proof(proof::command(
            proof::object(Kind::ServiceAccount, namespace, account),
            format!(
                "{prefix} auth can-i {} {}{asks} --as={}{all}",
                kubectl::word(verb),
                kubectl::word(&in_group(of)),
                kubectl::word(&format!("system:serviceaccount:{namespace}:{account}"))
            ),
            "no",
        ))
        .fix_with(
            "fix.role",
            format!(
                "{prefix} create {role} {name} --verb={} --resource={}",
                kubectl::word(granted(verb)),
                kubectl::word(&target)
            ),
        )
        .fix_with(
            "fix.binding",
            format!(
                "{prefix} create {role}binding {name} --{role}={name} --serviceaccount={}:{}",
                kubectl::word(namespace),
                kubectl::word(account)
            ),
        )
}

/// The verbs that go together with one: a client that lists or watches is refused the others
/// next (<https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes>).
fn granted(verb: &str) -> &str {
    match verb {
        "list" | "watch" => "get,list,watch",
        other => other,
    }
}

/// The bindings that grant a ServiceAccount something where it asked: its own, and those of
/// the groups of all ServiceAccounts. A RoleBinding grants nothing outside of its namespace.
fn bindings<'a>(
    namespace: &str,
    account: &str,
    scope: &Scope,
    snapshot: &'a Snapshot,
) -> Vec<&'a RoleBinding> {
    let group = format!("system:serviceaccounts:{namespace}");
    let grants = |binding: &&RoleBinding| {
        binding.subjects.iter().any(|subject| match &*subject.kind {
            "ServiceAccount" => &*subject.name == account && &*subject.namespace == namespace,
            "Group" => {
                matches!(
                    &*subject.name,
                    "system:serviceaccounts" | "system:authenticated"
                ) || *subject.name == *group
            }
            _ => false,
        })
    };
    let of = match scope {
        Scope::Cluster => None,
        Scope::Namespace(of) => Some(&**of),
        Scope::Unsaid => Some(namespace),
    };
    of.into_iter()
        .flat_map(|of| snapshot.role_bindings.in_namespace(of))
        .chain(snapshot.cluster_role_bindings.iter())
        .filter(grants)
        .collect()
}

fn role<'a>(binding: &RoleBinding, snapshot: &'a Snapshot) -> Option<&'a Role> {
    if &*binding.role_kind == "ClusterRole" {
        snapshot.cluster_roles.get("", &binding.role)
    } else {
        snapshot.roles.get(&binding.meta.namespace, &binding.role)
    }
}

fn is_role_missing(binding: &RoleBinding, snapshot: &Snapshot) -> bool {
    if &*binding.role_kind == "ClusterRole" {
        snapshot.cluster_roles.find("", &binding.role).is_missing()
    } else {
        let namespace = &binding.meta.namespace;
        snapshot.roles.find(namespace, &binding.role).is_missing()
    }
}

#[cfg(test)]
#[path = "rbac_forbidden_tests.rs"]
mod tests;
