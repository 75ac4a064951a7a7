//! What a rule is.

use crate::facts::{
    ApiService, ConfigMap, ControllerRevision, CronJob, CsiDriver, CsiNode, CsiStorageCapacity,
    DaemonSet, Deployment, EndpointSlice, Endpoints, Event, Gateway, GatewayClass,
    HorizontalPodAutoscaler, Ingress, IngressClass, Job, Kind, Lease, LimitRange, Meta, Namespace,
    NetworkPolicy, Node, PersistentVolume, PersistentVolumeClaim, Pod, PodDisruptionBudget,
    PriorityClass, ReferenceGrant, ReplicaSet, ReplicationController, ResourceClaim, ResourceQuota,
    Role, RoleBinding, Route, RuntimeClass, Secret, Service, ServiceAccount, StatefulSet,
    StorageClass, VolumeAttachment, WebhookConfiguration, for_each_kind,
};
use crate::findings::Findings;
use crate::snapshot::Snapshot;
use crate::snapshot::misses::during;
use crate::snapshot::pointed;
use crate::text::Text;

/// One cause of the vocabulary and how it is found.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The cause's slug, as it stands in `causes.tsv`.
    pub cause: &'static str,
    /// The page of the Kubernetes documentation that explains it.
    pub source: &'static str,
    /// Whether it names a root, or a symptom that yields to a root.
    pub rank: Rank,
    /// Its texts. `title`, `explanation` and at least one `fix…` must be among them.
    pub texts: &'static [Text],
    /// What it looks at. A rule that looks at several kinds has several runs.
    pub runs: &'static [Run],
}

/// How deep a cause lies. Where problems of different rank are found on the same
/// container or along the same chain, the deeper one stands for them all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// It says what to change.
    Root,
    /// It says by what means something fails, such as a probe or a retry limit; what
    /// lies behind may be found, and then says more.
    Mechanism,
    /// It says that something fails, such as a process that exits.
    Symptom,
}

macro_rules! define_run {
    ($($kind:ident($fact:ty) $group:literal $plural:literal $scope:ident $table:ident |$o:ident| $read:expr;)*) => {
        /// What a rule is called with: each object of one kind, or the snapshot as a whole.
        #[derive(Clone, Copy, Debug)]
        #[allow(missing_docs)]
        pub enum Run {
            $($kind(for<'s> fn(&'s $fact, &'s Snapshot, &mut Findings<'s>)),)*
            /// Once for the whole snapshot: for what no single object leads to.
            Snapshot(for<'s> fn(&'s Snapshot, &mut Findings<'s>)),
        }

        impl Run {
            /// The kind of object that is looked at; `Other` for the snapshot as a whole.
            pub(crate) const fn kind(self) -> Kind {
                match self {
                    $(Self::$kind(_) => Kind::$kind,)*
                    Self::Snapshot(_) => Kind::Other,
                }
            }
        }

        /// Every run of every rule, by the kind of object that it looks at.
        #[derive(Debug)]
        pub(crate) struct Runs {
            /// The rule of each run and its place among the rules.
            turns: Vec<(&'static Rule, usize)>,
            $($table: Vec<(u32, for<'s> fn(&'s $fact, &'s Snapshot, &mut Findings<'s>))>,)*
            snapshot: Vec<(u32, for<'s> fn(&'s Snapshot, &mut Findings<'s>))>,
        }

        impl Runs {
            /// The runs of these rules, in their order.
            pub(crate) fn of(rules: impl Iterator<Item = &'static Rule>) -> Self {
                let mut runs = Self {
                    turns: Vec::new(),
                    $($table: Vec::new(),)*
                    snapshot: Vec::new(),
                };
                for (place, rule) in rules.enumerate() {
                    for run in rule.runs {
                        let turn = u32::try_from(runs.turns.len()).unwrap_or(u32::MAX);
                        runs.turns.push((rule, place));
                        match run {
                            $(Run::$kind(run) => runs.$table.push((turn, *run)),)*
                            Run::Snapshot(run) => runs.snapshot.push((turn, *run)),
                        }
                    }
                }
                runs
            }

            /// Calls `each` with every object that a rule looks at, and with what lets all
            /// rules look at it.
            pub(crate) fn on_all<'s>(
                &self,
                snapshot: &'s Snapshot,
                mut each: impl FnMut(Kind, &Meta, &dyn Fn(&mut Findings<'s>)),
            ) {
                $(if !self.$table.is_empty() {
                    for object in snapshot.$table.iter() {
                        each(Kind::$kind, &object.meta, &|findings| {
                            for (turn, run) in &self.$table {
                                self.take_turn(*turn, findings, |findings| {
                                    run(object, snapshot, findings);
                                });
                            }
                        });
                    }
                })*
            }

            /// Lets all rules look at an object. `None` when there is none of that name, or
            /// no rule looks at its kind.
            pub(crate) fn on<'s>(
                &self,
                (kind, namespace, name): (Kind, &str, &str),
                snapshot: &'s Snapshot,
                findings: &mut Findings<'s>,
            ) -> Option<()> {
                match kind {
                    $(Kind::$kind => {
                        if self.$table.is_empty() {
                            return None;
                        }
                        let object = snapshot.$table.get(namespace, name)?;
                        for (turn, run) in &self.$table {
                            self.take_turn(*turn, findings, |findings| {
                                run(object, snapshot, findings);
                            });
                        }
                        Some(())
                    })*
                    Kind::Other => None,
                }
            }
        }
    };
}
for_each_kind!(define_run);

impl Runs {
    /// Lets the rules look at a snapshot as a whole that do so.
    pub(crate) fn on_snapshot<'s>(&self, snapshot: &'s Snapshot, findings: &mut Findings<'s>) {
        for (turn, run) in &self.snapshot {
            self.take_turn(*turn, findings, |findings| run(snapshot, findings));
        }
    }

    /// The rule whose run has that place among all, and the rule's place.
    pub(crate) fn rule(&self, turn: u32) -> Option<(&'static Rule, usize)> {
        self.turns.get(usize::try_from(turn).ok()?).copied()
    }

    /// Lets a rule speak, and notes what it asked for in vain.
    fn take_turn<'s>(
        &self,
        turn: u32,
        findings: &mut Findings<'s>,
        run: impl FnOnce(&mut Findings<'s>),
    ) {
        if let Some((rule, _)) = self.rule(turn) {
            findings.speak_for(rule.cause, turn);
            let before = findings.found();
            let (((), missed), pointed) = pointed::during(|| during(|| run(findings)));
            findings.missed(missed);
            // What is well need not be followed to owners that nobody watches.
            if findings.found() > before {
                findings.pointed(pointed);
            }
        }
    }
}
