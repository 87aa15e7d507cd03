//! Sentences about contents that are no longer stored.

use tollgate::records::MissingContent;
use tollgate_model::format_utc_seconds;

use crate::single_line;

/// Says why a content is no longer stored: who erased it, when and why, or that nobody knows.
pub fn describe_missing_content(missing: &MissingContent) -> String {
    let text = match missing {
        MissingContent::Erased { seq, erasure: Some(erasure) } => {
            let at = format_utc_seconds(erasure.at_ms);
            format!("erased in event {seq} ({at}) by {}: {}", erasure.by, erasure.reason)
        }
        MissingContent::Erased { seq, erasure: None } => format!("erased in event {seq}"),
        _ => "missing, and no event records its erasure: run `tollgate log verify`".into(),
    };
    single_line(&text)
}

#[cfg(test)]
mod tests {
    use tollgate::records::ContentErasure;

    use super::*;

    #[test]
    fn says_who_erased_it_and_why() {
        let (by, reason) = ("Kim Osei".parse().unwrap(), "asked\nto".parse().unwrap());
        let erasure = Some(ContentErasure { at_ms: 1_774_949_400_125, by, reason });
        let told = describe_missing_content(&MissingContent::Erased { seq: 7, erasure });
        assert_eq!(told, "erased in event 7 (2026-03-31 09:30:00) by Kim Osei: asked to");
        let unknown = describe_missing_content(&MissingContent::Erased { seq: 7, erasure: None });
        assert_eq!(unknown, "erased in event 7");
        let lost = describe_missing_content(&MissingContent::Unexplained);
        assert!(lost.starts_with("missing, and no event records its erasure"), "{lost}");
    }
}
