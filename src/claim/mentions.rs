//! Names, and noun phrases that stand for actors ("l'armée syrienne", "the rebels").
//!
//! A mention's entity id tells what it names inside its article: an id of the gazetteer, a
//! country's part (`ru:forces`), a name in folded form (`name:boukamal`), or a group
//! (`group:terrorist`). Parts of one country share what stands before the colon.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Deserialize;

use super::phrase::PhraseSet;
use super::tokens::{Token, TokenKind};
use super::{Mention, MentionKind};
use crate::error::Result;
use crate::language::Pack;
use crate::language::gazetteer::{Gazetteer, KnownName};
use crate::span::Span;
use crate::syntax::{Tree, Upos};

/// The pack section `[names]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NamesSection {
    /// Lower-case words inside names ("de", "al").
    pub particles: Vec<String>,
    /// Nouns before or after the name of a place ("ville").
    pub place_nouns: Vec<String>,
    /// Titles before the name of a person.
    pub person_titles: Vec<String>,
    /// Heads of noun phrases that name an actor ("armée"); phrases.
    pub organization_nouns: Vec<String>,
    /// Plural heads that name people ("rebelle~"); phrases.
    pub group_nouns: Vec<String>,
    /// Definite phrases that mean the last thing mentioned of a kind.
    pub anaphors: BTreeMap<String, Vec<String>>,
    /// Phrases for a place that is not the one spoken of: "la ville voisine", "another province".
    pub elsewhere: Vec<String>,
    /// Words between a name and its other spelling.
    pub alias_markers: AliasMarkers,
    /// Capitalised words that are no names.
    pub not_names: Vec<String>,
    /// Classes of actors: words of one class name the same arm of a country.
    pub classes: BTreeMap<String, Vec<String>>,
    /// Classes that a seat of government has for its country: "the troops of Damascus" are Syria's, the firefighters of
    /// Damascus the city's.
    pub of_the_state: Vec<String>,
    /// Which single words that open a sentence are names; none of them where this is missing.
    pub opening: Option<OpeningNames>,
}

/// A word that opens a sentence has its capital from that: it is a name where the syntax says so, and it does not end
/// like words that the syntax often takes for names there.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OpeningNames {
    /// Endings of such words, in lower case.
    pub except_endings: Vec<String>,
}

/// Words between a name and its other spelling: "X (ou Y)".
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AliasMarkers {
    /// The words.
    pub words: Vec<String>,
}

/// Finds mentions in one language.
#[derive(Debug, Clone)]
pub struct MentionReader {
    known: PhraseSet<KnownName>,
    heads: PhraseSet<Head>,
    classes: PhraseSet<String>,
    anaphors: PhraseSet<Anaphor>,
    elsewhere: PhraseSet<()>,
    alias_words: PhraseSet<()>,
    particles: HashSet<String>,
    not_names: HashSet<String>,
    function_words: HashSet<String>,
    place_prepositions: HashSet<String>,
    sure_place_prepositions: HashSet<String>,
    of_the_state: HashSet<String>,
    determiners: HashSet<String>,
    opening: Option<OpeningNames>,
    capitalised_nouns: bool,
    no_capitals: bool,
    unspaced: bool,
}

/// What a definite phrase points back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anaphor {
    /// The last thing of a kind: "the town", "the group".
    Any(MentionKind),
    /// A place that the article has called so by name ("the river Segura"), and no other.
    Called,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Head {
    Place,
    Title,
    Organization,
    Group,
}

/// A mention with the tokens it covers: `first..end`.
#[derive(Debug, Clone, PartialEq)]
pub struct MentionTokens {
    /// The mention.
    pub mention: Mention,
    /// Index of its first token.
    pub first: usize,
    /// One past its last token.
    pub end: usize,
    /// The mention points back ("la ville") and still has to be resolved.
    pub anaphor: Option<Anaphor>,
    /// Index of the first token of its noun phrase: of "ville" in "la ville de X".
    pub phrase: usize,
    /// Stem of the noun that says what a place is: "the river Segura".
    pub noun: Option<String>,
}

/// The entity of a place that is only said to be another one ("la ville voisine").
pub const ELSEWHERE: &str = "group:elsewhere";

