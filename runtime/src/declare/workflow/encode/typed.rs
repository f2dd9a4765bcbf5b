//! The types of a graph's values: for a union, the chosen variant.

use core::cmp::Ordering;

use super::super::{Binding, Constant};
use super::object;
use crate::declare::sorted::compare;
use crate::declare::{LiteralType, SimpleType, Union, Variant};

impl Binding<'_> {
    /// Whether this is a value of the type, as far as that is known before anything runs. Promises count as
    /// values of the type.
    pub(in crate::declare) const fn fits(&self, literal_type: &LiteralType) -> bool {
        match (self, literal_type) {
            (Binding::Constant(constant), _) => constant.fits(literal_type),
            (Binding::Promise(_) | Binding::Encoded(_), _) => true,
            (_, LiteralType::Union(union)) => self.variant_of(union).is_some(),
            (Binding::List(values), LiteralType::Collection(element)) => {
                let mut rest = *values;
                while let [first, more @ ..] = rest {
                    if !first.fits(element) {
                        return false;
                    }
                    rest = more;
                }
                true
            }
            (Binding::Map(entries), LiteralType::Map(member)) => {
                let mut rest = *entries;
                while let [(_, first), more @ ..] = rest {
                    if !first.fits(member) {
                        return false;
                    }
                    rest = more;
                }
                true
            }
            (Binding::Object(fields), LiteralType::Dataclass(dataclass)) => {
                object::fits(dataclass, fields)
            }
            _ => false,
        }
    }

    /// The value's type in a union: the first one that fits.
    pub(super) const fn variant_of<'u>(&self, union: &'u Union) -> Option<&'u Variant> {
        const NONE: &Variant = &Variant::NONE;
        // The names of fields do not say which of several structs this is.
        if matches!(self, Binding::Object(_)) && union.variants.len() > 1 {
            return None;
        }
        let mut rest = union.variants;
        while let [first, more @ ..] = rest {
            if self.fits(&first.literal_type) {
                return Some(first);
            }
            rest = more;
        }
        if union.or_none && matches!(self, Binding::Constant(Constant::None)) {
            return Some(NONE);
        }
        None
    }
}

impl Constant<'_> {
    /// Whether this is a value of the type, or, for a union, of one of its types.
    pub const fn fits(&self, literal_type: &LiteralType) -> bool {
        match (self, literal_type) {
            (_, LiteralType::Union(union)) => Binding::Constant(*self).variant_of(union).is_some(),
            (Constant::Scalar(_), _)
            | (Constant::None, LiteralType::Simple(SimpleType::None))
            | (Constant::Integer(_), LiteralType::Simple(SimpleType::Integer))
            | (Constant::Float(_), LiteralType::Simple(SimpleType::Float))
            | (Constant::String(_), LiteralType::Simple(SimpleType::String))
            | (Constant::Boolean(_), LiteralType::Simple(SimpleType::Boolean))
            | (Constant::Datetime { .. }, LiteralType::Simple(SimpleType::Datetime))
            | (Constant::Duration { .. }, LiteralType::Simple(SimpleType::Duration))
            | (Constant::Msgpack(_), LiteralType::Dict | LiteralType::Dataclass(_)) => true,
            (Constant::String(text), LiteralType::Enum(choices)) => is_one_of(text, choices.values),
            _ => false,
        }
    }
}

/// The type of a list's elements.
pub(crate) const fn element<'t>(
    literal_type: &'t LiteralType,
    list: &Binding<'_>,
) -> &'t LiteralType {
    match literal_type {
        LiteralType::Collection(element) => element,
        LiteralType::Union(union) => match list.variant_of(union) {
            Some(chosen) => element(&chosen.literal_type, list),
            None => panic!("a list does not have a type of this union"),
        },
        _ => panic!("a list does not have the type of its input"),
    }
}

/// The type of a map's values.
pub(crate) const fn member<'t>(
    literal_type: &'t LiteralType,
    map: &Binding<'_>,
) -> &'t LiteralType {
    match literal_type {
        LiteralType::Map(member) => member,
        LiteralType::Union(union) => match map.variant_of(union) {
            Some(chosen) => member(&chosen.literal_type, map),
            None => panic!("a map does not have a type of this union"),
        },
        _ => panic!("a map does not have the type of its input"),
    }
}

const fn is_one_of(text: &str, values: &[&str]) -> bool {
    let mut rest = values;
    while let [first, more @ ..] = rest {
        if matches!(compare(text, first), Ordering::Equal) {
            return true;
        }
        rest = more;
    }
    false
}
