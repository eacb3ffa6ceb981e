//! Reads the expression between `{{` and `}}`: MiniJinja's grammar, with hyphens in names.
//!
//! `a-b` is one name where such a name is known, else `a` minus `b`; blanks around the hyphen always
//! mean minus.

use std::ops::Range;

use minijinja::Value;

use super::{
    arguments::{Arguments, constant},
    filter, function,
    token::{Token, tokens},
    value::from_number,
};

/// An expression and where it stands in the template's text, in bytes.
#[derive(Debug, Clone)]
pub(super) struct Expression {
    pub(super) at: Range<usize>,
    pub(super) kind: Box<Kind>,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    Constant(Value),
    Name(String),
    /// `secret.NAME`
    Secret(String),
    /// `environment.name`
    EnvironmentName,
    /// `environment.refresh`
    EnvironmentRefresh,
    Attribute(Expression, String),
    Item(Expression, Expression),
    Slice(Expression, [Option<Expression>; 3]),
    Not(Expression),
    Negate(Expression),
    And(Expression, Expression),
    Or(Expression, Expression),
    Arithmetic(Operator, Expression, Expression),
    Compare(Expression, Vec<(Comparison, Expression)>),
    If {
        test: Expression,
        yes: Expression,
        no: Option<Expression>,
    },
    Filter(Expression, String, Arguments),
    Test {
        of: Expression,
        name: String,
        arguments: Arguments,
        negated: bool,
    },
    Call(String, Arguments),
    List(Vec<Expression>),
    Map(Vec<(Expression, Expression)>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Remainder,
    Power,
    Concatenate,
}

impl Operator {
    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::FloorDivide => "//",
            Self::Remainder => "%",
            Self::Power => "**",
            Self::Concatenate => "~",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
    In,
    NotIn,
}

/// What is wrong with an expression, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mistake {
    pub(super) at: Range<usize>,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

impl Mistake {
    pub(super) fn new(at: Range<usize>, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), help: None }
    }

    fn help(self, help: Option<String>) -> Self {
        Self { help, ..self }
    }
}

/// "did you mean …?", where something known is near.
pub(super) fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let bound = (name.chars().count() / 3).max(1);
    let distance = |other: &str| strsim::damerau_levenshtein(&name.to_lowercase(), &other.to_lowercase());
    let nearest = known.into_iter().map(|other| (distance(other), other)).min()?;
    (nearest.0 <= bound).then(|| format!("did you mean `{}`?", nearest.1))
}

/// Reads `text[range]`. `is_name` decides whether a run with hyphens is one name.
pub(super) fn parse(text: &str, range: Range<usize>, is_name: &dyn Fn(&str) -> bool) -> Result<Expression, Mistake> {
    let tokens = tokens(text, range.clone(), is_name)?;
    if tokens.is_empty() {
        return Err(Mistake::new(range, "nothing is written between `{{` and `}}`"));
    }
    let mut parser = Parser { tokens, place: 0, end: range.end, depth: 0, nodes: 0 };
    let expression = parser.expression()?;
    match parser.tokens.get(parser.place) {
        None => Ok(expression),
        Some((token, at)) => Err(parser.unexpected(token, at.clone())),
    }
}

/// Keeps evaluation, which is recursive, far from the end of the stack.
const MAX_NODES: usize = 300;
const MAX_DEPTH: usize = 40;

struct Parser {
    tokens: Vec<(Token, Range<usize>)>,
    place: usize,
    end: usize,
    depth: usize,
    nodes: usize,
}

