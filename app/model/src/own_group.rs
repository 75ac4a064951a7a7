/// The API group of Kubernetes' own kind of that name, empty for the core group and for
/// a name that no kind of Kubernetes has. It is what a kind is taken to be where
/// nothing says its group: in old entries and addresses, and in words such as
/// `deployment`.
///
/// Source: <https://kubernetes.io/docs/reference/kubernetes-api/>.
pub fn own_group(kind: &str) -> &'static str {
    match kind {
        "ControllerRevision" | "DaemonSet" | "Deployment" | "ReplicaSet" | "StatefulSet" => "apps",
        "CronJob" | "Job" => "batch",
        "HorizontalPodAutoscaler" => "autoscaling",
        "PodDisruptionBudget" => "policy",
        "EndpointSlice" => "discovery.k8s.io",
        "Lease" => "coordination.k8s.io",
        "IPAddress" | "Ingress" | "IngressClass" | "NetworkPolicy" | "ServiceCIDR" => {
            "networking.k8s.io"
        }
        "CSIDriver"
        | "CSINode"
        | "CSIStorageCapacity"
        | "StorageClass"
        | "VolumeAttachment"
        | "VolumeAttributesClass" => "storage.k8s.io",
        "MutatingAdmissionPolicy"
        | "MutatingAdmissionPolicyBinding"
        | "MutatingWebhookConfiguration"
        | "ValidatingAdmissionPolicy"
        | "ValidatingAdmissionPolicyBinding"
        | "ValidatingWebhookConfiguration" => "admissionregistration.k8s.io",
        "ClusterRole" | "ClusterRoleBinding" | "Role" | "RoleBinding" => {
            "rbac.authorization.k8s.io"
        }
        "PriorityClass" => "scheduling.k8s.io",
        "RuntimeClass" => "node.k8s.io",
        "APIService" => "apiregistration.k8s.io",
        "CustomResourceDefinition" => "apiextensions.k8s.io",
        "FlowSchema" | "PriorityLevelConfiguration" => "flowcontrol.apiserver.k8s.io",
        "CertificateSigningRequest" => "certificates.k8s.io",
        "DeviceClass" | "ResourceClaim" | "ResourceClaimTemplate" | "ResourceSlice" => {
            "resource.k8s.io"
        }
        _ => "",
    }
}
