//! The version of entities if the settings do not name one.

use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::spec::Spec;
use crate::bounded;

/// Letters and digits that are not easily confused, and that a command line does not take for a flag.
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// The length of flytekit's versions; 110 bits.
const LEN: usize = 22;

/// Computes the version from the content of entities and their executable: different content has a different
/// version. Project, domain and version, and the location of the sources, are ignored.
///
/// # Errors
///
/// If the executable cannot be read.
pub(crate) fn version(specs: &[Spec], executable: Option<&Path>) -> io::Result<String> {
    let mut hash = Sha256::new();
    for spec in specs {
        let bytes = content(spec).encoded();
        hash.update(bytes.len().to_le_bytes());
        hash.update(&bytes);
    }
    if let Some(path) = executable {
        let in_words =
            |error| io::Error::other(format!("{} cannot be read: {error}", path.display()));
        read(path, &mut hash).map_err(in_words)?;
    }
    Ok(in_letters(&hash.finalize()))
}

/// An entity without the parts that depend on its registration. Its references have no such parts yet, unless
/// they are set explicitly.
fn content(spec: &Spec) -> Spec {
    let mut spec = spec.clone();
    let (id, description) = match &mut spec {
        Spec::Task(spec) => {
            let id = spec.template.as_mut().and_then(|it| it.id.as_mut());
            (id, &mut spec.description)
        }
        Spec::Workflow(spec) => {
            let id = spec.template.as_mut().and_then(|it| it.id.as_mut());
            (id, &mut spec.description)
        }
        Spec::LaunchPlan(plan) => (plan.id.as_mut(), &mut None),
    };
    if let Some(id) = id {
        for field in [&mut id.project, &mut id.domain, &mut id.version] {
            field.clear();
        }
    }
    if let Some(description) = description {
        description.source_code = None;
    }
    spec
}

fn read(path: &Path, hash: &mut Sha256) -> io::Result<()> {
    let (mut file, _) = bounded::open(path)?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(()),
            read => hash.update(&buffer[..read]),
        }
    }
}

fn in_letters(hash: &[u8]) -> String {
    let first = hash.iter().take(size_of::<u128>());
    let mut bits = first.fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
    let letter = |_| {
        let letter = ALPHABET[(bits % 32) as usize];
        bits /= 32;
        char::from(letter)
    };
    (0..LEN).map(letter).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use flytekit_proto::flyteidl::admin::{DescriptionEntity, SourceCode, TaskSpec};
    use flytekit_proto::flyteidl::core::{Identifier, TaskTemplate};

    use super::{Spec, version};

    fn spec(name: &str) -> TaskSpec {
        let id = Identifier {
            name: name.to_owned(),
            ..Identifier::default()
        };
        TaskSpec {
            template: Some(TaskTemplate {
                id: Some(id),
                ..TaskTemplate::default()
            }),
            description: Some(DescriptionEntity::default()),
        }
    }

    fn of_specs(specs: &[TaskSpec]) -> String {
        let specs: Vec<Spec> = specs.iter().cloned().map(Spec::from).collect();
        version(&specs, None).expect("nothing is read")
    }

    #[test]
    fn it_is_a_word_that_stays() {
        let word = of_specs(&[spec("app.add")]);
        assert_eq!(word, of_specs(&[spec("app.add")]));
        assert_eq!(word.len(), 22);
        let is_plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
        assert!(word.chars().all(is_plain), "{word}");
    }

    #[test]
    fn where_a_task_is_registered_does_not_count() {
        let mut elsewhere = spec("app.add");
        let template = elsewhere.template.as_mut().expect("a template");
        let id = template.id.as_mut().expect("an id");
        "staging".clone_into(&mut id.domain);
        "v1".clone_into(&mut id.version);
        let description = elsewhere.description.as_mut().expect("a description");
        description.source_code = Some(SourceCode {
            link: "https://example.com/fork".to_owned(),
        });
        assert_eq!(of_specs(&[elsewhere]), of_specs(&[spec("app.add")]));
    }

    #[test]
    fn all_else_counts() {
        let [add, sub] = ["app.add", "app.sub"].map(spec);
        let file = tempfile::NamedTempFile::new().expect("a file");
        let of_file = || version(&[spec("app.add").into()], Some(file.path())).expect("a file");
        let empty = of_file();
        fs::write(file.path(), "other code").expect("a file");
        let versions = [
            of_specs(&[]),
            of_specs(std::slice::from_ref(&add)),
            of_specs(std::slice::from_ref(&sub)),
            of_specs(&[add, sub]),
            of_file(),
        ];
        for (index, one) in versions.iter().enumerate() {
            assert!(!versions[..index].contains(one), "{versions:?}");
        }
        assert_eq!(empty, versions[1], "an executable of no bytes");
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = version(&[], Some("/nowhere/app".as_ref())).expect_err("no file");
        assert!(error.to_string().starts_with("/nowhere/app cannot be read"));
    }
}
