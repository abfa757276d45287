//! What a page may become when it is taken apart, found out before it is.
//!
//! HTML makes more of a page than its bytes: a formatting element that is left open is opened anew in each block after
//! it ("reconstruct the active formatting elements"), so that some 60 kB can become sixteen million elements. And
//! the parser's time grows with the square of the depth, and of a tag's attributes. So the page goes through the same
//! parser first, in small pieces, into a tree that only counts, and that is left where the page is hopeless.

use std::borrow::Cow;
use std::cell::Cell;
use std::rc::Rc;

use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::{Attribute, ExpandedName, QualName, parse_document};

/// Elements may not be nested deeper: `trafilatura` silently leaves out what stands below 500 levels, and real pages
/// stay below a tenth of that.
pub(super) const MAX_DEPTH: usize = 400;
/// The parser's own stack may be this deep before the tree is known: elements leave it again that have no end tags.
const MAX_OPEN: usize = 4 * MAX_DEPTH;
/// Elements of a page. The specification of HTML, on one page, has half as many.
const MAX_ELEMENTS: usize = 300_000;
/// Attributes of a tag.
const MAX_ATTRIBUTES: usize = 20_000;
/// The bounds are looked at after so many bytes, in which little can happen.
const PIECE: usize = 4096;

/// Whether a page can be taken apart at reasonable cost.
///
/// # Errors
/// Says what there is too much of.
pub(super) fn check(content: &str) -> Result<(), String> {
    if most_attributes(content) > MAX_ATTRIBUTES {
        return Err(format!("a tag of the page has more than {MAX_ATTRIBUTES} attributes"));
    }
    let counts = Rc::new(Counts::default());
    let mut parser = parse_document(Sink { counts: counts.clone() }, Default::default());
    let mut rest = content;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(PIECE));
        parser.process(StrTendril::from_slice(piece));
        if counts.deepest.get() > MAX_OPEN {
            return Err(format!("the page's elements are nested more than {MAX_DEPTH} deep"));
        }
        if counts.elements.get() > MAX_ELEMENTS {
            return Err(format!("the page has more than {MAX_ELEMENTS} elements"));
        }
        rest = after;
    }
    Ok(())
}

/// An upper bound of the attributes of any one tag: of everything that can be read as a tag, be it in a script or in a
/// quoted value. All readings are followed at once; of two in one state the one with more attributes stands for both.
fn most_attributes(content: &str) -> usize {
    #[derive(Clone, Copy)]
    enum At {
        Name,
        Between,
        Attribute,
        Equals,
        Bare,
        Single,
        Double,
    }
    const STATES: [At; 7] =
        [At::Name, At::Between, At::Attribute, At::Equals, At::Bare, At::Single, At::Double];
    let mut most = 0;
    let mut now: [Option<usize>; STATES.len()] = [None; STATES.len()];
    let mut opens = false;
    for &byte in content.as_bytes() {
        let mut next: [Option<usize>; STATES.len()] = [None; STATES.len()];
        if opens && byte.is_ascii_alphabetic() {
            next[At::Name as usize] = Some(0);
        }
        opens = byte == b'<' || opens && byte == b'/';
        for (state, count) in STATES.iter().zip(now) {
            let Some(count) = count else { continue };
            let space = byte.is_ascii_whitespace() || byte == b'/';
            let (to, count) = match (state, byte) {
                (At::Single, b'\'') | (At::Double, b'"') => (At::Between, count),
                (At::Single, _) | (At::Double, _) => (*state, count),
                (_, b'>') => continue,
                (At::Equals, b'\'') => (At::Single, count),
                (At::Equals, b'"') => (At::Double, count),
                (At::Equals, _) if byte.is_ascii_whitespace() => (At::Equals, count),
                (At::Equals, _) => (At::Bare, count),
                (At::Bare, _) if byte.is_ascii_whitespace() => (At::Between, count),
                (At::Bare, _) => (At::Bare, count),
                (At::Name, _) if space => (At::Between, count),
                (At::Name, _) => (At::Name, count),
                // White space may stand before the sign of equality too.
                (At::Between | At::Attribute, b'=') if count > 0 => (At::Equals, count),
                (At::Between | At::Attribute, _) if space => (At::Between, count),
                (At::Between, _) => (At::Attribute, count + 1),
                (At::Attribute, _) => (At::Attribute, count),
            };
            most = most.max(count);
            let known = &mut next[to as usize];
            *known = Some(known.map_or(count, |other| other.max(count)));
        }
        now = next;
    }
    most
}

