//! What reading one recording may take: of memory, of files, of nesting.

use std::fmt;

use podside_budget::{DEEPEST, TooMuch, weigh};

/// Bytes that one file may have, unpacked.
pub(crate) const MAX_FILE: u64 = 256 << 20;
/// Bytes of memory for the files that are read and what is kept of them.
///
/// Objects are kept as text; beside it each of them takes 384 bytes at most. Beyond the
/// budget come one file in the making (a log's text is copied) and the decoder's window, or
/// the values of the object that is being parsed (half a GiB at most, by far less than one
/// of an API server), so that the worst input that is accepted takes 1.5 GB for a moment
/// and 1 GiB after.
const MAX_MEMORY: u64 = 1 << 30;
/// Bytes that a line of a log takes beside its text, when it is served.
const LINE: u64 = 48;
/// Bytes that an archive may have unpacked, what is passed over in it included.
pub(crate) const MAX_UNPACKED: u64 = 2 << 30;
/// How many files and folders are looked at.
const MAX_ENTRIES: usize = 100_000;
/// How deep a file may lie; what `oc adm must-gather` packs lies ten deep.
const MAX_DEPTH: usize = 16;
/// Bytes that a path may have: Linux's `PATH_MAX`.
const MAX_NAME: usize = 4096;
/// Bytes that may lie between the content of one packed file and that of the next: its
/// header, and those that hold a long name.
pub(crate) const MAX_HEADERS: u64 = 256 << 10;
/// The window of a zstd decoder, as a power of two: 128 MiB, the most that
/// `zstd --ultra` asks for without `--long`.
pub(crate) const MAX_WINDOW_LOG: u32 = 27;

/// A bound that a recording goes beyond. Each says what it allows and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// One file is too long.
    File,
    /// The files and their values together would take too much memory.
    Memory,
    /// The archive has too many bytes when unpacked.
    Unpacked,
    /// There are too many files.
    Entries,
    /// A file lies in too many folders.
    Depth,
    /// A file's name is too long.
    Name,
    /// Values lie too deep in one another.
    Nesting,
    /// The decoder would need too much memory for itself.
    Window,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mib = |bytes: u64| format!("{} MiB", bytes >> 20);
        match self {
            Self::File => write!(
                f,
                "has more than {}, the most that one file may have; shorten it or leave it out",
                mib(MAX_FILE)
            ),
            Self::Memory => write!(
                f,
                "and what was read before it would take more than {} of memory; record fewer namespaces",
                mib(MAX_MEMORY)
            ),
            Self::Unpacked => write!(
                f,
                "unpacks to more than {}; pack only the recording",
                mib(MAX_UNPACKED)
            ),
            Self::Entries => write!(
                f,
                "has more than {MAX_ENTRIES} files and folders; name the folder of one recording"
            ),
            Self::Depth => write!(
                f,
                "lies more than {MAX_DEPTH} folders deep; name the folder of one recording"
            ),
            Self::Name => write!(
                f,
                "has a name of more than {MAX_NAME} bytes; leave that file out"
            ),
            Self::Nesting => write!(
                f,
                "nests values more than {DEEPEST} deep, as no object of Kubernetes does; leave that object out"
            ),
            Self::Window => write!(
                f,
                "is packed with a window of more than {}; pack it again without --long",
                mib(1 << MAX_WINDOW_LOG)
            ),
        }
    }
}

/// What is left to be used while one recording is read.
#[derive(Debug)]
pub(crate) struct Budget {
    memory: u64,
    entries: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            memory: MAX_MEMORY,
            entries: MAX_ENTRIES,
        }
    }
}

impl Budget {
    /// One more file or folder is looked at, under this name.
    pub(crate) fn look_at(&mut self, name: &str) -> Result<(), Limit> {
        self.entries = self.entries.checked_sub(1).ok_or(Limit::Entries)?;
        if name.len() > MAX_NAME {
            return Err(Limit::Name);
        }
        if name.split('/').count() > MAX_DEPTH + 1 {
            return Err(Limit::Depth);
        }
        Ok(())
    }

    /// The bytes that the next file may have, and what it goes beyond with one more.
    pub(crate) fn room(&self) -> (u64, Limit) {
        if self.memory < MAX_FILE {
            (self.memory, Limit::Memory)
        } else {
            (MAX_FILE, Limit::File)
        }
    }

    /// These bytes are kept.
    pub(crate) fn keep(&mut self, bytes: u64) -> Result<(), Limit> {
        self.memory = self.memory.checked_sub(bytes).ok_or(Limit::Memory)?;
        Ok(())
    }

    /// These bytes, kept before, are kept no longer.
    pub(crate) fn release(&mut self, bytes: u64) {
        self.memory = self.memory.saturating_add(bytes).min(MAX_MEMORY);
    }

    /// What is made of the bytes of a log, which are kept already: its text, in which
    /// three bytes stand for what is no UTF-8, and the places of its lines.
    pub(crate) fn keep_log(&mut self, bytes: &[u8]) -> Result<(), Limit> {
        let text: usize = bytes
            .utf8_chunks()
            .map(|chunk| chunk.valid().len() + chunk.invalid().len().min(1) * 3)
            .sum();
        self.keep(text.saturating_sub(bytes.len()) as u64)?;
        let lines = bytes.split(|byte| *byte == b'\n').count();
        self.keep(lines as u64 * LINE)
    }

    /// The values of this JSON text are kept.
    pub(crate) fn keep_values(&mut self, text: &[u8]) -> Result<(), Limit> {
        let weight = Self::weight(text, self.memory)?;
        self.keep(weight)
    }

    /// What the values of this JSON text take, at most `allowed`.
    pub(crate) fn weight(text: &[u8], allowed: u64) -> Result<u64, Limit> {
        weigh(text, allowed).map_err(|much| match much {
            TooMuch::Memory => Limit::Memory,
            TooMuch::Depth => Limit::Nesting,
        })
    }

    /// Whether values lie too deep in one another in this JSON text.
    pub(crate) fn is_too_deep(text: &[u8]) -> bool {
        weigh(text, u64::MAX) == Err(TooMuch::Depth)
    }

    /// Bytes that may still be kept.
    pub(crate) fn left(&self) -> u64 {
        self.memory
    }

    /// So many bytes are left, after several threads kept some.
    pub(crate) fn set_left(&mut self, left: u64) {
        self.memory = self.memory.min(left);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::practice;

    #[test]
    fn a_list_of_seventy_megabytes_takes_little_more_than_its_text() {
        let recording = practice::open("live").unwrap();
        let text: u64 = recording
            .objects()
            .iter()
            .map(|o| o.to_string().len() as u64)
            .sum();
        let kept: u64 = recording.objects().iter().map(|o| o.size() + 384).sum();
        // The file itself and what is made of it.
        assert!(
            (70 << 20) * (text + kept) / text < 200 << 20,
            "{kept} B of {text}"
        );
    }

    #[test]
    fn a_log_takes_its_text_and_its_lines() {
        let mut budget = Budget::default();
        budget.keep_log(b"one\ntwo\n").unwrap();
        assert_eq!(MAX_MEMORY - budget.memory, 3 * LINE);
        let mut budget = Budget::default();
        budget.keep_log(b"\xff\xfe").unwrap();
        assert_eq!(MAX_MEMORY - budget.memory, 2 * 2 + LINE);
        let ends = vec![b'\n'; usize::try_from(MAX_MEMORY / LINE).unwrap()];
        assert_eq!(Budget::default().keep_log(&ends), Err(Limit::Memory));
    }
}
