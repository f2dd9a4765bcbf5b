//! Workflows of many nodes, in one another and side by side.

use std::process::ExitCode;

use flytekit::prelude::*;

/// Twice a number.
#[task]
fn double(a: i64) -> i64 {
    2 * a
}

/// What has no twin.
#[task]
fn refuse(a: i64) -> Result<i64> {
    Err(Error::user(format!("{a} is refused")))
}

/// The innermost.
#[workflow]
fn inner(n: i64) -> Result<i64> {
    Ok(double(n))
}

/// A choice around it.
#[workflow]
fn middle(n: i64, strict: bool) -> Result<i64> {
    let chosen = if n > 3 && strict {
        refuse(n)?
    } else if n > 3 {
        inner(n)?
    } else {
        double(n)
    };
    Ok(double(chosen))
}

/// The outermost, with a choice of its own.
#[workflow]
fn deep(n: i64, #[default(false)] strict: bool) -> Result<i64> {
    let first = middle(n, false)?;
    let last = if first > 10 {
        middle(first, strict)?
    } else {
        double(first)
    };
    Ok(last)
}

/// A number that is not divisible by three.
#[task(retries = 1)]
fn indivisible(number: i64) -> Result<i64> {
    if number % 3 == 0 {
        return Err(Error::user(format!("{number} is divisible")));
    }
    Ok(number)
}

/// A map of which all elements have to succeed.
#[workflow]
fn all(numbers: Vec<i64>) -> Result<Vec<i64>> {
    Ok(map(indivisible, numbers)?)
}

/// A map of which some elements may fail.
#[workflow]
fn some(numbers: Vec<i64>) -> Result<Vec<Option<i64>>> {
    #[node(min_success_ratio = 0.5)]
    let found = map(indivisible, numbers)?;
    Ok(found)
}

macro_rules! wide {
    ($($each:literal)*) => {
        /// More nodes than a page of Flyte Admin's has.
        #[workflow]
        fn wide(n: i64) -> Result<i64> {
            $(double($each);)*
            Ok(double(n))
        }
    };
}

wide! {
        1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30
        31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57
        58 59 60 61 62 63 64 65 66 67 68 69 70 71 72 73 74 75 76 77 78 79 80 81 82 83 84
        85 86 87 88 89 90 91 92 93 94 95 96 97 98 99 100 101 102 103 104 105 106 107 108
        109 110 111 112 113 114 115 116 117 118 119 120 121 122 123 124 125 126 127 128
        129 130
}

fn main() -> ExitCode {
    flytekit::main()
}
