//! Events and who takes part in them.
//!
//! Triggers, the roles of subject and object in each voice, and the cues that make a helper or
//! an adversary are data of the language pack. Roles come from word order within the clause:
//! the noun phrase before the verb that no preposition governs, the one after it, complements
//! by their prepositions. Where the language has a syntax model, its tree comes first
//! (`events/syntax.rs`). Where a cue ("appuyé par") names the role, the cue wins.

mod syntax;

use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;

use super::factuality::SentenceCues;
use super::mentions::{MentionTokens, is_quote};
use super::phrase::PhraseSet;
use super::tokens::{Token, TokenKind};
use super::{Event, FactualityKind, MentionKind, Participant, Quantity, Role, TimeExpression};
use crate::language::Pack;
use crate::language::frames::Frames;
use crate::span::Span;
use crate::syntax::Tree;

/// Words that name an event, and the roles they give: one entry of `[[events.<frame>]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// Phrases.
    pub phrases: Vec<String>,
    /// Role of the active subject.
    #[serde(default)]
    pub subject: Option<Role>,
    /// Role of the direct object, or of what follows a phrase that ends in a preposition.
    #[serde(default)]
    pub object: Option<Role>,
    /// Roles of complements, by preposition.
    #[serde(default)]
    pub prepositions: BTreeMap<String, Role>,
    /// A noun: no subject, complements only.
    #[serde(default)]
    pub noun: bool,
    /// Never read as a passive.
    #[serde(default)]
    pub intransitive: bool,
    /// Role of a name that stands between the trigger's own words and that no preposition governs there: "signed
    /// the X treaty".
    #[serde(default)]
    pub inside: Option<Role>,
    /// Fires only if one of these roles is filled.
    #[serde(default)]
    pub needs: Vec<Role>,
}

/// The pack section `[voice]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VoiceSection {
    /// Auxiliaries of the passive.
    pub passive_auxiliaries: Vec<String>,
    /// Prepositions of the agent of a passive.
    pub passive_by: Vec<String>,
    /// Endings of participles.
    pub participle_endings: Vec<String>,
    /// The subject usually follows the verb.
    pub subject_after_verb: bool,
}

/// The pack section `[cues]`: phrases before a noun phrase that give it a role.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CueSection {
    /// Who supports the agent.
    pub helper: Vec<String>,
    /// Against whom.
    pub adversary: Vec<String>,
    /// In whose favour.
    pub beneficiary: Vec<String>,
    /// Who took no part: "sans l'aide de".
    pub without: Vec<String>,
    /// Before an infinitive, these make the subject a helper: "ont aidé à".
    pub helping: Vec<String>,
    /// No other took part.
    pub exclusive: Vec<String>,
    /// One of several events of its kind.
    pub repetition: Vec<String>,
    /// Words that join participants.
    pub conjunctions: Vec<String>,
    /// Words that begin a clause.
    pub clause_breaks: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Cue {
    Role(Role),
    Exclusive,
    Repetition,
}

/// Finds events in one language.
#[derive(Debug, Clone)]
pub struct EventReader {
    frames: Frames,
    triggers: Vec<(String, Trigger)>,
    phrases: PhraseSet<usize>,
    cues: PhraseSet<Cue>,
    conjunctions: PhraseSet<()>,
    breaks: PhraseSet<()>,
    quantifiers: PhraseSet<()>,
    helping: PhraseSet<()>,
    voice: VoiceSection,
    prepositions: HashSet<String>,
    determiners: HashSet<String>,
    place_prepositions: HashSet<String>,
}

/// One sentence as the event reader sees it.
#[derive(Debug, Clone, Copy)]
pub struct Sentence<'s> {
    /// The article's text.
    pub text: &'s str,
    /// The sentence's tokens.
    pub tokens: &'s [Token],
    /// Its mentions.
    pub mentions: &'s [MentionTokens],
    /// Its time expressions.
    pub times: &'s [TimeExpression],
    /// Its quantities.
    pub quantities: &'s [Quantity],
    /// Whether a source says it.
    pub attributed: bool,
    /// Its syntax, where the language has a model: one word for each token.
    pub tree: Option<&'s Tree<'s>>,
}

