use std::collections::BTreeSet;

/// What a field or a variable holds.
#[derive(Clone, Copy, Debug)]
pub(in crate::runbook) enum Type {
    /// True or false.
    Flag,
    /// A whole number.
    Int,
    /// A text.
    Text,
    /// Any number of one type.
    List(&'static Self),
    /// Any number of one type, by names.
    Map(&'static Self),
    /// Something with fields.
    Object(&'static Shape),
}

/// A thing that expressions see: its name, what it is, and its fields.
#[derive(Debug)]
pub(in crate::runbook) struct Shape {
    /// The name, which no other has: the kind, for an object of the cluster.
    pub(in crate::runbook) name: &'static str,
    /// What it is, in one sentence.
    pub(in crate::runbook) doc: &'static str,
    /// The fields that all objects of a cluster have; none for a part of one.
    pub(in crate::runbook) common: &'static [Field],
    /// The fields.
    pub(in crate::runbook) own: &'static [Field],
}

/// One field of a shape.
#[derive(Debug)]
pub(in crate::runbook) struct Field {
    /// Its name in expressions.
    pub(in crate::runbook) name: &'static str,
    /// What it holds.
    pub(in crate::runbook) of: Type,
    /// Whether it may be missing, so that it has to be asked for with `has(…)`.
    pub(in crate::runbook) optional: bool,
    /// What it means, in one sentence.
    pub(in crate::runbook) doc: &'static str,
}

impl Shape {
    /// All fields, the common ones first.
    pub(in crate::runbook) fn fields(&self) -> impl Iterator<Item = &'static Field> {
        self.common.iter().chain(self.own)
    }

    /// The field of that name.
    pub(in crate::runbook) fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields().find(|field| field.name == name)
    }
}

/// What an expression reads: only that is looked up, and only that it can fail for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::runbook) struct Reads {
    variables: BTreeSet<&'static str>,
    fields: BTreeSet<(&'static str, &'static str)>,
}

impl Reads {
    /// Notes that a variable is read.
    pub(in crate::runbook) fn variable(&mut self, name: &'static str) {
        self.variables.insert(name);
    }

    /// Notes that a field of a shape is read.
    pub(in crate::runbook) fn field(&mut self, shape: &'static Shape, field: &'static Field) {
        self.fields.insert((shape.name, field.name));
    }

    /// The variables that are read.
    pub(in crate::runbook) fn variables(&self) -> impl Iterator<Item = &'static str> {
        self.variables.iter().copied()
    }

    pub(super) fn has(&self, shape: &Shape, field: &str) -> bool {
        self.fields.contains(&(shape.name, field))
    }
}
