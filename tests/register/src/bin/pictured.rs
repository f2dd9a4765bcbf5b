//! Workflows of about a hundred nodes, to look at.

use std::process::ExitCode;

use flytekit::prelude::*;

/// Reads a day.
#[task]
fn load_orders_of_the_day(day: i64) -> Vec<i64> {
    vec![day]
}

/// Checks an order.
#[task]
#[expect(clippy::unnecessary_wraps, reason = "as most tasks")]
fn check(order: i64) -> Result<i64> {
    Ok(order)
}

/// A sum.
#[task]
fn sum(orders: Vec<i64>) -> i64 {
    orders.iter().sum()
}

/// Adds two.
#[task]
fn add(a: i64, b: i64) -> i64 {
    a + b
}

/// Cleans up.
#[task]
fn clean_up(first: i64) {
    println!("{first}");
}

/// A part with nodes of its own.
#[workflow]
fn part(n: i64) -> Result<i64> {
    let once = check(n)?;
    let twice = add(once, n);
    Ok(add(twice, once))
}

/// An execution of its own.
#[launch_plan(workflow = part)]
fn plan(n: i64) -> Result<i64>;

macro_rules! broad {
    ($($day:literal $signal:literal)*) => {
        /// Twelve times the same eight nodes, and what joins them.
        #[workflow(on_failure = clean_up)]
        fn broad(first: i64) -> Result<i64> {
            let limit = check(first)?;
            $(
                let orders = load_orders_of_the_day($day);
                let checked = map(check, orders)?;
                let total = sum(checked);
                let inner = part(total)?;
                let chosen = if inner > limit && total < 1_000_000 {
                    plan(inner)?
                } else if total == 0 {
                    check(total)?
                } else {
                    return Err(Error::user("too many orders"));
                };
                #[node(name = "日本語の長い名前")]
                let more = add(chosen, limit);
                let sure = approve(more, $signal)?;
                let limit = add(sure, total);
            )*
            Ok(sum(vec![limit, first]))
        }

        /// Nodes without an order, and one after all of them.
        #[workflow]
        fn loose(first: i64) -> Result<i64> {
            $(
                check($day)?;
                add($day, first);
                load_orders_of_the_day($day);
                check($day)?;
                add($day, first);
                load_orders_of_the_day($day);
                check($day)?;
                add($day, first);
            )*
            Ok(add(first, 1))
        }
    };
}

broad! {
    1 "a" 2 "b" 3 "c" 4 "d" 5 "e" 6 "f" 7 "g" 8 "h" 9 "i" 10 "j" 11 "k" 12 "l"
}

macro_rules! fanned {
    ($($name:ident)*) => {
        /// Fifty nodes between two.
        #[workflow]
        fn fanned(first: i64) -> Result<i64> {
            let start = check(first)?;
            $(let $name = add(start, first);)*
            let last = sum(vec![$($name),*]);
            Ok(add(last, start))
        }
    };
}

fanned! {
    a b c d e f g h i j k l m n o p q r s t u v w x y z
    aa ab ac ad ae af ag ah ai aj ak al am an ao ap aq ar au av aw ax ay az
}

fn main() -> ExitCode {
    flytekit::main()
}
