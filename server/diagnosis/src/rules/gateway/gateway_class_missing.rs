//! Symptom: a Gateway gets no address and no status; its routes are not served.
//! Cause: the class that it names does not exist, or no controller accepts it.
//! Fix: the class's name, or install the controller.
//! Source: <https://kubernetes.io/docs/concepts/services-networking/gateway/#api-kind-gateway-class>

use podside_model::{Message, Relation};

use crate::facts::{Condition, Gateway, GatewayClass, Kind, Object};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::near;
use crate::patience::CONTROLLER_ACTS;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::{Lookup, Snapshot};
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "gateway-class-missing",
    source: "https://kubernetes.io/docs/concepts/services-networking/gateway/#api-kind-gateway-class",
    rank: Rank::Root,
    runs: &[Run::Gateway(run)],
    texts: &[
        text(
            "title",
            "Gateway {name} names class {class}, which does not exist",
            "Gateway {name} が指定するクラス {class} が存在しない",
        ),
        text(
            "title.refused",
            "Gateway {name} is of class {class}, which its controller does not accept: {said}",
            "Gateway {name} のクラス {class} をコントローラーが受け入れていない: {said}",
        ),
        text(
            "title.nobody",
            "Gateway {name} is of class {class}, and no controller {controller} answers for it",
            "Gateway {name} のクラス {class} を担当するコントローラー {controller} がない",
        ),
        text(
            "explanation",
            "A controller takes up only the Gateways of its own class, so nobody looks at this one. The cluster has: {classes}.",
            "コントローラーは自身のクラスの Gateway だけを処理するため、この Gateway は処理されません。クラスターにあるクラスは {classes} です。",
        ),
        text(
            "explanation.none",
            "A controller takes up only the Gateways of its own class, so nobody looks at this one. The cluster has no class at all: the controller that brings it is probably not installed.",
            "コントローラーは自身のクラスの Gateway だけを処理するため、この Gateway は処理されません。クラスターにはクラスが 1 つもなく、それを用意するコントローラーが導入されていない可能性があります。",
        ),
        text(
            "explanation.class",
            "The controller of a class marks it as accepted before it takes up any Gateway of it. Until then this Gateway has no address, and no route is served through it.",
            "クラスのコントローラーは、まずクラスを Accepted にしてから Gateway を処理します。それまでこの Gateway にアドレスはなく、ルートも提供されません。",
        ),
        text(
            "fix.near",
            "If {near} is meant, correct gatewayClassName of Gateway {name}.",
            "{near} のことであれば、Gateway {name} の gatewayClassName を修正します。",
        ),
        text(
            "fix.class",
            "Name a class that exists in gatewayClassName of Gateway {name}.",
            "Gateway {name} の gatewayClassName に既存のクラスを指定します。",
        ),
        text(
            "fix.refused",
            "Correct what the message names in GatewayClass {class} (its parametersRef, or the version of the Gateway API that is installed).",
            "メッセージが示す点を GatewayClass {class} で修正します（parametersRef や、導入済みの Gateway API のバージョンなど）。",
        ),
        text(
            "fix.install",
            "Install the controller to which the class belongs, or see why it does not run.",
            "このクラスのコントローラーを導入するか、動作していない理由を確認します。",
        ),
    ],
};

fn run(gateway: &Gateway, snapshot: &Snapshot, findings: &mut Findings) {
    if gateway.meta.deleting.is_some() || gateway.class.is_empty() {
        return;
    }
    let found = match snapshot.gateway_classes.find("", &gateway.class) {
        Lookup::Found(class) => unaccepted(gateway, class, snapshot),
        Lookup::Missing => Some(missing(gateway, snapshot)),
        Lookup::Unknown(why) => {
            findings.unknown_object(Kind::GatewayClass, "", &gateway.class, why);
            None
        }
    };
    if let Some(found) = found {
        findings.add(found.arg("class", &*gateway.class).fix("fix.install"));
    }
}

