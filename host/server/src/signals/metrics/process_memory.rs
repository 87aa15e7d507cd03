//! Memory of this process.

/// Returns the bytes of this process that are in memory. `None` where the system has no `/proc`.
pub(super) fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    parse_resident_bytes(&status)
}

fn parse_resident_bytes(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim_end().parse().ok()?;
    kilobytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_size_that_the_system_tells() {
        let status = "Name:\ttollgate\nVmHWM:\t  9000 kB\nVmRSS:\t    1234 kB\nThreads:\t3\n";
        assert_eq!(parse_resident_bytes(status), Some(1234 * 1024));
        assert_eq!(parse_resident_bytes("VmRSS:\tmuch\n"), None);
        assert_eq!(parse_resident_bytes(""), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_has_a_size() {
        assert!(resident_bytes().is_some_and(|bytes| bytes > 1 << 20));
    }
}
