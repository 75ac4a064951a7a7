use std::borrow::Borrow;
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

use cel::Value;
use cel::objects::{Key, Map};
use podside_model::Why;

use super::shape::{Reads, Shape};
use crate::snapshot::{Lookup, Snapshot, Table};

/// Why something is not shown to an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::runbook) enum Unseen {
    /// It could not be read.
    Unread {
        /// What, such as `services` or `Deployment shop/cart`.
        what: String,
        /// Why.
        why: Why,
    },
    /// There is more of it than an expression may be evaluated over.
    TooMuch,
}

/// A result that is there or says why it is not.
pub(in crate::runbook) type Seen<T> = Result<T, Unseen>;

/// What one expression sees of a snapshot.
pub(in crate::runbook) struct View<'a> {
    /// The facts.
    pub(super) snapshot: &'a Snapshot,
    reads: &'a Reads,
    room: Cell<usize>,
}

/// Something that expressions see.
pub(in crate::runbook) trait Described {
    /// Its description.
    const SHAPE: &'static Shape;

    /// Fills in those of its fields that are read.
    fn fill(&self, fields: &mut Fields<'_, '_>) -> Seen<()>;
}

impl<'a> View<'a> {
    /// What an expression that reads `reads` sees; at most `room` values.
    pub(in crate::runbook) fn new(snapshot: &'a Snapshot, reads: &'a Reads, room: usize) -> Self {
        Self {
            snapshot,
            reads,
            room: Cell::new(room),
        }
    }

    /// One thing, with those of its fields that are read.
    pub(super) fn one<T: Described>(&self, it: &T) -> Seen<Value> {
        self.take()?;
        let mut fields = Fields {
            view: self,
            shape: T::SHAPE,
            map: HashMap::new(),
        };
        it.fill(&mut fields)?;
        Ok(Value::Map(Map {
            map: Arc::new(fields.map),
        }))
    }

    /// Several of them.
    pub(super) fn list<S: Described, T: Borrow<S>>(
        &self,
        all: impl IntoIterator<Item = T>,
    ) -> Seen<Value> {
        self.take()?;
        let items = all.into_iter().map(|it| self.one::<S>(it.borrow()));
        Ok(Value::List(Arc::new(items.collect::<Seen<_>>()?)))
    }

    fn text(&self, text: &str) -> Seen<Value> {
        self.take()?;
        Ok(Value::String(Arc::new(text.to_owned())))
    }

    /// Takes the place of one value.
    fn take(&self) -> Seen<()> {
        let left = self.room.get().checked_sub(1).ok_or(Unseen::TooMuch)?;
        self.room.set(left);
        Ok(())
    }
}

/// The fields of one thing, while they are filled in.
pub(in crate::runbook) struct Fields<'v, 'a> {
    view: &'v View<'a>,
    shape: &'static Shape,
    map: HashMap<Key, Value>,
}

