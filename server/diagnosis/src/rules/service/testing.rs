/// A Pod that runs, is ready, and is told to call a URL.
pub(in crate::rules) fn client(url: &str) -> String {
    format!(
        "
apiVersion: v1
kind: Pod
metadata: {{name: web, namespace: shop, uid: p}}
spec:
  nodeName: node-1
  containers:
    - name: app
      image: x
      env: [{{name: UPSTREAM_URL, value: '{url}'}}]
status:
  phase: Running
  conditions: [{{type: Ready, status: 'True'}}]
  containerStatuses:
    - {{name: app, ready: true, started: true, state: {{running: {{startedAt: '2026-01-01T11:00:00Z'}}}}}}
"
    )
}
