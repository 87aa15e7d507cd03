//! Golden files: a release has the same bytes in every build, because its digest is its id.

use tollgate_model::{
    Digest, FormatVersion, PinnedContract, PinnedPrompt, Release, ScoreThresholds, canonical_json,
};

use crate::golden_file::assert_golden;

fn release() -> Release {
    Release {
        format: FormatVersion,
        gate: "welcome-email".parse().unwrap(),
        gate_digest: Digest::of("gate"),
        prompt: Some(PinnedPrompt {
            name: "welcome-email".parse().unwrap(),
            version: "2.1.0".parse().unwrap(),
            digest: Digest::of("prompt"),
        }),
        brand_voice: Some(Digest::of("voice")),
        score_thresholds: ScoreThresholds { delegate_max: 12, human_max: 18 },
        contracts: vec![PinnedContract {
            id: "tollgate/pii".into(),
            name: "tollgate/pii".parse().unwrap(),
            version: "1.2.0".parse().unwrap(),
            digest: Digest::of("component"),
            config_digest: Digest::of("{}"),
            tables: [("claims".into(), Digest::of("claims"))].into(),
        }],
    }
}

#[test]
fn golden_release() {
    let text = canonical_json(&release()).unwrap();
    assert_golden("release.json", &text);
    assert_eq!(serde_json::from_str::<Release>(&text).unwrap(), release());
    assert_eq!(release().digest().unwrap(), Digest::of(text));
}

#[test]
fn refuses_releases_of_other_formats() {
    let text = canonical_json(&release()).unwrap();
    for changed in [
        text.replace("\"format\":3", "\"format\":2"),
        text.replace("\"format\":3,", ""),
        text.replace("\"id\"", "\"called\""),
    ] {
        assert_ne!(changed, text);
        assert!(serde_json::from_str::<Release>(&changed).is_err(), "{changed}");
    }
}
