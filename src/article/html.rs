//! HTML pages.

use super::draft::{Draft, Notes};

/// stub
pub(super) fn read(_content: &str, _notes: &mut Notes) -> Option<Draft> {
    None
}
