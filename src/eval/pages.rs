//! A pair set turned into articles, so that retrieval, judging and ranking are measured together.
//!
//! All premises of one source page are one article and all its hypotheses another, a paragraph each. The
//! labelled pairs are the gold: contradictions are conflicts, the rest are none. Every other pair of
//! sentences that meets is *unlabelled*: nobody said whether it is a conflict, so it is counted apart, and
//! neither for nor against the tool. Pages are about different matters, so few unlabelled pairs of two pages
//! can be conflicts; those of one page may well be.

use std::collections::BTreeMap;

use serde::Serialize;

use super::bootstrap::{Measured, Resampling, measure, number_groups};
use super::corpus::Share;
use super::labelled::LabelledSet;
use super::metrics::{self, Bin, Ranking};
use crate::article::{Article, DateSource};
use crate::claim::Claim;
use crate::judge::fingerprint::hex;
use crate::judge::{Finding, Relation};
use crate::pipeline::{Pipeline, Stages};
use crate::span::Span;

/// Articles made of a pair set, and where each labelled pair stands in them.
#[derive(Debug)]
pub struct Pages {
    /// Two articles a page: `p001-a` of premises, `p001-b` of hypotheses.
    pub articles: Vec<Article>,
    /// Number of source pages.
    number: usize,
    /// For each labelled pair where its two texts stand.
    places: Vec<[Place; 2]>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    article: String,
    span: Span,
}

impl Place {
    fn holds(&self, claim: &Claim) -> bool {
        claim.article == self.article
            && self.span.start <= claim.span.start
            && claim.span.end <= self.span.end
    }
}

impl Pages {
    /// Makes two articles of each group of rows; a text that several rows share stands there once. A language
    /// that no row tells is one of `known`, if any fits.
    pub fn new(set: &LabelledSet, group: Option<&str>, known: &[&str]) -> Self {
        let numbers = number_groups(set.pairs.iter().map(|pair| pair.group(group)));
        let pages = numbers.iter().max().map_or(0, |last| last + 1);
        let width = pages.to_string().len();
        let mut texts: Vec<[String; 2]> = vec![Default::default(); pages];
        let mut spans: BTreeMap<(usize, usize, &str), Span> = BTreeMap::new();
        let mut places = Vec::new();
        for (pair, &page) in set.pairs.iter().zip(&numbers) {
            let sides: [&str; 2] = [&pair.premise, &pair.hypothesis];
            let place =
                |side: usize, texts: &mut Vec<[String; 2]>, spans: &mut BTreeMap<_, Span>| {
                    let text = &mut texts[page][side];
                    let span = *spans.entry((page, side, sides[side])).or_insert_with(|| {
                        if !text.is_empty() {
                            text.push_str("\n\n");
                        }
                        let start = text.len();
                        text.push_str(sides[side]);
                        Span::new(start, text.len())
                    });
                    Place { article: article_id(page, side, width), span }
                };
            places.push([place(0, &mut texts, &mut spans), place(1, &mut texts, &mut spans)]);
        }
        let language = |page: usize, side: usize, text: &str| {
            let of_page = set.pairs.iter().zip(&numbers).find(|(_, number)| **number == page);
            let told = of_page.map(|(pair, _)| if side == 0 { &pair.told_a } else { &pair.told_b });
            told.and_then(|told| told.language.clone())
                .unwrap_or_else(|| crate::article::ingest::detect_language(text, known))
        };
        let articles = texts
            .into_iter()
            .enumerate()
            .flat_map(|(page, sides)| {
                sides.into_iter().enumerate().map(move |(side, text)| (page, side, text))
            })
            .map(|(page, side, text)| Article {
                id: article_id(page, side, width),
                path: String::new(),
                outlet: None,
                title: None,
                url: None,
                country: None,
                editorial: Default::default(),
                language: language(page, side, &text),
                date: None,
                date_source: DateSource::Unknown,
                body: Span::new(0, text.len()),
                layout: Default::default(),
                cut: false,
                hash: hex(&text),
                text,
            })
            .collect();
        Pages { articles, number: pages, places }
    }

    /// The labelled pairs between two claims: none, or one, or several rows of the same texts.
    fn labelled(&self, a: &Claim, b: &Claim) -> Vec<usize> {
        let between = |[x, y]: &[Place; 2]| x.holds(a) && y.holds(b) || x.holds(b) && y.holds(a);
        (0..self.places.len()).filter(|&row| between(&self.places[row])).collect()
    }
}

