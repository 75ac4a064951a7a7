//! Recordings from strangers: each is refused with the bound that it goes beyond, or
//! read without what is not its own, in memory that does not grow with what it claims.
//!
//! In a program of its own, because it counts the whole program's allocations.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::io::{self, Read, Write};
use std::sync::{Mutex, PoisonError};

use podside_replay::{Recording, ReplayError};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// The most memory that a refusal may take: one file, the decoder's window, and room.
const REFUSED_WITHIN: usize = 450 << 20;

const OBJECTS: &str = r#"{"kind":"List","apiVersion":"v1","items":[
    {"kind":"Pod","apiVersion":"v1","metadata":{"name":"web","namespace":"shop"}}]}"#;

/// Opens a file with these bytes, and says how much memory that took at most.
fn open(name: &str, bytes: &[u8]) -> (Result<Recording, ReplayError>, usize) {
    // One after the other: two at once would be counted together.
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    let _profiler = dhat::Profiler::builder().testing().build();
    let outcome = Recording::open(&path);
    (outcome, dhat::HeapStats::get().max_bytes)
}

/// What the refusal of a file with these bytes says.
fn refused(name: &str, bytes: &[u8]) -> String {
    let (outcome, peak) = open(name, bytes);
    assert!(peak < REFUSED_WITHIN, "{} MiB", peak >> 20);
    let error = outcome.unwrap_err().to_string();
    assert!(error.contains(name), "{error}");
    error
}

fn opened(name: &str, bytes: &[u8]) -> Recording {
    open(name, bytes).0.unwrap()
}

/// A pattern, over and over.
struct Repeated {
    pattern: Vec<u8>,
    left: usize,
}

fn repeated(pattern: &str, bytes: usize) -> Repeated {
    Repeated {
        // Long enough to be copied in pieces of some size.
        pattern: pattern.repeat(8192).into_bytes(),
        left: bytes / pattern.len() * pattern.len(),
    }
}

impl Read for Repeated {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.left.min(into.len()).min(self.pattern.len());
        into[..length].copy_from_slice(&self.pattern[..length]);
        self.pattern.rotate_left(length);
        self.left -= length;
        Ok(length)
    }
}

fn header(name: &str, size: u64, kind: tar::EntryType) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
    header.set_size(size);
    header.set_mode(0o600);
    header.set_entry_type(kind);
    header.set_cksum();
    header
}

fn file<W: Write>(archive: &mut tar::Builder<W>, name: &str, content: impl Read, size: usize) {
    let header = header(name, size as u64, tar::EntryType::Regular);
    archive.append(&header, content).unwrap();
}

/// A tar archive of what is appended to it.
fn tarred(fill: impl FnOnce(&mut tar::Builder<Vec<u8>>)) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    fill(&mut archive);
    archive.into_inner().unwrap()
}

/// The same, compressed with zstd as it grows.
fn packed(fill: impl FnOnce(&mut tar::Builder<zstd::Encoder<'static, Vec<u8>>>)) -> Vec<u8> {
    let mut archive = tar::Builder::new(zstd::Encoder::new(Vec::new(), 1).unwrap());
    fill(&mut archive);
    archive.into_inner().unwrap().finish().unwrap()
}

/// A zstd frame by hand (RFC 8878, section 3.1.1), for a window that says its
/// descriptor: blocks as they are, and blocks of one byte many times.
fn frame(window: u8, start: &[u8], then: u8, times: usize) -> Vec<u8> {
    const BLOCK: usize = 128 << 10;
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0, window];
    let mut block = |kind: u32, size: usize, content: &[u8]| {
        let head = (size as u32) << 3 | kind << 1;
        frame.extend_from_slice(&head.to_le_bytes()[..3]);
        frame.extend_from_slice(content);
    };
    block(0, start.len(), start);
    for _ in 0..times / BLOCK {
        block(1, BLOCK, &[then]);
    }
    block(1, times % BLOCK, &[then]);
    frame.extend_from_slice(&[1, 0, 0]);
    frame
}

/// The descriptor of a window of 1 MiB.
const SMALL_WINDOW: u8 = (20 - 10) << 3;

