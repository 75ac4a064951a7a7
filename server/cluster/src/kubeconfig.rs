//! Which clusters the user's kubeconfig knows, and how each is reached.
//!
//! Read as kubectl reads it: `KUBECONFIG` may name several files, of which missing
//! ones are passed over; without it `~/.kube/config`; and in a Pod without either
//! the ServiceAccount
//! (<https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/>).

use std::env;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use kube::Config;
use kube::config::{KubeConfigOptions, Kubeconfig as KubeKubeconfig, KubeconfigError};
use podside_diagnosis::facts::clean::SHORT;

use crate::error::{Error, Result};
use crate::{proxy, terminal};

/// The name under which a Pod's own cluster is known when no kubeconfig names it.
pub const IN_CLUSTER: &str = "in-cluster";

/// The most bytes of a kubeconfig file that are read: some thousand clusters with their
/// certificates.
const LARGEST: u64 = 16 << 20;

/// The user's kubeconfig: the contexts to choose from.
#[derive(Clone, Debug)]
pub struct Kubeconfig {
    read: KubeKubeconfig,
    /// The first of its files, to name it by.
    path: PathBuf,
}

impl Kubeconfig {
    /// Reads the user's kubeconfig. `None` when there is none at all.
    pub fn find() -> Result<Option<Self>> {
        Self::read(&places())
    }

    /// Reads and merges the files of `paths` that exist; the first to set a value wins.
    pub fn read(paths: &[PathBuf]) -> Result<Option<Self>> {
        let mut merged: Option<Self> = None;
        for path in paths.iter().filter(|path| path.exists()) {
            let mut next = read_file(path)?;
            // An empty name, as kubectl writes it, sets nothing.
            next.current_context.take_if(|name| name.is_empty());
            merged = Some(match merged {
                None => Self {
                    read: next,
                    path: path.clone(),
                },
                Some(first) => Self {
                    read: first
                        .read
                        .merge(next)
                        .map_err(|error| broken(path, error))?,
                    path: first.path,
                },
            });
        }
        Ok(merged)
    }

    /// Reads the text of a kubeconfig, which is called `name` in errors.
    pub fn parse(name: &Path, text: &str) -> Result<Self> {
        let read = KubeKubeconfig::from_yaml(text).map_err(|error| broken(name, error))?;
        Ok(Self {
            read,
            path: name.to_owned(),
        })
    }

    /// The names of its contexts, in the file's order.
    pub fn contexts(&self) -> Vec<String> {
        self.read
            .contexts
            .iter()
            .map(|context| context.name.clone())
            .collect()
    }

    /// The namespace that a context names, if it names one; of the current context for
    /// `None`.
    pub fn namespace(&self, context: Option<&str>) -> Option<&str> {
        let context = context.or(self.current())?;
        let named = self
            .read
            .contexts
            .iter()
            .find(|named| named.name == context)?;
        named.context.as_ref()?.namespace.as_deref()
    }

    /// The current context's name.
    pub fn current(&self) -> Option<&str> {
        self.read
            .current_context
            .as_deref()
            .filter(|name| !name.is_empty())
    }

    /// How the cluster of `context` is reached; of the current one for `None`.
    pub(crate) async fn config(&self, context: Option<&str>) -> Result<(String, Config)> {
        let known = self.contexts();
        if known.is_empty() {
            return Err(Error::KubeconfigBroken {
                path: self.path.clone(),
                reason: "it has no contexts".to_owned(),
            });
        }
        let Some(context) = context.or(self.current()) else {
            return Err(Error::NoCurrentContext { known });
        };
        if !known.iter().any(|name| name == context) {
            return Err(Error::UnknownContext {
                context: context.to_owned(),
                known,
            });
        }
        let options = KubeConfigOptions {
            context: Some(context.to_owned()),
            ..KubeConfigOptions::default()
        };
        let unusable = |reason| Error::ContextUnusable {
            context: context.to_owned(),
            reason,
        };
        let mut config = Config::from_custom_kubeconfig(self.read.clone(), &options)
            .await
            .map_err(|error| unusable(reason(&error)))?;
        config.proxy_url = match self.proxy_of(context) {
            Some(address) => proxy::named(address).map(Some),
            None => proxy::of_environment(&config.cluster_url, |name| env::var(name).ok()),
        }
        .map_err(unusable)?;
        Ok((context.to_owned(), config))
    }

