use std::borrow::Cow;

use podside_cluster::LogLine;
use podside_model::view::Secrets;
use podside_redact::{Lines, Numbers};

/// The most secrets of one stream that get a number. Those after them keep their tags,
/// which a reader can compare as well, and which nobody has to remember.
const MOST_NUMBERS: usize = 10_000;

/// The texts of lines as a viewer gets them: what looks like a secret is hidden unless they
/// asked to see it.
#[derive(Debug, Default)]
pub(super) struct Shown {
    secrets: Secrets,
    /// What each source's lines have begun and not ended, by its number.
    of_source: Vec<Lines>,
    numbers: Numbers,
}

impl Shown {
    pub(super) fn new(secrets: Secrets) -> Self {
        Self {
            secrets,
            ..Self::default()
        }
    }

    /// The text of the next line of a source, with its colours, and with the number of
    /// bytes that were cut off its end.
    pub(super) fn text(&mut self, source: u8, line: LogLine) -> String {
        match self.hidden(source, &line) {
            Some(hidden) => hidden,
            None => with_cut(line.text, line.cut),
        }
    }

    /// As [`text`](Self::text), without colours.
    pub(super) fn plain(&mut self, source: u8, line: &LogLine) -> String {
        self.hidden(source, line)
            .unwrap_or_else(|| with_cut(line.plain(), line.cut))
    }

    /// The line with what looks like a secret hidden; `None` where there is nothing to hide.
    fn hidden(&mut self, source: u8, line: &LogLine) -> Option<String> {
        if self.secrets == Secrets::Shown {
            return None;
        }
        let source = usize::from(source);
        if self.of_source.len() <= source {
            self.of_source.resize_with(source + 1, Lines::new);
        }
        let lines = self.of_source.get_mut(source)?;
        // Colours may stand within a secret, so it is looked for without them.
        let plain = if line.text.contains('\u{1b}') {
            Cow::Owned(line.plain())
        } else {
            Cow::Borrowed(&*line.text)
        };
        let hidden = match lines.hide(&plain) {
            Cow::Owned(hidden) => hidden,
            Cow::Borrowed(_) => return None,
        };
        Some(with_cut(self.numbered(hidden), line.cut))
    }

    /// A text in which secrets were hidden before, with their numbers.
    pub(super) fn numbered(&mut self, text: String) -> String {
        if self.numbers.count() >= MOST_NUMBERS {
            return text;
        }
        match self.numbers.number(&text) {
            Cow::Owned(numbered) => numbered,
            Cow::Borrowed(_) => text,
        }
    }
}

fn with_cut(text: String, cut: usize) -> String {
    match cut {
        0 => text,
        cut => format!("{text} … +{cut} B"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> LogLine {
        LogLine {
            at: None,
            text: text.to_owned(),
            cut: 0,
        }
    }

    #[test]
    fn secrets_are_hidden_until_they_are_asked_for() {
        let said = "login with password=hunter2hunter2";
        let mut hidden = Shown::new(Secrets::Hidden);
        assert_eq!(
            hidden.text(0, line(said)),
            "login with password=[hidden: password #1]"
        );
        assert_eq!(
            hidden.plain(3, &line(said)),
            "login with password=[hidden: password #1]"
        );
        assert_eq!(Shown::new(Secrets::Shown).text(0, line(said)), said);
    }

    #[test]
    fn colours_do_not_part_a_secret_and_stay_where_there_is_none() {
        let mut shown = Shown::new(Secrets::Hidden);
        let coloured = "password=hun\u{1b}[31mter2hun\u{1b}[0mter2";
        assert!(!shown.text(0, line(coloured)).contains("ter2"));
        let plain = "\u{1b}[31mfailed\u{1b}[0m";
        assert_eq!(shown.text(0, line(plain)), plain);
        assert_eq!(shown.plain(0, &line(plain)), "failed");
    }

    #[test]
    fn what_spans_lines_is_found_in_the_lines_of_its_own_source() {
        let mut shown = Shown::new(Secrets::Hidden);
        let key = "MIIEowIBAAKCAQEA7bq0V1m3xW4R";
        shown.text(0, line("-----BEGIN RSA PRIVATE KEY-----"));
        assert_eq!(shown.text(1, line("ready")), "ready");
        assert!(!shown.text(0, line(key)).contains(key));
        shown.text(0, line("-----END RSA PRIVATE KEY-----"));
        assert_eq!(shown.text(0, line("ready")), "ready");
    }
}
