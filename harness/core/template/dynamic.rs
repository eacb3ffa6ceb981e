//! Values of a suite in which any text may be a template.

use super::{
    scope::Scope,
    text::{Name, RenderError, Rendered, Template},
};
use crate::{
    diagnostic::{Diagnostic, Span},
    json::Json,
    yaml::{Node, Yaml},
};

/// A YAML value in which any text may be a template. Keys of maps are plain text.
#[derive(Debug, Clone, PartialEq)]
pub struct Dynamic {
    span: Span,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    /// `null`, `true`, `false`, a number with its digits.
    Scalar(Json),
    Text(Template),
    List(Vec<Dynamic>),
    Map(Vec<(String, Dynamic)>),
}

impl Dynamic {
    /// Reads a YAML value; what is wrong with it is added to `diagnostics`, all of it.
    pub fn from_node(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        let kind = match &node.value {
            Yaml::Blank => {
                diagnostics.push(
                    Diagnostic::error(&node.span, "nothing is written here").help("write `null` for null, or quotes for an empty text"),
                );
                None
            }
            Yaml::Null => Some(Kind::Scalar(Json::Null)),
            Yaml::Bool(value) => Some(Kind::Scalar(Json::Bool(*value))),
            Yaml::Number(number) => Some(Kind::Scalar(Json::Number(number.clone()))),
            Yaml::Text { text, .. } => match Template::parse(text, &node.span) {
                Ok(template) => Some(Kind::Text(template)),
                Err(diagnostic) => {
                    diagnostics.push(diagnostic);
                    None
                }
            },
            Yaml::List(nodes) => {
                // Collected in two steps: the first mistake must not hide the next.
                let elements: Vec<Option<Self>> = nodes.iter().map(|node| Self::from_node(node, diagnostics)).collect();
                elements.into_iter().collect::<Option<_>>().map(Kind::List)
            }
            Yaml::Map(entries) => {
                let entries: Vec<Option<(String, Self)>> = entries
                    .iter()
                    .map(|entry| Self::from_node(&entry.value, diagnostics).map(|value| (entry.key.clone(), value)))
                    .collect();
                entries.into_iter().collect::<Option<_>>().map(Kind::Map)
            }
        };
        kind.map(|kind| Self { span: node.span.clone(), kind })
    }

    /// A value without templates: texts stand for themselves.
    #[must_use]
    pub fn of_json(json: &Json, span: &Span) -> Self {
        let kind = match json {
            Json::Null | Json::Bool(_) | Json::Number(_) => Kind::Scalar(json.clone()),
            Json::String(text) => Kind::Text(Template::of_literal(text, span)),
            Json::List(elements) => Kind::List(elements.iter().map(|element| Self::of_json(element, span)).collect()),
            Json::Map(entries) => Kind::Map(entries.iter().map(|(key, value)| (key.clone(), Self::of_json(value, span))).collect()),
        };
        Self { span: span.clone(), kind }
    }

    /// A value that is one template.
    #[must_use]
    pub fn of_template(template: Template) -> Self {
        Self { span: template.span().clone(), kind: Kind::Text(template) }
    }

    /// Where it stands.
    #[must_use]
    pub fn span(&self) -> &Span {
        &self.span
    }

    /// The template, if it is a single text.
    #[must_use]
    pub fn template(&self) -> Option<&Template> {
        match &self.kind {
            Kind::Text(template) => Some(template),
            Kind::Scalar(_) | Kind::List(_) | Kind::Map(_) => None,
        }
    }

    /// The elements, if it is written as a list.
    #[must_use]
    pub fn elements(&self) -> Option<&[Self]> {
        match &self.kind {
            Kind::List(elements) => Some(elements),
            Kind::Scalar(_) | Kind::Text(_) | Kind::Map(_) => None,
        }
    }

    /// The entries, if it is written as a map.
    #[must_use]
    pub fn entries(&self) -> Option<&[(String, Self)]> {
        match &self.kind {
            Kind::Map(entries) => Some(entries),
            Kind::Scalar(_) | Kind::Text(_) | Kind::List(_) => None,
        }
    }

    /// What it stands for.
    ///
    /// # Errors
    /// As [`Template::render`]; the first one.
    pub fn render(&self, scope: &Scope) -> Result<Rendered, RenderError> {
        let mut secret = false;
        let mut part = |value: &Self| {
            let rendered = value.render(scope)?;
            secret |= rendered.secret;
            Ok(rendered.value)
        };
        let value = match &self.kind {
            Kind::Scalar(json) => json.clone(),
            Kind::Text(template) => return template.render(scope),
            Kind::List(elements) => Json::List(elements.iter().map(part).collect::<Result<_, RenderError>>()?),
            Kind::Map(entries) => {
                Json::Map(entries.iter().map(|(key, value)| Ok((key.clone(), part(value)?))).collect::<Result<_, RenderError>>()?)
            }
        };
        Ok(Rendered { value, secret })
    }

