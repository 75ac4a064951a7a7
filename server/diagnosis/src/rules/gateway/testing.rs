//! Objects for the tests of this area.

/// A class that is accepted, a Gateway of it with one listener, and two Services.
pub(super) const WORLD: &str = "
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: public, creationTimestamp: '2026-01-01T10:00:00Z'}
spec: {controllerName: example.com/gateway}
status: {conditions: [{type: Accepted, status: 'True', reason: Accepted}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: infra, creationTimestamp: '2026-01-01T10:00:00Z'}
spec: {gatewayClassName: public, listeners: [{name: http, port: 80, protocol: HTTP, hostname: shop.example}]}
status: {conditions: [{type: Accepted, status: 'True'}, {type: Programmed, status: 'True'}], listeners: [{name: http, conditions: [{type: Accepted, status: 'True'}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: web}
spec: {clusterIP: 10.0.0.1, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: stock, namespace: back}
spec: {clusterIP: 10.0.0.2, ports: [{port: 8080}]}
";

/// A route in namespace `web` with that parent, backend and condition of the Gateway edge.
pub(super) fn route(parent: &str, backend: &str, condition: &str) -> String {
    format!(
        "
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {{name: shop, namespace: web, creationTimestamp: '2026-01-01T11:00:00Z'}}
spec:
  hostnames: [shop.example]
  parentRefs: [{{{parent}}}]
  rules: [{{backendRefs: [{{{backend}}}]}}]
status: {{parents: [{{parentRef: {{name: edge, namespace: infra}}, controllerName: example.com/gateway, conditions: [{condition}]}}]}}
"
    )
}
