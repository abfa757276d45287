//! Predicates of sentences: lemma, negation and arguments, in languages with a syntax model.
//! Each row is a grammatical construction; the words are our own.

#![allow(clippy::unwrap_used, reason = "a test fails where there is no model")]

use crossclaim::claim::predicates::{self, Parsed};
use crossclaim::syntax;

/// `not lemma: nsubj X, obj Y, obl [in] Z` of each finite predicate, joined by ` | `; arguments by the
/// lemma of their head.
fn shown(code: &str, text: &str) -> String {
    let model = syntax::model(code).unwrap();
    let tokens = model.tokenize(text, 0);
    let tree = model.parse(text, &tokens);
    let passive_by = ["par", "by", "von", "por", "da"].map(str::to_owned);
    let found = predicates::find(Parsed {
        text,
        tokens: &tokens,
        tree: &tree,
        model,
        mentions: &[],
        times: &[],
        quantities: &[],
        passive_by: &passive_by,
        cues: None,
        attributed: false,
    });
    let rows: Vec<String> = found
        .iter()
        .filter(|p| p.finite)
        .map(|p| {
            let negated = if p.negated { "not " } else { "" };
            let arguments: Vec<String> = p
                .arguments
                .iter()
                .map(|a| match &a.preposition {
                    Some(preposition) => format!("{} [{preposition}] {}", a.relation, a.lemma),
                    None => format!("{} {}", a.relation, a.lemma),
                })
                .collect();
            format!("{negated}{}: {}", p.lemma, arguments.join(", "))
        })
        .collect();
    rows.join(" | ")
}

macro_rules! rows {
    ($($name:ident: $code:literal, $text:literal => $expected:literal;)*) => {
        $(
            #[test]
            fn $name() {
                assert_eq!(shown($code, $text), $expected);
            }
        )*
    };
}

rows! {
    active_clause: "fr", "Le conseil a fermé l'école." =>
        "fermer: nsubj conseil, obj école";
    passive_with_agent: "fr", "L'école a été fermée par le conseil." =>
        "fermer: nsubj:pass école, obl:agent [par] conseil";
    english_passive: "en", "The school was closed by the council." =>
        "close: nsubj:pass school, obl:agent [by] council";
    negation: "fr", "Le conseil n'a pas fermé l'école." =>
        "not fermer: nsubj conseil, obj école";
    english_negation: "en", "The council did not close the school." =>
        "not close: nsubj council, obj school";
    second_verb_takes_over_the_subject: "en", "The council closed the school and bought a library." =>
        "close: nsubj council, obj school | buy: obj library, nsubj council";
    relative_clause_is_said_of_its_antecedent: "fr",
        "Le conseil a fermé l'école qui abritait cent élèves." =>
        "fermer: nsubj conseil, obj école | abriter: nsubj école, obj élève";
    list_of_subjects: "en", "The mayor and the council closed the school." =>
        "close: nsubj mayor, nsubj council, obj school";
    copula: "en", "The mayor is a former teacher." =>
        "teacher: nsubj mayor";
    german_verb_in_last_place: "de", "Der Rat hat die Schule nicht geschlossen." =>
        "not schließen: nsubj rat, obj schule";
    spanish_passive: "es", "El puente fue construido por la empresa." =>
        "construir: nsubj:pass puente, obl:agent [por] empresa";
    russian_cases: "ru", "Президент подписал закон." =>
        "подписать: nsubj президент, obj закон";
    arabic_complement_clause: "ar", "أعلن الوزير أن الجيش سيطر على المدينة." =>
        "أعلن: nsubj الوزير, ccomp سيطر | سيطر: nsubj جيش, obl [على] مدينة";
    obliques_by_preposition: "en", "The troops left the city for the border." =>
        "leave: nsubj troops, obj city, obl [for] border";
    no_noun_denies: "en", "No survivors were found in the building." =>
        "find: nsubj:pass survivor, obl [in] building";
    infinitive_shares_the_subject: "fr", "Le syndicat a refusé de signer l'accord." =>
        "refuser: nsubj syndicat, xcomp signer";
    chinese_words_are_found_first: "zh", "军队控制了这座城市。" =>
        "控制: nsubj 军队, obj 城市";
    chinese_copula: "zh", "他是一名老师。" =>
        "老师: nsubj 他";
    chinese_negation: "zh", "政府不支持这项计划。" =>
        "not 支持: nsubj 政府, obj 计划";
    chinese_in_traditional_characters_has_the_same_lemmas: "zh", "總統簽署了法案。" =>
        "签署: nsubj 总统, obj 法案";
}