    /// Every template in it, in the order written.
    #[must_use]
    pub fn templates(&self) -> Vec<&Template> {
        match &self.kind {
            Kind::Scalar(_) => Vec::new(),
            Kind::Text(template) => vec![template],
            Kind::List(elements) => elements.iter().flat_map(Self::templates).collect(),
            Kind::Map(entries) => entries.iter().flat_map(|(_, value)| value.templates()).collect(),
        }
    }

    /// Every name that it uses, in the order written.
    #[must_use]
    pub fn names(&self) -> Vec<Name> {
        self.templates().into_iter().flat_map(|template| template.names().iter().cloned()).collect()
    }

    /// What it stands for in every scope, if no `{{ … }}` stands in it.
    #[must_use]
    pub fn literal(&self) -> Option<Json> {
        match &self.kind {
            Kind::Scalar(json) => Some(json.clone()),
            Kind::Text(template) => template.literal().map(Json::text),
            Kind::List(elements) => elements.iter().map(Self::literal).collect::<Option<_>>().map(Json::List),
            Kind::Map(entries) => {
                entries.iter().map(|(key, value)| Some((key.clone(), value.literal()?))).collect::<Option<_>>().map(Json::Map)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::DateTime;

    use super::*;
    use crate::{
        diagnostic::Source,
        json::{Number, to_compact},
        template::{Random, Surroundings, Variable},
        yaml::Entry,
    };

    fn node(value: Yaml) -> Node {
        Node { span: Span::new(&Source::new("suite.yaml", "x: y"), 0..4), value }
    }

    fn text(text: &str) -> Node {
        node(Yaml::Text { text: text.to_owned(), plain: true })
    }

    fn map(entries: Vec<(&str, Node)>) -> Node {
        let entry = |(key, value): (&str, Node)| Entry { key: key.to_owned(), key_span: value.span.clone(), value };
        node(Yaml::Map(entries.into_iter().map(entry).collect()))
    }

    #[track_caller]
    fn check(node: &Node, expected: &str) {
        let mut scope = Scope::new(Arc::new(Surroundings::default()), Random::new(1, "case"), DateTime::UNIX_EPOCH);
        scope.set("plugin", Variable::open(Json::text("affinder")));
        scope.set("token", Variable::secret(Json::text("hunter2")));
        let mut diagnostics = Vec::new();
        let shown = match Dynamic::from_node(node, &mut diagnostics) {
            None => diagnostics.into_iter().map(|diagnostic| diagnostic.message).collect::<Vec<_>>().join("; "),
            Some(dynamic) => match dynamic.render(&scope) {
                Ok(rendered) if rendered.secret => format!("secret {}", to_compact(&rendered.value)),
                Ok(rendered) => to_compact(&rendered.value),
                Err(error) => error.message,
            },
        };
        assert_eq!(shown, expected);
    }

    #[test]
    fn texts_at_any_depth_are_templates_and_numbers_keep_their_digits() {
        let number = node(Yaml::Number(Number::parse("1.10").unwrap()));
        let list = node(Yaml::List(vec![text("{{ plugin }}"), number, node(Yaml::Null), node(Yaml::Bool(true))]));
        check(
            &map(vec![("{{ plugin }}", list), ("b", text("x {{ plugin }}"))]),
            r#"{"{{ plugin }}":["affinder",1.10,null,true],"b":"x affinder"}"#,
        );
    }

    #[test]
    fn one_secret_inside_makes_the_whole_secret() {
        check(&map(vec![("a", text("{{ token }}")), ("b", text("x"))]), r#"secret {"a":"hunter2","b":"x"}"#);
    }

    #[test]
    fn every_mistake_is_listed() {
        let node = node(Yaml::List(vec![text("{{ x"), node(Yaml::Blank), text("fine")]));
        check(&node, "this `{{` is never closed; nothing is written here");
        check(&text("{{ plugn }}"), "unknown name `plugn`");
    }

    #[test]
    fn literals_are_known_without_a_scope() {
        let literal = |node: &Node| Dynamic::from_node(node, &mut Vec::new()).unwrap().literal().map(|json| to_compact(&json));
        assert_eq!(literal(&map(vec![("a", text("b"))])), Some(String::from(r#"{"a":"b"}"#)));
        assert_eq!(literal(&map(vec![("a", text("{{ b }}"))])), None);
    }
}
