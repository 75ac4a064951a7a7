//! Reading a tar archive, plain or compressed, within the bounds of a recording.

use std::{
    cell::Cell,
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::{Component, Path},
    rc::Rc,
};

use super::{
    budget::{Limit, MAX_HEADERS, MAX_UNPACKED, MAX_WINDOW_LOG},
    tree::{Tree, Wanted},
};
use crate::error::{ReplayError, Result};

/// Add the wanted files of the archive at `path` to the tree.
pub(super) fn read(tree: &mut Tree, path: &Path, wanted: Wanted) -> Result<()> {
    let fail = |source| ReplayError::Read {
        path: path.to_owned(),
        source,
    };
    let mut file = BufReader::new(File::open(path).map_err(fail)?);
    // What an archive is says its beginning; names are often wrong.
    let head = file.fill_buf().map_err(fail)?;
    if head.starts_with(&[0x1f, 0x8b]) {
        entries(
            tree,
            path,
            flate2::bufread::MultiGzDecoder::new(file),
            wanted,
        )?;
    } else if head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        let mut decoder = zstd::stream::read::Decoder::with_buffer(file).map_err(fail)?;
        decoder.window_log_max(MAX_WINDOW_LOG).map_err(fail)?;
        entries(tree, path, decoder, wanted)?;
    } else if head.get(257..262) == Some(b"ustar".as_slice()) {
        // Compressed archives tell their end; of this one the last block does.
        if !entries(tree, path, file, wanted)? {
            return Err(fail(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the archive has no end, it was cut off",
            )));
        }
    } else {
        return Err(ReplayError::NotARecording {
            path: path.to_owned(),
            why: "it is neither a directory nor a tar archive, plain or compressed with gzip or zstd; a cluster-info dump is read when kubectl wrote it with --output-directory"
                .to_owned(),
        });
    }
    Ok(())
}

/// Add the wanted files to the tree; whether the archive has the mark of its end.
fn entries(tree: &mut Tree, path: &Path, unpacked: impl Read, wanted: Wanted) -> Result<bool> {
    let gauge = Rc::new(Gauge::default());
    let mut archive = tar::Archive::new(Gauged {
        unpacked,
        gauge: gauge.clone(),
    });
    let fail = |source: io::Error| match gauge.met.get() {
        Some(limit) => ReplayError::too_large("the archive", limit),
        // libzstd's own words: what it would need stands in the frame's header.
        None if source.to_string().contains("too much memory") => {
            ReplayError::too_large("the archive", Limit::Window)
        }
        None => ReplayError::Read {
            path: path.to_owned(),
            source,
        },
    };
    gauge.between.set(Some(MAX_HEADERS));
    for entry in archive.entries().map_err(fail)? {
        let mut entry = entry.map_err(fail)?;
        gauge.between.set(None);
        // What is not read of an entry is passed over before the next one.
        let stored = entry.header().entry_size().map_err(fail)?.min(entry.size());
        let kind = entry.header().entry_type();
        let name = entry.path().ok().and_then(|p| relative(&p));
        tree.look_at(name.as_deref().unwrap_or_default())?;
        let name = name.filter(|name| wanted(name));
        let mut left = stored;
        if let Some(name) = name {
            if kind.is_gnu_sparse() {
                return Err(ReplayError::whole(
                    &name,
                    "it is packed as a sparse file; pack it again without --sparse",
                ));
            }
            if kind.is_file() {
                let size = entry.size();
                tree.read_file(name, &mut entry, size)
                    .map_err(|error| match error {
                        Unkept::Limit(error) => error,
                        Unkept::Read(source) => fail(source),
                    })?;
                left = 0;
            }
        }
        gauge.between.set(Some(left.saturating_add(MAX_HEADERS)));
    }
    Ok(!gauge.ended.get())
}

/// Why a file is not kept.
pub(super) enum Unkept {
    /// It goes beyond a bound.
    Limit(ReplayError),
    /// It cannot be read.
    Read(io::Error),
}

/// How far an archive has been read, shared with the reader that tar owns.
#[derive(Debug)]
struct Gauge {
    /// Bytes that may still be unpacked.
    left: Cell<u64>,
    /// Bytes that may be read until the next file's content, while none is read. Tar
    /// takes long names into memory before it gives out the file that they name.
    between: Cell<Option<u64>>,
    /// The bound that was met.
    met: Cell<Option<Limit>>,
    /// Whether the archive was read to its very end.
    ended: Cell<bool>,
}

impl Default for Gauge {
    fn default() -> Self {
        Self {
            left: Cell::new(MAX_UNPACKED),
            between: Cell::new(None),
            met: Cell::new(None),
            ended: Cell::new(false),
        }
    }
}

/// The unpacked bytes of an archive, as far as the gauge allows.
struct Gauged<R> {
    unpacked: R,
    gauge: Rc<Gauge>,
}

impl<R: Read> Read for Gauged<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let (left, between) = (self.gauge.left.get(), self.gauge.between.get());
        let allowed = left.min(between.unwrap_or(left));
        if allowed == 0 && !into.is_empty() {
            let limit = if left == 0 {
                Limit::Unpacked
            } else {
                Limit::Name
            };
            self.gauge.met.set(Some(limit));
            return Err(io::Error::other(limit.to_string()));
        }
        let most = usize::try_from(allowed)
            .unwrap_or(usize::MAX)
            .min(into.len());
        let read = self
            .unpacked
            .read(into.get_mut(..most).unwrap_or_default())?;
        self.gauge.ended.set(read == 0 && most > 0);
        self.gauge.left.set(left - read as u64);
        self.gauge.between.set(between.map(|b| b - read as u64));
        Ok(read)
    }
}

/// A path of plain names only, joined with `/`; `None` for one that climbs out.
fn relative(path: &Path) -> Option<String> {
    let mut parts = Vec::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => parts.push(name.to_str()?),
            Component::CurDir => {}
            _ => return None,
        }
    }
    Some(parts.join("/"))
}