/// Dots between the parts of a name.
const NAME_DOTS: [&str; 3] = ["·", "・", "‧"];

/// How far modifiers may stand from the head of a noun phrase, in tokens.
const MODIFIER_WINDOW: usize = 3;

impl MentionReader {
    /// Compiles the pack's `[names]` section with the known names.
    ///
    /// # Errors
    /// None at present; the signature leaves room for checks of the data.
    pub fn new(pack: &Pack, gazetteer: &Gazetteer) -> Result<Self> {
        let names = &pack.names;
        let morphology = pack.morphology();
        let heads = [
            (&names.place_nouns, Head::Place),
            (&names.person_titles, Head::Title),
            (&names.organization_nouns, Head::Organization),
            (&names.group_nouns, Head::Group),
        ]
        .into_iter()
        .flat_map(|(words, head)| words.iter().map(move |word| (word.clone(), head)));
        let classes = names
            .classes
            .iter()
            .flat_map(|(class, words)| words.iter().map(move |word| (word.clone(), class.clone())));
        let anaphors = names.anaphors.iter().flat_map(|(kind, words)| {
            let kind = match kind.as_str() {
                "place" => Some(Anaphor::Any(MentionKind::Place)),
                "feature" => Some(Anaphor::Called),
                "person" => Some(Anaphor::Any(MentionKind::Person)),
                "organization" => Some(Anaphor::Any(MentionKind::Organization)),
                // "cette bataille" names no participant.
                _ => None,
            };
            words.iter().filter_map(move |word| Some((word.clone(), kind?)))
        });
        Ok(MentionReader {
            known: gazetteer.names_for(pack),
            heads: PhraseSet::new(heads, morphology.clone()),
            classes: PhraseSet::new(classes, morphology.clone()),
            anaphors: PhraseSet::new(anaphors, morphology.clone()),
            elsewhere: PhraseSet::new(
                names.elsewhere.iter().map(|phrase| (phrase.clone(), ())),
                morphology.clone(),
            ),
            alias_words: PhraseSet::new(
                names.alias_markers.words.iter().map(|word| (word.clone(), ())),
                morphology,
            ),
            particles: names.particles.iter().map(|word| word.to_lowercase()).collect(),
            not_names: names.not_names.iter().map(|word| word.to_lowercase()).collect(),
            function_words: pack
                .prepositions
                .iter()
                .chain(&pack.determiners)
                .chain(&pack.stop_words)
                .map(|word| word.to_lowercase())
                .collect(),
            place_prepositions: pack
                .place_prepositions
                .iter()
                .map(|word| word.to_lowercase())
                .collect(),
            sure_place_prepositions: pack
                .sure_place_prepositions
                .iter()
                .map(|word| word.to_lowercase())
                .collect(),
            of_the_state: names.of_the_state.iter().cloned().collect(),
            determiners: pack.determiners.iter().map(|word| word.to_lowercase()).collect(),
            opening: names.opening.clone(),
            capitalised_nouns: pack.capitalised_nouns,
            no_capitals: pack.no_capitals,
            unspaced: pack.time.unspaced,
        })
    }

    /// Words written with a capital inside a sentence: names wherever they stand in the article.
    pub fn capitalised_inside(&self, tokens: &[Token]) -> HashSet<String> {
        tokens
            .iter()
            .enumerate()
            .filter(|(i, token)| {
                *i > 0
                    && token.kind == TokenKind::Word
                    && token.capitalised
                    && !opens_sentence(tokens, *i)
            })
            .map(|(_, token)| token.lower.clone())
            .collect()
    }

    /// The word that opens a sentence and that its syntax takes for a name: "Tarbek was captured".
    fn name_that_opens<'t>(&self, tokens: &'t [Token], tree: &Tree<'_>) -> Option<&'t str> {
        let first = tokens.iter().position(|token| !is_quote(&token.lower))?;
        let word = tokens[first].lower.as_str();
        let ends_like_a_noun = |ending: &String| word.ends_with(ending.as_str());
        let named = !self.opening.as_ref()?.except_endings.iter().any(ends_like_a_noun)
            && tokens[first].kind == TokenKind::Word
            && is_name(tree, first)
            && matches!(tree.plain_relation(first), "nsubj" | "obl" | "nmod");
        named.then_some(word)
    }

