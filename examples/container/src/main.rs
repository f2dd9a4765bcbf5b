//! Counts words with `awk`, in an image that has nothing of Flyte or Rust, and processes the result:
//!
//! ```sh
//! cargo run -p container-words -- run container_words.count_words --text poem.txt --least 2
//! ```

use std::process::ExitCode;

use flytekit::prelude::*;

/// What is known of the words of a text.
#[derive(Outputs)]
struct Words {
    /// how many different ones there are
    different: i64,
    /// each with the number of times that it is there, the most frequent one first
    counts: FlyteFile,
}

/// The program for `awk`. Inputs are files in `/var/inputs`, and outputs are files in `/var/outputs`.
const PROGRAM: &str = r#"
tr -cs '[:alpha:]' '\n' < /var/inputs/text | tr '[:upper:]' '[:lower:]' |
    awk -v least="$1" '
        NF { counts[$1]++ }
        END { for (word in counts) if (counts[word] >= least) print word "," counts[word] }
    ' | sort -t, -k2,2nr -k1,1 > /var/outputs/counts.csv
wc -l < /var/outputs/counts.csv > /var/outputs/different
"#;

/// Counts the words that are in a text several times.
#[task(
    container(
        image = "docker.io/library/alpine:3.22",
        command("sh", "-ec", PROGRAM, "sh", least),
        input_dir = "/var/inputs",
        output_dir = "/var/outputs",
    ),
    requests(cpu = "500m", mem = "256Mi"),
    retries = 1
)]
fn count_words(text: FlyteFile, #[default(1)] least: i64) -> Result<Words>;

/// Gives the word that is most frequent in a text.
#[task]
fn favourite(counts: FlyteFile) -> Result<Option<String>> {
    let counts = std::fs::read_to_string(counts.path()?)?;
    let first = counts.lines().next().and_then(|line| line.split_once(','));
    Ok(first.map(|(word, _)| word.to_owned()))
}

fn main() -> ExitCode {
    flytekit::main()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_is_the_most_frequent_one() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), "the,3\na,1\n").expect("a file");
        let word = favourite(FlyteFile::new(file.path())).expect("a table");
        assert_eq!(word.as_deref(), Some("the"));
    }
}
