//! Recorded logs, cut into lines that can be asked for by time.

use std::sync::Arc;

use jiff::Timestamp;

use crate::{clock::Clock, recording::ContainerLog, shift, shift::Near};

/// One container's logs in a served cluster.
#[derive(Debug)]
pub(crate) struct RecordedLog {
    current: Option<Run>,
    previous: Option<Run>,
    /// The container IDs whose logs these are, at the end of the recording.
    current_id: String,
    previous_id: String,
}

impl RecordedLog {
    /// The logs of a container whose runs had these IDs ("" where unknown).
    pub(crate) fn new(
        log: &ContainerLog,
        current_id: String,
        previous_id: String,
        clock: Clock,
        near: Near,
    ) -> Self {
        let run = |text: &Option<Arc<str>>| text.as_ref().map(|t| Run::new(t, clock, near));
        Self {
            current: run(&log.current),
            previous: run(&log.previous),
            current_id,
            previous_id,
        }
    }

    /// The log of the run with this container ID. In a recording from which
    /// the IDs are missing, `previous` chooses.
    pub(crate) fn run(&self, container_id: &str, previous: bool) -> Option<&Run> {
        let (first, second) = if previous {
            (
                (&self.previous, &self.previous_id),
                (&self.current, &self.current_id),
            )
        } else {
            (
                (&self.current, &self.current_id),
                (&self.previous, &self.previous_id),
            )
        };
        [first, second]
            .into_iter()
            .find(|(run, id)| run.is_some() && (*id == container_id))
            .and_then(|(run, _)| run.as_ref())
    }
}

/// The log of one run of a container.
#[derive(Debug)]
pub(crate) struct Run {
    text: Arc<str>,
    lines: Vec<Line>,
    clock: Clock,
    near: Near,
}

#[derive(Debug, Clone, Copy)]
struct Line {
    /// When it was served to have been written; a log that was kept without
    /// times does not say.
    at: Option<Timestamp>,
    /// Where the line with its time, and where without, begins in the text.
    start: usize,
    message: usize,
    /// Where it ends, its newline included.
    end: usize,
}

impl Run {
    fn new(text: &Arc<str>, clock: Clock, near: Near) -> Self {
        let mut lines = Vec::with_capacity(text.split_inclusive('\n').count());
        let mut at = None;
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let end = start + line.len();
            let mut message = start;
            let stamp = line.split_once(' ').map_or(line.trim_end(), |(s, _)| s);
            if let Ok(time) = stamp.parse::<Timestamp>() {
                at = Some(clock.serve(time));
                message = end.min(start + stamp.len() + 1);
            }
            lines.push(Line {
                at,
                start,
                message,
                end,
            });
            start = end;
        }
        Self {
            text: text.clone(),
            lines,
            clock,
            near,
        }
    }

    /// How many lines were written up to `now`.
    pub(crate) fn written(&self, now: Timestamp) -> usize {
        self.lines.partition_point(|l| l.at <= Some(now))
    }

    /// How many lines were written in all.
    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }

    /// When a line was written, if that is known.
    pub(crate) fn at(&self, index: usize) -> Option<Timestamp> {
        self.lines.get(index)?.at
    }

    /// One line with its newline, times moved, its own time in front if wanted.
    pub(crate) fn line(&self, index: usize, timestamps: bool) -> Option<String> {
        let line = self.lines.get(index)?;
        let start = if timestamps { line.start } else { line.message };
        let text = self.text.get(start..line.end)?;
        Some(shift::line(text, &self.clock, &self.near))
    }
}
