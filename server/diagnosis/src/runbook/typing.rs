//! Whether an expression fits what expressions see, before it is ever evaluated.
//!
//! It is gone through once for each kind that the runbook can be started on, as `target` has
//! other fields for each. What cannot be reached for a kind, such as what stands after
//! `target.kind == 'Service' &&` for a Pod, need not fit it.

use cel::IdedExpr;
use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, LiteralValue, SelectExpr, operators};

use super::expression::{ExpressionError, named, variables};
use super::seen::{self, Reads, Shape, Type};
use crate::facts::Kind;
use crate::near;

/// Checks an expression for every kind that it may be evaluated for; tells what it reads.
pub(super) fn check(expression: &IdedExpr, targets: &[Kind]) -> Result<Reads, ExpressionError> {
    let mut reads = Reads::default();
    for kind in targets {
        let mut typing = Typing {
            kind: *kind,
            targets,
            locals: Vec::new(),
            reads: &mut reads,
        };
        match typing.infer(expression)? {
            Inferred::Flag | Inferred::Any => {}
            other => return Err(ExpressionError::NotBool(other.to_string())),
        }
    }
    Ok(reads)
}

/// What a part of an expression gives.
#[derive(Clone, Debug, PartialEq)]
enum Inferred {
    Flag,
    Int,
    Double,
    Text,
    Null,
    /// An element of a list that is empty.
    Any,
    List(Box<Self>),
    Map(Box<Self>),
    Object(ByName),
}

/// A shape, told apart from others by its name.
#[derive(Clone, Copy, Debug)]
struct ByName(&'static Shape);

impl PartialEq for ByName {
    fn eq(&self, other: &Self) -> bool {
        self.0.name == other.0.name
    }
}

impl std::fmt::Display for Inferred {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Flag => "true or false",
            Self::Int => "a whole number",
            Self::Double => "a number",
            Self::Text => "a text",
            Self::Null => "null",
            Self::Any => "anything",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
            Self::Object(ByName(shape)) => return write!(f, "a {}", shape.name),
        })
    }
}

impl From<Type> for Inferred {
    fn from(of: Type) -> Self {
        match of {
            Type::Flag => Self::Flag,
            Type::Int => Self::Int,
            Type::Text => Self::Text,
            Type::List(of) => Self::List(Box::new(Self::from(*of))),
            Type::Map(of) => Self::Map(Box::new(Self::from(*of))),
            Type::Object(shape) => Self::Object(ByName(shape)),
        }
    }
}

impl Inferred {
    /// Whether something of this type may stand where one of another is wanted.
    fn fits(&self, wanted: &Self) -> bool {
        match (self, wanted) {
            (Self::Any, _) | (_, Self::Any) => true,
            (Self::List(a), Self::List(b)) | (Self::Map(a), Self::Map(b)) => a.fits(b),
            _ => self == wanted,
        }
    }

    /// The more exact of two types that fit each other.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Any, other) => other,
            (Self::List(a), Self::List(b)) => Self::List(Box::new(a.or(*b))),
            (Self::Map(a), Self::Map(b)) => Self::Map(Box::new(a.or(*b))),
            (this, _) => this,
        }
    }

    const fn is_number(&self) -> bool {
        matches!(self, Self::Int | Self::Double | Self::Any)
    }

    const fn is_simple(&self) -> bool {
        !matches!(self, Self::List(_) | Self::Map(_) | Self::Object(_))
    }
}

type Typed = Result<Inferred, ExpressionError>;

struct Typing<'a> {
    kind: Kind,
    targets: &'a [Kind],
    /// The variables of the loops around, innermost last.
    locals: Vec<(&'a str, Inferred)>,
    reads: &'a mut Reads,
}

fn fault<T>(message: impl Into<String>) -> Result<T, ExpressionError> {
    Err(ExpressionError::Types(message.into()))
}

