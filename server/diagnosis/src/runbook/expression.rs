//! CEL expressions over the target's facts, within bounds.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use cel::common::ast::Expr;
use cel::objects::{Key, Map};
use cel::{Context, IdedExpr, Program, Value};
use serde_json::Value as Json;

/// The longest expression, in bytes.
const SOURCE_BYTES: usize = 600;
/// How deep an expression may be built: reading and evaluating it recurse.
const DEPTH: usize = 40;
/// What the parser's stack may grow to. Forty brackets within each other take it
/// more than the 2 MiB that a thread has otherwise; the longest expression of
/// nothing but brackets fits in here.
const PARSER_STACK_BYTES: usize = 128 * 1024 * 1024;
/// How many loops over a list (`exists`, `all`, `map`, ...) may stand within
/// each other: with the bound on the facts, this bounds the time.
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
/// How many values the facts may hold.
const FACTS: usize = 3_000;

/// A CEL expression that was found to be well formed and within the bounds.
///
/// It knows one variable, `pod`. Its evaluation reads nothing else, has no clock
/// and ends soon: two loops within each other over the largest facts make some
/// millions of steps.
#[derive(Clone, Debug)]
pub struct Expression {
    source: String,
    program: Arc<Program>,
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
    #[error("the expression uses {0}, which does not exist; there is `pod`")]
    UnknownName(String),
    /// It does not fit the facts, such as a field that is not there.
    #[error("the expression does not fit the facts: {0}")]
    Evaluation(String),
    /// It gives something else than true or false.
    #[error("the expression gives {0}, not true or false")]
    NotBool(String),
}

impl Expression {
    /// Reads an expression.
    pub fn read(source: &str) -> Result<Self, ExpressionError> {
        within_bounds(source)?;
        let program = parse(source)?;
        let loops = loops(program.expression());
        if loops > LOOPS {
            return Err(ExpressionError::Bounds(format!(
                "has {loops} loops within each other; it may have {LOOPS}"
            )));
        }
        let unknown = unknown_name(program.expression(), &mut vec!["pod"])
            .map(str::to_owned)
            .or_else(|| unknown_function(&program));
        if let Some(name) = unknown {
            return Err(ExpressionError::UnknownName(name));
        }
        Ok(Self {
            source: source.to_owned(),
            program: Arc::new(program),
        })
    }

    /// The expression as it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether the expression holds for a Pod's facts.
    pub fn holds(&self, pod: &Json) -> Result<bool, ExpressionError> {
        let mut room = FACTS;
        let pod = value(pod, &mut room).ok_or_else(|| {
            ExpressionError::Evaluation(format!("the Pod has more than {FACTS} values"))
        })?;
        let result = catch_unwind(AssertUnwindSafe(|| {
            let mut context = Context::default();
            context.add_variable_from_value("pod", pod);
            self.program.execute(&context)
        }))
        .map_err(|_| ExpressionError::Evaluation("the evaluation broke off".to_owned()))?
        .map_err(|e| ExpressionError::Evaluation(bounded(&e.to_string())))?;
        match result {
            Value::Bool(holds) => Ok(holds),
            other => Err(ExpressionError::NotBool(other.type_of().to_string())),
        }
    }
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
        // Maps and structs are of no use in a yes-or-no question; they count as
        // more loops than there may be.
        Expr::Map(_) | Expr::Struct(_) => LOOPS + 1,
        _ => parts(expression).map(loops).max().unwrap_or(0),
    }
}

/// A variable that is neither `pod` nor that of a loop around it.
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

