//! Judging: which scored pairs conflict, in which slot, in which relation, and how surely.

pub mod anchor;
pub mod calibration;
pub mod claim;
pub mod comparable;
pub mod context;
pub mod denial;
pub mod fingerprint;
pub mod gates;
pub mod outcome;
pub mod participant;
mod past;
pub mod place;
mod pole;
pub mod quantity;
pub mod role;
pub mod slot_test;
pub mod slots;
mod state;
pub mod time;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::claim::predicates::Argument;
use crate::claim::{Attribution, Certainty, Claim, Role};
use crate::language::Languages;
use crate::language::frames::Frames;
use crate::nli::{Direction, NliScores};
use crate::pair::CandidatePair;
use crate::report::locale::SEPARATOR;
use crate::report::locate::{self, Place};
use crate::resolve::Corpus;
use crate::resolve::coreference::features::Aspect;
use crate::span::Span;
use anchor::{Anchor, Familiarity};
use calibration::Calibration;
use context::{Comparison, Context};
use gates::{Gate, Open};
use slot_test::{Answers, SlotScores, SlotTest};
use slots::{Slot, SlotValue};

/// What two claims disagree about. One documented rule each, in `docs/rules/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// When it happened.
    Time,
    /// Who did it, who helped.
    Actor,
    /// Which forces took part.
    Participant,
    /// How many, how much.
    Quantity,
    /// Where.
    Place,
    /// How it ended.
    Outcome,
    /// Whether it happened.
    Denial,
    /// NLI alone.
    Claim,
    /// For or against.
    Stance,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 9] = [
        Kind::Time,
        Kind::Actor,
        Kind::Participant,
        Kind::Quantity,
        Kind::Place,
        Kind::Outcome,
        Kind::Denial,
        Kind::Claim,
        Kind::Stance,
    ];
}

/// How two claims on one slot stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// Both cannot hold of the same event.
    Contradiction,
    /// The accounts differ, and both can hold.
    DivergentAccount,
    /// Different states of one thing at different times.
    Update,
    /// The same source takes back what it said.
    Correction,
    /// One is coarser than the other.
    Granularity,
    /// One speaks of a larger whole.
    Scope,
    /// They agree.
    Compatible,
}

/// How much a conflict matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// For the record.
    Low,
    /// Worth a look.
    Medium,
    /// An editor should see it.
    High,
}

/// Between whom the finding lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Voices {
    /// Both outlets speak in their own name.
    OutletOutlet,
    /// At least one side is a quoted source.
    SourceSource,
    /// An outlet in its own name against a quoted source.
    OutletSource,
    /// The same source on both sides.
    SameSource,
}

/// A text in the report's language: the id of a template in `report/locale/*.toml` and what fills it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Message {
    /// Template id.
    pub id: String,
    /// Values for the template's `{placeholders}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
}

impl Message {
    /// A message with the given values.
    pub fn new<const N: usize>(id: &str, values: [(&str, String); N]) -> Self {
        Message {
            id: id.to_owned(),
            values: values.into_iter().map(|(k, v)| (k.to_owned(), v)).collect(),
        }
    }
}

/// One side of a finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// The article's id.
    pub article: String,
    /// The outlet, or the article's id.
    pub outlet: String,
    /// The claim's id.
    pub claim: String,
    /// The article's publication date as far as known: `2017-11`, "2017-11 (assumed)".
    pub published: Option<String>,
    /// Where the sentence stands.
    pub span: Span,
    /// The sentence, byte for byte.
    pub sentence: String,
    /// The words that carry the value, as spans of the article's text, in order.
    pub evidence: Vec<Span>,
    /// The normalised value: `2017-11-08`, `[150, ∞) terrorists`, `hezbollah, iraq:forces`.
    pub value: String,
    /// The value as a reader should see it, in the report's language.
    pub value_label: Message,
    /// Quoted sources, outermost first.
    pub attribution: Vec<Attribution>,
    /// For `time`: the possible civil-date intervals, for the timeline.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub intervals: Vec<crate::claim::time::DateInterval>,
    /// Where the sentence stands in its file; none for a text without a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// NLI scores of a pair, both ways.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PairScores {
    /// Premise a, hypothesis b.
    pub forward: NliScores,
    /// Premise b, hypothesis a.
    pub backward: NliScores,
    /// The model was validated on this pair of languages.
    pub validated: bool,
}

