//! Writing a recording, in the layout that [`Recording::open`] reads:
//! `objects.json`, `watch.jsonl`, `logs/NAMESPACE/POD/CONTAINER[.previous].log`,
//! `exec.jsonl`, `version.json`, `recording.json`.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Component, Path, PathBuf},
};

use serde_json::{Value, json};

use crate::{
    error::{ReplayError, Result},
    recording::Recording,
};

/// zstd's own default: a recording is written once and read a few times.
const LEVEL: i32 = 3;

impl Recording {
    /// Write the recording to `path`, which must not exist yet: a directory,
    /// or an archive if the name ends in `.tar.zst`, `.tar.gz` or `.tgz`. It
    /// appears whole or not at all.
    pub fn write(&self, path: &Path) -> Result<()> {
        let fail = |source| ReplayError::Write {
            path: path.to_owned(),
            source,
        };
        if fs::symlink_metadata(path).is_ok() {
            return Err(fail(io::Error::new(
                io::ErrorKind::AlreadyExists,
                "it exists already; choose another name or remove it",
            )));
        }
        let part = beside(path);
        let name = path.to_string_lossy();
        let ends = |end: &str| name.to_ascii_lowercase().ends_with(end);
        let written = if ends(".tar.zst") {
            self.write_zstd(&part)
        } else if ends(".tar.gz") || ends(".tgz") {
            self.write_gzip(&part)
        } else {
            self.write_directory(&part)
        };
        written.and_then(|()| fs::rename(&part, path)).map_err(|source| {
            // What is left of the attempt is of no use; that it cannot be
            // removed either adds nothing to the first reason.
            let removed = if part.is_dir() {
                fs::remove_dir_all(&part)
            } else {
                fs::remove_file(&part)
            };
            if let Err(error) = removed {
                tracing::debug!(%error, path = %part.display(), "cannot remove an unfinished recording");
            }
            fail(source)
        })
    }

    fn write_zstd(&self, path: &Path) -> io::Result<()> {
        let encoder = zstd::Encoder::new(BufWriter::new(create_private_file(path)?), LEVEL)?;
        let encoder = self.write_archive(encoder)?;
        finish(encoder.finish()?)
    }

    fn write_gzip(&self, path: &Path) -> io::Result<()> {
        let file = BufWriter::new(create_private_file(path)?);
        let encoder = flate2::write::GzEncoder::new(file, flate2::Compression::default());
        let encoder = self.write_archive(encoder)?;
        finish(encoder.finish()?)
    }

    fn write_archive<W: Write>(&self, writer: W) -> io::Result<W> {
        let mut archive = tar::Builder::new(writer);
        let modified = u64::try_from(self.ended_at.as_second()).unwrap_or(0);
        self.files(|name, bytes| {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o600);
            header.set_mtime(modified);
            archive.append_data(&mut header, name, bytes)
        })?;
        archive.into_inner()
    }

    fn write_directory(&self, path: &Path) -> io::Result<()> {
        create_private(path)?;
        self.files(|name, bytes| {
            let file = path.join(name);
            if let Some(folder) = file.parent() {
                fs::create_dir_all(folder)?;
            }
            let mut file = create_private_file(&file)?;
            file.write_all(bytes)?;
            file.sync_all()
        })
    }

    /// Give every file's name and content to `take`.
    fn files(&self, mut take: impl FnMut(&str, &[u8]) -> io::Result<()>) -> io::Result<()> {
        let span = self.ended_at.duration_since(self.started_at);
        let about = json!({
            "format": 1,
            "recorded_at": self.started_at.to_string(),
            "duration_ms": i64::try_from(span.as_millis()).unwrap_or(i64::MAX),
            "not_recorded": self.not_recorded,
        });
        take("recording.json", about.to_string().as_bytes())?;
        let items: Vec<&Value> = self.objects.iter().map(|o| &**o).collect();
        let list = json!({"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": items});
        take("objects.json", list.to_string().as_bytes())?;
        if !self.changes.is_empty() {
            let mut lines = Vec::new();
            for change in &self.changes {
                let line = json!({
                    "t_ms": change.at_ms,
                    "event": {"type": change.kind.as_str(), "object": &*change.object},
                });
                serde_json::to_writer(&mut lines, &line)?;
                lines.push(b'\n');
            }
            take("watch.jsonl", &lines)?;
        }
        for (key, log) in &self.logs {
            let folder = format!(
                "logs/{}/{}/{}",
                plain(&key.namespace)?,
                plain(&key.pod)?,
                plain(&key.container)?
            );
            if let Some(text) = &log.current {
                take(&format!("{folder}.log"), text.as_bytes())?;
            }
            if let Some(text) = &log.previous {
                take(&format!("{folder}.previous.log"), text.as_bytes())?;
            }
        }
        if !self.transcripts.is_empty() {
            let mut lines = Vec::new();
            for t in &self.transcripts {
                let line = json!({
                    "namespace": t.namespace, "pod": t.pod, "container": t.container,
                    "command": t.command, "stdout": t.stdout, "stderr": t.stderr, "exit_code": t.exit_code,
                    "took_ms": t.took_ms,
                });
                serde_json::to_writer(&mut lines, &line)?;
                lines.push(b'\n');
            }
            take("exec.jsonl", &lines)?;
        }
        if let Some(version) = &self.version {
            take("version.json", version.to_string().as_bytes())?;
        }
        if let Some(truth) = &self.truth {
            take("truth.json", truth.to_string().as_bytes())?;
        }
        Ok(())
    }
}

