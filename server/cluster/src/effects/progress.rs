//! How far an effect is.

use tokio::sync::watch;

/// How far an effect is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stage {
    /// How many parts of it are done.
    pub done: usize,
    /// How many there may be, as far as can be told; 0 when that is not known.
    pub of: usize,
}

/// Through which an effect tells how far it is.
#[derive(Clone, Debug)]
pub struct Progress(pub(super) watch::Sender<Stage>);

impl Progress {
    /// Tells that so many of at most so many parts are done.
    pub fn tell(&self, done: usize, of: usize) {
        self.0.send_replace(Stage { done, of });
    }

    /// Progress that nobody listens to.
    pub fn untold() -> Self {
        Self(watch::Sender::default())
    }
}
