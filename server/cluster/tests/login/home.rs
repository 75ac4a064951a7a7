//! A directory with a kubeconfig, and with what that names.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use podside_cluster::{Connection, Kubeconfig};
use serde_json::{Value, json};

/// The directory, gone with the test.
pub(crate) struct Home {
    dir: tempfile::TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// A program for a shell, to be called by its name.
    pub(crate) fn write_program(&self, name: &str, text: &str) -> PathBuf {
        let path = self.write(name, &format!("#!/bin/sh\n{text}"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// A user whose login plugin runs `text` in a shell. It is counted in `runs`, and `$run`
    /// is which run it is.
    pub(crate) fn plugin(&self, text: &str) -> Value {
        let counting = "echo run >> runs; run=$(wc -l < runs | tr -d ' ')\n"
            .replace("runs", &self.runs_path());
        let script = self.write("plugin.sh", &format!("{counting}{text}"));
        json!({"exec": {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": "sh",
            "args": [script],
            "interactiveMode": "Never",
        }})
    }

    fn runs_path(&self) -> String {
        self.path().join("runs").display().to_string()
    }

    /// How often the plugin was run.
    pub(crate) fn runs(&self) -> usize {
        let runs = fs::read_to_string(self.runs_path()).unwrap_or_default();
        runs.lines().count()
    }

    /// A connection to `cluster` as `user`, by a kubeconfig in this directory.
    pub(crate) async fn connect(&self, cluster: &Value, user: &Value) -> Connection {
        let path = self.write("config", &kubeconfig(cluster, user).to_string());
        connect(&[path]).await
    }
}

/// A connection to the current context of kubeconfig files.
pub(crate) async fn connect(paths: &[PathBuf]) -> Connection {
    let kubeconfig = Kubeconfig::read(paths).unwrap().unwrap();
    let connection = Connection::from_kubeconfig(&kubeconfig, None).await;
    connection.unwrap_or_else(|error| panic!("{error}"))
}

/// A kubeconfig with one context, `prod`.
pub(crate) fn kubeconfig(cluster: &Value, user: &Value) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "prod",
        "clusters": [{"name": "cluster", "cluster": cluster}],
        "users": [{"name": "user", "user": user}],
        "contexts": [{"name": "prod", "context": {"cluster": "cluster", "user": "user"}}],
    })
}
