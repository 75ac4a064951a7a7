use serde::{Deserialize, Serialize};

/// Removes a Pod that was found by its label: that one, and no other of its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundRemovalForm {
    /// The cluster.
    pub cluster: String,
    /// The Pod's namespace.
    pub namespace: String,
    /// The Pod's name.
    pub name: String,
    /// The Pod's uid.
    pub uid: String,
}
