use crate::log::Finder;

/// What the reader looks for, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Query {
    /// The text or the pattern.
    pub(super) text: String,
    /// Whether it is a regular expression of JavaScript's.
    pub(super) is_regexp: bool,
}

/// What the reader looks for, ready to find it.
pub(super) enum Pattern {
    Text(String),
    /// The browser's own engine, so that none is sent to it.
    #[cfg(feature = "hydrate")]
    RegExp(js_sys::RegExp),
}

impl Query {
    /// `None` when nothing is looked for; an error when the pattern is none.
    pub(super) fn pattern(&self) -> Result<Option<Pattern>, NotAPattern> {
        if self.text.is_empty() {
            return Ok(None);
        }
        if self.is_regexp {
            return regexp(&self.text).map(Some);
        }
        Ok(Some(Pattern::Text(self.text.clone())))
    }
}

/// The text is not a regular expression.
#[derive(Clone, Copy, Debug)]
pub(super) struct NotAPattern;

#[cfg(feature = "hydrate")]
fn regexp(text: &str) -> Result<Pattern, NotAPattern> {
    use leptos::wasm_bindgen::JsValue;
    // The constructor throws a SyntaxError, which only a caught call survives.
    let constructor = js_sys::Reflect::get(&js_sys::global(), &JsValue::from_str("RegExp"));
    let constructor: js_sys::Function = constructor.map_err(|_| NotAPattern)?.into();
    let arguments = js_sys::Array::of2(&JsValue::from_str(text), &JsValue::from_str("gi"));
    js_sys::Reflect::construct(&constructor, &arguments)
        .map(|regexp| Pattern::RegExp(regexp.into()))
        .map_err(|_| NotAPattern)
}

/// The server has no engine; it never looks for anything.
#[cfg(not(feature = "hydrate"))]
fn regexp(_: &str) -> Result<Pattern, NotAPattern> {
    Err(NotAPattern)
}

impl Finder for Pattern {
    fn hits(&self, text: &str) -> Vec<(usize, usize)> {
        match self {
            Self::Text(wanted) => wanted.hits(text),
            #[cfg(feature = "hydrate")]
            Self::RegExp(regexp) => regexp_hits(regexp, text),
        }
    }

    fn is_in(&self, text: &str) -> bool {
        match self {
            Self::Text(wanted) => wanted.is_in(text),
            #[cfg(feature = "hydrate")]
            Self::RegExp(regexp) => {
                regexp.set_last_index(0);
                regexp.test(text)
            }
        }
    }
}

/// Hits that are marked in one line at most.
#[cfg(feature = "hydrate")]
const MOST_HITS: usize = 200;

#[cfg(feature = "hydrate")]
fn regexp_hits(regexp: &js_sys::RegExp, text: &str) -> Vec<(usize, usize)> {
    let mut hits = Vec::new();
    regexp.set_last_index(0);
    while let Some(found) = regexp.exec(text) {
        let length = found.get(0).as_string().map_or(0, |hit| hit.len());
        let end = byte_of_unit(text, regexp.last_index());
        if length == 0 {
            // An empty hit does not move on by itself.
            regexp.set_last_index(regexp.last_index() + 1);
        } else {
            hits.push((end.saturating_sub(length), end));
        }
        if hits.len() >= MOST_HITS || end >= text.len() {
            break;
        }
    }
    hits
}

/// The byte at which a UTF-16 unit of JavaScript's stands.
#[cfg(feature = "hydrate")]
fn byte_of_unit(text: &str, unit: u32) -> usize {
    let mut units = 0;
    for (at, c) in text.char_indices() {
        if units >= unit as usize {
            return at;
        }
        units += c.len_utf16();
    }
    text.len()
}
