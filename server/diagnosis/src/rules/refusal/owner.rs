//! The objects that create others.

use crate::facts::{
    Condition, CronJob, DaemonSet, Deployment, Job, Object, ReplicaSet, Replicas, StatefulSet,
    Template, condition,
};

/// How many objects there should be, and are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shortage {
    /// What is created, in the plural: `Pods`, `Jobs`, `ReplicaSets`.
    pub(crate) created: &'static str,
    /// How many are wanted.
    pub(crate) wanted: i64,
    /// How many there are.
    pub(crate) have: i64,
}

/// An object that creates others.
pub(crate) trait Creator: Object {
    /// What is missing; `None` when nothing is, or nothing is to be created.
    fn shortage(&self) -> Option<Shortage>;

    /// The condition that says that creating fails, where the kind has one.
    fn failure(&self) -> Option<&Condition> {
        None
    }

    /// Whether an event of that reason says that creating fails.
    fn tells_of_failure(&self, reason: &str) -> bool {
        reason == "FailedCreate"
    }

    /// The Pod template that it creates from.
    fn template(&self) -> &Template;
}

fn pods(replicas: &Replicas) -> Option<Shortage> {
    (replicas.wanted > replicas.current).then_some(Shortage {
        created: "Pods",
        wanted: replicas.wanted,
        have: replicas.current,
    })
}

impl Creator for ReplicaSet {
    fn shortage(&self) -> Option<Shortage> {
        pods(&self.replicas)
    }

    fn failure(&self) -> Option<&Condition> {
        condition::find(&self.conditions, "ReplicaFailure")
            .filter(|c| c.is_true() && &*c.reason == "FailedCreate")
    }

    fn template(&self) -> &Template {
        &self.template
    }
}

impl Creator for StatefulSet {
    fn shortage(&self) -> Option<Shortage> {
        pods(&self.replicas)
    }

    fn template(&self) -> &Template {
        &self.template
    }
}

impl Creator for DaemonSet {
    fn shortage(&self) -> Option<Shortage> {
        pods(&self.replicas)
    }

    fn template(&self) -> &Template {
        &self.template
    }
}

impl Creator for Job {
    fn shortage(&self) -> Option<Shortage> {
        let left = self
            .completions
            .map_or(self.parallelism, |n| n - self.succeeded);
        let wanted = left.min(self.parallelism);
        (!self.is_finished() && !self.suspended && self.active < wanted).then_some(Shortage {
            created: "Pods",
            wanted,
            have: self.active,
        })
    }

    fn template(&self) -> &Template {
        &self.template
    }
}

impl Creator for CronJob {
    fn shortage(&self) -> Option<Shortage> {
        (!self.suspended).then_some(Shortage {
            created: "Jobs",
            wanted: 1,
            have: 0,
        })
    }

    fn template(&self) -> &Template {
        &self.template
    }
}

/// A Deployment fails when its new ReplicaSet is refused; that Pods are refused is its
/// ReplicaSet's to say.
impl Creator for Deployment {
    fn shortage(&self) -> Option<Shortage> {
        self.failure().map(|_| Shortage {
            created: "ReplicaSets",
            wanted: 1,
            have: 0,
        })
    }

    fn failure(&self) -> Option<&Condition> {
        self.condition("Progressing")
            .filter(|c| &*c.reason == "ReplicaSetCreateError")
    }

    fn tells_of_failure(&self, reason: &str) -> bool {
        reason == "ReplicaSetCreateError"
    }

    fn template(&self) -> &Template {
        &self.template
    }
}
