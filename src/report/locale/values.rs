//! Values of slots for a reader: dates, quantities, participants in their roles. Their messages
//! have no one template; what they hold decides.

use std::collections::BTreeMap;

use super::template::split;
use super::{Locale, SEPARATOR};

/// Ids of messages that are made by rule instead of from one template.
pub const COMPUTED: [&str; 4] = ["value.dates", "value.quantity", "value.role", "value.roles"];

/// Roles, in the order in which a sentence names them.
pub const ROLES: [&str; 17] = [
    "agent",
    "co-agent",
    "patient",
    "helper",
    "support",
    "cover",
    "complicity",
    "fire",
    "adversary",
    "beneficiary",
    "instrument",
    "source",
    "destination",
    "place",
    "alone",
    "without",
    "none",
];

impl Locale {
    /// The messages of [`COMPUTED`].
    pub(super) fn computed(&self, id: &str, values: &BTreeMap<&str, String>) -> Option<String> {
        match id {
            "value.dates" => Some(self.dates_value(values)),
            "value.quantity" => Some(self.quantity_value(values)),
            "value.role" => {
                let role = values.get("role").map_or("", String::as_str);
                let names = values.get("names").map_or("", String::as_str);
                Some(self.role_value(role, names))
            }
            "value.roles" => {
                let known = ROLES.iter().copied().filter(|role| values.contains_key(role));
                let other = values.keys().copied().filter(|role| !ROLES.contains(role));
                let parts: Vec<String> = known
                    .chain(other)
                    .map(|role| self.role_value(role, values.get(role).map_or("", |v| v)))
                    .collect();
                Some(parts.join(", "))
            }
            _ => None,
        }
    }

    fn role_value(&self, role: &str, names: &str) -> String {
        let values = BTreeMap::from([("names", names.to_owned())]);
        match self.template(&format!("value.role.{role}")) {
            Some(template) => self.expand(template, &values).0,
            None => format!("{role}: {}", self.list(&split(names))),
        }
    }

    fn quantity_value(&self, values: &BTreeMap<&str, String>) -> String {
        let bound = |name: &str| {
            let number: f64 = values.get(name)?.parse().ok()?;
            number.is_finite().then_some(number)
        };
        let (low, high) = (bound("low"), bound("high"));
        let open = values.get("open").map_or("", String::as_str);
        let open = |side: &str| open == side || open == "both";
        let form = match (low, high) {
            (Some(low), Some(high)) if low == high => "exact",
            (Some(_), Some(_)) => "between",
            (Some(_), None) if open("low") => "more-than",
            (Some(_), None) => "at-least",
            (None, Some(_)) if open("high") => "less-than",
            (None, Some(_)) => "at-most",
            (None, None) => "any",
        };
        let mut filled = values.clone();
        // What a unit's plural goes by.
        let number = high.or(low).map(|number| number.to_string()).unwrap_or_default();
        let counted = BTreeMap::from([("n", number)]);
        for (name, section) in [("unit", "unit"), ("of", "counted")] {
            if let Some(value) = filled.get_mut(name)
                && let Some(text) = self.template(&format!("{section}.{value}"))
            {
                *value = self.expand(text, &counted).0;
            }
        }
        let id = format!("value.quantity.{form}");
        let mut text = self.template(&id).map_or(id.clone(), |t| self.expand(t, &filled).0);
        // The sign of a percentage stands close to its number, as each language has it.
        if values.get("unit").is_some_and(|unit| unit == "percent") {
            text = text.replacen(" %", self.manners.percent.trim_start_matches("{n}"), 1);
        }
        if form == "exact" && values.get("approximate").is_some_and(|v| v == "true") {
            text = self.fill("value.quantity.about", &[("text", text)]);
        }
        text
    }
}

/// The names joined as [`Locale`]'s lists expect them.
pub fn names<I: IntoIterator<Item = S>, S: AsRef<str>>(names: I) -> String {
    // The separator within a name would make two of it.
    let names: Vec<String> =
        names.into_iter().map(|name| name.as_ref().replace(';', ",")).collect();
    names.join(SEPARATOR)
}
