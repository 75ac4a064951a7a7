//! The runbooks that are built in.

use std::sync::LazyLock;

use super::read::{Vocabulary, read};
use super::types::Runbook;
use crate::vocabulary;

/// The built-in files by the id of their runbook.
const FILES: [(&str, &str); 1] = [("pod", include_str!("../../runbooks/pod.yaml"))];

/// The ids alone, which runbooks refer to; in the order of the files.
const IDS: [&str; FILES.len()] = ["pod"];

static RUNBOOKS: LazyLock<Vec<BuiltIn>> = LazyLock::new(|| {
    FILES
        .into_iter()
        // A test holds that every file is without fault.
        .filter_map(|(_, source)| {
            Some(BuiltIn {
                runbook: read(source, vocabulary()).ok()?,
                source,
            })
        })
        .collect()
});

/// A runbook that is built in.
#[derive(Debug)]
pub struct BuiltIn {
    /// The runbook.
    pub runbook: Runbook,
    /// Its file.
    pub source: &'static str,
}

/// All built-in runbooks.
pub fn built_in() -> &'static [BuiltIn] {
    &RUNBOOKS
}

/// The built-in runbook of that id.
pub fn find(id: &str) -> Option<&'static BuiltIn> {
    RUNBOOKS.iter().find(|built_in| built_in.runbook.id == id)
}

/// What a runbook may refer to: the causes of `causes.tsv` and the built-in runbooks.
pub fn vocabulary() -> Vocabulary<'static> {
    Vocabulary {
        is_cause: &vocabulary::is_cause,
        runbooks: &IDS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runbook::format::RunbookFile;
    use crate::runbook::{Check, Next};

    const SCHEMA: &str = include_str!("../../runbooks/runbook.schema.json");

    #[test]
    fn every_built_in_runbook_is_without_fault() {
        for (id, source) in FILES {
            match read(source, vocabulary()) {
                Ok(runbook) => assert_eq!(runbook.id, id),
                Err(faults) => panic!("{id}.yaml: {faults:#?}"),
            }
        }
        assert_eq!(built_in().len(), FILES.len());
        assert_eq!(FILES.map(|(id, _)| id), IDS);
    }

    /// What can keep a Pod from running is asked for by the Pod's runbook.
    #[test]
    fn the_pod_runbook_asks_for_every_cause_of_a_pod() {
        let pod = &find("pod").unwrap().runbook;
        let asked: Vec<&str> = pod
            .steps
            .iter()
            .flat_map(|step| match &step.check {
                Check::Causes { causes, .. } => {
                    causes.iter().map(podside_model::Cause::as_str).collect()
                }
                _ => Vec::new(),
            })
            .collect();
        let areas = [
            "image",
            "scheduling",
            "config",
            "container",
            "probe",
            "init",
        ];
        for cause in vocabulary::all() {
            let is_found = crate::rules::of(cause.slug).is_some();
            if areas.contains(&cause.area) && is_found {
                assert!(asked.contains(&cause.slug), "{}", cause.slug);
            }
        }
    }

    #[test]
    fn every_step_of_a_built_in_runbook_can_be_tried_by_hand() {
        for BuiltIn { runbook, .. } in built_in() {
            for step in &runbook.steps {
                assert!(!step.commands.is_empty(), "{}", step.id);
                for next in [&step.yes, &step.no, &step.unknown] {
                    if let Next::Cause { text, .. } | Next::Open { text } = next {
                        assert!(!text.en.is_empty() && !text.ja.is_empty(), "{}", step.id);
                    }
                }
            }
        }
    }

    /// Editors complete and check runbook files by the schema. It is generated from the
    /// types that read them; to renew it: `BLESS=1 cargo nextest run schema`.
    #[test]
    fn the_schema_is_that_of_the_format() {
        let schema = serde_json::to_value(schemars::schema_for!(RunbookFile)).unwrap();
        if std::env::var_os("BLESS").is_some() {
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/runbooks/runbook.schema.json");
            std::fs::write(path, format!("{schema:#}\n")).unwrap();
        }
        let kept: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
        assert!(
            schema == kept,
            "runbook.schema.json is out of date; renew it with BLESS=1"
        );
    }
}
