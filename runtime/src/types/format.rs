//! Formats of files, as types.

/// The format of a [`FlyteFile`](super::FlyteFile), or of each file of a
/// [`FlyteDirectory`](super::FlyteDirectory), for the task's interface.
///
/// Flyte refuses to connect an output of one format with an input of another; [`AnyFormat`] is compatible
/// with all. The content of files is not checked.
///
/// ```
/// use flytekit::types::{FlyteFile, format::Format};
///
/// /// The format of flytekit's `FlyteFile["tar.gz"]`.
/// struct TarGz;
///
/// impl Format for TarGz {
///     const FORMAT: &'static str = "tar.gz";
/// }
///
/// let archive = FlyteFile::<TarGz>::new("s3://bucket/sources.tar.gz");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name the format of a file",
    label = "not a format",
    note = "formats are in `flytekit::types::format`; one of your own implements `Format` with a `const FORMAT`, such as \"tar.gz\""
)]
pub trait Format {
    /// The name of the format in flytekit: the extension of the files' names, without the dot; empty for any
    /// format.
    const FORMAT: &'static str;
}

macro_rules! formats {
    ($($(#[$doc:meta])* $name:ident = $format:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub enum $name {}

        impl Format for $name {
            const FORMAT: &'static str = $format;
        }
    )+};
}

formats! {
    /// Any format.
    AnyFormat = "";
    /// Comma-separated values.
    Csv = "csv";
    /// The Hierarchical Data Format, version 5.
    Hdf5 = "hdf5";
    /// A web page.
    Html = "html";
    /// A notebook of Jupyter.
    Ipynb = "ipynb";
    /// An object that Python's `joblib` has stored.
    Joblib = "joblib";
    /// A photograph.
    Jpeg = "jpeg";
    /// A JSON document.
    JsonDocument = "json";
    /// A file with a JSON document per line.
    Jsonl = "jsonl";
    /// A model in the Open Neural Network Exchange format.
    Onnx = "onnx";
    /// A table in the Parquet format. It is better to pass tables as tables.
    Parquet = "parquet";
    /// A document to print.
    Pdf = "pdf";
    /// An image with lossless compression.
    Png = "png";
    /// A Python object, as a file that is passed on unread.
    PythonPickle = "python_pickle";
    /// A vector drawing.
    Svg = "svg";
    /// Logs for `TensorBoard`.
    Tensorboard = "tensorboard";
    /// Records of `TensorFlow`.
    TfRecord = "tfrecord";
    /// A folder of files with records of `TensorFlow`.
    TfRecords = "tfrecords_dir";
    /// Text.
    Txt = "txt";
}
