//! One attempt at a text: parser events into a tree, slips and complaints.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
    sync::Arc,
};

use granit_parser::{Event, Parser, ScalarStyle, StructureStyle, options};

use super::{
    limits::{MAX_ALIASED_TEXT, MAX_ANCHORS, MAX_DIAGNOSTICS, MAX_NESTING, MAX_NODES},
    merge::{merge_of, merged},
    node::{Entry, Node, Yaml, cut, quoted},
    repair::Repaired,
    slip::{self, Context, Slip},
};
use crate::{
    diagnostic::{Diagnostic, Source, Span, did_you_mean},
    json::Number,
};

/// What an attempt found.
pub(super) struct Parsed {
    /// Nothing if the text could not be read to its end.
    pub(super) tree: Option<Node>,
    /// Mistakes by their place in the attempted text.
    pub(super) slips: Vec<Slip>,
    /// Mistakes of what was read, by their place in the original.
    pub(super) complaints: Vec<Diagnostic>,
    /// Bytes that were read, which is what the attempt cost.
    pub(super) reached: usize,
}

/// Reads the repaired text of a source.
///
/// Iterative: a parser's events against a stack of open lists and maps, so that nesting costs no stack.
pub(super) fn parse(source: &Arc<Source>, repaired: &Repaired) -> Parsed {
    let mut builder = Builder {
        source,
        repaired,
        text: &repaired.text,
        open: Vec::new(),
        root: None,
        anchors: BTreeMap::new(),
        cursor: 0,
        last: None,
        nodes: 0,
        anchored: 0,
        aliased_text: 0,
        n_documents: 0,
        covered: 0,
        slips: Vec::new(),
        complaints: Vec::new(),
    };
    let is_whole = builder.run().is_ok();
    builder.unused_anchors();
    let is_empty = builder.root.as_ref().is_none_or(|root| root.value == Yaml::Blank);
    if is_whole && is_empty && builder.slips.is_empty() {
        builder.complain(0..0, "the file is empty", Some("its first key says what it is: `environments:`, `suite:` or `flows:`"));
    }
    let tree = if is_whole && !is_empty { builder.root.take() } else { None };
    Parsed { tree, slips: builder.slips, complaints: builder.complaints, reached: builder.cursor }
}

pub(super) struct Builder<'s> {
    source: &'s Arc<Source>,
    repaired: &'s Repaired,
    pub(super) text: &'s str,
    pub(super) open: Vec<Frame>,
    root: Option<Node>,
    anchors: BTreeMap<usize, Anchor>,
    /// Where the last token ended, for finding what stands between tokens.
    cursor: usize,
    /// The last whole value within the innermost list or map.
    pub(super) last: Option<Range<usize>>,
    /// Values and keys so far, copies included.
    nodes: usize,
    /// Of these, kept a second time for aliases.
    anchored: usize,
    aliased_text: usize,
    n_documents: usize,
    /// Where the last slip ends.
    covered: usize,
    pub(super) slips: Vec<Slip>,
    complaints: Vec<Diagnostic>,
}

/// A list or map that is being read.
pub(super) struct Frame {
    body: Body,
    pub(super) context: Context,
    pub(super) start: usize,
    anchor: usize,
    /// The count of nodes when it began.
    nodes_before: usize,
    /// Levels within it.
    height: usize,
}

pub(super) enum Body {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, merges: Vec<(usize, Vec<Entry>)>, key: Option<Key>, seen: HashMap<String, Range<usize>> },
}

/// A key whose value comes next.
pub(super) struct Key {
    /// Nothing for a key that could not be one and was reported.
    text: Option<String>,
    range: Range<usize>,
    is_merge: bool,
}

/// A value that aliases can repeat.
#[derive(Default)]
struct Anchor {
    name: String,
    range: Range<usize>,
    /// Nothing while it is being read, and when it is too large to repeat.
    node: Option<Node>,
    nodes: usize,
    /// Bytes of text within it.
    text: usize,
    height: usize,
    is_used: bool,
    /// For plain text in the anchor's line: where that ends.
    text_end: Option<usize>,
}

/// Reading ends here; why has been reported.
struct Stop;

/// A whole value on its way into its list or map.
struct Value {
    node: Node,
    /// In the attempted text.
    range: Range<usize>,
    height: usize,
    is_plain: bool,
    is_alias: bool,
}