    /// The proxy that the cluster of a context names, if it names one.
    fn proxy_of(&self, context: &str) -> Option<&str> {
        let contexts = &mut self.read.contexts.iter();
        let context = contexts.find(|named| named.name == context)?;
        let cluster = &context.context.as_ref()?.cluster;
        let clusters = &mut self.read.clusters.iter();
        let cluster = clusters.find(|named| named.name == *cluster)?;
        let address = cluster.cluster.as_ref()?.proxy_url.as_deref()?;
        Some(address).filter(|address| !address.is_empty())
    }
}

/// How the cluster of a context of the user's kubeconfig is reached, or of the Pod
/// that this runs in when there is no kubeconfig and no context was asked for.
pub(crate) async fn config(context: Option<&str>) -> Result<(String, Config)> {
    if let Some(kubeconfig) = Kubeconfig::find()? {
        return kubeconfig.config(context).await;
    }
    let missing = || Error::NoKubeconfig {
        path: places().into_iter().next().unwrap_or_default(),
    };
    match context {
        None | Some(IN_CLUSTER) => Config::incluster()
            .map(|config| (IN_CLUSTER.to_owned(), config))
            .map_err(|_| missing()),
        Some(_) => Err(missing()),
    }
}

/// Whether this process runs in a Pod that has a ServiceAccount's token.
pub fn runs_in_cluster() -> bool {
    Config::incluster().is_ok()
}

fn places() -> Vec<PathBuf> {
    let named: Vec<PathBuf> = env::var_os("KUBECONFIG")
        .map(|paths| {
            env::split_paths(&paths)
                .filter(|path| !path.as_os_str().is_empty())
                .collect()
        })
        .unwrap_or_default();
    if !named.is_empty() {
        return named;
    }
    env::home_dir()
        .map(|home| home.join(".kube").join("config"))
        .into_iter()
        .collect()
}

/// Reads one file, at most [`LARGEST`] bytes of it.
fn read_file(path: &Path) -> Result<KubeKubeconfig> {
    let unreadable = |error: io::Error| Error::KubeconfigUnreadable {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    let too_large = || Error::KubeconfigBroken {
        path: path.to_owned(),
        reason: format!("it has more than {} MiB", LARGEST >> 20),
    };
    let about = fs::metadata(path).map_err(unreadable)?;
    if about.len() > LARGEST {
        return Err(too_large());
    }
    if about.is_file() {
        return KubeKubeconfig::read_from(path).map_err(|error| broken(path, error));
    }
    // A shell's `<(command)` is a pipe: it tells no length, and has no folder that the
    // paths in it could be relative to.
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST + 1).read_to_string(&mut text))
        .map_err(unreadable)?;
    if text.len() as u64 > LARGEST {
        return Err(too_large());
    }
    KubeKubeconfig::from_yaml(&text).map_err(|error| broken(path, error))
}

fn broken(path: &Path, error: KubeconfigError) -> Error {
    match error {
        KubeconfigError::ReadConfig(source, path)
            if source.kind() != io::ErrorKind::InvalidData =>
        {
            Error::KubeconfigUnreadable {
                path,
                reason: source.to_string(),
            }
        }
        error => Error::KubeconfigBroken {
            path: path.to_owned(),
            reason: reason(&error),
        },
    }
}

