//! Tasks that are containers of any program: their commands, and the places of their data.

use flytekit_grammar::{CommandVariable, INPUT_DIR, OUTPUT_DIR, checked};

use super::Arg;
use crate::declare::sorted::compare;
use crate::declare::{LiteralType, SimpleType, Variable};
use crate::wire::Writer;

/// The command of a container of any program, and the places of its data: flytekit's `ContainerTask`.
///
/// Flyte's copilot writes the inputs into files of one folder before the program starts, and reads the
/// outputs from files of another folder when the program has ended. Both are checked at compile time:
///
/// ```
/// use flytekit::declare::{Arg, MetadataFormat, RawContainer};
///
/// const COUNT: RawContainer = RawContainer::new()
///     .command(&[Arg::Text("wc"), Arg::Text("-l"), Arg::Text("/var/inputs/table")])
///     .input_dir("/var/inputs")
///     .metadata_format(MetadataFormat::Yaml);
/// assert_eq!(COUNT.inputs(), "/var/inputs");
/// assert_eq!(COUNT.outputs(), "/var/flyte/outputs");
/// ```
///
/// ```compile_fail
/// use flytekit::declare::RawContainer;
///
/// // This is not an absolute path.
/// const COUNT: RawContainer = RawContainer::new().input_dir("inputs");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawContainer {
    pub(crate) command: &'static [Arg],
    pub(crate) args: &'static [Arg],
    input_dir: &'static str,
    output_dir: &'static str,
    pub(crate) metadata_format: MetadataFormat,
    io_strategy: Option<IoStrategy>,
    pub(crate) local_logs: bool,
}

/// The format of the file with all inputs, beside the file of each input: flytekit's `MetadataFormat`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetadataFormat {
    /// `inputs.json`.
    Json = 0,
    /// `inputs.yaml`.
    Yaml = 1,
    /// Only `inputs.pb`, a `flyteidl.core.LiteralMap`, which always exists.
    Proto = 2,
}

/// The times at which data is moved: `flyteidl.core.IOStrategy`. Flyte's copilot 1.16 ignores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IoStrategy {
    download: DownloadMode,
    upload: UploadMode,
}

/// The time at which inputs are fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DownloadMode {
    /// Inputs are fetched before the program starts.
    Eager = 0,
    /// Inputs are fetched while the program reads them.
    Stream = 1,
    /// The program fetches its inputs itself.
    DoNotDownload = 2,
}

/// The time at which outputs are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadMode {
    /// Outputs are stored when the program has ended.
    OnExit = 0,
    /// Outputs are stored as soon as they exist.
    Eager = 1,
    /// The program stores its outputs itself.
    DoNotUpload = 2,
}

impl IoStrategy {
    /// Fetches inputs before the program starts, and stores outputs after its end.
    pub const fn new() -> Self {
        IoStrategy {
            download: DownloadMode::Eager,
            upload: UploadMode::OnExit,
        }
    }

    /// Sets the time at which inputs are fetched.
    #[must_use]
    pub const fn download(mut self, mode: DownloadMode) -> Self {
        self.download = mode;
        self
    }

    /// Sets the time at which outputs are stored.
    #[must_use]
    pub const fn upload(mut self, mode: UploadMode) -> Self {
        self.upload = mode;
        self
    }
}

impl Default for IoStrategy {
    fn default() -> Self {
        Self::new()
    }
}

impl RawContainer {
    /// A container with its image's command.
    pub const fn new() -> Self {
        RawContainer {
            command: &[],
            args: &[],
            input_dir: "",
            output_dir: "",
            metadata_format: MetadataFormat::Json,
            io_strategy: None,
            local_logs: true,
        }
    }

    /// Sets the command, instead of the image's entrypoint.
    #[must_use]
    pub const fn command(mut self, command: &'static [Arg]) -> Self {
        self.command = command;
        self
    }

    /// Sets the args of the command.
    #[must_use]
    pub const fn args(mut self, args: &'static [Arg]) -> Self {
        self.args = args;
        self
    }

    /// Sets the folder of the inputs; `/var/flyte/inputs` unless this is called.
    ///
    /// # Panics
    ///
    /// In const evaluation, if this is not the absolute path of a folder.
    #[must_use]
    #[track_caller]
    pub const fn input_dir(mut self, path: &'static str) -> Self {
        self.input_dir = checked::container_folder(path);
        self
    }

