//! Decoded values with names in place of what differs between environments by its nature.

use std::{borrow::Cow, ops::Range, sync::Arc};

use super::{
    is_sensitive_header,
    origins::{Edge, Origins},
    secrets::{MASK, Secrets},
};
use crate::json::Json;

/// What stands for a `{{` that the site itself wrote. As a template it yields `{{`.
const ESCAPED_BRACES: &str = "{{ '{{' }}";

/// Whether a text has been named before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// As the site sent it: a `{{` is the site's own.
    Raw,
    /// Named before: a `{{` begins a name, and naming it again changes nothing.
    Named,
}

/// Writes secrets as `{{ secret.TOKEN }}` and an environment's own URLs as `{{ web }}`.
///
/// Where several overlap, the longest one names. `//host` becomes `//{{ web }}`, so that it stays apart from a URL with
/// its scheme. For every text, naming what is named already changes nothing:
/// `name(name(text, Raw), Named) == name(text, Raw)`.
#[derive(Debug, Clone, Default)]
pub struct Naming {
    secrets: Secrets,
    origins: Arc<Origins>,
}

impl Naming {
    /// Naming for one environment: its own secrets and URLs only, so that another's show.
    #[must_use]
    pub fn new(secrets: Secrets, origins: Arc<Origins>) -> Self {
        Self { secrets, origins }
    }

    /// The secrets that it names.
    #[must_use]
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// The same URLs with other secrets: those of a later moment.
    #[must_use]
    pub fn with_secrets(&self, secrets: Secrets) -> Self {
        Self { secrets, origins: Arc::clone(&self.origins) }
    }

    /// Names what stands in a decoded text.
    #[must_use]
    pub fn name_text<'text>(&self, text: &'text str, content: Content) -> Cow<'text, str> {
        match content {
            Content::Raw => self.name_piece(text, Escaping::Braces, Edge::End, Edge::End),
            Content::Named => self.name_between_names(text),
        }
    }

    /// Names what stands in the keys and values of a JSON value. A number written like a secret becomes its name.
    #[must_use]
    pub fn name_json(&self, json: &Json, content: Content) -> Json {
        // Recursion is bounded by the reader's limit on depth.
        match json {
            Json::Null => Json::Null,
            Json::Bool(value) => Json::Bool(*value),
            Json::Number(number) => match self.secrets.name_of_number(number) {
                Some(name) => Json::String(secret_token(name)),
                None => Json::Number(number.clone()),
            },
            Json::String(text) => Json::String(self.name_text(text, content).into_owned()),
            Json::List(elements) => Json::List(elements.iter().map(|element| self.name_json(element, content)).collect()),
            Json::Map(entries) => Json::Map(
                entries.iter().map(|(key, value)| (self.name_text(key, content).into_owned(), self.name_json(value, content))).collect(),
            ),
        }
    }

    /// Names what stands in a header's value; `•••` for the headers whose values are never written.
    #[must_use]
    pub fn name_header<'text>(&self, name: &str, value: &'text str, content: Content) -> Cow<'text, str> {
        if is_sensitive_header(name) { Cow::Borrowed(MASK) } else { self.name_text(value, content) }
    }

    fn name_piece<'text>(&self, text: &'text str, escaping: Escaping, before: Edge, after: Edge) -> Cow<'text, str> {
        let places = self.places(text, before, after);
        if places.is_empty() && (escaping == Escaping::Nothing || !text.contains("{{")) {
            return Cow::Borrowed(text);
        }
        let mut named = String::with_capacity(text.len());
        let push_plain = |named: &mut String, plain: &str| match escaping {
            Escaping::Braces => named.push_str(&plain.replace("{{", ESCAPED_BRACES)),
            Escaping::Nothing => named.push_str(plain),
        };
        let mut at = 0;
        for Place { range, token } in places {
            push_plain(&mut named, &text[at..range.start]);
            named.push_str(&token);
            at = range.end;
        }
        push_plain(&mut named, &text[at..]);
        Cow::Owned(named)
    }

    fn name_between_names<'text>(&self, text: &'text str) -> Cow<'text, str> {
        let mut named = String::new();
        let (mut at, mut before, mut has_changed) = (0, Edge::End, false);
        loop {
            let token = token_after(text, at);
            let end = token.as_ref().map_or(text.len(), |token| token.start);
            let after = if token.is_some() { Edge::Token } else { Edge::End };
            let piece = self.name_piece(&text[at..end], Escaping::Nothing, before, after);
            has_changed |= matches!(piece, Cow::Owned(_));
            named.push_str(&piece);
            let Some(token) = token else { break };
            named.push_str(&text[token.clone()]);
            before = Edge::Token;
            at = token.end;
        }
        if has_changed { Cow::Owned(named) } else { Cow::Borrowed(text) }
    }

    /// What gets a name, in order and apart from each other.
    fn places(&self, text: &str, before: Edge, after: Edge) -> Vec<Place> {
        struct Candidate {
            range: Range<usize>,
            rank: usize,
            token: Token,
        }
        enum Token {
            Secret(Arc<str>),
            Origin(usize),
        }
        let mut candidates: Vec<Candidate> = Vec::new();
        for found in self.secrets.find(text.as_bytes()) {
            // A secret ends inside of a character only when another one's encoding happens to look like it.
            if text.is_char_boundary(found.range.start) && text.is_char_boundary(found.range.end) {
                candidates.push(Candidate { range: found.range, rank: usize::MAX, token: Token::Secret(found.name) });
            }
        }
        for found in self.origins.find(text, before, after) {
            candidates.push(Candidate { range: found.range, rank: found.place, token: Token::Origin(found.place) });
        }
        candidates.sort_by(|one, two| {
            let by_start = one.range.start.cmp(&two.range.start);
            by_start.then_with(|| two.range.end.cmp(&one.range.end)).then_with(|| one.rank.cmp(&two.rank))
        });
        let mut united: Vec<(Candidate, usize)> = Vec::new();
        for next in candidates {
            let length = next.range.len();
            match united.last_mut().filter(|(last, _)| next.range.start < last.range.end) {
                Some((last, longest)) => {
                    last.range.end = last.range.end.max(next.range.end);
                    if length > *longest {
                        last.token = next.token;
                        *longest = length;
                    }
                }
                None => united.push((next, length)),
            }
        }
        united
            .into_iter()
            .map(|(Candidate { range, token, .. }, _)| {
                let token = match token {
                    Token::Secret(name) => secret_token(&name),
                    Token::Origin(place) => format!("{{{{ {} }}}}", self.origins.name(place)),
                };
                Place { range, token }
            })
            .collect()
    }
}

