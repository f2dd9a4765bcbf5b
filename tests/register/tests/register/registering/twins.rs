//! The request for a task equals flytekit's request for its twin in Python.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use flytekit::declare::EXECUTABLE;
use flytekit_proto::flyteidl::admin::{DescriptionFormat, TaskCreateRequest};
use flytekit_proto::flyteidl::core::TaskTemplate;
use flytekit_proto::flyteidl::core::task_template::Target;
use flytekit_proto::text;
use flytekit_test_support::flyte::FlyteServer;
use flytekit_test_support::{diff, python_program, run};
use prost::{Message, Name};

use super::{IMAGE, register};

/// The differences from flytekit's request, as changes that turn flytekit's into ours.
const DIFFERENCES: [fn(&mut TaskCreateRequest); 3] = [flavor, arguments, description_format];

#[test]
fn requests_are_those_of_flytekit() {
    let [ours, theirs] = [(); 2].map(|()| FlyteServer::start(&[]));
    let ended = register(&ours, &["--version", "v1"]);
    assert!(ended.success(), "{ended}");
    let mut pyflyte = pyflyte();
    pyflyte.args(["register", "--copy", "none", "--version", "v1"]);
    pyflyte.args(["--image", IMAGE, "registered.py"]);
    theirs.configure(&mut pyflyte);
    let ended = run(&mut pyflyte);
    assert!(ended.success(), "{ended}");

    let (ours, mut theirs) = (requests(&ours), requests(&theirs));
    assert_eq!(ours.keys().collect::<Vec<_>>(), super::NAMES);
    for change in DIFFERENCES {
        theirs.values_mut().for_each(change);
    }
    let [theirs, ours] = [theirs, ours].map(|requests| {
        let texts = requests.values().map(|request| {
            let name = TaskCreateRequest::full_name();
            text::format(&name, &request.encode_to_vec()).expect("a message")
        });
        texts.collect::<String>()
    });
    let diff = diff(("flytekit", &theirs), ("here", &ours));
    assert!(diff.is_empty(), "{diff}");
}

/// flytekit's command line, in the folder of the twins.
fn pyflyte() -> Command {
    let mut command = python_program("pyflyte");
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../python"));
    command
}

/// The requests to register tasks, by name.
fn requests(server: &FlyteServer) -> BTreeMap<String, TaskCreateRequest> {
    let requests = server.requests_of::<TaskCreateRequest>("CreateTask");
    let named = requests.into_iter().map(|request| {
        let id = request.id.as_ref().expect("an identifier");
        (id.name.clone(), request)
    });
    named.collect()
}

fn template(request: &mut TaskCreateRequest) -> &mut TaskTemplate {
    let spec = request.spec.as_mut().expect("a specification");
    spec.template.as_mut().expect("a template")
}

/// The flavor names the SDK's language.
fn flavor(request: &mut TaskCreateRequest) {
    let metadata = template(request).metadata.as_mut();
    let runtime = metadata.and_then(|metadata| metadata.runtime.as_mut());
    "rust".clone_into(&mut runtime.expect("a runtime").flavor);
}

/// The executable finds a task by its name, flytekit with a resolver.
fn arguments(request: &mut TaskCreateRequest) {
    let name = request.id.as_ref().expect("an identifier").name.clone();
    let Some(Target::Container(container)) = &mut template(request).target else {
        panic!("no container")
    };
    let args = &mut container.args;
    let resolver = args.iter().position(|arg| arg == "--resolver");
    args.truncate(resolver.expect("a resolver"));
    args.splice(..1, [EXECUTABLE, "execute"].map(str::to_owned));
    args.extend(["--task".to_owned(), name]);
}

/// Documentation is Markdown in Rust. In Python its format is unknown.
fn description_format(request: &mut TaskCreateRequest) {
    let spec = request.spec.as_mut().expect("a specification");
    let description = spec.description.as_mut();
    if let Some(long) = description.and_then(|it| it.long_description.as_mut()) {
        long.set_format(DescriptionFormat::Markdown);
    }
}
