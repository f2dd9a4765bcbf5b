//! The index of this container's element, from the backend's environment variables.

use std::env;

use crate::error::Error;

/// The variable with the name of the variable with the index.
const NAME: &str = "BATCH_JOB_ARRAY_INDEX_VAR_NAME";

/// The variable with the offset of the index.
const OFFSET: &str = "BATCH_JOB_ARRAY_INDEX_OFFSET";

/// The index of this container's element; `None` if the container is not one of many.
///
/// # Errors
///
/// If a variable is not a number.
pub(crate) fn index() -> Result<Option<usize>, Error> {
    of(|name| env::var(name).ok())
}

fn of(variable: impl Fn(&str) -> Option<String>) -> Result<Option<usize>, Error> {
    let Some(name) = variable(NAME) else {
        return Ok(None);
    };
    let number = |name: &str| {
        let text = variable(name).unwrap_or_default();
        if text.is_empty() {
            return Ok(0);
        }
        text.parse::<usize>().map_err(|_| {
            Error::system(format!(
                "the index of this container's element is a number, but `{name}` is `{text}`"
            ))
            .finally()
        })
    };
    let index = number(&name)?.checked_add(number(OFFSET)?);
    index.map(Some).ok_or_else(|| {
        Error::system(format!(
            "`{name}` and `{OFFSET}` do not name a place in a list"
        ))
        .finally()
    })
}

#[cfg(test)]
mod tests {
    use super::of;

    fn index(variables: &[(&str, &str)]) -> Result<Option<usize>, String> {
        let variables = variables.to_vec();
        let found = of(move |name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        });
        found.map_err(|error| error.to_string())
    }

    #[test]
    fn it_is_in_the_variable_that_another_names() {
        const KUBERNETES: (&str, &str) =
            ("BATCH_JOB_ARRAY_INDEX_VAR_NAME", "FLYTE_K8S_ARRAY_INDEX");
        assert_eq!(index(&[]), Ok(None));
        assert_eq!(index(&[("FLYTE_K8S_ARRAY_INDEX", "3")]), Ok(None));
        assert_eq!(
            index(&[KUBERNETES, ("FLYTE_K8S_ARRAY_INDEX", "3")]),
            Ok(Some(3))
        );
        assert_eq!(index(&[KUBERNETES]), Ok(Some(0)));
        let offset = ("BATCH_JOB_ARRAY_INDEX_OFFSET", "40");
        assert_eq!(
            index(&[KUBERNETES, ("FLYTE_K8S_ARRAY_INDEX", "2"), offset]),
            Ok(Some(42))
        );
        let wrong = index(&[KUBERNETES, ("FLYTE_K8S_ARRAY_INDEX", "-1")]);
        assert_eq!(
            wrong.unwrap_err(),
            "the index of this container's element is a number, but `FLYTE_K8S_ARRAY_INDEX` is `-1`"
        );
    }
}
