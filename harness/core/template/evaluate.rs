//! What an expression yields in a scope.

use std::{cell::Cell, cmp::Ordering, ops::Range, time::Duration};

use minijinja::{
    Value,
    value::{Kwargs, ValueKind},
};

use super::{
    arguments::Arguments,
    expression::{Comparison, Expression, Kind, Mistake, Operator, did_you_mean},
    filter, function,
    moment::Moment,
    number::calculate,
    period::Period,
    scope::Scope,
    value::{from_json, kind, number, plain, plain_value, to_json, to_text},
};
use crate::json::{Json, Number};

/// Why an expression yields nothing.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) mistake: Mistake,
    /// Something that is not there was asked for, which `default` and `is defined` forgive.
    is_undefined: bool,
}

impl Failure {
    fn undefined(at: &Range<usize>, message: String, help: Option<String>) -> Self {
        Self { mistake: Mistake { at: at.clone(), message, help }, is_undefined: true }
    }
}

/// Texts made by repetition may not grow past this many bytes.
const MAX_REPEATED: usize = 16_000_000;

/// Evaluates expressions in one scope and remembers whether a secret was used.
pub(super) struct Evaluator<'scope> {
    scope: &'scope Scope,
    used_secret: Cell<bool>,
}

impl<'scope> Evaluator<'scope> {
    pub(super) fn new(scope: &'scope Scope) -> Self {
        Self { scope, used_secret: Cell::new(false) }
    }

