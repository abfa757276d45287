//! Languages without a pack: what locale data give for nothing.
//!
//! Such a language has absolute dates ([`crate::claim::time::cldr`]), numbers in figures, names by
//! their capital letters and those of the gazetteer, and sentences. It has no cues, so no event, no
//! source and no factuality: its claims give values to few slots, and the coverage table says so.

use std::collections::BTreeMap;

use super::Pack;
use crate::claim::quantity::QuantitySection;
use crate::claim::time::cldr::{self, DateWords};
use crate::error::{Error, Result};

const FILE: &str = "generic.toml";

/// The words of `language/generic.toml` by language code.
///
/// # Errors
/// When the data file is malformed, which the crate's tests rule out.
pub(super) fn words() -> Result<BTreeMap<String, DateWords>> {
    toml::from_str(include_str!("generic.toml")).map_err(|problem| Error::LanguageData {
        file: FILE.to_owned(),
        problem: problem.to_string(),
        remedy: "compare it with src/language/generic.toml".to_owned(),
    })
}

/// The pack of a language that has none; nothing where CLDR has no dates for it.
pub(super) fn pack(code: &str, words: &DateWords) -> Option<Pack> {
    let name = if words.name.is_empty() { code } else { words.name.as_str() };
    let time = cldr::section(code, words)?;
    // "พ.ศ.", "г." and "ноем." end no sentence.
    let around = words.before_year.iter().chain(&words.after_year);
    let stopped = around.chain(words.months.values().flatten()).filter(|w| w.ends_with('.'));
    let abbreviations = stopped
        .map(|word| word.replace(' ', ""))
        .flat_map(|word| {
            let ends: Vec<usize> = word.match_indices('.').map(|(at, _)| at + 1).collect();
            ends.into_iter().map(move |end| word[..end].to_owned())
        })
        .collect();
    Some(Pack {
        code: code.to_owned(),
        name: name.to_owned(),
        time,
        abbreviations,
        quantity: QuantitySection { magnitudes: words.magnitudes.clone(), ..Default::default() },
        ..Pack::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::time::TimeReader;

    #[test]
    fn the_pack_of_every_language_compiles() {
        let listed = words().expect("the data file is right");
        let detectable = crate::article::detectable_languages();
        for code in detectable.chain(listed.keys().cloned()) {
            let none = DateWords::default();
            let words = listed.get(&code).unwrap_or(&none);
            if let Some(pack) = pack(&code, words) {
                TimeReader::new(&pack).unwrap_or_else(|problem| panic!("{code}: {problem}"));
            }
        }
        assert!(listed.keys().all(|code| pack(code, &listed[code]).is_some()));
    }
}
