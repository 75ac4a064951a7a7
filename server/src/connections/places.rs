//! Who has one of the places for connections, and who leaves when there are no more.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::Limits;
use super::visit::Visit;

/// All places.
#[derive(Clone, Debug)]
pub(super) struct Places(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limits: Limits,
    taken: Mutex<Taken>,
    left: Notify,
}

#[derive(Debug, Default)]
struct Taken {
    next: u64,
    visits: HashMap<u64, (Peer, Arc<Visit>)>,
    /// Visits that were told to leave and have not left yet.
    leaving: usize,
}

/// Who a connection comes from, as far as limits go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Peer {
    /// This machine.
    Local,
    Address(IpAddr),
    /// A /64, which is the least that one host is given.
    Network([u16; 4]),
}

impl Peer {
    fn of(ip: IpAddr) -> Self {
        match ip.to_canonical() {
            ip if ip.is_loopback() => Self::Local,
            IpAddr::V4(ip) => Self::Address(ip.into()),
            IpAddr::V6(ip) => {
                let [a, b, c, d, ..] = ip.segments();
                Self::Network([a, b, c, d])
            }
        }
    }
}

/// One place, free again when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Places,
    number: u64,
    visit: Arc<Visit>,
}

impl Place {
    /// The connection that has it.
    pub(super) fn visit(&self) -> &Arc<Visit> {
        &self.visit
    }

    /// What connections may take.
    pub(super) fn limits(&self) -> Limits {
        self.places.0.limits
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        if taken.visits.remove(&self.number).is_none() {
            taken.leaving = taken.leaving.saturating_sub(1);
        }
        if taken.visits.is_empty() && taken.leaving == 0 {
            self.places.0.left.notify_waiters();
        }
    }
}

impl Places {
    pub(super) fn new(limits: Limits) -> Self {
        Self(Arc::new(Inner {
            limits,
            taken: Mutex::default(),
            left: Notify::new(),
        }))
    }

    /// A place for a connection from `ip`. When all are taken, or all of its peer, one
    /// that is of no use leaves for it; `None` when every one is in use.
    pub(super) fn take(&self, ip: IpAddr) -> Option<Place> {
        let Limits {
            connections,
            of_a_peer,
            ..
        } = self.0.limits;
        let peer = Peer::of(ip);
        let mut taken = self.taken();
        // Those that were told to leave are gone in a moment, but are there until then.
        if taken.leaving >= connections {
            return None;
        }
        let siblings = taken.visits.values().filter(|(of, _)| *of == peer).count();
        if peer != Peer::Local && siblings >= of_a_peer {
            taken.send_away(|of| of == peer)?;
        } else if taken.visits.len() >= connections {
            let counts = taken.counts();
            let most = counts.values().copied().max().unwrap_or_default();
            let has_most = |of: Peer| counts.get(&of) == Some(&most);
            if taken.send_away(has_most).is_none() {
                taken.send_away(|_| true)?;
            }
        }
        let number = taken.next;
        taken.next += 1;
        let visit = Arc::new(Visit::new());
        taken.visits.insert(number, (peer, Arc::clone(&visit)));
        drop(taken);
        Some(Place {
            places: self.clone(),
            number,
            visit,
        })
    }

    /// Ends the connections on which no request is open.
    pub(super) fn close_waiting(&self) {
        for (_, visit) in self.taken().visits.values() {
            if visit.is_waiting() {
                visit.leave().cancel();
            }
        }
    }