    /// The mentions of one sentence, in order, without overlaps. `text` is the article's text;
    /// `names` holds the words that the article capitalises inside sentences.
    pub fn find(
        &self,
        text: &str,
        tokens: &[Token],
        names: &HashSet<String>,
        tree: Option<&Tree<'_>>,
    ) -> Vec<MentionTokens> {
        let opening = tree.and_then(|tree| self.name_that_opens(tokens, tree));
        let with_opening = opening.filter(|name| !names.contains(*name)).map(|name| {
            let mut names = names.clone();
            names.insert(name.to_owned());
            names
        });
        let names = with_opening.as_ref().unwrap_or(names);
        let known = self.known_names(text, tokens);
        let mut candidates = self.noun_phrases(text, tokens, &known, names);
        for &(first, end, name) in &known {
            if !name.adjective {
                // "le Hezbollah libanais": the adjective belongs to the name.
                let adjective = known.iter().find(|k| k.0 == end && k.2.adjective);
                let end =
                    adjective.filter(|_| name.kind != MentionKind::Place).map_or(end, |k| k.1);
                let (kind, id) = match self.city(tokens, &known, first, name) {
                    Some(city) => (MentionKind::Place, city.to_owned()),
                    None => (name.kind, name.id.clone()),
                };
                candidates.push(mention(text, tokens, first, end, kind, id));
            }
        }
        candidates.extend(self.capitalised_names(text, tokens, &known, names, tree));
        if let Some(tree) = tree.filter(|_| self.unspaced) {
            candidates.extend(names_by_syntax(text, tokens, tree));
        }
        for m in self.elsewhere.find(tokens) {
            let named = self.complement(tokens, &known, m.end, names).is_some();
            if !named {
                let (kind, id) = (MentionKind::Place, ELSEWHERE.to_owned());
                candidates.push(mention(text, tokens, m.first, m.end, kind, id));
            }
        }
        for m in self.anaphors.find(tokens) {
            // "la ville de X" names its place and points nowhere.
            let names_place = self.heads.find_at(tokens, m.end - 1).into_iter().any(|head| {
                *head.payload == Head::Place
                    && self.complement(tokens, &known, head.end, names).is_some()
            });
            // "la ville voisine d'X" describes another place.
            let described = tokens.get(m.end + 1).is_some_and(|of| {
                self.particles.contains(&of.lower)
                    && tokens[m.end].kind == TokenKind::Word
                    && !self.function_words.contains(&tokens[m.end].lower)
            });
            if names_place || described {
                continue;
            }
            let kind = match *m.payload {
                Anaphor::Any(kind) => kind,
                Anaphor::Called => MentionKind::Place,
            };
            let mut anaphor = mention(text, tokens, m.first, m.end, kind, "anaphor".to_owned());
            anaphor.anaphor = Some(*m.payload);
            candidates.push(anaphor);
        }
        // Longest first; among equals the order above: phrases, known names, capitals, anaphors.
        let mut order: Vec<usize> = (0..candidates.len()).collect();
        order.sort_by_key(|&i| (std::cmp::Reverse(candidates[i].end - candidates[i].first), i));
        let mut taken = vec![false; tokens.len()];
        let mut kept = Vec::new();
        for i in order {
            let range = candidates[i].first..candidates[i].end;
            if !taken[range.clone()].iter().any(|&t| t) {
                taken[range].fill(true);
                kept.push(candidates[i].clone());
            }
        }
        kept.sort_by_key(|m| m.first);
        self.share_country_over_coordination(tokens, &mut kept);
        self.declare_aliases(tokens, &mut kept);
        name_by_apposition(tokens, &mut kept);
        kept
    }