/// How two mentions are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    None,
    Comma,
    Conjunction,
}

/// A trigger found: token range, and which mentions (by index) have which role.
struct Found<'r> {
    first: usize,
    end: usize,
    frame: &'r str,
    noun: bool,
    roles: BTreeMap<Role, Vec<usize>>,
    cues: BTreeMap<usize, Span>,
    exclusive: bool,
    repetition: Option<Span>,
}

/// How far after a cue or a verb its noun phrase may begin, in tokens.
const REACH: usize = 5;
/// How far behind a noun a date may stand that dates it, in tokens.
const NOUN_DATE_REACH: usize = 6;
/// Longest phrase that makes the subject of an infinitive a helper, in tokens.
const HELPING_REACH: usize = 4;
/// Longest quantifier, in tokens.
const QUANTIFIER_REACH: usize = 6;
/// The frame of phrases that look like a trigger and are none ("prise de conscience").
const NO_EVENT: &str = "none";
/// How far after a trigger a complement may stand, in tokens.
const COMPLEMENT_REACH: usize = 16;

impl EventReader {
    /// Compiles the pack's triggers and cues; triggers of frames that do not exist are left out.
    pub fn new(pack: &Pack, frames: &Frames) -> Self {
        let morphology = pack.morphology();
        let triggers: Vec<(String, Trigger)> = pack
            .events
            .iter()
            .filter(|(frame, _)| *frame == NO_EVENT || frames.get(frame).is_some())
            .flat_map(|(frame, list)| list.iter().map(move |t| (frame.clone(), t.clone())))
            .collect();
        let phrases = triggers
            .iter()
            .enumerate()
            .flat_map(|(i, (_, trigger))| trigger.phrases.iter().map(move |p| (p.clone(), i)));
        let cues = &pack.cues;
        let cue_lists = [
            (&cues.helper, Cue::Role(Role::Helper)),
            (&cues.adversary, Cue::Role(Role::Adversary)),
            (&cues.beneficiary, Cue::Role(Role::Beneficiary)),
            (&cues.without, Cue::Role(Role::Excluded)),
            (&cues.exclusive, Cue::Exclusive),
            (&cues.repetition, Cue::Repetition),
        ];
        let cue_phrases = cue_lists
            .into_iter()
            .flat_map(|(list, cue)| list.iter().map(move |phrase| (phrase.clone(), cue)));
        let set = |words: &[String]| words.iter().map(|w| w.to_lowercase()).collect();
        EventReader {
            frames: frames.clone(),
            phrases: PhraseSet::new(phrases.collect::<Vec<_>>(), morphology.clone()),
            triggers,
            cues: PhraseSet::new(cue_phrases, morphology.clone()),
            conjunctions: PhraseSet::new(
                cues.conjunctions.iter().map(|phrase| (phrase.clone(), ())),
                morphology.clone(),
            ),
            breaks: PhraseSet::new(
                cues.clause_breaks.iter().map(|phrase| (phrase.clone(), ())),
                morphology,
            ),
            helping: PhraseSet::new(
                cues.helping.iter().map(|phrase| (phrase.clone(), ())),
                pack.morphology(),
            ),
            quantifiers: PhraseSet::new(
                pack.quantifiers.iter().map(|phrase| (phrase.clone(), ())),
                pack.morphology(),
            ),
            voice: pack.voice.clone(),
            prepositions: set(&pack.prepositions),
            determiners: set(&pack.determiners),
            place_prepositions: set(&pack.place_prepositions),
        }
    }