/// How tightly operators bind, from `or` outwards in.
const OR: u8 = 1;
const AND: u8 = 2;
const NOT: u8 = 3;
const COMPARE: u8 = 4;
const SUM: u8 = 5;
const CONCATENATE: u8 = 6;
const PRODUCT: u8 = 7;
const POWER: u8 = 8;

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.place).map(|(token, _)| token)
    }

    fn here(&self) -> Range<usize> {
        self.tokens.get(self.place).map_or(self.end..self.end, |(_, at)| at.clone())
    }

    fn last_end(&self) -> usize {
        self.place.checked_sub(1).and_then(|place| self.tokens.get(place)).map_or(0, |(_, at)| at.end)
    }

    fn is_sign(&self, sign: &str) -> bool {
        matches!(self.peek(), Some(Token::Sign(found)) if *found == sign)
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Name(found)) if found == word)
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let found = self.is_sign(sign);
        self.place += usize::from(found);
        found
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.place += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str) -> Result<(), Mistake> {
        if self.take_sign(sign) {
            return Ok(());
        }
        Err(match self.tokens.get(self.place) {
            Some((token, at)) => Mistake::new(at.clone(), format!("expected `{sign}`, found {}", token.shown())),
            None => Mistake::new(self.end..self.end, format!("the expression ends where `{sign}` is missing")),
        })
    }

    fn unexpected(&self, token: &Token, at: Range<usize>) -> Mistake {
        let follows_value = self.place > 0 && matches!(token, Token::Name(_) | Token::Text(_) | Token::Number(_));
        let help = follows_value.then(|| String::from("a text needs quotation marks; texts are joined with `~`"));
        Mistake::new(at, format!("unexpected {}", token.shown())).help(help)
    }

    fn node(&mut self, start: usize, kind: Kind) -> Result<Expression, Mistake> {
        self.nodes += 1;
        let at = start..self.last_end().max(start);
        if self.nodes > MAX_NODES {
            return Err(Mistake::new(at, "the expression is too long"));
        }
        Ok(Expression { at, kind: Box::new(kind) })
    }

    fn expression(&mut self) -> Result<Expression, Mistake> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Mistake::new(self.here(), "the expression is nested too deeply"));
        }
        let start = self.here().start;
        let mut expression = self.binary(OR)?;
        while self.take_word("if") {
            let test = self.binary(OR)?;
            let no = if self.take_word("else") { Some(self.expression()?) } else { None };
            expression = self.node(start, Kind::If { test, yes: expression, no })?;
        }
        self.depth -= 1;
        Ok(expression)
    }

    /// Everything that binds at least as tightly as `least`.
    fn binary(&mut self, least: u8) -> Result<Expression, Mistake> {
        let start = self.here().start;
        let mut left = if least <= NOT && self.is_word("not") { self.negation(start)? } else { self.unary()? };
        loop {
            let (strength, operator) = match self.peek() {
                Some(Token::Name(word)) if word == "or" => (OR, None),
                Some(Token::Name(word)) if word == "and" => (AND, None),
                Some(Token::Name(word)) if word == "in" || word == "not" => (COMPARE, None),
                Some(Token::Sign("==" | "!=" | "<" | "<=" | ">" | ">=")) => (COMPARE, None),
                Some(Token::Sign("+")) => (SUM, Some(Operator::Add)),
                Some(Token::Sign("-")) => (SUM, Some(Operator::Subtract)),
                Some(Token::Sign("~")) => (CONCATENATE, Some(Operator::Concatenate)),
                Some(Token::Sign("*")) => (PRODUCT, Some(Operator::Multiply)),
                Some(Token::Sign("/")) => (PRODUCT, Some(Operator::Divide)),
                Some(Token::Sign("//")) => (PRODUCT, Some(Operator::FloorDivide)),
                Some(Token::Sign("%")) => (PRODUCT, Some(Operator::Remainder)),
                Some(Token::Sign("**")) => (POWER, Some(Operator::Power)),
                _ => return Ok(left),
            };
            if strength < least {
                return Ok(left);
            }
            let kind = if let Some(operator) = operator {
                self.place += 1;
                Kind::Arithmetic(operator, left, self.binary(strength + 1)?)
            } else if strength == COMPARE {
                Kind::Compare(left, self.comparisons()?)
            } else {
                self.place += 1;
                let right = self.binary(strength + 1)?;
                if strength == OR { Kind::Or(left, right) } else { Kind::And(left, right) }
            };
            left = self.node(start, kind)?;
        }
    }

    fn negation(&mut self, start: usize) -> Result<Expression, Mistake> {
        let mut count = 0;
        while self.take_word("not") {
            count += 1;
        }
        let mut expression = self.binary(COMPARE)?;
        for _ in 0..count {
            expression = self.node(start, Kind::Not(expression))?;
        }
        Ok(expression)
    }

    fn comparisons(&mut self) -> Result<Vec<(Comparison, Expression)>, Mistake> {
        let mut comparisons = Vec::new();
        loop {
            let comparison = match self.peek() {
                Some(Token::Sign("==")) => Comparison::Equal,
                Some(Token::Sign("!=")) => Comparison::NotEqual,
                Some(Token::Sign("<")) => Comparison::Less,
                Some(Token::Sign("<=")) => Comparison::AtMost,
                Some(Token::Sign(">")) => Comparison::Greater,
                Some(Token::Sign(">=")) => Comparison::AtLeast,
                Some(Token::Name(word)) if word == "in" => Comparison::In,
                Some(Token::Name(word)) if word == "not" => Comparison::NotIn,
                _ => return Ok(comparisons),
            };
            self.place += 1;
            if comparison == Comparison::NotIn && !self.take_word("in") {
                return Err(Mistake::new(self.here(), "`not` between two values is written `not in`"));
            }
            comparisons.push((comparison, self.binary(SUM)?));
        }
    }

    fn unary(&mut self) -> Result<Expression, Mistake> {
        let operand = self.operand()?;
        self.filters(operand)
    }

    /// A value with its steps; a minus before it covers them.
    fn operand(&mut self) -> Result<Expression, Mistake> {
        let start = self.here().start;
        let mut count = 0;
        while self.take_sign("-") {
            count += 1;
        }
        let primary = self.primary()?;
        let mut expression = self.steps(primary)?;
        for _ in 0..count {
            expression = self.node(start, Kind::Negate(expression))?;
        }
        Ok(expression)
    }

    fn primary(&mut self) -> Result<Expression, Mistake> {
        let Some((token, at)) = self.tokens.get(self.place).cloned() else {
            return Err(Mistake::new(self.end..self.end, "the expression ends where a value is missing"));
        };
        self.place += 1;
        let start = at.start;
        match token {
            Token::Name(word) => match word.as_str() {
                "true" | "True" => self.node(start, Kind::Constant(Value::from(true))),
                "false" | "False" => self.node(start, Kind::Constant(Value::from(false))),
                "none" | "None" | "null" => self.node(start, Kind::Constant(Value::from(()))),
                "secret" | "environment" => self.reserved(&word, at),
                "and" | "or" | "not" | "in" | "is" | "if" | "else" => {
                    Err(Mistake::new(at, format!("unexpected `{word}` where a value is missing")))
                }
                _ if self.is_sign("(") => self.call(word, at),
                _ => self.node(start, Kind::Name(word)),
            },
            Token::Number(number) => self.node(start, Kind::Constant(from_number(&number))),
            Token::Text(mut text) => {
                while let Some(Token::Text(more)) = self.peek() {
                    text.push_str(more);
                    self.place += 1;
                }
                self.node(start, Kind::Constant(Value::from(text)))
            }
            Token::Sign("(") => {
                let first = self.expression()?;
                if !self.is_sign(",") {
                    self.expect(")")?;
                    return Ok(first);
                }
                let mut elements = vec![first];
                while self.take_sign(",") && !self.is_sign(")") {
                    elements.push(self.expression()?);
                }
                self.expect(")")?;
                self.node(start, Kind::List(elements))
            }
            Token::Sign("[") => {
                let mut elements = Vec::new();
                while !self.is_sign("]") {
                    elements.push(self.expression()?);
                    if !self.take_sign(",") {
                        break;
                    }
                }
                self.expect("]")?;
                self.node(start, Kind::List(elements))
            }
            Token::Sign("{") => {
                let mut entries = Vec::new();
                while !self.is_sign("}") {
                    let key = self.expression()?;
                    self.expect(":")?;
                    entries.push((key, self.expression()?));
                    if !self.take_sign(",") {
                        break;
                    }
                }
                self.expect("}")?;
                self.node(start, Kind::Map(entries))
            }
            Token::Sign(sign) => Err(Mistake::new(at, format!("unexpected `{sign}` where a value is missing"))),
        }
    }

    /// `secret.NAME`, `environment.name`, `environment.refresh`: always written out, so that they can be checked before the run.
    fn reserved(&mut self, word: &str, at: Range<usize>) -> Result<Expression, Mistake> {
        let known = if word == "secret" { "`secret.NAME`" } else { "`environment.name` or `environment.refresh`" };
        let attribute = match (self.is_sign("."), self.tokens.get(self.place + 1)) {
            (true, Some((Token::Name(attribute), _))) => attribute.clone(),
            _ => return Err(Mistake::new(at, format!("`{word}` cannot stand by itself; write {known}"))),
        };
        self.place += 2;
        let kind = match (word, attribute.as_str()) {
            ("secret", _) => Kind::Secret(attribute),
            (_, "name") => Kind::EnvironmentName,
            (_, "refresh") => Kind::EnvironmentRefresh,
            _ => {
                let mistake = Mistake::new(at.start..self.last_end(), format!("unknown name `environment.{attribute}`"));
                let help = did_you_mean(&attribute, ["name", "refresh"]).unwrap_or_else(|| format!("there is {known}"));
                return Err(mistake.help(Some(help)));
            }
        };
        self.node(at.start, kind)
    }

    fn call(&mut self, word: String, at: Range<usize>) -> Result<Expression, Mistake> {
        if !function::NAMES.contains(&word.as_str()) {
            let help = did_you_mean(&word, function::NAMES);
            return Err(Mistake::new(at, format!("unknown function `{word}`")).help(help));
        }
        let arguments = self.arguments()?;
        if let Some(message) = function::mistake(&word, arguments.len(), arguments.constants().as_deref()) {
            return Err(Mistake::new(at.start..self.last_end(), message));
        }
        self.node(at.start, Kind::Call(word, arguments))
    }

    fn steps(&mut self, mut expression: Expression) -> Result<Expression, Mistake> {
        let start = expression.at.start;
        loop {
            let kind = if self.take_sign(".") {
                let at = self.here();
                match self.tokens.get(self.place) {
                    Some((Token::Name(name), _)) => Kind::Attribute(expression, name.clone()),
                    Some((Token::Number(number), _)) => {
                        let index = Expression { at, kind: Box::new(Kind::Constant(from_number(number))) };
                        Kind::Item(expression, index)
                    }
                    _ => return Err(Mistake::new(at, "a name is missing after `.`")),
                }
            } else if self.take_sign("[") {
                let kind = self.subscript(expression)?;
                if !self.is_sign("]") {
                    self.expect("]")?;
                }
                kind
            } else if self.is_sign("(") {
                return Err(Mistake::new(start..self.here().end, "only the functions of the suite language can be called")
                    .help(Some(format!("they are {}", function::NAMES.map(|name| format!("`{name}`")).join(", ")))));
            } else {
                return Ok(expression);
            };
            self.place += 1;
            expression = self.node(start, kind)?;
        }
    }

    fn subscript(&mut self, of: Expression) -> Result<Kind, Mistake> {
        let mut parts = [None, None, None];
        let mut place = 0;
        loop {
            if !self.is_sign(":") && !self.is_sign("]") {
                parts[place] = Some(self.expression()?);
            }
            if place == 2 || !self.take_sign(":") {
                break;
            }
            place += 1;
        }
        if place > 0 {
            return Ok(Kind::Slice(of, parts));
        }
        let [index, _, _] = parts;
        index.map(|index| Kind::Item(of, index)).ok_or_else(|| Mistake::new(self.here(), "nothing is written between `[` and `]`"))
    }

    fn filters(&mut self, mut expression: Expression) -> Result<Expression, Mistake> {
        let start = expression.at.start;
        loop {
            if self.take_sign("|") {
                let (name, at) = self.word("a filter")?;
                if !filter::exists(&name) {
                    let help = did_you_mean(&name, filter::NAMES);
                    return Err(Mistake::new(at, format!("unknown filter `{name}`")).help(help));
                }
                let arguments = if self.is_sign("(") { self.arguments()? } else { Arguments::default() };
                if let Some(message) = filter::mistake(&name, constant(&expression), arguments.len(), arguments.constants().as_deref()) {
                    return Err(Mistake::new(at.start..self.last_end(), message));
                }
                expression = self.node(start, Kind::Filter(expression, name, arguments))?;
            } else if self.take_word("is") {
                let negated = self.take_word("not");
                let (name, at) = self.word("a test")?;
                if !filter::TESTS.contains(&name.as_str()) {
                    let help = did_you_mean(&name, filter::TESTS);
                    return Err(Mistake::new(at, format!("unknown test `{name}`")).help(help));
                }
                let takes_bare = match self.peek() {
                    Some(Token::Name(word)) => !matches!(word.as_str(), "and" | "or" | "else" | "is" | "if" | "in" | "not"),
                    Some(Token::Text(_) | Token::Number(_) | Token::Sign("[" | "{" | "-")) => true,
                    Some(Token::Sign(_)) | None => false,
                };
                let arguments = if self.is_sign("(") {
                    self.arguments()?
                } else if takes_bare {
                    Arguments { plain: vec![self.operand()?], named: Vec::new() }
                } else {
                    Arguments::default()
                };
                expression = self.node(start, Kind::Test { of: expression, name, arguments, negated })?;
            } else {
                return Ok(expression);
            }
        }
    }

    fn word(&mut self, what: &str) -> Result<(String, Range<usize>), Mistake> {
        let at = self.here();
        let Some(Token::Name(name)) = self.peek() else { return Err(Mistake::new(at, format!("the name of {what} is missing"))) };
        let name = name.clone();
        self.place += 1;
        Ok((name, at))
    }

    fn arguments(&mut self) -> Result<Arguments, Mistake> {
        self.expect("(")?;
        let mut arguments = Arguments::default();
        while !self.is_sign(")") {
            let named = match (self.peek(), self.tokens.get(self.place + 1)) {
                (Some(Token::Name(name)), Some((Token::Sign("="), _))) => Some(name.clone()),
                _ => None,
            };
            if let Some(name) = named {
                self.place += 2;
                arguments.named.push((name, self.expression()?));
            } else {
                arguments.plain.push(self.expression()?);
            }
            if !self.take_sign(",") {
                break;
            }
        }
        self.expect(")")?;
        Ok(arguments)
    }
}

