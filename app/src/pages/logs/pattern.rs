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
            let pattern = regexp(&self.text).map(Some);
            return pattern.ok_or_else(|| NotAPattern::of(&self.text));
        }
        Ok(Some(Pattern::Text(self.text.clone())))
    }
}

/// The text is not a regular expression, and where it stops being one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotAPattern {
    /// The number of the first sign that does not belong to one, from 1.
    pub(super) at: usize,
    /// That sign.
    pub(super) sign: char,
}

impl NotAPattern {
    /// The sign after the longest beginning that is a regular expression. JavaScript's engine
    /// does not say where it failed.
    fn of(text: &str) -> Self {
        let signs = text.char_indices().enumerate();
        let last = signs.filter(|(_, (end, _))| text.get(..*end).and_then(regexp).is_some());
        let (at, sign) = last.last().map_or((0, ' '), |(at, (_, sign))| (at, sign));
        Self { at: at + 1, sign }
    }
}

#[cfg(feature = "hydrate")]
fn regexp(text: &str) -> Option<Pattern> {
    use leptos::wasm_bindgen::JsValue;
    // The constructor throws a SyntaxError, which only a caught call survives.
    let constructor = js_sys::Reflect::get(&js_sys::global(), &JsValue::from_str("RegExp"));
    let constructor: js_sys::Function = constructor.ok()?.into();
    let arguments = js_sys::Array::of2(&JsValue::from_str(text), &JsValue::from_str("gi"));
    let regexp = js_sys::Reflect::construct(&constructor, &arguments).ok()?;
    Some(Pattern::RegExp(regexp.into()))
}

/// The server has no engine; it looks for plain text only.
#[cfg(not(feature = "hydrate"))]
fn regexp(_: &str) -> Option<Pattern> {
    None
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
