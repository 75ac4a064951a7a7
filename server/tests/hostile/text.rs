//! A text that tries everything, and what of it must never be seen anywhere.

/// Markup that ends whatever it stands in. Every element of it carries `data-evil`.
pub(crate) const MARKUP: &str = "</title></textarea></script><meta data-evil http-equiv=refresh content='0;url=//evil.example'>\
    \"><img data-evil src=x onerror=alert(1)>' onfocus=alert(1) data-evil='<!-- ]]> &lt;i data-evil&gt;";

/// Links, images, code and HTML of Markdown.
pub(crate) const MARKDOWN: &str = "[a](javascript:x) ![b](http://evil.example/i.png) <http://evil.example> www.evil.example \
     https://evil.example/x a@evil.example @everyone ``` ~~~ **b** `c` | # $x$";

/// What steers a terminal, reorders text or cannot be seen, one kind after the other.
pub(crate) const UNSEEN: &str = "\u{1b}[2J\u{1b}]0;evil\u{7}\u{1b}[31m\u{1b}(B\u{7f}\u{85}\u{9b}1m\u{9d}\
    \u{61c}\u{200e}\u{200f}\u{202a}\u{202e}\u{2066}\u{2069}\
    \u{ad}\u{115f}\u{180e}\u{200b}\u{200c}\u{200d}\u{2060}\u{2064}\u{feff}\u{fe0f}\u{3164}\u{ffa0}\
    \u{e0001}\u{e0041}\u{e007f}\u{e0100}\u{2028}\u{2029}\u{fdd0}\u{ffff}\u{e000}\u{10fffd}";

/// All of it.
pub(crate) fn hostile() -> String {
    format!("{UNSEEN}{MARKUP} {MARKDOWN}")
}

/// A name with all of it that a path and a file name can hold.
pub(crate) fn hostile_name() -> String {
    let name = format!("=1+1\"><img data-evil src=x onerror=alert(1)>'`{UNSEEN}");
    name.chars().filter(|c| *c != '/').collect()
}

/// The same without markup and with nothing unseen, character for character as long as
/// that does not matter.
pub(crate) fn harmless(text: &str) -> String {
    text.chars()
        .filter(|c| !is_unseen(*c))
        .map(|c| if "<>\"'&=".contains(c) { 'x' } else { c })
        .collect()
}

/// Whether a character steers, reorders or hides: kept apart from the product's own
/// table, so that the test does not agree with whatever stands there.
pub(crate) fn is_unseen(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t') || (!c.is_ascii() && UNSEEN.contains(c))
}

/// The first such character, with what stands round it.
pub(crate) fn unseen_in(text: &str) -> Option<String> {
    let (at, c) = text.char_indices().find(|(_, c)| is_unseen(*c))?;
    let before: String = text[..at].chars().rev().take(40).collect();
    let before: String = before.chars().rev().collect();
    Some(format!("U+{:04X} after {before:?}", u32::from(c)))
}
