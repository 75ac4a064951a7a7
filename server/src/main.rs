//! Podside: from the symptom to the root cause, in a browser and in a terminal.
//!
//! No request reaches a cluster or the store but through a [`Session`](session::Session), none
//! is answered with what its viewer may not list, and nothing is created in a cluster but
//! through the [ledger]. No Kubernetes request is made here, and nothing that readers or
//! clusters send is without a bound.

// A view is one nested type; the deepest pages exceed the usual limit of 128.
#![recursion_limit = "256"]

mod bounds;
mod cli;
mod commands;
mod connections;
mod error;
mod foreign_text;
mod forms;
mod host;
mod investigations;
mod ledger;
mod numbered;
mod open_files;
mod portal;
mod preferences;
mod redaction_key;
mod referer;
mod refusal;
mod reload;
mod report;
mod router;
mod says;
mod security;
mod session;
mod site;
mod streams;
mod within;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

use cli::Cli;
use error::Error;

/// Facts and problems are very many small pieces: with it a diagnosis of 100,000 Pods takes
/// two thirds of the time that it takes with the C library's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What is logged when `PODSIDE_LOG` names nothing else. What the Kubernetes client
/// meets is told once, by the command or the page that it keeps from its work, and
/// refused requests are not told at all: whoever sends them could fill the log.
const LOGGED: &str = "warn,kube_client=off,rustls_platform_verifier=off,tower_http=off";

/// What is never logged, whatever `PODSIDE_LOG` names: addresses as this layer has them hold
/// the tokens of links.
const NEVER_LOGGED: &str = "tower_http::csrf=off";

fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut logged =
        EnvFilter::try_from_env("PODSIDE_LOG").unwrap_or_else(|_| EnvFilter::new(LOGGED));
    if let Ok(never) = NEVER_LOGGED.parse() {
        logged = logged.add_directive(never);
    }
    tracing_subscriber::fmt()
        .with_env_filter(logged)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(|| says::Shown(std::io::stderr()))
        .init();
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Error::Runtime)
        .and_then(|runtime| runtime.block_on(cli.command.run()));
    match outcome {
        Ok(code) => code,
        Err(error) => {
            says::complain(&error.to_string());
            ExitCode::from(error::EXIT_CODE)
        }
    }
}
