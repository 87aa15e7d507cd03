//! Locations, tags and manifests put together by a seeded generator: they are parsed in exactly one
//! way, or refused with an error.

use tollgate_packages::registry::{ArtefactManifest, RegistryLocation, Tag};

use crate::blob;

const TEXTS: usize = 50_000;

/// Parts of locations, and text that could break one.
const PIECES: &[&str] = &[
    "acme",
    "ghcr.io",
    "localhost",
    "127.0.0.1",
    "[::1]",
    "0",
    "A",
    ":",
    "5000",
    "443",
    "/",
    "/",
    ".",
    "..",
    "-",
    "_",
    "__",
    "@",
    "?",
    "#",
    "%2f",
    "\\",
    "://",
    "https",
    " ",
    "\n",
    "\u{0}",
    "é",
    "\u{202e}",
    "[",
    "]",
    "xn--",
    "1.0.0",
    "+",
];

struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) as usize % bound
    }

    fn text(&mut self) -> String {
        (0..=self.below(7)).map(|_| PIECES[self.below(PIECES.len())]).collect()
    }
}

#[test]
fn locations_round_trip() {
    let mut random = Random(1);
    let mut read = 0;
    for _ in 0..TEXTS {
        let text = random.text();
        let Ok(place) = text.parse::<RegistryLocation>() else { continue };
        read += 1;
        let again = place.to_string();
        assert_eq!(again.parse::<RegistryLocation>().as_ref(), Ok(&place), "{text}");
        let host = text.split('/').next().unwrap_or_default();
        assert_eq!(place.host(), host.to_ascii_lowercase(), "{text}");
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "./:_-[]".contains(c);
        assert!(again.chars().all(is_plain) && !again.contains(".."), "{text}");
    }
    assert!(read > 1_000, "{read}");
}

#[test]
fn paths_stay_below_their_location() {
    let place: RegistryLocation = "ghcr.io/acme".parse().unwrap();
    let mut random = Random(2);
    for _ in 0..TEXTS {
        let text = random.text();
        if let Ok(repository) = place.repository(&text) {
            assert_eq!(repository.name(), format!("acme/{text}"));
            let is_inside =
                |part: &str| !part.is_empty() && part.starts_with(char::is_alphanumeric);
            assert!(repository.name().split('/').all(is_inside), "{text}");
        }
        if let Ok(tag) = text.parse::<Tag>() {
            assert!(!tag.as_str().contains(['/', '?', '#', '%', ':']), "{text}");
        }
    }
}

#[test]
fn damaged_manifests_are_parsed_or_refused() {
    let config = serde_json::json!(blob(b"{}"));
    let document = serde_json::json!({"schemaVersion": 2, "config": config, "layers": [config],
        "subject": config, "annotations": {"a": "b"}});
    let sound = document.to_string().into_bytes();
    assert!(ArtefactManifest::parse(&sound).is_ok());
    let mut random = Random(3);
    for _ in 0..TEXTS {
        let mut damaged = sound.clone();
        for _ in 0..=random.below(3) {
            let at = random.below(damaged.len());
            match random.below(3) {
                0 => damaged[at] = random.below(256) as u8,
                1 if damaged.len() > 1 => drop(damaged.remove(at)),
                _ => damaged.truncate(at + 1),
            }
        }
        if let Ok(manifest) = ArtefactManifest::parse(&damaged) {
            assert!(manifest.layers.len() <= 1 && manifest.annotations.len() <= 1);
        }
    }
}
