//! Rights: told before, and told when they are missing.

use podside_cluster::acting::{Action, ExecLimits, Lacking, NotDone};
use podside_replay::Access;
use serde_json::json;

use super::stage::{Stage, command, short, small};

/// The Role for a command in a container, to be copied.
const ROLE: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { namespace: shop, name: podside-pods-exec-create }
rules:
- apiGroups: [\"\"]
  resources: [pods/exec]
  verbs: [create, get]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { namespace: shop, name: podside-pods-exec-create }
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: podside-pods-exec-create
subjects:
- apiGroup: rbac.authorization.k8s.io
  kind: User
  name: practice
";

async fn lacking(stage: &Stage, action: Action) -> Option<Lacking> {
    stage.connection.plan(&action).await.unwrap().lacking
}

fn verbs(lacking: Option<Lacking>) -> Vec<String> {
    let rights = lacking.map(|lacking| lacking.rights).unwrap_or_default();
    let named = |right: podside_model::MissingRight| format!("{} {}", right.verb, right.resource);
    rights.into_iter().map(named).collect()
}

async fn of_version(version: &str, denied: &[&str]) -> Stage {
    let access = Access {
        denied: denied.iter().map(|right| (*right).to_owned()).collect(),
        ..Access::default()
    };
    let recording = small().with_version(json!({"gitVersion": version}));
    Stage::of(recording, access).await
}

#[tokio::test]
async fn a_missing_right_comes_with_the_role_that_gives_it() {
    let stage = Stage::without(&["pods/exec"]).await;
    let told = lacking(&stage, Action::Exec(command(&["id"]))).await;
    assert_eq!(told.unwrap().role, ROLE);
    // Whoever tries all the same is refused, and told as well.
    let refused = stage
        .connection
        .exec(&command(&["id"]), &ExecLimits::default())
        .await;
    let Err(NotDone::Denied { lacking, message }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(lacking.rights[0].resource, "pods/exec");
    assert!(
        lacking.role.contains("  name: practice\n"),
        "{}",
        lacking.role
    );
    assert!(
        message.contains("User \"practice\" cannot get resource \"pods/exec\""),
        "{message}"
    );
}

#[tokio::test]
async fn since_1_35_a_command_must_be_allowed_as_creating() {
    for (version, denied, missing) in [
        ("v1.34.5", "create pods/exec", None),
        ("v1.34.5", "get pods/exec", Some("get pods/exec")),
        ("v1.35.0", "create pods/exec", Some("create pods/exec")),
        ("v1.36.2", "get pods/exec", Some("get pods/exec")),
    ] {
        let stage = of_version(version, &[denied]).await;
        let told = verbs(lacking(&stage, Action::Exec(command(&["id"]))).await);
        let ran = stage
            .connection
            .exec(&command(&["id"]), &ExecLimits::default())
            .await;
        match missing {
            None => {
                assert!(told.is_empty(), "{version}: {told:?}");
                assert!(ran.is_ok(), "{version}: {ran:?}");
            }
            Some(missing) => {
                assert_eq!(told, [missing], "{version}");
                let Err(NotDone::Denied { lacking, .. }) = ran else {
                    panic!("{version}: {ran:?}");
                };
                assert_eq!(verbs(Some(lacking)), [missing], "{version}");
            }
        }
    }
}

#[tokio::test]
async fn of_a_version_that_is_not_told_both_verbs_are_needed() {
    let stage = of_version("v1.34.5", &["pods/exec"]).await;
    let needs = command(&["id"]).needs("");
    let told = stage.connection.lacking(&needs).await.unwrap();
    assert_eq!(verbs(told), ["create pods/exec", "get pods/exec"]);
}

#[tokio::test]
async fn where_the_rules_are_not_all_told_single_rights_are_asked_for() {
    let access = Access {
        denied: vec!["create pods".to_owned()],
        incomplete: true,
        ..Access::default()
    };
    let stage = Stage::of(small(), access).await;
    let pod = || Action::CreatePod(short("shop", &["true"]));
    assert_eq!(verbs(lacking(&stage, pod()).await), ["create pods"]);
    assert_eq!(lacking(&stage, Action::Exec(command(&["id"]))).await, None);
}

#[tokio::test]
async fn each_action_says_what_it_lacks() {
    let stage = Stage::of(
        small(),
        Access {
            reads_only: true,
            ..Access::default()
        },
    )
    .await;
    let pod = short("shop", &["true"]);
    let told = verbs(lacking(&stage, Action::CreatePod(pod.clone())).await);
    assert_eq!(told, ["create pods", "delete pods"]);
    let error = stage.connection.create_pod(&pod).await.unwrap_err();
    assert!(matches!(error, NotDone::Denied { .. }), "{error:?}");
    let told = verbs(lacking(&stage, Action::Exec(command(&["id"]))).await);
    assert_eq!(told, ["create pods/exec", "get pods/exec"]);
}
