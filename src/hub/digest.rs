//! Digests as the hub states them, and as receipts record them.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// What the hub states of a file's content. It names the file in the cache's `blobs` folder too.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum HubDigest {
    /// SHA-256 of the content, in hexadecimal: of large files (git LFS).
    Sha256(String),
    /// Git's hash of a blob, in hexadecimal: of small files. SHA-1 over `blob LENGTH\0` and the content.
    GitBlob(String),
}

impl HubDigest {
    /// Reads the hexadecimal form: 64 digits are SHA-256, 40 are git's.
    pub fn parse(hexadecimal: &str) -> Option<HubDigest> {
        let digits = hexadecimal.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        match hexadecimal.len() {
            64 if digits => Some(HubDigest::Sha256(hexadecimal.to_owned())),
            40 if digits => Some(HubDigest::GitBlob(hexadecimal.to_owned())),
            _ => None,
        }
    }

    /// The hexadecimal form.
    pub fn hexadecimal(&self) -> &str {
        match self {
            HubDigest::Sha256(digits) | HubDigest::GitBlob(digits) => digits,
        }
    }

    /// Whether content with these digests is what the hub states.
    pub fn fits(&self, content: &ContentDigests) -> bool {
        match self {
            HubDigest::Sha256(digits) => *digits == content.sha256,
            HubDigest::GitBlob(digits) => *digits == content.git_blob,
        }
    }

    /// The digest of `content` that is of this kind.
    pub fn same_kind<'c>(&self, content: &'c ContentDigests) -> &'c str {
        match self {
            HubDigest::Sha256(_) => &content.sha256,
            HubDigest::GitBlob(_) => &content.git_blob,
        }
    }
}

impl fmt::Display for HubDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            HubDigest::Sha256(_) => "sha256",
            HubDigest::GitBlob(_) => "git-blob",
        };
        write!(f, "{kind}:{}", self.hexadecimal())
    }
}

impl TryFrom<String> for HubDigest {
    type Error = String;

    fn try_from(text: String) -> Result<HubDigest, String> {
        let digits = text.split_once(':').map_or(text.as_str(), |(_, digits)| digits);
        HubDigest::parse(digits).ok_or_else(|| format!("{text:?} is no digest"))
    }
}

impl From<HubDigest> for String {
    fn from(digest: HubDigest) -> String {
        digest.to_string()
    }
}

/// Both digests of a file, and its length in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentDigests {
    /// SHA-256 in hexadecimal.
    pub sha256: String,
    /// Git's hash of the content as a blob, in hexadecimal.
    pub git_blob: String,
    /// Bytes.
    pub length: u64,
}

/// Reads a file once and gives its digests.
pub(super) fn digests_of(path: &Path) -> io::Result<ContentDigests> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut sha256 = Sha256::new();
    let mut git_blob = Sha1::new();
    git_blob.update(format!("blob {length}\0").as_bytes());
    let mut buffer = vec![0; 1 << 17];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => {
                sha256.update(&buffer[..n]);
                git_blob.update(&buffer[..n]);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(ContentDigests {
        sha256: hexadecimal(&sha256.finalize()),
        git_blob: hexadecimal(&git_blob.finalize()),
        length,
    })
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
