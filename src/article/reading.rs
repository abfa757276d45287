//! What the user says of how files are to be read: which fields hold what, and in which zone a time in UTC fell.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::str::FromStr;

use jiff::tz::TimeZone;

use super::draft::{FIELDS, fold_name};

/// How records and dates are read; the default is what names and dates say by themselves.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// Fields under other names.
    pub names: FieldNames,
    /// The outlets' zone. A time in UTC (`Z`, `+00:00`, `GMT`, seconds since 1970) says nothing of the day on which
    /// an outlet's readers got the article; with a zone it is that zone's day.
    pub zone: Option<TimeZone>,
}

/// Which of the input's names hold our fields, as in `text=body,date=meta.published`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldNames {
    /// Ours by theirs, folded; a path through nested JSON objects has dots.
    by_theirs: BTreeMap<String, &'static str>,
}

impl FromStr for FieldNames {
    type Err = String;

    /// Reads `OURS=THEIRS[,OURS=THEIRS…]`.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut names = FieldNames::default();
        for pair in text.split(',') {
            let pair = pair.trim();
            let (ours, theirs) = pair
                .split_once('=')
                .map(|(ours, theirs)| (ours.trim(), theirs.trim()))
                .filter(|(_, theirs)| !theirs.is_empty())
                .ok_or_else(|| {
                    format!("{pair:?} is no mapping; write FIELD=NAME, as in text=body")
                })?;
            let ours =
                FIELDS.into_iter().find(|field| *field == fold_name(ours)).ok_or_else(|| {
                    format!("there is no field {ours:?}; fields are {}", FIELDS.join(", "))
                })?;
            if names.theirs(ours).is_some() {
                return Err(format!("the field {ours:?} is mapped twice"));
            }
            if let Some(other) = names.by_theirs.insert(fold_name(theirs), ours) {
                return Err(format!("{theirs:?} is to be both {other:?} and {ours:?}"));
            }
        }
        Ok(names)
    }
}

impl FieldNames {
    /// Adds the mappings of another list.
    ///
    /// # Errors
    /// When both map one field.
    pub fn add(&mut self, other: FieldNames) -> Result<(), String> {
        for (theirs, ours) in other.by_theirs {
            if self.theirs(ours).is_some() {
                return Err(format!("the field {ours:?} is mapped twice"));
            }
            self.by_theirs.insert(theirs, ours);
        }
        Ok(())
    }

    /// Our name of a field that the input calls `name`. A name of ours that another one was mapped to means nothing.
    pub(super) fn ours<'n>(&self, name: &'n str) -> Option<Cow<'n, str>> {
        if self.by_theirs.is_empty() {
            return Some(Cow::Borrowed(name));
        }
        let folded = fold_name(name);
        match self.by_theirs.get(&folded) {
            Some(ours) => Some(Cow::Borrowed(ours)),
            None if self.by_theirs.values().any(|ours| **ours == folded) => None,
            None => Some(Cow::Borrowed(name)),
        }
    }

    /// The paths into nested objects: our field, and the names on the way to its value.
    pub(super) fn paths(&self) -> impl Iterator<Item = (&'static str, Vec<&str>)> {
        let nested = self.by_theirs.iter().filter(|(theirs, _)| theirs.contains('.'));
        nested.map(|(theirs, ours)| (*ours, theirs.split('.').collect()))
    }

    /// Mapped names that are not among `header`, for a table.
    pub(super) fn missing_from<'n>(
        &'n self,
        header: &'n [String],
    ) -> impl Iterator<Item = &'n str> {
        let has = |name: &str| header.iter().any(|column| fold_name(column) == name);
        self.by_theirs.keys().map(String::as_str).filter(move |name| !has(name))
    }

    fn theirs(&self, ours: &str) -> Option<&str> {
        let of = self.by_theirs.iter().find(|(_, field)| **field == ours);
        of.map(|(theirs, _)| theirs.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_names_our_field_and_theirs() {
        let names: FieldNames = "text=Body_Text, date=published".parse().expect("a mapping");
        assert_eq!(names.ours("body-text").as_deref(), Some("text"));
        assert_eq!(names.ours("Published").as_deref(), Some("date"));
        assert_eq!(names.ours("title").as_deref(), Some("title"));
        assert_eq!(names.ours("text"), None, "what was `text` before means nothing now");
    }

    #[test]
    fn a_mapping_that_cannot_be_meant_says_why() {
        for (text, part) in [
            ("text", "write FIELD=NAME"),
            ("text=", "write FIELD=NAME"),
            ("prose=body", "fields are id"),
            ("text=a,text=b", "mapped twice"),
            ("text=a,title=A", "both"),
        ] {
            let error = text.parse::<FieldNames>().expect_err(text);
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
