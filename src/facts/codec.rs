//! Facts to bytes and back, plane by plane: columns by bitcode, starts as the way from one record to the next. Knows
//! nothing of where the bytes lie, nor whether they are still those that were written: that is a segment's.

use std::cell::RefCell;
use std::sync::Arc;

use bitcode::{DecodeOwned, Encode};

use super::late::{Late, Packed, Tables};
use super::lines::Columns;
use super::{Body, Facts, Head, Language, Lines, Strings, Trivia};

/// The planes of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Encoded {
    /// The texts the head names, the outline, the lines, the head.
    pub head: Vec<u8>,
    /// The other texts.
    pub names: Vec<u8>,
    /// The body.
    pub body: Vec<u8>,
    /// Comments and texts of literals.
    pub trivia: Vec<u8>,
}

thread_local! {
    /// Each column has a buffer, which would be made anew for each file.
    static BUFFER: RefCell<bitcode::Buffer> = RefCell::default();
}

fn encoded(tables: &impl Encode) -> Vec<u8> {
    BUFFER.with_borrow_mut(|buffer| buffer.encode(tables).to_vec())
}

fn decoded<T: DecodeOwned>(bytes: &[u8]) -> Option<T> {
    BUFFER.with_borrow_mut(|buffer| buffer.decode(bytes)).ok()
}

/// What stands before parts of a plane: how many bytes the next one takes, little-endian.
const LENGTH: usize = 4;

/// Encodes all planes; `None` if one takes 4 GiB.
#[must_use]
pub fn encode(facts: &Facts) -> Option<Encoded> {
    let mut strings = facts.strings.clone();
    let names = strings.split_off(facts.head_strings()).to_bytes();
    let mut head = Vec::new();
    part(&mut head, &strings.to_bytes())?;
    part(&mut head, &encoded(&facts.outline))?;
    part(&mut head, &facts.lines.to_bytes())?;
    head.extend(facts.head.to_bytes());
    Some(Encoded { head, names, body: facts.body.to_bytes(), trivia: facts.trivia.to_bytes() })
}

fn part(plane: &mut Vec<u8>, bytes: &[u8]) -> Option<()> {
    plane.extend(u32::try_from(bytes.len()).ok()?.to_le_bytes());
    plane.extend(bytes);
    Some(())
}

/// The facts of a head, whose tables are decoded when they are looked at. `None` if it is none.
#[must_use]
pub fn decode(language: Language, head: &Packed) -> Option<Facts> {
    let (strings, head) = parted(head)?;
    let (outline, head) = parted(&head)?;
    let (lines, head) = parted(&head)?;
    Some(Facts {
        language,
        is_stub: false,
        strings: Strings::from_bytes(strings.bytes())?,
        lines: Arc::new(Lines::packed(lines)),
        outline: decoded(outline.bytes())?,
        head: Late::packed(head),
        body: Late::default(),
        trivia: Late::default(),
    })
}

/// Adds the body to the facts of a head; it is decoded when it is looked at. `None` if the names are none.
#[must_use]
pub fn add_body(facts: &mut Facts, names: &[u8], body: Packed) -> Option<()> {
    facts.strings.append(&Strings::from_bytes(names)?);
    facts.body = Late::packed(body);
    Some(())
}

/// The next part of a plane, and what is behind it.
fn parted(plane: &Packed) -> Option<(Packed, Packed)> {
    let length = u32::from_le_bytes(*plane.bytes().first_chunk::<LENGTH>()?);
    plane.part(LENGTH, usize::try_from(length).ok()?)
}

/// Tables with columns whose values lie near each other.
trait Turning {
    /// Turns those columns.
    fn turn(&mut self, way: Way);
}

