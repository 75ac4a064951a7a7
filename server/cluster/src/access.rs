//! What the reader may do, asked once a namespace.

use podside_diagnosis::facts::Kind;
use serde::Deserialize;
use serde_json::json;

use crate::answer::Asked;
use crate::connection::Connection;
use crate::error::Result;

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

#[derive(Debug, Deserialize)]
struct Review {
    status: ReviewStatus,
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
                    && has(rule.resources.as_deref().unwrap_or_default(), resource)
                    && rule
                        .resource_names
                        .as_deref()
                        .unwrap_or_default()
                        .is_empty()
            })
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
    /// What the reader may do in a namespace.
    pub async fn rights(&self, namespace: &str) -> Result<Rights> {
        let path = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";
        let review = json!({
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectRulesReview",
            "spec": {"namespace": namespace},
        });
        let answer = self.review(path, &review).await?;
        let asked = Asked::review("authorization.k8s.io/v1", "SelfSubjectRulesReview");
        let review: Review = answer.object(&asked)?;
        Ok(Rights {
            rules: review.status.resource_rules.unwrap_or_default(),
            incomplete: review.status.incomplete,
        })
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

    #[test]
    fn an_incomplete_answer_forbids_nothing() {
        assert!(
            rights(r#"{"status":{"incomplete":true,"resourceRules":null}}"#).may_read(Kind::Pod)
        );
    }
}