/// The first line of the error: parsers append an excerpt of the file, which may
/// hold a token.
fn reason(error: &KubeconfigError) -> String {
    let text = error.to_string();
    terminal::plain(text.lines().next().unwrap_or_default().trim(), SHORT)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "
apiVersion: v1
kind: Config
current-context: here
clusters: [{name: c, cluster: {server: 'http://127.0.0.1:1'}}]
contexts:
- {name: here, context: {cluster: c, user: u, namespace: shop}}
- {name: lost, context: {cluster: nowhere, user: u}}
users: [{name: u, user: {token: very-secret-token}}]
";

    fn file(dir: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
        let path = dir.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    #[tokio::test]
    async fn contexts_are_listed_and_the_current_one_is_the_default() {
        let dir = tempfile::tempdir().unwrap();
        let paths = [file(&dir, "a", GOOD), dir.path().join("missing")];
        let kubeconfig = Kubeconfig::read(&paths).unwrap().unwrap();
        assert_eq!(kubeconfig.contexts(), ["here", "lost"]);
        let (name, config) = kubeconfig.config(None).await.unwrap();
        assert_eq!(
            (name.as_str(), config.default_namespace.as_str()),
            ("here", "shop")
        );
    }

    #[tokio::test]
    async fn an_unknown_context_names_those_that_there_are() {
        let dir = tempfile::tempdir().unwrap();
        let kubeconfig = Kubeconfig::read(&[file(&dir, "a", GOOD)]).unwrap().unwrap();
        let error = kubeconfig.config(Some("prod")).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "the kubeconfig has no context \"prod\"; it has here, lost"
        );
        let error = kubeconfig.config(Some("lost")).await.unwrap_err();
        assert!(matches!(error, Error::ContextUnusable { .. }), "{error}");
    }

    #[tokio::test]
    async fn a_file_without_contexts_is_named() {
        let dir = tempfile::tempdir().unwrap();
        for text in ["", "hello: 1"] {
            let path = file(&dir, "a", text);
            let kubeconfig = Kubeconfig::read(std::slice::from_ref(&path)).unwrap();
            let error = kubeconfig.unwrap().config(None).await.unwrap_err();
            let said = error.to_string();
            assert!(said.contains(&path.display().to_string()), "{said}");
            assert!(said.contains("no contexts"), "{said}");
        }
    }

    #[test]
    fn a_broken_file_is_named_and_its_content_is_not_shown() {
        let dir = tempfile::tempdir().unwrap();
        let path = file(
            &dir,
            "a",
            "users: [{name: u, user: {token: very-secret-token}\n- [",
        );
        let error = Kubeconfig::read(std::slice::from_ref(&path)).unwrap_err();
        let text = error.to_string();
        assert!(text.contains(&path.display().to_string()), "{text}");
        assert!(!text.contains("very-secret-token"), "{text}");
    }

    #[test]
    fn a_file_that_is_too_large_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("large");
        File::create(&path).unwrap().set_len(LARGEST + 1).unwrap();
        let mut endless = vec![path];
        if cfg!(unix) {
            endless.push("/dev/zero".into());
        }
        for path in endless {
            let error = Kubeconfig::read(std::slice::from_ref(&path)).unwrap_err();
            let said = error.to_string();
            assert!(said.contains(&path.display().to_string()), "{said}");
            assert!(said.contains("it has more than 16 MiB"), "{said}");
        }
    }

    #[test]
    fn a_file_that_would_grow_when_it_is_read_does_not() {
        let dir = tempfile::tempdir().unwrap();
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..12 {
            let before = format!("*a{}", level - 1);
            let ten = [before.as_str(); 10].join(", ");
            bomb += &format!("a{level}: &a{level} [{ten}]\n");
        }
        for place in ["", "preferences: ", "extensions: "] {
            let text = if place.is_empty() {
                bomb.clone()
            } else {
                let inner: String = bomb.lines().map(|line| format!("\n  {line}")).collect();
                format!("{place}{inner}\n")
            };
            match Kubeconfig::read(&[file(&dir, "bomb", &text)]) {
                Err(error) => assert!(matches!(error, Error::KubeconfigBroken { .. }), "{error}"),
                // Passed over as a field that is not known: nothing of it was made.
                Ok(read) => assert!(read.unwrap().contexts().is_empty()),
            }
        }
    }

    #[test]
    fn no_file_is_no_kubeconfig() {
        let dir = tempfile::tempdir().unwrap();
        assert!(Kubeconfig::read(&[dir.path().join("x")]).unwrap().is_none());
    }
}
