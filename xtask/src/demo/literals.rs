//! Converts Flyte's literals from and to a readable form.

use std::collections::BTreeMap;

use flytekit_proto::flyteidl::core::{
    Literal, LiteralMap, Primitive, Scalar, literal, primitive, scalar,
};

/// Named integers as a task's inputs.
pub(super) fn integers(values: &[(&str, i64)]) -> LiteralMap {
    LiteralMap {
        literals: values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), integer(*value)))
            .collect(),
    }
}

fn integer(value: i64) -> Literal {
    let primitive = Primitive {
        value: Some(primitive::Value::Integer(value)),
    };
    let scalar = Scalar {
        value: Some(scalar::Value::Primitive(primitive)),
    };
    Literal {
        value: Some(literal::Value::Scalar(Box::new(scalar))),
        ..Literal::default()
    }
}

/// One line per literal, such as `o0 = 42.0`, sorted by name.
pub(super) fn lines(map: &LiteralMap) -> Vec<String> {
    let sorted: BTreeMap<_, _> = map.literals.iter().collect();
    sorted
        .into_iter()
        .map(|(name, literal)| format!("{name} = {}", value(literal)))
        .collect()
}

fn value(literal: &Literal) -> String {
    use primitive::Value as P;
    match &literal.value {
        Some(literal::Value::Scalar(scalar)) => match &scalar.value {
            Some(scalar::Value::Primitive(primitive)) => match &primitive.value {
                Some(P::Integer(value)) => value.to_string(),
                Some(P::FloatValue(value)) => format!("{value:?}"),
                Some(P::StringValue(value)) => format!("{value:?}"),
                Some(P::Boolean(value)) => value.to_string(),
                other => format!("{other:?}"),
            },
            other => format!("{other:?}"),
        },
        other => format!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_printed_sorted() {
        let map = integers(&[("b", 22), ("a", 20)]);
        assert_eq!(lines(&map), ["a = 20", "b = 22"]);
    }
}
