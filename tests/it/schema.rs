//! Results, events and diagnostics are what `qplan schema` publishes: checked by the keywords the schemas use, strictly
//! (an unknown keyword fails), and by sections and findings that point at each other.

use std::collections::BTreeSet;

use qplan::cli::args::EventSink;
use qplan::cli::events::Sink;
use qplan::diagnostic::code::system::CANNOT_READ;
use qplan::diagnostic::{Fault, Kind};
use qplan::step::event::{ActionInfo, Events, State, StepInfo, StepStatus};
use qplan::value;
use serde_json::{Value, json};

use crate::harness::Place;

/// What is wrong with `value`, each with its path.
fn check(schema: &Value, root: &Value, value: &Value, path: &str, wrong: &mut Vec<String>) {
    let Some(rules) = schema.as_object() else {
        if schema == &json!(false) {
            wrong.push(format!("{path}: nothing may stand here"));
        }
        return;
    };
    for (keyword, rule) in rules {
        match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" | "default" | "format" => {}
            "$ref" => check(resolved(rule, root), root, value, path, wrong),
            "type" => kind(rule, value, path, wrong),
            "enum" if !list(rule).contains(value) => {
                wrong.push(format!("{path}: {value} is none of {rule}"))
            }
            "const" if rule != value => wrong.push(format!("{path}: {value} is not {rule}")),
            "minimum" if value.as_f64() < rule.as_f64() && value.is_number() => {
                wrong.push(format!("{path}: {value} is too small"))
            }
            "maximum" if value.as_f64() > rule.as_f64() && value.is_number() => {
                wrong.push(format!("{path}: {value} is too large"))
            }
            "enum" | "const" | "minimum" | "maximum" => {}
            "required" => {
                for name in list(rule).iter().filter_map(Value::as_str) {
                    if value.is_object() && value.get(name).is_none() {
                        wrong.push(format!("{path}: `{name}` is missing"));
                    }
                }
            }
            "items" => {
                for (at, item) in list(value).iter().enumerate() {
                    check(rule, root, item, &format!("{path}[{at}]"), wrong);
                }
            }
            "properties" => {
                for (name, rule) in rule.as_object().expect("properties are an object") {
                    if let Some(inner) = value.get(name) {
                        check(rule, root, inner, &format!("{path}.{name}"), wrong);
                    }
                }
            }
            "additionalProperties" => further(rules, rule, root, value, path, wrong),
            "anyOf" | "oneOf" => {
                let fitting = list(rule).iter().filter(|rule| {
                    let mut wrong = Vec::new();
                    check(rule, root, value, path, &mut wrong);
                    wrong.is_empty()
                });
                let fitting = fitting.count();
                if fitting == 0 || keyword == "oneOf" && fitting > 1 {
                    wrong.push(format!("{path}: {value} fits {fitting} of `{keyword}`"));
                }
            }
            "allOf" => list(rule).iter().for_each(|rule| check(rule, root, value, path, wrong)),
            other => panic!("{path}: the test does not know `{other}`"),
        }
    }
}

pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn resolved<'s>(reference: &Value, root: &'s Value) -> &'s Value {
    let pointer =
        reference.as_str().and_then(|text| text.strip_prefix('#')).expect("an inner reference");
    root.pointer(pointer).unwrap_or_else(|| panic!("{reference} leads nowhere"))
}

