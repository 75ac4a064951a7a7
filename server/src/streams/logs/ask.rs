use podside_cluster::logs::{Instances, LogQuery, LogTarget, Since};
use podside_model::view::Secrets;
use url::form_urlencoded;

use super::Refusal;

/// Targets that one stream may name.
const MOST_TARGETS: usize = 20;

/// Lines that one may ask for from the end of a log.
const LONGEST_TAIL: u32 = 1_000_000;

/// Bytes of a query string: that many targets with names of full length.
const LONGEST_QUERY: usize = 8 * 1024;

/// Characters of a wrong value that are repeated when it is refused.
const REPEATED: usize = 64;

/// The parameters of a log route.
///
/// `cluster` (the first one without), `namespace`, `target` any number of times as
/// `Pod/NAME` or `Deployment/NAME` and the like (all Pods of the namespace without),
/// `pod` as short for `target=Pod/…`, `selector` (labels), `container`,
/// `previous` (`true`, or `too` for both runs), `since` (seconds), `tail` (lines),
/// `follow` (`false` to end with what is stored) and `secrets` (`shown`, which are hidden
/// otherwise).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ask {
    /// The cluster's name.
    pub(super) cluster: Option<String>,
    /// What to read of it.
    pub(super) query: LogQuery,
    /// What is done with what looks like a secret in the lines.
    pub(super) secrets: Secrets,
}

impl Ask {
    /// Reads a query string. Parameters that are not known are passed over, empty
    /// ones count as not given.
    pub(super) fn parse(text: &str) -> Result<Self, Refusal> {
        if text.len() > LONGEST_QUERY {
            return Err(Refusal::Invalid(format!(
                "the query has {} bytes; a stream takes at most {LONGEST_QUERY}",
                text.len()
            )));
        }
        let mut cluster = None;
        let mut secrets = Secrets::Hidden;
        let mut query = LogQuery {
            namespace: String::new(),
            targets: Vec::new(),
            container: None,
            instances: Instances::Current,
            since: Since::All,
            tail: None,
            follow: true,
        };
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            if value.is_empty() {
                continue;
            }
            match &*name {
                "cluster" => cluster = Some(value.into_owned()),
                "namespace" => query.namespace = value.into_owned(),
                "target" => query.targets.push(target(&value)?),
                "pod" => query.targets.push(target(&format!("Pod/{value}"))?),
                "selector" => query.targets.push(LogTarget::Selector(value.into_owned())),
                "container" => query.container = Some(value.into_owned()),
                "previous" => query.instances = instances(&value)?,
                "since" => query.since = Since::Seconds(number("since", &value, u32::MAX)?),
                "tail" => query.tail = Some(number("tail", &value, LONGEST_TAIL)?),
                Secrets::PARAMETER => secrets = Secrets::of_parameter(Some(&*value)),
                "follow" => query.follow = flag("follow", &value)?,
                _ => {}
            }
        }
        if query.targets.len() > MOST_TARGETS {
            return Err(Refusal::Invalid(format!(
                "a stream may name {MOST_TARGETS} targets at most"
            )));
        }
        query.check().map_err(Refusal::Cluster)?;
        Ok(Self {
            cluster,
            query,
            secrets,
        })
    }
}

fn target(text: &str) -> Result<LogTarget, Refusal> {
    LogTarget::parse(text).map_err(Refusal::Cluster)
}

fn instances(value: &str) -> Result<Instances, Refusal> {
    match value {
        "too" => Ok(Instances::Both),
        other => Ok(if flag("previous", other)? {
            Instances::Previous
        } else {
            Instances::Current
        }),
    }
}

fn flag(name: &str, value: &str) -> Result<bool, Refusal> {
    value
        .parse()
        .map_err(|_| wrong(name, "true or false", value))
}

fn number(name: &str, value: &str, most: u32) -> Result<u32, Refusal> {
    let number = value.parse().ok().filter(|n| (1..=most).contains(n));
    number.ok_or_else(|| wrong(name, &format!("a number from 1 to {most}"), value))
}

fn wrong(name: &str, is: &str, value: &str) -> Refusal {
    let value: String = value.chars().take(REPEATED).collect();
    Refusal::Invalid(format!("{name} is {is}, not {value:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_parameters_are_read() {
        let ask = Ask::parse(
            "cluster=prod&namespace=shop&target=Deployment%2Fweb&pod=db-0&selector=app%3Dx&container=app&previous=too&since=300&tail=10&follow=false&other=1",
        )
        .unwrap();
        assert_eq!(ask.cluster.as_deref(), Some("prod"));
        let query = ask.query;
        assert_eq!(query.namespace, "shop");
        assert_eq!(
            query.targets,
            [
                LogTarget::Workload {
                    kind: podside_diagnosis::facts::Kind::Deployment,
                    name: "web".into()
                },
                LogTarget::Pod("db-0".into()),
                LogTarget::Selector("app=x".into()),
            ]
        );
        assert_eq!(query.container.as_deref(), Some("app"));
        assert_eq!(
            (query.instances, query.since, query.tail, query.follow),
            (Instances::Both, Since::Seconds(300), Some(10), false)
        );
    }

    #[test]
    fn what_is_empty_counts_as_not_given() {
        let ask = Ask::parse("cluster=&namespace=shop&container=&since=&previous=").unwrap();
        assert_eq!((ask.cluster, ask.query.container), (None, None));
        assert_eq!(ask.query.since, Since::All);
    }

    #[test]
    fn wrong_parameters_are_refused() {
        for wrong in [
            "",
            "namespace=..%2Fkube-system",
            "namespace=shop&pod=a%2Fb",
            "namespace=shop&pod=A",
            "namespace=shop&container=a%26b",
            "namespace=shop&target=Secret%2Fa",
            "namespace=shop&since=-1",
            "namespace=shop&since=soon",
            "namespace=shop&tail=0",
            "namespace=shop&tail=99999999",
            "namespace=shop&previous=maybe",
            "namespace=shop&selector=a%0Ab",
        ] {
            assert!(Ask::parse(wrong).is_err(), "{wrong}");
        }
        let long = "x".repeat(7_000);
        let Err(Refusal::Invalid(said)) = Ask::parse(&format!("namespace=shop&since={long}"))
        else {
            panic!("7,000 signs are no number");
        };
        assert!(said.len() < 150, "{said}");
        assert!(Ask::parse(&format!("namespace=shop&cluster={long}{long}")).is_err());
        let many = "&pod=a".repeat(21);
        assert!(Ask::parse(&format!("namespace=shop{many}")).is_err());
    }
}
