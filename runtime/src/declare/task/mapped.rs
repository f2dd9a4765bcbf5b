//! Mapped tasks: the registered task of a map, from lists to lists.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::{Args, Encoded, SETTINGS, TaskDescriptor};
use crate::declare::sorted::compare;
use crate::declare::{LiteralType, SimpleType, Variable};

/// The work of a mapped task for one element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mapped {
    /// The name of the task for one element.
    pub task: &'static str,
    /// The inputs that are lists, of which each element takes one item.
    pub lists: &'static [&'static str],
    /// The inputs that are the same for all elements.
    pub whole: &'static [&'static str],
}

/// The content of unused room.
const NOTHING: Variable = Variable {
    name: "",
    literal_type: LiteralType::Simple(SimpleType::None),
    description: "",
    default: None,
};

impl TaskDescriptor {
    /// The mapped task of this task: the counterpart of flytekit's `map_task`.
    ///
    /// `inputs` and `outputs` are the results of [`map_inputs`] and [`map_outputs`].
    #[must_use]
    pub const fn mapped(
        &self,
        name: &'static str,
        inputs: &'static [Variable],
        outputs: &'static [Variable],
        mapped: Mapped,
    ) -> Self {
        TaskDescriptor {
            name,
            inputs,
            outputs,
            args: Args::Map(mapped),
            // flytekit writes no description.
            docs: "",
            encoded: Encoded {
                description: None,
                ..self.encoded
            },
            ..*self
        }
    }
}

/// The mapped task of a graph that is built at run time.
///
/// Each is created once, and stays in memory. Their number is limited by the program's tasks and the ways to
/// map them.
pub(crate) fn mapped_at_run_time(
    task: &'static TaskDescriptor,
    whole: &[bool],
    options: Option<&'static [Variable]>,
) -> &'static TaskDescriptor {
    static MADE: Mutex<BTreeMap<String, &'static TaskDescriptor>> = Mutex::new(BTreeMap::new());

    let named = |is: bool| -> Vec<&'static str> {
        let inputs = task.inputs.iter().enumerate();
        let inputs = inputs.filter(|(place, _)| is_whole(whole, *place) == is);
        inputs.map(|(_, input)| input.name).collect()
    };
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let name = MapName::new(task.name, &named(true), options.is_some());
    if let Some(mapped) = made.get(name.as_str()) {
        return mapped;
    }
    let inputs = task
        .inputs
        .iter()
        .enumerate()
        .map(|(place, input)| Variable {
            literal_type: if is_whole(whole, place) {
                input.literal_type
            } else {
                input.literal_type.listed()
            },
            default: None,
            ..*input
        });
    let inputs = inputs.collect::<Vec<_>>().leak();
    let outputs = task.outputs.iter().map(|output| Variable {
        literal_type: output.literal_type.listed(),
        ..*output
    });
    let outputs = options.unwrap_or_else(|| outputs.collect::<Vec<_>>().leak());
    let name: &'static str = name.as_str().to_owned().leak();
    let mapped = Mapped {
        task: task.name,
        lists: named(false).leak(),
        whole: named(true).leak(),
    };
    let mapped: &'static TaskDescriptor =
        Box::leak(Box::new(task.mapped(name, inputs, outputs, mapped)));
    made.insert(name.to_owned(), mapped);
    mapped
}