impl<'a> Fields<'_, 'a> {
    /// The facts around it.
    pub(super) const fn snapshot(&self) -> &'a Snapshot {
        self.view.snapshot
    }

    pub(super) fn flag(&mut self, name: &str, is: impl FnOnce() -> bool) -> Seen<()> {
        self.put(name, |view| {
            view.take()?;
            Ok(Some(Value::Bool(is())))
        })
    }

    pub(super) fn int(&mut self, name: &str, number: impl FnOnce() -> i64) -> Seen<()> {
        self.maybe_int(name, || Some(number()))
    }

    pub(super) fn maybe_int(
        &mut self,
        name: &str,
        number: impl FnOnce() -> Option<i64>,
    ) -> Seen<()> {
        self.put(name, |view| {
            view.take()?;
            Ok(number().map(Value::Int))
        })
    }

    pub(super) fn text<T: AsRef<str>>(&mut self, name: &str, text: impl FnOnce() -> T) -> Seen<()> {
        self.put(name, |view| view.text(text().as_ref()).map(Some))
    }

    pub(super) fn texts<T: AsRef<str>, I: IntoIterator<Item = T>>(
        &mut self,
        name: &str,
        texts: impl FnOnce() -> I,
    ) -> Seen<()> {
        self.unsure_texts(name, || Ok(texts()))
    }

    pub(super) fn unsure_texts<T: AsRef<str>, I: IntoIterator<Item = T>>(
        &mut self,
        name: &str,
        texts: impl FnOnce() -> Seen<I>,
    ) -> Seen<()> {
        self.put(name, |view| {
            view.take()?;
            let texts = texts()?.into_iter().map(|text| view.text(text.as_ref()));
            Ok(Some(Value::List(Arc::new(texts.collect::<Seen<_>>()?))))
        })
    }

    pub(super) fn named_texts<K: AsRef<str>, T: AsRef<str>, I: IntoIterator<Item = (K, T)>>(
        &mut self,
        name: &str,
        texts: impl FnOnce() -> I,
    ) -> Seen<()> {
        self.put(name, |view| {
            view.take()?;
            let texts = texts().into_iter();
            let entry = |(key, text): (K, T)| Ok((named(&key), view.text(text.as_ref())?));
            Ok(Some(map(texts.map(entry))?))
        })
    }

    pub(super) fn one<S: Described, T: Borrow<S>>(
        &mut self,
        name: &str,
        it: impl FnOnce() -> Option<T>,
    ) -> Seen<()> {
        self.put(name, |view| {
            it().map(|it| view.one::<S>(it.borrow())).transpose()
        })
    }

    pub(super) fn list<S: Described, T: Borrow<S>, I: IntoIterator<Item = T>>(
        &mut self,
        name: &str,
        all: impl FnOnce() -> I,
    ) -> Seen<()> {
        self.put(name, |view| view.list::<S, T>(all()).map(Some))
    }

    pub(super) fn named<S, K, T, I>(&mut self, name: &str, all: impl FnOnce() -> I) -> Seen<()>
    where
        S: Described,
        K: AsRef<str>,
        T: Borrow<S>,
        I: IntoIterator<Item = (K, T)>,
    {
        self.put(name, |view| {
            view.take()?;
            let entry = |(key, it): (K, T)| Ok((named(&key), view.one::<S>(it.borrow())?));
            Ok(Some(map(all().into_iter().map(entry))?))
        })
    }

    /// Puts in a field, if it is read and there.
    fn put(
        &mut self,
        name: &str,
        value: impl FnOnce(&View<'a>) -> Seen<Option<Value>>,
    ) -> Seen<()> {
        if self.view.reads.has(self.shape, name)
            && let Some(value) = value(self.view)?
        {
            self.map.insert(named(&name), value);
        }
        Ok(())
    }
}

fn named(name: &impl AsRef<str>) -> Key {
    Key::from(name.as_ref().to_owned())
}

fn map(entries: impl Iterator<Item = Seen<(Key, Value)>>) -> Seen<Value> {
    let map: HashMap<Key, Value> = entries.collect::<Seen<_>>()?;
    Ok(Value::Map(Map { map: Arc::new(map) }))
}

/// What a lookup found, or why it cannot be told.
pub(in crate::runbook) fn found<T>(lookup: Lookup<T>, what: impl ToString) -> Seen<T> {
    let why = match lookup {
        Lookup::Found(it) => return Ok(it),
        // It was there when somebody began to look at it.
        Lookup::Missing => Why::Expired,
        Lookup::Unknown(why) => why,
    };
    Err(Unseen::Unread {
        what: what.to_string(),
        why,
    })
}

/// Nothing, if all objects of a table in a namespace are known; else why they are not.
pub(in crate::runbook) fn readable<T>(table: &Table<T>, namespace: &str) -> Seen<()> {
    match table.unreadable(namespace) {
        None => Ok(()),
        Some(why) => Err(Unseen::Unread {
            what: table.kind().plural().to_owned(),
            why,
        }),
    }
}
