use super::fields::Fields;
use super::sharing::Str;

/// One of a Pod's `volumes`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Volume {
    /// Its index in the object.
    pub index: usize,
    /// `name`.
    pub name: Str,
    /// What it holds.
    pub source: VolumeSource,
}

/// What a volume holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum VolumeSource {
    /// A ConfigMap.
    ConfigMap(FilesRef),
    /// A Secret (`secretName`).
    Secret(FilesRef),
    /// Several sources in one directory.
    Projected(Box<[Projection]>),
    /// A PersistentVolumeClaim by name.
    Claim(Str),
    /// A claim made for the Pod (`ephemeral.volumeClaimTemplate`), named `POD-VOLUME`.
    Ephemeral,
    /// A directory of the node.
    HostPath {
        /// `path`.
        path: Str,
        /// `type`; empty when unchecked.
        kind: Str,
    },
    /// An empty directory, with its `sizeLimit` as written.
    EmptyDir {
        /// `sizeLimit`; empty when absent.
        size_limit: Str,
        /// `medium`; empty or `Memory`.
        medium: Str,
    },
    /// An NFS export.
    Nfs {
        /// `server`.
        server: Str,
        /// `path`.
        path: Str,
    },
    /// A CSI driver by name.
    Csi(Str),
    /// Another kind, by the name of its field.
    Other(Str),
}

/// A ConfigMap or Secret whose keys become files.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FilesRef {
    /// The object's name.
    pub name: Str,
    /// Whether the Pod starts without it.
    pub optional: bool,
    /// `items[].key`, when only some keys are asked for.
    pub keys: Box<[Str]>,
}

/// One source of a projected volume.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Projection {
    /// Its index in `projected.sources`.
    pub index: usize,
    /// Whether it is a Secret; a ConfigMap otherwise.
    pub secret: bool,
    /// What is projected.
    pub files: FilesRef,
}

/// Volumes that the ServiceAccount admission plugin adds, with a random ending.
const TOKEN_VOLUME: &str = "kube-api-access-";

pub(crate) fn volumes(spec: Fields<'_>) -> Box<[Volume]> {
    spec.list("volumes")
        .map(|(index, volume)| Volume {
            index,
            name: volume.name("name"),
            source: source(volume),
        })
        .filter(|v| !v.name.starts_with(TOKEN_VOLUME))
        .collect()
}

fn source(volume: Fields<'_>) -> VolumeSource {
    let at = |key: &str| Some(volume.at(key)).filter(|f| f.exists());
    if let Some(config_map) = at("configMap") {
        VolumeSource::ConfigMap(files(config_map, "name"))
    } else if let Some(secret) = at("secret") {
        VolumeSource::Secret(files(secret, "secretName"))
    } else if let Some(projected) = at("projected") {
        VolumeSource::Projected(projected.list("sources").filter_map(projection).collect())
    } else if let Some(claim) = at("persistentVolumeClaim") {
        VolumeSource::Claim(claim.name("claimName"))
    } else if at("ephemeral").is_some() {
        VolumeSource::Ephemeral
    } else if let Some(host_path) = at("hostPath") {
        VolumeSource::HostPath {
            path: host_path.name("path"),
            kind: host_path.name("type"),
        }
    } else if let Some(empty_dir) = at("emptyDir") {
        VolumeSource::EmptyDir {
            size_limit: empty_dir.quantity("sizeLimit").map_or_else(
                || empty_dir.sharing().str(""),
                |q| empty_dir.sharing().str(&q.to_string()),
            ),
            medium: empty_dir.name("medium"),
        }
    } else if let Some(nfs) = at("nfs") {
        VolumeSource::Nfs {
            server: nfs.name("server"),
            path: nfs.name("path"),
        }
    } else if let Some(csi) = at("csi") {
        VolumeSource::Csi(csi.name("driver"))
    } else {
        VolumeSource::Other(other(volume))
    }
}

/// The name of the field that holds a source of a kind that is not read.
fn other(volume: Fields<'_>) -> Str {
    volume
        .own_keys()
        .find(|key| &**key != "name")
        .unwrap_or_else(|| volume.sharing().str(""))
}

fn projection((index, source): (usize, Fields<'_>)) -> Option<Projection> {
    let (config_map, secret) = (source.at("configMap"), source.at("secret"));
    let reference = if secret.exists() { secret } else { config_map };
    reference.exists().then(|| Projection {
        index,
        secret: secret.exists(),
        files: files(reference, "name"),
    })
}

fn files(reference: Fields<'_>, name: &str) -> FilesRef {
    FilesRef {
        name: reference.name(name),
        optional: reference.is("optional"),
        keys: reference
            .list("items")
            .filter_map(|(_, item)| item.filled("key"))
            .collect(),
    }
}
