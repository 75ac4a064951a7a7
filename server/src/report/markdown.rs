//! The report as Markdown (CommonMark), to be pasted into an issue.

use std::fmt::Write as _;

use podside_model::{Lang, Problem, Unexplained};

use super::Report;
use super::words::{self, Words};

/// Writes a diagnosis as Markdown. Values of the cluster stand in code, whose fence
/// is longer than any in them, and sentences are escaped, so that neither can form
/// a link, a heading or HTML.
pub(crate) fn markdown(report: &Report<'_>) -> String {
    let words = Words::of(report.lang);
    let mut out = String::new();
    let _ = writeln!(out, "**{}**", escaped(&words::verdict(report)));
    for problem in &report.diagnosis.problems {
        write_problem(&mut out, problem, report.lang, &words);
    }
    if !report.diagnosis.unexplained.is_empty() {
        let _ = writeln!(out, "\n### {}\n", words.unexplained);
        for unexplained in &report.diagnosis.unexplained {
            write_unexplained(&mut out, unexplained, report.lang, &words);
        }
    }
    if !report.diagnosis.unsettled.is_empty() {
        let _ = writeln!(out, "\n### {}\n", words.unsettled);
        for unsettled in &report.diagnosis.unsettled {
            let judged = words::judged(unsettled, report.lang);
            let what = escaped(&unsettled.what);
            let _ = writeln!(out, "- {what}{}{}", words.comma, escaped(&judged));
        }
    }
    if !report.diagnosis.unknown.is_empty() {
        let _ = writeln!(out, "\n### {}\n", words.cannot_tell);
        for unknown in &report.diagnosis.unknown {
            let why = words::why(unknown.why, report.lang);
            let _ = write!(out, "- {}{}", escaped(&unknown.what), (words.brackets)(why));
            if let Some(settle) = &unknown.settle {
                let _ = write!(out, "\n  {}: {}", words.settle, escaped(settle));
            }
            out.push('\n');
        }
    }
    let _ = writeln!(out, "\n<sub>{}</sub>", escaped(&words::looked_at(report)));
    out
}

/// A problem with its proof, its fix and what it breaks, under a heading of its title.
fn write_problem(out: &mut String, problem: &Problem<String>, lang: Lang, words: &Words) {
    let _ = writeln!(out, "\n### {}\n", escaped(&problem.title));
    let _ = writeln!(out, "{}\n", label(problem, lang, words));
    let _ = writeln!(out, "{}", escaped(&problem.explanation));
    if !problem.evidence.is_empty() {
        let _ = writeln!(out, "\n**{}**\n", words.proof);
    }
    for evidence in &problem.evidence {
        let _ = writeln!(out, "- {}", escaped(&evidence.what));
        let shown = words::shown(evidence, words);
        block(out, &shown, "text", "  ");
        block(out, &evidence.kubectl, "sh", "  ");
    }
    if !problem.fix.is_empty() {
        let _ = writeln!(out, "\n**{}**\n", words.fix);
    }
    write_fix(out, problem);
    if !problem.affects.is_empty() {
        let _ = writeln!(out, "\n**{}**\n", words.affects);
    }
    write_affected(out, problem, lang);
}

/// How bad and how certain a problem is, its cause and what is to be changed, on one line.
pub(super) fn label(problem: &Problem<String>, lang: Lang, words: &Words) -> String {
    let mut label = words::severity(problem.severity, lang).to_owned();
    if let Some(certainty) = words::certainty(problem.certainty, words) {
        let _ = write!(label, "{}{certainty}", words.comma);
    }
    let subject = words::subject(problem, words, lang);
    format!(
        "{label} · {} · {}",
        code(problem.cause.as_str()),
        code(&subject)
    )
}

/// The steps that fix a problem, as a numbered list.
pub(super) fn write_fix(out: &mut String, problem: &Problem<String>) {
    for (number, step) in problem.fix.iter().enumerate() {
        let _ = writeln!(out, "{}. {}", number + 1, escaped(&step.text));
        if let Some(command) = &step.command {
            block(out, command, "sh", "   ");
        }
    }
}

/// What a problem breaks, as a list.
pub(super) fn write_affected(out: &mut String, problem: &Problem<String>, lang: Lang) {
    for affected in &problem.affects {
        let object = code(&affected.object.to_string());
        let _ = writeln!(out, "- {object}: {}", escaped(&affected.state));
    }
    if problem.more_affected > 0 {
        let more = words::and_more(problem.more_affected, lang);
        let _ = writeln!(out, "- {}", escaped(&more));
    }
}

fn write_unexplained(
    out: &mut String,
    unexplained: &Unexplained<String>,
    lang: Lang,
    words: &Words,
) {
    let since = words::since(unexplained.since, lang);
    let _ = writeln!(
        out,
        "- {}{}{}",
        escaped(&unexplained.what),
        escaped(&since),
        (words.brackets)(&code(&unexplained.object.to_string()))
    );
    for said in &unexplained.said {
        block(out, &words::quoted(said), "text", "  ");
    }
    let _ = writeln!(out, "  {}: {}", words.settle, escaped(&unexplained.settle));
}

/// A sentence in which nothing is markup, and nothing begins a list or a heading.
///
/// What GitHub would make a link of stands as code, since a backslash does not keep it
/// from that: it looks for addresses and names in the text that comes out.
pub(super) fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut rest = text.trim_start();
    if rest.starts_with(['-', '+', '=']) {
        written.push('\\');
    }
    let number = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    if number.len() < rest.len() && number.starts_with(['.', ')']) {
        let (digits, after) = rest
            .split_at_checked(rest.len() - number.len())
            .unwrap_or((rest, ""));
        written.push_str(digits);
        written.push('\\');
        rest = after;
    }
    while !rest.is_empty() {
        let end = rest
            .find(|c: char| !c.is_ascii_graphic())
            .unwrap_or(rest.len());
        let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        if is_linked(word) {
            written.push_str(&code(word));
        } else {
            written.extend(word.chars().flat_map(literal));
        }
        let mut between = after.chars();
        written.extend(between.next().into_iter().flat_map(literal));
        rest = between.as_str();
    }
    written
}

/// Whether a word would become a link or call somebody: an address (GitHub Flavored
/// Markdown, section 6.9), or a name after an at sign.
fn is_linked(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    word.contains("://") || word.contains("www.") || word.contains('@')
}

/// A character that is itself.
fn literal(c: char) -> impl Iterator<Item = char> {
    let c = if c == '\n' || c == '\t' { ' ' } else { c };
    let markup = matches!(
        c,
        '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' | '!' | '$'
    );
    markup.then_some('\\').into_iter().chain([c])
}

/// A value as inline code.
pub(super) fn code(text: &str) -> String {
    let text = text.replace('\n', " ");
    let fence = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A value as a block of code within a list item.
pub(super) fn block(out: &mut String, text: &str, language: &str, indent: &str) {
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    let _ = writeln!(out, "{indent}{fence}{language}");
    for line in text.lines() {
        let _ = writeln!(out, "{indent}{line}");
    }
    let _ = writeln!(out, "{indent}{fence}");
}

/// How many backticks stand together at most.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}
