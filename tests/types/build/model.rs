//! A type in both languages.

/// A type without parts, by its names in both languages.
#[derive(Debug)]
pub(crate) struct Leaf {
    pub(crate) rust: &'static str,
    pub(crate) python: &'static str,
    /// The call of the script's `Draw` that generates a value.
    pub(crate) draw: &'static str,
    /// The Python form of the value that `#[serde(default)]` gives, if the compiler knows it.
    pub(crate) default: Option<&'static str>,
    /// If two variants of a union are of one kind, a bare value does not identify its variant.
    pub(crate) kind: Kind,
}

/// The wire form of a value without its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    None,
    Integer,
    Float,
    Boolean,
    Text,
    Bytes,
    Instant,
    Date,
    Span,
    File,
    Directory,
    List,
    Map,
    Enum,
    Structure,
}

macro_rules! leaves {
    ($($kind:ident $rust:literal = $python:literal, $draw:literal, $default:expr;)+) => {
        pub(crate) const LEAVES: &[Leaf] = &[$(Leaf {
            kind: Kind::$kind,
            rust: $rust,
            python: $python,
            draw: $draw,
            default: $default,
        }),+];
    };
}

/// The default of points in time.
const EPOCH: &str = "datetime(1970, 1, 1, tzinfo=timezone.utc)";

leaves! {
    Integer "i8" = "int", "integer(-2**7, 2**7 - 1)", Some("0");
    Integer "i16" = "int", "integer(-2**15, 2**15 - 1)", Some("0");
    Integer "i32" = "int", "integer(-2**31, 2**31 - 1)", Some("0");
    Integer "i64" = "int", "integer(-2**63, 2**63 - 1)", Some("0");
    Integer "isize" = "int", "integer(-2**63, 2**63 - 1)", Some("0");
    Integer "u8" = "int", "integer(0, 2**8 - 1)", Some("0");
    Integer "u16" = "int", "integer(0, 2**16 - 1)", Some("0");
    Integer "u32" = "int", "integer(0, 2**32 - 1)", Some("0");
    // Flyte's integers have 63 bits and a sign.
    Integer "u64" = "int", "integer(0, 2**63 - 1)", Some("0");
    Integer "usize" = "int", "integer(0, 2**63 - 1)", Some("0");
    Float "f32" = "float", "short_float()", Some("0.0");
    Float "f64" = "float", "float()", Some("0.0");
    Boolean "bool" = "bool", "boolean()", Some("False");
    Text "String" = "str", "text()", Some("\"\"");
    None "()" = "None", "none()", Some("None");
    Instant "jiff::Timestamp" = "datetime", "datetime()", Some(EPOCH);
    Instant "chrono::DateTime<chrono::Utc>" = "datetime", "datetime()", Some(EPOCH);
    Instant "std::time::SystemTime" = "datetime", "datetime()", None;
    Instant "jiff::civil::DateTime" = "datetime", "naive()", None;
    Instant "chrono::NaiveDateTime" = "datetime", "naive()", Some("datetime(1970, 1, 1)");
    Date "jiff::civil::Date" = "date", "date()", None;
    Date "chrono::NaiveDate" = "date", "date()", Some("date(1970, 1, 1)");
    Span "std::time::Duration" = "timedelta", "duration(0)", Some("timedelta()");
    Span "jiff::SignedDuration" = "timedelta", "duration(-1)", Some("timedelta()");
    Span "chrono::TimeDelta" = "timedelta", "duration(-1)", Some("timedelta()");
    Map "serde_json::Map<String, serde_json::Value>" = "dict", "json()", None;
    File "FlyteFile" = "FlyteFile", "file(FlyteFile)", None;
    File "FlyteFile<Csv>" = "FlyteFile[\"csv\"]", "file(FlyteFile[\"csv\"])", None;
    Directory "FlyteDirectory" = "FlyteDirectory", "directory(FlyteDirectory)", None;
    Directory "FlyteDirectory<Csv>" = "FlyteDirectory[\"csv\"]", "directory(FlyteDirectory[\"csv\"])", None;
    // As a whole literal they are a pickle file, which can only be written while a task runs.
    Bytes "Bytes" = "bytes", "bytes()", None;
}

/// The types of keys of maps.
pub(crate) const KEYS: &[&str] = &["String", "String", "i8", "i64", "u16", "u64"];

