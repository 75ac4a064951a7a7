//! How many files this process may have open: each connection is one.

/// With fewer, a team that looks at the same log, or a few idle connections, use them up.
const ENOUGH: u64 = 4_096;

/// How many are assumed where the system does not say.
const UNKNOWN: u64 = 1_024;

/// Raises the limit that holds to the one that the system allows, and gives it.
pub(crate) fn raise() -> u64 {
    rlimit::increase_nofile_limit(rlimit::INFINITY).unwrap_or_else(|error| {
        tracing::debug!(%error, "the limit of open files stays as it is");
        UNKNOWN
    })
}

/// What to say of a limit that is low; `None` when it is not.
pub(crate) fn warning(files: u64, connections: usize) -> Option<String> {
    (files < ENOUGH).then(|| {
        format!(
            "Warning: this process may have {files} files open, so it takes {connections} connections at once; `ulimit -Hn` or LimitNOFILE= raises that.\n"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_as_high_as_the_system_allows() {
        let files = raise();
        assert!(files > 0);
        #[cfg(unix)]
        {
            let (soft, _) = rlimit::Resource::NOFILE.get().unwrap();
            assert_eq!(files, soft);
        }
    }

    #[test]
    fn a_low_limit_is_said() {
        let said = warning(256, 128).unwrap();
        assert!(said.contains("256 files") && said.contains("128 connections"));
        assert_eq!(warning(ENOUGH, 2_048), None);
    }
}
