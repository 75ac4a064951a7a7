//! Judges recordings and compares with what is really wrong in them.
//!
//! `cargo run -p podside-diagnosis --example judge -- DIR...` prints a table: each
//! directory with its first problem and whether `truth.json` accepts it. With `-v` before
//! the directories, every problem in full.

// This is a tool for whoever writes rules, not part of the product.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::expect_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use podside_diagnosis::Want;
use podside_diagnosis::facts::{Sharing, from_object};
use podside_diagnosis::judge::{Judgement, judge};
use podside_diagnosis::snapshot::{LogOf, LogTail, Snapshot};
use podside_diagnosis::texts::resolve;
use podside_diagnosis::vocabulary::refines;
use podside_model::{Lang, Message, Problem, Severity, Why};
use serde_json::Value;

fn main() {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let verbose = args.first().is_some_and(|a| a == "-v");
    if verbose {
        args.remove(0);
    }
    let (mut right, mut all) = (0, 0);
    for dir in args.iter().map(PathBuf::from) {
        let Some(snapshot) = load(&dir) else {
            continue;
        };
        let judgement = settled(&dir, snapshot);
        let truth = json(&dir.join("truth.json")).unwrap_or_default();
        let verdict = verdict(&truth, &judgement);
        all += 1;
        right += usize::from(verdict.is_ok());
        let name = dir.file_name().map(|n| n.to_string_lossy().into_owned());
        println!(
            "{} {:<34} {}",
            if verdict.is_ok() { "ok  " } else { "MISS" },
            name.unwrap_or_default(),
            verdict.unwrap_or_else(|why| why)
        );
        show_rest(&judgement);
        if verbose {
            show(&judgement);
        }
    }
    println!("{right} of {all} right");
}

/// The snapshot of a recording: all its objects, observed when it was recorded.
fn load(dir: &Path) -> Option<Snapshot> {
    let objects = json(&dir.join("objects.json"))?;
    let items = objects.get("items")?.as_array()?.clone();
    let mut snapshot = Snapshot::new(observed_at(dir, &items)?);
    snapshot.set_all_known();
    let sharing = Sharing::default();
    for item in &items {
        if let Some(fact) = from_object(item, &sharing) {
            snapshot.insert(fact);
        }
    }
    let beside = || {
        json(
            &dir.canonicalize()
                .ok()?
                .parent()?
                .join("_cluster/version.json"),
        )
    };
    if let Some(version) = json(&dir.join("version.json")).or_else(beside) {
        let version = version.get("gitVersion").and_then(Value::as_str);
        snapshot.set_server_version(version.unwrap_or_default());
    }
    Some(snapshot)
}

/// The end of the recording, or the newest moment that its objects name.
fn observed_at(dir: &Path, items: &[Value]) -> Option<jiff::Timestamp> {
    let truth = json(&dir.join("truth.json")).unwrap_or_default();
    let recorded = truth
        .get("recorded_at")
        .and_then(Value::as_str)
        .and_then(|t| t.parse::<jiff::Timestamp>().ok());
    let length = truth
        .get("duration_ms")
        .and_then(Value::as_i64)
        .unwrap_or(0);
    let end = recorded.map(|at| at + jiff::SignedDuration::from_millis(length));
    let mut newest = BTreeSet::new();
    for item in items {
        times(item, &mut newest);
    }
    end.into_iter().chain(newest.last().copied()).max()
}

fn times(value: &Value, found: &mut BTreeSet<jiff::Timestamp>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                if key == "creationTimestamp"
                    || key.ends_with("Timestamp")
                    || key.ends_with("Time")
                    || key.ends_with("At")
                {
                    found.extend(
                        value
                            .as_str()
                            .and_then(|t| t.parse::<jiff::Timestamp>().ok()),
                    );
                } else {
                    times(value, found);
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|v| times(v, found)),
        _ => {}
    }
}

/// Judges, fetches what is wanted from the recording, and judges again.
fn settled(dir: &Path, mut snapshot: Snapshot) -> Judgement {
    let mut judgement = judge(&snapshot);
    for _ in 0..4 {
        let logs: Vec<LogOf> = judgement
            .wants
            .iter()
            .filter_map(|want| match want {
                Want::Log(of) => Some(of.clone()),
                Want::SecretKeys { .. } | Want::Object(_) | Want::Objects { .. } => None,
            })
            .collect();
        if logs.is_empty() {
            break;
        }
        for of in logs {
            let tail = read_log(dir, &of);
            snapshot.insert_log(of, tail);
        }
        judgement = judge(&snapshot);
    }
    judgement
}

fn read_log(dir: &Path, of: &LogOf) -> LogTail {
    let file = format!(
        "{}{}.log",
        of.container,
        if of.previous { ".previous" } else { "" }
    );
    [
        dir.join("logs").join(&*of.pod).join(&file),
        dir.join("logs")
            .join(&*of.namespace)
            .join(&*of.pod)
            .join(&file),
    ]
    .iter()
    .find_map(|path| fs::read_to_string(path).ok())
    .map_or(LogTail::Unreadable(Why::NotRecorded), |text| {
        LogTail::read(&text)
    })
}

