//! What `step::resolve` makes of the steps of a plan: numbers, ids, paths, parents, ways in, outputs.

use qplan::source::SourceId;
use qplan::step::{Resolved, StepNode, resolve};
use qplan::syntax;

fn resolved(plan: &str) -> Resolved {
    let mut file = syntax::parse(SourceId(0), plan).file;
    let (steps, wrong) = resolve::resolve(&mut file, &|_| "computed".into());
    assert!(wrong.is_empty(), "{wrong:?}");
    steps
}

fn shown<T>(plan: &str, show: impl Fn(&StepNode) -> T) -> Vec<T> {
    resolved(plan).steps.iter().map(show).collect()
}

const NESTED: &str = r#"
step "Full processing" {
  step "Read file!" { print 1 }
  if 1 < 2 {
    step id=inner "Inside" {
      step "Read file!" { print 2 }
    }
  }
}
plan {
  step "2nd" -> out {
    var a = 1
    each x in [1] {
      echo 1 -> b
      var a = 2
    }
    step "Z" { var hidden = 1 }
  }
  step { print 3 }
}
"#;

#[test]
fn ids_are_written_or_made_of_the_description_or_the_number() {
    let ids = shown(NESTED, |node| node.id.to_string());
    assert_eq!(
        ids,
        ["full_processing", "read_file", "inner", "read_file_2", "step_2nd", "z", "step_7"]
    );
}

#[test]
fn a_generated_id_takes_no_written_or_reserved_name() {
    let plan = "@params count\nstep \"Run\" { var total = count }\nstep \"Total\" { print 1 }\n\
                step \"Count\" { each turn in [1] { print turn } }\nstep \"Turn\" { print 1 }\nstep \"日本 Go\" { print 1 }";
    let ids = shown(plan, |node| node.id.to_string());
    assert_eq!(ids, ["run_2", "total_2", "count_2", "turn_2", "日本_go"]);
}

#[test]
fn a_path_is_made_of_descriptions_and_of_ids_where_there_is_none() {
    let paths = shown(NESTED, |node| node.path.join(" / "));
    assert_eq!(
        paths,
        [
            "Full processing",
            "Full processing / Read file!",
            "Full processing / Inside",
            "Full processing / Inside / Read file!",
            "2nd",
            "2nd / Z",
            "step_7",
        ]
    );
}

#[test]
fn parents_look_through_blocks_and_jumps_do_not() {
    let parents = shown(NESTED, |node| node.parent);
    assert_eq!(parents, [None, Some(1), Some(1), Some(3), None, Some(5), None]);
    let chains = shown(NESTED, |node| node.chain.clone());
    assert_eq!(chains, [vec![], vec![1], vec![], vec![3], vec![], vec![5], vec![]]);
    let depths = shown(NESTED, |node| node.depth);
    assert_eq!(depths, [1, 2, 2, 3, 1, 2, 1]);
    assert_eq!(resolved(NESTED).node(1).children, [2, 3]);
}

#[test]
fn outputs_are_those_of_the_step_itself_each_once() {
    let steps = resolved(NESTED);
    let names = |id: &str| {
        steps.find(id).map(|node| node.outputs.iter().map(|name| name.to_string()).collect())
    };
    assert_eq!(names("step_2nd"), Some(vec!["a".to_owned(), "b".to_owned()]));
    assert_eq!(names("z"), Some(vec!["hidden".to_owned()]));
    assert_eq!(
        steps.find("step_2nd").map(|node| node.namespace.to_string()),
        Some("out".to_owned())
    );
}

/// The steps, with every hole rendered as `text`, and what is wrong with them.
fn rendered(plan: &str, text: &str) -> (Resolved, Vec<String>) {
    let mut file = syntax::parse(SourceId(0), plan).file;
    let (steps, wrong) = resolve::resolve(&mut file, &|_| text.into());
    (steps, wrong.into_iter().map(|diagnostic| diagnostic.message).collect())
}

#[test]
fn a_generated_id_does_not_depend_on_parameters() {
    let plan = "@params target\nstep \"Find ${target} now\" { print target }\nstep \"${target}\" { print 1 }";
    for text in ["${target}", "get_object", "find"] {
        let (steps, _) = rendered(plan, text);
        let ids: Vec<&str> = steps.steps.iter().map(|node| &*node.id).collect();
        assert_eq!(ids, ["find___now", "step_2"], "{text}");
        assert_eq!(steps.node(1).desc.as_deref(), Some(text), "the description is rendered");
    }
}

#[test]
fn a_timeout_may_be_a_parameter() {
    let plan = "@params t\nstep \"A\" timeout=\"${t}\" { print 1 }";
    let timeout = |text| {
        let (steps, wrong) = rendered(plan, text);
        (steps.node(1).timeout, wrong)
    };
    assert_eq!(timeout("${t}"), (None, vec![]), "nothing is known of it before the run");
    assert_eq!(timeout("3s"), (Some(std::time::Duration::from_secs(3)), vec![]));
    let wrong = "expected a duration for `timeout`, found `soon`";
    assert_eq!(timeout("soon"), (None, vec![wrong.to_owned()]));
}
