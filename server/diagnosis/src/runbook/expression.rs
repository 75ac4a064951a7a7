//! CEL expressions over what there is of a target, within bounds.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use cel::common::ast::{Expr, operators};
use cel::{Context, IdedExpr, Program, Value};
use podside_model::Why;

use super::seen::{Reads, Unseen, VARIABLES, View, value};
use super::target::Target;
use super::typing;
use crate::facts::Kind;

/// The longest expression, in bytes.
const SOURCE_BYTES: usize = 600;
/// How deep an expression may be built: reading and evaluating it recurse.
const DEPTH: usize = 40;
/// What the parser's stack may grow to. Forty brackets within each other take it
/// more than the 2 MiB that a thread has otherwise; the longest expression of
/// nothing but brackets fits in here.
const PARSER_STACK_BYTES: usize = 128 * 1024 * 1024;
/// How many loops over a list (`exists`, `all`, `map`, ..., and `in` a list that is not
/// written out) may stand within each other: with the bound on the values, this bounds the
/// time.
const LOOPS: usize = 2;
/// The functions that an expression may call, beside the operators and macros.
const FUNCTIONS: [&str; 6] = [
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "int",
    "string",
];
/// How many values an expression may be evaluated over that has loops within each other.
const VALUES_SQUARED: usize = 3_000;
/// The same of one that has none.
const VALUES: usize = 100_000;

/// A CEL expression that was found to be well formed, to fit what there is, and to be within
/// the bounds.
///
/// It knows the variables of `docs/runbook-expressions.md`. Its evaluation reads nothing else,
/// has no clock and ends soon: two loops within each other over the most values that there may
/// be make some millions of steps.
#[derive(Clone, Debug)]
pub struct Expression {
    source: String,
    program: Arc<Program>,
    reads: Reads,
    /// How many values it may be evaluated over.
    room: usize,
}

/// Why an expression has no answer for a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unanswered {
    /// Something that it reads could not be read.
    Unread {
        /// What.
        what: String,
        /// Why.
        why: Why,
    },
    /// It does not fit this target after all.
    Unfit(ExpressionError),
}

/// Why an expression gives no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionError {
    /// It is longer, deeper or loops more than it may.
    #[error("the expression {0}")]
    Bounds(String),
    /// It is not CEL.
    #[error("the expression is not CEL: {0}")]
    Syntax(String),
    /// It reads a variable or calls a function that is not there.
    #[error("the expression uses {name}, which does not exist; there are {known}")]
    UnknownName {
        /// The name.
        name: String,
        /// The variables that there are.
        known: String,
    },
    /// It does not fit what there is, such as a field that no Pod has.
    #[error("the expression does not fit what there is: {0}")]
    Types(String),
    /// It does not fit the facts, such as a field that is not there.
    #[error("the expression does not fit the facts: {0}")]
    Evaluation(String),
    /// It gives something else than true or false.
    #[error("the expression gives {0}, not true or false")]
    NotBool(String),
}

impl Expression {
    /// Reads an expression that is evaluated for targets of these kinds.
    pub fn read(source: &str, targets: &[Kind]) -> Result<Self, ExpressionError> {
        let (program, loops) = read(source, &variables())?;
        Ok(Self {
            source: source.to_owned(),
            reads: typing::check(program.expression(), targets)?,
            program: Arc::new(program),
            room: if loops < LOOPS {
                VALUES
            } else {
                VALUES_SQUARED
            },
        })
    }

    /// The expression as it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether the expression holds for a target. What it reads and cannot be read makes the
    /// answer unknown, never false.
    pub fn holds(&self, target: &Target<'_>) -> Result<bool, Unanswered> {
        let view = View::new(target.snapshot(), &self.reads, self.room);
        let variables = self
            .reads
            .variables()
            .map(|name| Ok((name, value(name, target, &view)?)))
            .collect::<Result<Vec<_>, Unseen>>()
            .map_err(|unseen| self.unanswered(unseen))?;
        evaluate(&self.program, variables).map_err(Unanswered::Unfit)
    }

    fn unanswered(&self, unseen: Unseen) -> Unanswered {
        match unseen {
            Unseen::Unread { what, why } => Unanswered::Unread { what, why },
            Unseen::TooMuch => Unanswered::Unfit(ExpressionError::Evaluation(format!(
                "there are more than {} values to go through",
                self.room
            ))),
        }
    }
}

/// Reads an expression over these variables; tells how many loops stand within each other.
pub(super) fn read(
    source: &str,
    known: &[&'static str],
) -> Result<(Program, usize), ExpressionError> {
    within_bounds(source)?;
    let program = parse(source)?;
    let loops = loops(program.expression());
    if loops > LOOPS {
        return Err(ExpressionError::Bounds(format!(
            "has {loops} loops within each other; it may have {LOOPS}"
        )));
    }
    let unknown = unknown_name(program.expression(), &mut known.to_vec())
        .map(str::to_owned)
        .or_else(|| unknown_function(&program));
    match unknown {
        Some(name) => Err(ExpressionError::UnknownName {
            name,
            known: named(known),
        }),
        None => Ok((program, loops)),
    }
}

/// Whether a program holds for these values.
pub(super) fn evaluate(
    program: &Program,
    variables: Vec<(&str, Value)>,
) -> Result<bool, ExpressionError> {
    let result = catch_unwind(AssertUnwindSafe(|| {
        let mut context = Context::default();
        for (name, value) in variables {
            context.add_variable_from_value(name, value);
        }
        program.execute(&context)
    }))
    .map_err(|_| ExpressionError::Evaluation("the evaluation broke off".to_owned()))?
    .map_err(|e| ExpressionError::Evaluation(bounded(&e.to_string())))?;
    match result {
        Value::Bool(holds) => Ok(holds),
        other => Err(ExpressionError::NotBool(other.type_of().to_string())),
    }
}

/// The variables that there are for a target.
pub(super) fn variables() -> Vec<&'static str> {
    VARIABLES.iter().map(|variable| variable.name).collect()
}

