//! The verbs of steps: what each means, and which ones a later version will know.

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
    later("open"),
    later("back"),
    later("forward"),
    later("reload"),
    later("click"),
    later("double_click"),
    later("hover"),
    later("check"),
    later("uncheck"),
    later("focus"),
    later("clear"),
    later("submit"),
    later("fill"),
    later("select"),
    later("upload"),
    later("drag"),
    later("press"),
    later("scroll"),
    later("accept_dialog"),
    later("dismiss_dialog"),
    later("switch"),
    later("close_window"),
    later("resize"),
    later("emulate"),
    later("frame"),
    later("script"),
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
pub(crate) const LATER_KEYS: [&str; 4] = ["wait", "steps", "vars", "until"];

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
