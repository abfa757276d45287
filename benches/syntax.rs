//! Tagging and parsing: `cargo bench --bench syntax`. Items are sentences of 20 to 30 words, as
//! news has them.

#![allow(clippy::panic, reason = "a benchmark stops where a model does not open")]

use crossclaim::claim::tokens::{Token, tokenize};
use crossclaim::syntax;
use divan::counter::ItemsCount;

fn main() {
    divan::main();
}

const FRENCH: [&str; 4] = [
    "Le vieux pont de la vallée s'est effondré mardi soir après trois jours de pluie, a indiqué la \
     préfecture, qui promet un passage provisoire avant l'hiver.",
    "Les deux candidats, que les sondages donnaient à égalité depuis le mois de septembre, ont \
     refusé de débattre une seconde fois devant les étudiants de la capitale.",
    "Selon le syndicat, plus de trois cents ouvriers de l'usine seront licenciés au printemps si le \
     groupe ne trouve pas de repreneur pour son atelier de peinture.",
    "La ministre a démenti que l'hôpital ait été prévenu de la panne avant l'incendie qui a coûté la \
     vie à deux patients dans la nuit de jeudi à vendredi.",
];

const ENGLISH: [&str; 4] = [
    "The old bridge over the valley collapsed on Tuesday night after three days of rain, said the \
     county, which promises a temporary crossing before the winter.",
    "Both candidates, whom the polls had put level since September, refused to debate a second time \
     before the students of the capital's oldest university.",
    "More than three hundred workers of the plant will be laid off in spring, the union says, unless \
     the group finds a buyer for its paint shop and the warehouse.",
    "The minister denied that the hospital had been warned of the fault before the fire that killed \
     two patients in the night from Thursday to Friday.",
];

/// One thread, and the two that a small machine has.
#[divan::bench(args = ["fr", "en"], threads = [1, 2])]
fn parse(bencher: divan::Bencher<'_, '_>, code: &str) {
    let model = syntax::model(code).unwrap_or_else(|| panic!("no model of {code}"));
    let texts = if code == "fr" { FRENCH } else { ENGLISH };
    let sentences: Vec<(&str, Vec<Token>)> =
        texts.iter().map(|text| (*text, tokenize(text, 0))).collect();
    bencher.counter(ItemsCount::new(sentences.len())).bench(|| {
        for (text, tokens) in &sentences {
            divan::black_box(model.parse(text, tokens));
        }
    });
}