    /// Sets the folder of the outputs; `/var/flyte/outputs` unless this is called.
    ///
    /// # Panics
    ///
    /// Those of [`input_dir`](Self::input_dir).
    #[must_use]
    #[track_caller]
    pub const fn output_dir(mut self, path: &'static str) -> Self {
        self.output_dir = checked::container_folder(path);
        self
    }

    /// Sets the format of the file with all inputs; JSON unless this is called.
    #[must_use]
    pub const fn metadata_format(mut self, format: MetadataFormat) -> Self {
        self.metadata_format = format;
        self
    }

    /// Sets the times at which data is moved; unspecified unless this is called.
    #[must_use]
    pub const fn io_strategy(mut self, strategy: IoStrategy) -> Self {
        self.io_strategy = Some(strategy);
        self
    }

    /// Sets whether a local run shows the program's output; it does unless this is called.
    #[must_use]
    pub const fn local_logs(mut self, shown: bool) -> Self {
        self.local_logs = shown;
        self
    }

    /// The folder of the inputs.
    pub const fn inputs(&self) -> &'static str {
        if self.input_dir.is_empty() {
            INPUT_DIR
        } else {
            self.input_dir
        }
    }

    /// The folder of the outputs.
    pub const fn outputs(&self) -> &'static str {
        if self.output_dir.is_empty() {
            OUTPUT_DIR
        } else {
            self.output_dir
        }
    }

    /// Stops the build if Flyte would refuse the task, or could not run it.
    ///
    /// # Panics
    ///
    /// If inputs and outputs share a folder, if there are inputs or outputs but no command, and if the
    /// command has a variable of an input that the task does not have.
    #[track_caller]
    pub const fn check(&self, inputs: &[Variable], outputs: &[Variable]) {
        if !inputs.is_empty() || !outputs.is_empty() {
            assert!(
                !self.command.is_empty() || !self.args.is_empty(),
                "Flyte refuses a container with inputs or outputs, but without a command: give it a `command` or `args`"
            );
        }
        assert!(
            !compare(self.inputs(), self.outputs()).is_eq(),
            "the inputs and the outputs share a folder: give `input_dir` and `output_dir` different folders"
        );
        check_texts(self.command, inputs);
        check_texts(self.args, inputs);
    }

    /// Writes the `DataLoadingConfig` at `field`.
    pub(super) const fn encode_data(&self, w: &mut Writer<'_>, field: u32) {
        let end = w.len();
        if let Some(strategy) = self.io_strategy {
            let end = w.len();
            w.int64_nonzero(2, strategy.upload as i64);
            w.int64_nonzero(1, strategy.download as i64);
            w.message(5, end);
        }
        w.int64_nonzero(4, self.metadata_format as i64);
        w.string_nonempty(3, self.output_dir);
        w.string_nonempty(2, self.input_dir);
        w.bool(1, true);
        w.message(field, end);
    }
}

impl Default for RawContainer {
    fn default() -> Self {
        Self::new()
    }
}

#[track_caller]
const fn check_texts(args: &[Arg], inputs: &[Variable]) {
    let mut rest = args;
    while let [first, after @ ..] = rest {
        if let Arg::Text(text) = first {
            check_text(text, inputs);
        }
        rest = after;
    }
}

#[track_caller]
const fn check_text(text: &str, inputs: &[Variable]) {
    let mut from = 0;
    while let Some(variable) = CommandVariable::next(text, from) {
        from = variable.place.1;
        if let Some(name) = variable.input() {
            let Some(input) = Variable::named(inputs, name) else {
                panic!(
                    "the command has `{{{{.inputs.…}}}}` of an input that the task does not have"
                );
            };
            input.literal_type.check_in_command();
        }
    }
}

impl LiteralType {
    /// Stops the build for an input's type that Flyte's copilot cannot write into a file.
    ///
    /// # Panics
    ///
    /// If it is a table, or contains tables.
    #[track_caller]
    pub const fn check_into_container(&self) {
        assert!(
            !self.holds_dataset(),
            "Flyte cannot put a table into a container: take a file, which another task writes"
        );
    }

    /// Stops the build for an input's type that cannot be in the command of a container.
    ///
    /// # Panics
    ///
    /// If it is neither a string, a number, a boolean or a point in time, nor a list of these.
    #[track_caller]
    pub const fn check_in_command(&self) {
        assert!(
            self.is_text_in_command(),
            "Flyte cannot write a value of this type into a command: that is for strings, numbers, booleans, points in time and lists of them; the program finds this input as a file of `input_dir`, by its name"
        );
    }

