//! What files hold, as types.

/// What a [`FlyteFile`](super::FlyteFile), or each file of a
/// [`FlyteDirectory`](super::FlyteDirectory), holds, for the task's interface.
///
/// Flyte refuses to connect an output of one format with an input of another; [`AnyFormat`] fits
/// all. Nobody looks into the files.
///
/// ```
/// use flytekit::types::{FlyteFile, format::Format};
///
/// /// What flytekit has as `FlyteFile["tar.gz"]`.
/// struct TarGz;
///
/// impl Format for TarGz {
///     const FORMAT: &'static str = "tar.gz";
/// }
///
/// let archive = FlyteFile::<TarGz>::new("s3://bucket/sources.tar.gz");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say what a file holds",
    label = "not a format",
    note = "formats are in `flytekit::types::format`; one of your own implements `Format` with a `const FORMAT`, such as \"tar.gz\""
)]
pub trait Format {
    /// As flytekit calls it: how the files' names end, without the dot; empty for any.
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
    /// Anything.
    AnyFormat = "";
    /// Comma-separated values.
    Csv = "csv";
    /// The Hierarchical Data Format, version 5.
    Hdf5 = "hdf5";
    /// A web page.
    Html = "html";
    /// A notebook of Jupyter.
    Ipynb = "ipynb";
    /// What Python's `joblib` has stored.
    Joblib = "joblib";
    /// A photograph.
    Jpeg = "jpeg";
    /// A JSON document.
    JsonDocument = "json";
    /// A JSON document a line.
    Jsonl = "jsonl";
    /// A model in the Open Neural Network Exchange format.
    Onnx = "onnx";
    /// A table in Parquet's own format. Tables are better passed as what they are.
    Parquet = "parquet";
    /// A document to print.
    Pdf = "pdf";
    /// An image without loss.
    Png = "png";
    /// An object of Python's, as a file that is passed on unread.
    PythonPickle = "python_pickle";
    /// A drawing.
    Svg = "svg";
    /// What `TensorBoard` shows.
    Tensorboard = "tensorboard";
    /// Records of `TensorFlow`.
    TfRecord = "tfrecord";
    /// A folder of files with records of `TensorFlow`.
    TfRecords = "tfrecords_dir";
    /// Text.
    Txt = "txt";
}
