//! The API as a client sees it, without a network in between.

mod acting;
#[path = "../../tests/kubectl/printed.rs"]
mod printed;
mod reading;
mod refusals;
mod watching;

use std::sync::Arc;

use axum::{
    body::Body,
    extract::State,
    http::{Request, StatusCode, header},
};
use futures::StreamExt;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::handle;
use crate::{
    Access, ChangeKind, Play, Recording, Times,
    assemble::{Staging, assemble},
    cluster::Cluster,
    practice,
};

const TABLE: &str = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

fn stage(recording: Recording, access: Access) -> Arc<Cluster> {
    let staging = Staging {
        play: Play::Frozen,
        skip: std::time::Duration::ZERO,
        times: Times::Recorded,
        access,
        token: "t".to_owned(),
        addr: "127.0.0.1:1".parse().unwrap(),
        stopping: CancellationToken::new(),
    };
    Arc::new(assemble(vec![recording], staging).unwrap().0)
}

fn retail() -> Arc<Cluster> {
    stage(practice::open("cascade-db-pvc").unwrap(), Access::default())
}

struct Answer {
    code: StatusCode,
    date: String,
    body: Body,
}

impl Answer {
    async fn text(self) -> String {
        let bytes = axum::body::to_bytes(self.body, 10 << 20).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    async fn json(self) -> Value {
        serde_json::from_str(&self.text().await).unwrap()
    }
}

async fn ask(cluster: &Arc<Cluster>, method: &str, path: &str, accept: &str, body: &str) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, "Bearer t")
        .header(header::ACCEPT, accept)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_owned()))
        .unwrap();
    let response = handle(State(cluster.clone()), request).await;
    let date = response.headers().get(header::DATE);
    Answer {
        code: response.status(),
        date: date.map_or_else(String::new, |d| d.to_str().unwrap().to_owned()),
        body: response.into_body(),
    }
}

async fn get(cluster: &Arc<Cluster>, path: &str) -> Answer {
    ask(cluster, "GET", path, "application/json", "").await
}

/// The lines of a stream that come before it waits.
async fn ready_lines(answer: Answer) -> Vec<Value> {
    let mut stream = answer.body.into_data_stream();
    let mut text = Vec::new();
    while let Ok(Some(piece)) =
        tokio::time::timeout(std::time::Duration::from_millis(200), stream.next()).await
    {
        text.extend_from_slice(&piece.unwrap());
    }
    String::from_utf8(text)
        .unwrap()
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect()
}
