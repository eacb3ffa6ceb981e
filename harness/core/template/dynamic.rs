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