    /// Names of unknown kind that an article puts after prepositions of place, more often than it makes them subjects:
    /// "in X", "à X" twice. Sentences come with their trees, where there are any.
    pub fn located(
        &self,
        sentences: &[(&[Token], Option<&Tree<'_>>, &[MentionTokens])],
    ) -> HashSet<String> {
        #[derive(Default)]
        struct Uses {
            sure: usize,
            likely: usize,
            subject: usize,
        }
        let mut uses: HashMap<&str, Uses> = HashMap::new();
        let mut otherwise: HashSet<&str> = HashSet::new();
        for (tokens, tree, mentions) in sentences {
            for m in *mentions {
                let id = m.mention.entity.as_str();
                if m.mention.kind != MentionKind::Name {
                    otherwise.insert(id);
                    continue;
                }
                let of = uses.entry(id).or_default();
                let before = m.first.checked_sub(1).map(|i| tokens[i].lower.as_str()).unwrap_or("");
                of.sure += usize::from(self.sure_place_prepositions.contains(before));
                of.likely += usize::from(self.place_prepositions.contains(before));
                let head = tree.and_then(|tree| Some((tree, tree.head_of_range(m.first, m.end)?)));
                let subject = head.is_some_and(|(tree, at)| tree.plain_relation(at) == "nsubj");
                of.subject += usize::from(subject);
            }
        }
        uses.into_iter()
            .filter(|(id, of)| {
                let placed = of.sure > 0 || of.likely > 1;
                placed && of.likely > of.subject && !otherwise.contains(id)
            })
            .map(|(id, _)| id.to_owned())
            .collect()
    }

    /// The city that a seat of government is where it stands for itself: after a preposition of place, or joined to
    /// another city that does ("à Paris et à Bruxelles", "in Vienna and Geneva").
    fn city<'n>(
        &self,
        tokens: &[Token],
        known: &[(usize, usize, &KnownName)],
        first: usize,
        name: &'n KnownName,
    ) -> Option<&'n str> {
        let city = name.city.as_deref()?;
        let before = (0..first).rev().find(|&i| !self.determiners.contains(&tokens[i].lower))?;
        let in_place = self.place_prepositions.contains(&tokens[before].lower)
            // "of the city of X", "X province": the noun says that it is a place.
            || self.heads.find_at(tokens, before).iter().any(|head| *head.payload == Head::Place);
        let joined = || {
            known.iter().any(|(start, end, other)| {
                *end == before && self.city(tokens, known, *start, other).is_some()
            })
        };
        (in_place || joined()).then_some(city)
    }

