//! What a redirect asks for next (RFC 9110, 15.4).

use url::Url;

/// The request that a redirect asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// The method of the next request.
    pub method: String,
    /// Where it goes, absolute; the fragment of the redirecting URL is kept where the new one has none.
    pub to: Url,
    /// Whether the body goes along.
    pub keeps_body: bool,
}

/// What a response asks for next: nothing when it is no redirect; `Err` holds the `Location` that is no URL to go to.
///
/// # Errors
/// When the status redirects and `location` cannot be read as an `http` or `https` URL.
pub fn redirect(method: &str, from: &Url, status: u16, location: Option<&str>) -> Result<Option<Redirect>, String> {
    let Some(location) = location else { return Ok(None) };
    // 300 and 304 do not name one place to go; a browser stays as well.
    let (method, keeps_body) = match (status, method) {
        // A POST becomes a GET: the note in 15.4.2 and 15.4.3, which all browsers follow.
        (301 | 302, "POST") => ("GET", false),
        (303, "HEAD") => ("HEAD", false),
        (303, _) => ("GET", false),
        (301 | 302 | 307 | 308, method) => (method, true),
        _ => return Ok(None),
    };
    let mut to = from.join(location).map_err(|_| location.to_owned())?;
    if !matches!(to.scheme(), "http" | "https") || to.host_str().is_none() {
        return Err(location.to_owned());
    }
    if to.fragment().is_none() {
        to.set_fragment(from.fragment());
    }
    Ok(Some(Redirect { method: method.to_owned(), to, keeps_body }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: &str, status: u16, location: Option<&str>, expected: Result<Option<(&str, &str, bool)>, &str>) {
        let from = Url::parse("https://a.org/dir/page?q=1#top").unwrap();
        let actual = redirect(method, &from, status, location);
        let actual = actual.as_ref().map(|next| next.as_ref().map(|next| (next.method.as_str(), next.to.as_str(), next.keeps_body)));
        assert_eq!(actual.map_err(String::as_str), expected, "{method} {status} {location:?}");
    }

    #[test]
    fn only_the_five_redirects_with_a_location_lead_on() {
        check("GET", 302, Some("/x"), Ok(Some(("GET", "https://a.org/x#top", true))));
        check("GET", 304, Some("/x"), Ok(None));
        check("GET", 200, Some("/x"), Ok(None));
        check("GET", 302, None, Ok(None));
    }

    #[test]
    fn a_post_keeps_its_body_only_where_the_status_says_so() {
        check("POST", 301, Some("x"), Ok(Some(("GET", "https://a.org/dir/x#top", false))));
        check("PUT", 302, Some("x#y"), Ok(Some(("PUT", "https://a.org/dir/x#y", true))));
        check("POST", 303, Some("//b.org"), Ok(Some(("GET", "https://b.org/#top", false))));
        check("POST", 308, Some("x"), Ok(Some(("POST", "https://a.org/dir/x#top", true))));
    }

    #[test]
    fn a_location_that_is_no_place_is_said() {
        check("GET", 301, Some("https://"), Err("https://"));
        check("GET", 301, Some("javascript:alert(1)"), Err("javascript:alert(1)"));
    }
}
