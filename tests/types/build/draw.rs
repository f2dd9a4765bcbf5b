//! Generates random types: first each kind in each position, then any types.

use crate::model::{
    Absent, Body, Case, Definition, Field, KEYS, Kind, LEAVES, Leaf, Record, Type, Variant, leaf_of,
};
use crate::random::Random;

/// The maximum size of a definition when it is written out, because a type's schema is written out wherever
/// the type is used.
const LARGEST: usize = 60;
/// The maximum depth of values.
const DEEPEST: usize = 4;
/// The number of definitions of each kind that come first, so that others can use them.
const DEFINITIONS: usize = 90;
/// The number of types without a definition that come last.
const LOOSE: usize = 50;

const NOUNS: &[&str] = &[
    "amount",
    "batch",
    "city",
    "depth",
    "edge",
    "flag",
    "group",
    "hour",
    "item",
    "kind",
    "label",
    "match",
    "name",
    "order",
    "part",
    "rate",
    "self_check",
    "type",
    "unit_price",
    "value_a",
    "x",
];
const STATES: &[&str] = &[
    "Open", "Closed", "HalfDone", "Lost", "NotFound", "Ready", "OnItsWay", "Late",
];

/// The generated types.
pub(crate) struct Drawn {
    pub(crate) definitions: Vec<Definition>,
    /// The types of which values are generated.
    pub(crate) types: Vec<Type>,
}

/// The position of a type.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A whole literal.
    Whole,
    /// Inside of a dataclass.
    Inside,
}

pub(crate) fn draw(seed: u64) -> Drawn {
    let mut artist = Artist {
        random: Random::new(seed),
        drawn: Drawn {
            definitions: Vec::new(),
            types: Vec::new(),
        },
    };
    artist.each_leaf_in_each_place();
    for index in 0..DEFINITIONS {
        artist.definition(index);
    }
    for _ in 0..LOOSE {
        let of = artist.container(Place::Whole, DEEPEST);
        artist.drawn.types.push(of);
    }
    artist.drawn
}

struct Artist {
    random: Random,
    drawn: Drawn,
}

impl Artist {
    fn each_leaf_in_each_place(&mut self) {
        for leaf in LEAVES {
            let of = Type::Leaf(leaf);
            let inside = leaf.kind == Kind::Bytes;
            let text_map = map(leaf_of("String"), &of);
            let number_map = map(leaf_of("i64"), &of);
            let list = Type::List(Box::new(of.clone()));
            let mut places = vec![("plain", of.clone()), ("list", list)];
            places.extend([("by_text", text_map), ("by_number", number_map)]);
            if leaf.kind != Kind::None {
                places.push(("optional", Type::Option(Box::new(of.clone()))));
            }
            let whole = places.iter().filter(|_| !inside);
            self.drawn.types.extend(whole.map(|(_, of)| of.clone()));
            let pair = Type::Tuple(vec![of.clone(), of]);
            places.push(("pair", pair));
            let fields = places
                .into_iter()
                .map(|(name, of)| Field {
                    name: name.to_owned(),
                    renamed: None,
                    of,
                    default: Absent::Error,
                })
                .collect();
            let fields = Record {
                case: Case::AsIs,
                fields,
                skips: false,
            };
            self.define("Each", Body::Struct(fields));
        }
    }

    fn definition(&mut self, index: usize) {
        let (prefix, body) = match index % 9 {
            0 | 5 => ("Enum", self.unit_enum()),
            1 | 6 => ("Union", self.union()),
            2 => (
                "Newtype",
                Body::Newtype(self.part(Place::Whole, DEEPEST - 1)),
            ),
            3 => ("Tagged", self.tagged()),
            _ => ("Struct", Body::Struct(self.fields(DEEPEST - 1))),
        };
        self.define(prefix, body);
    }

    /// Adds the definition unless it is too large.
    fn define(&mut self, prefix: &str, body: Body) {
        let (size, depth) = self.measure_body(&body);
        if size > LARGEST {
            return;
        }
        let index = self.drawn.definitions.len();
        let name = format!("{prefix}{index}");
        let renamed = matches!(body, Body::Struct(_)) && self.random.once_in(6);
        self.drawn.definitions.push(Definition {
            rust: if renamed {
                format!("{name}Here")
            } else {
                name.clone()
            },
            name,
            body,
            size,
            depth,
        });
        self.drawn.types.push(Type::Defined(index));
    }

