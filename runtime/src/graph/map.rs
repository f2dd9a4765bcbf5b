//! Maps: one task for each element of lists.

use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, Ordering};

use super::argument::Argument;
use super::call::Call;
use super::node::{Planned, What};
use super::promise::{Giver, Promise, Whole};
use super::promised::Promised;
use super::value::{Bound, Kind};
use crate::declare::{
    Array, LiteralType, Success, Target, Variable, mapped_at_run_time, not_mappable,
};
use crate::entity::map::optional_outputs;
use crate::types::{Fallible, FlyteType, Returns, Single, Unfailing};

/// Calls a task once for each element of a list. The node returns the list of the results.
///
/// The closure is one call of the task: it takes an element, and other arguments that are the same for all
/// elements. For several lists of the same length, pass a tuple.
///
/// ```
/// use flytekit::prelude::*;
///
/// #[task]
/// fn square(n: i64) -> i64 {
///     n * n
/// }
///
/// #[task]
/// fn scale(n: i64, factor: i64) -> Result<i64> {
///     Ok(n * factor)
/// }
///
/// #[task]
/// fn add(a: i64, b: i64) -> i64 {
///     a + b
/// }
///
/// let graph = Graph::new("mapped");
/// let factor = graph.input::<i64>("factor");
/// let squares = graph.node(map_task(square::call, vec![1, 2, 3]));
/// let scaled = graph.node(map_task(|n| scale::call(n, &factor), &squares).concurrency(2));
/// let sums = graph.node(map_task(|(a, b)| add::call(a, b), (&squares, &scaled)));
/// graph.output("sums", &sums);
///
/// let outputs = graph.start().input("factor", 10).run()?;
/// assert_eq!(outputs.output::<Vec<i64>>("sums")?, [11, 44, 99]);
/// # Ok::<(), flytekit::Error>(())
/// ```
///
/// All other settings of a [`Call`] apply to each element. With [`min_successes`](Call::min_successes) or
/// [`min_success_ratio`](Call::min_success_ratio) some elements may fail, and the results are a list of options.
///
/// A graph refuses a map over entities that Flyte cannot map: workflows, launch plans, dynamic tasks, tasks
/// of other programs, and tasks with several outputs.
pub fn map_task<E, R, L: Lists<E>>(each: impl FnOnce(E) -> Call<R>, lists: L) -> Call<ForEach<R>> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let map = NEXT.fetch_add(1, Ordering::Relaxed);
    let mut given = Vec::new();
    let elements = lists.elements(map, &mut given);
    let Planned {
        what,
        arguments,
        settings,
    } = each(elements).planned;
    let mut elements = vec![None; arguments.len()];
    let mut used = vec![false; given.len()];
    let arguments = arguments.into_iter().zip(&mut elements);
    let arguments = arguments.map(|(bound, element)| match bound.element_of(map) {
        Some(place) => {
            used[place] = true;
            *element = Some(given[place].element);
            given[place].list.clone()
        }
        None => bound,
    });
    let arguments = arguments.collect();
    let mapping = Mapping {
        what: Box::new(what),
        elements,
        unused: used.iter().position(|used| !used),
        concurrency: None,
        success: Success::All,
        options: None,
    };
    let mut planned = Planned::new(What::Map(mapping), arguments);
    planned.settings = settings;
    Call::of(planned)
}

/// The rule for promises of elements.
pub(super) const WHOLE_ELEMENTS: &str =
    "an element of a map's list is a whole argument of the call in the map's closure";

/// A planned map.
#[derive(Debug)]
pub(super) struct Mapping {
    /// The target of the call for each element.
    what: Box<What>,
    /// For each input that takes an element, the type of the list's elements.
    elements: Vec<Option<LiteralType>>,
    /// A list of which no input takes elements.
    unused: Option<usize>,
    concurrency: Option<u32>,
    success: Success,
    /// The outputs if some elements may fail.
    options: Option<&'static [Variable]>,
}

