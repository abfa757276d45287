//! What must stay when names, dates and order change, and what must go. These tests catch rules
//! that fit the sample.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at what surprises it")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use crossclaim::article::ingest::{IngestOptions, ingest};
use crossclaim::article::{Article, DateSource};
use crossclaim::judge::{Finding, Kind, Relation, Side};
use crossclaim::pipeline::Stages;
use crossclaim::span::Span;
use regex::{Captures, Regex};
use support::name;
use support::{articles, in_repository, run};

/// The corpora about the city: the project's own, and the first five articles where at hand.
fn corpora() -> Vec<Vec<Article>> {
    let mut own = articles(&in_repository("seeds"), None);
    own.retain(|article| article.id.starts_with("ak-"));
    assert_eq!(own.len(), 6);
    std::iter::once(own).chain(first_articles()).collect()
}

/// The five articles that the project began with; a worktree lies one folder deeper.
fn first_articles() -> Option<Vec<Article>> {
    let places = ["../shared/seeds", "../../shared/seeds"].map(in_repository);
    places.iter().find(|place| place.exists()).map(|place| articles(place, Some("2017-11")))
}

/// The article with every text in it changed, and its spans with it.
fn rewrite(article: &Article, change: &dyn Fn(&str) -> String) -> Article {
    let Span { start, end } = article.body;
    let (before, after) = (change(&article.text[..start]), change(&article.text[end..]));
    let body = change(&article.text[start..end]);
    let (start, end) = (before.len(), before.len() + body.len());
    let text = before + &body + &after;
    Article {
        title: article.title.as_deref().map(change),
        hash: crossclaim::judge::fingerprint::hex(&text),
        body: Span::new(start, end),
        text,
        ..article.clone()
    }
}

fn rewrite_all(articles: &[Article], change: &dyn Fn(&str) -> String) -> Vec<Article> {
    articles.iter().map(|article| rewrite(article, change)).collect()
}

/// Replaces each pattern in turn.
fn replaced(text: &str, replacements: &[(&str, &str)]) -> String {
    replacements.iter().fold(text.to_owned(), |text, (pattern, with)| {
        Regex::new(pattern).unwrap().replace_all(&text, *with).into_owned()
    })
}

/// How often each finding occurs, as told by `describe`.
fn counted(stages: &Stages, describe: &dyn Fn(&Finding) -> String) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for finding in &stages.findings {
        *counts.entry(describe(finding)).or_default() += 1;
    }
    counts
}

/// Kind, relation and articles: what stays when names change.
fn outline(finding: &Finding) -> String {
    let (kind, relation) = (name(&finding.kind), name(&finding.relation));
    let mut sides = [&finding.a.article, &finding.b.article];
    sides.sort();
    format!("{kind} {relation} {} {}", sides[0], sides[1])
}

/// All that a finding says but its confidence, whichever side comes first.
fn content(finding: &Finding) -> String {
    let (kind, relation) = (name(&finding.kind), name(&finding.relation));
    let side = |side: &Side| format!("{}: {} «{}»", side.article, side.value, side.sentence);
    let mut sides = [side(&finding.a), side(&finding.b)];
    sides.sort();
    format!("{kind} {relation} {} {}", finding.dossier, sides.join(" / "))
}

/// Fails with what is lost and what is new, line by line.
fn assert_same(before: &BTreeMap<String, usize>, after: &BTreeMap<String, usize>) {
    assert!(!before.is_empty(), "a corpus without findings shows nothing");
    let minus = |a: &BTreeMap<String, usize>, b: &BTreeMap<String, usize>, sign: &str| -> String {
        a.iter()
            .map(|(key, count)| (key, count.saturating_sub(b.get(key).copied().unwrap_or(0))))
            .filter(|(_, count)| *count > 0)
            .map(|(key, count)| format!("{sign} {count} × {key}\n"))
            .collect()
    };
    let difference = minus(before, after, "lost") + &minus(after, before, "new ");
    assert!(difference.is_empty(), "\n{difference}");
}

// Names.

fn rename_city(text: &str) -> String {
    let elided = r"(?i)\b(d|qu)['’](Abou[ -]Kamal|Al-Boukamal)";
    let text = Regex::new(elided).unwrap().replace_all(text, "${1}e $2").into_owned();
    replaced(&text, &[(r"(?i)\bAbou[ -]Kamal\b", "Tell Rimah"), (r"\bBoukamal\b", "Telrimah")])
}