    fn known_names<'s>(
        &'s self,
        text: &str,
        tokens: &[Token],
    ) -> Vec<(usize, usize, &'s KnownName)> {
        let mut found: Vec<(usize, usize, &KnownName)> = self
            .known
            .find_all(tokens)
            .into_iter()
            .filter(|m| {
                let written = m.span(tokens).of(text);
                match &m.payload.exactly {
                    Some(form) => written == form,
                    // "us" is not the US; demonyms are lower-case in many languages.
                    None => {
                        self.no_capitals
                            || m.payload.adjective
                            || m.payload.any_case
                            || tokens[m.first].capitalised
                            || tokens[m.end - 1].capitalised
                    }
                }
            })
            .map(|m| (m.first, m.end, m.payload))
            .collect();
        found.sort_by_key(|&(first, end, name)| {
            (std::cmp::Reverse(end - first), first, name.adjective)
        });
        let mut kept: Vec<(usize, usize, &KnownName)> = Vec::new();
        for candidate in found {
            if !kept.iter().any(|k| k.0 < candidate.1 && candidate.0 < k.1) {
                kept.push(candidate);
            }
        }
        kept.sort_by_key(|k| k.0);
        kept
    }

    /// Noun phrases with a head that names an actor or a place: head, a country's adjective on
    /// either side, or a name after "of".
    fn noun_phrases(
        &self,
        text: &str,
        tokens: &[Token],
        known: &[(usize, usize, &KnownName)],
        names: &HashSet<String>,
    ) -> Vec<MentionTokens> {
        let mut found = Vec::new();
        for m in self.heads.find(tokens) {
            let head = *m.payload;
            let (mut first, mut end) = (m.first, m.end);
            if head == Head::Title {
                if let Some((_, name_end)) = self.name_at(tokens, end, names) {
                    let id = folded_id(&tokens[m.end..name_end]);
                    found.push(mention(text, tokens, m.end, name_end, MentionKind::Person, id));
                }
                continue;
            }
            let adjective = self.adjective_near(tokens, known, first, end);
            let after = adjective.as_ref().map_or(end, |a| a.1.max(end));
            let complement = self.complement(tokens, known, after, names);
            // Without capitals any word could be a name; after an actor's noun only known ones are.
            let complement =
                complement.filter(|c| !self.no_capitals || head == Head::Place || c.2.is_some());
            if head == Head::Place {
                // "la ville de X": the name is the mention; "the Valencia region" likewise.
                // "la dernière ville de Syrie", "le bastion de Daech" name no city.
                let complement = complement.filter(|(first, _, id)| {
                    let other = known.iter().any(|k| {
                        k.0 == *first && k.2.kind != MentionKind::Place && k.2.city.is_none()
                    });
                    !other && !id.as_deref().is_some_and(is_country)
                });
                if let Some((name_first, name_end, id)) = complement {
                    let city =
                        known.iter().find(|k| k.0 == name_first).and_then(|k| k.2.city.clone());
                    let id =
                        city.or(id).unwrap_or_else(|| folded_id(&tokens[name_first..name_end]));
                    let place = mention(text, tokens, name_first, name_end, MentionKind::Place, id);
                    found.push(MentionTokens {
                        phrase: m.first.min(name_first),
                        noun: Some(stem(&tokens[m.first].lower)),
                        ..place
                    });
                }
                continue;
            }
            let class = self.class_of(tokens, m.first, m.end);
            let complement = complement.or_else(|| self.seated(tokens, known, after, &class));
            let mut owner = None;
            if let Some((adjective_first, adjective_end, id)) = adjective {
                first = first.min(adjective_first);
                end = end.max(adjective_end);
                owner = Some(id);
            }
            if let Some((name_first, name_end, id)) = complement {
                let id = id.unwrap_or_else(|| folded_id(&tokens[name_first..name_end]));
                let known = known.iter().find(|k| k.0 == name_first);
                let city = known.and_then(|k| k.2.city.clone());
                let id = match city {
                    Some(_) if self.of_the_state.contains(&class) => country_or_self(&id),
                    Some(city) => city,
                    None => id,
                };
                // "l'armée syrienne de libération": the adjective's country stays the owner.
                if owner.is_none() {
                    owner = Some(id);
                }
                end = end.max(name_end);
            }
            let kind =
                if head == Head::Group { MentionKind::Group } else { MentionKind::Organization };
            let entity = match owner {
                Some(owner) if is_country(&owner) => format!("{owner}:{class}"),
                // "les combattants de Daech", "le groupe Daech": Daech.
                Some(owner) => owner,
                None => format!("group:{class}"),
            };
            let quotes = tokens[first..end].iter().filter(|t| is_quote(&t.lower)).count();
            if quotes % 2 == 1 && tokens.get(end).is_some_and(|t| is_quote(&t.lower)) {
                end += 1;
            }
            found.push(mention(text, tokens, first, end, kind, entity));
        }
        found
    }

    /// The class of an actor noun: from the pack's classes, or else its own first letters.
    fn class_of(&self, tokens: &[Token], first: usize, end: usize) -> String {
        (first..end)
            .find_map(|i| {
                let m = self.classes.find_at(tokens, i).into_iter().max_by_key(|m| m.end)?;
                Some(m.payload.clone())
            })
            .unwrap_or_else(|| stem(&tokens[end - 1].lower))
    }

    /// A country's adjective close to the head, with no function word or punctuation between.
    fn adjective_near(
        &self,
        tokens: &[Token],
        known: &[(usize, usize, &KnownName)],
        first: usize,
        end: usize,
    ) -> Option<(usize, usize, String)> {
        let is_gap = |i: usize| {
            tokens[i].kind == TokenKind::Word && !self.function_words.contains(&tokens[i].lower)
        };
        let right = known.iter().find(|k| {
            k.0 >= end && k.0 <= end + MODIFIER_WINDOW && (end..k.0).all(is_gap) && k.2.adjective
        });
        let left = || {
            known.iter().rev().find(|k| {
                k.1 <= first && k.1 + MODIFIER_WINDOW >= first && (k.1..first).all(is_gap)
                    // English has names as modifiers: "Kenya police", "Syria's army".
                    && (k.2.adjective
                        || k.2.kind != MentionKind::Person
                            && (k.1 == first || k.1 + 1 == first && is_possessive(&tokens[k.1])))
            })
        };
        let found = right.or_else(left)?;
        Some((found.0, found.1, country_or_self(&found.2.id)))
    }

    /// The name after the head: "of X", or directly "groupe terroriste «Daech»".
    fn complement(
        &self,
        tokens: &[Token],
        known: &[(usize, usize, &KnownName)],
        end: usize,
        names: &HashSet<String>,
    ) -> Option<(usize, usize, Option<String>)> {
        let mut at = end;
        let mut words = 0;
        while at < tokens.len() && at < end + 5 {
            if let Some(k) = known.iter().find(|k| k.0 == at && !k.2.adjective) {
                return Some((k.0, k.1, Some(k.2.id.clone())));
            }
            if let Some((first, name_end)) = self.name_at(tokens, at, names) {
                return Some((first, name_end, None));
            }
            let token = &tokens[at];
            let quote = token.kind == TokenKind::Punctuation && is_quote(&token.lower);
            let joins =
                self.particles.contains(&token.lower) || self.determiners.contains(&token.lower);
            if !(quote || joins) {
                words += 1;
                // One noun in apposition may stand between: "groupe terroriste Daech".
                let apposed =
                    self.heads.find_at(tokens, at).iter().any(|m| *m.payload == Head::Group);
                if words > 1 || !apposed {
                    return None;
                }
            }
            at += 1;
        }
        None
    }

    /// "Die Regierung in Damaskus": a government is where its seat is.
    fn seated(
        &self,
        tokens: &[Token],
        known: &[(usize, usize, &KnownName)],
        end: usize,
        class: &str,
    ) -> Option<(usize, usize, Option<String>)> {
        let place = tokens.get(end).filter(|t| self.place_prepositions.contains(&t.lower));
        let seat = known.iter().find(|k| k.0 == end + 1 && k.2.city.is_some());
        place.filter(|_| class == "government").and(seat).map(|k| (k.0, k.1, Some(k.2.id.clone())))
    }

    /// The capitalised name that begins at token `at`: capitalised words, with particles
    /// between them.
    fn name_at(
        &self,
        tokens: &[Token],
        at: usize,
        names: &HashSet<String>,
    ) -> Option<(usize, usize)> {
        if self.no_capitals {
            // Without capitals a name is what follows a place noun or title: one word, two
            // where the second has the article ("أبو كمال" is in the gazetteer).
            let token = tokens.get(at)?;
            let plain = token.kind == TokenKind::Word
                && !self.function_words.contains(&token.lower)
                && !self.not_names.contains(&token.lower);
            return plain.then_some((at, at + 1));
        }
        if !self.is_name_word(tokens, at, names) {
            return None;
        }
        let mut end = at + 1;
        loop {
            let mut next = end;
            while next < tokens.len()
                && next < end + 2
                && tokens[next].kind == TokenKind::Word
                && self.particles.contains(&tokens[next].lower)
            {
                next += 1;
            }
            // Across "de" and the like only names that are not separated by an article's elision.
            if next < tokens.len()
                && tokens[next].capitalised
                && tokens[next].kind == TokenKind::Word
                && (next == end || !self.function_words.contains(&tokens[next - 1].lower))
            {
                end = next + 1;
            } else {
                return Some((at, end));
            }
        }
    }

    fn is_name_word(&self, tokens: &[Token], at: usize, names: &HashSet<String>) -> bool {
        let Some(token) = tokens.get(at) else { return false };
        if token.kind != TokenKind::Word || !token.capitalised || token.lower.ends_with('\'') {
            return false;
        }
        // "Mr Vergara" is Vergara.
        if self.heads.find_at(tokens, at).iter().any(|m| *m.payload == Head::Title) {
            return false;
        }
        if self.function_words.contains(&token.lower) || self.not_names.contains(&token.lower) {
            return false;
        }
        if opens_sentence(tokens, at) {
            let next_is_name = tokens.get(at + 1).is_some_and(|next| {
                next.capitalised && next.kind == TokenKind::Word && next.spaced
            });
            return names.contains(&token.lower) && !self.capitalised_nouns || next_is_name;
        }
        true
    }

    fn capitalised_names(
        &self,
        text: &str,
        tokens: &[Token],
        known: &[(usize, usize, &KnownName)],
        names: &HashSet<String>,
        tree: Option<&Tree<'_>>,
    ) -> Vec<MentionTokens> {
        let mut found = Vec::new();
        let mut at = 0;
        while !self.no_capitals && at < tokens.len() {
            match self.name_at(tokens, at, names) {
                Some((first, end)) => {
                    let known_inside = known.iter().any(|k| k.0 == first && k.1 == end);
                    // Where every noun has a capital, one capitalised word says nothing, unless
                    // the tagger takes it for a name and no article or adjective makes it a noun.
                    let lone = end - first == 1;
                    let lone_noun =
                        self.capitalised_nouns && lone && !tree.is_some_and(|t| is_name(t, first));
                    // "Personne ne", "However": a capital at the start of a sentence.
                    let function_word = lone
                        && tokens[..first].iter().all(|token| is_quote(&token.lower))
                        && tree.is_some_and(|tree| tree.upos(first).is_function_word());
                    if !known_inside && !lone_noun && !function_word {
                        let id = folded_id(&tokens[first..end]);
                        if id.len() > "name:".len() + 1 {
                            found.push(mention(text, tokens, first, end, MentionKind::Name, id));
                        }
                    }
                    at = end;
                }
                None => at += 1,
            }
        }
        found
    }

    /// "de l'aviation et de la marine russe": the first takes the second's country.
    fn share_country_over_coordination(&self, tokens: &[Token], mentions: &mut [MentionTokens]) {
        for i in (1..mentions.len()).rev() {
            let between = &tokens[mentions[i - 1].end..mentions[i].first];
            let joined = !between.is_empty()
                && between.len() <= 4
                && between.iter().all(|token| self.function_words.contains(&token.lower));
            let owner =
                mentions[i].mention.entity.split_once(':').map(|(owner, _)| owner.to_owned());
            let bare = mentions[i - 1].mention.entity.strip_prefix("group:").map(str::to_owned);
            if let (true, Some(owner), Some(class)) = (joined, owner, bare)
                && is_country(&owner)
                && mentions[i - 1].mention.kind == MentionKind::Organization
            {
                mentions[i - 1].mention.entity = format!("{owner}:{class}");
            }
        }
    }

    /// "État islamique (ou Daesh)", "Forces démocratiques syriennes (FDS)".
    fn declare_aliases(&self, tokens: &[Token], mentions: &mut [MentionTokens]) {
        let marks: HashMap<usize, usize> =
            self.alias_words.find(tokens).iter().map(|m| (m.first, m.end)).collect();
        for i in 1..mentions.len() {
            let mut at = mentions[i - 1].end;
            if tokens.get(at).is_none_or(|token| token.lower != "(" && token.lower != ",") {
                continue;
            }
            let bracket = tokens[at].lower == "(";
            at += 1;
            let marked = marks.get(&at).copied();
            at = marked.unwrap_or(at);
            let closes = tokens.get(mentions[i].end).is_some_and(|token| token.lower == ")");
            let acronym = mentions[i].mention.text.chars().all(char::is_uppercase)
                && is_acronym(&mentions[i].mention.text, &mentions[i - 1].mention.text);
            if at == mentions[i].first
                && (marked.is_some() && (closes || !bracket) || closes && acronym)
            {
                mentions[i].mention.declared_alias_of =
                    Some(mentions[i - 1].mention.entity.clone());
            }
        }
    }
}