/// A name that is one plain path component; names come from a cluster and are
/// not trusted to be.
fn plain(name: &str) -> io::Result<&str> {
    let mut components = Path::new(name).components();
    match (components.next(), components.next()) {
        (Some(Component::Normal(only)), None) if only == name => Ok(name),
        _ => Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!("{name:?} cannot be the name of a file"),
        )),
    }
}

fn finish(file: BufWriter<File>) -> io::Result<()> {
    file.into_inner()
        .map_err(io::IntoInnerError::into_error)?
        .sync_all()
}

/// A recording may hold what a cluster's users may not all see.
fn create_private(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// A new file that its owner alone may read. It is so before anything is in it.
fn create_private_file(path: &Path) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The unfinished recording's name: in the same folder, so that it can be
/// renamed, and told apart by the process.
fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::practice;

    fn same(one: &Recording, other: &Recording) {
        assert_eq!(one.objects, other.objects);
        assert_eq!(one.changes.len(), other.changes.len());
        assert_eq!(one.logs.len(), other.logs.len());
        for (key, log) in &one.logs {
            assert_eq!(log.current, other.logs[key].current);
            assert_eq!(log.previous, other.logs[key].previous);
        }
        assert_eq!(one.transcripts.len(), other.transcripts.len());
        assert_eq!(one.started_at, other.started_at);
        assert_eq!(one.ended_at, other.ended_at);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut recording = practice::open("dns-resolution-failing-in-pod").unwrap();
        recording.truth = None;
        for name in ["plain", "packed.tar.zst", "zipped.tar.gz"] {
            let path = folder.path().join(name);
            recording.write(&path).unwrap();
            let read = Recording::open(&path).unwrap();
            same(&recording, &read);
            assert_eq!(read.name(), name.split('.').next().unwrap());
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
    }

    #[cfg(unix)]
    #[test]
    fn a_recording_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let recording = practice::open("healthy-deployment").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        for (name, expected) in [
            ("plain", 0o700),
            ("packed.tar.zst", 0o600),
            ("zipped.tgz", 0o600),
        ] {
            let path = folder.path().join(name);
            recording.write(&path).unwrap();
            assert_eq!(mode(&path), expected, "{name}");
        }
        assert_eq!(mode(&folder.path().join("plain/objects.json")), 0o600);
    }

    #[test]
    fn nothing_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("taken");
        fs::write(&path, "mine").unwrap();
        let error = practice::open("healthy-deployment")
            .unwrap()
            .write(&path)
            .unwrap_err();
        assert!(error.to_string().contains("exists already"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    }

    #[test]
    fn a_name_that_leads_elsewhere_is_refused_and_nothing_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let mut recording = practice::open("crashloop-app-error").unwrap();
        let (mut key, log) = recording.logs.pop_first().unwrap();
        key.pod = "../../elsewhere".to_owned();
        recording.logs.insert(key, log);
        assert!(recording.write(&folder.path().join("out")).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
