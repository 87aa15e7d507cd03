//! Packages.

use tollgate_api::{
    LockedGateEntry, LockedGatesDocument, LockedPackageEntry, LockedPackageKind, PackagePin,
    PublicationDocument, VersionBump, VersionComparisonDocument, VersionDifference,
};
use tollgate_model::{Capability, FormatVersion};

use super::parts::digest;
use crate::wire_document::WireDocument;

pub fn documents() -> Vec<WireDocument> {
    vec![
        WireDocument::new("locked-gates", &["tollgate tree --json"], &locked_gates()),
        WireDocument::new(
            "publication",
            &["tollgate prompt publish --json", "tollgate publish --json"],
            &publication(),
        ),
        WireDocument::new("version-comparison", &["tollgate semver --json"], &comparison()),
    ]
}

fn locked_gates() -> LockedGatesDocument {
    let package = LockedPackageEntry {
        package: "acme/claims@1.2.0".into(),
        kind: LockedPackageKind::Contract,
        pin: Some(PackagePin {
            digest: digest("component"),
            source: "registry.example.com/acme".into(),
            wit: Some("0.1.0".parse().unwrap()),
            capabilities: [Capability::Clock].into(),
            prompts: [("welcome-email".parse().unwrap(), "^2.1".parse().unwrap())].into(),
            signer: None,
        }),
    };
    let gates = vec![LockedGateEntry { gate: "welcome-email".into(), packages: vec![package] }];
    LockedGatesDocument { format: FormatVersion, gates }
}

fn publication() -> PublicationDocument {
    PublicationDocument {
        format: FormatVersion,
        package: "acme/claims@1.2.0".into(),
        digest: digest("component"),
        source: "registry.example.com/acme".into(),
        created: true,
        forced_reason: None,
    }
}

fn comparison() -> VersionComparisonDocument {
    VersionComparisonDocument {
        format: FormatVersion,
        name: "acme/claims".into(),
        old: "1.2.0".parse().unwrap(),
        new: "1.2.1".parse().unwrap(),
        required_bump: VersionBump::Major,
        lowest_version: "2.0.0".parse().unwrap(),
        sufficient: false,
        subjects: 12,
        differences: vec![VersionDifference {
            description: "the result changed from `pass` to `fail`".into(),
            bump: VersionBump::Major,
            subject: Some("a promise".into()),
        }],
    }
}