    pub(super) fn scope(&self) -> &'scope Scope {
        self.scope
    }

    /// Whether anything evaluated so far used a secret.
    pub(super) fn used_secret(&self) -> bool {
        self.used_secret.get()
    }

    /// The value of an expression, as JSON with every digit of its numbers.
    pub(super) fn json(&self, expression: &Expression) -> Result<Json, Failure> {
        if let Some(json) = self.stored(expression)? {
            return Ok(json.clone());
        }
        let value = self.value(expression)?;
        to_json(&value).map_err(|message| self.fail(&expression.at, message))
    }

    fn fail(&self, at: &Range<usize>, message: impl Into<String>) -> Failure {
        Failure { mistake: Mistake::new(at.clone(), message), is_undefined: false }
    }

    /// A failure of a filter or function; what it says about values is left out once a secret was used.
    fn fail_in(&self, what: &str, at: &Range<usize>, message: String) -> Failure {
        if self.used_secret.get() { self.fail(at, format!("{what} does not take this secret value")) } else { self.fail(at, message) }
    }

    /// The stored value that a name with its `.field` and `[index]` steps leads to, without a copy.
    fn stored(&self, expression: &Expression) -> Result<Option<&'scope Json>, Failure> {
        match &*expression.kind {
            Kind::Name(name) => match self.scope.variable(name) {
                Some(variable) => {
                    self.used_secret.set(self.used_secret.get() || variable.secret);
                    Ok(Some(&variable.value))
                }
                None => Ok(None),
            },
            Kind::Attribute(of, name) => match self.stored(of)? {
                Some(json) => self.field(json, name, expression).map(Some),
                None => Ok(None),
            },
            Kind::Item(of, index) => {
                let Some(json) = self.stored(of)? else { return Ok(None) };
                let index = self.value(index)?;
                match (json, index.as_str()) {
                    (Json::Map(_), _) => {
                        let key = to_text(&index).map_err(|message| self.fail(&expression.at, message))?;
                        self.field(json, &key, expression).map(Some)
                    }
                    (Json::List(elements), None) => {
                        let place = i64::try_from(index).map_err(|_| self.fail(&expression.at, "an index into a list is an integer"))?;
                        let n_elements = i64::try_from(elements.len()).unwrap_or(i64::MAX);
                        let at = if place < 0 { place.saturating_add(n_elements) } else { place };
                        let element = usize::try_from(at).ok().and_then(|at| elements.get(at));
                        let missing = || format!("there is no [{place}]: the list has {n_elements} elements");
                        element.map(Some).ok_or_else(|| Failure::undefined(&expression.at, missing(), None))
                    }
                    (Json::List(_), Some(_)) => Err(self.fail(&expression.at, "an index into a list is an integer")),
                    (Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_), _) => Ok(None),
                }
            }
            _ => Ok(None),
        }
    }

    fn field<'json>(&self, json: &'json Json, name: &str, expression: &Expression) -> Result<&'json Json, Failure> {
        json.get(name).ok_or_else(|| match json {
            Json::Map(entries) => {
                let help = did_you_mean(name, entries.iter().map(|(key, _)| key.as_str()));
                Failure::undefined(&expression.at, format!("there is no `{name}` in this map"), help)
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::List(_) => {
                Failure::undefined(&expression.at, format!("`{name}` is asked of a {}, which has no fields", json.kind()), None)
            }
        })
    }

    fn value(&self, expression: &Expression) -> Result<Value, Failure> {
        let at = &expression.at;
        match &*expression.kind {
            Kind::Constant(value) => Ok(value.clone()),
            Kind::Name(name) => match self.stored(expression)? {
                Some(json) => Ok(from_json(json)),
                None => self.own_name(name, at),
            },
            Kind::Secret(name) => {
                self.used_secret.set(true);
                let secrets = &self.scope.surroundings().secrets;
                secrets.get(name).map(|secret| Value::from(secret.as_str())).ok_or_else(|| {
                    let help = did_you_mean(name, secrets.keys().map(String::as_str));
                    Failure::undefined(at, format!("secret `{name}` is not set"), help)
                })
            }
            Kind::EnvironmentName => Ok(Value::from(self.scope.surroundings().environment.as_str())),
            Kind::EnvironmentRefresh => self.scope.surroundings().refresh.map(Period::value).ok_or_else(|| {
                let message = format!("environment `{}` says no `refresh`", self.scope.surroundings().environment);
                Failure::undefined(at, message, None)
            }),
            Kind::Attribute(of, name) => match self.stored(expression)? {
                Some(json) => Ok(from_json(json)),
                None => self.step(&self.value(of)?, &Value::from(name.as_str()), at),
            },
            Kind::Item(of, index) => match self.stored(expression)? {
                Some(json) => Ok(from_json(json)),
                None => self.step(&self.value(of)?, &self.value(index)?, at),
            },
            Kind::Slice(of, parts) => self.slice(&self.value(of)?, parts, at),
            Kind::Not(of) => Ok(Value::from(!self.truth(of)?)),
            Kind::Negate(of) => {
                let value = self.value(of)?;
                let message = |message| self.fail_in("`-`", at, message);
                if number(&value).is_none() {
                    return Err(message(format!("`-` does not take {}", kind(&value))));
                }
                calculate(Operator::Subtract, &Value::from(0), &value).map_err(message)
            }
            Kind::And(one, two) => {
                let value = self.value(one)?;
                if value.is_true() { self.value(two) } else { Ok(value) }
            }
            Kind::Or(one, two) => {
                let value = self.value(one)?;
                if value.is_true() { Ok(value) } else { self.value(two) }
            }
            Kind::Arithmetic(operator, one, two) => {
                let (one, two) = (self.value(one)?, self.value(two)?);
                arithmetic(*operator, &one, &two).map_err(|message| self.fail_in(&format!("`{}`", operator.sign()), at, message))
            }
            Kind::Compare(first, others) => {
                let mut one = self.value(first)?;
                for (comparison, other) in others {
                    let two = self.value(other)?;
                    let holds = compare(*comparison, &one, &two).map_err(|message| self.fail_in("the comparison", at, message))?;
                    if !holds {
                        return Ok(Value::from(false));
                    }
                    one = two;
                }
                Ok(Value::from(true))
            }
            Kind::If { test, yes, no } => match (self.truth(test)?, no) {
                (true, _) => self.value(yes),
                (false, Some(no)) => self.value(no),
                (false, None) => Err(Failure::undefined(at, String::from("the condition does not hold, and there is no `else`"), None)),
            },
            Kind::Filter(of, name, arguments) => {
                let value = if matches!(name.as_str(), "default" | "d") { self.value_or_undefined(of)? } else { self.value(of)? };
                let arguments = self.arguments(arguments)?;
                filter::apply(name, &value, &arguments).map_err(|message| self.fail_in(&format!("`{name}`"), at, message))
            }
            Kind::Test { of, name, arguments, negated } => {
                let value = if matches!(name.as_str(), "defined" | "undefined") { self.value_or_undefined(of)? } else { self.value(of)? };
                let values: Vec<Value> =
                    std::iter::once(value).chain(self.arguments(arguments)?).map(|value| plain_value(&value)).collect();
                let holds = filter::LIBRARY.empty_state().perform_test(name, &values);
                holds.map(|holds| Value::from(holds != *negated)).map_err(|error| self.fail_in(&format!("`is {name}`"), at, plain(&error)))
            }
            Kind::Call(name, arguments) => {
                let arguments = self.arguments(arguments)?;
                function::call(name, &arguments, self.scope).map_err(|message| self.fail_in(&format!("`{name}`"), at, message))
            }
            Kind::List(elements) => elements.iter().map(|element| self.value(element)).collect::<Result<Vec<_>, _>>().map(Value::from),
            Kind::Map(entries) => {
                let mut map = Vec::new();
                for (key, element) in entries {
                    let key = to_text(&self.value(key)?).map_err(|message| self.fail(at, message))?;
                    map.push((key, self.json(element)?));
                }
                Ok(from_json(&Json::Map(map)))
            }
        }
    }

    /// A name that is no variable: a URL of the environment, or a mistake.
    fn own_name(&self, name: &str, at: &Range<usize>) -> Result<Value, Failure> {
        let url = self.scope.surroundings().urls.get(name);
        url.map(|url| Value::from(url.as_str())).ok_or_else(|| {
            let help = did_you_mean(name, self.scope.names());
            Failure::undefined(at, format!("unknown name `{name}`"), help)
        })
    }

    fn truth(&self, expression: &Expression) -> Result<bool, Failure> {
        let value = self.value(expression)?;
        // Exact numbers and durations are objects to MiniJinja, and those would always be true.
        Ok(match (number(&value), Period::of(&value)) {
            (Some(Ok(number)), _) => number.to_f64() != 0.0,
            (_, Some(period)) => period != Duration::ZERO,
            (Some(Err(_)) | None, None) => value.is_true(),
        })
    }

    fn value_or_undefined(&self, expression: &Expression) -> Result<Value, Failure> {
        match self.value(expression) {
            Err(failure) if failure.is_undefined => Ok(Value::UNDEFINED),
            other => other,
        }
    }

    fn arguments(&self, arguments: &Arguments) -> Result<Vec<Value>, Failure> {
        let mut values = arguments.plain.iter().map(|argument| self.value(argument)).collect::<Result<Vec<_>, _>>()?;
        if !arguments.named.is_empty() {
            let named: Vec<(String, Value)> =
                arguments.named.iter().map(|(name, argument)| Ok((name.clone(), self.value(argument)?))).collect::<Result<_, Failure>>()?;
            values.push(Value::from(Kwargs::from_iter(named)));
        }
        Ok(values)
    }

    fn step(&self, value: &Value, key: &Value, at: &Range<usize>) -> Result<Value, Failure> {
        let found = value.get_item(key).map_err(|error| self.fail_in("this step", at, plain(&error)))?;
        if found.is_undefined() {
            return Err(Failure::undefined(at, format!("there is no `{key}` in {}", kind(value)), None));
        }
        Ok(found)
    }

    /// `list[1:3]` and `text[1:3]`, with MiniJinja's rules, through MiniJinja.
    fn slice(&self, value: &Value, parts: &[Option<Expression>; 3], at: &Range<usize>) -> Result<Value, Failure> {
        let part = |place: usize| parts[place].as_ref().map_or(Ok(Value::from(())), |part| self.value(part));
        let context = [("value", value.clone()), ("start", part(0)?), ("stop", part(1)?), ("step", part(2)?)];
        let slice = filter::LIBRARY.compile_expression("value[start:stop:step]").expect("the expression is sound");
        let context: std::collections::BTreeMap<&str, Value> = context.into_iter().collect();
        slice.eval(Value::from(context)).map_err(|error| self.fail_in("`[…]`", at, plain(&error)))
    }
}