impl<'a> Typing<'a> {
    fn infer(&mut self, expression: &'a IdedExpr) -> Typed {
        match &expression.expr {
            Expr::Literal(literal) => match literal {
                LiteralValue::Boolean(_) => Ok(Inferred::Flag),
                LiteralValue::Int(_) => Ok(Inferred::Int),
                LiteralValue::Double(_) => Ok(Inferred::Double),
                LiteralValue::String(_) => Ok(Inferred::Text),
                LiteralValue::Null => Ok(Inferred::Null),
                LiteralValue::UInt(_) | LiteralValue::Bytes(_) => {
                    fault("there are no bytes and no unsigned numbers to compare with")
                }
            },
            Expr::Ident(name) => self.ident(name),
            Expr::Select(select) => self.select(select),
            Expr::List(list) => {
                let mut of = Inferred::Any;
                for element in &list.elements {
                    let next = self.infer(element)?;
                    if !next.fits(&of) {
                        return fault(format!("a list holds {of} and {next}"));
                    }
                    of = of.or(next);
                }
                Ok(Inferred::List(Box::new(of)))
            }
            Expr::Call(call) => self.call(call),
            Expr::Comprehension(it) => self.comprehension(it),
            Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified => {
                fault("an expression makes no maps")
            }
        }
    }

    fn ident(&mut self, name: &str) -> Typed {
        if let Some((_, of)) = self.locals.iter().rev().find(|(local, _)| *local == name) {
            return Ok(of.clone());
        }
        let Some(variable) = seen::variable(name) else {
            return Err(ExpressionError::UnknownName {
                name: name.to_owned(),
                known: named(&variables()),
            });
        };
        self.reads.variable(variable.name);
        Ok(variable
            .of
            .unwrap_or(Type::Object(seen::shape(self.kind)))
            .into())
    }

    fn select(&mut self, select: &'a SelectExpr) -> Typed {
        let of = self.infer(&select.operand)?;
        let name = &select.field;
        let found = match &of {
            Inferred::Object(ByName(shape)) => match shape.field(name) {
                Some(field) => {
                    self.reads.field(shape, field);
                    Inferred::from(field.of)
                }
                None if select.test && self.is_target(&select.operand) && self.some_has(name) => {
                    Inferred::Flag
                }
                None => return fault(no_field(shape, name)),
            },
            Inferred::Map(of) => (**of).clone(),
            Inferred::Any => Inferred::Any,
            other => return fault(format!("{other} has no field `{name}`")),
        };
        Ok(if select.test { Inferred::Flag } else { found })
    }

    fn call(&mut self, call: &'a CallExpr) -> Typed {
        match call.func_name.as_str() {
            operators::LOGICAL_AND => self.logical(&call.args, false),
            operators::LOGICAL_OR => self.logical(&call.args, true),
            operators::CONDITIONAL => self.conditional(&call.args),
            name => {
                let target = call.target.as_deref().into_iter();
                let args = target
                    .chain(&call.args)
                    .map(|arg| self.infer(arg))
                    .collect::<Result<Vec<_>, _>>()?;
                if matches!(name, operators::EQUALS | operators::NOT_EQUALS) {
                    self.compared_kind(&call.args)?;
                }
                gives(name, &args)
            }
        }
    }

    /// `&&` and `||`: what stands after something that decides is not looked at.
    fn logical(&mut self, args: &'a [IdedExpr], decides: bool) -> Typed {
        for arg in args {
            let of = self.infer(arg)?;
            if !of.fits(&Inferred::Flag) {
                return fault(format!("{of} stands where true or false is wanted"));
            }
            if self.truth(arg) == Some(decides) {
                break;
            }
        }
        Ok(Inferred::Flag)
    }

    fn conditional(&mut self, args: &'a [IdedExpr]) -> Typed {
        let [condition, yes, no] = args else {
            return fault("`? :` takes three parts");
        };
        let of = self.infer(condition)?;
        if !of.fits(&Inferred::Flag) {
            return fault(format!("{of} stands where true or false is wanted"));
        }
        match self.truth(condition) {
            Some(true) => self.infer(yes),
            Some(false) => self.infer(no),
            None => {
                let (yes, no) = (self.infer(yes)?, self.infer(no)?);
                if !yes.fits(&no) {
                    return fault(format!("`? :` gives {yes} or {no}"));
                }
                Ok(yes.or(no))
            }
        }
    }