fn rename_group(text: &str) -> String {
    let group = r"(?:[ÉEé]tat islamique|EI)";
    replaced(
        text,
        &[
            (&format!(r"\b[Ll]['’]{group}\b"), "Zarqoun"),
            (&format!(r"\b{group}\b"), "Zarqoun"),
            (r"\bDaech\b", "Zarqoun"),
            (r"\bDaesh\b", "Zarkoun"),
        ],
    )
}

fn findings_survive(change: &dyn Fn(&str) -> String, gone: &[&str], corpus: Vec<Article>) {
    let renamed = rewrite_all(&corpus, change);
    for article in &renamed {
        for spelling in gone {
            assert!(!article.text.contains(spelling), "{spelling} is left in {}", article.id);
        }
    }
    assert_same(&counted(&run(corpus), &outline), &counted(&run(renamed), &outline));
}

#[test]
fn a_renamed_city_keeps_the_findings_of_the_sample() {
    findings_survive(&rename_city, &["Abou Kamal", "Boukamal"], corpora().swap_remove(0));
}

#[test]
fn a_renamed_city_keeps_the_findings_of_the_first_articles() {
    let Some(corpus) = first_articles() else { return };
    findings_survive(&rename_city, &["Abou Kamal", "Boukamal"], corpus);
}

#[test]
fn a_renamed_group_keeps_the_findings_of_the_sample() {
    findings_survive(&rename_group, &["Daech", "Daesh", "tat islamique"], corpora().swap_remove(0));
}

#[test]
fn a_renamed_group_keeps_the_findings_of_the_first_articles() {
    let Some(corpus) = first_articles() else { return };
    findings_survive(&rename_group, &["Daech", "Daesh", "tat islamique"], corpus);
}

// Dates.

/// Every year 28 later, when the same days fall on the same weekdays.
fn shift_years(text: &str) -> String {
    let year = Regex::new(r"\b(?:19|20)\d\d\b").unwrap();
    let later = |found: &Captures<'_>| (found[0].parse::<u16>().unwrap() + 28).to_string();
    year.replace_all(text, later).into_owned()
}

#[test]
fn shifted_years_shift_the_findings() {
    for corpus in corpora() {
        let mut shifted = rewrite_all(&corpus, &shift_years);
        for article in &mut shifted {
            article.date = article
                .date
                .map(|date| crossclaim::article::PartialDate { year: date.year + 28, ..date });
        }
        let expected = counted(&run(corpus), &|finding| shift_years(&content(finding)));
        assert_same(&expected, &counted(&run(shifted), &content));
    }
}

/// Takes every word out of a text that says when.
fn drop_dates(text: &str) -> String {
    const MONTH: &str =
        "(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)";
    const DAY: &str = "(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)";
    let months = format!(
        r"(?i)(?:\bà la date du|\bau|\ble|\bce|\bfin|\bdébut)?\s*\b(?:\d{{1,2}}(?:er)?\s+)?{MONTH}\b(?:\s+(?:19|20)\d\d)?(?:\s+dernier)?"
    );
    replaced(
        text,
        &[
            (&months, ""),
            (&format!(r"(?i)(?:\b(?:ce|le|de|depuis)\s+)?\b{DAY}\b(?:\s+à)?(?:\s+\d+ ?h\w*)?"), ""),
            (r"(?i)\b(?:cette nuit|la nuit dernière|la veille|hier|aujourd['’]hui)\b", ""),
            (r"(?i)\b(?:à|pendant) l['’](?:été|hiver|automne)\b", ""),
            (r"(?i)\bavant (?:l['’]été|la fin du mois)", ""),
            (r"(?i)\bces derniers (?:jours|temps)\b", ""),
            (r"(?i)\b(?:il y a|d['’]ici|après|en) (?:quelques|deux) (?:jours|mois)", ""),
            (r"(?i)\bau cours des prochaines 48 heures\b", ""),
            (r"(?i)\b(?:en |fin )?(?:19|20)\d\d(?:-\d\d)?\b", ""),
        ],
    )
}

#[test]
fn without_dates_there_is_no_conflict_of_dates() {
    for corpus in corpora() {
        let mut undated = rewrite_all(&corpus, &drop_dates);
        for article in &mut undated {
            (article.date, article.date_source) = (None, DateSource::Unknown);
        }
        let stages = run(undated);
        let times: Vec<String> =
            stages.findings.iter().filter(|f| f.kind == Kind::Time).map(content).collect();
        assert!(times.is_empty(), "{times:#?}");
    }
}

