//! Finds the variant of a value.

use super::Candidate;
use crate::types::{
    Content, FlyteType, LiteralRef, MsgpackReader, UnionRef, ValueError, choice, data,
};

/// Reads a value of one of the types.
///
/// # Errors
///
/// If it has none of the types; the error lists each tried type, and why it does not fit.
pub fn unpack<T>(
    value: &mut MsgpackReader<'_>,
    candidates: &[Candidate<T>],
) -> Result<T, ValueError> {
    unpack_first(value, candidates.iter())
}

/// Reads a literal of one of the types.
///
/// # Errors
///
/// If it is malformed, or has none of the types; the error lists each tried type, and why it does not fit.
pub fn decode<T: FlyteType>(
    literal: LiteralRef<'_>,
    candidates: &[Candidate<T>],
) -> Result<T, ValueError> {
    let union = match literal.content()? {
        Content::Union(union) => union,
        Content::Offloaded(_) => return data::decode(literal, "a value"),
        _ => return decode_first(literal, candidates.iter()),
    };
    let Some(tag) = union.tag()? else {
        return decode_first(union.value(), candidates.iter());
    };
    let tagged = candidates.iter().filter(|it| it.variant.tag == tag);
    match (tagged.clone().next(), tagged.clone().nth(1)) {
        (None, _) => Err(other_tag(literal, candidates)),
        (Some(only), None) => only.decode(union.value()),
        (Some(_), Some(_)) => decode_typed(union, tagged),
    }
}

#[cold]
fn other_tag<T>(literal: LiteralRef<'_>, candidates: &[Candidate<T>]) -> ValueError {
    let mut tags: Vec<&str> = candidates.iter().map(|it| it.variant.tag).collect();
    tags.dedup();
    let expected = format!("a union with tag {}", choice::one_of(&tags));
    ValueError::unexpected(expected, literal)
}

/// Reads a value of one of several types with the same tag; the type in the literal is tried first.
fn decode_typed<'c, T: 'c>(
    union: UnionRef<'_>,
    candidates: impl Iterator<Item = &'c Candidate<T>> + Clone,
) -> Result<T, ValueError> {
    for candidate in candidates.clone() {
        if candidate.has_type(union)? {
            return candidate.decode(union.value());
        }
    }
    decode_first(union.value(), candidates)
}

/// Reads a literal as the first of the types that fits.
fn decode_first<'c, T: 'c>(
    literal: LiteralRef<'_>,
    candidates: impl Iterator<Item = &'c Candidate<T>> + Clone,
) -> Result<T, ValueError> {
    let content = literal.content()?;
    if let Content::Binary(_) | Content::Generic(_) = content {
        let first = |value: &mut MsgpackReader<'_>| unpack_first(value, candidates);
        return data::decode_with(literal, "data", first);
    }
    let mut shown = candidates.clone().filter(|it| it.is_shown_by(&content));
    if let Some(read) = shown.find_map(|it| it.decode(literal).ok()) {
        return Ok(read);
    }
    first_of(candidates, |candidate| candidate.decode(literal))
}

/// Reads a value as the first of the types that fits: without a conversion, or else with one.
fn unpack_first<'c, T: 'c>(
    value: &mut MsgpackReader<'_>,
    candidates: impl Iterator<Item = &'c Candidate<T>> + Clone,
) -> Result<T, ValueError> {
    let start = *value;
    let mut unpack = |candidate: &Candidate<T>, from| {
        *value = from;
        (candidate.unpack)(value)
    };
    // First exactly; then with conversions, but without dropping fields. A caller with one of these modes
    // tries the others itself.
    let attempts = [start.exact(), start.only_known()];
    let attempts = match (start.is_exact(), start.is_only_known()) {
        (true, _) => &[][..],
        (_, true) => &attempts[..1],
        _ => &attempts,
    };
    let strictly = attempts.iter().find_map(|from| {
        let mut each = candidates.clone();
        each.find_map(|candidate| unpack(candidate, *from).ok())
    });
    let found = match strictly {
        Some(found) => Ok(found),
        None => first_of(candidates, |candidate| unpack(candidate, start)),
    };
    *value = value.like(start);
    found
}

/// The result of the first attempt that succeeds, or the reasons why all failed.
fn first_of<'c, T: 'c>(
    candidates: impl Iterator<Item = &'c Candidate<T>>,
    mut read: impl FnMut(&Candidate<T>) -> Result<T, ValueError>,
) -> Result<T, ValueError> {
    let mut reasons = Vec::new();
    for candidate in candidates {
        match read(candidate) {
            Ok(found) => return Ok(found),
            Err(reason) => reasons.push(format!("`{}`: {reason}", candidate.name)),
        }
    }
    let reasons = reasons.join("; ");
    Err(ValueError::other(format!("fits no variant: {reasons}")))
}

/// Reads an object of the type that its field `field` names.
///
/// # Errors
///
/// If it is not an object, or does not fit the named type.
pub fn unpack_by_field<T>(
    value: &mut MsgpackReader<'_>,
    field: &'static str,
    candidates: &[Candidate<T>],
) -> Result<T, ValueError> {
    let mut ahead = *value;
    let mut fields = ahead.object()?;
    while let Some(name) = fields.next_name()? {
        if name != field {
            fields.skip()?;
            continue;
        }
        let mut found = None;
        fields.take(field, &mut found, |value| {
            let name = value.str()?;
            let called = candidates.iter().find(|it| it.is_called(name));
            called.ok_or_else(|| other_name(name, candidates))
        })?;
        let candidate = found.ok_or_else(|| ValueError::missing(field))?;
        return (candidate.unpack)(value);
    }
    Err(ValueError::missing(field))
}

#[cold]
fn other_name<T>(name: &str, candidates: &[Candidate<T>]) -> ValueError {
    let names: Vec<_> = candidates.iter().map(|it| it.name).collect();
    choice::unknown(name, &names)
}

/// Like [`unpack_by_field`], from a literal.
///
/// # Errors
///
/// If it is malformed, and the errors of [`unpack_by_field`].
pub fn decode_by_field<T: FlyteType>(literal: LiteralRef<'_>) -> Result<T, ValueError> {
    match literal.content()? {
        Content::Union(union) => data::decode(union.value(), "an object"),
        _ => data::decode(literal, "an object"),
    }
}
