//! The verbs of steps: what each means, and which ones a later version will know.

use super::page::Kind;
use crate::action::page::Gesture;

/// What a verb means to this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Means {
    /// A request by this method; the value is its target.
    Request(&'static str),
    /// A request by any method: `{method:, path:}`.
    AnyRequest,
    /// A look at what came last.
    Look,
    /// A pause; the value is a duration.
    Pause,
    /// Keeping the session under a name.
    SaveSession,
    /// Something that a browser does.
    Page(Kind),
    /// Part of the language, and not supported yet.
    Later,
}

/// One verb of the language.
#[derive(Debug)]
pub(crate) struct VerbKind {
    /// Its key.
    pub(crate) name: &'static str,
    /// What it does, for people who test.
    pub(crate) documentation: &'static str,
    /// What it means here.
    pub(crate) means: Means,
}

const fn verb(name: &'static str, means: Means, documentation: &'static str) -> VerbKind {
    VerbKind { name, documentation, means }
}

const fn later(name: &'static str) -> VerbKind {
    verb(name, Means::Later, "Not supported yet.")
}

/// All verbs, in the order of the language page.
pub(crate) const VERBS: &[VerbKind] = &[
    verb("get", Means::Request("GET"), "Asks for a path: `/plugins`, `api /plugins`, or an absolute URL."),
    verb("head", Means::Request("HEAD"), "Asks for the headers of a path."),
    verb("options", Means::Request("OPTIONS"), "Asks what can be done with a path."),
    verb("post", Means::Request("POST"), "Sends a POST to a path. One that changes nothing says `safe: true`."),
    verb("put", Means::Request("PUT"), "Sends a PUT to a path."),
    verb("patch", Means::Request("PATCH"), "Sends a PATCH to a path."),
    verb("delete", Means::Request("DELETE"), "Sends a DELETE to a path."),
    verb("request", Means::AnyRequest, "Sends a request by any method: `{method: PURGE, path: /x}`."),
    verb("open", Means::Page(Kind::Open), "Goes to a path in the browser: `/plugins`, `web /about`."),
    verb("back", Means::Page(Kind::Back), "Goes one page back."),
    verb("forward", Means::Page(Kind::Forward), "Goes one page forward."),
    verb("reload", Means::Page(Kind::Reload), "Loads the page again."),
    verb("click", Means::Page(Kind::Gesture(Gesture::Click)), "Clicks one element, once it is visible, still, enabled and really hit."),
    verb("double_click", Means::Page(Kind::Gesture(Gesture::DoubleClick)), "Clicks one element twice."),
    verb("hover", Means::Page(Kind::Gesture(Gesture::Hover)), "Moves the pointer over one element."),
    verb("check", Means::Page(Kind::Gesture(Gesture::Check)), "Checks a box or radio button, unless it is checked."),
    verb("uncheck", Means::Page(Kind::Gesture(Gesture::Uncheck)), "Unchecks a box, if it is checked."),
    verb("focus", Means::Page(Kind::Gesture(Gesture::Focus)), "Gives one element the focus."),
    verb("clear", Means::Page(Kind::Gesture(Gesture::Clear)), "Empties one element."),
    verb("submit", Means::Page(Kind::Gesture(Gesture::Submit)), "Sends the form that the element is or stands in."),
    verb("fill", Means::Page(Kind::Fill), "Writes into one element: `{into: locator, value: …}`."),
    verb("select", Means::Page(Kind::Select), "Chooses from a list: `{in: locator, option: …}`."),
    verb("upload", Means::Page(Kind::Upload), "Gives files to a file input: `{to: locator, files: […]}`."),
    verb("drag", Means::Page(Kind::Drag), "Drags one element to another: `{from: locator, to: locator}`."),
    verb("press", Means::Page(Kind::Press), "Presses keys: `Enter`, `Control+A`, or `{key:, on: locator}`."),
    verb("scroll", Means::Page(Kind::Scroll), "Scrolls: `{to: locator}` or `{by: [0, 400]}`."),
    verb("accept_dialog", Means::Page(Kind::AcceptDialog), "Accepts the dialog that the step before opened; a text goes into its prompt."),
    verb("dismiss_dialog", Means::Page(Kind::DismissDialog), "Dismisses the dialog that the step before opened."),
    verb("switch", Means::Page(Kind::Switch), "Goes to another window: `{window: new}`, a number, or `first`."),
    verb("close_window", Means::Page(Kind::CloseWindow), "Closes the window and goes to the one before it."),
    verb("resize", Means::Page(Kind::Resize), "Sets the inner size of the window: `390x844`."),
    verb(
        "emulate",
        Means::Page(Kind::Emulate),
        "What the browser pretends to be: device, dark, reduced_motion, offline, timezone, locale, geolocation, user_agent.",
    ),
    verb("frame", Means::Page(Kind::Frame), "Steps inside a frame: a locator, with `steps:` beside it."),
    verb("script", Means::Page(Kind::Script), "Runs JavaScript in the page; `result` is what it returns."),
    verb("save_session", Means::SaveSession, "Keeps the cookies under a name, for `session:`."),
    verb("look", Means::Look, "Sends nothing: judges, captures and keeps what the last step yielded."),
    later("flow"),
    later("for_each"),
    later("when"),
    verb("pause", Means::Pause, "Waits for a time. A last resort: prefer `retry`."),
];

/// The options of a request.
pub(crate) const REQUEST_OPTIONS: [&str; 10] =
    ["query", "headers", "cookies", "body", "body_limit", "redirects", "auth", "retry", "safe", "repeatable"];

/// The keys of any step.
pub(crate) const STEP_KEYS: [&str; 8] = ["name", "expect", "capture", "snapshot", "normalise", "compare", "soft", "timeout"];

/// The keys that only go with verbs of a later version.
pub(crate) const LATER_KEYS: [&str; 2] = ["steps", "vars"];

/// The keys of a browser's step besides those of any.
pub(crate) const PAGE_KEYS: [&str; 3] = ["wait", "until", "steps"];

/// What can be expected of a response, to tell people who write it beside the verb where it belongs.
pub(crate) const EXPECTATIONS: [&str; 9] = ["status", "header", "cookie", "json", "text", "html", "bytes", "url", "time"];

/// The verb of a name.
pub(crate) fn find(name: &str) -> Option<&'static VerbKind> {
    VERBS.iter().find(|verb| verb.name == name)
}

/// The names of the verbs that this version knows how to do, for a message.
pub(crate) fn supported() -> String {
    let names: Vec<String> = VERBS.iter().filter(|verb| verb.means != Means::Later).map(|verb| format!("`{}`", verb.name)).collect();
    names.join(", ")
}