/// A pair of claims with what lies between them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// SHA-256 (first 16 hexadecimal digits) of kind and the two claims' folded text, sorted.
    pub fingerprint: String,
    /// The dossier's id.
    pub dossier: String,
    /// The question the two sides answer differently, in the report's language.
    pub question: Message,
    /// What they disagree about.
    pub kind: Kind,
    /// How they stand to each other.
    pub relation: Relation,
    /// Calibrated probability, 0–1, that a careful reader agrees with kind and relation.
    pub confidence: f64,
    /// How much it matters.
    pub severity: Severity,
    /// Between whom it lies.
    pub voices: Voices,
    /// The side whose article comes first by id.
    pub a: Side,
    /// The other side.
    pub b: Side,
    /// NLI scores, both ways; none where the pair was not scored.
    pub nli: Option<PairScores>,
    /// Why this relation, in sentences for a reader, most important first.
    pub why: Vec<Message>,
    /// What lowered the confidence.
    pub lowered: Vec<Message>,
    /// The judge's features and their values, for whoever wants to know.
    pub features: BTreeMap<String, f64>,
}

/// A candidate pair with its NLI scores.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScoredPair {
    /// The pair.
    #[serde(flatten)]
    pub pair: CandidatePair,
    /// Scores both ways; none where NLI is off.
    pub nli: Option<PairScores>,
}

/// What to judge.
#[derive(Debug, Clone, Default)]
pub struct JudgeOptions {
    /// Kinds left out.
    pub without: Vec<Kind>,
    /// Also what NLI alone finds (kind `claim`).
    pub nli_alone: bool,
    /// Contradictions less sure than this are left out.
    pub min_contradiction: f64,
    /// Somebody chose the texts to compare: two sentences of them may speak of one thing though they share no name.
    pub chosen_pairs: bool,
    /// No slot is compared; for evaluations.
    pub without_slots: bool,
    /// Gates that everything passes; for evaluations.
    pub open: Open,
}

/// Findings of one dossier between the same two articles that are shown at most.
const MAX_PER_ARTICLE_PAIR: usize = 3;

/// The questions that slot tests ask of the NLI model about what the rules find, as far as `answers` lacks them.
pub fn slot_questions(
    corpus: &Corpus,
    values: &[SlotValue],
    scored: &[ScoredPair],
    languages: &Languages,
    options: &JudgeOptions,
    answers: &Answers,
) -> BTreeSet<(String, String)> {
    let compared = compare_pairs(corpus, values, scored, &languages.frames, options);
    let tests: Vec<SlotTest> = compared
        .flatten_iter()
        .filter(Compared::may_conflict)
        .map(|compared| SlotTest::of(&compared.context, languages))
        .collect();
    answers.missing(tests.iter())
}

/// Judges scored pairs; `answers` are those to [`slot_questions`]. Findings come strongest first: contradictions,
/// divergent accounts, updates and corrections, then the rest; agreement is no finding.
pub fn judge(
    corpus: &Corpus,
    values: &[SlotValue],
    scored: &[ScoredPair],
    answers: &Answers,
    languages: &Languages,
    calibration: &Calibration,
    options: &JudgeOptions,
) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        compare_pairs(corpus, values, scored, &languages.frames, options)
            .flat_map_iter(|all| {
                let mut found = strongest(all);
                // NLI speaks where no slot does, and where it is asked or sure.
                let some_slot_speaks = found.len() > 1;
                found.retain(|compared| {
                    let sure = compared
                        .context
                        .nli
                        .is_some_and(|nli| calibration.nli_alone(&nli) >= claim::MIN_PROBABILITY);
                    !compared.is_of_nli_alone() || !some_slot_speaks && (options.nli_alone || sure)
                });
                found
            })
            .map(|compared| compared.into_finding(calibration, languages, answers))
            .filter(|finding| !options.without.contains(&finding.kind))
            .filter(|finding| {
                finding.relation != Relation::Contradiction
                    || options.nli_alone && finding.kind == Kind::Claim
                    || finding.confidence >= options.min_contradiction
            })
            .collect();
    findings.sort_by(order);
    findings.dedup_by(|x, y| x.fingerprint == y.fingerprint);
    let mut shown: BTreeMap<(String, String, String), usize> = BTreeMap::new();
    findings.retain(|finding| {
        let key = (finding.dossier.clone(), finding.a.article.clone(), finding.b.article.clone());
        let count = shown.entry(key).or_default();
        *count += 1;
        *count <= MAX_PER_ARTICLE_PAIR || options.open.has(Gate::Crowding)
    });
    findings
}