fn missing(gateway: &Gateway, snapshot: &Snapshot) -> Finding {
    let pointer = "/spec/gatewayClassName";
    let object = proof::object(Kind::GatewayClass, "", &gateway.class);
    let finding = Finding::on(gateway)
        .proof(proof::field(gateway, pointer, &gateway.class))
        .proof(proof::absence(object, gateway, pointer))
        .since(gateway.meta.created);
    let classes = snapshot.gateway_classes.iter();
    let names: Vec<String> = classes.map(|class| class.meta.name.to_string()).collect();
    let edit = kubectl::edit(&gateway.object_ref());
    let near = near::name(&gateway.class, names.iter().map(String::as_str));
    let finding = match near {
        Some(near) => finding.arg("near", near).fix_with("fix.near", edit),
        None if names.is_empty() => return finding.explanation("explanation.none"),
        None => finding.fix_with("fix.class", edit),
    };
    finding.arg("classes", names)
}

/// The class is there, and its controller does not accept it or has never said so.
fn unaccepted(gateway: &Gateway, class: &GatewayClass, snapshot: &Snapshot) -> Option<Finding> {
    let mut conditions = class.conditions.iter();
    let accepted = conditions.find(|condition| &*condition.kind == "Accepted");
    let finding = Finding::on(gateway)
        .explanation("explanation.class")
        .proof(proof::field(
            gateway,
            "/spec/gatewayClassName",
            &gateway.class,
        ))
        .affects(
            class.object_ref(),
            Relation::ReferredToBy,
            Message::new("state.waits"),
        );
    match accepted {
        Some(condition) if condition.is_true() => None,
        Some(condition) if condition.is_false() => {
            let said = condition.message.as_deref().unwrap_or(&condition.reason);
            Some(
                finding
                    .title("title.refused")
                    .arg("said", said.trim_end_matches('.'))
                    .proof(proof::condition(class, condition, "message"))
                    .since(condition.changed)
                    .fix_with("fix.refused", kubectl::edit(&class.object_ref())),
            )
        }
        // The API's own default is a condition that is Unknown.
        _ if !CONTROLLER_ACTS.has_ended(class.meta.created, snapshot) => None,
        unknown => Some(
            finding
                .title("title.nobody")
                .arg("controller", &*class.controller)
                .proofs(unknown.map(|it: &Condition| proof::condition(class, it, "status")))
                .proof(proof::field(
                    class,
                    "/spec/controllerName",
                    &class.controller,
                ))
                .since(class.meta.created),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::WORLD;
    use crate::testing::check;

    #[test]
    fn a_class_that_does_not_exist() {
        check(&WORLD.replace("gatewayClassName: public", "gatewayClassName: publik"))
            .finds("gateway-class-missing", "Gateway infra/edge")
            .tells("title")
            .with("class", "publik")
            .offers("fix.near")
            .with("near", "public")
            .alone();
    }

    #[test]
    fn a_class_that_nobody_answers_for() {
        let silent = WORLD.replace(
            "conditions: [{type: Accepted, status: 'True', reason: Accepted}]",
            "conditions: [{type: Accepted, status: Unknown, reason: Pending, message: Waiting for controller}]",
        );
        check(&silent)
            .finds("gateway-class-missing", "Gateway infra/edge")
            .tells("title.nobody")
            .with("controller", "example.com/gateway")
            .offers("fix.install");
        let new = silent.replace(
            "{name: public, creationTimestamp: '2026-01-01T10:00:00Z'}",
            "{name: public, creationTimestamp: '2026-01-01T11:59:50Z'}",
        );
        check(&new).does_not_find("gateway-class-missing");
    }

    #[test]
    fn a_class_that_is_refused_says_why() {
        let refused = WORLD.replace(
            "status: 'True', reason: Accepted}",
            "status: 'False', reason: InvalidParameters, message: ConfigMap odd not found}",
        );
        check(&refused)
            .finds("gateway-class-missing", "Gateway infra/edge")
            .tells("title.refused")
            .with("said", "ConfigMap odd not found");
    }

    #[test]
    fn a_gateway_of_an_accepted_class_is_well() {
        check(WORLD).finds_nothing();
    }

    #[test]
    fn classes_that_cannot_be_read_are_unknown() {
        check(&WORLD.replace("gatewayClassName: public", "gatewayClassName: publik"))
            .denying("gatewayclasses")
            .does_not_find("gateway-class-missing")
            .cannot_tell("unknown.cluster-object")
            .with("name", "publik");
    }
}