/// What has been made so far.
#[derive(Debug, Default)]
struct Counts {
    elements: Cell<usize>,
    deepest: Cell<usize>,
}

/// A node, of which nothing but its name and depth is kept, and that only while the parser has it open.
#[derive(Debug)]
struct Node {
    name: QualName,
    depth: Cell<usize>,
}

/// A tree that counts.
struct Sink {
    counts: Rc<Counts>,
}

impl Sink {
    fn node(&self, name: QualName) -> Rc<Node> {
        self.counts.elements.set(self.counts.elements.get() + 1);
        Rc::new(Node { name, depth: Cell::new(0) })
    }

    fn unnamed(&self) -> Rc<Node> {
        self.node(QualName::new(None, html5ever::ns!(), html5ever::local_name!("")))
    }

    fn put(&self, child: NodeOrText<Rc<Node>>, depth: usize) {
        if let NodeOrText::AppendNode(node) = child {
            node.depth.set(depth);
            self.counts.deepest.set(self.counts.deepest.get().max(depth));
        }
    }
}

impl TreeSink for Sink {
    type Handle = Rc<Node>;
    type Output = ();
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) {}
    fn parse_error(&self, _: Cow<'static, str>) {}
    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}
    fn set_quirks_mode(&self, _: QuirksMode) {}
    fn add_attrs_if_missing(&self, _: &Rc<Node>, _: Vec<Attribute>) {}
    fn remove_from_parent(&self, _: &Rc<Node>) {}
    fn reparent_children(&self, _: &Rc<Node>, _: &Rc<Node>) {}

    fn get_document(&self) -> Rc<Node> {
        self.unnamed()
    }

    fn elem_name<'a>(&'a self, node: &'a Rc<Node>) -> ExpandedName<'a> {
        node.name.expanded()
    }

    fn create_element(&self, name: QualName, _: Vec<Attribute>, _: ElementFlags) -> Rc<Node> {
        self.node(name)
    }

    fn create_comment(&self, _: StrTendril) -> Rc<Node> {
        self.unnamed()
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Rc<Node> {
        self.unnamed()
    }

    fn append(&self, parent: &Rc<Node>, child: NodeOrText<Rc<Node>>) {
        self.put(child, parent.depth.get() + 1);
    }

    fn append_based_on_parent_node(
        &self,
        element: &Rc<Node>,
        _: &Rc<Node>,
        child: NodeOrText<Rc<Node>>,
    ) {
        self.put(child, element.depth.get());
    }

    fn append_before_sibling(&self, sibling: &Rc<Node>, node: NodeOrText<Rc<Node>>) {
        self.put(node, sibling.depth.get());
    }

    fn get_template_contents(&self, template: &Rc<Node>) -> Rc<Node> {
        template.clone()
    }

    fn same_node(&self, one: &Rc<Node>, other: &Rc<Node>) -> bool {
        Rc::ptr_eq(one, other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_counted_in_every_reading_of_a_page() {
        assert_eq!(most_attributes("a < b, c > d <p>e</p> <p a b=1 c='x > y' d = \"z\">"), 4);
        // In a comment, in a quoted value, behind one: whatever the parser takes for a tag is seen.
        assert!(most_attributes("<!-- \" --><p a=\"<p b c d\" e>") >= 2);
        assert!(most_attributes("<i x=\"<p a b c d e>\">") >= 5);
        assert_eq!(most_attributes("<p a=1/b=2 c/>"), 2);
        assert_eq!(most_attributes("no tag, a=1 b=2"), 0);
    }

    #[test]
    fn what_the_parser_repeats_is_counted() {
        let open: String = (0..4_000).map(|i| format!("<b x={i}></u>")).collect();
        assert!(check(&format!("<p>{open}{}", "<p>x".repeat(4_000))).is_err());
        assert!(check(&"<p><font color=red><b>x<i></b>".repeat(60)).is_ok());
        assert!(check(&"<p>word".repeat(10_000)).is_ok());
    }
}