/// This task, after a check that the backend can map it.
///
/// # Panics
///
/// If the backend cannot map it, or if no input is a list.
pub const fn mappable(task: &'static TaskDescriptor, whole: &[bool]) -> &'static TaskDescriptor {
    if let Some(reason) = not_mappable(task, whole) {
        panic!("{}", reason);
    }
    task
}

/// The reason why the backend cannot map a task, or why no input is a list.
pub(crate) const fn not_mappable(task: &TaskDescriptor, whole: &[bool]) -> Option<&'static str> {
    match task.args {
        Args::Execute => {}
        Args::ExecuteAt(_) => {
            return Some(
                "a task whose executable is in no image cannot be mapped: its start does not name the element",
            );
        }
        Args::Map(_) => {
            return Some("a map over a map has no task: map over the task of the inner map");
        }
        _ => {
            return Some(
                "only tasks whose function runs in a program of flytekit can be mapped: the container of another program would get the whole list",
            );
        }
    }
    let mut rest = task.env;
    while let [(name, _), more @ ..] = rest {
        if compare(name, SETTINGS).is_eq() {
            return Some("a dynamic task cannot be mapped, as in flytekit: let it map tasks");
        }
        rest = more;
    }
    let is_one = match task.outputs {
        [] => true,
        [only] => compare(only.name, "o0").is_eq(),
        _ => false,
    };
    if !is_one {
        return Some(
            "a mapped task has one unnamed output: return a struct that derives `FlyteData` for several values",
        );
    }
    // The placeholder of a task with mistakes has no inputs; the mistakes are reported there.
    if !task.name.is_empty() && count(whole, false, task.inputs.len()) == 0 {
        return Some("a map takes a list: no input of this task gets an element of a list");
    }
    None
}

/// The number of the first `len` flags that are `is`; missing flags are false.
pub const fn count(whole: &[bool], is: bool, len: usize) -> usize {
    let (mut place, mut found) = (0, 0);
    while place < len {
        if is_whole(whole, place) == is {
            found += 1;
        }
        place += 1;
    }
    found
}

const fn is_whole(whole: &[bool], place: usize) -> bool {
    place < whole.len() && whole[place]
}

/// Marks the inputs of these names.
///
/// # Panics
///
/// If there is no input of a name.
pub const fn named_inputs<const N: usize>(inputs: &[Variable], names: &[&str]) -> [bool; N] {
    let mut marks = [false; N];
    let mut rest = names;
    while let [name, more @ ..] = rest {
        let mut place = 0;
        while place < N && !compare(inputs[place].name, name).is_eq() {
            place += 1;
        }
        assert!(place < N, "the mapped task has no input of this name");
        marks[place] = true;
        rest = more;
    }
    marks
}

/// The names of the inputs that are whole, or of the others.
pub const fn names<const N: usize>(
    inputs: &'static [Variable],
    whole: &[bool],
    is: bool,
) -> [&'static str; N] {
    let mut names = [""; N];
    let (mut place, mut found) = (0, 0);
    while place < inputs.len() {
        if is_whole(whole, place) == is {
            names[found] = inputs[place].name;
            found += 1;
        }
        place += 1;
    }
    names
}

/// The inputs of a map: lists of the task's inputs, except for those that are whole.
pub const fn map_inputs<const N: usize>(
    inputs: &'static [Variable],
    whole: &[bool],
) -> [Variable; N] {
    let mut listed = [NOTHING; N];
    let mut place = 0;
    while place < N {
        listed[place] = inputs[place];
        if !is_whole(whole, place) {
            listed[place].literal_type = inputs[place].literal_type.listed();
        }
        // flytekit's map tasks have no defaults.
        listed[place].default = None;
        place += 1;
    }
    listed
}

/// The outputs of a map whose elements must all succeed: lists of the task's outputs.
pub const fn map_outputs<const N: usize>(outputs: &'static [Variable]) -> [Variable; N] {
    let mut listed = [NOTHING; N];
    let mut place = 0;
    while place < N {
        listed[place] = outputs[place];
        listed[place].literal_type = outputs[place].literal_type.listed();
        place += 1;
    }
    listed
}

/// The name of a mapped task: `etl.map_scale-factor-arraynode` for `etl.scale` with the same `factor` for all
/// elements, and `etl.map_scale-factor--some-arraynode` if some elements may fail. No function can have such
/// a name.
#[derive(Clone, Copy, Debug)]
pub struct MapName {
    bytes: [u8; MapName::ROOM],
    len: usize,
}

impl MapName {
    const ROOM: usize = 2048;

