//! What the archive keeps of an article, and how it is written: MessagePack with field names, so that fields can be
//! added, deflated, behind a checksum.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::article::{Article, PartialDate};
use crate::claim::time::{self, DateInterval};
use crate::claim::{Claim, Word};
use crate::database;

/// What is looked at without unpacking an article.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Head {
    /// The id in the archive.
    pub id: String,
    /// The name under which later versions of the article are recognised.
    pub handle: String,
    /// The file it was read from.
    pub path: String,
    pub own_id: bool,
    pub outlet: Option<String>,
    pub title: Option<String>,
    pub url: Option<String>,
    pub language: String,
    pub date: Option<PartialDate>,
    /// SHA-256 of the text.
    pub hash: String,
    pub claims: usize,
    pub supersedes: Vec<String>,
    pub corrects: Vec<String>,
    /// Digest of the article as it was read, and of what annotated it.
    pub version: String,
    /// What annotated it.
    pub annotator: String,
    /// The index's terms, sorted.
    pub terms: Vec<u64>,
}

impl Head {
    /// The ids that this article replaces.
    pub fn replaces(&self) -> impl Iterator<Item = &str> {
        self.supersedes.iter().chain(&self.corrects).map(String::as_str)
    }

    /// The days on which it can have been published.
    pub fn window(&self) -> Option<DateInterval> {
        window(self.date.as_ref())
    }

    /// The part of each posting list that it stands in.
    pub fn bucket(&self) -> u32 {
        match self.window() {
            Some(days) if month(days.first) == month(days.last) => month(days.first),
            _ => ANY_MONTH,
        }
    }
}

/// An article with its claims.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Document {
    pub article: Article,
    pub claims: Vec<Claim>,
    /// The content words of each claim, which a dump of claims leaves out.
    content: Vec<Vec<Word>>,
}

impl Document {
    pub fn new(article: Article, claims: Vec<Claim>) -> Document {
        let content = claims.iter().map(|claim| claim.content.clone()).collect();
        Document { article, claims, content }
    }

    /// The article, and its claims as they were annotated.
    pub fn unpacked(self) -> (Article, Vec<Claim>) {
        let Document { article, mut claims, content } = self;
        for (claim, content) in claims.iter_mut().zip(content) {
            claim.content = content;
        }
        (article, claims)
    }
}

/// The bucket of articles whose month is not known.
pub(super) const ANY_MONTH: u32 = 0;

/// The bucket of a month: months since the year −10,000, which no date of ours reaches.
pub(super) fn month(day: Date) -> u32 {
    let months = (i32::from(day.year()) + 10_000) * 12 + i32::from(day.month());
    months.unsigned_abs()
}

/// The days that a date, however partial, can mean.
pub(super) fn window(date: Option<&PartialDate>) -> Option<DateInterval> {
    let days = time::publication_days(date);
    Some(DateInterval { first: *days.first()?, last: *days.last()? })
}

/// A value as the archive keeps it.
pub(super) fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, String> {
    let plain = rmp_serde::to_vec_named(value).map_err(|error| error.to_string())?;
    // The fastest level makes a fifth of the size at a small part of what annotation costs.
    let mut packed = DeflateEncoder::new(vec![0; 4], Compression::fast());
    packed.write_all(&plain).map_err(|error| error.to_string())?;
    let mut bytes = packed.finish().map_err(|error| error.to_string())?;
    let sum = database::checksum(&bytes[4..]).to_le_bytes();
    bytes[..4].copy_from_slice(&sum);
    Ok(bytes)
}

/// Reads what [`encode`] wrote; the error says what is wrong with it.
pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    let Some((sum, packed)) = bytes.split_at_checked(4) else {
        return Err("a record is cut off".to_owned());
    };
    if database::checksum(packed).to_le_bytes() != *sum {
        return Err("a record has a wrong checksum".to_owned());
    }
    let mut plain = Vec::new();
    DeflateDecoder::new(packed).read_to_end(&mut plain).map_err(|error| error.to_string())?;
    rmp_serde::from_slice(&plain).map_err(|error| format!("a record cannot be read: {error}"))
}
