//! A task for Flyte.

use std::process::ExitCode;

use flytekit::prelude::*;

/// Greets somebody.
#[task(retries = 3, requests(cpu = "500m", mem = "128Mi"))]
fn greet(
    /// The name to greet.
    name: String,
    /// The number of exclamation marks.
    #[default(1)]
    marks: u8,
) -> Result<String> {
    if name.is_empty() {
        return Err(Error::user("there is nobody to greet: `name` is empty"));
    }
    let marks = "!".repeat(marks.into());
    Ok(format!("Hello, {name}{marks}"))
}

fn main() -> ExitCode {
    flytekit::main()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_is_greeted() {
        let greeting = greet("World".to_owned(), 2).expect("a greeting");
        assert_eq!(greeting, "Hello, World!!");
    }

    #[test]
    fn nobody_is_a_mistake() {
        assert!(greet(String::new(), 1).is_err());
    }
}
