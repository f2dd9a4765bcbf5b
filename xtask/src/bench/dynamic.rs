//! A dynamic task of many nodes, and a map over many elements.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use flytekit_proto::flyteidl::core::{DynamicJobSpec, LiteralMap};
use prost::Message as _;

use super::app::App;
use super::finding::{Amount, Cost, Findings};
use super::programs::{self, Programs};
use crate::{process, report};

/// The module that flytekit runs.
const MODULE: &str = "fan_out";

/// The number of nodes of the graph, with the one that takes all others.
const NODES: usize = 1_000;

/// How often flytekit runs.
const ROUNDS: usize = 7;

/// How often our app runs per run of flytekit, because it takes less time.
const OURS_PER_ROUND: usize = 10;

/// Measures the dynamic task against flytekit's, and the map against a loop, in turns.
pub(super) fn measure(python: &Path, findings: &mut Findings) -> Result<()> {
    let programs = Programs::build()?;
    report::say("Building", "an app with a dynamic task and a map");
    let program = App::with_items("graphs", &[], ITEMS)?.release()?;
    let folder = Folder::fill(python)?;
    report::say(
        "Measuring",
        "a dynamic task of 1,000 nodes against pyflyte-execute",
    );
    nodes(&programs, &program, python, &folder, findings)?;
    report::say("Measuring", "a map over 10,000 elements against a loop");
    elements(&programs, &program, &folder, findings)
}

/// The tasks of the measured app.
const ITEMS: &str = "\
    #[task]\n\
    fn double(n: i64) -> i64 {\n    2 * n\n}\n\n\
    #[task]\n\
    fn total(numbers: Vec<i64>) -> i64 {\n    numbers.iter().sum()\n}\n\n\
    #[dynamic]\n\
    fn fan_out(graph: &mut Graph, n: i64) -> Result<Promise<i64>> {\n    \
    let doubled: Vec<_> = (0..n - 1).map(|i| graph.node(double::call(i))).collect();\n    \
    Ok(graph.node(total::call(doubled)))\n}\n\n\
    #[task]\n\
    fn double_all(n: Vec<i64>) -> Vec<i64> {\n    n.into_iter().map(double).collect()\n}\n";

fn nodes(
    programs: &Programs,
    program: &Path,
    python: &Path,
    folder: &Folder,
    findings: &mut Findings,
) -> Result<()> {
    let mut ours = Command::new(program);
    ours.args(["execute", "--task", "graphs.fan_out"]);
    folder.give(&mut ours, "nodes.pb", "ours");
    let mut theirs = Command::new(python.with_file_name("pyflyte-execute"));
    theirs.current_dir(&folder.path);
    folder.give(&mut theirs, "nodes.pb", "theirs");
    theirs
        .arg("--resolver")
        .arg("flytekit.core.python_auto_container.default_task_resolver")
        .args(["--", "task-module", MODULE, "task-name", "fan_out"]);
    let turns = programs.in_turns(ROUNDS, (&ours, OURS_PER_ROUND), (&theirs, 1))?;
    folder.expect_equal_graphs()?;
    let what = "a dynamic task of 1,000 nodes";
    let [seconds, bytes] = turns.compare(what, "`pyflyte-execute`", [None; 2], findings)?;
    findings.costs.push(Cost {
        what: "a dynamic task of 1,000 nodes, wall time",
        amount: Amount::Seconds {
            samples: seconds,
            at_most: 0.020,
        },
    });
    findings.costs.push(Cost {
        what: "a dynamic task of 1,000 nodes, peak memory",
        amount: Amount::Bytes {
            bytes: bytes.median(),
            at_most: 16.0 * 1_048_576.0,
        },
    });
    Ok(())
}

/// All elements in one process, as a mapped task runs by itself.
fn elements(
    programs: &Programs,
    program: &Path,
    folder: &Folder,
    findings: &mut Findings,
) -> Result<()> {
    let mut map = Command::new(program);
    map.args(["execute", "--task", "graphs.double", "--map", "n"]);
    folder.give(&mut map, "elements.pb", "map");
    let mut all = Command::new(program);
    all.args(["execute", "--task", "graphs.double_all"]);
    folder.give(&mut all, "elements.pb", "loop");
    let turns = programs.in_turns(ROUNDS, (&map, OURS_PER_ROUND), (&all, OURS_PER_ROUND))?;
    folder.expect_equal_outputs()?;
    let what = "a map over 10,000 elements";
    turns.compare(what, "a loop in one task", [None; 2], findings)?;
    Ok(())
}

/// The files of this benchmark.
struct Folder {
    path: PathBuf,
    /// How the dynamic task is registered.
    settings: String,
}

impl Folder {
    /// Lets flytekit write the inputs and the settings.
    fn fill(python: &Path) -> Result<Self> {
        let path = programs::empty_folder("dynamic")?;
        // The module is copied to the folder of its inputs, because Python writes compiled code beside a
        // module.
        let module = path.join(format!("{MODULE}.py"));
        let source = programs::python().join(format!("{MODULE}.py"));
        fs::copy(source, &module).context("cannot copy the module")?;
        process::run(Command::new(python).arg(&module).arg(&path))?;
        let settings = fs::read_to_string(path.join("settings")).context("no settings")?;
        Ok(Self { path, settings })
    }

    fn give(&self, command: &mut Command, inputs: &str, side: &str) {
        let outputs = self.path.join(side);
        command.arg("--inputs").arg(self.path.join(inputs));
        command.arg("--output-prefix").arg(&outputs);
        command
            .arg("--raw-output-data-prefix")
            .arg(outputs.join("raw"));
        command.env("_F_SS_C", &self.settings);
        command.env("FLYTE_INTERNAL_TASK_VERSION", "v");
    }

    /// A failed run leaves no graph, although it exits with 0: it must not count as a fast one.
    fn expect_equal_graphs(&self) -> Result<()> {
        let read = |side: &str| {
            let file = self.path.join(side).join("futures.pb");
            let bytes = fs::read(&file).with_context(|| format!("no {}", file.display()))?;
            let job = DynamicJobSpec::decode(&*bytes)
                .with_context(|| format!("cannot decode {}", file.display()))?;
            let inputs: Vec<_> = job.nodes.into_iter().map(|node| node.inputs).collect();
            Ok::<_, anyhow::Error>(inputs)
        };
        let (ours, theirs) = (read("ours")?, read("theirs")?);
        ensure!(
            ours.len() == NODES && ours == theirs,
            "the graphs are not equal: they have {} and {} nodes",
            ours.len(),
            theirs.len()
        );
        Ok(())
    }

    fn expect_equal_outputs(&self) -> Result<()> {
        let read = |side: &str| {
            let file = self.path.join(side).join("outputs.pb");
            let bytes = fs::read(&file).with_context(|| format!("no {}", file.display()))?;
            LiteralMap::decode(&*bytes).with_context(|| format!("cannot decode {}", file.display()))
        };
        ensure!(
            read("map")? == read("loop")?,
            "the map and the loop give different lists"
        );
        Ok(())
    }
}