/// The facts as CEL sees them; `None` when there is more than room for.
fn value(json: &Json, room: &mut usize) -> Option<Value> {
    *room = room.checked_sub(1)?;
    Some(match json {
        Json::Null => Value::Null,
        Json::Bool(b) => Value::Bool(*b),
        Json::Number(n) => match n.as_i64() {
            Some(n) => Value::Int(n),
            None => Value::Float(n.as_f64()?),
        },
        Json::String(s) => Value::String(Arc::new(s.clone())),
        Json::Array(items) => Value::List(Arc::new(
            items
                .iter()
                .map(|item| value(item, room))
                .collect::<Option<_>>()?,
        )),
        Json::Object(fields) => Value::Map(Map {
            map: Arc::new(
                fields
                    .iter()
                    .map(|(key, field)| Some((Key::from(key.clone()), value(field, room)?)))
                    .collect::<Option<HashMap<_, _>>>()?,
            ),
        }),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn holds(source: &str) -> Result<bool, ExpressionError> {
        let pod = json!({
            "phase": "Pending",
            "containers": [
                {"name": "app", "restartCount": 3, "state": {"waiting": {"reason": "CrashLoopBackOff"}}},
                {"name": "proxy", "restartCount": 0, "state": {"running": {}}},
            ],
        });
        Expression::read(source)?.holds(&pod)
    }

    #[test]
    fn an_expression_reads_the_facts() {
        assert_eq!(
            holds("pod.phase == 'Pending' && !has(pod.nodeName)"),
            Ok(true)
        );
        assert_eq!(
            holds("pod.containers.exists(c, c.restartCount > 3)"),
            Ok(false)
        );
        assert_eq!(
            holds(
                "pod.containers.exists(c, has(c.state.waiting) && c.state.waiting.reason in ['CrashLoopBackOff'])"
            ),
            Ok(true)
        );
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        assert!(matches!(
            holds("pod.nodeName == 'a'"),
            Err(ExpressionError::Evaluation(_))
        ));
        assert!(matches!(
            holds("pod.phase > 3"),
            Err(ExpressionError::Evaluation(_))
        ));
        assert!(matches!(
            holds("pod.phase"),
            Err(ExpressionError::NotBool(_))
        ));
        assert!(matches!(
            holds("pod.containers[9].name == ''"),
            Err(ExpressionError::Evaluation(_))
        ));
        assert!(matches!(
            holds("1 / 0 == 1"),
            Err(ExpressionError::Evaluation(_))
        ));
    }

    #[test]
    fn what_is_no_expression_is_refused() {
        for source in [
            "",
            "pod.",
            "pod..x",
            "))",
            "'unterminated",
            "pod.x ==",
            "\u{0}",
            "a b c",
        ] {
            assert!(Expression::read(source).is_err(), "{source:?}");
        }
        for source in [
            "node.name == 'a'",
            "pod.x.exists(c, d)",
            "pod.now() == 1",
            "c && pod.x.all(c, c)",
        ] {
            assert!(
                matches!(holds(source), Err(ExpressionError::UnknownName(_))),
                "{source}"
            );
        }
    }

    #[test]
    fn an_expression_has_bounds() {
        let long = format!("{}true", "true && ".repeat(200));
        let deep = format!("1{} > 0", "+1".repeat(60));
        let looping =
            "pod.containers.exists(a, pod.containers.exists(b, pod.containers.exists(c, true)))";
        for source in [&long, &deep, looping, "{'a': 1} == {'a': 1}"] {
            assert!(
                matches!(holds(source), Err(ExpressionError::Bounds(_))),
                "{source}"
            );
        }
    }

    #[test]
    fn the_deepest_expressions_do_not_overflow_the_stack() {
        for source in [
            format!("1{} > 0", "+1".repeat(290)),
            format!("pod{}", ".a".repeat(290)),
            format!("{}true", "!".repeat(590)),
            format!("{}1", "-".repeat(590)),
            format!("{}true", "true?true:".repeat(59)),
            "(".repeat(600),
            "[".repeat(600),
            format!("{}1{}", "(".repeat(299), ")".repeat(299)),
            format!("{}1{}", "[".repeat(299), "]".repeat(299)),
            "pod[".repeat(150),
        ] {
            let _ = holds(&source);
        }
    }

    #[test]
    fn huge_facts_are_refused() {
        let pod = json!({ "containers": vec![json!(1); 5_000] });
        let expression = Expression::read("pod.containers.exists(c, c == 2)").unwrap();
        assert!(matches!(
            expression.holds(&pod),
            Err(ExpressionError::Evaluation(_))
        ));
    }
}
