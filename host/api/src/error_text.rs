//! Errors as texts in documents and lists.

use std::error::Error;

/// Joins the messages of an error and its causes in one line.
pub fn join_causes(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    for cause in std::iter::successors(error.source(), |&error| error.source()) {
        let message = cause.to_string();
        // Some errors end with the text of their cause.
        if !text.ends_with(&message) {
            text = format!("{text}: {message}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use super::*;

    #[derive(Debug)]
    struct Wrapped(&'static str, Option<Box<Wrapped>>);

    impl fmt::Display for Wrapped {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl Error for Wrapped {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.1.as_deref().map(|error| error as _)
        }
    }

    #[test]
    fn says_each_cause_once() {
        let cause = Wrapped("no such file", None);
        let repeated = Wrapped("cannot read `a`: no such file", Some(Box::new(cause)));
        let error = Wrapped("cannot load it", Some(Box::new(repeated)));
        assert_eq!(join_causes(&error), "cannot load it: cannot read `a`: no such file");
    }
}
