//! Word tokens with byte spans, the common ground of all matchers.

use crate::span::Span;

/// A word, a number or one punctuation mark.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    /// Where it stands in the text given to [`tokenize`], plus its base offset.
    pub span: Span,
    /// Lower-cased, apostrophes made `'`, Arabic tatweel and harakat removed.
    pub lower: String,
    /// What it is made of.
    pub kind: TokenKind,
    /// Whether its first letter is upper-case, or the first one after a joined article of two
    /// letters ("al-Qaim").
    pub capitalised: bool,
    /// Whether white space stands before it.
    pub spaced: bool,
}

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Letters, with inner hyphens; an elided article ("l'") is a word of its own.
    Word,
    /// Digits of any script with inner separators.
    Number,
    /// One punctuation mark or symbol.
    Punctuation,
}

/// Splits `text` into tokens whose spans are shifted by `base`.
///
/// A possessive "'s" is a token. Other apostrophes split after themselves ("l'armée" → "l'", "armée") unless what stands before
/// them has more than four letters ("aujourd'hui" stays whole); hyphens stay inside
/// ("Al-Boukamal"). Chinese, Japanese and Thai runs are single tokens.
pub fn tokenize(text: &str, base: usize) -> Vec<Token> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let end_of = |i: usize| chars.get(i).map_or(text.len(), |&(offset, _)| offset);
    let mut tokens = Vec::new();
    let mut i = 0;
    let mut spaced = true;
    while i < chars.len() {
        let c = chars[i].1;
        if c.is_whitespace() || is_ignorable(c) {
            spaced |= c.is_whitespace();
            i += 1;
            continue;
        }
        let start = i;
        let kind = if c.is_numeric() {
            while i < chars.len()
                && (chars[i].1.is_numeric()
                    || (matches!(chars[i].1, '.' | ',' | '\u{66b}' | '\u{66c}')
                        && chars.get(i + 1).is_some_and(|&(_, d)| d.is_numeric())))
            {
                i += 1;
            }
            TokenKind::Number
        } else if is_word_char(c) {
            while i < chars.len() {
                let d = chars[i].1;
                let next_is_letter = chars.get(i + 1).is_some_and(|&(_, n)| is_word_char(n));
                let next_is_inside = chars.get(i + 1).is_some_and(|&(_, n)| n.is_alphanumeric());
                let inside = is_word_char(d) || d.is_numeric() || is_ignorable(d);
                if inside || d == '-' && next_is_inside {
                    i += 1;
                } else if is_possessive(&chars, i) {
                    break;
                } else if is_apostrophe(d) && next_is_letter {
                    i += 1;
                    if i - start <= 5 {
                        break;
                    }
                } else {
                    break;
                }
            }
            TokenKind::Word
        } else if is_possessive(&chars, i) && start > 0 && !spaced {
            i += 2;
            TokenKind::Word
        } else {
            i += 1;
            TokenKind::Punctuation
        };
        let span = Span::new(chars[start].0, end_of(i));
        tokens.push(Token {
            lower: normal_form(span.of(text)),
            kind,
            capitalised: c.is_uppercase() || begins_with_joined_article(span.of(text)),
            spaced,
            span: span.shifted(base),
        });
        spaced = false;
    }
    tokens
}

/// The form in which tokens are compared: lower case, plain apostrophes, no tatweel, harakat or
/// invisible characters.
pub fn normal_form(word: &str) -> String {
    word.chars()
        .filter(|&c| !is_ignorable(c))
        .map(|c| if is_apostrophe(c) { '\'' } else { c })
        .flat_map(char::to_lowercase)
        .collect()
}

/// "'s" at the end of a word.
fn is_possessive(chars: &[(usize, char)], at: usize) -> bool {
    let char_at = |i: usize| chars.get(i).map(|&(_, c)| c);
    char_at(at).is_some_and(is_apostrophe)
        && char_at(at + 1) == Some('s')
        && !char_at(at + 2).is_some_and(char::is_alphanumeric)
}

fn begins_with_joined_article(word: &str) -> bool {
    word.split_once('-').is_some_and(|(article, rest)| {
        article.chars().count() == 2 && rest.starts_with(char::is_uppercase)
    })
}

fn is_word_char(c: char) -> bool {
    c.is_alphabetic()
        || ('\u{300}'..='\u{36f}').contains(&c)
        || ('\u{900}'..='\u{97f}').contains(&c)
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ' | '‘')
}

/// Tatweel, Arabic short vowels, zero-width and bidirectional control characters, soft hyphen.
fn is_ignorable(c: char) -> bool {
    matches!(c, '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokenize(text, 0).into_iter().map(|t| t.lower).collect()
    }

    #[test]
    fn elided_articles_are_tokens_of_their_own() {
        assert_eq!(words("L’armée d'Al-Boukamal"), ["l'", "armée", "d'", "al-boukamal"]);
        assert_eq!(words("aujourd’hui"), ["aujourd'hui"]);
    }

    #[test]
    fn a_possessive_ending_is_a_token_of_its_own() {
        assert_eq!(words("Zambia's vote"), ["zambia", "'s", "vote"]);
        assert_eq!(words("s'est d'abord"), ["s'", "est", "d'", "abord"]);
    }

    #[test]
    fn numbers_keep_their_separators_and_lose_a_final_stop() {
        assert_eq!(words("1.200,5 morts en 2017."), ["1.200,5", "morts", "en", "2017", "."]);
    }

    #[test]
    fn arabic_vowel_signs_do_not_split_or_differ() {
        assert_eq!(words("مَدينة"), ["مدينة"]);
    }

    #[test]
    fn spans_point_into_the_text_with_the_base_added() {
        let text = "à Paris, é";
        for token in tokenize(text, 0) {
            assert_eq!(normal_form(token.span.of(text)), token.lower);
        }
        assert_eq!(tokenize("a", 7)[0].span, Span::new(7, 8));
    }
}