fn article_id(page: usize, side: usize, width: usize) -> String {
    format!("p{:0width$}-{}", page + 1, ["a", "b"][side])
}

/// Figures of a pair set told as articles.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PageFigures {
    /// The set: its file's name.
    pub set: String,
    /// The model's name, or `none`.
    pub model: String,
    /// What was left out of the tool.
    pub without: Vec<String>,
    /// Source pages; two articles each.
    pub pages: usize,
    /// Claims read off them.
    pub claims: usize,
    /// Candidate pairs judged.
    pub candidates: usize,
    /// Of the candidates, those between the texts of a labelled pair.
    pub labelled_candidates: usize,
    /// Labelled contradictions, and how many of them were retrieved: a candidate pair lies between their texts.
    pub retrieved_conflicts: Share,
    /// The same of the other labelled pairs.
    pub retrieved_others: Share,
    /// Contradictions shown: labelled contradictions (right), other labelled pairs (wrong), unlabelled pairs.
    pub shown: Shown,
    /// Labelled contradictions that are shown, of all.
    pub recall: Option<Measured>,
    /// Labelled contradictions among the labelled pairs that are shown.
    pub precision: Option<Measured>,
    /// How well the judge's probability ranks the retrieved labelled pairs.
    pub ranking: RankingFigures,
    /// How well the probability by NLI alone ranks them, whatever the slots say.
    pub nli_ranking: Option<RankingFigures>,
    /// What NLI alone would show from a probability of contradiction on.
    pub nli_thresholds: Vec<Threshold>,
}

/// Contradictions shown between the texts of a pair set; each pair of texts counts once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// Of labelled contradictions.
    pub right: usize,
    /// Of other labelled pairs.
    pub wrong: usize,
    /// Findings between sentences of one page that no labelled pair has.
    pub unlabelled_same_page: usize,
    /// Findings between sentences of two pages.
    pub unlabelled_other_page: usize,
}

/// How well a probability ranks labelled pairs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RankingFigures {
    /// Pairs ranked.
    pub pairs: usize,
    /// Area under the ROC curve.
    pub auroc: Option<Measured>,
    /// Average precision.
    pub average_precision: Option<Measured>,
    /// Expected calibration error.
    pub calibration_error: Option<Measured>,
    /// The reliability diagram.
    pub reliability: Vec<Bin>,
}

/// What NLI alone would show.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Threshold {
    /// The model's probability of contradiction from which a pair is shown.
    pub contradiction: f64,
    /// The calibrated probability of a conflict there; none where it was not fitted.
    pub probability: Option<f64>,
    /// Labelled contradictions shown.
    pub right: usize,
    /// Other labelled pairs shown.
    pub wrong: usize,
    /// Unlabelled candidates shown.
    pub unlabelled: usize,
}

/// Thresholds of the model's probability that are tried.
const THRESHOLDS: [f64; 8] = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99];

/// What a run says of one labelled pair.
#[derive(Debug, Clone, Copy, Default)]
struct Said {
    retrieved: bool,
    shown: bool,
    confidence: f64,
    contradiction: f64,
    nli: f64,
}

