//! Cases of `fixtures/compiler` that Flyte's compiler accepts, in Rust.

use std::time::{Duration, SystemTime};

use flytekit::prelude::*;

/// One number.
#[task(name = "verdicts.a")]
fn a() -> i64 {
    1
}

/// Takes a number and gives one.
#[task(name = "verdicts.c")]
fn c(i: i64) -> i64 {
    i
}

/// Takes a number or nothing.
#[task(name = "verdicts.maybe")]
fn maybe(_i: Option<i64>) {}

/// Takes a list or nothing.
#[task(name = "verdicts.maybe_list")]
fn maybe_list(_i: Option<Vec<i64>>) {}

/// Takes a list.
#[task(name = "verdicts.list")]
fn list(_i: Vec<i64>) {}

/// Gives nothing.
#[task(name = "verdicts.v")]
fn v() {}

/// A colour.
#[derive(Clone, Copy, Debug, FlyteData)]
enum Color {
    Red,
}

/// Gives a colour.
#[task(name = "verdicts.color")]
fn color() -> Color {
    Color::Red
}

/// Takes a colour.
#[task(name = "verdicts.color_of")]
fn color_of(_i: Color) {}

/// Something sold.
#[derive(Clone, Debug, FlyteData)]
struct Sale {
    x: i64,
}

/// Gives a sale.
#[task(name = "verdicts.sale")]
fn sale() -> Sale {
    Sale { x: 1 }
}

/// Takes a sale.
#[task(name = "verdicts.sale_of")]
fn sale_of(_i: Sale) {}

/// Runs on failure.
#[task(name = "verdicts.hc")]
fn hc(q: i64, note: Option<String>) {
    let _ = (q, note);
}

#[workflow(name = "verdicts.int_to_optional")]
fn int_to_optional() -> Result<()> {
    maybe(Some(a()));
    Ok(())
}

#[workflow(name = "verdicts.enum_to_enum")]
fn enum_to_enum() -> Result<()> {
    color_of(color());
    Ok(())
}

#[workflow(name = "verdicts.struct_to_struct")]
fn struct_to_struct() -> Result<()> {
    sale_of(sale());
    Ok(())
}

#[workflow(name = "verdicts.attribute")]
fn attribute(q: Sale) -> Result<()> {
    c(q.x);
    Ok(())
}

#[workflow(name = "verdicts.attribute_in_a_list")]
fn attribute_in_a_list(q: Vec<i64>) -> Result<()> {
    list(vec![q[0]]);
    Ok(())
}

#[workflow(name = "verdicts.optional_output")]
fn optional_output() -> Result<Option<i64>> {
    a();
    Ok(None)
}

#[workflow(name = "verdicts.input_to_output")]
fn input_to_output(q: i64) -> Result<i64> {
    a();
    Ok(q)
}

#[workflow(name = "verdicts.constant_output")]
fn constant_output() -> Result<i64> {
    a();
    Ok(1)
}

#[workflow(name = "verdicts.branch_with_else")]
fn branch_with_else(q: i64) -> Result<i64> {
    Ok(if q == 1 { a() } else { a() })
}

#[workflow(name = "verdicts.branch_with_error")]
fn branch_with_error(q: i64) -> Result<i64> {
    Ok(if q == 1 {
        a()
    } else {
        return Err(Error::user("m"));
    })
}

#[workflow(name = "verdicts.times")]
fn times(q: SystemTime, r: SystemTime) -> Result<i64> {
    Ok(if q > r { a() } else { a() })
}

#[workflow(name = "verdicts.texts")]
fn texts(q: String, r: String) -> Result<i64> {
    Ok(if q > r { a() } else { a() })
}

#[workflow(name = "verdicts.void_and_valued")]
fn void_and_valued(q: i64) -> Result<()> {
    if q == 1 {
        a();
    } else {
        v();
    }
    Ok(())
}

#[workflow(name = "verdicts.then_of_an_earlier_node")]
fn then_of_an_earlier_node(q: i64) -> Result<()> {
    let earlier = a();
    if q == 1 {
        c(earlier);
    } else {
        a();
    }
    Ok(())
}

#[workflow(name = "verdicts.constant_for_an_option")]
fn constant_for_an_option() -> Result<()> {
    maybe(Some(3));
    Ok(())
}

#[workflow(name = "verdicts.none_for_an_option")]
fn none_for_an_option() -> Result<()> {
    maybe(None);
    Ok(())
}

#[workflow(name = "verdicts.empty_list")]
fn empty_list() -> Result<()> {
    list(vec![]);
    Ok(())
}

#[workflow(name = "verdicts.list_for_an_option")]
fn list_for_an_option() -> Result<()> {
    maybe_list(Some(vec![1]));
    Ok(())
}

#[workflow(name = "verdicts.handled", on_failure = hc)]
fn handled(q: i64) -> Result<()> {
    c(q);
    Ok(())
}

#[workflow(name = "verdicts.approved")]
fn approved() -> Result<i64> {
    let given = approve(a(), "x")?;
    Ok(c(given))
}

#[workflow(name = "verdicts.sub")]
fn sub(x: i64) -> Result<i64> {
    Ok(c(x))
}

#[workflow(name = "verdicts.with_a_part")]
fn with_a_part(q: i64) -> Result<i64> {
    sub(q)
}

#[workflow(name = "verdicts.planned")]
fn planned(x: i64, #[default(1)] z: i64) -> Result<()> {
    list(vec![x, z]);
    sleep(Duration::from_secs(1));
    Ok(())
}

/// A plan with a default.
#[launch_plan(workflow = planned, name = "verdicts.lp")]
fn lp(x: i64, #[default(1)] z: i64) -> Result<()>;

#[workflow(name = "verdicts.with_a_plan")]
fn with_a_plan(q: i64) -> Result<()> {
    lp(q, 1)
}
