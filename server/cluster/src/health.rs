//! How fresh what is shown is, made up from the states of all watches.

use std::collections::BTreeMap;

use jiff::Timestamp;
use podside_diagnosis::facts::Kind;
use podside_model::Liveness;

/// A watch: a kind, and the namespace when it is read one namespace at a time.
pub(crate) type Place = (Kind, Option<String>);

/// How one watch fares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fares {
    /// It has not been read yet.
    Reading,
    /// It was read and is watched.
    Live,
    /// The API server refuses it: an answer, though not a pleasant one.
    Refused,
    /// The API server says that it has no such kind, which every server has.
    Absent { error: String },
    /// Its discovery does not name the kind, which a server may be without, or cannot tell.
    NotServed,
    /// It failed and is tried again.
    Lost {
        since: Option<Timestamp>,
        error: String,
        tries: u32,
        next_try: Option<Timestamp>,
        /// Whether the API server itself answers, and only this kind fails.
        alone: bool,
    },
}

/// After so many tries a kind that fails alone no longer holds up the others. It is
/// unread all the same.
const PATIENCE: u32 = 2;

/// The states of all watches of a cluster.
#[derive(Clone, Debug, Default)]
pub(crate) struct Health {
    watches: BTreeMap<Place, Fares>,
    /// The API server does not answer, though no watch has noticed: a network that
    /// swallows everything breaks no connection.
    silent: Option<Silence>,
}

/// Since when the API server has not answered.
#[derive(Clone, Debug)]
struct Silence {
    since: Timestamp,
    error: String,
    tries: u32,
}

impl Health {
    pub(crate) fn set(&mut self, place: Place, fares: Fares) {
        self.watches.insert(place, fares);
    }

    pub(crate) fn forget(&mut self, place: &Place) {
        self.watches.remove(place);
    }

    pub(crate) fn clear(&mut self) {
        self.watches.clear();
        self.silent = None;
    }

    /// The API server did not answer when it was asked for a sign of life.
    pub(crate) fn silent(&mut self, now: Timestamp, error: String) {
        let (since, tries) = match &self.silent {
            Some(silence) => (silence.since, silence.tries),
            None => (now, 0),
        };
        let tries = tries.saturating_add(1);
        self.silent = Some(Silence {
            since,
            error,
            tries,
        });
    }

    /// It answered.
    pub(crate) fn heard(&mut self) {
        self.silent = None;
    }

    /// Whether it last did not.
    pub(crate) fn is_silent(&self) -> bool {
        self.silent.is_some()
    }

    /// A watch failed. What was live is not live from now on; what was never read
    /// has no "since". Tells whether it was ever read.
    pub(crate) fn lost(&mut self, place: Place, now: Timestamp, lost: Loss) -> bool {
        let since = match self.watches.get(&place) {
            Some(Fares::Live) => Some(now),
            Some(Fares::Lost { since, .. }) => *since,
            _ => None,
        };
        self.watches.insert(
            place,
            Fares::Lost {
                since,
                error: lost.error,
                tries: lost.tries,
                next_try: lost.next_try,
                alone: lost.alone,
            },
        );
        since.is_some()
    }

    /// Whether every kind has been read, refused, or has failed alone for long enough:
    /// what is missing then is known to be missing. Where nothing was read and not all is
    /// refused, nothing is known.
    pub(crate) fn is_complete(&self) -> bool {
        let mut watches = self.watches.values();
        let is_refused = |fares: &Fares| matches!(fares, Fares::Refused | Fares::NotServed);
        let is_told = self.is_read() || watches.clone().all(is_refused);
        !self.watches.is_empty() && is_told && watches.all(Fares::is_settled)
    }

    /// Whether anything was read.
    fn is_read(&self) -> bool {
        self.watches.values().any(Fares::is_read)
    }

    /// What a page says about freshness.
    pub(crate) fn liveness(&self, now: Timestamp) -> Liveness {
        let lost = self.watches.values().filter_map(|fares| match fares {
            Fares::Lost {
                since,
                error,
                tries,
                next_try,
                ..
            } => Some((since, error, tries, next_try)),
            _ => None,
        });
        // The watch that failed first and most is the one to tell of.
        let worst =
            lost.min_by_key(|(since, _, tries, _)| (since.is_none(), **since, u32::MAX - **tries));
        if let Some((since, error, tries, next_try)) = worst {
            return Liveness::NotLive {
                since: *since,
                error: error.clone(),
                tries: *tries,
                next_try: *next_try,
            };
        }
        let reading = self
            .watches
            .iter()
            .find(|(_, fares)| **fares == Fares::Reading);
        // Lists that come are a sign of life, too.
        let goes_on = self.is_read() && reading.is_some();
        if let Some(silence) = self.silent.as_ref().filter(|_| !goes_on) {
            return Liveness::NotLive {
                since: self.is_read().then_some(silence.since),
                error: silence.error.clone(),
                tries: silence.tries,
                next_try: None,
            };
        }
        let absent = self.watches.values().find_map(|fares| match fares {
            Fares::Absent { error } => Some(error),
            _ => None,
        });
        // No API server is without every kind.
        if let (None, Some(error), false) = (reading, absent, self.is_read()) {
            return Liveness::NotLive {
                since: None,
                error: error.clone(),
                tries: 1,
                next_try: None,
            };
        }
        match reading {
            Some(((kind, _), _)) => Liveness::Loading {
                read: self
                    .watches
                    .values()
                    .filter(|fares| fares.is_settled())
                    .count(),
                of: self.watches.len(),
                kind: kind.name().to_owned(),
            },
            None if self.watches.is_empty() => Liveness::Loading {
                read: 0,
                of: Kind::ALL.len(),
                kind: String::new(),
            },
            None => Liveness::Live { at: now },
        }
    }
}

