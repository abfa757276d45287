//! Frames: the types of event that the program knows, what takes part in them, and the
//! questions that a report asks of them. Data in `language/frames.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::claim::{Mention, MentionKind, Role};
use crate::error::{Error, Result};
use crate::judge::Kind;

/// Whether a slot of an event holds one value or a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Arity {
    /// One value: two different ones exclude each other.
    One,
    /// A list: two different lists can both be true.
    List,
}

/// A type of event.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frame {
    /// War, disaster, politics …
    #[serde(default)]
    pub domain: String,
    /// The roles that tell what the event is about, in order of preference.
    #[serde(default)]
    pub theme: Vec<Role>,
    /// Its slots.
    #[serde(default)]
    pub roles: BTreeMap<Role, Arity>,
    /// Happens once to a theme, unless it is undone or said to happen again.
    #[serde(default)]
    pub single: bool,
    /// Can be undone and done again.
    #[serde(default)]
    pub reversible: bool,
    /// The frames that undo it.
    #[serde(default)]
    pub undone_by: Vec<String>,
    /// A condition, not a change: it holds at a moment, and another one may hold later.
    #[serde(default)]
    pub state: bool,
    /// The kinds of filler that a role takes; a role left out takes anything.
    #[serde(default)]
    pub expects: BTreeMap<Role, Vec<MentionKind>>,
    /// The roles that "who took part" compares.
    #[serde(default)]
    pub actors: Vec<Role>,
    /// Frames that speak of one course of events share a family: an attack on a city, its siege
    /// and its capture.
    #[serde(default)]
    pub family: Option<String>,
    /// It reaches over places ("the flood of the Segura in Orihuela"): what one sentence names
    /// together is one event's theme.
    #[serde(default)]
    pub spreads: bool,
    /// Two sides meet, and one of them wins: the two together are what it is about, and a side that one account
    /// puts first and another second is a conflict.
    #[serde(default)]
    pub contest: bool,
    /// Roles that one alone fills and that are compared by themselves: which club a player joins, who is given a prize.
    #[serde(default)]
    pub sole: Vec<Role>,
    /// It is told by being announced: "will cut 500 jobs" and "cuts 500 jobs" say one thing.
    #[serde(default)]
    pub announced: bool,
    /// What a length of time measures in it: the sentence of a convict.
    #[serde(default)]
    pub lasts: Option<String>,
    /// Frames that deny this one: acquitted against convicted.
    #[serde(default)]
    pub opposite: Vec<String>,
    /// Questions by slot, then by language.
    #[serde(default)]
    pub questions: BTreeMap<String, BTreeMap<String, String>>,
}

impl Frame {
    /// Whether the event is about a place.
    pub fn takes_place_as_theme(&self) -> bool {
        self.theme.iter().any(|role| {
            *role == Role::Location
                || self.expects.get(role).is_some_and(|kinds| kinds.contains(&MentionKind::Place))
        })
    }

    /// Whether a mention can fill a role: its kind is one that the role takes. Names of unknown
    /// kind fit everywhere, and a country is a place as well as an actor.
    pub fn takes(&self, role: Role, mention: &Mention) -> bool {
        let Some(kinds) = self.expects.get(&role) else { return true };
        let is_country = crate::claim::mentions::is_country(&mention.entity);
        mention.kind == MentionKind::Name
            || kinds.contains(&mention.kind)
            || is_country && kinds.contains(&MentionKind::Organization)
    }
}

/// The frames that ship with the program, as TOML.
pub const BUILTIN: &str = include_str!("frames.toml");

/// What is known of counted things: the table `[quantity]` of the frames' file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Counts {
    /// Concepts that have one number for a whole story.
    pub tallies: Vec<String>,
    /// Concepts whose number stands once it is given.
    #[serde(rename = "final")]
    pub settled: Vec<String>,
    /// Those of them of which a story has one: how many voted, where the sentence does not speak of long ago.
    pub unique: Vec<String>,
    /// Concepts that count people by what happened to them.
    pub victims: Vec<String>,
    /// Concepts that are the share of someone.
    pub shares: Vec<String>,
    /// What a number of people counts that stands in an event of a type: who is killed counts as dead.
    pub people_of: BTreeMap<String, String>,
    /// What a percentage counts that stands in an event of a type.
    pub percent_of: BTreeMap<String, String>,
    /// Questions by concept, then by language.
    pub questions: BTreeMap<String, BTreeMap<String, String>>,
}

impl Counts {
    /// Whether the number belongs to one event of a story and not to the story: a quake's magnitude, and its
    /// aftershock's.
    pub fn is_of_events(&self, of: &str) -> bool {
        let is_in = |list: &[String]| list.iter().any(|known| known == of);
        is_in(&self.settled) && !is_in(&self.unique)
    }
}

/// In which direction one thing can pass from one side of an opposition to the other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// In neither: what was so stays so ("came without a warning").
    #[default]
    Never,
    /// To the first side alone (a fire comes under control).
    ToYes,
    /// To the second side alone (the living die).
    ToNo,
    /// Either way (a road is opened and closed).
    Both,
}

/// Two sides of which one thing can be on one only at a time.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opposition {
    /// How it changes.
    #[serde(default)]
    pub changes: Change,
    /// The kind of finding; `outcome` if not given.
    #[serde(default = "outcome")]
    pub kind: Kind,
}

fn outcome() -> Kind {
    Kind::Outcome
}

/// The table `[opposition]` of the frames' file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Oppositions {
    /// By id: `open-shut`, the first side first.
    pub types: BTreeMap<String, Opposition>,
    /// Questions by id, then by language.
    pub questions: BTreeMap<String, BTreeMap<String, String>>,
}

/// All frames, by id.
#[derive(Debug, Clone, Default)]
pub struct Frames {
    by_id: BTreeMap<String, Frame>,
    /// Counted things.
    pub counts: Counts,
    /// Opposed sides.
    pub oppositions: Oppositions,
}

impl Frames {
    /// The frames that ship with the program.
    ///
    /// # Errors
    /// When the data file is malformed, which the crate's tests rule out.
    pub fn builtin() -> Result<Self> {
        Frames::parse("frames.toml", BUILTIN)
    }

    /// Reads frames; `file` is named in errors.
    ///
    /// # Errors
    /// When `toml` is malformed.
    pub fn parse(file: &str, toml: &str) -> Result<Self> {
        let wrong = |problem: toml::de::Error| Error::LanguageData {
            file: file.to_owned(),
            problem: problem.to_string(),
            remedy: "compare it with the built-in src/language/frames.toml".to_owned(),
        };
        let mut tables: toml::Table = toml::from_str(toml).map_err(wrong)?;
        let counts = match tables.remove("quantity") {
            Some(table) => table.try_into().map_err(wrong)?,
            None => Counts::default(),
        };
        let oppositions = match tables.remove("opposition") {
            Some(table) => table.try_into().map_err(wrong)?,
            None => Oppositions::default(),
        };
        Ok(Frames { by_id: tables.try_into().map_err(wrong)?, counts, oppositions })
    }

    /// A frame by id.
    pub fn get(&self, id: &str) -> Option<&Frame> {
        self.by_id.get(id)
    }

    /// All frames, by id.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Frame)> {
        self.by_id.iter().map(|(id, frame)| (id.as_str(), frame))
    }

    /// The family of a frame, or its own id where it has none.
    pub fn family<'f>(&'f self, id: &'f str) -> &'f str {
        self.get(id).and_then(|frame| frame.family.as_deref()).unwrap_or(id)
    }
}
