/// A Pod with one container `app` that crashes for ever and last ended so.
pub(in crate::rules) fn crashing(terminated: &str) -> String {
    pod(
        "Running",
        &format!(
            "restartCount: 4
      state: {{waiting: {{reason: CrashLoopBackOff, message: back-off 1m20s restarting failed container=app}}}}
      lastState: {{terminated: {{{terminated}, startedAt: '2026-01-01T11:58:00Z', finishedAt: '2026-01-01T11:58:01Z'}}}}"
        ),
    )
}

/// A Pod with one container `app` that the runtime refuses to create, with this message.
pub(in crate::rules) fn never_created(message: &str) -> String {
    let message = message.replace('\'', "''");
    pod(
        "Pending",
        &format!(
            "restartCount: 0
      state: {{waiting: {{reason: CreateContainerError, message: '{message}'}}}}"
        ),
    )
}

/// A Pod of this phase with one container `app`, whose status holds these fields.
fn pod(phase: &str, fields: &str) -> String {
    format!(
        "
apiVersion: v1
kind: Pod
metadata: {{name: web, namespace: shop, uid: p}}
spec:
  nodeName: node-1
  restartPolicy: Always
  containers:
    - name: app
      image: reg.example/web:1
status:
  phase: {phase}
  containerStatuses:
    - name: app
      {fields}
"
    )
}
