//! Files from which Docker builds images: their instructions, their scripts, and the files that they copy.

use super::blocks::Block;
use super::{manifest, shell};

/// Programs in the scripts.
const PROGRAMS: [&str; 5] = ["apt-get", "cargo", "exec", "rm", "rustup"];

/// The stages of an image.
#[derive(Default)]
struct Stages {
    stages: Vec<Stage>,
}

/// One stage: its name, its working directory, and the folders into which its commands build programs.
struct Stage {
    name: String,
    folder: String,
    built: Vec<Built>,
}

/// A folder with programs: those of a package, or of a crate whose name is not known here.
struct Built {
    folder: String,
    package: Option<String>,
}

/// An instruction with its arguments, and the text of its here-document.
struct Instruction {
    name: String,
    arguments: String,
    document: Option<String>,
}

/// What is wrong with a file.
pub(super) fn problems(block: &Block) -> Vec<String> {
    let mut stages = Stages::default();
    let instructions = instructions(&block.text);
    let problems = instructions.iter().filter_map(|it| stages.follow(it).err());
    let mut problems: Vec<_> = problems
        .map(|problem| format!("{block}: {problem}"))
        .collect();
    if stages.stages.is_empty() {
        problems.push(format!("{block}: there is no FROM"));
    }
    problems
}

fn instructions(text: &str) -> Vec<Instruction> {
    let mut lines = text.lines();
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let mut whole = line.to_owned();
        while whole.ends_with('\\') {
            whole.pop();
            whole.push_str(lines.next().unwrap_or_default().trim_start());
        }
        let (name, arguments) = whole.split_once(' ').unwrap_or((&whole, ""));
        let document = arguments.split_once("<<").map(|(_, rest)| {
            let end = rest.split(' ').next().unwrap_or(rest).trim_matches('\'');
            let within = lines.by_ref().take_while(|line| *line != end);
            within.collect::<Vec<_>>().join("\n")
        });
        found.push(Instruction {
            name: name.to_owned(),
            arguments: arguments.to_owned(),
            document,
        });
    }
    found
}

impl Stages {
    /// # Errors
    ///
    /// If the instruction is none, or cannot work.
    fn follow(&mut self, instruction: &Instruction) -> Result<(), String> {
        let arguments = &*instruction.arguments;
        if instruction.name == "FROM" {
            let name = arguments.split_once(" AS ").map_or("", |(_, name)| name);
            let (name, folder, built) = (name.to_owned(), "/".to_owned(), Vec::new());
            self.stages.push(Stage {
                name,
                folder,
                built,
            });
            return Ok(());
        }
        let stage = self.stages.last_mut().ok_or("begins without FROM")?;
        match &*instruction.name {
            "WORKDIR" => arguments.clone_into(&mut stage.folder),
            "RUN" => stage.run(arguments)?,
            "COPY" => return self.copy(arguments, instruction.document.as_deref()),
            "ENTRYPOINT" | "CMD" => {
                let words = serde_json::from_str::<Vec<String>>(arguments);
                words.map_err(|error| format!("{arguments}: {error}"))?;
            }
            "ENV" | "EXPOSE" | "USER" | "LABEL" | "ARG" => {}
            other => return Err(format!("{other} is not an instruction")),
        }
        Ok(())
    }

    /// Each program that is copied has been built in the stage that the instruction names, or outside.
    fn copy(&self, arguments: &str, document: Option<&str>) -> Result<(), String> {
        if let Some(script) = document {
            return shell::commands(script, &PROGRAMS).map(drop);
        }
        let (flags, paths): (Vec<_>, Vec<_>) = arguments
            .split_whitespace()
            .partition(|word| word.starts_with("--"));
        let [sources @ .., _] = &paths[..] else {
            return Err(format!("COPY {arguments}: copies nothing"));
        };
        let from = flags.iter().find_map(|flag| flag.strip_prefix("--from="));
        let Some(from) = from else {
            let is_known = |it: &&str| *it == "." || it.starts_with("target/release/");
            let is_known = sources.iter().all(is_known);
            return is_known
                .then_some(())
                .ok_or(format!("COPY {arguments}: which file?"));
        };
        let stage = self.stages.iter().find(|stage| stage.name == from);
        let stage = stage.ok_or_else(|| format!("no stage has the name {from}"))?;
        match sources.iter().find(|source| !stage.has(source)) {
            Some(source) => Err(format!("the stage {from} does not build {source}")),
            None => Ok(()),
        }
    }
}

impl Stage {
    fn run(&mut self, script: &str) -> Result<(), String> {
        for command in shell::commands(script, &PROGRAMS)? {
            let words: Vec<&str> = command.iter().map(String::as_str).collect();
            let value = |flag: &str| {
                let at = words.iter().position(|word| *word == flag)?;
                words.get(at + 1).copied()
            };
            let (folder, package) = match &words[..] {
                ["cargo", "build", ..] => {
                    let target = value("--target").map(|it| format!("{it}/"));
                    let target = target.unwrap_or_default();
                    let profile = if words.contains(&"--release") {
                        "release"
                    } else {
                        "debug"
                    };
                    let folder = format!("{}/target/{target}{profile}/", self.folder);
                    (folder, value("--package"))
                }
                ["cargo", "install", name, ..] => {
                    let root = value("--root").unwrap_or("/usr/local/cargo");
                    (format!("{root}/bin/"), Some(*name))
                }
                _ => continue,
            };
            let package = package.map(str::to_owned);
            if let Some(name) = package
                .as_deref()
                .filter(|it| manifest::package(it).is_none())
            {
                return Err(format!("{name} is not a crate of ours"));
            }
            self.built.push(Built { folder, package });
        }
        Ok(())
    }

    fn has(&self, path: &str) -> bool {
        let mut names = self.built.iter().filter_map(|built| {
            let name = path.strip_prefix(&*built.folder)?;
            Some((name, built.package.as_deref()))
        });
        names.any(|(name, package)| {
            package.is_none_or(|package| programs(package).any(|program| program == name))
        })
    }
}

/// The names of a package's programs.
fn programs(package: &str) -> impl Iterator<Item = &'static str> {
    let targets = manifest::package(package).and_then(|it| it["targets"].as_array());
    let targets = targets.into_iter().flatten();
    let programs = targets.filter(|target| target["kind"][0] == "bin");
    programs.filter_map(|target| target["name"].as_str())
}

#[test]
fn a_copy_needs_what_is_built() {
    let file = |copied: &str| {
        let mut block = Block::file("connector/Dockerfile".as_ref());
        block.text = format!(
            "FROM rust AS build\nWORKDIR /src\nRUN cargo build --release \\\n  --target x\n\
             FROM debian\nCOPY --from={copied} /bin/\n"
        );
        problems(&block)
    };
    assert_eq!(file("build /src/target/x/release/app"), [""; 0]);
    assert_eq!(file("build /src/target/release/app").len(), 1);
    assert_eq!(file("built /src/target/x/release/app").len(), 1);
}