/// The leaf with this name in Rust.
pub(crate) fn leaf_of(rust: &str) -> &'static Leaf {
    let found = LEAVES.iter().find(|leaf| leaf.rust == rust);
    found.unwrap_or_else(|| panic!("no leaf is called {rust}"))
}

#[derive(Clone, Debug)]
pub(crate) enum Type {
    Leaf(&'static Leaf),
    Option(Box<Type>),
    List(Box<Type>),
    Map {
        ordered: bool,
        key: &'static Leaf,
        value: Box<Type>,
    },
    /// Only inside of a larger value.
    Tuple(Vec<Type>),
    /// By its index among the definitions.
    Defined(usize),
}

#[derive(Debug)]
pub(crate) struct Definition {
    /// The name in Rust.
    pub(crate) rust: String,
    /// The name in Python, and in the type.
    pub(crate) name: String,
    pub(crate) body: Body,
    /// The number of its parts when it is written out, including their parts.
    pub(crate) size: usize,
    /// The depth of the parts.
    pub(crate) depth: usize,
}

#[derive(Debug)]
pub(crate) enum Body {
    Struct(Record),
    Enum {
        case: Case,
        /// In Rust's spelling, with the name that serde's attribute gives it, if any.
        variants: Vec<(String, Option<String>)>,
    },
    Union(Vec<Variant>),
    /// An enum of structs with a field that identifies the variant.
    Tagged {
        tag: &'static str,
        case: Case,
        variants: Vec<(String, Record)>,
    },
    Newtype(Type),
}

#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) case: Case,
    pub(crate) fields: Vec<Field>,
    /// Whether Rust has a further field, which is not part of the type.
    pub(crate) skips: bool,
}

#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    /// The name in serde's attribute.
    pub(crate) renamed: Option<String>,
    pub(crate) of: Type,
    pub(crate) default: Absent,
}

/// The value of an absent field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Absent {
    /// An error.
    Error,
    /// The default of its type.
    Default,
    /// The result of a function, for integers.
    Seven,
}

#[derive(Debug)]
pub(crate) enum Variant {
    /// `Name(Type)`
    Of(String, Type),
    /// `Name { … }`
    Struct(String, Record),
    /// `Name`: none.
    Unit(String),
}

/// The values of `#[serde(rename_all)]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    AsIs,
    Lower,
    Snake,
    Camel,
    Pascal,
    Screaming,
    Kebab,
}

impl Case {
    /// The values whose results are valid names in Python.
    pub(crate) const NAMES: &[Case] = &[
        Case::AsIs,
        Case::AsIs,
        Case::AsIs,
        Case::Camel,
        Case::Pascal,
        Case::Screaming,
    ];
    pub(crate) const ALL: &[Case] = &[
        Case::AsIs,
        Case::Lower,
        Case::Snake,
        Case::Camel,
        Case::Pascal,
        Case::Screaming,
        Case::Kebab,
    ];

    /// The text in the attribute.
    pub(crate) fn attribute(self) -> Option<&'static str> {
        Some(match self {
            Case::AsIs => return None,
            Case::Lower => "lowercase",
            Case::Snake => "snake_case",
            Case::Camel => "camelCase",
            Case::Pascal => "PascalCase",
            Case::Screaming => "SCREAMING_SNAKE_CASE",
            Case::Kebab => "kebab-case",
        })
    }

    /// The renamed form of a name in `snake_case` or `PascalCase`.
    pub(crate) fn apply(self, name: &str) -> String {
        let words = words(name);
        let capitalized: Vec<_> = words.iter().map(|word| capitalized(word)).collect();
        match self {
            Case::AsIs => name.to_owned(),
            Case::Lower => words.concat(),
            Case::Snake => words.join("_"),
            Case::Camel => [&words[..1], &capitalized[1..]].concat().concat(),
            Case::Pascal => capitalized.concat(),
            Case::Screaming => words.join("_").to_uppercase(),
            Case::Kebab => words.join("-"),
        }
    }
}

/// The words of a name, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for part in name.split('_') {
        for (index, letter) in part.char_indices() {
            if index == 0 || letter.is_uppercase() {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.extend(letter.to_lowercase());
            }
        }
    }
    words
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(letters)
        .collect()
}
