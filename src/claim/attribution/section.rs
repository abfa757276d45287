//! The pack section `[attribution]`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The pack section `[attribution]`. Lists are phrases as in [`crate::claim::phrase`] or, where noted,
/// single words in lower case.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AttributionSection {
    /// Cues before a source: "selon". One that begins with a comma is an insertion, and its source ends at
    /// a mark: German ", so die Polizei".
    pub prepositions: Vec<String>,
    /// Cues whose last word is the source's first: "de source", as in "de source diplomatique".
    pub prepositions_with_noun: Vec<String>,
    /// Cues that hold a pronoun for the source: "по его словам", "in her view".
    pub cues_with_pronoun: Vec<String>,
    /// Cues after a source: German "zufolge".
    pub postpositions: Vec<String>,
    /// Verbs that say only beside a quotation or a complementiser: "explique".
    pub verbs: Vec<String>,
    /// Verbs that say wherever a source is their subject: "affirme", "dément", "accuse".
    pub strong_verbs: Vec<String>,
    /// Verbs that say wherever a source is their subject and the key, a phrase, follows in the clause: German
    /// "kündigte … an", "a rejeté les accusations".
    pub verbs_with: BTreeMap<String, Vec<String>>,
    /// Verbs whose object is another source: "cite".
    pub citing: Vec<String>,
    /// Links to who carried the voice: "contacté par".
    pub via: Vec<String>,
    /// What links a verb to the outlet spoken to: "à l'", "to"; together with `outlets`.
    pub told_to: Vec<String>,
    /// Names and nouns of outlets, behind `told_to`: "AFP", "agence".
    pub outlets: Vec<String>,
    /// Phrases that say to whom, between a verb and its subject or complement: "à la presse".
    pub addressees: Vec<String>,
    /// Phrases that hold a cue and are none: "is said to", "cela dit".
    pub not_cues: Vec<String>,
    /// Words: auxiliaries that may precede a verb and belong to the cue.
    pub auxiliaries: Vec<String>,
    /// Words: pronouns that may stand before a verb or its auxiliary and are its object: "se", "lui".
    pub object_pronouns: Vec<String>,
    /// A verb needs no pronoun for its subject: Spanish "Añadió que".
    pub drops_pronouns: bool,
    /// Words: "que", "that".
    pub complementisers: Vec<String>,
    /// Words: articles, demonstratives, possessives.
    pub determiners: Vec<String>,
    /// Words: what may link nouns within a source: "de", "of".
    pub connectors: Vec<String>,
    /// Phrases that link nouns within a source: "close to".
    pub links: Vec<String>,
    /// Words that are in no source.
    pub stops: Vec<String>,
    /// Words that may stand between a verb and its subject, and in no source: weekdays, "hier".
    pub adverbs: Vec<String>,
    /// Words: pronouns that stand for a source.
    pub pronouns: Vec<String>,
    /// For a pronoun, the first words or the nouns of sources that it can stand for: "elle" for "la", "une". It stands
    /// for no source with words of another pronoun alone; for one with none of these words, any can.
    pub agreement: BTreeMap<String, Vec<String>>,
    /// Words: relative pronouns.
    pub relatives: Vec<String>,
    /// Endings that are a pronoun after the verb: "-t-il".
    pub pronoun_suffixes: Vec<String>,
    /// Nouns that can speak.
    pub source_nouns: Vec<String>,
    /// Phrases that no source contains: "les besoins".
    pub non_sources: Vec<String>,
    /// Beginnings of sources without a name: "une source".
    pub anonymous: Vec<String>,
    /// Whole phrases that take up the last source: "la même source".
    pub anaphors: Vec<String>,
    /// The definite article where it is written onto the noun: "ال".
    pub article_prefix: String,
    /// Words: determiners of something already named: "la", "ce", "the".
    pub definite: Vec<String>,
}
