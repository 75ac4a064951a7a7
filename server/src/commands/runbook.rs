//! `podside runbook`: work on runbook files.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use podside_diagnosis::runbook;

use crate::error::Error;
use crate::says;

/// What is read of a file at most; a runbook is smaller, and a device has no end.
const FILE_BYTES: u64 = 1024 * 1024;

/// The commands of `podside runbook`.
#[derive(Debug, Subcommand)]
pub(crate) enum Runbook {
    /// Validate runbook files
    ///
    /// Prints each fault as FILE:LINE:COLUMN: message. Ends with 0 when there is
    /// none, with 1 when there is one, and with 2 when a file cannot be read.
    Check(Check),
}

/// The flags of `podside runbook check`.
#[derive(Args, Debug)]
pub(crate) struct Check {
    /// Runbook files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl Runbook {
    /// Carries the command out.
    pub(crate) fn run(self) -> Result<ExitCode, Error> {
        match self {
            Self::Check(check) => check.run(),
        }
    }
}

impl Check {
    fn run(self) -> Result<ExitCode, Error> {
        let mut sources = Vec::with_capacity(self.files.len());
        for path in self.files {
            let source = read(&path).map_err(|source| Error::RunbookFile {
                path: path.clone(),
                source,
            })?;
            sources.push((path, source));
        }
        let (report, sound) = check(&sources);
        says::print(&report).map_err(Error::Output)?;
        Ok(if sound {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut source = Vec::new();
    std::fs::File::open(path)?
        .take(FILE_BYTES)
        .read_to_end(&mut source)?;
    Ok(source)
}

/// One line for each fault, or for each file without one; and whether all are without.
fn check(sources: &[(PathBuf, Vec<u8>)]) -> (String, bool) {
    let mut lines = Vec::new();
    let mut sound = true;
    for (path, source) in sources {
        let path = path.display();
        let source = match str::from_utf8(source) {
            Ok(source) => source,
            Err(e) => {
                sound = false;
                let (line, column) = place_of(source, e.valid_up_to());
                lines.push(format!("{path}:{line}:{column}: this is no UTF-8 text\n"));
                continue;
            }
        };
        match runbook::read(source, runbook::vocabulary()) {
            Ok(runbook) => {
                let (steps, ends) = (runbook.steps.len(), runbook.conclusions());
                lines.push(format!(
                    "{path}: {steps} steps, {ends} conclusions, no fault\n"
                ));
            }
            Err(faults) => {
                sound = false;
                lines.extend(faults.iter().map(|fault| format!("{path}:{fault}\n")));
            }
        }
    }
    (lines.concat(), sound)
}

/// The line and the column, in bytes, of a place in a file; both from 1.
fn place_of(source: &[u8], at: usize) -> (usize, usize) {
    let before = source.get(..at).unwrap_or(source);
    let lines = || before.split(|byte| *byte == b'\n');
    let (line, column) = (
        lines().count(),
        lines().next_back().map_or(0, <[u8]>::len) + 1,
    );
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_text_is_told_with_its_place() {
        let (report, sound) = check(&[(PathBuf::from("a.yaml"), b"id: x\nab\xff".to_vec())]);
        assert!(!sound);
        assert_eq!(report, "a.yaml:2:3: this is no UTF-8 text\n");
    }

    #[test]
    fn each_fault_is_one_line_that_an_editor_can_jump_to() {
        let (report, sound) = check(&[(PathBuf::from("a.yaml"), b"id: [\n".to_vec())]);
        assert!(!sound);
        assert!(report.starts_with("a.yaml:"), "{report}");
        let mut parts = report.split(':').skip(1);
        assert!(
            parts.next().is_some_and(|line| line.parse::<u32>().is_ok()),
            "{report}"
        );
        assert!(
            parts
                .next()
                .is_some_and(|column| column.parse::<u32>().is_ok()),
            "{report}"
        );
        assert_eq!(report.lines().count(), 1);
    }

    #[test]
    fn a_file_without_fault_is_said_to_be_so() {
        let pod = runbook::find("pod").unwrap();
        let (report, sound) = check(&[(PathBuf::from("pod.yaml"), pod.source.as_bytes().to_vec())]);
        assert!(sound, "{report}");
        assert!(report.ends_with("no fault\n"), "{report}");
    }
}
