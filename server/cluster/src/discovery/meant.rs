//! Which kind somebody means by a word.

use podside_model::own_group;
use strsim::damerau_levenshtein;

use super::{Discovery, Resource};

/// The most kinds that are proposed in the place of one that there is not.
const MOST_NEAR: usize = 6;

/// What a word for a kind means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meant {
    /// One kind, and others of the same name in other groups.
    One(Resource, Vec<Resource>),
    /// Kinds of the same name in several groups, none of which is Kubernetes' own.
    Several(Vec<Resource>),
    /// No kind that is known; these have names that are near, the nearest first.
    Nothing(Vec<Resource>),
}

impl Discovery {
    /// What a word means. Where several groups have a kind of that name, Kubernetes' own is
    /// meant, as in addresses.
    pub(super) fn meant(&self, word: &str) -> Meant {
        let (name, group) = match word.split_once('.') {
            Some((name, group)) => (name, Some(group)),
            None => (word, None),
        };
        let of_group = |resource: &&Resource| group.is_none_or(|group| resource.group == group);
        let mut found: Vec<&Resource> = self
            .resources
            .iter()
            .filter(of_group)
            .filter(|resource| resource.is_called(name))
            .collect();
        let is_event =
            |resource: &Resource, group| resource.kind == "Event" && resource.group == group;
        if found.iter().any(|resource| is_event(resource, "")) {
            // Both groups show the same objects.
            found.retain(|resource| !is_event(resource, "events.k8s.io"));
        }
        let own = found
            .iter()
            .position(|resource| own_group(&resource.kind) == resource.group);
        let owned = |found: Vec<&Resource>| found.into_iter().cloned().collect();
        match (own, found.len()) {
            (_, 0) => Meant::Nothing(self.near(name)),
            (None, 1) => match found.first() {
                Some(only) => Meant::One((*only).clone(), Vec::new()),
                None => Meant::Several(Vec::new()),
            },
            (None, _) => Meant::Several(owned(found)),
            (Some(at), _) => {
                let own = found.remove(at).clone();
                Meant::One(own, owned(found))
            }
        }
    }

    /// The kinds of which a name is nearly the one that was written.
    fn near(&self, name: &str) -> Vec<Resource> {
        let written = name.to_ascii_lowercase();
        // A third of the letters may be others: with more, everything is near to something.
        let most = (written.chars().count() / 3).max(1);
        let mut near: Vec<(usize, &Resource)> = self
            .resources
            .iter()
            .filter_map(|resource| {
                let names = [&resource.kind, &resource.plural, &resource.singular];
                let names = names.into_iter().chain(&resource.short_names);
                let away = names
                    .filter(|name| !name.is_empty())
                    .map(|name| damerau_levenshtein(&written, &name.to_ascii_lowercase()))
                    .min()?;
                (away <= most).then_some((away, resource))
            })
            .collect();
        near.sort_by_key(|(away, _)| *away);
        let near = near.into_iter().take(MOST_NEAR);
        near.map(|(_, resource)| resource.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(kind: &str, plural: &str, group: &str, short: &str) -> Resource {
        Resource {
            group: group.to_owned(),
            version: "v1".to_owned(),
            kind: kind.to_owned(),
            plural: plural.to_owned(),
            singular: kind.to_ascii_lowercase(),
            short_names: vec![short.to_owned()],
            is_namespaced: true,
        }
    }

    fn discovery() -> Discovery {
        Discovery {
            resources: vec![
                resource("Pod", "pods", "", "po"),
                resource("Event", "events", "", "ev"),
                resource("StatefulSet", "statefulsets", "apps.kruise.io", "asts"),
                resource("StatefulSet", "statefulsets", "apps", "sts"),
                resource("Event", "events", "events.k8s.io", "ev"),
                resource("PodMetrics", "pods", "metrics.k8s.io", ""),
                resource("Cluster", "clusters", "one.example", "cl"),
                resource("Cluster", "clusters", "two.example", "cl"),
            ],
            unread: Vec::new(),
        }
    }

    /// The words for what is meant, and whether it is one kind.
    fn meant(word: &str) -> (bool, Vec<String>) {
        let words = |kinds: Vec<Resource>| kinds.iter().map(Resource::word).collect::<Vec<_>>();
        match discovery().meant(word) {
            Meant::One(one, also) => (true, words([vec![one], also].concat())),
            Meant::Several(several) => (false, words(several)),
            Meant::Nothing(near) => (false, words(near)),
        }
    }

    #[test]
    fn kubernetes_own_kind_is_meant_and_the_others_are_told() {
        for word in ["statefulset", "StatefulSet", "statefulsets"] {
            let (is_one, kinds) = meant(word);
            assert!(is_one, "{word}");
            assert_eq!(kinds, ["statefulsets.apps", "statefulsets.apps.kruise.io"]);
        }
        assert_eq!(meant("sts").1, ["statefulsets.apps"]);
        assert_eq!(
            meant("StatefulSet.apps.kruise.io"),
            (true, vec!["statefulsets.apps.kruise.io".to_owned()])
        );
        assert_eq!(meant("pods").1, ["pods", "pods.metrics.k8s.io"]);
        // Both groups of events show the same objects.
        assert_eq!(meant("ev"), (true, vec!["events".to_owned()]));
    }

    #[test]
    fn where_nobody_can_tell_which_is_meant_one_chooses() {
        let both = vec![
            "clusters.one.example".to_owned(),
            "clusters.two.example".to_owned(),
        ];
        assert_eq!(meant("cl"), (false, both));
    }

    #[test]
    fn a_kind_that_there_is_not_leads_to_those_of_nearly_that_name() {
        assert_eq!(meant("statefullset").1[0], "statefulsets.apps.kruise.io");
        assert_eq!(meant("psod").1[0], "pods");
        assert_eq!(meant("Pod.example.com").1[0], "pods");
        assert_eq!(meant("kafkatopics"), (false, Vec::new()));
        assert_eq!(meant(""), (false, Vec::new()));
        assert_eq!(meant(".."), (false, Vec::new()));
    }
}
