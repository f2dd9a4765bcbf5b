//! Bytes, which Python passes as a pickle.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use super::place::new_place;
use super::{
    Content, FlyteData, FlyteType, LiteralRef, LiteralWriter, MsgpackKind, MsgpackReader,
    MsgpackWriter, ValueError, Written, data, pickle,
};
use crate::context::unique;
use crate::declare::{BlobType, Json, LiteralType, Variant, schema};
use crate::store::{self, StoreError};

/// Python's `bytes`. flytekit stores them as a pickle, in a separate file of the run's raw data.
///
/// `bytearray` can be read, too. A pickle of anything else is refused; nothing in it is executed.
///
/// ```
/// use flytekit::prelude::*;
/// use flytekit::types::Bytes;
///
/// #[task]
/// fn reversed(bytes: Bytes) -> Bytes {
///     bytes.iter().rev().copied().collect()
/// }
///
/// assert_eq!(reversed(Bytes::from_static(b"abc")), &b"cba"[..]);
/// ```
impl FlyteType for Bytes {
    const LITERAL_TYPE: LiteralType = LiteralType::Pickle {
        python_class: "<class 'bytes'>",
    };
    const TAG: &'static str = "FlytePickle";

    fn decode(literal: LiteralRef<'_>) -> Result<Self, ValueError> {
        match literal.content()? {
            Content::Blob(blob) if !blob.is_multipart() => {
                let file = Bytes::from(store::read(blob.uri())?);
                pickle::read(&file).map_err(|refused| refused.at(blob.uri()))
            }
            _ => data::decode(literal, "bytes"),
        }
    }

    fn encode(&self, out: LiteralWriter<'_>) -> Result<Written, ValueError> {
        let uri = write(self)?;
        Ok(out.blob(&uri, &BlobType::PICKLE))
    }
}

/// Inside an object the bytes are part of it. Base64 can be read, too, because JSON uses it.
impl FlyteData for Bytes {
    const SCHEMA: Json<'static> =
        schema!(Json::Strings(&[("type", "string"), ("format", "base64")]));
    const FIELD_TYPE: Option<Variant> = Some(Variant::of::<Self>());

    fn unpack(value: &mut MsgpackReader<'_>) -> Result<Self, ValueError> {
        let at = *value;
        if at.kind()? != MsgpackKind::String {
            return value.bin().map(Bytes::copy_from_slice);
        }
        from_base64(value.str()?).ok_or_else(|| at.unexpected("binary data, or text in Base64"))
    }

    fn pack(&self, out: MsgpackWriter<'_>) -> Result<Written, ValueError> {
        Ok(out.bin(self))
    }
}

/// Writes the pickle to a new location, and returns the URI.
fn write(data: &[u8]) -> Result<String, StoreError> {
    let place = new_place(format_args!("store {} bytes", data.len()))?;
    let uri = store::join(&place, &unique());
    let mut file = store::create(&uri)?;
    for part in [&pickle::beginning(data.len()), data, pickle::END] {
        let written = file.write_all(part);
        written.map_err(|error| store::failed(format_args!("write {uri}"), error))?;
    }
    file.finish()?;
    Ok(uri)
}

/// Decodes Base64, with or without line breaks.
fn from_base64(text: &str) -> Option<Bytes> {
    let digits = text.bytes().filter(|byte| !byte.is_ascii_whitespace());
    let bytes = STANDARD.decode(digits.collect::<Vec<_>>()).ok()?;
    Some(bytes.into())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use std::fs;

    use super::from_base64;
    use crate::context::within_place;
    use crate::declare::BlobType;
    use crate::types::{
        Content, FlyteData, FlyteType, LiteralRef, LiteralWriter, MsgpackReader, MsgpackWriter,
    };

    #[test]
    fn a_literal_is_the_place_of_a_pickle() {
        let folder = tempfile::tempdir().unwrap();
        let raw = folder.path().join("raw");
        let data = Bytes::from_static(b"\x00\xff");
        let literal = within_place(&raw.to_string_lossy(), || {
            LiteralWriter::to_bytes(|out| data.encode(out))
        });
        let literal = literal.unwrap();
        let Ok(Content::Blob(blob)) = LiteralRef::new(&literal).content() else {
            panic!("a blob")
        };
        assert_eq!(
            (blob.format(), blob.is_multipart()),
            ("PythonPickle", false)
        );
        assert_eq!(
            fs::read(blob.uri()).unwrap(),
            b"\x80\x04\x95\x06\0\0\0\0\0\0\0C\x02\x00\xff\x94."
        );
        assert_eq!(Bytes::decode(LiteralRef::new(&literal)).unwrap(), data);

        fs::write(blob.uri(), b"\x80\x04N.").unwrap();
        let error = Bytes::decode(LiteralRef::new(&literal)).unwrap_err();
        assert!(error.to_string().contains("holds `None`"), "{error}");
        assert!(error.to_string().contains(blob.uri()), "{error}");
    }

    #[test]
    fn without_a_prefix_there_is_no_place() {
        let error = within_place("", || {
            LiteralWriter::to_bytes(|out| Bytes::from_static(b"abc").encode(out))
        });
        let error = error.unwrap_err().to_string();
        assert!(error.starts_with("cannot store 3 bytes: "), "{error}");
    }

    #[test]
    fn a_folder_is_no_bytes() {
        let folder = BlobType {
            format: "",
            multipart: true,
        };
        let literal = LiteralWriter::to_bytes(|out| Ok(out.blob("s3://b/x", &folder))).unwrap();
        let error = Bytes::decode(LiteralRef::new(&literal)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected bytes, found a folder at s3://b/x"
        );
    }

    #[test]
    fn inside_an_object_they_are_themselves() {
        let data = Bytes::from_static(b"\x00\xff");
        let packed = MsgpackWriter::to_bytes(|out| data.pack(out)).unwrap();
        assert_eq!(packed, b"\xc4\x02\x00\xff");
        // The format of Python's `encodebytes`.
        let text = b"\xa5AP8=\n";
        for value in [&packed[..], text] {
            let read = Bytes::unpack(&mut MsgpackReader::new(value)).unwrap();
            assert_eq!(read, data);
        }
        let error = Bytes::unpack(&mut MsgpackReader::new(b"\x07")).unwrap_err();
        assert_eq!(error.to_string(), "expected binary data, found integer 7");
        let error = Bytes::unpack(&mut MsgpackReader::new(b"\xa3abc")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected binary data, or text in Base64, found string \"abc\""
        );
    }

    #[test]
    fn base64_is_read_with_all_endings() {
        for (text, data) in [
            ("", &b""[..]),
            ("Zg==", b"f"),
            ("Zm8=", b"fo"),
            ("Zm9v", b"foo"),
            ("Zm9v\nYmFy\n", b"foobar"),
            ("+/+/", b"\xfb\xff\xbf"),
        ] {
            assert_eq!(from_base64(text).unwrap(), data, "{text}");
        }
        for text in ["Z", "Zg=", "Zg==Zg==", "Z===", "====", "Zm9*"] {
            assert_eq!(from_base64(text), None, "{text}");
        }
    }
}
