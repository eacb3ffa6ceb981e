//! What steps left besides words, embedded so that the page stays one file: pictures and texts, each in a block of its own.
//!
//! Blocks are written as they come and read by the page when they are shown first. What does not fit any more is told by its path.

use std::{collections::HashMap, io};

use base64::{Engine, engine::general_purpose::STANDARD};

use super::super::{
    format::Files,
    text::{cut, inert_json, visible},
};

/// Of all pictures as they stand in the page, in bytes.
const MAX_PICTURES: usize = 20 << 20;

/// Of that for steps before the failing ones, which must not take the room of those that failed.
const MAX_EARLIER: usize = 5 << 20;

/// Of one text, and of all of them.
const MAX_TEXT: usize = 512 << 10;
const MAX_TEXTS: usize = 10 << 20;

/// Whether a picture is of a step that failed or of one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    Failed,
    Before,
}

/// A picture as the page refers to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Picture {
    /// Its block; nothing where it is not embedded.
    pub(super) block: Option<usize>,
    /// Its size in pixels, so that nothing moves when it is shown.
    pub(super) size: (u32, u32),
}

/// A text as the page refers to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Attachment {
    /// Its block; nothing where it is not embedded.
    pub(super) block: Option<usize>,
    /// Whether all of it is there.
    pub(super) is_whole: bool,
}

/// What has been embedded so far. The same file is embedded once.
pub(super) struct Attached<'a> {
    pub(super) files: &'a Files<'a>,
    pictures: HashMap<String, Picture>,
    texts: HashMap<String, Attachment>,
    n_pictures: usize,
    n_texts: usize,
    room: Room,
}

/// How many bytes are left.
#[derive(Debug, Clone, Copy)]
struct Room {
    pictures: usize,
    earlier: usize,
    texts: usize,
}

impl<'a> Attached<'a> {
    pub(super) fn new(files: &'a Files<'a>) -> Self {
        let room = Room { pictures: MAX_PICTURES, earlier: MAX_EARLIER, texts: MAX_TEXTS };
        Self { files, pictures: HashMap::new(), texts: HashMap::new(), n_pictures: 0, n_texts: 0, room }
    }

    /// Embeds a picture.
    pub(super) fn picture(&mut self, file: &str, moment: Moment, out: &mut dyn io::Write) -> io::Result<Picture> {
        if let Some(known) = self.pictures.get(file).filter(|known| known.block.is_some()) {
            return Ok(*known);
        }
        let mut picture = Picture { block: None, size: (0, 0) };
        let png = (self.files.read)(file).and_then(|bytes| size_of_png(&bytes).map(|size| (bytes, size)));
        if let Some((bytes, size)) = png {
            picture.size = size;
            let length = bytes.len().div_ceil(3) * 4;
            let fits = length <= self.room.pictures && (moment == Moment::Failed || length <= self.room.earlier);
            if fits {
                self.room.pictures -= length;
                if moment == Moment::Before {
                    self.room.earlier -= length;
                }
                picture.block = Some(self.n_pictures);
                // Letters, digits, `+`, `/` and `=` alone: there is nothing in it that could act.
                writeln!(out, "<script type=\"text/plain\" id=\"picture-{}\">{}</script>", self.n_pictures, STANDARD.encode(bytes))?;
                self.n_pictures += 1;
            }
        }
        self.pictures.insert(file.to_owned(), picture);
        Ok(picture)
    }

    /// Embeds a text, its end cut off where it is long.
    pub(super) fn text(&mut self, file: &str, out: &mut dyn io::Write) -> io::Result<Attachment> {
        if let Some(known) = self.texts.get(file) {
            return Ok(*known);
        }
        let mut attachment = Attachment { block: None, is_whole: false };
        if let Some(text) = (self.files.read)(file).and_then(|bytes| String::from_utf8(bytes).ok()) {
            let shown = cut(&text, MAX_TEXT);
            attachment.is_whole = shown.len() == text.len();
            let json = inert_json(&serde_json::to_string(&visible(&shown))?);
            if json.len() <= self.room.texts {
                self.room.texts -= json.len();
                attachment.block = Some(self.n_texts);
                writeln!(out, "<script type=\"application/json\" id=\"text-{}\">{json}</script>", self.n_texts)?;
                self.n_texts += 1;
            }
        }
        self.texts.insert(file.to_owned(), attachment);
        Ok(attachment)
    }
}