impl Builder<'_> {
    fn run(&mut self) -> Result<(), Stop> {
        // The parser counts flow and block separately, and before we hear of them; together they are counted by `opened`.
        let options = options! {
            emit_anchor_events: true,
            emit_unresolved_aliases: true,
            emit_comments: false,
            flow_nesting_limit: MAX_NESTING,
            block_nesting_limit: MAX_NESTING
        };
        let text = self.text;
        for event in Parser::new_from_str_with_options(text, options) {
            let (event, span) = match event {
                Ok(event) => event,
                Err(error) => {
                    self.failed(&error);
                    return Err(Stop);
                }
            };
            let range = span.byte_range().unwrap_or_default();
            let tag = span.tag_span().and_then(|tag| tag.byte_range());
            match event {
                Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
                Event::DocumentStart(..) => {
                    self.n_documents += 1;
                    if self.n_documents > 1 {
                        self.complain(
                            range,
                            "a second document begins here",
                            Some("a file holds one document; put the other into a file of its own"),
                        );
                        return Err(Stop);
                    }
                    self.cursor = range.end;
                }
                Event::Anchor(id, name) => {
                    let anchor = self.anchors.entry(id).or_default();
                    anchor.name = name.into_owned();
                    anchor.range = range.clone();
                    if self.anchors.len() > MAX_ANCHORS {
                        self.complain(
                            range,
                            format!("the file holds more than {MAX_ANCHORS} anchors"),
                            Some("split it into several files"),
                        );
                        return Err(Stop);
                    }
                }
                Event::Scalar(value, style, anchor, _) => self.scalar(&value, style, anchor, range, tag)?,
                Event::SequenceStart(style, anchor, _) => self.opened(Body::List(Vec::new()), style, anchor, range, tag)?,
                Event::MappingStart(style, anchor, _) => {
                    let body = Body::Map { entries: Vec::new(), merges: Vec::new(), key: None, seen: HashMap::new() };
                    self.opened(body, style, anchor, range, tag)?;
                }
                Event::SequenceEnd | Event::MappingEnd => self.closed(range)?,
                Event::Alias(id) => self.alias(id, range)?,
                Event::UnresolvedAlias(name) => self.unresolved(&name, range)?,
                // The parser may learn events that are no nodes; those we ask for are above.
                _ => {}
            }
            if self.slips.len() + self.complaints.len() > MAX_DIAGNOSTICS {
                return Err(Stop);
            }
        }
        Ok(())
    }

    pub(super) fn context(&self) -> Context {
        self.open.last().map_or(Context::Block, |frame| frame.context)
    }

    fn is_key_next(&self) -> bool {
        matches!(self.open.last(), Some(Frame { body: Body::Map { key: None, .. }, .. }))
    }

    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.source, self.repaired.original(range))
    }

    fn complain(&mut self, range: Range<usize>, message: impl Into<String>, help: Option<&str>) {
        if range.start < self.covered {
            return;
        }
        let mut diagnostic = Diagnostic::error(&self.span(range), message);
        diagnostic.help = help.map(str::to_owned);
        self.complaints.push(diagnostic);
    }

    /// What stands within a slip that was reported says nothing of its own.
    pub(super) fn slip(&mut self, slip: Slip) {
        if slip.range.start >= self.covered {
            self.covered = slip.range.end;
            self.slips.push(slip);
        }
    }

    /// Counts values against the limit.
    fn count(&mut self, nodes: usize, range: &Range<usize>) -> Result<(), Stop> {
        self.nodes += nodes;
        if self.nodes > MAX_NODES {
            self.complain(
                range.clone(),
                format!("the file holds more than {MAX_NODES} values, those that aliases repeat included"),
                Some("split it into several files"),
            );
            return Err(Stop);
        }
        Ok(())
    }

    fn scalar(
        &mut self,
        value: &str,
        style: ScalarStyle,
        anchor: usize,
        range: Range<usize>,
        tag: Option<Range<usize>>,
    ) -> Result<(), Stop> {
        let is_plain = style == ScalarStyle::Plain;
        let is_blank = is_plain && range.is_empty();
        let mut range = range;
        if let Some(tag) = tag {
            self.tag(tag, if is_blank { None } else { Some((value, style, range.clone())) });
        } else if is_blank && anchor == 0 {
            range = self.blank(range);
        } else if is_plain && !self.is_key_next() {
            self.plain(value, &range);
        } else if matches!(style, ScalarStyle::Folded | ScalarStyle::Literal) && value.trim().is_empty() && !self.is_key_next() {
            let start = self.next_content();
            if self.text[start..].starts_with(['>', '|']) {
                let written = slip::extent(self.text, start, Context::Block);
                let message = format!("{}, and there is none", slip::cannot_begin(&self.text[start..]));
                self.slip(Slip::unquoted(self.text, written, message));
            }
        } else if style == ScalarStyle::DoubleQuoted && value.contains('\u{8}') && self.text[range.clone()].contains("\\b") {
            let diagnostic = Diagnostic::warning(&self.span(range.clone()), "`\\b` in double quotes is a backspace, not the end of a word");
            self.complaints.push(diagnostic.help("use single quotes, in which a backslash is a backslash"));
        }
        let yaml = match value {
            _ if is_blank => Yaml::Blank,
            "null" | "~" if is_plain => Yaml::Null,
            "true" if is_plain => Yaml::Bool(true),
            "false" if is_plain => Yaml::Bool(false),
            _ => match Number::parse(value).filter(|_| is_plain) {
                Some(number) => Yaml::Number(number),
                None => Yaml::Text { text: value.to_owned(), plain: is_plain },
            },
        };
        // Lines of a block end where their text ends, not where the next key begins.
        let end = range.start + self.text[range.clone()].trim_end().len();
        let range = range.start..end.max(range.start);
        let node = Node { span: self.span(range.clone()), value: yaml };
        self.count(1, &range)?;
        if anchor != 0 {
            let text_end = (is_plain && !is_blank).then_some(range.end);
            self.keep(anchor, &node, 1, 0, text_end);
        }
        self.cursor = self.cursor.max(range.end);
        self.whole(Value { node, range, height: 0, is_plain, is_alias: false })
    }

    /// Checks unquoted text that is a value.
    fn plain(&mut self, value: &str, range: &Range<usize>) {
        let is_one_line = !self.text[range.clone()].contains('\n');
        if let Some(at) = slip::hidden_text(self.text, range.end) {
            let message = "`#` starts a comment here, and hides the text after it";
            let slip = if is_one_line {
                let start = range.start;
                let end = slip::extent(self.text, at, self.context()).end;
                Slip::unquoted(self.text, start..end, message)
            } else {
                Slip::new(at..at + 1, message)
            };
            let help = slip.replacement.as_ref().map_or_else(
                || String::from("quote the text; a comment has a space after `#`"),
                |quoted| format!("quote the text: {}; a comment has a space after `#`", cut(quoted)),
            );
            self.slip(slip.help(help));
        } else if Number::parse(value).is_some_and(|number| number.overflows()) {
            self.slip(Slip::unquoted(self.text, range.clone(), format!("the number {} is too large to be one", cut(value))));
        }
    }

    /// Finds where nothing was written, and whether something was meant.
    fn blank(&mut self, range: Range<usize>) -> Range<usize> {
        let text = self.text;
        let place = |at: usize| at..at;
        match self.open.last() {
            Some(Frame { body: Body::Map { key: Some(key), .. }, context, .. }) => {
                let (key, context) = (key.range.clone(), *context);
                let after = &text[key.end..];
                let gap = after.len() - after.trim_start().len();
                if !after[gap..].starts_with(':') {
                    if context == Context::Flow && !self.text[..key.start].trim_end().ends_with('?') {
                        self.lonely_key(&key);
                    }
                    return place(key.end);
                }
                let colon = key.end + gap;
                self.cursor = colon + 1;
                self.hidden_value(colon + 1);
                place(colon + 1)
            }
            Some(Frame { body: Body::List(_), context: Context::Block, start, .. }) => {
                let from = self.cursor.max(*start);
                match self.dash_from(from) {
                    Some(dash) => {
                        self.cursor = dash + 1;
                        self.hidden_value(dash + 1);
                        dash..dash + 1
                    }
                    None => range,
                }
            }
            Some(Frame { body: Body::Map { key: None, .. }, .. }) | Some(Frame { body: Body::List(_), .. }) | None => range,
        }
    }

    /// A word within braces that has no colon: mostly the rest of a text that a comma cut in two.
    fn lonely_key(&mut self, key: &Range<usize>) {
        let text = self.text;
        let missing_space = || slip::missing_space(text, key.start).filter(|slip| slip.range.end <= key.end);
        if let Some(slip) = slip::key_with_brackets(text, key.start, key.end).or_else(missing_space) {
            self.slip(slip);
            return;
        }
        let word = cut(&text[key.clone()]);
        let before = self.last.clone().filter(|last| {
            let is_text = !text[last.clone()].starts_with(['\'', '"', '[', '{', '&', '*']);
            // Where flow and block are muddled, what was read last may end behind the key.
            let is_next = text.get(last.end..key.start).is_some_and(|between| between.trim() == ",");
            is_text && !last.is_empty() && is_next && !text[last.start..key.end].contains('\n')
        });
        self.slip(match before {
            Some(before) => Slip::unquoted(text, before.start..key.end, format!("the comma ends the text before `{word}`")),
            None => Slip::new(key.clone(), format!("`{word}` is a key without a value"))
                .help("write `key: value`, or quote the text that holds it"),
        });
    }

    /// `key: #main`: the value is a comment.
    fn hidden_value(&mut self, end: usize) {
        // A list or map in the lines below would have come instead of the blank.
        if let Some(at) = slip::hidden_text(self.text, end) {
            let range = slip::extent(self.text, at, self.context());
            self.slip(Slip::unquoted(self.text, range, slip::cannot_begin("#")));
        }
    }

    /// The dash of the next item, past blanks and comments.
    fn dash_from(&self, from: usize) -> Option<usize> {
        let mut at = from;
        loop {
            let rest = self.text.get(at..)?;
            at += rest.len() - rest.trim_start().len();
            match self.text.as_bytes().get(at)? {
                b'-' => return Some(at),
                b'#' => at += self.text[at..].find('\n')?,
                _ => return None,
            }
        }
    }

    /// The first character behind the last token that is neither blank nor the sign of a key, item or separator.
    pub(super) fn next_content(&self) -> usize {
        let rest = &self.text[self.cursor..];
        let after = rest.trim_start();
        let after = after.strip_prefix([':', ',']).unwrap_or(after).trim_start();
        let mut after = after;
        while let Some(item) = after.strip_prefix("- ") {
            after = item.trim_start();
        }
        self.text.len() - after.len()
    }

    fn tag(&mut self, tag: Range<usize>, scalar: Option<(&str, ScalarStyle, Range<usize>)>) {
        let written = cut(&self.text[tag.clone()]);
        let message = format!("`{written}` is a tag; tags are not used in suites");
        match scalar {
            Some((value, _, range)) if written == "!!str" && !value.contains('\n') => {
                let replacement = quoted(value);
                self.slip(Slip {
                    range: tag.start..range.end,
                    message,
                    help: Some(format!("quotes make text of it: {}", cut(&replacement))),
                    replacement: Some(replacement),
                });
            }
            Some((value, ScalarStyle::Plain, range))
                if !value.contains('\n') && !self.is_key_next() && !self.text[tag.start..range.end].contains('\n') =>
            {
                let range = slip::extent(self.text, tag.start, self.context());
                self.slip(Slip::unquoted(self.text, range, message));
            }
            None if !self.is_key_next() => {
                let range = slip::extent(self.text, tag.start, self.context());
                self.slip(Slip::unquoted(self.text, range, message));
            }
            _ => self.complain(tag, message, Some("take it out; quotes make text of a value")),
        }
    }

    fn opened(
        &mut self,
        body: Body,
        style: StructureStyle,
        anchor: usize,
        range: Range<usize>,
        tag: Option<Range<usize>>,
    ) -> Result<(), Stop> {
        if let Some(tag) = tag {
            let written = cut(&self.text[tag.clone()]);
            self.complain(tag, format!("`{written}` is a tag; tags are not used in suites"), Some("take it out"));
        }
        let context = match style {
            StructureStyle::Block => Context::Block,
            StructureStyle::Flow => Context::Flow,
        };
        if self.text[range.start..].starts_with("{{") {
            self.template(range.start);
        }
        if self.open.len() >= MAX_NESTING {
            self.too_deep(range);
            return Err(Stop);
        }
        self.count(1, &range)?;
        if anchor != 0 {
            self.anchors.entry(anchor).or_default();
        }
        self.cursor = self.cursor.max(range.end);
        self.last = None;
        self.open.push(Frame { body, context, start: range.start, anchor, nodes_before: self.nodes - 1, height: 0 });
        Ok(())
    }

    fn too_deep(&mut self, range: Range<usize>) {
        self.complain(range, slip::too_deep(), None);
    }

    /// `{{ x }}` without quotes, which YAML takes for a map in a map.
    fn template(&mut self, start: usize) {
        let message = slip::cannot_begin("{{");
        if self.is_key_next() {
            self.slip(Slip::new(start..start + 2, message).help("quote the key that holds the template"));
            return;
        }
        let slip = slip::template(self.text, start, self.context());
        self.slip(slip);
    }

    fn closed(&mut self, range: Range<usize>) -> Result<(), Stop> {
        let frame = self.open.pop().expect("the parser closes only what it opened");
        let Frame { body, context, start, anchor, nodes_before, height } = frame;
        let end = match context {
            Context::Flow => range.end.max(self.cursor),
            Context::Block => self.cursor,
        };
        let range = start..end.max(start);
        self.cursor = self.cursor.max(range.end);
        let value = match body {
            Body::List(items) => Yaml::List(items),
            Body::Map { entries, merges, .. } => Yaml::Map(merged(entries, merges)),
        };
        let node = Node { span: self.span(range.clone()), value };
        let height = height + 1;
        if anchor != 0 {
            let nodes = self.nodes - nodes_before;
            self.keep(anchor, &node, nodes, height, None);
        }
        self.whole(Value { node, range, height, is_plain: false, is_alias: false })
    }

    /// Keeps a value for its aliases.
    fn keep(&mut self, id: usize, node: &Node, nodes: usize, height: usize, text_end: Option<usize>) {
        // An anchored value may hold others: each is kept whole, so their sum is bounded, not only the tree.
        self.anchored += nodes;
        let is_small = self.anchored <= MAX_NODES / 2;
        let text = if is_small { text_size(node) } else { 0 };
        self.aliased_text += text;
        let anchor = self.anchors.entry(id).or_default();
        anchor.node = (is_small && self.aliased_text <= MAX_ALIASED_TEXT).then(|| node.clone());
        anchor.text = text;
        anchor.nodes = nodes;
        anchor.height = height;
        anchor.text_end = text_end;
    }

    fn alias(&mut self, id: usize, range: Range<usize>) -> Result<(), Stop> {
        let name = cut(&self.text[range.clone()]);
        let anchor = self.anchors.entry(id).or_default();
        anchor.is_used = true;
        // The sizes are known before the copy is made.
        let (nodes, height, text) = (anchor.nodes, anchor.height, anchor.text);
        if anchor.node.is_none() {
            let is_open = self.open.iter().any(|frame| frame.anchor == id);
            let message = if is_open { format!("`{name}` stands within what it repeats") } else { format!("`{name}` repeats too much") };
            self.complain(range, message, Some("write the value out"));
            return Err(Stop);
        }
        self.aliased_text += text;
        if self.aliased_text > MAX_ALIASED_TEXT {
            self.complain(range, format!("aliases repeat more than {MAX_ALIASED_TEXT} bytes of text"), Some("split the file into several"));
            return Err(Stop);
        }
        if self.open.len() + height > MAX_NESTING {
            self.too_deep(range);
            return Err(Stop);
        }
        self.count(nodes, &range)?;
        let value = self.anchors[&id].node.clone().map_or(Yaml::Blank, |node| node.value);
        let node = Node { span: self.span(range.clone()), value };
        self.cursor = self.cursor.max(range.end);
        self.whole(Value { node, range, height, is_plain: false, is_alias: true })
    }

    fn unresolved(&mut self, name: &str, range: Range<usize>) -> Result<(), Stop> {
        let names = self.anchors.values().map(|anchor| anchor.name.as_str());
        let meant = did_you_mean(name, names).map(str::to_owned);
        let message = format!("{}, and no anchor `&{}` stands above", slip::cannot_begin("*"), cut(name));
        if let Some(meant) = meant {
            self.complain(range.clone(), message, Some(&format!("did you mean `*{meant}`?")));
        } else if self.is_key_next() {
            self.slip(Slip::new(range.clone(), message).help("quote the key"));
        } else {
            let written = slip::extent(self.text, range.start, self.context());
            self.slip(Slip::unquoted(self.text, written, message));
        }
        self.cursor = self.cursor.max(range.end);
        self.count(1, &range)?;
        let text = self.text[range.clone()].to_owned();
        let node = Node { span: self.span(range.clone()), value: Yaml::Text { text, plain: true } };
        self.whole(Value { node, range, height: 0, is_plain: false, is_alias: false })
    }

    /// Puts a whole value where it belongs: it is a key, the value of a key, an item, or the document.
    fn whole(&mut self, value: Value) -> Result<(), Stop> {
        let Value { node, range, height, is_plain, is_alias } = value;
        let is_key = self.is_key_next();
        if !is_key {
            self.last = Some(range.clone());
        }
        let Some(frame) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        frame.height = frame.height.max(height);
        match &mut frame.body {
            Body::List(items) => items.push(node),
            Body::Map { key: key @ None, .. } => {
                let is_merge = is_plain && node.as_text() == Some("<<");
                let text = match &node.value {
                    Yaml::Text { text, .. } => Some(text.clone()),
                    Yaml::Number(number) => Some(number.as_str().to_owned()),
                    Yaml::Bool(value) => Some(value.to_string()),
                    Yaml::Null => Some(if is_alias { String::from("null") } else { self.text[range.clone()].to_owned() }),
                    Yaml::Blank | Yaml::List(_) | Yaml::Map(_) => None,
                };
                *key = Some(Key { text, range: range.clone(), is_merge });
                match &node.value {
                    Yaml::Blank => self.complain(range, "a key is missing before the colon", None),
                    Yaml::List(_) | Yaml::Map(_) => {
                        self.complain(range, format!("a key is text, not {}", node.found()), Some("quote it if it is meant as text"));
                    }
                    Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) | Yaml::Text { .. } => {}
                }
            }
            Body::Map { entries, merges, key, seen } => {
                let Some(Key { text: Some(text), range: key_range, is_merge }) = key.take() else { return Ok(()) };
                let first = seen.get(&text).cloned();
                if first.is_none() {
                    seen.insert(text.clone(), key_range.clone());
                }
                if is_merge {
                    let at = entries.len();
                    match merge_of(node) {
                        Ok(more) => merges.push((at, more)),
                        Err(span) => {
                            let diagnostic = Diagnostic::error(&span, "`<<` merges maps, and this is none");
                            self.complaints.push(diagnostic.help("write `<<: *name` or `<<: [*one, *two]`"));
                        }
                    }
                } else {
                    let key_span = Span::new(self.source, self.repaired.original(key_range.clone()));
                    entries.push(Entry { key: text.clone(), key_span, value: node });
                }
                if let Some(first) = first {
                    let line = self.span(first).line();
                    let help = if is_merge { "several maps are merged by `<<: [*one, *two]`" } else { "one of them would be ignored" };
                    self.complain(key_range, format!("duplicate key `{}`; the first is in line {line}", cut(&text)), Some(help));
                }
            }
        }
        Ok(())
    }

    fn unused_anchors(&mut self) {
        let unused: Vec<(Range<usize>, Range<usize>)> = self
            .anchors
            .values()
            .filter(|anchor| !anchor.is_used)
            .filter_map(|anchor| Some((anchor.range.clone(), anchor.range.start..anchor.text_end?)))
            .filter(|(_, text)| !self.text[text.clone()].contains('\n'))
            .take(MAX_DIAGNOSTICS)
            .collect();
        for (anchor, text) in unused {
            let written = cut(&self.text[anchor.clone()]);
            let replacement = quoted(&self.text[text]);
            let diagnostic = Diagnostic::warning(&self.span(anchor), format!("`{written}` names a value, and nothing uses the name"));
            self.complaints.push(diagnostic.help(format!("if it is meant as text, quote it: {}", cut(&replacement))));
        }
    }
}

/// Bytes of text in a tree; its depth is bounded.
fn text_size(node: &Node) -> usize {
    match &node.value {
        Yaml::Blank | Yaml::Null | Yaml::Bool(_) => 0,
        Yaml::Number(number) => number.as_str().len(),
        Yaml::Text { text, .. } => text.len(),
        Yaml::List(items) => items.iter().map(text_size).sum(),
        Yaml::Map(entries) => entries.iter().map(|entry| entry.key.len() + text_size(&entry.value)).sum(),
    }
}
