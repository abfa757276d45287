//! Tags: a universal part of speech with the features that syntax needs.

/// A universal part of speech (universaldependencies.org/u/pos).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are the standard's")]
pub enum Upos {
    Adj,
    Adp,
    Adv,
    Aux,
    Cconj,
    Det,
    Intj,
    Noun,
    Num,
    Part,
    Pron,
    Propn,
    Punct,
    Sconj,
    Sym,
    Verb,
    X,
}

const NAMES: [(&str, Upos); 17] = [
    ("ADJ", Upos::Adj),
    ("ADP", Upos::Adp),
    ("ADV", Upos::Adv),
    ("AUX", Upos::Aux),
    ("CCONJ", Upos::Cconj),
    ("DET", Upos::Det),
    ("INTJ", Upos::Intj),
    ("NOUN", Upos::Noun),
    ("NUM", Upos::Num),
    ("PART", Upos::Part),
    ("PRON", Upos::Pron),
    ("PROPN", Upos::Propn),
    ("PUNCT", Upos::Punct),
    ("SCONJ", Upos::Sconj),
    ("SYM", Upos::Sym),
    ("VERB", Upos::Verb),
    ("X", Upos::X),
];

impl Upos {
    /// The part of speech of this name; `X` for any other.
    pub fn named(name: &str) -> Self {
        NAMES.iter().find(|(n, _)| *n == name).map_or(Upos::X, |&(_, upos)| upos)
    }

    /// A word of a closed class, or an adverb: no name.
    pub fn is_function_word(self) -> bool {
        matches!(
            self,
            Upos::Adp
                | Upos::Adv
                | Upos::Aux
                | Upos::Cconj
                | Upos::Det
                | Upos::Part
                | Upos::Pron
                | Upos::Sconj
        )
    }

    /// A noun, a name or a pronoun.
    pub fn is_nominal(self) -> bool {
        matches!(self, Upos::Noun | Upos::Propn | Upos::Pron)
    }
}

/// What the tagger says of a word: `VERB|Fin`, `VERB|Part|Pass`, `NOUN|Acc|Plur`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// As the model's file writes it.
    pub name: String,
    /// The part of speech.
    pub upos: Upos,
    /// A finite verb.
    pub finite: bool,
    /// A participle.
    pub participle: bool,
    /// A participle of the past or the passive, which says something of the one it was done to.
    pub past: bool,
    /// A verb of a language whose verbs have one form.
    pub uninflected: bool,
    /// An infinitive or a verbal noun.
    pub infinitive: bool,
    /// A relative pronoun.
    pub relative: bool,
    /// A word of negation, or a negated verb.
    pub negative: bool,
}

impl Tag {
    /// The tag of this name.
    pub fn new(name: &str) -> Self {
        let has = |feature: &str| name.split('|').skip(1).any(|part| part == feature);
        Tag {
            upos: Upos::named(name.split('|').next().unwrap_or_default()),
            finite: has("Fin"),
            participle: has("Part"),
            past: has("Part") && (has("Pass") || has("Past")),
            uninflected: false,
            infinitive: has("Inf") || has("Vnoun"),
            relative: has("Rel"),
            negative: has("Neg"),
            name: name.to_owned(),
        }
    }

    /// The tags of these names. Where no verb has a form, verbs have one form.
    pub fn all(names: &[String]) -> Vec<Tag> {
        let mut tags: Vec<Tag> = names.iter().map(|name| Tag::new(name)).collect();
        let inflected =
            |tag: &Tag| tag.upos == Upos::Verb && (tag.finite || tag.participle || tag.infinitive);
        if !tags.iter().any(inflected) {
            for tag in tags.iter_mut().filter(|tag| matches!(tag.upos, Upos::Verb | Upos::Aux)) {
                tag.uninflected = true;
            }
        }
        tags
    }

    /// The tag's name from a part of speech and the features of UD: form and voice of verbs,
    /// case and number of what is inflected for them.
    pub fn name(upos: &str, features: &str) -> String {
        let get = |name: &str| {
            features
                .split('|')
                .find_map(|f| f.strip_prefix(name)?.strip_prefix('='))
                .map(|value| value.split(',').next().unwrap_or(value))
        };
        let mut parts = vec![upos.to_owned()];
        let verbal = matches!(upos, "VERB" | "AUX");
        if verbal {
            // Treebanks that leave out the form of finite verbs write their mood or aspect.
            let form = get("VerbForm").or_else(|| get("Mood").or(get("Aspect")).map(|_| "Fin"));
            parts.extend(form.map(str::to_owned));
            if get("VerbForm") == Some("Part") {
                parts.extend(get("Tense").map(str::to_owned));
            }
            if get("Voice") == Some("Pass") {
                parts.push("Pass".to_owned());
            }
        }
        if matches!(upos, "NOUN" | "PROPN" | "PRON" | "DET" | "ADJ" | "ADP") {
            parts.extend(get("Case").map(str::to_owned));
        }
        if matches!(upos, "NOUN" | "PRON") || verbal && get("VerbForm") != Some("Inf") {
            parts
                .extend(get("Number").filter(|n| matches!(*n, "Sing" | "Plur")).map(str::to_owned));
        }
        if upos == "PRON" && get("PronType") == Some("Rel") {
            parts.push("Rel".to_owned());
        }
        let negates = get("Polarity") == Some("Neg") || get("PronType") == Some("Neg");
        if negates && !matches!(upos, "ADJ" | "NOUN" | "INTJ") {
            parts.push("Neg".to_owned());
        }
        parts.join("|")
    }
}