    /// The events of one sentence, in the order of their triggers.
    pub fn find(&self, s: Sentence<'_>, cues: &SentenceCues<'_>) -> Vec<Event> {
        let clauses = self.clauses(s.tokens);
        let mut found = self.triggers(s, &clauses);
        self.apply_cues(s, &clauses, &mut found);
        found.retain(|f| self.wanted(f));
        share_out_places(s.mentions, &mut found);
        let times = attach(s.times.iter().map(|t| t.span), true, &found, s.tokens, &clauses);
        let quantities =
            attach(s.quantities.iter().map(|q| q.span), false, &found, s.tokens, &clauses);
        let events: Vec<Event> = found
            .iter()
            .enumerate()
            .map(|(i, f)| {
                let trigger = span_of(s.tokens, f.first, f.end);
                let mut read = cues.read(trigger, s.attributed);
                // "hat die Niederlage nicht eingeräumt": the negation stands inside the trigger.
                let last = s.tokens[f.end - 1].span;
                if f.end - f.first > 1 && read.kind != FactualityKind::Denied {
                    let inner = cues.read(last, s.attributed);
                    if inner.kind == FactualityKind::Denied
                        && inner.cue.is_some_and(|cue| trigger.contains(&cue))
                    {
                        read = inner;
                    }
                }
                // "n'a pas empêché la chute de la ville": it fell. Only its own negation ("aucun
                // accord") makes a noun's event denied.
                let trigger_at = s.tokens[f.first].span.start;
                let own = read.cue.is_some_and(|cue| {
                    trigger.overlaps(&cue)
                        || s.tokens
                            .iter()
                            .filter(|t| t.span.start >= cue.end && t.span.end <= trigger_at)
                            .count()
                            <= 1
                            && cue.end <= trigger_at
                });
                if f.noun && read.kind == FactualityKind::Denied && !own {
                    read = read.affirmed();
                }
                let factuality = read;
                let of = |owners: &[Option<usize>]| {
                    owners
                        .iter()
                        .enumerate()
                        .filter(|(_, o)| **o == Some(i))
                        .map(|(t, _)| t)
                        .collect()
                };
                Event {
                    kind: f.frame.to_owned(),
                    trigger,
                    roles: participants(s, f),
                    times: of(&times),
                    quantities: of(&quantities),
                    negated: factuality.kind == FactualityKind::Denied,
                    factuality,
                    repetition: f.repetition,
                }
            })
            .collect();
        events
    }

    /// For each token the number of the clause it stands in.
    fn clauses(&self, tokens: &[Token]) -> Vec<usize> {
        let mut starts = vec![false; tokens.len() + 1];
        for m in self.breaks.find(tokens) {
            starts[m.first] = true;
        }
        for (i, token) in tokens.iter().enumerate() {
            if matches!(token.lower.as_str(), ";" | ":" | "." | "!" | "?" | "؛" | "؟") {
                starts[i + 1] = true;
            }
        }
        let mut clause = 0;
        (0..tokens.len())
            .map(|i| {
                clause += usize::from(starts[i] && i > 0);
                clause
            })
            .collect()
    }

