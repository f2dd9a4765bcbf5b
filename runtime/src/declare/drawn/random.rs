//! The source of random values.

use crate::declare::workflow::{Constant, WorkflowDescriptor};
use crate::declare::{EnumType, LiteralType, SimpleType, Union, Variant};

/// Small random numbers, so that equal numbers occur.
pub(super) struct Random {
    state: u64,
    /// The random workflows so far, which others may call.
    pub(super) parts: Vec<&'static WorkflowDescriptor<'static>>,
}

/// Leaks a value, so that it lives as long as a constant.
pub(super) fn forever<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

pub(super) fn all<T>(values: Vec<T>) -> &'static [T] {
    values.leak()
}

const INTEGER: LiteralType = LiteralType::Simple(SimpleType::Integer);
const STRING: LiteralType = LiteralType::Simple(SimpleType::String);
static NUMBERS: LiteralType = LiteralType::Collection(&INTEGER);
static MAYBE: LiteralType = LiteralType::Union(Union {
    variants: &[Variant {
        literal_type: STRING,
        tag: "str",
    }],
    or_none: true,
    encoded: &[],
});
static CHOICES: EnumType = EnumType {
    values: &["red", "green"],
    encoded: &[],
};

impl Random {
    pub(super) fn new(state: u64) -> Self {
        Random {
            state,
            parts: Vec::new(),
        }
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.state >> 33).expect("31 bits") % bound
    }

    pub(super) fn one_in(&mut self, bound: usize) -> bool {
        self.below(bound) == 0
    }

    pub(super) fn maybe<T>(&mut self, draw: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.one_in(3).then(|| draw(self))
    }

    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    pub(super) fn several<T>(
        &mut self,
        most: usize,
        mut draw: impl FnMut(&mut Self, usize) -> T,
    ) -> &'static [T] {
        let count = self.below(most + 1);
        all((0..count).map(|place| draw(self, place)).collect())
    }

    pub(super) fn text(&mut self) -> &'static str {
        let long: &str = forever("a text of some length, ".repeat(9));
        self.pick(&["", "a", "größer \"\n", "One.\n\nTwo.\nThree.", "z.b", long])
    }

    /// A name for each index.
    pub(super) fn name(&mut self, place: usize) -> &'static str {
        let start = self.pick(&["b", "a", "Z", "_"]);
        forever(format!("{start}{place}"))
    }

    pub(super) fn entries(&mut self) -> &'static [(&'static str, &'static str)] {
        self.several(3, |random, place| (random.name(place), random.text()))
    }

    pub(super) fn literal_type(&mut self, depth: usize) -> LiteralType {
        let bound = if depth == 0 { 9 } else { 11 };
        match self.below(bound) {
            0 => LiteralType::Simple(SimpleType::Float),
            1 => LiteralType::Simple(SimpleType::Boolean),
            2 => STRING,
            3 => LiteralType::Simple(SimpleType::Datetime),
            4 => LiteralType::Simple(SimpleType::Duration),
            5 => LiteralType::Enum(&CHOICES),
            6 => LiteralType::Dict,
            7 => MAYBE,
            8 => self.union(),
            9 => LiteralType::Collection(forever(self.literal_type(depth - 1))),
            _ => LiteralType::Map(forever(self.literal_type(depth - 1))),
        }
    }

    fn union(&mut self) -> LiteralType {
        let variant = |literal_type, tag| Variant { literal_type, tag };
        let float = LiteralType::Simple(SimpleType::Float);
        LiteralType::Union(Union {
            variants: all(vec![
                variant(INTEGER, "int"),
                variant(NUMBERS, "Typed List"),
                variant(float, "float"),
            ]),
            or_none: self.one_in(2),
            encoded: &[],
        })
    }

    /// A constant of this type, if there are constants of it.
    pub(super) fn constant(&mut self, literal_type: &LiteralType) -> Option<Constant<'static>> {
        Some(match literal_type {
            LiteralType::Simple(simple) => match simple {
                SimpleType::Integer => {
                    Constant::Integer(self.pick(&[0, 1, -1, i64::MIN, i64::MAX]))
                }
                SimpleType::Float => {
                    Constant::Float(self.pick(&[0.0, -0.0, 1.5, f64::MIN_POSITIVE, f64::INFINITY]))
                }
                SimpleType::Boolean => Constant::Boolean(self.one_in(2)),
                SimpleType::String => Constant::String(self.text()),
                SimpleType::Datetime => Constant::Datetime {
                    seconds: self.pick(&[0, -1, 1 << 40]),
                    nanos: self.pick(&[0, 999_999_999]),
                },
                SimpleType::Duration => Constant::Duration {
                    seconds: self.pick(&[0, 1, 1 << 40]),
                    nanos: self.pick(&[0, 1]),
                },
                _ => Constant::None,
            },
            LiteralType::Enum(choices) => Constant::String(self.pick(choices.values)),
            LiteralType::Dict => {
                Constant::Msgpack(self.pick(&[&[][..], b"\x80", b"\x81\xa1a\x01"]))
            }
            LiteralType::Union(union) => {
                if union.or_none && self.one_in(3) {
                    return Some(Constant::None);
                }
                // At least one variant is not a list.
                loop {
                    let variant = self.pick(union.variants);
                    if let Some(constant) = self.constant(&variant.literal_type) {
                        return Some(constant);
                    }
                }
            }
            _ => return None,
        })
    }
}
