//! A finding in the words of the report's language, for the formats that annotate a line: what stands at that
//! line, what stands against it and where. Every string is [`visible`].

use crate::claim::Attribution;
use crate::judge::{Finding, Kind, Message, Severity, Side};

use super::locale::{Locale, key};
use super::standing::{Standing, Standings};
use super::view;
use super::visible::visible;

/// A finding, told.
pub(super) struct Told<'r> {
    pub finding: &'r Finding,
    pub standing: Standing<'r>,
    pub question: String,
    /// "contradiction".
    pub relation: String,
    /// "91% confident".
    pub confidence: String,
    /// "outlet against outlet".
    pub voices: String,
    /// What is pointed at.
    pub here: ToldSide<'r>,
    /// What stands against it.
    pub there: ToldSide<'r>,
    pub why: Vec<String>,
    /// "Less sure because: …".
    pub lowered: Option<String>,
    /// "accepted in the baseline: …", "fails".
    pub counts: Option<String>,
}

/// One side.
pub(super) struct ToldSide<'r> {
    pub side: &'r Side,
    /// "La Gazette, quoting “a witness”".
    pub who: String,
    /// "8 November 2017".
    pub value: String,
    pub sentence: String,
    /// `archive/a.md:7`; the article's id where it has no file.
    pub at: String,
}

impl<'r> Told<'r> {
    pub(super) fn new(finding: &'r Finding, standings: &Standings<'r>, locale: &Locale) -> Self {
        let text = |message: &Message| visible(&locale.text(message));
        let texts = |messages: &[Message]| messages.iter().map(text).collect::<Vec<_>>();
        let side = |side: &'r Side| ToldSide {
            side,
            who: who(&side.outlet, &side.attribution, locale),
            value: text(&side.value_label),
            sentence: visible(side.sentence.trim()),
            at: match &side.place {
                Some(place) => visible(&format!("{}:{}", place.path, place.line)),
                None => visible(&side.article),
            },
        };
        let (here, there) = standings.sides(finding);
        let standing = standings.of(finding);
        let lowered = texts(&finding.lowered);
        Told {
            standing,
            question: text(&finding.question),
            relation: locale.relation(finding.relation),
            confidence: locale
                .fill("label.confidence-value", &[("p", finding.confidence.to_string())]),
            voices: locale.voices(finding.voices),
            here: side(here),
            there: side(there),
            why: texts(&finding.why),
            lowered: (!lowered.is_empty())
                .then(|| locale.labelled("label.lowered", &lowered.join(" "))),
            counts: counts(standing, standings, locale),
            finding,
        }
    }

    /// The name of the kind in the formats: `time`.
    pub(super) fn kind(&self) -> String {
        key::<Kind>(&self.finding.kind)
    }

    /// "When did it fall? La Gazette: 8 November 2017. Le Courrier: 19 November 2017."
    pub(super) fn line(&self, locale: &Locale) -> String {
        let side = |side: &ToldSide<'_>| locale.labelled_text(&side.who, &side.value);
        format!("{} {}. {}.", self.question, side(&self.here), side(&self.there))
    }

    /// Which of three levels a finding has: `error`, `warning`, `note`.
    pub(super) fn level(&self) -> &'static str {
        match (self.standing, self.finding.severity) {
            (Standing::Accepted(_), _) | (_, Severity::Low) => "note",
            (_, Severity::Medium) => "warning",
            (_, Severity::High) => "error",
        }
    }
}

/// An outlet with the sources it quotes.
fn who(outlet: &str, attribution: &[Attribution], locale: &Locale) -> String {
    let sources = match attribution.is_empty() {
        true => String::new(),
        false => view::sources(attribution, locale),
    };
    locale.fill("label.says", &[("outlet", visible(outlet)), ("sources", sources)])
}

/// How a finding counts, in words; nothing where it neither fails nor is accepted.
pub(super) fn counts(
    standing: Standing<'_>,
    standings: &Standings<'_>,
    locale: &Locale,
) -> Option<String> {
    match standing {
        Standing::Fails => standings.checked().then(|| locale.label("check.fails")),
        Standing::Accepted(accepted) => {
            let reason = visible(&accepted.reason);
            let author = accepted.author.as_deref().map(visible).unwrap_or_default();
            let expires = accepted.expires.clone().unwrap_or_default();
            let values = [("reason", reason), ("author", author), ("expires", expires)];
            Some(locale.fill("check.accepted", &values))
        }
        Standing::Shown => None,
    }
}
