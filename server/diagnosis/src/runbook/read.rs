//! From a file to a [`Runbook`], or to what is wrong with it.

use std::collections::HashMap;

use podside_model::{Answer, Cause, Texts};
use serde_saphyr::{Location, Spanned};

use super::expression::Expression;
use super::fault::Fault;
use super::format::{
    Answered, CheckFile, DocsFile, NextFile, ProbeFile, RunbookFile, StepFile, TextsFile,
};
use super::placeholder::{Template, known_placeholders, unknown_placeholders};
use super::probe::{Probe, RunExpression};
use super::types::{Check, Docs, Next, Runbook, Step};
use super::unfold::unfolded;
use crate::facts::Kind;
use crate::near;

/// The largest file.
const FILE_BYTES: usize = 512 * 1024;
/// The most steps of one runbook.
const STEPS: usize = 200;

/// What a runbook may refer to.
#[derive(Clone, Copy)]
pub struct Vocabulary<'a> {
    /// Whether a slug is a cause of `causes.tsv`.
    pub is_cause: &'a dyn Fn(&str) -> bool,
    /// The ids of the runbooks that there are.
    pub runbooks: &'a [&'a str],
}

/// Reads a runbook file. All faults are returned, in the order of the file; of a
/// file that does not have the right form at all, the first.
pub fn read(source: &str, vocabulary: Vocabulary<'_>) -> Result<Runbook, Vec<Fault>> {
    if source.len() > FILE_BYTES {
        return Err(vec![Fault {
            line: 0,
            column: 0,
            message: format!(
                "the file has {} bytes; a runbook has at most {FILE_BYTES}",
                source.len()
            ),
        }]);
    }
    let is_text = |line: &str| !(line.trim().is_empty() || line.trim_start().starts_with('#'));
    if !source.lines().any(is_text) {
        return Err(vec![Fault {
            line: 1,
            column: 1,
            message: "the file is empty; a runbook begins with `id:`".to_owned(),
        }]);
    }
    let file: RunbookFile = serde_saphyr::from_str(source).map_err(|e| vec![form_fault(&e)])?;
    let mut reader = Reader {
        vocabulary,
        faults: Vec::new(),
        targets: Vec::new(),
    };
    let runbook = reader.runbook(file);
    reader.faults.sort();
    if reader.faults.is_empty() {
        Ok(runbook)
    } else {
        Err(reader.faults)
    }
}

/// The parser's first error, without its excerpt of the file.
fn form_fault(e: &serde_saphyr::Error) -> Fault {
    let location = e.location().unwrap_or(Location::UNKNOWN);
    let message = e.without_snippet().to_string();
    // The position is already said before the message.
    let message = match message.rsplit_once(" at line ") {
        Some((before, _)) => before.to_owned(),
        None => message,
    };
    Fault::at(location, message.lines().next().unwrap_or_default())
}

struct Reader<'a> {
    vocabulary: Vocabulary<'a>,
    faults: Vec<Fault>,
    /// The kinds that the runbook can be started on.
    targets: Vec<Kind>,
}

/// A branch with the place where it is written, for the checks of the whole.
struct Branch {
    from: usize,
    to: String,
    place: Location,
}

