//! Pack a folder of recordings for the program and for its tests:
//! `cargo run --release -p podside-replay --example pack -- FOLDER`
//!
//! `recordings/scenarios.tar.zst` holds what the product reads: objects, watch
//! streams without bookmarks, logs, transcripts, truth. What can be computed
//! from it (the other event group, tables) or was printed for people
//! (describe, get) goes to `tests/data/printed.tar.zst`, which is not part of
//! the program. `recordings/openapi.tar.zst` holds the API server's own
//! documents of its types, for `kubectl explain`. JSON is packed without
//! spaces. The same folder gives the same bytes.

use std::{
    error::Error,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde_json::Value;

/// 32 MiB: most scenarios repeat what an earlier one holds.
const WINDOW_LOG: u32 = 25;
const LEVEL: i32 = 19;
/// The group versions whose OpenAPI documents were recorded.
const OPENAPI: [&str; 3] = ["api/v1", "apis/apps/v1", "apis/batch/v1"];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: pack FOLDER")?;
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut product = archive(&home.join("recordings/scenarios.tar.zst"))?;
    let mut printed = archive(&home.join("tests/data/printed.tar.zst"))?;
    for (id, path) in scenarios(Path::new(&folder))? {
        for file in files(&path, Path::new(""))? {
            let name = file.to_string_lossy().into_owned();
            let bytes = fs::read(path.join(&file))?;
            let target = format!("{id}/{name}");
            match name.as_str() {
                "objects.json" | "truth.json" => append(&mut product, &target, &dense(&bytes)?)?,
                "watch.jsonl" => append(&mut product, &target, &without_bookmarks(&bytes)?)?,
                "exec.jsonl" => append(&mut product, &target, &bytes)?,
                "events.k8s.io.json" => append(&mut printed, &target, &dense(&bytes)?)?,
                "get.txt" => append(&mut printed, &target, &bytes)?,
                _ if name.starts_with("logs/") => append(&mut product, &target, &bytes)?,
                _ if name.starts_with("describe/") => append(&mut printed, &target, &bytes)?,
                _ if name.starts_with("table-") => append(&mut printed, &target, &dense(&bytes)?)?,
                _ => {}
            }
        }
    }
    let mut openapi = archive(&home.join("recordings/openapi.tar.zst"))?;
    for path in OPENAPI {
        let file = format!("_cluster/openapi_v3_{}.json", path.replace('/', "_"));
        let bytes = fs::read(Path::new(&folder).join(file))?;
        append(&mut openapi, &format!("{path}.json"), &dense(&bytes)?)?;
    }
    for archive in [product, printed, openapi] {
        archive.into_inner()?.finish()?.sync_all()?;
    }
    writeln!(io::stdout(), "packed")?;
    Ok(())
}

type Archive = tar::Builder<zstd::Encoder<'static, File>>;

fn archive(path: &Path) -> io::Result<Archive> {
    let mut encoder = zstd::Encoder::new(File::create(path)?, LEVEL)?;
    encoder.long_distance_matching(true)?;
    encoder.window_log(WINDOW_LOG)?;
    Ok(tar::Builder::new(encoder))
}

/// Folders with an objects.json. Those that hold more than one scenario have a
/// name with `_` in front and are packed without it where they can be served.
fn scenarios(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.join("objects.json").is_file() && path.join("truth.json").is_file() {
            found.push((name.trim_start_matches('_').to_owned(), path));
        }
    }
    found.sort();
    Ok(found)
}

fn files(root: &Path, below: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root.join(below))? {
        let entry = entry?;
        let path = below.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            found.extend(files(root, &path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn append(archive: &mut Archive, name: &str, bytes: &[u8]) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    header.set_mtime(0);
    archive.append_data(&mut header, name, bytes)
}

fn dense(bytes: &[u8]) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(&serde_json::from_slice::<Value>(bytes)?)
}

fn without_bookmarks(bytes: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut out = Vec::new();
    for line in bytes.split(|b| *b == b'\n').filter(|l| !l.is_empty()) {
        let value: Value = serde_json::from_slice(line)?;
        if value.pointer("/event/type").and_then(Value::as_str) != Some("BOOKMARK") {
            serde_json::to_writer(&mut out, &value)?;
            out.push(b'\n');
        }
    }
    Ok(out)
}
