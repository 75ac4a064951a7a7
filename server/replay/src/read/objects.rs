//! The objects of one file: a List, an array, or a single object.
//!
//! The file is cut into its objects without being parsed, and each of them is read by itself,
//! by as many threads as there are processors. Most become the text that is kept without
//! ever being parsed; an odd one is, alone.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use jiff::Timestamp;
use serde_json::{Value, json, value::RawValue};

use super::{
    budget::{Budget, Limit},
    cut::{Document, Items},
    dense, folder,
    shape::Shape,
};
use crate::{
    error::{ReplayError, Result},
    object::Object,
};

/// Bytes that an object takes beside its text and what it is found by, and the place in
/// the file that it is cut from.
pub(super) const BESIDE: u64 = 384;
/// Objects that are given to a thread at once.
const PART: usize = 256;
/// The most threads: each has the values of one object in memory.
const MOST_THREADS: usize = 8;
/// Bytes that the values of an object may take that is parsed beside others. Larger ones
/// wait for each other.
const LIGHT: u64 = 4 << 20;
/// Bytes that the values of one object may take.
const HEAVIEST: u64 = 512 << 20;

/// The objects of one file or of several.
#[derive(Debug, Default)]
pub(super) struct Objects {
    pub(super) list: Vec<Object>,
    /// The latest time that the cluster wrote into one of them.
    pub(super) latest: Option<Timestamp>,
}

impl Objects {
    pub(super) fn extend(&mut self, others: Self) {
        self.list.extend(others.list);
        self.latest = self.latest.max(others.latest);
    }
}

/// The latest time that the cluster wrote into an object; none where it is of another form.
pub(super) fn latest_of(object: &Object) -> Option<Timestamp> {
    Shape::read(object.text()).ok()?.latest()
}

impl Document<'_> {
    /// The objects. Items of a typed list do not say what they are; the list does, or
    /// `assumed` (`apiVersion`, `kind`) does. A fault in one is told with its place, `item`
    /// and its number in front.
    pub(super) fn objects(
        self,
        assumed: Option<(&str, &str)>,
        item: impl Fn(usize) -> String + Sync,
        budget: &mut Budget,
    ) -> Result<Objects> {
        let Self {
            file, text, parts, ..
        } = self;
        let list_kind = parts.kind.strip_suffix("List");
        let whole: &RawValue;
        let items = match parts.items {
            Items::Listed(items) => items,
            Items::Null => Vec::new(),
            Items::None if list_kind.is_some() => Vec::new(),
            Items::None => {
                let parsed: std::result::Result<&RawValue, _> = serde_json::from_slice(text);
                whole = parsed.map_err(|error| ReplayError::json(file, 0, &error))?;
                match whole.get().as_bytes().first() {
                    Some(b'{') => vec![whole],
                    Some(b'n') => Vec::new(),
                    _ => {
                        let why = "it holds neither a list nor an object";
                        return Err(ReplayError::whole(file, why));
                    }
                }
            }
        };
        let told = match list_kind {
            Some(kind) if !kind.is_empty() => Some((parts.api_version.as_str(), kind)),
            _ => assumed,
        };
        let reading = Reading {
            file,
            text,
            told,
            item: &item,
            left: AtomicU64::new(budget.left()),
            heavy: Mutex::new(()),
        };
        let read = reading.all(&items);
        budget.set_left(reading.left.into_inner());
        read
    }
}

/// The objects of one file while they are parsed.
struct Reading<'a, F> {
    file: &'a str,
    text: &'a [u8],
    told: Option<(&'a str, &'a str)>,
    item: &'a F,
    /// Bytes that may still be kept.
    left: AtomicU64,
    /// Held by the one thread that has a heavy object.
    heavy: Mutex<()>,
}

