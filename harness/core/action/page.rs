//! What can be asked of a browser: fully rendered, nothing left to resolve.

use std::{path::PathBuf, sync::Arc, time::Duration};

use url::Url;

use super::{Locator, TextMatch};

/// One thing that a browser does for a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageAction {
    /// What the case's browser is like. The first action of a case makes a fresh context by it; it stays the same within a case.
    pub setup: Arc<PageSetup>,
    /// Cookies of the case that its HTTP steps have set or changed since the last action: the browser takes them over first.
    pub cookies: Vec<PageCookie>,
    /// The frames in which it happens, outermost first; none is the page itself.
    pub frames: Vec<Locator>,
    /// What is done.
    pub verb: PageVerb,
    /// What is read of the page when it is done, in one look.
    pub probes: Vec<Probe>,
    /// How long it may take, waiting for its element included.
    pub timeout: Duration,
}

/// What a case's browser is like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageSetup {
    /// Which browser: `chromium`, `firefox`, `webkit`.
    pub browser: String,
    /// Inner width and height of the window in CSS pixels.
    pub viewport: Viewport,
    /// A script that returns true when a page may be acted on; it holds after `open`, `back`, `forward` and `reload`.
    pub ready: Option<String>,
    /// How long a navigation may take, until the script of `ready` is true.
    pub navigation_timeout: Duration,
    /// Headers that go to the environment's own hosts alone, credentials among them.
    pub headers: Vec<(String, String)>,
    /// The environment's own origins, to which `headers` go.
    pub own_origins: Vec<Url>,
    /// Origins to which unsafe requests of a page are aborted, unless the run allows mutations.
    pub protected_origins: Vec<Url>,
    /// Answers that pages get instead of the site's. The first that fits wins.
    pub mocks: Vec<Mock>,
    /// Patterns of URLs that pages do not get.
    pub blocked: Vec<String>,
    /// What a saved session kept besides its cookies: storage by origin.
    pub storage: Vec<OriginStorage>,
    /// A remote WebDriver server such as a Selenium Grid.
    pub grid: Option<Url>,
}

/// Inner size of a window in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Viewport {
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

impl std::fmt::Display for Viewport {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}x{}", self.width, self.height)
    }
}

/// What a page stores for one origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginStorage {
    /// The origin: `https://www.example.org`.
    pub origin: String,
    /// `localStorage`, key and value.
    pub local: Vec<(String, String)>,
}

/// An answer that a page gets instead of the site's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mock {
    /// Pattern of the URL: `*` stands for anything but `/`, `**` for anything.
    pub url: String,
    /// The method; nothing means every one.
    pub method: Option<String>,
    /// The status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// A cookie as a browser holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageCookie {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The host, with a leading dot where it holds for subdomains too.
    pub domain: String,
    /// The path it holds for.
    pub path: String,
    /// Only over https.
    pub secure: bool,
    /// Not for scripts.
    pub http_only: bool,
    /// `Strict`, `Lax` or `None`, where it says so.
    pub same_site: Option<String>,
    /// Seconds since 1970, where it ends before the session does.
    pub expires: Option<i64>,
}