/// The order of findings in a report.
pub fn order(x: &Finding, y: &Finding) -> std::cmp::Ordering {
    x.relation
        .cmp(&y.relation)
        .then_with(|| y.confidence.total_cmp(&x.confidence))
        .then_with(|| x.dossier.cmp(&y.dossier))
        .then_with(|| x.a.claim.cmp(&y.a.claim))
        .then_with(|| x.b.claim.cmp(&y.b.claim))
        .then_with(|| x.fingerprint.cmp(&y.fingerprint))
}

/// Two values with what the rule of their kind found.
struct Compared<'c> {
    context: Context<'c>,
    kind: Kind,
    comparison: Comparison,
}

/// For each pair of claims every pair of values that a rule could compare, agreement included.
fn compare_pairs<'c>(
    corpus: &'c Corpus,
    values: &'c [SlotValue],
    scored: &'c [ScoredPair],
    frames: &'c Frames,
    options: &'c JudgeOptions,
) -> impl ParallelIterator<Item = Vec<Compared<'c>>> {
    let mut by_claim: BTreeMap<usize, Vec<&SlotValue>> = BTreeMap::new();
    for value in values {
        by_claim.entry(value.claim).or_default().push(value);
    }
    let familiarity = Familiarity::new(corpus);
    scored.par_iter().map(move |pair| {
        let of = |claim| by_claim.get(claim).map_or(&[][..], Vec::as_slice);
        let (a, b) = (&corpus.claims[pair.pair.a], &corpus.claims[pair.pair.b]);
        let anchor = familiarity.anchor(frames, a, b);
        compare_all(corpus, frames, pair, &anchor, [of(&pair.pair.a), of(&pair.pair.b)], options)
    })
}

/// Every pair of values of two claims that a rule could compare, agreement included.
fn compare_all<'c>(
    corpus: &'c Corpus,
    frames: &'c Frames,
    pair: &ScoredPair,
    anchor: &Anchor,
    [of_a, of_b]: [&[&'c SlotValue]; 2],
    options: &'c JudgeOptions,
) -> Vec<Compared<'c>> {
    let mut found: Vec<Compared<'c>> = Vec::new();
    let side = |value: &'c SlotValue| {
        let claim = &corpus.claims[value.claim];
        corpus.article_of(claim).map(|article| context::Party { article, claim, value })
    };
    for a in of_a {
        if options.without_slots && a.slot != Slot::Claim {
            continue;
        }
        for b in of_b.iter().filter(|b| slots::compete(a, b)) {
            let loose = a.loose || b.loose || a.about != b.about;
            // Likeness finds what to look at; that two values are about one thing, it does not say.
            if loose && pair.pair.is_of_likeness_alone() && !options.open.has(Gate::SameEvent) {
                continue;
            }
            if loose
                && !options.open.has(Gate::SameEvent)
                && !may_be_one(frames, corpus, anchor, a, b)
            {
                continue;
            }
            let (Some(a), Some(b)) = (side(a), side(b)) else { continue };
            let aspect = aspect_of(&a.value.slot);
            if !options.open.has(Gate::ToldApart)
                && corpus.coreference.apart(a.value.claim, b.value.claim, aspect)
            {
                continue;
            }
            let anchor = anchor.clone();
            let open = &options.open;
            let context = Context { corpus, frames, a, b, nli: pair.nli, open, anchor, loose };
            let compared = match &a.value.slot {
                Slot::Time => time::compare(&context).map(|c| (Kind::Time, c)),
                Slot::Participants | Slot::Support => participant::compare(&context),
                Slot::Place => place::compare(&context).map(|c| (Kind::Place, c)),
                Slot::Denial => denial::compare(&context).map(|c| (Kind::Denial, c)),
                Slot::Quantity(_) => quantity::compare(&context).map(|c| (Kind::Quantity, c)),
                Slot::Outcome => outcome::compare(&context).map(|c| (Kind::Outcome, c)),
                Slot::State => state::compare(&context).map(|c| (Kind::Outcome, c)),
                Slot::Role(role) => role::compare(&context, *role),
                Slot::Pole(_) => pole::compare(&context),
                Slot::Claim => words::compare(&context).map(|c| (Kind::Denial, c)).or_else(|| {
                    claim::compare(&context, options.chosen_pairs).map(|c| (Kind::Claim, c))
                }),
            };
            found.extend(compared.map(|(kind, mut comparison)| {
                comparison.allow_for_correction(&context);
                Compared { context, kind, comparison }
            }));
        }
    }
    found
}

