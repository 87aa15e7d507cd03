//! Files in the cache: a header in JSON, with its length before it, and then bytes.

use serde::Serialize;
use serde::de::DeserializeOwned;

pub(crate) fn pack(header: &impl Serialize, rest: &[u8]) -> serde_json::Result<Vec<u8>> {
    let header = serde_json::to_vec(header)?;
    let mut packed = (header.len() as u64).to_le_bytes().to_vec();
    packed.reserve_exact(header.len() + rest.len());
    packed.extend_from_slice(&header);
    packed.extend_from_slice(rest);
    Ok(packed)
}

/// Returns the header and what is behind it.
pub(crate) fn unpack<H: DeserializeOwned>(packed: Vec<u8>) -> Option<(H, Vec<u8>)> {
    let (length, rest) = packed.split_first_chunk::<8>()?;
    let header = rest.get(..usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
    let start = length.len() + header.len();
    let header = serde_json::from_slice(header).ok()?;
    let mut rest = packed;
    rest.drain(..start);
    Some((header, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unpacks_what_was_packed() {
        let packed = pack(&"header", b"rest").unwrap();
        assert_eq!(unpack::<String>(packed.clone()).unwrap(), ("header".into(), b"rest".to_vec()));
        assert!(unpack::<u64>(packed.clone()).is_none());
        assert!(unpack::<String>(packed[..12].to_vec()).is_none());
        assert!(unpack::<String>(vec![0xff; 20]).is_none());
    }
}
