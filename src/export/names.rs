//! Names of outlets and articles, as they are or as pseudonyms.
//!
//! A pseudonym is made from the name and a secret salt, so the same salt gives the same pseudonyms in every export,
//! and without it nobody can check a guess.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, MatchKind};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::resolve::Corpus;

/// Bytes that a salt has at least.
pub const MIN_SALT: usize = 16;

/// How names are written.
#[derive(Debug, Default)]
pub struct Names {
    pseudonyms: Option<Pseudonyms>,
}

#[derive(Debug)]
struct Pseudonyms {
    salt: Vec<u8>,
    /// Names that texts may hold, and what takes their place.
    known: Option<(AhoCorasick, Vec<String>)>,
}

impl Names {
    /// Names as they are.
    pub fn plain() -> Self {
        Names::default()
    }

    /// Pseudonyms for the names of a corpus.
    ///
    /// # Errors
    /// When the salt is too short to be a secret; `file` is named.
    pub fn pseudonyms(corpus: &Corpus, salt: &[u8], file: &std::path::Path) -> Result<Self> {
        if salt.len() < MIN_SALT {
            return Err(Error::Input {
                path: file.to_owned(),
                line: None,
                problem: format!("a salt of {} bytes can be guessed", salt.len()),
                remedy: format!(
                    "keep at least {MIN_SALT} random bytes in it: head -c 32 /dev/urandom > FILE"
                ),
            });
        }
        let mut names = Names { pseudonyms: Some(Pseudonyms { salt: salt.to_vec(), known: None }) };
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        for entry in &corpus.articles {
            let article = &entry.article;
            let (id, outlet) = (names.article(&article.id), names.outlet(article.outlet_name()));
            if let Some(name) = &article.outlet {
                found.insert(name.clone(), outlet.clone());
            }
            // Digits alone are in every table.
            if article.id.chars().any(char::is_alphabetic) {
                found.insert(article.id.clone(), id.clone());
            }
            found.insert(article.path.clone(), id.clone());
            if let Some(url) = &article.url {
                found.insert(url.clone(), id.clone());
                let host = url.split("://").nth(1).and_then(|rest| rest.split('/').next());
                if let Some(host) = host.filter(|host| host.contains('.')) {
                    found.insert(host.to_owned(), outlet.clone());
                }
            }
        }
        found.retain(|name, _| name.chars().count() > 1);
        let (patterns, replacements): (Vec<String>, Vec<String>) = found.into_iter().unzip();
        let finder = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .build(&patterns)
            .ok();
        if let (Some(pseudonyms), Some(finder)) = (&mut names.pseudonyms, finder) {
            pseudonyms.known = Some((finder, replacements));
        }
        Ok(names)
    }

    /// Whether pseudonyms take the place of names.
    pub fn replaced(&self) -> bool {
        self.pseudonyms.is_some()
    }

    fn pseudonym(&self, kind: &str, name: &str) -> String {
        let Some(pseudonyms) = &self.pseudonyms else { return name.to_owned() };
        let inner = [&pseudonyms.salt[..], kind.as_bytes(), &[0], name.as_bytes()].concat();
        // Hashed twice, as HMAC does, so that a digest tells nothing of a longer name's.
        let digest = Sha256::digest([&pseudonyms.salt[..], &Sha256::digest(inner)].concat());
        let hex: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        format!("{kind}-{hex}")
    }

    /// An outlet's name.
    pub fn outlet(&self, name: &str) -> String {
        self.pseudonym("outlet", name)
    }

    /// An article's id.
    pub fn article(&self, id: &str) -> String {
        self.pseudonym("article", id)
    }

    /// A claim's id: its article's, and the number of its sentence.
    pub fn claim(&self, id: &str) -> String {
        match id.rsplit_once('#') {
            Some((article, number)) => format!("{}#{number}", self.article(article)),
            None => self.article(id),
        }
    }

    /// A digest that cannot be looked up, since the salt takes part.
    pub fn digest(&self, digest: &str) -> String {
        match &self.pseudonyms {
            None => digest.to_owned(),
            Some(pseudonyms) => {
                let salted = [&pseudonyms.salt[..], digest.as_bytes()].concat();
                Sha256::digest(salted).iter().map(|byte| format!("{byte:02x}")).collect()
            }
        }
    }

    /// A text with every name of an outlet or article that stands in it as a word replaced.
    pub fn scrub(&self, text: &str) -> String {
        let Some((finder, replacements)) =
            self.pseudonyms.as_ref().and_then(|pseudonyms| pseudonyms.known.as_ref())
        else {
            return text.to_owned();
        };
        let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let mut scrubbed = String::new();
        let mut at = 0;
        for found in finder.find_iter(text) {
            let before = text[..found.start()].chars().next_back();
            let after = text[found.end()..].chars().next();
            if word(before) || word(after) {
                continue;
            }
            scrubbed.push_str(&text[at..found.start()]);
            scrubbed.push_str(&replacements[found.pattern().as_usize()]);
            at = found.end();
        }
        scrubbed.push_str(&text[at..]);
        scrubbed
    }
}