/// What two values of a slot dispute, and what therefore does not say whether they are of one happening.
fn aspect_of(slot: &Slot) -> Option<Aspect> {
    match slot {
        Slot::Time => Some(Aspect::Time),
        Slot::Participants | Slot::Support | Slot::Place | Slot::Role(_) => Some(Aspect::Names),
        Slot::Quantity(_) => Some(Aspect::Numbers),
        Slot::Denial | Slot::Outcome | Slot::State | Slot::Pole(_) | Slot::Claim => None,
    }
}

/// One finding per kind and pair of sentences: the strongest; agreement is none.
fn strongest(mut found: Vec<Compared<'_>>) -> Vec<Compared<'_>> {
    found.retain(|compared| compared.comparison.relation != Relation::Compatible);
    found.sort_by(|x, y| {
        (x.kind, x.comparison.relation)
            .cmp(&(y.kind, y.comparison.relation))
            .then_with(|| y.comparison.strength.total_cmp(&x.comparison.strength))
    });
    found.dedup_by_key(|x| x.kind);
    found
}

/// What sentences must share for values to be about one thing where no cluster says so.
const MIN_ANCHOR: f64 = 1.0;

/// The same for the dates of predicates outside every frame.
const MIN_SAID: f64 = 1.5;

/// Whether two values can be about one thing although no cluster with a theme holds both.
fn may_be_one(
    frames: &Frames,
    corpus: &Corpus,
    anchor: &Anchor,
    a: &SlotValue,
    b: &SlotValue,
) -> bool {
    let event = |value: &SlotValue| corpus.claims[value.claim].events.get(value.event?);
    if anchor.score() < MIN_ANCHOR || anchor.other_names || anchor.other_day && a.slot != Slot::Time
    {
        return false;
    }
    match (event(a), event(b)) {
        // Each about something else of one kind, as their own words say.
        (Some(x), Some(y)) => {
            // "The town" may be any that its article names. Scripts without capitals write every name so.
            let is_capital = |c: char| c.is_alphabetic() && !c.is_lowercase();
            let by_name = |text: &str| text.chars().any(is_capital);
            let theme = |e: &crate::claim::Event| {
                let role = crate::resolve::clusters::theme_role(e, frames.get(&e.kind)?)?;
                let mut fillers = e.roles.get(&role)?.iter();
                let named = fillers.find(|p| !p.entity.starts_with("group:") && by_name(&p.text));
                named.map(|p| p.entity.clone())
            };
            let other_theme = matches!((theme(x), theme(y)), (Some(x), Some(y)) if x != y);
            frames.family(&x.kind) == frames.family(&y.kind) && !other_theme
        }
        // When and where of what no frame knows: the same predicate of the same things, and more in common.
        (None, None) if matches!(a.slot, Slot::Time | Slot::Place) => {
            anchor.score() >= MIN_SAID && says_one_thing(corpus, anchor, a, b)
        }
        (None, None) => true,
        // A count of no event beside one of an event.
        _ => matches!(a.slot, Slot::Quantity(_)),
    }
}

/// Whether the predicates of two values are one word, or translations of each other, and share what fills one
/// of their places.
fn says_one_thing(corpus: &Corpus, anchor: &Anchor, a: &SlotValue, b: &SlotValue) -> bool {
    let (claim_a, claim_b) = (&corpus.claims[a.claim], &corpus.claims[b.claim]);
    let (Some(of_a), Some(of_b)) = (
        a.predicate.and_then(|at| claim_a.predicates.get(at)),
        b.predicate.and_then(|at| claim_b.predicates.get(at)),
    ) else {
        return false;
    };
    let common = |in_a: Span, in_b: Span| anchor.share_word(claim_a, in_a, claim_b, in_b);
    fn entity<'c>(claim: &'c Claim, argument: &Argument) -> Option<&'c str> {
        Some(claim.mentions.get(argument.mention?)?.entity.as_str())
    }
    let one = |x: &Argument, y: &Argument| {
        let named = entity(claim_a, x);
        x.time.is_none()
            && y.time.is_none()
            && (named.is_some() && named == entity(claim_b, y) || common(x.span, y.span))
    };
    common(of_a.span, of_b.span)
        && of_a.arguments.iter().any(|x| of_b.arguments.iter().any(|y| one(x, y)))
}