#[test]
fn values_beyond_the_budget_are_refused() {
    for (pattern, bytes) in [("0,", 250_000_000), ("{\"a\":0},", 40_000_000)] {
        let archive = packed(|archive| {
            let content = "[".as_bytes().chain(repeated(pattern, bytes - 1));
            let size = 1 + (bytes - 1) / pattern.len() * pattern.len();
            file(archive, "objects.json", content, size);
        });
        assert!(archive.len() < 40_000, "{} B", archive.len());
        let error = refused("values.tar.zst", &archive);
        assert!(
            error.contains(": objects.json and what was read before it would take more than 1024 MiB of memory; record fewer namespaces"),
            "{error}"
        );
    }
}

#[test]
fn lines_beyond_the_budget_are_refused() {
    // Whole blocks of tar.
    let lines = 58_594 * 512;
    let mut start = tarred(|archive| {
        file(archive, "objects.json", OBJECTS.as_bytes(), OBJECTS.len());
    });
    // Without the archive's end.
    start.truncate(1024);
    let name = "logs/shop/web/app.log";
    start.extend_from_slice(header(name, lines, tar::EntryType::Regular).as_bytes());
    let error = refused(
        "lines.tar.zst",
        &frame(SMALL_WINDOW, &start, b'\n', lines as usize),
    );
    assert!(
        error.contains(&format!("{name} and what was read before it")),
        "{error}"
    );
}

#[test]
fn values_that_nest_too_deep_are_refused() {
    let archive = packed(|archive| {
        file(archive, "objects.json", repeated("[", 1_000_000), 1_000_000);
    });
    let error = refused("deep.tar.zst", &archive);
    assert!(
        error.contains("objects.json nests values more than 120 deep"),
        "{error}"
    );
}

#[test]
fn a_size_that_cannot_be_is_not_believed() {
    for size in [u64::from(u32::MAX), (1 << 62) - 1] {
        let start = header("objects.json", size, tar::EntryType::Regular);
        let error = refused("size.tar", start.as_bytes());
        assert!(
            error.contains("objects.json has more than 256 MiB"),
            "{error}"
        );
    }
    // Nor one that is true and of no interest.
    let start = header("describe/x", 8 << 30, tar::EntryType::Regular);
    let bomb = frame(SMALL_WINDOW, start.as_bytes(), 0, 3 << 30);
    assert!(bomb.len() < 200_000, "{} B", bomb.len());
    let error = refused("size.tar.zst", &bomb);
    assert!(
        error.contains("the archive unpacks to more than 2048 MiB"),
        "{error}"
    );
}

#[test]
fn a_name_that_is_too_long_is_not_kept() {
    for kind in [
        tar::EntryType::GNULongName,
        tar::EntryType::GNULongLink,
        tar::EntryType::XHeader,
    ] {
        let start = header("long", 1 << 30, kind);
        let bomb = frame(SMALL_WINDOW, start.as_bytes(), b'a', 1 << 30);
        let error = refused("name.tar.zst", &bomb);
        assert!(
            error.contains("the archive has a name of more than 4096 bytes"),
            "{kind:?}: {error}"
        );
    }
    let archive = tarred(|archive| {
        let mut header = tar::Header::new_gnu();
        header.set_size(0);
        archive
            .append_data(&mut header, "a/".repeat(3000) + "b", io::empty())
            .unwrap();
    });
    let error = refused("name.tar", &archive);
    assert!(error.contains("a name of more than 4096 bytes"), "{error}");
}

