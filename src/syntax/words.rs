//! Words of a text in a language, divided where the language's model divides them.

use super::builtin::model;
use crate::claim::tokens::{self, Token, TokenKind};

/// Fewest letters of a word that is no function word, for want of a list of those.
const LONG: usize = 5;
/// The same where words are divided by a segmenter.
const LONG_UNSPACED: usize = 2;

/// The tokens of a text, whose spans are shifted by `base`.
pub fn tokenize(code: &str, text: &str, base: usize) -> Vec<Token> {
    match model(code) {
        Some(model) => model.tokenize(text, base),
        None => tokens::tokenize(text, base),
    }
}

/// Tells the longer words of a language.
pub fn is_long(code: &str) -> impl Fn(&Token) -> bool {
    let divided = model(code).is_some_and(|model| model.has_segmenter());
    let letters = if divided { LONG_UNSPACED } else { LONG };
    move |token| token.kind == TokenKind::Word && token.lower.chars().count() >= letters
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long(code: &str, text: &str) -> Vec<String> {
        let is_long = is_long(code);
        tokenize(code, text, 0).into_iter().filter(is_long).map(|token| token.lower).collect()
    }

    #[test]
    fn a_long_word_has_two_characters_where_words_are_divided_and_else_five_letters() {
        assert_eq!(long("fr", "La digue du port a cédé"), ["digue"]);
        assert_eq!(long("zh", "市政府关闭了学校"), ["政府", "关闭", "学校"]);
    }
}
