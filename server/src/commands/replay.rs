//! `podside replay`: serves recordings as a Kubernetes API.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use podside_diagnosis::facts::clean::{SHORT, clean};
use podside_replay::generate::Size;
use podside_replay::{Play, Recording, ServeOptions, Times, serve, serve_generated};

use super::serve::stop_signal;
use crate::error::Error;
use crate::says;

/// The flags of `podside replay`.
#[derive(Args, Debug)]
pub(crate) struct Replay {
    /// Recordings to serve as one cluster: directories, archives, or names of practice scenarios
    #[arg(required_unless_present = "generate", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Serve a cluster that is made up, of this size, such as nodes=1000,pods=10000,broken=5%,churn=100,seed=1:
    /// churn is the number of changes a second
    #[arg(
        long,
        value_name = "SIZE",
        conflicts_with_all = ["paths", "alive", "recorded_times"]
    )]
    generate: Option<Size>,
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Play the recording from its beginning instead of showing its end
    #[arg(long)]
    alive: bool,
    /// Recorded seconds that pass in one second, with --alive
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, requires = "alive")]
    speed: f64,
    /// Show times as they were recorded; by default they are shifted to now
    #[arg(long, conflicts_with = "alive")]
    recorded_times: bool,
    /// Bearer token to ask for; a random one by default
    #[arg(
        long,
        value_name = "TOKEN",
        env = "PODSIDE_REPLAY_TOKEN",
        hide_env_values = true
    )]
    token: Option<String>,
}

impl Replay {
    /// Carries the command out.
    pub(crate) async fn run(self) -> Result<ExitCode, Error> {
        let play = if self.alive {
            Play::Alive { speed: self.speed }
        } else {
            Play::Frozen
        };
        let options = ServeOptions {
            listen: self.listen,
            token: self.token,
            play,
            times: if self.recorded_times {
                Times::Recorded
            } else {
                Times::Now
            },
            ..ServeOptions::default()
        };
        let (name, served) = if let Some(size) = self.generate {
            (
                "generated".to_owned(),
                serve_generated(&size, options).await?,
            )
        } else {
            let recordings = self
                .paths
                .iter()
                .map(|path| Recording::find(path))
                .collect::<Result<Vec<_>, _>>()?;
            let name = match recordings.as_slice() {
                [only] => clean(only.name(), SHORT).into_owned(),
                _ => "replay".to_owned(),
            };
            (name, serve(recordings, options).await?)
        };
        let stops = stop_signal();
        says::print(&served.kubeconfig(&name)).map_err(Error::Output)?;
        stops.await;
        served.shutdown().await;
        Ok(ExitCode::SUCCESS)
    }
}
