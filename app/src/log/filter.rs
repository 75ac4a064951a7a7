use super::{Display, Level, find_ignoring_case};

/// Which lines are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Hides lines below [`Level::Info`]. A line without a level stays, for it may
    /// belong to the one before, as the lines of a stack trace do.
    pub no_debug: bool,
    /// Hides lines with this text; empty hides none.
    pub exclude: String,
    /// Sources that are hidden, by number.
    pub hidden_sources: Vec<u8>,
}

impl Filter {
    /// Whether every line is shown.
    pub fn shows_all(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a line is shown.
    pub fn shows(&self, source: u8, level: Level, line: &str) -> bool {
        if self.no_debug && level == Level::Debug {
            return false;
        }
        !self.hidden_sources.contains(&source)
            && (self.exclude.is_empty()
                || find_ignoring_case(&Display::of(line).text(), &self.exclude, 0).is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_hidden_by_level_text_and_source() {
        let filter = Filter {
            no_debug: true,
            exclude: "/readyz".into(),
            hidden_sources: vec![3],
        };
        assert!(filter.shows(0, Level::Info, "GET /"));
        assert!(filter.shows(0, Level::Unknown, "  at main.rs:1"));
        assert!(!filter.shows(0, Level::Debug, "GET /"));
        assert!(!filter.shows(0, Level::Info, "GET /READYZ"));
        assert!(!filter.shows(3, Level::Info, "GET /"));
        assert!(Filter::default().shows_all() && !filter.shows_all());
    }
}
