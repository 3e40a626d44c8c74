//! Printing keeps the plan: what is printed reads back as the same tree, comments included, and prints the same again.

use proptest::prelude::*;
use qplan::source::SourceId;
use qplan::syntax::ast::File;
use qplan::syntax::{parse, print};

use crate::grammar::derived;

/// The tree without its places, as text.
fn shape(file: &File) -> String {
    let text = format!("{:?}", file.body);
    let place = regex::Regex::new(
        r"Span \{ source: SourceId\(\d+\), lo: \d+, hi: \d+ \}|OffsetMap \{ pieces: \[[^\]]*\] \}",
    );
    place.expect("a constant").replace_all(&text, "_").into_owned()
}

fn read(text: &str) -> File {
    parse(SourceId(0), text).file
}

/// The comments' texts in order.
fn comments(file: &File) -> Vec<&str> {
    file.comments.iter().map(|comment| comment.text.trim_end()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_reads_back_as_it_was(dice in prop::collection::vec(any::<u32>(), 0..400)) {
        let text = derived(dice);
        let file = read(&text);
        let printed = print(&file);
        let again = read(&printed);
        prop_assert!(shape(&file) == shape(&again), "{}\nprinted\n{}", text, printed);
        prop_assert_eq!(comments(&file), comments(&again), "{}\nprinted\n{}", text, printed);
        prop_assert_eq!(print(&again), printed);
    }
}

#[test]
fn the_canonical_form_has_one_statement_a_line_and_keeps_comments_where_they_belong() {
    let plan = "\
# head


@title   'A' // about
step 'one'   id = one{ # first
 print   1,2 ;print f( 3 )  /* both */


 # own
 if a{stop}
 else{ skip }   # end
   # last
}
step \"two\" { }
// tail
";
    let canonical = "\
# head

@title 'A'  // about
step 'one' id=one {  # first
  print 1, 2
  print f(3)  /* both */

  # own
  if a {
    stop
  } else {
    skip
  }  # end
  # last
}
step \"two\" { }
// tail
";
    assert_eq!(print(&read(plan)), canonical);
    assert_eq!(print(&read(canonical)), canonical);
}

#[test]
fn long_statements_are_broken_between_their_arguments() {
    let long = format!(
        "q \"{}\" in=\"{}\" exclude=\"tests/**\" -> rows\n",
        "x".repeat(60),
        "y".repeat(30)
    );
    let broken = format!(
        "q \"{}\"\n  in=\"{}\"\n  exclude=\"tests/**\"\n  -> rows\n",
        "x".repeat(60),
        "y".repeat(30)
    );
    assert_eq!(print(&read(&long)), broken);
    assert_eq!(print(&read(&broken)), broken);
    let items = ["a"; 40].map(|a| format!("\"{a}\"")).join(", ");
    let list = print(&read(&format!("var xs = [{items}]\n")));
    assert_eq!(list.lines().count(), 42);
    assert_eq!(print(&read(&list)), list);
}