#[test]
fn files_beyond_the_budget_are_refused() {
    let archive = packed(|archive| {
        for _ in 0..=100_000 {
            file(archive, "describe/x", io::empty(), 0);
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("many.tar.zst");
    fs::write(&path, archive).unwrap();
    // Uncounted: what is counted is slow, and there are some allocations for each file.
    let error = Recording::open(&path).unwrap_err().to_string();
    assert!(
        error.contains("it has more than 100000 files and folders"),
        "{error}"
    );
    let folder = tempfile::tempdir().unwrap();
    let mut deep = folder.path().to_owned();
    for _ in 0..20 {
        deep.push("a");
    }
    fs::create_dir_all(&deep).unwrap();
    let error = Recording::open(folder.path()).unwrap_err().to_string();
    assert!(error.contains("lies more than 16 folders deep"), "{error}");
}

#[test]
fn a_window_of_gigabytes_is_not_made() {
    let error = refused("window.tar.zst", &frame((31 - 10) << 3, &[0; 512], 0, 512));
    assert!(
        error.contains("a window of more than 128 MiB; pack it again without --long"),
        "{error}"
    );
}

#[test]
fn a_sparse_file_is_refused() {
    let mut sparse = header("objects.json", 0, tar::EntryType::GNUSparse);
    let gnu = sparse.as_gnu_mut().unwrap();
    gnu.set_real_size(1 << 40);
    let hole = &mut gnu.sparse[0];
    hole.set_offset(1 << 40);
    hole.set_length(0);
    sparse.set_cksum();
    let error = refused("sparse.tar", sparse.as_bytes());
    assert!(
        error.contains("objects.json: it is packed as a sparse file"),
        "{error}"
    );
}

#[test]
fn nothing_outside_the_archive_is_read() {
    let secret = tempfile::NamedTempFile::new().unwrap();
    fs::write(secret.path(), "2026-11-20T20:28:04Z secret").unwrap();
    let archive = tarred(|archive| {
        file(archive, "objects.json", OBJECTS.as_bytes(), OBJECTS.len());
        for (log, kind) in [
            ("logs/shop/web/a.log", tar::EntryType::Symlink),
            ("logs/shop/web/b.log", tar::EntryType::Link),
            ("logs/shop/web/c.log", tar::EntryType::Fifo),
            ("logs/shop/web/d.log", tar::EntryType::Block),
        ] {
            let mut header = header(log, 0, kind);
            header.set_link_name(secret.path()).unwrap();
            header.set_cksum();
            archive.append(&header, io::empty()).unwrap();
        }
        for log in ["../logs/shop/web/e.log", "/logs/shop/web/f.log"] {
            file(archive, log, "text".as_bytes(), 4);
        }
    });
    let recording = opened("links.tar", &archive);
    assert_eq!(recording.objects().len(), 1);
    assert!(recording.logs().is_empty(), "{:?}", recording.logs());
}

#[test]
fn of_two_files_with_one_name_the_later_counts() {
    let archive = tarred(|archive| {
        file(archive, "objects.json", "[".as_bytes(), 1);
        file(archive, "./objects.json", OBJECTS.as_bytes(), OBJECTS.len());
    });
    assert_eq!(opened("twice.tar", &archive).objects().len(), 1);
}

#[test]
fn an_archive_in_several_parts_is_read_whole() {
    let archive = tarred(|archive| {
        file(archive, "objects.json", OBJECTS.as_bytes(), OBJECTS.len());
    });
    let (first, second) = archive.split_at(600);
    let zipped = |part: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(part).unwrap();
        encoder.finish().unwrap()
    };
    let parts = [zipped(first), zipped(&[]), zipped(second)].concat();
    assert_eq!(opened("parts.tar.gz", &parts).objects().len(), 1);
    let parts = [first, second].map(|part| zstd::encode_all(part, 1).unwrap());
    assert_eq!(opened("parts.tar.zst", &parts.concat()).objects().len(), 1);
}

#[test]
fn an_archive_that_was_cut_off_is_refused() {
    let whole = tarred(|archive| {
        file(archive, "objects.json", OBJECTS.as_bytes(), OBJECTS.len());
        file(archive, "logs/shop/web/app.log", "x".as_bytes(), 1);
    });
    assert_eq!(opened("whole.tar", &whole).logs().len(), 1);
    // In a header, in a file, between two files, before the end.
    for length in [100, 700, 1024, 2048] {
        let error = refused("cut.tar", &whole[..length]);
        assert!(
            error.contains("cannot read") || error.contains("is not a recording"),
            "{length}: {error}"
        );
        let packed = zstd::encode_all(&whole[..], 1).unwrap();
        let part = packed.len() * length / whole.len();
        refused("cut.tar.zst", &packed[..part]);
    }
}