    fn unit_enum(&mut self) -> Body {
        let count = self.random.between(1, STATES.len());
        let first = self.random.below(STATES.len());
        let variants = (0..count)
            .map(|index| {
                let renamed = self
                    .random
                    .once_in(6)
                    .then(|| format!("state {index} ⇒ \"ä\""));
                (STATES[(first + index) % STATES.len()].to_owned(), renamed)
            })
            .collect();
        let case = self.random.choose(Case::ALL);
        Body::Enum { case, variants }
    }

    fn fields(&mut self, depth: usize) -> Record {
        let count = match self.random.below(12) {
            0 => 0,
            // More than a short map of MessagePack can hold.
            1 => 17,
            _ => self.random.between(1, 5),
        };
        let first = self.random.below(NOUNS.len());
        let fields = (0..count)
            .map(|index| self.field(NOUNS[(first + index) % NOUNS.len()], depth))
            .collect();
        Record {
            case: self.random.choose(Case::NAMES),
            fields,
            skips: self.random.once_in(5),
        }
    }

    fn field(&mut self, name: &str, depth: usize) -> Field {
        let of = self.part(Place::Inside, depth);
        let default = match &of {
            Type::Leaf(leaf) if leaf.kind == Kind::Integer && self.random.once_in(4) => {
                Absent::Seven
            }
            of if has_default(of) && self.random.once_in(3) => Absent::Default,
            _ => Absent::Error,
        };
        let renamed = self.random.once_in(8).then(|| format!("{name}_renamed"));
        Field {
            name: name.to_owned(),
            renamed,
            of,
            default,
        }
    }

    /// Variants whose values identify them.
    fn union(&mut self) -> Body {
        let count = self.random.between(2, 5);
        let index = self.drawn.definitions.len();
        let mut variants: Vec<Variant> = Vec::new();
        let mut kinds = Vec::new();
        while variants.len() < count {
            let name = format!("Variant{index}x{}", variants.len());
            let (kind, variant) = match self.random.below(6) {
                0 => (Kind::None, Variant::Unit(name)),
                1 => (
                    Kind::Structure,
                    Variant::Struct(name.clone(), self.told_apart(&name)),
                ),
                _ => {
                    let of = self.part(Place::Whole, 2);
                    let Some(kind) = self.kind(&of) else { continue };
                    (kind, Variant::Of(name, of))
                }
            };
            let own = matches!(variant, Variant::Struct(..));
            let fits = |&other: &Kind| own && kind == other || told_apart(kind, other);
            if kinds.iter().all(fits) {
                kinds.push(kind);
                variants.push(variant);
            }
        }
        Body::Union(variants)
    }

    /// A record with a required field whose name is unique.
    fn told_apart(&mut self, name: &str) -> Record {
        let mut fields = self.fields(1);
        let name = format!("only_{}", name.to_lowercase());
        let own = loop {
            let field = self.field(&name, 1);
            if !self.is_optional(&field.of) {
                break field;
            }
        };
        let default = Absent::Error;
        fields.fields.insert(0, Field { default, ..own });
        fields
    }

    fn tagged(&mut self) -> Body {
        let index = self.drawn.definitions.len();
        let variants = (0..self.random.between(2, 4))
            .map(|variant| (format!("Case{index}x{variant}"), self.fields(1)))
            .collect();
        Body::Tagged {
            tag: self.random.choose(&["tag", "is_a"]),
            case: self.random.choose(Case::ALL),
            variants,
        }
    }

    /// A type of at most this depth.
    fn part(&mut self, place: Place, depth: usize) -> Type {
        if depth == 0 || self.random.once_in(3) {
            return Type::Leaf(self.leaf(place));
        }
        if self.random.once_in(2)
            && let Some(of) = self.defined(depth)
        {
            return of;
        }
        self.container(place, depth)
    }

