//! How far Pods have come and on which node they are, by the columns in which they are
//! printed.

use std::collections::BTreeSet;

use podside_cluster::{Column, Line, Resource};
use podside_diagnosis::facts::Kind;
use podside_model::view::PodStage;

use super::Stated;

/// The columns of Pods that tell it; none of other kinds.
pub(super) struct Stages {
    status: Option<usize>,
    node: Option<usize>,
}

impl Stages {
    /// Those of a kind that is printed in these columns.
    pub(super) fn of(resource: &Resource, columns: &[Column]) -> Self {
        let is_pod = Kind::find(&resource.kind, &resource.group) == Some(Kind::Pod);
        let at = |name: &str| {
            let mut columns = columns.iter();
            columns.position(|column| is_pod && column.name == name)
        };
        Self {
            status: at("Status"),
            node: at("Node"),
        }
    }

    /// How far a Pod has come.
    pub(super) fn stage(&self, line: &Line) -> Option<PodStage> {
        self.status.map(|at| stage_of(line.cell(at)))
    }

    /// The node on which it is; empty for one that has none.
    pub(super) fn node<'a>(&self, line: &'a Line) -> &'a str {
        let node = self.node.map_or("", |at| line.cell(at));
        if node == "<none>" { "" } else { node }
    }

    /// How many of those that are well are at each stage.
    pub(super) fn counted(&self, stated: &[Stated<'_>]) -> Vec<(PodStage, usize)> {
        if self.status.is_none() {
            return Vec::new();
        }
        let well = || stated.iter().filter(|it| it.unwell.is_none());
        [PodStage::Starting, PodStage::Running, PodStage::Ended]
            .map(|stage| {
                let at_it = well().filter(|it| self.stage(it.line) == Some(stage));
                (stage, at_it.count())
            })
            .into()
    }

    /// The nodes on which there are any.
    pub(super) fn nodes(&self, stated: &[Stated<'_>]) -> Vec<String> {
        let nodes = stated.iter().map(|it| self.node(it.line));
        let nodes: BTreeSet<&str> = nodes.filter(|node| !node.is_empty()).collect();
        nodes.into_iter().map(str::to_owned).collect()
    }
}

/// The stage of a Pod with this status, as the API server prints it (`printPod` in
/// `k8s.io/kubernetes`). What is not known to have yet to run, or to have ended, runs.
fn stage_of(status: &str) -> PodStage {
    match status {
        "Pending" | "ContainerCreating" | "PodInitializing" | "SchedulingGated" => {
            PodStage::Starting
        }
        "Completed" | "Succeeded" | "Failed" | "Error" | "Evicted" => PodStage::Ended,
        status if status.starts_with("Init:") => PodStage::Starting,
        _ => PodStage::Running,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_is_at_one_stage() {
        for (status, stage) in [
            ("Pending", PodStage::Starting),
            ("Init:0/2", PodStage::Starting),
            ("Running", PodStage::Running),
            ("Terminating", PodStage::Running),
            ("CrashLoopBackOff", PodStage::Running),
            ("Completed", PodStage::Ended),
            ("Evicted", PodStage::Ended),
        ] {
            assert_eq!(stage_of(status), stage, "{status}");
        }
    }
}
