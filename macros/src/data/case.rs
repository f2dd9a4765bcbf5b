//! `rename_all = "camelCase"`: names in another case, by serde's rules.

use syn::LitStr;

use crate::syntax::error::unknown;

/// A case, by serde's name.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Case {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

const CASES: [(&str, Case); 8] = [
    ("lowercase", Case::Lower),
    ("UPPERCASE", Case::Upper),
    ("PascalCase", Case::Pascal),
    ("camelCase", Case::Camel),
    ("snake_case", Case::Snake),
    ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
    ("kebab-case", Case::Kebab),
    ("SCREAMING-KEBAB-CASE", Case::ScreamingKebab),
];

impl Case {
    /// ```text
    /// #[serde(rename_all = "camelcase")]   unknown case `camelcase`, expected one of …
    /// ```
    pub(crate) fn named(name: &LitStr) -> Result<Self, darling::Error> {
        let given = name.value();
        let found = CASES.iter().find(|(known, _)| *known == given);
        found.map(|(_, case)| *case).ok_or_else(|| {
            let choices = CASES.map(|(known, _)| known);
            unknown("case", &given, name.span(), &choices)
        })
    }

    /// A field's name, which is in snake case.
    pub(crate) fn of_field(self, name: &str) -> String {
        match self {
            Case::Lower | Case::Snake => name.to_owned(),
            Case::Upper | Case::ScreamingSnake => name.to_ascii_uppercase(),
            Case::Pascal => name.split('_').map(capitalized).collect(),
            Case::Camel => uncapitalized(&Case::Pascal.of_field(name)),
            Case::Kebab => name.replace('_', "-"),
            Case::ScreamingKebab => name.to_ascii_uppercase().replace('_', "-"),
        }
    }

    /// A variant's name, which is in Pascal case.
    pub(crate) fn of_variant(self, name: &str) -> String {
        match self {
            Case::Pascal => name.to_owned(),
            Case::Lower => name.to_ascii_lowercase(),
            Case::Upper => name.to_ascii_uppercase(),
            Case::Camel => uncapitalized(name),
            Case::Snake => snake(name),
            Case::ScreamingSnake | Case::Kebab | Case::ScreamingKebab => {
                self.of_field(&snake(name))
            }
        }
    }
}

fn snake(name: &str) -> String {
    let mut snake = String::new();
    for character in name.chars() {
        if character.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
    }
    snake
}

fn capitalized(word: &str) -> String {
    with_first(word, str::make_ascii_uppercase)
}

fn uncapitalized(word: &str) -> String {
    with_first(word, str::make_ascii_lowercase)
}

fn with_first(word: &str, change: impl FnOnce(&mut str)) -> String {
    let mut word = word.to_owned();
    let first = word.chars().next().map_or(0, char::len_utf8);
    if let Some(first) = word.get_mut(..first) {
        change(first);
    }
    word
}

#[cfg(test)]
mod tests {
    use super::CASES;

    #[test]
    fn names_are_as_serde_would_have_them() {
        let of = |name: &str| CASES.map(|(_, case)| case.of_field(name));
        assert_eq!(
            of("outcome_of_2"),
            [
                "outcome_of_2",
                "OUTCOME_OF_2",
                "OutcomeOf2",
                "outcomeOf2",
                "outcome_of_2",
                "OUTCOME_OF_2",
                "outcome-of-2",
                "OUTCOME-OF-2",
            ]
        );
        let of = |name: &str| CASES.map(|(_, case)| case.of_variant(name));
        assert_eq!(
            of("VeryTasty"),
            [
                "verytasty",
                "VERYTASTY",
                "VeryTasty",
                "veryTasty",
                "very_tasty",
                "VERY_TASTY",
                "very-tasty",
                "VERY-TASTY",
            ]
        );
        assert_eq!(
            of("Été"),
            ["Été", "ÉTé", "Été", "Été", "Été", "ÉTé", "Été", "ÉTé"]
        );
    }
}
