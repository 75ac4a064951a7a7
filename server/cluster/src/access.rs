//! What the reader may do, asked once a namespace and minute.

use podside_diagnosis::facts::Kind;
use podside_diagnosis::facts::clean::{SHORT, clean};
use podside_model::MissingRight;
use serde::Deserialize;
use serde_json::json;

use crate::answer::Asked;
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::lately::Lately;

const AUTHORIZATION: &str = "authorization.k8s.io/v1";
const AUTHENTICATION: &str = "authentication.k8s.io/v1";

/// What is known of who asks with a connection, and of its server.
#[derive(Debug, Default)]
pub(crate) struct Known {
    rights: Lately<String, Rights>,
    single: Lately<Need, bool>,
    user: Lately<(), Option<String>>,
    version: Lately<(), String>,
}

impl Known {
    /// Forgets what the reader may do, because a request was refused.
    pub(crate) fn forget_rights(&self) {
        self.rights.forget();
        self.single.forget();
    }
}

/// A right that something needs: to one object, or to all of a resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// The right.
    pub right: MissingRight,
    /// The object's name; `None` where the right must be to all.
    pub name: Option<String>,
}

/// What the reader may do in one namespace, as a SelfSubjectRulesReview tells it
/// (<https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-rules-review-v1/>).
#[derive(Clone, Debug, Default)]
pub struct Rights {
    rules: Vec<Rule>,
    incomplete: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Rule {
    verbs: Vec<String>,
    api_groups: Option<Vec<String>>,
    resources: Option<Vec<String>>,
    resource_names: Option<Vec<String>>,
}

impl Rule {
    /// Whether it is of a resource, such as `pods/exec`. A star stands for all resources
    /// and their parts, `*/exec` for that part of all.
    fn is_of(&self, resource: &str) -> bool {
        let resources = self.resources.as_deref().unwrap_or_default();
        let part = resource.split_once('/').map(|(_, part)| part);
        has(resources, resource)
            || resources
                .iter()
                .any(|entry| part.is_some() && entry.strip_prefix("*/") == part)
    }