    fn comprehension(&mut self, it: &'a ComprehensionExpr) -> Typed {
        let (element, second) = match self.infer(&it.iter_range)? {
            Inferred::List(of) => (*of, Inferred::Int),
            // The keys, and the values with them where both are asked for.
            Inferred::Map(of) => (Inferred::Text, *of),
            Inferred::Any => (Inferred::Any, Inferred::Any),
            other => return fault(format!("{other} is no list to go through")),
        };
        let first = self.infer(&it.accu_init)?;
        let outside = self.locals.len();
        self.locals.push((&it.iter_var, element));
        if let Some(name) = &it.iter_var2 {
            self.locals.push((name, second));
        }
        self.locals.push((&it.accu_var, first.clone()));
        let result = self.accumulate(it, first);
        self.locals.truncate(outside);
        result
    }

    fn accumulate(&mut self, it: &'a ComprehensionExpr, first: Inferred) -> Typed {
        self.infer(&it.loop_cond)?;
        let step = self.infer(&it.loop_step)?;
        if !step.fits(&first) {
            return fault(format!("a loop gives {step} where {first} is wanted"));
        }
        if let Some((_, accumulated)) = self.locals.last_mut() {
            *accumulated = first.or(step);
        }
        self.infer(&it.result)
    }

    /// What a part is for this kind of target whatever the facts are, if that can be told.
    fn truth(&self, expression: &IdedExpr) -> Option<bool> {
        match &expression.expr {
            Expr::Literal(LiteralValue::Boolean(is)) => Some(*is.inner()),
            Expr::Select(select) if select.test && self.is_target(&select.operand) => {
                match seen::shape(self.kind).field(&select.field) {
                    None => Some(false),
                    Some(field) => (!field.optional).then_some(true),
                }
            }
            Expr::Call(call) => match (call.func_name.as_str(), call.args.as_slice()) {
                (operators::LOGICAL_NOT, [arg]) => self.truth(arg).map(|is| !is),
                (operators::LOGICAL_AND, args) => self.decided(args, false),
                (operators::LOGICAL_OR, args) => self.decided(args, true),
                (operators::EQUALS, [a, b]) => self.is_kind(a, b),
                (operators::NOT_EQUALS, [a, b]) => self.is_kind(a, b).map(|is| !is),
                (operators::IN, [a, list]) if self.is_target_kind(a) => {
                    let Expr::List(list) = &list.expr else {
                        return None;
                    };
                    let mut names = list.elements.iter().map(text);
                    let own = self.kind.name();
                    names.all(|name| name.is_some()).then(|| {
                        let mut names = list.elements.iter().filter_map(text);
                        names.any(|name| name == own)
                    })
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn decided(&self, args: &[IdedExpr], decides: bool) -> Option<bool> {
        let truths = args.iter().map(|arg| self.truth(arg));
        let mut all = true;
        for truth in truths {
            if truth == Some(decides) {
                return truth;
            }
            all &= truth.is_some();
        }
        all.then_some(!decides)
    }

    /// Whether the target's kind is the one that it is compared with, if that is what is done.
    fn is_kind(&self, a: &IdedExpr, b: &IdedExpr) -> Option<bool> {
        self.kind_named(a, b).map(|name| name == self.kind.name())
    }

    fn kind_named<'e>(&self, a: &'e IdedExpr, b: &'e IdedExpr) -> Option<&'e str> {
        let named =
            |kind: &IdedExpr, name: &'e IdedExpr| text(name).filter(|_| self.is_target_kind(kind));
        named(a, b).or_else(|| named(b, a))
    }

    /// A kind that the target cannot have is a slip.
    fn compared_kind(&self, args: &[IdedExpr]) -> Result<(), ExpressionError> {
        let [a, b] = args else { return Ok(()) };
        let kinds = || self.targets.iter().map(|kind| kind.name());
        match self.kind_named(a, b) {
            Some(name) if kinds().all(|kind| kind != name) => {
                let there_are = kinds().collect::<Vec<_>>().join(", ");
                fault(format!(
                    "no target is of kind `{name}`; there are: {there_are}"
                ))
            }
            _ => Ok(()),
        }
    }

    fn is_target_kind(&self, expression: &IdedExpr) -> bool {
        matches!(&expression.expr, Expr::Select(select)
            if !select.test && select.field == "kind" && self.is_target(&select.operand))
    }

    fn is_target(&self, expression: &IdedExpr) -> bool {
        let is_local = || self.locals.iter().any(|(local, _)| *local == "target");
        matches!(&expression.expr, Expr::Ident(name) if name == "target") && !is_local()
    }

    /// Whether a kind that the runbook can be started on has a field.
    fn some_has(&self, field: &str) -> bool {
        let mut shapes = self.targets.iter().map(|kind| seen::shape(*kind));
        shapes.any(|shape| shape.field(field).is_some())
    }
}

/// The text that an expression is.
fn text(expression: &IdedExpr) -> Option<&str> {
    match &expression.expr {
        Expr::Literal(LiteralValue::String(text)) => Some(text.inner()),
        _ => None,
    }
}

fn no_field(shape: &'static Shape, name: &str) -> String {
    let near = near::name(name, shape.fields().map(|field| field.name));
    let near = near.map_or_else(String::new, |near| format!("; perhaps `{near}` is meant"));
    format!("a {} has no field `{name}`{near}", shape.name)
}

/// What an operator or a function gives for arguments of these types.
fn gives(name: &str, args: &[Inferred]) -> Typed {
    use Inferred::{Any, Double, Flag, Int, List, Map, Text};
    let simple = |a: &Inferred, b: &Inferred| {
        a.is_simple() && b.is_simple() && (a.fits(b) || a.is_number() && b.is_number())
    };
    let numbers = |a: &Inferred, b: &Inferred| a.is_number() && a.fits(b);
    match (name, args) {
        (operators::LOGICAL_NOT | operators::NOT_STRICTLY_FALSE, [a]) if a.fits(&Flag) => Ok(Flag),
        (operators::EQUALS | operators::NOT_EQUALS, [a, b]) if simple(a, b) => Ok(Flag),
        (
            operators::LESS
            | operators::LESS_EQUALS
            | operators::GREATER
            | operators::GREATER_EQUALS,
            [a, b],
        ) if numbers(a, b) || a.fits(&Text) && b.fits(&Text) => Ok(Flag),
        (operators::IN, [a, List(of)]) if a.is_simple() && a.fits(of) => Ok(Flag),
        (operators::IN, [a, Map(_)]) if a.fits(&Text) => Ok(Flag),
        (operators::ADD, [a @ (Int | Double | Text | List(_) | Any), b]) if a.fits(b) => {
            Ok(a.clone().or(b.clone()))
        }
        (
            operators::SUBSTRACT | operators::MULTIPLY | operators::DIVIDE | operators::MODULO,
            [a, b],
        ) if numbers(a, b) => Ok(a.clone().or(b.clone())),
        (operators::NEGATE, [a]) if a.is_number() => Ok(a.clone()),
        (operators::INDEX, [List(of), i]) if i.fits(&Int) => Ok((**of).clone()),
        (operators::INDEX, [Map(of), key]) if key.fits(&Text) => Ok((**of).clone()),
        ("size", [List(_) | Map(_) | Text | Any]) | ("int", [Int | Double | Text | Any]) => Ok(Int),
        ("contains" | "startsWith" | "endsWith", [a, b]) if a.fits(&Text) && b.fits(&Text) => {
            Ok(Flag)
        }
        ("string", [a]) if a.is_simple() => Ok(Text),
        _ => {
            let args: Vec<String> = args.iter().map(ToString::to_string).collect();
            let name = name.trim_matches(['_', '@']);
            fault(format!("`{name}` does not take {}", args.join(" and ")))
        }
    }
}

#[cfg(test)]
#[path = "typing_tests.rs"]
mod tests;