/// What is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageVerb {
    /// Goes to an address, follows redirects, waits for `load` and `ready`.
    Open(Url),
    /// One step back in history.
    Back,
    /// One step forward in history.
    Forward,
    /// The same page again.
    Reload,
    /// Acts on one element, which is visible, stable, enabled and really hit.
    Gesture {
        /// How.
        gesture: Gesture,
        /// On which.
        on: Locator,
    },
    /// Replaces what stands in an editable element.
    Fill {
        /// Which.
        into: Locator,
        /// With this.
        value: String,
    },
    /// Chooses the option of a `<select>` with this label, or else this value.
    Select {
        /// Which.
        within: Locator,
        /// The option's label or value; several for a list that takes several.
        options: Vec<String>,
    },
    /// Gives files to a file input.
    Upload {
        /// Which.
        to: Locator,
        /// Absolute paths.
        files: Vec<PathBuf>,
    },
    /// Presses one element, moves to another and lets go.
    Drag {
        /// From where.
        from: Locator,
        /// To where.
        to: Locator,
    },
    /// Presses keys together: `Enter`, `Control+A`.
    Press {
        /// Names as in UI Events KeyboardEvent key Values, joined by `+`.
        keys: String,
        /// The element that is focused first; else whatever has the focus.
        on: Option<Locator>,
    },
    /// Scrolls an element into view.
    ScrollTo(Locator),
    /// Scrolls the page.
    ScrollBy {
        /// To the right, in CSS pixels.
        x: i32,
        /// Down.
        y: i32,
    },
    /// Accepts the dialog that is open; the text goes into a prompt.
    AcceptDialog(Option<String>),
    /// Dismisses the dialog that is open.
    DismissDialog,
    /// Goes to another window of the case.
    Switch(Window),
    /// Closes the window that is in front and goes to the one before it.
    CloseWindow,
    /// Sets the inner size of the window.
    Resize(Viewport),
    /// What the browser pretends to be.
    Emulate(Emulation),
    /// Runs JavaScript as the body of a function in the page; what it returns is the observation's `result`.
    Script(String),
    /// No action: only the probes.
    Look,
}

/// How one element is acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gesture {
    /// Clicks it with the main button.
    Click,
    /// Clicks it twice.
    DoubleClick,
    /// Moves the pointer over it.
    Hover,
    /// Clicks it unless it is checked already, and then it is.
    Check,
    /// Clicks it if it is checked, and then it is not.
    Uncheck,
    /// Gives it the focus.
    Focus,
    /// Empties it.
    Clear,
    /// Sends the form that it is, or that it stands in.
    Submit,
}

impl Gesture {
    /// The verb of the language.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Click => "click",
            Self::DoubleClick => "double_click",
            Self::Hover => "hover",
            Self::Check => "check",
            Self::Uncheck => "uncheck",
            Self::Focus => "focus",
            Self::Clear => "clear",
            Self::Submit => "submit",
        }
    }
}

/// A window of the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// The newest one that no step has been in; waited for.
    New,
    /// In the order they were opened, counted from 1.
    Number(usize),
}

/// What a browser pretends to be. What is not said stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Emulation {
    /// `prefers-color-scheme`.
    pub dark: Option<bool>,
    /// `prefers-reduced-motion`.
    pub reduced_motion: Option<bool>,
    /// No network.
    pub offline: Option<bool>,
    /// IANA name: `Europe/Berlin`.
    pub timezone: Option<String>,
    /// BCP 47: `de-DE`.
    pub locale: Option<String>,
    /// Latitude and longitude in degrees, as text with its digits.
    pub geolocation: Option<(String, String)>,
    /// The user agent.
    pub user_agent: Option<String>,
    /// A device: its viewport, pixel ratio (times 100) and whether it is touched.
    pub device: Option<Device>,
}

/// What a device is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    /// Inner size.
    pub viewport: Viewport,
    /// Device pixels per 100 CSS pixels: 300 is a ratio of 3.
    pub pixel_ratio: u32,
    /// Whether it says that it is mobile.
    pub mobile: bool,
}

/// Something to be read of the page. The answers come in the same order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Probe {
    /// Every element that a locator finds, hidden ones too (they say that they are).
    Elements {
        /// Which.
        at: Locator,
        /// Attributes to read of each.
        attributes: Vec<String>,
    },
    /// The accessible tree, as YAML in the form of aria snapshots.
    Aria(Extract),
    /// The text that is seen.
    Text(Extract),
    /// The document as HTML, attributes in alphabetical order, without scripts' and styles' contents.
    Html(Extract),
    /// An image, taken when nothing moves any more.
    Image(ImageProbe),
    /// Violations of accessibility rules.
    Accessibility {
        /// WCAG level: `a`, `aa`, `aaa`. Rules of the levels below it, and good practice, are not left out.
        level: String,
    },
    /// Largest Contentful Paint, Cumulative Layout Shift, time to the first byte.
    Vitals,
    /// The text on the clipboard.
    Clipboard,
    /// The viewport as it is at this moment, moving or not: for people who look at a failure.
    Screenshot,
    /// `localStorage` of the page's origin.
    Storage,
}