impl Expression {
    /// The expressions directly inside it.
    fn inner(&self) -> Vec<&Self> {
        fn of(arguments: &Arguments) -> impl Iterator<Item = &Expression> {
            arguments.plain.iter().chain(arguments.named.iter().map(|(_, value)| value))
        }
        match &*self.kind {
            Kind::Constant(_) | Kind::Name(_) | Kind::Secret(_) | Kind::EnvironmentName | Kind::EnvironmentRefresh => Vec::new(),
            Kind::Attribute(one, _) | Kind::Not(one) | Kind::Negate(one) => vec![one],
            Kind::Item(one, two) | Kind::And(one, two) | Kind::Or(one, two) | Kind::Arithmetic(_, one, two) => vec![one, two],
            Kind::Slice(one, parts) => std::iter::once(one).chain(parts.iter().flatten()).collect(),
            Kind::Compare(one, others) => std::iter::once(one).chain(others.iter().map(|(_, other)| other)).collect(),
            Kind::If { test, yes, no } => [test, yes].into_iter().chain(no).collect(),
            Kind::Filter(one, _, arguments) | Kind::Test { of: one, arguments, .. } => std::iter::once(one).chain(of(arguments)).collect(),
            Kind::Call(_, arguments) => of(arguments).collect(),
            Kind::List(elements) => elements.iter().collect(),
            Kind::Map(entries) => entries.iter().flat_map(|(key, value)| [key, value]).collect(),
        }
    }

    /// Every name it uses, in the order written: `plugin`, `secret.TOKEN`, `environment.refresh`.
    pub(super) fn names(&self, into: &mut Vec<(String, Range<usize>)>) {
        match &*self.kind {
            Kind::Name(name) => into.push((name.clone(), self.at.clone())),
            Kind::Secret(name) => into.push((format!("secret.{name}"), self.at.clone())),
            Kind::EnvironmentName => into.push((String::from("environment.name"), self.at.clone())),
            Kind::EnvironmentRefresh => into.push((String::from("environment.refresh"), self.at.clone())),
            _ => self.inner().into_iter().for_each(|inner| inner.names(into)),
        }
    }
}