/// Accounts that their dates kept apart may meet, so there may be more.
#[test]
fn without_dates_no_other_finding_is_lost() {
    for corpus in corpora() {
        let mut undated = rewrite_all(&corpus, &drop_dates);
        for article in &mut undated {
            (article.date, article.date_source) = (None, DateSource::Unknown);
        }
        let (mut before, after) =
            (counted(&run(corpus), &outline), counted(&run(undated), &outline));
        // What came first and what later is known by dates alone.
        before.retain(|finding, _| !finding.starts_with("time ") && !finding.contains(" update "));
        let mut kept = after;
        kept.retain(|finding, count| {
            *count = (*count).min(before.get(finding).copied().unwrap_or(0));
            *count > 0
        });
        assert_same(&before, &kept);
    }
}

// Helpers.

/// The roles and forces that the findings give each article.
fn participants(stages: &Stages, article: &str) -> BTreeSet<String> {
    let sides =
        stages.findings.iter().filter(|f| f.kind == Kind::Participant).flat_map(|f| [&f.a, &f.b]);
    sides
        .filter(|side| side.article == article)
        .flat_map(|side| side.value.split(", "))
        .filter(|value| value.starts_with("helper:"))
        .map(str::to_owned)
        .collect()
}

fn assert_swapped(before: &Stages, after: &Stages, a: &str, b: &str) {
    let (of_a, of_b) = (participants(before, a), participants(before, b));
    assert!(!of_a.is_empty() && !of_b.is_empty(), "{of_a:?} {of_b:?}");
    assert_ne!(of_a, of_b);
    assert_eq!((participants(after, a), participants(after, b)), (of_b, of_a));
}

/// An article of two sentences on the battle.
fn account(id: &str, helper: &str) -> Article {
    let text = format!(
        "La ville d'Abou Kamal est tombée mercredi aux mains de l'armée syrienne. \
         L'armée syrienne, appuyée par {helper}, a pris Abou Kamal après un long siège."
    );
    Article {
        id: id.to_owned(),
        path: String::new(),
        outlet: Some(format!("Le {id}")),
        title: None,
        url: None,
        country: None,
        editorial: Default::default(),
        language: "fr".to_owned(),
        date: Some("2017-11-09".parse().unwrap()),
        date_source: DateSource::Metadata,
        body: Span::new(0, text.len()),
        layout: Default::default(),
        cut: false,
        hash: crossclaim::judge::fingerprint::hex(&text),
        text,
    }
}

#[test]
fn swapped_helpers_swap_the_values() {
    let (one, other) = ("le Hezbollah", "l'aviation russe");
    // Words of their own keep the two from being copies.
    let other_words = |article: Article| {
        rewrite(&article, &|text| text.replace("après un long siège", "sans combat, ou presque"))
    };
    let before = run(vec![account("a", one), other_words(account("b", other))]);
    let after = run(vec![account("a", other), other_words(account("b", one))]);
    assert_swapped(&before, &after, "a", "b");
    assert_eq!(counted(&before, &outline), counted(&after, &outline));
}

#[test]
fn swapped_helpers_swap_the_values_of_the_first_articles() {
    let Some(corpus) = first_articles() else { return };
    let swap = |article: &Article| match &article.id[..3] {
        "001" => rewrite(article, &|text| {
            replaced(
                text,
                &[
                    ("ses alliés comme le Hezbollah", "ses alliés comme l’aviation russe"),
                    (
                        "par le Hezbollah mais aussi par des troupes irakiennes",
                        "par l’aviation russe",
                    ),
                ],
            )
        }),
        "003" => rewrite(article, &|text| {
            replaced(
                text,
                &[
                    (
                        "de l’aviation et de la marine russe dans",
                        "du Hezbollah et des troupes irakiennes dans",
                    ),
                    (
                        "par l’aviation russe et les forces d’expédition",
                        "par le Hezbollah mais aussi par des troupes irakiennes",
                    ),
                ],
            )
        }),
        _ => article.clone(),
    };
    let swapped: Vec<Article> = corpus.iter().map(swap).collect();
    let id = |number: &str| corpus.iter().find(|a| a.id.starts_with(number)).unwrap().id.clone();
    let (a, b) = (id("001"), id("003"));
    assert_swapped(&run(corpus), &run(swapped), &a, &b);
}

