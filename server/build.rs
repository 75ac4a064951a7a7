//! Embeds the built site: turns its manifest into a table of `include_bytes!`.
//!
//! The site is taken from the directory that `PODSIDE_SITE` names, else from
//! `site/` at the top of the workspace when it is there. Without one the table
//! is empty, and the portal serves plain HTML and says so.

use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-env-changed=PODSIDE_SITE");
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var("OUT_DIR")?).join("site_files.rs");
    let source = match site_directory()? {
        Some(directory) => {
            let manifest = directory.join("manifest.tsv");
            println!("cargo::rerun-if-changed={}", manifest.display());
            table(&directory, &fs::read_to_string(manifest)?)?
        }
        None => table(Path::new(""), "")?,
    };
    fs::write(out, source)?;
    Ok(())
}

fn site_directory() -> Result<Option<PathBuf>, Box<dyn Error>> {
    if let Some(named) = env::var_os("PODSIDE_SITE") {
        let named = PathBuf::from(named);
        if !named.join("manifest.tsv").is_file() {
            return Err(format!("PODSIDE_SITE={} has no manifest.tsv", named.display()).into());
        }
        return Ok(Some(named));
    }
    let usual = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../site");
    Ok(usual.join("manifest.tsv").is_file().then_some(usual))
}

/// Rust source of the table. A line of the manifest is either
/// `file PATH CONTENT-TYPE immutable|revalidate HASH FILE [GZIP BROTLI]` or
/// `script|wasm|style|font PATH` or `part NAME PATH...` or `views erased|plain`, separated
/// by tabs; files are named relative to the manifest.
///
/// A client whose views are of another form than this server's would not hydrate its
/// markup, so it is left out: pages are then plain HTML and say so.
fn table(directory: &Path, manifest: &str) -> Result<String, Box<dyn Error>> {
    let mut files = Vec::new();
    let (mut script, mut wasm, mut parts) = (None, None, Vec::new());
    let (mut styles, mut fonts) = (Vec::new(), Vec::new());
    let ours = if env::var_os("CARGO_CFG_ERASE_COMPONENTS").is_some() {
        "erased"
    } else {
        "plain"
    };
    let mut views = ours;
    for line in manifest.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        match fields.as_slice() {
            [
                "file",
                path,
                content_type,
                caching,
                hash,
                identity,
                compressed @ ..,
            ] => {
                let bytes = |name: &str| -> Result<String, Box<dyn Error>> {
                    let file = fs::canonicalize(directory.join(name))?;
                    let file = file.to_str().ok_or("the site's path is not UTF-8")?;
                    Ok(format!("include_bytes!({file:?})"))
                };
                let (gzip, brotli) = match compressed {
                    [gzip, brotli] => (
                        format!("Some({})", bytes(gzip)?),
                        format!("Some({})", bytes(brotli)?),
                    ),
                    _ => ("None".to_owned(), "None".to_owned()),
                };
                let identity = bytes(identity)?;
                let immutable = *caching == "immutable";
                let etag = format!("W/\"{hash}\"");
                let entry = format!(
                    "File {{ path: {path:?}, content_type: {content_type:?}, etag: {etag:?}, \
                     immutable: {immutable}, identity: {identity}, gzip: {gzip}, brotli: {brotli} }},"
                );
                files.push(((*path).to_owned(), entry));
            }
            ["script", path] => script = Some(*path),
            ["wasm", path] => wasm = Some(*path),
            ["part", name, paths @ ..] => parts.push(format!("({name:?}, &{paths:?})")),
            ["style", path] => styles.push(*path),
            ["font", path] => fonts.push(*path),
            ["views", form] => views = *form,
            _ => return Err(format!("a line of the site's manifest is unknown: {line}").into()),
        }
    }
    if views != ours {
        println!(
            "cargo::warning=the site was built with {views} views and this server has {ours} \
             ones, so its client is left out; make build and make dev build both alike"
        );
        (script, wasm) = (None, None);
        parts.clear();
    }
    files.sort();
    let mut source = String::from("static FILES: &[File] = &[\n");
    for (_, entry) in &files {
        writeln!(source, "    {entry}")?;
    }
    writeln!(
        source,
        "];\nstatic DOCUMENT: Document = Document {{ script: {script:?}, wasm: {wasm:?}, parts: &[{}], styles: &{styles:?}, fonts: &{fonts:?} }};",
        parts.join(", ")
    )?;
    Ok(source)
}
