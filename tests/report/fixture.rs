//! A report made by hand: one contradiction in time with three positions, a divergent account, an
//! update, a quotation in Arabic, and text that would like to break the page.

use std::collections::BTreeMap;

use crossclaim::check::{
    Accepted, BaselineEntry, ChangedSide, CheckSummary, Persona, Reopened, Thresholds, Uncompared,
    Verdict,
};
use crossclaim::claim::Attribution;
use crossclaim::claim::quantity::Quantity;
use crossclaim::claim::time::DateInterval;
use crossclaim::dossier::{Dossier, Holder, Position};
use crossclaim::judge::{Finding, Kind, Message, PairScores, Relation, Severity, Side, Voices};
use crossclaim::nli::NliScores;
use crossclaim::report::label::{self, nested};
use crossclaim::report::locate::{Columns, Place};
use crossclaim::report::{Report, Run, RunArticle};
use crossclaim::span::Span;

/// A script, an ANSI escape, a right-to-left override, a zero-width space and Markdown.
pub const HOSTILE: &str = "<script>alert(1)</script> \u{1b}[31mred\u{1b}[0m \u{202e}evil\u{202c} a\u{200b}b **bold** @octocat #1 https://evil.example";

fn day(text: &str) -> DateInterval {
    stretch(text, text)
}

fn stretch(first: &str, last: &str) -> DateInterval {
    DateInterval { first: first.parse().unwrap(), last: last.parse().unwrap() }
}

/// Where `part` stands in `sentence`, in an article whose sentence begins at `offset`.
fn at(sentence: &str, offset: usize, part: &str) -> Span {
    let start = sentence.find(part).unwrap();
    Span::new(start, start + part.len()).shifted(offset)
}

fn source(sentence: &str, offset: usize, name: &str, cue: &str) -> Attribution {
    Attribution {
        source: name.to_owned(),
        source_span: at(sentence, offset, name),
        cue: cue.to_owned(),
        span: at(sentence, offset, cue),
        content: Span::new(offset, offset + sentence.len()),
        anonymous: name.starts_with("une "),
        direct: false,
        entity: None,
    }
}

struct Voice {
    article: &'static str,
    outlet: &'static str,
    offset: usize,
    sentence: &'static str,
    evidence: &'static [&'static str],
    source: Option<(&'static str, &'static str)>,
}

impl Voice {
    fn holder(&self) -> Holder {
        Holder {
            article: self.article.to_owned(),
            outlet: self.outlet.to_owned(),
            span: Span::new(self.offset, self.offset + self.sentence.len()),
            sentence: self.sentence.to_owned(),
            evidence: self.evidence.iter().map(|e| at(self.sentence, self.offset, e)).collect(),
            attribution: self
                .source
                .iter()
                .map(|(name, cue)| source(self.sentence, self.offset, name, cue))
                .collect(),
        }
    }

    fn side(&self, value: &str, label: &Message, intervals: &[DateInterval]) -> Side {
        let holder = self.holder();
        Side {
            article: holder.article,
            outlet: holder.outlet,
            claim: format!("{}#{}", self.article, self.offset),
            published: Some("2017-11".to_owned()),
            span: holder.span,
            sentence: holder.sentence,
            evidence: holder.evidence,
            value: value.to_owned(),
            value_label: label.clone(),
            attribution: holder.attribution,
            intervals: intervals.to_vec(),
            place: self.place(),
        }
    }

    /// A line each 100 bytes; the Arabic article is a page, the last one is no file.
    fn place(&self) -> Option<Place> {
        let line = 1 + self.offset / 100;
        let first = 1 + self.offset % 100;
        let columns = Columns {
            characters: (first, first + self.sentence.chars().count()),
            utf16: (first, first + self.sentence.encode_utf16().count()),
        };
        match self.article {
            "a3" => Some(Place {
                path: "batch/صدى.html".to_owned(),
                line: 12,
                end_line: 12,
                columns: None,
            }),
            "a4" => None,
            // Two lines.
            "a5" => Some(Place {
                path: "batch/a 5%.txt".to_owned(),
                line,
                end_line: line + 1,
                columns: Some(columns),
            }),
            id => Some(Place {
                path: format!("archive/{id}.md"),
                line,
                end_line: line,
                columns: Some(columns),
            }),
        }
    }
}

fn position(
    value: &str,
    label: &Message,
    intervals: &[DateInterval],
    voices: &[&Voice],
) -> Position {
    Position {
        value: value.to_owned(),
        label: label.clone(),
        intervals: intervals.to_vec(),
        origins: voices.len(),
        holders: voices.iter().map(|voice| voice.holder()).collect(),
    }
}