/// A part of the page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extract {
    /// One element; nothing means the whole page.
    pub at: Option<Locator>,
    /// Elements that are left out, wherever they are.
    pub except: Vec<Locator>,
}

/// What an image shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageProbe {
    /// What of the page.
    pub of: ImageOf,
    /// Elements that are painted over.
    pub cover: Vec<Locator>,
}

/// What of a page an image shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImageOf {
    /// All of it, also what is below the fold.
    Page,
    /// What is in the window.
    Viewport,
    /// One element.
    Element(Locator),
}

/// Whether a URL fits a pattern: `*` stands for anything but `/`, `**` for anything, and a `?` for itself. A fragment is never
/// sent, and a query that the pattern does not speak of may be there: what is mocked, blocked and counted is meant alike.
#[must_use]
pub fn fits(pattern: &str, url: &str) -> bool {
    let url = url.split('#').next().unwrap_or(url);
    let bare = url.split('?').next().unwrap_or(url);
    fits_whole(pattern, url) || (bare != url && !pattern.contains('?') && fits_whole(pattern, bare))
}

fn fits_whole(pattern: &str, url: &str) -> bool {
    // Positions that can still be reached, byte by byte: linear in the URL for each star, never exponential.
    let tokens = tokens(pattern);
    let mut reached = vec![false; tokens.len() + 1];
    reached[0] = true;
    skip_stars(&tokens, &mut reached);
    for byte in url.bytes() {
        let mut next = vec![false; tokens.len() + 1];
        for (at, token) in tokens.iter().enumerate() {
            if !reached[at] {
                continue;
            }
            match token {
                Token::Anything => next[at] = true,
                Token::Part if byte != b'/' => next[at] = true,
                Token::Byte(expected) if *expected == byte => next[at + 1] = true,
                Token::Part | Token::Byte(_) => {}
            }
        }
        skip_stars(&tokens, &mut next);
        reached = next;
    }
    reached[tokens.len()]
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Anything,
    Part,
    Byte(u8),
}

fn tokens(pattern: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    for byte in pattern.bytes() {
        match (byte, tokens.last_mut()) {
            (b'*', Some(last @ (Token::Part | Token::Anything))) => *last = Token::Anything,
            (b'*', _) => tokens.push(Token::Part),
            (byte, _) => tokens.push(Token::Byte(byte)),
        }
    }
    tokens
}

/// A star may stand for nothing.
fn skip_stars(tokens: &[Token], reached: &mut [bool]) {
    for (at, token) in tokens.iter().enumerate() {
        if reached[at] && !matches!(token, Token::Byte(_)) {
            reached[at + 1] = true;
        }
    }
}

impl TextMatch {
    /// Every regular expression in it.
    #[must_use]
    pub fn patterns(&self) -> Vec<&str> {
        match self {
            Self::Matches(pattern) => vec![pattern],
            Self::Not(other) => other.patterns(),
            Self::All(all) | Self::AnyOf(all) => all.iter().flat_map(Self::patterns).collect(),
            Self::Equals(_) | Self::Contains(_) | Self::StartsWith(_) | Self::EndsWith(_) | Self::Empty(_) => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn stars_stand_for_parts_and_two_for_everything() {
        for (pattern, url, expected) in [
            ("**/api/x", "https://a.org/v1/api/x", true),
            ("**/api/x", "https://a.org/api/xy", false),
            ("https://a.org/*/x", "https://a.org/b/x", true),
            ("https://a.org/*/x", "https://a.org/b/c/x", false),
            ("**/ads/**", "https://a.org/ads/", true),
            ("**", "https://a.org/?q=1", true),
            ("https://a.org/?q=*", "https://a.org/?q=1", true),
            ("https://a.org/", "https://a.org/b", false),
            ("", "x", false),
            ("**/track", "https://a.org/track?id=1", true),
            ("**/track", "https://a.org/track#top", true),
            ("**/track?id=2", "https://a.org/track?id=1", false),
            ("**/track", "https://a.org/tracks?id=1", false),
        ] {
            assert_eq!(fits(pattern, url), expected, "{pattern} and {url}");
        }
    }
}