fn arithmetic(operator: Operator, one: &Value, two: &Value) -> Result<Value, String> {
    if operator == Operator::Concatenate {
        return Ok(Value::from(format!("{}{}", to_text(one)?, to_text(two)?)));
    }
    if let Some(result) = with_durations(operator, one, two) {
        return result;
    }
    match (operator, one.as_str(), two.as_str()) {
        (Operator::Add, Some(one), Some(two)) => return Ok(Value::from(format!("{one}{two}"))),
        (Operator::Add, Some(_), None) | (Operator::Add, None, Some(_)) => {
            return Err(format!("cannot add {} and {}; texts are joined with `~`", kind(one), kind(two)));
        }
        (Operator::Multiply, Some(text), None) => {
            let count = usize::try_from(two.clone()).map_err(|_| format!("cannot repeat text {} times", kind(two)))?;
            if text.len().saturating_mul(count) > MAX_REPEATED {
                return Err(String::from("the repeated text is too long"));
            }
            return Ok(Value::from(text.repeat(count)));
        }
        _ => {}
    }
    let is_list = |value: &Value| matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable);
    if operator == Operator::Add && is_list(one) && is_list(two) {
        let (Json::List(mut elements), Json::List(more)) = (to_json(one)?, to_json(two)?) else {
            return Err(String::from("cannot add these lists"));
        };
        elements.extend(more);
        return Ok(from_json(&Json::List(elements)));
    }
    if number(one).is_none() || number(two).is_none() {
        return Err(format!("cannot calculate {} {} {}", kind(one), operator.sign(), kind(two)));
    }
    calculate(operator, one, two)
}

