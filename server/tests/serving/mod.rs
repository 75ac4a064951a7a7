//! A portal of its own for a test of the built binary.
#![allow(
    dead_code,
    reason = "each test takes what it needs, and is compiled with all of it"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

/// A running `podside serve`, ended with the test.
pub(crate) struct Serving {
    pub(crate) child: Child,
    pub(crate) address: SocketAddr,
    pub(crate) home: TempDir,
}

/// `podside serve` with nobody's kubeconfig and a data directory of its own.
pub(crate) fn serve(listen: &str, home: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_podside"));
    command
        .args(["serve", "--listen", listen, "--data"])
        .arg(home.path().join("data"))
        .env("HOME", home.path())
        .env("KUBECONFIG", home.path().join("no-kubeconfig"))
        .env_remove("PODSIDE_LOG");
    command
}

impl Serving {
    /// Starts it on a free port; comes back when it has said where it is.
    pub(crate) fn start() -> Self {
        Self::start_with(tempfile::tempdir().unwrap(), |_| {})
    }

    /// The same in a home that is prepared, with more on its command line.
    pub(crate) fn start_with(home: TempDir, add: impl FnOnce(&mut Command)) -> Self {
        let mut command = serve("127.0.0.1:0", &home);
        add(&mut command);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line
            .split("http://")
            .nth(1)
            .and_then(|rest| rest.trim().parse().ok())
            .unwrap_or_else(|| panic!("no address in {line:?}"));
        Self {
            child,
            address,
            home,
        }
    }

    /// Sends one request and returns the whole answer.
    pub(crate) fn ask(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Asks for a path and returns the whole answer.
    pub(crate) fn get(&self, path: &str) -> String {
        self.ask(&format!(
            "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        ))
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // An error means that the test has ended it already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
