//! The generated types in Rust.

use std::fmt::Write;

use crate::draw::Drawn;
use crate::model::{Absent, Body, Definition, Field, Record, Type, Variant};

/// The source of a module with all types, and the table of those whose values are generated.
pub(crate) fn source(drawn: &Drawn) -> String {
    let mut out = String::from(
        "use std::collections::{BTreeMap, HashMap};\n\
         use flytekit::prelude::*;\n\
         use flytekit::types::{Bytes, format::Csv};\n\
         fn seven<T: TryFrom<u8>>() -> T { T::try_from(7).ok().unwrap() }\n",
    );
    for definition in &drawn.definitions {
        out.push_str(&define(drawn, definition));
    }
    out.push_str("pub(crate) const TYPES: &[crate::Entry] = &[\n");
    for of in &drawn.types {
        let name = drawn.rust(of);
        let _ = writeln!(out, "    crate::Entry::of::<{name}>({name:?}),");
    }
    out.push_str("];\n");
    out
}

fn define(drawn: &Drawn, definition: &Definition) -> String {
    let name = &definition.rust;
    let renamed = Some(definition.name.as_str()).filter(|it| it != name);
    let (attributes, body) = match &definition.body {
        Body::Struct(of) => (
            case(of.case.attribute()),
            format!("struct {name} {}", fields(drawn, of)),
        ),
        Body::Enum { case: of, variants } => {
            let variants: Vec<_> = variants
                .iter()
                .map(|(variant, renamed)| rename(renamed.as_deref()) + variant)
                .collect();
            (
                case(of.attribute()),
                format!("enum {name} {{ {} }}", variants.join(", ")),
            )
        }
        Body::Union(variants) => {
            let variants: String = variants.iter().map(|of| variant(drawn, of)).collect();
            (String::new(), format!("enum {name} {{ {variants}}}"))
        }
        Body::Tagged {
            tag,
            case: of,
            variants,
        } => {
            let variants: String = variants
                .iter()
                .map(|(name, of)| structure(drawn, name, of))
                .collect();
            (
                format!("#[serde(tag = {tag:?})] {}", case(of.attribute())),
                format!("enum {name} {{ {variants}}}"),
            )
        }
        Body::Newtype(of) => (String::new(), format!("struct {name}({});", drawn.rust(of))),
    };
    let renamed = rename(renamed);
    format!("#[derive(FlyteData)] {renamed}{attributes}pub(crate) {body}\n")
}

fn variant(drawn: &Drawn, variant: &Variant) -> String {
    match variant {
        Variant::Of(name, of) => format!("{name}({}), ", drawn.rust(of)),
        Variant::Struct(name, of) => structure(drawn, name, of),
        Variant::Unit(name) => format!("{name}, "),
    }
}

/// A variant with fields.
fn structure(drawn: &Drawn, name: &str, of: &Record) -> String {
    let case = case(of.case.attribute());
    format!("{case}{name} {}, ", fields(drawn, of))
}

fn fields(drawn: &Drawn, of: &Record) -> String {
    let fields: String = of.fields.iter().map(|it| field(drawn, it)).collect();
    let skipped = if of.skips {
        "#[serde(skip)] skipped: Option<&'static str>, "
    } else {
        ""
    };
    format!("{{ {fields}{skipped}}}")
}

fn field(drawn: &Drawn, field: &Field) -> String {
    let renamed = rename(field.renamed.as_deref());
    let default = match field.default {
        Absent::Error => "",
        Absent::Default => "#[serde(default)] ",
        Absent::Seven => "#[serde(default = \"seven\")] ",
    };
    let raw = if matches!(field.name.as_str(), "match" | "type") {
        "r#"
    } else {
        ""
    };
    let name = &field.name;
    format!("{renamed}{default}{raw}{name}: {}, ", drawn.rust(&field.of))
}

fn rename(renamed: Option<&str>) -> String {
    renamed.map_or_else(String::new, |name| format!("#[serde(rename = {name:?})] "))
}

fn case(case: Option<&str>) -> String {
    case.map_or_else(String::new, |case| {
        format!("#[serde(rename_all = {case:?})] ")
    })
}

impl Drawn {
    /// The type in Rust.
    pub(crate) fn rust(&self, of: &Type) -> String {
        match of {
            Type::Leaf(leaf) => leaf.rust.to_owned(),
            Type::Option(of) => format!("Option<{}>", self.rust(of)),
            Type::List(of) => format!("Vec<{}>", self.rust(of)),
            Type::Map {
                ordered,
                key,
                value,
            } => {
                let map = if *ordered { "BTreeMap" } else { "HashMap" };
                format!("{map}<{}, {}>", key.rust, self.rust(value))
            }
            Type::Tuple(items) => {
                let items: String = items.iter().map(|of| self.rust(of) + ", ").collect();
                format!("({items})")
            }
            Type::Defined(index) => self.definitions[*index].rust.clone(),
        }
    }
}