impl Compared<'_> {
    /// Whether no slot explains it.
    fn is_of_nli_alone(&self) -> bool {
        self.kind == Kind::Claim && self.context.a.value.slot == Slot::Claim
    }

    /// Whether it is, or may yet turn out to be, a conflict over a slot: what the NLI model is asked about.
    fn may_conflict(&self) -> bool {
        matches!(self.comparison.relation, Relation::Contradiction | Relation::DivergentAccount)
            && self.context.nli.is_some()
            && self.context.a.value.slot != Slot::Claim
    }

    /// Whether the two claims speak of one happening, the slot at stake left out.
    fn of_one_happening(&self) -> bool {
        let (a, b) = (self.context.a.value, self.context.b.value);
        self.context.corpus.coreference.same(a.claim, b.claim, aspect_of(&a.slot))
    }

    /// What the NLI model answered to the questions about the slot.
    fn slot_scores(
        &self,
        direction: Direction,
        languages: &Languages,
        answers: &Answers,
    ) -> SlotScores {
        if !self.may_conflict() {
            return SlotScores::default();
        }
        SlotTest::of(&self.context, languages).scores(answers, direction)
    }

    /// The features of the judge's model. Every one is between 0 and 1.
    fn features(&self, direction: Direction, slot_scores: &SlotScores) -> BTreeMap<String, f64> {
        let context = &self.context;
        let flag = |on: bool| f64::from(u8::from(on));
        let sides = [context.a, context.b].map(|side| side.value.factuality);
        let least_sure =
            sides.iter().filter(|read| read.hedge.is_some()).map(|read| read.certainty).max();
        let same_language = context.a.claim.language == context.b.claim.language;
        let mut features = BTreeMap::from([
            ("strength".to_owned(), self.comparison.strength),
            ("identity".to_owned(), context.identity_score()),
            ("hedged".to_owned(), flag(least_sure.is_some())),
            ("no-more-than-possible".to_owned(), flag(least_sure >= Some(Certainty::Possible))),
            ("same-language".to_owned(), flag(same_language)),
            ("same-day".to_owned(), flag(context.same_day())),
            ("lowered".to_owned(), flag(!self.comparison.lowered.is_empty())),
            ("anchor".to_owned(), (context.anchor.score() / 4.0).min(1.0)),
            ("loose".to_owned(), flag(context.loose)),
            ("same-happening".to_owned(), flag(self.of_one_happening())),
            (format!("kind-{}", name_of(&self.kind)), 1.0),
            (format!("relation-{}", name_of(&self.comparison.relation)), 1.0),
        ]);
        if let Some(nli) = &context.nli {
            let scores = direction.combine(nli.forward, nli.backward);
            let trusted = if nli.validated { 1.0 } else { 0.0 };
            let mut put = |name: &str, x: f32| {
                features.insert(name.to_owned(), f64::from(x) * trusted);
            };
            put("nli-contradiction", scores.contradiction);
            put("nli-entailment", scores.entailment);
            let mut put = |name: &str, score: Option<f64>| {
                if let Some(score) = score.filter(|_| nli.validated) {
                    features.insert(name.to_owned(), score);
                    features.insert(format!("{name}-asked"), 1.0);
                }
            };
            put("slot-same-event", slot_scores.same_event);
            put("slot-exclusive", slot_scores.exclusive);
            put("clause-contradiction", slot_scores.clauses);
        }
        features
    }

    fn confidence(&self, features: &BTreeMap<String, f64>, calibration: &Calibration) -> f64 {
        match &self.context.nli {
            Some(nli) if self.is_of_nli_alone() => calibration.nli_alone(nli),
            _ => calibration.probability(features),
        }
    }

    fn into_finding(
        self,
        calibration: &Calibration,
        languages: &Languages,
        answers: &Answers,
    ) -> Finding {
        let slot_scores = self.slot_scores(calibration.direction, languages, answers);
        let features = self.features(calibration.direction, &slot_scores);
        let confidence = self.confidence(&features, calibration);
        let Compared { context, kind, mut comparison } = self;
        if let Some(nli) = &context.nli {
            let (f, b) = (&nli.forward, &nli.backward);
            let score = |x: f32| format!("{x:.4}");
            let values =
                [("forward", score(f.contradiction)), ("backward", score(b.contradiction))];
            if !nli.validated {
                let mut languages =
                    vec![context.a.claim.language.clone(), context.b.claim.language.clone()];
                languages.dedup();
                let values = [("languages", languages.join(SEPARATOR))];
                comparison.lowered.push(Message::new("nli.unvalidated", values));
            } else if f.contradiction.max(b.contradiction) >= 0.5 {
                comparison.why.push(Message::new("nli.contradiction", values));
            }
            let told =
                [("nli.same-event", slot_scores.same_event), ("nli.agrees", slot_scores.exclusive)];
            for (id, score) in told {
                if let Some(score) = score.filter(|score| nli.validated && *score >= 0.5) {
                    let values = [("score", format!("{score:.4}"))];
                    comparison.why.push(Message::new(id, values));
                }
            }
        }
        for side in [context.a, context.b] {
            let factuality = side.value.factuality;
            if let Some(hedge) = factuality.hedge {
                let id = match factuality.certainty {
                    Certainty::Certain | Certainty::Probable => "hedged.probable",
                    Certainty::Possible => "hedged.possible",
                    Certainty::Unknown => "hedged.open",
                };
                let word = hedge.of_claim(side.claim).to_owned();
                let outlet = side.article.article.outlet_name().to_owned();
                comparison.lowered.push(Message::new(id, [("outlet", outlet), ("word", word)]));
            }
        }
        let about = dossier_of(&context);
        let mut evidence = comparison.evidence.take().into_iter().flatten();
        let severity = match comparison.relation {
            Relation::Contradiction if confidence >= 0.75 => Severity::High,
            Relation::Contradiction => Severity::Medium,
            Relation::DivergentAccount | Relation::Correction => Severity::Medium,
            _ => Severity::Low,
        };
        Finding {
            fingerprint: fingerprint::fingerprint(
                kind,
                &context.a.claim.text,
                &context.b.claim.text,
            ),
            question: question(&context),
            dossier: about,
            kind,
            relation: comparison.relation,
            confidence,
            severity,
            voices: context.voices(),
            a: side_of(&context.a, evidence.next()),
            b: side_of(&context.b, evidence.next()),
            nli: context.nli,
            why: comparison.why,
            lowered: comparison.lowered,
            features,
        }
    }
}

