//! Templates: `{name}`, `{name:filter}` and optional parts in `[…]`.

use std::collections::BTreeMap;

use crate::judge::Message;

use super::{Locale, SEPARATOR};

/// Messages within messages go no deeper than this: a value cannot make the program loop.
const DEEPEST: usize = 8;

impl Locale {
    /// As [`Locale::text`], at a depth of nesting.
    pub(super) fn text_within(&self, message: &Message, depth: usize) -> String {
        let values: BTreeMap<&str, String> = message
            .values
            .iter()
            .map(|(name, value)| (name.as_str(), self.value(value, depth)))
            .collect();
        if let Some(path) = message.id.strip_prefix("question.") {
            return self.question(path, &values);
        }
        if let Some(text) = self.computed(&message.id, &values) {
            return text;
        }
        match self.template(&message.id) {
            Some(template) => {
                let text = self.expand(template, &values).0;
                if begins_with_message(template, message) { capitalised(&text) } else { text }
            }
            None => unknown(&message.id, &values),
        }
    }

    /// A value, localised where it names a message (`@id`) or is one (`@{"id": …}`).
    fn value(&self, value: &str, depth: usize) -> String {
        let Some(reference) = value.strip_prefix('@') else { return value.to_owned() };
        if depth >= DEEPEST {
            return value.to_owned();
        }
        if reference.starts_with('{') {
            return match serde_json::from_str::<Message>(reference) {
                Ok(message) => self.text_within(&message, depth + 1),
                Err(_) => value.to_owned(),
            };
        }
        // "@elysee" in an article is a name, not a message.
        match self.template(reference) {
            Some(template) => self.expand(template, &BTreeMap::new()).0,
            None => value.to_owned(),
        }
    }

    /// The frame's own question where all its values are there, else a general one of its slot.
    fn question(&self, path: &str, values: &BTreeMap<&str, String>) -> String {
        if let Some(template) = self.questions.get(path)
            && let (text, true) = self.expand(template, values)
        {
            return text;
        }
        let slot = path.rsplit('.').next().unwrap_or(path);
        let general = self
            .template(&format!("question.generic.{slot}"))
            .or_else(|| self.template("question.generic.other"));
        match general {
            Some(template) => self.expand(template, values).0,
            None => unknown(path, values),
        }
    }

    /// Fills a template; false when a value was missing outside the optional parts.
    pub(super) fn expand(&self, template: &str, values: &BTreeMap<&str, String>) -> (String, bool) {
        let mut text = String::new();
        let mut complete = true;
        let mut rest = template;
        while let Some(at) = rest.find(['{', '[']) {
            let (before, from) = rest.split_at(at);
            text.push_str(before);
            let (close, optional) = if from.starts_with('{') { ('}', false) } else { (']', true) };
            let Some(end) = from.find(close) else {
                // An unbalanced bracket stands for itself.
                rest = from;
                break;
            };
            let inner = &from[1..end];
            rest = &from[end + 1..];
            if optional {
                if let (part, true) = self.expand(inner, values) {
                    text.push_str(&part);
                }
                continue;
            }
            let (name, filter) = inner.split_once(':').unwrap_or((inner, ""));
            match values.get(name).filter(|value| !value.is_empty()) {
                Some(value) => {
                    let value = self.filtered(value, filter);
                    self.append(&mut text, &value);
                }
                None => {
                    complete = false;
                    text.push('…');
                }
            }
        }
        text.push_str(rest);
        (text, complete)
    }

    fn filtered(&self, value: &str, filter: &str) -> String {
        if let Some(forms) = filter.strip_prefix("plural:") {
            let (one, many) = forms.split_once('|').unwrap_or((forms, forms));
            let singular = value.parse().is_ok_and(|number| self.singular(number));
            return if singular { one } else { many }.to_owned();
        }
        let formatted = match filter {
            "number" => value.parse().ok().map(|number| self.number(number)),
            "percent" => value.parse().ok().map(|number| self.percent(number)),
            "date" => self.date_text(value),
            "weekday" => value.parse().ok().map(|day| self.weekday(day)),
            "counted" => self.template(&format!("counted.{value}")).map(str::to_owned),
            "languages" => Some(
                self.list(&split(value).iter().map(|code| self.language(code)).collect::<Vec<_>>()),
            ),
            "list" => Some(self.list(&split(value))),
            "list-or" => Some(self.list_or(&split(value))),
            _ => None,
        };
        formatted.unwrap_or_else(|| value.to_owned())
    }

    /// Appends with the language's contractions: "de" + "les États-Unis" → "des États-Unis".
    fn append(&self, text: &mut String, value: &str) {
        for (apart, together) in &self.manners.contract {
            let Some(at) = apart.find(' ').map(|space| space + 1) else { continue };
            let (preposition, article) = apart.split_at(at);
            if let Some(rest) = value.strip_prefix(article)
                && ends_with_word(text, preposition)
            {
                text.truncate(text.len() - preposition.len());
                text.push_str(together);
                text.push_str(rest);
                return;
            }
        }
        if value.starts_with(|c| self.manners.vowels.contains(c)) {
            for word in &self.manners.elide {
                if ends_with_word(text, word) {
                    // "de " loses its vowel and its space.
                    text.truncate(text.len() - 2);
                    text.push('’');
                    break;
                }
            }
        }
        text.push_str(value);
    }
}

/// Whether a template is a sentence and begins with another message ("a Sunday and …"). Names keep
/// their own first letter.
fn begins_with_message(template: &str, message: &Message) -> bool {
    template.ends_with('.')
        && template
            .strip_prefix('{')
            .and_then(|rest| rest.split(['}', ':']).next())
            .and_then(|name| message.values.get(name))
            .is_some_and(|value| value.starts_with('@'))
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

fn ends_with_word(text: &str, word: &str) -> bool {
    text.strip_suffix(word).is_some_and(|before| !before.ends_with(char::is_alphanumeric))
}

/// The names in a value.
pub(super) fn split(value: &str) -> Vec<String> {
    value.split(SEPARATOR.trim()).map(|name| name.trim().to_owned()).collect()
}

fn unknown(id: &str, values: &BTreeMap<&str, String>) -> String {
    let values: Vec<String> =
        values.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    if values.is_empty() { id.to_owned() } else { format!("{id} ({})", values.join(", ")) }
}
