//! Brotli (RFC 7932), with the standard's window of 16 MB at most.

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};

use super::{Decoder, Receiver, Stop};

/// Undoes `br`.
pub(super) struct Brotli {
    state: BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>,
    is_at_end: bool,
}

impl Default for Brotli {
    fn default() -> Self {
        // Strict: without the "large window" extension, whose windows of 1 GB a body could ask for.
        let state = BrotliState::new_strict(StandardAlloc::default(), StandardAlloc::default(), StandardAlloc::default());
        Self { state, is_at_end: false }
    }
}

impl Decoder for Brotli {
    fn push(&mut self, input: &[u8], receiver: &mut Receiver<'_>) -> Result<(), Stop> {
        let (mut available_in, mut input_offset) = (input.len(), 0);
        let mut out = [0; 32 * 1024];
        while !self.is_at_end {
            let (mut available_out, mut output_offset, mut total_out) = (out.len(), 0, 0);
            let result = BrotliDecompressStream(
                &mut available_in,
                &mut input_offset,
                input,
                &mut available_out,
                &mut output_offset,
                &mut out,
                &mut total_out,
                &mut self.state,
            );
            if output_offset > 0 {
                receiver(&out[..output_offset])?;
            }
            match result {
                BrotliResult::ResultSuccess => self.is_at_end = true,
                BrotliResult::NeedsMoreInput => return Ok(()),
                BrotliResult::NeedsMoreOutput => {}
                BrotliResult::ResultFailure => return Err(Stop::Bad("the body is not valid brotli".to_owned())),
            }
        }
        if input_offset < input.len() {
            return Err(Stop::Bad("data after the end of the brotli body".to_owned()));
        }
        Ok(())
    }

    fn finish(&mut self, _receiver: &mut Receiver<'_>) -> Result<(), Stop> {
        if self.is_at_end { Ok(()) } else { Err(Stop::Bad("the brotli body ends too early".to_owned())) }
    }
}