/// The variables that there are, for a message.
pub(super) fn named(known: &[&str]) -> String {
    let names: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

fn within_bounds(source: &str) -> Result<(), ExpressionError> {
    if source.len() > SOURCE_BYTES {
        return Err(ExpressionError::Bounds(format!(
            "has {} bytes; it may have {SOURCE_BYTES}",
            source.len()
        )));
    }
    Ok(())
}

/// Parses on a thread of its own, whose stack is large enough for whatever the
/// length of the source allows; what is too deep for others never leaves it.
fn parse(source: &str) -> Result<Program, ExpressionError> {
    let unreadable = || ExpressionError::Syntax("the parser cannot read it".to_owned());
    let source = source.to_owned();
    std::thread::Builder::new()
        .stack_size(PARSER_STACK_BYTES)
        .spawn(move || {
            let program =
                Program::compile(&source).map_err(|e| ExpressionError::Syntax(first_error(&e)))?;
            let depth = depth(program.expression());
            if depth > DEPTH {
                return Err(ExpressionError::Bounds(format!(
                    "is {depth} levels deep; it may be {DEPTH}"
                )));
            }
            Ok(program)
        })
        .map_err(|_| unreadable())?
        .join()
        // The parser is generated code; should it panic, the file has a fault and
        // the program goes on.
        .map_err(|_| unreadable())?
}

fn depth(expression: &IdedExpr) -> usize {
    1 + parts(expression).map(depth).max().unwrap_or(0)
}

/// The parts of an expression. Maps and structs count as having none: an
/// expression with one is refused by [`loops`].
fn parts(expression: &IdedExpr) -> impl Iterator<Item = &IdedExpr> {
    let (several, one, five): (&[IdedExpr], Option<&IdedExpr>, Option<[&IdedExpr; 5]>) =
        match &expression.expr {
            Expr::Call(call) => (&call.args, call.target.as_deref(), None),
            Expr::List(list) => (&list.elements, None, None),
            Expr::Select(select) => (&[], Some(&select.operand), None),
            Expr::Comprehension(it) => (
                &[],
                None,
                Some([
                    &it.iter_range,
                    &it.accu_init,
                    &it.loop_cond,
                    &it.loop_step,
                    &it.result,
                ]),
            ),
            _ => (&[], None, None),
        };
    several.iter().chain(one).chain(five.into_iter().flatten())
}

/// How many loops stand within each other.
fn loops(expression: &IdedExpr) -> usize {
    match &expression.expr {
        Expr::Comprehension(it) => {
            let within = [&it.loop_cond, &it.loop_step, &it.result].map(loops);
            let before = [&it.iter_range, &it.accu_init].map(loops);
            let deepest = |loops: &[usize]| loops.iter().copied().max().unwrap_or(0);
            (1 + deepest(&within)).max(deepest(&before))
        }
        Expr::Call(call) if call.func_name == operators::IN => {
            let goes_through =
                |list: &IdedExpr| !matches!(list.expr, Expr::List(_) | Expr::Literal(_));
            let own = usize::from(call.args.last().is_some_and(goes_through));
            own + parts(expression).map(loops).max().unwrap_or(0)
        }
        // Maps and structs are of no use in a yes-or-no question; they count as
        // more loops than there may be.
        Expr::Map(_) | Expr::Struct(_) => LOOPS + 1,
        _ => parts(expression).map(loops).max().unwrap_or(0),
    }
}

/// A variable that is neither one of ours nor that of a loop around it.
fn unknown_name<'a>(expression: &'a IdedExpr, known: &mut Vec<&'a str>) -> Option<&'a str> {
    match &expression.expr {
        Expr::Ident(name) => (!known.contains(&name.as_str())).then_some(name),
        Expr::Comprehension(it) => unknown_name(&it.iter_range, known)
            .or_else(|| unknown_name(&it.accu_init, known))
            .or_else(|| {
                let outside = known.len();
                known.extend([it.iter_var.as_str(), it.accu_var.as_str()]);
                known.extend(it.iter_var2.as_deref());
                let unknown = [&it.loop_cond, &it.loop_step, &it.result]
                    .into_iter()
                    .find_map(|part| unknown_name(part, known));
                known.truncate(outside);
                unknown
            }),
        _ => parts(expression).find_map(|part| unknown_name(part, known)),
    }
}

/// A function that there is not. Operators are functions without letters in their names.
fn unknown_function(program: &Program) -> Option<String> {
    program
        .references()
        .functions()
        .into_iter()
        .find(|name| {
            name.starts_with(|c: char| c.is_ascii_alphabetic()) && !FUNCTIONS.contains(name)
        })
        .map(|name| format!("{name}()"))
}

fn first_error(errors: &cel::ParseErrors) -> String {
    errors.errors.first().map_or_else(
        || "it cannot be read".to_owned(),
        |e| {
            let (line, column) = e.pos;
            format!(
                "{} (line {line}, column {column} of the expression)",
                bounded(&e.msg)
            )
        },
    )
}

/// An error's text quotes values; a long one is cut off.
fn bounded(text: &str) -> String {
    const CHARS: usize = 200;
    let mut short: String = text
        .chars()
        .filter(|c| !c.is_control())
        .take(CHARS)
        .collect();
    if text.chars().count() > CHARS {
        short.push('…');
    }
    short
}

#[cfg(test)]
#[path = "expression_tests.rs"]
mod tests;