impl Fares {
    fn is_settled(&self) -> bool {
        match self {
            Self::Reading => false,
            Self::Live | Self::Refused | Self::Absent { .. } | Self::NotServed => true,
            Self::Lost { tries, alone, .. } => self.is_read() || (*alone && *tries >= PATIENCE),
        }
    }

    /// What was live once is still there to be shown, old as it is.
    fn is_read(&self) -> bool {
        matches!(self, Self::Live | Self::Lost { since: Some(_), .. })
    }
}

/// How a watch failed.
#[derive(Clone, Debug)]
pub(crate) struct Loss {
    pub(crate) error: String,
    pub(crate) tries: u32,
    pub(crate) next_try: Option<Timestamp>,
    pub(crate) alone: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn loss(tries: u32, alone: bool) -> Loss {
        Loss {
            error: "refused".into(),
            tries,
            next_try: None,
            alone,
        }
    }

    #[test]
    fn nothing_is_complete_before_every_kind_was_read() {
        let mut health = Health::default();
        assert!(!health.is_complete());
        health.set((Kind::Pod, None), Fares::Live);
        health.set((Kind::Node, None), Fares::Reading);
        assert!(!health.is_complete());
        assert_eq!(
            health.liveness(at(9)),
            Liveness::Loading {
                read: 1,
                of: 2,
                kind: "Node".into()
            }
        );
        health.set((Kind::Node, None), Fares::Refused);
        assert!(health.is_complete());
        assert_eq!(health.liveness(at(9)), Liveness::Live { at: at(9) });
    }

    #[test]
    fn since_is_when_it_was_last_live_however_often_it_is_tried() {
        let mut health = Health::default();
        health.set((Kind::Pod, None), Fares::Live);
        health.lost((Kind::Pod, None), at(5), loss(1, false));
        health.lost((Kind::Pod, None), at(8), loss(2, false));
        assert!(health.is_complete());
        let Liveness::NotLive { since, tries, .. } = health.liveness(at(9)) else {
            panic!("it is not live");
        };
        assert_eq!((since, tries), (Some(at(5)), 2));
        health.set((Kind::Pod, None), Fares::Live);
        assert_eq!(health.liveness(at(9)), Liveness::Live { at: at(9) });
    }

    #[test]
    fn silence_is_not_life() {
        let mut health = Health::default();
        health.set((Kind::Pod, None), Fares::Live);
        assert!(!health.is_silent());
        health.silent(at(5), "no answer".into());
        health.silent(at(9), "no answer".into());
        let Liveness::NotLive { since, tries, .. } = health.liveness(at(10)) else {
            panic!("it is not live");
        };
        assert_eq!((since, tries), (Some(at(5)), 2));
        assert!(health.is_silent());
        health.heard();
        assert_eq!(health.liveness(at(10)), Liveness::Live { at: at(10) });
    }

    #[test]
    fn silence_hides_no_list_that_comes_and_what_never_lived_has_no_age() {
        let mut health = Health::default();
        health.set((Kind::Pod, None), Fares::Reading);
        health.silent(at(5), "no answer".into());
        let Liveness::NotLive { since: None, .. } = health.liveness(at(6)) else {
            panic!("it never was live");
        };
        health.set((Kind::Node, None), Fares::Live);
        assert!(matches!(
            health.liveness(at(7)),
            Liveness::Loading { read: 1, of: 2, .. }
        ));
    }

    #[test]
    fn one_kind_that_fails_alone_holds_up_the_others_only_for_a_while() {
        let mut health = Health::default();
        health.set((Kind::Pod, None), Fares::Live);
        health.lost((Kind::Lease, None), at(5), loss(1, true));
        assert!(!health.is_complete());
        health.lost((Kind::Lease, None), at(6), loss(2, true));
        assert!(health.is_complete());
        health.lost((Kind::Lease, None), at(7), loss(9, false));
        assert!(!health.is_complete());
    }

    #[test]
    fn where_nothing_was_read_nothing_is_known() {
        let mut health = Health::default();
        for kind in [Kind::Pod, Kind::Node] {
            assert!(!health.lost((kind, None), at(5), loss(99, true)));
        }
        assert!(!health.is_complete());
        let absent = Fares::Absent {
            error: "404".into(),
        };
        health.set((Kind::Pod, None), absent.clone());
        assert!(!health.is_complete());
        health.set((Kind::Node, None), absent);
        assert!(!health.is_complete());
        let Liveness::NotLive { since, error, .. } = health.liveness(at(9)) else {
            panic!("it is not live");
        };
        assert_eq!((since, &*error), (None, "404"));
        health.set((Kind::Node, None), Fares::Live);
        assert!(health.is_complete());
        assert_eq!(health.liveness(at(9)), Liveness::Live { at: at(9) });
    }
}
