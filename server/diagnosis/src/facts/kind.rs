//! The kinds that are read, listed once: from this table come [`Kind`], `Fact` and
//! the tables of the snapshot.

use podside_model::{ObjectRef, own_group};

/// Calls a macro with every kind: its name, its fact, API group, plural name, the
/// snapshot's field, and how it is read.
macro_rules! for_each_kind {
    ($callback:ident) => {
        $callback! {
            Pod(Pod) "" "pods" namespaced pods |o| Pod::read(o);
            ReplicaSet(ReplicaSet) "apps" "replicasets" namespaced replica_sets |o| ReplicaSet::read(o);
            Deployment(Deployment) "apps" "deployments" namespaced deployments |o| Deployment::read(o);
            StatefulSet(StatefulSet) "apps" "statefulsets" namespaced stateful_sets |o| StatefulSet::read(o);
            DaemonSet(DaemonSet) "apps" "daemonsets" namespaced daemon_sets |o| DaemonSet::read(o);
            Job(Job) "batch" "jobs" namespaced jobs |o| Job::read(o);
            CronJob(CronJob) "batch" "cronjobs" namespaced cron_jobs |o| CronJob::read(o);
            Service(Service) "" "services" namespaced services |o| Service::read(o);
            EndpointSlice(EndpointSlice) "discovery.k8s.io" "endpointslices" namespaced endpoint_slices |o| EndpointSlice::read(o);
            Endpoints(Endpoints) "" "endpoints" namespaced endpoints |o| Endpoints::read(o);
            Ingress(Ingress) "networking.k8s.io" "ingresses" namespaced ingresses |o| Ingress::read(o);
            IngressClass(IngressClass) "networking.k8s.io" "ingressclasses" cluster ingress_classes |o| IngressClass::read(o);
            NetworkPolicy(NetworkPolicy) "networking.k8s.io" "networkpolicies" namespaced network_policies |o| NetworkPolicy::read(o);
            ConfigMap(ConfigMap) "" "configmaps" namespaced config_maps |o| ConfigMap::read(o);
            Secret(Secret) "" "secrets" namespaced secrets |o| Secret::read(o);
            ServiceAccount(ServiceAccount) "" "serviceaccounts" namespaced service_accounts |o| ServiceAccount::read(o);
            PersistentVolumeClaim(PersistentVolumeClaim) "" "persistentvolumeclaims" namespaced claims |o| PersistentVolumeClaim::read(o);
            PersistentVolume(PersistentVolume) "" "persistentvolumes" cluster volumes |o| PersistentVolume::read(o);
            StorageClass(StorageClass) "storage.k8s.io" "storageclasses" cluster storage_classes |o| StorageClass::read(o);
            CsiDriver(CsiDriver) "storage.k8s.io" "csidrivers" cluster csi_drivers |o| CsiDriver::read(o);
            Node(Node) "" "nodes" cluster nodes |o| Node::read(o);
            Lease(Lease) "coordination.k8s.io" "leases" namespaced leases |o| Lease::read(o);
            ResourceQuota(ResourceQuota) "" "resourcequotas" namespaced quotas |o| ResourceQuota::read(o);
            LimitRange(LimitRange) "" "limitranges" namespaced limit_ranges |o| LimitRange::read(o);
            HorizontalPodAutoscaler(HorizontalPodAutoscaler) "autoscaling" "horizontalpodautoscalers" namespaced autoscalers |o| HorizontalPodAutoscaler::read(o);
            PodDisruptionBudget(PodDisruptionBudget) "policy" "poddisruptionbudgets" namespaced disruption_budgets |o| PodDisruptionBudget::read(o);
            ValidatingWebhookConfiguration(WebhookConfiguration) "admissionregistration.k8s.io" "validatingwebhookconfigurations" cluster validating_webhooks |o| WebhookConfiguration::read(o, false);
            MutatingWebhookConfiguration(WebhookConfiguration) "admissionregistration.k8s.io" "mutatingwebhookconfigurations" cluster mutating_webhooks |o| WebhookConfiguration::read(o, true);
            Namespace(Namespace) "" "namespaces" cluster namespaces |o| Namespace::read(o);
            PriorityClass(PriorityClass) "scheduling.k8s.io" "priorityclasses" cluster priority_classes |o| PriorityClass::read(o);
            RuntimeClass(RuntimeClass) "node.k8s.io" "runtimeclasses" cluster runtime_classes |o| RuntimeClass::read(o);
            ApiService(ApiService) "apiregistration.k8s.io" "apiservices" cluster api_services |o| ApiService::read(o);
            Role(Role) "rbac.authorization.k8s.io" "roles" namespaced roles |o| Role::read(o);
            ClusterRole(Role) "rbac.authorization.k8s.io" "clusterroles" cluster cluster_roles |o| Role::read(o);
            RoleBinding(RoleBinding) "rbac.authorization.k8s.io" "rolebindings" namespaced role_bindings |o| RoleBinding::read(o);
            ClusterRoleBinding(RoleBinding) "rbac.authorization.k8s.io" "clusterrolebindings" cluster cluster_role_bindings |o| RoleBinding::read(o);
            ReplicationController(ReplicationController) "" "replicationcontrollers" namespaced replication_controllers |o| ReplicationController::read(o);
            ControllerRevision(ControllerRevision) "apps" "controllerrevisions" namespaced controller_revisions |o| ControllerRevision::read(o);
            VolumeAttachment(VolumeAttachment) "storage.k8s.io" "volumeattachments" cluster volume_attachments |o| VolumeAttachment::read(o);
            CsiNode(CsiNode) "storage.k8s.io" "csinodes" cluster csi_nodes |o| CsiNode::read(o);
            CsiStorageCapacity(CsiStorageCapacity) "storage.k8s.io" "csistoragecapacities" namespaced storage_capacities |o| CsiStorageCapacity::read(o);
            ResourceClaim(ResourceClaim) "resource.k8s.io" "resourceclaims" namespaced resource_claims |o| ResourceClaim::read(o);
            GatewayClass(GatewayClass) "gateway.networking.k8s.io" "gatewayclasses" cluster gateway_classes |o| GatewayClass::read(o);
            Gateway(Gateway) "gateway.networking.k8s.io" "gateways" namespaced gateways |o| Gateway::read(o);
            HttpRoute(Route) "gateway.networking.k8s.io" "httproutes" namespaced http_routes |o| Route::read(o, false);
            GrpcRoute(Route) "gateway.networking.k8s.io" "grpcroutes" namespaced grpc_routes |o| Route::read(o, true);
            ReferenceGrant(ReferenceGrant) "gateway.networking.k8s.io" "referencegrants" namespaced reference_grants |o| ReferenceGrant::read(o);
            Event(Event) "" "events" namespaced events |o| Event::read(o);
        }
    };
}