impl Mapping {
    /// The target of the node, or the reason why Flyte would refuse it.
    pub(super) fn target(&self, arguments: &[Bound]) -> Result<Target<'static>, String> {
        let What::Entity(Target::Task(task)) = *self.what else {
            return Err(
                "a map calls a task of this program: Flyte cannot map workflows, launch plans or tasks of other \
                 programs"
                    .to_owned(),
            );
        };
        if let Some(list) = self.unused {
            // An element may be in a part of an argument, or have lost a part itself.
            let mut inputs = task.inputs.iter().zip(arguments);
            return Err(match inputs.find(|(_, bound)| bound.holds_element()) {
                Some((input, _)) => {
                    format!("`{}`, input `{}`: {WHOLE_ELEMENTS}", task.name, input.name)
                }
                None => format!(
                    "`{}`: no input takes the elements of list {} of the map",
                    task.name,
                    list + 1
                ),
            });
        }
        let whole: Vec<_> = self.elements.iter().map(Option::is_none).collect();
        if let Some(reason) = not_mappable(task, &whole) {
            return Err(format!("`{}`: {reason}", task.name));
        }
        for ((input, element), bound) in task.inputs.iter().zip(&self.elements).zip(arguments) {
            if let Some(element) = element
                && !element.is(&input.literal_type)
                && bound.has_literals()
            {
                return Err(format!(
                    "`{}`, input `{}`: the elements of a known list must have exactly the input's type, such as \
                     `Option<…>`",
                    task.name, input.name
                ));
            }
        }
        if let Success::Ratio(ratio) = self.success
            && !(ratio > 0.0 && ratio < 1.0)
        {
            return Err(format!(
                "`{}`: the minimum ratio of successes must be between 0.0 and 1.0, not {ratio}: leave it \
                 out if all must succeed",
                task.name
            ));
        }
        if self.success == Success::Count(0) {
            return Err(format!(
                "`{}`: at least 1 element must succeed: leave the number out if all must",
                task.name
            ));
        }
        Ok(Target::Array(Array {
            task: mapped_at_run_time(task, &whole, self.options),
            concurrency: self.concurrency,
            success: self.success,
        }))
    }
}

/// Marks the call of a task for each element, all of which must succeed.
#[derive(Debug)]
pub struct ForEach<R>(PhantomData<fn() -> R>);

/// Marks the call of a task for each element, some of which may fail.
#[derive(Debug)]
pub struct ForSome<R>(PhantomData<fn() -> R>);

/// The marks of maps.
#[diagnostic::on_unimplemented(
    message = "this is not a map",
    label = "only `map_task(…)` has this setting"
)]
pub trait IsMap {}

impl<R> IsMap for ForEach<R> {}
impl<R> IsMap for ForSome<R> {}

impl<R: IsMap> Call<R> {
    /// Sets the number of elements that run at the same time; 0 is any number.
    pub fn concurrency(self, concurrency: u32) -> Self {
        self.map(|mapping| mapping.concurrency = Some(concurrency))
    }
}

impl<R> Call<ForEach<R>> {
    /// Sets the number of elements that must succeed. The results are a list of options: `None` stands for an
    /// element that failed.
    pub fn min_successes<M>(self, least: u32) -> Call<ForSome<R>>
    where
        R: Returns<M>,
    {
        self.some(Success::Count(least))
    }

    /// Sets the share of the elements that must succeed, such as 0.9. The results are a list of options:
    /// `None` stands for an element that failed.
    pub fn min_success_ratio<M>(self, ratio: f32) -> Call<ForSome<R>>
    where
        R: Returns<M>,
    {
        self.some(Success::Ratio(ratio))
    }

    fn some<M>(self, success: Success) -> Call<ForSome<R>>
    where
        R: Returns<M>,
    {
        let call = self.map(|mapping| {
            mapping.success = success;
            // A compile-time error for a task whose output can be none.
            mapping.options = Some(const { optional_outputs::<M, R>() });
        });
        Call::of(call.planned)
    }
}

impl<R> Call<R> {
    fn map(mut self, change: impl FnOnce(&mut Mapping)) -> Self {
        if let What::Map(mapping) = &mut self.planned.what {
            change(mapping);
        }
        self
    }
}

impl<T: FlyteType> Promised<Unfailing<Single>> for ForEach<T> {
    type Promises = Promise<Vec<T>>;

