//! Undoes content codings (RFC 9110, 8.4) as the bytes come in, in bounded memory.

mod brotli;
mod deflate;
mod gzip;
mod zstd;

use self::{brotli::Brotli, deflate::Deflate, gzip::Gzip, zstd::Zstd};

/// Why decoding ended before the data did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    /// The receiver takes no more.
    Full,
    /// The data are not in the coding they are said to be in; the cause in words.
    Bad(String),
}

/// Where decoded bytes go.
pub(super) type Receiver<'a> = dyn FnMut(&[u8]) -> Result<(), Stop> + 'a;

/// Undoes one coding. What it holds at any time is bounded by the coding's window, whatever the input.
trait Decoder: Send {
    /// Takes the next piece of coded data and hands on what can be decoded of it.
    fn push(&mut self, input: &[u8], receiver: &mut Receiver<'_>) -> Result<(), Stop>;

    /// Says that no more data will come, and hands on the rest. An incomplete stream is `Stop::Bad`.
    fn finish(&mut self, receiver: &mut Receiver<'_>) -> Result<(), Stop>;
}

/// The codings of one body, in the order in which they are undone.
pub(super) struct Chain {
    decoders: Vec<Box<dyn Decoder>>,
    is_empty: bool,
}

/// More codings on one body than this are a mistake or an attack: each costs a window of memory.
const MAX_CODINGS: usize = 4;

impl Chain {
    /// Reads the values of `content-encoding`, in the order received.
    pub(super) fn of<'a>(values: impl Iterator<Item = &'a str>) -> Result<Self, Stop> {
        let mut decoders: Vec<Box<dyn Decoder>> = Vec::new();
        for coding in values.flat_map(|value| value.split(',')).map(|coding| coding.trim().to_ascii_lowercase()) {
            match coding.as_str() {
                "" | "identity" => continue,
                "gzip" | "x-gzip" => decoders.push(Box::new(Gzip::default())),
                "deflate" => decoders.push(Box::new(Deflate::default())),
                "br" => decoders.push(Box::new(Brotli::default())),
                "zstd" => decoders.push(Box::new(Zstd::default())),
                _ => {
                    let shown: String = coding.chars().filter(|c| c.is_ascii_graphic()).take(40).collect();
                    return Err(Stop::Bad(format!("content-encoding `{shown}` is unknown")));
                }
            }
            if decoders.len() > MAX_CODINGS {
                return Err(Stop::Bad(format!("more than {MAX_CODINGS} content codings on one body")));
            }
        }
        // Codings are listed in the order they were applied (RFC 9110, 8.4).
        decoders.reverse();
        Ok(Self { decoders, is_empty: true })
    }

    /// Whether the body is sent as it is.
    pub(super) fn is_identity(&self) -> bool {
        self.decoders.is_empty()
    }

    /// Takes the next piece of the body.
    pub(super) fn push(&mut self, input: &[u8], receiver: &mut Receiver<'_>) -> Result<(), Stop> {
        self.is_empty &= input.is_empty();
        push_through(&mut self.decoders, input, receiver)
    }

    /// Says that the body has ended.
    ///
    /// An empty body is empty in every coding: answers to HEAD, 204 and 304 name a coding and have no body,
    /// and servers send `content-length: 0` beside one.
    pub(super) fn finish(&mut self, receiver: &mut Receiver<'_>) -> Result<(), Stop> {
        if self.is_empty {
            return Ok(());
        }
        let mut rest = self.decoders.as_mut_slice();
        while let Some((first, others)) = rest.split_first_mut() {
            first.finish(&mut |bytes| push_through(others, bytes, receiver))?;
            rest = others;
        }
        Ok(())
    }
}

fn push_through(decoders: &mut [Box<dyn Decoder>], input: &[u8], receiver: &mut Receiver<'_>) -> Result<(), Stop> {
    match decoders.split_first_mut() {
        None => receiver(input),
        Some((first, others)) => first.push(input, &mut |bytes| push_through(others, bytes, receiver)),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write;

    use flate2::Compression;

    use super::*;

    /// 1,800 bytes of text.
    pub(in crate::drivers::http) fn text() -> Vec<u8> {
        "The quick brown fox jumps over the lazy dog. ".repeat(40).into_bytes()
    }

    pub(in crate::drivers::http) fn gzip(data: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    pub(in crate::drivers::http) fn zlib(data: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    pub(in crate::drivers::http) fn raw_deflate(data: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    pub(in crate::drivers::http) fn zstd(data: &[u8]) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(data, ruzstd::encoding::CompressionLevel::Fastest)
    }

    /// `text()` as Node's `zlib.brotliCompressSync` writes it.
    pub(in crate::drivers::http) fn brotli_text() -> Vec<u8> {
        hex("1b0707882c0e78d3d0955d9710bb172ba9cad092cc8cad415ce6f236c8199e9e0a7b830d387048206f24bf41a715ce1c1e27aa2938c2a9749f0603")
    }

    /// 20 MB of `A` as Node's `zlib.brotliCompressSync` writes it.
    fn brotli_bomb() -> Vec<u8> {
        hex("cbffff3ff82582e2b14020f7fe8fffff7ff04b00c4611180eefd5ffeb3c4e0970088c302005d9218")
    }

    /// `text()` as `zstd -19` writes it, with its checksum.
    fn zstd_text() -> Vec<u8> {
        hex(ZSTD_TEXT)
    }

    const ZSTD_TEXT: &str = "28b52ffd0468b50100d40254686520717569636b2062726f776e20666f78206a756d7073206f76657220746865206c617a7920646f672e200100c516feaa0cd7fc9310";

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }

    /// Decodes in pieces of `step` bytes, up to `limit` decoded bytes.
    fn decode(coding: &str, data: &[u8], step: usize, limit: usize) -> Result<Vec<u8>, Stop> {
        let mut chain = Chain::of([coding].into_iter())?;
        let mut out = Vec::new();
        let mut receive = |bytes: &[u8]| {
            // The largest piece a decoder may hand on at once: what makes memory bounded.
            assert!(bytes.len() <= 9 << 20, "{} bytes at once", bytes.len());
            out.extend_from_slice(bytes);
            if out.len() > limit { Err(Stop::Full) } else { Ok(()) }
        };
        for piece in data.chunks(step) {
            chain.push(piece, &mut receive)?;
        }
        chain.finish(&mut receive)?;
        Ok(out)
    }

    fn check(coding: &str, data: &[u8], expected: Result<&[u8], &str>) {
        for step in [1, 2, 3, 7, 1000, 1 << 20] {
            let actual = decode(coding, data, step, usize::MAX);
            match (&actual, expected) {
                (Ok(actual), Ok(expected)) => assert_eq!(actual, expected, "{coding}, pieces of {step}"),
                (Err(Stop::Bad(actual)), Err(expected)) => assert!(actual.contains(expected), "{coding}, {step}: {actual}"),
                _ => panic!("{coding}, pieces of {step}: {actual:?}"),
            }
        }
    }

    #[test]
    fn every_coding_decodes_in_pieces_of_any_size() {
        check("gzip", &gzip(&text()), Ok(&text()));
        check("x-gzip", &gzip(&text()), Ok(&text()));
        check("deflate", &zlib(&text()), Ok(&text()));
        check("deflate", &raw_deflate(&text()), Ok(&text()));
        check("br", &brotli_text(), Ok(&text()));
        check("zstd", &zstd(&text()), Ok(&text()));
        check("zstd", &zstd_text(), Ok(&text()));
        check("identity", &text(), Ok(&text()));
        check("", &text(), Ok(&text()));
    }

    #[test]
    fn chains_are_undone_from_the_last_coding_to_the_first() {
        check("gzip, br", &brotli_text(), Err("gzip"));
        check("br, gzip", &gzip(&brotli_text()), Ok(&text()));
        check("Zstd , identity,GZIP", &gzip(&zstd(&text())), Ok(&text()));
        check("gzip, gzip, gzip, gzip, gzip", &[1], Err("more than 4"));
    }

    #[test]
    fn unknown_codings_are_named() {
        check("compress", &[1], Err("content-encoding `compress` is unknown"));
        check("gzip, exi", &[1], Err("`exi`"));
    }

    #[test]
    fn empty_bodies_are_empty_in_every_coding() {
        for coding in ["gzip", "deflate", "br", "zstd", "gzip, br"] {
            check(coding, &[], Ok(&[]));
        }
    }

    #[test]
    fn several_members_are_one_body() {
        check("gzip", &[gzip(b"a"), gzip(b"b")].concat(), Ok(b"ab"));
        check("zstd", &[zstd(b"a"), hex("502a4d1803000000aabbcc"), zstd(b"b")].concat(), Ok(b"ab"));
    }

    #[test]
    fn cut_streams_are_bad_wherever_they_are_cut() {
        for (coding, data) in [
            ("gzip", gzip(&text())),
            ("deflate", zlib(&text())),
            ("deflate", raw_deflate(&text())),
            ("br", brotli_text()),
            ("zstd", zstd(&text())),
            ("zstd", zstd_text()),
        ] {
            for length in 1..data.len() {
                let actual = decode(coding, &data[..length], 1000, usize::MAX);
                assert!(matches!(actual, Err(Stop::Bad(_))), "{coding} cut to {length}: {actual:?}");
            }
        }
    }

    #[test]
    fn data_after_the_end_are_bad() {
        check("gzip", &[gzip(b"a"), b"junk that is no gzip member".to_vec()].concat(), Err("gzip"));
        check("deflate", &[zlib(b"a"), b"junk".to_vec()].concat(), Err("deflate"));
        check("br", &[brotli_text(), b"junk".to_vec()].concat(), Err("br"));
        check("zstd", &[zstd(b"a"), b"junk".to_vec()].concat(), Err("zstd"));
    }

    #[test]
    fn wrong_data_and_wrong_check_sums_are_bad() {
        for coding in ["gzip", "br", "zstd"] {
            check(coding, b"{\"plain\": \"json, sent as it is\", \"and\": \"long enough\"}", Err(coding));
        }
        check("deflate", b"\xff\xff plain", Err("deflate"));
        let mut data = gzip(&text());
        let crc = data.len() - 8;
        data[crc] ^= 1;
        check("gzip", &data, Err("gzip"));
        let mut data = zlib(&text());
        *data.last_mut().unwrap() ^= 1;
        check("deflate", &data, Err("deflate"));
        let mut data = zstd_text();
        *data.last_mut().unwrap() ^= 1;
        check("zstd", &data, Err("check sum"));
    }

    #[test]
    fn bombs_stop_at_the_limit() {
        let zeros = vec![0; 20_000_000];
        let bombs = [
            ("gzip", gzip(&zeros)),
            ("deflate", zlib(&zeros)),
            ("br", brotli_bomb()),
            ("zstd", zstd(&zeros)),
            ("gzip, gzip", gzip(&gzip(&zeros))),
        ];
        for (coding, data) in bombs {
            assert_eq!(decode(coding, &data, 1 << 20, 1_000_000), Err(Stop::Full), "{coding}");
            let whole = decode(coding, &data, 1 << 20, usize::MAX).map(|out| out.len());
            assert_eq!(whole, Ok(20_000_000), "{coding}");
        }
    }

    #[test]
    fn zstd_windows_over_8_mb_are_refused() {
        // Magic, no single segment, window descriptor 2^(10 + 14): 16 MB (RFC 9659 allows 8).
        check("zstd", &hex("28b52ffd0070010000"), Err("window"));
    }

    #[test]
    fn no_input_makes_a_decoder_panic() {
        // A small deterministic fuzz: sound streams with some bytes turned over.
        let mut seed = 0x2545_f491_4f6c_dd1d_u64;
        for (coding, data) in
            [("gzip", gzip(&text())), ("deflate", zlib(&text())), ("br", brotli_text()), ("zstd", zstd(&text())), ("zstd", zstd_text())]
        {
            for _ in 0..2_000 {
                let mut data = data.clone();
                for _ in 0..3 {
                    seed ^= seed << 13;
                    seed ^= seed >> 7;
                    seed ^= seed << 17;
                    let at = usize::try_from(seed >> 33).unwrap() % data.len();
                    data[at] = seed.to_le_bytes()[0];
                }
                let _ = decode(coding, &data, 1000, 1 << 20);
            }
        }
    }
}