    /// The name of a map over the task with this name.
    ///
    /// # Panics
    ///
    /// In const evaluation, if it is longer than any name in Flyte.
    pub const fn new(task: &str, whole: &[&str], some: bool) -> Self {
        let mut name = MapName {
            bytes: [0; MapName::ROOM],
            len: 0,
        };
        let bytes = task.as_bytes();
        let mut start = bytes.len();
        while start > 0 && bytes[start - 1] != b'.' {
            start -= 1;
        }
        let (module, function) = bytes.split_at(start);
        name.push(module);
        name.push(b"map_");
        name.push(function);
        let mut rest = whole;
        while let [first, more @ ..] = rest {
            name.push(b"-");
            name.push(first.as_bytes());
            rest = more;
        }
        if some {
            name.push(b"--some");
        }
        name.push(b"-arraynode");
        name
    }

    const fn push(&mut self, text: &[u8]) {
        assert!(
            text.len() <= MapName::ROOM - self.len,
            "the name of this map is too long for a name in Flyte: give its task a shorter one, `name = \"…\"`"
        );
        let mut place = 0;
        while place < text.len() {
            self.bytes[self.len] = text[place];
            self.len += 1;
            place += 1;
        }
    }

    /// The name as text.
    ///
    /// # Panics
    ///
    /// Never, because it consists of texts.
    pub const fn as_str(&self) -> &str {
        match core::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => panic!("texts make a text"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTEGER: LiteralType = LiteralType::Simple(SimpleType::Integer);

    const fn input(name: &'static str) -> Variable {
        Variable {
            name,
            literal_type: INTEGER,
            ..NOTHING
        }
    }

    static INPUTS: [Variable; 3] = [input("x"), input("factor"), input("y")];

    #[test]
    fn what_is_not_whole_is_a_list() {
        let whole = [false, true];
        assert_eq!([count(&whole, true, 3), count(&whole, false, 3)], [1, 2]);
        assert_eq!(names::<1>(&INPUTS, &whole, true), ["factor"]);
        assert_eq!(names::<2>(&INPUTS, &whole, false), ["x", "y"]);
        let list = LiteralType::Collection(&INTEGER);
        let types = map_inputs::<3>(&INPUTS, &whole).map(|it| it.literal_type);
        assert_eq!(types, [list, INTEGER, list]);
    }

    #[test]
    fn names_of_maps_tell_them_apart() {
        let name = |task, whole: &[&str], some| MapName::new(task, whole, some).as_str().to_owned();
        assert_eq!(name("etl.square", &[], false), "etl.map_square-arraynode");
        assert_eq!(
            name("a.b.scale", &["factor"], false),
            "a.b.map_scale-factor-arraynode"
        );
        assert_eq!(name("f", &["some"], false), "map_f-some-arraynode");
        assert_eq!(name("f", &[], true), "map_f--some-arraynode");
    }

    #[test]
    fn what_takes_the_whole_list_is_not_mapped() {
        static APPLICATION: TaskDescriptor = TaskDescriptor {
            args: Args::Application(&[]),
            inputs: &INPUTS,
            ..TaskDescriptor::DEFAULT
        };
        static TWO: TaskDescriptor = TaskDescriptor {
            inputs: &INPUTS,
            outputs: &INPUTS,
            ..TaskDescriptor::DEFAULT
        };
        static NAMED: TaskDescriptor = TaskDescriptor {
            inputs: &INPUTS,
            outputs: &[input("mean")],
            ..TaskDescriptor::DEFAULT
        };
        static PLAIN: TaskDescriptor = TaskDescriptor {
            name: "app.plain",
            inputs: &INPUTS,
            ..TaskDescriptor::DEFAULT
        };
        let stops = |task: &'static TaskDescriptor, whole: &'static [bool]| {
            std::panic::catch_unwind(|| _ = mappable(task, whole)).is_err()
        };
        assert!(stops(&APPLICATION, &[]));
        assert!(stops(&TWO, &[]));
        assert!(stops(&NAMED, &[]));
        assert!(stops(&PLAIN, &[true; 3]));
        assert!(!stops(&PLAIN, &[true, true]));
    }
}
