//! A candidate pair as the rules see it.

use std::collections::BTreeSet;

use super::anchor::Anchor;
use super::gates::{Gate, Open};
use super::slots::{Slot, SlotValue};
use super::{Message, PairScores, Relation, Voices};
use crate::claim::time::DateInterval;
use crate::claim::{Claim, Event, FactualityKind};
use crate::language::frames::{Frame, Frames};
use crate::report::locale::nested;
use crate::resolve::clusters::{bounds, gap_days};
use crate::resolve::{Corpus, CorpusArticle};
use crate::span::Span;

/// One side of a pair, with the value at stake.
#[derive(Debug, Clone, Copy)]
pub struct Party<'c> {
    /// Its article.
    pub article: &'c CorpusArticle,
    /// Its claim.
    pub claim: &'c Claim,
    /// The value.
    pub value: &'c SlotValue,
}

impl<'c> Party<'c> {
    /// The event that the value belongs to.
    pub fn event(&self) -> Option<&'c Event> {
        self.claim.events.get(self.value.event?)
    }
}

/// Two values of one slot, from two claims.
#[derive(Debug, Clone)]
pub struct Context<'c> {
    /// The corpus.
    pub corpus: &'c Corpus,
    /// The frames.
    pub frames: &'c Frames,
    /// The side whose article comes first.
    pub a: Party<'c>,
    /// The other side.
    pub b: Party<'c>,
    /// NLI scores of the two sentences.
    pub nli: Option<PairScores>,
    /// Gates that everything passes.
    pub open: &'c Open,
    /// What the two sentences share.
    pub anchor: Anchor,
    /// No event cluster holds both values: they are about one thing as far as the anchor says.
    pub loose: bool,
}

/// What a rule found between two values.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// How they stand.
    pub relation: Relation,
    /// Share of the possible worlds in which both cannot hold, 0–1.
    pub strength: f64,
    /// Why, for a reader.
    pub why: Vec<Message>,
    /// What speaks against it.
    pub lowered: Vec<Message>,
    /// The words that say so on either side, where they are not those of the values.
    pub evidence: Option<[Vec<Span>; 2]>,
}

impl Comparison {
    /// A comparison with one reason.
    pub fn new(relation: Relation, strength: f64, why: Message) -> Self {
        Comparison { relation, strength, why: vec![why], lowered: Vec::new(), evidence: None }
    }

