//! A file that holds a token, which somebody else keeps fresh.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use secrecy::SecretString;

use super::{Credential, Given, Source};
use crate::terminal;

/// How often the file is read: half the time for which the kubelet keeps two tokens good.
const EVERY: Duration = Duration::from_mins(1);

/// How long it may take to be read: it may lie on a network, or be a pipe.
const WITHIN: Duration = Duration::from_secs(10);

/// The most bytes of it that are read. An API server reads no longer header.
const LARGEST: u64 = 1 << 20;

/// The longest path that is quoted.
const LONGEST_PATH: usize = 256;

/// A file with a token (`tokenFile`), and the token beside it in the kubeconfig, which
/// counts while the file cannot be read.
pub(super) struct TokenFile {
    path: PathBuf,
    instead: Option<SecretString>,
}

impl TokenFile {
    pub(super) fn new(path: PathBuf, instead: Option<SecretString>) -> Self {
        Self { path, instead }
    }

    async fn token(&self) -> Result<SecretString, String> {
        let path = self.path.clone();
        let read = tokio::task::spawn_blocking(move || read(&path));
        let read = match tokio::time::timeout(WITHIN, read).await {
            Ok(Ok(read)) => read.map_err(|error| error.to_string()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(format!("it took longer than {} s", WITHIN.as_secs())),
        };
        match (read, &self.instead) {
            (Ok(token), _) => Ok(token),
            (Err(_), Some(instead)) => Ok(instead.clone()),
            (Err(reason), None) => {
                let path = terminal::plain(&self.path.display().to_string(), LONGEST_PATH);
                Err(format!("cannot read the token file {path}: {reason}"))
            }
        }
    }
}

impl Source for TokenFile {
    fn fetch(&self) -> BoxFuture<'_, Result<Given, String>> {
        async {
            Ok(Given {
                credential: Credential {
                    token: Some(self.token().await?),
                    identity: None,
                },
                // Some programs remove the file after it was read; its token stays good.
                good_for: None,
                again_in: Some(EVERY),
            })
        }
        .boxed()
    }
}

fn read(path: &Path) -> io::Result<SecretString> {
    let mut text = String::new();
    File::open(path)?.take(LARGEST).read_to_string(&mut text)?;
    match text.trim() {
        "" => Err(io::Error::other("it is empty")),
        token => Ok(token.into()),
    }
}
