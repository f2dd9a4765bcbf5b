//! A value or none: a union of two types.

use super::{Content, FlyteType, LiteralRef, LiteralWriter, UnionRef, ValueError, Written};
use crate::template::{LiteralType, Variant};

/// Python's `Optional[T]`: a union of `T` and none.
///
/// Read from a union of either tag, from a union without a tag, or from the bare value: backends
/// and launch plans bind constants without the union around them.
///
/// An option inside an option is refused, since Flyte has one none:
///
/// ```compile_fail,E0080
/// # use flytekit::types::FlyteType;
/// const _: flytekit::template::LiteralType = Option::<Option<i64>>::LITERAL_TYPE;
/// ```
///
/// and so is an option of `()`:
///
/// ```compile_fail,E0080
/// # use flytekit::types::FlyteType;
/// const _: flytekit::template::LiteralType = Option::<()>::LITERAL_TYPE;
/// ```
impl<T: FlyteType> FlyteType for Option<T> {
    const LITERAL_TYPE: LiteralType = LiteralType::Union(Variants::<T>::ALL);
    const TAG: &'static str = "Typed Union";

    fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
        match literal.content()? {
            Content::None => Ok(None),
            Content::Union(union) => decode_union(union, literal),
            _ => T::decode(literal).map(Some),
        }
    }

    fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
        match self {
            Some(value) => out.union(&Variants::<T>::SOME, |out| value.encode(out)),
            None => out.union(&NONE, |out| ().encode(out)),
        }
    }
}

struct Variants<T>(T);

const NONE: Variant = Variant { literal_type: <()>::LITERAL_TYPE, tag: <()>::TAG };

impl<T: FlyteType> Variants<T> {
    const SOME: Variant = {
        assert!(
            !matches!(T::LITERAL_TYPE, LiteralType::Union(_)) && !T::LITERAL_TYPE.is_none(),
            "an Option of an Option or of () is not a Flyte type: Flyte has only one kind of none"
        );
        Variant { literal_type: T::LITERAL_TYPE, tag: T::TAG }
    };
    const ALL: &'static [Variant] = &[Self::SOME, NONE];
}

fn decode_union<T: FlyteType>(union: UnionRef<'_>, literal: LiteralRef<'_>) -> Result<Option<T>, ValueError> {
    match union.tag()? {
        None => decode_bare(union.value()),
        Some(tag) if tag == T::TAG => T::decode(union.value()).map(Some),
        Some(tag) if tag == NONE.tag => <()>::decode(union.value()).map(|()| None),
        Some(_) => Err(ValueError::unexpected(
            format!("a union of tag \"{}\" or \"{}\"", T::TAG, NONE.tag),
            literal,
        )),
    }
}

fn decode_bare<T: FlyteType>(literal: LiteralRef<'_>) -> Result<Option<T>, ValueError> {
    match literal.content()? {
        Content::None => Ok(None),
        _ => T::decode(literal).map(Some),
    }
}