fn is_possessive(token: &Token) -> bool {
    token.lower == "'s"
}

/// Words that the tagger takes for names, in a script that has neither capitals nor spaces; those that are parts of one
/// name together, also over the dot that stands between names of persons there.
fn names_by_syntax(text: &str, tokens: &[Token], tree: &Tree<'_>) -> Vec<MentionTokens> {
    let caseless =
        |token: &Token| !token.lower.chars().any(|c| c.is_lowercase() || c.is_uppercase());
    let named = |at: usize| {
        tree.upos(at) == Upos::Propn
            && tokens.get(at).is_some_and(|t| t.kind == TokenKind::Word && caseless(t))
    };
    let dot = |at: usize| tokens.get(at).is_some_and(|token| NAME_DOTS.contains(&&*token.lower));
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if !named(at) {
            at += 1;
            continue;
        }
        let (first, mut end) = (at, at + 1);
        loop {
            if named(end) && tree.plain_relation(end) == "flat" {
                end += 1;
            } else if dot(end) && named(end + 1) {
                end += 2;
            } else {
                break;
            }
        }
        let id = folded_id(&tokens[first..end]);
        found.push(mention(text, tokens, first, end, MentionKind::Name, id));
        at = end;
    }
    found
}

/// Whether the tagger takes a word for a name, and nothing but prepositions stands with it.
fn is_name(tree: &Tree<'_>, at: usize) -> bool {
    let described = |&child: &usize| matches!(tree.plain_relation(child), "det" | "amod");
    tree.upos(at) == Upos::Propn && !tree.children(at).iter().any(described)
}

