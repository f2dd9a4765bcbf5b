//! Outputs of one type for inputs of another; the cases are those of `fixtures/compiler`.

#![allow(unused_variables)]

use std::collections::HashMap;

use flytekit::prelude::*;
use flytekit::serde_json::{Map, Value};
use flytekit::types::format::{Csv, Pdf};

#[derive(FlyteData)]
enum One {
    A,
}

#[derive(FlyteData)]
enum Other {
    B,
}

#[derive(FlyteData)]
enum Few {
    Whole(i64),
    Text(String),
}

#[derive(FlyteData)]
enum Many {
    Text(String),
    Whole(i64),
    Real(f64),
}

#[derive(FlyteData)]
struct Sale {
    amount: i64,
}

#[derive(FlyteData)]
enum Sold {
    Sale(Sale),
    Count(i64),
}

macro_rules! gives {
    ($($name:ident: $type:ty,)*) => {$(
        #[task]
        fn $name() -> Result<$type> {
            Err(Error::user("none"))
        }
    )*};
}

macro_rules! takes {
    ($($name:ident: $type:ty,)*) => {$(
        #[task]
        fn $name(value: $type) {}
    )*};
}

gives! {
    whole: i64, maybe: Option<i64>, text: String, one: One, csv: FlyteFile<Csv>, list: Vec<i64>,
    counts: HashMap<String, i64>, any: Map<String, Value>, sale: Sale, few: Few, nothing: (),
}

takes! {
    real: f64, whole_of: i64, text_of: String, one_of: One, other_of: Other,
    file_of: FlyteFile, pdf_of: FlyteFile<Pdf>, folder_of: FlyteDirectory<Csv>,
    maybes_of: Vec<Option<i64>>, reals_of: HashMap<String, f64>,
    maybe_of: Option<i64>, any_of: Map<String, Value>, sold_of: Sold, many_of: Many,
    list_of: Vec<i64>,
}

// case: int->float
#[workflow]
fn int_to_float() -> Result<()> {
    real(whole()?);
    Ok(())
}

// case: Optional[int]->int
#[workflow]
fn maybe_to_int() -> Result<()> {
    whole_of(maybe()?);
    Ok(())
}

// case: int->Union[int tag a,int tag b]
#[derive(FlyteData)]
enum Either {
    Left(i64),
    Right(i64),
}

#[task]
fn either(value: Either) {}

#[workflow]
fn int_to_either() -> Result<()> {
    either(whole()?);
    Ok(())
}

// case: enum->string
#[workflow]
fn enum_to_text() -> Result<()> {
    text_of(one()?);
    Ok(())
}

// case: string->enum
#[workflow]
fn text_to_enum() -> Result<()> {
    one_of(text()?);
    Ok(())
}

// case: enum[a]->enum[b]
#[workflow]
fn enum_to_another() -> Result<()> {
    other_of(one()?);
    Ok(())
}

// case: blob csv->blob any
#[workflow]
fn csv_to_any() -> Result<()> {
    file_of(csv()?);
    Ok(())
}

// case: blob csv->pdf
#[workflow]
fn csv_to_pdf() -> Result<()> {
    pdf_of(csv()?);
    Ok(())
}

// case: single->multipart
#[workflow]
fn file_to_folder() -> Result<()> {
    folder_of(csv()?);
    Ok(())
}

// case: List[int]->List[Optional[int]]
#[workflow]
fn list_to_list_of_maybes() -> Result<()> {
    maybes_of(list()?);
    Ok(())
}

// case: Map->Map float
#[workflow]
fn counts_to_reals() -> Result<()> {
    reals_of(counts()?);
    Ok(())
}

// case: NONE->Optional
#[workflow]
fn nothing_to_maybe() -> Result<()> {
    maybe_of(nothing()?);
    Ok(())
}

// case: STRUCT A->none
#[workflow]
fn struct_to_object() -> Result<()> {
    any_of(sale()?);
    Ok(())
}

// case: STRUCT A->Union[A,int]
#[workflow]
fn struct_to_union() -> Result<()> {
    sold_of(sale()?);
    Ok(())
}

// case: STRUCT none->Union[A,B]
#[workflow]
fn object_to_union() -> Result<()> {
    sold_of(any()?);
    Ok(())
}

// case: Union[int,str]->Union[str,int,float]
#[workflow]
fn union_to_larger_union() -> Result<()> {
    many_of(few()?);
    Ok(())
}

// case: Union[int]->int
#[derive(FlyteData)]
enum Only {
    Whole(i64),
}

#[task]
fn only() -> Result<Only> {
    Ok(Only::Whole(1))
}

#[workflow]
fn only_variant_to_int() -> Result<()> {
    whole_of(only()?);
    Ok(())
}

// case: int->List[int]
#[workflow]
fn int_to_list() -> Result<()> {
    list_of(whole()?);
    Ok(())
}

fn main() {}
