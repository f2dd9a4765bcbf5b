//! The failure of a workflow, for its failure node.

use super::{
    Content, FlyteData, FlyteType, LiteralRef, LiteralWriter, MsgpackReader, MsgpackWriter,
    ValueError, Written, data,
};
use crate::declare::{Json, LiteralType, SimpleType, Variant, schema};

/// The failure of a workflow: flytekit's `FlyteError`. Flyte passes it to the entity that runs on failure, as the
/// input `err`.
///
/// ```
/// use flytekit::prelude::*;
///
/// #[task]
/// fn load(day: String) -> Result<i64> {
///     Err(Error::user(format!("no data on {day}")))
/// }
///
/// #[task]
/// fn clean_up(day: String, err: Option<FlyteError>) {
///     if let Some(error) = err {
///         println!("the report on {day} failed: {}", error.message);
///     }
/// }
///
/// #[workflow(on_failure = clean_up)]
/// fn report(day: String) -> Result<i64> {
///     load(day)
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlyteError {
    /// The message of the failure, which names the failed node.
    pub message: String,
    /// The id of the failure node, `fn0`: Flyte and flytekit set this id, and not that of the failed node.
    pub failed_node_id: String,
}

impl FlyteType for FlyteError {
    const LITERAL_TYPE: LiteralType = LiteralType::Simple(SimpleType::Error);
    const TAG: &'static str = "FlyteError";

    fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
        match literal.content()? {
            Content::Error(error) => Ok(FlyteError {
                message: error.message().to_owned(),
                failed_node_id: error.failed_node_id().to_owned(),
            }),
            _ => data::decode(literal, "an error"),
        }
    }

    fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
        Ok(out.error(&self.failed_node_id, &self.message))
    }
}

/// Inside an object, an error is an object of two strings.
impl FlyteData for FlyteError {
    const SCHEMA: Json<'static> = {
        const TEXT: Json<'static> = Json::Strings(&[("type", "string")]);
        schema!(Json::Object(&[
            ("additionalProperties", Json::Bool(false)),
            (
                "properties",
                Json::Object(&[("failed_node_id", TEXT), ("message", TEXT)]),
            ),
            ("title", Json::String("FlyteError")),
            ("type", Json::String("object")),
        ]))
    };
    const FIELD_TYPE: Option<Variant> = Some(Variant::of::<Self>());

    fn unpack(value: &mut MsgpackReader<'_>) -> Result<Self, ValueError> {
        let (mut message, mut failed_node_id) = (None, None);
        let mut fields = value.object()?;
        while let Some(name) = fields.next_name()? {
            match name {
                "message" => fields.take("message", &mut message, String::unpack)?,
                "failed_node_id" => {
                    fields.take("failed_node_id", &mut failed_node_id, String::unpack)?;
                }
                _ => fields.skip()?,
            }
        }
        Ok(FlyteError {
            message: message.ok_or_else(|| ValueError::missing("message"))?,
            failed_node_id: failed_node_id.unwrap_or_default(),
        })
    }

    fn pack(&self, out: MsgpackWriter<'_>) -> Result<Written, ValueError> {
        out.object(|fields| {
            fields.field("failed_node_id", |out| Ok(out.str(&self.failed_node_id)))?;
            fields.field("message", |out| Ok(out.str(&self.message)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::FlyteError;
    use crate::types::{
        FlyteData, FlyteType, LiteralRef, LiteralWriter, MsgpackReader, MsgpackWriter,
    };

    fn failure() -> FlyteError {
        FlyteError {
            message: "no data".to_owned(),
            failed_node_id: "fn0".to_owned(),
        }
    }

    #[test]
    fn it_is_an_error_of_flytes() {
        let literal = LiteralWriter::to_bytes(|out| failure().encode(out)).unwrap();
        // scalar { error { failed_node_id: "fn0" message: "no data" } }
        assert_eq!(literal, b"\x0a\x10\x32\x0e\x0a\x03fn0\x12\x07no data");
        let read = FlyteError::decode(LiteralRef::new(&literal)).unwrap();
        assert_eq!(read, failure());
    }

    #[test]
    fn flyte_replaces_what_is_bound_by_a_union() {
        // scalar { union { value { scalar { error { failed_node_id: "fn0" message: "no data" } } }
        //                  type { simple: ERROR structure { tag: "FlyteError" } } } }
        let union = b"\x0a\x28\x4a\x26\x0a\x12\x0a\x10\x32\x0e\x0a\x03fn0\x12\x07no data\
            \x12\x10\x08\x08\x5a\x0c\x0a\x0aFlyteError";
        let read = Option::<FlyteError>::decode(LiteralRef::new(union)).unwrap();
        assert_eq!(read, Some(failure()));
        let written = LiteralWriter::to_bytes(|out| Some(failure()).encode(out)).unwrap();
        assert_eq!(written, union);
    }

    #[test]
    fn inside_an_object_it_is_two_texts() {
        let packed = MsgpackWriter::to_bytes(|out| failure().pack(out)).unwrap();
        let read = FlyteError::unpack(&mut MsgpackReader::new(&packed)).unwrap();
        assert_eq!(read, failure());
    }

    #[test]
    fn a_text_is_none() {
        let literal = LiteralWriter::to_bytes(|out| Ok(out.string("no data"))).unwrap();
        let error = FlyteError::decode(LiteralRef::new(&literal)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected an error, found string \"no data\""
        );
    }
}
