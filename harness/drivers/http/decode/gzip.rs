//! gzip (RFC 1952), several members included.

use std::io::Write;

use flate2::write::MultiGzDecoder;

use super::{Decoder, Receiver, Stop};

/// Deflate makes at most 1,032 bytes of one: with pieces of this size a piece makes one megabyte.
const PIECE: usize = 1024;

/// Undoes `gzip`.
pub(super) struct Gzip {
    inner: MultiGzDecoder<Vec<u8>>,
}

impl Default for Gzip {
    fn default() -> Self {
        Self { inner: MultiGzDecoder::new(Vec::new()) }
    }
}

impl Gzip {
    fn hand_on(&mut self, receiver: &mut Receiver<'_>) -> Result<(), Stop> {
        let out = self.inner.get_mut();
        if out.is_empty() {
            return Ok(());
        }
        let result = receiver(out);
        out.clear();
        result
    }
}

impl Decoder for Gzip {
    fn push(&mut self, input: &[u8], receiver: &mut Receiver<'_>) -> Result<(), Stop> {
        for piece in input.chunks(PIECE) {
            let written = self.inner.write_all(piece);
            self.hand_on(receiver)?;
            written.map_err(|_| Stop::Bad("the body is not valid gzip".to_owned()))?;
        }
        Ok(())
    }

    fn finish(&mut self, receiver: &mut Receiver<'_>) -> Result<(), Stop> {
        let finished = self.inner.try_finish();
        self.hand_on(receiver)?;
        finished.map_err(|_| Stop::Bad("the gzip body ends too early or its check sum is wrong".to_owned()))
    }
}
