//! One thread or many: the same output, the same exit code, the same result, and events that fit.

use std::fs;

use serde_json::Value;

use crate::events::{misfit, of_lines};
use crate::harness::{Place, Ran, difference, package, without_times};
use crate::spec;

/// A result without what differs from run to run.
fn comparable(ran: &Ran) -> String {
    let Ok(mut result) = serde_json::from_str::<Value>(&ran.stdout) else {
        return format!("{}\nexit {}", ran.stdout, ran.code);
    };
    without_times(&mut result);
    for field in ["id", "started"] {
        result["run"][field] = Value::Null;
    }
    format!("{}\nexit {}", serde_json::to_string_pretty(&result).unwrap_or_default(), ran.code)
}

fn run(plan: &spec::Plan, jobs: &str) -> Result<String, String> {
    let place = Place::new(plan.files.iter().map(|(name, text)| (&**name, &**text)));
    let aside = tempfile::tempdir().expect("a temporary directory can be made");
    let events = aside.path().join("events");
    let sink = format!("jsonl:{}", events.display());
    let args = ["plan.qp", "--format", "json", "--jobs", jobs, "--events", &sink];
    let ran = place.qplan(&args, &plan.stdin);
    let told = fs::read_to_string(&events).unwrap_or_default();
    // A plan that is wrong begins no run.
    let misfit = if ran.code == 2 { None } else { misfit(&of_lines(&told)?) };
    misfit.map_or_else(|| Ok(comparable(&ran)), Err)
}

/// All that can depend on threads, and some of the rest.
fn chosen() -> Vec<spec::Plan> {
    let words = ["parallel", "future", "search ", "calls ", "q \"", "q '"];
    let depends = |text: &str| words.iter().any(|word| text.contains(word));
    let plans = spec::plans().into_iter().enumerate();
    let chosen = plans.filter(|(at, plan)| {
        let is_plan = |(name, _): &&(String, String)| name.ends_with(".qp");
        let mut texts = plan.files.iter().filter(is_plan).map(|(_, text)| text);
        // How often a loop turns before its time is over depends on the machine.
        let counts_time =
            texts.clone().any(|text| text.contains("timeout=") && text.contains("while"));
        let tells_time = texts.clone().any(|text| {
            ["time epoch", "time now", "date today"].iter().any(|now| text.contains(now))
        });
        !counts_time && !tells_time && (texts.any(|text| depends(text)) || at % 10 == 0)
    });
    let mut chosen: Vec<_> = chosen.map(|(_, plan)| plan).collect();
    let dir = fs::read_dir(package().join("examples")).expect("there are examples");
    let mut examples: Vec<_> = dir.map(|entry| entry.expect("they can be read").path()).collect();
    examples.sort();
    for path in examples.iter().filter(|path| path.extension().is_some_and(|ext| ext == "qp")) {
        let text = fs::read_to_string(path).expect("an example can be read");
        let files = vec![("plan.qp".to_owned(), text)];
        chosen.push(spec::Plan { title: path.display().to_string(), files, stdin: String::new() });
    }
    chosen
}

#[test]
fn every_plan_gives_the_same_with_one_thread_and_with_many() {
    let plans = chosen();
    assert!(plans.len() > 150, "{}", plans.len());
    let complaints = spec::side_by_side(&plans, |plan| {
        let (one, four) = (run(plan, "1"), run(plan, "4"));
        match (one, four) {
            (Ok(one), Ok(four)) if one == four => None,
            (Ok(one), Ok(four)) => Some(difference(&one, &four)),
            (Err(misfit), _) | (_, Err(misfit)) => Some(misfit),
        }
    });
    let complaints: Vec<String> = plans
        .iter()
        .zip(complaints)
        .filter_map(|(plan, complaint)| Some(format!("── {}\n{}", plan.title, complaint?)))
        .collect();
    assert!(
        complaints.is_empty(),
        "{} of {}\n{}",
        complaints.len(),
        plans.len(),
        complaints.join("\n")
    );
}