fn kind(rule: &Value, value: &Value, path: &str, wrong: &mut Vec<String>) {
    let is = |name: &Value| match name.as_str() {
        Some("null") => value.is_null(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("string") => value.is_string(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        other => panic!("no type is called {other:?}"),
    };
    if !(is_any(rule, is)) {
        wrong.push(format!("{path}: expected {rule}, found {value}"));
    }
}

fn is_any(rule: &Value, is: impl Fn(&Value) -> bool) -> bool {
    match rule {
        Value::Array(names) => names.iter().any(is),
        name => is(name),
    }
}

fn further(
    rules: &serde_json::Map<String, Value>,
    rule: &Value,
    root: &Value,
    value: &Value,
    path: &str,
    wrong: &mut Vec<String>,
) {
    let known = rules.get("properties").and_then(Value::as_object);
    for (name, inner) in value.as_object().into_iter().flatten() {
        if known.is_none_or(|known| !known.contains_key(name)) {
            check(rule, root, inner, &format!("{path}.{name}"), wrong);
        }
    }
}

/// Every object of the schema that names its properties is closed, but for those that say what else they hold: what
/// the program writes beyond the schema is a complaint.
fn closed(schema: &mut Value) {
    match schema {
        Value::Object(rules) => {
            if rules.contains_key("properties") && !rules.contains_key("additionalProperties") {
                rules.insert("additionalProperties".to_owned(), json!(false));
            }
            rules.values_mut().for_each(closed);
        }
        Value::Array(items) => items.iter_mut().for_each(closed),
        _ => {}
    }
}

/// The published schema of something, closed.
pub(crate) fn published(of: &str) -> Value {
    let published = Place::new([]).qplan(&["schema", of], "");
    let mut schema: Value = serde_json::from_str(&published.stdout).expect("a schema is JSON");
    closed(&mut schema);
    schema
}

pub(crate) fn complaints(schema: &Value, value: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    check(schema, schema, value, "$", &mut wrong);
    wrong
}

const PLAN: &str = r#"@title "All of it"
@params word="load"
step "Look" id=look {
  q pattern="getattr($X, $Y, $Z)" -> found
  search "${word}" -> hits
  q "load" limit=1 -> cut
  return found, hits
}
step "Fail" onError=continue type="check" {
  var x = 1 / 0
}
step "Retry" onError="retry=1, continue" {
  file read "nowhere.txt" -> text
}
step "Skip" { skip }
step "Again" {
  q pattern="getattr($X, \"open\", $Z)" -> found
  print found.count
}
step "Meaning" {
  q entity=function name=load -> functions
  q entity=import -> imports
  calls load -> sites
  search load include_strings=true -> all
}
step "End" { search "x" in="nowhere" -> none }
"#;

fn repository() -> Place {
    Place::new([
        ("plan.qp", PLAN),
        (
            "src/a.py",
            "import os\n\n\ndef load(path):\n    return getattr(os, \"open\", None)\n\n\nload(1)\n",
        ),
        ("src/broken.py", "def f(:\n    getattr(os, \"open\", 1)\n"),
        ("src/lib.rs", "/// load\npub fn load(path: &str) -> usize {\n    path.len()\n}\n"),
    ])
}

fn result(place: &Place, further: &[&str]) -> Value {
    let args = ["plan.qp", "--root", ".", "--format", "json", "--with-context"];
    let ran = place.qplan(&[&args[..], further].concat(), "");
    serde_json::from_str(&ran.stdout).expect("a result is JSON")
}

#[test]
fn results_are_as_published() {
    let place = repository();
    let result = result(&place, &[]);
    assert_eq!(result["status"], "error", "the last step fails: {result:#}");
    assert_eq!(complaints(&published("result"), &result), Vec::<String>::new());
    let mut spoilt = result;
    spoilt["findings"][0]["score"]["impact"] = json!("high");
    spoilt["steps"][0]["surprise"] = json!(1);
    assert_eq!(complaints(&published("result"), &spoilt).len(), 2);
}

#[test]
fn findings_name_actions_and_steps_that_are_there() {
    let result = result(&repository(), &[]);
    let ids = |key: &str| -> BTreeSet<String> {
        list(&result[key]).iter().filter_map(|row| Some(row["id"].as_str()?.to_owned())).collect()
    };
    let (steps, actions, findings) = (ids("steps"), ids("actions"), ids("findings"));
    assert_eq!(findings.len(), list(&result["findings"]).len(), "ids are unique");
    assert_eq!(result["summary"]["findings"], findings.len());
    for source in list(&result["findings"]).iter().flat_map(|finding| list(&finding["sources"])) {
        assert!(steps.contains(source["step"].as_str().unwrap_or("?")), "{source}");
        assert!(actions.contains(source["action"].as_str().unwrap_or("?")), "{source}");
    }
    let told = list(&result["actions"]).iter().any(|action| !list(&action["sections"]).is_empty());
    assert!(told, "some answer has sections");
    let sections = list(&result["actions"]).iter().flat_map(|action| list(&action["sections"]));
    for id in sections.flat_map(|section| list(&section["findings"])) {
        assert!(findings.contains(id.as_str().unwrap_or("?")), "{id}");
    }
    let shared =
        list(&result["findings"]).iter().filter(|finding| list(&finding["sources"]).len() > 1);
    assert!(shared.count() >= 1, "two patterns find the same call");
}

/// Whole answers in a value, as `{action, count, complete}`; a table in it is a complaint.
fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::Object(fields) => {
            assert!(!(fields.contains_key("rows") && fields.contains_key("coverage")), "{value:#}");
            if let (Some(action), Some(_)) = (value["action"].as_str(), value.get("complete")) {
                found.push(action);
            }
            fields.values().for_each(|field| references(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn rows_stand_once_and_results_name_the_action_that_has_them() {
    let result = result(&repository(), &[]);
    let mut found = Vec::new();
    references(&result["steps"], &mut found);
    references(&result["context"], &mut found);
    let actions = list(&result["actions"]);
    assert!(found.len() > 8, "{found:?}");
    for id in found {
        assert!(actions.iter().any(|action| action["id"] == id), "{id}");
    }
}

#[test]
fn events_are_as_published() {
    let place = repository();
    let ran = place.qplan(&["plan.qp", "--root", ".", "--events", "jsonl:events.jsonl"], "");
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let lines =
        std::fs::read_to_string(place.path().join("events.jsonl")).expect("events are written");
    assert!(lines.lines().count() > 10, "{lines}");
    let schema = published("events");
    for line in lines.lines() {
        let event: Value = serde_json::from_str(line).expect("an event is JSON");
        assert_eq!(complaints(&schema, &event), Vec::<String>::new(), "{line}");
        spoil(&schema, &event);
    }
}

/// A line without one of its fields, or with one of another event, is not as published.
fn spoil(schema: &Value, event: &Value) {
    let fields = event.as_object().expect("an event is an object");
    let optional = |name: &str| match event["event"].as_str() {
        Some("action_end") => name == "count" || name == "error",
        Some("timeout") => name == "step",
        _ => false,
    };
    for name in fields.keys().filter(|name| !optional(name)) {
        let mut spoilt = event.clone();
        spoilt.as_object_mut().expect("it still is").remove(name);
        assert!(!complaints(schema, &spoilt).is_empty(), "{spoilt}");
    }
    let mut spoilt = event.clone();
    spoilt["surprise"] = json!(1);
    assert!(!complaints(schema, &spoilt).is_empty(), "{spoilt}");
}

/// Tells a sink of everything there is to tell, with and without what may be absent.
fn tell(sink: &dyn Events) {
    let step = StepInfo { id: "a".into(), desc: Some("A".into()), ..StepInfo::default() };
    let inner = StepInfo { id: "b".into(), parent: Some("a".into()), ..StepInfo::default() };
    let action = ActionInfo { id: "q_1", name: "q", step: &inner };
    let fault = Fault::new(Kind::Io, CANNOT_READ, "no");
    sink.plan_start();
    sink.step_start(&step);
    sink.step_end(&step, StepStatus::Partial, &value::Value::Null);
    sink.step_error(&inner, 1, &fault);
    sink.step_retry(&inner, 2, &fault);
    sink.step_jump(&step, "b");
    sink.action_start(&action);
    sink.action_end(&action, 3, Some(1), None);
    sink.action_end(&action, 3, None, Some(&fault));
    sink.progress(1, 2);
    sink.print("x");
    sink.abort();
    sink.pause();
    sink.resume();
    sink.timeout(None);
    sink.timeout(Some(&step));
    sink.state_change(State::Running, State::Idle);
    sink.plan_end(State::Completed);
}

#[test]
fn every_event_there_is_is_as_published() {
    let place = Place::new([]);
    let path = place.path().join("events.jsonl");
    let sink = Sink::open(&EventSink::File(path.clone()), "run").expect("a file can be made");
    tell(&sink);
    let lines = std::fs::read_to_string(path).expect("events are written");
    let schema = published("events");
    let mut told = BTreeSet::new();
    for line in lines.lines() {
        let event: Value = serde_json::from_str(line).expect("an event is JSON");
        assert_eq!(complaints(&schema, &event), Vec::<String>::new(), "{line}");
        spoil(&schema, &event);
        told.insert(event["event"].as_str().unwrap_or("?").to_owned());
    }
    let known =
        list(&schema["oneOf"]).iter().map(|kind| kind["properties"]["event"]["const"].as_str());
    let known: BTreeSet<String> = known.map(|name| name.unwrap_or("?").to_owned()).collect();
    assert_eq!(told, known);
    assert_eq!(known.len(), 16);
}

#[test]
fn diagnostics_are_as_published() {
    let place =
        Place::new([("plan.qp", "step \"A\" {\n  serach \"x\" -> found\n  print nothing\n")]);
    let ran = place.qplan(&["check", "plan.qp", "--diagnostics", "json"], "");
    let rows: Value = serde_json::from_str(&ran.stdout).expect("diagnostics are JSON");
    assert!(list(&rows).len() >= 2, "{rows}");
    assert_eq!(complaints(&published("diagnostics"), &rows), Vec::<String>::new());
}
