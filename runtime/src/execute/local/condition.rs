//! Conditions, evaluated as in the backend.

use std::cmp::Ordering;

use super::values::Values;
use crate::declare::{Comparison, Condition, Constant, Operand};
use crate::error::Error;
use crate::types::{Content, LiteralRef};

/// A value that can be compared.
#[derive(Debug, PartialEq)]
enum Primitive {
    Integer(i64),
    Float(f64),
    String(String),
    Boolean(bool),
    Datetime(i64),
    Duration(i64),
}

/// Whether the condition holds. Both sides of `&&` and `||` are evaluated.
pub(super) fn holds(condition: &Condition<'_>, values: &Values) -> Result<bool, Error> {
    match condition {
        Condition::Compare(left, comparison, right) => {
            let (left, right) = (primitive(left, values)?, primitive(right, values)?);
            compare(&left, *comparison, &right)
        }
        Condition::And(left, right) => Ok(holds(left, values)? & holds(right, values)?),
        Condition::Or(left, right) => Ok(holds(left, values)? | holds(right, values)?),
    }
}

fn primitive(operand: &Operand<'_>, values: &Values) -> Result<Primitive, Error> {
    match operand {
        Operand::Constant(constant) => of_constant(constant),
        Operand::Promise(promise) => {
            let literal = values.promised(promise)?;
            match LiteralRef::new(&literal).content()? {
                Content::Integer(value) => Ok(Primitive::Integer(value)),
                Content::Float(value) => Ok(Primitive::Float(value)),
                Content::String(value) => Ok(Primitive::String(value.to_owned())),
                Content::Boolean(value) => Ok(Primitive::Boolean(value)),
                Content::Datetime(time) => Ok(Primitive::Datetime(time.seconds)),
                Content::Duration(time) => Ok(Primitive::Duration(time.seconds)),
                other => Err(Error::user(format!(
                    "a condition cannot compare `{}`, which is {other}",
                    promise.variable
                ))),
            }
        }
    }
}

fn of_constant(constant: &Constant<'_>) -> Result<Primitive, Error> {
    Ok(match *constant {
        Constant::Integer(value) => Primitive::Integer(value),
        Constant::Float(value) => Primitive::Float(value),
        Constant::String(value) => Primitive::String(value.to_owned()),
        Constant::Boolean(value) => Primitive::Boolean(value),
        Constant::Datetime { seconds, .. } => Primitive::Datetime(seconds),
        Constant::Duration { seconds, .. } => Primitive::Duration(seconds),
        _ => return Err(Error::user("a condition compares primitives")),
    })
}

/// Compares two values: date-times and durations by whole seconds, like the backend.
fn compare(left: &Primitive, comparison: Comparison, right: &Primitive) -> Result<bool, Error> {
    let order = match (left, right) {
        (Primitive::Integer(left), Primitive::Integer(right))
        | (Primitive::Datetime(left), Primitive::Datetime(right))
        | (Primitive::Duration(left), Primitive::Duration(right)) => Some(left.cmp(right)),
        (Primitive::Float(left), Primitive::Float(right)) => left.partial_cmp(right),
        (Primitive::String(left), Primitive::String(right)) => Some(left.cmp(right)),
        (Primitive::Boolean(left), Primitive::Boolean(right)) => match comparison {
            Comparison::Equal => return Ok(left == right),
            Comparison::NotEqual => return Ok(left != right),
            _ => {
                return Err(Error::user(
                    "booleans have no order: compare them by `==` or `!=`",
                ));
            }
        },
        _ => {
            return Err(Error::user(format!(
                "a condition compares values of one type, not {left:?} and {right:?}"
            )));
        }
    };
    Ok(match comparison {
        Comparison::Equal => order == Some(Ordering::Equal),
        Comparison::NotEqual => order != Some(Ordering::Equal),
        Comparison::Greater => order == Some(Ordering::Greater),
        Comparison::GreaterOrEqual => order.is_some_and(Ordering::is_ge),
        Comparison::Less => order == Some(Ordering::Less),
        Comparison::LessOrEqual => order.is_some_and(Ordering::is_le),
    })
}