/// Arithmetic in which one side is a duration; text that is written as one counts where the other side leaves no doubt.
fn with_durations(operator: Operator, one: &Value, two: &Value) -> Option<Result<Value, String>> {
    let (typed_one, typed_two) = (Period::of(one), Period::of(two));
    let is_number = |value: &Value| matches!(number(value), Some(Ok(_)));
    let scaled = |period: Duration, factor: &Value| {
        let factor = number(factor)?.ok()?;
        let result = match factor.to_i64().and_then(|factor| u32::try_from(factor).ok()) {
            Some(factor) => period.checked_mul(factor),
            None => Duration::try_from_secs_f64(period.as_secs_f64() * factor.to_f64()).ok(),
        };
        Some(result.map(Period::value).ok_or_else(|| String::from("the duration would be negative or too long")))
    };
    match operator {
        Operator::Multiply if is_number(two) => scaled(Period::read(one)?, two),
        Operator::Multiply if is_number(one) => scaled(Period::read(two)?, one),
        Operator::Divide if is_number(two) => {
            let divisor = number(two)?.ok()?.to_f64();
            let result = Duration::try_from_secs_f64(Period::read(one)?.as_secs_f64() / divisor);
            Some(result.map(Period::value).map_err(|_| String::from("the duration would be negative or too long")))
        }
        Operator::Divide if typed_one.is_some() || typed_two.is_some() => {
            let quotient = Period::read(one)?.as_secs_f64() / Period::read(two)?.as_secs_f64();
            Some(if quotient.is_finite() { Ok(Value::from(quotient)) } else { Err(String::from("a duration is divided by zero")) })
        }
        Operator::Add | Operator::Subtract if typed_one.is_some() || typed_two.is_some() => {
            if let (Some(one), Some(two)) = (Period::read(one), Period::read(two)) {
                let result = if operator == Operator::Add { one.checked_add(two) } else { one.checked_sub(two) };
                return Some(result.map(Period::value).ok_or_else(|| String::from("the duration would be negative or too long")));
            }
            let sign = if operator == Operator::Add { 1 } else { -1 };
            let moment = Moment::read(one).filter(|_| one.as_str().is_some())?;
            Some(moment.shift(two, sign).map(|moment| Value::from(moment.text())))
        }
        Operator::Add
        | Operator::Subtract
        | Operator::Multiply
        | Operator::Divide
        | Operator::FloorDivide
        | Operator::Remainder
        | Operator::Power
        | Operator::Concatenate => None,
    }
}

fn compare(comparison: Comparison, one: &Value, two: &Value) -> Result<bool, String> {
    match comparison {
        Comparison::Equal => Ok(equal(one, two)),
        Comparison::NotEqual => Ok(!equal(one, two)),
        Comparison::Less => order(one, two).map(Ordering::is_lt),
        Comparison::AtMost => order(one, two).map(Ordering::is_le),
        Comparison::Greater => order(one, two).map(Ordering::is_gt),
        Comparison::AtLeast => order(one, two).map(Ordering::is_ge),
        Comparison::In => contains(two, one),
        Comparison::NotIn => contains(two, one).map(|found| !found),
    }
}

fn equal(one: &Value, two: &Value) -> bool {
    if Period::of(one).is_some() || Period::of(two).is_some() {
        return Period::read(one).is_some() && Period::read(one) == Period::read(two);
    }
    match (to_json(one), to_json(two)) {
        (Ok(one), Ok(two)) => one == two,
        _ => one == two,
    }
}

fn order(one: &Value, two: &Value) -> Result<Ordering, String> {
    if let (Some(Ok(one)), Some(Ok(two))) = (number(one), number(two)) {
        return Ok(Number::cmp(&one, &two));
    }
    if (Period::of(one).is_some() || Period::of(two).is_some())
        && let (Some(one), Some(two)) = (Period::read(one), Period::read(two))
    {
        return Ok(one.cmp(&two));
    }
    match (one.as_str(), two.as_str()) {
        (Some(one), Some(two)) => Ok(one.cmp(two)),
        _ => Err(format!("cannot compare {} with {}", kind(one), kind(two))),
    }
}

fn contains(container: &Value, element: &Value) -> Result<bool, String> {
    if let Some(text) = container.as_str() {
        return match element.as_str() {
            Some(part) => Ok(text.contains(part)),
            None => Err(format!("`in` looks for text in text, not for {}", kind(element))),
        };
    }
    match container.kind() {
        ValueKind::Seq | ValueKind::Iterable | ValueKind::Map => {
            let mut elements = container.try_iter().map_err(|error| plain(&error))?;
            Ok(elements.any(|other| equal(&other, element)))
        }
        _ => Err(format!("`in` needs a list, a map or text on its right, not {}", kind(container))),
    }
}
