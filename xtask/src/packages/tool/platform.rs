//! The platform that a binary runs on, in the words of each package format.

use anyhow::bail;

/// A platform that packages are made for.
pub struct Platform {
    /// Rust's name of the target.
    pub target: &'static str,
    /// Debian's name of the architecture.
    pub debian: &'static str,
    /// Python's name of the architecture, in the tags of wheels.
    pub python: &'static str,
    /// Node's name of the architecture (`process.arch`).
    pub node: &'static str,
}

const PLATFORMS: [Platform; 2] = [
    Platform { target: "x86_64-unknown-linux-gnu", debian: "amd64", python: "x86_64", node: "x64" },
    Platform {
        target: "aarch64-unknown-linux-gnu",
        debian: "arm64",
        python: "aarch64",
        node: "arm64",
    },
];

/// Returns the platform of a target.
pub fn find_platform(target: &str) -> anyhow::Result<&'static Platform> {
    let Some(found) = PLATFORMS.iter().find(|platform| platform.target == target) else {
        let known: Vec<_> = PLATFORMS.iter().map(|platform| platform.target).collect();
        let known = known.join("` and `");
        bail!(
            "packages of the tool are made on `{known}`, and this machine builds for `{target}`: \
             build it from source with `cargo build --release --package tollgate-cli`"
        );
    };
    Ok(found)
}

/// A version of the GNU C library: 2.36 is (2, 36).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GlibcVersion(pub u32, pub u32);

/// Returns the version of the GNU C library that a binary needs: the highest one that its symbols are bound to.
pub fn required_glibc(binary: &[u8]) -> Option<GlibcVersion> {
    const PREFIX: &[u8] = b"GLIBC_";
    let starts = binary.windows(PREFIX.len()).enumerate().filter(|(_, bytes)| *bytes == PREFIX);
    let names = starts.filter_map(|(at, _)| {
        let name = binary.get(at + PREFIX.len()..)?.split(|byte| *byte == 0).next()?;
        let (major, minor) = std::str::from_utf8(name).ok()?.split_once('.')?;
        // `2.2.5` has a third part, which no release has had for twenty years.
        let minor = minor.split('.').next()?;
        Some(GlibcVersion(major.parse().ok()?, minor.parse().ok()?))
    });
    names.max()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_highest_version_of_the_c_library() {
        let binary = b"\0GLIBC_2.2.5\0GLIBC_2.34\0GLIBC_2.4\0GLIBC_PRIVATE\0GLIBCXX_3.4\0";
        assert_eq!(required_glibc(binary), Some(GlibcVersion(2, 34)));
        assert_eq!(required_glibc(b"static"), None);
    }

    #[test]
    fn refuses_a_platform_that_has_no_packages() {
        assert!(find_platform("x86_64-unknown-linux-gnu").is_ok());
        let error = find_platform("x86_64-pc-windows-msvc").err().unwrap().to_string();
        assert!(error.contains("`x86_64-pc-windows-msvc`"), "{error}");
        assert!(error.contains("build it from source"), "{error}");
    }
}