    fn promises(giver: Giver) -> Promise<Vec<T>> {
        list(
            giver,
            const { T::LITERAL_TYPE.is_none() },
            const { T::LITERAL_TYPE.listed() },
        )
    }
}

impl<T: FlyteType> Promised<Unfailing<Single>> for ForSome<T> {
    type Promises = Promise<Vec<Option<T>>>;

    fn promises(giver: Giver) -> Self::Promises {
        match <T as Returns<Unfailing<Single>>>::OPTIONS {
            [output] => list(giver, false, output.literal_type),
            _ => list(giver, true, T::LITERAL_TYPE),
        }
    }
}

impl<M, T, E> Promised<Fallible<M>> for ForEach<Result<T, E>>
where
    ForEach<T>: Promised<Unfailing<M>>,
{
    type Promises = <ForEach<T> as Promised<Unfailing<M>>>::Promises;

    fn promises(giver: Giver) -> Self::Promises {
        ForEach::<T>::promises(giver)
    }
}

impl<M, T, E> Promised<Fallible<M>> for ForSome<Result<T, E>>
where
    ForSome<T>: Promised<Unfailing<M>>,
{
    type Promises = <ForSome<T> as Promised<Unfailing<M>>>::Promises;

    fn promises(giver: Giver) -> Self::Promises {
        ForSome::<T>::promises(giver)
    }
}

fn list<T>(giver: Giver, is_none: bool, literal_type: LiteralType) -> Promise<T> {
    let whole = if is_none {
        Whole::Nothing
    } else {
        Whole::One("o0", literal_type)
    };
    Promise::whole(giver.graph(), giver, whole)
}

/// A list of a map.
#[doc(hidden)]
#[derive(Debug)]
pub struct List {
    list: Bound,
    element: LiteralType,
}

/// The lists of a map, whose elements are an `E`: a list, or a tuple of lists of the same length.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list to map",
    label = "neither a list nor a promise of one",
    note = "a map takes a `Vec`, a promise of one, or a tuple of at most 6 of these"
)]
pub trait Lists<E> {
    /// The elements as promises; the lists are added to `lists`.
    #[doc(hidden)]
    fn elements(self, map: u64, lists: &mut Vec<List>) -> E;
}

impl<T: FlyteType, A: Argument<Vec<T>>> Lists<Promise<T>> for A {
    fn elements(self, map: u64, lists: &mut Vec<List>) -> Promise<T> {
        let giver = Giver::Element {
            map,
            place: lists.len(),
        };
        lists.push(List {
            list: self.bound(),
            element: T::LITERAL_TYPE,
        });
        Promise::whole(u64::MAX, giver, Whole::One("", T::LITERAL_TYPE))
    }
}

macro_rules! tuples {
    ($($($list:ident $element:ident $value:ident),+;)+) => {$(
        impl<$($element: FlyteType, $list: Argument<Vec<$element>>),+>
            Lists<($(Promise<$element>,)+)> for ($($list,)+)
        {
            fn elements(self, map: u64, lists: &mut Vec<List>) -> ($(Promise<$element>,)+) {
                let ($($value,)+) = self;
                ($(Lists::<Promise<$element>>::elements($value, map, lists),)+)
            }
        }
    )+};
}

tuples! {
    A T a, B U b;
    A T a, B U b, C V c;
    A T a, B U b, C V c, D W d;
    A T a, B U b, C V c, D W d, E X e;
    A T a, B U b, C V c, D W d, E X e, F Y f;
}

impl Bound {
    /// The list of which this is a whole element, in the map with this number.
    fn element_of(&self, number: u64) -> Option<usize> {
        match &self.0 {
            Kind::Promise(source) => match source.giver {
                Giver::Element { map, place } if map == number && source.path.is_empty() => {
                    Some(place)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether the argument contains known values.
    fn has_literals(&self) -> bool {
        match &self.0 {
            Kind::Promise(_) => false,
            Kind::Literal(_) | Kind::None | Kind::Wrong(_) => true,
            Kind::List(items) => items.iter().any(Bound::has_literals),
            Kind::Map(entries) => entries.values().any(Bound::has_literals),
        }
    }
}