/// "La ministre de l'Énergie, Hilde Vandermeir, a …": the phrase is the person named after it.
fn name_by_apposition(tokens: &[Token], mentions: &mut [MentionTokens]) {
    const REACH: usize = 6;
    for i in 0..mentions.len() {
        if mentions[i].anaphor.is_none() || mentions[i].mention.kind != MentionKind::Person {
            continue;
        }
        let named = (i + 1..mentions.len()).find(|&j| {
            let (name, closes) = (&mentions[j], tokens.get(mentions[j].end));
            name.first <= mentions[i].end + REACH
                && tokens[name.first - 1].lower == ","
                && closes.is_none_or(|t| matches!(t.lower.as_str(), "," | "."))
                && matches!(name.mention.kind, MentionKind::Name | MentionKind::Person)
        });
        if let Some(j) = named {
            mentions[i].mention.entity = mentions[j].mention.entity.clone();
            mentions[i].anaphor = None;
        }
    }
}

fn mention(
    text: &str,
    tokens: &[Token],
    first: usize,
    end: usize,
    kind: MentionKind,
    entity: String,
) -> MentionTokens {
    let span = Span::new(tokens[first].span.start, tokens[end - 1].span.end);
    MentionTokens {
        mention: Mention {
            span,
            text: span.of(text).to_owned(),
            kind,
            entity,
            declared_alias_of: None,
        },
        first,
        end,
        anaphor: None,
        phrase: first,
        noun: None,
    }
}

