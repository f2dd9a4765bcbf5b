//! The generated types in Python, and the generators of their values.

use std::fmt::Write;

use crate::draw::Drawn;
use crate::model::{Absent, Body, Case, Definition, Field, Record, Type, Variant};

/// The source of a module with all types, and the list of those whose values are generated.
pub(crate) fn source(drawn: &Drawn) -> String {
    let mut out = String::from(
        "from dataclasses import dataclass, field\n\
         from datetime import date, datetime, timedelta, timezone\n\
         from enum import Enum\n\
         from typing import Dict, List, Literal, Optional, Tuple, Union\n\
         from flytekit.types.directory import FlyteDirectory\n\
         from flytekit.types.file import FlyteFile\n",
    );
    for definition in &drawn.definitions {
        define(&mut out, drawn, definition);
    }
    out.push_str("\nTYPES = [\n");
    for of in &drawn.types {
        let _ = writeln!(
            out,
            "    ({}, lambda d: {}),",
            drawn.python(of),
            drawn.value(of)
        );
    }
    out.push_str("]\n");
    out
}

fn define(out: &mut String, drawn: &Drawn, definition: &Definition) {
    let name = &definition.name;
    match &definition.body {
        Body::Struct(of) => dataclass(out, drawn, name, of, None),
        Body::Enum { case, variants } => unit_enum(out, name, *case, variants),
        Body::Newtype(of) => alias(out, name, &drawn.python(of), &drawn.value(of)),
        Body::Tagged {
            tag,
            case,
            variants,
        } => {
            for (variant, of) in variants {
                dataclass(out, drawn, variant, of, Some((tag, case.apply(variant))));
            }
            let names = variants.iter().map(|(name, _)| name.as_str());
            union(out, name, names.map(|name| (name.to_owned(), call(name))));
        }
        Body::Union(variants) => {
            for variant in variants {
                if let Variant::Struct(name, of) = variant {
                    dataclass(out, drawn, name, of, None);
                }
            }
            union(
                out,
                name,
                variants.iter().map(|variant| match variant {
                    Variant::Of(_, of) => (drawn.python(of), drawn.value(of)),
                    Variant::Struct(name, _) => (name.clone(), call(name)),
                    Variant::Unit(_) => ("None".to_owned(), "None".to_owned()),
                }),
            );
        }
    }
}

fn dataclass(
    out: &mut String,
    drawn: &Drawn,
    name: &str,
    of: &Record,
    tag: Option<(&str, String)>,
) {
    let _ = write!(out, "\n@dataclass(kw_only=True)\nclass {name}:\n    pass\n");
    let mut values = String::new();
    if let Some((tag, it)) = tag {
        let _ = writeln!(out, "    {tag}: Literal[{it:?}]");
        let _ = write!(values, "{tag}={it:?}, ");
    }
    for field in &of.fields {
        let wire = wire_name(of.case, field);
        let default = match field.default {
            Absent::Error => String::new(),
            Absent::Default => format!(" = {}", default(&field.of)),
            Absent::Seven => " = field(default_factory=lambda: 7)".to_owned(),
        };
        let _ = writeln!(out, "    {wire}: {}{default}", drawn.python(&field.of));
        let _ = write!(values, "{wire}={}, ", drawn.value(&field.of));
    }
    let _ = writeln!(out, "def draw_{name}(d):\n    return {name}({values})");
}

fn wire_name(case: Case, field: &Field) -> String {
    let renamed = field.renamed.clone();
    renamed.unwrap_or_else(|| case.apply(&field.name))
}

fn unit_enum(out: &mut String, name: &str, case: Case, variants: &[(String, Option<String>)]) {
    let _ = write!(out, "\nclass {name}(Enum):\n");
    for (variant, renamed) in variants {
        let value = renamed.clone().unwrap_or_else(|| case.apply(variant));
        let _ = writeln!(out, "    {variant} = {value:?}");
    }
    let _ = writeln!(
        out,
        "def draw_{name}(d):\n    return d.choose(list({name}))"
    );
}

fn alias(out: &mut String, name: &str, of: &str, value: &str) {
    let _ = write!(
        out,
        "\n{name} = {of}\ndef draw_{name}(d):\n    return {value}\n"
    );
}

/// A union of the types and values of its variants.
fn union(out: &mut String, name: &str, variants: impl Iterator<Item = (String, String)>) {
    let (types, values): (Vec<_>, Vec<_>) = variants
        .map(|(of, value)| (of, format!("lambda: {value}")))
        .unzip();
    let of = format!("Union[{}]", types.join(", "));
    alias(out, name, &of, &format!("d.one_of({})", values.join(", ")));
}

/// The call that generates a value of a named type.
fn call(name: &str) -> String {
    format!("draw_{name}(d)")
}

impl Drawn {
    /// The type in Python.
    fn python(&self, of: &Type) -> String {
        match of {
            Type::Leaf(leaf) => leaf.python.to_owned(),
            Type::Option(of) => format!("Optional[{}]", self.python(of)),
            Type::List(of) => format!("List[{}]", self.python(of)),
            Type::Map { key, value, .. } => {
                format!("Dict[{}, {}]", key.python, self.python(value))
            }
            Type::Tuple(items) => {
                let items: Vec<_> = items.iter().map(|of| self.python(of)).collect();
                format!("Tuple[{}]", items.join(", "))
            }
            Type::Defined(index) => self.definitions[*index].name.clone(),
        }
    }

    /// An expression that generates a value.
    fn value(&self, of: &Type) -> String {
        match of {
            Type::Leaf(leaf) => format!("d.{}", leaf.draw),
            Type::Option(of) => format!("d.optional(lambda: {})", self.value(of)),
            Type::List(of) => format!("d.list(lambda: {})", self.value(of)),
            Type::Map { key, value, .. } => {
                let value = self.value(value);
                format!("d.map(lambda: d.{}, lambda: {value})", key.draw)
            }
            Type::Tuple(items) => {
                let items: String = items.iter().map(|of| self.value(of) + ", ").collect();
                format!("({items})")
            }
            Type::Defined(index) => call(&self.definitions[*index].name),
        }
    }
}

/// The default of a field that may be absent.
fn default(of: &Type) -> String {
    match of {
        Type::List(_) => "field(default_factory=list)".to_owned(),
        Type::Map { .. } => "field(default_factory=dict)".to_owned(),
        Type::Leaf(leaf) => leaf.default.unwrap_or("None").to_owned(),
        _ => "None".to_owned(),
    }
}
