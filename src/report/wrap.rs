//! Lines of text for a terminal: styled words, wrapped by the columns they take.

use std::fmt::Write as _;

use anstyle::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Wraps `parts` to `width` columns; every line begins with `indent`, the first with `first`
/// instead. Words longer than a line and scripts without spaces are cut between characters.
pub(super) fn wrap(parts: &[(Style, &str)], first: &str, indent: &str, width: usize) -> String {
    // A very narrow terminal gets long lines rather than one letter a line.
    let width = width.max(indent.width() + 20);
    let mut text = first.to_owned();
    let mut column = first.width();
    let mut fresh = true;
    let mut pending_space = false;
    for (style, part) in parts {
        let mut open = false;
        for word in part.split_inclusive(' ') {
            let (letters, space) = match word.strip_suffix(' ') {
                Some(letters) => (letters, true),
                None => (word, false),
            };
            let size = letters.width();
            if !letters.is_empty() {
                let gap = usize::from(pending_space);
                if !fresh && pending_space && column + gap + size > width {
                    close(&mut text, *style, &mut open);
                    text.push('\n');
                    text.push_str(indent);
                    column = indent.width();
                } else if pending_space && !fresh {
                    text.push(' ');
                    column += 1;
                }
                if !open && *style != Style::new() {
                    let _ = write!(text, "{style}");
                    open = true;
                }
                for letter in letters.chars() {
                    let size = letter.width().unwrap_or(0);
                    if size > 0 && column + size > width && column > indent.width() {
                        close(&mut text, *style, &mut open);
                        text.push('\n');
                        text.push_str(indent);
                        column = indent.width();
                        if *style != Style::new() {
                            let _ = write!(text, "{style}");
                            open = true;
                        }
                    }
                    text.push(letter);
                    column += size;
                }
                fresh = false;
                pending_space = false;
            }
            pending_space |= space;
        }
        close(&mut text, *style, &mut open);
    }
    text.push('\n');
    text
}

fn close(text: &mut String, style: Style, open: &mut bool) {
    if *open {
        let _ = write!(text, "{style:#}");
        *open = false;
    }
}
