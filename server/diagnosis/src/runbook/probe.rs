//! An active test of a step: what it runs, and what its output answers.

use std::sync::Arc;

use cel::{Program, Value};
use jiff::Timestamp;
use podside_model::{
    Answer, Evidence, EvidenceKind, Finding, Message, NoSuggestion, NotRun, ObjectRef, Texts,
};

use super::expression::{ExpressionError, evaluate, read};
use super::placeholder::{Names, Template};

/// An active test: a command that is run in a container.
#[derive(Clone, Debug)]
pub struct Probe {
    /// What it does.
    pub what: Texts,
    /// The command, as it stands behind `kubectl exec POD --`.
    pub command: Template,
    /// What its output must be for the answer `when_true`.
    pub holds: RunExpression,
    /// The answer that the expression suggests when it holds; the opposite when it does not.
    pub when_true: Answer,
    /// Whether it tells the same from any Pod of the namespace.
    pub anywhere: bool,
}

/// What came of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// When it ended.
    pub at: Timestamp,
    /// The Pod with the container in which it ran.
    pub object: ObjectRef,
    /// The same with kubectl.
    pub kubectl: String,
    /// What it wrote, within a bound, as it may be shown.
    pub stdout: String,
    /// What it wrote to its standard error, in the same way.
    pub stderr: String,
    /// How many bytes of both were not kept.
    pub dropped: usize,
    /// Its exit code, or why it has none that tells anything.
    pub ended: Result<i64, NotRun>,
}

impl Probe {
    /// The words of the command for these names; none where a name breaks its quotes.
    pub fn words(&self, names: &Names) -> Vec<String> {
        shlex::split(&self.command.fill(names)).unwrap_or_default()
    }

    /// What a run of it tells of a target in a namespace, with the output as evidence.
    pub fn judge(&self, ran: &Ran, namespace: &str) -> Finding {
        let suggests = match &ran.ended {
            Err(why) => Err(NoSuggestion::NotRun(why.clone())),
            Ok(code) => match self.holds.holds(*code, ran, namespace) {
                Ok(true) => Ok(self.when_true),
                Ok(false) => Ok(self.when_true.opposite()),
                Err(error) => Err(NoSuggestion::Expression {
                    error: error.to_string(),
                }),
            },
        };
        let fact = ran.ended.as_ref().ok();
        let fact = fact.map(|code| Message::new("runbook.exited").with("code", *code));
        Finding {
            observed_at: ran.at,
            suggests,
            fact,
            evidence: vec![Evidence {
                kind: EvidenceKind::Command,
                what: match ran.dropped {
                    0 => Message::new("evidence.command"),
                    n => Message::new("evidence.command-cut").with("n", n),
                },
                object: ran.object.clone(),
                path: None,
                referrer: None,
                reason: None,
                value: written(ran),
                mark: None,
                kubectl: ran.kubectl.clone(),
                count: None,
                at: Some(ran.at),
            }],
        }
    }
}

/// Both outputs, one after the other.
fn written(ran: &Ran) -> String {
    let mut text = ran.stdout.clone();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(&ran.stderr);
    text.truncate(text.trim_end().len());
    text
}

/// A CEL expression over the output of a command, within the bounds of every expression.
#[derive(Clone, Debug)]
pub struct RunExpression {
    program: Arc<Program>,
}

impl RunExpression {
    /// The one that is meant where none is written.
    pub(super) const WELL: &str = "exitCode == 0";

    /// The variables of a run.
    const KNOWN: [&str; 4] = ["exitCode", "stdout", "stderr", "podNamespace"];

    /// Reads an expression. It is tried on an empty run, so that one which does not fit is
    /// refused before it is needed.
    pub(super) fn read(source: &str) -> Result<Self, ExpressionError> {
        let (program, _) = read(source, &Self::KNOWN)?;
        let expression = Self {
            program: Arc::new(program),
        };
        expression.over(0, "", "", "")?;
        Ok(expression)
    }

    fn holds(&self, code: i64, ran: &Ran, namespace: &str) -> Result<bool, ExpressionError> {
        self.over(code, &ran.stdout, &ran.stderr, namespace)
    }