struct Place {
    range: Range<usize>,
    token: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Escaping {
    Braces,
    Nothing,
}

fn secret_token(name: &str) -> String {
    format!("{{{{ secret.{name} }}}}")
}

/// The next name in a named text. Only names begin with `{{` and a blank there.
fn token_after(text: &str, at: usize) -> Option<Range<usize>> {
    let start = at + text[at..].find("{{ ")?;
    if text[start..].starts_with(ESCAPED_BRACES) {
        return Some(start..start + ESCAPED_BRACES.len());
    }
    let end = start + text[start..].find(" }}")? + 3;
    Some(start..end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::Url;

    use super::*;
    use crate::json::{read, to_compact};

    fn naming(urls: &[(&str, &str)], secrets: &[(&str, &str)]) -> Naming {
        let mut known = Secrets::default();
        for (name, value) in secrets {
            known.add(name, value).unwrap();
        }
        let origins = Origins::new(urls.iter().map(|(name, url)| ((*name).to_owned(), Url::parse(url).unwrap())));
        Naming::new(known, Arc::new(origins))
    }

    fn production() -> Naming {
        naming(
            &[
                ("web", "https://www.example.org"),
                ("web", "https://example.org"),
                ("api", "https://api.example.org/v1/"),
                ("stack", "https://api.example.org"),
                ("local", "http://127.0.0.1:8080"),
            ],
            &[("TOKEN", "hunter2!"), ("LONG", "xx-hunter2!-yy"), ("PIN", "123456")],
        )
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let named = production().name_text(text, Content::Raw).into_owned();
        assert_eq!(named, expected, "{text}");
        assert_eq!(production().name_text(&named, Content::Named), named, "named twice: {text}");
    }

    #[test]
    fn own_urls_become_names() {
        check("see https://www.example.org/about?x=1#y", "see {{ web }}/about?x=1#y");
        check("https://www.example.org", "{{ web }}");
        check("HTTPS://WWW.Example.ORG/A", "{{ web }}/A");
        check("https://example.org/x", "{{ web }}/x");
        check("https://www.example.org:443/x", "{{ web }}/x");
        check("http://127.0.0.1:8080/x", "{{ local }}/x");
        check("(https://www.example.org), https://www.example.org.", "({{ web }}), {{ web }}.");
        check("https://www.example.org?q https://www.example.org#f", "{{ web }}?q {{ web }}#f");
        check("https://www.example.org: see", "{{ web }}: see");
        check("a\nhttps://www.example.org\n", "a\n{{ web }}\n");
    }

    #[test]
    fn foreign_hosts_stay() {
        for text in [
            "https://www.example.org.evil/x",
            "https://www.example.orgx",
            "https://www.example.org-evil.com",
            "https://evil-www.example.org",
            "https://evilwww.example.org/",
            "https://sub.www.example.org/",
            "https://www.example.org@evil.com/",
            "https://www.example.org:pw@evil.com/",
            "https://www.example.org:443@evil.com/",
            "https://www.example.org:8443/",
            "https://www.example.org%2eevil.com/",
            "https%3A%2F%2Fwww.example.org%40evil.com",
            "http://www.example.org/",
            "http://127.0.0.1:80801/",
            "http://127.0.0.1:80/",
            "http://127.0.0.1/",
            "ftp://www.example.org/",
            "www.example.org",
            "a//www.example.org/x",
            "///www.example.org/x",
            "https:/www.example.org",
            "https://user@www.example.org/",
            "https://www.example.orgé",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn the_longest_own_url_names() {
        check("https://api.example.org/v1/plugins", "{{ api }}/plugins");
        check("https://api.example.org/v1", "{{ api }}");
        check("https://api.example.org/v1.", "{{ api }}.");
        check("https://api.example.org/v12/plugins", "{{ stack }}/v12/plugins");
        check("https://api.example.org/v1.json", "{{ stack }}/v1.json");
        check("https://api.example.org/v1%2Fx https://api.example.org/v1%32", "{{ api }}%2Fx {{ stack }}/v1%32");
    }

    #[test]
    fn own_urls_are_seen_in_every_form() {
        check("src=\"//www.example.org/x\"", "src=\"//{{ web }}/x\"");
        check("//127.0.0.1:8080/x //127.0.0.1/x", "//{{ local }}/x //127.0.0.1/x");
        check(r"https:\/\/www.example.org\/x", r"{{ web }}\/x");
        check(r"https:\\/\\/api.example.org\\/v1\\/x", r"{{ api }}\\/x");
        check(r"\u0022https:\u002F\u002Fwww.example.org\u0022", r"\u0022{{ web }}\u0022");
        check("next=https%3A%2F%2Fwww.example.org%2Fabout", "next={{ web }}%2Fabout");
        check("next=https%3a%2f%2fapi.example.org%2fv1%2fabout&x", "next={{ api }}%2fabout&x");
        check("next=%20http%3A%2F%2F127.0.0.1%3A8080", "next=%20{{ local }}");
        check("n=https%253A%252F%252Fwww.example.org%252Fa", "n={{ web }}%252Fa");
        check("https&#x3A;&#x2F;&#47;www.example.org&sol;x", "{{ web }}&sol;x");
        check("next=https%3A%2F%2Fwww.example.orgx", "next=https%3A%2F%2Fwww.example.orgx");
    }

    #[test]
    fn secrets_become_names_the_longest_first() {
        check("bearer hunter2!", "bearer {{ secret.TOKEN }}");
        check("xx-hunter2!-yy xx-hunter2!-y", "{{ secret.LONG }} xx-{{ secret.TOKEN }}-y");
        check("hunter2%21 aHVudGVyMiE= 68756e7465723221", "{{ secret.TOKEN }} {{ secret.TOKEN }} {{ secret.TOKEN }}");
        check("hunter2 hunter2? Hunter2!", "hunter2 hunter2? Hunter2!");
        check("https://www.example.org/hunter2!", "{{ web }}/{{ secret.TOKEN }}");
    }

    #[test]
    fn an_own_url_that_holds_a_secret_is_still_one() {
        let naming = naming(&[("api", "https://abcdef.example.org")], &[("ID", "abcdef")]);
        assert_eq!(naming.name_text("https://abcdef.example.org/x abcdef", Content::Raw), "{{ api }}/x {{ secret.ID }}");
    }

    #[test]
    fn braces_of_the_site_are_escaped() {
        check("{{ web }} {{x}} { { }}", "{{ '{{' }} web }} {{ '{{' }}x}} { { }}");
        check("{{{ {{{{", "{{ '{{' }}{ {{ '{{' }}{{ '{{' }}");
        check("{https://www.example.org}", "{{{ web }}}");
        check("{{https://www.example.org}}", "{{ '{{' }}{{ web }}}}");
        check("{{ '{{' }}", "{{ '{{' }} '{{ '{{' }}' }}");
    }

    #[test]
    fn json_is_named_in_keys_values_and_numbers() {
        let json = read(r#"{"https://example.org/a": ["hunter2!", 123456, 1234567, null, true], "n": {"x": "{{"}}"#).unwrap().json;
        let named = production().name_json(&json, Content::Raw);
        let expected = r#"{"{{ web }}/a":["{{ secret.TOKEN }}","{{ secret.PIN }}",1234567,null,true],"n":{"x":"{{ '{{' }}"}}"#;
        assert_eq!(to_compact(&named), expected);
        assert_eq!(to_compact(&production().name_json(&named, Content::Named)), expected);
    }

    #[test]
    fn values_of_sensitive_headers_are_never_written() {
        let naming = production();
        assert_eq!(naming.name_header("Set-Cookie", "sid=1", Content::Raw), MASK);
        assert_eq!(naming.name_header("location", "https://example.org/x", Content::Raw), "{{ web }}/x");
    }

    #[test]
    fn another_environments_host_and_token_show() {
        let text = "https://staging.example.net/x hunter3!";
        check(text, text);
    }

    /// A text of one environment, made of pieces that mean the same in every environment.
    fn written(pieces: &[u8], web: &str, token: &str) -> String {
        let escaped = web.replace('/', "\\/");
        let encoded = web.replace(':', "%3A").replace('/', "%2F");
        let choices = [web, token, "{{", "{", "}}", " ", "/about", "\"", "//", &escaped, &encoded, "é", ",", "%20", "a"];
        pieces.iter().map(|piece| choices[usize::from(*piece) % choices.len()]).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn two_environments_give_equal_texts(pieces in proptest::collection::vec(any::<u8>(), 0..24)) {
            let one = naming(&[("web", "https://www.example.org")], &[("TOKEN", "k7Qz-91Xw")]);
            let two = naming(&[("web", "http://127.0.0.1:8123")], &[("TOKEN", "Vb4_33mLpp8")]);
            let text_one = written(&pieces, "https://www.example.org", "k7Qz-91Xw");
            let text_two = written(&pieces, "http://127.0.0.1:8123", "Vb4_33mLpp8");
            // What continues a host makes it another, in each environment a different one.
            prop_assume!(!text_one.contains("orgk") && !text_one.contains("orga") && !text_one.contains("orghttp") && !text_one.contains("orgé"));
            prop_assert_eq!(one.name_text(&text_one, Content::Raw), two.name_text(&text_two, Content::Raw));
        }

        #[test]
        fn naming_what_is_named_changes_nothing(
            pieces in proptest::collection::vec(any::<u8>(), 0..24),
            text in "[a-z{}%/:.0-9\\\\ ]{0,20}",
        ) {
            let naming = naming(&[("web", "https://www.example.org"), ("x", "https://www.example.org/a")], &[("TOKEN", "about"), ("secret", "secret")]);
            let named = naming.name_text(&(written(&pieces, "https://www.example.org", "secret") + &text), Content::Raw).into_owned();
            prop_assert_eq!(naming.name_text(&named, Content::Named), &*named);
        }

        #[test]
        fn no_two_texts_get_one_name(one in "[{}' a]{0,12}", two in "[{}' a]{0,12}") {
            let naming = naming(&[], &[]);
            prop_assert_eq!(one == two, naming.name_text(&one, Content::Raw) == naming.name_text(&two, Content::Raw));
        }
    }
}
