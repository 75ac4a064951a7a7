//! `podside backup`: copies the database to a file, whether Podside serves or not.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use podside_store::SqliteStore;

use super::data::Data;
use super::serve::stop_signal;
use crate::error::Error;

/// The flags of `podside backup`.
#[derive(Args, Debug)]
#[command(
    after_help = "The file holds what clusters said, so only you may read it. To go back to it, stop Podside, \
    move podside.db* out of the data directory, and copy the file there as podside.db."
)]
pub(crate) struct Backup {
    /// File to write
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Replace the file if it is there already
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    data: Data,
}

impl Backup {
    /// Carries the command out.
    pub(crate) async fn run(self) -> Result<ExitCode, Error> {
        let data = self.data.directory()?;
        let bytes = tokio::select! {
            bytes = SqliteStore::backup(&data, &self.file, self.force) => bytes?,
            // What is unfinished is removed when it is dropped.
            () = stop_signal() => return Err(Error::Interrupted { file: self.file }),
        };
        let says = format!("Wrote {bytes} bytes to {}\n", self.file.display());
        io::stdout()
            .write_all(says.as_bytes())
            .map_err(Error::Output)?;
        Ok(ExitCode::SUCCESS)
    }
}