fn verdict(truth: &Value, judgement: &Judgement) -> Result<String, String> {
    let problems: Vec<&Problem<Message>> = judgement
        .diagnosis
        .problems
        .iter()
        .filter(|p| p.severity != Severity::Info)
        .collect();
    let found: Vec<String> = problems.iter().map(|p| name(p)).collect();
    let accepted = answers(truth.get("accept"));
    let also = answers(truth.get("also"));
    let shown = found.join(" | ");
    if truth.get("healthy") == Some(&Value::Bool(true)) {
        return if found.is_empty() {
            Ok("healthy".to_owned())
        } else {
            Err(format!("healthy, but: {shown}"))
        };
    }
    // An answer that names no container leaves it open, and a special case is told instead of
    // what it is a case of.
    let is = |found: &String, answer: &String| {
        let Some(((cause, subject), (general, of))) =
            found.split_once('@').zip(answer.split_once('@'))
        else {
            return false;
        };
        (cause == general || refines(cause, general))
            && (subject == of || subject.split('[').next() == Some(of))
    };
    let first_is_right = found
        .first()
        .is_some_and(|f| accepted.iter().any(|a| is(f, a)));
    let also_found = also.iter().all(|a| found.iter().any(|f| is(f, a)));
    if first_is_right && also_found {
        Ok(shown)
    } else {
        Err(format!(
            "want {} also {also:?}; found {shown}",
            accepted.join(" or ")
        ))
    }
}

/// What no problem tells of: a line each.
fn show_rest(judgement: &Judgement) {
    for unsettled in &judgement.diagnosis.unsettled {
        let what = resolve(&unsettled.what, Lang::En);
        println!("       unsettled until {}: {what}", unsettled.judged_at);
    }
    for unexplained in &judgement.diagnosis.unexplained {
        println!(
            "       unexplained: {}",
            resolve(&unexplained.what, Lang::En)
        );
        for said in &unexplained.said {
            println!(
                "           {} x{}: {}",
                said.reason, said.count, said.message
            );
        }
    }
}

fn answers(list: Option<&Value>) -> Vec<String> {
    let mut all = Vec::new();
    for answer in list.and_then(Value::as_array).into_iter().flatten() {
        if answer.is_array() {
            all.extend(answers(Some(answer)));
        } else {
            let subject = answer.get("subject").cloned().unwrap_or_default();
            let text = |key: &str| subject.get(key).and_then(Value::as_str);
            all.push(format!(
                "{}@{}/{}/{}{}",
                answer
                    .get("cause")
                    .and_then(Value::as_str)
                    .unwrap_or_default(),
                text("kind").unwrap_or_default(),
                text("namespace").unwrap_or_default(),
                text("name").unwrap_or_default(),
                text("container")
                    .map(|c| format!("[{c}]"))
                    .unwrap_or_default()
            ));
        }
    }
    all
}

fn name(problem: &Problem<Message>) -> String {
    let subject = &problem.subject;
    format!(
        "{}@{}/{}/{}{}",
        problem.cause,
        subject.kind,
        subject.namespace.as_deref().unwrap_or_default(),
        subject.name,
        subject
            .container
            .as_ref()
            .map(|c| format!("[{c}]"))
            .unwrap_or_default()
    )
}

fn show(judgement: &Judgement) {
    let diagnosis = judgement
        .diagnosis
        .clone()
        .map_text(|m| resolve(&m, Lang::En));
    for problem in &diagnosis.problems {
        println!(
            "  {:?} {:?} {} on {}",
            problem.severity, problem.certainty, problem.cause, problem.subject
        );
        println!("    {}\n    {}", problem.title, problem.explanation);
        for evidence in &problem.evidence {
            println!(
                "    - {}: {} [{}]",
                evidence.what,
                evidence.value,
                evidence.path.as_deref().unwrap_or("")
            );
            println!("      {}", evidence.kubectl);
        }
        for step in &problem.fix {
            println!(
                "    fix: {} {}",
                step.text,
                step.command.as_deref().unwrap_or("")
            );
        }
        for affected in &problem.affects {
            println!(
                "    affects {} by {} ({:?}): {}",
                affected.object, affected.by, affected.relation, affected.state
            );
        }
    }
    for unknown in &diagnosis.unknown {
        println!(
            "  ? {} ({:?}) {}",
            unknown.what,
            unknown.why,
            unknown.settle.as_deref().unwrap_or("")
        );
    }
    for checked in &diagnosis.checked {
        println!("  ok {}: {}", checked.object, checked.why);
    }
}

fn json(path: &Path) -> Option<Value> {
    serde_json::from_str(&fs::read_to_string(path).ok()?).ok()
}
