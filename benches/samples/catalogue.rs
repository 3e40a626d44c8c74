// What the patterns of ast-grep's documentation, catalogue and tests find, and near misses.
pub mod a;
pub mod b { pub mod c {} }
mod d;
pub(crate) mod e;
pub use a::foo;
pub use a::b::foo;
pub use a::{foo, bar};
pub use foo;
use a::foo;
use a::*;
use std::{fmt, io::{self, Read}};
pub(crate) use d::x as y;

fn counts(lines: usize, num: usize, text: &str) {
    for (i, c) in text.chars().enumerate() {
        println!("{}", (lines + num).to_string().chars().count());
    }
    let width = num.to_string().chars().count();
    let other = text.chars().rev().enumerate();
    let indices = text.char_indices();
    let nested = f(text.to_string().chars().count()).to_string().chars().count();
    "é𝕏".chars().enumerate().for_each(|(a, b)| drop(a));
}

fn texts() {
    indoc! { r#"
        .foo {
            order: 1;
        }
    "# };
    indoc! {r#"a"#};
    indoc!(r#"a"#);
    indoc! { "a" };
    foo("meaning");
    foo("service");
    foo("meaning", 1);
    foo(x);
    foo(r"meaning");
}

fn bevy(app: &mut App) {
    use CoreStage::*;
    app.add_stage_after(First, BigStage::Scorers, SystemStage::parallel());
    app.add_stage_after(First, BigStage::Scorers, SystemStage::parallel(),);
    app.add_stage_after(CoreStage::Update, AfterUpdate, SystemStage::single());
    app.add_system_to_stage(BigStage::Thinkers, thinker::system).add_system_to_stage(CoreStage::Last, last);
    app.add_system_set_to_stage(
        BigStage::Actions,
        SystemSet::new().with_system(a),
    );
    app.add_system_set_to_stage(BigStage::Actions, SystemSet::new());
}

fn test() { Some(123) }

fn matches() -> Option<u8> {
    let patterns = match config.include.clone() {
        Some(patterns) => patterns,
        None => Vec::from([cwd.join("**/*.toml")]),
    };
    let patterns = match x { Some(p) => p, None => return None };
    let patterns = match x { Some(p) => p, _ => q };
    let patterns = match x { Some(p) => { p } None => q, };
    match x { None => a, Some(p) => p }
    let value = config.unwrap_or(default).unwrap_or(Ok(1)?);
    Ok(Some(value))
}

fn closures(v: Vec<u8>) {
    v.iter().reduce(|x, y| x + y);
    v.iter().reduce(|x, _| x + x);
    v.iter().reduce(|_, y| y);
    v.iter().map(|x| x);
    v.iter().map(|&x: &u8, y: u8| -> u8 { x });
    v.iter().map(|mut x, ..| x);
}

fn lets() {
    let (x, y) = (1, 2);
    let (_, y) = (1, 2);
    let (.., y) = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    let (ref x, mut y) = z;
    let (x, y): (u8, u8) = z;
    let (x, (a, b)) = z;
    let (x, x) = z;
    let Some(x) = y;
    let Some(x) = y else { return };
    let user = User {
        username: String::from(name),
        ..DEFAULT_USER
    };
    User { username, age: 3, ..*other };
    User { ..Default::default() };
    User { username };
    User {
        username: String::from(name),
        ..DEFAULT_USER
    };
}

unsafe fn redundant() -> i32 { let x = 5; x + 10 }
unsafe fn proper() -> *const i32 { unsafe { p } }
unsafe async fn both() { 42 }
const unsafe extern "C" fn all() {}
fn regular() -> i32 { 42 }

fn chains() {
    if let Some(user) = user { if user.is_active() { grant(user); } }
    if cfg!(debug) {
        if let Some(path) = cfg.path() {
            log(path);
        }
    }
    if let Some(user) = user { audit(&user); if user.is_admin() { grant(user); } }
    if let Some(path) = cfg.path() { if path.exists() { load(path); } } else { rebuild(); }
    let n = 255 as u8 as u64; let m = 0x1f as usize;
    assert!(a == b && a == a);
}
