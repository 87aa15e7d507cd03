//! A complete gate record, for new projects and for tests.

use tollgate_model::Date;

/// Text of the example gate file for welcome e-mails.
pub const WELCOME_EMAIL: &str =
    include_str!("../../../examples/newsletter/gates/welcome-email.toml");
/// Path of the example gate file within a project.
pub const WELCOME_EMAIL_FILE: &str = "gates/welcome-email.toml";

/// Days in the example, and how many days after today they are in a new project.
const DAYS: [(&str, u64); 4] = [
    ("2026-09-01", 0),   // the approval of the model
    ("2027-01-31", 60),  // the end of what may fail open
    ("2027-03-31", 90),  // the next review of the record
    ("2027-08-31", 365), // the end of the approval
];

/// Returns the example with its days counted from today, so that in a new project none of them is over.
pub fn welcome_email_from(today: Date) -> String {
    let mut text = WELCOME_EMAIL.to_owned();
    let mark = |day: &str| format!("{{{day}}}");
    // First all days are marked, because one that is written could be one that is still to be replaced.
    for (day, _) in DAYS {
        text = text.replace(day, &mark(day));
    }
    for (day, days) in DAYS {
        text = text.replace(&mark(day), &today.plus_days(days).to_string());
    }
    text
}

#[cfg(test)]
pub(crate) fn example() -> tollgate_model::Gate {
    crate::read::read(WELCOME_EMAIL_FILE, WELCOME_EMAIL).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_every_day_of_the_example_from_today() {
        let words = WELCOME_EMAIL.split(|c: char| !c.is_ascii_digit() && c != '-');
        let days: Vec<_> = words.filter(|word| word.parse::<Date>().is_ok()).collect();
        assert!(days.len() >= DAYS.len(), "{days:?}");
        assert!(days.iter().all(|day| DAYS.iter().any(|(known, _)| known == day)), "{days:?}");
        let text = welcome_email_from("2031-05-05".parse().unwrap());
        let gate = crate::read::read(WELCOME_EMAIL_FILE, &text).unwrap();
        assert_eq!(gate.review_by, Some("2031-08-03".parse().unwrap()));
        assert_eq!(gate.approvals[0].on.to_string(), "2031-05-05");
        let text = welcome_email_from("2027-01-31".parse().unwrap());
        let gate = crate::read::read(WELCOME_EMAIL_FILE, &text).unwrap();
        assert_eq!(gate.approvals[0].on.to_string(), "2027-01-31");
    }
}
