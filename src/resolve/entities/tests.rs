use super::*;
use crate::claim::{Factuality, Mention};
use crate::language::Languages;
use crate::span::Span;

fn claim(article: &str, language: &str, mentions: &[(&str, MentionKind, Option<&str>)]) -> Claim {
    let mentions = mentions.iter().map(|&(text, kind, alias)| Mention {
        span: Span::new(0, text.len()),
        text: text.to_owned(),
        kind,
        entity: format!("name:{}", alias.unwrap_or(text).to_lowercase()),
        declared_alias_of: alias.map(|of| format!("name:{}", of.to_lowercase())),
    });
    Claim {
        id: format!("{article}#0"),
        article: article.to_owned(),
        span: Span::new(0, 0),
        text: String::new(),
        language: language.to_owned(),
        sentence: 0,
        factuality: Factuality::asserted(),
        attribution: Vec::new(),
        times: Vec::new(),
        quantities: Vec::new(),
        predicates: Vec::new(),
        content: Default::default(),
        correction: None,
        order: Vec::new(),
        poles: Default::default(),
        mentions: mentions.collect(),
        events: Vec::new(),
    }
}

fn united(claims: &mut [Claim]) -> Vec<String> {
    let languages = Languages::builtin().unwrap_or_else(|error| unreachable!("{error}"));
    unify(claims, &languages.gazetteer);
    claims.iter().map(|claim| claim.mentions[0].entity.clone()).collect()
}

/// The ids that names of unknown kind get, each from an article of its own.
fn ids(names: &[(&str, &str)]) -> Vec<String> {
    let article = |i: usize| format!("a{i}");
    let one =
        |(i, &(name, language))| claim(&article(i), language, &[(name, MentionKind::Name, None)]);
    united(&mut names.iter().enumerate().map(one).collect::<Vec<_>>())
}

#[test]
fn spellings_of_one_name_get_one_id_over_scripts_and_articles() {
    let ids = ids(&[("Tchernivtsi", "fr"), ("Chernivtsi", "en"), ("Чернівці", "uk")]);
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
}

#[test]
fn near_misses_keep_their_ids() {
    let ids = ids(&[("Tizi Ouzou", "fr"), ("Tidjikdja", "fr"), ("Ouled Djellal", "fr")]);
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 3, "{ids:?}");
}

#[test]
fn a_bare_spelling_goes_to_the_entity_of_the_data_file() {
    assert_eq!(ids(&[("Bukamal", "en")]), ["abu-kamal"]);
}

#[test]
fn a_place_and_a_person_are_not_one() {
    let ids = united(&mut [
        claim("a", "fr", &[("Lavaldieu", MentionKind::Place, None)]),
        claim("b", "en", &[("Lavaldieux", MentionKind::Person, None)]),
    ]);
    assert_ne!(ids[0], ids[1]);
}

#[test]
fn what_one_article_declares_holds_in_another() {
    let full = "Front du renouveau d'Ozgar";
    let declared = [(full, MentionKind::Name, None), ("FRO", MentionKind::Name, Some(full))];
    let ids = united(&mut [
        claim("a", "fr", &declared),
        claim("b", "en", &[("FRO", MentionKind::Name, None)]),
    ]);
    assert_eq!(ids[0], ids[1]);
}

#[test]
fn a_surname_alone_is_the_one_person_who_has_it() {
    let found = ids(&[("Hilde Vandermeir", "fr"), ("Vandermeir", "en")]);
    assert_eq!(found[0], found[1]);
    let two = ids(&[("Hilde Vandermeir", "fr"), ("Joost Vandermeir", "fr"), ("Vandermeir", "en")]);
    assert_eq!(two.iter().collect::<BTreeSet<_>>().len(), 3, "{two:?}");
}

#[test]
fn a_country_is_called_as_the_language_of_the_report_calls_it() {
    let languages = Languages::builtin().unwrap_or_else(|error| unreachable!("{error}"));
    let mut claims = [claim("a", "de", &[("Sambia", MentionKind::Place, None)])];
    claims[0].mentions[0].entity = "zm".to_owned();
    let name = |code: &str| list(&claims, &languages.gazetteer, code)[0].name.clone();
    assert_eq!([name("en"), name("fr")], ["Zambia", "Zambie"]);
    // What no data file lists keeps the spelling that the articles have.
    claims[0].mentions[0].entity = "name:sambia".to_owned();
    assert_eq!(list(&claims, &languages.gazetteer, "en")[0].name, "Sambia");
}
