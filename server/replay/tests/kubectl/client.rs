//! A real `kubectl` that reads a served recording.

use std::{process::Stdio, time::Duration};

use podside_replay::{Recording, ServeOptions, Served, serve};
use tempfile::TempDir;
use tokio::{io::AsyncReadExt, process::Command, time::timeout};

/// How long one command may take on a busy machine.
const LIMIT: Duration = Duration::from_mins(1);

/// A served recording and the kubectl to ask it with.
pub(crate) struct Client {
    pub(crate) served: Served,
    home: TempDir,
}

impl Client {
    /// Serve a recording for a kubectl of its own, so that nothing is read
    /// from or left in the user's home.
    pub(crate) async fn new(recording: Recording, options: ServeOptions) -> Self {
        Self::of(vec![recording], options).await
    }

    /// Serve several recordings as one cluster.
    pub(crate) async fn of(recordings: Vec<Recording>, options: ServeOptions) -> Self {
        let served = serve(recordings, options).await.unwrap();
        let home = TempDir::new().unwrap();
        std::fs::write(home.path().join("config"), served.kubeconfig("replay")).unwrap();
        Self { served, home }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let program = std::env::var_os("PODSIDE_KUBECTL").unwrap_or_else(|| "kubectl".into());
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.home.path())
            .env("KUBECONFIG", self.home.path().join("config"))
            .env("TZ", "UTC")
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// Run kubectl to its end: standard output and error, and whether it was well.
    pub(crate) async fn run(&self, arguments: &[&str]) -> (String, String, bool) {
        let output = timeout(LIMIT, self.command(arguments).output())
            .await
            .unwrap_or_else(|_| panic!("kubectl {arguments:?} took more than {LIMIT:?}"))
            .expect(
                "kubectl runs: set PODSIDE_KUBECTL to one, or install Debian's kubernetes-client",
            );
        (
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
            output.status.success(),
        )
    }

    /// What kubectl prints, if it is well.
    pub(crate) async fn print(&self, arguments: &[&str]) -> String {
        let (out, err, well) = self.run(arguments).await;
        assert!(well, "kubectl {arguments:?}: {err}");
        out
    }

    /// What a kubectl that does not end by itself prints until `enough`.
    pub(crate) async fn print_until(
        &self,
        arguments: &[&str],
        enough: impl Fn(&str) -> bool,
    ) -> String {
        let mut child = self
            .command(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect(
                "kubectl runs: set PODSIDE_KUBECTL to one, or install Debian's kubernetes-client",
            );
        let mut out = child.stdout.take().unwrap();
        let mut text = String::new();
        let reading = async {
            let mut buffer = [0; 4096];
            while !enough(&text) {
                let read = out.read(&mut buffer).await.unwrap();
                if read == 0 {
                    break;
                }
                text.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
            }
        };
        let ended = timeout(LIMIT, reading).await;
        assert!(ended.is_ok(), "kubectl {arguments:?} printed only: {text}");
        text
    }
}
