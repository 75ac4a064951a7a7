//! Kubeconfig files, whatever is in them.

use std::path::Path;

use podside_cluster::{Connection, Kubeconfig};
use proptest::prelude::*;

use super::{cases, is_plain};

const TOKEN: &str = "very-secret-token-of-a-user";

const GOOD: &str = "apiVersion: v1
kind: Config
current-context: here
clusters:
- name: c
  cluster: {server: 'http://127.0.0.1:1', certificate-authority-data: 'LS0t', tls-server-name: x, proxy-url: 'http://127.0.0.1:1'}
contexts:
- {name: here, context: {cluster: c, user: u, namespace: shop}}
users:
- name: u
  user: {token: very-secret-token-of-a-user, client-certificate-data: LS0t, client-key-data: LS0t}
preferences: {colors: true}
extensions: [{name: e, extension: {a: 1}}]
";

/// The file with some places of it changed.
fn changed() -> impl Strategy<Value = String> {
    let put = prop_oneof![
        "[-:#&*!|>{}\\[\\],?'\"%@` \\n]{0,6}",
        ".{0,20}",
        Just("&a *a ".to_owned()),
        Just("<<: ".to_owned()),
        Just("---\n".to_owned()),
    ];
    let edit = (any::<prop::sample::Index>(), 0..30_usize, put);
    prop::collection::vec(edit, 0..6).prop_map(|edits| {
        let mut text: Vec<char> = GOOD.chars().collect();
        for (at, length, put) in edits {
            let at = at.index(text.len() + 1);
            let end = (at + length).min(text.len());
            text.splice(at..end, put.chars());
        }
        text.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn any_kubeconfig_is_read_or_is_an_error(text in changed()) {
        match Kubeconfig::parse(Path::new("file"), &text) {
            Ok(kubeconfig) => {
                let contexts = kubeconfig.contexts();
                prop_assert!(contexts.len() <= text.len());
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                let opened = runtime.block_on(Connection::from_kubeconfig(&kubeconfig, None));
                match opened {
                    Ok(connection) => prop_assert!(contexts.iter().any(|name| name == connection.name())),
                    Err(error) => is_plain(&error.to_string()),
                }
            }
            Err(error) => {
                let said = error.to_string();
                is_plain(&said);
                prop_assert!(!said.contains(TOKEN), "{}", said);
                prop_assert!(said.contains("file"), "{}", said);
            }
        }
    }
}
