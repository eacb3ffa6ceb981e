//! Descriptions of plugins as HTML: headings, paragraphs, code, and words with stress. All that they are written in.

use crate::reply::escape;

/// A heading that the table of contents leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heading {
    pub(super) id: String,
    pub(super) text: String,
}

/// The HTML of a description, and its headings below the first level. The page has a first heading of its own, so that all
/// are one level lower here.
pub(super) fn render(markdown: &str) -> (String, Vec<Heading>) {
    let mut html = String::new();
    let mut headings = Vec::new();
    for block in markdown.split("\n\n") {
        let block = block.trim_matches('\n');
        let level = block.bytes().take_while(|byte| *byte == b'#').count();
        if let Some(text) = block[level..].strip_prefix(' ').filter(|_| (1..=3).contains(&level)) {
            let (text, rest) = text.split_once('\n').unwrap_or((text, ""));
            let id = slug(text);
            html.push_str(&format!("<h{lower} id=\"{id}\">{text}</h{lower}>", lower = level + 1, text = inline(text)));
            if level > 1 {
                headings.push(Heading { id, text: text.to_owned() });
            }
            paragraph(&mut html, rest);
        } else if block.starts_with("    ") {
            let code: Vec<&str> = block.lines().map(|line| line.strip_prefix("    ").unwrap_or(line)).collect();
            html.push_str(&format!("<pre><code>{}</code></pre>", escape(&code.join("\n"))));
        } else {
            paragraph(&mut html, block);
        }
    }
    (html, headings)
}

fn paragraph(html: &mut String, text: &str) {
    if !text.is_empty() {
        html.push_str(&format!("<p>{}</p>", inline(text)));
    }
}

/// Text with `*stress*`.
fn inline(text: &str) -> String {
    let parts: Vec<&str> = text.split('*').collect();
    // Marks come in pairs; a lone one is a star.
    if parts.len().is_multiple_of(2) {
        return escape(text);
    }
    let part = |(place, part): (usize, &&str)| if place % 2 == 1 { format!("<em>{}</em>", escape(part)) } else { escape(part) };
    parts.iter().enumerate().map(part).collect()
}

fn slug(text: &str) -> String {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_becomes_what_it_means() {
        let (html, headings) =
            render("# napari-x\n\nCounts < 5 µm.\n\n## Usage\n\nPress *Run*.\nWait.\n\n## Installation\n\n    pip install x\n");
        assert_eq!(
            html,
            "<h2 id=\"napari-x\">napari-x</h2><p>Counts &lt; 5 µm.</p><h3 id=\"usage\">Usage</h3><p>Press <em>Run</em>.\nWait.</p>\
             <h3 id=\"installation\">Installation</h3><pre><code>pip install x</code></pre>"
        );
        let ids: Vec<&str> = headings.iter().map(|heading| heading.id.as_str()).collect();
        assert_eq!(ids, ["usage", "installation"]);
    }

    #[test]
    fn what_means_nothing_stays_as_it_is() {
        let check = |markdown: &str, expected: &str| assert_eq!(render(markdown).0, expected);
        check("", "");
        check("2 * 3", "<p>2 * 3</p>");
        check("#no heading", "<p>#no heading</p>");
        check("<b>&", "<p>&lt;b&gt;&amp;</p>");
        check("# a\nb", "<h2 id=\"a\">a</h2><p>b</p>");
    }
}