    fn names(&self) -> &[String] {
        self.resource_names.as_deref().unwrap_or_default()
    }
}

#[derive(Debug, Deserialize)]
struct Review {
    status: ReviewStatus,
}

#[derive(Debug, Deserialize)]
struct AccessReview {
    status: AccessStatus,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AccessStatus {
    allowed: bool,
}

#[derive(Debug, Deserialize)]
struct SubjectReview {
    status: SubjectStatus,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct SubjectStatus {
    user_info: UserInfo,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct UserInfo {
    username: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ReviewStatus {
    resource_rules: Option<Vec<Rule>>,
    incomplete: bool,
}

impl Rights {
    /// Rights that nothing is known of: trying is what tells.
    pub(crate) fn unknown() -> Self {
        Self {
            rules: Vec::new(),
            incomplete: true,
        }
    }

    /// Whether the reader may do `verb` to every `resource` of an API group. True
    /// also when the authorizer cannot list all rules: then trying is what tells.
    pub fn may(&self, verb: &str, group: &str, resource: &str) -> bool {
        self.incomplete
            || self.rules.iter().any(|rule| {
                has(&rule.verbs, verb)
                    && has(rule.api_groups.as_deref().unwrap_or_default(), group)
                    && rule.is_of(resource)
                    && rule.names().is_empty()
            })
    }

    /// Whether the rules give what is needed; `None` where they do not and are not all that
    /// there are.
    fn give(&self, need: &Need) -> Option<bool> {
        let MissingRight {
            verb,
            group,
            resource,
            ..
        } = &need.right;
        let gives = self.rules.iter().any(|rule| {
            let names = rule.names();
            let is_named = need.name.as_ref().is_some_and(|name| names.contains(name));
            has(&rule.verbs, verb)
                && has(rule.api_groups.as_deref().unwrap_or_default(), group)
                && rule.is_of(resource)
                && (names.is_empty() || is_named)
        });
        (gives || !self.incomplete).then_some(gives)
    }

    /// Whether the reader may list and watch a kind.
    pub fn may_read(&self, kind: Kind) -> bool {
        ["list", "watch"]
            .into_iter()
            .all(|verb| self.may(verb, kind.group(), kind.plural()))
    }
}

fn has(list: &[String], one: &str) -> bool {
    list.iter().any(|entry| entry == "*" || entry == one)
}

impl Connection {
    /// What the reader may do in a namespace, as it was within the last minute.
    pub async fn rights(&self, namespace: &str) -> Result<Rights> {
        let known = &self.known().rights;
        known
            .get(namespace.to_owned(), self.ask_rights(namespace))
            .await
    }

    async fn ask_rights(&self, namespace: &str) -> Result<Rights> {
        let path = format!("/apis/{AUTHORIZATION}/selfsubjectrulesreviews");
        let review = json!({
            "apiVersion": AUTHORIZATION,
            "kind": "SelfSubjectRulesReview",
            "spec": {"namespace": namespace},
        });
        let answer = self.review(&path, &review).await?;
        let asked = Asked::review(AUTHORIZATION, "SelfSubjectRulesReview");
        let review: Review = answer.object(&asked)?;
        Ok(Rights {
            rules: review.status.resource_rules.unwrap_or_default(),
            incomplete: review.status.incomplete,
        })
    }

    /// Whether the reader has what is needed, as it was within the last minute: told by the
    /// rules of the namespace, and by a SelfSubjectAccessReview where these are not all or
    /// where there is no namespace. Where the API server answers neither, trying is what
    /// tells, and the answer is yes.
    pub(crate) async fn may(&self, need: &Need) -> Result<bool> {
        let told = match need.right.namespace.as_deref() {
            Some(namespace) => match self.rights(namespace).await {
                Ok(rights) => rights.give(need),
                Err(Error::Denied { .. } | Error::NotFound { .. }) => None,
                Err(error) => return Err(error),
            },
            None => None,
        };
        if let Some(told) = told {
            return Ok(told);
        }
        let known = &self.known().single;
        match known.get(need.clone(), self.ask_may(need)).await {
            Err(Error::Denied { .. } | Error::NotFound { .. }) => Ok(true),
            told => told,
        }
    }

    async fn ask_may(&self, need: &Need) -> Result<bool> {
        let path = format!("/apis/{AUTHORIZATION}/selfsubjectaccessreviews");
        let resource = need.right.resource.as_str();
        let (resource, part) = resource.split_once('/').unwrap_or((resource, ""));
        let review = json!({
            "apiVersion": AUTHORIZATION,
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": {
                "namespace": need.right.namespace.as_deref().unwrap_or_default(),
                "verb": need.right.verb,
                "group": need.right.group,
                "resource": resource,
                "subresource": part,
                "name": need.name.as_deref().unwrap_or_default(),
            }},
        });
        let answer = self.review(&path, &review).await?;
        let asked = Asked::review(AUTHORIZATION, "SelfSubjectAccessReview");
        let review: AccessReview = answer.object(&asked)?;
        Ok(review.status.allowed)
    }

    /// Who asks, as the API server knows them; `None` where it does not tell, as before
    /// Kubernetes 1.28.
    pub(crate) async fn user(&self) -> Option<String> {
        let ask = async {
            match self.ask_user().await {
                Ok(user) => Ok(Some(user).filter(|user| !user.is_empty())),
                Err(Error::Denied { .. } | Error::NotFound { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        };
        self.known().user.get((), ask).await.ok().flatten()
    }

    async fn ask_user(&self) -> Result<String> {
        let path = format!("/apis/{AUTHENTICATION}/selfsubjectreviews");
        let review = json!({"apiVersion": AUTHENTICATION, "kind": "SelfSubjectReview"});
        let answer = self.review(&path, &review).await?;
        let asked = Asked::review(AUTHENTICATION, "SelfSubjectReview");
        let review: SubjectReview = answer.object(&asked)?;
        let user = review.status.user_info.username;
        Ok(clean(&user, SHORT).into_owned())
    }

    /// The API server's version, as it was within the last minute; empty where it does not
    /// tell.
    pub(crate) async fn known_version(&self) -> Result<String> {
        self.known().version.get((), self.server_version()).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rights(text: &str) -> Rights {
        let review: Review = serde_json::from_str(text).unwrap();
        Rights {
            rules: review.status.resource_rules.unwrap_or_default(),
            incomplete: review.status.incomplete,
        }
    }

    #[test]
    fn a_rule_for_single_names_lets_nobody_list() {
        let rights = rights(
            r#"{"status":{"incomplete":false,"resourceRules":[
                {"verbs":["get","list","watch"],"apiGroups":[""],"resources":["pods","pods/log"]},
                {"verbs":["*"],"apiGroups":[""],"resources":["secrets"],"resourceNames":["one"]},
                {"verbs":["list"],"apiGroups":["apps"],"resources":["*"]}]}}"#,
        );
        assert!(rights.may_read(Kind::Pod));
        assert!(rights.may("get", "", "pods/log"));
        assert!(!rights.may_read(Kind::Secret));
        assert!(!rights.may_read(Kind::Deployment));
        assert!(rights.may("list", "apps", "deployments"));
    }

    fn need(verb: &str, resource: &str, name: Option<&str>) -> Need {
        Need {
            right: MissingRight {
                verb: verb.to_owned(),
                group: String::new(),
                resource: resource.to_owned(),
                namespace: Some("shop".to_owned()),
            },
            name: name.map(str::to_owned),
        }
    }

    #[test]
    fn a_rule_is_of_names_and_of_parts() {
        let some = rights(
            r#"{"status":{"incomplete":false,"resourceRules":[
                {"verbs":["create"],"apiGroups":[""],"resources":["*/exec"]},
                {"verbs":["delete"],"apiGroups":[""],"resources":["pods"],"resourceNames":["web"]}]}}"#,
        );
        assert_eq!(some.give(&need("create", "pods/exec", None)), Some(true));
        assert_eq!(some.give(&need("create", "pods/attach", None)), Some(false));
        assert_eq!(some.give(&need("create", "exec", None)), Some(false));
        assert_eq!(some.give(&need("delete", "pods", Some("web"))), Some(true));
        assert_eq!(some.give(&need("delete", "pods", Some("db"))), Some(false));
        assert_eq!(some.give(&need("delete", "pods", None)), Some(false));
        let all = rights(
            r#"{"status":{"resourceRules":[{"verbs":["*"],"apiGroups":["*"],"resources":["*"]}]}}"#,
        );
        assert_eq!(all.give(&need("create", "pods/exec", None)), Some(true));
    }

    #[test]
    fn what_an_incomplete_answer_does_not_give_is_not_known() {
        let some = rights(
            r#"{"status":{"incomplete":true,"resourceRules":[
                {"verbs":["get"],"apiGroups":[""],"resources":["pods"]}]}}"#,
        );
        assert_eq!(some.give(&need("get", "pods", None)), Some(true));
        assert_eq!(some.give(&need("create", "pods", None)), None);
    }

    #[test]
    fn an_incomplete_answer_forbids_nothing() {
        assert!(
            rights(r#"{"status":{"incomplete":true,"resourceRules":null}}"#).may_read(Kind::Pod)
        );
    }
}