fn scores(entailment: f32, neutral: f32, contradiction: f32) -> NliScores {
    NliScores { entailment, neutral, contradiction }
}

fn article(id: &str, outlet: &str, language: &str, published: Option<&str>) -> RunArticle {
    RunArticle {
        id: id.to_owned(),
        outlet: outlet.to_owned(),
        title: None,
        url: None,
        language: language.to_owned(),
        published: published.map(str::to_owned),
        assumed: false,
        copy_of: None,
    }
}

const GAZETTE: Voice = Voice {
    article: "a1",
    outlet: "La Gazette",
    offset: 120,
    sentence: "Le dernier bastion, la ville d’Abou Kamal, est tombé ce 8 novembre.",
    evidence: &["est tombé", "ce 8 novembre"],
    source: None,
};
const COURRIER: Voice = Voice {
    article: "a2",
    outlet: "Courrier du Levant",
    offset: 0,
    sentence: "L’armée et ses alliés ont chassé dimanche le groupe de Boukamal, rapporte une source militaire.",
    evidence: &["ont chassé", "dimanche"],
    source: Some(("une source militaire", "rapporte")),
};
const SADA: Voice = Voice {
    article: "a3",
    outlet: "صدى الفرات",
    offset: 44,
    sentence: "سيطر الجيش السوري على مدينة البوكمال ليلة الجمعة، بحسب وكالة سانا.",
    evidence: &["ليلة الجمعة"],
    source: Some(("وكالة سانا", "بحسب")),
};
const HACKER: Voice = Voice {
    article: "a4",
    outlet: "Hostile <b>Outlet</b>",
    offset: 10,
    sentence: HOSTILE,
    evidence: &["evil"],
    source: None,
};
const GAZETTE_HELP: Voice = Voice {
    article: "a1",
    outlet: "La Gazette",
    offset: 190,
    sentence: "L’armée, appuyée par le Hezbollah et des troupes irakiennes, a pris la ville.",
    evidence: &["le Hezbollah", "des troupes irakiennes"],
    source: None,
};
const REVIEW_HELP: Voice = Voice {
    article: "a5",
    outlet: "The Harbour Review",
    offset: 0,
    sentence: "Russian aviation and the navy played the crucial role in freeing the town.",
    evidence: &["Russian aviation", "the navy"],
    source: None,
};
const EARLY_TOLL: Voice = Voice {
    article: "a1",
    outlet: "La Gazette",
    offset: 400,
    sentence: "Le bilan provisoire est de 40 morts.",
    evidence: &["40 morts"],
    source: None,
};
const LATE_TOLL: Voice = Voice {
    article: "a5",
    outlet: "The Harbour Review",
    offset: 300,
    sentence: "At least 12,500 people were counted dead a week later.",
    evidence: &["At least 12,500 people"],
    source: None,
};

fn count(low: Option<f64>, high: Option<f64>) -> Message {
    label::quantity(&Quantity {
        span: Span::new(0, 0),
        text: String::new(),
        low,
        high,
        approximate: false,
        unit: None,
        of: Some("dead".to_owned()),
        of_span: None,
        increment: false,
        level: None,
        factuality: crossclaim::claim::Factuality::asserted(),
    })
}

