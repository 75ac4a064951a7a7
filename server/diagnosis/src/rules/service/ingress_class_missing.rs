//! Symptom: an Ingress gets no address, and requests do not arrive.
//! Cause: it names a class that does not exist, or none while no class is the default,
//! so no controller looks at it.
//! Fix: name a class that exists.
//! Source: <https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-class>

use podside_model::{Message, Relation};

use crate::facts::{Ingress, Kind, Object};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::near;
use crate::patience::INGRESS_TAKEN_UP;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::rules::custom::makers::made_for;
use crate::snapshot::{Lookup, Snapshot};
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "ingress-class-missing",
    source: "https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-class",
    rank: Rank::Root,
    runs: &[Run::Ingress(run)],
    texts: &[
        text(
            "title",
            "Ingress {name} names class {class}, which does not exist",
            "Ingress {name} が指定するクラス {class} が存在しない",
        ),
        text(
            "title.default",
            "Ingress {name} names no class, and no IngressClass is the default",
            "Ingress {name} にクラスの指定がなく、デフォルトの IngressClass もない",
        ),
        text(
            "explanation",
            "A controller takes up only the Ingresses of its own class, so nobody looks at this one. The cluster has: {classes}.",
            "コントローラーは自身のクラスの Ingress だけを扱うため、この Ingress は扱われません。クラスターにある IngressClass: {classes}。",
        ),
        text(
            "explanation.none",
            "A controller takes up only the Ingresses of its own class, and the cluster has no IngressClass at all: probably no ingress controller is installed.",
            "コントローラーは自身のクラスの Ingress だけを扱います。クラスターには IngressClass がなく、Ingress コントローラーが導入されていないと考えられます。",
        ),
        text(
            "fix.class",
            "Set spec.ingressClassName of Ingress {name} to a class that exists.",
            "Ingress {name} の spec.ingressClassName を、存在するクラスにします。",
        ),
        text(
            "fix.install",
            "Or install the controller that this class belongs to.",
            "または、このクラスのコントローラーを導入します。",
        ),
    ],
};

fn run(ingress: &Ingress, snapshot: &Snapshot, findings: &mut Findings) {
    // Somebody has given it an address, so somebody looks at it.
    if ingress.meta.deleting.is_some() || !ingress.addresses.is_empty() {
        return;
    }
    let classes = &snapshot.ingress_classes;
    let names: Vec<String> = classes.iter().map(|c| c.meta.name.to_string()).collect();
    let finding = if ingress.class.is_empty() {
        let created = ingress.meta.created;
        let waited = created.is_some() && INGRESS_TAKEN_UP.has_ended(created, snapshot);
        if classes.unreadable("").is_some()
            || classes.iter().any(|c| c.is_default)
            || (names.is_empty() && !waited)
        {
            return;
        }
        Finding::on(ingress)
            .title("title.default")
            .likely()
            .proof(proof::command(
                ingress.object_ref(),
                "kubectl get ingressclasses",
                names.join("\n"),
            ))
    } else {
        match classes.find("", &ingress.class) {
            Lookup::Found(_) => return,
            Lookup::Unknown(why) => {
                findings.unknown_object(Kind::IngressClass, "", &ingress.class, why);
                return;
            }
            // Controllers know the old annotation without any IngressClass.
            Lookup::Missing if ingress.class_by_annotation && names.is_empty() => return,
            Lookup::Missing => named(ingress),
        }
    };
    // What made it for a purpose of its own cannot go on.
    let finding = made_for(&ingress.meta, snapshot).into_iter().fold(
        finding.arg("class", &*ingress.class),
        |finding, object| {
            finding.affects(object, Relation::ReferredToBy, Message::new("state.waits"))
        },
    );
    let near = near::name(&ingress.class, names.iter().map(String::as_str));
    let class = near.or_else(|| names.first().map(String::as_str));
    let fix = class.map(|class| {
        format!(
            "{} patch ingress {} -p {}",
            kubectl::prefix(Some(&ingress.meta.namespace)),
            kubectl::word(&ingress.meta.name),
            kubectl::word(&format!(
                "{{\"spec\":{{\"ingressClassName\":\"{class}\"}}}}"
            ))
        )
    });
    let finding = match fix {
        Some(fix) => finding.fix_with("fix.class", fix),
        None => finding.explanation("explanation.none"),
    };
    findings.add(finding.arg("classes", names).fix("fix.install"));
}

fn named(ingress: &Ingress) -> Finding {
    let missing = proof::object(Kind::IngressClass, "", &ingress.class);
    let pointer = if ingress.class_by_annotation {
        "/metadata/annotations/kubernetes.io~1ingress.class"
    } else {
        "/spec/ingressClassName"
    };
    Finding::on(ingress)
        .proof(proof::field(ingress, pointer, &ingress.class))
        .proof(proof::absence(missing, ingress, pointer))
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn objects(class: &str, status: &str) -> String {
        format!(
            "
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: site, namespace: web, creationTimestamp: '2026-01-01T11:00:00Z'}}
spec: {{{class}}}
status: {{{status}}}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {{name: public}}
spec: {{controller: example.com/ingress}}
"
        )
    }

    #[test]
    fn a_class_that_does_not_exist() {
        check(&objects("ingressClassName: publik", ""))
            .finds("ingress-class-missing", "Ingress web/site")
            .tells("title")
            .with("class", "publik")
            .advises("\"ingressClassName\":\"public\"")
            .alone();
    }

    #[test]
    fn no_class_and_no_default() {
        check(&objects("", ""))
            .finds("ingress-class-missing", "Ingress web/site")
            .is_likely();
    }

    #[test]
    fn an_ingress_that_somebody_looks_at() {
        check(&objects("ingressClassName: public", "")).finds_nothing();
        check(&objects(
            "ingressClassName: gone",
            "loadBalancer: {ingress: [{ip: 192.0.2.1}]}",
        ))
        .finds_nothing();
        let default = objects("", "").replace(
            "metadata: {name: public}",
            "metadata: {name: public, annotations: {ingressclass.kubernetes.io/is-default-class: 'true'}}",
        );
        check(&default).finds_nothing();
    }

    #[test]
    fn classes_that_cannot_be_read_are_unknown() {
        check(&objects("ingressClassName: publik", ""))
            .denying("ingressclasses")
            .does_not_find("ingress-class-missing")
            .cannot_tell("unknown.cluster-object")
            .with("kind", "IngressClass")
            .with("name", "publik");
    }
}
