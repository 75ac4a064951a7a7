//! The report that a person reads in a terminal.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use podside_model::{Affected, Evidence, FixStep, Problem, Severity, Unexplained, Unknown};

use super::Report;
use super::words::{self, Words};

/// What the report is written on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paper {
    /// How many columns it has.
    pub(crate) width: usize,
}

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const COMMAND: Style = AnsiColor::Cyan.on_default();

/// Writes a diagnosis for a terminal, with colours; who writes it to something else
/// takes them out again.
pub(crate) fn terminal(report: &Report<'_>, paper: Paper) -> String {
    let words = Words::of(report.lang);
    let mut out = String::new();
    paragraph(&mut out, &words::verdict(report), "", "", BOLD, paper);
    for problem in &report.diagnosis.problems {
        out.push('\n');
        write_problem(&mut out, problem, report, &words, paper);
    }
    if !report.diagnosis.unexplained.is_empty() {
        out.push('\n');
        heading(&mut out, words.unexplained, "");
        for unexplained in &report.diagnosis.unexplained {
            write_unexplained(&mut out, unexplained, report, &words, paper);
        }
    }
    if !report.diagnosis.unsettled.is_empty() {
        out.push('\n');
        heading(&mut out, words.unsettled, "");
        for unsettled in &report.diagnosis.unsettled {
            let what = &unsettled.what;
            paragraph(&mut out, what, "  ○ ", "    ", Style::new(), paper);
            let judged = words::judged(unsettled, report.lang);
            paragraph(&mut out, &judged, "    ", "    ", DIM, paper);
        }
    }
    if !report.diagnosis.unknown.is_empty() {
        out.push('\n');
        heading(&mut out, words.cannot_tell, "");
        for unknown in &report.diagnosis.unknown {
            write_unknown(&mut out, unknown, report, &words, paper);
        }
    }
    out.push('\n');
    paragraph(&mut out, &words::looked_at(report), "", "", DIM, paper);
    out
}

fn write_problem(
    out: &mut String,
    problem: &Problem<String>,
    report: &Report<'_>,
    words: &Words,
    paper: Paper,
) {
    let style = of_severity(problem.severity);
    let mut label = words::severity(problem.severity, report.lang).to_owned();
    if let Some(certainty) = words::certainty(problem.certainty, words) {
        let _ = write!(label, "{}{certainty}", words.comma);
    }
    let mark = mark(problem.severity);
    paragraph(
        out,
        &problem.title,
        &format!("{mark} "),
        "  ",
        style.bold(),
        paper,
    );
    let subject = words::subject(problem, words, report.lang);
    let facts = format!("{label} · {} · {subject}", problem.cause);
    paragraph(out, &facts, "  ", "  ", DIM, paper);
    out.push('\n');
    paragraph(out, &problem.explanation, "  ", "  ", Style::new(), paper);
    if !problem.evidence.is_empty() {
        out.push('\n');
        heading(out, words.proof, "  ");
        for evidence in &problem.evidence {
            write_evidence(out, evidence, words, paper);
        }
    }
    if !problem.fix.is_empty() {
        out.push('\n');
        heading(out, words.fix, "  ");
        for (number, step) in problem.fix.iter().enumerate() {
            write_step(out, number + 1, step, paper);
        }
    }
    if !problem.affects.is_empty() {
        out.push('\n');
        heading(out, words.affects, "  ");
        for affected in &problem.affects {
            write_affected(out, affected, paper);
        }
        if problem.more_affected > 0 {
            let more = words::and_more(problem.more_affected, report.lang);
            paragraph(out, &more, "  - ", "    ", Style::new(), paper);
        }
    }
}

fn write_evidence(out: &mut String, evidence: &Evidence<String>, words: &Words, paper: Paper) {
    paragraph(out, &evidence.what, "  - ", "    ", Style::new(), paper);
    let shown = words::shown(evidence, words);
    paragraph(out, &shown, "    ", "    ", BOLD, paper);
    command(out, &evidence.kubectl, "    ");
}

fn write_step(out: &mut String, number: usize, step: &FixStep<String>, paper: Paper) {
    let lead = format!("  {number}. ");
    paragraph(out, &step.text, &lead, "     ", Style::new(), paper);
    if let Some(line) = &step.command {
        command(out, line, "     ");
    }
}

fn write_affected(out: &mut String, affected: &Affected<String>, paper: Paper) {
    let text = format!("{}: {}", affected.object, affected.state);
    paragraph(out, &text, "  - ", "    ", Style::new(), paper);
}

fn write_unexplained(
    out: &mut String,
    unexplained: &Unexplained<String>,
    report: &Report<'_>,
    words: &Words,
    paper: Paper,
) {
    let since = words::since(unexplained.since, report.lang);
    let what = format!("{}{since}", unexplained.what);
    paragraph(out, &what, "  ◇ ", "    ", BOLD, paper);
    paragraph(
        out,
        &unexplained.object.to_string(),
        "    ",
        "    ",
        DIM,
        paper,
    );
    for said in &unexplained.said {
        let quoted = words::quoted(said);
        paragraph(out, &quoted, "    - ", "      ", Style::new(), paper);
    }
    let settle = format!("{}: {}", words.settle, unexplained.settle);
    paragraph(out, &settle, "    ", "    ", DIM, paper);
}

fn write_unknown(
    out: &mut String,
    unknown: &Unknown<String>,
    report: &Report<'_>,
    words: &Words,
    paper: Paper,
) {
    let why = (words.brackets)(words::why(unknown.why, report.lang));
    let text = format!("{}{why}", unknown.what);
    paragraph(out, &text, "  ? ", "    ", Style::new(), paper);
    if let Some(settle) = &unknown.settle {
        let text = format!("{}: {settle}", words.settle);
        paragraph(out, &text, "    ", "    ", DIM, paper);
    }
}

fn heading(out: &mut String, text: &str, indent: &str) {
    let _ = writeln!(out, "{indent}{BOLD}{text}{BOLD:#}");
}

/// A command stands on one line however long it is, so that it can be copied.
fn command(out: &mut String, text: &str, indent: &str) {
    for (number, line) in text.lines().enumerate() {
        let prompt = if number == 0 { "$" } else { " " };
        let _ = writeln!(
            out,
            "{indent}{DIM}{prompt}{DIM:#} {COMMAND}{line}{COMMAND:#}"
        );
    }
}

fn paragraph(out: &mut String, text: &str, first: &str, next: &str, style: Style, paper: Paper) {
    for (number, part) in text.lines().enumerate() {
        let lead = if number == 0 { first } else { next };
        let options = textwrap::Options::new(paper.width.max(20))
            .initial_indent(lead)
            .subsequent_indent(next);
        for line in textwrap::wrap(part, options) {
            let _ = writeln!(out, "{style}{line}{style:#}");
        }
    }
}

const fn mark(severity: Severity) -> char {
    match severity {
        Severity::Critical => '✖',
        Severity::Warning => '▲',
        Severity::Info => '●',
    }
}

const fn of_severity(severity: Severity) -> Style {
    match severity {
        Severity::Critical => AnsiColor::Red.on_default(),
        Severity::Warning => AnsiColor::Yellow.on_default(),
        Severity::Info => AnsiColor::Blue.on_default(),
    }
}