pub(crate) use for_each_kind;

macro_rules! define_kind {
    ($($kind:ident($fact:ty) $group:literal $plural:literal $scope:ident $table:ident |$o:ident| $read:expr;)*) => {
        /// A kind of object that the facts know, and `Other` for all that they do not.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs)]
        pub enum Kind {
            $($kind,)*
            Other,
        }

        impl Kind {
            /// Every kind with a table of its own, in a fixed order.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)*];

            /// The API group; empty for the core group.
            pub const fn group(self) -> &'static str {
                match self {
                    $(Self::$kind => $group,)*
                    Self::Other => "",
                }
            }

            /// The plural name in the API's paths; empty for `Other`.
            pub const fn plural(self) -> &'static str {
                match self {
                    $(Self::$kind => $plural,)*
                    Self::Other => "",
                }
            }

            /// Whether objects of this kind live in namespaces.
            pub const fn is_namespaced(self) -> bool {
                match self {
                    $(Self::$kind => matches!(stringify!($scope).as_bytes(), b"namespaced"),)*
                    Self::Other => true,
                }
            }

            const fn rust_name(self) -> &'static str {
                match self {
                    $(Self::$kind => stringify!($kind),)*
                    Self::Other => "",
                }
            }
        }
    };
}
for_each_kind!(define_kind);

impl Kind {
    /// The API's name of the kind, such as `Pod`; empty for `Other`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CsiDriver => "CSIDriver",
            Self::ApiService => "APIService",
            Self::CsiNode => "CSINode",
            Self::CsiStorageCapacity => "CSIStorageCapacity",
            Self::GrpcRoute => "GRPCRoute",
            Self::HttpRoute => "HTTPRoute",
            other => other.rust_name(),
        }
    }

    /// The kind of an object with that `kind` in that API group.
    pub fn find(kind: &str, group: &str) -> Option<Self> {
        if kind == "Event" && group == "events.k8s.io" {
            return Some(Self::Event);
        }
        Self::ALL
            .iter()
            .copied()
            .find(|k| k.name() == kind && k.group() == group)
    }

    /// The kind of an object, when the facts know it.
    pub fn of(object: &ObjectRef) -> Option<Self> {
        Self::find(&object.kind, &object.group)
    }

    /// Whether an object is of this kind.
    pub fn is(self, object: &ObjectRef) -> bool {
        object.kind == self.name() && object.group == self.group()
    }

    /// Whether an API server may well be without it: its discovery tells whether it has it.
    pub const fn is_optional(self) -> bool {
        matches!(
            self,
            Self::ResourceClaim
                | Self::GatewayClass
                | Self::Gateway
                | Self::HttpRoute
                | Self::GrpcRoute
                | Self::ReferenceGrant
        )
    }

    /// Whether few answers need it, so that it is told to be unread only where a rule asked
    /// for it.
    pub const fn is_seldom_needed(self) -> bool {
        self.is_optional()
            || matches!(
                self,
                Self::ReplicationController
                    | Self::ControllerRevision
                    | Self::VolumeAttachment
                    | Self::CsiNode
                    | Self::CsiStorageCapacity
            )
    }

    /// What kubectl calls the kind: short and unmistakable.
    pub fn kubectl(self) -> String {
        kubectl_word(&ObjectRef::cluster(self.name(), "").in_group(self.group()))
    }
}

/// What kubectl calls the kind of an object. A kind that is not Kubernetes' own needs its
/// group, as kubectl takes the first of the name that it finds.
pub(crate) fn kubectl_word(object: &ObjectRef) -> String {
    if object.group == own_group(&object.kind) {
        own_word(&object.kind)
    } else {
        object.kind_in_group().to_ascii_lowercase()
    }
}

fn own_word(kind: &str) -> String {
    match kind {
        "Pod" => "pod".to_owned(),
        "PersistentVolumeClaim" => "pvc".to_owned(),
        "PersistentVolume" => "pv".to_owned(),
        "HorizontalPodAutoscaler" => "hpa".to_owned(),
        "PodDisruptionBudget" => "pdb".to_owned(),
        other => other.to_ascii_lowercase(),
    }
}
