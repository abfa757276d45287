//! Quality of event coreference: which sentences of different articles are taken to speak of one event.
//!
//! Pairs of sentences of two articles of a story, both of which speak of an event: precision, recall and F1 of those
//! taken for one; and B³ (Bagga and Baldwin 1998) over all sentences that speak of an event.

use std::collections::BTreeMap;

use serde::Serialize;

use super::metrics::share;
use super::stories::GoldStory;
use super::table::{Section, number};
use crate::pipeline::Pipeline;
use crate::resolve::Corpus;
use crate::resolve::coreference::features::Aspect;

/// What says which sentences speak of one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum System {
    /// All sentences of a story do.
    OneStory,
    /// Those with events of one type about one thing.
    TypeAndTheme,
    /// Correlation clustering.
    Coreference,
    /// The same, dates left out between articles.
    WithoutTime,
    /// The same, names left out.
    WithoutNames,
}

impl System {
    const ALL: [System; 5] = [
        System::OneStory,
        System::TypeAndTheme,
        System::Coreference,
        System::WithoutTime,
        System::WithoutNames,
    ];

    fn name(self) -> &'static str {
        match self {
            System::OneStory => "one story, one event",
            System::TypeAndTheme => "type and theme",
            System::Coreference => "coreference",
            System::WithoutTime => "coreference without time",
            System::WithoutNames => "coreference without names",
        }
    }

    fn unites(self, corpus: &Corpus, a: usize, b: usize) -> bool {
        if a == b {
            return true;
        }
        let same = |left_out| corpus.coreference.same(a, b, left_out);
        match self {
            System::OneStory => {
                let story =
                    |claim: usize| corpus.article_of(&corpus.claims[claim]).map(|a| a.story);
                story(a) == story(b)
            }
            System::TypeAndTheme => corpus.clusters.iter().any(|cluster| {
                let holds = |claim| cluster.events.iter().any(|event| event.claim == claim);
                holds(a) && holds(b)
            }),
            System::Coreference => same(None),
            System::WithoutTime => same(Some(Aspect::Time)),
            System::WithoutNames => same(Some(Aspect::Names)),
        }
    }
}

/// How a system did on the stories of a file and split.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Figures {
    /// Stories.
    pub stories: usize,
    /// Pairs of sentences of two articles.
    pub pairs: usize,
    /// Of them, of one event.
    pub same: usize,
    /// Of these, taken for it.
    pub right: usize,
    /// Of two events, and taken for one.
    pub wrong: usize,
    /// Sentences that speak of an event.
    pub sentences: usize,
    /// Summed B³ precision of the sentences.
    #[serde(skip)]
    pub b3_precision: f64,
    /// Summed B³ recall.
    #[serde(skip)]
    pub b3_recall: f64,
}

impl Figures {
    /// Share of the pairs taken for one event that are.
    pub fn precision(&self) -> Option<f64> {
        share(self.right as f64, (self.right + self.wrong) as f64)
    }

    /// Share of the pairs of one event that are taken for it.
    pub fn recall(&self) -> Option<f64> {
        share(self.right as f64, self.same as f64)
    }

    /// B³ precision, recall.
    pub fn b3(&self) -> (Option<f64>, Option<f64>) {
        let sentences = self.sentences as f64;
        (share(self.b3_precision, sentences), share(self.b3_recall, sentences))
    }

    fn add(&mut self, corpus: &Corpus, gold: &[(usize, &str)], system: System) {
        self.stories += 1;
        for (at, &(a, event_a)) in gold.iter().enumerate() {
            for &(b, event_b) in &gold[at + 1..] {
                if corpus.claims[a].article == corpus.claims[b].article {
                    continue;
                }
                let (same, united) = (event_a == event_b, system.unites(corpus, a, b));
                self.pairs += 1;
                self.same += usize::from(same);
                self.right += usize::from(same && united);
                self.wrong += usize::from(!same && united);
            }
            let united: Vec<&str> = gold
                .iter()
                .filter(|(b, _)| system.unites(corpus, a, *b))
                .map(|(_, event)| *event)
                .collect();
            let right = united.iter().filter(|event| **event == event_a).count() as f64;
            let of_event = gold.iter().filter(|(_, event)| *event == event_a).count() as f64;
            self.sentences += 1;
            self.b3_precision += right / united.len() as f64;
            self.b3_recall += right / of_event;
        }
    }
}