/// The report.
pub fn report() -> Report {
    let eighth = [day("2017-11-08")];
    let sundays = ["2017-11-05", "2017-11-12", "2017-11-19", "2017-11-26"].map(day);
    let nights = [stretch("2017-11-09", "2017-11-10"), stretch("2017-11-16", "2017-11-17")];
    let on_8th = label::date(&eighth, "ce 8 novembre", Some("2017"), false);
    let on_sunday = label::date(&sundays, "dimanche", None, false);
    let at_night = label::date(&nights, "ليلة الجمعة", None, true);
    let fell = label::question("capture", "time", [("theme", "Abou Kamal".to_owned())]);
    let took_part = label::question("capture", "participant", [("theme", "Abou Kamal".to_owned())]);
    let toll = label::question("attack", "quantity", [("of", "dead".to_owned())]);
    let gazette_help = label::roles([(
        "helper",
        vec!["le Hezbollah".to_owned(), "des troupes irakiennes".to_owned()],
    )]);
    let review_help =
        label::roles([("helper", vec!["Russian aviation".to_owned(), "the navy".to_owned()])]);

    let against_sunday = Finding {
        fingerprint: "0f3a5c7e9b1d2f40".to_owned(),
        dossier: "capture:abou-kamal/time".to_owned(),
        question: fell.clone(),
        kind: Kind::Time,
        relation: Relation::Contradiction,
        confidence: 0.912_345_678,
        severity: Severity::High,
        voices: Voices::OutletSource,
        a: GAZETTE.side("2017-11-08", &on_8th, &eighth),
        b: COURRIER.side("XXXX-WXX-7", &on_sunday, &sundays),
        nli: Some(PairScores {
            forward: scores(0.02, 0.08, 0.9),
            backward: scores(0.03, 0.17, 0.8),
            validated: true,
        }),
        why: vec![
            Message::new("time.disjoint", [("a", nested(&on_8th)), ("b", nested(&on_sunday))]),
            Message::new(
                "nli.contradiction",
                [("forward", "0.9".to_owned()), ("backward", "0.8".to_owned())],
            ),
        ],
        lowered: vec![
            Message::new("time.assumed-year", [("year", "2017".to_owned())]),
            Message::new(
                "update.second-event-possible",
                [("outlet", "Courrier du Levant".to_owned()), ("word", "deuxième".to_owned())],
            ),
        ],
        features: BTreeMap::from([
            ("nli.contradiction".to_owned(), 0.85),
            ("time.disjoint".to_owned(), 1.0),
        ]),
    };
    let against_night = Finding {
        fingerprint: "1b2c3d4e5f607182".to_owned(),
        confidence: 0.74,
        severity: Severity::Medium,
        b: SADA.side("2017-11-10TNI", &at_night, &nights),
        nli: None,
        why: vec![Message::new(
            "time.disjoint",
            [("a", nested(&on_8th)), ("b", nested(&at_night))],
        )],
        lowered: vec![Message::new("nli.unvalidated", [("languages", "fr; ar".to_owned())])],
        ..against_sunday.clone()
    };
    let hostile = Finding {
        fingerprint: "2c3d4e5f60718293".to_owned(),
        dossier: "capture:abou-kamal/participant".to_owned(),
        question: took_part.clone(),
        kind: Kind::Participant,
        relation: Relation::DivergentAccount,
        confidence: 0.66,
        severity: Severity::Medium,
        voices: Voices::OutletOutlet,
        a: GAZETTE_HELP.side("hezbollah, iraq:forces", &gazette_help, &[]),
        b: REVIEW_HELP.side("russia:aviation, russia:navy", &review_help, &[]),
        why: vec![
            Message::new(
                "participants.differ",
                [
                    ("a", "le Hezbollah".to_owned()),
                    ("b", nested(&label::entities(["Russian aviation"]))),
                ],
            ),
            Message::new("rule.of-the-future", [("what", HOSTILE.to_owned())]),
        ],
        lowered: Vec::new(),
        ..against_sunday.clone()
    };
    let toll_early = count(Some(40.0), Some(40.0));
    let toll_late = count(Some(12500.0), None);
    let update = Finding {
        fingerprint: "3d4e5f6071829304".to_owned(),
        dossier: "attack:abou-kamal/quantity:dead".to_owned(),
        question: toll.clone(),
        kind: Kind::Quantity,
        relation: Relation::Update,
        confidence: 0.58,
        severity: Severity::Low,
        voices: Voices::OutletOutlet,
        a: EARLY_TOLL.side("40 dead", &toll_early, &[]),
        b: LATE_TOLL.side("[12500, ∞) dead", &toll_late, &[]),
        nli: None,
        why: vec![Message::new(
            "update.later",
            [
                ("outlet", "The Harbour Review".to_owned()),
                ("a_date", "2017-11-08".to_owned()),
                ("b_date", "2017-11-15".to_owned()),
            ],
        )],
        lowered: Vec::new(),
        features: BTreeMap::new(),
    };
    let mut a3 = article("a3", "صدى الفرات", "ar", Some("2017-11-17"));
    a3.title = Some("البوكمال".to_owned());
    a3.url = Some("https://example.org/a?b=1&c=<2>".to_owned());
    let mut a4 = article("a4", "Hostile <b>Outlet</b>", "en", None);
    a4.title = Some(HOSTILE.to_owned());
    a4.url = Some("javascript:alert(1)".to_owned());
    let mut a5 = article("a5", "The Harbour Review", "en", Some("2017-11"));
    a5.assumed = true;
    let mut a6 = article("a6", "Wire Daily", "en", Some("2017-11-15"));
    a6.copy_of = Some("a5".to_owned());

    Report {
        run: Run {
            version: "0.1.0".to_owned(),
            model: Some("builtin".to_owned()),
            calibrated: true,
            model_digest: Some("ab".repeat(32)),
            articles: vec![
                article("a1", "La Gazette", "fr", Some("2017-11-08")),
                article("a2", "Courrier du Levant", "fr", Some("2017-11")),
                a3,
                a4,
                a5,
                a6,
            ],
            claims: 83,
            pairs: 214,
            problems: vec![format!("seeds/broken.jsonl:3: no JSON; {HOSTILE}")],
        },
        dossiers: vec![
            Dossier {
                id: "capture:abou-kamal/time".to_owned(),
                question: fell,
                kind: Kind::Time,
                relation: Relation::Contradiction,
                confidence: 0.912_345_678,
                positions: vec![
                    position("2017-11-08", &on_8th, &eighth, &[&GAZETTE]),
                    position("XXXX-WXX-7", &on_sunday, &sundays, &[&COURRIER, &HACKER]),
                    position("2017-11-10TNI", &at_night, &nights, &[&SADA]),
                ],
                findings: vec![0, 1],
                notes: vec![Message::new(
                    "dates.assumed",
                    [("year", "2017".to_owned()), ("articles", "a2; a3".to_owned())],
                )],
            },
            Dossier {
                id: "capture:abou-kamal/participant".to_owned(),
                question: took_part,
                kind: Kind::Participant,
                relation: Relation::DivergentAccount,
                confidence: 0.66,
                positions: vec![
                    position("hezbollah, iraq:forces", &gazette_help, &[], &[&GAZETTE_HELP]),
                    position("russia:aviation, russia:navy", &review_help, &[], &[&REVIEW_HELP]),
                ],
                findings: vec![2],
                notes: Vec::new(),
            },
            Dossier {
                id: "attack:abou-kamal/quantity:dead".to_owned(),
                question: toll,
                kind: Kind::Quantity,
                relation: Relation::Update,
                confidence: 0.58,
                positions: vec![
                    position("40 dead", &toll_early, &[], &[&EARLY_TOLL]),
                    position("[12500, ∞) dead", &toll_late, &[], &[&LATE_TOLL]),
                ],
                findings: vec![3],
                notes: Vec::new(),
            },
        ],
        findings: vec![against_sunday, against_night, hostile, update],
        check: None,
    }
}