    fn leaf(&mut self, place: Place) -> &'static Leaf {
        loop {
            let leaf = &LEAVES[self.random.below(LEAVES.len())];
            if place == Place::Inside || leaf.kind != Kind::Bytes {
                return leaf;
            }
        }
    }

    fn container(&mut self, place: Place, depth: usize) -> Type {
        match self
            .random
            .below(if place == Place::Inside { 8 } else { 7 })
        {
            0 | 1 => loop {
                let of = self.part(place, depth - 1);
                if !self.is_optional(&of) {
                    return Type::Option(Box::new(of));
                }
            },
            2 | 3 => Type::List(Box::new(self.part(place, depth - 1))),
            7 => {
                let count = self.random.between(1, 4);
                Type::Tuple((0..count).map(|_| self.part(place, depth - 1)).collect())
            }
            _ => Type::Map {
                ordered: self.random.once_in(2),
                key: leaf_of(self.random.choose(KEYS)),
                value: Box::new(self.part(place, depth - 1)),
            },
        }
    }

    /// One of the definitions that are not too deep.
    fn defined(&mut self, depth: usize) -> Option<Type> {
        let fitting: Vec<_> = (0..self.drawn.definitions.len())
            .filter(|&index| self.drawn.definitions[index].depth <= depth)
            .collect();
        (!fitting.is_empty()).then(|| Type::Defined(self.random.choose(&fitting)))
    }

    /// Whether `None` is already among its values.
    fn is_optional(&self, of: &Type) -> bool {
        match of {
            Type::Leaf(leaf) => leaf.kind == Kind::None,
            Type::Option(_) => true,
            Type::Defined(index) => match &self.drawn.definitions[*index].body {
                Body::Newtype(of) => self.is_optional(of),
                Body::Union(variants) => variants.iter().any(|variant| match variant {
                    Variant::Unit(_) => true,
                    Variant::Of(_, of) => self.is_optional(of),
                    Variant::Struct(..) => false,
                }),
                _ => false,
            },
            _ => false,
        }
    }

    /// The kind of its values in a union; None for a union, which cannot be in a union.
    fn kind(&self, of: &Type) -> Option<Kind> {
        match of {
            Type::Leaf(leaf) => Some(leaf.kind),
            Type::Option(_) => None,
            Type::List(_) | Type::Tuple(_) => Some(Kind::List),
            Type::Map { .. } => Some(Kind::Map),
            Type::Defined(index) => match &self.drawn.definitions[*index].body {
                Body::Struct(_) => Some(Kind::Structure),
                Body::Enum { .. } => Some(Kind::Enum),
                Body::Newtype(of) => self.kind(of),
                Body::Union(_) | Body::Tagged { .. } => None,
            },
        }
    }

    /// The number of its parts, and their depth.
    fn measure(&self, of: &Type) -> (usize, usize) {
        let (size, depth) = match of {
            Type::Leaf(_) => (0, 0),
            Type::Option(of) | Type::List(of) | Type::Map { value: of, .. } => self.measure(of),
            Type::Tuple(items) => sum(items.iter().map(|of| self.measure(of))),
            Type::Defined(index) => {
                let Definition { size, depth, .. } = self.drawn.definitions[*index];
                return (size, depth);
            }
        };
        (size + 1, depth + 1)
    }

    fn measure_body(&self, body: &Body) -> (usize, usize) {
        let fields =
            |fields: &Record| sum(fields.fields.iter().map(|field| self.measure(&field.of)));
        let (size, depth) = match body {
            Body::Struct(of) => fields(of),
            Body::Enum { variants, .. } => (variants.len() / 4, 0),
            Body::Newtype(of) => return self.measure(of),
            Body::Tagged { variants, .. } => sum(variants.iter().map(|(_, of)| fields(of))),
            Body::Union(variants) => sum(variants.iter().map(|variant| match variant {
                Variant::Of(_, of) => self.measure(of),
                Variant::Struct(_, of) => fields(of),
                Variant::Unit(_) => (1, 0),
            })),
        };
        (size + 1, depth + 1)
    }
}

fn map(key: &'static Leaf, value: &Type) -> Type {
    Type::Map {
        ordered: false,
        key,
        value: Box::new(value.clone()),
    }
}

/// Whether a bare value of the one kind can never be one of the other.
fn told_apart(one: Kind, other: Kind) -> bool {
    use Kind::{Date, Directory, Enum, File, Float, Instant, Integer, Map, Span, Structure, Text};
    let groups: [&[Kind]; 4] = [
        &[Float, Span],
        &[Integer, Span],
        &[Text, Enum, Instant, Date],
        &[Map, Structure, File, Directory],
    ];
    one != other
        && !groups
            .iter()
            .any(|group| group.contains(&one) && group.contains(&other))
}

fn has_default(of: &Type) -> bool {
    match of {
        Type::Leaf(leaf) => leaf.default.is_some(),
        Type::Option(_) | Type::List(_) | Type::Map { .. } => true,
        Type::Tuple(_) | Type::Defined(_) => false,
    }
}

fn sum(parts: impl Iterator<Item = (usize, usize)>) -> (usize, usize) {
    parts.fold((0, 0), |(size, depth), (more, deep)| {
        (size + more, depth.max(deep))
    })
}
