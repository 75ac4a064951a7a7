use std::fmt;

/// A batch of lines as one binary message.
///
/// The layout is `L`, the sequence number, then for each line its source with the
/// highest bit set when it has no time, the time as the difference to the line
/// before, the length of the text and the text. Numbers are LEB128, signed ones
/// zigzag.
#[derive(Clone, Debug)]
pub struct LinesFrame<'a> {
    /// The frame's place in the stream's sequence.
    pub seq: u64,
    rest: &'a [u8],
    time: i64,
}

/// One line of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineRef<'a> {
    /// The number of its source, below 128.
    pub source: u8,
    /// Nanoseconds since 1970, as the container runtime wrote it; `None` when the
    /// text came without a time, as the kubelet's own remarks do.
    pub time: Option<i64>,
    /// The text: SGR colour sequences kept, all other control characters removed.
    pub text: &'a str,
}

/// The bytes are not a frame of lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadFrame;

impl fmt::Display for BadFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the log stream sent a frame that cannot be read; reload the page")
    }
}

impl std::error::Error for BadFrame {}

const TAG: u8 = b'L';
const NO_TIME: u8 = 0x80;

impl<'a> LinesFrame<'a> {
    /// Reads the head of a frame.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, BadFrame> {
        let (&tag, mut rest) = bytes.split_first().ok_or(BadFrame)?;
        if tag != TAG {
            return Err(BadFrame);
        }
        let seq = take_number(&mut rest)?;
        Ok(Self { seq, rest, time: 0 })
    }

    fn take_line(&mut self) -> Result<LineRef<'a>, BadFrame> {
        let (&head, rest) = self.rest.split_first().ok_or(BadFrame)?;
        self.rest = rest;
        let time = if head & NO_TIME == 0 {
            let delta = unzigzag(take_number(&mut self.rest)?);
            self.time = self.time.checked_add(delta).ok_or(BadFrame)?;
            Some(self.time)
        } else {
            None
        };
        let length = usize::try_from(take_number(&mut self.rest)?).map_err(|_| BadFrame)?;
        let (text, rest) = self.rest.split_at_checked(length).ok_or(BadFrame)?;
        self.rest = rest;
        let text = str::from_utf8(text).map_err(|_| BadFrame)?;
        Ok(LineRef {
            source: head & !NO_TIME,
            time,
            text,
        })
    }
}

impl<'a> Iterator for LinesFrame<'a> {
    type Item = Result<LineRef<'a>, BadFrame>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let line = self.take_line();
        if line.is_err() {
            self.rest = &[];
        }
        Some(line)
    }
}

/// Writes a frame of lines.
#[derive(Debug)]
pub struct LinesWriter {
    bytes: Vec<u8>,
    lines: usize,
    time: i64,
}

impl LinesWriter {
    /// A frame without lines yet.
    pub fn new(seq: u64) -> Self {
        let mut bytes = vec![TAG];
        put_number(&mut bytes, seq);
        Self {
            bytes,
            lines: 0,
            time: 0,
        }
    }

    /// Adds a line.
    pub fn push(&mut self, line: LineRef<'_>) {
        let source = line.source & !NO_TIME;
        match line.time {
            Some(time) => {
                self.bytes.push(source);
                put_number(&mut self.bytes, zigzag(time.wrapping_sub(self.time)));
                self.time = time;
            }
            None => self.bytes.push(source | NO_TIME),
        }
        put_number(&mut self.bytes, line.text.len() as u64);
        self.bytes.extend_from_slice(line.text.as_bytes());
        self.lines += 1;
    }

    /// The number of lines in it.
    pub fn lines(&self) -> usize {
        self.lines
    }

    /// The bytes so far.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// The message to send.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

fn put_number(bytes: &mut Vec<u8>, mut number: u64) {
    loop {
        let low = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return;
        }
        bytes.push(low | 0x80);
    }
}

fn take_number(bytes: &mut &[u8]) -> Result<u64, BadFrame> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first().ok_or(BadFrame)?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(BadFrame)
}

fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(
            seq: u64,
            lines in prop::collection::vec((0_u8..128, prop::option::of(0_i64..i64::MAX), ".{0,40}"), 0..40),
        ) {
            let mut writer = LinesWriter::new(seq);
            for (source, time, text) in &lines {
                writer.push(LineRef { source: *source, time: *time, text });
            }
            let bytes = writer.finish();
            let frame = LinesFrame::parse(&bytes).unwrap();
            prop_assert_eq!(frame.seq, seq);
            let read: Vec<_> = frame.map(|l| l.map(|l| (l.source, l.time, l.text.to_owned())).unwrap()).collect();
            prop_assert_eq!(read, lines);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(frame) = LinesFrame::parse(&bytes) {
                prop_assert!(frame.count() <= bytes.len());
            }
        }
    }

    #[test]
    fn a_frame_that_was_cut_off_is_refused() {
        let mut writer = LinesWriter::new(7);
        writer.push(LineRef {
            source: 1,
            time: Some(5),
            text: "hello",
        });
        let bytes = writer.finish();
        let frame = LinesFrame::parse(&bytes[..bytes.len() - 1]).unwrap();
        assert_eq!(frame.collect::<Vec<_>>(), [Err(BadFrame)]);
    }
}
