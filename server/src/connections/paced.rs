//! A connection that ends when its peer neither sends nor takes.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_util::sync::WaitForCancellationFutureOwned;

use super::places::Place;

/// A connection with the place that it has. Reading fails where a head or the next
/// request is not there in time, writing where the peer takes nothing; both fail when
/// the place is needed for another.
pub(super) struct Paced<S> {
    stream: S,
    place: Place,
    leave: Pin<Box<WaitForCancellationFutureOwned>>,
    read_by: Deadline,
    write_by: Deadline,
}

impl<S> Paced<S> {
    pub(super) fn new(stream: S, place: Place) -> Self {
        Self {
            leave: Box::pin(place.visit().leave().clone().cancelled_owned()),
            stream,
            place,
            read_by: Deadline::default(),
            write_by: Deadline::default(),
        }
    }

    fn must_leave(&mut self, cx: &mut Context<'_>) -> bool {
        self.leave.as_mut().poll(cx).is_ready()
    }

    /// What a write comes to, with the limit for one that the peer does not take.
    fn written<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        let visit = self.place.visit();
        if written.is_ready() {
            visit.takes(true);
            self.write_by.lift();
            return written;
        }
        visit.takes(false);
        let limit = self.place.limits().write;
        let until = self
            .write_by
            .until
            .unwrap_or_else(|| Instant::now() + limit);
        if self.write_by.is_over(cx, until) {
            return Poll::Ready(Err(cut("the peer takes nothing of what is sent to it")));
        }
        Poll::Pending
    }
}

/// A time that may pass while something is waited for.
#[derive(Default)]
struct Deadline {
    until: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Deadline {
    fn lift(&mut self) {
        self.until = None;
    }

    /// Whether it has passed; the task is woken when it does.
    fn is_over(&mut self, cx: &mut Context<'_>, until: Instant) -> bool {
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(sleep_until(until)));
        if timer.deadline() != until {
            timer.as_mut().reset(until);
        }
        self.until = Some(until);
        timer.as_mut().poll(cx).is_ready()
    }
}

fn cut(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, why)
}

fn gone() -> io::Error {
    io::Error::new(
        io::ErrorKind::ConnectionAborted,
        "its place was needed for another",
    )
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.must_leave(cx) {
            return Poll::Ready(Err(gone()));
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            this.place.visit().heard();
        }
        if read.is_pending() {
            this.place.visit().is_read_by(cx.waker());
        }
        let limits = this.place.limits();
        // A head that comes byte by byte has its limit too.
        if let Some(until) = this.place.visit().read_by(limits)
            && this.read_by.is_over(cx, until)
        {
            return Poll::Ready(Err(cut("no request came in time")));
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.must_leave(cx) {
            return Poll::Ready(Err(gone()));
        }
        let written = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.written(cx, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.must_leave(cx) {
            return Poll::Ready(Err(gone()));
        }
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, slices);
        this.written(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
    use tokio::time::sleep;

    use super::super::Limits;
    use super::super::places::Places;
    use super::*;

    fn paced() -> (DuplexStream, Paced<DuplexStream>, Limits) {
        let limits = Limits::within(1_000);
        let places = Places::new(limits);
        let place = places.take([127, 0, 0, 1].into()).unwrap();
        let (peer, stream) = duplex(16);
        (peer, Paced::new(stream, place), limits)
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_byte_by_byte_is_cut_at_its_limit() {
        let (mut peer, mut paced, limits) = paced();
        let begun = Instant::now();
        let slow = tokio::spawn(async move {
            while peer.write_all(b"G").await.is_ok() {
                sleep(Duration::from_secs(1)).await;
            }
        });
        let error = loop {
            if let Err(error) = paced.read_u8().await {
                break error;
            }
        };
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(begun.elapsed().as_secs(), limits.head.as_secs());
        drop(paced);
        slow.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn between_requests_there_is_more_time_and_within_one_no_end() {
        let (mut peer, mut paced, limits) = paced();
        peer.write_all(b"G").await.unwrap();
        paced.read_u8().await.unwrap();
        let visit = std::sync::Arc::clone(paced.place.visit());
        visit.begin_request();
        let hour = Duration::from_hours(1);
        assert!(tokio::time::timeout(hour, paced.read_u8()).await.is_err());
        visit.end_request();
        let begun = Instant::now();
        assert!(paced.read_u8().await.is_err());
        assert_eq!(begun.elapsed().as_secs(), limits.idle.as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_is_cut_and_who_takes_slowly_is_not() {
        let (mut peer, mut paced, limits) = paced();
        let slow = tokio::spawn(async move {
            let mut taken = 0;
            for _ in 0..100 {
                sleep(limits.write / 2).await;
                peer.read_u8().await.unwrap();
                taken += 1;
            }
            (taken, peer)
        });
        paced.write_all(&[0; 100]).await.unwrap();
        let (taken, _peer) = slow.await.unwrap();
        assert_eq!(taken, 100);
        let begun = Instant::now();
        let error = paced.write_all(&[0; 100]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(begun.elapsed().as_secs(), limits.write.as_secs());
    }

    #[tokio::test]
    async fn whose_place_is_needed_ends_at_once() {
        let (_peer, mut paced, _) = paced();
        paced.place.visit().leave().cancel();
        let error = paced.read_u8().await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionAborted);
        assert!(paced.write_all(b"x").await.is_err());
    }
}
