//! The stages in a row: what the command line runs, and what a library user calls.

use std::sync::Arc;

use rayon::prelude::*;

use crate::article::Article;
use crate::claim::{Claim, annotate};
use crate::dossier::{self, Dossier};
use crate::error::Result;
use crate::judge::calibration::Calibration;
use crate::judge::comparable::{self, Comparable};
use crate::judge::gates::{Ablation, Gate};
use crate::judge::slot_test::{self, Answers};
use crate::judge::slots::{self, SlotValue};
use crate::judge::{self, Finding, JudgeOptions, PairScores, ScoredPair};
use crate::language::Languages;
use crate::nli::{NliPair, Scorer, WordVectors};
use crate::pair::{self, CandidatePair, PairOptions};
use crate::report::{Report, Run, RunArticle};
use crate::resolve::{self, Corpus};

/// Called with the number of steps done and of all steps.
pub type Progress<'p> = dyn Fn(usize, usize) + Sync + 'p;

/// Everything that a run needs beside its articles.
pub struct Pipeline {
    /// Language packs, names and frames.
    pub languages: Arc<Languages>,
    /// The NLI model; none switches NLI off.
    pub scorer: Option<Box<dyn Scorer>>,
    /// The judge's weights.
    pub calibration: Calibration,
    /// Whether these were fitted for `scorer`. Where not, a report says so.
    pub calibrated: bool,
    /// Candidate pairs.
    pub pairing: PairOptions,
    /// All articles tell one story: whoever compares two sentences has decided that.
    pub one_story: bool,
    /// The language in which reports call countries and known cities.
    pub names_in: String,
    /// What finds sentences alike, in any language; none leaves it out.
    pub vectors: Option<&'static WordVectors>,
    /// Kinds to look for.
    pub judging: JudgeOptions,
}

/// The results of all stages, each of which can be dumped.
#[derive(Debug)]
pub struct Stages {
    /// Claims of all articles, resolved.
    pub corpus: Corpus,
    /// Slot values.
    pub values: Vec<SlotValue>,
    /// Scored candidate pairs.
    pub scored: Vec<ScoredPair>,
    /// What the model answered to questions about single slots.
    pub answers: Answers,
    /// Findings, strongest first.
    pub findings: Vec<Finding>,
    /// Dossiers, strongest first.
    pub dossiers: Vec<Dossier>,
}

/// From this confidence on a contradiction is right more often than wrong.
const MORE_LIKELY_RIGHT: f64 = 0.5;

impl Pipeline {
    /// A pipeline of built-in parts. Its weights are those of the built-in model, or without a scorer those
    /// for slots alone; whoever gives another scorer sets `calibration` and `calibrated`.
    ///
    /// # Errors
    /// When a built-in data file is malformed, which the crate's tests rule out.
    pub fn builtin(scorer: Option<Box<dyn Scorer>>) -> Result<Self> {
        let calibration = match scorer {
            Some(_) => Calibration::builtin()?,
            None => Calibration::without_nli()?,
        };
        Ok(Pipeline {
            languages: Arc::new(Languages::builtin()?),
            scorer,
            calibration,
            calibrated: true,
            pairing: PairOptions::default(),
            one_story: false,
            names_in: "en".to_owned(),
            vectors: Some(WordVectors::builtin()?),
            judging: JudgeOptions {
                min_contradiction: MORE_LIKELY_RIGHT,
                ..JudgeOptions::default()
            },
        })
    }

    /// For pairs of texts that somebody chose to compare: they tell one story, and half of them may conflict.
    pub fn compare_chosen_pairs(&mut self) {
        self.one_story = true;
        self.judging.chosen_pairs = true;
        self.calibration = self.calibration.of_chosen_pairs();
    }

    /// Leaves out what an ablation names.
    pub fn ablate(&mut self, ablations: &[Ablation]) {
        for ablation in ablations {
            match ablation {
                Ablation::Slots => {
                    self.judging.without_slots = true;
                    self.judging.nli_alone = true;
                }
                Ablation::Nli => self.scorer = None,
                Ablation::Gate(_) => {}
            }
        }
        let gates = ablations.iter().filter_map(|ablation| match ablation {
            Ablation::Gate(gate) => Some(*gate),
            _ => None,
        });
        self.judging.open.extend(gates);
        self.one_story |= self.judging.open.has(Gate::SameStory);
        self.pairing.any_weight |= self.judging.open.has(Gate::PairWeight);
    }

    /// Stage `annotate`: the claims of every article, in the articles' order.
    pub fn annotate(&self, articles: &[Article]) -> Vec<Claim> {
        articles
            .par_iter()
            .flat_map(|article| annotate::annotate(article, &self.languages))
            .collect()
    }

    /// Stages `annotate` and `resolve`.
    pub fn resolve(&self, mut articles: Vec<Article>) -> Corpus {
        articles.sort_by(|a, b| a.id.cmp(&b.id));
        let claims = self.annotate(&articles);
        resolve::resolve(articles, claims, &self.languages, self.one_story, None, &self.names_in)
    }

    /// Stage `pair`.
    pub fn pair(&self, corpus: &Corpus) -> Vec<CandidatePair> {
        pair::pair(corpus, &self.pairing, self.vectors)
    }