/// A check whose new articles are a1 and a4: one finding fails, one is accepted, and the baseline has an entry of
/// every state.
pub fn check() -> CheckSummary {
    let entry = |fingerprint: &str, reason: &str| BaselineEntry {
        fingerprint: fingerprint.to_owned(),
        kind: Kind::Time,
        reason: reason.to_owned(),
        author: Some("desk@example.org".to_owned()),
        note: None,
        date: Some("2017-11-20".to_owned()),
        expires: Some("2018-01-31".to_owned()),
        articles: vec!["a1".to_owned(), "a9".to_owned()],
        texts: vec![GAZETTE.sentence.to_owned(), HOSTILE.to_owned()],
    };
    CheckSummary {
        verdict: Verdict::Error,
        errors: vec![
            "time was up: 12 candidate pairs were not compared; raise --max-time".to_owned(),
        ],
        new_articles: vec!["a1".to_owned(), "a4".to_owned()],
        archive: Some("news.redb".to_owned()),
        archived: 12_345,
        compared: 4,
        thresholds: Thresholds {
            fail_on: Some(Severity::High),
            min_confidence: 0.5,
            kinds: vec![Kind::Time, Kind::Participant],
            relations: vec![Relation::Contradiction],
            since: Some("2017-06".parse().unwrap()),
            allow_stale: false,
        },
        persona: Persona::Auditor,
        hidden: 0,
        failing: vec!["0f3a5c7e9b1d2f40".to_owned()],
        accepted: vec![Accepted {
            fingerprint: "1b2c3d4e5f607182".to_owned(),
            reason: HOSTILE.to_owned(),
            author: None,
            note: Some("agreed with the desk".to_owned()),
            expires: None,
        }],
        stale: vec![entry("aaaaaaaaaaaaaaaa", "the review was corrected")],
        expired: vec![entry("bbbbbbbbbbbbbbbb", "until the inquiry reports")],
        reopened: vec![Reopened {
            entry: entry("cccccccccccccccc", "both dates are right"),
            fingerprint: "0f3a5c7e9b1d2f40".to_owned(),
            changed: ChangedSide {
                article: "a1".to_owned(),
                before: "La ville est tombée le 7 novembre.".to_owned(),
                after: GAZETTE.sentence.to_owned(),
            },
        }],
        uncompared: Some(Uncompared {
            max_seconds: 2.5,
            pairs: Some(12),
            articles: vec!["a4".to_owned()],
        }),
    }
}