    fn triggers<'r>(&'r self, s: Sentence<'_>, clauses: &[usize]) -> Vec<Found<'r>> {
        let mut found: Vec<Found<'r>> = Vec::new();
        for m in self.phrases.find_all(s.tokens) {
            // A name is no trigger ("Parti de la Victoire"), nor is the head of a group
            // ("combattants").
            let inside_name = s.mentions.iter().any(|mention| {
                // "Élu" is a group's name and a participle: after an auxiliary it is the latter.
                let head = mention.mention.kind == MentionKind::Group
                    && mention.first == m.first
                    && m.end == m.first + 1
                    && !self.has_passive_auxiliary(s.tokens, m.first);
                head || mention.mention.kind == MentionKind::Name
                    && mention.first <= m.first
                    && m.end <= mention.end
            });
            if inside_name {
                continue;
            }
            let (frame, trigger) = &self.triggers[*m.payload];
            let mut roles = if trigger.noun {
                self.noun_roles(s, clauses, trigger, m.first, m.end)
            } else {
                self.verb_roles(s, clauses, trigger, m.first, m.end)
            };
            if let Some(inside) = trigger.inside {
                self.inside(s, trigger, inside, m.first, m.end, &mut roles);
            }
            if let Some(types) = self.frames.get(frame) {
                for (role, list) in &mut roles {
                    list.retain(|&i| types.takes(*role, &s.mentions[i].mention));
                }
                roles.retain(|_, list| !list.is_empty());
            }
            let candidate = Found {
                first: m.first,
                end: m.end,
                frame,
                noun: trigger.noun,
                roles,
                cues: BTreeMap::new(),
                exclusive: false,
                repetition: None,
            };
            let lacks = !trigger.needs.is_empty()
                && !trigger.needs.iter().any(|role| candidate.roles.contains_key(role));
            if lacks {
                continue;
            }
            // A longer phrase that is no event hides what it covers; of other overlapping
            // triggers the one that fills more roles stays, then the longer.
            let weight = |f: &Found<'_>| {
                let length = f.end - f.first;
                if f.frame == NO_EVENT { (length * 10, length) } else { (f.roles.len(), length) }
            };
            match found.iter().position(|f| f.first < candidate.end && candidate.first < f.end) {
                Some(i) if weight(&candidate) > weight(&found[i]) => found[i] = candidate,
                Some(_) => {}
                None => found.push(candidate),
            }
        }
        found.retain(|f| f.frame != NO_EVENT);
        found.sort_by_key(|f| f.first);
        found
    }

    fn verb_roles(
        &self,
        s: Sentence<'_>,
        clauses: &[usize],
        trigger: &Trigger,
        first: usize,
        end: usize,
    ) -> BTreeMap<Role, Vec<usize>> {
        let by_phrase = self.by_phrase(s, clauses, end);
        // A phrase that ends in a preposition ("venu à bout de") has no passive.
        let prepositional = self.prepositions.contains(&s.tokens[end - 1].lower);
        let syntax = self.verb_syntax(s, trigger, first, end).unwrap_or_default();
        // "The president dismissed minister X": whatever the tree says, a clause without an auxiliary that has an
        // object right behind the verb is active.
        let active = by_phrase.is_none()
            && !self.voice.subject_after_verb
            && !self.voice.passive_auxiliaries.is_empty()
            && !self.has_passive_auxiliary(s.tokens, first)
            && !self.object(s, clauses, end).is_empty();
        let passive = syntax.passive && !active
            || !trigger.intransitive
                && !prepositional
                && trigger.object.is_some()
                && self.is_participle(&s.tokens[first].lower)
                && (by_phrase.is_some() || self.has_passive_auxiliary(s.tokens, first));
        let mut roles: BTreeMap<Role, Vec<usize>> = BTreeMap::new();
        let mut put = |role: Option<Role>, mentions: Vec<usize>| {
            if let Some(role) = role
                && !mentions.is_empty()
            {
                let taken = roles.entry(role).or_default();
                taken.extend(
                    mentions.into_iter().filter(|m| !taken.contains(m)).collect::<Vec<_>>(),
                );
            }
        };
        // "X les a aidés à prendre Y": X is the subject of the help, and so a helper.
        let helping = (first.saturating_sub(HELPING_REACH)..first)
            .find(|&at| self.helping.find_at(s.tokens, at).iter().any(|m| m.end == first));
        let mut subject = self.subject(s, clauses, helping.unwrap_or(first));
        let mut object = if passive { Vec::new() } else { self.object(s, clauses, end) };
        if self.voice.subject_after_verb && subject.is_empty() && passive {
            subject = self.object(s, clauses, end);
        } else if self.voice.subject_after_verb && subject.is_empty() {
            // Verb, subject, object: the first noun phrase after the verb is the subject.
            subject = std::mem::take(&mut object);
            if let Some(&last) = subject.last() {
                object = self.object(s, clauses, s.mentions[last].end);
            }
        }
        // What the tree says outranks word order.
        let helped = helping.is_some();
        subject = syntax.subject.filter(|_| !helped).unwrap_or(subject);
        if !passive {
            object = syntax.object.unwrap_or(object);
        }
        // What takes no role stays free for the complements ("née à" has no object).
        let object_role = if passive { trigger.subject } else { trigger.object };
        let taken = object.iter().filter(|_| object_role.is_some());
        let used: Vec<usize> = subject.iter().chain(taken).copied().collect();
        if passive {
            put(trigger.object, subject);
            let by_phrase = by_phrase.map(|m| self.coordinated(s, m)).unwrap_or_default();
            let doers = if syntax.doers.is_empty() { by_phrase } else { syntax.doers };
            put(trigger.subject, doers);
        } else {
            let doer = trigger.subject == Some(Role::Agent) && helping.is_some();
            put(if doer { Some(Role::Helper) } else { trigger.subject }, subject);
            put(trigger.object, object);
        }
        self.complements(s, clauses, trigger, end, &used, &mut roles);
        for (role, mentions) in syntax.complements {
            let free: Vec<usize> = mentions.into_iter().filter(|m| !used.contains(m)).collect();
            if !free.is_empty() {
                roles.entry(role).or_insert(free);
            }
        }
        roles
    }

    fn noun_roles(
        &self,
        s: Sentence<'_>,
        clauses: &[usize],
        trigger: &Trigger,
        first: usize,
        end: usize,
    ) -> BTreeMap<Role, Vec<usize>> {
        let mut roles = BTreeMap::new();
        self.complements(s, clauses, trigger, end, &[], &mut roles);
        // After a preposition, or in the construct state ("انهيار السد").
        let construct = self.voice.subject_after_verb && s.mentions.iter().any(|m| m.first == end);
        if let Some(role) = trigger.object
            && (construct
                || s.tokens
                    .get(end - 1)
                    .is_some_and(|token| self.prepositions.contains(&token.lower)))
        {
            let object = self.object(s, clauses, end);
            if !object.is_empty() {
                roles.entry(role).or_insert(object);
            }
        }
        for (role, mentions) in self.noun_syntax(s, trigger, first, end) {
            roles.entry(role).or_insert(mentions);
        }
        roles
    }

    /// The names between the words of a trigger.
    fn inside(
        &self,
        s: Sentence<'_>,
        trigger: &Trigger,
        bare: Role,
        first: usize,
        end: usize,
        roles: &mut BTreeMap<Role, Vec<usize>>,
    ) {
        for (i, m) in s.mentions.iter().enumerate() {
            let used = roles.values().flatten().any(|&other| other == i);
            if m.first <= first || m.end >= end || used {
                continue;
            }
            let governor = self.governor(s.tokens, m.phrase).filter(|&g| g > first);
            let place = matches!(m.mention.kind, MentionKind::Place | MentionKind::Name);
            let role = match governor.map(|g| &s.tokens[g].lower) {
                None => Some(bare),
                Some(word) => trigger.prepositions.get(word).copied().or_else(|| {
                    (place && self.place_prepositions.contains(word)).then_some(Role::Location)
                }),
            };
            if let Some(role) = role {
                roles.entry(role).or_insert_with(|| self.coordinated(s, i));
            }
        }
    }

    /// Complements after the trigger, by the preposition that governs each.
    fn complements(
        &self,
        s: Sentence<'_>,
        clauses: &[usize],
        trigger: &Trigger,
        end: usize,
        used: &[usize],
        roles: &mut BTreeMap<Role, Vec<usize>>,
    ) {
        let clause = clauses[end - 1];
        for (i, m) in s.mentions.iter().enumerate() {
            let reachable = m.first >= end && m.first <= end + COMPLEMENT_REACH;
            if !reachable || clauses[m.first] != clause || used.contains(&i) {
                continue;
            }
            let Some(governor) = self.governor(s.tokens, m.phrase).filter(|&g| g + 1 >= end) else {
                continue;
            };
            let preposition = &s.tokens[governor].lower;
            let role = trigger.prepositions.get(preposition).copied().or_else(|| {
                let place =
                    m.mention.kind == MentionKind::Place || m.mention.kind == MentionKind::Name;
                (place && self.place_prepositions.contains(preposition)).then_some(Role::Location)
            });
            if let Some(role) = role {
                roles.entry(role).or_insert_with(|| self.coordinated(s, i));
            }
        }
        // "à Paris, les rebelles ont …": a place that opens the clause is where it happens.
        if !roles.contains_key(&Role::Location)
            && let Some((i, _)) = s.mentions.iter().enumerate().find(|(_, m)| {
                m.end < end
                    && clauses[m.first] == clause
                    && m.mention.kind == MentionKind::Place
                    && self
                        .governor(s.tokens, m.first)
                        .is_some_and(|g| self.place_prepositions.contains(&s.tokens[g].lower))
            })
            && !used.contains(&i)
        {
            roles.insert(Role::Location, vec![i]);
        }
    }

    /// The preposition that governs the noun phrase starting at `first`, over determiners,
    /// quotation marks, numbers and plain adjectives in between.
    fn governor(&self, tokens: &[Token], first: usize) -> Option<usize> {
        let mut plain_words = 0;
        // "la plupart des X" is governed like "X" would be.
        let first = self.before_quantifier(tokens, first);
        for i in (0..first).rev() {
            let token = &tokens[i];
            if self.prepositions.contains(&token.lower) {
                // "Des rebelles ont …": what opens a clause is an article where it can be one.
                let opens = i == 0 || tokens[i - 1].kind == TokenKind::Punctuation;
                let article = opens && self.determiners.contains(&token.lower);
                return (!article).then_some(i);
            }
            let skips = self.determiners.contains(&token.lower)
                || token.kind == TokenKind::Number
                || is_quote(&token.lower);
            if !skips {
                plain_words += 1;
                if plain_words > 1 || token.kind == TokenKind::Punctuation || token.capitalised {
                    return None;
                }
                // One adjective ("l'ancienne ville"), only if a determiner stands before it.
                let determined = i > 0
                    && (self.determiners.contains(&tokens[i - 1].lower)
                        || tokens[i - 1].kind == TokenKind::Number
                        || self.prepositions.contains(&tokens[i - 1].lower));
                if !determined {
                    return None;
                }
            }
        }
        None
    }

    /// Where a quantifier that ends right before `first` begins.
    fn before_quantifier(&self, tokens: &[Token], first: usize) -> usize {
        (first.saturating_sub(QUANTIFIER_REACH)..first)
            .find(|&at| self.quantifiers.find_at(tokens, at).iter().any(|m| m.end == first))
            .unwrap_or(first)
    }

    fn subject(&self, s: Sentence<'_>, clauses: &[usize], first: usize) -> Vec<usize> {
        let clause = clauses[first];
        let limit = self.before_insertion(s.tokens, first);
        let before = |limit: usize| {
            (0..s.mentions.len()).rev().find(|&i| {
                let m = &s.mentions[i];
                m.end <= limit && clauses[m.first] == clause && {
                    let head = self.coordination_head(s, i);
                    self.governor(s.tokens, s.mentions[head].phrase).is_none()
                }
            })
        };
        // "Le dernier bastion de X, Y, est tombé": the insertion itself may name the subject.
        if let Some(i) = before(limit).or_else(|| before(first)) {
            return self.coordinated(s, self.coordination_head(s, i));
        }
        // "X, qui a pris …": the phrase just before the relative pronoun.
        let start = (0..first).rev().take_while(|&i| clauses[i] == clause).last().unwrap_or(first);
        let antecedent = (0..s.mentions.len()).rev().find(|&i| {
            let gap = start.saturating_sub(s.mentions[i].end);
            s.mentions[i].end <= start && gap <= 1 && first - start <= REACH
        });
        antecedent.map(|i| self.coordinated(s, self.coordination_head(s, i))).unwrap_or_default()
    }

    /// Where to look left for the subject: before an insertion between commas that ends right
    /// before the verb group ("L'armée, soutenue par X, a chassé").
    fn before_insertion(&self, tokens: &[Token], first: usize) -> usize {
        let group = (0..first).rev().take(3).find(|&i| is_comma(&tokens[i]));
        let Some(close) = group else { return first };
        (0..close).rev().find(|&i| is_comma(&tokens[i])).unwrap_or(first)
    }

    /// The noun phrase after the verb that no preposition governs (unless the trigger phrase
    /// itself ends in one).
    fn object(&self, s: Sentence<'_>, clauses: &[usize], end: usize) -> Vec<usize> {
        let Some(&clause) = clauses.get(end - 1) else { return Vec::new() };
        let object = s.mentions.iter().position(|m| {
            m.phrase >= end
                && m.phrase <= end + REACH
                && clauses[m.first] == clause
                && !s.tokens[end..m.phrase].iter().any(is_comma)
                && self.governor(s.tokens, m.phrase).is_none_or(|g| g < end)
        });
        object.map(|i| self.coordinated(s, i)).unwrap_or_default()
    }

    /// The first mention after a "by" that follows the verb closely.
    fn by_phrase(&self, s: Sentence<'_>, clauses: &[usize], end: usize) -> Option<usize> {
        let by = (end..s.tokens.len().min(end + REACH)).find(|&i| {
            clauses[i] == clauses[end - 1] && self.voice.passive_by.contains(&s.tokens[i].lower)
        })?;
        s.mentions.iter().position(|m| m.first > by && m.first <= by + 3)
    }

    fn is_participle(&self, word: &str) -> bool {
        self.voice.participle_endings.is_empty()
            || self.voice.participle_endings.iter().any(|ending| word.ends_with(ending.as_str()))
    }

    fn has_passive_auxiliary(&self, tokens: &[Token], first: usize) -> bool {
        tokens[first.saturating_sub(3)..first]
            .iter()
            .any(|token| self.voice.passive_auxiliaries.contains(&token.lower))
    }

    /// How two mentions are joined: only conjunctions, determiners and repeated prepositions
    /// may stand between them.
    fn link(&self, tokens: &[Token], from: usize, to: usize) -> Link {
        if from >= to || to - from > 6 {
            return Link::None;
        }
        let mut at = from;
        let mut link = Link::None;
        while at < to {
            let longest = self
                .conjunctions
                .find_at(tokens, at)
                .into_iter()
                .filter(|m| m.end <= to)
                .max_by_key(|m| m.end);
            if let Some(m) = longest {
                link = if is_comma(&tokens[at]) && link == Link::None {
                    Link::Comma
                } else {
                    Link::Conjunction
                };
                at = m.end;
            } else if self.determiners.contains(&tokens[at].lower)
                || link != Link::None && self.prepositions.contains(&tokens[at].lower)
                || is_quote(&tokens[at].lower)
            {
                at += 1;
            } else {
                return Link::None;
            }
        }
        link
    }

    /// The first mention of the list that mention `i` ends or stands in. A comma joins only
    /// before a conjunction: "X, Y and Z" is a list, "X, Y" may be an apposition.
    fn coordination_head(&self, s: Sentence<'_>, mut i: usize) -> usize {
        let mut listed = false;
        while i > 0 {
            let link = self.link(s.tokens, s.mentions[i - 1].end, s.mentions[i].first);
            listed |= link == Link::Conjunction;
            if link == Link::None || link == Link::Comma && !listed {
                break;
            }
            i -= 1;
        }
        i
    }

    /// The mention and those that are joined to it on its right.
    fn coordinated(&self, s: Sentence<'_>, i: usize) -> Vec<usize> {
        let mut end = i;
        let mut last = i;
        while last + 1 < s.mentions.len() {
            match self.link(s.tokens, s.mentions[last].end, s.mentions[last + 1].first) {
                Link::None => break,
                Link::Comma => last += 1,
                Link::Conjunction => {
                    last += 1;
                    end = last;
                }
            }
        }
        (i..=end).collect()
    }

    fn apply_cues(&self, s: Sentence<'_>, clauses: &[usize], found: &mut Vec<Found<'_>>) {
        for m in self.cues.find(s.tokens) {
            // "soutenue par X, l'armée a pris Y": the cue is no event beside the capture.
            let covers = |f: &Found<'_>| f.first < m.end && m.first < f.end;
            if matches!(m.payload, Cue::Role(_)) && found.iter().any(|f| !covers(f)) {
                found.retain(|f| !covers(f));
            }
            let span = m.span(s.tokens);
            let distance = |f: &Found<'_>| {
                let gap =
                    if f.first >= m.end { f.first - m.end } else { m.first.saturating_sub(f.end) };
                let other_clause = clauses[f.first] != clauses[m.first];
                gap + if other_clause { 20 } else { 0 } + if f.noun { 3 } else { 0 }
            };
            let Some(owner) = (0..found.len()).min_by_key(|&i| distance(&found[i])) else {
                continue;
            };
            match m.payload {
                Cue::Repetition => found[owner].repetition = Some(span),
                Cue::Exclusive => found[owner].exclusive = true,
                Cue::Role(role) => {
                    let named = s.mentions.iter().position(|n| {
                        n.first + 1 >= m.end
                            && n.first <= m.end + REACH
                            && clauses[n.first] == clauses[m.end - 1]
                    });
                    let Some(named) = named else { continue };
                    let event = &mut found[owner];
                    for mention in self.coordinated(s, named) {
                        for (other, list) in &mut event.roles {
                            if other != role {
                                list.retain(|&i| i != mention);
                            }
                        }
                        let list = event.roles.entry(*role).or_default();
                        if !list.contains(&mention) {
                            list.push(mention);
                        }
                        event.cues.insert(mention, span);
                    }
                    event.roles.retain(|_, list| !list.is_empty());
                }
            }
        }
    }

    fn wanted(&self, found: &Found<'_>) -> bool {
        let (_, trigger) = &self.triggers
            [self.triggers.iter().position(|(frame, _)| frame == found.frame).unwrap_or_default()];
        // A noun alone says little: "the battle" without who, where or what.
        !found.noun || !found.roles.is_empty() || trigger.needs.is_empty()
    }
}

