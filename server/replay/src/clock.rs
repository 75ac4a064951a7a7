//! One recording's clock: where its times lie on the clock of those who look
//! at it now.

use jiff::{SignedDuration, Timestamp};

/// How recorded times become served times.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    /// Up to this recorded moment times are shifted as they are; after it they
    /// pass `speed` times as fast.
    recorded: Timestamp,
    /// What that moment is shown as.
    served: Timestamp,
    speed: f64,
}

impl Clock {
    /// `recorded` is shown as `served`; from there time passes `speed` times
    /// as fast (clamped to between 0.001 and 100,000).
    pub(crate) fn new(recorded: Timestamp, served: Timestamp, speed: f64) -> Self {
        let speed = if speed.is_finite() {
            speed.clamp(0.001, 100_000.0)
        } else {
            1.0
        };
        Self {
            recorded,
            served,
            speed,
        }
    }

    /// Times are shown as they were recorded.
    pub(crate) fn as_recorded(recorded: Timestamp) -> Self {
        Self::new(recorded, recorded, 1.0)
    }

    /// When a recorded time is shown to have been.
    pub(crate) fn serve(&self, recorded: Timestamp) -> Timestamp {
        let offset = recorded.duration_since(self.recorded);
        let offset = if offset.is_positive() {
            scale(offset, 1.0 / self.speed)
        } else {
            offset
        };
        self.served.checked_add(offset).unwrap_or(self.served)
    }

    /// Whether times stay as they were recorded.
    pub(crate) fn is_identity(&self) -> bool {
        self.recorded == self.served && (self.speed - 1.0).abs() < f64::EPSILON
    }
}

fn scale(duration: SignedDuration, by: f64) -> SignedDuration {
    SignedDuration::try_from_secs_f64(duration.as_secs_f64() * by).unwrap_or(duration)
}
