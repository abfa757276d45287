//! Which articles tell one story, and which of their claims are worth comparing.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at what surprises it")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use crossclaim::article::Article;
use crossclaim::pair::{CandidatePair, Reason};
use crossclaim::pipeline::Pipeline;
use crossclaim::resolve::Corpus;
use crossclaim::span::Span;
use support::{articles, in_repository};

fn article(id: &str, language: &str, date: Option<&str>, text: &str) -> Article {
    serde_json::from_value(serde_json::json!({
        "id": id, "path": "", "outlet": id, "title": null, "url": null, "language": language,
        "date": date, "date_source": if date.is_some() { "metadata" } else { "unknown" },
        "text": text, "body": Span::new(0, text.len()),
        "hash": crossclaim::judge::fingerprint::hex(text),
    }))
    .unwrap()
}

fn resolved(articles: Vec<Article>) -> Corpus {
    Pipeline::builtin(None).unwrap().resolve(articles)
}

/// How many stories two texts tell, with a language and a date each.
fn stories_of(texts: &[(&str, Option<&str>, &str)]) -> usize {
    let numbered = texts.iter().enumerate();
    let articles = numbered
        .map(|(i, (language, date, text))| article(&format!("a{i}"), language, *date, text))
        .collect();
    let corpus = resolved(articles);
    corpus.articles.iter().map(|a| a.story).collect::<BTreeSet<_>>().len()
}

#[test]
fn a_name_and_a_type_of_event_make_one_story_in_two_languages() {
    let en =
        ("en", Some("2019-06-13"), "The earthquake in Karliova killed 38 people on Wednesday.");
    let de =
        ("de", Some("2019-06-14"), "Das Erdbeben von Karlıova war nicht groß, sagt ein Forscher.");
    assert_eq!(stories_of(&[en, de]), 1);
}

#[test]
fn a_name_is_one_in_another_script() {
    let en = ("en", None, "Firefighters saved the school in Karliova, governor Kadir Ersoy said.");
    let ru = ("ru", None, "Губернатор Кадир Эрсой приехал вчера в Карлыову вместе с врачами.");
    assert_eq!(stories_of(&[en, ru]), 1);
}

#[test]
fn articles_that_share_nothing_tell_two_stories() {
    let lyon = ("en", None, "The mayor opened a library in Lyon.");
    let bees = ("en", None, "Bees make honey in spring.");
    assert_eq!(stories_of(&[lyon, bees]), 2);
}

#[test]
fn a_year_between_two_accounts_makes_two_stories() {
    let text = "The earthquake in Karliova killed 38 people on Wednesday.";
    assert_eq!(
        stories_of(&[("en", Some("2018-06-13"), text), ("en", Some("2019-06-13"), text)]),
        2
    );
}

#[test]
fn a_country_alone_makes_no_story_of_many_articles() {
    let towns = ["Avignon", "Bourges", "Cholet", "Dreux", "Évreux", "Fréjus", "Guéret", "Hyères"];
    let others =
        ["Istres", "Joigny", "Langres", "Menton", "Nantua", "Orange", "Pamiers", "Quimper"];
    let texts: Vec<String> = towns
        .iter()
        .chain(&others)
        .zip(["pont", "musée", "stade", "marché"].iter().cycle())
        .map(|(town, what)| format!("En France, on a inauguré un {what} à {town}."))
        .collect();
    let told: Vec<_> = texts.iter().map(|text| ("fr", None, text.as_str())).collect();
    assert_eq!(stories_of(&told), told.len());
}

/// All corpora of the project as one batch: no story reaches over two of them.
#[test]
fn stories_of_different_corpora_stay_apart() {
    let mut all = articles(&in_repository("tests/corpus"), None);
    all.extend(articles(&in_repository("seeds"), None));
    let corpus = resolved(all);
    let mut folders: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    for article in &corpus.articles {
        let path = std::path::Path::new(&article.article.path);
        let folder = path.parent().unwrap().to_string_lossy().into_owned();
        folders.entry(article.story).or_default().insert(folder);
    }
    let mixed: Vec<_> = folders.values().filter(|folders| folders.len() > 1).collect();
    assert!(mixed.is_empty(), "{mixed:?}");
    // Of 62 articles in 13 stories some may stand alone, but not many.
    assert!(folders.len() <= 20, "{}", folders.len());
}

/// Above a hundred articles an index proposes what is compared; it finds the same stories.
#[test]
fn many_articles_tell_the_stories_that_few_do() {
    let towns = ["Valdoria", "Kestrelin", "Mombrato", "Zaglivar", "Perquenol", "Tarsobela"];
    let verbs = ["was hit by an earthquake", "was flooded", "lost its mayor to a fire"];
    let mut all = Vec::new();
    for (t, town) in towns.iter().enumerate() {
        for version in 0..25 {
            let text = format!(
                "The town of {town} {} on Monday. Rescuers reached {town} within {} hours. Paramo{town} and \
                 Lugo{town} were hit too.",
                verbs[t % verbs.len()],
                version + 2
            );
            all.push(article(&format!("{town}-{version:02}"), "en", Some("2020-05-06"), &text));
        }
    }
    let corpus = resolved(all);
    let stories: BTreeMap<&str, BTreeSet<usize>> =
        corpus.articles.iter().fold(BTreeMap::new(), |mut stories, article| {
            let town = article.article.id.split('-').next().unwrap();
            stories.entry(town).or_insert_with(BTreeSet::new).insert(article.story);
            stories
        });
    assert!(stories.values().all(|of| of.len() == 1), "{stories:?}");
    let distinct: BTreeSet<_> = stories.values().flatten().collect();
    assert_eq!(distinct.len(), towns.len());
}

fn pairs_of(corpus: &Corpus) -> Vec<CandidatePair> {
    Pipeline::builtin(None).unwrap().pair(corpus)
}

#[test]
fn sentences_without_a_common_word_are_paired_by_likeness() {
    let corpus = resolved(vec![
        article(
            "a",
            "fr",
            Some("2018-10-03"),
            "Le train régional a percuté un wagon à Vichy. Le conducteur a été tué sur le coup.",
        ),
        article(
            "b",
            "en",
            Some("2018-10-04"),
            "A train hit a wagon at Vichy. From his bed the driver has begun to tell what happened.",
        ),
    ]);
    let pairs = pairs_of(&corpus);
    let driver = pairs
        .iter()
        .find(|pair| {
            corpus.claims[pair.a].text.contains("conducteur")
                && corpus.claims[pair.b].text.contains("driver")
        })
        .expect("the two sentences on the driver");
    assert!(driver.is_of_likeness_alone());
    assert!(
        matches!(driver.reasons.as_slice(), [Reason::Similar(hundredths)] if *hundredths >= 40)
    );
}

#[test]
fn the_number_of_pairs_is_within_the_budget_of_the_claims() {
    let corpus = resolved(articles(&in_repository("seeds"), None));
    for budget in [1, 5, 20] {
        let mut pipeline = Pipeline::builtin(None).unwrap();
        pipeline.pairing.budget = budget;
        let pairs = pipeline.pair(&corpus);
        assert!(!pairs.is_empty() && pairs.len() <= budget * corpus.claims.len());
    }
}