/// Width and height as the first chunk of a PNG says them; nothing for what is none.
fn size_of_png(bytes: &[u8]) -> Option<(u32, u32)> {
    let head = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    let number = |at: usize| head.get(at..at + 4).and_then(|four| four.try_into().ok()).map(u32::from_be_bytes);
    (head.get(4..8)? == b"IHDR").then_some((number(8)?, number(12)?))
}

#[cfg(test)]
mod tests {
    use super::{Attached, MAX_EARLIER, MAX_PICTURES, MAX_TEXT, Moment, size_of_png};
    use crate::report::{Files, sample::PNG};

    /// A picture of so many bytes.
    fn picture(length: usize) -> Vec<u8> {
        let mut bytes = PNG.to_vec();
        bytes.resize(length, 0);
        bytes
    }

    /// Which of these files are embedded, and how many bytes that makes.
    fn check(files: &[(&str, Moment, usize)]) -> (Vec<bool>, usize) {
        let length_of = |name: &str| files.iter().find(|(file, _, _)| *file == name).map(|(_, _, length)| *length);
        let read = |name: &str| length_of(name).map(picture);
        let files_of = Files { folder: "", read: &read };
        let mut attached = Attached::new(&files_of);
        let mut out = Vec::new();
        let embedded = files.iter().map(|(name, moment, _)| attached.picture(name, *moment, &mut out).unwrap().block.is_some()).collect();
        (embedded, out.len())
    }

    #[test]
    fn pictures_are_embedded_as_long_as_there_is_room_and_those_that_failed_have_most_of_it() {
        let third = MAX_PICTURES / 4 - 3;
        let thirds = [("a", Moment::Failed, third), ("b", Moment::Failed, third), ("c", Moment::Failed, third)];
        let (embedded, size) = check(&thirds);
        assert_eq!(embedded, [true, true, true]);
        assert!(size <= MAX_PICTURES + 1000, "{size}");
        let (embedded, _) = check(&[&thirds[..], &[("d", Moment::Failed, 100)]].concat());
        assert_eq!(embedded, [true, true, true, false]);
        let half = MAX_EARLIER / 2;
        let (embedded, _) = check(&[("a", Moment::Before, half), ("b", Moment::Before, half), ("c", Moment::Failed, half)]);
        assert_eq!(embedded, [true, false, true]);
    }

    #[test]
    fn the_same_picture_is_embedded_once_and_what_is_none_never() {
        let (embedded, size) = check(&[("a", Moment::Failed, 3000), ("a", Moment::Failed, 3000)]);
        assert_eq!((embedded, size < 8000), (vec![true, true], true));
        let read = |name: &str| (name == "svg").then(|| b"<svg onload=alert(1)>".to_vec());
        let files = Files { folder: "", read: &read };
        let mut out = Vec::new();
        for name in ["svg", "gone"] {
            assert_eq!(Attached::new(&files).picture(name, Moment::Failed, &mut out).unwrap().block, None);
        }
        assert!(out.is_empty());
        assert_eq!((size_of_png(PNG), size_of_png(&PNG[..20]), size_of_png(b"GIF89a")), (Some((1, 1)), None, None));
    }

    #[test]
    fn a_long_text_is_cut_and_says_so() {
        let read = |name: &str| Some(if name == "long" { vec![b'x'; MAX_TEXT + 1] } else { b"</script>".to_vec() });
        let files = Files { folder: "", read: &read };
        let mut attached = Attached::new(&files);
        let mut out = Vec::new();
        assert!(!attached.text("long", &mut out).unwrap().is_whole);
        assert!(attached.text("short", &mut out).unwrap().is_whole);
        let text = String::from_utf8(out).unwrap();
        assert_eq!((text.matches("</script>").count(), text.len() < MAX_TEXT + 300), (2, true));
    }
}