/// The harmonic mean.
fn f1(precision: Option<f64>, recall: Option<f64>) -> Option<f64> {
    let (p, r) = (precision?, recall?);
    (p + r > 0.0).then(|| 2.0 * p * r / (p + r))
}

/// The name of all files together.
const ALL: &str = "all";

/// Figures by file, split and system.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// The file, or `all`.
    pub file: String,
    /// The split.
    pub split: String,
    /// What was asked.
    pub system: System,
    /// What came out.
    #[serde(flatten)]
    pub figures: Figures,
    /// See [`Figures::precision`].
    pub precision: Option<f64>,
    /// See [`Figures::recall`].
    pub recall: Option<f64>,
    /// Mean of the sentences' B³ precision: the share of the sentences taken for one event with it that are.
    pub b3_precision: Option<f64>,
    /// Mean of the sentences' B³ recall: the share of the sentences of one event with it that are taken for it.
    pub b3_recall: Option<f64>,
}

/// The gold event of each claim of a corpus that speaks of one.
pub fn gold<'s>(corpus: &Corpus, story: &'s GoldStory) -> Vec<(usize, &'s str)> {
    let event = |c: usize| {
        let claim = &corpus.claims[c];
        let article = story.articles.iter().position(|a| a.id == claim.article)?;
        let sentence = story.events[article].iter().find(|s| s.span.overlaps(&claim.span))?;
        Some((c, sentence.event.as_deref()?))
    };
    (0..corpus.claims.len()).filter_map(event).collect()
}

/// Reads the stories of files, each with its name, and compares with their gold.
pub fn evaluate(pipeline: &Pipeline, files: &[(String, Vec<GoldStory>)]) -> Vec<Row> {
    let mut rows: BTreeMap<(bool, String, String, System), Figures> = BTreeMap::new();
    for (file, stories) in files {
        for story in stories {
            let corpus = pipeline.resolve(story.articles.clone());
            let gold = gold(&corpus, story);
            for system in System::ALL {
                let mut figures = Figures::default();
                figures.add(&corpus, &gold, system);
                for (all, name) in [(false, file.as_str()), (true, ALL)] {
                    let key = (all, name.to_owned(), story.split.clone(), system);
                    rows.entry(key).or_default().join(&figures);
                }
            }
        }
    }
    let row = |((_, file, split, system), figures): (_, Figures)| {
        let (b3_precision, b3_recall) = figures.b3();
        let (precision, recall) = (figures.precision(), figures.recall());
        Row { file, split, system, figures, precision, recall, b3_precision, b3_recall }
    };
    rows.into_iter().map(row).collect()
}

impl Figures {
    fn join(&mut self, other: &Figures) {
        self.stories += other.stories;
        self.pairs += other.pairs;
        self.same += other.same;
        self.right += other.right;
        self.wrong += other.wrong;
        self.sentences += other.sentences;
        self.b3_precision += other.b3_precision;
        self.b3_recall += other.b3_recall;
    }
}

/// The figures as a table; `brief` tells of single files only what coreference says.
pub fn section(rows: &[Row], brief: bool) -> Section {
    let header = [
        "stories",
        "split",
        "system",
        "number",
        "pairs",
        "of one event",
        "precision",
        "recall",
        "F1",
        "B³ precision",
        "B³ recall",
        "B³ F1",
    ];
    let mut section = Section::new("Events: sentences of two articles that speak of one", &header);
    for row in rows {
        if brief && row.file != ALL && row.system != System::Coreference {
            continue;
        }
        section.row([
            row.file.clone(),
            row.split.clone(),
            row.system.name().to_owned(),
            row.figures.stories.to_string(),
            row.figures.pairs.to_string(),
            row.figures.same.to_string(),
            number(row.precision),
            number(row.recall),
            number(f1(row.precision, row.recall)),
            number(row.b3_precision),
            number(row.b3_recall),
            number(f1(row.b3_precision, row.b3_recall)),
        ]);
    }
    section
}
