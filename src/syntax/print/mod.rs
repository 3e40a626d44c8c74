//! The canonical form of a plan: one statement a line, two blanks a level, comments where they belong, at most one blank
//! line in a row. Trees without `Error` nodes read back as they are.

mod expression;
mod statement;

use super::ast::{Block, Comment, File, Statement};

/// Lines are broken, where they can be, when they would be longer.
const WIDTH: usize = 100;

/// Prints a plan in its canonical form; the result ends with a newline unless it is empty.
#[must_use]
pub fn print(file: &File) -> String {
    let mut printer = Printer { file, out: String::new(), comment: 0 };
    printer.lines(&file.body.statements, 0, file.body.span.lo, u32::MAX);
    printer.out
}

/// The state of printing.
struct Printer<'f> {
    file: &'f File,
    out: String,
    /// The next comment.
    comment: usize,
}

impl Printer<'_> {
    /// Statements and the comments around them up to the byte `end`.
    fn lines(&mut self, statements: &[Statement], level: usize, start: u32, end: u32) {
        let mut before = None;
        for (i, statement) in statements.iter().enumerate() {
            let comments = self.comments_before(statement.span.lo);
            for comment in comments {
                self.own_line(&comment, level, &mut before);
            }
            for comment in self.comments_inside(statement) {
                self.own_line(
                    &Comment { span: statement.span.start(), ..comment },
                    level,
                    &mut before,
                );
            }
            self.gap(before, statement.span.lo);
            self.indent(level);
            self.statement(statement, level);
            before = Some(statement.span.hi.max(start));
            let next = statements.get(i + 1).map_or(end, |next| next.span.lo);
            self.trailing(next, &mut before);
            self.out.push('\n');
        }
        for comment in self.comments_before(end) {
            self.own_line(&comment, level, &mut before);
        }
    }

    /// The comments up to the byte `end`.
    fn comments_before(&mut self, end: u32) -> Vec<Comment> {
        let rest = self.file.comments.get(self.comment..).unwrap_or_default();
        let taken: Vec<Comment> =
            rest.iter().take_while(|comment| comment.span.lo < end).cloned().collect();
        self.comment += taken.len();
        taken
    }

    /// The comments inside a statement, but for those in its blocks.
    fn comments_inside(&mut self, statement: &Statement) -> Vec<Comment> {
        match statement::first_block(statement) {
            Some(block) if block.span.lo >= statement.span.lo => {
                self.comments_before(block.span.lo)
            }
            _ => self.comments_before(statement.span.hi),
        }
    }

    fn own_line(&mut self, comment: &Comment, level: usize, before: &mut Option<u32>) {
        self.gap(*before, comment.span.lo);
        self.indent(level);
        self.out.push_str(comment.text.trim_end());
        self.out.push('\n');
        *before = Some(comment.span.hi);
    }

    /// The comments on the line where a statement ends.
    fn trailing(&mut self, end: u32, before: &mut Option<u32>) {
        while let Some(comment) = self.file.comments.get(self.comment) {
            if comment.own_line || comment.span.lo >= end {
                return;
            }
            self.out.push_str("  ");
            self.out.push_str(comment.text.trim_end());
            *before = Some(comment.span.hi);
            self.comment += 1;
            if !comment.text.starts_with("/*") {
                return;
            }
        }
    }

    /// One blank line, if there is one between the two bytes.
    fn gap(&mut self, before: Option<u32>, next: u32) {
        let Some(before) = before else { return };
        let blanks = &self.file.blanks;
        let first = blanks.partition_point(|&blank| blank < before);
        if blanks.get(first).is_some_and(|&blank| blank < next) {
            self.out.push('\n');
        }
    }

    fn indent(&mut self, level: usize) {
        self.out.extend(std::iter::repeat_n("  ", level));
    }

    /// ` {`, the statements and `}`; on the line at hand if nothing stands in it.
    fn block(&mut self, block: &Block, level: usize) {
        let empty = self
            .file
            .comments
            .get(self.comment)
            .is_none_or(|comment| comment.span.lo >= block.span.hi);
        if block.statements.is_empty() && empty {
            self.out.push_str(" { }");
            return;
        }
        self.out.push_str(" {");
        self.body(block, level);
        self.out.push('}');
    }

    /// The lines of a block behind its opening sign, up to the indent of its end.
    fn body(&mut self, block: &Block, level: usize) {
        let first = block.statements.first().map_or(block.span.hi, |statement| statement.span.lo);
        self.trailing(first, &mut None);
        self.out.push('\n');
        self.lines(&block.statements, level + 1, block.span.lo, block.span.hi);
        self.indent(level);
    }

    /// The length of the line at hand.
    fn used(&self) -> usize {
        let line = self.out.rsplit('\n').next().unwrap_or("");
        line.chars().count()
    }
}
