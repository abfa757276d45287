//! Messages for values: what a stage that builds findings calls, so that the conventions of
//! `docs/report-formats.md` are written down once.

use crate::claim::time::DateInterval;
use crate::judge::Message;

use super::locale::{dates, values};

pub use super::locale::nested;

/// A date. `written`: as the text has it. `assumed`: what was taken from elsewhere, `2017` or
/// `2017-11`. `night`: two days stand for the night between them.
pub fn date(
    intervals: &[DateInterval],
    written: &str,
    assumed: Option<&str>,
    night: bool,
) -> Message {
    let mut message = Message::new(
        "value.dates",
        [("intervals", dates::intervals(intervals)), ("written", written.to_owned())],
    );
    if let Some(assumed) = assumed {
        message.values.insert("assumed".to_owned(), assumed.to_owned());
    }
    if night {
        message.values.insert("part".to_owned(), "night".to_owned());
    }
    message
}

/// A quantity: bounds, unit and what is counted as in [`crate::claim::quantity::Quantity`].
pub fn quantity(quantity: &crate::claim::quantity::Quantity) -> Message {
    let mut message = Message::new("value.quantity", []);
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            message.values.insert(name.to_owned(), value);
        }
    };
    put("low", quantity.low.map(|low| low.to_string()));
    put("high", quantity.high.map(|high| high.to_string()));
    put("unit", quantity.unit.clone());
    put("of", quantity.of.clone());
    put("approximate", quantity.approximate.then(|| "true".to_owned()));
    message
}

/// Names, as a list.
pub fn entities<I: IntoIterator<Item = S>, S: AsRef<str>>(names: I) -> Message {
    Message::new("value.entities", [("names", values::names(names))])
}

/// Words of the text, or any value that has no form of its own.
pub fn text(text: &str) -> Message {
    Message::new("value.text", [("text", text.to_owned())])
}

/// Names in one role, one of [`values::ROLES`]: "under the fire of …".
pub fn role<I: IntoIterator<Item = S>, S: AsRef<str>>(role: &str, names: I) -> Message {
    Message::new("value.role", [("role", role.to_owned()), ("names", values::names(names))])
}

/// Names in several roles, in the order of a sentence: "by A, with B".
pub fn roles<'r>(roles: impl IntoIterator<Item = (&'r str, Vec<String>)>) -> Message {
    let mut message = Message::new("value.roles", []);
    for (role, names) in roles {
        message.values.insert(role.to_owned(), values::names(names));
    }
    message
}

/// The question of a frame's slot; `values`: theme, agent, patient … as the frame's question names
/// them.
pub fn question<const N: usize>(frame: &str, slot: &str, values: [(&str, String); N]) -> Message {
    Message::new(&format!("question.{frame}.{slot}"), values)
}
