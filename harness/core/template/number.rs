//! Arithmetic of expressions: exact on integers, doubles otherwise.

use minijinja::Value;

use super::{
    expression::Operator,
    value::{kind, number},
};
use crate::json::Number;

/// Calculates with two numbers, as MiniJinja does: `/` yields a fraction, `//` and `%` round towards minus infinity.
pub(super) fn calculate(operator: Operator, one: &Value, two: &Value) -> Result<Value, String> {
    let sign = operator.sign();
    let numeric = |value: &Value| {
        number(value).unwrap_or_else(|| Err(format!("cannot calculate {} {sign} {}: {}", kind(one), kind(two), "both have to be numbers")))
    };
    let (one, two) = (numeric(one)?, numeric(two)?);
    let (float_one, float_two) = (one.to_f64(), two.to_f64());
    let too_large = || format!("{one} {sign} {two} is too large");
    if float_two == 0.0 && matches!(operator, Operator::Divide | Operator::FloorDivide | Operator::Remainder) {
        return Err(format!("{one} {sign} {two} divides by zero"));
    }
    if let (Some(integer_one), Some(integer_two)) = (integer(&one), integer(&two)) {
        let result = match operator {
            Operator::Add => Some(integer_one.checked_add(integer_two)),
            Operator::Subtract => Some(integer_one.checked_sub(integer_two)),
            Operator::Multiply => Some(integer_one.checked_mul(integer_two)),
            Operator::FloorDivide => Some(floor_divide(integer_one, integer_two)),
            Operator::Remainder => Some(
                floor_divide(integer_one, integer_two).and_then(|quotient| integer_one.checked_sub(quotient.checked_mul(integer_two)?)),
            ),
            Operator::Power if integer_two >= 0 => {
                Some(u32::try_from(integer_two).ok().and_then(|exponent| integer_one.checked_pow(exponent)))
            }
            Operator::Power | Operator::Divide | Operator::Concatenate => None,
        };
        if let Some(result) = result {
            return result.map(Value::from).ok_or_else(too_large);
        }
    }
    let result = match operator {
        Operator::Add => float_one + float_two,
        Operator::Subtract => float_one - float_two,
        Operator::Multiply => float_one * float_two,
        Operator::Divide => float_one / float_two,
        Operator::FloorDivide => (float_one / float_two).floor(),
        Operator::Remainder => float_one - (float_one / float_two).floor() * float_two,
        Operator::Power => float_one.powf(float_two),
        Operator::Concatenate => f64::NAN,
    };
    if result.is_finite() { Ok(Value::from(result)) } else { Err(too_large()) }
}

/// The number as it stands in an integer's syntax; `1.0` is no integer, as in MiniJinja.
fn integer(number: &Number) -> Option<i128> {
    number.as_str().parse().ok()
}

fn floor_divide(one: i128, two: i128) -> Option<i128> {
    let quotient = one.checked_div(two)?;
    let has_rest = one.checked_rem(two)? != 0;
    if has_rest && (one < 0) != (two < 0) { quotient.checked_sub(1) } else { Some(quotient) }
}
