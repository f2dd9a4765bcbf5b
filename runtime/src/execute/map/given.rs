//! The inputs of a map: lists, of which each element gets one item, and values that all elements get.

use std::borrow::Cow;

use crate::error::Error;
use crate::types::{
    Content, Elements, LiteralMapRef, LiteralRef, MsgpackReader, ValueError, fetch_offloaded,
};
use crate::wire::Writer;

/// The inputs of a map.
pub(crate) struct Given<'a> {
    lists: Vec<Input<'a>>,
    whole: Vec<Input<'a>>,
}

/// A literal by the name of its input.
type Input<'a> = (&'a str, Cow<'a, [u8]>);

impl<'a> Given<'a> {
    /// Reads the inputs in a `LiteralMap`; `lists` are the names of the lists.
    ///
    /// # Errors
    ///
    /// If one of the lists is missing, or is not a list.
    pub(crate) fn read(literal_map: &'a [u8], lists: &[&str]) -> Result<Self, Error> {
        let mut given = Given {
            lists: Vec::new(),
            whole: Vec::new(),
        };
        let all: Result<Vec<_>, _> = LiteralMapRef::new(literal_map).iter().collect();
        let all = all
            .map_err(|error| Error::system("the inputs are not a LiteralMap").with_source(error))?;
        for (name, literal) in all {
            if lists.contains(&name) {
                let list = list(literal).map_err(|error| refused(error, name))?;
                given.lists.push((name, list));
            } else {
                given.whole.push((name, Cow::Borrowed(literal.bytes())));
            }
        }
        for name in lists {
            if !given.lists.iter().any(|(known, _)| known == name) {
                return Err(Error::bad_input(format!("input `{name}` is missing")));
            }
        }
        Ok(given)
    }

    /// The inputs of the element with this index; no other element is decoded.
    ///
    /// # Errors
    ///
    /// If a list has no such index.
    pub(crate) fn element(&self, place: usize) -> Result<Vec<(&str, LiteralRef<'_>)>, Error> {
        let mut taken = self.taken_by_all();
        for (name, list) in &self.lists {
            let element = elements(list).and_then(|mut elements| match elements.nth(place) {
                Some(element) => Ok(element?),
                None => Err(ValueError::other(format!(
                    "there is no element {place}: it is a list of {}",
                    elements_of(list)
                ))),
            });
            taken.push((name, element.map_err(|error| refused(error, name))?));
        }
        Ok(taken)
    }

    /// The inputs of each element.
    ///
    /// # Errors
    ///
    /// If the lists have different lengths.
    pub(crate) fn all(&self) -> Result<Vec<Vec<(&str, LiteralRef<'_>)>>, Error> {
        let mut all: Option<Vec<Vec<_>>> = None;
        for (name, list) in &self.lists {
            let elements = elements(list).and_then(|it| Ok(it.collect::<Result<Vec<_>, _>>()?));
            let elements = elements.map_err(|error| refused(error, name))?;
            let taken = all.get_or_insert_with(|| vec![self.taken_by_all(); elements.len()]);
            if taken.len() != elements.len() {
                let (first, _) = &self.lists[0];
                return Err(Error::bad_input(format!(
                    "the lists of a map must have the same length: `{first}` has {} elements, `{name}` has {}",
                    taken.len(),
                    elements.len()
                )));
            }
            for (taken, element) in taken.iter_mut().zip(elements) {
                taken.push((name, element));
            }
        }
        Ok(all.unwrap_or_default())
    }

    fn taken_by_all(&self) -> Vec<(&str, LiteralRef<'_>)> {
        let whole = self.whole.iter();
        whole
            .map(|(name, literal)| (*name, LiteralRef::new(literal)))
            .collect()
    }
}

fn refused(error: ValueError, name: &str) -> Error {
    Error::bad_input(format!("input {}", error.in_variable(name)))
}

