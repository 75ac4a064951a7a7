//! What a browser makes of an answer, and whether anything in it came from the cluster
//! as more than text.

use scraper::{Html, Selector};
use serde_json::Value;

use super::outline::{Outline, outline};
use super::text::unseen_in;

/// An HTTP answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    /// Reads an answer that is ended by the end of its connection.
    pub(crate) fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
        Self {
            status: status.unwrap_or_else(|| panic!("no answer: {text:?}")),
            head: head.replace("\r\n", "\n"),
            body: body.to_owned(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    /// Panics if anything unseen is in the answer, in whatever way it is written there.
    #[track_caller]
    pub(crate) fn is_legible(&self, what: &str) -> &Self {
        let seen = |text: &str| {
            if let Some(found) = unseen_in(text) {
                panic!("{what}: {found}");
            }
        };
        seen(&self.head);
        let kind = self.header("content-type").unwrap_or_default();
        if kind.starts_with("text/html") {
            html(&self.body, seen);
        } else if kind.starts_with("application/json") {
            texts(&serde_json::from_str(&self.body).unwrap(), &mut |text| {
                seen(&without_colours(text));
            });
        }
        if !kind.starts_with("text/html") || !self.body.contains("__RESOLVED_RESOURCES") {
            seen(&self.body);
        }
        self
    }

    pub(crate) fn outline(&self) -> Outline {
        outline(&self.body)
    }

    /// Where the page leads to, and where its forms go.
    pub(crate) fn links(&self) -> Vec<String> {
        let document = Html::parse_document(&self.body);
        let links = Selector::parse("a[href]").unwrap();
        document
            .select(&links)
            .filter_map(|link| link.attr("href"))
            .filter(|href| href.starts_with('/'))
            .map(|href| href.split('#').next().unwrap_or_default().to_owned())
            .collect()
    }
}

/// Gives every text of a page to `seen`: what stands in it, its attributes, what its
/// links name, and the data from which the browser makes it anew.
fn html(page: &str, seen: impl Fn(&str)) {
    let document = Html::parse_document(page);
    for node in document.tree.nodes() {
        if let Some(element) = node.value().as_element() {
            for (name, value) in element.attrs() {
                assert!(
                    !name.starts_with("on") && !name.contains("evil"),
                    "<{} {name}={value:?}>",
                    element.name()
                );
                seen(value);
                if matches!(name, "href" | "action" | "src") {
                    assert!(!value.contains("script:"), "{name}={value:?}");
                    seen(&percent_encoding::percent_decode_str(value).decode_utf8_lossy());
                }
            }
        }
        if let Some(comment) = node.value().as_comment() {
            assert!(!comment.contains("evil"), "{comment:?}");
        }
        if let Some(text) = node.value().as_text() {
            let parent = node
                .parent()
                .and_then(|it| it.value().as_element().map(scraper::node::Element::name));
            match parent {
                Some("script") => data(text, &seen),
                _ => seen(text),
            }
        }
    }
}

/// Gives the texts of a page's data to `seen`: `__RESOLVED_RESOURCES[0] = "…";`, a string
/// of JavaScript that holds JSON.
fn data(script: &str, seen: &impl Fn(&str)) {
    seen(script);
    for resource in script.split("__RESOLVED_RESOURCES[").skip(1) {
        if let Some((_, text)) = resource.split_once("] = \"") {
            texts(
                &serde_json::from_str(&unquoted(text)).unwrap(),
                &mut |text| {
                    seen(&without_colours(text));
                },
            );
        }
    }
}

/// A string of JavaScript up to its end, as Rust's `Debug` writes it.
fn unquoted(text: &str) -> String {
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => return plain,
            '\\' => match chars.next() {
                Some('n') => plain.push('\n'),
                Some('r') => plain.push('\r'),
                Some('t') => plain.push('\t'),
                Some('0') => plain.push('\0'),
                Some('u') => {
                    let code: String = chars.by_ref().skip(1).take_while(|c| *c != '}').collect();
                    plain.extend(u32::from_str_radix(&code, 16).ok().and_then(char::from_u32));
                }
                Some(other) => plain.push(other),
                None => {}
            },
            c => plain.push(c),
        }
    }
    panic!("a string without an end: {plain}")
}

/// Gives every text and every key of a JSON value to `take`.
pub(crate) fn texts(value: &Value, take: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => take(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, take)),
        Value::Object(fields) => {
            for (key, field) in fields {
                take(key);
                texts(field, take);
            }
        }
        _ => {}
    }
}

/// A log line's colours are drawn by the page, and are no more than that.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';' || c == ':');
        match rest.strip_prefix('m') {
            Some(rest) => plain.push_str(rest),
            None => plain.extend(["\u{1b}", part]),
        }
    }
    plain
}