impl Reader<'_> {
    fn fault(&mut self, place: Location, message: impl Into<String>) {
        self.faults.push(Fault::at(place, message));
    }

    fn runbook(&mut self, file: RunbookFile) -> Runbook {
        self.id(&file.id);
        if file.steps.len() > STEPS {
            self.fault(
                file.id.referenced,
                format!(
                    "the runbook has {} steps; it may have {STEPS}",
                    file.steps.len()
                ),
            );
        }
        if file.targets.is_empty() {
            self.fault(
                file.id.referenced,
                "`targets` names no kind; a runbook is started on an object",
            );
        }
        if file.steps.is_empty() {
            self.fault(file.id.referenced, "the runbook has no steps");
        }
        for target in &file.targets {
            let known = Kind::ALL.iter().map(|kind| kind.name());
            let kind = Kind::ALL.iter().find(|kind| kind.name() == target.value);
            self.targets.extend(kind);
            if kind.is_none() {
                let near = near::name(&target.value, known)
                    .map_or_else(String::new, |near| format!("; perhaps {near} is meant"));
                self.fault(
                    target.referenced,
                    format!(
                        "`{}` is no API kind that Podside reads, such as Pod{near}",
                        target.value
                    ),
                );
            }
        }
        let mut branches = Vec::new();
        let mut places = Vec::new();
        let mut ids: HashMap<String, usize> = HashMap::new();
        let mut steps = Vec::with_capacity(file.steps.len());
        for (index, step) in file.steps.into_iter().enumerate() {
            self.id(&step.id);
            let place = step.id.referenced;
            if ids.insert(step.id.value.clone(), index).is_some() {
                self.fault(
                    place,
                    format!("there is another step `{}` before this one", step.id.value),
                );
            }
            places.push(place);
            steps.push(self.step(index, step, &mut branches));
        }
        self.graph(&steps, &places, &ids, &branches);
        Runbook {
            id: file.id.value,
            version: file.version,
            title: self.texts(&file.title),
            about: self.texts(&file.about),
            targets: file
                .targets
                .into_iter()
                .map(|target| target.value)
                .collect(),
            steps,
        }
    }

    fn id(&mut self, id: &Spanned<String>) {
        let text = &id.value;
        let fits = text.len() <= 40
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !fits {
            self.fault(
                id.referenced,
                format!("`{text}` is no id: lower-case letters, digits and hyphens, at most 40, a letter first"),
            );
        }
    }

    fn texts(&mut self, file: &TextsFile) -> Texts {
        for text in [&file.en, &file.ja] {
            if text.value.trim().is_empty() {
                self.fault(text.referenced, "the text is empty");
            }
            self.placeholders(text);
        }
        Texts {
            en: file.en.value.trim().to_owned(),
            ja: unfolded(&file.ja.value),
        }
    }

    fn placeholders(&mut self, text: &Spanned<String>) {
        for name in unknown_placeholders(&text.value) {
            self.faults.push(Fault::at(
                text.referenced,
                format!(
                    "`{{{name}}}` is no placeholder; there are {}",
                    known_placeholders()
                ),
            ));
        }
    }

    fn step(&mut self, index: usize, file: StepFile, branches: &mut Vec<Branch>) -> Step {
        let id = file.id.value;
        let shows = file.check.value.shows.clone();
        let check = self.check(file.check);
        let has_causes = matches!(check, Check::Causes { .. });
        let question = self.texts(&file.question);
        let label = file.label.map(|label| self.texts(&label));
        let mut next = |reader: &mut Self, file: Spanned<NextFile>| {
            let place = file.referenced;
            let next = reader.next(file, has_causes);
            if let Next::Step(to) = &next {
                branches.push(Branch {
                    from: index,
                    to: to.clone(),
                    place,
                });
            }
            next
        };
        let (yes, no, unknown) = (
            next(self, file.yes),
            next(self, file.no),
            next(self, file.unknown),
        );
        Step {
            id,
            label: label.unwrap_or_else(|| question.clone()),
            question,
            why: self.texts(&file.why),
            check,
            shows,
            commands: file
                .commands
                .into_iter()
                .map(|command| self.template(command))
                .collect(),
            docs: self.docs(file.docs),
            yes,
            no,
            unknown,
        }
    }

    fn docs(&mut self, file: DocsFile) -> Docs {
        if !file.url.value.starts_with("https://") || file.url.value.contains(char::is_whitespace) {
            self.fault(
                file.url.referenced,
                format!("`{}` is no https:// address", file.url.value),
            );
        }
        Docs {
            url: file.url.value,
            title: self.texts(&file.title),
        }
    }

    fn template(&mut self, command: Spanned<String>) -> Template {
        self.placeholders(&command);
        if command.value.trim().is_empty() || command.value.contains(char::is_control) {
            self.fault(command.referenced, "a command is one line");
        }
        Template(command.value)
    }

    fn check(&mut self, file: Spanned<CheckFile>) -> Check {
        let place = file.referenced;
        let CheckFile {
            causes,
            cel,
            probe,
            ask,
            when_true,
            shows: _,
        } = file.value;
        if when_true.is_some() && ask.is_some() {
            self.fault(place, "`when-true` belongs to `causes`, `cel` or `probe`");
        }
        let when_true = when_true.unwrap_or(Answered::Yes).into();
        match (causes, cel, probe, ask) {
            (Some(causes), None, None, None) => self.causes(place, &causes, when_true),
            (None, Some(cel), None, None) => match Expression::read(&cel.value, &self.targets) {
                Ok(expression) => Check::Cel {
                    expression,
                    when_true,
                },
                Err(e) => {
                    self.fault(cel.referenced, e.to_string());
                    Check::Ask
                }
            },
            (None, None, Some(probe), None) => self.probe(probe, when_true),
            (None, None, None, Some(ask)) => {
                if !ask.value {
                    self.fault(ask.referenced, "`ask` can only be true");
                }
                Check::Ask
            }
            _ => {
                self.fault(
                    place,
                    "a check has exactly one of `causes`, `cel`, `probe` and `ask`",
                );
                Check::Ask
            }
        }
    }

    fn probe(&mut self, file: ProbeFile, when_true: Answer) -> Check {
        let place = file.command.referenced;
        let command = self.template(file.command);
        if command.words().is_none_or(|words| words.is_empty()) {
            self.fault(place, "a quote of the command is not closed");
        }
        let holds = match &file.cel {
            Some(cel) => RunExpression::read(&cel.value),
            None => RunExpression::read(RunExpression::WELL),
        };
        match holds {
            Ok(holds) => Check::Probe(Probe {
                what: self.texts(&file.what),
                command,
                holds,
                when_true,
                anywhere: file.anywhere,
            }),
            Err(e) => {
                let place = file.cel.map_or(place, |cel| cel.referenced);
                self.fault(place, e.to_string());
                Check::Ask
            }
        }
    }

    fn causes(&mut self, place: Location, slugs: &[Spanned<String>], when_true: Answer) -> Check {
        if slugs.is_empty() {
            self.fault(place, "`causes` is empty");
        }
        let causes = slugs.iter().filter_map(|slug| self.cause(slug)).collect();
        Check::Causes { causes, when_true }
    }

    fn cause(&mut self, slug: &Spanned<String>) -> Option<Cause> {
        let cause = Cause::parse(&slug.value).filter(|_| (self.vocabulary.is_cause)(&slug.value));
        if cause.is_none() {
            self.fault(
                slug.referenced,
                format!("`{}` is no cause of causes.tsv", slug.value),
            );
        }
        cause
    }

    fn next(&mut self, file: Spanned<NextFile>, has_causes: bool) -> Next {
        let place = file.referenced;
        let NextFile {
            step,
            cause,
            found,
            runbook,
            nothing_wrong,
            open,
            text,
        } = file.value;
        let nowhere = || Next::Open {
            text: Texts::default(),
        };
        if text.is_some() && cause.is_none() && runbook.is_none() {
            self.fault(place, "`text` belongs to `cause` or `runbook`");
        } else if text.is_none() && (cause.is_some() || runbook.is_some()) {
            self.fault(place, "`text` is missing: what does the conclusion mean?");
        }
        let text = text.map(|text| self.texts(&text)).unwrap_or_default();
        match (step, cause, found, runbook, nothing_wrong, open) {
            (Some(step), None, None, None, None, None) => Next::Step(step.value),
            (None, Some(slug), None, None, None, None) => self
                .cause(&slug)
                .map_or_else(nowhere, |cause| Next::Cause { cause, text }),
            (None, None, Some(text), None, None, None) => {
                if !has_causes {
                    self.fault(place, "`found` needs a check by `causes`");
                }
                Next::Found {
                    text: self.texts(&text),
                }
            }
            (None, None, None, Some(runbook), None, None) => {
                if !self.vocabulary.runbooks.contains(&runbook.value.as_str()) {
                    let there_are = self.vocabulary.runbooks.join(", ");
                    self.fault(
                        runbook.referenced,
                        format!(
                            "there is no runbook `{}`; there are: {there_are}",
                            runbook.value
                        ),
                    );
                }
                Next::Runbook {
                    runbook: runbook.value,
                    text,
                }
            }
            (None, None, None, None, Some(text), None) => Next::NothingWrong {
                text: self.texts(&text),
            },
            (None, None, None, None, None, Some(text)) => Next::Open {
                text: self.texts(&text),
            },
            _ => {
                self.fault(
                    place,
                    "an answer leads to exactly one of `step`, `cause`, `found`, `runbook`, `nothing-wrong` and `open`",
                );
                nowhere()
            }
        }
    }

    /// Every branch leads to a step, every step is reached, no walk is endless.
    fn graph(
        &mut self,
        steps: &[Step],
        places: &[Location],
        ids: &HashMap<String, usize>,
        branches: &[Branch],
    ) {
        let mut ways: Vec<Vec<(usize, Location)>> = vec![Vec::new(); steps.len()];
        for branch in branches {
            match (ids.get(&branch.to), ways.get_mut(branch.from)) {
                (Some(to), Some(ways)) => ways.push((*to, branch.place)),
                _ => self.fault(branch.place, format!("there is no step `{}`", branch.to)),
            }
        }
        let mut colours = vec![Colour::Unseen; steps.len()];
        if !steps.is_empty() {
            self.visit(0, steps, &ways, &mut colours);
        }
        for ((step, place), colour) in steps.iter().zip(places).zip(&colours) {
            if *colour == Colour::Unseen {
                self.fault(*place, format!("no answer leads to step `{}`", step.id));
            }
        }
    }

    /// Depth first; the depth is bounded by the number of steps.
    fn visit(
        &mut self,
        at: usize,
        steps: &[Step],
        ways: &[Vec<(usize, Location)>],
        colours: &mut [Colour],
    ) {
        set(colours, at, Colour::OnTheWay);
        for (to, place) in ways.get(at).into_iter().flatten() {
            match colours.get(*to) {
                Some(Colour::Unseen) => self.visit(*to, steps, ways, colours),
                Some(Colour::OnTheWay) => {
                    let to = steps.get(*to).map_or("", |step| &step.id);
                    self.fault(
                        *place,
                        format!(
                            "this leads back to step `{to}`: the walk would go round in a circle"
                        ),
                    );
                }
                _ => {}
            }
        }
        set(colours, at, Colour::Done);
    }
}

/// How far the search for circles is with a step.
#[derive(Clone, Copy, PartialEq)]
enum Colour {
    Unseen,
    OnTheWay,
    Done,
}

fn set(colours: &mut [Colour], at: usize, colour: Colour) {
    if let Some(slot) = colours.get_mut(at) {
        *slot = colour;
    }
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