    fn over(
        &self,
        code: i64,
        stdout: &str,
        stderr: &str,
        namespace: &str,
    ) -> Result<bool, ExpressionError> {
        let text = |text: &str| Value::String(Arc::new(text.to_owned()));
        let values = [
            Value::Int(code),
            text(stdout),
            text(stderr),
            text(namespace),
        ];
        let variables = Self::KNOWN.into_iter().zip(values).collect();
        evaluate(&self.program, variables)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runbook::{Vocabulary, read as read_runbook};

    fn probe(check: &str) -> Result<Probe, String> {
        let source = format!(
            "id: sample\nversion: 1\ntitle: {{en: S, ja: 見}}\nabout: {{en: A, ja: 説}}\n\
             targets: [Pod]\nsteps:\n  - id: one\n    question: {{en: 'Is it?', ja: '？'}}\n    \
             why: {{en: Because., ja: 理由。}}\n    check: {check}\n    \
             docs: {{url: 'https://kubernetes.io/', title: {{en: D, ja: 文}}}}\n    \
             yes: {{nothing-wrong: {{en: F, ja: 正}}}}\n    no: {{open: {{en: A, ja: 尋}}}}\n    \
             unknown: {{open: {{en: A, ja: 尋}}}}\n"
        );
        let vocabulary = Vocabulary {
            is_cause: &|_| true,
            runbooks: &[],
        };
        let runbook = read_runbook(&source, vocabulary);
        let runbook = runbook.map_err(|faults| {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            faults.join("; ")
        })?;
        match &runbook.steps[0].check {
            crate::runbook::Check::Probe(probe) => Ok(probe.clone()),
            other => panic!("{other:?}"),
        }
    }

    fn ran(ended: Result<i64, NotRun>, stdout: &str) -> Ran {
        Ran {
            at: Timestamp::UNIX_EPOCH,
            object: ObjectRef::namespaced("Pod", "shop", "cart").with_container("app"),
            kubectl: "kubectl -n shop exec cart -c app -- cat /etc/resolv.conf".to_owned(),
            stdout: stdout.to_owned(),
            stderr: "but\n".to_owned(),
            dropped: 0,
            ended,
        }
    }

    #[test]
    fn the_output_decides_as_the_expression_says() {
        let of_names = probe(
            "{probe: {what: {en: W, ja: 何}, command: cat /etc/resolv.conf, \
             cel: \"exitCode == 0 && stdout.contains(podNamespace + '.svc')\"}, when-true: no}",
        )
        .unwrap();
        let told = of_names.judge(&ran(Ok(0), "search shop.svc.x"), "shop");
        assert_eq!(told.suggests, Ok(Answer::No));
        assert_eq!(told.evidence[0].value, "search shop.svc.x\nbut");
        assert_eq!(told.evidence[0].kind, EvidenceKind::Command);
        for other in [ran(Ok(1), "search shop.svc.x"), ran(Ok(0), "search")] {
            assert_eq!(of_names.judge(&other, "shop").suggests, Ok(Answer::Yes));
        }
        let well = probe("{probe: {what: {en: W, ja: 何}, command: 'true'}}").unwrap();
        assert_eq!(
            well.judge(&ran(Ok(0), ""), "shop").suggests,
            Ok(Answer::Yes)
        );
        assert_eq!(well.judge(&ran(Ok(3), ""), "shop").suggests, Ok(Answer::No));
        let late = NotRun::TooLong { seconds: 30 };
        let told = well.judge(&ran(Err(late.clone()), "so far"), "shop");
        assert_eq!(told.suggests, Err(NoSuggestion::NotRun(late)));
        assert!(told.fact.is_none() && told.evidence[0].value.starts_with("so far"));
    }

    #[test]
    fn a_command_is_words_and_its_names_stay_names() {
        let probe =
            probe("{probe: {what: {en: W, ja: 何}, command: \"sh -c 'echo {pod}' {name}\"}}")
                .unwrap();
        let names = crate::runbook::sample::names();
        assert_eq!(probe.words(&names), ["sh", "-c", "echo cart-1", "cart-1"]);
    }

    #[test]
    fn what_cannot_be_run_or_judged_is_a_fault_of_the_file() {
        for (check, said) in [
            (
                "{probe: {what: {en: W, ja: 何}, command: \"sh -c 'x\"}}",
                "quote",
            ),
            (
                "{probe: {what: {en: W, ja: 何}, command: ls, cel: pod.ready}}",
                "`stdout`",
            ),
            (
                "{probe: {what: {en: W, ja: 何}, command: ls, cel: stdout}}",
                "not true or false",
            ),
            ("{ask: true, when-true: no}", "when-true"),
        ] {
            let fault = probe(check).unwrap_err();
            assert!(fault.contains(said), "{check}: {fault}");
        }
    }
}
