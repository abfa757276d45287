//! What the tagger and the parser see of a word: hashes of its form and of its parts.

use crate::claim::tokens::normal_form;

/// Longest prefix and suffix that is a feature, in characters.
const AFFIX: usize = 5;

/// One word of a sentence as features see it. Every field is a hash or a small code.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Form {
    /// The word in its normal form; numbers of equal length are one word.
    pub word: u64,
    /// Its first 1, 2, 3 … characters.
    pub prefixes: [u64; 3],
    /// Its last 1, 2, 3 … characters.
    pub suffixes: [u64; AFFIX],
    /// Capitals, digits, hyphens, signs.
    pub shape: u64,
}

impl Form {
    /// The form of a word as written.
    pub fn new(written: &str) -> Self {
        let mut lower = normal_form(written);
        let number = lower.starts_with(|c: char| c.is_numeric());
        if number {
            lower = lower.chars().map(|c| if c.is_numeric() { '0' } else { c }).collect();
        }
        let chars: Vec<char> = lower.chars().collect();
        let prefix = |n: usize| hash_chars(&chars[..n.min(chars.len())], n);
        let suffix = |n: usize| hash_chars(&chars[chars.len().saturating_sub(n)..], 16 + n);
        Form {
            word: hash_chars(&chars, 32),
            prefixes: [prefix(1), prefix(2), prefix(3)],
            suffixes: [suffix(1), suffix(2), suffix(3), suffix(4), suffix(5)],
            shape: shape(written),
        }
    }

    /// Stands where the sentence has no word.
    pub const OUTSIDE: Form =
        Form { word: 0x51, prefixes: [0x52; 3], suffixes: [0x53; AFFIX], shape: 0x54 };
}

/// FNV-1a over characters.
fn hash_chars(chars: &[char], seed: usize) -> u64 {
    chars.iter().fold(0xcbf2_9ce4_8422_2325 ^ seed as u64, |hash, &c| {
        (hash ^ u64::from(u32::from(c))).wrapping_mul(0x0100_0000_01b3)
    })
}

fn shape(written: &str) -> u64 {
    let letters = written.chars().filter(|c| c.is_alphabetic()).count();
    let upper = written.chars().filter(|c| c.is_uppercase()).count();
    let first = written.chars().next();
    let first_upper = first.is_some_and(char::is_uppercase);
    let case = match (letters, upper) {
        (0, _) => 0,
        (_, 0) => 1,
        (1, 1) => 2,
        (n, u) if n == u => 3,
        _ if first_upper => 4,
        _ => 5,
    };
    let digit = u64::from(written.chars().any(char::is_numeric));
    let hyphen = u64::from(written.contains('-'));
    let apostrophe = u64::from(written.ends_with(['\'', '’']));
    let sign = match first {
        Some(c) if letters == 0 && digit == 0 => 1 + u64::from(u32::from(c)),
        _ => 0,
    };
    case | digit << 3 | hyphen << 4 | apostrophe << 5 | sign << 6
}

/// The hash of a feature: its template with up to three values.
#[inline]
pub fn feature(template: u64, a: u64, b: u64, c: u64) -> u64 {
    const K: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut hash = template.wrapping_mul(0xd6e8_feb8_6659_fd93);
    for value in [a, b, c] {
        hash = (hash.rotate_left(23) ^ value).wrapping_mul(K);
    }
    hash ^ (hash >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_equal_length_are_one_word() {
        assert_eq!(Form::new("1985"), Form::new("2017"));
        assert_ne!(Form::new("1985").word, Form::new("85").word);
    }

    #[test]
    fn capitals_change_the_shape_and_not_the_word() {
        let (plain, capital) = (Form::new("bush"), Form::new("Bush"));
        assert_eq!(plain.word, capital.word);
        assert_ne!(plain.shape, capital.shape);
    }
}
