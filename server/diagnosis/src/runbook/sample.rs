//! A small runbook and a small cluster for the tests.

use podside_model::ObjectRef;

use super::{Names, Runbook, Vocabulary, read};

const SOURCE: &str = "\
id: sample
version: 1
title: {en: Sample, ja: 見本}
about: {en: About, ja: 説明}
targets: [Pod]
steps:
  - id: pending
    question: {en: 'Is Pod {pod} Pending?', ja: 'Pod {pod} は Pending ですか？'}
    why: {en: Because., ja: 理由。}
    check: {cel: \"pod.phase == 'Pending'\"}
    docs: &docs {url: 'https://kubernetes.io/', title: {en: Docs, ja: 文書}}
    yes: {step: room}
    no: {step: crashing}
    unknown: {step: crashing}
  - id: room
    question: {en: 'Is there no room?', ja: '空きはありませんか？'}
    why: {en: Because., ja: 理由。}
    check: {causes: [insufficient-cpu, insufficient-memory]}
    docs: *docs
    yes: {found: {en: 'Read the event.', ja: 'イベントを読む。'}}
    no: {open: {en: 'Ask.', ja: '尋ねる。'}}
    unknown: {open: {en: 'Ask.', ja: '尋ねる。'}}
  - id: crashing
    question: {en: 'Does it crash?', ja: 'クラッシュしていますか？'}
    why: {en: Because., ja: 理由。}
    check: {cel: \"pod.containers.exists(c, c.restartCount > 0)\"}
    docs: *docs
    yes: {step: look-inside}
    no: {nothing-wrong: {en: 'Fine.', ja: '正常。'}}
    unknown: {step: look-inside}
  - id: look-inside
    question: {en: 'Do you see it?', ja: '見えますか？'}
    why: {en: Because., ja: 理由。}
    check: {ask: true}
    docs: *docs
    yes: {cause: app-exits-with-error, text: {en: 'It ends.', ja: '終了する。'}}
    no: {open: {en: 'Ask.', ja: '尋ねる。'}}
    unknown: {open: {en: 'Ask.', ja: '尋ねる。'}}
";

pub(super) fn runbook() -> Runbook {
    let vocabulary = Vocabulary {
        is_cause: &|_| true,
        runbooks: &[],
    };
    read(SOURCE, vocabulary).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

pub(super) fn names() -> Names {
    Names {
        target: ObjectRef::namespaced("Pod", "shop", "cart-1"),
        pod: Some("cart-1".to_owned()),
        container: None,
    }
}

/// A Deployment whose Pod crashes, with what stands around it.
pub(super) const SHOP: &str = "
apiVersion: v1
kind: Pod
metadata: {name: cart-1, namespace: shop, uid: p1, labels: {app: cart}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: cart-a, uid: r1, controller: true}]}
spec: {nodeName: n1, containers: [{name: app, image: cart}, {name: proxy, image: proxy}], volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]}
status:
  phase: Pending
  containerStatuses:
    - {name: app, restartCount: 3, state: {waiting: {reason: CrashLoopBackOff}}}
    - {name: proxy, restartCount: 0, state: {running: {}}}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: cart-a, namespace: shop, uid: r1, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: cart, uid: d1, controller: true}]}
spec: {replicas: 1, selector: {matchLabels: {app: cart}}, template: {metadata: {labels: {app: cart}}, spec: {containers: [{name: app}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop, uid: d1, generation: 2}
spec: {replicas: 1, selector: {matchLabels: {app: cart}}, template: {metadata: {labels: {app: cart}}, spec: {containers: [{name: app}]}}}
status: {replicas: 1, conditions: [{type: Available, status: 'False', reason: MinimumReplicasUnavailable}]}
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{port: 80, targetPort: http}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: cart-x, namespace: shop, labels: {kubernetes.io/service-name: cart}}
endpoints: [{addresses: [10.0.0.1], conditions: {ready: false}, targetRef: {kind: Pod, name: cart-1}}]
ports: [{port: 8080}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec: {defaultBackend: {service: {name: cart, port: {number: 80}}}}
---
apiVersion: v1
kind: Node
metadata: {name: n1}
status: {conditions: [{type: Ready, status: 'True'}, {type: DiskPressure, status: 'True', message: full}]}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: shop}
status: {phase: Bound}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: cart, namespace: shop}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: cart}, maxReplicas: 3}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly, namespace: shop, uid: c1}
spec: {schedule: '0 0 * * *', suspend: true, jobTemplate: {spec: {template: {spec: {containers: [{name: app}]}}}}}
---
apiVersion: v1
kind: Event
metadata: {name: e1, namespace: shop}
involvedObject: {apiVersion: v1, kind: Pod, name: cart-1, namespace: shop, uid: p1}
reason: BackOff
message: Back-off restarting failed container
type: Warning
lastTimestamp: '2026-01-01T11:59:00Z'
---
apiVersion: v1
kind: Secret
metadata: {name: login, namespace: shop}
";