    /// Waits until nobody has a place.
    pub(super) async fn all_left(&self) {
        loop {
            let left = self.0.left.notified();
            {
                let taken = self.taken();
                if taken.visits.is_empty() && taken.leaving == 0 {
                    return;
                }
            }
            left.await;
        }
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    fn counts(&self) -> HashMap<Peer, usize> {
        let mut counts = HashMap::new();
        for (peer, _) in self.visits.values() {
            *counts.entry(*peer).or_default() += 1;
        }
        counts
    }

    /// Sends the one of these away that has been of no use for longest; `None` when all
    /// are in use.
    fn send_away(&mut self, of: impl Fn(Peer) -> bool) -> Option<()> {
        let (_, number) = self
            .visits
            .iter()
            .filter(|(_, (peer, _))| of(*peer))
            .filter_map(|(number, (_, visit))| Some((visit.useless_since()?, *number)))
            .min()?;
        let (_, visit) = self.visits.remove(&number)?;
        self.leaving += 1;
        visit.leave().cancel();
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::visit::STALLED_FOR;
    use super::*;

    const LIMITS: Limits = Limits {
        connections: 6,
        of_a_peer: 3,
        head: Duration::from_secs(10),
        idle: Duration::from_mins(1),
        body: Duration::from_secs(10),
        write: Duration::from_secs(30),
    };

    fn take(places: &Places, ip: &str) -> Option<Place> {
        places.take(ip.parse().unwrap())
    }

    fn is_told_to_leave(place: &Place) -> bool {
        place.visit().leave().is_cancelled()
    }

    #[tokio::test(start_paused = true)]
    async fn the_one_that_was_idle_for_longest_leaves() {
        let places = Places::new(LIMITS);
        let mut taken = Vec::new();
        for _ in 0..LIMITS.connections {
            taken.push(take(&places, "127.0.0.1").unwrap());
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        taken[0].visit().begin_request();
        assert!(taken.iter().all(|place| !is_told_to_leave(place)));
        let new = take(&places, "127.0.0.1").unwrap();
        let leave: Vec<_> = taken.iter().map(is_told_to_leave).collect();
        assert_eq!(leave, [false, true, false, false, false, false]);
        assert!(!is_told_to_leave(&new));
    }

    #[test]
    fn the_peer_with_the_most_connections_makes_room() {
        let places = Places::new(LIMITS);
        let quiet = take(&places, "10.0.0.1").unwrap();
        let crowd: Vec<_> = (0..3).map(|_| take(&places, "10.0.0.2").unwrap()).collect();
        let others: Vec<_> = (3..5)
            .map(|n| take(&places, &format!("10.0.0.{n}")).unwrap())
            .collect();
        let new = take(&places, "10.0.0.9");
        assert!(new.is_some());
        assert_eq!(crowd.iter().filter(|p| is_told_to_leave(p)).count(), 1);
        assert!(!is_told_to_leave(&quiet));
        assert!(!others.iter().any(is_told_to_leave));
    }

    #[test]
    fn a_peer_has_its_share_and_a_network_of_ipv6_is_one_peer() {
        let places = Places::new(LIMITS);
        let own: Vec<_> = (1..=3)
            .map(|n| take(&places, &format!("2001:db8:0:1::{n}")).unwrap())
            .collect();
        for place in &own {
            place.visit().begin_request();
        }
        assert!(take(&places, "2001:db8:0:1::9").is_none());
        assert!(take(&places, "2001:db8:0:2::9").is_some());
        own[1].visit().end_request();
        assert!(take(&places, "2001:db8:0:1::9").is_some());
        assert!(is_told_to_leave(&own[1]));
    }

    #[test]
    fn this_machine_may_have_all_places_whatever_its_address() {
        let places = Places::new(LIMITS);
        let all: Vec<_> = ["127.0.0.1", "127.0.0.2", "::1", "::ffff:127.0.0.1"]
            .map(|ip| take(&places, ip).unwrap())
            .into();
        assert!(!all.iter().any(is_told_to_leave));
        assert_eq!(Peer::of("::1".parse().unwrap()), Peer::Local);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_is_not_cut_but_one_whose_answer_nobody_takes() {
        let places = Places::new(LIMITS);
        let all: Vec<_> = (0..LIMITS.connections)
            .map(|_| take(&places, "127.0.0.1").unwrap())
            .collect();
        for place in &all {
            place.visit().begin_request();
        }
        all[3].visit().become_stream();
        assert!(take(&places, "127.0.0.1").is_none());
        all[3].visit().takes(false);
        assert!(take(&places, "127.0.0.1").is_none());
        tokio::time::advance(STALLED_FOR).await;
        all[4].visit().takes(false);
        assert!(take(&places, "127.0.0.1").is_some());
        let leave: Vec<_> = all.iter().map(is_told_to_leave).collect();
        assert_eq!(leave, [false, false, false, true, false, false]);
    }

    #[tokio::test]
    async fn all_have_left_when_every_place_is_free() {
        let places = Places::new(LIMITS);
        let mut all: Vec<_> = (0..=LIMITS.connections)
            .map(|_| take(&places, "127.0.0.1").unwrap())
            .collect();
        let last = all.pop();
        drop(all);
        let left = tokio::spawn({
            let places = places.clone();
            async move { places.all_left().await }
        });
        tokio::task::yield_now().await;
        assert!(!left.is_finished());
        drop(last);
        left.await.unwrap();
    }
}