/// "X, born in Paris, died on Monday": a place that stands behind one event's words and before another's belongs to
/// the first alone.
fn share_out_places(mentions: &[MentionTokens], found: &mut [Found<'_>]) {
    let behind: Vec<(usize, usize)> = found
        .iter()
        .enumerate()
        .flat_map(|(at, f)| {
            let places = f.roles.get(&Role::Location).into_iter().flatten();
            places.filter(|&&i| mentions[i].first >= f.end).map(move |&i| (at, i))
        })
        .collect();
    for (at, f) in found.iter_mut().enumerate() {
        let first = f.first;
        if let Some(places) = f.roles.get_mut(&Role::Location) {
            places.retain(|&i| {
                mentions[i].end > first || !behind.iter().any(|&(other, j)| other != at && j == i)
            });
        }
        f.roles.retain(|_, list| !list.is_empty());
    }
}

/// Gives each span (a date, a number) to the event whose trigger is nearest in its clause, or
/// else nearest in the sentence. A noun takes a date only right behind it: "la chute de la ville,
/// dimanche", but not "jeudi, les inondations avaient fait douze morts".
fn attach(
    spans: impl Iterator<Item = Span>,
    dates: bool,
    found: &[Found<'_>],
    tokens: &[Token],
    clauses: &[usize],
) -> Vec<Option<usize>> {
    spans
        .map(|span| {
            let at = tokens.iter().position(|token| token.span.overlaps(&span))?;
            let fits =
                |f: &Found<'_>| !dates || !f.noun || at >= f.end && at - f.end <= NOUN_DATE_REACH;
            (0..found.len()).filter(|&i| fits(&found[i])).min_by_key(|&i| {
                let f = &found[i];
                let gap = if f.first > at { f.first - at } else { at.saturating_sub(f.end) };
                let other_clause = clauses[f.first] != clauses[at];
                gap + if other_clause { 50 } else { 0 } + if f.noun { 4 } else { 0 }
            })
        })
        .collect()
}

fn participants(s: Sentence<'_>, found: &Found<'_>) -> BTreeMap<Role, Vec<Participant>> {
    let participant = |&i: &usize| {
        let mention = &s.mentions[i].mention;
        Participant {
            span: mention.span,
            text: mention.text.clone(),
            entity: mention.entity.clone(),
            cue: found.cues.get(&i).copied(),
            exclusive: found.exclusive,
        }
    };
    found.roles.iter().map(|(role, list)| (*role, list.iter().map(participant).collect())).collect()
}

fn is_comma(token: &Token) -> bool {
    matches!(token.lower.as_str(), "," | "،" | "、" | "，")
}

fn span_of(tokens: &[Token], first: usize, end: usize) -> Span {
    Span::new(tokens[first].span.start, tokens[end - 1].span.end)
}