/// The dossier of a comparison: what it is about, and the slot.
fn dossier_of(context: &Context<'_>) -> String {
    if context.a.value.slot == Slot::Claim {
        // Two sentences are a question of their own.
        return format!("claim:{}/{}", context.a.claim.id, context.b.claim.id);
    }
    let slot = context.a.value.slot.name();
    if context.loose {
        // No cluster holds the two: what they share by name stands for it.
        let name = context.anchor.entity.as_deref().unwrap_or("?");
        let name = name.trim_start_matches("name:").replace(' ', "-");
        return format!("{LOOSE}{name}/{slot}");
    }
    format!("{}/{slot}", context.a.value.about)
}

/// What begins the ids of dossiers whose claims no event cluster holds together.
pub const LOOSE: &str = "about:";

fn question(context: &Context<'_>) -> Message {
    let value = context.a.value;
    let name = |id: &str| context.corpus.name_of(id).to_owned();
    let slot = value.slot.name();
    if let Slot::Quantity(of) = &value.slot {
        let shared = context.a.value.scope.intersection(&context.b.value.scope).next();
        let place = shared.map(|id| name(id)).unwrap_or_default();
        let known = context.frames.counts.questions.contains_key(of);
        let id = if known {
            format!("question.quantity.{of}")
        } else {
            "question.generic.quantity".to_owned()
        };
        return Message::new(&id, [("of", of.clone()), ("place", place.clone()), ("theme", place)]);
    }
    if let Slot::Pole(of) = &value.slot {
        let shared = context.anchor.entity.as_deref().map(name).unwrap_or_default();
        return Message::new(&format!("question.opposition.{of}"), [("theme", shared)]);
    }
    if value.slot == Slot::State {
        let theme = value.about.trim_start_matches(slots::STATE);
        return Message::new("question.generic.state", [("theme", name(theme))]);
    }
    // Of two frames of a family, the one that happens once gives the question.
    let single = |side: &context::Party<'_>| {
        side.event().is_some_and(|e| context.frames.get(&e.kind).is_some_and(|f| f.single))
    };
    let asking = if single(&context.b) && !single(&context.a) { &context.b } else { &context.a };
    let kind = asking.event().map_or("", |event| event.kind.as_str());
    if value.slot == Slot::Claim {
        let theme = context.anchor.entity.as_deref().map(name).unwrap_or_default();
        return Message::new("question.generic.claim", [("theme", theme)]);
    }
    let cluster = context
        .corpus
        .clusters
        .iter()
        .find(|c| c.id == value.about || c.kind == kind && c.course == value.about);
    let theme = cluster.and_then(|c| c.theme.as_deref()).map(name).unwrap_or_default();
    let about = context.a.event().and_then(|e| context.frames.get(&e.kind)?.theme.first().copied());
    let filler = |role: Role| {
        // A role that the event is about is filled by its theme, by name.
        if about == Some(role) && !theme.is_empty() {
            return theme.clone();
        }
        let of = |side: &context::Party<'_>| {
            Some(name(&side.event()?.roles.get(&role)?.first()?.entity))
        };
        of(&context.a).or_else(|| of(&context.b)).unwrap_or_default()
    };
    Message::new(
        &format!("question.{kind}.{slot}"),
        [
            ("theme", theme.clone()),
            ("agent", filler(Role::Agent)),
            ("patient", filler(Role::Patient)),
            ("place", filler(Role::Location)),
        ],
    )
}

fn side_of(side: &context::Party<'_>, evidence: Option<Vec<Span>>) -> Side {
    let article = &side.article.article;
    let published = article
        .date
        .map(|date| date.to_string())
        .or_else(|| side.article.assumed.as_ref().map(|assumed| format!("{assumed} (assumed)")));
    Side {
        article: article.id.clone(),
        outlet: article.outlet_name().to_owned(),
        claim: side.claim.id.clone(),
        published,
        span: side.claim.span,
        sentence: side.claim.text.clone(),
        evidence: evidence.unwrap_or_else(|| side.value.evidence.clone()),
        value: side.value.value.clone(),
        value_label: side.value.label.clone(),
        attribution: side.claim.attribution.clone(),
        intervals: side.value.intervals.clone(),
        place: (!article.path.is_empty()).then(|| locate::place(article, side.claim.span)),
    }
}

/// The kebab-case name of a plain enum value.
fn name_of<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}