impl<F: Fn(usize) -> String + Sync> Reading<'_, F> {
    fn all(&self, items: &[&RawValue]) -> Result<Objects> {
        let parts: Vec<(usize, &[&RawValue])> =
            (0..).step_by(PART).zip(items.chunks(PART)).collect();
        let processors = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let threads = processors.min(MOST_THREADS).min(parts.len()).max(1);
        let of_thread = |first: usize| {
            let mine = parts.iter().skip(first).step_by(threads);
            mine.map(|(start, items)| self.part(*start, items))
                .collect::<Vec<_>>()
        };
        let mut read: Vec<_> = thread::scope(|scope| {
            let others: Vec<_> = (1..threads)
                .map(|first| scope.spawn(move || of_thread(first)))
                .collect();
            let mine = of_thread(0);
            let others = others.into_iter().map(|other| {
                // Nothing in it panics; if it did, this would go on to.
                other
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            });
            std::iter::once(mine)
                .chain(others)
                .map(Vec::into_iter)
                .collect()
        });
        let mut objects = Objects {
            list: Vec::with_capacity(items.len()),
            latest: None,
        };
        // Parts were dealt out in turn. Of several faults the first in the file is told.
        for index in 0..parts.len() {
            let part = read.get_mut(index % threads).and_then(Iterator::next);
            objects.extend(part.unwrap_or_else(|| Ok(Objects::default()))?);
        }
        Ok(objects)
    }

    fn part(&self, start: usize, items: &[&RawValue]) -> Result<Objects> {
        let mut part = Objects {
            list: Vec::with_capacity(items.len()),
            latest: None,
        };
        let mut dense = Vec::new();
        for (index, item) in (start..).zip(items) {
            let (object, latest) = self.one(index, item.get(), &mut dense)?;
            part.list.push(object);
            part.latest = part.latest.max(latest);
        }
        Ok(part)
    }

    /// Reads one object; `dense` is room for its text.
    fn one(
        &self,
        index: usize,
        text: &str,
        dense: &mut Vec<u8>,
    ) -> Result<(Object, Option<Timestamp>)> {
        let beyond = |limit| ReplayError::too_large(self.file, limit);
        let weight = Budget::weight(text.as_bytes(), HEAVIEST).map_err(beyond)?;
        let (object, latest) = match self.unparsed(text, dense) {
            Some(read) => read,
            None => {
                // A lock that a panic left behind guards nothing that could be broken.
                let _alone = (weight > LIGHT).then(|| self.heavy.lock());
                let object = self.parsed(index, text)?;
                let latest = latest_of(&object);
                (object, latest)
            }
        };
        let bytes = object.size();
        self.left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(bytes)
            })
            .map_err(|_| beyond(Limit::Memory))?;
        Ok((object, latest))
    }

    /// An object as most are, from its text alone; `None` for one that has to be parsed.
    fn unparsed(&self, text: &str, dense: &mut Vec<u8>) -> Option<(Object, Option<Timestamp>)> {
        let shape = Shape::read(text).ok()?;
        let [api_version, kind, namespace, name] = shape.parts();
        let (told_version, told_kind) = self.told.unwrap_or_default();
        let or = |said, told| if str::is_empty(said) { told } else { said };
        let (api_version, kind) = (or(api_version, told_version), or(kind, told_kind));
        if [api_version, kind, name].iter().any(|part| part.is_empty()) {
            return None;
        }
        dense::write(text, dense).ok()?;
        let text = str::from_utf8(dense).ok()?;
        let parts = [api_version, kind, namespace, name];
        let object = Object::of_parts(parts, shape.revision(), text);
        Some((object, shape.latest()))
    }

    /// Any object, or what is wrong with it.
    fn parsed(&self, index: usize, text: &str) -> Result<Object> {
        let mut value: Value =
            serde_json::from_str(text).map_err(|error| self.fault(text, &error))?;
        if let (Some((api_version, kind)), Some(map)) = (self.told, value.as_object_mut()) {
            let missing = |v: Option<&Value>| v.and_then(Value::as_str).is_none_or(str::is_empty);
            if missing(map.get("kind")) {
                map.insert("kind".to_owned(), json!(kind));
            }
            if missing(map.get("apiVersion")) {
                map.insert("apiVersion".to_owned(), json!(api_version));
            }
        }
        folder::check(&value).map_err(|what| {
            ReplayError::whole(self.file, format!("{} {what}", (self.item)(index)))
        })?;
        Ok(Object::new(value))
    }

    /// A fault in an object, at its place in the file.
    fn fault(&self, text: &str, error: &serde_json::Error) -> ReplayError {
        let start = text
            .as_ptr()
            .addr()
            .saturating_sub(self.text.as_ptr().addr());
        let before = self.text.get(..start).unwrap_or_default();
        ReplayError::json_after(self.file, before, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Objects> {
        let mut budget = Budget::default();
        let document = Document::cut("f", text.as_bytes(), &mut budget)?;
        document.objects(Some(("v1", "Pod")), |n| format!("item {n}"), &mut budget)
    }

    #[test]
    fn every_form_of_a_file_is_read() {
        let pod = r#"{"metadata":{"name":"a"}}"#;
        for (text, wanted) in [
            (
                format!(
                    "[{pod},
{pod}]"
                ),
                2,
            ),
            (format!(r#"{{"items":[{pod}]}}"#), 1),
            (
                format!(r#"{{"items":[{pod}],"kind":"PodList","apiVersion":"v1"}}"#),
                1,
            ),
            (r#"{"items":null}"#.to_owned(), 0),
            (r#"{"kind":"PodList"}"#.to_owned(), 0),
            (" null ".to_owned(), 0),
            (pod.to_owned(), 1),
        ] {
            let objects = read(&text).unwrap().list;
            assert_eq!(objects.len(), wanted, "{text}");
            assert!(
                objects
                    .iter()
                    .all(|o| (o.api_version(), o.kind(), o.name()) == ("v1", "Pod", "a"))
            );
        }
        let of_list = r#"{"apiVersion":"apps/v1","kind":"DeploymentList","items":[{"metadata":{"name":"a"}}]}"#;
        assert_eq!(read(of_list).unwrap().list[0].kind(), "Deployment");
        for odd in ["7", "\"text\"", "true"] {
            assert!(
                read(odd)
                    .unwrap_err()
                    .to_string()
                    .contains("neither a list nor an object"),
                "{odd}"
            );
        }
    }

    #[test]
    fn a_fault_is_told_with_its_place_in_the_file() {
        // Of texts that can be cut and not parsed, and of what follows the end.
        let pod = r#"{"metadata":{"name":"a"}}"#;
        for (text, wanted) in [
            (
                format!("[{pod},\n {pod}, {{\"a\": 1e999}}]"),
                "f, line 2, column 39: number out of range",
            ),
            (
                format!("[{pod},\n{{\n  \"a\": \"\\ud800\"}}]"),
                "f, line 3, column 15: ",
            ),
            (
                "[]\n]".to_owned(),
                "f, line 2, column 1: trailing characters",
            ),
            (
                format!("[{pod}, {{}}, 7]"),
                "f: item 1 has no metadata.name",
            ),
        ] {
            let error = read(&text).unwrap_err().to_string();
            assert!(error.contains(wanted), "{text}: {error}");
        }
    }

    #[test]
    fn objects_of_many_parts_stay_in_order() {
        let items: Vec<String> = (0..PART * 5 + 7)
            .map(|n| format!(r#"{{"metadata":{{"name":"{n}","creationTimestamp":"2026-01-01T00:00:0{}Z"}}}}"#, n % 7))
            .collect();
        let objects = read(&format!("[{}]", items.join(","))).unwrap();
        assert!(
            objects
                .list
                .iter()
                .enumerate()
                .all(|(n, o)| o.name() == n.to_string())
        );
        assert_eq!(objects.list.len(), items.len());
        assert_eq!(
            objects.latest,
            Some("2026-01-01T00:00:06Z".parse().unwrap())
        );
    }
}
