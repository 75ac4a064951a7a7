-- The API group of a target's kind: two kinds of one name in two groups are two kinds.

ALTER TABLE investigation ADD COLUMN target_group TEXT NOT NULL DEFAULT '';

-- What was kept before was of Kubernetes' own kinds, whose groups are known
-- (`own_group` of podside-model); the core group has no name.
DROP TRIGGER investigation_never_changes;

UPDATE investigation SET target_group = CASE
    WHEN target_kind IN ('ControllerRevision', 'DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet') THEN 'apps'
    WHEN target_kind IN ('CronJob', 'Job') THEN 'batch'
    WHEN target_kind = 'HorizontalPodAutoscaler' THEN 'autoscaling'
    WHEN target_kind = 'PodDisruptionBudget' THEN 'policy'
    WHEN target_kind = 'EndpointSlice' THEN 'discovery.k8s.io'
    WHEN target_kind = 'Lease' THEN 'coordination.k8s.io'
    WHEN target_kind IN ('Ingress', 'IngressClass', 'NetworkPolicy') THEN 'networking.k8s.io'
    WHEN target_kind IN ('CSIDriver', 'StorageClass') THEN 'storage.k8s.io'
    WHEN target_kind IN ('MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration') THEN 'admissionregistration.k8s.io'
    WHEN target_kind IN ('ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding') THEN 'rbac.authorization.k8s.io'
    WHEN target_kind = 'PriorityClass' THEN 'scheduling.k8s.io'
    WHEN target_kind = 'RuntimeClass' THEN 'node.k8s.io'
    WHEN target_kind = 'APIService' THEN 'apiregistration.k8s.io'
    ELSE ''
END;

CREATE TRIGGER investigation_never_changes BEFORE UPDATE ON investigation
BEGIN SELECT RAISE(ABORT, 'investigations are append-only'); END;
