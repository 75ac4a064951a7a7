/// A Pod whose container `app` has that probe (HTTP, port 8080, path /readyz), has run
/// since that time of the day, and has these further fields of its status.
pub(super) fn probed(probe: &str, since: &str, status: &str) -> String {
    format!(
        "
apiVersion: v1
kind: Pod
metadata: {{name: web, namespace: shop, uid: p}}
spec:
  nodeName: node-1
  containers:
    - name: app
      image: reg.example/web:1
      ports: [{{containerPort: 8080}}]
      {probe}: {{httpGet: {{path: /readyz, port: 8080}}, periodSeconds: 5, failureThreshold: 3}}
status:
  phase: Running
  containerStatuses:
    - {{name: app, state: {{running: {{startedAt: '2026-01-01T{since}Z'}}}}, {status}}}
"
    )
}

/// An event `Unhealthy` of that container.
pub(super) fn unhealthy(message: &str, count: u32, last: &str) -> String {
    event("Unhealthy", message, count, last)
}

/// An event `Killing` of that container.
pub(super) fn killing(message: &str, last: &str) -> String {
    event("Killing", message, 1, last)
}

fn event(reason: &str, message: &str, count: u32, last: &str) -> String {
    let message = message.replace('\'', "''");
    format!(
        "---
apiVersion: v1
kind: Event
metadata: {{name: {}, namespace: shop}}
involvedObject: {{kind: Pod, namespace: shop, name: web, uid: p, fieldPath: 'spec.containers{{app}}'}}
reason: {reason}
type: Warning
count: {count}
lastTimestamp: '2026-01-01T{last}Z'
message: '{message}'
",
        reason.to_lowercase()
    )
}