    const fn is_text_in_command(&self) -> bool {
        match self {
            // A duration would be in protobuf's text form, which differs from build to build.
            LiteralType::Simple(simple) => !matches!(
                simple,
                SimpleType::None | SimpleType::Duration | SimpleType::Error
            ),
            LiteralType::Enum(_) => true,
            LiteralType::Collection(inner) => inner.is_text_in_command(),
            _ => false,
        }
    }
}

/// Stops the build for outputs that Flyte's copilot cannot read from files.
///
/// # Panics
///
/// If one of them is a list, a map, an enum, a table, or optional.
#[track_caller]
pub const fn check_from_container(outputs: &[Variable]) {
    let mut rest = outputs;
    while let [first, after @ ..] = rest {
        assert!(
            matches!(
                first.literal_type,
                LiteralType::Simple(_)
                    | LiteralType::Blob(_)
                    | LiteralType::Dict
                    | LiteralType::Dataclass(_)
            ),
            "Flyte cannot read an output of this type from a container: it takes strings, numbers, booleans, times, objects as JSON, files and folders"
        );
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::FlyteType;

    const fn variable(name: &'static str, literal_type: LiteralType) -> Variable {
        Variable {
            name,
            literal_type,
            description: "",
            default: None,
        }
    }

    const ROWS: [Variable; 1] = [variable("rows", i64::LITERAL_TYPE)];

    fn stops(container: RawContainer, inputs: &[Variable], outputs: &[Variable]) -> bool {
        std::panic::catch_unwind(|| container.check(inputs, outputs)).is_err()
    }

    #[test]
    fn what_flyte_refuses_stops() {
        let told = |text| RawContainer::new().args(Box::leak(Box::new([Arg::Text(text)])));
        assert!(!stops(RawContainer::new(), &[], &[]));
        assert!(stops(RawContainer::new(), &ROWS, &[]));
        assert!(stops(RawContainer::new(), &[], &ROWS));
        assert!(!stops(told("{{.inputs.rows}} {{.ID}}"), &ROWS, &[]));
        assert!(stops(told("{{.inputs.rows}} {{.Inputs.row}}"), &ROWS, &[]));
        let lists = [variable("rows", Vec::<Vec<f64>>::LITERAL_TYPE)];
        assert!(!stops(told("{{.inputs.rows}}"), &lists, &[]));
        let maybe = [variable("rows", Option::<f64>::LITERAL_TYPE)];
        assert!(stops(told("{{.inputs.rows}}"), &maybe, &[]));
        assert!(!stops(told("x"), &maybe, &[]));
        assert!(stops(told("x").input_dir(OUTPUT_DIR), &[], &[]));
        assert!(stops(told("x").input_dir("/a").output_dir("/a"), &[], &[]));
        assert!(!stops(told("x").input_dir("/a").output_dir("/b"), &[], &[]));
    }

    #[test]
    fn only_what_copilot_reads_is_an_output() {
        let stops =
            |ty| std::panic::catch_unwind(|| check_from_container(&[variable("x", ty)])).is_err();
        for ty in [
            i64::LITERAL_TYPE,
            String::LITERAL_TYPE,
            crate::types::FlyteFile::<crate::types::format::AnyFormat>::LITERAL_TYPE,
            LiteralType::Dict,
        ] {
            assert!(!stops(ty), "{ty:?}");
        }
        for ty in [
            Vec::<i64>::LITERAL_TYPE,
            Option::<i64>::LITERAL_TYPE,
            std::collections::HashMap::<String, i64>::LITERAL_TYPE,
        ] {
            assert!(stops(ty), "{ty:?}");
        }
    }

    #[test]
    fn only_what_is_said_is_written() {
        let written = |container: RawContainer| {
            let mut bytes = [0; 64];
            let mut w = Writer::new(&mut bytes);
            container.encode_data(&mut w, 9);
            let len = w.len();
            bytes[bytes.len() - len..].to_vec()
        };
        assert_eq!(written(RawContainer::new()), b"\x4a\x02\x08\x01");
        let all = RawContainer::new()
            .input_dir("/i")
            .output_dir("/o")
            .metadata_format(MetadataFormat::Proto)
            .io_strategy(IoStrategy::new().download(DownloadMode::Stream));
        assert_eq!(
            written(all),
            b"\x4a\x10\x08\x01\x12\x02/i\x1a\x02/o\x20\x02\x2a\x02\x08\x01"
        );
    }
}
