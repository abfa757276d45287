//! Names, and noun phrases that stand for actors.
