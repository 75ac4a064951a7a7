//! How long the texts may be that come with a question. What is longer names nothing that
//! there is, and is refused before anything is done with it.

use podside_app::{LONGEST_SEARCH, PortalError, RefusalWords};
use podside_model::view::{FoundPage, LogsAsk, ObjectsAsk};
use podside_model::{Lang, ObjectRef};

/// The most objects whose logs are asked for at once.
const TARGETS: usize = 20;

/// A text that comes with a question, by address, form or call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Text {
    /// The words of a search.
    Words,
    /// A cluster's name, which is whatever the kubeconfig calls it.
    Cluster,
    /// A namespace.
    Namespace,
    /// The kind of an object.
    Kind,
    /// The name of an object.
    Name,
    /// The name of a container.
    Container,
    /// Whose logs are asked for, as `Kind/name`.
    Target,
    /// A place in an object, as a JSON Pointer.
    Pointer,
    /// What is looked for in a list: words, labels, a column.
    Find,
    /// A message that is looked for.
    Pasted,
    /// A cause.
    Cause,
    /// The id of a runbook.
    Runbook,
}

impl Text {
    /// The most characters of it. Kubernetes takes names of 253 and kinds of 63.
    const fn most(self) -> usize {
        match self {
            Self::Words => LONGEST_SEARCH,
            Self::Find => ObjectsAsk::LONGEST,
            Self::Pasted => FoundPage::LONGEST,
            Self::Kind | Self::Cause | Self::Runbook => 64,
            Self::Namespace | Self::Name | Self::Container => 253,
            Self::Target => 320,
            Self::Cluster | Self::Pointer => 1_000,
        }
    }

    fn named(self, lang: Lang) -> &'static str {
        let w = RefusalWords::of(lang);
        match self {
            Self::Words | Self::Find | Self::Pasted => w.search,
            Self::Cluster => w.cluster_name,
            Self::Namespace => w.namespace_name,
            Self::Kind => w.kind,
            Self::Name => w.object_name,
            Self::Container => w.container_name,
            Self::Target => w.logs_target,
            Self::Pointer => w.path,
            Self::Cause => w.cause,
            Self::Runbook => w.runbook_name,
        }
    }
}

/// Refuses a text that is longer than any of its sort.
pub(crate) fn bounded(lang: Lang, text: Text, value: &str) -> Result<(), PortalError> {
    let most = text.most();
    if value.chars().nth(most).is_none() {
        return Ok(());
    }
    let (named, has) = (text.named(lang), value.chars().count());
    Err(PortalError::Invalid {
        what: (RefusalWords::of(lang).too_long)(named, most, has),
    })
}

/// The same of all texts of an object.
pub(crate) fn bounded_object(lang: Lang, object: &ObjectRef) -> Result<(), PortalError> {
    bounded(lang, Text::Kind, &object.kind)?;
    bounded_if(lang, Text::Namespace, object.namespace.as_deref())?;
    bounded(lang, Text::Name, &object.name)?;
    bounded_if(lang, Text::Container, object.container.as_deref())
}

/// The same of all texts of what a page of logs asks for.
pub(crate) fn bounded_logs(lang: Lang, ask: &LogsAsk) -> Result<(), PortalError> {
    bounded_if(lang, Text::Namespace, ask.namespace.as_deref())?;
    bounded_if(lang, Text::Container, ask.container.as_deref())?;
    let targets = ask.targets.len();
    if targets > TARGETS {
        return Err(PortalError::Invalid {
            what: (RefusalWords::of(lang).too_many_logs)(TARGETS, targets),
        });
    }
    for target in &ask.targets {
        bounded(lang, Text::Target, target)?;
    }
    Ok(())
}

/// The same of a text that there may be.
pub(crate) fn bounded_if(lang: Lang, text: Text, value: Option<&str>) -> Result<(), PortalError> {
    value.map_or(Ok(()), |value| bounded(lang, text, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_refused_in_the_readers_language() {
        for text in [
            Text::Words,
            Text::Cluster,
            Text::Namespace,
            Text::Kind,
            Text::Name,
            Text::Container,
            Text::Target,
            Text::Pointer,
            Text::Find,
            Text::Cause,
            Text::Runbook,
        ] {
            let most = text.most();
            // Characters, not bytes, are what a person counts.
            assert_eq!(bounded(Lang::En, text, &"語".repeat(most)), Ok(()));
            for lang in [Lang::En, Lang::Ja] {
                let refused = bounded(lang, text, &"x".repeat(100_000)).unwrap_err();
                assert_eq!(refused.status(), 400, "{text:?}");
                let said = refused.to_string();
                assert!(said.contains(&most.to_string()), "{said}");
                assert!(said.len() < 200, "{said}");
            }
            assert!(bounded(Lang::En, text, &"x".repeat(most + 1)).is_err());
        }
    }

    #[test]
    fn every_text_of_an_object_and_of_logs_is_looked_at() {
        let long = || "x".repeat(2_000);
        let object = ObjectRef::namespaced("Pod", "shop", "cart").with_container("app");
        assert_eq!(bounded_object(Lang::En, &object), Ok(()));
        for object in [
            ObjectRef {
                kind: long(),
                ..object.clone()
            },
            ObjectRef {
                namespace: Some(long()),
                ..object.clone()
            },
            ObjectRef {
                name: long(),
                ..object.clone()
            },
            ObjectRef {
                container: Some(long()),
                ..object.clone()
            },
        ] {
            assert!(bounded_object(Lang::En, &object).is_err(), "{object:?}");
        }
        let ask = LogsAsk {
            namespace: Some("shop".to_owned()),
            targets: vec!["Pod/cart".to_owned()],
            container: Some("app".to_owned()),
            ..LogsAsk::default()
        };
        assert_eq!(bounded_logs(Lang::En, &ask), Ok(()));
        for ask in [
            LogsAsk {
                namespace: Some(long()),
                ..ask.clone()
            },
            LogsAsk {
                targets: vec!["Pod/cart".to_owned(), long()],
                ..ask.clone()
            },
            LogsAsk {
                targets: vec!["Pod/cart".to_owned(); 21],
                ..ask.clone()
            },
            LogsAsk {
                container: Some(long()),
                ..ask.clone()
            },
        ] {
            assert!(bounded_logs(Lang::En, &ask).is_err(), "{ask:?}");
        }
    }
}
