//! What makes Pods, and what scales and protects them.

use super::common::by_type;
use super::describe::describe;
use super::shape::{Field, Shape, Type};
use super::view::{Described, Fields, Seen};
use crate::facts::{
    Condition, ControllerRevision, CronJob, DaemonSet, Deployment, HorizontalPodAutoscaler, Job,
    Metric, PodDisruptionBudget, ReplicaSet, Replicas, ReplicationController, Selector,
    StatefulSet, TargetRef,
};

describe! {
    object Deployment as it: Deployment, "A Deployment." {
        replicas: (Replicas), "How many Pods it wants and has." => &it.replicas;
        selector: (Selector), "`spec.selector`." => &it.selector;
        templateLabels: named_texts, "The labels of its Pod template." => &*it.template.labels;
        paused: flag, "`spec.paused`." => it.paused;
        strategy: text, "`spec.strategy.type`." => &*it.strategy;
        progressDeadlineSeconds: maybe_int, "`spec.progressDeadlineSeconds`." => it.progress_deadline;
        observedGeneration: maybe_int, "`status.observedGeneration`: the generation that its controller has seen." => it.observed_generation;
        conditions: {Condition}, "`status.conditions`, by type." => by_type(&it.conditions);
    }

    object ReplicaSet as it: ReplicaSet, "A ReplicaSet." {
        replicas: (Replicas), "How many Pods it wants and has." => &it.replicas;
        selector: (Selector), "`spec.selector`." => &it.selector;
        templateLabels: named_texts, "The labels of its Pod template." => &*it.template.labels;
        revision: maybe_int, "The revision of the Deployment that it is." => it.revision;
        conditions: {Condition}, "`status.conditions`, by type." => by_type(&it.conditions);
    }

    object ReplicationController as it: ReplicationController, "A ReplicationController." {
        replicas: (Replicas), "How many Pods it wants and has." => &it.replicas;
        selector: (Selector), "`spec.selector`." => &it.selector;
        templateLabels: named_texts, "The labels of its Pod template." => &*it.template.labels;
        observedGeneration: maybe_int, "`status.observedGeneration`: the generation that its controller has seen." => it.observed_generation;
        conditions: {Condition}, "`status.conditions`, by type." => by_type(&it.conditions);
    }

    object StatefulSet as it: StatefulSet, "A StatefulSet." {
        replicas: (Replicas), "How many Pods it wants and has." => &it.replicas;
        selector: (Selector), "`spec.selector`." => &it.selector;
        templateLabels: named_texts, "The labels of its Pod template." => &*it.template.labels;
        serviceName: text, "`spec.serviceName`: the headless Service that names its Pods." => &*it.service;
        podManagementPolicy: text, "`OrderedReady` or `Parallel`." => &*it.pod_management;
        currentRevision: text, "`status.currentRevision`." => &*it.current_revision;
        updateRevision: text, "`status.updateRevision`." => &*it.update_revision;
        conditions: {Condition}, "`status.conditions`, by type." => by_type(&it.conditions);
    }

    object DaemonSet as it: DaemonSet, "A DaemonSet." {
        replicas: (Replicas), "How many Pods it wants and has." => &it.replicas;
        misscheduled: int, "`status.numberMisscheduled`: how many run where they should not." => it.misscheduled;
        selector: (Selector), "`spec.selector`." => &it.selector;
        templateLabels: named_texts, "The labels of its Pod template." => &*it.template.labels;
        conditions: {Condition}, "`status.conditions`, by type." => by_type(&it.conditions);
    }

    part Replicas as it: Replicas, "How many Pods a workload wants and has." {
        wanted: int, "How many are wanted: `spec.replicas`, or `status.desiredNumberScheduled`." => it.wanted;
        current: int, "How many there are." => it.current;
        updated: int, "How many are of the newest template." => it.updated;
        ready: int, "How many are ready." => it.ready;
        available: int, "How many are available." => it.available;
    }

    part Selector as it: Selector, "A label selector." {
        present: flag, "Whether the object has it at all." => it.present;
        matchLabels: named_texts, "`matchLabels`, by label." => &it.labels;
        expressions: int, "How many `matchExpressions` there are beside them." => i64::try_from(it.expressions.len()).unwrap_or(i64::MAX);
    }

    object ControllerRevision as it: ControllerRevision, "A ControllerRevision: one template of a StatefulSet or DaemonSet." {
        revision: int, "`revision`." => it.revision;
    }

    object Job as it: Job, "A Job." {
        suspended: flag, "`spec.suspend`." => it.suspended;
        parallelism: int, "`spec.parallelism`." => it.parallelism;
        completions: maybe_int, "`spec.completions`." => it.completions;
        backoffLimit: int, "`spec.backoffLimit`." => it.backoff_limit;
        activeDeadlineSeconds: maybe_int, "`spec.activeDeadlineSeconds`." => it.deadline_seconds;
        active: int, "How many of its Pods are not finished." => it.active;
        ready: int, "How many of its Pods are ready." => it.ready;
        succeeded: int, "How many of its Pods succeeded." => it.succeeded;
        failed: int, "How many of its Pods failed." => it.failed;
        finished: flag, "Whether it has ended, well or not." => it.is_finished();
        conditions: {Condition}, "`status.conditions`, by type." => by_type(&it.conditions);
    }

    object CronJob as it: CronJob, "A CronJob." {
        schedule: text, "`spec.schedule`." => &*it.schedule;
        timeZone: text, "`spec.timeZone`, `''` for that of the controller." => &*it.time_zone;
        suspended: flag, "`spec.suspend`." => it.suspended;
        concurrencyPolicy: text, "`Allow`, `Forbid` or `Replace`." => &*it.concurrency;
        active: texts, "The names of its Jobs that run." => &*it.active;
        wasScheduled: flag, "Whether it ever made a Job (`status.lastScheduleTime`)." => it.last_scheduled.is_some();
        wasSuccessful: flag, "Whether a Job of it ever succeeded (`status.lastSuccessfulTime`)." => it.last_succeeded.is_some();
    }

    object HorizontalPodAutoscaler as it: HorizontalPodAutoscaler, "A HorizontalPodAutoscaler." {
        scaleTarget: (TargetRef), "What it scales." => &it.target;
        minReplicas: int, "`spec.minReplicas`." => it.min;
        maxReplicas: int, "`spec.maxReplicas`." => it.max;
        currentReplicas: int, "`status.currentReplicas`." => it.current;
        desiredReplicas: int, "`status.desiredReplicas`." => it.desired;
        metrics: [Metric], "`spec.metrics`." => &*it.metrics;
        conditions: {Condition}, "`status.conditions`, by type." => by_type(&it.conditions);
    }

    part TargetRef as it: TargetRef, "A reference to an object of the same namespace." {
        kind: text, "Its kind." => &*it.kind.name;
        group: text, "Its API group." => &*it.kind.group;
        name: text, "Its name." => &*it.name;
    }

    part Metric as it: Metric, "A metric of an autoscaler." {
        kind: text, "`Resource`, `ContainerResource`, `Pods`, `Object` or `External`." => &*it.kind;
        name: text, "The resource's or the metric's name." => &*it.name;
        averageUtilization: maybe_int, "The wanted share of the requests, in percent." => it.utilization;
    }

    object PodDisruptionBudget as it: PodDisruptionBudget, "A PodDisruptionBudget." {
        selector: (Selector), "`spec.selector`." => &it.selector;
        minAvailable: text, "`spec.minAvailable` as written, `''` when absent." => &*it.min_available;
        maxUnavailable: text, "`spec.maxUnavailable` as written, `''` when absent." => &*it.max_unavailable;
        disruptionsAllowed: maybe_int, "`status.disruptionsAllowed`, once it has a status." => it.allowed;
        currentHealthy: int, "`status.currentHealthy`." => it.healthy;
        desiredHealthy: int, "`status.desiredHealthy`." => it.desired;
        expectedPods: int, "`status.expectedPods`." => it.expected;
        conditions: {Condition}, "`status.conditions`, by type." => by_type(&it.conditions);
    }
}