/// The items of a list: of a collection, an offloaded one, or a part of an object.
fn list(literal: LiteralRef<'_>) -> Result<Cow<'_, [u8]>, ValueError> {
    match literal.content()? {
        Content::Collection(_) => Ok(Cow::Borrowed(literal.bytes())),
        Content::Offloaded(offloaded) => {
            let fetched = fetch_offloaded(offloaded)?;
            elements(&fetched)?;
            Ok(Cow::Owned(fetched))
        }
        // A part of an object: the backend splits it, too.
        Content::Binary(binary) => {
            let elements = parts(binary.value())?;
            Ok(Cow::Owned(Writer::to_bytes(|w| {
                for element in elements.iter().rev() {
                    let literal = w.len();
                    w.string(2, binary.tag());
                    w.bytes(1, element);
                    w.message(3, literal);
                    w.message(1, literal);
                    w.message(1, literal);
                }
                w.message(2, 0);
            })))
        }
        _ => Err(ValueError::unexpected("a list", literal)),
    }
}

/// The items of an array in MessagePack.
fn parts(array: &[u8]) -> Result<Vec<&[u8]>, ValueError> {
    let mut value = MsgpackReader::new(array);
    let count = value.array()?;
    let mut parts = Vec::new();
    for _ in 0..count {
        let start = array.len() - value.remaining();
        value.skip()?;
        parts.push(&array[start..array.len() - value.remaining()]);
    }
    Ok(parts)
}

fn elements(list: &[u8]) -> Result<Elements<'_>, ValueError> {
    let literal = LiteralRef::new(list);
    match literal.content()? {
        Content::Collection(collection) => Ok(collection.iter()),
        _ => Err(ValueError::unexpected("a list", literal)),
    }
}

fn elements_of(list: &[u8]) -> usize {
    elements(list).map_or(0, Iterator::count)
}

#[cfg(test)]
mod tests {
    use super::Given;
    use crate::types::{FlyteType, OutputsWriter};

    fn given(write: impl FnOnce(&mut OutputsWriter)) -> Vec<u8> {
        let mut inputs = OutputsWriter::new();
        write(&mut inputs);
        inputs.finish()
    }

    #[test]
    fn an_element_takes_its_own_of_each_list_and_the_others_whole() {
        let bytes = given(|inputs| {
            inputs.output("x", &vec![1_i64, 2, 3]).expect("a list");
            inputs.output("y", &vec![10_i64, 20, 30]).expect("a list");
            inputs.output("all", &vec![7_i64]).expect("a list");
        });
        let given = Given::read(&bytes, &["x", "y"]).expect("two lists");
        let one = given.element(1).expect("there are three");
        let of = |name| one.iter().find(|(known, _)| *known == name).expect("it").1;
        assert_eq!(i64::decode(of("x")).unwrap(), 2);
        assert_eq!(i64::decode(of("y")).unwrap(), 20);
        assert_eq!(Vec::<i64>::decode(of("all")).unwrap(), [7]);
        assert_eq!(given.all().expect("three").len(), 3);
        let error = given.element(3).expect_err("three only");
        assert_eq!(
            error.to_string(),
            "input x: there is no element 3: it is a list of 3"
        );
        assert!(!error.is_recoverable());
    }

    #[test]
    fn what_is_no_list_or_of_another_length_is_said_by_name() {
        let bytes = given(|inputs| {
            inputs.output("x", &vec![1_i64, 2]).expect("a list");
            inputs.output("y", &vec![1_i64]).expect("a list");
            inputs.output("n", &1_i64).expect("a number");
        });
        let said = |lists: &[&str]| {
            let all = Given::read(&bytes, lists).and_then(|given| given.all().map(|all| all.len()));
            all.map_err(|error| error.to_string())
        };
        assert_eq!(said(&["x"]), Ok(2));
        assert_eq!(
            said(&["n"]).unwrap_err(),
            "input n: expected a list, found integer 1"
        );
        assert_eq!(said(&["z"]).unwrap_err(), "input `z` is missing");
        assert_eq!(
            said(&["x", "y"]).unwrap_err(),
            "the lists of a map must have the same length: `x` has 2 elements, `y` has 1"
        );
    }
}
