//! Mistakes, which are all reported together.

use std::fmt;

/// All mistakes, in sentences that name their places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mistakes(pub(crate) Vec<String>);

impl Mistakes {
    /// Returns `value` if there are no mistakes.
    pub(crate) fn or<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(self)
        }
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [mistake] = &*self.0 {
            return f.write_str(mistake);
        }
        write!(f, "{} mistakes:", self.0.len())?;
        for mistake in &self.0 {
            write!(f, "\n  - {mistake}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}

#[cfg(test)]
mod tests {
    use super::Mistakes;

    #[test]
    fn one_stands_alone_and_many_in_a_list() {
        assert_eq!(Mistakes::default().or(1), Ok(1));
        let one = Mistakes(vec!["it is wrong".to_owned()]);
        assert_eq!(one.to_string(), "it is wrong");
        let two = Mistakes(vec!["this".to_owned(), "that".to_owned()]);
        assert_eq!(two.to_string(), "2 mistakes:\n  - this\n  - that");
        assert_eq!(two.clone().or(1), Err(two));
    }
}
