//! Zstandard (RFC 8878), several frames included, with windows of 8 MB at most (RFC 9659).

use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::{Decoder, Receiver, Stop};

const MAX_WINDOW: u64 = 8 << 20;
const MAGIC: u32 = 0xfd2f_b528;

/// Undoes `zstd`.
///
/// The decoder below reads from a source that has all it needs, so bytes are kept until the next part
/// (frame header, block) is complete: 128 kB at most.
#[derive(Default)]
pub(super) struct Zstd {
    kept: Vec<u8>,
    frame: FrameDecoder,
    part: Part,
}

/// Which part of the stream comes next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Header,
    Block {
        has_check_sum: bool,
    },
    Skipped {
        left: usize,
    },
}

impl Zstd {
    /// Decodes the next part if all of it is at the start of `input`; returns its length, or nothing if more is needed.
    fn part(&mut self, input: &[u8], receiver: &mut Receiver<'_>) -> Result<Option<usize>, Stop> {
        match self.part {
            Part::Header => self.header(input),
            Part::Block { has_check_sum } => self.block(input, has_check_sum, receiver),
            Part::Skipped { left } => {
                let taken = left.min(input.len());
                self.part = if taken == left { Part::Header } else { Part::Skipped { left: left - taken } };
                Ok((taken > 0 || left == 0).then_some(taken))
            }
        }
    }

    fn header(&mut self, input: &[u8]) -> Result<Option<usize>, Stop> {
        let Some(magic) = input.first_chunk::<4>().map(|bytes| u32::from_le_bytes(*bytes)) else { return Ok(None) };
        // Skippable frames (RFC 8878, 3.1.2).
        if magic & 0xffff_fff0 == 0x184d_2a50 {
            let Some(length) = input[4..].first_chunk::<4>().map(|bytes| u32::from_le_bytes(*bytes)) else { return Ok(None) };
            self.part = Part::Skipped { left: usize::try_from(length).map_err(|_| bad())? };
            return Ok(Some(8));
        }
        if magic != MAGIC {
            return Err(bad());
        }
        // RFC 8878, 3.1.1.1: descriptor, window descriptor, dictionary id, content size.
        let Some(&descriptor) = input.get(4) else { return Ok(None) };
        let is_single_segment = descriptor & 0x20 != 0;
        let window_length = usize::from(!is_single_segment);
        let dictionary_length = [0, 1, 2, 4][usize::from(descriptor & 3)];
        let size_length = match descriptor >> 6 {
            0 => usize::from(is_single_segment),
            1 => 2,
            2 => 4,
            _ => 8,
        };
        let length = 5 + window_length + dictionary_length + size_length;
        if input.len() < length {
            return Ok(None);
        }
        let window = if is_single_segment {
            let mut size = [0; 8];
            size[..size_length].copy_from_slice(&input[length - size_length..length]);
            u64::from_le_bytes(size) + if size_length == 2 { 256 } else { 0 }
        } else {
            let base = 1_u64 << (10 + (input[5] >> 3));
            base + base / 8 * u64::from(input[5] & 7)
        };
        if window > MAX_WINDOW {
            return Err(Stop::Bad("the zstd body asks for a window of more than 8 MB".to_owned()));
        }
        self.frame.reset(&input[..length]).map_err(|_| bad())?;
        self.part = Part::Block { has_check_sum: descriptor & 4 != 0 };
        Ok(Some(length))
    }

    fn block(&mut self, input: &[u8], has_check_sum: bool, receiver: &mut Receiver<'_>) -> Result<Option<usize>, Stop> {
        let Some(header) = input.first_chunk::<3>() else { return Ok(None) };
        // RFC 8878, 3.1.1.2: last block, type, size; a run-length block holds one byte.
        let header = u32::from_le_bytes([header[0], header[1], header[2], 0]);
        let is_last = header & 1 != 0;
        let size = if header >> 1 & 3 == 1 { 1 } else { usize::try_from(header >> 3).map_err(|_| bad())? };
        if size > 128 << 10 {
            return Err(bad());
        }
        let length = 3 + size + if is_last && has_check_sum { 4 } else { 0 };
        if input.len() < length {
            return Ok(None);
        }
        self.frame.decode_blocks(&input[..length], BlockDecodingStrategy::UptoBlocks(1)).map_err(|_| bad())?;
        if let Some(decoded) = self.frame.collect().filter(|decoded| !decoded.is_empty()) {
            receiver(&decoded)?;
        }
        if is_last {
            if has_check_sum && self.frame.get_checksum_from_data() != self.frame.get_calculated_checksum() {
                return Err(Stop::Bad("the check sum of the zstd body is wrong".to_owned()));
            }
            self.part = Part::Header;
        }
        Ok(Some(length))
    }
}

fn bad() -> Stop {
    Stop::Bad("the body is not valid zstd".to_owned())
}

impl Decoder for Zstd {
    fn push(&mut self, input: &[u8], receiver: &mut Receiver<'_>) -> Result<(), Stop> {
        let mut kept = std::mem::take(&mut self.kept);
        kept.extend_from_slice(input);
        let mut at = 0;
        while let Some(length) = self.part(&kept[at..], receiver)? {
            at += length;
        }
        kept.drain(..at);
        self.kept = kept;
        Ok(())
    }

    fn finish(&mut self, _receiver: &mut Receiver<'_>) -> Result<(), Stop> {
        let is_complete = self.kept.is_empty() && matches!(self.part, Part::Header | Part::Skipped { left: 0 });
        if is_complete { Ok(()) } else { Err(Stop::Bad("the zstd body ends too early".to_owned())) }
    }
}