/// Whether token `at` is the first word of the sentence, of a quotation, or after a colon.
fn opens_sentence(tokens: &[Token], at: usize) -> bool {
    let before = tokens[..at].iter().rev().find(|token| !is_quote(&token.lower));
    match before {
        None => true,
        Some(token) => {
            matches!(token.lower.as_str(), ":" | "." | "!" | "?" | "–" | "—" | "•" | "-")
                || token.lower.ends_with('\'') && tokens[..at].len() == 1
        }
    }
}

pub(crate) fn is_quote(mark: &str) -> bool {
    matches!(mark, "«" | "»" | "\"" | "“" | "”" | "„" | "‘" | "’" | "'" | "‹" | "›")
}

/// Whether an entity id is a country's (two letters).
pub fn is_country(id: &str) -> bool {
    id.len() == 2
}

/// The country of an id that belongs to one, or else the id itself.
fn country_or_self(id: &str) -> String {
    match id.split_once(':') {
        Some((country, _)) if is_country(country) => country.to_owned(),
        _ => id.to_owned(),
    }
}

fn folded_id(tokens: &[Token]) -> String {
    let words: Vec<&str> = tokens.iter().map(|token| token.lower.as_str()).collect();
    format!("name:{}", words.join(" "))
}

/// A crude stem, the same for most forms of a word: its first five letters, six of a long word.
pub(crate) fn stem(word: &str) -> String {
    let keep = if word.chars().count() < 8 { 5 } else { 6 };
    word.chars().take(keep).collect()
}

/// Whether `short` is made of the first letters of the words of `long`, in order.
fn is_acronym(short: &str, long: &str) -> bool {
    let initials: String = long
        .split(|c: char| c.is_whitespace() || c == '-' || c == '\'' || c == '’')
        .filter_map(|word| word.chars().next())
        .flat_map(char::to_uppercase)
        .collect();
    let mut rest = initials.chars();
    short.chars().count() >= 2 && short.chars().all(|c| rest.any(|initial| initial == c))
}
