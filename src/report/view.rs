//! The report in the reader's language: what text, Markdown and HTML have in common. Every string
//! here that comes from an article or a name has gone through [`visible`].

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::article::PartialDate;
use crate::claim::Attribution;
use crate::dossier::{Dossier, Holder, Position};
use crate::judge::{Finding, Message, Relation, Side};

use super::locale::{Locale, SEPARATOR, key};
use super::matrix::{self, Matrix};
use super::standing::{Standing, Standings};
use super::timeline::{self, Timeline};
use super::verdict::{self, VerdictView};
use super::visible::{Piece, pieces, visible};
use super::{Report, RunArticle, told};

/// Relations in the order of the report.
pub(crate) const RELATIONS: [Relation; 7] = [
    Relation::Contradiction,
    Relation::DivergentAccount,
    Relation::Update,
    Relation::Correction,
    Relation::Granularity,
    Relation::Scope,
    Relation::Compatible,
];

#[derive(Debug, Serialize)]
pub(crate) struct View {
    pub summary: Summary,
    /// Of a check.
    pub verdict: Option<VerdictView>,
    pub sections: Vec<Section>,
    /// What the page can hide: relations and kinds that occur; none where there is one of each.
    pub filters: Vec<Filter>,
    pub matrix: Option<Matrix>,
    pub articles: Vec<ArticleView>,
    pub problems: Vec<String>,
    pub version: String,
    pub model: String,
    /// The judge's weights were fitted for the model.
    pub calibrated: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct Summary {
    /// "5 articles, 83 claims, 214 pairs compared".
    pub read: String,
    /// "2 contradictions, 3 divergent accounts", or that there are none.
    pub found: String,
    /// Each relation that was found.
    pub counts: Vec<Count>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Count {
    pub relation: String,
    /// "2 contradictions".
    pub text: String,
    /// The number as the text begins with it, and the rest.
    pub n: String,
    pub text_after: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct Filter {
    /// Class of the dossiers: `r-update`, `k-time`.
    pub id: String,
    pub label: String,
}

/// Dossiers under one heading: contradictions, divergent accounts, the rest.
#[derive(Debug, Serialize)]
pub(crate) struct Section {
    pub id: &'static str,
    pub title: String,
    /// A remark under the heading.
    pub lead: Option<String>,
    /// Shown in short.
    pub compact: bool,
    pub dossiers: Vec<DossierView>,
}

#[derive(Debug, Serialize)]
pub(crate) struct DossierView {
    /// 1-based, over the whole report.
    pub number: usize,
    pub anchor: String,
    pub id: String,
    pub question: String,
    pub relation: String,
    pub relation_label: String,
    pub relation_hint: String,
    pub kind: String,
    pub kind_label: String,
    pub confidence: String,
    pub positions: Vec<PositionView>,
    pub findings: Vec<FindingView>,
    pub notes: Vec<String>,
    pub timeline: Option<Timeline>,
    /// What was told of a thing that changed, in order of publication; empty elsewhere.
    pub steps: Vec<StepView>,
}

/// A state of a thing, and when and by whom it was told.
#[derive(Debug, Serialize)]
pub(crate) struct StepView {
    pub date: String,
    pub value: String,
    pub outlets: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct PositionView {
    pub letter: String,
    pub label: String,
    pub origins: String,
    pub holders: Vec<HolderView>,
}

#[derive(Debug, Serialize)]
pub(crate) struct HolderView {
    pub article: String,
    pub outlet: String,
    /// "Sana", "une source militaire, via l'AFP"; none where the outlet speaks itself.
    pub sources: Option<String>,
    pub says: String,
    pub published: Option<String>,
    pub language: String,
    pub url: Option<String>,
    pub pieces: Vec<Piece>,
}

#[derive(Debug, Serialize)]
pub(crate) struct FindingView {
    /// Its place among the report's findings.
    pub at: usize,
    pub anchor: String,
    pub fingerprint: String,
    pub relation: String,
    pub relation_label: String,
    pub kind_label: String,
    pub confidence: String,
    pub severity: String,
    pub severity_label: String,
    pub voices: String,
    /// "A against C", by the letters of positions, or by the values.
    pub between: String,
    pub a: SideView,
    pub b: SideView,
    pub why: Vec<String>,
    pub lowered: Vec<String>,
    pub nli: Option<NliView>,
    pub features: Vec<(String, String)>,
    /// "fails", "accepted in the baseline: …": of a check, where it is more than shown.
    pub counts: Option<String>,
    /// Another finding of the same two positions and relation stands before it.
    pub repeats: bool,
}

#[derive(Debug, Serialize)]
pub(crate) struct SideView {
    pub letter: Option<String>,
    pub value: String,
    pub holder: HolderView,
}

#[derive(Debug, Serialize)]
pub(crate) struct NliView {
    pub forward: [String; 3],
    pub backward: [String; 3],
}

#[derive(Debug, Serialize)]
pub(crate) struct ArticleView {
    pub id: String,
    pub outlet: String,
    pub title: Option<String>,
    pub url: Option<String>,
    /// BCP 47 code.
    pub language: String,
    pub language_name: String,
    pub published: String,
    pub copy_of: Option<String>,
}

struct Builder<'r> {
    locale: &'r Locale,
    articles: BTreeMap<&'r str, &'r RunArticle>,
    report: &'r Report,
    standings: Standings<'r>,
}

/// The view of a report in a language.
pub(crate) fn view(report: &Report, locale: &Locale) -> View {
    let articles = report.run.articles.iter().map(|a| (a.id.as_str(), a)).collect();
    let builder = Builder { locale, articles, report, standings: Standings::new(report) };
    let mut sections = builder.sections();
    distinct_anchors(&mut sections);
    View {
        summary: builder.summary(),
        verdict: verdict::verdict(report, locale),
        filters: filters(&sections),
        sections,
        matrix: matrix::matrix(&report.findings, locale),
        articles: report.run.articles.iter().map(|a| builder.article(a)).collect(),
        problems: verdict::problems(report).map(|p| visible(p)).collect(),
        calibrated: report.run.calibrated,
        version: locale.fill("label.version", &[("version", visible(&report.run.version))]),
        model: match &report.run.model {
            Some(model) if report.run.calibrated => {
                locale.fill("label.model", &[("model", visible(model))])
            }
            Some(model) => locale.fill("label.uncalibrated", &[("model", visible(model))]),
            None => locale.label("label.no-model"),
        },
    }
}

impl Builder<'_> {
    fn text(&self, message: &Message) -> String {
        visible(&self.locale.text(message))
    }

    fn texts(&self, messages: &[Message]) -> Vec<String> {
        messages.iter().map(|message| self.text(message)).collect()
    }

    fn summary(&self) -> Summary {
        let run = &self.report.run;
        let read = self.locale.fill(
            "summary.read",
            &[
                ("articles", run.articles.len().to_string()),
                ("claims", run.claims.to_string()),
                ("pairs", run.pairs.to_string()),
            ],
        );
        let counts: Vec<Count> = RELATIONS
            .into_iter()
            .filter_map(|relation| {
                let n = self.report.findings.iter().filter(|f| f.relation == relation).count();
                (n > 0).then(|| {
                    let text = self.locale.relation_count(relation, n);
                    let (n, after) = text.split_once(' ').unwrap_or((&text, ""));
                    Count {
                        relation: key(&relation),
                        n: n.to_owned(),
                        text_after: after.to_owned(),
                        text,
                    }
                })
            })
            .collect();
        let found = match counts.is_empty() {
            true => self.locale.label("summary.clean"),
            false => counts.iter().map(|c| c.text.as_str()).collect::<Vec<_>>().join(", "),
        };
        Summary { read, found, counts }
    }

    fn sections(&self) -> Vec<Section> {
        let in_dossiers: BTreeSet<usize> =
            self.report.dossiers.iter().flat_map(|d| d.findings.iter().copied()).collect();
        // A finding that no dossier holds is still shown, as a dossier of its own.
        let alone: Vec<Dossier> = (0..self.report.findings.len())
            .filter(|at| !in_dossiers.contains(at))
            .filter_map(|at| Some(dossier_of(at, self.report.findings.get(at)?)))
            .collect();
        let mut all: Vec<&Dossier> = self.report.dossiers.iter().chain(&alone).collect();
        if self.standings.checked() {
            // What fails comes first under its heading.
            let fails = |at: &usize| {
                let finding = self.report.findings.get(*at);
                finding.is_some_and(|finding| self.standings.of(finding) == Standing::Fails)
            };
            all.sort_by_key(|dossier| !dossier.findings.iter().any(fails));
        }
        let mut number = 0;
        let mut section = |id: &'static str, title: &str, lead: Option<&str>, of: &[Relation]| {
            let dossiers: Vec<DossierView> = of
                .iter()
                .flat_map(|relation| all.iter().filter(move |d| d.relation == *relation))
                .map(|dossier| {
                    number += 1;
                    self.dossier(dossier, number)
                })
                .collect();
            (!dossiers.is_empty()).then(|| Section {
                id,
                title: self.locale.label(title),
                lead: lead.map(|lead| self.locale.label(lead)),
                compact: lead.is_some(),
                dossiers,
            })
        };
        [
            section("contradictions", "label.contradictions", None, &RELATIONS[..1]),
            section("divergent-accounts", "label.divergent-accounts", None, &RELATIONS[1..2]),
            section("others", "label.others", Some("label.others-lead"), &RELATIONS[2..]),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn dossier(&self, dossier: &Dossier, number: usize) -> DossierView {
        let question = self.text(&dossier.question);
        let letters: Vec<String> = (0..dossier.positions.len()).map(letter).collect();
        let mut seen = BTreeSet::new();
        let findings = dossier
            .findings
            .iter()
            .filter_map(|at| Some((*at, self.report.findings.get(*at)?)))
            .map(|(at, finding)| {
                let mut view = self.finding(finding, dossier, &letters);
                view.at = at;
                let known = view.a.letter.is_some() && view.b.letter.is_some();
                let first = seen.insert((view.between.clone(), finding.relation));
                view.repeats = known && !first;
                view
            })
            .collect();
        DossierView {
            number,
            anchor: format!("dossier-{number}"),
            id: visible(&dossier.id),
            relation: key(&dossier.relation),
            relation_label: self.locale.relation(dossier.relation),
            relation_hint: self.locale.label(&format!("relation.hint.{}", key(&dossier.relation))),
            kind: key(&dossier.kind),
            kind_label: self.locale.kind(dossier.kind),
            confidence: self.confidence(dossier.confidence),
            timeline: timeline::timeline(dossier, &question, self.locale),
            steps: self.steps(dossier),
            positions: dossier
                .positions
                .iter()
                .zip(&letters)
                .map(|(position, letter)| self.position(position, letter))
                .collect(),
            findings,
            notes: self.texts(&dossier.notes),
            question,
        }
    }

    /// The states of a thing that changed or was corrected, by the day of publication; none where fewer than
    /// two days are known.
    fn steps(&self, dossier: &Dossier) -> Vec<StepView> {
        if !matches!(dossier.relation, Relation::Update | Relation::Correction) {
            return Vec::new();
        }
        let mut told: BTreeMap<PartialDate, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
        let findings = dossier.findings.iter().filter_map(|&at| self.report.findings.get(at));
        for side in findings.flat_map(|finding| [&finding.a, &finding.b]) {
            let article = self.articles.get(side.article.as_str());
            let date = article.and_then(|a| a.published.as_deref()?.parse().ok());
            let Some(date) = date else { continue };
            let outlets = told.entry(date).or_default().entry(self.text(&side.value_label));
            outlets.or_default().insert(visible(&side.outlet));
        }
        if told.len() < 2 {
            return Vec::new();
        }
        let step = |date: PartialDate, value: &String, outlets: &BTreeSet<String>| StepView {
            date: self.locale.date_text(&date.to_string()).unwrap_or_else(|| date.to_string()),
            value: value.clone(),
            outlets: outlets.iter().map(String::as_str).collect::<Vec<_>>().join(SEPARATOR),
        };
        told.iter()
            .flat_map(|(&date, values)| values.iter().map(move |(value, by)| step(date, value, by)))
            .collect()
    }

    fn position(&self, position: &Position, letter: &str) -> PositionView {
        PositionView {
            letter: letter.to_owned(),
            label: self.text(&position.label),
            origins: self.locale.fill("label.origins", &[("n", position.origins.to_string())]),
            holders: position.holders.iter().map(|holder| self.holder(holder)).collect(),
        }
    }

    fn holder(&self, holder: &Holder) -> HolderView {
        let article = self.articles.get(holder.article.as_str());
        let outlet = visible(&holder.outlet);
        let sources =
            (!holder.attribution.is_empty()).then(|| sources(&holder.attribution, self.locale));
        let says = self.locale.fill(
            "label.says",
            &[("outlet", outlet.clone()), ("sources", sources.clone().unwrap_or_default())],
        );
        HolderView {
            article: visible(&holder.article),
            says,
            outlet,
            sources,
            published: article.and_then(|article| self.published(article)),
            language: article.map(|a| visible(&a.language)).unwrap_or_default(),
            url: article.and_then(|article| link(article)),
            pieces: pieces(&holder.sentence, holder.span, &holder.evidence),
        }
    }

    fn published(&self, article: &RunArticle) -> Option<String> {
        let date = article.published.as_ref()?;
        let date = self.locale.date_text(date).unwrap_or_else(|| visible(date));
        Some(match article.assumed {
            true => self.locale.fill("label.assumed", &[("date", date)]),
            false => date,
        })
    }

    fn finding(&self, finding: &Finding, dossier: &Dossier, letters: &[String]) -> FindingView {
        let a = self.side(&finding.a, dossier, letters);
        let b = self.side(&finding.b, dossier, letters);
        let name = |side: &SideView| side.letter.clone().unwrap_or_else(|| side.value.clone());
        FindingView {
            at: 0,
            anchor: format!("finding-{}", visible(&finding.fingerprint)),
            fingerprint: visible(&finding.fingerprint),
            relation: key(&finding.relation),
            relation_label: self.locale.relation(finding.relation),
            kind_label: self.locale.kind(finding.kind),
            confidence: self.confidence(finding.confidence),
            severity: key(&finding.severity),
            severity_label: self.locale.fill(
                "label.severity-value",
                &[("severity", self.locale.severity(finding.severity))],
            ),
            voices: self.locale.voices(finding.voices),
            between: self.locale.fill("label.between", &[("a", name(&a)), ("b", name(&b))]),
            a,
            b,
            why: self.texts(&finding.why),
            lowered: self.texts(&finding.lowered),
            nli: finding.nli.map(|nli| {
                let percents = |s: crate::nli::NliScores| {
                    [s.entailment, s.neutral, s.contradiction]
                        .map(|score| self.locale.percent(f64::from(score)))
                };
                NliView { forward: percents(nli.forward), backward: percents(nli.backward) }
            }),
            features: finding
                .features
                .iter()
                .map(|(name, value)| (visible(name), self.locale.number(*value)))
                .collect(),
            counts: told::counts(self.standings.of(finding), &self.standings, self.locale),
            repeats: false,
        }
    }

    fn side(&self, side: &Side, dossier: &Dossier, letters: &[String]) -> SideView {
        let holds = |p: &&Position| {
            p.holders.iter().any(|h| h.article == side.article && h.span == side.span)
        };
        // One sentence can hold two positions; the value tells which is meant.
        let position = dossier
            .positions
            .iter()
            .position(|p| p.value == side.value && holds(&p))
            .or_else(|| dossier.positions.iter().position(|p| p.value == side.value))
            .or_else(|| dossier.positions.iter().position(|p| holds(&p)));
        let holder = holder_of(side);
        SideView {
            letter: position.and_then(|at| letters.get(at).cloned()),
            value: self.text(&side.value_label),
            holder: self.holder(&holder),
        }
    }

    fn confidence(&self, confidence: f64) -> String {
        self.locale.fill("label.confidence-value", &[("p", confidence.to_string())])
    }

    fn article(&self, article: &RunArticle) -> ArticleView {
        ArticleView {
            id: visible(&article.id),
            outlet: visible(&article.outlet),
            title: article.title.as_deref().map(visible),
            url: link(article),
            language: visible(&article.language),
            language_name: visible(&self.locale.language(&article.language)),
            published: self
                .published(article)
                .unwrap_or_else(|| self.locale.label("label.unknown")),
            copy_of: article
                .copy_of
                .as_deref()
                .map(|id| self.locale.fill("label.copy-of", &[("article", visible(id))])),
        }
    }
}

/// The innermost source speaks; those that pass it on come after.
pub(crate) fn sources(attribution: &[Attribution], locale: &Locale) -> String {
    let quoted = attribution.iter().rev().map(|source| locale.quoted(&visible(&source.source)));
    quoted.collect::<Vec<_>>().join(" ← ")
}

/// Copies of an article give findings of one fingerprint; a page needs each anchor once.
fn distinct_anchors(sections: &mut [Section]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let dossiers = sections.iter_mut().flat_map(|section| &mut section.dossiers);
    for finding in dossiers.flat_map(|dossier| &mut dossier.findings) {
        let times = seen.entry(finding.anchor.clone()).or_default();
        *times += 1;
        if *times > 1 {
            finding.anchor = format!("{}-{times}", finding.anchor);
        }
    }
}

fn filters(sections: &[Section]) -> Vec<Filter> {
    let dossiers = || sections.iter().flat_map(|section| &section.dossiers);
    let mut filters: Vec<Filter> = Vec::new();
    let mut add = |found: Vec<(String, &String)>| {
        let mut group: Vec<Filter> = Vec::new();
        for (id, label) in found {
            if group.iter().all(|filter| filter.id != id) {
                group.push(Filter { id, label: label.clone() });
            }
        }
        if group.len() > 1 {
            filters.extend(group);
        }
    };
    add(dossiers().map(|d| (format!("r-{}", d.relation), &d.relation_label)).collect());
    add(dossiers().map(|d| (format!("k-{}", d.kind), &d.kind_label)).collect());
    filters
}

/// Position letters: A … Z, then A2 … Z2.
pub(crate) fn letter(at: usize) -> String {
    let name = char::from(b'A' + u8::try_from(at % 26).unwrap_or(0));
    match at / 26 {
        0 => name.to_string(),
        round => format!("{name}{}", round + 1),
    }
}

/// Only addresses of pages become links.
pub(crate) fn link(article: &RunArticle) -> Option<String> {
    let url = article.url.as_deref()?;
    let lower = url.to_ascii_lowercase();
    (lower.starts_with("https://") || lower.starts_with("http://")).then(|| visible(url))
}

fn holder_of(side: &Side) -> Holder {
    Holder {
        article: side.article.clone(),
        outlet: side.outlet.clone(),
        span: side.span,
        sentence: side.sentence.clone(),
        evidence: side.evidence.clone(),
        attribution: side.attribution.clone(),
    }
}

fn dossier_of(at: usize, finding: &Finding) -> Dossier {
    let position = |side: &Side| Position {
        value: side.value.clone(),
        label: side.value_label.clone(),
        intervals: side.intervals.clone(),
        origins: 1,
        holders: vec![holder_of(side)],
    };
    Dossier {
        id: finding.dossier.clone(),
        question: finding.question.clone(),
        kind: finding.kind,
        relation: finding.relation,
        confidence: finding.confidence,
        positions: vec![position(&finding.a), position(&finding.b)],
        findings: vec![at],
        notes: Vec::new(),
    }
}