    /// The two values can both hold, and say the same as far as they go.
    pub fn agreement(values: [(&'static str, String); 2]) -> Self {
        Self::new(Relation::Compatible, 0.0, Message::new("agreement.same", values))
    }

    /// What an outlet takes back with a word that says so is a correction, whatever the rule makes of the values.
    pub fn allow_for_correction(&mut self, context: &Context<'_>) {
        use Relation::{Contradiction, DivergentAccount, Update};
        let differs = matches!(self.relation, Contradiction | DivergentAccount | Update);
        if let Some(side) = context.corrects().filter(|_| differs) {
            let span = side.claim.correction.unwrap_or(side.claim.span);
            let word = span.of_claim(side.claim).to_owned();
            let outlet = side.article.article.outlet_name().to_owned();
            let why = Message::new("correction.word", [("outlet", outlet), ("word", word)]);
            self.relation = Relation::Correction;
            self.why.insert(0, why);
        }
    }
}

impl<'c> Context<'c> {
    /// The frame of the event at stake.
    pub fn frame(&self) -> Option<&'c Frame> {
        self.frames.get(&self.a.event()?.kind)
    }

    /// Whether both sides put forward what they say: no question or denial, and no plan beside a fact. Two plans of
    /// one thing exclude each other like two facts.
    pub fn both_put_forward(&self) -> bool {
        if self.open.has(Gate::PutForward) {
            return true;
        }
        let planned = |side: &Party<'c>| side.value.factuality.kind == FactualityKind::Planned;
        if planned(&self.a) != planned(&self.b) {
            return false;
        }
        [self.a, self.b].iter().all(|side| {
            !matches!(side.value.factuality.kind, FactualityKind::Question | FactualityKind::Denied)
                && side.claim.factuality.kind != FactualityKind::Question
                && !side.event().map_or(&side.claim.factuality, |e| &e.factuality).supposed
        })
    }

    /// [`identity_score`](Self::identity_score), for gates to ask: 1 where the gate is open.
    pub fn identity(&self) -> f64 {
        if self.open.has(Gate::Identity) { 1.0 } else { self.identity_score() }
    }

    /// How likely the two events are one, with the slot at stake left out: 0–1.
    pub fn identity_score(&self) -> f64 {
        let shared = 0.1 * self.anchor.score().min(3.0);
        let (Some(a), Some(b)) = (self.a.event(), self.b.event()) else {
            return if self.loose { 0.4 + shared } else { 0.5 };
        };
        let mut score = if self.loose { 0.4 + shared } else { 0.5 };
        let own_theme = |event: &Event| {
            self.frames
                .get(&event.kind)
                .and_then(|frame| crate::resolve::clusters::own_theme(event, frame))
                .is_some()
        };
        score += 0.15 * f64::from(u8::from(own_theme(a)) + u8::from(own_theme(b)));
        if self.a.value.slot != Slot::Participants && self.a.value.slot != Slot::Support {
            let entities = |event: &Event| -> BTreeSet<String> {
                event
                    .roles
                    .values()
                    .flatten()
                    .map(|p| owner(&p.entity).to_owned())
                    .filter(|id| id != "group")
                    .collect()
            };
            let (ea, eb) = (entities(a), entities(b));
            if ea.len() > 1 && eb.len() > 1 {
                let shared = ea.intersection(&eb).count() as f64 / ea.len().min(eb.len()) as f64;
                score += 0.2 * (shared - 0.5);
            }
        }
        if !matches!(self.a.value.slot, Slot::Time | Slot::Denial)
            && let Some(days) = self.days_apart()
        {
            score -= 0.01 * f64::from(days.min(15));
        }
        let single = |event: &Event| self.frames.get(&event.kind).is_some_and(|f| f.single);
        if !single(a) && !single(b) {
            score -= 0.25;
        }
        score.clamp(0.0, 1.0)
    }

    /// The two values as they are told to a reader.
    pub fn labels(&self) -> [(&'static str, String); 2] {
        [("a", nested(&self.a.value.label)), ("b", nested(&self.b.value.label))]
    }

    /// Days between the publication of the two articles, for rules that take what is later for an update;
    /// none where one day is unknown, or that gate is open.
    pub fn publication_gap(&self) -> Option<i32> {
        if self.open.has(Gate::Later) { None } else { self.days_apart() }
    }

    fn days_apart(&self) -> Option<i32> {
        let a = bounds(&self.a.article.publication)?;
        let b = bounds(&self.b.article.publication)?;
        Some(gap_days(&a, &b))
    }

    /// Whether the article of `a` surely came out before that of `b`, or surely after it.
    pub fn published_first(&self) -> Option<bool> {
        let a = bounds(&self.a.article.publication)?;
        let b = bounds(&self.b.article.publication)?;
        (a.last < b.first || b.last < a.first).then_some(a.last < b.first)
    }

    /// The side that takes back what the other said: an outlet's own later words, or a source's, that say so.
    pub fn corrects(&self) -> Option<&Party<'c>> {
        let outlet = |side: &Party<'c>| side.article.article.outlet.as_deref();
        let own = outlet(&self.a).is_some() && outlet(&self.a) == outlet(&self.b);
        let [earlier, later] = match self.published_first() {
            Some(true) => [&self.a, &self.b],
            Some(false) => [&self.b, &self.a],
            None if self.a.claim.correction.is_some() => [&self.b, &self.a],
            None => [&self.a, &self.b],
        };
        let says_so = later.claim.correction.is_some() && earlier.claim.correction.is_none();
        (says_so && (own || self.same_source())).then_some(later)
    }

    /// Whether both articles surely came out on one day.
    pub fn same_day(&self) -> bool {
        let day = |article: &CorpusArticle| {
            let b = bounds(&article.publication)?;
            (b.first == b.last).then_some(b.first)
        };
        match (day(self.a.article), day(self.b.article)) {
            (Some(a), Some(b)) => a == b,
            _ => false,
        }
    }

    /// Whether the dates of the two events overlap; none where an event has no date.
    pub fn same_moment(&self) -> Option<bool> {
        let dated = |side: &Party<'c>| -> Option<Vec<DateInterval>> {
            let times = side.event()?.times.iter().filter_map(|&t| side.claim.times.get(t));
            let days: Vec<DateInterval> =
                times.filter(|t| t.dates_an_event()).flat_map(|t| t.intervals.clone()).collect();
            (!days.is_empty()).then_some(days)
        };
        let (a, b) = (dated(&self.a)?, dated(&self.b)?);
        Some(a.iter().any(|x| b.iter().any(|y| x.overlaps(y))))
    }