/// Compares a run over [`Pages`] with the labels.
pub fn evaluate(
    set: &LabelledSet,
    pages: &Pages,
    pipeline: &Pipeline,
    stages: &Stages,
    without: Vec<String>,
    group: Option<&str>,
    resampling: Resampling,
) -> PageFigures {
    let claims = &stages.corpus.claims;
    let calibration = &pipeline.calibration;
    let mut said = vec![Said::default(); set.pairs.len()];
    let mut unlabelled: Vec<f64> = Vec::new();
    let mut labelled_candidates = 0;
    for scored in &stages.scored {
        let labelled = pages.labelled(&claims[scored.pair.a], &claims[scored.pair.b]);
        let contradiction = scored.nli.map_or(0.0, |nli| {
            let scores = calibration.direction.combine(nli.forward, nli.backward);
            f64::from(scores.contradiction)
        });
        if labelled.is_empty() {
            unlabelled.push(contradiction);
            continue;
        }
        labelled_candidates += 1;
        for row in labelled {
            let said = &mut said[row];
            said.retrieved = true;
            said.contradiction = said.contradiction.max(contradiction);
            said.nli = said.nli.max(scored.nli.map_or(0.0, |nli| calibration.nli_alone(&nli)));
        }
    }
    let mut shown = Shown::default();
    for finding in stages.findings.iter().filter(|f| f.relation == Relation::Contradiction) {
        let labelled = labelled_between(stages, pages, finding);
        for &row in &labelled {
            said[row].shown = true;
            said[row].confidence = said[row].confidence.max(finding.confidence);
        }
        if !labelled.is_empty() {
            continue;
        }
        if page_of(&finding.a.article) == page_of(&finding.b.article) {
            shown.unlabelled_same_page += 1;
        } else {
            shown.unlabelled_other_page += 1;
        }
    }
    let conflict: Vec<bool> = set.pairs.iter().map(|pair| pair.gold.is_contradiction()).collect();
    let rows = || said.iter().zip(&conflict);
    shown.right = rows().filter(|(said, is)| said.shown && **is).count();
    shown.wrong = rows().filter(|(said, is)| said.shown && !**is).count();
    let retrieved =
        |of: bool| Share::count(rows().filter(|(_, is)| **is == of), |(said, _)| said.retrieved);
    let groups = number_groups(set.pairs.iter().map(|pair| pair.group(group)));
    let measured = measure(&groups, resampling, |counts| {
        let sum = |wanted: &dyn Fn(&Said, bool) -> bool| -> f64 {
            let hits = rows().zip(counts).filter(|((said, is), _)| wanted(said, **is));
            hits.map(|(_, &count)| f64::from(count)).sum()
        };
        let right = sum(&|said, is| said.shown && is);
        let (conflicts, all) = (sum(&|_, is| is), sum(&|said, _| said.shown));
        vec![(conflicts > 0.0).then(|| right / conflicts), (all > 0.0).then(|| right / all)]
    });
    let ranking = |probability: &dyn Fn(&Said) -> f64| {
        let kept: Vec<usize> = (0..said.len()).filter(|&row| said[row].retrieved).collect();
        let probability: Vec<f64> = kept.iter().map(|&row| probability(&said[row])).collect();
        let truth: Vec<bool> = kept.iter().map(|&row| conflict[row]).collect();
        let groups = number_groups(kept.iter().map(|&row| groups[row]));
        rank(&probability, &truth, &groups, resampling)
    };
    PageFigures {
        set: set.name.clone(),
        model: pipeline.scorer.as_ref().map_or("none", |scorer| scorer.name()).to_owned(),
        without,
        pages: pages.number,
        claims: claims.len(),
        candidates: stages.scored.len(),
        labelled_candidates,
        retrieved_conflicts: retrieved(true),
        retrieved_others: retrieved(false),
        shown,
        recall: measured[0],
        precision: measured[1],
        ranking: ranking(&|said| if said.shown { said.confidence } else { said.nli }),
        nli_ranking: pipeline.scorer.as_ref().map(|_| ranking(&|said| said.contradiction)),
        nli_thresholds: match pipeline.scorer {
            None => Vec::new(),
            Some(_) => THRESHOLDS
                .into_iter()
                .map(|from| Threshold {
                    contradiction: from,
                    probability: calibration.nli_alone.map(|fitted| fitted.probability(from)),
                    right: rows()
                        .filter(|(s, is)| **is && s.retrieved && s.contradiction >= from)
                        .count(),
                    wrong: rows()
                        .filter(|(s, is)| !**is && s.retrieved && s.contradiction >= from)
                        .count(),
                    unlabelled: unlabelled.iter().filter(|&&c| c >= from).count(),
                })
                .collect(),
        },
    }
}

fn rank(
    probability: &[f64],
    truth: &[bool],
    groups: &[usize],
    resampling: Resampling,
) -> RankingFigures {
    let ranking = Ranking::new(probability, truth);
    let measured = measure(groups, resampling, |counts| {
        vec![
            ranking.auroc(counts),
            ranking.average_precision(counts),
            metrics::calibration_error(probability, truth, counts),
        ]
    });
    RankingFigures {
        pairs: truth.len(),
        auroc: measured[0],
        average_precision: measured[1],
        calibration_error: measured[2],
        reliability: metrics::reliability(probability, truth, &vec![1; truth.len()], metrics::BINS),
    }
}

/// The labelled pairs that a finding lies between.
fn labelled_between(stages: &Stages, pages: &Pages, finding: &Finding) -> Vec<usize> {
    let claim = |id: &str| stages.corpus.claims.iter().find(|claim| claim.id == id);
    match (claim(&finding.a.claim), claim(&finding.b.claim)) {
        (Some(a), Some(b)) => pages.labelled(a, b),
        _ => Vec::new(),
    }
}

/// `p001` of `p001-a`.
fn page_of(article: &str) -> &str {
    article.rsplit_once('-').map_or(article, |(page, _)| page)
}
