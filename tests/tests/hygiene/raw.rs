//! Keywords as names: of tasks, of parameters, of outputs, of modules.

use flytekit::types::MsgpackWriter;
use flytekit::{Columns, FlyteData, Outputs, task};

/// A keyword with a keyword.
#[task(cache(version = "1", ignore_inputs("fn")))]
pub(crate) fn r#type(r#fn: i64, #[default(None)] r#async: Option<i64>) -> i64 {
    r#fn + r#async.unwrap_or(0)
}

/// A keyword with a keyword, on workers.
#[flytekit::worker_fn]
pub(crate) fn r#while(r#fn: i64) -> i64 {
    if r#fn == 0 { 0 } else { 1 + r#while(r#fn - 1) }
}

/// Outputs that are keywords.
#[derive(Outputs)]
pub(crate) struct r#Struct {
    /// A keyword.
    pub(crate) r#match: i64,
}

/// Columns that are keywords.
#[derive(Columns)]
pub(crate) struct r#Row {
    pub(crate) r#type: i64,
    #[column("fn")]
    pub(crate) r#loop: String,
}

/// Fields that are keywords.
#[derive(Debug, PartialEq, FlyteData)]
pub(crate) struct r#Fields {
    pub(crate) r#type: i64,
    #[serde(rename = "fn")]
    pub(crate) r#loop: Option<String>,
    #[serde(default, alias = "r#try")]
    pub(crate) r#try: r#Word,
}

/// Variants that are keywords in another case.
#[derive(Debug, Default, PartialEq, FlyteData)]
#[serde(rename_all = "lowercase")]
pub(crate) enum r#Word {
    #[default]
    r#If,
    r#Else,
}

/// Variants that hold something.
#[derive(Debug, PartialEq, FlyteData)]
pub(crate) enum r#Union {
    r#While { r#in: r#Word },
    r#For(i64),
}

#[test]
fn fields_are_without_the_mark() {
    use flytekit::types::FlyteData;

    let fields = Fields {
        r#type: 1,
        r#loop: None,
        r#try: Word::Else,
    };
    assert_eq!(crate::again(&fields), fields);
    let data = MsgpackWriter::to_bytes(|out| fields.pack(out)).expect("data");
    assert_eq!(data, b"\x83\xa4type\x01\xa2fn\xc0\xa3try\xa4else");
    for union in [Union::While { r#in: Word::If }, Union::For(1)] {
        assert_eq!(crate::again(&union), union);
    }
}

pub(crate) mod r#mod {
    //! A module that is a keyword.

    use flytekit::task;

    /// A keyword.
    #[task]
    pub(crate) fn r#loop(a: i64) -> super::Struct {
        super::Struct { r#match: a }
    }
}

#[test]
fn names_are_without_the_mark() {
    assert_eq!(crate::output::<i64>("hygiene.raw.type", &[("fn", 1)]), 1);
    assert_eq!(crate::output::<i64>("hygiene.raw.mod.loop", &[("a", 2)]), 2);
    let tasks = crate::tasks();
    let interface = tasks
        .get("hygiene.raw.mod.loop")
        .expect("the task")
        .descriptor;
    assert_eq!(interface.outputs[0].name, "match");
    assert_eq!(r#while(3), 3);
    let descriptor = <r#while as flytekit::dask::WorkerFn>::DESCRIPTOR;
    assert_eq!(descriptor.name, "hygiene.raw.while");
    let columns = <Row as flytekit::types::Columns>::COLUMNS;
    assert_eq!([columns[0].name, columns[1].name], ["type", "fn"]);
}