// Order.

#[test]
fn the_order_of_the_articles_changes_nothing() {
    for corpus in corpora() {
        let reversed: Vec<Article> = corpus.iter().rev().cloned().collect();
        assert_same(&counted(&run(corpus), &content), &counted(&run(reversed), &content));
    }
}

#[test]
fn the_order_of_the_files_changes_nothing() {
    let mut paths: Vec<_> = std::fs::read_dir(in_repository("seeds/abou-kamal"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let read =
        |paths: &[std::path::PathBuf]| ingest(paths, &IngestOptions::default()).unwrap().articles;
    let before = run(read(&paths));
    paths.reverse();
    assert_same(&counted(&before, &content), &counted(&run(read(&paths)), &content));
}

#[test]
fn the_order_of_the_ids_changes_nothing() {
    let number = Regex::new(r"\d\d=").unwrap();
    for corpus in corpora() {
        let mut renamed = corpus.clone();
        for (i, article) in renamed.iter_mut().rev().enumerate() {
            article.id = format!("{i:02}={}", article.id);
        }
        renamed.reverse();
        // The sides are sorted by the names that both runs share.
        let plain = |finding: &Finding| {
            let mut finding = finding.clone();
            for side in [&mut finding.a, &mut finding.b] {
                side.article = number.replace(&side.article, "").into_owned();
            }
            finding.dossier = number.replace(&finding.dossier, "").into_owned();
            content(&finding)
        };
        assert_same(&counted(&run(corpus), &content), &counted(&run(renamed), &plain));
    }
}

// Copies, and articles on something else.

#[test]
fn a_copy_neither_contradicts_its_original_nor_counts_twice() {
    for corpus in corpora() {
        let plain = run(corpus.clone());
        let before = counted(&plain, &content);
        for original in &corpus {
            let copy = Article {
                id: format!("zz-{}", original.id),
                outlet: Some("La Reprise".to_owned()),
                ..original.clone()
            };
            let mut with_copy = corpus.clone();
            with_copy.push(copy.clone());
            let stages = run(with_copy);
            for finding in &stages.findings {
                let pair = [&finding.a.article, &finding.b.article];
                assert!(!(pair.contains(&&copy.id) && pair.contains(&&original.id)), "{finding:?}");
            }
            let mut among_originals = counted(&stages, &content);
            among_originals.retain(|finding, _| !finding.contains("zz-"));
            assert_same(&before, &among_originals);
            assert_eq!(origins(&plain), origins(&stages), "with a copy of {}", original.id);
        }
    }
}

/// The number of independent sources of every position.
fn origins(stages: &Stages) -> BTreeSet<(String, String, usize)> {
    let dossiers = stages.dossiers.iter();
    dossiers
        .flat_map(|dossier| {
            let id = dossier.id.clone();
            dossier.positions.iter().map(move |p| (id.clone(), p.value.clone(), p.origins))
        })
        .collect()
}

#[test]
fn an_article_on_something_else_changes_nothing() {
    for corpus in corpora() {
        let before = run(corpus.clone());
        for date in ["2017-11-10", "2003-05"] {
            let text = "Les jardiniers du quartier ont planté trois tilleuls devant l'école. \
                        La fête des voisins aura lieu sous les arbres, avec de la musique.";
            let garden = Article {
                date: Some(date.parse().unwrap()),
                body: Span::new(0, text.len()),
                hash: crossclaim::judge::fingerprint::hex(text),
                text: text.to_owned(),
                ..account("aa-garden", "personne")
            };
            let mut with_garden = corpus.clone();
            with_garden.push(garden);
            let after = run(with_garden);
            assert_same(&counted(&before, &content), &counted(&after, &content));
            let confidences = |stages: &Stages| -> Vec<f64> {
                stages.findings.iter().map(|finding| finding.confidence).collect()
            };
            assert_eq!(confidences(&before), confidences(&after), "dated {date}");
            assert_eq!(origins(&before), origins(&after));
        }
    }
}

/// The tests above would hold of a tool that finds nothing.
#[test]
fn there_are_contradictions_to_begin_with() {
    for corpus in corpora() {
        let stages = run(corpus);
        assert!(stages.findings.iter().any(|f| f.relation == Relation::Contradiction));
    }
}