    /// Stage `score`: NLI both ways for every pair.
    ///
    /// # Errors
    /// When the model cannot score.
    pub fn score(
        &self,
        corpus: &Corpus,
        pairs: Vec<CandidatePair>,
        progress: &Progress<'_>,
    ) -> Result<Vec<ScoredPair>> {
        let Some(scorer) = &self.scorer else {
            return Ok(pairs.into_iter().map(|pair| ScoredPair { pair, nli: None }).collect());
        };
        let text = |claim: usize| corpus.claims[claim].text.as_str();
        let inputs: Vec<NliPair<'_>> = pairs
            .iter()
            .flat_map(|pair| {
                let (a, b) = (text(pair.a), text(pair.b));
                [NliPair { premise: a, hypothesis: b }, NliPair { premise: b, hypothesis: a }]
            })
            .collect();
        let total = inputs.len();
        let scores = scorer.score(&inputs, &|done| progress(done, total))?;
        let both_ways = scores.chunks_exact(2);
        Ok(pairs
            .into_iter()
            .zip(both_ways)
            .map(|(pair, scores)| {
                let language = |claim: usize| corpus.claims[claim].language.as_str();
                let validated = scorer.validated_for(language(pair.a), language(pair.b));
                let nli = PairScores { forward: scores[0], backward: scores[1], validated };
                ScoredPair { pair, nli: Some(nli) }
            })
            .collect())
    }

    /// All stages from articles to dossiers.
    ///
    /// # Errors
    /// When the model cannot score.
    pub fn run(&self, articles: Vec<Article>, progress: &Progress<'_>) -> Result<Stages> {
        self.run_resolved(self.resolve(articles), progress)
    }

    /// The stages after `resolve`.
    ///
    /// # Errors
    /// When the model cannot score.
    pub fn run_resolved(&self, corpus: Corpus, progress: &Progress<'_>) -> Result<Stages> {
        let pairs = self.pair(&corpus);
        let scored = self.score(&corpus, pairs, progress)?;
        let values = slots::values(&corpus, &self.languages.frames);
        self.finish(corpus, values, scored, Answers::default())
    }

    /// A finished run judged once more, with other weights or other gates; without a scorer, without its scores.
    ///
    /// # Errors
    /// When the model cannot score.
    pub fn judge_again(&self, stages: &Stages) -> Result<Stages> {
        let mut scored = stages.scored.clone();
        if self.scorer.is_none() {
            scored.iter_mut().for_each(|pair| pair.nli = None);
        }
        let answers = stages.answers.clone();
        self.finish(stages.corpus.clone(), stages.values.clone(), scored, answers)
    }

    fn finish(
        &self,
        corpus: Corpus,
        values: Vec<SlotValue>,
        scored: Vec<ScoredPair>,
        mut answers: Answers,
    ) -> Result<Stages> {
        let findings = self.judge(&corpus, &values, &scored, &self.judging, &mut answers)?;
        let dossiers = dossier::group(&corpus, &values, &findings);
        Ok(Stages { corpus, values, scored, answers, findings, dossiers })
    }

    /// Stage `judge`: asks the model about the slots that differ, as far as `answers` does not know, and gives the
    /// findings, strongest first.
    ///
    /// # Errors
    /// When the model cannot score.
    pub fn judge(
        &self,
        corpus: &Corpus,
        values: &[SlotValue],
        scored: &[ScoredPair],
        options: &JudgeOptions,
        answers: &mut Answers,
    ) -> Result<Vec<Finding>> {
        let languages = &self.languages;
        if let Some(scorer) = &self.scorer {
            let asked = judge::slot_questions(corpus, values, scored, languages, options, answers);
            let scores = scorer.score(&slot_test::as_pairs(&asked), &|_| ())?;
            answers.add(asked, scores);
        }
        Ok(judge::judge(corpus, values, scored, answers, languages, &self.calibration, options))
    }

    /// The comparable pairs of a finished run: what rates of conflict are counted on.
    pub fn comparable<'s>(&'s self, stages: &'s Stages) -> Vec<Comparable<'s>> {
        let Stages { corpus, values, scored, answers, .. } = stages;
        let (languages, calibration) = (&self.languages, &self.calibration);
        let options = &self.judging;
        comparable::comparable(corpus, values, scored, answers, languages, calibration, options)
    }

    /// What a report shows of a run.
    pub fn report(&self, stages: Stages, problems: Vec<String>) -> Report {
        let articles = stages
            .corpus
            .articles
            .iter()
            .map(|entry| {
                let article = &entry.article;
                RunArticle {
                    id: article.id.clone(),
                    outlet: article.outlet_name().to_owned(),
                    title: article.title.clone(),
                    url: article.url.clone(),
                    language: article.language.clone(),
                    published: article
                        .date
                        .map(|date| date.to_string())
                        .or_else(|| entry.assumed.clone()),
                    assumed: entry.assumed.is_some()
                        || article.date_source == crate::article::DateSource::Assumed,
                    copy_of: (entry.origin != article.id).then(|| entry.origin.clone()),
                }
            })
            .collect();
        Report {
            run: Run {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                model: self.scorer.as_ref().map(|scorer| scorer.name().to_owned()),
                calibrated: self.calibrated,
                model_digest: self.scorer.as_ref().map(|scorer| scorer.digest().to_owned()),
                articles,
                claims: stages.corpus.claims.len(),
                pairs: stages.scored.len(),
                problems,
            },
            dossiers: stages.dossiers,
            findings: stages.findings,
            check: None,
        }
    }
}
