//! The attributes and the derives of flytekit for Rust; use them from the crate `flytekit`.
//!
//! Each item that users write has a file or a folder, and in a folder the files are the stages: `read`
//! is what is written, `model` makes the choices, `check` refuses what is wrong, `expand` writes the
//! code. All mistakes of one attribute are reported at once, each at its token.

#![expect(
    clippy::large_enum_variant,
    reason = "syntax trees are large, and there is one of each in an attribute"
)]

mod columns;
mod data;
mod emit;
mod engines;
mod outputs;
mod pod;
mod syntax;
mod task;
#[cfg(test)]
mod tests;
mod worker_fn;

use darling::Error;
use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a function a Flyte task.
///
/// The function stays what it was: it can be called and tested like any other. Beside it the
/// attribute puts the task's template, finished, into the program's file, and an entry into the
/// program's table of tasks.
///
/// ```
/// use flytekit::prelude::*;
///
/// /// Adds two numbers.
/// #[task(retries = 3, requests(cpu = "1", mem = "2Gi"))]
/// fn add(a: i64, /** what to add */ #[default(1)] b: i64) -> f64 {
///     (a + b) as f64
/// }
///
/// assert_eq!(add(1, 2), 3.0);
/// ```
///
/// # The function
///
/// - Its parameters are the task's inputs, by name, of types that are `FlyteType`. A doc comment on
///   a parameter describes it in Flyte, and `#[default(expr)]` says what it is when it is not given.
/// - What it returns are the outputs: `o0`, or `o0`, `o1`, … for a tuple, or the fields of a struct
///   that derives `Outputs`; as it is, or in a `Result`.
/// - It may be an `async fn`, unless its engine's session blocks.
/// - Its doc comment is the task's description.
///
/// The task of an application, `generic_spark(…)`, has no body, because the application is it: the
/// function is declared with `;`, and calling it runs the application.
///
/// It cannot be generic, a method, `unsafe`, `const` or `extern`, or borrow an input.
///
/// # Where it runs
///
/// Without an engine a task runs in a container. An engine surrounds it with more, and the function
/// may borrow the engine's session as its first parameter.
///
/// | Form | Session |
/// |---|---|
/// | `#[task]` | none |
/// | `#[task(spark(conf("spark.executor.instances" = "2"), hadoop_conf(…), executor_path = "…", applications_path = "…", driver_pod(…), executor_pod(…)))]` | `&SparkSession`; needs the feature `spark` |
/// | `#[task(generic_spark(application_type = Scala, main_class = "…", application = "…", args(…), conf(…), hadoop_conf(…)))]` | none; needs the feature `spark` |
/// | `#[task(dask(scheduler(image = "…", requests(…), limits(…)), workers(count = 4, image = "…", requests(…), limits(…))))]` | `&DaskClient`; needs the feature `dask` |
/// | `#[task(engine = path::to::Engine, config = CONST)]` | `&<Engine as flytekit::engine::Engine>::Session` |
///
/// ## Spark applications
///
/// `generic_spark(…)` is for an application that exists already: a class in a jar, or a program in
/// Python or R; `flytekit::spark::GenericSpark` has an example.
///
/// | Option | Meaning | In flytekit |
/// |---|---|---|
/// | `application_type = Scala` | `Scala`, `Java`, `Python` or `R` | none: always Python |
/// | `main_class = "org.example.Main"` | what runs, in Scala and Java only | `main_class` |
/// | `application = "/opt/app.jar"` | its file: an absolute path in the image, or a URI | `applications_path` |
/// | `args("--rows", rows)` | its arguments: text, and inputs by name | none |
/// | `conf(…)`, `hadoop_conf(…)` | as in `spark(…)` | `spark_conf`, `hadoop_conf` |
///
/// Each input is one of the arguments, as a whole: an integer, a float, a boolean or a `String`,
/// without quotes around it, and never read by a shell. There are no outputs.
///
/// In the cluster Flyte starts the application. `run`, and a call of the function, which returns
/// `flytekit::Result<()>`, start it with `spark-submit` on this machine, on `local[*]` unless `conf`
/// has a `spark.master`: that of `SPARK_HOME`, of the Python package `pyspark`, or from `PATH`.
///
/// ## Dask clusters
///
/// `dask(…)` gives the task a cluster of its own, of one scheduler and `count` workers, and runs on
/// them the functions that [`macro@worker_fn`] has made known to them.
///
/// ```
/// use flytekit::prelude::*;
///
/// #[task(
///     dask(workers(count = 4, limits(cpu = "2", mem = "4Gi"))),
///     container_image = "registry/app:1",
/// )]
/// fn estimate(dask: &DaskClient, samples: i64) -> Result<f64> {
///     # _ = dask;
///     // …
///     Ok(3.0 * samples as f64)
/// }
/// ```
///
/// | Option | Meaning | In flytekit |
/// |---|---|---|
/// | `scheduler(image = "…", requests(…), limits(…))` | the scheduler's pod, where it is not like the task's | `scheduler=Scheduler(…)` |
/// | `workers(count = 4, image = "…", requests(…), limits(…))` | how many workers, one unless given, and their pods | `workers=WorkerGroup(number_of_workers=4, …)` |
///
/// Limits of the workers are also how many calls each does at a time, and in how much memory:
/// `flytekit::dask::Workers` tells more, and `flytekit::dask::DaskConfig` what their image has in it.
///
/// # Options
///
/// A value is a literal, which is checked where it stands, or any const expression, so that a team
/// can share its settings:
///
/// ```
/// use flytekit::prelude::*;
/// use flytekit::declare::Secret;
///
/// const SMALL: Resources = Resources::new().cpu("500m").mem("1Gi");
/// const DB: Secret = Secret::new("db", "password");
/// const RETRIES: u32 = 3;
///
/// #[task(requests = SMALL, retries = RETRIES, secrets(DB), env("LOG" = "info"))]
/// fn load() {}
/// ```
///
/// | Option | Meaning | In flytekit |
/// |---|---|---|
/// | `name = "etl.load"` | the name in Flyte, instead of module path and function | none |
/// | `retries = 3` | attempts after the first | `retries` |
/// | `timeout = "1h30m"`, `= 90` (seconds), `= DURATION` | how long an attempt may take | `timeout` |
/// | `cache(version = "1.0", serialize, ignore_inputs("a"))`, `= CACHE` | reuse results of equal inputs | `cache=Cache(…)` |
/// | `interruptible`, `= false` | may run on machines that can be taken away | `interruptible` |
/// | `deprecated = "use add"` | why not to use it any more | `deprecated` |
/// | `requests(cpu = "1", mem = "2Gi", gpu = 1, ephemeral_storage = "10Gi")`, `= RESOURCES` | what the container asks for | `requests` |
/// | `limits(…)`, `= RESOURCES` | what it may use at most | `limits` |
/// | `resources(cpu = ("1", "2"), mem = "2Gi")` | both: a pair is request and limit, one value is the request | `resources` |
/// | `shared_memory`, `= "1Gi"` | memory at `/dev/shm` | `shared_memory` |
/// | `accelerator = A100`, `= "label"`, `accelerator(device = A100, partition = "2g.10gb")` | the kind of GPU and, with a size or `unpartitioned`, its share | `accelerator` |
/// | `env("KEY" = "value")`, `= ENTRIES` | environment variables | `environment` |
/// | `secrets(secret(group = "db", key = "password", version = "2", mount = env_var, env_var = "DB"), SECRET)`, `= SECRETS` | secrets to mount; `mount` is `any`, `env_var` or `file` | `secret_requests` |
/// | `container_image = "registry/app:1"` | the image, instead of the registration's default | `container_image` |
/// | `pod_template(…)`, `= POD_TEMPLATE` | a [pod](#pods) around the container | `pod_template` |
/// | `pod_template_name = "gpu"` | a pod template in the cluster | `pod_template_name` |
/// | `labels("team" = "data")`, `annotations("note" = "…")` | Kubernetes labels and annotations | `labels`, `annotations` |
/// | `crate = path::to::flytekit` | where this crate is, if not at `::flytekit` | none |
///
/// # Pods
///
/// `pod_template`, and `driver_pod` and `executor_pod` of Spark, take the same options. All but the
/// first three become members of the Kubernetes `PodSpec` and of its primary container.
///
/// | Option | Meaning |
/// |---|---|
/// | `primary_container = "main"` | the name of the container that runs the task, else `primary` |
/// | `labels(…)`, `annotations(…)` | of the pod |
/// | `node_selector("disk" = "ssd")` | labels of the nodes that it may run on |
/// | `tolerations(toleration(key = "spot", operator = "Exists", value = "…", effect = "NoSchedule", seconds = 60))` | taints of nodes that it bears |
/// | `service_account = "reader"`, `priority_class = "high"` | by name |
/// | `image = "…"`, `env("KEY" = "value")`, `requests(…)`, `limits(…)` | of the primary container |
/// | `volumes(volume(name = "settings", mount_path = "/etc/app", sub_path = "…", read_only, config_map = "app"))` | mounted into the primary container; or `secret = "…"`, `persistent_volume_claim = "…"`, `empty_dir(medium = "Memory", size_limit = "1Gi")` |
/// | `spec = { "hostNetwork": true }`, `spec = yaml("hostNetwork: true")` | the rest, as JSON whose leaves may be const expressions, or as YAML (needs the feature `yaml` or `spark`) |
///
/// Options and `spec` are merged: objects member by member, lists item by item, containers by name.
/// What both say is an error.
///
/// ```
/// use flytekit::prelude::*;
///
/// #[task(pod_template(
///     node_selector("disk" = "ssd"),
///     tolerations(toleration(key = "spot", operator = "Exists")),
///     volumes(volume(name = "scratch", mount_path = "/scratch", empty_dir)),
///     spec = yaml(
///         "
///         containers:
///           - name: proxy
///             image: proxy:3
///         terminationGracePeriodSeconds: 30
///         "
///     ),
/// ))]
/// fn load() {}
/// ```
///
/// # Mistakes
///
/// Everything that can be known is a compile error at the token, with the choices:
///
/// ```compile_fail
/// use flytekit::prelude::*;
///
/// #[task(requests(mem = "2Gb"), retires = 3)] // `Gb` is no suffix; did you mean `retries`?
/// fn load() {}
/// ```
///
/// What is allowed but probably not meant, such as a misspelt key of Spark, is a warning. It appears
/// as the use of a deprecated constant, which is the one way in which a macro can warn, and
/// `#[allow(deprecated)]` on the module turns it off.
#[proc_macro_attribute]
pub fn task(arguments: TokenStream, item: TokenStream) -> TokenStream {
    task::annotate(arguments.into(), &item.into()).into()
}

