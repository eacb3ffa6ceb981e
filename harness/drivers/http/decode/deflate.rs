//! deflate: zlib (RFC 1950) as the standard says, or raw deflate (RFC 1951) as many servers send.

use flate2::{Decompress, FlushDecompress, Status};

use super::{Decoder, Receiver, Stop};

/// Undoes `deflate`.
#[derive(Default)]
pub(super) struct Deflate {
    head: Vec<u8>,
    inner: Option<Decompress>,
    is_at_end: bool,
}

impl Deflate {
    fn inflate(&mut self, mut input: &[u8], receiver: &mut Receiver<'_>) -> Result<(), Stop> {
        let inner = self.inner.as_mut().expect("the two first bytes have come");
        let mut out = [0; 32 * 1024];
        while !self.is_at_end {
            let (before_in, before_out) = (inner.total_in(), inner.total_out());
            let status = inner
                .decompress(input, &mut out, FlushDecompress::None)
                .map_err(|_| Stop::Bad("the body is not valid deflate".to_owned()))?;
            let taken = count(inner.total_in() - before_in);
            let made = count(inner.total_out() - before_out);
            input = &input[taken..];
            if made > 0 {
                receiver(&out[..made])?;
            }
            match status {
                Status::StreamEnd => self.is_at_end = true,
                Status::Ok | Status::BufError if taken == 0 && made == 0 => break,
                Status::Ok | Status::BufError => {}
            }
        }
        if self.is_at_end && !input.is_empty() {
            return Err(Stop::Bad("data after the end of the deflate body".to_owned()));
        }
        Ok(())
    }
}

fn count(length: u64) -> usize {
    usize::try_from(length).expect("no more than the buffers' lengths")
}

/// Whether a stream begins with a zlib header (RFC 1950, 2.2).
fn is_zlib(head: &[u8]) -> bool {
    head[0] & 0x0f == 8 && head[0] >> 4 <= 7 && (u16::from(head[0]) << 8 | u16::from(head[1])).is_multiple_of(31)
}

impl Decoder for Deflate {
    fn push(&mut self, input: &[u8], receiver: &mut Receiver<'_>) -> Result<(), Stop> {
        if self.inner.is_some() {
            return self.inflate(input, receiver);
        }
        self.head.extend_from_slice(input);
        if self.head.len() < 2 {
            return Ok(());
        }
        self.inner = Some(Decompress::new(is_zlib(&self.head)));
        let head = std::mem::take(&mut self.head);
        self.inflate(&head, receiver)
    }

    fn finish(&mut self, _receiver: &mut Receiver<'_>) -> Result<(), Stop> {
        if self.is_at_end { Ok(()) } else { Err(Stop::Bad("the deflate body ends too early".to_owned())) }
    }
}