impl<T: Turning + Clone + Default + Encode + DecodeOwned> Tables for T {
    fn to_bytes(&self) -> Vec<u8> {
        let mut tables = self.clone();
        tables.turn(Way::There);
        encoded(&tables)
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut tables: Self = decoded(bytes)?;
        tables.turn(Way::Back);
        Some(tables)
    }
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

impl Turning for Strings {
    fn turn(&mut self, way: Way) {
        way.turn(self.ends().iter_mut());
    }
}

impl Turning for Columns {
    fn turn(&mut self, way: Way) {
        self.growing().into_iter().for_each(|column| way.turn(column.iter_mut()));
    }
}

impl Turning for Head {
    fn turn(&mut self, way: Way) {
        way.turn(self.errors.iter_mut().map(|error| &mut error.place.at));
        way.turn(self.defs.iter_mut().map(|def| &mut def.name_at.at));
        way.turn(self.defs.iter_mut().map(|def| &mut def.full.at));
        way.turn(self.defs.iter_mut().map(|def| &mut def.head.at));
        way.turn(self.defs.iter_mut().map(|def| &mut def.doc.at));
        way.turn(self.params.iter_mut().map(|param| &mut param.place.at));
        way.turn(self.type_params.iter_mut().map(|param| &mut param.place.at));
        way.turn(self.imports.iter_mut().map(|import| &mut import.place.at));
        way.turn(self.exports.iter_mut().map(|export| &mut export.place.at));
        way.turn(self.scopes.iter_mut().map(|scope| &mut scope.place.at));
        way.turn(self.declared.iter_mut().map(|declared| &mut declared.place.at));
    }
}

impl Turning for Body {
    fn turn(&mut self, way: Way) {
        way.turn(self.blocks.iter_mut().map(|block| &mut block.place.at));
        way.turn(self.stmts.iter_mut().map(|stmt| &mut stmt.place.at));
        way.turn(self.exprs.iter_mut().map(|expr| &mut expr.place.at));
        way.turn(self.calls.iter_mut().map(|call| &mut call.open_at));
        way.turn(self.args.iter_mut().map(|arg| &mut arg.at));
    }
}

impl Turning for Trivia {
    fn turn(&mut self, way: Way) {
        way.turn(self.tokens.iter_mut().map(|token| &mut token.place.at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::body::{Expr, ExprKind};
    use crate::facts::build::Builder;
    use crate::facts::head::{Import, ImportForm, Visibility};
    use crate::facts::lines::LineEnds;
    use crate::facts::needs::Planes;
    use crate::facts::trivia::{Token, TokenKind};
    use crate::facts::{Place, ScopeId, StmtId, Str};
    use proptest::prelude::*;

    /// As of `import os # é` and `os.walk`, the names of the body known after those of the head.
    fn facts() -> Facts {
        let text = "import os # é\nos.walk\n";
        let lines = Arc::new(Lines::of(text, LineEnds::LineFeed));
        let mut builder = Builder::new(Language::Python, lines);
        let (walk, os) = (builder.intern("walk"), builder.intern("os"));
        builder.facts.head.imports.push(Import {
            form: ImportForm::Import,
            level: 0,
            visibility: Visibility::Public,
            macro_use: false,
            module: os,
            name: Str::NONE,
            binds: os,
            stmt: StmtId::at(0),
            scope: ScopeId::at(0),
            path: Str::NONE,
            place: Place { at: 7, len: 2 },
        });
        let expr = |kind, a, b, len| Expr { kind, flags: 0, a, b, place: Place { at: 15, len } };
        builder.facts.body.exprs.push(expr(ExprKind::Name, os.0, 0, 2));
        builder.facts.body.exprs.push(expr(ExprKind::Attr, 1, walk.0, 7));
        let place = Place { at: 10, len: 4 };
        builder.facts.trivia.tokens.push(Token { kind: TokenKind::Comment, place });
        builder.finish()
    }

    #[test]
    fn what_was_encoded_comes_back_plane_by_plane() {
        let Encoded { head, names, body, trivia } = encode(&facts()).unwrap();
        let mut decoded = decode(Language::Python, &Packed::new(head)).unwrap();
        let upto = |planes| {
            let mut expected = facts();
            expected.keep(planes);
            expected
        };
        assert_eq!(decoded, upto(Planes::Head));
        add_body(&mut decoded, &names, Packed::new(body)).unwrap();
        assert_eq!(decoded, upto(Planes::Body));
        decoded.trivia = Late::packed(Packed::new(trivia));
        assert_eq!(decoded, facts());
    }

    #[test]
    fn facts_that_were_packed_are_the_same_and_encode_alike() {
        let mut packed = facts();
        packed.pack();
        assert_eq!(encode(&packed), encode(&facts()));
        assert_eq!(packed, facts());
        packed = Facts::clone(&packed);
        packed.pack();
        packed.body.exprs.pop();
        assert_eq!((packed.body.exprs.len(), packed.clone().body.exprs.len()), (1, 1));
        assert_ne!(encode(&packed), encode(&facts()));
    }

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
            let packed = Packed::new(bytes.clone());
            let _ = decode(Language::Rust, &packed);
            let _ = add_body(&mut facts(), &bytes, packed);
            let _ = (Body::from_bytes(&bytes), Trivia::from_bytes(&bytes));
            let _ = (Head::from_bytes(&bytes), Columns::from_bytes(&bytes));
        }
    }
}
