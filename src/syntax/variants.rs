//! Characters that a script writes in two ways, as Chinese does, made one.

use std::borrow::Cow;

use super::file::{Damage, Reader, Writer};

/// What stands for each variant, sorted by variant. No character that stands for one is itself a variant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Variants {
    pairs: Vec<(char, char)>,
}

impl Variants {
    /// A table of variants and what stands for them, in any order. Of two entries of one variant the first counts;
    /// chains are followed to their end.
    pub fn new(pairs: impl IntoIterator<Item = (char, char)>) -> Self {
        let mut table = Variants { pairs: pairs.into_iter().collect() };
        table.pairs.sort_by_key(|&(variant, _)| variant);
        table.pairs.dedup_by_key(|&mut (variant, _)| variant);
        let ends: Vec<(char, char)> = table
            .pairs
            .iter()
            .map(|&(variant, _)| (variant, table.end_of_chain(variant)))
            .collect();
        table.pairs = ends.into_iter().filter(|(variant, end)| variant != end).collect();
        table
    }

    fn end_of_chain(&self, variant: char) -> char {
        let mut chain = vec![variant];
        while let Some(next) = chain.last().map(|&last| self.of(last))
            && !chain.contains(&next)
        {
            chain.push(next);
        }
        // A circle ends in the least of it, so that all of it has one end.
        let last = chain.last().map_or(variant, |&last| self.of(last));
        let circle = chain.iter().skip_while(|&&c| c != last).copied();
        circle.min().unwrap_or(last)
    }

    /// What stands for a character: itself, unless it is a variant.
    pub fn of(&self, c: char) -> char {
        match self.pairs.binary_search_by_key(&c, |&(variant, _)| variant) {
            Ok(at) => self.pairs[at].1,
            Err(_) => c,
        }
    }

    /// A text without variants.
    pub fn fold<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if text.chars().all(|c| self.of(c) == c) {
            return Cow::Borrowed(text);
        }
        text.chars().map(|c| self.of(c)).collect()
    }

    /// Writes the table.
    pub fn write(&self, out: &mut Writer) {
        out.text(&self.pairs.iter().map(|&(variant, _)| variant).collect::<String>());
        out.text(&self.pairs.iter().map(|&(_, stands)| stands).collect::<String>());
    }

    /// Reads what [`Variants::write`] wrote.
    ///
    /// # Errors
    /// When the bytes are none of it.
    pub fn read(from: &mut Reader<'_>) -> Result<Self, Damage> {
        let (variants, stands) = (from.text()?, from.text()?);
        if variants.chars().count() != stands.chars().count() {
            return Err(Damage("a table of variants with a column shorter than the other"));
        }
        Ok(Variants::new(variants.chars().zip(stands.chars())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_in_two_ways_is_one() {
        let variants = Variants::new([('國', '国'), ('囯', '國')]);
        assert_eq!(variants.fold("國囯国a"), "国国国a");
    }

    #[test]
    fn circles_have_one_end() {
        let variants = Variants::new([('b', 'c'), ('c', 'b'), ('a', 'c')]);
        assert_eq!(variants.fold("abc"), "bbb");
    }

    #[test]
    fn a_table_survives_writing_and_reading() {
        let variants = Variants::new([('國', '国'), ('學', '学')]);
        let mut out = Writer::default();
        variants.write(&mut out);
        assert_eq!(Variants::read(&mut Reader::new(&out.into_bytes())), Ok(variants));
    }
}