    /// Whether any sentence of the corpus names something of either value's scope together: then one may lie in the
    /// other, be a part of it or another name for it.
    pub fn named_together(&self) -> bool {
        let (a, b) = (&self.a.value.scope, &self.b.value.scope);
        self.corpus.claims.iter().any(|claim| {
            let names =
                |set: &BTreeSet<String>| claim.mentions.iter().any(|m| set.contains(&m.entity));
            names(a) && names(b)
        })
    }

    /// Whether the innermost named source of both sides is one.
    pub fn same_source(&self) -> bool {
        let source = |side: &Party<'_>| {
            side.claim
                .attribution
                .last()
                .filter(|s| !s.anonymous)
                .map(|s| s.entity.clone().unwrap_or_else(|| s.source.to_lowercase()))
        };
        match (source(&self.a), source(&self.b)) {
            (Some(a), Some(b)) => a == b,
            (None, None) => {
                let outlet = |side: &Party<'c>| side.article.article.outlet.as_deref();
                let speaks = |side: &Party<'_>| side.claim.attribution.is_empty();
                speaks(&self.a)
                    && speaks(&self.b)
                    && outlet(&self.a).is_some()
                    && outlet(&self.a) == outlet(&self.b)
            }
            _ => false,
        }
    }

    /// The source that both sides share, or the outlet.
    pub fn source_name(&self) -> String {
        let source = self.a.claim.attribution.last().map(|s| s.source.clone());
        source.unwrap_or_else(|| self.a.article.article.outlet_name().to_owned())
    }

    /// The remark that an article's publication day is not known.
    pub fn unknown_date(&self) -> Message {
        let exact = |article: &CorpusArticle| {
            bounds(&article.publication).is_some_and(|b| b.first == b.last)
        };
        let side = if exact(self.a.article) { self.b } else { self.a };
        Message::new("dates.unknown", [("article", side.article.article.id.clone())])
    }

    /// The remark that one article came out after the other.
    pub fn later(&self) -> Message {
        let day = |article: &CorpusArticle| {
            bounds(&article.publication).map_or_else(String::new, |b| b.first.to_string())
        };
        let (a, b) = (day(self.a.article), day(self.b.article));
        let (early, late, side) = if a <= b { (a, b, self.b) } else { (b, a, self.a) };
        let outlet = side.article.article.outlet_name().to_owned();
        Message::new("update.later", [("a_date", early), ("b_date", late), ("outlet", outlet)])
    }

    /// Between whom the pair lies.
    pub fn voices(&self) -> Voices {
        if self.same_source() {
            return Voices::SameSource;
        }
        match (self.a.claim.attribution.is_empty(), self.b.claim.attribution.is_empty()) {
            (true, true) => Voices::OutletOutlet,
            (false, false) => Voices::SourceSource,
            _ => Voices::OutletSource,
        }
    }
}

/// What stands before the colon of a country's parts; else the id.
pub fn owner(entity: &str) -> &str {
    match entity.split_once(':') {
        Some(("name", _)) | None => entity,
        Some((owner, _)) => owner,
    }
}
