use podside_model::ObjectRef;

use crate::snapshot::LogOf;

/// Something that a rule needs and the snapshot does not hold. The caller fetches it
/// within a bound, puts it into the snapshot and judges again; until then what
/// depends on it is unknown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Want {
    /// The last lines of a log: [`Snapshot::logs`](crate::snapshot::Snapshot::logs).
    Log(LogOf),
    /// The names of a Secret's keys and its type: a `Secret` fact with its keys.
    SecretKeys {
        /// The Secret's namespace.
        namespace: String,
        /// The Secret's name.
        name: String,
    },
    /// An object of a kind that nobody watches, such as a custom resource, which something
    /// points at: an `Other` fact. Its namespace is that of what points at it; an object of
    /// a kind without namespaces is in none.
    Object(ObjectRef),
    /// The objects of a kind that nobody watches in one namespace, or in none for a kind
    /// without namespaces: `Other` facts, of very many the first. A server that has no such
    /// kind has none.
    Objects {
        /// Their kind.
        kind: String,
        /// Its API group.
        group: String,
        /// The namespace.
        namespace: String,
    },
}
