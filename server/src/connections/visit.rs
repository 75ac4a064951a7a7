//! What one connection is at, and how long it may be.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use futures::task::AtomicWaker;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Limits;

/// How long a peer may take nothing of what is sent before its place may be given to
/// another.
pub(super) const STALLED_FOR: Duration = Duration::from_secs(5);

/// One connection, as those who give places see it.
#[derive(Debug)]
pub(super) struct Visit {
    state: Mutex<State>,
    leave: CancellationToken,
    /// Who waits for bytes, to be told when there is another limit for them.
    reading: AtomicWaker,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    /// When the phase began; between two requests, when the last bytes of the answer left.
    since: Instant,
    /// Since when the peer takes nothing of what is sent to it.
    stalled: Option<Instant>,
}

/// What a connection is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing of a request has come, or not all of the first one's head.
    First,
    /// Between two requests.
    Idle,
    /// Within the head of a request.
    Head,
    /// Between a request's head and the last byte of its answer.
    Busy,
    /// It is a stream, to its end.
    Stream,
}

impl Visit {
    /// One that begins.
    pub(super) fn new() -> Self {
        Self {
            state: Mutex::new(State {
                phase: Phase::First,
                since: Instant::now(),
                stalled: None,
            }),
            leave: CancellationToken::new(),
            reading: AtomicWaker::new(),
        }
    }

    /// Is done when the connection is to end at once.
    pub(super) fn leave(&self) -> &CancellationToken {
        &self.leave
    }

    /// The head of a request is there.
    pub(super) fn begin_request(&self) {
        self.enter(Phase::Busy);
    }

    /// The answer has been handed over.
    pub(super) fn end_request(&self) {
        let is_stream = self.state().phase == Phase::Stream;
        if !is_stream {
            self.enter(Phase::Idle);
            self.reading.wake();
        }
    }

    /// The connection is a stream from here on.
    pub(super) fn become_stream(&self) {
        self.enter(Phase::Stream);
    }

    /// Bytes have come.
    pub(super) fn heard(&self) {
        let begins = self.state().phase == Phase::Idle;
        if begins {
            self.enter(Phase::Head);
        }
    }

    /// Who is to be woken when [`Visit::read_by`] has become another.
    pub(super) fn is_read_by(&self, waker: &Waker) {
        self.reading.register(waker);
    }

    /// Until when bytes must have come; `None` where nothing is waited for, as while an
    /// answer is on its way, or where a request's body has a limit of its own.
    pub(super) fn read_by(&self, limits: Limits) -> Option<Instant> {
        let state = self.state();
        if state.stalled.is_some() {
            return None;
        }
        match state.phase {
            Phase::First | Phase::Head => Some(state.since + limits.head),
            Phase::Idle => Some(state.since + limits.idle),
            Phase::Busy | Phase::Stream => None,
        }
    }

    /// Notes whether the peer takes what is sent to it.
    pub(super) fn takes(&self, takes: bool) {
        let mut state = self.state();
        if !takes {
            state.stalled.get_or_insert_with(Instant::now);
            return;
        }
        state.stalled = None;
        // The last part of an answer is handed over long before it has left.
        if state.phase == Phase::Idle {
            state.since = Instant::now();
            drop(state);
            self.reading.wake();
        }
    }

    /// Since when its place is of no use to it; `None` while it is.
    pub(super) fn useless_since(&self) -> Option<Instant> {
        let state = self.state();
        match (state.stalled, state.phase) {
            (Some(since), _) => Some(since).filter(|since| since.elapsed() >= STALLED_FOR),
            (None, Phase::First | Phase::Idle | Phase::Head) => Some(state.since),
            (None, Phase::Busy | Phase::Stream) => None,
        }
    }

    /// Whether a request is waited for.
    pub(super) fn is_waiting(&self) -> bool {
        let state = self.state();
        state.stalled.is_none() && matches!(state.phase, Phase::First | Phase::Idle | Phase::Head)
    }

    fn enter(&self, phase: Phase) {
        let mut state = self.state();
        state.phase = phase;
        state.since = Instant::now();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