/// Makes a function one that Dask's workers can run.
///
/// Workers run this very executable and find functions in it by name, so they can run those, and no
/// closures. The function's name becomes a type with one value, by which a `DaskClient` knows which
/// function is meant. Apart from that it stays what it was:
///
/// ```
/// use flytekit::prelude::*;
///
/// /// The square of a number.
/// #[worker_fn]
/// fn square(number: u64) -> u64 {
///     number * number
/// }
///
/// assert_eq!(square(3), 9); // called here …
/// let squares: Vec<u64> = [1, 2].into_iter().map(*square).collect(); // … as a function pointer …
/// assert_eq!(squares, [1, 4]);
///
/// fn is_known_to_workers(_: impl flytekit::dask::WorkerFn) {}
/// is_known_to_workers(square); // … and, in a task, by `dask.map(square, …)`.
/// ```
///
/// # The function
///
/// - It takes and returns owned values of serde: types that are `Serialize` and `Deserialize`. At
///   most eight parameters; a struct or a tuple holds more.
/// - It returns its value, or a `Result`, whose error fails the call. That is known by the name
///   `Result`, by whatever path: an alias that is called otherwise is a value.
/// - What it needs goes into its arguments. It runs in another process, mostly on another machine,
///   where nothing is as the task has left it.
/// - It may run more than once: what a lost worker was doing is done again.
///
/// ```
/// use flytekit::prelude::*;
///
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct Chunk {
///     lines: Vec<String>,
/// }
///
/// #[worker_fn]
/// fn sum_of(chunk: Chunk) -> Result<i64> {
///     let mut sum = 0;
///     for line in &chunk.lines {
///         sum += line.trim().parse::<i64>()?;
///     }
///     Ok(sum)
/// }
/// ```
///
/// It cannot be generic, a method, `async`, `unsafe`, `const` or `extern`, borrow anything, or be a
/// task as well. Because its name is now that of a type and of a constant, no type or module beside
/// it can have the same name, and no variable in other functions: `let square = square(3);` does not
/// compile there. And the types that it takes and returns are as visible as it is: those of a `pub` function are `pub`.
///
/// # Options
///
/// | Option | Meaning |
/// |---|---|
/// | `name = "app.square"` | the name by which workers find it, instead of module path and function |
/// | `crate = path::to::flytekit` | where this crate is, if not at `::flytekit` |
///
/// No two worker functions of an executable can have one name, which shows when a Dask task starts.
///
/// # Mistakes
///
/// ```compile_fail
/// use flytekit::prelude::*;
///
/// #[worker_fn]
/// fn length(text: &str) -> usize { // take `String` instead of `&str`
///     text.len()
/// }
/// ```
#[proc_macro_attribute]
pub fn worker_fn(arguments: TokenStream, item: TokenStream) -> TokenStream {
    worker_fn::annotate(arguments.into(), &item.into()).into()
}

/// Makes the fields of a struct a task's outputs, by their names.
///
/// The fields are of types that are `FlyteType`; their doc comments describe them in Flyte.
///
/// ```
/// use flytekit::prelude::*;
///
/// #[derive(Outputs)]
/// struct Stats {
///     /// the arithmetic mean
///     mean: f64,
///     count: i64,
/// }
///
/// #[task]
/// fn stats(numbers: Vec<f64>) -> Stats {
///     let count = numbers.len() as i64;
///     Stats { mean: numbers.iter().sum::<f64>() / count as f64, count }
/// }
/// ```
///
/// `#[outputs(crate = path::to::flytekit)]` says where the crate is, if not at `::flytekit`.
#[proc_macro_derive(Outputs, attributes(outputs))]
pub fn derive_outputs(item: TokenStream) -> TokenStream {
    let input = parse_macro_input!(item as DeriveInput);
    outputs::derive(&input)
        .unwrap_or_else(Error::write_errors)
        .into()
}

/// Makes the fields of a struct the columns of a table.
///
/// The struct describes the table in a task's interface, as in `Dataset<Sale>`. Its fields are
/// integers, floats, `bool`, `String`, an `Option` of them, or lists and maps of them; an `Option` is
/// for people, since any value of a column may be missing. `#[column("…")]` gives a column a name
/// that is no Rust name.
///
/// ```
/// use flytekit::prelude::*;
///
/// #[derive(Columns)]
/// struct Sale {
///     id: i64,
///     amount: f64,
///     #[column("customer name")]
///     customer: Option<String>,
/// }
/// ```
///
/// `#[columns(crate = path::to::flytekit)]` says where the crate is, if not at `::flytekit`.
#[proc_macro_derive(Columns, attributes(column, columns))]
pub fn derive_columns(item: TokenStream) -> TokenStream {
    let input = parse_macro_input!(item as DeriveInput);
    columns::derive(&input)
        .unwrap_or_else(Error::write_errors)
        .into()
}

/// Makes a struct one of Flyte's dataclasses, and an enum one of its enums or unions.
///
/// Tasks take and return such types, alone, in lists, maps and options, and inside one another.
/// Beside `FlyteData`, for what stands inside an object, the derive implements `FlyteType`, for what
/// stands alone. In a task's interface are the types and the JSON schema that flytekit writes for the
/// same types in Python, and values go both ways.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use flytekit::prelude::*;
///
/// #[derive(FlyteData)]
/// struct Training {
///     name: String,
///     rates: Vec<f64>,
///     #[serde(default)]
///     epochs: u32,
///     seed: Option<i64>,
///     labels: BTreeMap<String, String>,
///     optimizer: Optimizer,
///     stop: Stop,
/// }
///
/// #[derive(FlyteData)]
/// #[serde(rename_all = "lowercase")]
/// enum Optimizer {
///     Sgd,
///     Adam,
/// }
///
/// #[derive(FlyteData)]
/// enum Stop {
///     Loss { below: f64 },
///     Steps(i64),
///     Never,
/// }
///
/// #[task]
/// fn train(training: Training) -> f64 {
///     # _ = training;
///     0.5
/// }
/// ```
///
/// In Python:
///
/// ```python
/// @dataclass
/// class Training:
///     name: str
///     rates: list[float]
///     seed: Optional[int]
///     labels: dict[str, str]
///     optimizer: Optimizer
///     stop: Union[Loss, int, None]
///     epochs: int = 0
///
/// class Optimizer(Enum):
///     SGD = "sgd"
///     ADAM = "adam"
///
/// @dataclass
/// class Loss:
///     below: float
/// ```
///
/// # What becomes what
///
/// | Rust | Python | As a value |
/// |---|---|---|
/// | `struct Point { x: f64 }` | `@dataclass class Point` | an object, its fields in this order |
/// | `struct Celsius(f64)` | `float` | what it holds |
/// | an enum of names: `Red, Green` | `Enum` of the names as text | text |
/// | any other enum | `Union[…]` of the variants' types | the variant's value |
///
/// The variants of a union are
///
/// | Rust | Python | As a value |
/// |---|---|---|
/// | `Steps(i64)` | `int` | what it holds |
/// | `Loss { below: f64 }` | `@dataclass class Loss` | an object |
/// | `Never` | `None` | none; there can be one such variant |
///
/// `Option` of a union is one union more, of none. A union inside a union does not exist: take its
/// variants into the one around it.
///
/// A literal with a union's value says which variant it is. What does not say it, such as a value
/// inside an object, is the first variant that reads it as what it is, or else the first that reads
/// it at all: of `Whole(i64), Ratio(f64)` the value `2.0` is a ratio, in whatever order they are
/// written, and an object is of the type that has all of its fields. A field that tells variants apart
/// is better where their fields are alike:
///
/// ```
/// # use flytekit::prelude::*;
/// #[derive(FlyteData)]
/// #[serde(tag = "kind", rename_all = "lowercase")]
/// enum Event {
///     Started { by: String },
///     Stopped { by: String },
///     Lost,
/// }
/// ```
///
/// ```python
/// @dataclass
/// class Started:
///     kind: Literal["started"]
///     by: str
///
/// @dataclass
/// class Stopped:
///     kind: Literal["stopped"]
///     by: str
///
/// @dataclass
/// class Lost:
///     kind: Literal["lost"]
///
/// Event = Union[Started, Stopped, Lost]
/// ```
///
/// # Attributes
///
/// Those of serde, whether the type derives serde's traits or not, so that it looks the same as JSON
/// and in Flyte. serde itself is not needed.
///
/// | Attribute | On | Meaning | In Python |
/// |---|---|---|---|
/// | `rename = "…"` | fields, variants | the name in the data | the name of the field, the enum's value |
/// | `rename = "…"` | structs, variants without a tag | the dataclass's name, by which unions know it | the class's name |
/// | `rename_all = "camelCase"` | structs, enums, variants with fields | the case of the names in it | |
/// | `rename_all_fields = "…"` | enums | the case of all variants' fields | |
/// | `alias = "…"` | fields, variants | another name that is read, as often as needed | |
/// | `default` | fields | need not be given: `Default::default()` | `= 0`, `= ""`, `= None`, … |
/// | `default = "path"` | fields | need not be given: what the function returns | `= field(default_factory=…)` |
/// | `default`, `default = "path"` | structs | no field need be given: those of this one | |
/// | `skip` | fields | no data: `Default::default()` when read | |
/// | `deny_unknown_fields` | structs, enums | other fields are errors; else they are passed over | |
/// | `tag = "…"` | enums | the field that tells variants apart, which then have fields or nothing | a field of `Literal["…"]` |
/// | `untagged` | enums | no such field, as is so anyway | |
/// | `transparent` | structs of one field | what the field is, as a struct without names is anyway | |
///
/// `bound`, `borrow`, `crate` and `expecting` mean nothing to Flyte. All others are errors, because
/// then the data would not be what the type says, such as `flatten` or `with`.
///
/// A field that is an `Option` and is not given is none, with or without `default`. With it, it need
/// not be given in Python either.
///
/// `#[flyte(crate = path::to::flytekit)]` says where the crate is, if not at `::flytekit`.
///
/// # Mistakes
///
/// A type with parameters, one that holds itself, names that are there twice, variants that nobody
/// could tell apart, and fields of types that are not `FlyteData` are compile errors, each where it is
/// written:
///
/// ```compile_fail
/// use flytekit::prelude::*;
///
/// #[derive(FlyteData)]
/// struct Tree {
///     children: Vec<Tree>, // Flyte's types are written out as a whole
/// }
/// ```
///
/// So is a type that holds itself by way of another, for which rustc has words of its own: it finds a
/// cycle when it computes the constants.
#[proc_macro_derive(FlyteData, attributes(serde, flyte))]
pub fn derive_flyte_data(item: TokenStream) -> TokenStream {
    let input = parse_macro_input!(item as DeriveInput);
    data::derive(&input).into()
}
