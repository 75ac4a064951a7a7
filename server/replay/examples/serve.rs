//! Serve recordings without the rest of Podside and print the kubeconfig:
//! `cargo run -p podside-replay --example serve -- [--alive SPEED] [--recorded-times] PATH...`

use std::{io::Write, process::ExitCode};

use podside_replay::{Play, Recording, ServeOptions, Times, serve};

#[tokio::main]
async fn main() -> ExitCode {
    let mut options = ServeOptions::default();
    let mut recordings = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let outcome = match argument.as_str() {
            "--alive" => {
                let speed = arguments.next().and_then(|s| s.parse().ok()).unwrap_or(1.0);
                options.play = Play::Alive { speed };
                continue;
            }
            "--recorded-times" => {
                options.times = Times::Recorded;
                continue;
            }
            path => Recording::open(path.as_ref()),
        };
        match outcome {
            Ok(recording) => recordings.push(recording),
            Err(error) => return fail(&error),
        }
    }
    let served = match serve(recordings, options).await {
        Ok(served) => served,
        Err(error) => return fail(&error),
    };
    let mut out = std::io::stdout().lock();
    if out
        .write_all(served.kubeconfig("replay").as_bytes())
        .and_then(|()| out.flush())
        .is_err()
    {
        return ExitCode::FAILURE;
    }
    drop(out);
    if tokio::signal::ctrl_c().await.is_err() {
        return ExitCode::FAILURE;
    }
    served.shutdown().await;
    ExitCode::SUCCESS
}

fn fail(error: &podside_replay::ReplayError) -> ExitCode {
    let mut out = std::io::stderr().lock();
    match writeln!(out, "error: {error}") {
        Ok(()) | Err(_) => ExitCode::FAILURE,
    }
}
