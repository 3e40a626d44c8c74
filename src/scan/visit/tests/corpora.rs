//! Whole repositories: the Python of this one, or `QPLAN_CORPUS=/a:/b cargo test --lib corpora -- --nocapture`.

#![expect(clippy::print_stdout, reason = "what was compared is for who runs it")]

use std::path::{Path, PathBuf};

use super::*;

/// What was compared.
#[derive(Default)]
struct Sum {
    files: usize,
    bytes: usize,
    /// Files whose statements cannot be told apart.
    refused: usize,
    /// Files whose tree has errors.
    broken: usize,
    /// Rules in files that no statement answers.
    left: usize,
    matches: usize,
    different: Vec<String>,
}

fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_symlink() {
            continue;
        } else if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "py" || extension == "pyi")
        {
            found.push(path);
        }
    }
}

/// All rules for Python of the file of patterns that single statements may answer.
fn rules() -> Vec<(Rule, usize)> {
    let patterns = include_str!("../../../../benches/patterns.txt");
    let lines = patterns.lines().filter_map(|line| line.strip_prefix("python\t"));
    let rule = |line: &str| {
        let mut fields = line.split('\t');
        let text = fields.next()?.replace("\\n", "\n");
        let mut code = code(&text, Strictness::Smart);
        for field in fields {
            match field.strip_prefix("selector=") {
                Some(kind) => code.selector = Some(kind.into()),
                None => code.strictness = Strictness::parse(field)?,
            }
        }
        // Some are there because they are refused.
        Rule::new(&code, Language::Python).ok()
    };
    let rules = lines.filter_map(rule).filter(|rule| rule.reach == Reach::Statement);
    rules.map(|rule| (rule, 0)).collect()
}

fn compare(plan: &Plan, path: &Path, sum: &mut Sum) {
    let Ok(source) = std::fs::read_to_string(path) else { return };
    let (room, never) = (Room::new(usize::MAX), || false);
    let mut lazy = LazyTree::new(source.clone(), Language::Python);
    sum.files += 1;
    sum.bytes += source.len();
    if lazy.statements().is_none() {
        sum.refused += 1;
        return;
    }
    let is_broken = lazy.tree(&never).is_none_or(|tree| walk::first_error(tree).is_some());
    sum.broken += usize::from(is_broken);
    let look = plan.literals.look(source.as_bytes());
    let candidates = || {
        let mut all = plan.candidates(&look, &wanted(plan));
        all.retain(|candidate| candidate.reach == Reach::Statement);
        all
    };
    let mut parts = Visit::default();
    let left = plan.match_parts(&lazy, &look, candidates(), &mut parts, &room, &never);
    for candidate in candidates() {
        let (mut alone, rule) = (Visit::default(), candidate.rule);
        plan.match_parts(&lazy, &look, vec![candidate], &mut alone, &room, &never);
        let of_rule = |visit: &Visit| {
            let found = visit.matches.iter().find(|(other, _)| *other == rule);
            found.map(|(_, matches)| shown(matches))
        };
        if of_rule(&alone) != of_rule(&parts) {
            sum.different.push(format!("{}: rule {rule} alone", path.display()));
        }
    }
    let left: Vec<usize> = left.iter().map(|left| left.rule).collect();
    sum.left += left.len();
    if is_broken {
        println!("{}: the whole tree has errors, {} rules are left", path.display(), left.len());
        return;
    }
    let mut whole = Visit::default();
    if candidates().is_empty() {
        return;
    }
    plan.match_tree(&mut lazy, candidates(), &mut whole, &room, &never);
    for (rule, matches) in whole.matches {
        if left.contains(&rule) {
            continue;
        }
        sum.matches += matches.count;
        let found = parts.matches.iter().position(|(other, _)| *other == rule);
        let found = found.map(|at| shown(&parts.matches.remove(at).1)).unwrap_or_default();
        if found != shown(&matches) {
            sum.different.push(format!("{}: rule {rule}: {found:?}", path.display()));
        }
    }
    sum.different.extend(
        parts.matches.iter().map(|(rule, _)| format!("{}: more of {rule}", path.display())),
    );
}

#[test]
fn single_statements_show_what_whole_files_do() {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/benches");
    let roots = std::env::var("QPLAN_CORPUS").unwrap_or_else(|_| own.to_owned());
    let plan = Plan::new(rules(), Vec::new());
    for root in roots.split(':') {
        let (mut files, mut sum) = (Vec::new(), Sum::default());
        sources(Path::new(root), &mut files);
        files.sort();
        files.iter().for_each(|path| compare(&plan, path, &mut sum));
        let Sum { files, bytes, refused, broken, left, matches, different } = sum;
        println!(
            "{root}: {} rules, {files} files, {bytes} bytes, {refused} files refused, {broken} broken, {left} rules left, {matches} matches, {} differences",
            plan.rules.len(),
            different.len(),
        );
        assert!(different.is_empty(), "{different:#?}");
        assert!(matches > 0, "nothing was compared in {root}");
    }
}
