//! Segmenting, tagging and parsing: `cargo bench --bench syntax`. Items are sentences of 20 to 30 words,
//! as news has them.

#![allow(clippy::panic, reason = "a benchmark stops where a model does not open")]

use crossclaim::claim::tokens::Token;
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

const CHINESE: [&str; 4] = [
    "经过三天的大雨，山谷里的老桥在星期二晚上倒塌，市政府表示将在冬天以前修建一座临时的桥梁。",
    "从九月以来支持率一直相同的两名候选人拒绝在首都的大学学生面前进行第二次辩论。",
    "工会表示，如果公司不能为工厂找到新的买家，三百多名工人将在春天失去他们的工作。",
    "部长否认医院在造成两名病人死亡的火灾发生以前已经收到有关设备问题的警告。",
];

/// Division into words where the script has no spaces.
#[divan::bench(args = ["zh"])]
fn tokenize_without_spaces(bencher: divan::Bencher<'_, '_>, code: &str) {
    let model = syntax::model(code).unwrap_or_else(|| panic!("no model of {code}"));
    bencher.counter(ItemsCount::new(CHINESE.len())).bench(|| {
        for text in CHINESE {
            divan::black_box(model.tokenize(text, 0));
        }
    });
}

/// One thread, and the two that a small machine has.
#[divan::bench(args = ["fr", "en", "zh"], threads = [1, 2])]
fn parse(bencher: divan::Bencher<'_, '_>, code: &str) {
    let model = syntax::model(code).unwrap_or_else(|| panic!("no model of {code}"));
    let texts = match code {
        "fr" => FRENCH,
        "zh" => CHINESE,
        _ => ENGLISH,
    };
    let sentences: Vec<(&str, Vec<Token>)> =
        texts.iter().map(|text| (*text, model.tokenize(text, 0))).collect();
    bencher.counter(ItemsCount::new(sentences.len())).bench(|| {
        for (text, tokens) in &sentences {
            divan::black_box(model.parse(text, tokens));
        }
    });
}
