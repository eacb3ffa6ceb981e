//! The functions of the suite language: `uuid() now() random(a, b) totp(secret)`.

use chrono::SecondsFormat;
use hmac::{Hmac, Mac};
use minijinja::Value;
use sha1::Sha1;

use super::{
    filter::{LIBRARY, hex, wrong_count},
    scope::Scope,
    value::{kind, plain, plain_value, to_text},
};

/// Every function.
pub(super) const NAMES: [&str; 6] = ["uuid", "now", "random", "totp", "range", "dict"];

/// Calls a function by name.
pub(super) fn call(name: &str, arguments: &[Value], scope: &Scope) -> Result<Value, String> {
    let expect = |count: usize| {
        if arguments.len() == count {
            return Ok(());
        }
        Err(wrong_count(name, count, arguments.len()))
    };
    match name {
        "now" => expect(0).map(|()| Value::from(scope.now.to_rfc3339_opts(SecondsFormat::Secs, true))),
        "uuid" => expect(0).map(|()| Value::from(uuid(scope.random().draw()))),
        "random" => expect(2).and_then(|()| random(&arguments[0], &arguments[1], scope)),
        "totp" => expect(1).and_then(|()| totp(&to_text(&arguments[0])?, scope.now.timestamp())),
        _ => {
            let function = LIBRARY.globals().find(|(known, _)| *known == name).map(|(_, function)| function);
            let function = function.ok_or_else(|| format!("unknown function `{name}`"))?;
            let arguments: Vec<Value> = arguments.iter().map(plain_value).collect();
            function.call(&mut LIBRARY.empty_state(), &arguments).map_err(|error| plain(&error))
        }
    }
}

/// What is wrong with a call, as far as that shows before the run.
pub(super) fn mistake(name: &str, given: usize, constants: Option<&[Value]>) -> Option<String> {
    let count = match name {
        "now" | "uuid" => 0,
        "totp" => 1,
        "random" => 2,
        _ => return None,
    };
    if given != count {
        return Some(wrong_count(name, count, given));
    }
    match (name, constants) {
        ("random", Some([low, high])) => bounds(low, high).err(),
        _ => None,
    }
}

/// A version 4 UUID (RFC 9562, 5.4).
fn uuid(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let digits = hex(&bytes);
    format!("{}-{}-{}-{}-{}", &digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..])
}

/// An integer from `low` to `high`, both included.
fn random(low: &Value, high: &Value, scope: &Scope) -> Result<Value, String> {
    let (low, high) = bounds(low, high)?;
    let count = u128::try_from(high - low + 1).expect("high is not below low");
    // 128 bits over at most 64: the bias is below 2^-64.
    let drawn = u128::from_be_bytes(scope.random().draw()) % count;
    Ok(Value::from(low + i128::try_from(drawn).expect("drawn fits 65 bits")))
}

/// The bounds of `random`, the smaller one first.
fn bounds(low: &Value, high: &Value) -> Result<(i128, i128), String> {
    let integer = |value: &Value| i64::try_from(value.clone()).map_err(|_| format!("`random` takes two integers, not {}", kind(value)));
    let (low, high) = (i128::from(integer(low)?), i128::from(integer(high)?));
    if low > high {
        return Err(format!("`random` takes the smaller number first: {low} is more than {high}"));
    }
    Ok((low, high))
}

/// The six-digit code of RFC 6238 (SHA-1, steps of 30 seconds) for a secret in base32 (RFC 4648).
fn totp(secret: &str, now: i64) -> Result<Value, String> {
    let key = base32(secret).ok_or("`totp` takes a secret in base32 (letters A to Z and digits 2 to 7)")?;
    let mut mac = Hmac::<Sha1>::new_from_slice(&key).map_err(|error| error.to_string())?;
    mac.update(&(now.div_euclid(30)).to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(digest[19] & 0x0f);
    let code = u32::from_be_bytes([digest[offset] & 0x7f, digest[offset + 1], digest[offset + 2], digest[offset + 3]]);
    Ok(Value::from(format!("{:06}", code % 1_000_000)))
}

/// The bytes of a base32 text; case, spaces, hyphens and padding do not count.
fn base32(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for character in text.trim_end_matches('=').chars().filter(|character| !matches!(character, ' ' | '-')) {
        let digit = match character.to_ascii_uppercase() {
            letter @ 'A'..='Z' => u32::from(letter) - u32::from('A'),
            digit @ '2'..='7' => u32::from(digit) - u32::from('2') + 26,
            _ => return None,
        };
        bits = (bits << 5 | digit) & 0xfff;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).expect("one byte"));
        }
    }
    (!bytes.is_empty()).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totp_gives_the_codes_of_the_rfc() {
        // RFC 6238, appendix B, cut to six digits; the key is "12345678901234567890".
        let check = |now: i64, expected: &str| {
            assert_eq!(totp("gezd gnbv gy3t qojq gezd gnbv gy3t qojq", now).unwrap(), Value::from(expected), "{now}");
        };
        check(59, "287082");
        check(1_111_111_109, "081804");
        check(20_000_000_000, "353130");
        assert!(totp("not base32!", 0).is_err());
        assert!(totp("", 0).is_err());
    }
}
