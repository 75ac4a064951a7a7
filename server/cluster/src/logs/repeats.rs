use podside_model::log::Seen;

/// The lines that a resumed log is expected to repeat.
#[derive(Clone, Debug)]
pub(crate) struct Repeats {
    seen: Seen,
    newest: Option<i64>,
    removed: u64,
    found_newest: bool,
}

impl Repeats {
    /// Those that were read so far.
    pub(crate) fn of(seen: &Seen) -> Self {
        Self {
            newest: seen.newest(),
            seen: seen.clone(),
            removed: 0,
            found_newest: false,
        }
    }

    /// Whether a line of that time was read before. Each line that was is recognised
    /// once.
    pub(crate) fn is_repeat(&mut self, time: i64) -> bool {
        let repeat = self.seen.cross_out(time);
        if repeat {
            self.removed += 1;
            self.found_newest |= Some(time) == self.newest;
        }
        repeat
    }

    /// How many lines came again.
    pub(crate) fn removed(&self) -> u64 {
        self.removed
    }

    /// Whether lines may be missing: not if the newest line that was read came again,
    /// for a log sends everything after a line that it sends.
    pub(crate) fn maybe_missing(&self) -> bool {
        self.newest.is_some() && !self.found_newest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_missing_when_the_newest_line_came_again() {
        let mut seen = Seen::new(9);
        seen.record(10);
        seen.record(30);
        let mut repeats = Repeats::of(&seen);
        assert!(repeats.is_repeat(10));
        assert!(repeats.maybe_missing());
        assert!(repeats.is_repeat(30));
        assert!(!repeats.is_repeat(31));
        assert!(!repeats.maybe_missing());
        assert_eq!(repeats.removed(), 2);
    }
}
