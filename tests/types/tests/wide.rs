//! Types with hundreds of fields compile without an `allow`, and their values can be read back.

#![expect(
    clippy::struct_excessive_bools,
    clippy::struct_field_names,
    reason = "fields that a program names, by the hundred"
)]

use flytekit::prelude::*;
use flytekit::types::{
    self, LiteralMapRef, LiteralRef, LiteralWriter, Outputs as _, OutputsWriter,
};

include!(concat!(env!("OUT_DIR"), "/wide.rs"));

#[test]
fn a_struct_of_400_fields_is_read_again() {
    let bytes = LiteralWriter::to_bytes(|out| wide().encode(out)).expect("data");
    assert_eq!(Wide::decode(LiteralRef::new(&bytes)).expect("data"), wide());
}

#[test]
fn each_of_500_names_is_read_again() {
    for number in [0, 1, 250, 499] {
        let name = format!("Name{number}");
        let bytes = LiteralWriter::to_bytes(|out| name.encode(out)).expect("text");
        let read = Names::decode(LiteralRef::new(&bytes)).expect("a name");
        assert_eq!(format!("{read:?}"), name);
        assert_eq!(
            LiteralWriter::to_bytes(|out| read.encode(out)).expect("a name"),
            bytes
        );
    }
}

#[test]
fn outputs_and_columns_of_400_fields_are_all_there() {
    let mut out = OutputsWriter::new();
    results().write(&mut out).expect("outputs");
    assert_eq!(LiteralMapRef::new(&out.finish()).iter().count(), 400);
    assert_eq!(<Table as types::Columns>::COLUMNS.len(), 400);
}

#[task]
fn widen(wide: Wide, name: Names) -> Wide {
    let _ = name;
    wide
}
