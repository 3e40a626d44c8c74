//! Facts to bytes and back, plane by plane: columns by bitcode, starts as the way from one record to the next. Knows
//! nothing of where the bytes lie, nor whether they are still those that were written: that is a segment's.

use std::sync::Arc;

use bitcode::{Decode, Encode};

use super::needs::Planes;
use super::{Body, Facts, Head, Language, Lines, Strings, Trivia};

/// The planes of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Encoded {
    /// The texts the head names, the lines, the head.
    pub head: Vec<u8>,
    /// The other texts, the body.
    pub body: Vec<u8>,
    /// Comments and texts of literals.
    pub trivia: Vec<u8>,
}

#[derive(Encode, Decode)]
struct HeadPlane {
    strings: Strings,
    lines: Lines,
    head: Head,
}

#[derive(Encode, Decode)]
struct BodyPlane {
    strings: Strings,
    body: Body,
}

/// Encodes all planes.
#[must_use]
pub fn encode(facts: &Facts) -> Encoded {
    let (head, body) = (head(facts), body(facts));
    let mut trivia = facts.trivia.clone();
    trivia_starts(&mut trivia, Way::There);
    Encoded {
        head: bitcode::encode(&head),
        body: bitcode::encode(&body),
        trivia: bitcode::encode(&trivia),
    }
}

fn head(facts: &Facts) -> HeadPlane {
    let mut plane = HeadPlane {
        strings: facts.strings.clone(),
        lines: Lines::clone(&facts.lines),
        head: facts.head.clone(),
    };
    drop(plane.strings.split_off(facts.head_strings()));
    plane.turn(Way::There);
    plane
}

fn body(facts: &Facts) -> BodyPlane {
    let strings = facts.strings.clone().split_off(facts.head_strings());
    let mut plane = BodyPlane { strings, body: facts.body.clone() };
    plane.turn(Way::There);
    plane
}

/// Decodes planes; `None` if they are none.
#[must_use]
pub fn decode(
    language: Language,
    is_stub: bool,
    planes: Planes,
    encoded: [&[u8]; 3],
) -> Option<Facts> {
    let [head, body, trivia] = encoded;
    let mut head: HeadPlane = bitcode::decode(head).ok()?;
    head.turn(Way::Back);
    let mut facts = Facts {
        language,
        is_stub,
        strings: head.strings,
        lines: Arc::new(head.lines),
        head: head.head,
        body: Body::default(),
        trivia: Trivia::default(),
    };
    if planes >= Planes::Body {
        let mut body: BodyPlane = bitcode::decode(body).ok()?;
        body.turn(Way::Back);
        facts.strings.append(&body.strings);
        facts.body = body.body;
    }
    if planes >= Planes::Trivia {
        facts.trivia = bitcode::decode(trivia).ok()?;
        trivia_starts(&mut facts.trivia, Way::Back);
    }
    Some(facts)
}

/// Which way a column is turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// To the difference from the record before, signed, its sign in the lowest bit.
    There,
    /// Back to starts.
    Back,
}

impl Way {
    fn turn<'c>(self, column: impl Iterator<Item = &'c mut u32>) {
        let mut before = 0_u32;
        for value in column {
            match self {
                Self::There => {
                    let step = value.wrapping_sub(before).cast_signed();
                    before = *value;
                    *value = ((step << 1) ^ (step >> 31)).cast_unsigned();
                }
                Self::Back => {
                    let step = (*value >> 1) ^ (*value & 1).wrapping_neg();
                    before = before.wrapping_add(step);
                    *value = before;
                }
            }
        }
    }
}

impl HeadPlane {
    fn turn(&mut self, way: Way) {
        way.turn(self.strings.ends().iter_mut());
        for column in self.lines.columns() {
            way.turn(column.iter_mut());
        }
        let head = &mut self.head;
        way.turn(head.errors.iter_mut().map(|error| &mut error.place.at));
        way.turn(head.defs.iter_mut().map(|def| &mut def.name_at.at));
        way.turn(head.defs.iter_mut().map(|def| &mut def.full.at));
        way.turn(head.defs.iter_mut().map(|def| &mut def.head.at));
        way.turn(head.defs.iter_mut().map(|def| &mut def.doc.at));
        way.turn(head.params.iter_mut().map(|param| &mut param.place.at));
        way.turn(head.type_params.iter_mut().map(|param| &mut param.place.at));
        way.turn(head.imports.iter_mut().map(|import| &mut import.place.at));
        way.turn(head.exports.iter_mut().map(|export| &mut export.place.at));
        way.turn(head.scopes.iter_mut().map(|scope| &mut scope.place.at));
        way.turn(head.declared.iter_mut().map(|declared| &mut declared.place.at));
    }
}

impl BodyPlane {
    fn turn(&mut self, way: Way) {
        way.turn(self.strings.ends().iter_mut());
        let body = &mut self.body;
        way.turn(body.blocks.iter_mut().map(|block| &mut block.place.at));
        way.turn(body.stmts.iter_mut().map(|stmt| &mut stmt.place.at));
        way.turn(body.exprs.iter_mut().map(|expr| &mut expr.place.at));
        way.turn(body.calls.iter_mut().map(|call| &mut call.open_at));
        way.turn(body.args.iter_mut().map(|arg| &mut arg.at));
    }
}

fn trivia_starts(trivia: &mut Trivia, way: Way) {
    way.turn(trivia.tokens.iter_mut().map(|token| &mut token.place.at));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_column_comes_back_as_it_was(column: Vec<u32>) {
            let mut turned = column.clone();
            Way::There.turn(turned.iter_mut());
            Way::Back.turn(turned.iter_mut());
            prop_assert_eq!(turned, column);
        }

        #[test]
        fn bytes_that_are_no_planes_give_nothing_or_facts_and_never_a_panic(bytes: Vec<u8>) {
            for planes in [Planes::Head, Planes::Trivia] {
                let _ = decode(Language::Rust, false, planes, [&bytes, &bytes, &bytes]);
            }
        }
    }
}
