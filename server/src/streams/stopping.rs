use tokio::sync::watch;

/// Tells a stream that the server is about to stop.
#[derive(Clone, Debug)]
pub(crate) struct Stopping(watch::Receiver<bool>);

impl Stopping {
    /// From the channel that becomes `true` when the server stops.
    pub(crate) fn new(stopping: watch::Receiver<bool>) -> Self {
        Self(stopping)
    }

    /// Waits until the server stops. A channel that nobody can send on any more means
    /// that it is stopping as well.
    pub(crate) async fn wait(&mut self) {
        let _ = self.0.wait_for(|stops| *stops).await;
    }
}
