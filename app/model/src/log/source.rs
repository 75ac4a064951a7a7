use serde::{Deserialize, Serialize};

/// One container's log: the current one or that of the instance before.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SourceId {
    /// `metadata.name` of the Pod.
    pub pod: String,
    /// The container, which may be an init or an ephemeral one.
    pub container: String,
    /// Whether this is the log of the terminated instance before the current one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub previous: bool,
}

/// A source as the page lists it. Its place in the list is its number in the frames.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogSource {
    /// Which log it is.
    #[serde(flatten)]
    pub id: SourceId,
    /// The name of the object at the top that owns the Pod, to shorten Pod names with;
    /// `None` for a Pod that nobody owns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Why its container does not run: the reason of its waiting state, such as
    /// `ImagePullBackOff`, or its Pod's `Pending`; `None` for one that runs or has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits: Option<String>,
}

impl LogSource {
    /// Colours that tell sources apart, and so letters with one sign.
    pub const COLOURS: usize = 5;

    /// The letters that stand for the source at `index`: A to E, then AA, BA and on, the
    /// colours again with a second letter. From the sixth on a colour alone would mislead.
    pub fn letters(index: usize) -> String {
        let letter = |i: usize| char::from(b'A' + u8::try_from(i % 26).unwrap_or(0));
        let of_colour = letter(index % Self::COLOURS);
        match index / Self::COLOURS {
            0 => of_colour.to_string(),
            round => [of_colour, letter(round - 1)].iter().collect(),
        }
    }

    /// The Pod's name with the part that all Pods of its owner share cut out, as
    /// `orders-api …fmgvj`; the whole name where that would not make it shorter.
    pub fn short_pod(&self) -> String {
        let pod = &self.id.pod;
        let Some(owner) = &self.owner else {
            return pod.clone();
        };
        let rest = pod
            .strip_prefix(owner.as_str())
            .and_then(|r| r.strip_prefix('-'));
        match rest.and_then(|r| r.rsplit_once('-')) {
            Some((_, hash)) if !hash.is_empty() => format!("{owner} …{hash}"),
            _ => pod.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_go_on_with_a_second_one_where_the_colours_come_again() {
        let letters: Vec<_> = [0, 4, 5, 9, 10, 19].map(LogSource::letters).into();
        assert_eq!(letters, ["A", "E", "AA", "EA", "AB", "EC"]);
    }

    #[test]
    fn a_pod_of_a_deployment_is_named_by_what_tells_it_apart() {
        let source = |pod: &str, owner: Option<&str>| {
            let id = SourceId {
                pod: pod.into(),
                container: "api".into(),
                previous: false,
            };
            LogSource {
                id,
                owner: owner.map(Into::into),
                waits: None,
            }
            .short_pod()
        };
        assert_eq!(
            source("orders-api-5d9f-fmgvj", Some("orders-api")),
            "orders-api …fmgvj"
        );
        assert_eq!(source("db-0", Some("db")), "db-0");
        assert_eq!(source("alone", None), "alone");
    }
}
